#include "diagnose/sign_rows.h"

// One row a wording: id, phrases, family, cause, specificity, meaning, document.
// clang-format off
namespace doctor::diagnose {
namespace {

using namespace title;

constexpr std::string_view kExited = "A container that the task cannot run without ended by itself; its exit code and its logs say why.";
constexpr std::string_view kMemory = "A container used more memory than its limit and was killed.";
constexpr std::string_view kElb = "The load balancer's health checks of the task failed, so the service stopped it.";
constexpr std::string_view kOwnHealth = "The health check that the container definition sets failed, so the task was stopped.";
constexpr std::string_view kScaling = "The service stopped the task to reach its desired count, or to replace it by a newer deployment's task.";
constexpr std::string_view kUser = "Someone or something called StopTask, scaled in by hand or deleted the service; CloudTrail names the caller.";
constexpr std::string_view kRetired = "AWS stopped the task to maintain or renew the infrastructure below it.";
constexpr std::string_view kRuntimeFailed = "The container runtime on AWS's side could not do what ECS asked of it.";

std::vector<Sign> application_signs() {
  return {
      {"stop.essential_exited", "essential container in task exited", kNone, "stop.application_exit", 40, kExited, kWhyStopped},
      {"stop.essential_exited", "essentialcontainerexited", kNone, "stop.application_exit", 10, kExited, kTaskStates},
      {"stop.out_of_memory", "outofmemoryerror", kNone, "stop.out_of_memory", 60, kMemory, kOutOfMemory},
      {"stop.out_of_memory", "killed due to memory usage", kNone, "stop.out_of_memory", 60, kMemory, kOutOfMemory},
      {"stop.out_of_memory", "oomkilled", kNone, "stop.out_of_memory", 58, kMemory, kOutOfMemory},
      {"stop.out_of_memory", "out of memory: kill", kNone, "stop.out_of_memory", 55, kMemory, kOutOfMemory},
      {"stop.command_not_found", "executable file not found", kNone, "stop.application_exit", 50, "The container's command or entry point is not in the image.", kCannotStart},
      {"stop.command_not_found", "cannotstartcontainererror|no such file or directory", kNone, "stop.application_exit", 55, "The container's command or entry point is not in the image.", kCannotStart},
      {"stop.command_not_found", "cannotstartcontainererror|permission denied", kNone, "stop.application_exit", 55, "The container's command or entry point may not be executed.", kCannotStart},
      {"stop.cannot_start", "cannotstartcontainererror", kNone, "stop.application_exit", 30, "The container could not be started; what follows says why.", kCannotStart},
      {"stop.cannot_start", "cannotcreatecontainererror", kNone, "stop.application_exit", 30, "The container could not be created; what follows says why.", kStopped},
      {"stop.exit_137", "exit code 137", kNone, "", 35, "Exit code 137: the container was killed (SIGKILL), for memory, or because it did not end within its stop timeout.", kWhyStopped},
      {"stop.exit_137", "exitcode: 137", kNone, "", 35, "Exit code 137: the container was killed (SIGKILL), for memory, or because it did not end within its stop timeout.", kWhyStopped},
      {"stop.exit_143", "exit code 143", kNone, "", 35, "Exit code 143: the container was asked to end (SIGTERM) and did not handle the signal itself.", kWhyStopped},
      {"stop.exit_143", "exitcode: 143", kNone, "", 35, "Exit code 143: the container was asked to end (SIGTERM) and did not handle the signal itself.", kWhyStopped},
      {"stop.exit_139", "exit code 139", kNone, "stop.application_exit", 35, "Exit code 139: the application crashed (SIGSEGV).", kWhyStopped},
      {"stop.exit_134", "exit code 134", kNone, "stop.application_exit", 35, "Exit code 134: the application aborted (SIGABRT).", kWhyStopped},
      {"stop.exit_255", "exit code 255", kNone, "stop.application_exit", 35, "Exit code 255: the application ended with an error of its own.", kWhyStopped},
      {"stop.exit_1", "exit code 1", kNone, "stop.application_exit", 35, "Exit code 1: the application ended with an error of its own.", kWhyStopped},
      {"stop.exit_2", "exit code 2", kNone, "stop.application_exit", 35, "Exit code 2: the application or its shell was called wrongly.", kWhyStopped},
      {"stop.exit_126", "exit code 126", kNone, "stop.application_exit", 35, "Exit code 126: the container's command may not be executed.", kWhyStopped},
      {"stop.exit_127", "exit code 127", kNone, "stop.application_exit", 35, "Exit code 127: the container's command is not in the image.", kWhyStopped},
      {"stop.exit_0", "exit code 0", kNone, "stop.application_exit", 35, "Exit code 0: the container ended of its own accord; a service needs one that stays.", kWhyStopped},
  };
}

std::vector<Sign> health_signs() {
  return {
      {"stop.load_balancer_health", "task failed elb health checks", kNone, "stop.load_balancer_health", 60, kElb, kHealthChecks},
      {"stop.load_balancer_health", "is unhealthy in (target-group", kNone, "stop.load_balancer_health", 58, kElb, kServiceEvents},
      {"stop.load_balancer_health", "is unhealthy in target-group", kNone, "stop.load_balancer_health", 58, kElb, kServiceEvents},
      {"stop.load_balancer_health", "is unhealthy in (elb", kNone, "stop.load_balancer_health", 58, kElb, kServiceEvents},
      {"stop.load_balancer_health", "is not healthy in target-group", kNone, "stop.load_balancer_health", 58, kElb, kServiceEvents},
      {"stop.load_balancer_health", "is not healthy in (target-group", kNone, "stop.load_balancer_health", 58, kElb, kServiceEvents},
      {"stop.load_balancer_health", "failed at least the unhealthythreshold number of health checks", kNone, "stop.load_balancer_health", 58, kElb, kServiceEvents},
      {"stop.load_balancer_health", "health checks failed with these codes", kNone, "stop.load_balancer_health", 55, "The target answered its health check with a status code that the target group does not accept.", kHealthChecks},
      {"stop.load_balancer_health", "target.responsecodemismatch", kNone, "stop.load_balancer_health", 55, "The target answered its health check with a status code that the target group does not accept.", kHealthChecks},
      {"stop.load_balancer_health", "target.failedhealthchecks", kNone, "stop.load_balancer_health", 55, "The target did not answer its health check as it must.", kHealthChecks},
      {"stop.load_balancer_health", "target.timeout", kNone, "stop.load_balancer_health", 55, "The target did not answer its health check in time.", kHealthChecks},
      {"stop.container_health", "failed container health checks", kNone, "stop.container_health", 60, kOwnHealth, kContainerHealth},
      {"stop.container_health", "service discovery|instance unhealthy", kNone, "stop.container_health", 40, kOwnHealth, kContainerHealth},
      {"stop.container_health", "service_discovery_instance_unhealthy", kNone, "stop.container_health", 45, kOwnHealth, kContainerHealth},
  };
}

std::vector<Sign> scheduler_signs() {
  return {
      {"stop.scaling_activity", "scaling activity initiated by", kNone, "stop.deployment", 55, kScaling, kWhyStopped},
      {"stop.scheduler_initiated", "serviceschedulerinitiated", kNone, "", 10, "The service scheduler stopped the task: a deployment, a scale-in, failed health checks or AWS's maintenance.", kTaskStates},
      {"stop.user_initiated", "userinitiated", kNone, "stop.user", 10, kUser, kTaskStates},
      {"stop.user_initiated", "task stopped by user", kNone, "stop.user", 55, kUser, kWhyStopped},
      {"stop.user_initiated", "task stopped by:", kNone, "stop.user", 50, kUser, kWhyStopped},
      {"stop.failed_to_start", "taskfailedtostart", kNone, "", 10, "The task ended before its containers ran; its stopped reason says why.", kFailedToStart},
      {"stop.rolled_back", "rolling back to", kNone, "stop.deployment", 50, "The deployment failed and ECS goes back to the revision before it.", kCircuitBreaker},
      {"stop.deployment_failed", "ecs deployment circuit breaker", kNone, "", 40, "The deployment's tasks keep failing, so ECS gave the deployment up; the tasks' own reasons say why.", kCircuitBreaker},
      {"stop.deployment_failed", "deployment failed: tasks failed to start", kNone, "", 40, "The deployment's tasks keep failing, so ECS gave the deployment up; the tasks' own reasons say why.", kServiceEvents},
      {"stop.deployment_failed", "service_deployment_failed", kNone, "", 40, "The deployment's tasks keep failing, so ECS gave the deployment up; the tasks' own reasons say why.", kCircuitBreaker},
      {"stop.deployment_failed", "is unable to consistently start tasks", kNone, "", 40, "The service's tasks keep failing to start, so ECS waits longer between its attempts.", kServiceEvents},
      {"stop.deployment_failed", "service_task_start_impaired", kNone, "", 40, "The service's tasks keep failing to start, so ECS waits longer between its attempts.", kServiceEvents},
      {"stop.deployment_stuck", "unable to stop or start tasks during a deployment", kNone, "", 50, "The minimum healthy and maximum percent leave the deployment no task to stop or start.", kServiceEvents},
      {"stop.protected_tasks", "protected tasks are more than the desired count", kNone, "", 50, "More tasks are protected from scale-in than the service should run.", kServiceEvents},
      {"stop.placement_failure", "was unable to place a task", kNone, "", 8, "The service could not place a task; the reason after it says why.", kServiceEvents},
      {"stop.placement_failure", "service_task_placement_failure", kNone, "", 8, "The service could not place a task; the reason beside it says why.", kServiceEvents},
  };
}

std::vector<Sign> infrastructure_signs() {
  return {
      {"stop.retirement", "performing maintenance on the underlying infrastructure", kNone, "stop.retirement", 62, kRetired, kMaintenance},
      {"stop.retirement", "scheduled for retirement", kNone, "stop.retirement", 60, kRetired, kMaintenance},
      {"stop.retirement", "fargate retirement", kNone, "stop.retirement", 58, kRetired, kMaintenance},
      {"stop.retirement", "task retirement", kNone, "stop.retirement", 55, kRetired, kMaintenance},
      {"stop.retirement", "aws_ecs_task_patching_retirement", kNone, "stop.retirement", 60, kRetired, kMaintenance},
      {"stop.retirement", "patching_retirement", kNone, "stop.retirement", 55, kRetired, kMaintenance},
      {"stop.host_failure", "host ec2|terminated", kNone, "stop.host_failure", 55, "The instance below the task ended.", kWhyStopped},
      {"stop.host_failure", "host ec2|stopped", kNone, "stop.host_failure", 55, "The instance below the task stopped.", kWhyStopped},
      {"stop.host_failure", "underlying host", kNone, "stop.host_failure", 50, "The host below the task failed.", kWhyStopped},
      {"stop.host_failure", "underlying hardware", kNone, "stop.host_failure", 50, "The hardware below the task failed.", kWhyStopped},
      {"stop.host_failure", "timeout waiting for ephemeralstorage provisioning", kNone, "stop.host_failure", 58, "AWS did not provide the task's ephemeral storage in time.", kFailedToStart},
      {"stop.runtime_failed", "containerruntimetimeouterror", kNone, "stop.host_failure", 50, "The container did not start or stop within the runtime's time limit.", kRuntimeTimeout},
      {"stop.runtime_failed", "dockertimeouterror", kNone, "stop.host_failure", 50, "The container did not start or stop within the runtime's time limit (platform 1.3.0 or before).", kRuntimeTimeout},
      {"stop.runtime_failed", "containerruntimeerror", kNone, "stop.host_failure", 45, kRuntimeFailed, kRuntime},
      {"stop.runtime_failed", "cannotinspectcontainererror", kNone, "stop.host_failure", 45, kRuntimeFailed, kInspect},
      {"stop.runtime_failed", "cannotstopcontainererror", kNone, "stop.host_failure", 45, "The container runtime could not stop the container.", kCannotStop},
      {"stop.internal_error", "internalerror", kNone, "stop.host_failure", 22, "AWS reports an error on its own side.", kInternal},
      {"stop.agent_disconnected", "taskfailedtostart: agent", kNone, "", 45, "The instance's ECS agent is not connected (EC2 capacity, not Fargate).", kFailures},
  };
}

// News of a healthy service and of calls that say little: explain knows them, and an incident is never made
// of them (their ids begin with "event.").
std::vector<Sign> news_signs() {
  return {
      {"event.steady_state", "has reached a steady state", kNone, "", 30, "The service runs as many healthy tasks as it should: no failure.", kServiceEvents},
      {"event.steady_state", "service_steady_state", kNone, "", 30, "The service runs as many healthy tasks as it should: no failure.", kServiceEvents},
      {"event.deployment_completed", "deployment completed", kNone, "", 30, "The deployment is done: no failure.", kServiceEvents},
      {"event.started", "has started|tasks: (task", kNone, "", 25, "The service started tasks: no failure by itself.", kServiceEvents},
      {"event.stopped", "has stopped|running tasks", kNone, "", 25, "The service stopped tasks; the tasks' own stopped reasons say why.", kServiceEvents},
      {"event.draining", "has begun draining connections on", kNone, "", 25, "The load balancer lets the requests of tasks that go end: part of every stop behind a load balancer.", kServiceEvents},
      {"event.registered", "registered|targets in (target-group", kNone, "", 25, "Tasks were added to or taken from the target group: no failure by itself.", kServiceEvents},
      {"event.pass_role", "not authorized to perform: iam:passrole", kNone, "", 60, "The caller may not hand the task's roles to ECS; the call was refused and nothing was stopped.", kAccessDenied},
      {"event.caller_denied", "not authorized to perform: ecs:", kNone, "", 30, "The caller may not make this ECS call; nothing was stopped.", kAccessDenied},
      {"event.denied_by_scp", "explicit deny in a service control policy", kNone, "", 12, "A service control policy of the organization denies the call.", kAccessDenied},
      {"event.denied_by_scp", "no service control policy allows", kNone, "", 12, "No service control policy of the organization allows the call.", kAccessDenied},
      {"event.denied_by_rcp", "resource control policy", kNone, "", 12, "A resource control policy of the organization denies the call.", kAccessDenied},
      {"event.denied_by_boundary", "in a permissions boundary", kNone, "", 12, "The caller's permissions boundary denies the call.", kAccessDenied},
      {"event.denied_by_boundary", "no permissions boundary allows", kNone, "", 12, "The caller's permissions boundary does not allow the call.", kAccessDenied},
      {"event.denied_by_session_policy", "no session policy allows", kNone, "", 12, "The policy that the caller's session was opened with does not allow the call.", kAccessDenied},
      {"event.denied_by_endpoint_policy", "no vpc endpoint policy allows", kNone, "", 12, "The policy of the VPC endpoint that the call went through does not allow it.", kAccessDenied},
      {"event.denied_by_identity", "no identity-based policy allows", kNone, "", 12, "No policy of the caller allows the call.", kAccessDenied},
      {"event.denied", "explicit deny in an identity-based policy", kNone, "", 12, "A policy of the caller denies the call.", kAccessDenied},
      {"event.denied", "accessdenied", kNone, "", 5, "AWS refused the call; the rest of its answer names the action and the policy.", kAccessDenied},
      {"event.cluster_missing", "clusternotfoundexception", kNone, "", 50, "There is no cluster of this name in this region and account.", kEcsErrors},
      {"event.service_missing", "servicenotfoundexception", kNone, "", 50, "There is no service of this name in this cluster.", kEcsErrors},
      {"event.execution_role_needed", "fargate requires task definition to have execution role arn", kNone, "", 60, "The task definition needs an execution role to pull from Amazon ECR or to write logs.", kExecutionRole},
  };
}

}  // namespace

std::vector<Sign> signs_of_stops() {
  std::vector<Sign> all;
  for (auto signs_of : {application_signs, health_signs, scheduler_signs, infrastructure_signs, news_signs}) {
    const std::vector<Sign> signs = signs_of();
    all.insert(all.end(), signs.begin(), signs.end());
  }
  return all;
}

}  // namespace doctor::diagnose
