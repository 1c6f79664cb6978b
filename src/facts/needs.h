// What the words of the stops make worth looking at: a Spot interruption needs no image, a full disk no
// quota.
#pragma once

#include <string_view>

namespace doctor::facts {

enum Need : unsigned {
  kInterfaces = 1u << 0,         // who uses the addresses of the subnets
  kPath = 1u << 1,               // routes, ACLs, gateways, endpoints, groups
  kImages = 1u << 2,             // what Amazon ECR has
  kExecutionRole = 1u << 3,      // roles and their policies
  kTaskRole = 1u << 4,           //
  kServiceRole = 1u << 5,        // AWSServiceRoleForECS
  kLogs = 1u << 6,               // what the container said last
  kStorageMetrics = 1u << 7,     // ephemeral storage over time, alarms on it
  kQuotaUsage = 1u << 8,         // AWS/Usage beside the quotas
  kOrganization = 1u << 9,       // SCPs and RCPs
  kDefinitionTrail = 1u << 10,   // CloudTrail: RegisterTaskDefinition, and the revision before
  kRunTaskTrail = 1u << 11,      // CloudTrail: RunTask
  kExecTrail = 1u << 12,         // CloudTrail: ExecuteCommand
  kInterfaceTrail = 1u << 13,    // CloudTrail: CreateNetworkInterface
  kPolicyTrail = 1u << 14,       // CloudTrail: changes of role policies
  kGroupTrail = 1u << 15,        // CloudTrail: DeleteSecurityGroup
  kSubnetTrail = 1u << 16,       // CloudTrail: DeleteSubnet
  kPathTrail = 1u << 17,         // CloudTrail: routes, rules, endpoints and gateways taken away
  kTargetTrail = 1u << 18,       // CloudTrail: ModifyTargetGroup
  kLogGroupTrail = 1u << 19,     // CloudTrail: DeleteLogGroup
  kResourcePolicies = 1u << 20,  // what repositories, secrets and keys say themselves
};

// All the needs that a stopped reason, a container's reason, a service event or an error speaks of.
unsigned needs_of(std::string_view text);

}  // namespace doctor::facts
