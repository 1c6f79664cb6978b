// IAM's changing operations: inline policies, versions of managed ones, boundaries, service-linked roles.
//
// What they change is in force at once; AWS takes some seconds ("Changes that I make are not always
// immediately visible", IAM User Guide).
#include <algorithm>
#include <cctype>

#include "core/arn.h"
#include "iam/policy.h"
#include "lab/iam.h"
#include "lab/world.h"

namespace doctor::lab {
namespace {

constexpr std::size_t kMostVersions = 5;  // "IAM and AWS STS quotas": versions of a managed policy
constexpr std::size_t kManagedCharacters = 6144, kInlineCharacters = 10240;  // white space not counted

ApiError no_error() {
  return {"", "", 400};
}

// A role of this account that may be changed, or why not.
struct RoleOr {
  Role* role = nullptr;
  ApiError error = no_error();
};

RoleOr changeable_role(World& world, const json& input) {
  const std::string name = text_of(input, "RoleName");
  const auto found = world.iam.roles.find(name);
  if (found == world.iam.roles.end())
    return {nullptr, {"NoSuchEntity", "The role with name " + name + " cannot be found.", 404}};
  if (found->second.path.rfind("/aws-service-role/", 0) == 0) {
    return {nullptr,
            {"UnmodifiableEntity",
             "Cannot perform the operation on the protected role '" + name +
                 "' - this role is only modifiable by AWS",
             400}};
  }
  return {&found->second, no_error()};
}

std::size_t characters_of(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](unsigned char c) { return std::isspace(c) == 0; }));
}

// The document, or MalformedPolicyDocument with what our own reader finds wrong with it.
tl::expected<json, ApiError> document_in(const std::string& text) {
  json document = json::parse(text, nullptr, false);
  if (!document.is_object()) return api_error("MalformedPolicyDocument", "Syntax errors in policy.");
  const auto parsed = iam::parse_policy(text, "the policy", iam::PolicyKind::identity);
  if (!parsed) return api_error("MalformedPolicyDocument", parsed.error().sentence);
  return document;
}

Reply put_role_policy(World& world, const CallContext&, const json& input) {
  const auto [role, error] = changeable_role(world, input);
  if (role == nullptr) return tl::unexpected(error);
  const std::string name = text_of(input, "PolicyName");
  auto document = document_in(text_of(input, "PolicyDocument"));
  if (!document) return tl::unexpected(document.error());
  std::size_t size = characters_of(text_of(input, "PolicyDocument"));
  for (const auto& [other, policy] : role->inlined) size += other == name ? 0 : characters_of(policy.dump());
  if (size > kInlineCharacters) {
    return api_error("LimitExceeded", "Maximum policy size of 10240 bytes exceeded for role " + role->name,
                     409);
  }
  role->inlined[name] = std::move(*document);
  return json::object();
}

Reply delete_role_policy(World& world, const CallContext&, const json& input) {
  const auto [role, error] = changeable_role(world, input);
  if (role == nullptr) return tl::unexpected(error);
  const std::string name = text_of(input, "PolicyName");
  if (role->inlined.erase(name) == 0)
    return api_error("NoSuchEntity", "The role policy with name " + name + " cannot be found.", 404);
  return json::object();
}

// --- Managed policies

Reply create_policy(World& world, const CallContext&, const json& input) {
  const std::string name = text_of(input, "PolicyName"), path = text_of(input, "Path", "/");
  const std::string arn = "arn:aws:iam::" + world.account + ":policy" + path + name;
  for (const auto& [other, policy] : world.iam.policies) {
    if (policy.name == name && other.find("::aws:") == std::string::npos) {
      return api_error("EntityAlreadyExists",
                       "A policy called " + name + " already exists. Duplicate names are not allowed.", 409);
    }
  }
  auto document = document_in(text_of(input, "PolicyDocument"));
  if (!document) return tl::unexpected(document.error());
  if (characters_of(text_of(input, "PolicyDocument")) > kManagedCharacters)
    return api_error("LimitExceeded", "Cannot exceed quota for PolicySize: 6144", 409);
  Policy& policy = world.iam.policies[add_policy(world, path.substr(1) + name, *document)];
  policy.path = path;
  policy.description = text_of(input, "Description");
  const std::string created = core::to_iso(policy.created);
  return json{{"Policy",
               {{"PolicyName", name},
                {"PolicyId", policy.id},
                {"Arn", arn},
                {"Path", path},
                {"DefaultVersionId", "v1"},
                {"AttachmentCount", 0},
                {"IsAttachable", true},
                {"CreateDate", created},
                {"UpdateDate", created}}}};
}

