#include "cli/policy_book.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/arn.h"
#include "core/glob.h"
#include "facts/organization.h"
#include "facts/resource_policy.h"
#include "iam/policy.h"

namespace doctor::cli {
namespace {

using iam::PolicyText;
using iam::PolicyType;

// "web" of a role's ARN or of the ARN of one of its sessions.
std::string role_name_of(std::string_view principal) {
  const auto arn = core::Arn::parse(principal);
  if (!arn) return {};
  const std::string_view resource = arn->resource;
  constexpr std::string_view kSession = "assumed-role/";
  if (resource.rfind(kSession, 0) == 0) {
    const auto name = resource.substr(kSession.size());
    return std::string(name.substr(0, name.find('/')));
  }
  return resource.rfind("role/", 0) == 0 ? std::string(core::short_name(principal)) : std::string{};
}

void add_role(const facts::Role& role, PolicyBook& book) {
  book.options.role_arn = role.arn;
  book.options.identity_known = role.policies_known;
  for (const auto& policy : role.inline_policies) {
    book.policies.push_back({PolicyType::identity, policy.name, policy.arn, policy.document, role.name});
  }
  for (const auto& policy : role.attached_policies) {
    book.policies.push_back({PolicyType::identity, policy.name, policy.arn, policy.document, role.name});
  }
  if (!role.boundary_arn.empty()) {
    book.policies.push_back({PolicyType::boundary, std::string(core::short_name(role.boundary_arn)),
                             role.boundary_arn, role.boundary_document, role.name});
  }
}

// The facts hold documents without their line breaks. A statement's line is that of the document as the AWS
// CLI prints it, indented by four. What the strict parser refuses stays as it is, for its error to be shown.
std::string laid_out(const std::string& document) {
  if (document.find('\n') != std::string::npos || !iam::parse_policy(document, "policy")) return document;
  const auto json = nlohmann::ordered_json::parse(document, nullptr, false);
  return json.is_discarded() ? document
                             : json.dump(4, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

// "com.amazonaws.eu-west-1.ecr.api" serves ecr.
bool serves(std::string_view endpoint_service, std::string_view service) {
  const std::string part = "." + std::string(service);
  const auto at = endpoint_service.rfind(part);
  if (at == std::string_view::npos) return false;
  const auto end = at + part.size();
  return end == endpoint_service.size() || endpoint_service[end] == '.';
}

std::string joined(const std::vector<std::string>& values) {
  std::string out;
  for (const auto& value : values) out += (out.empty() ? "" : ", ") + value;
  return out;
}

void add_policies_of_level(const facts::Place& place, const std::string& id, PolicyBook& book) {
  const auto scps = facts::policies_at(place, id, facts::kServiceControlPolicy);
  const auto rcps = facts::policies_at(place, id, facts::kResourceControlPolicy);
  const std::string name = facts::level_words(place, id);
  const int level = static_cast<int>(book.options.tree.size());
  book.options.tree.push_back({name, scps.whole, rcps.whole});
  for (const auto* policy : scps.policies)
    book.policies.push_back({PolicyType::scp, policy->name, policy->id, policy->document, name, level});
  for (const auto* policy : rcps.policies)
    book.policies.push_back({PolicyType::rcp, policy->name, policy->id, policy->document, name, level});
}

// Without the way from the root to the account every policy of the organization may be in force.
void add_all_control_policies(const facts::Place& place, PolicyBook& book) {
  for (const auto& policy : place.organization_policies) {
    const auto level = policy.type == facts::kResourceControlPolicy ? PolicyType::rcp : PolicyType::scp;
    const bool seen = std::any_of(book.policies.begin(), book.policies.end(), [&](const PolicyText& known) {
      return known.level == level && known.arn == policy.id;
    });
    // Attached to nothing, it is in force nowhere; targets that nobody listed stay possible.
    const bool unattached = policy.targets.empty() && place.knows("organizations.list-targets-for-policy");
    if (!seen && !unattached)
      book.policies.push_back({level, policy.name, policy.id, policy.document, joined(policy.targets)});
  }
}

void add_organization(const facts::Place& place, PolicyBook& book) {
  if (facts::is_management_account(place)) {
    book.options.in_management_account = true;
    return;
  }
  if (!book.options.tree.empty()) return;  // another region of the same account
  const auto way = facts::way_down(place);
  if (way.empty()) return add_all_control_policies(place, book);
  for (const std::string& id : way) add_policies_of_level(place, id, book);
}

// Of whichever account and region it was read in: a repository of another account stands in the caller's
// facts.
void add_resource_policy(const facts::Facts& facts, const std::string& resource, PolicyBook& book) {
  for (const auto& place : facts.places) {
    const auto* policy = facts::resource_policy_of(place, resource);
    if (policy == nullptr) continue;
    book.options.resource_policy_known = true;
    if (policy->document.empty()) return;
    const auto arn = core::Arn::parse(resource);
    book.policies.push_back({PolicyType::resource, "of " + arn->resource, resource, policy->document, {}});
    return;
  }
}

}  // namespace

PolicyBook policies_for(const facts::Facts& facts, const iam::Denial& denial) {
  PolicyBook book;
  book.options.identity_known = false;
  const auto caller = role_name_of(denial.principal);
  const auto assumed = denial.action == "sts:AssumeRole" ? role_name_of(denial.resource) : std::string{};
  const auto service = iam::service_of(denial.action);
  const auto principal = core::Arn::parse(denial.principal);
  bool found = false;
  bool trusted = false;
  for (const auto& place : facts.places) {
    if (principal && !place.account.empty() && !principal->account.empty() &&
        place.account != principal->account) {
      continue;
    }
    if (const auto role = place.roles.find(caller); !found && !caller.empty() && role != place.roles.end()) {
      add_role(role->second, book);
      found = true;
    }
    if (const auto role = place.roles.find(assumed);
        !trusted && !assumed.empty() && role != place.roles.end()) {
      book.policies.push_back({PolicyType::trust, assumed + "'s trust policy", role->second.arn,
                               role->second.trust_policy, assumed});
      trusted = true;
    }
    add_organization(place, book);
    // Whether the call went through the endpoint is not known: it is a suspect where AWS names endpoints.
    if (denial.policy_type != PolicyType::vpc_endpoint) continue;
    for (const auto& [id, endpoint] : place.vpc_endpoints) {
      if (endpoint.policy_document.empty() || !serves(endpoint.service_name, service)) continue;
      book.policies.push_back({PolicyType::vpc_endpoint, id, {}, endpoint.policy_document, endpoint.vpc_id});
    }
  }
  if (!trusted) add_resource_policy(facts, denial.resource, book);
  for (auto& policy : book.policies) policy.text = laid_out(policy.text);
  return book;
}

}  // namespace doctor::cli
