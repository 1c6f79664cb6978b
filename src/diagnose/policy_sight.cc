#include "diagnose/policy_sight.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "core/arn.h"
#include "core/glob.h"
#include "diagnose/observations.h"
#include "diagnose/policy_decision.h"

namespace doctor::diagnose {
namespace {

using facts::OrganizationPolicy;
using facts::Place;
using facts::Role;

int badness(Grant grant) {
  switch (grant) {
    case Grant::denied:
      return 3;
    case Grant::absent:
      return 2;
    case Grant::depends:
      return 1;
    case Grant::allowed:
      return 0;
  }
  return 0;
}

Grant grant_of(Decision::Kind kind) {
  switch (kind) {
    case Decision::Kind::allowed:
      return Grant::allowed;
    case Decision::Kind::denied:
      return Grant::denied;
    case Decision::Kind::absent:
      return Grant::absent;
    case Decision::Kind::depends:
      return Grant::depends;
  }
  return Grant::depends;
}

bool is_service_linked(std::string_view role_arn) {
  return core::contains(role_arn, ":role/aws-service-role/") || role_arn.ends_with("/AWSServiceRoleForECS");
}

// "kms:Decrypt on arn:…"
std::string words_of(const Call& call) {
  return call.resource == "*" ? call.action : call.action + " on " + call.resource;
}

// " (statement NoSecrets, line 10)"; a document of one line has no lines worth naming.
std::string statement_words(const Decision& decision, const std::vector<Document>& documents) {
  if (decision.document < 0 || decision.statement == 0) return {};
  std::string out =
      " (statement " + (decision.sid.empty() ? std::to_string(decision.statement) : decision.sid);
  const std::string& text = documents[static_cast<std::size_t>(decision.document)].text;
  if (text.find('\n') != std::string::npos) out += fmt::format(", line {}", decision.line);
  return out + ")";
}

// The words of one level: what its policies are called, singly and together.
struct Words {
  std::string one;  // "the service control policy {}"
  std::string all;  // "no service control policy of r-a1b2"
};

PolicySight sight_from(PolicyLevel level, const std::vector<Document>& documents, const Request& request,
                       const Call& call, const Words& words, Source source) {
  const Decision decision = decide(level, documents, request);
  PolicySight sight{level, grant_of(decision.kind), {}, {}, std::move(source)};
  std::string named;
  if (decision.document >= 0) {
    sight.policy = documents[static_cast<std::size_t>(decision.document)].name;
    named = fmt::format(fmt::runtime(words.one), sight.policy) + statement_words(decision, documents);
    if (sight.source.value.empty()) sight.source.value = sight.policy;
    if (!decision.sid.empty()) sight.source.value += " " + decision.sid;
  }
  switch (sight.grant) {
    case Grant::denied:
      sight.why = named + " denies " + words_of(call);
      break;
    case Grant::absent:
      sight.why = words.all + " allows " + words_of(call);
      break;
    case Grant::allowed:
      sight.why = named + " allows " + words_of(call);
      break;
    case Grant::depends:
      sight.why = decision.depends_on.empty() ? named + " could not be read"
                                              : fmt::format("what {} says of {} depends on {}", named,
                                                            words_of(call), joined(decision.depends_on));
      break;
  }
  return sight;
}

// --- What is known of the request ---------------------------------------------------------------------

// "Actions, resources, and condition keys" knows more keys; these are the ones that follow from the facts.
Request request_of(const Place& place, const std::string& principal, const Call& call) {
  Request request{call.action, call.resource, principal, {}};
  iam::Context& context = request.context;
  context.set("aws:requestedregion", {place.region});
  context.set("aws:securetransport", {"true"});
  context.set("aws:principalisawsservice", {"false"});
  context.set("aws:viaawsservice", {"false"});
  if (const auto arn = core::Arn::parse(principal); arn) {
    context.set("aws:principalarn", {principal});
    context.set("aws:principalaccount", {arn->account});
    context.set("aws:principaltype", {"AssumedRole"});
  }
  if (const auto arn = core::Arn::parse(call.resource); arn && core::is_account_id(arn->account))
    context.set("aws:resourceaccount", {arn->account});
  return request;
}

// --- The levels ---------------------------------------------------------------------------------------

std::vector<Document> documents_of(const Role& role) {
  std::vector<Document> documents;
  for (const auto* list : {&role.inline_policies, &role.attached_policies}) {
    for (const facts::Policy& policy : *list) documents.push_back({policy.name, policy.document});
  }
  return documents;
}

PolicySight identity_sight(const Role& role, const Request& request, const Call& call) {
  const std::vector<Document> documents = documents_of(role);
  PolicySight sight = sight_from(PolicyLevel::identity, documents, request, call,
                                 {"the policy {} of role " + role.name, "no policy of role " + role.name},
                                 {"iam", "get-role-policy", {}, "Statement", {}, std::nullopt});
  if (sight.source.value.empty()) sight.source.value = role.name;
  if (sight.grant == Grant::absent && !role.policies_known) {
    sight.grant = Grant::depends;
    sight.why = "not every policy of role " + role.name + " is known";
  }
  return sight;
}

PolicySight boundary_sight(const Role& role, const Request& request, const Call& call) {
  const std::string name(core::short_name(role.boundary_arn));
  return sight_from(PolicyLevel::boundary, {{name, role.boundary_document}}, request, call,
                    {"the permissions boundary {} of role " + role.name,
                     fmt::format("no statement of the permissions boundary {} of role {}", name, role.name)},
                    {"iam", "get-role", {}, "PermissionsBoundary", role.boundary_arn, std::nullopt});
}

// Without a document an endpoint has AWS's default policy, which allows everything.
std::optional<PolicySight> endpoint_sight(const Place& place, const std::string& id, Request request,
                                          const Call& call) {
  const auto endpoint = place.vpc_endpoints.find(id);
  if (endpoint == place.vpc_endpoints.end() || endpoint->second.policy_document.empty()) return std::nullopt;
  request.context.set("aws:sourcevpce", {id});
  request.context.set("aws:sourcevpc", {endpoint->second.vpc_id});
  const std::string what = fmt::format("endpoint policy of {} ({})", id, endpoint->second.service_name);
  return sight_from(PolicyLevel::endpoint, {{id, endpoint->second.policy_document}}, request, call,
                    {"the endpoint policy of {}", "no statement of the " + what},
                    {"ec2", "describe-vpc-endpoints", {}, "PolicyDocument", id, std::nullopt});
}

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

bool is_management_account(const Place& place, std::string_view type) {
  return std::any_of(place.organization_policies.begin(), place.organization_policies.end(),
                     [&](const OrganizationPolicy& policy) {
                       const auto arn = core::Arn::parse(policy.arn);
                       return policy.type == type && arn && core::is_account_id(arn->account) &&
                              arn->account == place.account;
                     });
}

std::string attached_to(const OrganizationPolicy& policy) {
  return policy.targets.empty()
             ? "what it is attached to is not known"
             : fmt::format("it is attached to {}, and whether that holds this account is not known",
                           joined(policy.targets));
}

struct ControlWords {
  std::string_view type, one, all;
  PolicyLevel level;
};
constexpr ControlWords kScp{"SERVICE_CONTROL_POLICY", "the service control policy {}",
                            "no service control policy", PolicyLevel::scp};
constexpr ControlWords kRcp{"RESOURCE_CONTROL_POLICY", "the resource control policy {}",
                            "no resource control policy", PolicyLevel::rcp};

// The levels of the tree that are known whole: each must allow, where it has any policy.
bool is_tree_known(const Place& place, std::string_view type) {
  if (!place.knows("organizations.list-policies")) return false;
  return std::all_of(place.organization_policies.begin(), place.organization_policies.end(),
                     [&](const OrganizationPolicy& policy) {
                       return policy.type != type || (policy.targets_known && !policy.document.empty());
                     });
}

std::optional<PolicySight> control_sight(const Place& place, const ControlWords& words,
                                         const Request& request, const Call& call) {
  std::vector<Document> at_root, at_account, bound, maybe;
  std::vector<const OrganizationPolicy*> maybe_policies;
  for (const OrganizationPolicy& policy : place.organization_policies) {
    if (policy.type != words.type) continue;
    const Document document{policy.name.empty() ? policy.id : policy.name, policy.document};
    const Binding binding = binding_of(policy, place.account);
    if (binding == Binding::no) continue;
    if (binding == Binding::maybe) {
      maybe.push_back(document);
      maybe_policies.push_back(&policy);
      continue;
    }
    bound.push_back(document);
    for (const std::string& target : policy.targets) {
      if (target.starts_with("r-")) at_root.push_back(document);
      if (target == place.account) at_account.push_back(document);
    }
  }
  if (bound.empty() && maybe.empty()) return std::nullopt;
  const Source source{"organizations", "describe-policy", {}, "Content", {}, std::nullopt};
  const auto look = [&](const std::vector<Document>& documents, std::string_view where) {
    return sight_from(words.level, documents, request, call,
                      {std::string(words.one), std::string(words.all) + std::string(where)}, source);
  };
  // A Deny holds wherever it is attached; what is missing is known only of a level that was read whole.
  PolicySight all = look(bound, "");
  if (all.grant == Grant::denied) return all;
  if (is_tree_known(place, words.type)) {
    if (!at_root.empty()) {
      if (PolicySight root = look(at_root, " of the organization's root"); root.grant == Grant::absent)
        return root;
    }
    if (!at_account.empty()) {
      if (PolicySight own = look(at_account, " of the account"); own.grant == Grant::absent) return own;
    }
  } else if (all.grant == Grant::absent) {
    all.grant = Grant::allowed;
    all.why = fmt::format("{} that was read denies {}", words.all, words_of(call));
  }
  for (std::size_t i = 0; i < maybe.size(); ++i) {
    PolicySight sight = look({maybe[i]}, "");
    if (sight.grant != Grant::denied) continue;
    sight.grant = Grant::depends;
    sight.why += "; " + attached_to(*maybe_policies[i]);
    return sight;
  }
  return all;
}

const Role* role_of(const Place& place, const std::string& role_arn) {
  const auto role = place.roles.find(std::string(core::short_name(role_arn)));
  return role == place.roles.end() ? nullptr : &role->second;
}

constexpr std::array kFixes{"policy_statement", "narrow_deny",   "widen_boundary",
                            "endpoint_policy",  "scp_exception", "rcp_exception"};

std::string_view fix_of(PolicyLevel level, bool denied) {
  switch (level) {
    case PolicyLevel::identity:
      return denied ? "narrow_deny" : "policy_statement";
    case PolicyLevel::boundary:
      return "widen_boundary";
    case PolicyLevel::endpoint:
      return "endpoint_policy";
    case PolicyLevel::scp:
      return "scp_exception";
    case PolicyLevel::rcp:
      return "rcp_exception";
  }
  return "policy_statement";
}

}  // namespace

std::vector<PolicySight> sights_of(const Place& place, const Caller& caller, const Call& call) {
  std::vector<PolicySight> sights;
  Request request = request_of(place, caller.role_arn, call);
  for (const std::string& id : caller.endpoints) {
    const auto endpoint = place.vpc_endpoints.find(id);
    if (endpoint == place.vpc_endpoints.end()) continue;
    request.context.set("aws:sourcevpce", {id});
    request.context.set("aws:sourcevpc", {endpoint->second.vpc_id});
  }
  if (const Role* role = role_of(place, caller.role_arn); role != nullptr) {
    sights.push_back(identity_sight(*role, request, call));
    if (!role->boundary_arn.empty()) sights.push_back(boundary_sight(*role, request, call));
  }
  for (PolicySight& sight : endpoint_sights(place, caller.endpoints, call)) {
    // Again with the caller's name, which an endpoint's policy may ask for.
    if (auto own = endpoint_sight(place, sight.policy, request, call)) sights.push_back(std::move(*own));
  }
  if (is_service_linked(caller.role_arn)) return sights;
  for (const ControlWords& words : {kScp, kRcp}) {
    if (is_management_account(place, words.type)) continue;
    if (auto sight = control_sight(place, words, request, call)) sights.push_back(std::move(*sight));
  }
  return sights;
}

std::vector<PolicySight> worst_of(const Place& place, const Caller& caller, const std::vector<Call>& calls) {
  std::vector<PolicySight> worst;
  for (const Call& call : calls) {
    for (PolicySight& sight : sights_of(place, caller, call)) {
      const auto same = std::find_if(worst.begin(), worst.end(),
                                     [&](const PolicySight& w) { return w.level == sight.level; });
      if (same == worst.end()) {
        worst.push_back(std::move(sight));
      } else if (badness(sight.grant) > badness(same->grant)) {
        *same = std::move(sight);
      }
    }
  }
  return worst;
}

std::vector<PolicySight> endpoint_sights(const Place& place, const std::vector<std::string>& endpoints,
                                         const Call& call) {
  std::vector<PolicySight> sights;
  for (const std::string& id : endpoints) {
    if (auto sight = endpoint_sight(place, id, request_of(place, {}, call), call)) {
      sight->policy = id;
      sights.push_back(std::move(*sight));
    }
  }
  return sights;
}

PolicySight control_policy_sight(const Place& place, const std::string& role_arn, const Call& call) {
  auto sight = control_sight(place, kScp, request_of(place, role_arn, call), call);
  return sight ? std::move(*sight) : PolicySight{PolicyLevel::scp, Grant::allowed, {}, {}, {}};
}

bool blocks(const PolicySight& sight) {
  return sight.grant == Grant::denied || sight.grant == Grant::absent;
}

const PolicySight* blocking(const std::vector<PolicySight>& sights) {
  const PolicySight* found = nullptr;
  for (const PolicySight& sight : sights) {
    if (blocks(sight)) found = &sight;  // levels come from the role upwards
  }
  return found;
}

const PolicySight* sight_at(const std::vector<PolicySight>& sights, PolicyLevel level) {
  for (const PolicySight& sight : sights) {
    if (sight.level == level) return &sight;
  }
  return nullptr;
}

// "Troubleshoot access denied error messages" in the IAM user guide.
bool is_named_by_aws(const Case& c, PolicyLevel level) {
  switch (level) {
    case PolicyLevel::identity:
      return has_text(c, "identity-based policy");
    case PolicyLevel::boundary:
      return has_text(c, "permissions boundary");
    case PolicyLevel::endpoint:
      return has_text(c, "vpc endpoint policy");
    case PolicyLevel::scp:
      return has_text(c, "service control policy");
    case PolicyLevel::rcp:
      return has_text(c, "resource control policy");
  }
  return false;
}

void offer_fix_of(const Case& c, const PolicySight* sight, Observations& out) {
  std::string_view offered = "policy_statement";
  if (sight != nullptr) {
    offered = fix_of(sight->level, sight->grant == Grant::denied);
    if (offered != "policy_statement") out.fix_details.emplace_back(offered, sight->why);
  } else {
    for (const PolicyLevel level :
         {PolicyLevel::boundary, PolicyLevel::endpoint, PolicyLevel::scp, PolicyLevel::rcp}) {
      if (is_named_by_aws(c, level)) offered = fix_of(level, true);
    }
    if (has_text(c, "explicit deny in an identity-based policy")) offered = "narrow_deny";
  }
  for (const std::string_view fix : kFixes) {
    if (fix != offered) out.useless_fixes.emplace_back(fix);
  }
}

}  // namespace doctor::diagnose
