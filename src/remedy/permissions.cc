#include "remedy/permissions.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>
#include <set>
#include <tuple>

#include "aws/operations.h"
#include "core/arn.h"
#include "core/json.h"
#include "iam/actions.h"
#include "iam/api_call.h"
#include "remedy/kinds.h"

namespace doctor::remedy {
namespace {

using iam::Level;
using iam::PolicyType;
using nlohmann::json;

// CloudTrail writes members with a small first letter, whatever the protocol.
json in_trail_case(const json& value) {
  json out = value.is_array() ? json::array() : json::object();
  if (value.is_array()) {
    for (const auto& one : value) out.push_back(in_trail_case(one));
    return out;
  }
  if (!value.is_object()) return value;
  for (const auto& [name, member] : value.items()) {
    std::string key = name;
    if (!key.empty()) key[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(key[0])));
    out[key] = in_trail_case(member);
  }
  return out;
}

// "${2.VpcEndpoint.VpcEndpointId}" -> "*": nobody knows it yet.
std::string without_references(std::string text) {
  for (auto at = text.find("${"); at != std::string::npos; at = text.find("${", at)) {
    const auto close = text.find('}', at);
    if (close == std::string::npos) break;
    text.replace(at, close - at + 1, "*");
  }
  return text;
}

std::string_view region_of(const Request& request) {
  const auto* service = aws::find_service(request.service);
  return service != nullptr && !service->global_region.empty() ? service->global_region
                                                               : std::string_view(request.region);
}

std::vector<iam::Need> needs_of(const Request& request, const iam::Caller& caller) {
  const auto* service = aws::find_service(request.service);
  if (service == nullptr) return {};
  const json input = json::parse(without_references(request.input), nullptr, false);
  const json record{{"eventSource", std::string(service->signing_name) + ".amazonaws.com"},
                    {"eventName", request.operation},
                    {"awsRegion", std::string(region_of(request))},
                    {"recipientAccountId", caller.account},
                    {"userIdentity", {{"arn", caller.arn}}},
                    {"requestParameters", input.is_discarded() ? json::object() : in_trail_case(input)}};
  const auto document = core::JsonDocument::parse(record.dump(), "the plan's call");
  if (!document) return {};
  auto call = iam::api_call_of(document->root());
  return call ? std::move(call->needs) : std::vector<iam::Need>{};
}

// Whose resources have policies of their own, which may grant in the caller's account ("AWS services that
// work with IAM"): of what plans change repositories, keys, secrets and event buses.
std::string_view own_policy_of(std::string_view action) {
  if (action.starts_with("ecr:")) return "; if the repository's own policy does, say --skip-iam-check";
  if (action.starts_with("kms:")) return "; if the key's own policy does, say --skip-iam-check";
  if (action.starts_with("secretsmanager:")) return "; if the secret's own policy does, say --skip-iam-check";
  if (action.starts_with("events:")) return "; if the event bus's own policy does, say --skip-iam-check";
  return {};
}

// What to write into a statement where the call does not name its resource: all of the type that it must be
// of, or all of the service, in this account and region.
std::string widest_resource(const iam::Need& need, std::string_view region, const iam::Caller& caller) {
  if (!need.resource.empty()) return need.resource;
  const auto* action = iam::find_action(need.action);
  if (action == nullptr || action->resources.empty()) return "*";
  const auto type = std::find_if(action->resources.begin(), action->resources.end(),
                                 [](const auto& resource) { return resource.required; });
  const bool known = type != action->resources.end();
  const std::string prefix = fmt::format("arn:{}:{}:", iam::partition_of_region(region), action->service);
  if (!known) return fmt::format("{}{}:{}:*", prefix, region, caller.account);
  std::string arn(type->type->arn);
  const auto fill = [&](std::string_view name, std::string_view value) {
    if (const auto at = arn.find(name); at != std::string::npos) arn.replace(at, name.size(), value);
  };
  fill("${Partition}", iam::partition_of_region(region));
  fill("${Region}", region);
  fill("${Account}", action->service == "organizations" ? std::string_view("*") : caller.account);
  return without_references(std::move(arn));
}

bool is_fixed(const std::string& resource) {
  return !resource.empty() && resource.find('*') == std::string::npos;
}

// Where the resource is not known: every one that the caller's statements speak of.
std::vector<std::string> candidates_for(const iam::Need& need, const iam::PolicySet& policies) {
  std::vector<std::string> all{need.resource.empty() ? "*" : need.resource};
  if (is_fixed(need.resource) || !policies.identity) return all;
  for (const auto& policy : *policies.identity) {
    for (const auto& statement : policy.statements) {
      if (statement.effect != iam::Effect::allow || statement.resources.negated) continue;
      for (const auto& resource : statement.resources.values) all.push_back(resource.text);
    }
  }
  return all;
}

std::optional<iam::Decision> decision_on(const iam::Compiled& engine, const iam::Need& need,
                                         const std::string& resource, std::string_view region,
                                         const iam::Caller& caller) {
  iam::Request request;
  request.action = need.action;
  request.resource = resource;
  request.principal = caller;
  request.context.set("aws:RequestedRegion", {std::string(region)});
  request.context.set("ec2:Region", {std::string(region)});
  for (const auto& condition : need.conditions) request.context.set(condition.key, condition.values);
  const auto asked = iam::complete_request(std::move(request));
  if (!asked) return std::nullopt;
  return engine.evaluate(*asked);
}

PolicyType type_of(Level level) {
  switch (level) {
    case Level::boundary:
      return PolicyType::boundary;
    case Level::session:
      return PolicyType::session;
    case Level::scp:
      return PolicyType::scp;
    case Level::rcp:
      return PolicyType::rcp;
    case Level::resource:
      return PolicyType::resource;
    case Level::vpc_endpoint:
      return PolicyType::vpc_endpoint;
    case Level::identity:
      break;
  }
  return PolicyType::identity;
}

std::string words_of_deny(const iam::DecidedBy& by) {
  std::string which = by.policy == nullptr ? "" : " '" + by.policy->name + "'";
  if (by.statement != nullptr) {
    which += by.statement->sid.empty() ? fmt::format(", statement {}", by.statement->index + 1)
                                       : fmt::format(", statement {}", by.statement->sid);
  }
  return fmt::format("denied by the {}{}", iam::policy_type_words(type_of(by.level)), which);
}

class Judge {
 public:
  explicit Judge(const CallerPolicies& caller)
      : caller_(caller), engine_(iam::Compiled::compile(caller.policies)) {}

