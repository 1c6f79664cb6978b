// The timeline of an incident: what happened around it, zone by zone, for the report to draw.
#pragma once

#include <vector>

#include "diagnose/observe.h"

namespace doctor::diagnose {

// In time order, at most kMostMarks; where marks were left out, the label of the last one kept of that kind
// says how many.
inline constexpr std::size_t kMostMarks = 300;
std::vector<Mark> timeline_of(const Case& c);

}  // namespace doctor::diagnose
