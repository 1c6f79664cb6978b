#include "diagnose/policy_sight.h"

#include <algorithm>
#include <optional>

#include "core/glob.h"
#include "core/json.h"

namespace doctor::diagnose {
namespace {

using core::Json;

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

// IAM writes one value bare and several as a list.
std::vector<std::string> values_of(Json value) {
  if (value.is_string()) return {std::string(value.string_or())};
  return value.strings();
}

bool any_action(Json actions, const std::string& wanted) {
  for (const std::string& pattern : values_of(actions)) {
    if (core::glob_matches(lower(pattern), wanted)) return true;
  }
  return false;
}

bool any_resource(Json resources, std::string_view wanted) {
  for (const std::string& pattern : values_of(resources)) {
    if (pattern == "*" || (wanted != "*" && core::glob_matches(pattern, wanted))) return true;
  }
  return false;
}

// absent: the statement does not speak of the action and resource.
Grant grant_of(Json statement, const std::string& action, std::string_view resource) {
  const bool allow = statement["Effect"].string_or() == "Allow";
  if (statement["NotAction"].present()) {
    return any_action(statement["NotAction"], action) ? Grant::absent : Grant::depends;
  }
  if (!any_action(statement["Action"], action)) return Grant::absent;
  if (statement["NotResource"].present()) return Grant::depends;
  if (statement["Resource"].present() && !any_resource(statement["Resource"], resource)) {
    // A deny of some resources, asked about all of them, denies part.
    return allow || resource != "*" ? Grant::absent : Grant::depends;
  }
  if (statement["Condition"].present() && statement["Condition"].size() > 0) return Grant::depends;
  return allow ? Grant::allowed : Grant::denied;
}

int strength(Grant grant) {
  switch (grant) {
    case Grant::denied:
      return 3;
    case Grant::depends:
      return 1;
    case Grant::allowed:
      return 2;
    case Grant::absent:
      return 0;
  }
  return 0;
}

}  // namespace

PolicySight sight_of(const std::vector<NamedDocument>& documents, std::string_view action,
                     std::string_view resource) {
  PolicySight sight;
  const std::string wanted = lower(action);
  const auto consider = [&](Grant grant, const std::string& name) {
    if (strength(grant) > strength(sight.grant)) sight = {grant, name};
  };
  for (const NamedDocument& named : documents) {
    const auto parsed = core::JsonDocument::parse(named.document, named.name);
    if (named.document.empty() || !parsed) {
      consider(Grant::depends, named.name);
      continue;
    }
    const Json statements = parsed->root()["Statement"];
    if (statements.is_object()) consider(grant_of(statements, wanted, resource), named.name);
    for (Json statement : statements.items()) consider(grant_of(statement, wanted, resource), named.name);
  }
  return sight;
}

PolicySight worst_of(const std::vector<NamedDocument>& documents,
                     const std::vector<std::string_view>& actions, std::string_view resource) {
  const auto badness = [](Grant grant) {
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
  };
  std::optional<PolicySight> worst;
  for (std::string_view action : actions) {
    PolicySight sight = sight_of(documents, action, resource);
    if (!worst || badness(sight.grant) > badness(worst->grant)) worst = std::move(sight);
  }
  return worst.value_or(PolicySight{});
}

std::vector<NamedDocument> documents_of(const facts::Role& role) {
  std::vector<NamedDocument> documents;
  for (const auto* list : {&role.inline_policies, &role.attached_policies}) {
    for (const facts::Policy& policy : *list) documents.push_back({policy.name, policy.document});
  }
  return documents;
}

}  // namespace doctor::diagnose
