// IAM Access Analyzer's opinion of the policies that `iam minimum` writes, asked live.
//
// ValidatePolicy (free) looks at each policy; CheckNoNewAccess, which AWS charges for, compares an identity
// policy with the one that is in force, where the user gives it.
#pragma once

#include <string>
#include <vector>

#include "aws/client.h"
#include "core/result.h"
#include "iam/minimum.h"

namespace doctor::cli {

struct AnalyzerFinding {
  std::string type, code, details, learn_more;  // ERROR, SECURITY_WARNING, SUGGESTION, WARNING
  std::size_t policy = 0;                       // index in Minimum::policies
};

struct AnalyzerOpinion {
  std::vector<AnalyzerFinding> findings;
  std::string new_access;          // PASS: nothing new; FAIL: new access; "" not asked
  std::string new_access_message;  // AWS's words
};

// Error: refused, unreachable …, of the first call that AWS did not answer.
core::Result<AnalyzerOpinion> ask_access_analyzer(aws::Client& client, const std::string& region,
                                                  const iam::Minimum& minimum,
                                                  const std::string& existing_policy);

}  // namespace doctor::cli
