#include "lab/fargate_running.h"

#include <algorithm>
#include <cmath>

#include "core/arn.h"
#include "core/number.h"
#include "lab/ecs_permission.h"
#include "lab/fargate_path.h"
#include "lab/fargate_task.h"
#include "lab/scheduler.h"

namespace doctor::lab {

using namespace std::chrono_literals;

namespace {

Duration hours(double value) {
  return Duration{static_cast<long long>(std::llround(value * 3'600'000))};
}

// Whether the SSM agent in the task can start: not on a root file system that is read-only, as it writes
// there ("Monitor Amazon ECS containers with ECS Exec").
void start_exec_agents(const EcsScope& here, TaskRecord& task) {
  const TaskDefinitionRecord* definition = find_task_definition(here, task.task_definition_arn);
  if (!definition) return;
  for (std::size_t i = 0; i < task.containers.size() && i < definition->containers.size(); ++i) {
    auto& agent = task.containers[i].exec_agent;
    if (!agent) continue;
    if (definition->containers[i].readonly_root) {
      agent->last_status = "STOPPED";
      agent->reason = "unable to start the ExecuteCommandAgent: read-only file system";
    } else {
      agent->last_status = "RUNNING";
      agent->last_started_at = here.now();
    }
  }
  task_changed(here, task);
}

void become_healthy(const EcsScope& here, TaskRecord& task) {
  task.was_healthy = true;
  const TaskDefinitionRecord* definition = find_task_definition(here, task.task_definition_arn);
  bool checked = false;
  for (std::size_t i = 0; definition && i < task.containers.size() && i < definition->containers.size();
       ++i) {
    if (!definition->containers[i].health_check) continue;
    task.containers[i].health = "HEALTHY";
    checked = true;
  }
  if (checked) {
    task.health = "HEALTHY";
    task_changed(here, task);
  }
  note_task_healthy(here, task);
}

void register_targets(const EcsScope& here, TaskRecord& task) {
  const ServiceRecord* service = find_service_record(here, task.cluster, task.service);
  if (!service) return;
  for (const auto& binding : service->load_balancers) {
    register_target(here.world, here.region, binding.target_group_arn, task.attachment.private_ip,
                    binding.container_port, task.zone);
    if (here.ecs.trail_of_tasks)
      record_service_call(
          here, "elasticloadbalancing", "RegisterTargets", "ecs-service-scheduler",
          {{"targetGroupArn", binding.target_group_arn},
           {"targets",
            json::array({{{"id", task.attachment.private_ip}, {"port", binding.container_port}}})}});
    note_registered(here, task, binding.target_group_arn);
  }
  task.registered = !service->load_balancers.empty();
}

// No two tasks have the same load: each begins its writing at a time of its own, told by its id.
Duration writes_from(const TaskRecord& task, const AppBehaviour& app) {
  const double share = static_cast<double>(std::stoul(task.id.substr(0, 4), nullptr, 16)) / 0xffff;
  return Duration{std::llround(static_cast<double>(app.writes_from.count()) * (0.85 + 0.15 * share))};
}

// Ephemeral storage over time, as Container Insights reports it every minute that it is on.
void report_storage(const EcsScope& here, TaskRecord& task) {
  const EcsClusterRecord* cluster = find_cluster(here, task.cluster);
  const AppBehaviour& app = behaviour_of(here, task.task_definition_arn);
  if (!cluster || task.service.empty()) return;
  later(here, task, 1min, report_storage);
  if (cluster->container_insights == "disabled") return;
  const Duration writing = std::max(Duration{0}, here.now() - *task.started_at - writes_from(task, app));
  const double wrote =
      std::chrono::duration<double, std::ratio<3600>>(writing).count() * app.disk_gib_per_hour;
  const std::map<std::string, std::string> dimensions{{"ClusterName", task.cluster},
                                                      {"ServiceName", task.service}};
  const double used = std::min<double>(app.start_disk_gib + wrote, task.storage_gib);
  put_metric(here.world, here.region, {"ECS/ContainerInsights", "EphemeralStorageUtilized", dimensions}, used,
             "Gigabytes");
  put_metric(here.world, here.region, {"ECS/ContainerInsights", "EphemeralStorageReserved", dimensions},
             task.storage_gib, "Gigabytes");
}

void plan_own_end(const EcsScope& here, TaskRecord& task, const AppBehaviour& app) {
  const double memory = find_task_definition(here, task.task_definition_arn)
                            ? find_task_definition(here, task.task_definition_arn)->memory_mib
                            : 0;
  if (app.exits_after)
    later(here, task, *app.exits_after, [](const EcsScope& then, TaskRecord& ended) {
      end_by_itself(then, ended, behaviour_of(then, ended.task_definition_arn).exit_code, {});
    });
  if (app.memory_mib_per_hour > 0 && memory > app.start_memory_mib)
    later(here, task, hours((memory - app.start_memory_mib) / app.memory_mib_per_hour),
          [](const EcsScope& then, TaskRecord& ended) {
            end_by_itself(then, ended, 137, "OutOfMemoryError: Container killed due to memory usage");
          });
  const double room = std::max(0.0, task.storage_gib - app.start_disk_gib);
  if (app.disk_gib_per_hour > 0)
    later(here, task, writes_from(task, app) + hours(room / app.disk_gib_per_hour),
          [](const EcsScope& then, TaskRecord& ended) {
            end_by_itself(then, ended, behaviour_of(then, ended.task_definition_arn).exit_code_disk_full, {});
          });
}

}  // namespace

void later(const EcsScope& here, const TaskRecord& task, Duration delay,
           std::function<void(const EcsScope&, TaskRecord&)> step) {
  here.world.clock.schedule_in(
      delay, [&world = here.world, region = here.region, id = task.id, step = std::move(step)] {
        const EcsScope then = ecs_in(world, region);
        TaskRecord* found = task_by_id(then, id);
        if (found && found->wanted()) step(then, *found);
      });
}

void write_lines(const EcsScope& here, const TaskRecord& task, const std::vector<std::string>& lines) {
  const TaskDefinitionRecord* definition = find_task_definition(here, task.task_definition_arn);
  if (!definition || definition->containers.empty() || lines.empty()) return;
  const ContainerSpec& first = definition->containers.front();
  // A group that was deleted under a running task stays away; its lines are lost.
  const auto& groups = here.world.logs[here.region].groups;
  if (first.log_driver != "awslogs" || !groups.contains(first.log_group)) return;
  for (const auto& line : lines)
    write_log(here.world, here.region, first.log_group, first.log_prefix + "/" + first.name + "/" + task.id,
              line);
}

void begin_running(const EcsScope& here, TaskRecord& task) {
  const AppBehaviour& app = behaviour_of(here, task.task_definition_arn);
  write_lines(here, task, app.start_lines);
  if (!task.service.empty()) register_targets(here, task);
  if (task.exec_enabled) later(here, task, 6s, start_exec_agents);
  if (app.disk_gib_per_hour > 0) report_storage(here, task);
  plan_own_end(here, task, app);
  const TaskDefinitionRecord* definition = find_task_definition(here, task.task_definition_arn);
  const bool has_targets = task.registered;
  const bool checked =
      has_targets || (definition && std::any_of(definition->containers.begin(), definition->containers.end(),
                                                [](const auto& one) { return one.health_check; }));
  if (app.answers_health_checks || !checked)
    later(here, task, checked ? app.healthy_after + Duration{10s} : Duration{20s}, become_healthy);
  if (checked && (!app.answers_health_checks || app.stops_answering_after)) {
    const ServiceRecord* service = find_service_record(here, task.cluster, task.service);
    const Duration grace =
        std::chrono::seconds{service && service->grace_seconds ? *service->grace_seconds : 0};
    // Two failed checks, thirty seconds apart, after the grace period.
    const Duration until = app.answers_health_checks ? *app.stops_answering_after : Duration{0};
    later(here, task, std::max(grace, until) + Duration{65s}, fail_health_check);
  }
  request_reconcile(here, task.cluster, task.service, 2s);
}

void deregister_targets(const EcsScope& here, TaskRecord& task) {
  if (!task.registered) return;
  task.registered = false;
  const ServiceRecord* service = find_service_record(here, task.cluster, task.service);
  if (!service) return;
  for (const auto& binding : service->load_balancers) {
    deregister_target(here.world, here.region, binding.target_group_arn, task.attachment.private_ip,
                      binding.container_port);
    if (here.ecs.trail_of_tasks)
      record_service_call(
          here, "elasticloadbalancing", "DeregisterTargets", "ecs-service-scheduler",
          {{"targetGroupArn", binding.target_group_arn},
           {"targets",
            json::array({{{"id", task.attachment.private_ip}, {"port", binding.container_port}}})}});
    note_deregistered(here, task, binding.target_group_arn);
  }
}

Duration deregistration_delay(const EcsScope& here, const TaskRecord& task) {
  const ServiceRecord* service = find_service_record(here, task.cluster, task.service);
  Duration longest{0};
  if (!service) return longest;
  const auto& groups = here.world.elb[here.region].target_groups;
  for (const auto& binding : service->load_balancers) {
    const auto group = groups.find(binding.target_group_arn);
    if (group == groups.end()) continue;
    const auto delay = group->second.attributes.find("deregistration_delay.timeout_seconds");
    const auto seconds =
        delay == group->second.attributes.end() ? 300 : core::whole_number(delay->second).value_or(300);
    longest = std::max(longest, Duration{std::chrono::seconds{seconds}});
  }
  return longest;
}

}  // namespace doctor::lab
