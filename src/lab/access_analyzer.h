// IAM Access Analyzer: policy validation, custom policy checks, policy generation.
//
// AWS's reasoning is not imitated, src/iam does it: ValidatePolicy answers what `iam lint` finds,
// CheckNoNewAccess compares patterns (PASS is certain, FAIL means "may"), and a policy is generated from what
// the lab's own CloudTrail recorded of the principal.
#pragma once

#include <string>

#include "core/time.h"
#include "lab/handler.h"

namespace doctor::lab {

struct GenerationJob {
  std::string id, principal;
  core::Timestamp started{}, from{}, to{};
};

}  // namespace doctor::lab
