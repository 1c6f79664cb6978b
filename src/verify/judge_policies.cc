// The policies that the run has written, as they stand now: are they still the ones, and what do the offline
// lint and IAM Access Analyzer say of them.
#include <algorithm>

#include "iam/lint.h"
#include "verify/judge.h"

namespace doctor::verify {
namespace {

iam::PolicyKind kind_of(iam::PolicyType level) {
  return level == iam::PolicyType::vpc_endpoint ? iam::PolicyKind::resource : iam::PolicyKind::identity;
}

// What the document had before the run is not the run's: only errors and security warnings count.
bool counts(const iam::Finding& finding) {
  return finding.type == iam::FindingType::error || finding.type == iam::FindingType::security_warning;
}

Check judge_lint(const ChangedPolicy& policy) {
  Check made = check("policy.lint", "the policy " + policy.name + " passes the checks of IAM, offline");
  if (policy.live.empty()) return failed(std::move(made), "it is not there any more, or could not be read");
  const auto findings = iam::lint_policy(policy.live, policy.name, kind_of(policy.level));
  for (const iam::Finding& finding : findings) {
    if (!counts(finding)) continue;
    made.proof.push_back(
        {"iam", "lint", policy.name, "line " + std::to_string(finding.at.line), finding.code, {}});
    return failed(std::move(made), finding.code + ": " + finding.message);
  }
  std::string why = findings.empty() ? "nothing was found" : std::to_string(findings.size()) + " suggestions";
  if (!same_document(policy.live, policy.planned)) why += "; it is not the document that the run wrote";
  return passed(std::move(made), std::move(why));
}

Check judge_analyzer(const AnalyzedPolicy& policy) {
  Check made = check("policy.access_analyzer", "IAM Access Analyzer accepts the policy " + policy.name);
  if (policy.error) {
    const bool refused = policy.error->kind == core::ErrorKind::refused;
    return not_possible(std::move(made), policy.error->sentence +
                                             (refused ? "; it takes access-analyzer:ValidatePolicy" : ""));
  }
  for (const AnalyzerFinding& finding : policy.opinion.findings) {
    if (finding.type != "ERROR" && finding.type != "SECURITY_WARNING") continue;
    made.proof.push_back({"accessanalyzer", "validate-policy", policy.name, finding.type, finding.code, {}});
    return failed(std::move(made), finding.code + ": " + finding.details);
  }
  made.proof.push_back({"accessanalyzer",
                        "validate-policy",
                        policy.name,
                        "findings",
                        std::to_string(policy.opinion.findings.size()),
                        {}});
  if (policy.opinion.new_access == "FAIL") {
    made.proof.push_back({"accessanalyzer", "check-no-new-access", policy.name, "result", "FAIL", {}});
    return failed(std::move(made), "it was changed after the run and allows more than the run wrote: " +
                                       policy.opinion.new_access_message);
  }
  return passed(std::move(made), "ValidatePolicy finds no error and no security warning");
}

}  // namespace

std::vector<Check> judge_policies(const Subject& subject, const Reading& reading, const facts::Place& place) {
  std::vector<Check> out;
  for (const ChangedPolicy& policy : changed_policies(subject.run, place)) out.push_back(judge_lint(policy));
  for (const AnalyzedPolicy& policy : reading.analyzed) out.push_back(judge_analyzer(policy));
  return out;
}

}  // namespace doctor::verify
