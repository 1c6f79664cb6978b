// Cases of `iam evaluate`: one JSON object a case, alone, in an array, or many behind one another (JSON
// Lines).
//
//   {"name": "…", "request": {"action", "resource", "resource_account", "principal", "context": {key:
//   value|[values]|null}},
//    "identity_policies": [doc], "resource_policy": doc, "permission_boundaries": [doc], "session_policies":
//    [doc], "service_control_policies": [[doc] per level, root first], "resource_control_policies": [[doc]
//    per level], "vpc_endpoint_policies": [doc]}
//
// A context key that does not stand there is unknown, one with null is absent; "context_complete": true in
// the request makes every other key absent. A doc is a policy, its text as a string, or {"name": …,
// "document": policy or text}. docs/iam.md has the whole of it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "iam/evaluate.h"
#include "iam/positioned_json.h"

namespace doctor::iam {

struct Case {
  std::string name;
  Position at;
  Request request;
  PolicySet policies;
};

// Reads case after case. Behind an error reading goes on at the next line that begins with '{', so that one
// broken line of JSON Lines costs one case. Errors: bad_input, "ORIGIN:LINE:COLUMN: what is wrong".
class CaseReader {
 public:
  CaseReader(std::string_view text, std::string_view origin);
  bool at_end();
  core::Result<Case> next();

 private:
  std::string_view text_;
  std::string origin_;
  Cursor cursor_;
  std::vector<Node> waiting_;  // of an array of cases, the last one first
};

core::Result<Case> case_of(const Node& node, std::string_view origin);

// One line of JSON, without a line end; {"name", "decision", "decided_by", "blocked_at", "depends_on"}.
std::string decision_json(const Case& item, const Decision& decision);
// A line or a few for a person.
std::string decision_text(const Case& item, const Decision& decision);

}  // namespace doctor::iam
