// IAM: roles with their policies.
//
// A policy document is an object where the CLI printed it and a URL-encoded string (RFC 3986) where it came
// straight off the wire ("GetRolePolicy", "PolicyVersion" in the IAM API reference). It is kept as JSON text,
// and what came as a string with its line breaks, so that a statement can be named by its line.
#include <algorithm>
#include <array>

#include "core/arn.h"
#include "facts/reading.h"
#include "facts/subject.h"

namespace doctor::facts {
namespace {

Policy& policy_of(std::vector<Policy>& list, std::string_view name, std::string_view arn) {
  for (Policy& policy : list) {
    if (arn.empty() ? policy.name == name : policy.arn == arn) return policy;
  }
  return list.emplace_back(Policy{std::string(name), std::string(arn), {}});
}

Role& role_named(Place& place, const std::string& name) {
  Role& role = place.roles[name];
  role.name = name;
  return role;
}

// No statement of a role proves something only where every policy was listed and could be read.
void settle(Role& role) {
  const auto readable = [](const Policy& policy) { return !policy.document.empty(); };
  role.policies_known = role.inline_listed && role.attached_listed &&
                        std::all_of(role.inline_policies.begin(), role.inline_policies.end(), readable) &&
                        std::all_of(role.attached_policies.begin(), role.attached_policies.end(), readable);
}

void read_role(Role& role, Reading& in, const Json& item) {
  role.arn = text_at(item, "Arn");
  role.path = text_at(item, "Path");
  role.trust_policy = policy_document(item["AssumeRolePolicyDocument"]);
  if (const auto boundary = text_at(item["PermissionsBoundary"], "PermissionsBoundaryArn"); !boundary.empty())
    role.boundary_arn = boundary;
  in.time(item["CreateDate"]);
  in.time(item["RoleLastUsed"]["LastUsedDate"]);
}

void get_role(Reading& in, const Json& document) {
  const Json item = document["Role"];
  if (!item.is_object()) return;
  const std::string name = in.identity(item, "Role", "RoleName");
  if (!name.empty()) read_role(role_named(in.place, name), in, item);
}

// The role that an answer without a role is about.
Role* subject_role(Reading& in) {
  std::vector<std::string> names;
  for (const auto& [name, role] : in.place.roles) names.push_back(name);
  // Roles that task definitions name are known by name even where GetRole was refused.
  const auto add = [&](const std::string& arn) {
    const std::string name(core::short_name(arn));
    if (!name.empty() && std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  };
  for (const auto& [arn, definition] : in.place.task_definitions) {
    add(definition.task_role_arn);
    add(definition.execution_role_arn);
  }
  std::string name;
  if (const int at = resource_named(in.name.subject, names); at >= 0) {
    name = names[static_cast<std::size_t>(at)];
  } else if (!is_anonymous(in.name.subject)) {
    name = in.name.subject;
  } else {
    in.place.gaps.push_back({std::string(in.name.service),
                             std::string(in.name.operation),
                             {},
                             {},
                             "the answer does not say which role it is about",
                             {},
                             "name the file " + std::string(in.name.service) + "." +
                                 std::string(in.name.operation) + ".ROLE-NAME.json"});
    return nullptr;
  }
  return &role_named(in.place, name);
}

void list_role_policies(Reading& in, const Json& document) {
  Role* role = subject_role(in);
  if (role == nullptr) return;
  role->inline_listed = true;
  for (const std::string& name : document["PolicyNames"].strings())
    policy_of(role->inline_policies, name, {});
  settle(*role);
}

void list_attached_role_policies(Reading& in, const Json& document) {
  const auto items = in.objects(document, "AttachedPolicies");
  Role* role = subject_role(in);
  if (role == nullptr) return;
  role->attached_listed = true;
  for (const Json& item : items)
    policy_of(role->attached_policies, text_at(item, "PolicyName"), text_at(item, "PolicyArn"));
  settle(*role);
}

void get_role_policy(Reading& in, const Json& document) {
  const std::string name = in.identity(document, "", "RoleName");
  if (name.empty()) return;
  Role& role = role_named(in.place, name);
  policy_of(role.inline_policies, in.identity(document, "", "PolicyName"), {}).document =
      policy_document(document["PolicyDocument"]);
  settle(role);
}

void get_policy(Reading& in, const Json& document) {
  const Json item = document["Policy"];
  const std::string arn = text_at(item, "Arn");
  for (const auto key : {"CreateDate", "UpdateDate"}) in.time(item[key]);
  if (!arn.empty()) in.place.policy_versions[arn] = text_at(item, "DefaultVersionId");
}

void give_document(Place& place, const std::string& arn, const std::string& document) {
  for (auto& [name, role] : place.roles) {
    for (Policy& policy : role.attached_policies) {
      if (policy.arn == arn) policy.document = document;
    }
    if (role.boundary_arn == arn) role.boundary_document = document;
    settle(role);
  }
}

void get_policy_version(Reading& in, const Json& document) {
  const Json version = document["PolicyVersion"];
  in.time(version["CreateDate"]);
  // A version that is not the default grants nothing.
  if (version["IsDefaultVersion"].present() && !flag_at(version, "IsDefaultVersion")) return;
  std::vector<std::string> arns;
  const auto add = [&](const std::string& arn) {
    if (!arn.empty() && std::find(arns.begin(), arns.end(), arn) == arns.end()) arns.push_back(arn);
  };
  for (const auto& [name, role] : in.place.roles) {
    for (const Policy& policy : role.attached_policies) add(policy.arn);
    add(role.boundary_arn);
  }
  const int at = resource_named(in.name.subject, arns);
  if (at >= 0) {
    give_document(in.place, arns[static_cast<std::size_t>(at)], policy_document(version["Document"]));
  } else if (!arns.empty()) {
    in.place.gaps.push_back({"iam",
                             "get-policy-version",
                             std::string(in.name.subject),
                             {},
                             "the answer does not say which policy it is about",
                             {},
                             "name the file iam.get-policy-version.POLICY-NAME.json"});
  }
}

// The whole of IAM in one answer: how a person exports it most easily.
void account_authorization_details(Reading& in, const Json& document) {
  for (const Json& item : in.objects(document, "RoleDetailList")) {
    const std::string name = in.identity(item, "RoleDetailList", "RoleName");
    Role& role = role_named(in.place, name);
    read_role(role, in, item);
    role.inline_listed = role.attached_listed = true;
    for (const Json& policy : in.objects(item, "RolePolicyList"))
      policy_of(role.inline_policies, text_at(policy, "PolicyName"), {}).document =
          policy_document(policy["PolicyDocument"]);
    for (const Json& policy : in.objects(item, "AttachedManagedPolicies"))
      policy_of(role.attached_policies, text_at(policy, "PolicyName"), text_at(policy, "PolicyArn"));
    settle(role);
  }
  for (const Json& item : in.objects(document, "Policies")) {
    for (const Json& version : in.objects(item, "PolicyVersionList")) {
      in.time(version["CreateDate"]);
      if (flag_at(version, "IsDefaultVersion"))
        give_document(in.place, text_at(item, "Arn"), policy_document(version["Document"]));
    }
  }
}

constexpr std::array kIamRows{
    Row{"iam", "get-role", "Role", Shape::object, get_role},
    Row{"iam", "get-account-authorization-details", "RoleDetailList", Shape::list,
        account_authorization_details},
    Row{"iam", "list-role-policies", "PolicyNames", Shape::list, list_role_policies, 1},
    Row{"iam", "list-attached-role-policies", "AttachedPolicies", Shape::list, list_attached_role_policies,
        1},
    Row{"iam", "get-role-policy", "PolicyName", Shape::any, get_role_policy, 2},
    Row{"iam", "get-policy", "Policy", Shape::object, get_policy, 2},
    Row{"iam", "get-policy-version", "PolicyVersion", Shape::object, get_policy_version, 3},
};

}  // namespace

std::span<const Row> iam_rows() {
  return kIamRows;
}

}  // namespace doctor::facts
