#include "facts/organization.h"

#include <algorithm>

#include "core/arn.h"

namespace doctor::facts {
namespace {

constexpr std::size_t kDeepestTree =
    8;  // "OUs: five levels deep under a root" ("Quotas for AWS Organizations")

bool is_root(std::string_view id) {
  return id.starts_with("r-");
}

// Every policy of the type is known with all its targets.
bool all_targets_known(const Place& place, std::string_view type) {
  return place.knows("organizations.list-policies") &&
         std::all_of(
             place.organization_policies.begin(), place.organization_policies.end(),
             [&](const OrganizationPolicy& policy) { return policy.type != type || policy.targets_known; });
}

}  // namespace

std::vector<std::string> way_down(const Place& place) {
  std::vector<std::string> way{place.account};
  while (!is_root(way.back())) {
    const auto parent = place.organization.parents.find(way.back());
    if (parent == place.organization.parents.end() || way.size() > kDeepestTree) return {};
    way.push_back(parent->second);
  }
  std::reverse(way.begin(), way.end());
  return way;
}

PoliciesAt policies_at(const Place& place, std::string_view id, std::string_view type) {
  PoliciesAt out;
  for (const OrganizationPolicy& policy : place.organization_policies) {
    if (policy.type == type &&
        std::find(policy.targets.begin(), policy.targets.end(), id) != policy.targets.end())
      out.policies.push_back(&policy);
  }
  out.whole = place.organization.listed.contains({std::string(id), std::string(type)}) ||
              all_targets_known(place, type);
  return out;
}

bool is_management_account(const Place& place) {
  if (!place.organization.management_account.empty())
    return place.organization.management_account == place.account;
  // A policy's ARN names the account that owns the organization.
  return std::any_of(place.organization_policies.begin(), place.organization_policies.end(),
                     [&](const OrganizationPolicy& policy) {
                       const auto arn = core::Arn::parse(policy.arn);
                       return arn && core::is_account_id(arn->account) && arn->account == place.account;
                     });
}

bool is_switched_off(const Place& place, std::string_view type) {
  const auto& types = place.organization.policy_types;
  if (!place.knows("organizations.list-roots")) return false;
  const auto found = types.find(std::string(type));
  return found == types.end() || !found->second;
}

std::string level_words(const Place& place, std::string_view id) {
  const std::string text(id);
  if (is_root(id)) return "the organization's root (" + text + ")";
  if (!id.starts_with("ou-")) return "the account " + text;
  const auto name = place.organization.names.find(text);
  const bool named = name != place.organization.names.end() && !name->second.empty() && name->second != id;
  return "the organizational unit " + (named ? name->second + " (" + text + ")" : text);
}

}  // namespace doctor::facts
