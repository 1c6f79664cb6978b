#include <algorithm>

#include "core/arn.h"
#include "lab/ecs_operations.h"
#include "lab/scheduler.h"

namespace doctor::lab {

namespace {

std::string as_service_arn(const EcsScope& here, const std::string& cluster, const std::string& text) {
  if (text.rfind("arn:", 0) == 0) return text;
  return here.world.arn(
      "ecs", here.region,
      "service/" + std::string(cluster.empty() ? "default" : core::short_name(cluster)) + "/" + text);
}

bool includes_tags(const json& input) {
  const auto include = strings_of(input, "include");
  return std::find(include.begin(), include.end(), "TAGS") != include.end();
}

std::string apply_deployment_configuration(ServiceRecord& service, const json& input) {
  const json& configuration = member_of(input, "deploymentConfiguration");
  if (configuration.is_null()) return {};
  const auto least = integer_of(configuration, "minimumHealthyPercent", service.minimum_healthy_percent);
  const auto most = integer_of(configuration, "maximumPercent", service.maximum_percent);
  if (least < 0 || least > 100) return "minimumHealthyPercent must be between 0 and 100.";
  if (most < 100 || most > 200) return "maximumPercent must be between 100 and 200.";
  if (least == 100 && most == 100)
    return "Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments.";
  service.minimum_healthy_percent = static_cast<int>(least);
  service.maximum_percent = static_cast<int>(most);
  const json& breaker = member_of(configuration, "deploymentCircuitBreaker");
  if (!breaker.is_null()) {
    service.breaker = boolean_of(breaker, "enable", false);
    service.breaker_rollback = boolean_of(breaker, "rollback", false);
  }
  return {};
}

std::string load_balancer_fault(const EcsScope& here, const std::vector<TargetBinding>& bindings,
                                const TaskDefinitionRecord& definition) {
  const Elb& elb = here.world.elb[here.region];
  for (const auto& binding : bindings) {
    const auto group = elb.target_groups.find(binding.target_group_arn);
    if (group == elb.target_groups.end())
      return "Unable to find the specified target group: " + binding.target_group_arn;
    if (strings_of(group->second.document, "LoadBalancerArns").empty())
      return "The target group with targetGroupArn " + binding.target_group_arn +
             " does not have an associated load balancer.";
    const auto container = std::find_if(definition.containers.begin(), definition.containers.end(),
                                        [&](const auto& one) { return one.name == binding.container_name; });
    if (container == definition.containers.end())
      return "The container " + binding.container_name + " does not exist in the task definition.";
    if (std::find(container->ports.begin(), container->ports.end(), binding.container_port) ==
        container->ports.end())
      return "The container " + binding.container_name + " did not have a container port " +
             std::to_string(binding.container_port) + " defined.";
  }
  return {};
}

}  // namespace

Reply create_service(World& world, const CallContext& call, const json& input) {
  const EcsScope here = ecs_in(world, call.region);
  const EcsClusterRecord* cluster = find_cluster(here, text_of(input, "cluster"));
  if (!cluster || cluster->status != "ACTIVE") return cluster_not_found();
  const std::string name = text_of(input, "serviceName");
  if (name.empty()) return invalid_parameter("Service name cannot be blank.");
  const ServiceRecord* existing = find_service_record(here, cluster->name, name);
  if (existing && existing->status != "INACTIVE")
    return invalid_parameter("Creation of service was not idempotent.");

  ServiceRecord service;
  service.name = name;
  service.cluster = cluster->name;
  service.controller = text_of(member_of(input, "deploymentController"), "type", "ECS");
  service.scheduling_strategy = text_of(input, "schedulingStrategy", "REPLICA");
  if (service.scheduling_strategy == "DAEMON")
    return invalid_parameter("The daemon scheduling strategy is not supported on Fargate.");
  const long long desired = integer_of(input, "desiredCount", -1);
  if (desired < 0) return invalid_parameter("desiredCount must be specified and cannot be negative.");
  service.desired = static_cast<int>(desired);

  LaunchSettings asked;
  asked.strategy = strategy_of(list_of(input, "capacityProviderStrategy"));
  asked.launch_type = text_of(input, "launchType");
  asked.platform_version = text_of(input, "platformVersion");
  asked.network = network_of(member_of(input, "networkConfiguration"));
  asked.exec_enabled = boolean_of(input, "enableExecuteCommand", false);
  const auto settings = checked_settings(here, *cluster, text_of(input, "taskDefinition"), asked);
  if (!settings) return tl::unexpected(settings.error());

  service.strategy = settings->strategy;
  service.launch_type = settings->launch_type;
  service.platform_version = settings->platform_version;
  service.asked_platform_version = asked.platform_version.empty() ? "LATEST" : asked.platform_version;
  service.network = settings->network;
  service.exec_enabled = settings->exec_enabled;
  service.task_definition_arn = settings->definition->arn;
  service.load_balancers = load_balancers_of(list_of(input, "loadBalancers"));
  if (const auto fault = load_balancer_fault(here, service.load_balancers, *settings->definition);
      !fault.empty())
    return invalid_parameter(fault);
  if (const auto fault = apply_deployment_configuration(service, input); !fault.empty())
    return invalid_parameter(fault);
  if (input.contains("healthCheckGracePeriodSeconds"))
    service.grace_seconds = static_cast<int>(integer_of(input, "healthCheckGracePeriodSeconds", 0));
  else if (!service.load_balancers.empty())
    service.grace_seconds = 0;
  if (input.contains("serviceRegistries"))
    service.service_registries_json = input["serviceRegistries"].dump();
  service.arn = as_service_arn(here, cluster->name, name);
  service.role_arn =
      "arn:aws:iam::" + world.account + ":role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS";
  service.created_by = call.caller_arn;
  service.managed_tags = boolean_of(input, "enableECSManagedTags", false);
  service.propagate_tags = text_of(input, "propagateTags");
  service.tags = tags_of(list_of(input, "tags"));
  service.created_at = here.now();
  ServiceRecord& stored = here.state.services[{cluster->name, name}] = std::move(service);
  if (stored.controller == "ECS") start_deployment(here, stored);
  return json{{"service", service_json(here, stored, true)}};
}

Reply update_service(World& world, const CallContext& call, const json& input) {
  const EcsScope here = ecs_in(world, call.region);
  const EcsClusterRecord* cluster = find_cluster(here, text_of(input, "cluster"));
  if (!cluster) return cluster_not_found();
  ServiceRecord* service = find_service_record(here, cluster->name, text_of(input, "service"));
  if (!service) return api_error("ServiceNotFoundException", "Service not found.");
  if (service->status != "ACTIVE") return api_error("ServiceNotActiveException", "Service was not ACTIVE.");

  const bool force = boolean_of(input, "forceNewDeployment", false);
  LaunchSettings asked;
  const bool strategy_given = input.contains("capacityProviderStrategy");
  asked.strategy =
      strategy_given ? strategy_of(list_of(input, "capacityProviderStrategy")) : service->strategy;
  const bool changes_strategy = asked.strategy != service->strategy;
  if (changes_strategy && !force)
    return invalid_parameter(
        "When switching from launch type to capacity provider strategy on an existing service, or "
        "making a change to a capacity provider strategy on a service that is already using one, you "
        "must force a new deployment.");
  asked.launch_type = asked.strategy.empty() ? service->launch_type : "";
  if (strategy_given && asked.strategy.empty()) asked.launch_type = "FARGATE";
  asked.platform_version = text_of(input, "platformVersion", service->platform_version);
  asked.network =
      input.contains("networkConfiguration") ? network_of(input["networkConfiguration"]) : service->network;
  asked.exec_enabled = boolean_of(input, "enableExecuteCommand", service->exec_enabled);
  const std::string definition = text_of(input, "taskDefinition", service->task_definition_arn);
  // A service whose subnet or group has gone meanwhile may still be scaled: only what changes is checked.
  const bool relaunches = force || input.contains("taskDefinition") || input.contains("platformVersion") ||
                          input.contains("networkConfiguration") || strategy_given;
  const bool checked = relaunches || input.contains("enableExecuteCommand");
  LaunchSettings settings = asked;
  settings.definition = find_task_definition(here, definition);
  if (checked) {
    const auto result = checked_settings(here, *cluster, definition, asked);
    if (!result) return tl::unexpected(result.error());
    settings = *result;
  }

  ServiceRecord changed = *service;
  if (const auto fault = apply_deployment_configuration(changed, input); !fault.empty())
    return invalid_parameter(fault);
  if (input.contains("loadBalancers")) {
    changed.load_balancers = load_balancers_of(input["loadBalancers"]);
    if (const auto fault = load_balancer_fault(here, changed.load_balancers, *settings.definition);
        !fault.empty())
      return invalid_parameter(fault);
  }
  if (input.contains("desiredCount")) {
    const long long desired = integer_of(input, "desiredCount", -1);
    if (desired < 0) return invalid_parameter("desiredCount cannot be negative.");
    changed.desired = static_cast<int>(desired);
  }
  if (input.contains("healthCheckGracePeriodSeconds"))
    changed.grace_seconds = static_cast<int>(integer_of(input, "healthCheckGracePeriodSeconds", 0));
  if (input.contains("enableECSManagedTags"))
    changed.managed_tags = boolean_of(input, "enableECSManagedTags", false);
  changed.propagate_tags = text_of(input, "propagateTags", changed.propagate_tags);
  const bool new_deployment =
      force || (settings.definition && settings.definition->arn != changed.task_definition_arn) ||
      settings.platform_version != changed.platform_version || settings.network != changed.network ||
      input.contains("loadBalancers");
  changed.strategy = settings.strategy;
  changed.launch_type = settings.launch_type;
  changed.platform_version = settings.platform_version;
  if (const std::string named = text_of(input, "platformVersion"); !named.empty())
    changed.asked_platform_version = named;
  changed.network = settings.network;
  changed.exec_enabled = settings.exec_enabled;
  if (settings.definition) changed.task_definition_arn = settings.definition->arn;
  *service = std::move(changed);
  if (new_deployment && service->controller == "ECS") {
    start_deployment(here, *service);
  } else if (DeploymentRecord* primary = primary_of(*service)) {
    primary->desired = service->desired;
    primary->updated_at = here.now();
    service->steady_since.reset();
    request_reconcile(here, service->cluster, service->name, std::chrono::seconds{2});
  }
  return json{{"service", service_json(here, *service, true)}};
}

Reply delete_service(World& world, const CallContext& call, const json& input) {
  const EcsScope here = ecs_in(world, call.region);
  const EcsClusterRecord* cluster = find_cluster(here, text_of(input, "cluster"));
  if (!cluster) return cluster_not_found();
  ServiceRecord* service = find_service_record(here, cluster->name, text_of(input, "service"));
  if (!service) return api_error("ServiceNotFoundException", "Service not found.");
  if (service->status != "ACTIVE") return api_error("ServiceNotActiveException", "Service was not ACTIVE.");
  if (service->desired > 0 && !boolean_of(input, "force", false))
    return invalid_parameter("The service cannot be stopped while it is scaled above 0.");
  service->status = "DRAINING";
  service->desired = 0;
  for (auto& deployment : service->deployments) deployment.desired = 0;
  request_reconcile(here, service->cluster, service->name, std::chrono::seconds{1});
  return json{{"service", service_json(here, *service, true)}};
}

Reply describe_services(World& world, const CallContext& call, const json& input) {
  const EcsScope here = ecs_in(world, call.region);
  const std::string cluster = text_of(input, "cluster");
  if (!find_cluster(here, cluster)) return cluster_not_found();
  const auto names = strings_of(input, "services");
  if (names.empty()) return invalid_parameter("Services cannot be empty.");
  if (names.size() > 10) return invalid_parameter("Services can have at most 10 items.");
  json services = json::array(), failures = json::array();
  for (const auto& name : names) {
    const ServiceRecord* service = find_service_record(here, cluster, name);
    if (service)
      services.push_back(service_json(here, *service, includes_tags(input)));
    else
      failures.push_back({{"arn", as_service_arn(here, cluster, name)}, {"reason", "MISSING"}});
  }
  return json{{"services", services}, {"failures", failures}};
}

Reply list_services(World& world, const CallContext& call, const json& input) {
  const EcsScope here = ecs_in(world, call.region);
  const EcsClusterRecord* cluster = find_cluster(here, text_of(input, "cluster"));
  if (!cluster) return cluster_not_found();
  const std::string launch_type = text_of(input, "launchType"),
                    scheduling = text_of(input, "schedulingStrategy");
  json arns = json::array();
  for (const auto& [key, service] : here.state.services) {
    if (key.first != cluster->name || service.status == "INACTIVE") continue;
    if (!launch_type.empty() && service.launch_type != launch_type) continue;
    if (!scheduling.empty() && service.scheduling_strategy != scheduling) continue;
    arns.push_back(service.arn);
  }
  return page_of(
      arns, input,
      {.result_key = "serviceArns", .default_limit = 10, .bad_limit = "InvalidParameterException"});
}

Reply describe_task_sets(World& world, const CallContext& call, const json& input) {
  const EcsScope here = ecs_in(world, call.region);
  const EcsClusterRecord* cluster = find_cluster(here, text_of(input, "cluster"));
  if (!cluster) return cluster_not_found();
  const ServiceRecord* service = find_service_record(here, cluster->name, text_of(input, "service"));
  if (!service) return api_error("ServiceNotFoundException", "Service not found.");
  const auto wanted = strings_of(input, "taskSets");
  json sets = json::array(), failures = json::array();
  for (const auto& set : service->task_sets) {
    const auto named = [&](const std::string& text) { return text == set.arn || text == set.id; };
    if (wanted.empty() || std::any_of(wanted.begin(), wanted.end(), named))
      sets.push_back(task_set_json(here, *service, set, includes_tags(input)));
  }
  for (const auto& text : wanted) {
    const auto named = [&](const auto& set) { return text == set.arn || text == set.id; };
    if (std::none_of(service->task_sets.begin(), service->task_sets.end(), named))
      failures.push_back({{"arn", text}, {"reason", "MISSING"}});
  }
  return json{{"taskSets", sets}, {"failures", failures}};
}

}  // namespace doctor::lab
