// Whether a task's interface reaches a service on 443, in the simple form that a task's start needs.
//
// Looks at the security groups' egress, the subnet's network ACL (both directions), an endpoint of the VPC
// for that service and its groups, and else the default route: a NAT gateway, or an internet gateway with a
// public address ("Amazon ECS task networking options for Fargate"). Names need the VPC's resolver.
#pragma once

#include <string>

#include "lab/ecs.h"

namespace doctor::lab {

enum class Way { none, endpoint, nat, internet };

// service: "ecr.api", "ecr.dkr", "s3", "logs", "ssmmessages", "secretsmanager", "ssm"; or "internet".
Way way_to(const EcsScope& here, const NetworkChoice& network, const std::string& subnet,
           const std::string& service);

}  // namespace doctor::lab
