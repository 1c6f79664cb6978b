// How long a green must wait before it counts: what AWS tells late, and what only time can show.
//
// docs/facts/verification.md has the reason and the source of every number.
#pragma once

#include <string_view>

#include "core/time.h"

namespace doctor::verify {

// CloudTrail shows a call some five minutes later on average, and promises nothing: three times that.
inline constexpr core::Duration kTrailLag = std::chrono::minutes{15};
// Container Insights writes by the minute and CloudWatch serves it some minutes later; the metrics are read
// in five-minute periods, so the first whole one after a change takes up to two of them to end, and then
// arrives.
inline constexpr core::Duration kMetricLag = std::chrono::minutes{15};

struct FamilySoak {
  std::string_view family;
  core::Duration soak;      // after the run's last change, before "it has not come back" is proof
  std::string_view reason;  // completes "provisional: "
};

// A family that is not in the table, and a stop of none, wait for what AWS tells late.
const FamilySoak& soak_of(std::string_view family);

}  // namespace doctor::verify
