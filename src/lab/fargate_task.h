// The life of one Fargate task, on the simulated clock:
//
//   PROVISIONING  an elastic network interface is made in the task's subnet      ~10 s
//   PENDING       registry authorization, secrets, logs; then the images         as long as the pull takes
//   ACTIVATING    targets are registered                                         ~2 s
//   RUNNING       the application behaves as its AppBehaviour says
//   DEACTIVATING  targets drain for their deregistration delay
//   STOPPING      SIGTERM, then SIGKILL after stopTimeout
//   DEPROVISIONING the interface goes                                            ~12 s
//   STOPPED       shown for an hour, then forgotten
//
// "Amazon ECS task lifecycle" (developer guide). A Spot interruption is the warning, SIGTERM at the same
// time, and SIGKILL after stopTimeout; it does not wait for targets to drain ("Amazon ECS clusters for the
// Fargate launch type", termination notices).
#pragma once

#include <string>

#include "lab/ecs.h"

namespace doctor::lab {

struct Launch {
  std::string cluster, task_definition_arn, group, service, deployment, started_by;
  std::string provider, launch_type = "FARGATE", platform_version = "1.4.0";
  NetworkChoice network;
  std::string subnet;  // one of the network's
  bool exec_enabled = false;
  json overrides = json::object();
  Tags tags;
};

enum class Denial { none, capacity, vcpu_quota, spot_vcpu_quota, rate, no_zone };

// The words of failures[].reason and of "was unable to place a task. Reason: …".
std::string denial_text(Denial denial);

// Chooses the zone and subnet (fewest of `spread` tasks first, next zone where one has no capacity), takes
// capacity and starts the task. Denial says why there is none; then nothing has changed.
struct Launched {
  TaskRecord* task = nullptr;
  Denial denial = Denial::none;
};
Launched launch_task(const EcsScope& here, const Launch& launch,
                     const std::vector<const TaskRecord*>& spread);

// Asks a task to stop. Nothing where it is stopping already.
void stop_task(const EcsScope& here, TaskRecord& task, const std::string& code, const std::string& reason);

// The notice: event now, SIGTERM now, SIGKILL after stopTimeout.
void interrupt_spot_task(const EcsScope& here, TaskRecord& task);

// AWS takes Spot capacity of a zone back: every Spot task there is interrupted over `spread_over`, and none
// is launched until give_back_spot().
void withdraw_spot(const EcsScope& here, const std::string& zone, core::Duration spread_over);
void give_back_spot(const EcsScope& here, const std::string& zone);

// A target that does not answer, or the container's own health check: the scheduler replaces the task.
void fail_health_check(const EcsScope& here, TaskRecord& task);

double quota_vcpus(const EcsScope& here, const std::string& pool);

}  // namespace doctor::lab
