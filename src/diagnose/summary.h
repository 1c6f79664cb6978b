// The one sentence that a person reads first: what happened, to how many, where, when.
#pragma once

#include <string>
#include <string_view>

#include "diagnose/observe.h"

namespace doctor::diagnose {

// `first_cause`: the id of the likeliest; whoever stopped Spot tasks decides whether they were "interrupted".
// "4 of 6 Spot tasks of prod/web were interrupted in eu-west-1a between 03:00:10 and 03:00:40"
std::string summary_of(const Case& c, std::string_view first_cause);

}  // namespace doctor::diagnose
