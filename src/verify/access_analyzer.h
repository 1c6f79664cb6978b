// IAM Access Analyzer's opinion of policies, asked live.
//
// ValidatePolicy (free) looks at each policy; CheckNoNewAccess, which AWS charges for, compares an identity
// policy with another one, where the caller gives both.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "aws/client.h"
#include "core/result.h"
#include "iam/denial.h"

namespace doctor::verify {

struct AnalyzerQuestion {
  std::string document;  // JSON
  iam::PolicyType level = iam::PolicyType::identity;
  std::string reference;  // an identity policy to compare with: what it does not allow is new; "": none
};

struct AnalyzerFinding {
  std::string type, code, details, learn_more;  // ERROR, SECURITY_WARNING, SUGGESTION, WARNING
  std::size_t policy = 0;                       // index of the question
};

struct AnalyzerOpinion {
  std::vector<AnalyzerFinding> findings;
  std::string new_access;          // PASS: nothing new; FAIL: new access, of any question; "" not asked
  std::string new_access_message;  // AWS's words
};

// Error: refused, unreachable …, of the first call that AWS did not answer.
core::Result<AnalyzerOpinion> ask_access_analyzer(aws::Client& client, const std::string& region,
                                                  const std::vector<AnalyzerQuestion>& questions);

struct AnalyzedPolicy {
  std::string name;
  AnalyzerOpinion opinion;
  std::optional<core::Error> error;
};

}  // namespace doctor::verify
