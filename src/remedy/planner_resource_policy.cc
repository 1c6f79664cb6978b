// The policy of the repository, the secret or the key itself: one statement for the role that was refused.
#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>

#include "core/arn.h"
#include "diagnose/policy_sight.h"
#include "remedy/planner_statements.h"

namespace doctor::remedy {
namespace {

using nlohmann::json;

// How a service takes the policy of one of its resources.
struct Carrier {
  std::string_view service, kind;
  std::string_view put, remove;     // operations; remove "": the resource always has a policy
  std::string_view id_field;        // of both
  std::string_view document_field;  // of put
};

constexpr Carrier kCarriers[] = {
    {"ecr", "ecr:repository-policy", "SetRepositoryPolicy", "DeleteRepositoryPolicy", "repositoryName",
     "policyText"},
    {"secretsmanager", "secretsmanager:resource-policy", "PutResourcePolicy", "DeleteResourcePolicy",
     "SecretId", "ResourcePolicy"},
    {"kms", "kms:key-policy", "PutKeyPolicy", "", "KeyId", "Policy"},
};

const Carrier* carrier_of(std::string_view service) {
  for (const Carrier& carrier : kCarriers) {
    if (carrier.service == service) return &carrier;
  }
  return nullptr;
}

// A repository's policy takes no Resource ("Private repository policy examples"); of a key "*" is the key
// that has the policy ("Key policies in AWS KMS"); of a secret it is the secret.
json statement_for(const Carrier& carrier, const std::string& on, const std::vector<std::string>& actions,
                   const std::string& role_arn) {
  json statement = {{"Sid", "FargateDoctor1"},
                    {"Effect", "Allow"},
                    {"Principal", {{"AWS", role_arn}}},
                    {"Action", actions}};
  if (carrier.service == "kms") statement["Resource"] = "*";
  if (carrier.service == "secretsmanager") statement["Resource"] = on;
  return statement;
}

void let_in(Draft& d, const Carrier& carrier, const core::Arn& arn, const std::vector<std::string>& actions,
            const std::string& role_arn) {
  const std::string on = arn.text();
  const std::string id = carrier.service == "ecr" ? arn.resource.substr(arn.resource.find('/') + 1) : on;
  const json more = {{"Version", "2012-10-17"},
                     {"Statement", json::array({statement_for(carrier, on, actions, role_arn)})}};
  if (arn.account != d.place->account) {
    // Credentials of another account are another run; the plan of this one says what to ask for.
    return advise(d, fmt::format("in account {}: add to the policy of {} the statement {}", arn.account, on,
                                 more["Statement"][0].dump()));
  }
  const Resource where = resource(d, std::string(carrier.kind), id);
  const auto before = state_of(d, where);
  if (!before || (*before == "null" && carrier.remove.empty()))
    return leave_out(d, fmt::format("the policy of {} was not read", on));
  const json state = json::parse(*before, nullptr, false);
  const bool has_one = state.is_object() && state["Policy"].is_object();
  const json document = has_one ? with_statements(state["Policy"], more) : more;
  const auto put = [&](const json& text) {
    json input = {{carrier.id_field, id}, {carrier.document_field, text.dump()}};
    if (carrier.service == "kms") input["PolicyName"] = "default";
    return request(d, std::string(carrier.service), std::string(carrier.put), input);
  };
  Step step = make_step(d, where, *before,
                        fmt::format("Let {} use {} by its own policy", core::short_name(role_arn), id),
                        put(document));
  step.effects = {{"/Policy", document.dump()}};
  step.inverse = has_one ? put(state["Policy"])
                         : request(d, std::string(carrier.service), std::string(carrier.remove),
                                   {{carrier.id_field, id}});
  step.expected_duration = std::chrono::seconds{15};
  step.cost = "none";
  add(d, std::move(step), When::before_service);
}

void resource_policy(Draft& d) {
  const RoleCalls refused = refused_calls(d);
  std::map<std::string, std::vector<std::string>> actions_by_resource;
  for (const auto& [action, on] : refused.calls) {
    const auto sights = diagnose::sights_of(*d.place, {refused.role_arn, {}}, {action, on});
    const auto* sight = diagnose::sight_at(sights, diagnose::PolicyLevel::resource);
    if (sight == nullptr || sight->grant == diagnose::Grant::allowed) continue;
    if (sight->grant == diagnose::Grant::denied)
      return advise(d, fmt::format("{}: narrow that statement; no Allow helps against it", sight->why));
    actions_by_resource[on].push_back(action);
  }
  if (actions_by_resource.empty())
    return leave_out(d, "no policy of a repository, secret or key keeps the role out, by these facts");
  for (const auto& [on, actions] : actions_by_resource) {
    const auto arn = core::Arn::parse(on);
    const Carrier* carrier = arn ? carrier_of(arn->service) : nullptr;
    if (carrier == nullptr) {
      advise(d, fmt::format("{} must let {} do {}", on, refused.role_arn, actions.front()));
      continue;
    }
    let_in(d, *carrier, *arn, actions, refused.role_arn);
  }
}

}  // namespace

std::vector<PlannerRow> planners_of_resource_policies() {
  return {{"resource_policy", resource_policy}};
}

}  // namespace doctor::remedy