// --- Versions of a managed policy

struct PolicyOr {
  Policy* policy = nullptr;
  ApiError error = no_error();
};

PolicyOr changeable_policy(World& world, const CallContext& call, const json& input) {
  const std::string arn = text_of(input, "PolicyArn");
  const auto found = world.iam.policies.find(arn);
  if (found == world.iam.policies.end())
    return {nullptr, {"NoSuchEntity", "Policy " + arn + " does not exist or is not attachable.", 404}};
  const auto parsed = core::Arn::parse(arn);
  if (parsed && parsed->account == "aws") {  // AWS's own: nobody's to change
    return {nullptr,
            {"AccessDenied",
             "User: " + call.caller_arn + " is not authorized to perform: iam:" + call.operation +
                 " on resource: policy " + arn,
             403}};
  }
  return {&found->second, no_error()};
}

std::vector<PolicyVersion>::iterator version_in(Policy& policy, const std::string& id) {
  return std::find_if(policy.versions.begin(), policy.versions.end(),
                      [&](const PolicyVersion& version) { return version.id == id; });
}

Reply no_version(const Policy& policy, const std::string& id) {
  return api_error("NoSuchEntity", "Policy " + policy.arn + " version " + id + " does not exist.", 404);
}

Reply create_policy_version(World& world, const CallContext& call, const json& input) {
  const auto [policy, error] = changeable_policy(world, call, input);
  if (policy == nullptr) return tl::unexpected(error);
  auto document = document_in(text_of(input, "PolicyDocument"));
  if (!document) return tl::unexpected(document.error());
  if (characters_of(text_of(input, "PolicyDocument")) > kManagedCharacters)
    return api_error("LimitExceeded", "Cannot exceed quota for PolicySize: 6144", 409);
  if (policy->versions.size() >= kMostVersions) {
    return api_error("LimitExceeded",
                     "A managed policy can have up to 5 versions. Before you create a new version, you must "
                     "delete an existing version.",
                     409);
  }
  const PolicyVersion version{"v" + std::to_string(policy->next_version++), std::move(*document),
                              world.clock.now()};
  policy->versions.push_back(version);
  policy->updated = version.created;
  const bool in_force = boolean_of(input, "SetAsDefault", false);
  if (in_force) policy->default_version = version.id;
  return json{
      {"PolicyVersion",
       {{"VersionId", version.id}, {"IsDefaultVersion", in_force}, {"CreateDate", epoch(version.created)}}}};
}

Reply set_default_policy_version(World& world, const CallContext& call, const json& input) {
  const auto [policy, error] = changeable_policy(world, call, input);
  if (policy == nullptr) return tl::unexpected(error);
  const std::string id = text_of(input, "VersionId");
  if (version_in(*policy, id) == policy->versions.end()) return no_version(*policy, id);
  policy->default_version = id;
  return json::object();
}

Reply delete_policy_version(World& world, const CallContext& call, const json& input) {
  const auto [policy, error] = changeable_policy(world, call, input);
  if (policy == nullptr) return tl::unexpected(error);
  const std::string id = text_of(input, "VersionId");
  const auto found = version_in(*policy, id);
  if (found == policy->versions.end()) return no_version(*policy, id);
  if (id == policy->default_version)
    return api_error("DeleteConflict", "Cannot delete the default version of a policy.", 409);
  policy->versions.erase(found);
  return json::object();
}

