// IAM Access Analyzer's opinion of the policies that `iam minimum` writes, asked live.
//
// ValidatePolicy (free) looks at each policy; CheckNoNewAccess, which AWS charges for, compares an identity
// policy with the one that is in force, where the user gives it. Policy generation reads the account's trail
// for what the role did, where the user names the trail and the role that Access Analyzer reads it with.
#pragma once

#include <atomic>
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

struct AnalyzerQuestion {
  std::string region;
  std::string existing_policy;           // "": CheckNoNewAccess is not asked
  std::string role, trail, access_role;  // ARNs; any "": policy generation is not asked
};

struct AnalyzerOpinion {
  std::vector<AnalyzerFinding> findings;
  std::string new_access;                                 // PASS: nothing new; FAIL: new access; "" not asked
  std::string new_access_message;                         // AWS's words
  std::string generation;                                 // SUCCEEDED, FAILED, CANCELED; "" not asked
  std::string generation_message;                         // of one that failed
  std::vector<std::string> only_generated, only_minimum;  // actions that one of the two policies has alone
};

// Error: refused, unreachable …, of the first call that AWS did not answer.
core::Result<AnalyzerOpinion> ask_access_analyzer(aws::Client& client, const AnalyzerQuestion& question,
                                                  const iam::Minimum& minimum);

// Starts policy generation and waits for it: AWS takes minutes. Adds to `opinion`. Error: as above; cancelled
// where `cancelled` turns true; unreachable where it is not done in ten minutes.
core::Result<void> ask_policy_generation(aws::Client& client, const AnalyzerQuestion& question,
                                         const iam::Minimum& minimum, const std::atomic<bool>& cancelled,
                                         AnalyzerOpinion& opinion);

}  // namespace doctor::cli
