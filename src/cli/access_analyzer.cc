#include "cli/access_analyzer.h"

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

using iam::PolicyType;

std::string_view analyzer_type_of(PolicyType level) {
  switch (level) {
    case PolicyType::scp:
      return "SERVICE_CONTROL_POLICY";
    case PolicyType::rcp:
      return "RESOURCE_CONTROL_POLICY";
    case PolicyType::resource:
    case PolicyType::trust:
    case PolicyType::vpc_endpoint:
      return "RESOURCE_POLICY";
    default:
      return "IDENTITY_POLICY";
  }
}

aws::Call validate_call(const iam::MinimumPolicy& policy, const std::string& region) {
  nlohmann::json input{{"policyDocument", iam::policy_json(policy)},
                       {"policyType", analyzer_type_of(policy.level)}};
  if (policy.level == PolicyType::trust)
    input["validatePolicyResourceType"] = "AWS::IAM::AssumeRolePolicyDocument";
  return {"accessanalyzer", "ValidatePolicy", region, input.dump()};
}

void read_findings(core::Json answer, std::size_t policy, AnalyzerOpinion& opinion) {
  for (const auto finding : answer["findings"].items()) {
    opinion.findings.push_back({std::string(finding["findingType"].string_or()),
                                std::string(finding["issueCode"].string_or()),
                                std::string(finding["findingDetails"].string_or()),
                                std::string(finding["learnMoreLink"].string_or()), policy});
  }
}

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

void compare(core::Json answer, const iam::Minimum& minimum, AnalyzerOpinion& opinion) {
  std::set<std::string> generated;
  for (const auto policy : answer["generatedPolicyResult"]["generatedPolicies"].items())
    generated.merge(actions_in(std::string(policy["policy"].string_or())));
  const auto ours = actions_in(minimum);
  std::set_difference(generated.begin(), generated.end(), ours.begin(), ours.end(),
                      std::back_inserter(opinion.only_generated));
  std::set_difference(ours.begin(), ours.end(), generated.begin(), generated.end(),
                      std::back_inserter(opinion.only_minimum));
}

}  // namespace

core::Result<AnalyzerOpinion> ask_access_analyzer(aws::Client& client, const AnalyzerQuestion& question,
                                                  const iam::Minimum& minimum) {
  const std::string& region = question.region;
  const std::string& existing_policy = question.existing_policy;
  std::vector<aws::Call> calls;
  for (const auto& policy : minimum.policies) calls.push_back(validate_call(policy, region));
  const bool compares = !existing_policy.empty() && !minimum.policies.empty() &&
                        minimum.policies.front().level == PolicyType::identity;
  if (compares) {
    const nlohmann::json input{{"newPolicyDocument", iam::policy_json(minimum.policies.front())},
                               {"existingPolicyDocument", existing_policy},
                               {"policyType", "IDENTITY_POLICY"}};
    calls.push_back({"accessanalyzer", "CheckNoNewAccess", region, input.dump()});
  }
  AnalyzerOpinion opinion;
  const auto answers = client.run(calls);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    if (!answers[i]) return core::fail(answers[i].error());
    auto document = core::JsonDocument::parse(answers[i]->json, calls[i].operation);
    if (!document) return core::fail(document.error());
    if (i < minimum.policies.size()) {
      read_findings(document->root(), i, opinion);
    } else {
      opinion.new_access = document->root()["result"].string_or();
      opinion.new_access_message = document->root()["message"].string_or();
    }
  }
  return opinion;
}

core::Result<void> ask_policy_generation(aws::Client& client, const AnalyzerQuestion& question,
                                         const iam::Minimum& minimum, const std::atomic<bool>& cancelled,
                                         AnalyzerOpinion& opinion) {
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
      opinion.generation = status;
      opinion.generation_message = details["jobError"]["message"].string_or();
      compare(answer->root(), minimum, opinion);
      return {};
    }
    for (int tenth = 0; tenth < 10 && !cancelled.load(); ++tenth) std::this_thread::sleep_for(kPause / 10);
    if (cancelled.load()) return core::fail(core::ErrorKind::cancelled, "policy generation was not awaited");
  }
  return core::fail(
      core::ErrorKind::unreachable, "policy generation is not done after ten minutes",
      "ask later: aws accessanalyzer get-generated-policy --job-id " + job["jobId"].get<std::string>());
}

}  // namespace doctor::cli