  void judge(const std::string& step, const Request& request) {
    if (request.service.empty()) return;
    for (const iam::Need& need : needs_of(request, caller_.principal)) judge(step, need, region_of(request));
  }

  std::vector<MissingAction> take() { return std::move(missing_); }

 private:
  void judge(const std::string& step, const iam::Need& need, std::string_view region) {
    std::optional<iam::Decision> first;
    for (const std::string& resource : candidates_for(need, caller_.policies)) {
      const auto decision = decision_on(engine_, need, resource, region, caller_.principal);
      if (!decision || decision->outcome == iam::Outcome::allowed ||
          decision->outcome == iam::Outcome::depends)
        return;
      if (!first) first = decision;
    }
    if (!first) return;
    if (first->outcome == iam::Outcome::explicit_deny) {
      add(step, need, region, words_of_deny(first->decided_by), true, type_of(first->decided_by.level));
      return;
    }
    for (const Level level : {Level::identity, Level::boundary, Level::scp}) {
      if (!first->blocked(level)) continue;
      add(step, need, region,
          fmt::format("no {} allows it{}", iam::policy_type_words(type_of(level)),
                      level == Level::identity ? own_policy_of(need.action) : std::string_view()),
          false, type_of(level));
    }
  }

  void add(const std::string& step, const iam::Need& need, std::string_view region, std::string because,
           bool explicit_deny, PolicyType level) {
    const std::string resource = widest_resource(need, region, caller_.principal);
    if (!seen_.insert({step, need.action, resource, level}).second) return;
    missing_.push_back({step, need.action, resource, std::move(because), explicit_deny, level});
  }

  const CallerPolicies& caller_;
  iam::Compiled engine_;
  std::set<std::tuple<std::string, std::string, std::string, PolicyType>> seen_;
  std::vector<MissingAction> missing_;
};

}  // namespace

std::vector<MissingAction> missing_actions(const Plan& plan, const CallerPolicies& caller,
                                           Direction direction) {
  if (!caller.policies.identity) return {};
  Judge judge(caller);
  for (const Step& step : plan.steps) {
    if (const Kind* kind = kind_named(step.resource.kind)) judge.judge(step.id, kind->read(step.resource));
    if (direction == Direction::forward) {
      judge.judge(step.id, step.request);
      judge.judge(step.id, step.probe.request);
    }
    judge.judge(step.id, step.inverse);
  }
  return judge.take();
}

iam::Minimum statements_for(const std::vector<MissingAction>& missing, const iam::Caller& caller) {
  std::vector<iam::Denial> denials;
  for (const auto& one : missing) {
    iam::Denial denial;
    denial.principal = caller.arn;
    denial.action = one.action;
    denial.resource = one.resource;
    denial.kind = one.explicit_deny ? iam::DenialKind::explicit_deny : iam::DenialKind::implicit_deny;
    denial.policy_type = one.level;
    denials.push_back(std::move(denial));
  }
  return iam::minimum_for(denials, {});
}

}  // namespace doctor::remedy
