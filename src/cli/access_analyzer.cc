#include "cli/access_analyzer.h"

#include <nlohmann/json.hpp>

#include "core/json.h"

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

}  // namespace

core::Result<AnalyzerOpinion> ask_access_analyzer(aws::Client& client, const std::string& region,
                                                  const iam::Minimum& minimum,
                                                  const std::string& existing_policy) {
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

}  // namespace doctor::cli
