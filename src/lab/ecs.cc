#include "lab/ecs.h"

#include <algorithm>

#include "core/arn.h"

namespace doctor::lab {

namespace {

// The name inside "cluster/NAME", a cluster's ARN, or the name itself.
std::string cluster_name_of(const std::string& text) {
  if (text.empty()) return "default";
  return std::string(core::short_name(text));
}

}  // namespace

Ecs& ecs_of(World& world) {
  if (!world.ecs) world.ecs = std::make_shared<Ecs>();
  return *world.ecs;
}

EcsScope ecs_in(World& world, const std::string& region) {
  Ecs& ecs = ecs_of(world);
  return {world, region, ecs.regions[region], ecs};
}

EcsClusterRecord* find_cluster(const EcsScope& here, const std::string& name_or_arn) {
  const auto found = here.state.clusters.find(cluster_name_of(name_or_arn));
  return found == here.state.clusters.end() ? nullptr : &found->second;
}

ServiceRecord* find_service_record(const EcsScope& here, const std::string& cluster,
                                   const std::string& name_or_arn) {
  const auto found =
      here.state.services.find({cluster_name_of(cluster), std::string(core::short_name(name_or_arn))});
  return found == here.state.services.end() ? nullptr : &found->second;
}

TaskRecord* task_by_id(const EcsScope& here, const std::string& id) {
  const auto found = here.state.tasks.find(id);
  return found == here.state.tasks.end() ? nullptr : &found->second;
}

TaskRecord* find_task(const EcsScope& here, const std::string& cluster, const std::string& id_or_arn) {
  TaskRecord* task = task_by_id(here, std::string(core::short_name(id_or_arn)));
  return task && task->cluster == cluster_name_of(cluster) ? task : nullptr;
}

TaskDefinitionRecord* find_task_definition(const EcsScope& here, const std::string& name) {
  const std::string text(core::family_revision(name));
  const auto colon = text.rfind(':');
  const auto family = here.state.families.find(text.substr(0, colon));
  if (family == here.state.families.end()) return nullptr;
  auto& revisions = family->second;
  if (colon == std::string::npos) {
    const auto latest = std::find_if(revisions.rbegin(), revisions.rend(),
                                     [](const auto& d) { return d.status == "ACTIVE"; });
    return latest == revisions.rend() ? nullptr : &*latest;
  }
  const std::string number = text.substr(colon + 1);
  for (auto& definition : revisions)
    if (std::to_string(definition.revision) == number) return &definition;
  return nullptr;
}

const AppBehaviour& behaviour_of(const EcsScope& here, const std::string& task_definition_arn) {
  static const AppBehaviour good;
  const std::string name(core::family_revision(task_definition_arn));
  auto found = here.ecs.behaviours.find(name);
  if (found == here.ecs.behaviours.end()) found = here.ecs.behaviours.find(name.substr(0, name.rfind(':')));
  return found == here.ecs.behaviours.end() ? good : found->second;
}

DeploymentRecord* primary_of(ServiceRecord& service) {
  for (auto& deployment : service.deployments)
    if (deployment.status == "PRIMARY") return &deployment;
  return nullptr;
}

DeploymentRecord* deployment_of(ServiceRecord& service, const std::string& id) {
  for (auto& deployment : service.deployments)
    if (deployment.id == id) return &deployment;
  return nullptr;
}

namespace {

std::string subnet_field(const EcsScope& here, const std::string& subnet, const char* key) {
  const Ec2& ec2 = here.world.ec2[here.region];
  const auto found = ec2.subnets.find(subnet);
  return found == ec2.subnets.end() ? std::string() : text_of(found->second, key);
}

}  // namespace

std::string zone_of_subnet(const EcsScope& here, const std::string& subnet) {
  return subnet_field(here, subnet, "AvailabilityZone");
}

std::string vpc_of_subnet(const EcsScope& here, const std::string& subnet) {
  return subnet_field(here, subnet, "VpcId");
}

std::vector<StrategyItem> strategy_of(const json& list) {
  std::vector<StrategyItem> strategy;
  if (!list.is_array()) return strategy;
  for (const json& item : list)
    strategy.push_back({text_of(item, "capacityProvider"), static_cast<int>(integer_of(item, "base", 0)),
                        static_cast<int>(integer_of(item, "weight", 0))});
  return strategy;
}

NetworkChoice network_of(const json& network_configuration) {
  const json& vpc = member_of(network_configuration, "awsvpcConfiguration");
  return {strings_of(vpc, "subnets"), strings_of(vpc, "securityGroups"),
          text_of(vpc, "assignPublicIp") == "ENABLED"};
}

std::vector<TargetBinding> load_balancers_of(const json& list) {
  std::vector<TargetBinding> bindings;
  if (!list.is_array()) return bindings;
  for (const json& item : list)
    bindings.push_back({text_of(item, "targetGroupArn"), text_of(item, "containerName"),
                        static_cast<int>(integer_of(item, "containerPort", 0))});
  return bindings;
}

Tags tags_of(const json& list) {
  Tags tags;
  if (list.is_array())
    for (const json& item : list) tags[text_of(item, "key")] = text_of(item, "value");
  return tags;
}

tl::unexpected<ApiError> cluster_not_found() {
  return api_error("ClusterNotFoundException", "Cluster not found.");
}

}  // namespace doctor::lab
