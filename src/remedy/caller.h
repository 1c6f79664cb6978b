// Whoever runs this, and the policies that bind them, as far as they may be read.
//
// A role's and a user's own policies (those of the user's groups too), the permissions boundary, and the
// service control policies at each level from the organization's root down to the account. What may not be
// read is never guessed: it is named in `unread`, and nothing is held to be forbidden because of it. Session
// policies cannot be read by anybody.
//
//   const auto caller = read_caller(client, "eu-west-1");
//   if (caller && caller->policies.identity) … missing_actions(plan, *caller)   // permissions.h
#pragma once

#include <string>
#include <vector>

#include "aws/client.h"
#include "core/result.h"
#include "iam/evaluate.h"

namespace doctor::remedy {

struct CallerPolicies {
  iam::Caller principal;
  iam::PolicySet policies;  // `identity` is empty where not all of it could be read
  // "your own policies (iam:GetRolePolicy)": what could not be read, and the action that would let it be.
  std::vector<std::string> unread;
};

// Error: those of sts GetCallerIdentity.
core::Result<CallerPolicies> read_caller(aws::Client& client, const std::string& region);

}  // namespace doctor::remedy
