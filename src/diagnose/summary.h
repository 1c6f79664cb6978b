// The one sentence that a person reads first: what happened, to how many, where, when.
#pragma once

#include <string>

#include "diagnose/observe.h"

namespace doctor::diagnose {

// "4 of 6 Spot tasks of prod/web were interrupted in eu-west-1a between 03:00:10 and 03:00:40"
std::string summary_of(const Case& c);

}  // namespace doctor::diagnose
