#include "diagnose/control_sight.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "core/arn.h"
#include "diagnose/level_sight.h"
#include "diagnose/observations.h"
#include "facts/organization.h"

namespace doctor::diagnose {
namespace {

using facts::OrganizationPolicy;
using facts::Place;

struct ControlWords {
  std::string_view type, one, all, several;
  PolicyLevel level;
};
constexpr ControlWords kScp{facts::kServiceControlPolicy, "the service control policy {}",
                            "no service control policy", "service control policies", PolicyLevel::scp};
constexpr ControlWords kRcp{facts::kResourceControlPolicy, "the resource control policy {}",
                            "no resource control policy", "resource control policies", PolicyLevel::rcp};

// One kind of policy and one call: what stays the same on the way down.
struct Question {
  const Place& place;
  const ControlWords& words;
  const Request& request;
  const Call& call;
};

Document document_of(const OrganizationPolicy& policy) {
  return {policy.name.empty() ? policy.id : policy.name, policy.document};
}

PolicySight look(const Question& q, const std::vector<Document>& documents, std::string where) {
  return sight_from(q.words.level, documents, q.request, q.call,
                    {std::string(q.words.one), std::string(q.words.all), std::move(where)},
                    {"organizations", "describe-policy", {}, "Content", {}, std::nullopt});
}

// --- The tree is known --------------------------------------------------------------------------------

PolicySight sight_of_level(const Question& q, const std::string& id, const facts::PoliciesAt& at) {
  std::vector<Document> documents;
  for (const OrganizationPolicy* policy : at.policies) documents.push_back(document_of(*policy));
  const std::string where = facts::level_words(q.place, id);
  PolicySight sight = look(q, documents, " of " + where);
  if (sight.source.value.empty()) sight.source.value = id;
  if (sight.grant == Grant::absent && !at.whole) {
    sight.grant = Grant::depends;
    sight.why = fmt::format("not all {} of {} are known", q.words.several, where);
  }
  return sight;
}

std::optional<PolicySight> sight_down_the_tree(const Question& q, const std::vector<std::string>& way) {
  std::optional<PolicySight> worst;
  bool in_use = false;  // where SCPs are, "at least one SCP must be attached" to every level
  for (const std::string& id : way) {
    const facts::PoliciesAt at = facts::policies_at(q.place, id, q.words.type);
    in_use = in_use || !at.policies.empty();
    PolicySight sight = sight_of_level(q, id, at);
    if (!worst || precedence(sight.grant) > precedence(worst->grant)) worst = std::move(sight);
  }
  return in_use ? std::move(worst) : std::nullopt;
}

// --- The tree is not known ----------------------------------------------------------------------------

enum class Binding { no, maybe, yes };

// A root holds every account of its organization; which unit holds this account is not in the facts.
Binding binding_of(const OrganizationPolicy& policy, const std::string& account) {
  if (!policy.targets_known && policy.targets.empty()) return Binding::maybe;
  Binding binding = Binding::no;
  for (const std::string& target : policy.targets) {
    if (target == account || target.starts_with("r-")) return Binding::yes;
    if (!core::is_account_id(target)) binding = Binding::maybe;
  }
  return binding;
}

std::string attached_to(const OrganizationPolicy& policy) {
  return policy.targets.empty()
             ? "what it is attached to is not known"
             : fmt::format("it is attached to {}, and whether that holds this account is not known",
                           joined(policy.targets));
}

// The levels that are known whole: each must allow, where it has any policy.
bool is_whole(const Place& place, std::string_view type) {
  if (!place.knows("organizations.list-policies")) return false;
  return std::all_of(place.organization_policies.begin(), place.organization_policies.end(),
                     [&](const OrganizationPolicy& policy) {
                       return policy.type != type || (policy.targets_known && !policy.document.empty());
                     });
}

std::optional<PolicySight> sight_without_tree(const Question& q) {
  std::vector<Document> at_root, at_account, bound;
  std::vector<const OrganizationPolicy*> maybe;
  for (const OrganizationPolicy& policy : q.place.organization_policies) {
    if (policy.type != q.words.type) continue;
    const Binding binding = binding_of(policy, q.place.account);
    if (binding == Binding::maybe) maybe.push_back(&policy);
    if (binding != Binding::yes) continue;
    bound.push_back(document_of(policy));
    for (const std::string& target : policy.targets) {
      if (target.starts_with("r-")) at_root.push_back(document_of(policy));
      if (target == q.place.account) at_account.push_back(document_of(policy));
    }
  }
  if (bound.empty() && maybe.empty()) return std::nullopt;
  // A Deny holds wherever it is attached; what is missing is known only of a level that was read whole.
  PolicySight all = look(q, bound, "");
  if (all.grant == Grant::denied) return all;
  if (is_whole(q.place, q.words.type)) {
    if (!at_root.empty()) {
      if (PolicySight root = look(q, at_root, " of the organization's root"); root.grant == Grant::absent)
        return root;
    }
    if (!at_account.empty()) {
      if (PolicySight own = look(q, at_account, " of the account"); own.grant == Grant::absent) return own;
    }
  } else if (all.grant == Grant::absent) {
    all.grant = Grant::allowed;
    all.why = fmt::format("{} that was read denies {}", q.words.all, words_of(q.call));
  }
  for (const OrganizationPolicy* policy : maybe) {
    PolicySight sight = look(q, {document_of(*policy)}, "");
    if (sight.grant != Grant::denied) continue;
    sight.grant = Grant::depends;
    sight.why += "; " + attached_to(*policy);
    return sight;
  }
  return all;
}

std::optional<PolicySight> sight_of(const Question& q) {
  if (facts::is_management_account(q.place) || facts::is_switched_off(q.place, q.words.type))
    return std::nullopt;
  const std::vector<std::string> way = facts::way_down(q.place);
  return way.empty() ? sight_without_tree(q) : sight_down_the_tree(q, way);
}

// RCPs are those of the resource's account; of another account's nothing is known here.
bool is_of_this_account(const Place& place, const std::string& resource) {
  const auto arn = core::Arn::parse(resource);
  return !arn || !core::is_account_id(arn->account) || arn->account == place.account;
}

}  // namespace

std::vector<PolicySight> control_sights(const Place& place, const Request& request, const Call& call) {
  std::vector<PolicySight> sights;
  if (auto scp = sight_of({place, kScp, request, call})) sights.push_back(std::move(*scp));
  if (!is_of_this_account(place, call.resource)) return sights;
  if (auto rcp = sight_of({place, kRcp, request, call})) sights.push_back(std::move(*rcp));
  return sights;
}

PolicySight control_policy_sight(const Place& place, const std::string& role_arn, const Call& call) {
  auto sight = sight_of({place, kScp, request_of(place, role_arn, call), call});
  return sight ? std::move(*sight) : PolicySight{PolicyLevel::scp, Grant::allowed, {}, {}, {}};
}

}  // namespace doctor::diagnose
