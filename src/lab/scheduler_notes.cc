// What tasks tell the scheduler, and what it concludes: failures, throttling, replacements.
#include <algorithm>
#include <cmath>

#include "lab/fargate_task.h"
#include "lab/scheduler.h"

namespace doctor::lab {

using namespace std::chrono_literals;

namespace {

constexpr int kImpairedAfter = 3;  // launches that failed in a row
constexpr Duration kLongestThrottle = 15min;

ServiceRecord* service_of(const EcsScope& here, const TaskRecord& task) {
  return task.service.empty() ? nullptr : find_service_record(here, task.cluster, task.service);
}

bool failed_start(const TaskRecord& task) {
  return task.stop_code == "TaskFailedToStart" ||
         (!task.was_healthy && task.stop_code == "EssentialContainerExited") ||
         task.stopped_reason.rfind("Task failed ", 0) == 0;
}

void count_failure(const EcsScope& here, ServiceRecord& service, TaskRecord& task) {
  if (task.counted_failure || !failed_start(task)) return;
  task.counted_failure = true;
  if (task.was_healthy) return;  // it had started well: no failure of the deployment
  DeploymentRecord* deployment = deployment_of(service, task.deployment);
  if (deployment && !deployment->first_steady) {
    ++deployment->failed_tasks;
    deployment->updated_at = here.now();
  }
  if (++service.consecutive_failures < kImpairedAfter) return;
  const int doubling = std::min(service.consecutive_failures - kImpairedAfter, 10);
  service.not_before = here.now() + std::min<Duration>(kLongestThrottle, Duration{10s} * (1 << doubling));
  if (service.impaired_said) return;
  service.impaired_said = true;
  say(here, service, "(service " + service.name + ") is unable to consistently start tasks successfully.");
  service_action_event(here, service, "WARN", "SERVICE_TASK_START_IMPAIRED");
}

}  // namespace

void note_registered(const EcsScope& here, const TaskRecord& task, const std::string& target_group) {
  if (ServiceRecord* service = service_of(here, task)) {
    service->said.erase("(service " + service->name + ") registered 1 targets in (target-group " +
                        target_group + ")");
    say(here, *service,
        "(service " + service->name + ") registered 1 targets in (target-group " + target_group + ")");
  }
}

void note_deregistered(const EcsScope& here, const TaskRecord& task, const std::string& target_group) {
  if (ServiceRecord* service = service_of(here, task)) {
    const std::string text =
        "(service " + service->name + ") deregistered 1 targets in (target-group " + target_group + ")";
    service->said.erase(text);
    say(here, *service, text);
  }
}

void note_draining(const EcsScope& here, const TaskRecord& task) {
  if (ServiceRecord* service = service_of(here, task)) {
    const std::string text = "(service " + service->name + ") has begun draining connections on 1 tasks.";
    service->said.erase(text);
    say(here, *service, text);
  }
}

void note_task_healthy(const EcsScope& here, TaskRecord& task) {
  ServiceRecord* service = service_of(here, task);
  if (!service) return;
  service->consecutive_failures = 0;
  service->impaired_said = false;
  service->not_before = {};
  if (DeploymentRecord* deployment = deployment_of(*service, task.deployment)) {
    deployment->first_steady = true;  // "resets to zero and stops being evaluated" (Deployment, failedTasks)
    deployment->failed_tasks = 0;
  }
  request_reconcile(here, task.cluster, task.service, 1s);
}

void note_task_stopping(const EcsScope& here, TaskRecord& task) {
  if (ServiceRecord* service = service_of(here, task)) {
    service->steady_since.reset();
    count_failure(here, *service, task);
    request_reconcile(here, task.cluster, task.service, 4s);
  }
}

void note_task_stopped(const EcsScope& here, TaskRecord& task) {
  request_reconcile(here, task.cluster, task.service, 5s);
}

namespace {

void fail_container_check(const EcsScope& here, ServiceRecord* service, TaskRecord& task) {
  task.health = "UNHEALTHY";
  for (auto& container : task.containers) container.health = "UNHEALTHY";
  if (!service) {
    task_changed(here, task);
    return;  // nobody replaces a task that no service owns ("Determine Amazon ECS task health")
  }
  say(here, *service,
      "(service " + service->name + ") (task " + task.id + ") failed container health checks.");
  stop_task(here, task, "ServiceSchedulerInitiated", "Task failed container health checks");
}

}  // namespace

void fail_health_check(const EcsScope& here, TaskRecord& task) {
  ServiceRecord* service = service_of(here, task);
  if (!service || service->load_balancers.empty()) return fail_container_check(here, service, task);
  const TargetBinding& binding = service->load_balancers.front();
  const std::string reason = "Health checks failed with these codes: [503]";
  set_target_health(here.world, here.region, binding.target_group_arn, task.attachment.private_ip,
                    "unhealthy", "Target.ResponseCodeMismatch", reason);
  say(here, *service,
      "(service " + service->name + ") (port " + std::to_string(binding.container_port) +
          ") is unhealthy in (target-group " + binding.target_group_arn + ") due to (reason " + reason +
          ").");
  stop_task(here, task, "ServiceSchedulerInitiated",
            "Task failed ELB health checks in (target-group " + binding.target_group_arn + ")");
  say(here, *service, "(service " + service->name + ") has stopped 1 running tasks: (task " + task.id + ").");
}

}  // namespace doctor::lab
