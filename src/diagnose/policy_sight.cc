#include "diagnose/policy_sight.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "core/arn.h"
#include "core/glob.h"
#include "diagnose/control_sight.h"
#include "diagnose/level_sight.h"
#include "diagnose/observations.h"
#include "diagnose/resource_sight.h"

namespace doctor::diagnose {
namespace {

using facts::Place;
using facts::Role;

bool is_service_linked(std::string_view role_arn) {
  return core::contains(role_arn, ":role/aws-service-role/") || role_arn.ends_with("/AWSServiceRoleForECS");
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
  // One account's role may have its permission from the resource alone.
  if (sight.grant == Grant::absent && request.own_policy) {
    const Decision::Kind together = decide_with_resource(documents, request);
    if (together == Decision::Kind::allowed || together == Decision::Kind::depends) {
      sight.grant = grant_of(together);
      sight.why =
          fmt::format("the policy of {} {} {} to {}", request.own_policy->name,
                      sight.grant == Grant::allowed ? "grants" : "may grant", words_of(call), role.name);
    }
  }
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

const Role* role_of(const Place& place, const std::string& role_arn) {
  const auto role = place.roles.find(std::string(core::short_name(role_arn)));
  return role == place.roles.end() ? nullptr : &role->second;
}

constexpr std::array kFixes{"policy_statement", "narrow_deny",   "widen_boundary", "resource_policy",
                            "endpoint_policy",  "scp_exception", "rcp_exception"};

std::string_view fix_of(PolicyLevel level, bool denied) {
  switch (level) {
    case PolicyLevel::identity:
      return denied ? "narrow_deny" : "policy_statement";
    case PolicyLevel::boundary:
      return "widen_boundary";
    case PolicyLevel::resource:
      return "resource_policy";
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
  request.own_policy = own_policy_of(place, call.resource);
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
  if (auto own = resource_sight(request, call)) sights.push_back(std::move(*own));
  for (PolicySight& sight : endpoint_sights(place, caller.endpoints, call)) {
    // Again with the caller's name, which an endpoint's policy may ask for.
    if (auto own = endpoint_sight(place, sight.policy, request, call)) sights.push_back(std::move(*own));
  }
  if (is_service_linked(caller.role_arn)) return sights;
  for (PolicySight& sight : control_sights(place, request, call)) sights.push_back(std::move(sight));
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
      } else if (precedence(sight.grant) > precedence(same->grant)) {
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
    case PolicyLevel::resource:
      return has_text(c, "resource-based policy");
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
    for (const PolicyLevel level : {PolicyLevel::boundary, PolicyLevel::resource, PolicyLevel::endpoint,
                                    PolicyLevel::scp, PolicyLevel::rcp}) {
      if (is_named_by_aws(c, level)) offered = fix_of(level, true);
    }
    if (has_text(c, "explicit deny in an identity-based policy")) offered = "narrow_deny";
  }
  for (const std::string_view fix : kFixes) {
    if (fix != offered) out.useless_fixes.emplace_back(fix);
  }
}

}  // namespace doctor::diagnose
