// From RUNNING to STOPPED, by whatever cause.
#include <algorithm>

#include "lab/fargate_running.h"
#include "lab/fargate_task.h"
#include "lab/scheduler.h"

namespace doctor::lab {

using namespace std::chrono_literals;

namespace {

constexpr int kKilled = 137, kTerminated = 143;

template <class Step>
void after(const EcsScope& here, const TaskRecord& task, Duration delay, Step step) {
  here.world.clock.schedule_in(delay, [&world = here.world, region = here.region, id = task.id, step] {
    const EcsScope then = ecs_in(world, region);
    if (TaskRecord* found = task_by_id(then, id)) step(then, *found);
  });
}

void forget(const EcsScope& here, TaskRecord& task) {
  ServiceRecord* service = find_service_record(here, task.cluster, task.service);
  if (service && !task.service.empty()) service->tasks.erase(task.id);
  here.state.tasks.erase(task.id);  // `task` is gone now
}

void finish(const EcsScope& here, TaskRecord& task) {
  if (!task.attachment.eni_id.empty()) {
    delete_interface(here.world, here.region, task.attachment.eni_id);
    task.attachment.status = "DELETED";
    if (here.ecs.trail_of_tasks)
      record_service_call(here, "ec2", "DeleteNetworkInterface", "ecs-eni-provisioning",
                          {{"networkInterfaceId", task.attachment.eni_id}});
  }
  if (task.holds_capacity) here.state.capacity.give_back(pool_of(task.provider), task.zone, task.cpu_units);
  task.holds_capacity = false;
  task.last_status = "STOPPED";
  task.stopped_at = here.now();
  for (auto& container : task.containers) container.last_status = "STOPPED";
  task_changed(here, task);
  after(here, task, here.ecs.forget_stopped_after, forget);
  note_task_stopped(here, task);
}

void deprovision(const EcsScope& here, TaskRecord& task) {
  deregister_targets(here, task);
  task.last_status = "DEPROVISIONING";
  task_changed(here, task);
  const auto jitter = Duration{static_cast<long long>(here.world.ids.below(6000))};
  after(here, task, Duration{9s} + jitter, finish);
}

void containers_gone(const EcsScope& here, TaskRecord& task) {
  if (task.execution_stopped_at) return;
  task.execution_stopped_at = here.now();
  deprovision(here, task);
}

int stop_timeout(const EcsScope& here, const TaskRecord& task) {
  const TaskDefinitionRecord* definition = find_task_definition(here, task.task_definition_arn);
  int longest = 0;
  if (definition)
    for (const auto& container : definition->containers)
      longest = std::max(longest, container.stop_timeout_seconds);
  return longest == 0 ? 30 : longest;
}

// SIGTERM now; every container has ended when its drain or its stopTimeout is over.
void terminate(const EcsScope& here, TaskRecord& task, const char* status) {
  const AppBehaviour& app = behaviour_of(here, task.task_definition_arn);
  const Duration timeout = std::chrono::seconds{stop_timeout(here, task)};
  const bool killed = app.ignores_sigterm || app.drain > timeout;
  const Duration takes = killed ? timeout : app.handles_sigterm ? app.drain : Duration{400ms};
  const int code = killed ? kKilled : app.handles_sigterm ? 0 : kTerminated;
  task.last_status = status;
  task_changed(here, task);
  if (!killed && app.handles_sigterm) write_lines(here, task, {"SIGTERM received, draining connections"});
  after(here, task, takes, [code](const EcsScope& then, TaskRecord& ended) {
    if (ended.execution_stopped_at) return;
    for (auto& container : ended.containers) container.exit_code = code;
    containers_gone(then, ended);
  });
}

}  // namespace

void stop_task(const EcsScope& here, TaskRecord& task, const std::string& code, const std::string& reason) {
  if (!task.wanted() || !task.live()) return;
  task.desired_status = "STOPPED";
  task.stop_code = code;
  task.stopped_reason = reason;
  task.stopping_at = here.now();
  const bool ran = task.last_status == "RUNNING";
  note_task_stopping(here, task);
  if (!ran) return deprovision(here, task);
  const Duration drain = task.registered ? deregistration_delay(here, task) : Duration{0};
  if (drain == Duration{0}) return terminate(here, task, "STOPPING");
  deregister_targets(here, task);
  note_draining(here, task);
  task.last_status = "DEACTIVATING";
  task_changed(here, task);
  after(here, task, drain,
        [](const EcsScope& then, TaskRecord& drained) { terminate(then, drained, "STOPPING"); });
}

void interrupt_spot_task(const EcsScope& here, TaskRecord& task) {
  if (!task.wanted() || !task.live()) return;
  task.desired_status = "STOPPED";
  task.stop_code = "SpotInterruption";
  task.stopped_reason = "Your Spot Task was interrupted.";
  task.stopping_at = here.now();
  const bool ran = task.last_status == "RUNNING";
  note_task_stopping(here, task);
  if (!ran) return deprovision(here, task);
  terminate(here, task, "RUNNING");  // the notice's own event: RUNNING, to be STOPPED
}

void end_by_itself(const EcsScope& here, TaskRecord& task, int exit_code,
                   const std::string& container_reason) {
  if (!task.wanted() || !task.live()) return;
  const AppBehaviour& app = behaviour_of(here, task.task_definition_arn);
  write_lines(here, task, app.exit_lines);
  task.desired_status = "STOPPED";
  task.stop_code = "EssentialContainerExited";
  task.stopped_reason = "Essential container in task exited";
  task.stopping_at = here.now();
  bool first = true;
  for (auto& container : task.containers) {
    container.exit_code = first ? exit_code : 0;
    if (first) container.reason = container_reason;
    first = false;
  }
  note_task_stopping(here, task);
  containers_gone(here, task);
}

void withdraw_spot(const EcsScope& here, const std::string& zone, Duration spread_over) {
  here.state.capacity.limit("FARGATE_SPOT", zone, 0.0);
  for (auto& [id, task] : here.state.tasks) {
    if (!task.spot() || task.zone != zone || !task.wanted() || !task.live()) continue;
    const auto span = static_cast<std::uint64_t>(std::max<long long>(1, spread_over.count()));
    after(here, task, Duration{static_cast<long long>(here.world.ids.below(span))}, interrupt_spot_task);
  }
}

void give_back_spot(const EcsScope& here, const std::string& zone) {
  here.state.capacity.limit("FARGATE_SPOT", zone, std::nullopt);
}

}  // namespace doctor::lab
