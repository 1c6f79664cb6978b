#include "verify/access_analyzer.h"

#include <nlohmann/json.hpp>

#include "core/json.h"

namespace doctor::verify {
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

aws::Call validate_call(const AnalyzerQuestion& question, const std::string& region) {
  nlohmann::json input{{"policyDocument", question.document},
                       {"policyType", analyzer_type_of(question.level)}};
  if (question.level == PolicyType::trust)
    input["validatePolicyResourceType"] = "AWS::IAM::AssumeRolePolicyDocument";
  return {"accessanalyzer", "ValidatePolicy", region, input.dump()};
}

aws::Call compare_call(const AnalyzerQuestion& question, const std::string& region) {
  const nlohmann::json input{{"newPolicyDocument", question.document},
                             {"existingPolicyDocument", question.reference},
                             {"policyType", "IDENTITY_POLICY"}};
  return {"accessanalyzer", "CheckNoNewAccess", region, input.dump()};
}

void read_findings(core::Json answer, std::size_t policy, AnalyzerOpinion& opinion) {
  for (const auto finding : answer["findings"].items()) {
    opinion.findings.push_back({std::string(finding["findingType"].string_or()),
                                std::string(finding["issueCode"].string_or()),
                                std::string(finding["findingDetails"].string_or()),
                                std::string(finding["learnMoreLink"].string_or()), policy});
  }
}

void read_comparison(core::Json answer, AnalyzerOpinion& opinion) {
  if (opinion.new_access == "FAIL") return;  // one policy with new access is enough
  opinion.new_access = answer["result"].string_or();
  opinion.new_access_message = answer["message"].string_or();
}

}  // namespace

core::Result<AnalyzerOpinion> ask_access_analyzer(aws::Client& client, const std::string& region,
                                                  const std::vector<AnalyzerQuestion>& questions) {
  std::vector<aws::Call> calls;
  for (const auto& question : questions) calls.push_back(validate_call(question, region));
  for (const auto& question : questions) {
    if (!question.reference.empty() && question.level == PolicyType::identity)
      calls.push_back(compare_call(question, region));
  }
  AnalyzerOpinion opinion;
  const auto answers = client.run(calls);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    if (!answers[i]) return core::fail(answers[i].error());
    auto document = core::JsonDocument::parse(answers[i]->json, calls[i].operation);
    if (!document) return core::fail(document.error());
    if (i < questions.size()) {
      read_findings(document->root(), i, opinion);
    } else {
      read_comparison(document->root(), opinion);
    }
  }
  return opinion;
}

}  // namespace doctor::verify
