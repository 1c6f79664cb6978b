#include "facts/resource_policy.h"

#include <algorithm>

#include "core/arn.h"
#include "facts/subject.h"

namespace doctor::facts {
namespace {

// "web" of "repository/web", the bucket of "bucket/key", and what else stands where a policy is attached.
std::string owner_of(const core::Arn& arn) {
  constexpr std::string_view kRepository = "repository/";
  if (arn.service == "ecr" && arn.resource.starts_with(kRepository))
    return arn.resource.substr(kRepository.size());
  if (arn.service == "s3") return arn.resource.substr(0, arn.resource.find('/'));
  return {};
}

bool is_of(const ResourcePolicy& policy, std::string_view text, const core::Arn& arn) {
  if (policy.service != arn.service || policy.resource.empty()) return false;
  if (!policy.account.empty() && !arn.account.empty() && policy.account != arn.account) return false;
  if (policy.resource == text) return true;
  const std::string owner = owner_of(arn);
  if (!owner.empty()) return names_resource(policy.resource, owner);
  return !policy.resource.starts_with("arn:") && names_resource(policy.resource, text);
}

}  // namespace

const ResourcePolicy* resource_policy_of(const Place& place, std::string_view text) {
  const auto arn = core::Arn::parse(text);
  if (!arn) return nullptr;
  for (const ResourcePolicy& policy : place.resource_policies) {
    if (is_of(policy, text, *arn)) return &policy;
  }
  return nullptr;
}

void keep(Place& place, ResourcePolicy policy) {
  for (ResourcePolicy& known : place.resource_policies) {
    if (known.service == policy.service && known.resource == policy.resource &&
        known.account == policy.account) {
      known = std::move(policy);
      return;
    }
  }
  place.resource_policies.push_back(std::move(policy));
}

std::string secret_arn_of(std::string_view value_from) {
  const auto arn = core::Arn::parse(value_from);
  if (!arn || arn->service != "secretsmanager") return std::string(value_from);
  core::Arn secret = *arn;
  const auto kind = secret.resource.find(':');
  const auto end = kind == std::string::npos ? kind : secret.resource.find(':', kind + 1);
  secret.resource = secret.resource.substr(0, end);
  return secret.text();
}

// KmsKeyId: "the key ID or alias ARN"; in practice also a key's ARN or a bare alias ("DescribeSecret",
// "CreateSecret" in the Secrets Manager API reference).
std::string key_of_secret(const Place& place, std::string_view secret_arn) {
  const auto found = place.secret_keys.find(std::string(secret_arn));
  if (found == place.secret_keys.end() || found->second.empty()) return {};
  const std::string& key = found->second;
  const auto arn = core::Arn::parse(key);
  if (arn && arn->resource.starts_with("key/")) return key;
  if (const auto known = place.key_arns.find(slug(key)); known != place.key_arns.end()) return known->second;
  const auto secret = core::Arn::parse(secret_arn);
  if (!secret || key.find("alias/") != std::string::npos) return {};
  core::Arn out = *secret;
  out.service = "kms";
  out.resource = "key/" + key;
  return out.text();
}

}  // namespace doctor::facts
