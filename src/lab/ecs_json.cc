// Records as DescribeX shows them. Every member here exists in AWS's service model
// (tests/lab/ecs_shapes_test.py compares).
#include <algorithm>

#include "lab/ecs.h"

namespace doctor::lab {

namespace {

void put(json& object, const char* key, const std::string& value) {
  if (!value.empty()) object[key] = value;
}

void put(json& object, const char* key, const std::optional<Timestamp>& time) {
  if (time) object[key] = epoch(*time);
}

json load_balancers_json(const std::vector<TargetBinding>& bindings) {
  json list = json::array();
  for (const auto& binding : bindings)
    list.push_back({{"targetGroupArn", binding.target_group_arn},
                    {"containerName", binding.container_name},
                    {"containerPort", binding.container_port}});
  return list;
}

struct Counts {
  int running = 0, pending = 0;
};

// Tasks by deployment ("" : all of the service). A task that is being stopped still runs until it has
// stopped.
Counts count_tasks(const EcsScope& here, const ServiceRecord& service, const std::string& deployment) {
  Counts counts;
  for (const auto& id : service.tasks) {
    const TaskRecord* task = task_by_id(here, id);
    if (!task || (!deployment.empty() && task->deployment != deployment)) continue;
    if (task->last_status == "RUNNING" && task->wanted()) ++counts.running;
    if ((task->last_status == "PROVISIONING" || task->last_status == "PENDING" ||
         task->last_status == "ACTIVATING") &&
        task->wanted())
      ++counts.pending;
  }
  return counts;
}

}  // namespace

json tags_json(const Tags& tags) {
  json list = json::array();
  for (const auto& [key, value] : tags) list.push_back({{"key", key}, {"value", value}});
  return list;
}

json strategy_json(const std::vector<StrategyItem>& strategy) {
  json list = json::array();
  for (const auto& item : strategy)
    list.push_back({{"capacityProvider", item.provider}, {"weight", item.weight}, {"base", item.base}});
  return list;
}

json network_json(const NetworkChoice& network) {
  return {{"awsvpcConfiguration",
           {{"subnets", network.subnets},
            {"securityGroups", network.security_groups},
            {"assignPublicIp", network.assign_public_ip ? "ENABLED" : "DISABLED"}}}};
}

json cluster_json(const EcsScope& here, const EcsClusterRecord& cluster,
                  const std::vector<std::string>& include) {
  const auto wants = [&](const char* what) {
    return std::find(include.begin(), include.end(), what) != include.end();
  };
  int running = 0, pending = 0, services = 0, running_fargate = 0, pending_fargate = 0;
  for (const auto& [id, task] : here.state.tasks) {
    if (task.cluster != cluster.name || !task.live()) continue;
    (task.last_status == "RUNNING" ? running : pending) += 1;
  }
  running_fargate = running;
  pending_fargate = pending;
  for (const auto& [key, service] : here.state.services)
    if (key.first == cluster.name && service.status == "ACTIVE") ++services;
  json out{{"clusterArn", cluster.arn},
           {"clusterName", cluster.name},
           {"status", cluster.status},
           {"registeredContainerInstancesCount", 0},
           {"runningTasksCount", running},
           {"pendingTasksCount", pending},
           {"activeServicesCount", services},
           {"statistics", json::array()},
           {"tags", wants("TAGS") ? tags_json(cluster.tags) : json::array()},
           {"settings", json::array()},
           {"capacityProviders", cluster.capacity_providers},
           {"defaultCapacityProviderStrategy", strategy_json(cluster.default_strategy)}};
  if (wants("SETTINGS"))
    out["settings"].push_back({{"name", "containerInsights"}, {"value", cluster.container_insights}});
  if (wants("CONFIGURATIONS") && !cluster.configuration_json.empty())
    out["configuration"] = json::parse(cluster.configuration_json, nullptr, false);
  if (!cluster.service_connect_json.empty())
    out["serviceConnectDefaults"] = json::parse(cluster.service_connect_json, nullptr, false);
  if (wants("STATISTICS")) {
    for (const auto& [name, value] : {std::pair{"runningEC2TasksCount", 0},
                                      {"runningFargateTasksCount", running_fargate},
                                      {"pendingEC2TasksCount", 0},
                                      {"pendingFargateTasksCount", pending_fargate},
                                      {"activeEC2ServiceCount", 0},
                                      {"activeFargateServiceCount", services},
                                      {"drainingEC2ServiceCount", 0},
                                      {"drainingFargateServiceCount", 0}})
      out["statistics"].push_back({{"name", name}, {"value", std::to_string(value)}});
  }
  if (wants("ATTACHMENTS")) out["attachments"] = json::array();
  return out;
}

namespace {

json deployment_json(const EcsScope& here, const ServiceRecord& service, const DeploymentRecord& deployment) {
  const Counts counts = count_tasks(here, service, deployment.id);
  json out{{"id", deployment.id},
           {"status", deployment.status},
           {"taskDefinition", deployment.task_definition_arn},
           {"desiredCount", deployment.desired},
           {"pendingCount", counts.pending},
           {"runningCount", counts.running},
           {"failedTasks", deployment.failed_tasks},
           {"createdAt", epoch(deployment.created_at)},
           {"updatedAt", epoch(deployment.updated_at)},
           {"platformVersion", deployment.platform_version},
           {"platformFamily", "Linux"},
           {"networkConfiguration", network_json(deployment.network)},
           {"rolloutState", deployment.rollout_state},
           {"rolloutStateReason", deployment.rollout_reason}};
  if (deployment.strategy.empty())
    out["launchType"] = deployment.launch_type;
  else
    out["capacityProviderStrategy"] = strategy_json(deployment.strategy);
  return out;
}

}  // namespace

json task_set_json(const EcsScope& here, const ServiceRecord& service, const TaskSetRecord& set,
                   bool with_tags) {
  const Counts counts = count_tasks(here, service, set.id);
  json out{{"id", set.id},
           {"taskSetArn", set.arn},
           {"serviceArn", service.arn},
           {"clusterArn", here.world.arn("ecs", here.region, "cluster/" + service.cluster)},
           {"status", set.status},
           {"taskDefinition", set.task_definition_arn},
           {"computedDesiredCount", set.computed_desired},
           {"pendingCount", counts.pending},
           {"runningCount", counts.running},
           {"createdAt", epoch(set.created_at)},
           {"updatedAt", epoch(set.updated_at)},
           {"platformVersion", set.platform_version},
           {"platformFamily", "Linux"},
           {"networkConfiguration", network_json(set.network)},
           {"loadBalancers", load_balancers_json(set.load_balancers)},
           {"serviceRegistries", json::array()},
           {"scale", {{"value", set.scale_percent}, {"unit", "PERCENT"}}},
           {"stabilityStatus",
            counts.running == set.computed_desired && counts.pending == 0 ? "STEADY_STATE" : "STABILIZING"},
           {"stabilityStatusAt", epoch(set.updated_at)},
           {"tags", with_tags ? tags_json(set.tags) : json::array()}};
  put(out, "externalId", set.external_id);
  if (set.strategy.empty())
    out["launchType"] = set.launch_type;
  else
    out["capacityProviderStrategy"] = strategy_json(set.strategy);
  return out;
}

json service_json(const EcsScope& here, const ServiceRecord& service, bool with_tags) {
  const Counts counts = count_tasks(here, service, "");
  json out{
      {"serviceArn", service.arn},
      {"serviceName", service.name},
      {"clusterArn", here.world.arn("ecs", here.region, "cluster/" + service.cluster)},
      {"loadBalancers", load_balancers_json(service.load_balancers)},
      {"serviceRegistries", json::array()},
      {"status", service.status},
      {"desiredCount", service.desired},
      {"runningCount", counts.running},
      {"pendingCount", counts.pending},
      {"platformFamily", "Linux"},
      {"deploymentConfiguration",
       {{"deploymentCircuitBreaker", {{"enable", service.breaker}, {"rollback", service.breaker_rollback}}},
        {"maximumPercent", service.maximum_percent},
        {"minimumHealthyPercent", service.minimum_healthy_percent}}},
      {"deployments", json::array()},
      {"events", json::array()},
      {"createdAt", epoch(service.created_at)},
      {"placementConstraints", json::array()},
      {"placementStrategy", json::array()},
      {"schedulingStrategy", service.scheduling_strategy},
      {"deploymentController", {{"type", service.controller}}},
      {"enableECSManagedTags", service.managed_tags},
      {"propagateTags", service.propagate_tags.empty() ? "NONE" : service.propagate_tags},
      {"enableExecuteCommand", service.exec_enabled}};
  if (!service.service_registries_json.empty())
    out["serviceRegistries"] = json::parse(service.service_registries_json, nullptr, false);
  put(out, "roleArn", service.role_arn);
  put(out, "createdBy", service.created_by);
  if (service.controller != "EXTERNAL") {
    out["taskDefinition"] = service.task_definition_arn;
    out["platformVersion"] = service.asked_platform_version;
    out["networkConfiguration"] = network_json(service.network);
    if (service.strategy.empty())
      out["launchType"] = service.launch_type;
    else
      out["capacityProviderStrategy"] = strategy_json(service.strategy);
  }
  if (service.grace_seconds) out["healthCheckGracePeriodSeconds"] = *service.grace_seconds;
  if (service.controller == "ECS")
    for (const auto& deployment : service.deployments)
      out["deployments"].push_back(deployment_json(here, service, deployment));
  if (!service.task_sets.empty()) {
    out["taskSets"] = json::array();
    for (const auto& set : service.task_sets)
      out["taskSets"].push_back(task_set_json(here, service, set, with_tags));
  }
  for (const auto& event : service.events)
    out["events"].push_back(
        {{"id", event.id}, {"createdAt", epoch(event.created_at)}, {"message", event.message}});
  if (with_tags) out["tags"] = tags_json(service.tags);
  return out;
}

json task_definition_json(const TaskDefinitionRecord& definition) {
  json out = json::parse(definition.json, nullptr, false);
  out["status"] = definition.status;
  return out;
}

namespace {

json container_json(const TaskRecord& task, const ContainerRecord& container) {
  json out{{"containerArn", container.arn},
           {"taskArn", task.arn},
           {"name", container.name},
           {"image", container.image},
           {"lastStatus", container.last_status},
           {"networkInterfaces", json::array()},
           {"healthStatus", container.health},
           {"cpu", "0"}};
  put(out, "imageDigest", container.image_digest);
  put(out, "runtimeId", container.runtime_id);
  put(out, "reason", container.reason);
  if (container.exit_code) out["exitCode"] = *container.exit_code;
  out["networkBindings"] = json::array();
  if (!task.attachment.private_ip.empty())
    out["networkInterfaces"].push_back(
        {{"attachmentId", task.attachment.id}, {"privateIpv4Address", task.attachment.private_ip}});
  if (container.exec_agent) {
    json agent{{"name", "ExecuteCommandAgent"}, {"lastStatus", container.exec_agent->last_status}};
    put(agent, "reason", container.exec_agent->reason);
    put(agent, "lastStartedAt", container.exec_agent->last_started_at);
    out["managedAgents"] = json::array({agent});
  }
  return out;
}

json attachment_json(const AttachmentRecord& attachment) {
  json details = json::array();
  const auto detail = [&](const char* name, const std::string& value) {
    if (!value.empty()) details.push_back({{"name", name}, {"value", value}});
  };
  detail("subnetId", attachment.subnet_id);
  detail("networkInterfaceId", attachment.eni_id);
  detail("macAddress", attachment.mac);
  detail("privateDnsName", attachment.private_dns);
  detail("privateIPv4Address", attachment.private_ip);
  return {{"id", attachment.id},
          {"type", "ElasticNetworkInterface"},
          {"status", attachment.status},
          {"details", details}};
}

}  // namespace

json task_json(const EcsScope& here, const TaskRecord& task, bool with_tags) {
  json out{{"attachments", json::array({attachment_json(task.attachment)})},
           {"attributes", json::array()},
           {"availabilityZone", task.zone},
           {"clusterArn", here.world.arn("ecs", here.region, "cluster/" + task.cluster)},
           {"containers", json::array()},
           {"cpu", task.cpu},
           {"desiredStatus", task.desired_status},
           {"enableExecuteCommand", task.exec_enabled},
           {"group", task.group},
           {"healthStatus", task.health},
           {"lastStatus", task.last_status},
           {"memory", task.memory},
           {"overrides", json::parse(task.overrides_json, nullptr, false)},
           {"platformVersion", task.platform_version},
           {"platformFamily", task.platform_family},
           {"tags", with_tags ? tags_json(task.tags) : json::array()},
           {"taskArn", task.arn},
           {"taskDefinitionArn", task.task_definition_arn},
           {"version", task.version},
           {"ephemeralStorage", {{"sizeInGiB", task.storage_gib}}}};
  for (const auto& container : task.containers) out["containers"].push_back(container_json(task, container));
  out["attributes"].push_back({{"name", "ecs.cpu-architecture"}, {"value", task.cpu_architecture}});
  put(out, "capacityProviderName", task.provider);
  put(out, "launchType", task.launch_type);
  put(out, "connectivity", task.connectivity);
  put(out, "connectivityAt", task.connectivity_at);
  put(out, "createdAt", task.created_at);
  put(out, "pullStartedAt", task.pull_started_at);
  put(out, "pullStoppedAt", task.pull_stopped_at);
  put(out, "startedAt", task.started_at);
  put(out, "startedBy", task.started_by);
  put(out, "stopCode", task.stop_code);
  put(out, "stoppedReason", task.stopped_reason);
  put(out, "stoppingAt", task.stopping_at);
  put(out, "executionStoppedAt", task.execution_stopped_at);
  put(out, "stoppedAt", task.stopped_at);
  return out;
}

}  // namespace doctor::lab
