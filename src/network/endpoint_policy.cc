#include "network/endpoint_policy.h"

#include <algorithm>
#include <cctype>

#include "iam/policy.h"
#include "iam/statement_match.h"

namespace doctor::network {
namespace {

bool names_everyone(const iam::Principals& principals) {
  return principals.present && !principals.negated &&
         std::any_of(principals.values.begin(), principals.values.end(),
                     [](const auto& p) { return p.kind == iam::PrincipalKind::everyone; });
}

bool covers_everything(const iam::Statement& s) {
  const bool all_resources = s.resources.present && !s.resources.negated &&
                             std::any_of(s.resources.values.begin(), s.resources.values.end(),
                                         [](const iam::Text& t) { return t.text == "*"; });
  return all_resources && names_everyone(s.principals) && s.conditions.empty();
}

bool any_action(const iam::Statement& s) {
  return s.actions.present && !s.actions.negated &&
         std::any_of(s.actions.values.begin(), s.actions.values.end(),
                     [](const iam::Text& t) { return t.text == "*"; });
}

std::string statement_text(const iam::Statement& s) {
  return "statement " + std::to_string(s.index + 1) + (s.sid.empty() ? "" : " (" + s.sid + ")");
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

}  // namespace

PolicyAnswer ask_endpoint_policy(std::string_view document, std::string_view action) {
  if (document.empty()) return {};
  const auto policy = iam::parse_policy(document, "endpoint policy", iam::PolicyKind::resource);
  if (!policy) return {PolicyVerdict::unreadable, policy.error().sentence};
  const auto& statements = policy->statements;
  const bool no_deny = std::all_of(statements.begin(), statements.end(),
                                   [](const auto& s) { return s.effect == iam::Effect::allow; });
  const auto wide = std::find_if(statements.begin(), statements.end(), [](const iam::Statement& s) {
    return s.effect == iam::Effect::allow && any_action(s) && covers_everything(s);
  });
  if (no_deny && wide != statements.end()) return {PolicyVerdict::allows_all, statement_text(*wide)};
  if (action.empty()) return {PolicyVerdict::depends, ""};

  const iam::Statement* sure = nullptr;   // allows for everyone, on everything
  const iam::Statement* maybe = nullptr;  // allows someone, or on something
  const iam::Statement* doubt = nullptr;  // denies someone, or on something
  const std::string asked = lower(action);
  for (const iam::Statement& s : statements) {
    if (!iam::compiled(*policy, s).covers_action(asked)) continue;
    const bool certain = covers_everything(s);
    if (s.effect == iam::Effect::deny) {
      if (certain) return {PolicyVerdict::denies, statement_text(s) + " denies it"};
      doubt = &s;
    } else {
      (certain ? sure : maybe) = &s;
    }
  }
  if (sure == nullptr && maybe == nullptr) return {PolicyVerdict::denies, "no statement allows it"};
  if (doubt != nullptr) return {PolicyVerdict::depends, statement_text(*doubt)};
  return sure != nullptr ? PolicyAnswer{PolicyVerdict::allows, statement_text(*sure)}
                         : PolicyAnswer{PolicyVerdict::depends, statement_text(*maybe)};
}

}  // namespace doctor::network
