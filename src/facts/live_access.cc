// Roles with every policy that bears on them, and the organisation's policies where the words speak of them.
#include <nlohmann/json.hpp>

#include "facts/live_rules.h"
#include "facts/needs.h"
#include "facts/subject.h"

namespace doctor::facts {
namespace {

using Input = nlohmann::json;

// IAM role that ECS uses to create network interfaces ("Using service-linked roles for Amazon ECS").
constexpr std::string_view kServiceLinkedRole = "AWSServiceRoleForECS";

std::set<std::string> roles_of(const View& view) {
  std::set<std::string> out = view.roles;
  for (const auto& [arn, definition] : view.place.task_definitions) {
    if ((view.needs & kExecutionRole) != 0)
      out.insert(std::string(core::short_name(definition.execution_role_arn)));
    if ((view.needs & kTaskRole) != 0) out.insert(std::string(core::short_name(definition.task_role_arn)));
  }
  if ((view.needs & kServiceRole) != 0) out.insert(std::string(kServiceLinkedRole));
  return out;
}

void ask_policy(const View& view, const std::string& arn) {
  if (arn.empty()) return;
  if (view.board.first_time(view.index, "policy:" + arn))
    view.ask("iam", "GetPolicy", Input{{"PolicyArn", arn}}.dump(), slug(arn));
  const auto version = view.place.policy_versions.find(arn);
  if (version == view.place.policy_versions.end() || version->second.empty()) return;
  if (view.board.first_time(view.index, "policy version:" + arn))
    view.ask("iam", "GetPolicyVersion", Input{{"PolicyArn", arn}, {"VersionId", version->second}}.dump(),
             slug(arn));
}

void ask_roles(const View& view) {
  for (const std::string& name : view.board.fresh(view.index, "role", roles_of(view))) {
    const std::string input = Input{{"RoleName", name}}.dump();
    for (const auto* operation : {"GetRole", "ListRolePolicies", "ListAttachedRolePolicies"})
      view.ask("iam", operation, input, slug(name));
  }
  for (const auto& [name, role] : view.place.roles) {
    for (const Policy& policy : role.inline_policies) {
      if (view.board.first_time(view.index, "inline:" + name + "/" + policy.name))
        view.ask("iam", "GetRolePolicy", Input{{"RoleName", name}, {"PolicyName", policy.name}}.dump(),
                 slug(name + "_" + policy.name));
    }
    for (const Policy& policy : role.attached_policies) ask_policy(view, policy.arn);
    ask_policy(view, role.boundary_arn);
  }
}

void ask_organization(const View& view) {
  for (const auto* type : {"SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"})
    view.ask("organizations", "ListPolicies", Input{{"Filter", type}}.dump(), type);
  for (const OrganizationPolicy& policy : view.place.organization_policies) {
    const std::string input = Input{{"PolicyId", policy.id}}.dump();
    view.ask("organizations", "DescribePolicy", input, slug(policy.id));
    view.ask("organizations", "ListTargetsForPolicy", input, slug(policy.id));
  }
}

}  // namespace

void ask_access(const View& view) {
  ask_roles(view);
  if ((view.needs & kOrganization) != 0) ask_organization(view);
}

}  // namespace doctor::facts
