// What a resource's own policy says of a call: the policy of a repository, a secret, a key, a queue, a
// bucket.
//
// In the account of the resource it can only deny, or grant besides; a call from another account, and one
// that uses a KMS key, it must allow ("Cross-account policy evaluation logic" in the IAM user guide, "Key
// policies in AWS KMS").
#pragma once

#include <optional>

#include "diagnose/policy_decision.h"
#include "diagnose/policy_sight.h"

namespace doctor::diagnose {

// The resource's own policy as a document named "the repository web"; nothing where it was not read.
std::optional<Document> own_policy_of(const facts::Place& place, const std::string& resource);

// Nothing where the resource carries no policy, or none that was read and none that must allow.
std::optional<PolicySight> resource_sight(const Request& request, const Call& call);

}  // namespace doctor::diagnose
