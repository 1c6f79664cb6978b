#include <algorithm>

#include "iam/policy.h"
#include "lab/world.h"

namespace doctor::lab {
namespace {

// Why the organization cannot be read at all; an empty code where it can.
ApiError closed(const World& world) {
  if (!world.organizations.in_use) {
    return {"AWSOrganizationsNotInUseException", "Your account is not a member of an organization.", 400};
  }
  return {"", "", 400};
}

ApiError closed_to_members(const World& world, const CallContext&) {
  ApiError error = closed(world);
  if (error.code.empty() && !world.organizations.readable) {
    error = {"AccessDeniedException", "You don't have permissions to access this resource.", 400};
  }
  return error;
}

Reply organizations_page(const json& all, const json& input, const char* key) {
  return page_of(all, input,
                 {.result_key = key,
                  .input_token = "NextToken",
                  .output_token = "NextToken",
                  .limit_key = "MaxResults",
                  .default_limit = 20,
                  .most = 20,
                  .bad_token = "InvalidInputException",
                  .bad_limit = "InvalidInputException"});
}

std::string organization_arn(const Organizations& organization, const std::string& rest) {
  return "arn:aws:organizations::" + organization.management_account + ":" + rest;
}

json summary(const ControlPolicy& policy) {
  return {{"Id", policy.id},     {"Arn", policy.arn},
          {"Name", policy.name}, {"Description", policy.description},
          {"Type", policy.type}, {"AwsManaged", policy.aws_managed}};
}

// A member account may ask for this one ("DescribeOrganization").
Reply describe_organization(World& world, const CallContext&, const json&) {
  if (const auto error = closed(world); !error.code.empty()) return tl::unexpected(error);
  const auto& organization = world.organizations;
  return json{{"Organization",
               {{"Id", organization.id},
                {"Arn", organization_arn(organization, "organization/" + organization.id)},
                {"FeatureSet", "ALL"},
                {"MasterAccountArn", organization_arn(organization, "account/" + organization.id + "/" +
                                                                        organization.management_account)},
                {"MasterAccountId", organization.management_account},
                {"MasterAccountEmail", "management@example.com"},
                {"AvailablePolicyTypes",
                 json::array({{{"Type", "SERVICE_CONTROL_POLICY"}, {"Status", "ENABLED"}}})}}}};
}

Reply list_roots(World& world, const CallContext& call, const json& input) {
  if (const auto error = closed_to_members(world, call); !error.code.empty()) return tl::unexpected(error);
  const auto& organization = world.organizations;
  const json roots = json::array(
      {{{"Id", organization.root},
        {"Arn", organization_arn(organization, "root/" + organization.id + "/" + organization.root)},
        {"Name", "Root"},
        {"PolicyTypes", json::array({{{"Type", "SERVICE_CONTROL_POLICY"}, {"Status", "ENABLED"}},
                                     {{"Type", "RESOURCE_CONTROL_POLICY"}, {"Status", "ENABLED"}}})}}});
  return organizations_page(roots, input, "Roots");
}

Reply list_parents(World& world, const CallContext& call, const json& input) {
  if (const auto error = closed_to_members(world, call); !error.code.empty()) return tl::unexpected(error);
  const auto& organization = world.organizations;
  const std::string child = text_of(input, "ChildId");
  const auto unit = organization.units.find(child);
  std::string parent;
  if (child == world.account)
    parent = organization.account_parent;
  else if (child == organization.management_account)
    parent = organization.root;
  else if (unit != organization.units.end())
    parent = unit->second.parent;
  if (parent.empty()) {
    return api_error("ChildNotFoundException", "You specified a child that doesn't exist.");
  }
  const json parents =
      json::array({{{"Id", parent}, {"Type", parent.rfind("r-", 0) == 0 ? "ROOT" : "ORGANIZATIONAL_UNIT"}}});
  return organizations_page(parents, input, "Parents");
}

bool is_parent(const Organizations& organization, const std::string& id) {
  return id == organization.root || organization.units.contains(id);
}

json unit_json(const Organizations& organization, const OrganizationalUnit& unit) {
  return {{"Id", unit.id},
          {"Arn", organization_arn(organization, "ou/" + organization.id + "/" + unit.id)},
          {"Name", unit.name}};
}

Reply list_units(World& world, const CallContext& call, const json& input) {
  if (const auto error = closed_to_members(world, call); !error.code.empty()) return tl::unexpected(error);
  const auto& organization = world.organizations;
  const std::string parent = text_of(input, "ParentId");
  if (!is_parent(organization, parent))
    return api_error("ParentNotFoundException", "You specified a parent that doesn't exist.");
  json units = json::array();
  for (const auto& [id, unit] : organization.units) {
    if (unit.parent == parent) units.push_back(unit_json(organization, unit));
  }
  return organizations_page(units, input, "OrganizationalUnits");
}

Reply describe_unit(World& world, const CallContext& call, const json& input) {
  if (const auto error = closed_to_members(world, call); !error.code.empty()) return tl::unexpected(error);
  const auto unit = world.organizations.units.find(text_of(input, "OrganizationalUnitId"));
  if (unit == world.organizations.units.end()) {
    return api_error("OrganizationalUnitNotFoundException",
                     "You specified an organizational unit that doesn't exist.");
  }
  return json{{"OrganizationalUnit", unit_json(world.organizations, unit->second)}};
}

// The management account stands below the root ("ListAccountsForParent").
Reply list_accounts(World& world, const CallContext& call, const json& input) {
  if (const auto error = closed_to_members(world, call); !error.code.empty()) return tl::unexpected(error);
  const auto& organization = world.organizations;
  const std::string parent = text_of(input, "ParentId");
  if (!is_parent(organization, parent))
    return api_error("ParentNotFoundException", "You specified a parent that doesn't exist.");
  json accounts = json::array();
  const auto add = [&](const std::string& id, const char* name) {
    accounts.push_back({{"Id", id},
                        {"Arn", organization_arn(organization, "account/" + organization.id + "/" + id)},
                        {"Name", name},
                        {"Email", std::string(name) + "@example.com"},
                        {"Status", "ACTIVE"},
                        {"JoinedMethod", "CREATED"}});
  };
  if (parent == organization.root) add(organization.management_account, "management");
  if (parent == organization.account_parent) add(world.account, "lab");
  return organizations_page(accounts, input, "Accounts");
}

bool known_type(const std::string& type) {
  return type == "SERVICE_CONTROL_POLICY" || type == "RESOURCE_CONTROL_POLICY" || type == "TAG_POLICY" ||
         type == "BACKUP_POLICY" || type == "AISERVICES_OPT_OUT_POLICY" || type == "DECLARATIVE_POLICY_EC2";
}

Reply list_policies(World& world, const CallContext& call, const json& input) {
  if (const auto error = closed_to_members(world, call); !error.code.empty()) return tl::unexpected(error);
  const std::string type = text_of(input, "Filter"), target = text_of(input, "TargetId");
  if (!known_type(type))
    return api_error("InvalidInputException", "You specified an invalid value for Filter.");
  const auto& organization = world.organizations;
  const bool for_target = call.operation == "ListPoliciesForTarget";
  if (for_target && target != organization.root && target != world.account &&
      target != organization.management_account && !organization.units.contains(target)) {
    return api_error("TargetNotFoundException", "You specified a target that doesn't exist.");
  }
  json policies = json::array();
  for (const auto& [id, policy] : organization.policies) {
    const bool attached =
        std::find(policy.targets.begin(), policy.targets.end(), target) != policy.targets.end();
    if (policy.type == type && (!for_target || attached)) policies.push_back(summary(policy));
  }
  return organizations_page(policies, input, "Policies");
}

Reply policy_of(World& world, const CallContext& call, const json& input) {
  if (const auto error = closed_to_members(world, call); !error.code.empty()) return tl::unexpected(error);
  const auto found = world.organizations.policies.find(text_of(input, "PolicyId"));
  if (found == world.organizations.policies.end()) {
    return api_error("PolicyNotFoundException", "You specified a policy that doesn't exist.");
  }
  const ControlPolicy& policy = found->second;
  if (call.operation == "DescribePolicy") {
    return json{{"Policy", {{"PolicySummary", summary(policy)}, {"Content", policy.document.dump()}}}};
  }
  const auto& organization = world.organizations;
  json targets = json::array();
  for (const auto& target : policy.targets) {
    const auto unit = organization.units.find(target);
    const bool root = target == organization.root;
    const std::string kind = root ? "root/" : unit != organization.units.end() ? "ou/" : "account/";
    targets.push_back({{"TargetId", target},
                       {"Arn", organization_arn(organization, kind + organization.id + "/" + target)},
                       {"Name", root                               ? "Root"
                                : unit != organization.units.end() ? unit->second.name
                                                                   : "lab"},
                       {"Type", root                               ? "ROOT"
                                : unit != organization.units.end() ? "ORGANIZATIONAL_UNIT"
                                                                   : "ACCOUNT"}});
  }
  return organizations_page(targets, input, "Targets");
}

// For the management account, and for a member that administers policies for it (delegated administrator):
// Organizations::readable stands for both. What changes is in force at once. Limits: "Quotas for AWS
// Organizations"; reasons: "UpdatePolicy", Organizations API Reference.
constexpr std::size_t kMostPolicyCharacters = 5120;

Reply update_policy(World& world, const CallContext& call, const json& input) {
  if (const auto error = closed_to_members(world, call); !error.code.empty()) return tl::unexpected(error);
  auto& policies = world.organizations.policies;
  const auto found = policies.find(text_of(input, "PolicyId"));
  if (found == policies.end())
    return api_error("PolicyNotFoundException", "You specified a policy that doesn't exist.");
  ControlPolicy& policy = found->second;
  if (policy.aws_managed) {
    return api_error("InvalidInputException",
                     "You specified a policy that is managed by AWS and can't be modified.");
  }
  const std::string name = text_of(input, "Name", policy.name), content = text_of(input, "Content");
  for (const auto& [id, other] : policies) {
    if (id != policy.id && other.type == policy.type && other.name == name)
      return api_error("DuplicatePolicyException", "A policy with the same name already exists.");
  }
  if (input.contains("Content")) {
    const bool service = policy.type == "SERVICE_CONTROL_POLICY";
    const bool control = service || policy.type == "RESOURCE_CONTROL_POLICY";
    const auto kind = service ? iam::PolicyKind::scp : iam::PolicyKind::rcp;
    if (content.size() > kMostPolicyCharacters) {
      return api_error("ConstraintViolationException",
                       "You have exceeded the maximum allowed size of a policy document: 5120 characters.");
    }
    json document = json::parse(content, nullptr, false);
    if (!document.is_object() || (control && !iam::parse_policy(content, "the policy", kind))) {
      return api_error("MalformedPolicyDocumentException",
                       "The provided policy document does not meet the requirements of the specified policy "
                       "type.");
    }
    policy.document = std::move(document);
  }
  policy.name = name;
  policy.description = text_of(input, "Description", policy.description);
  return json{{"Policy", {{"PolicySummary", summary(policy)}, {"Content", policy.document.dump()}}}};
}

}  // namespace

std::string add_unit(World& world, const std::string& name, const std::string& parent) {
  auto& organization = world.organizations;
  const std::string id = "ou-" + organization.root.substr(2) + "-" + world.ids.hex(8);
  organization.units[id] = {id, name, parent.empty() ? organization.root : parent};
  // Organizations attaches these two to every new unit.
  for (const char* full : {"p-FullAWSAccess", "p-RCPFullAWSAccess"})
    organization.policies.at(full).targets.push_back(id);
  return id;
}

std::string add_control_policy(World& world, const std::string& type, const std::string& name,
                               const json& document, const std::string& target) {
  ControlPolicy policy;
  policy.id = "p-" + world.ids.hex(8);
  policy.name = name;
  policy.type = type;
  policy.document = document;
  std::string kind = type;
  std::transform(kind.begin(), kind.end(), kind.begin(),
                 [](char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c); });
  policy.arn = organization_arn(world.organizations,
                                "policy/" + world.organizations.id + "/" + kind + "/" + policy.id);
  policy.targets = {target.empty() ? world.account : target};
  world.organizations.policies[policy.id] = policy;
  return policy.id;
}

void add_organizations_operations(Registry& registry) {
  registry.add("organizations", "DescribeOrganization", describe_organization);
  registry.add("organizations", "ListRoots", list_roots);
  registry.add("organizations", "ListParents", list_parents);
  registry.add("organizations", "ListOrganizationalUnitsForParent", list_units);
  registry.add("organizations", "DescribeOrganizationalUnit", describe_unit);
  registry.add("organizations", "ListAccountsForParent", list_accounts);
  registry.add("organizations", "ListPolicies", list_policies);
  registry.add("organizations", "ListPoliciesForTarget", list_policies);
  registry.add("organizations", "DescribePolicy", policy_of);
  registry.add("organizations", "ListTargetsForPolicy", policy_of);
  registry.add("organizations", "UpdatePolicy", update_policy);
}

}  // namespace doctor::lab
