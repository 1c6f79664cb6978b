// IAM Access Analyzer's policy generation, asked live: what a trail shows that a role did, to compare with
// the policy that `iam minimum` writes.
#pragma once

#include <atomic>
#include <string>
#include <vector>

#include "aws/client.h"
#include "core/result.h"
#include "iam/minimum.h"

namespace doctor::cli {

struct GenerationQuestion {
  std::string region;
  std::string role, trail, access_role;  // ARNs
};

struct GeneratedPolicy {
  std::string status, message;                            // SUCCEEDED, FAILED, CANCELED; why it failed
  std::vector<std::string> only_generated, only_minimum;  // actions that one of the two policies has alone
};

// Starts policy generation and waits for it: AWS takes minutes. Error: refused, unreachable …, of the first
// call that AWS did not answer; cancelled where `cancelled` turns true; unreachable where it is not done in
// ten minutes.
core::Result<GeneratedPolicy> ask_policy_generation(aws::Client& client, const GenerationQuestion& question,
                                                    const iam::Minimum& minimum,
                                                    const std::atomic<bool>& cancelled);

}  // namespace doctor::cli
