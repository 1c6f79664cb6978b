// Amazon ECS: "Resource: aws_ecs_service", "Resource: aws_ecs_task_definition", "Resource: aws_ecs_cluster".
#include <algorithm>

#include "core/arn.h"
#include "iac/terraform_rows.h"

namespace doctor::iac {
namespace {

CodeBlock nested(const Value& state, std::string type,
                 std::initializer_list<std::pair<std::string_view, std::string>> fields) {
  CodeBlock block{.type = std::move(type)};
  for (const auto& [from, to] : fields) copy(block, state, from, to);
  return block;
}

// 0 is what AWS fills in, and what Terraform leaves out.
void drop_zero(CodeBlock& block, std::string_view name) {
  std::erase_if(block.attributes,
                [&](const auto& pair) { return pair.first == name && pair.second.text == "0"; });
}

TerraformResource service(const Change& change, const Value& state) {
  const std::string name = text_at(state, "serviceName");
  const std::string cluster(core::short_name(text_at(state, "clusterArn")));
  TerraformResource resource;
  resource.type = "aws_ecs_service";
  resource.hint = name;
  resource.import_id = cluster + "/" + name;
  resource.ids = {text_at(state, "serviceArn"), change.resource.id};
  resource.identity = {{"name", name}, {"cluster", cluster}};
  CodeBlock& body = resource.body;
  body.put("name", string_value(name));
  copy(body, state, "clusterArn", "cluster");
  copy(body, state, "taskDefinition", "task_definition");
  copy(body, state, "desiredCount", "desired_count");
  const bool strategy = !field(state, "capacityProviderStrategy").empty();
  if (!strategy) copy(body, state, "launchType", "launch_type");
  copy(body, state, "platformVersion", "platform_version");
  if (text_at(state, "schedulingStrategy") == "DAEMON")
    copy(body, state, "schedulingStrategy", "scheduling_strategy");
  copy(body, state, "availabilityZoneRebalancing", "availability_zone_rebalancing");
  copy(body, state, "deploymentConfiguration/maximumPercent", "deployment_maximum_percent");
  copy(body, state, "deploymentConfiguration/minimumHealthyPercent", "deployment_minimum_healthy_percent");
  copy(body, state, "healthCheckGracePeriodSeconds", "health_check_grace_period_seconds");
  copy(body, state, "enableExecuteCommand", "enable_execute_command");
  copy(body, state, "enableECSManagedTags", "enable_ecs_managed_tags");
  if (text_at(state, "propagateTags") != "NONE") copy(body, state, "propagateTags", "propagate_tags");
  copy_tags(body, state, "tags");
  if (strategy) {
    for (const auto& item : state.at("capacityProviderStrategy")->items) {
      auto block =
          nested(item, "capacity_provider_strategy",
                 {{"capacityProvider", "capacity_provider"}, {"base", "base"}, {"weight", "weight"}});
      drop_zero(block, "base");
      body.blocks.push_back(std::move(block));
    }
  }
  if (const Value* breaker = state.at("deploymentConfiguration/deploymentCircuitBreaker");
      breaker && text_at(*breaker, "enable") == "true") {
    body.blocks.push_back(
        nested(*breaker, "deployment_circuit_breaker", {{"enable", "enable"}, {"rollback", "rollback"}}));
  }
  if (const std::string type = text_at(state, "deploymentController/type"); !type.empty() && type != "ECS") {
    body.blocks.push_back(nested(state, "deployment_controller", {{"deploymentController/type", "type"}}));
  }
  for (const auto& balancer : field(state, "loadBalancers").items) {
    body.blocks.push_back(nested(balancer, "load_balancer",
                                 {{"targetGroupArn", "target_group_arn"},
                                  {"loadBalancerName", "elb_name"},
                                  {"containerName", "container_name"},
                                  {"containerPort", "container_port"}}));
  }
  if (const Value* vpc = state.at("networkConfiguration/awsvpcConfiguration")) {
    auto block = nested(*vpc, "network_configuration",
                        {{"subnets", "subnets"}, {"securityGroups", "security_groups"}});
    if (const auto assign = text_at(*vpc, "assignPublicIp"); !assign.empty()) {
      block.put("assign_public_ip", boolean_value(assign == "ENABLED"));
    }
    body.blocks.push_back(std::move(block));
  }
  for (const auto& registry : field(state, "serviceRegistries").items) {
    body.blocks.push_back(nested(registry, "service_registries",
                                 {{"registryArn", "registry_arn"},
                                  {"port", "port"},
                                  {"containerName", "container_name"},
                                  {"containerPort", "container_port"}}));
  }
  return resource;
}

// What DescribeTaskDefinition fills in and nobody writes.
Value containers_of(const Value& state) {
  Value list = list_value({});
  for (const auto& container : field(state, "containerDefinitions").items) {
    Value own;
    for (std::size_t i = 0; i < container.items.size(); ++i) {
      const Value& item = container.items[i];
      if (item.empty() || (container.keys[i] == "cpu" && item.text == "0")) continue;
      own.set(container.keys[i], item);
    }
    list.items.push_back(std::move(own));
  }
  return list;
}

TerraformResource task_definition(const Value& state) {
  TerraformResource resource;
  const std::string family = text_at(state, "family");
  resource.type = "aws_ecs_task_definition";
  resource.hint = family;
  resource.import_id = text_at(state, "taskDefinitionArn");
  // Terraform's id of a task definition is its family; each revision has an ARN of its own.
  resource.ids = {resource.import_id, family};
  resource.identity = {{"family", family}};
  CodeBlock& body = resource.body;
  body.put("family", string_value(family));
  for (const auto& [from, to] : std::initializer_list<std::pair<std::string_view, std::string>>{
           {"requiresCompatibilities", "requires_compatibilities"},
           {"networkMode", "network_mode"},
           {"cpu", "cpu"},
           {"memory", "memory"},
           {"executionRoleArn", "execution_role_arn"},
           {"taskRoleArn", "task_role_arn"},
           {"pidMode", "pid_mode"},
           {"ipcMode", "ipc_mode"}}) {
    copy(body, state, from, to);
  }
  body.put("container_definitions", document_value(containers_of(state)));
  copy_tags(body, state, "tags");
  if (const Value* storage = state.at("ephemeralStorage")) {
    body.blocks.push_back(nested(*storage, "ephemeral_storage", {{"sizeInGiB", "size_in_gib"}}));
  }
  if (const Value* platform = state.at("runtimePlatform"); platform && !platform->empty()) {
    body.blocks.push_back(nested(
        *platform, "runtime_platform",
        {{"operatingSystemFamily", "operating_system_family"}, {"cpuArchitecture", "cpu_architecture"}}));
  }
  for (const auto& volume : field(state, "volumes").items) {
    auto block = nested(volume, "volume", {{"name", "name"}, {"configuredAtLaunch", "configure_at_launch"}});
    if (const Value* efs = volume.at("efsVolumeConfiguration")) {
      auto inner = nested(*efs, "efs_volume_configuration",
                          {{"fileSystemId", "file_system_id"},
                           {"rootDirectory", "root_directory"},
                           {"transitEncryption", "transit_encryption"},
                           {"transitEncryptionPort", "transit_encryption_port"}});
      if (const Value* access = efs->at("authorizationConfig")) {
        inner.blocks.push_back(
            nested(*access, "authorization_config", {{"accessPointId", "access_point_id"}, {"iam", "iam"}}));
      }
      block.blocks.push_back(std::move(inner));
    }
    body.blocks.push_back(std::move(block));
  }
  if (!resource.import_id.empty()) {
    resource.note =
        "each revision is a resource of its own: an apply after a further change registers another one";
  }
  return resource;
}

TerraformResource cluster(const Value& state) {
  TerraformResource resource;
  const std::string name = text_at(state, "clusterName");
  resource.type = "aws_ecs_cluster";
  resource.hint = resource.import_id = name;
  resource.ids = {text_at(state, "clusterArn"), name};
  resource.identity = {{"name", name}};
  resource.body.put("name", string_value(name));
  copy_tags(resource.body, state, "tags");
  const Value settings = field(state, "settings");
  for (std::size_t i = 0; i < settings.items.size(); ++i) {
    CodeBlock block{.type = "setting"};
    block.put("name", string_value(settings.keys[i]));
    block.put("value", settings.items[i]);
    resource.body.blocks.push_back(std::move(block));
  }
  return resource;
}

}  // namespace

Terraform terraform_ecs(const Change& change, const Value& state) {
  if (change.resource.kind == "ecs:service") return {service(change, state)};
  if (change.resource.kind == "ecs:task-definition") return {task_definition(state)};
  if (change.resource.kind == "ecs:cluster") return {cluster(state)};
  return {};
}

}  // namespace doctor::iac
