// The policies that repositories, secrets and keys carry: put and deleted. With IAM in force (enforcement.h)
// they decide from the next call on.
#include "core/arn.h"
#include "iam/evaluate.h"
#include "lab/world.h"

namespace doctor::lab {
namespace {

// Whether whoever puts this policy could put another one afterwards: of the caller's own policies the best is
// assumed.
bool leaves_a_way_back(const CallContext& call, const iam::Policy& policy, const std::string& action,
                       const std::string& arn) {
  auto caller = iam::principal_of(call.caller_arn);
  if (!caller) return true;
  iam::Request request;
  request.action = action;
  request.resource = arn;
  request.principal = std::move(*caller);
  const auto asked = iam::complete_request(std::move(request));
  const auto anything =
      iam::parse_policy(policy_document("Allow", {"*"}).dump(), "", iam::PolicyKind::identity);
  if (!asked || !anything) return true;
  iam::PolicySet set;
  set.identity.emplace();
  set.identity->push_back(*anything);
  set.resource = policy;
  const auto engine = iam::Compiled::compile(std::move(set));
  const auto outcome = engine.evaluate(*asked).outcome;
  return outcome != iam::Outcome::explicit_deny && outcome != iam::Outcome::implicit_deny;
}

// --- Amazon ECR

Repository* repository_named(World& world, const CallContext& call, const json& input) {
  auto& repositories = world.ecr[call.region].repositories;
  const auto found = repositories.find(text_of(input, "repositoryName"));
  return found == repositories.end() ? nullptr : &found->second;
}

Reply unknown_repository(const World& world, const std::string& name) {
  return api_error("RepositoryNotFoundException", "The repository with name '" + name +
                                                      "' does not exist in the registry with id '" +
                                                      world.account + "'");
}

Reply set_repository_policy(World& world, const CallContext& call, const json& input) {
  const std::string name = text_of(input, "repositoryName"), text = text_of(input, "policyText");
  Repository* repository = repository_named(world, call, input);
  if (repository == nullptr) return unknown_repository(world, name);
  const auto policy = iam::parse_policy(text, "the policy", iam::PolicyKind::resource);
  const std::string refused = "Invalid parameter at 'PolicyText' failed to satisfy constraint: ";
  if (!policy)
    return api_error("InvalidParameterException", refused + "'Invalid repository policy provided'");
  const std::string arn = text_of(repository->document, "repositoryArn");
  if (!boolean_of(input, "force", false) &&
      !leaves_a_way_back(call, *policy, "ecr:SetRepositoryPolicy", arn)) {
    return api_error("InvalidParameterException",
                     refused + "'Repository policy would prevent this caller from setting another one'");
  }
  repository->policy = json::parse(text);
  return json{{"registryId", world.account}, {"repositoryName", name}, {"policyText", text}};
}

Reply delete_repository_policy(World& world, const CallContext& call, const json& input) {
  const std::string name = text_of(input, "repositoryName");
  Repository* repository = repository_named(world, call, input);
  if (repository == nullptr) return unknown_repository(world, name);
  if (!repository->policy.is_object()) {
    return api_error("RepositoryPolicyNotFoundException",
                     "Repository policy does not exist for the repository with name '" + name +
                         "' in the registry with id '" + world.account + "'");
  }
  const std::string text = repository->policy.dump();
  repository->policy = nullptr;
  return json{{"registryId", world.account}, {"repositoryName", name}, {"policyText", text}};
}

// --- AWS Secrets Manager

Secret* secret_named(World& world, const CallContext& call, const json& input) {
  const std::string asked = text_of(input, "SecretId");
  for (auto& [arn, secret] : world.secrets[call.region].secrets) {
    if (arn == asked || text_of(secret.document, "Name") == asked) return &secret;
  }
  return nullptr;
}

json name_of(const Secret& secret) {
  return {{"ARN", member_of(secret.document, "ARN")}, {"Name", member_of(secret.document, "Name")}};
}

// Whoever it is: BlockPublicPolicy refuses that ("PutResourcePolicy").
bool is_for_everybody(const json& policy) {
  for (const json& statement : list_of(policy, "Statement")) {
    const json& principal = member_of(statement, "Principal");
    const bool all = principal == "*" || member_of(principal, "AWS") == "*";
    if (all && text_of(statement, "Effect") == "Allow" && !statement.contains("Condition")) return true;
  }
  return false;
}

Reply put_resource_policy(World& world, const CallContext& call, const json& input) {
  Secret* secret = secret_named(world, call, input);
  if (secret == nullptr)
    return api_error("ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
  const std::string text = text_of(input, "ResourcePolicy");
  if (!iam::parse_policy(text, "the policy", iam::PolicyKind::resource)) {
    return api_error("MalformedPolicyDocumentException",
                     "This resource policy contains a syntax error or is not valid.");
  }
  json policy = json::parse(text);
  if (boolean_of(input, "BlockPublicPolicy", false) && is_for_everybody(policy)) {
    return api_error("PublicPolicyException",
                     "You can't set a resource policy that allows broad access to the secret.");
  }
  secret->policy = std::move(policy);
  return name_of(*secret);
}

// A secret without a policy is no error.
Reply delete_resource_policy(World& world, const CallContext& call, const json& input) {
  Secret* secret = secret_named(world, call, input);
  if (secret == nullptr)
    return api_error("ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
  secret->policy = nullptr;
  return name_of(*secret);
}

// --- AWS KMS

// By id or ARN, not by alias ("PutKeyPolicy"); and not a policy that would leave the key without anybody who
// can change it, unless the caller says so.
Reply put_key_policy(World& world, const CallContext& call, const json& input) {
  const std::string asked = text_of(input, "KeyId"), id(core::short_name(asked));
  auto& policies = world.kms[call.region].policies;
  const auto found = policies.find(id);
  const std::string arn = world.arn("kms", call.region, "key/" + id);
  if (found == policies.end() || asked.rfind("alias/", 0) == 0)
    return api_error("NotFoundException", "Key '" + arn + "' does not exist");
  if (text_of(input, "PolicyName", "default") != "default")
    return api_error("NotFoundException", "No such policy exists");
  const std::string text = text_of(input, "Policy");
  const auto policy = iam::parse_policy(text, "the policy", iam::PolicyKind::resource);
  if (!policy) return api_error("MalformedPolicyDocumentException", policy.error().sentence);
  if (!boolean_of(input, "BypassPolicyLockoutSafetyCheck", false) &&
      !leaves_a_way_back(call, *policy, "kms:PutKeyPolicy", arn)) {
    return api_error("MalformedPolicyDocumentException",
                     "The new key policy will not allow you to update the key policy in the future.");
  }
  found->second = json::parse(text);
  return json::object();
}

}  // namespace

void add_resource_policy_operations(Registry& registry) {
  registry.add("ecr", "SetRepositoryPolicy", set_repository_policy);
  registry.add("ecr", "DeleteRepositoryPolicy", delete_repository_policy);
  registry.add("secretsmanager", "PutResourcePolicy", put_resource_policy);
  registry.add("secretsmanager", "DeleteResourcePolicy", delete_resource_policy);
  registry.add("kms", "PutKeyPolicy", put_key_policy);
}

}  // namespace doctor::lab
