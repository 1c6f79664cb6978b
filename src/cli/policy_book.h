// From the facts of a snapshot: every policy that could have refused a call of this principal.
#pragma once

#include <string>
#include <vector>

#include "facts/facts.h"
#include "iam/blame.h"

namespace doctor::cli {

struct PolicyBook {
  std::vector<iam::PolicyText> policies;
  std::string role_arn;         // of the principal, with its path; empty: the snapshot does not hold the role
  bool identity_known = false;  // every policy of the role was listed and read
};

// The role's inline and attached policies and its boundary, the organisation's policies, the endpoint
// policies of the VPC endpoints for the action's service; for sts:AssumeRole the trust policy of the role
// that was to be assumed.
PolicyBook policies_for(const facts::Facts& facts, const iam::Denial& denial);

}  // namespace doctor::cli
