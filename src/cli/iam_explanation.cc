#include "cli/iam_explanation.h"

#include <nlohmann/json.hpp>

#include "core/error.h"

namespace doctor::cli {
namespace {

using OrderedJson = nlohmann::ordered_json;

std::string comma_list(const std::vector<std::string>& values) {
  std::string out;
  for (const auto& value : values) out += (out.empty() ? "" : ", ") + value;
  return out;
}

std::string culprit_words(const iam::Culprit& culprit) {
  std::string out(iam::policy_type_words(culprit.level));
  out += " '" + culprit.policy + "', statement " + std::to_string(culprit.statement + 1);
  if (!culprit.sid.empty()) out += " (Sid " + culprit.sid + ")";
  out += ", line " + std::to_string(culprit.line) + ": " + culprit.effect;
  if (!culprit.attached_to.empty()) out += "; attached to " + culprit.attached_to;
  if (!culprit.depends_on.empty()) out += "; under its condition on " + comma_list(culprit.depends_on);
  return out;
}

std::string blame_text(const iam::Blame& blame) {
  std::string out;
  if (!blame.outcome.empty())
    out += "  The policies at hand say: " + blame.outcome + (blame.agrees ? ", as AWS does\n" : "\n");
  for (const auto& culprit : blame.proven) out += "  Caused by the " + culprit_words(culprit) + "\n";
  for (const auto& culprit : blame.suspects) out += "  May be caused by the " + culprit_words(culprit) + "\n";
  std::vector<std::string> levels;
  for (const auto level : blame.blocked_at) {
    const bool tree = level == iam::PolicyType::scp && !blame.blocked_tree_level.empty();
    levels.push_back(std::string(iam::policy_type_words(level)) +
                     (tree ? " of " + blame.blocked_tree_level : ""));
  }
  if (!levels.empty()) out += "  Nothing allows it at: " + comma_list(levels) + "\n";
  for (const auto& note : blame.notes) out += "  - " + note + "\n";
  return out;
}

OrderedJson culprit_json(const iam::Culprit& culprit) {
  OrderedJson out;
  out["level"] = iam::policy_type_name(culprit.level);
  out["policy"] = culprit.policy;
  out["arn"] = culprit.arn;
  out["attached_to"] = culprit.attached_to;
  out["statement"] = culprit.statement;
  out["sid"] = culprit.sid;
  out["line"] = culprit.line;
  out["effect"] = culprit.effect;
  out["depends_on"] = culprit.depends_on;
  return out;
}

OrderedJson blame_json(const iam::Blame& blame) {
  OrderedJson out;
  out["decision"] = blame.outcome;
  out["agrees"] = blame.agrees;
  out["decided_by"] = OrderedJson::array();
  for (const auto& culprit : blame.proven) out["decided_by"].push_back(culprit_json(culprit));
  out["suspects"] = OrderedJson::array();
  for (const auto& culprit : blame.suspects) out["suspects"].push_back(culprit_json(culprit));
  out["blocked_at"] = OrderedJson::array();
  for (const auto level : blame.blocked_at) out["blocked_at"].push_back(iam::policy_type_name(level));
  out["blocked_tree_level"] = blame.blocked_tree_level;
  out["depends_on"] = blame.depends_on;
  out["notes"] = blame.notes;
  return out;
}

OrderedJson denial_json(const ExplainedDenial& one) {
  const auto& denial = one.denial;
  OrderedJson out;
  out["principal"] = denial.principal;
  out["action"] = denial.action;
  out["resource"] = denial.resource;
  out["kind"] = iam::denial_kind_name(denial.kind);
  out["policy_type"] = iam::policy_type_name(denial.policy_type);
  out["policy"] = denial.policy;
  out["encoded_message"] = denial.encoded_message;
  out["authorization_id"] = denial.authorization_id;
  out["request_id"] = denial.request_id;
  out["code"] = denial.code;
  out["operation"] = denial.operation;
  out["summary"] = one.proof.summary;
  out["open"] = one.proof.open;
  out["policies"] = one.blame ? blame_json(*one.blame) : OrderedJson(nullptr);
  return out;
}

}  // namespace

std::string iam_explanation_text(const std::vector<ExplainedDenial>& explained) {
  std::string out;
  for (const auto& one : explained) {
    if (!out.empty()) out += '\n';
    out += core::printable(one.proof.summary) + "\n";
    if (one.blame) out += blame_text(*one.blame);
    for (const auto& open : one.proof.open) out += "  - " + core::printable(open) + "\n";
  }
  return out;
}

std::string iam_explanation_json(const std::vector<ExplainedDenial>& explained) {
  OrderedJson out;
  out["schema"] = "fargate-doctor/iam-explain/1";
  out["denials"] = OrderedJson::array();
  for (const auto& one : explained) out["denials"].push_back(denial_json(one));
  return out.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
}

}  // namespace doctor::cli
