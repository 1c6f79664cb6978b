#include "lab/ecs_permission.h"

#include <algorithm>
#include <cctype>

#include "core/arn.h"
#include "core/glob.h"

namespace doctor::lab {

namespace {

bool any_matches(const json& statement, const char* key, const std::string& value, bool ignore_case) {
  const json& patterns = member_of(statement, key);
  const auto matches = [&](const json& pattern) {
    if (!pattern.is_string()) return false;
    const std::string text = pattern.get<std::string>();
    return ignore_case ? core::glob_matches(lower(text), lower(value)) : core::glob_matches(text, value);
  };
  if (patterns.is_array()) return std::any_of(patterns.begin(), patterns.end(), matches);
  return matches(patterns);
}

struct Answer {
  bool allowed = false, denied = false;
};

void evaluate(const json& document, const std::string& action, const std::string& resource, Answer& answer) {
  const json& statements = member_of(document, "Statement");
  const auto apply = [&](const json& statement) {
    const bool action_meant = statement.contains("NotAction")
                                  ? !any_matches(statement, "NotAction", action, true)
                                  : any_matches(statement, "Action", action, true);
    if (!action_meant) return;
    if (statement.contains("Resource") && resource != "*" &&
        !any_matches(statement, "Resource", resource, false))
      return;
    (text_of(statement, "Effect") == "Deny" ? answer.denied : answer.allowed) = true;
  };
  if (statements.is_array())
    std::for_each(statements.begin(), statements.end(), apply);
  else if (statements.is_object())
    apply(statements);
}

Answer evaluate_managed(const World& world, const std::string& arn, const std::string& action,
                        const std::string& resource) {
  Answer answer;
  const auto policy = world.iam.policies.find(arn);
  if (policy == world.iam.policies.end()) return answer;
  if (const json* document = policy->second.document()) evaluate(*document, action, resource, answer);
  return answer;
}

}  // namespace

Permission role_may(const World& world, const std::string& role_name, const std::string& action,
                    const std::string& resource) {
  const std::string quoted = " the " + action + " action";
  const auto found = world.iam.roles.find(std::string(core::short_name(role_name)));
  if (found == world.iam.roles.end()) return {false, "because no identity-based policy allows" + quoted};
  const Role& role = found->second;

  if (role.path.rfind("/aws-service-role/", 0) != 0) {  // control policies do not bind service-linked roles
    Answer scp;
    for (const auto& [id, policy] : world.organizations.policies)
      if (policy.type == "SERVICE_CONTROL_POLICY" && !policy.targets.empty())
        evaluate(policy.document, action, resource, scp);
    if (scp.denied) return {false, "with an explicit deny in a service control policy"};
    if (!scp.allowed && world.organizations.in_use)
      return {false, "because no service control policy allows" + quoted};
  }

  Answer identity;
  for (const auto& [name, document] : role.inlined) evaluate(document, action, resource, identity);
  for (const auto& arn : role.attached) {
    const Answer one = evaluate_managed(world, arn, action, resource);
    identity.allowed |= one.allowed;
    identity.denied |= one.denied;
  }
  if (identity.denied) return {false, "with an explicit deny in an identity-based policy"};
  if (!role.boundary.empty()) {
    const Answer boundary = evaluate_managed(world, role.boundary, action, resource);
    if (boundary.denied) return {false, "with an explicit deny in a permissions boundary"};
    if (!boundary.allowed) return {false, "because no permissions boundary allows" + quoted};
  }
  if (!identity.allowed) return {false, "because no identity-based policy allows" + quoted};
  return {true, {}};
}

std::string not_authorized_text(const std::string& caller_arn, const std::string& action,
                                const std::string& resource, const Permission& permission) {
  return "User: " + caller_arn + " is not authorized to perform: " + action + " on resource: " + resource +
         " " + permission.because;
}

}  // namespace doctor::lab
