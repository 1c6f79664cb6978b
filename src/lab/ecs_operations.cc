#include "lab/ecs_operations.h"

#include "lab/ecs_permission.h"
#include "lab/fargate_rules.h"

namespace doctor::lab {

void add_ecs_operations(Registry& registry) {
  registry.add("ecs", "CreateCluster", create_cluster);
  registry.add("ecs", "DeleteCluster", delete_cluster);
  registry.add("ecs", "UpdateCluster", update_cluster);
  registry.add("ecs", "UpdateClusterSettings", update_cluster_settings);
  registry.add("ecs", "PutClusterCapacityProviders", put_cluster_capacity_providers);
  registry.add("ecs", "DescribeClusters", describe_clusters);
  registry.add("ecs", "ListClusters", list_clusters);
  registry.add("ecs", "DescribeCapacityProviders", describe_capacity_providers);
  registry.add("ecs", "RegisterTaskDefinition", register_task_definition);
  registry.add("ecs", "DeregisterTaskDefinition", deregister_task_definition);
  registry.add("ecs", "DescribeTaskDefinition", describe_task_definition);
  registry.add("ecs", "ListTaskDefinitions", list_task_definitions);
  registry.add("ecs", "ListTaskDefinitionFamilies", list_task_definition_families);
  registry.add("ecs", "CreateService", create_service);
  registry.add("ecs", "UpdateService", update_service);
  registry.add("ecs", "DeleteService", delete_service);
  registry.add("ecs", "DescribeServices", describe_services);
  registry.add("ecs", "ListServices", list_services);
  registry.add("ecs", "DescribeTaskSets", describe_task_sets);
  registry.add("ecs", "RunTask", run_task);
  registry.add("ecs", "StopTask", stop_task_operation);
  registry.add("ecs", "DescribeTasks", describe_tasks);
  registry.add("ecs", "ListTasks", list_tasks);
  registry.add("ecs", "ExecuteCommand", execute_command);
  registry.add("ecs", "TagResource", tag_resource);
  registry.add("ecs", "UntagResource", untag_resource);
  registry.add("ecs", "ListTagsForResource", list_tags_for_resource);
}

tl::unexpected<ApiError> invalid_parameter(std::string message) {
  return api_error("InvalidParameterException", std::move(message));
}

tl::expected<LaunchSettings, ApiError> checked_settings(const EcsScope& here, const EcsClusterRecord& cluster,
                                                        const std::string& task_definition,
                                                        LaunchSettings settings) {
  const TaskDefinitionRecord* definition = find_task_definition(here, task_definition);
  if (!definition) return api_error("ClientException", "TaskDefinition not found.");
  if (definition->status != "ACTIVE") return api_error("ClientException", "TaskDefinition is inactive");
  settings.definition = definition;

  if (!settings.launch_type.empty() && !settings.strategy.empty())
    return invalid_parameter(
        "Specifying both a launch type and capacity provider strategy is not supported. Remove one "
        "and try again.");
  if (settings.launch_type.empty() && settings.strategy.empty()) {
    settings.strategy = cluster.default_strategy;
    if (settings.strategy.empty()) settings.launch_type = "FARGATE";
  }
  if (const auto error = strategy_error(settings.strategy, cluster.capacity_providers); !error.empty())
    return invalid_parameter(error);
  if (!settings.launch_type.empty() && settings.launch_type != "FARGATE")
    return invalid_parameter("No Container Instances were found in your cluster.");
  if (!definition->fargate) return invalid_parameter("Task definition does not support launch_type FARGATE.");
  if (settings.network.subnets.empty())
    return invalid_parameter(
        "Network Configuration must be provided when networkMode 'awsvpc' is specified.");
  if (settings.network.subnets.size() > 16) return invalid_parameter("subnets can have at most 16 items.");
  if (settings.network.security_groups.size() > 5)
    return invalid_parameter("securityGroups can have at most 5 items.");

  const Ec2& ec2 = here.world.ec2[here.region];
  std::string vpc;
  for (const auto& subnet : settings.network.subnets) {
    const std::string its_vpc = vpc_of_subnet(here, subnet);
    if (its_vpc.empty())
      return invalid_parameter("Error retrieving subnet information for [" + subnet + "]: The subnet ID '" +
                               subnet + "' does not exist (ErrorCode: InvalidSubnetID.NotFound)");
    if (!vpc.empty() && vpc != its_vpc) return invalid_parameter("subnets must be in the same VPC.");
    vpc = its_vpc;
  }
  for (const auto& group : settings.network.security_groups)
    if (!ec2.groups.contains(group))
      return invalid_parameter("Error retrieving security group information for [" + group +
                               "]: The security group '" + group +
                               "' does not exist (ErrorCode: InvalidGroup.NotFound)");

  PlatformNeeds needs;
  needs.windows = definition->os_family != "LINUX";
  needs.arm64 = definition->cpu_architecture == "ARM64";
  needs.ephemeral_storage = definition->ephemeral_storage_gib.has_value();
  needs.efs = definition->efs;
  needs.exec = settings.exec_enabled;
  needs.shared_pid = !definition->pid_mode.empty();
  for (const auto& item : settings.strategy) needs.spot |= item.provider == "FARGATE_SPOT";
  const PlatformChoice platform = platform_for(settings.platform_version, needs);
  if (!platform.code.empty()) return api_error(platform.code, platform.message);
  settings.platform_version = platform.version;

  if (settings.exec_enabled && definition->task_role_arn.empty())
    return invalid_parameter(
        "The service couldn't be created because a valid taskRoleArn is not being used. Specify a "
        "valid task role in your task definition and try again.");
  return settings;
}

}  // namespace doctor::lab
