// Cases as text in, answers out: the tests read like the documentation they come from.
#pragma once

#include <string>
#include <vector>

#include "iam/case.h"

namespace doctor::iam::test {

struct Answer {
  std::string decision, level, sid;
  int line = 0;
  std::vector<std::string> blocked_at, depends_on;
};

// The case with `'` for `"`. Fails the test when it cannot be read.
Answer answer_to(std::string text);

// A request by the role `task` of account 111122223333, its one identity policy allowing s3:GetObject on
// everything under `condition` (the Condition object, with `'` for `"`), in a context as JSON members. The
// decision's name.
std::string with_condition(const std::string& condition, const std::string& context);

// parse_policy's error, or "" where there is none.
std::string error_of(std::string text, PolicyKind kind = PolicyKind::identity);

}  // namespace doctor::iam::test
