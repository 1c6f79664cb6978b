#include "verify/policies.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "core/arn.h"
#include "core/json.h"

namespace doctor::verify {
namespace {

using iam::PolicyType;

// "ROLE/POLICY" of an inline policy (remedy/step.h).
std::string role_in(const remedy::Step& step) {
  return step.resource.kind == "iam:role-policy" ? step.resource.id.substr(0, step.resource.id.find('/'))
                                                 : std::string{};
}

// The request as it was sent, references filled in; nothing where the step did not succeed.
std::optional<remedy::Request> sent(const remedy::Run& run, const std::string& step) {
  std::optional<remedy::Request> out;
  for (const remedy::Entry& entry : run.entries) {
    if (entry.step == step && entry.kind == remedy::EntryKind::apply &&
        entry.outcome == remedy::Outcome::done)
      out = entry.request;
  }
  return out;
}

std::string document_in(const remedy::Request& request) {
  const auto input = core::JsonDocument::parse(request.input, request.operation);
  return input ? std::string(input->root()["PolicyDocument"].string_or()) : std::string{};
}

std::string find_policy(const std::vector<facts::Policy>& policies, std::string_view name,
                        std::string_view arn) {
  for (const auto& policy : policies) {
    if ((!name.empty() && policy.name == name) || (!arn.empty() && policy.arn == arn)) return policy.document;
  }
  return {};
}

void find_live(const facts::Place& place, const remedy::Resource& resource, ChangedPolicy& policy) {
  if (resource.kind == "ec2:vpc-endpoint") {
    const auto endpoint = place.vpc_endpoints.find(resource.id);
    if (endpoint != place.vpc_endpoints.end()) policy.live = endpoint->second.policy_document;
    return;
  }
  for (const auto& [name, role] : place.roles) {
    if (!policy.holder.empty() && name != policy.holder) continue;
    auto text = policy.holder.empty()
                    ? find_policy(role.attached_policies, {}, resource.id)
                    : find_policy(role.inline_policies, resource.id.substr(resource.id.find('/') + 1), {});
    if (text.empty()) continue;
    policy.live = std::move(text);
    if (policy.holder.empty()) policy.holder = name;
    return;
  }
}

}  // namespace

std::vector<ChangedPolicy> changed_policies(const remedy::Run& run, const facts::Place& place) {
  std::vector<ChangedPolicy> out;
  for (const remedy::Step& step : run.plan.steps) {
    const std::string& kind = step.resource.kind;
    if (kind != "iam:role-policy" && kind != "iam:policy" && kind != "ec2:vpc-endpoint") continue;
    const auto request = sent(run, step.id);
    if (!request) continue;
    ChangedPolicy policy{
        .step = step.id,
        .name = step.resource.id,
        .holder = role_in(step),
        .level = kind == "ec2:vpc-endpoint" ? PolicyType::vpc_endpoint : PolicyType::identity,
        .planned = document_in(*request),
        .live = {}};
    if (policy.planned.empty()) continue;  // an endpoint whose policy was left as it is
    find_live(place, step.resource, policy);
    out.push_back(std::move(policy));
  }
  return out;
}

std::vector<std::string> roles_of_changes(const remedy::Run& run) {
  std::vector<std::string> out;
  for (const remedy::Step& step : run.plan.steps) {
    if (auto role = role_in(step); !role.empty()) out.push_back(std::move(role));
  }
  return out;
}

bool same_document(const std::string& a, const std::string& b) {
  const auto left = nlohmann::json::parse(a, nullptr, false),
             right = nlohmann::json::parse(b, nullptr, false);
  return left.is_discarded() || right.is_discarded() ? a == b : left == right;
}

}  // namespace doctor::verify
