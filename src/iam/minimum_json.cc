#include <nlohmann/json.hpp>

#include "iam/minimum.h"

namespace doctor::iam {
namespace {

using OrderedJson = nlohmann::ordered_json;

// IAM's own habit: one value stands alone, several in a list.
OrderedJson one_or_list(const std::vector<std::string>& values) {
  if (values.size() == 1) return values.front();
  return values;
}

OrderedJson statement_json(const MinimumStatement& statement) {
  OrderedJson out;
  out["Sid"] = statement.sid;
  out["Effect"] = "Allow";
  if (statement.principals == std::vector<std::string>{"*"}) {
    out["Principal"] = "*";
  } else if (!statement.principals.empty()) {
    out["Principal"] = {{"AWS", one_or_list(statement.principals)}};
  } else if (!statement.service_principal.empty()) {
    out["Principal"] = {{"Service", statement.service_principal}};
  }
  out["Action"] = one_or_list(statement.actions);
  if (!statement.resources.empty()) out["Resource"] = one_or_list(statement.resources);
  for (const auto& condition : statement.conditions) {
    out["Condition"][condition.op][condition.key] = one_or_list(condition.values);
  }
  return out;
}

OrderedJson document_json(const MinimumPolicy& policy) {
  OrderedJson out;
  out["Version"] = "2012-10-17";
  out["Statement"] = OrderedJson::array();
  for (const auto& statement : policy.statements) out["Statement"].push_back(statement_json(statement));
  return out;
}

}  // namespace

std::string policy_json(const MinimumPolicy& policy) {
  return document_json(policy).dump(2, ' ', false, OrderedJson::error_handler_t::replace);
}

std::string minimum_json(const Minimum& minimum) {
  OrderedJson out;
  out["schema"] = "fargate-doctor/iam-minimum/1";
  out["policy"] = minimum.policies.empty() ? OrderedJson(nullptr) : document_json(minimum.policies.front());
  out["policies"] = OrderedJson::array();
  for (const auto& policy : minimum.policies) {
    OrderedJson row;
    row["level"] = policy_type_name(policy.level);
    row["attach_to"] = policy.target;
    row["policy"] = document_json(policy);
    out["policies"].push_back(std::move(row));
  }
  out["notes"] = minimum.notes;
  out["obstacles"] = OrderedJson::array();
  for (const auto& obstacle : minimum.obstacles) {
    OrderedJson row;
    row["level"] = policy_type_name(obstacle.level);
    row["kind"] = denial_kind_name(obstacle.kind);
    row["policy"] = obstacle.policy;
    row["action"] = obstacle.action;
    row["resource"] = obstacle.resource;
    row["sentence"] = obstacle.sentence;
    out["obstacles"].push_back(std::move(row));
  }
  return out.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
}

}  // namespace doctor::iam
