#include <algorithm>

#include "core/arn.h"
#include "lab/ecs_operations.h"
#include "lab/fargate_task.h"

namespace doctor::lab {

Reply run_task(World& world, const CallContext& call, const json& input) {
  const EcsScope here = ecs_in(world, call.region);
  const EcsClusterRecord* cluster = find_cluster(here, text_of(input, "cluster"));
  if (!cluster || cluster->status != "ACTIVE") return cluster_not_found();
  const long long count = integer_of(input, "count", 1);
  if (count < 1 || count > 10) return invalid_parameter("count must be between 1 and 10.");

  LaunchSettings asked;
  asked.strategy = strategy_of(list_of(input, "capacityProviderStrategy"));
  asked.launch_type = text_of(input, "launchType");
  asked.platform_version = text_of(input, "platformVersion");
  asked.network = network_of(member_of(input, "networkConfiguration"));
  asked.exec_enabled = boolean_of(input, "enableExecuteCommand", false);
  const auto settings = checked_settings(here, *cluster, text_of(input, "taskDefinition"), asked);
  if (!settings) return tl::unexpected(settings.error());

  Launch launch;
  launch.cluster = cluster->name;
  launch.task_definition_arn = settings->definition->arn;
  launch.group = text_of(input, "group", "family:" + settings->definition->family);
  launch.started_by = text_of(input, "startedBy");
  launch.launch_type = settings->launch_type;
  launch.platform_version = settings->platform_version;
  launch.network = settings->network;
  launch.exec_enabled = settings->exec_enabled;
  if (const json& overrides = member_of(input, "overrides"); overrides.is_object())
    launch.overrides = overrides;
  launch.tags = tags_of(list_of(input, "tags"));

  json tasks = json::array(), failures = json::array();
  std::vector<const TaskRecord*> spread;
  std::vector<int> counts(settings->strategy.size(), 0);
  for (long long i = 0; i < count; ++i) {
    std::size_t item = 0;
    if (!settings->strategy.empty()) {
      item = next_provider(settings->strategy, static_cast<int>(count), counts).value_or(0);
      ++counts[item];
      launch.provider = settings->strategy[item].provider;
    }
    const Launched launched = launch_task(here, launch, spread);
    if (launched.task) {
      spread.push_back(launched.task);
      tasks.push_back(task_json(here, *launched.task, true));
    } else if (launched.denial == Denial::rate) {
      if (tasks.empty()) return api_error("ThrottlingException", "Rate exceeded");
      failures.push_back({{"reason", denial_text(launched.denial)}});
    } else {
      failures.push_back({{"reason", denial_text(launched.denial)}});
    }
  }
  return json{{"tasks", tasks}, {"failures", failures}};
}

Reply stop_task_operation(World& world, const CallContext& call, const json& input) {
  const EcsScope here = ecs_in(world, call.region);
  const EcsClusterRecord* cluster = find_cluster(here, text_of(input, "cluster"));
  if (!cluster) return cluster_not_found();
  TaskRecord* task = find_task(here, cluster->name, text_of(input, "task"));
  if (!task) return invalid_parameter("The referenced task was not found.");
  const std::string reason = text_of(input, "reason");
  if (reason.size() > 255) return invalid_parameter("reason must be at most 255 characters.");
  stop_task(here, *task, "UserInitiated", reason.empty() ? "Task stopped by user" : reason);
  return json{{"task", task_json(here, *task, false)}};
}

Reply describe_tasks(World& world, const CallContext& call, const json& input) {
  const EcsScope here = ecs_in(world, call.region);
  const EcsClusterRecord* cluster = find_cluster(here, text_of(input, "cluster"));
  if (!cluster) return cluster_not_found();
  const auto names = strings_of(input, "tasks");
  if (names.empty()) return invalid_parameter("Tasks cannot be empty.");
  if (names.size() > 100) return invalid_parameter("Tasks can have at most 100 items.");
  const auto include = strings_of(input, "include");
  const bool with_tags = std::find(include.begin(), include.end(), "TAGS") != include.end();
  json tasks = json::array(), failures = json::array();
  for (const auto& name : names) {
    const TaskRecord* task = find_task(here, cluster->name, name);
    if (task) {
      tasks.push_back(task_json(here, *task, with_tags));
      continue;
    }
    const std::string arn = name.rfind("arn:", 0) == 0
                                ? name
                                : world.arn("ecs", call.region, "task/" + cluster->name + "/" + name);
    failures.push_back({{"arn", arn}, {"reason", "MISSING"}});
  }
  return json{{"tasks", tasks}, {"failures", failures}};
}

Reply list_tasks(World& world, const CallContext& call, const json& input) {
  const EcsScope here = ecs_in(world, call.region);
  const EcsClusterRecord* cluster = find_cluster(here, text_of(input, "cluster"));
  if (!cluster) return cluster_not_found();
  const std::string service = text_of(input, "serviceName"), family = text_of(input, "family"),
                    started_by = text_of(input, "startedBy"), launch_type = text_of(input, "launchType"),
                    desired = text_of(input, "desiredStatus", "RUNNING");
  const ServiceRecord* owner = service.empty() ? nullptr : find_service_record(here, cluster->name, service);
  if (!service.empty() && !owner) return api_error("ServiceNotFoundException", "Service not found.");
  if (desired != "RUNNING" && desired != "PENDING" && desired != "STOPPED")
    return invalid_parameter("desiredStatus must be RUNNING, PENDING or STOPPED.");
  json arns = json::array();
  const auto look_at = [&](const TaskRecord& task) {
    if (task.cluster != cluster->name || task.desired_status != desired) return;
    if (!started_by.empty() && task.started_by != started_by) return;
    if (!launch_type.empty() && task.launch_type != launch_type) return;
    const std::string_view revision = core::family_revision(task.task_definition_arn);
    if (!family.empty() && revision.substr(0, revision.rfind(':')) != family) return;
    arns.push_back(task.arn);
  };
  if (owner) {
    for (const auto& id : owner->tasks)
      if (const TaskRecord* task = task_by_id(here, id)) look_at(*task);
  } else {
    for (const auto& [id, task] : here.state.tasks) look_at(task);
  }
  return page_of(arns, input, {.result_key = "taskArns", .bad_limit = "InvalidParameterException"});
}

}  // namespace doctor::lab
