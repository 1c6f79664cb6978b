#include "facts/needs.h"

#include <algorithm>
#include <array>

#include "core/glob.h"

namespace doctor::facts {
namespace {

struct NeedRow {
  std::string_view phrase;
  unsigned needs;
};

// "Stopped tasks error messages", "Service event messages" and "API failure reasons" in the ECS guide.
constexpr std::array<NeedRow, 39> kNeedRows{{
    {"network interface", kInterfaces | kServiceRole | kInterfaceTrail},
    {"InsufficientFreeAddresses", kInterfaces},
    {"does not have enough IP addresses", kInterfaces},
    {"InvalidGroup", kGroupTrail},
    {"InvalidSecurityGroup", kGroupTrail},
    {"SecurityGroup", kPath},
    {"InvalidSubnet", kSubnetTrail},
    {"UnauthorizedOperation", kServiceRole | kPolicyTrail},
    {"not authorized", kPolicyTrail},
    {"AccessDenied", kPolicyTrail | kExecutionRole | kResourcePolicies},
    {"403 Forbidden", kResourcePolicies},
    {"resource-based policy", kResourcePolicies},
    {"service control policy", kOrganization},
    {"resource control policy", kOrganization},
    {"TargetNotConnected", kOrganization},
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

// A refusal that does not say which level lacks the Allow may come from the organization.
bool is_refusal_without_a_level(std::string_view text) {
  constexpr std::array<std::string_view, 3> kRefusals{"UnauthorizedOperation", "not authorized",
                                                      "AccessDenied"};
  return !core::contains_ignoring_case(text, "policy allows") &&
         std::any_of(kRefusals.begin(), kRefusals.end(),
                     [&](std::string_view phrase) { return core::contains_ignoring_case(text, phrase); });
}

}  // namespace

unsigned needs_of(std::string_view text) {
  unsigned out = 0;
  for (const NeedRow& row : kNeedRows) {
    if (core::contains_ignoring_case(text, row.phrase)) out |= row.needs;
  }
  if (is_refusal_without_a_level(text)) out |= kOrganization;
  return out;
}

}  // namespace doctor::facts
