#include "diagnose/resource_sight.h"

#include <fmt/format.h>

#include <array>

#include "core/arn.h"
#include "diagnose/level_sight.h"
#include "facts/resource_policy.h"

namespace doctor::diagnose {
namespace {

struct ResourceKind {
  std::string_view service, prefix;  // of the ARN and its resource part
  std::string_view word;             // "the repository"
  std::string_view operation;        // that answers the policy
};
constexpr std::array<ResourceKind, 5> kKinds{{
    {"ecr", "repository/", "the repository", "get-repository-policy"},
    {"secretsmanager", "secret:", "the secret", "get-resource-policy"},
    {"kms", "key/", "the key", "get-key-policy"},
    {"sqs", "", "the queue", "get-queue-attributes"},
    {"s3", "", "the bucket", "get-bucket-policy"},
}};

const ResourceKind* kind_of(const core::Arn& arn) {
  for (const ResourceKind& kind : kKinds) {
    if (arn.service == kind.service && arn.resource.starts_with(kind.prefix)) return &kind;
  }
  return nullptr;
}

// "the repository team/web", "the bucket logs"
std::string name_of(const core::Arn& arn, const ResourceKind& kind) {
  std::string_view name = arn.resource;
  name.remove_prefix(kind.prefix.size());
  if (kind.service == "s3") name = name.substr(0, name.find('/'));
  return fmt::format("{} {}", kind.word, name);
}

// The answer to the call needs the resource's own Allow, and it is not known whether there is one.
PolicySight unread(const std::string& name, const core::Arn& arn, const ResourceKind& kind,
                   const Call& call) {
  return {PolicyLevel::resource,
          Grant::depends,
          name,
          fmt::format("{} belongs to account {}, whose policy for it was not read and must allow {}", name,
                      arn.account, call.action),
          {std::string(kind.service), std::string(kind.operation), {}, "policy", name, std::nullopt}};
}

}  // namespace

std::optional<Document> own_policy_of(const facts::Place& place, const std::string& resource) {
  const auto arn = core::Arn::parse(resource);
  const ResourceKind* kind = arn ? kind_of(*arn) : nullptr;
  const facts::ResourcePolicy* policy =
      kind == nullptr ? nullptr : facts::resource_policy_of(place, resource);
  if (policy == nullptr) return std::nullopt;
  return Document{name_of(*arn, *kind), policy->document};
}

std::optional<PolicySight> resource_sight(const Request& request, const Call& call) {
  const auto arn = core::Arn::parse(call.resource), caller = core::Arn::parse(request.principal);
  const ResourceKind* kind = arn ? kind_of(*arn) : nullptr;
  if (kind == nullptr || !caller) return std::nullopt;
  const bool foreign = core::is_account_id(arn->account) && arn->account != caller->account;
  const std::string name = name_of(*arn, *kind);
  if (!request.own_policy) {
    if (!foreign) return std::nullopt;
    return unread(name, *arn, *kind, call);
  }
  const bool none = request.own_policy->text.empty();
  if (none && !foreign) return std::nullopt;  // of a key it would be an answer that says nothing
  std::vector<Document> documents;
  if (!none) documents.push_back(*request.own_policy);
  PolicySight sight =
      sight_from(PolicyLevel::resource, documents, request, call,
                 {"the policy of {}", "no statement of the policy of " + name},
                 {std::string(kind->service), std::string(kind->operation), {}, "policy", {}, std::nullopt});
  if (none && sight.grant == Grant::absent)
    sight.why = fmt::format("{} has no policy, and one must allow account {} to use {}", name,
                            caller->account, call.action);
  if (sight.source.value.empty()) sight.source.value = name;
  return sight;
}

}  // namespace doctor::diagnose
