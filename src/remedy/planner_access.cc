// Fixes of who may do what: the smallest statement, at the level that blocks.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "core/arn.h"
#include "core/glob.h"
#include "diagnose/network_sight.h"
#include "diagnose/platform_sight.h"
#include "diagnose/policy_sight.h"
#include "iam/denial.h"
#include "iam/minimum.h"
#include "remedy/kinds.h"
#include "remedy/planner_statements.h"

namespace doctor::remedy {
namespace {

using diagnose::PolicyLevel;
using nlohmann::json;

bool is_service_linked(const std::string& role_arn) {
  return core::contains(role_arn, ":role/aws-service-role/");
}

void put_role_policy(Draft& d, const std::string& role_arn, const std::string& policy, json document,
                     const std::string& title) {
  const std::string role(core::short_name(role_arn));
  const Resource where = resource(d, "iam:role-policy", role + "/" + policy);
  const std::string before = state_or_absent(d, where);
  const json state = json::parse(before, nullptr, false);
  const bool is_there = state.is_object() && state.contains("PolicyDocument");
  // What a policy of ours says already stays in it.
  if (is_there && policy.starts_with("fargate-doctor-"))
    document = with_statements(state["PolicyDocument"], document);
  if (is_there && state["PolicyDocument"] == document) return;
  const auto input = [&](const json& text) {
    return json{{"RoleName", role}, {"PolicyName", policy}, {"PolicyDocument", text.dump()}};
  };
  Step step = make_step(d, where, before, title, request(d, "iam", "PutRolePolicy", input(document)));
  step.effects = {{"/PolicyDocument", document.dump()}};
  if (!is_there) {
    step.effects.push_back({"/PolicyName", json(policy).dump()});
    step.effects.push_back({"/RoleName", json(role).dump()});
  }
  step.inverse = is_there
                     ? request(d, "iam", "PutRolePolicy", input(state["PolicyDocument"]))
                     : request(d, "iam", "DeleteRolePolicy", {{"RoleName", role}, {"PolicyName", policy}});
  // IAM answers at once and is the same everywhere some seconds later ("Changes that I make are not always
  // immediately visible").
  step.expected_duration = std::chrono::seconds{15};
  step.cost = "none";
  add(d, std::move(step), When::before_service);
}

// AWS's words of a refused call: who asked, and what for.
void allow_caller(Draft& d) {
  std::vector<iam::Denial> denials;
  for (const facts::CallFailure& failure : d.place->call_failures) {
    const auto denial = iam::parse_denial(failure.reason);
    if (!denial || denial->action.empty()) continue;
    denials.push_back(*denial);
    if (denials.back().principal.empty()) denials.back().principal = failure.caller_arn;
  }
  if (denials.empty()) return leave_out(d, "no refused call is in the facts that names who asked for what");
  const iam::Minimum minimum = iam::minimum_for(denials, {});
  bool any = false;
  for (const iam::MinimumPolicy& policy : minimum.policies) {
    if (policy.level != iam::PolicyType::identity || policy.statements.empty()) continue;
    const auto arn = core::Arn::parse(policy.target);
    const json document = json::parse(iam::policy_json(policy), nullptr, false);
    if (!arn || (arn->resource_type() != "role" && arn->resource_type() != "assumed-role") ||
        is_service_linked(policy.target)) {
      advise(d, fmt::format("attach this policy to {}: {}", policy.target, document.dump()));
      continue;
    }
    const std::string role = role_of_session(policy.target);
    put_role_policy(d, role, "fargate-doctor-caller", document,
                    fmt::format("Allow {} what it was refused", core::short_name(role)));
    any = true;
  }
  for (const iam::Obstacle& obstacle : minimum.obstacles) leave_out(d, obstacle.sentence);
  if (!any && minimum.obstacles.empty() && d.advice.empty())
    leave_out(d, "the refusal names no role that a statement could be added to");
}

void policy_statement(Draft& d) {
  if (d.cause != nullptr &&
      (d.cause->id == "exec.caller_denied" || d.cause->id == "eni.service_role_denied")) {
    if (d.cause->id == "eni.service_role_denied")
      return advise(
          d,
          "AWSServiceRoleForECS takes no policies of ours: AWS keeps its own, AmazonECSServiceRolePolicy. "
          "A service that was created with a role of its own needs that role restored");
    return allow_caller(d);
  }
  const RoleCalls refused = refused_calls(d);
  if (refused.role_arn.empty() || refused.calls.empty())
    return leave_out(d, "the facts do not say which role needs which action");
  allow_role(d, refused.role_arn, refused.calls, cause_family(d.cause == nullptr ? "access" : d.cause->id));
}

// --- Permissions boundary -------------------------------------------------------------------------------

void widen_boundary(Draft& d) {
  const RoleCalls refused = refused_calls(d);
  const auto role = d.place->roles.find(std::string(core::short_name(refused.role_arn)));
  if (role == d.place->roles.end() || role->second.boundary_document.empty())
    return leave_out(d, "the role's permissions boundary was not read");
  const std::string& arn = role->second.boundary_arn;
  Calls missing;
  for (const auto& call : refused.calls) {
    const auto sights = diagnose::sights_of(*d.place, {refused.role_arn, {}}, {call.first, call.second});
    const auto* sight = diagnose::sight_at(sights, PolicyLevel::boundary);
    if (sight != nullptr && sight->grant == diagnose::Grant::denied)
      return advise(d, fmt::format("{}: narrow that statement; no Allow helps against it", sight->why));
    if (sight != nullptr && sight->grant == diagnose::Grant::absent) missing.push_back(call);
  }
  if (missing.empty()) return leave_out(d, "the boundary allows what the role needs, by these facts");
  if (core::contains(arn, ":iam::aws:"))
    return advise(
        d, fmt::format("the boundary {} is AWS's own: give the role a boundary of yours that allows {}", arn,
                       missing.front().first));
  const Resource where = resource(d, "iam:policy", arn);
  const auto before = state_of(d, where);
  if (!before || *before == "null")
    return leave_out(d, fmt::format("the state of {} was not read (iam get-policy)", arn));
  const json state = json::parse(*before, nullptr, false);
  const json document = with_statements(json::parse(role->second.boundary_document, nullptr, false),
                                        document_for(missing, iam::PolicyType::boundary, refused.role_arn));
  Step step = make_step(
      d, where, *before,
      fmt::format("Allow {} in the permissions boundary {}", missing.front().first, core::short_name(arn)),
      request(d, "iam", "CreatePolicyVersion",
              {{"PolicyArn", arn}, {"PolicyDocument", document.dump()}, {"SetAsDefault", true}}));
  const std::string version = state.value("DefaultVersionId", "v1");
  // Versions are numbered on and on ("Versioning IAM policies"): which one it becomes is in the answer.
  step.effects = {{"/DefaultVersionId", R"("${self.PolicyVersion.VersionId}")"}};
  step.inverse = request(d, "iam", "SetDefaultPolicyVersion", {{"PolicyArn", arn}, {"VersionId", version}});
  step.expected_duration = std::chrono::seconds{15};
  step.cost = "none; the version stays among the policy's five after it is taken back";
  add(d, std::move(step), When::before_service);
}

// --- The role's own deny --------------------------------------------------------------------------------

bool names(const json& element, std::string_view text) {
  const auto matches = [&](const json& pattern) {
    return pattern.is_string() && core::glob_matches(pattern.get_ref<const std::string&>(), text);
  };
  return element.is_array() ? std::any_of(element.begin(), element.end(), matches) : matches(element);
}

// A Deny on all resources, or on all but some, spares those that are needed; a Deny that names its resources
// is for a person.
bool spare(json& statement, const Calls& calls) {
  if (statement.value("Effect", "") != "Deny") return false;
  const bool but_some = statement.contains("NotResource");
  if (!but_some && statement.value("Resource", json()) != json("*")) return false;
  json spared = but_some ? statement["NotResource"] : json::array();
  if (!spared.is_array()) spared = json::array({spared});
  const std::size_t before = spared.size();
  for (const auto& [action, on] : calls) {
    if (names(statement.value("Action", json()), action) && on != "*" && !names(spared, on))
      spared.push_back(on);
  }
  if (spared.size() == before) return false;
  statement.erase("Resource");
  statement["NotResource"] = spared;
  return true;
}

void narrow_deny(Draft& d) {
  const RoleCalls refused = refused_calls(d);
  const auto role = d.place->roles.find(std::string(core::short_name(refused.role_arn)));
  if (role == d.place->roles.end()) return leave_out(d, "the role that denies was not read");
  for (const facts::Policy& policy : role->second.inline_policies) {
    json document = json::parse(policy.document, nullptr, false);
    if (!document.is_object()) continue;
    json& statements = document["Statement"];
    bool changed = false;
    if (statements.is_object()) changed = spare(statements, refused.calls);
    for (json& statement : statements) {
      if (statement.is_object()) changed |= spare(statement, refused.calls);
    }
    if (!changed) continue;
    return put_role_policy(d, refused.role_arn, policy.name, document,
                           fmt::format("Let the deny in {} of role {} spare what the task needs", policy.name,
                                       role->second.name));
  }
  advise(d, d.fix->detail.empty()
                ? "the statement that denies names its resources: which of them to take out is for "
                  "its owners to say"
                : d.fix->detail);
}

// --- Above the account ----------------------------------------------------------------------------------

// Exempt from each Deny: a condition that the principal is not this role. SCPs and RCPs both know the key.
bool except_role(json& statement, const Calls& calls, const std::string& role_arn) {
  if (statement.value("Effect", "") != "Deny") return false;
  const bool hit = std::any_of(calls.begin(), calls.end(), [&](const auto& call) {
    if (statement.contains("NotAction")) return !names(statement["NotAction"], call.first);
    return names(statement.value("Action", json()), call.first);
  });
  if (!hit) return false;
  json& known = statement["Condition"]["ArnNotLike"]["aws:PrincipalArn"];
  if (known.is_null()) {
    known = role_arn;
    return true;
  }
  if (known.is_string()) known = json::array({known});
  if (std::find(known.begin(), known.end(), role_arn) != known.end()) return false;
  known.push_back(role_arn);
  return true;
}

void except_from(Draft& d, std::string_view type) {
  const RoleCalls refused = refused_calls(d);
  if (refused.role_arn.empty())
    return advise(d, d.fix->detail.empty()
                         ? "the owners of the organization's policies must say which call they mean "
                           "to deny"
                         : d.fix->detail);
  for (const facts::OrganizationPolicy& policy : d.place->organization_policies) {
    if (policy.type != type) continue;
    json document = json::parse(policy.document, nullptr, false);
    if (!document.is_object()) continue;
    bool changed = false;
    if (document["Statement"].is_object()) document["Statement"] = json::array({document["Statement"]});
    for (json& statement : document["Statement"]) {
      changed |= except_role(statement, refused.calls, refused.role_arn);
    }
    if (!changed) continue;
    const auto arn = core::Arn::parse(policy.arn);
    const std::string owner = arn ? arn->account : std::string();
    if (owner != d.place->account) {
      // Credentials of another account are another run; the plan of this one names the call.
      advise(d,
             fmt::format(
                 "in the management account{}: aws organizations update-policy --policy-id {} --content '{}'",
                 owner.empty() ? "" : " " + owner, policy.id, document.dump()));
      continue;
    }
    const Resource where = resource(d, "organizations:policy", policy.id);
    const auto before = state_of(d, where);
    if (!before || *before == "null") {
      leave_out(d, fmt::format("the state of {} was not read", policy.id));
      continue;
    }
    const json state = json::parse(*before, nullptr, false);
    Step step = make_step(
        d, where, *before,
        fmt::format("Except {} from the deny in {}", core::short_name(refused.role_arn), policy.name),
        request(d, "organizations", "UpdatePolicy", {{"PolicyId", policy.id}, {"Content", document.dump()}}));
    step.effects = {{"/Content", document.dump()}};
    step.inverse = request(d, "organizations", "UpdatePolicy",
                           {{"PolicyId", policy.id}, {"Content", state.value("Content", json()).dump()}});
    step.expected_duration = std::chrono::seconds{30};
    add(d, std::move(step), When::before_service);
    return;
  }
  if (std::none_of(d.advice.begin(), d.advice.end(), [&](const Advice& a) { return a.fix == d.fix->id; }))
    advise(d, d.fix->detail.empty() ? "the policy that denies was not read: its owners must except this role"
                                    : d.fix->detail);
}

void scp_exception(Draft& d) {
  except_from(d, "SERVICE_CONTROL_POLICY");
}
void rcp_exception(Draft& d) {
  except_from(d, "RESOURCE_CONTROL_POLICY");
}

// --- Endpoint policy ------------------------------------------------------------------------------------

void endpoint_policy(Draft& d) {
  const RoleCalls refused = refused_calls(d);
  std::map<std::string, Calls> by_endpoint;
  for (const auto& [id, endpoint] : d.place->vpc_endpoints) {
    for (const auto& call : refused.calls) {
      const auto sights = diagnose::endpoint_sights(*d.place, {id}, {call.first, call.second});
      const std::string_view service = iam::service_of(call.first);
      const bool serves = core::contains(endpoint.service_name, service);
      if (serves && diagnose::blocking(sights) != nullptr) by_endpoint[id].push_back(call);
    }
    // Layers come from a bucket of Amazon ECR's, by signed URLs: whoever asks ("Amazon ECR interface VPC
    // endpoints", minimum Amazon S3 bucket permissions).
    if (!cause_is_about(d, "image") || !endpoint.service_name.ends_with(".s3")) continue;
    const std::string layers =
        fmt::format("arn:{}:s3:::prod-{}-starport-layer-bucket/*", partition_of(d), d.place->region);
    if (diagnose::blocking(diagnose::endpoint_sights(*d.place, {id}, {"s3:GetObject", layers})) != nullptr)
      by_endpoint[id].emplace_back("s3:GetObject", layers);
  }
  if (by_endpoint.empty())
    return leave_out(d, "no endpoint's policy blocks what the role needs, by these facts");
  for (const auto& [id, calls] : by_endpoint) {
    const bool signed_url = calls.front().first == "s3:GetObject";
    allow_by_endpoint(d, id, calls, signed_url ? "" : refused.role_arn);
  }
}

void service_linked_role(Draft& d) {
  const Resource where = resource(d, "iam:role", "AWSServiceRoleForECS");
  const std::string before = state_or_absent(d, where);
  if (before != "null" || d.place->roles.contains("AWSServiceRoleForECS"))
    return advise(
        d,
        "AWSServiceRoleForECS exists. What the service was created with is another role: give that one "
        "its policies back, or create the service again without a role");
  Step step =
      make_step(d, where, before, "Create the service-linked role AWSServiceRoleForECS",
                request(d, "iam", "CreateServiceLinkedRole", {{"AWSServiceName", "ecs.amazonaws.com"}}));
  step.effects = {{"/RoleName", R"("AWSServiceRoleForECS")"}};
  one_way(step,
          "IAM deletes a service-linked role only when no resource of its service is left (Create a "
          "service-linked role)");
  step.expected_duration = std::chrono::seconds{15};
  step.cost = "none";
  add(d, std::move(step), When::before_service);
}

}  // namespace

void allow_role(Draft& d, const std::string& role_arn, const Calls& calls, std::string_view name) {
  if (is_service_linked(role_arn)) return advise(d, fmt::format("{} takes no policies of ours", role_arn));
  Calls missing;
  for (const auto& call : calls) {
    const auto sights = diagnose::sights_of(*d.place, {role_arn, {}}, {call.first, call.second});
    const auto* own = diagnose::sight_at(sights, PolicyLevel::identity);
    if (own != nullptr && own->grant == diagnose::Grant::denied) {
      leave_out(d, fmt::format("{}: no Allow helps against it", own->why));
      continue;
    }
    if (own == nullptr || own->grant != diagnose::Grant::allowed) missing.push_back(call);
  }
  if (missing.empty()) {
    if (d.fix->id == "policy_statement")
      leave_out(d, fmt::format("{} may do all of it by its own policies", role_arn));
    return;
  }
  const json document = document_for(missing, iam::PolicyType::identity, role_arn);
  put_role_policy(d, role_arn, fmt::format("fargate-doctor-{}", name), document,
                  fmt::format("Allow role {} {}{}", core::short_name(role_arn), missing.front().first,
                              missing.size() > 1 ? fmt::format(" and {} more", missing.size() - 1) : ""));
}

void allow_by_endpoint(Draft& d, const std::string& id, const Calls& calls, const std::string& role_arn) {
  const Resource where = resource(d, "ec2:vpc-endpoint", id);
  const auto before = state_of(d, where);
  if (!before || *before == "null") return leave_out(d, fmt::format("the state of {} was not read", id));
  const json state = json::parse(*before, nullptr, false);
  json more = document_for(calls, iam::PolicyType::vpc_endpoint, role_arn);
  for (json& statement : more["Statement"]) {
    statement["Principal"] = "*";
    if (!role_arn.empty()) statement["Condition"] = {{"ArnEquals", {{"aws:PrincipalArn", role_arn}}}};
  }
  const json document = with_statements(state.value("PolicyDocument", json()), more);
  Step step = make_step(
      d, where, *before, fmt::format("Let {} through in the policy of {}", calls.front().first, id),
      request(d, "ec2", "ModifyVpcEndpoint", {{"VpcEndpointId", id}, {"PolicyDocument", document.dump()}}));
  step.effects = {{"/PolicyDocument", document.dump()}};
  step.inverse = request(
      d, "ec2", "ModifyVpcEndpoint",
      {{"VpcEndpointId", id}, {"PolicyDocument", state.value("PolicyDocument", json::object()).dump()}});
  step.expected_duration = std::chrono::seconds{30};
  step.cost = "none";
  add(d, std::move(step), When::before_service);
}

std::vector<PlannerRow> planners_of_access() {
  return {{"policy_statement", policy_statement},
          {"widen_boundary", widen_boundary},
          {"narrow_deny", narrow_deny},
          {"scp_exception", scp_exception},
          {"rcp_exception", rcp_exception},
          {"endpoint_policy", endpoint_policy},
          {"service_linked_role", service_linked_role}};
}

}  // namespace doctor::remedy
