// From the facts of a snapshot: every policy that could have refused a call of this principal.
#pragma once

#include <string>
#include <vector>

#include "facts/facts.h"
#include "iam/blame.h"

namespace doctor::cli {

struct PolicyBook {
  std::vector<iam::PolicyText> policies;
  iam::BlameOptions options;  // role_arn is empty where the snapshot does not hold the role
};

// The role's inline and attached policies and its boundary, the organisation's policies with their levels,
// the endpoint policies of the VPC endpoints for the action's service, the resource's own policy; for
// sts:AssumeRole the trust policy of the role that was to be assumed.
PolicyBook policies_for(const facts::Facts& facts, const iam::Denial& denial);

}  // namespace doctor::cli
