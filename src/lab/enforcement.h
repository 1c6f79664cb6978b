// IAM in force: whether the lab's own policies allow a call (LabOptions::enforce_iam).
//
// The caller's role with its boundary, the organization's policies at every level of its tree, and the policy
// of the resource itself are judged by src/iam, for every action that the operation asks and every resource
// that its input names. The words of a refusal are AWS's ("Troubleshoot access denied error messages").
#pragma once

#include <optional>
#include <string>

#include "core/result.h"
#include "lab/handler.h"
#include "lab/lab.h"

namespace doctor::lab {

struct Forbidden {
  std::string action, resource;  // "ecs:UpdateService", its ARN or "*"
  std::string because;           // "with an explicit deny in a service control policy"
  bool explicit_deny = false;
};

// `event_source` and `parameters` as CloudTrail writes them: "ecs.amazonaws.com", {"cluster": "prod"}.
// Nothing where the call is allowed.
std::optional<Forbidden> forbidden_by_iam(World& world, const CallContext& call,
                                          const std::string& event_source, const json& parameters);

// The operator may do everything, as long as nothing else says otherwise: else nobody could begin.
void let_operator_do_everything(World& world);

// Error: bad_input, where IAM would not have stored the policy.
core::Result<void> add_caller(World& world, const CallerPolicy& caller);

}  // namespace doctor::lab
