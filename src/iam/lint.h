// What IAM Access Analyzer's ValidatePolicy would find, offline: errors, security warnings, warnings,
// suggestions.
//
// The codes are Access Analyzer's own ("Access Analyzer policy check reference"), such as
// PASS_ROLE_WITH_STAR_IN_RESOURCE. A policy that does not parse gives one finding of type error.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "iam/policy.h"

namespace doctor::iam {

enum class FindingType { error, security_warning, warning, suggestion };
std::string_view finding_type_name(FindingType type);  // ERROR, SECURITY_WARNING, WARNING, SUGGESTION

struct Finding {
  FindingType type = FindingType::error;
  std::string code;     // "PASS_ROLE_WITH_STAR_IN_RESOURCE"
  std::string message;  // what is wrong and what to do, one sentence
  Position at;
  int statement = -1;  // from 0; -1: the policy as a whole
  std::string sid;
};

// Sorted by place. Errors are never values here: a text that is no policy is a finding.
std::vector<Finding> lint_policy(std::string_view text, std::string_view origin, PolicyKind kind);

}  // namespace doctor::iam
