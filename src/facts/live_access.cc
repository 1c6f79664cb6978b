// Roles with every policy that bears on them, and the organisation's policies where the words speak of them.
#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "facts/live_rules.h"
#include "facts/needs.h"
#include "facts/organization.h"
#include "facts/subject.h"

namespace doctor::facts {
namespace {

using Input = nlohmann::json;

// IAM role that ECS uses to create network interfaces ("Using service-linked roles for Amazon ECS").
constexpr std::string_view kServiceLinkedRole = "AWSServiceRoleForECS";

constexpr std::array kTypes{kServiceControlPolicy, kResourceControlPolicy};

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

// Every policy of the organization with all that it is attached to: where the way up to the root is closed.
void ask_all_control_policies(const View& view) {
  for (const std::string_view type : kTypes)
    view.ask("organizations", "ListPolicies", Input{{"Filter", type}}.dump(), std::string(type));
  for (const OrganizationPolicy& policy : view.place.organization_policies)
    view.ask("organizations", "ListTargetsForPolicy", Input{{"PolicyId", policy.id}}.dump(), slug(policy.id));
}

bool is_refused(const View& view, std::string_view operation) {
  return std::any_of(view.place.gaps.begin(), view.place.gaps.end(), [&](const Gap& gap) {
    return gap.service == "organizations" && gap.operation == operation;
  });
}

// From the account up to the root, one level a wave, and what is attached at each: a few calls, however many
// policies the organization has.
void ask_level(const View& view, const std::string& id) {
  const bool root = id.starts_with("r-");
  if (!root) view.ask("organizations", "ListParents", Input{{"ChildId", id}}.dump(), slug(id));
  if (root) view.ask("organizations", "ListRoots", "{}");
  if (!root && !view.place.organization.parents.contains(id)) return;  // the first call tells whether we may
  for (const std::string_view type : kTypes)
    view.ask("organizations", "ListPoliciesForTarget", Input{{"TargetId", id}, {"Filter", type}}.dump(),
             slug(id) + "." + std::string(type));
  if (id.starts_with("ou-"))
    view.ask("organizations", "DescribeOrganizationalUnit", Input{{"OrganizationalUnitId", id}}.dump(),
             slug(id));
}

void ask_organization(const View& view) {
  const OrganizationTree& tree = view.place.organization;
  view.ask("organizations", "DescribeOrganization", "{}");
  if (view.place.account.empty() || is_refused(view, "list-parents")) {
    ask_all_control_policies(view);
  } else if (tree.management_account != view.place.account) {
    std::string id = view.place.account;
    ask_level(view, id);
    for (auto parent = tree.parents.find(id); parent != tree.parents.end(); parent = tree.parents.find(id)) {
      id = parent->second;
      ask_level(view, id);
    }
  }
  for (const OrganizationPolicy& policy : view.place.organization_policies)
    view.ask("organizations", "DescribePolicy", Input{{"PolicyId", policy.id}}.dump(), slug(policy.id));
}

}  // namespace

void ask_access(const View& view) {
  ask_roles(view);
  if ((view.needs & kOrganization) != 0) ask_organization(view);
}

}  // namespace doctor::facts
