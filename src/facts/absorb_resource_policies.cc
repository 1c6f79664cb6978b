// Policies that resources carry themselves, and which key a secret is encrypted with.
#include <array>

#include "core/arn.h"
#include "facts/reading.h"
#include "facts/resource_policy.h"
#include "facts/subject.h"

namespace doctor::facts {
namespace {

void repository_policy(Reading& in, const Json& document) {
  const std::string name = in.identity(document, "", "repositoryName");
  if (!name.empty())
    keep(in.place, {"ecr", name, text_at(document, "registryId"), policy_document(document["policyText"])});
}

// Without a policy the answer has no ResourcePolicy ("GetResourcePolicy" in the Secrets Manager reference).
void secret_policy(Reading& in, const Json& document) {
  const std::string arn = in.identity(document, "", "ARN");
  if (!arn.empty()) keep(in.place, {"secretsmanager", arn, {}, policy_document(document["ResourcePolicy"])});
}

void describe_secret(Reading& in, const Json& document) {
  const std::string arn = in.identity(document, "", "ARN");
  if (arn.empty()) return;
  in.place.secret_keys[arn] = text_at(document, "KmsKeyId");
  for (const auto key : {"LastChangedDate", "CreatedDate"}) in.time(document[key]);
}

void describe_key(Reading& in, const Json& document) {
  const Json key = document["KeyMetadata"];
  const std::string arn = in.identity(key, "KeyMetadata", "Arn");
  in.place.key_arns[in.identity(key, "KeyMetadata", "KeyId")] = arn;
  if (!is_anonymous(in.name.subject)) in.place.key_arns[std::string(in.name.subject)] = arn;
}

// These answers hold the policy alone.
void policy_of_subject(Reading& in, const Json& document, std::string_view what) {
  if (is_anonymous(in.name.subject)) {
    in.place.gaps.push_back({std::string(in.name.service),
                             std::string(in.name.operation),
                             {},
                             {},
                             "the answer does not say which " + std::string(what) + " it is about",
                             {},
                             "name the file " + std::string(in.name.service) + "." +
                                 std::string(in.name.operation) + "." + std::string(what) + ".json"});
    return;
  }
  keep(in.place,
       {std::string(in.name.service), std::string(in.name.subject), {}, policy_document(document["Policy"])});
}

void key_policy(Reading& in, const Json& document) {
  policy_of_subject(in, document, "KEY-ID");
}

void bucket_policy(Reading& in, const Json& document) {
  policy_of_subject(in, document, "BUCKET");
}

void queue_attributes(Reading& in, const Json& document) {
  const Json attributes = document["Attributes"];
  const std::string arn = text_at(attributes, "QueueArn");
  if (!arn.empty()) keep(in.place, {"sqs", arn, {}, policy_document(attributes["Policy"])});
}

constexpr std::array kResourcePoliciesRows{
    Row{"ecr", "get-repository-policy", "policyText", Shape::any, repository_policy},
    Row{"secretsmanager", "get-resource-policy", "ARN", Shape::any, secret_policy},
    Row{"secretsmanager", "describe-secret", "ARN", Shape::any, describe_secret},
    Row{"kms", "get-key-policy", "Policy", Shape::any, key_policy},
    Row{"kms", "describe-key", "KeyMetadata", Shape::object, describe_key},
    Row{"s3", "get-bucket-policy", "Policy", Shape::any, bucket_policy},
    Row{"sqs", "get-queue-attributes", "Attributes", Shape::object, queue_attributes},
};

}  // namespace

std::span<const Row> resource_policy_rows() {
  return kResourcePoliciesRows;
}

}  // namespace doctor::facts
