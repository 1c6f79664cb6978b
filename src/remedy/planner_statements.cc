// Statements, worded by the IAM engine.
#include "remedy/planner_statements.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

namespace doctor::remedy {

using nlohmann::json;

json document_for(const Calls& calls, iam::PolicyType level, const std::string& role_arn) {
  iam::MinimumPolicy policy{level, role_arn, {}};
  std::map<std::string, std::vector<std::string>> by_resource;
  for (const auto& [action, on] : calls) {
    auto& actions = by_resource[on];
    if (std::find(actions.begin(), actions.end(), action) == actions.end()) actions.push_back(action);
  }
  int number = 0;
  for (auto& [on, actions] : by_resource) {
    std::sort(actions.begin(), actions.end());
    iam::MinimumStatement statement;
    statement.sid = fmt::format("FargateDoctor{}", ++number);
    statement.actions = actions;
    statement.resources = {on};
    policy.statements.push_back(std::move(statement));
  }
  return json::parse(iam::policy_json(policy), nullptr, false);
}

json with_statements(json document, const json& more) {
  if (!document.is_object()) return more;
  if (document.contains("Statement") && document["Statement"].is_object())
    document["Statement"] = json::array({document["Statement"]});
  for (const json& statement : more["Statement"]) {
    bool known = false;
    for (json known_statement : document["Statement"]) {
      json plain = statement;
      known_statement.erase("Sid");
      plain.erase("Sid");
      known |= known_statement == plain;
    }
    if (known) continue;
    json added = statement;
    added["Sid"] = fmt::format("FargateDoctor{}", document["Statement"].size() + 1);
    document["Statement"].push_back(added);
  }
  return document;
}

}  // namespace doctor::remedy
