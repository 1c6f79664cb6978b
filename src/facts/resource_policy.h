// Policies of the resources themselves, by the ARN of the resource.
//
//   const ResourcePolicy* policy = resource_policy_of(place,
//   "arn:aws:ecr:eu-west-1:111122223333:repository/web"); policy == nullptr          nobody asked, or nobody
//   may know policy->document.empty()   it has none
#pragma once

#include <string>
#include <string_view>

#include "facts/facts.h"

namespace doctor::facts {

const ResourcePolicy* resource_policy_of(const Place& place, std::string_view arn);

// Adds it, or replaces what an earlier answer said of the same resource.
void keep(Place& place, ResourcePolicy policy);

// "arn:aws:secretsmanager:…:secret:name-AbCdEf:json-key:stage:id", as a task definition names it, without
// what follows the name; another text stays as it is.
std::string secret_arn_of(std::string_view value_from);

// The key that a secret is encrypted with ("DescribeSecret"): its ARN; "" where that is AWS's own key, where
// the secret was not described, or where an alias was not resolved.
std::string key_of_secret(const Place& place, std::string_view secret_arn);

}  // namespace doctor::facts
