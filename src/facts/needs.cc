#include "facts/needs.h"

#include <array>

#include "core/glob.h"

namespace doctor::facts {
namespace {

struct Row {
  std::string_view phrase;
  unsigned needs;
};

// "Stopped tasks error messages", "Service event messages" and "API failure reasons" in the ECS guide.
constexpr std::array<Row, 36> kRows{{
    {"network interface", kInterfaces | kServiceRole | kInterfaceTrail},
    {"InsufficientFreeAddresses", kInterfaces},
    {"does not have enough IP addresses", kInterfaces},
    {"InvalidGroup", kGroupTrail},
    {"InvalidSecurityGroup", kGroupTrail},
    {"SecurityGroup", kPath},
    {"InvalidSubnet", kSubnetTrail},
    {"UnauthorizedOperation", kServiceRole | kPolicyTrail},
    {"not authorized", kPolicyTrail},
    {"AccessDenied", kPolicyTrail | kExecutionRole},
    {"service control policy", kOrganization},
    {"resource control policy", kOrganization},
    {"CannotPull", kImages | kPath | kExecutionRole | kDefinitionTrail},
    {"ResourceInitializationError", kPath | kExecutionRole | kDefinitionTrail},
    {"no space left", kStorageMetrics | kImages | kLogs | kDefinitionTrail},
    {"EphemeralStorage", kStorageMetrics | kImages | kLogs | kDefinitionTrail},
    {"Essential container", kLogs | kDefinitionTrail},
    {"OutOfMemory", kLogs | kDefinitionTrail},
    {"health checks", kLogs | kTargetTrail},
    {"timeout", kPathTrail},
    {"deadline exceeded", kPathTrail},
    {"connection issue", kPathTrail},
    {"dial tcp", kPathTrail},
    {"log group", kLogGroupTrail},
    {"CannotStartContainer", kImages | kDefinitionTrail},
    {"exec format error", kImages | kDefinitionTrail},
    {"Capacity is unavailable", kQuotaUsage | kRunTaskTrail},
    {"RESOURCE:", kQuotaUsage | kRunTaskTrail},
    {"limit on the number of", kQuotaUsage | kRunTaskTrail},
    {"Throttling", kQuotaUsage | kRunTaskTrail},
    {"Rate exceeded", kQuotaUsage | kRunTaskTrail},
    {"platform", kDefinitionTrail | kRunTaskTrail},
    {"UnsupportedFeature", kDefinitionTrail | kRunTaskTrail},
    {"ClientException", kDefinitionTrail | kRunTaskTrail},
    {"ExecuteCommand", kExecTrail | kTaskRole | kPath | kPolicyTrail},
    {"execute command", kExecTrail | kTaskRole | kPath | kPolicyTrail},
}};

}  // namespace

unsigned needs_of(std::string_view text) {
  unsigned out = 0;
  for (const Row& row : kRows) {
    if (core::contains_ignoring_case(text, row.phrase)) out |= row.needs;
  }
  return out;
}

}  // namespace doctor::facts
