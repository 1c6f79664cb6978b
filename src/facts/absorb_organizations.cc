// Organizations: the policies of the organisation, and the tree that they are attached to.
#include <algorithm>
#include <array>

#include "core/arn.h"
#include "facts/organization.h"
#include "facts/reading.h"
#include "facts/subject.h"

namespace doctor::facts {
namespace {

OrganizationPolicy& organization_policy(Place& place, const std::string& id) {
  for (OrganizationPolicy& policy : place.organization_policies) {
    if (policy.id == id) return policy;
  }
  place.organization_policies.push_back({id, {}, {}, {}, {}, {}, false});
  return place.organization_policies.back();
}

void read_summary(OrganizationPolicy& policy, const Json& item) {
  policy.name = text_at(item, "Name");
  policy.type = text_at(item, "Type");
  policy.arn = text_at(item, "Arn");
}

void list_policies(Reading& in, const Json& document) {
  for (const Json& item : in.objects(document, "Policies")) {
    const std::string id = in.identity(item, "Policies", "Id");
    read_summary(organization_policy(in.place, id), item);
  }
}

void describe_policy(Reading& in, const Json& document) {
  const Json item = document["Policy"];
  const std::string id = in.identity(item["PolicySummary"], "Policy.PolicySummary", "Id");
  if (id.empty()) return;
  OrganizationPolicy& policy = organization_policy(in.place, id);
  read_summary(policy, item["PolicySummary"]);
  policy.document = policy_document(item["Content"]);
}

void list_targets_for_policy(Reading& in, const Json& document) {
  std::vector<std::string> ids, names;
  for (const OrganizationPolicy& policy : in.place.organization_policies) {
    ids.push_back(policy.id);
    names.push_back(policy.name);
  }
  int at = resource_named(in.name.subject, ids);
  if (at < 0) at = resource_named(in.name.subject, names);
  if (at < 0) return;
  OrganizationPolicy& policy = in.place.organization_policies[static_cast<std::size_t>(at)];
  policy.targets_known = true;
  auto& targets = policy.targets;
  for (const Json& item : in.objects(document, "Targets")) {
    const std::string id = text_at(item, "TargetId");
    if (id.starts_with("ou-")) in.place.organization.names[id] = text_at(item, "Name");
    if (std::find(targets.begin(), targets.end(), id) == targets.end()) targets.push_back(id);
  }
}

// --- The tree -----------------------------------------------------------------------------------------

void gap_of_unnamed(Reading& in, std::string_view what, std::string_view name) {
  in.place.gaps.push_back({std::string(in.name.service),
                           std::string(in.name.operation),
                           {},
                           {},
                           "the answer does not say which " + std::string(what) + " it is about",
                           {},
                           "name the file " + std::string(in.name.service) + "." +
                               std::string(in.name.operation) + "." + std::string(name) + ".json"});
}

// "ou-a1b2-c3d4e5f6", "111122223333", "r-a1b2": what the subject begins with. "" where it names none.
std::string tree_id(std::string_view subject) {
  const std::string_view id = subject.substr(0, subject.find('.'));
  const bool known = id.starts_with("r-") || id.starts_with("ou-") || core::is_account_id(id);
  return known ? std::string(id) : std::string{};
}

void describe_organization(Reading& in, const Json& document) {
  const Json item = document["Organization"];
  in.place.organization.management_account = text_at(item, "MasterAccountId");
}

void list_roots(Reading& in, const Json& document) {
  for (const Json& root : in.objects(document, "Roots")) {
    in.identity(root, "Roots", "Id");
    for (const Json& type : in.objects(root, "PolicyTypes"))
      in.place.organization.policy_types[text_at(type, "Type")] = text_at(type, "Status") == "ENABLED";
  }
}

void list_parents(Reading& in, const Json& document) {
  const std::string child = tree_id(in.name.subject);
  if (child.empty()) return gap_of_unnamed(in, "account or organizational unit", "CHILD-ID");
  // "A child can have only a single parent" ("ListParents").
  for (const Json& parent : in.objects(document, "Parents"))
    in.place.organization.parents[child] = in.identity(parent, "Parents", "Id");
}

void list_units(Reading& in, const Json& document) {
  const std::string parent = tree_id(in.name.subject);
  for (const Json& unit : in.objects(document, "OrganizationalUnits")) {
    const std::string id = in.identity(unit, "OrganizationalUnits", "Id");
    in.place.organization.names[id] = text_at(unit, "Name");
    if (!parent.empty()) in.place.organization.parents[id] = parent;
  }
}

void describe_unit(Reading& in, const Json& document) {
  const Json unit = document["OrganizationalUnit"];
  const std::string id = in.identity(unit, "OrganizationalUnit", "Id");
  if (!id.empty()) in.place.organization.names[id] = text_at(unit, "Name");
}

void list_accounts(Reading& in, const Json& document) {
  const std::string parent = tree_id(in.name.subject);
  if (parent.empty()) return gap_of_unnamed(in, "parent", "PARENT-ID");
  for (const Json& account : in.objects(document, "Accounts"))
    in.place.organization.parents[in.identity(account, "Accounts", "Id")] = parent;
}

// An empty list says of which type it is only in the file's name.
void list_policies_for_target(Reading& in, const Json& document) {
  const std::string target = tree_id(in.name.subject);
  if (target.empty()) return gap_of_unnamed(in, "root, unit or account", "TARGET-ID.FILTER");
  OrganizationTree& tree = in.place.organization;
  for (const std::string_view type : {kServiceControlPolicy, kResourceControlPolicy}) {
    if (in.name.subject.find(type) != std::string_view::npos) tree.listed.emplace(target, type);
  }
  for (const Json& item : in.objects(document, "Policies")) {
    OrganizationPolicy& policy = organization_policy(in.place, in.identity(item, "Policies", "Id"));
    read_summary(policy, item);
    tree.listed.emplace(target, policy.type);
    if (std::find(policy.targets.begin(), policy.targets.end(), target) == policy.targets.end())
      policy.targets.push_back(target);
  }
}

constexpr std::array kOrganizationsRows{
    Row{"organizations", "describe-organization", "Organization", Shape::object, describe_organization},
    Row{"organizations", "list-roots", "Roots", Shape::list, list_roots},
    Row{"organizations", "list-parents", "Parents", Shape::list, list_parents},
    Row{"organizations", "list-organizational-units-for-parent", "OrganizationalUnits", Shape::list,
        list_units},
    Row{"organizations", "describe-organizational-unit", "OrganizationalUnit", Shape::object, describe_unit},
    Row{"organizations", "list-accounts-for-parent", "Accounts", Shape::list, list_accounts},
    Row{"organizations", "list-policies", "Policies", Shape::list, list_policies},
    Row{"organizations", "describe-policy", "Policy", Shape::object, describe_policy, 1},
    Row{"organizations", "list-targets-for-policy", "Targets", Shape::list, list_targets_for_policy, 2},
    Row{"organizations", "list-policies-for-target", "Policies", Shape::list, list_policies_for_target, 3},
};

}  // namespace

std::span<const Row> organization_rows() {
  return kOrganizationsRows;
}

}  // namespace doctor::facts
