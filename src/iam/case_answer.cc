#include <nlohmann/json.hpp>

#include "iam/case.h"

namespace doctor::iam {
namespace {

using OrderedJson = nlohmann::ordered_json;

OrderedJson policy_label(const DecidedBy& by) {
  if (!by.policy->name.empty()) return by.policy->name;
  return by.policy_index;
}

OrderedJson decided_by_json(const DecidedBy& by) {
  if (by.policy == nullptr) return nullptr;
  OrderedJson out = {
      {"level", level_name(by.level)},
      {"policy", policy_label(by)},
      {"statement", by.statement->index},
      {"sid", by.statement->sid.empty() ? OrderedJson(nullptr) : OrderedJson(by.statement->sid)},
      {"line", by.statement->at.line}};
  if (by.tree_level >= 0) out["tree_level"] = by.tree_level;
  return out;
}

// In the order in which AWS's documentation names the levels.
constexpr Level kOrder[] = {Level::scp,      Level::rcp,      Level::vpc_endpoint, Level::resource,
                            Level::identity, Level::boundary, Level::session};

std::string statement_words(const DecidedBy& by) {
  std::string out = std::string(level_name(by.level)) + " policy ";
  out += by.policy->name.empty() ? std::to_string(by.policy_index) : "'" + by.policy->name + "'";
  if (by.tree_level >= 0) out += " at tree level " + std::to_string(by.tree_level);
  out += ", statement " + std::to_string(by.statement->index);
  if (!by.statement->sid.empty()) out += " '" + by.statement->sid + "'";
  return out + " (line " + std::to_string(by.statement->at.line) + ")";
}

}  // namespace

std::string decision_json(const Case& item, const Decision& decision) {
  OrderedJson out = {{"schema", "fargate-doctor/iam-decision/1"},
                     {"name", item.name},
                     {"decision", outcome_name(decision.outcome)},
                     {"decided_by", decided_by_json(decision.decided_by)}};
  out["blocked_at"] = OrderedJson::array();
  for (const Level level : kOrder) {
    if (decision.blocked(level)) out["blocked_at"].push_back(level_name(level));
  }
  if (decision.blocked(Level::scp) && decision.blocked_tree_level >= 0)
    out["blocked_tree_level"] = decision.blocked_tree_level;
  out["depends_on"] = OrderedJson::array();
  for (const std::string_view key : decision.depends_on) out["depends_on"].push_back(key);
  return out.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
}

std::string decision_text(const Case& item, const Decision& decision) {
  std::string out = item.name.empty() ? "" : core::printable(item.name) + ": ";
  switch (decision.outcome) {
    case Outcome::allowed:
      out += "allowed";
      out += decision.decided_by.policy == nullptr
                 ? " (the account's root user)"
                 : " by " + core::printable(statement_words(decision.decided_by));
      break;
    case Outcome::explicit_deny:
      out += "explicitly denied by " + core::printable(statement_words(decision.decided_by));
      break;
    case Outcome::implicit_deny: {
      std::string levels;
      for (const Level level : kOrder) {
        if (decision.blocked(level)) levels += (levels.empty() ? "" : ", ") + std::string(level_name(level));
      }
      out += "implicitly denied: nothing allows it at " + levels;
      break;
    }
    case Outcome::depends: {
      std::string keys;
      for (const std::string_view key : decision.depends_on)
        keys += (keys.empty() ? "" : ", ") + std::string(key);
      out += "depends on " + core::printable(keys);
      break;
    }
  }
  return out + "\n  " + core::printable(item.request.action + " on " + item.request.resource) + "\n";
}

}  // namespace doctor::iam
