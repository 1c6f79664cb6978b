#include "cli/policy_generation.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>

#include "core/json.h"
#include "core/time.h"
#include "iam/policy.h"

namespace doctor::cli {
namespace {

core::Result<core::JsonDocument> ask_one(aws::Client& client, const std::string& operation,
                                         const std::string& region, const nlohmann::json& input) {
  const std::vector<aws::Call> calls{{"accessanalyzer", operation, region, input.dump()}};
  const auto answers = client.run(calls);
  if (answers.empty() || !answers.front()) {
    return core::fail(answers.empty() ? core::Error{core::ErrorKind::internal, "no answer", {}, {}}
                                      : answers.front().error());
  }
  return core::JsonDocument::parse(answers.front()->json, operation);
}

// The actions of the Allow statements.
std::set<std::string> actions_in(const std::string& policy) {
  std::set<std::string> actions;
  const auto parsed = iam::parse_policy(policy, "the generated policy");
  if (!parsed) return actions;
  for (const auto& statement : parsed->statements) {
    if (statement.effect != iam::Effect::allow) continue;
    for (const auto& action : statement.actions.values) actions.insert(action.text);
  }
  return actions;
}

std::set<std::string> actions_in(const iam::Minimum& minimum) {
  std::set<std::string> actions;
  for (const auto& policy : minimum.policies) {
    for (const auto& statement : policy.statements)
      actions.insert(statement.actions.begin(), statement.actions.end());
  }
  return actions;
}

void compare(core::Json answer, const iam::Minimum& minimum, GeneratedPolicy& out) {
  std::set<std::string> generated;
  for (const auto policy : answer["generatedPolicyResult"]["generatedPolicies"].items())
    generated.merge(actions_in(std::string(policy["policy"].string_or())));
  const auto ours = actions_in(minimum);
  std::set_difference(generated.begin(), generated.end(), ours.begin(), ours.end(),
                      std::back_inserter(out.only_generated));
  std::set_difference(ours.begin(), ours.end(), generated.begin(), generated.end(),
                      std::back_inserter(out.only_minimum));
}

}  // namespace

core::Result<GeneratedPolicy> ask_policy_generation(aws::Client& client, const GenerationQuestion& question,
                                                    const iam::Minimum& minimum,
                                                    const std::atomic<bool>& cancelled) {
  constexpr auto kPause = std::chrono::milliseconds(2000);
  constexpr int kMostPauses = 300;
  const auto started =
      ask_one(client, "StartPolicyGeneration", question.region,
              {{"policyGenerationDetails", {{"principalArn", question.role}}},
               {"cloudTrailDetails",
                {{"trails", {{{"cloudTrailArn", question.trail}, {"allRegions", true}}}},
                 {"accessRole", question.access_role},
                 {"startTime", core::to_iso(core::Timestamp(std::chrono::floor<core::Duration>(
                                                std::chrono::system_clock::now().time_since_epoch())) -
                                            std::chrono::hours{24 * 30})}}}});
  if (!started) return core::fail(started.error());
  const nlohmann::json job{{"jobId", started->root()["jobId"].string_or()}};
  for (int i = 0; i < kMostPauses; ++i) {
    const auto answer = ask_one(client, "GetGeneratedPolicy", question.region, job);
    if (!answer) return core::fail(answer.error());
    const auto details = answer->root()["jobDetails"];
    const std::string status(details["status"].string_or());
    if (status != "IN_PROGRESS") {
      GeneratedPolicy generated{status, std::string(details["jobError"]["message"].string_or()), {}, {}};
      compare(answer->root(), minimum, generated);
      return generated;
    }
    for (int tenth = 0; tenth < 10 && !cancelled.load(); ++tenth) std::this_thread::sleep_for(kPause / 10);
    if (cancelled.load()) return core::fail(core::ErrorKind::cancelled, "policy generation was not awaited");
  }
  return core::fail(
      core::ErrorKind::unreachable, "policy generation is not done after ten minutes",
      "ask later: aws accessanalyzer get-generated-policy --job-id " + job["jobId"].get<std::string>());
}

}  // namespace doctor::cli
