// The calls to AWS that a task's roles must be allowed for it to start and to be of use, out of its
// definition.
//
// "Amazon ECS task execution IAM role" and "Amazon ECS task IAM role permissions for ECS Exec" name them.
#pragma once

#include <string>
#include <vector>

#include "facts/facts.h"

namespace doctor::verify {

struct RoleCall {
  std::string role_arn, action, resource;
  std::string endpoint_service;  // whose interface endpoint the call would go by: "ecr.api"
};

std::vector<RoleCall> calls_of_task(const facts::Place& place, const facts::TaskDefinition& definition,
                                    bool exec);

}  // namespace doctor::verify
