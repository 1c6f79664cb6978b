// What the planners of access share: which role needs which calls, and statements that allow them.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "iam/minimum.h"
#include "remedy/planner_draft.h"

namespace doctor::remedy {

using Calls = std::vector<std::pair<std::string, std::string>>;  // action, resource

std::string partition_of(const Draft& d);                    // "aws"
bool cause_is_about(const Draft& d, std::string_view word);  // of the cause's id: "image", "exec."
// "arn:aws:sts::1:assumed-role/web/0f9d" -> the role's ARN; what is no session of a role comes back as it is.
std::string role_of_session(const std::string& principal);
// The role that was refused, and what this cause's work asks of it; empty where the facts do not say.
RoleCalls refused_calls(const Draft& d);

// A document that allows the calls: grouped by resource, sorted, the same bytes for the same calls.
nlohmann::json document_for(const Calls& calls, iam::PolicyType level, const std::string& role_arn);
// `document` and the statements of `more` that it has not yet.
nlohmann::json with_statements(nlohmann::json document, const nlohmann::json& more);

}  // namespace doctor::remedy
