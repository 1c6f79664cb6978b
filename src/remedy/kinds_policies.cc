// Policies that a resource carries itself.
//
//   ecr:repository-policy           name of the repository   GetRepositoryPolicy
//   secretsmanager:resource-policy  ARN of the secret        GetResourcePolicy
//   kms:key-policy                  ARN of the key           GetKeyPolicy; its only name is "default"
//
// The state is {"Policy": the document}; "null" where the resource has none.
#include <nlohmann/json.hpp>

#include "remedy/kinds_rows.h"

namespace doctor::remedy {
namespace {

using nlohmann::json;

Request read_repository_policy(const Resource& r) {
  return {"ecr", "GetRepositoryPolicy", r.region, json({{"repositoryName", r.id}}).dump()};
}

Request read_secret_policy(const Resource& r) {
  return {"secretsmanager", "GetResourcePolicy", r.region, json({{"SecretId", r.id}}).dump()};
}

Request read_key_policy(const Resource& r) {
  return {"kms", "GetKeyPolicy", r.region, json({{"KeyId", r.id}, {"PolicyName", "default"}}).dump()};
}

State policy_in(const json& answer, const char* field) {
  return json({{"Policy", document_of(answer[field])}}).dump();
}

State state_of_repository_policy(const Resource& r, std::string_view text) {
  const json answer = answer_of(text);
  if (!answer.contains("policyText")) return not_of_this_kind("GetRepositoryPolicy", "policyText");
  if (answer.value("repositoryName", r.id) != r.id) return absent_state();
  return policy_in(answer, "policyText");
}

State state_of_secret_policy(const Resource& r, std::string_view text) {
  const json answer = answer_of(text);
  if (!answer.contains("ARN")) return not_of_this_kind("GetResourcePolicy", "ARN");
  // "ResourcePolicy" is left out where the secret has none ("GetResourcePolicy").
  if (answer.value("ARN", r.id) != r.id || !answer.contains("ResourcePolicy")) return absent_state();
  return policy_in(answer, "ResourcePolicy");
}

State state_of_key_policy(const Resource&, std::string_view text) {
  const json answer = answer_of(text);
  if (!answer.contains("Policy")) return not_of_this_kind("GetKeyPolicy", "Policy");
  return policy_in(answer, "Policy");
}

}  // namespace

std::vector<Kind> kinds_of_resource_policies() {
  return {
      {"ecr:repository-policy", read_repository_policy, guarded<state_of_repository_policy>,
       "RepositoryPolicyNotFoundException"},
      {"secretsmanager:resource-policy", read_secret_policy, guarded<state_of_secret_policy>,
       "ResourceNotFoundException"},
      {"kms:key-policy", read_key_policy, guarded<state_of_key_policy>, "NotFoundException"},
  };
}

}  // namespace doctor::remedy
