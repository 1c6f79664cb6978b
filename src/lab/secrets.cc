#include "lab/secrets.h"

#include "lab/world.h"

namespace doctor::lab {
namespace {

// By ARN, or by name, with or without the characters that Secrets Manager added.
const Secret* find_secret(World& world, const std::string& region, const std::string& asked) {
  for (const auto& [arn, secret] : world.secrets[region].secrets) {
    if (arn == asked || text_of(secret.document, "Name") == asked) return &secret;
  }
  return nullptr;
}

Reply no_such_secret() {
  return api_error("ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
}

Reply describe_secret(World& world, const CallContext& call, const json& input) {
  const Secret* secret = find_secret(world, call.region, text_of(input, "SecretId"));
  return secret == nullptr ? no_such_secret() : Reply(secret->document);
}

Reply get_resource_policy(World& world, const CallContext& call, const json& input) {
  const Secret* secret = find_secret(world, call.region, text_of(input, "SecretId"));
  if (secret == nullptr) return no_such_secret();
  json answer{{"ARN", secret->document["ARN"]}, {"Name", secret->document["Name"]}};
  if (secret->policy.is_object()) answer["ResourcePolicy"] = secret->policy.dump();
  return answer;
}

}  // namespace

std::string add_secret(World& world, const std::string& region, const std::string& name,
                       const std::string& key) {
  const std::string arn = world.arn("secretsmanager", region, "secret:" + name);
  Secret secret;
  secret.document = {{"ARN", arn},
                     {"Name", name.substr(0, name.rfind('-'))},
                     {"CreatedDate", epoch(world.clock.now())},
                     {"LastChangedDate", epoch(world.clock.now())}};
  if (!key.empty()) secret.document["KmsKeyId"] = key;
  world.secrets[region].secrets[arn] = std::move(secret);
  return arn;
}

void add_secrets_operations(Registry& registry) {
  registry.add("secretsmanager", "DescribeSecret", describe_secret);
  registry.add("secretsmanager", "GetResourcePolicy", get_resource_policy);
}

}  // namespace doctor::lab
