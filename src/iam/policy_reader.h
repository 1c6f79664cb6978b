// From JSON to Policy: every problem is noted, so that lint can show all of them and parse_policy() the
// first.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "iam/policy.h"
#include "iam/positioned_json.h"

namespace doctor::iam {

struct Problem {
  Position at;
  std::string code;  // as Access Analyzer names it, such as INVALID_EFFECT
  std::string message;
  int statement = -1;
};

// What could be read; valid only where `problems` stayed empty.
Policy read_policy(const Node& root, std::string_view origin, PolicyKind kind,
                   std::vector<Problem>& problems);

// The first problem as an error, or the policy. Text may be JSON or, as IAM's API returns it, percent-encoded
// JSON.
core::Result<Policy> policy_of(const Node& root, std::string_view origin, PolicyKind kind);

}  // namespace doctor::iam
