// Weighing: prior odds times likelihood ratios, and nothing else but one rule of honesty: without a piece of
// direct proof (a ratio of 50 or more: AWS's own code, a call in CloudTrail) no cause is surer than 0.99, and
// what is above goes to `unknown`.
#pragma once

#include <string_view>
#include <vector>

#include "diagnose/diagnosis.h"
#include "diagnose/observe.h"

namespace doctor::diagnose {

struct Weighed {
  std::vector<Cause> causes;        // sorted; sums to 1 exactly when printed with six digits
  std::vector<Cause> contributing;  // those with probability over one half, sorted
};

// Pure. The same evidence id observed twice counts once (the strongest statement stays first).
Weighed weigh(std::string_view family, const Observations& observations);

}  // namespace doctor::diagnose
