#include "iam/iam_support.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace doctor::iam::test {
namespace {

std::string with_double_quotes(std::string text) {
  std::replace(text.begin(), text.end(), '\'', '"');
  return text;
}

}  // namespace

Answer answer_to(std::string text) {
  text = with_double_quotes(std::move(text));
  CaseReader reader(text, "test");
  auto item = reader.next();
  if (!item) {
    ADD_FAILURE() << item.error().sentence;
    return {};
  }
  const auto engine = Compiled::compile(std::move(item->policies));
  const Decision decision = engine.evaluate(item->request);
  Answer answer;
  answer.decision = outcome_name(decision.outcome);
  if (decision.decided_by.policy != nullptr) {
    answer.level = level_name(decision.decided_by.level);
    answer.sid = decision.decided_by.statement->sid;
    answer.line = decision.decided_by.statement->at.line;
  }
  for (std::size_t i = 0; i < kLevels; ++i) {
    if (decision.blocked_at[i]) answer.blocked_at.emplace_back(level_name(static_cast<Level>(i)));
  }
  for (const auto key : decision.depends_on) answer.depends_on.emplace_back(key);
  return answer;
}

std::string with_condition(const std::string& condition, const std::string& context) {
  return answer_to(
             "{'request': {'action': 's3:GetObject', 'resource': 'arn:aws:s3:::bucket/key', 'principal': "
             "'arn:aws:iam::111122223333:role/task', 'context': {" +
             context +
             "}}, 'identity_policies': [{'Version': '2012-10-17', 'Statement': {'Effect': 'Allow', 'Action': "
             "'s3:GetObject', 'Resource': '*', 'Condition': " +
             condition + "}}]}")
      .decision;
}

std::string error_of(std::string text, PolicyKind kind) {
  const auto policy = parse_policy(with_double_quotes(std::move(text)), "p.json", kind);
  return policy ? "" : policy.error().sentence;
}

}  // namespace doctor::iam::test
