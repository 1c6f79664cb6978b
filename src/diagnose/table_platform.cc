#include "diagnose/families.h"
#include "diagnose/table_rows.h"

// Why Fargate could not run the task on the platform version that was asked for.
//
// Priors: nearly all of these follow a change of the task definition or the service (rule of thumb: three in
// four), and the API says which. Linux has 1.3.0 and 1.4.0 (LATEST), Windows 1.0.0: Fargate platform
// versions.
// clang-format off
namespace doctor::diagnose {

FamilyRows rows_of_platform() {
  constexpr auto kFamily = kPlatformUnsupported;
  return {.fixes = {},
  .causes = {
    {"platform.unknown_version", kFamily, "the platform version does not exist", 0.18, false,
     "platform_latest roll_back_deployment",
     "PlatformUnknownException; aws ecs describe-services --query 'services[].platformVersion'"},
    {"platform.feature_needs_newer", kFamily, "the task definition uses a feature that the platform version does not have", 0.30, false,
     "platform_latest new_revision",
     "PlatformTaskDefinitionIncompatibilityException; platform version 1.3.0 with ephemeralStorage, EFS or ECS Exec"},
    {"platform.os_or_architecture", kFamily, "the operating system or CPU architecture is not offered there", 0.18, false,
     "runtime_platform run_on_demand",
     "aws ecs describe-task-definition --query 'taskDefinition.runtimePlatform' against the platform version and capacity provider"},
    {"platform.cpu_memory_combination", kFamily, "Fargate has no task size with this CPU and memory", 0.18, false,
     "valid_task_size",
     "\"No Fargate configuration exists for given values\"; aws ecs describe-task-definition --query 'taskDefinition.[cpu,memory]'"},
    {"platform.retired", kFamily, "the platform version is retired", 0.06, false,
     "platform_latest",
     "The platform version is older than those that AWS lists; Fargate platform version history"},

    {"platform.pinned_version", kFamily, "the service is pinned to a platform version instead of LATEST", 0.20, true,
     "platform_latest", "aws ecs describe-services --query 'services[].platformVersion'"},
    {"platform.changed_task_definition", kFamily, "a new task definition revision or platform setting came shortly before", 0.10, true,
     "roll_back_deployment circuit_breaker", "registeredAt in aws ecs describe-task-definition, or UpdateService in CloudTrail"},
  },
  .evidence = {
    // AWS's own error codes
    {"platform.unknown", kFamily, {{"platform.unknown_version", 300}, {"platform.retired", 100}}, "Amazon ECS API Reference: RunTask, Errors"},
    {"platform.incompatible", kFamily, {{"platform.feature_needs_newer", 100}, {"platform.os_or_architecture", 40}}, "Amazon ECS API Reference: RunTask, Errors"},
    {"platform.unsupported_feature", kFamily, {{"platform.feature_needs_newer", 60}, {"platform.os_or_architecture", 40}}, "Amazon ECS API Reference: RunTask, Errors"},
    {"platform.cpu_memory", kFamily, {{"platform.cpu_memory_combination", 500}}, "Troubleshoot Amazon ECS task definition invalid CPU or memory errors"},
    {"platform.architecture", kFamily, {{"platform.os_or_architecture", 300}}, "Fargate platform versions for Amazon ECS"},
    {"platform.retired", kFamily, {{"platform.retired", 300}}, "Fargate platform version deprecation"},
    {"platform.launch_type", kFamily, {{"platform.feature_needs_newer", 60}}, "Amazon ECS API Reference: RunTask, Errors"},
    // What was asked for
    {"platform.version_not_listed", kFamily, {{"platform.unknown_version", 40}, {"platform.retired", 0.2}}, "Fargate platform versions: no such version was ever listed"},
    {"platform.version_retired", kFamily, {{"platform.retired", 100}, {"platform.unknown_version", 0.1}}, "Fargate platform version history: 1.0.0 to 1.2.0 on Linux are gone"},
    {"platform.version_listed", kFamily, {{"platform.unknown_version", 0.05}, {"platform.retired", 0.1}}, "The version is one that AWS lists"},
    {"platform.old_version_with_feature", kFamily, {{"platform.feature_needs_newer", 50}}, "Fargate platform versions: EFS, ephemeral storage and ECS Exec came with 1.4.0"},
    {"platform.no_newer_feature", kFamily, {{"platform.feature_needs_newer", 0.3}}, "The task definition uses nothing that needs 1.4.0"},
    {"platform.system_not_offered", kFamily, {{"platform.os_or_architecture", 50}}, "ARM64 needs 1.4.0, Windows has no Spot: Fargate capacity providers"},
    {"platform.system_common", kFamily, {{"platform.os_or_architecture", 0.1}}, "Linux X86_64 is offered everywhere"},
    {"platform.size_not_offered", kFamily, {{"platform.cpu_memory_combination", 100}}, "Task CPU and memory: the pairs that Fargate offers"},
    {"platform.size_offered", kFamily, {{"platform.cpu_memory_combination", 0.05}}, "Task CPU and memory: the pairs that Fargate offers"},
    // Changes: rule of thumb, three in four incidents follow the last change that can produce them
    {"change.platform_version", kFamily, {{"platform.unknown_version", 4}, {"platform.feature_needs_newer", 2}, {"platform.retired", 2}, {"platform.changed_task_definition", 40}}, "The version is what the change set"},
    {"change.task_definition", kFamily, {{"platform.changed_task_definition", 40}}, "A new revision"},
    {"change.task_size", kFamily, {{"platform.cpu_memory_combination", 4}}, "The size is what the change set"},
    {"change.runtime_platform", kFamily, {{"platform.os_or_architecture", 6}}, "The system is what the change set"},
    {"change.ephemeral_storage", kFamily, {{"platform.feature_needs_newer", 4}}, "Needs 1.4.0"},
    {"change.volumes", kFamily, {{"platform.feature_needs_newer", 4}}, "EFS needs 1.4.0"},
    {"change.capacity_provider_strategy", kFamily, {{"platform.os_or_architecture", 2}}, "Spot offers fewer systems"},
    // Contributing
    {"platform.pinned", kFamily, {{"platform.pinned_version", 50}}, "A fixed version instead of LATEST"},
    {"platform.not_pinned", kFamily, {{"platform.pinned_version", 0.02}}, "LATEST"},
  }};
}

}  // namespace doctor::diagnose
// clang-format on
