// Whether the roles may do what the task needs, and what the run was to allow: the same calls, evaluated
// offline over freshly read policies, at every level.
#include <algorithm>
#include <map>
#include <set>

#include "core/arn.h"
#include "diagnose/policy_sight.h"
#include "iam/policy.h"
#include "verify/judge.h"
#include "verify/task_calls.h"

namespace doctor::verify {
namespace {

// Interface and gateway endpoints of the VPC that serve this service: their policies have a say.
std::vector<std::string> endpoints_for(const facts::Place& place, const facts::Service* service,
                                       const std::string& name) {
  std::vector<std::string> out;
  if (service == nullptr || service->network.subnets.empty() || name.empty()) return out;
  const auto subnet = place.subnets.find(service->network.subnets.front());
  if (subnet == place.subnets.end()) return out;
  for (const auto& [id, endpoint] : place.vpc_endpoints) {
    if (endpoint.vpc_id == subnet->second.vpc_id && endpoint.service_name.ends_with("." + name) &&
        endpoint.state != "deleted")
      out.push_back(id);
  }
  return out;
}

// What the policies that the run wrote allow: each action on each resource of each Allow, for the role that
// has the policy. Patterns are asked as they stand: a role that may do "s3:*" may do what the pattern names.
std::vector<RoleCall> calls_of_changes(const Subject& subject, const facts::Place& place) {
  std::vector<RoleCall> out;
  for (const ChangedPolicy& changed : changed_policies(subject.run, place)) {
    const auto role = place.roles.find(changed.holder);
    const auto policy = iam::parse_policy(changed.planned, changed.name);
    if (role == place.roles.end() || !policy) continue;
    for (const iam::Statement& statement : policy->statements) {
      if (statement.effect != iam::Effect::allow || statement.actions.negated || statement.resources.negated)
        continue;
      for (const auto& action : statement.actions.values) {
        for (const auto& resource : statement.resources.values) {
          if (action.text.find_first_of("*?") == std::string::npos)
            out.push_back({role->second.arn, action.text, resource.text, {}});
        }
      }
    }
  }
  return out;
}

struct Bad {
  std::string denied, open;
  std::vector<diagnose::Source> proof;
};

void judge_one(const facts::Place& place, const facts::Service* service, const RoleCall& call, Bad& bad) {
  const auto endpoints = endpoints_for(place, service, call.endpoint_service);
  const auto sights = diagnose::sights_of(place, {call.role_arn, endpoints}, {call.action, call.resource});
  if (const auto* blocking = diagnose::blocking(sights)) {
    if (bad.denied.empty()) bad.denied = call.action + " on " + call.resource + ": " + blocking->why;
    bad.proof.push_back(blocking->source);
    return;
  }
  for (const auto& sight : sights) {
    if (sight.grant != diagnose::Grant::depends) continue;
    if (bad.open.empty()) bad.open = call.action + " on " + call.resource + ": " + sight.why;
    bad.proof.push_back(sight.source);
    return;
  }
  if (sights.empty() && bad.open.empty()) bad.open = call.action + ": no policy of the role could be read";
  if (bad.proof.empty() && !sights.empty()) bad.proof.push_back(sights.front().source);
}

Check judge_role(const facts::Place& place, const facts::Service* service, const std::string& role,
                 const std::vector<RoleCall>& calls, const std::string& what) {
  Check made =
      check("iam.call", std::string(core::short_name(role)) + " may do " + what + " (" +
                            std::to_string(calls.size()) + (calls.size() == 1 ? " call)" : " calls)"));
  Bad bad;
  for (const RoleCall& call : calls) judge_one(place, service, call, bad);
  made.proof = std::move(bad.proof);
  if (!bad.denied.empty()) return failed(std::move(made), bad.denied);
  if (!bad.open.empty()) return not_possible(std::move(made), "it depends: " + bad.open);
  std::set<std::string> actions;
  for (const RoleCall& call : calls) actions.insert(call.action);
  std::string list;
  for (const auto& action : actions) list += (list.empty() ? "" : ", ") + action;
  return passed(std::move(made), "allowed at every level: " + list);
}

void judge_by_role(const facts::Place& place, const facts::Service* service,
                   const std::vector<RoleCall>& calls, const std::string& what, std::vector<Check>& out) {
  std::map<std::string, std::vector<RoleCall>> by_role;
  for (const RoleCall& call : calls) by_role[call.role_arn].push_back(call);
  for (const auto& [role, its] : by_role) out.push_back(judge_role(place, service, role, its, what));
}

// The same calls, made by each role that the user named.
std::vector<RoleCall> for_roles(const Subject& subject, const facts::Place& place,
                                const std::vector<RoleCall>& calls) {
  std::vector<RoleCall> out;
  for (const std::string& name : subject.roles) {
    const auto role = place.roles.find(std::string(core::short_name(name)));
    const std::string arn = role != place.roles.end() ? role->second.arn : name;
    for (RoleCall call : calls) {
      call.role_arn = arn;
      out.push_back(std::move(call));
    }
  }
  return out;
}

}  // namespace

std::vector<Check> judge_calls(const Subject& subject, const facts::Facts&, const facts::Place& place) {
  std::vector<Check> out;
  const facts::Service* service = service_of(subject, place);
  const facts::TaskDefinition* definition = service == nullptr ? nullptr : definition_of(place, *service);
  std::vector<RoleCall> needed;
  if (definition != nullptr) needed = calls_of_task(place, *definition, service->enable_execute_command);
  const std::string task =
      definition == nullptr ? "" : "what " + std::string(core::family_revision(definition->arn)) + " needs";
  judge_by_role(place, service, needed, task, out);
  const auto granted = calls_of_changes(subject, place);
  judge_by_role(place, service, granted, "what the run was to allow", out);
  const auto& asked = granted.empty() ? needed : granted;
  judge_by_role(place, service, for_roles(subject, place, asked), granted.empty() ? task : "the same", out);
  return out;
}

}  // namespace doctor::verify
