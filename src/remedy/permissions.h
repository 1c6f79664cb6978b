// What of a plan its caller may not do, found out before anything runs: each call of each step, judged by
// src/iam against the caller's own policies, boundary and service control policies.
//
// Only what is certain is called missing: a condition on a value that is not known, and a resource that an
// earlier step makes, count as allowed, and AWS has the last word. One exception is said beside it: the
// policy of a repository or an event bus is not read, and might grant what the caller's own do not.
//
//   for (const auto& one : missing_actions(plan, *caller, Direction::forward)) …
//   // step 1 needs ecs:UpdateService on arn:…:service/prod/web: no identity-based policy allows it
#pragma once

#include <string>
#include <vector>

#include "iam/minimum.h"
#include "remedy/caller.h"
#include "remedy/plan.h"

namespace doctor::remedy {

struct MissingAction {
  std::string step;
  std::string action, resource;  // an ARN, "*" or, of what is not there yet, an ARN with * in it
  std::string because;           // "no identity-based policy allows it"
  bool explicit_deny = false;
  iam::PolicyType level = iam::PolicyType::identity;  // which must allow it, or denies it
};

enum class Direction { forward, back };  // back: only the inverses, and reading the resources

// Sorted by step, each once. Nothing where the caller's own policies are not known.
std::vector<MissingAction> missing_actions(const Plan& plan, const CallerPolicies& caller,
                                           Direction direction);

// The statements that would allow them, by the level at which they are missing; an explicit deny is an
// obstacle that no statement removes.
iam::Minimum statements_for(const std::vector<MissingAction>& missing, const iam::Caller& caller);

}  // namespace doctor::remedy
