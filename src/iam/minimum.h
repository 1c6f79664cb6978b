// The smallest policy that allows just what was refused, or just what a role was seen to do.
//
// Rules, in their order:
// - an action is never "*", and a resource is "*" only where the action knows no resource-level permissions
//   (Service Authorization Reference); a note says so.
// - a resource that nobody named is not guessed: the action is left out and a note says how to name it. The
//   exception are List actions, which AWS asks about a whole type: they get the type's ARN in this account
//   and region.
// - ids that are new with every task (a task's id, a log stream's) are "*" within their cluster or log group,
//   unless `keep_ids`: the policy would serve one task otherwise.
// - an explicit deny is an obstacle that no Allow removes: the call gets no statement.
// - an implicit deny names the level that must allow; the statements are written for that level.
//
//   Minimum minimum = minimum_for(denials, {});
//   minimum.policies[0].level == PolicyType::identity
//   policy_json(minimum.policies[0]) == R"({"Version": "2012-10-17", "Statement": [ … ]})"
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "iam/api_call.h"
#include "iam/denial.h"

namespace doctor::iam {

struct MinimumOptions {
  bool keep_ids = false;
  std::string role;                    // only calls of this role (ARN or name), of a history
  std::vector<std::string> resources;  // ARNs for actions whose resource nobody named
};

struct MinimumStatement {
  std::string sid;
  std::vector<std::string> principals;          // ARNs; of a resource, trust or endpoint policy; {"*"}: any
  std::string service_principal;                // ecs-tasks.amazonaws.com
  std::vector<std::string> actions, resources;  // no resources: a trust policy
  std::vector<Narrowing> conditions;
};

// The statements for one place.
struct MinimumPolicy {
  PolicyType level = PolicyType::identity;
  std::string target;  // what the policy belongs to: the role's ARN, the key's …; may be empty
  std::vector<MinimumStatement> statements;
};

struct Obstacle {
  PolicyType level = PolicyType::unknown;
  DenialKind kind = DenialKind::unknown;
  std::string policy;  // ARN or name, where AWS named it
  std::string action, resource;
  std::string sentence;  // what it means and what to do
};

struct Minimum {
  std::vector<MinimumPolicy> policies;  // identity first
  std::vector<std::string> notes;       // each once, in the order of what they are about
  std::vector<Obstacle> obstacles;
};

Minimum minimum_for(const std::vector<Denial>& denials, const MinimumOptions& options);

// Of a history: what succeeded is allowed, what was refused is allowed or an obstacle.
Minimum minimum_for(const std::vector<ApiCall>& calls, const MinimumOptions& options);

// The policy document, indented by two spaces, the same bytes for the same policy.
std::string policy_json(const MinimumPolicy& policy);

// {"schema": "fargate-doctor/iam-minimum/1", "policy", "policies", "notes", "obstacles"}, one line.
std::string minimum_json(const Minimum& minimum);

}  // namespace doctor::iam
