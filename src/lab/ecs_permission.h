// Whether a role may do something, in the simple form that ECS's own checks need.
//
// Identity policies (inline and attached), the permissions boundary and the account's service control
// policies are read; conditions are taken as met. The levels and their words are those of "Troubleshoot
// access denied error messages" (IAM user guide).
#pragma once

#include <string>

#include "lab/ecs.h"

namespace doctor::lab {

struct Permission {
  bool allowed = false;
  std::string because;  // "because no identity-based policy allows the ecr:BatchGetImage action"
};

// role: ARN or name; a role that does not exist is allowed nothing.
Permission role_may(const World& world, const std::string& role, const std::string& action,
                    const std::string& resource = "*");

// "User: arn:… is not authorized to perform: ACTION on resource: RESOURCE because …"
std::string not_authorized_text(const std::string& caller_arn, const std::string& action,
                                const std::string& resource, const Permission& permission);

}  // namespace doctor::lab
