// Amazon ECS: clusters, services, task sets, task definitions, capacity providers, and calls that failed.
#include <array>

#include "core/glob.h"
#include "facts/reading.h"

namespace doctor::facts {
namespace {

NetworkConfiguration network_of(const Json& configuration) {
  const Json vpc = configuration["awsvpcConfiguration"];
  return {vpc["subnets"].strings(), vpc["securityGroups"].strings(), flag_at(vpc, "assignPublicIp")};
}

int count_at(const Json& item, std::string_view key) {
  return item[key].integer().value_or(0);
}

// failures[] of a describe call. MISSING only says that there is no such thing (any more); whatever else ECS
// says is evidence that could not be read.
void note_failures(Reading& in, const Json& document) {
  for (const Json& item : document["failures"].items()) {
    const std::string reason = text_at(item, "reason");
    if (reason.empty() || reason == "MISSING") continue;
    const std::string detail = text_at(item, "detail");
    Gap gap;
    gap.service = in.name.service;
    gap.operation = in.name.operation;
    gap.subject = text_at(item, "arn");
    gap.code = reason;
    gap.reason = detail.empty() ? reason : reason + ": " + detail;
    in.place.gaps.push_back(std::move(gap));
  }
}

Deployment deployment_of(Reading& in, const Json& item) {
  Deployment d;
  d.id = text_at(item, "id");
  d.status = text_at(item, "status");
  d.task_definition_arn = text_at(item, "taskDefinition");
  d.launch_type = text_at(item, "launchType");
  d.platform_version = text_at(item, "platformVersion");
  d.rollout_state = text_at(item, "rolloutState");
  d.rollout_state_reason = text_at(item, "rolloutStateReason");
  d.desired = count_at(item, "desiredCount");
  d.pending = count_at(item, "pendingCount");
  d.running = count_at(item, "runningCount");
  d.failed_tasks = count_at(item, "failedTasks");
  d.created_at = in.time(item["createdAt"]);
  d.updated_at = in.time(item["updatedAt"]);
  d.capacity_provider_strategy = strategy_of(item["capacityProviderStrategy"]);
  d.network = network_of(item["networkConfiguration"]);
  return d;
}

TaskSet task_set_of(Reading& in, const Json& item) {
  TaskSet s;
  s.id = text_at(item, "id");
  s.arn = text_at(item, "taskSetArn");
  s.status = text_at(item, "status");
  s.task_definition_arn = text_at(item, "taskDefinition");
  s.launch_type = text_at(item, "launchType");
  s.platform_version = text_at(item, "platformVersion");
  s.stability_status = text_at(item, "stabilityStatus");
  s.desired = count_at(item, "computedDesiredCount");
  s.pending = count_at(item, "pendingCount");
  s.running = count_at(item, "runningCount");
  for (const auto key : {"createdAt", "updatedAt", "stabilityStatusAt"}) in.time(item[key]);
  return s;
}

Service service_of(Reading& in, const Json& item) {
  Service s;
  s.arn = in.identity(item, "services", "serviceArn");
  s.name = text_at(item, "serviceName");
  s.cluster_arn = text_at(item, "clusterArn");
  s.status = text_at(item, "status");
  s.task_definition_arn = text_at(item, "taskDefinition");
  s.launch_type = text_at(item, "launchType");
  s.platform_version = text_at(item, "platformVersion");
  s.platform_family = text_at(item, "platformFamily");
  s.scheduling_strategy = text_at(item, "schedulingStrategy");
  s.deployment_controller = text_at(item["deploymentController"], "type");
  s.role_arn = text_at(item, "roleArn");
  s.created_by = text_at(item, "createdBy");
  s.desired = count_at(item, "desiredCount");
  s.running = count_at(item, "runningCount");
  s.pending = count_at(item, "pendingCount");
  s.capacity_provider_strategy = strategy_of(item["capacityProviderStrategy"]);
  s.network = network_of(item["networkConfiguration"]);
  for (const Json& lb : in.objects(item, "loadBalancers"))
    s.load_balancers.push_back(
        {text_at(lb, "targetGroupArn"), text_at(lb, "containerName"), count_at(lb, "containerPort")});
  const Json rollout = item["deploymentConfiguration"];
  s.minimum_healthy_percent = rollout["minimumHealthyPercent"].integer().value_or(100);
  s.maximum_percent = rollout["maximumPercent"].integer().value_or(200);
  s.circuit_breaker = flag_at(rollout["deploymentCircuitBreaker"], "enable");
  s.circuit_breaker_rollback = flag_at(rollout["deploymentCircuitBreaker"], "rollback");
  s.enable_execute_command = flag_at(item, "enableExecuteCommand");
  s.health_check_grace_seconds = item["healthCheckGracePeriodSeconds"].integer();
  for (const Json& deployment : in.objects(item, "deployments"))
    s.deployments.push_back(deployment_of(in, deployment));
  for (const Json& event : in.objects(item, "events"))
    s.events.push_back({text_at(event, "id"), text_at(event, "message"), in.time(event["createdAt"])});
  for (const Json& set : in.objects(item, "taskSets")) s.task_sets.push_back(task_set_of(in, set));
  s.created_at = in.time(item["createdAt"]);
  for (auto& [key, value] : pairs_at(item, "tags", "key", "value")) s.tags[key] = std::move(value);
  return s;
}

Cluster cluster_of(Reading& in, const Json& item) {
  Cluster c;
  c.arn = in.identity(item, "clusters", "clusterArn");
  c.name = text_at(item, "clusterName");
  c.status = text_at(item, "status");
  c.capacity_providers = item["capacityProviders"].strings();
  c.default_strategy = strategy_of(item["defaultCapacityProviderStrategy"]);
  for (const auto& [name, value] : pairs_at(item, "settings", "name", "value")) {
    if (name == "containerInsights") c.container_insights = value;
  }
  const Json exec = item["configuration"]["executeCommandConfiguration"];
  if (exec.is_object()) {
    const Json log = exec["logConfiguration"];
    c.execute_command =
        ExecuteCommandConfiguration{text_at(exec, "logging"), text_at(exec, "kmsKeyId"),
                                    text_at(log, "cloudWatchLogGroupName"), text_at(log, "s3BucketName")};
  }
  return c;
}

void clusters(Reading& in, const Json& document) {
  for (const Json& item : in.objects(document, "clusters")) {
    Cluster c = cluster_of(in, item);
    Cluster& known = in.place.clusters[c.arn];
    // Settings and configuration are only in the answer where they were asked for with --include.
    if (c.container_insights.empty()) c.container_insights = known.container_insights;
    if (!c.execute_command) c.execute_command = known.execute_command;
    known = std::move(c);
  }
  note_failures(in, document);
}

void services(Reading& in, const Json& document) {
  for (const Json& item : in.objects(document, "services")) {
    Service s = service_of(in, item);
    Service& known = in.place.services[s.arn];
    if (s.task_sets.empty()) s.task_sets = std::move(known.task_sets);
    if (s.tags.empty()) s.tags = std::move(known.tags);
    known = std::move(s);
  }
  note_failures(in, document);
}

void task_sets(Reading& in, const Json& document) {
  for (const Json& item : in.objects(document, "taskSets")) {
    const TaskSet set = task_set_of(in, item);
    Service& service = in.place.services[in.identity(item, "taskSets", "serviceArn")];
    if (service.arn.empty()) service.arn = text_at(item, "serviceArn");
    if (service.cluster_arn.empty()) service.cluster_arn = text_at(item, "clusterArn");
    std::erase_if(service.task_sets, [&](const TaskSet& known) { return known.arn == set.arn; });
    service.task_sets.push_back(set);
  }
  note_failures(in, document);
}

void tasks(Reading& in, const Json& document) {
  for (const Json& item : in.objects(document, "tasks")) merge_task(in.place, task_of(in, item));
  note_failures(in, document);
}

// RunTask answers 200 with failures[] where a task could not be placed ("API failure reasons").
void run_task(Reading& in, const Json& document) {
  for (const Json& item : in.objects(document, "tasks")) merge_task(in.place, task_of(in, item));
  for (const Json& item : in.objects(document, "failures")) {
    CallFailure failure;
    failure.operation = in.name.operation == "start-task" ? "StartTask" : "RunTask";
    failure.reason = text_at(item, "reason");
    if (const auto detail = text_at(item, "detail"); !detail.empty()) failure.reason += ": " + detail;
    failure.resource_arn = text_at(item, "arn");
    failure.origin = in.origin;
    in.place.call_failures.push_back(std::move(failure));
  }
}

void task_definition(Reading& in, const Json& document) {
  TaskDefinition d = task_definition_of(in, document["taskDefinition"]);
  if (!d.arn.empty()) in.place.task_definitions[d.arn] = std::move(d);
}

void capacity_providers(Reading& in, const Json& document) {
  for (const Json& item : in.objects(document, "capacityProviders")) {
    CapacityProvider p{text_at(item, "capacityProviderArn"), in.identity(item, "capacityProviders", "name"),
                       text_at(item, "status")};
    in.place.capacity_providers[p.name] = std::move(p);
  }
  note_failures(in, document);
}

// Lists of names alone: that they were answered is the fact.
void names_alone(Reading&, const Json&) {}

constexpr std::array kEcsRows{
    Row{"ecs", "describe-clusters", "clusters", Shape::list, clusters},
    Row{"ecs", "describe-services", "services", Shape::list, services},
    Row{"ecs", "describe-task-sets", "taskSets", Shape::list, task_sets, 1},
    Row{"ecs", "describe-tasks", "tasks", Shape::list, tasks},
    Row{"ecs", "run-task", "tasks", Shape::list, run_task},
    Row{"ecs", "start-task", "tasks", Shape::list, run_task},
    Row{"ecs", "describe-task-definition", "taskDefinition", Shape::object, task_definition},
    Row{"ecs", "describe-capacity-providers", "capacityProviders", Shape::list, capacity_providers},
    Row{"ecs", "list-clusters", "clusterArns", Shape::list, names_alone},
    Row{"ecs", "list-services", "serviceArns", Shape::list, names_alone},
    Row{"ecs", "list-tasks", "taskArns", Shape::list, names_alone},
    Row{"sts", "get-caller-identity", "", Shape::any, names_alone},
};

}  // namespace

std::vector<CapacityProviderStrategyItem> strategy_of(const Json& list) {
  std::vector<CapacityProviderStrategyItem> out;
  for (const Json& item : list.items())
    out.push_back({text_at(item, "capacityProvider"), count_at(item, "base"), count_at(item, "weight")});
  return out;
}

std::span<const Row> ecs_rows() {
  return kEcsRows;
}

}  // namespace doctor::facts