// Of nobody's any more, and with its default version alone.
Reply delete_policy(World& world, const CallContext& call, const json& input) {
  const auto [policy, error] = changeable_policy(world, call, input);
  if (policy == nullptr) return tl::unexpected(error);
  for (const auto& [name, role] : world.iam.roles) {
    const bool attached =
        std::find(role.attached.begin(), role.attached.end(), policy->arn) != role.attached.end();
    if (attached || role.boundary == policy->arn) {
      return api_error("DeleteConflict",
                       attached ? "Cannot delete a policy attached to entities."
                                : "Cannot delete a policy that is used as a permissions boundary.",
                       409);
    }
  }
  if (policy->versions.size() > 1) {
    return api_error("DeleteConflict",
                     "This policy has more than one version. Before you delete a policy, you must delete the "
                     "policy's versions. The default version is deleted with the policy.",
                     409);
  }
  world.iam.policies.erase(text_of(input, "PolicyArn"));
  return json::object();
}

// --- Boundaries and service-linked roles

Reply put_role_permissions_boundary(World& world, const CallContext&, const json& input) {
  const auto [role, error] = changeable_role(world, input);
  if (role == nullptr) return tl::unexpected(error);
  const std::string arn = text_of(input, "PermissionsBoundary");
  if (!world.iam.policies.contains(arn))
    return api_error("NoSuchEntity", "Scope ARN: " + arn + " does not exist or is not attachable.", 404);
  role->boundary = arn;
  return json::object();
}

Reply delete_role_permissions_boundary(World& world, const CallContext&, const json& input) {
  const auto [role, error] = changeable_role(world, input);
  if (role == nullptr) return tl::unexpected(error);
  if (role->boundary.empty()) {
    return api_error("NoSuchEntity",
                     "The role " + role->name + " has no permissions boundary that could be deleted.", 404);
  }
  role->boundary.clear();
  return json::object();
}

// The lab has the services that it plays; of those only Amazon ECS has such a role that anybody needs.
Reply create_service_linked_role(World& world, const CallContext&, const json& input) {
  const std::string service = text_of(input, "AWSServiceName");
  if (service != "ecs.amazonaws.com") return api_error("InvalidInput", "Invalid AWSServiceName: " + service);
  if (input.contains("CustomSuffix"))
    return api_error("InvalidInput", "Custom suffix is not allowed for " + service);
  if (world.iam.roles.contains("AWSServiceRoleForECS")) {
    return api_error("InvalidInput",
                     "Service role name AWSServiceRoleForECS has been taken in this account, please try a "
                     "different suffix.");
  }
  Role& role = add_ecs_service_role(world);
  role.description = text_of(input, "Description");
  return json{{"Role", role_shown(role)}};
}

}  // namespace

Role& add_ecs_service_role(World& world) {
  Role& role =
      add_role(world, "AWSServiceRoleForECS", "ecs.amazonaws.com", "/aws-service-role/ecs.amazonaws.com/");
  role.attached = {add_aws_policy(
      world, "aws-service-role/AmazonECSServiceRolePolicy",
      policy_document("Allow",
                      {"ec2:AttachNetworkInterface", "ec2:CreateNetworkInterface",
                       "ec2:CreateNetworkInterfacePermission", "ec2:DeleteNetworkInterface", "ec2:Describe*",
                       "ec2:DetachNetworkInterface", "elasticloadbalancing:DeregisterTargets",
                       "elasticloadbalancing:Describe*", "elasticloadbalancing:RegisterTargets"}))};
  return role;
}

void add_iam_changes(Registry& registry) {
  registry.add("iam", "PutRolePolicy", put_role_policy);
  registry.add("iam", "DeleteRolePolicy", delete_role_policy);
  registry.add("iam", "CreatePolicy", create_policy);
  registry.add("iam", "DeletePolicy", delete_policy);
  registry.add("iam", "CreatePolicyVersion", create_policy_version);
  registry.add("iam", "SetDefaultPolicyVersion", set_default_policy_version);
  registry.add("iam", "DeletePolicyVersion", delete_policy_version);
  registry.add("iam", "PutRolePermissionsBoundary", put_role_permissions_boundary);
  registry.add("iam", "DeleteRolePermissionsBoundary", delete_role_permissions_boundary);
  registry.add("iam", "CreateServiceLinkedRole", create_service_linked_role);
}

}  // namespace doctor::lab
