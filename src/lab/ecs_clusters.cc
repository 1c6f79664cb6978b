#include <algorithm>

#include "core/arn.h"
#include "lab/ecs_operations.h"

namespace doctor::lab {

namespace {

bool is_cluster_name(const std::string& name) {
  return !name.empty() && name.size() <= 255 && std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return std::isalnum(c) || c == '-' || c == '_';
  });
}

json missing(const std::string& arn) {
  return {{"arn", arn}, {"reason", "MISSING"}};
}

std::string as_cluster_arn(const EcsScope& here, const std::string& text) {
  return text.rfind("arn:", 0) == 0 ? text : here.world.arn("ecs", here.region, "cluster/" + text);
}

const std::vector<std::string> kEverything{"ATTACHMENTS", "CONFIGURATIONS", "SETTINGS", "STATISTICS", "TAGS"};

// "ClusterSetting" (Amazon ECS API Reference). What AWS says of others is not documented.
std::string settings_error(const json& settings) {
  for (const json& setting : settings) {
    if (text_of(setting, "name") != "containerInsights") return "Invalid setting name";
    const std::string value = text_of(setting, "value");
    if (value != "enabled" && value != "disabled" && value != "enhanced")
      return "Invalid value for setting containerInsights";
  }
  return {};
}

void apply_settings(EcsClusterRecord& cluster, const json& input) {
  for (const json& setting : list_of(input, "settings"))
    if (text_of(setting, "name") == "containerInsights")
      cluster.container_insights = text_of(setting, "value");
  if (input.contains("configuration")) cluster.configuration_json = input["configuration"].dump();
  if (input.contains("serviceConnectDefaults"))
    cluster.service_connect_json = input["serviceConnectDefaults"].dump();
}

}  // namespace

Reply create_cluster(World& world, const CallContext& call, const json& input) {
  const EcsScope here = ecs_in(world, call.region);
  const std::string name = text_of(input, "clusterName", "default");
  if (!is_cluster_name(name))
    return api_error("InvalidParameterException", "Identifier contains invalid characters.");
  EcsClusterRecord& cluster = here.state.clusters[name];
  if (!cluster.arn.empty() && cluster.status == "ACTIVE")
    return json{{"cluster", cluster_json(here, cluster, kEverything)}};
  cluster = {};
  cluster.name = name;
  cluster.arn = world.arn("ecs", call.region, "cluster/" + name);
  cluster.capacity_providers = strings_of(input, "capacityProviders");
  cluster.default_strategy = strategy_of(list_of(input, "defaultCapacityProviderStrategy"));
  cluster.tags = tags_of(list_of(input, "tags"));
  apply_settings(cluster, input);
  return json{{"cluster", cluster_json(here, cluster, kEverything)}};
}

Reply delete_cluster(World& world, const CallContext& call, const json& input) {
  const EcsScope here = ecs_in(world, call.region);
  EcsClusterRecord* cluster = find_cluster(here, text_of(input, "cluster"));
  if (!cluster) return cluster_not_found();
  for (const auto& [key, service] : here.state.services)
    if (key.first == cluster->name && service.status != "INACTIVE")
      return api_error("ClusterContainsServicesException",
                       "The Cluster cannot be deleted while Services are active.");
  for (const auto& [id, task] : here.state.tasks)
    if (task.cluster == cluster->name && task.live())
      return api_error("ClusterContainsTasksException",
                       "The Cluster cannot be deleted while Tasks are active.");
  cluster->status = "INACTIVE";
  return json{{"cluster", cluster_json(here, *cluster, kEverything)}};
}

Reply update_cluster(World& world, const CallContext& call, const json& input) {
  const EcsScope here = ecs_in(world, call.region);
  EcsClusterRecord* cluster = find_cluster(here, text_of(input, "cluster"));
  if (!cluster) return cluster_not_found();
  if (const auto error = settings_error(list_of(input, "settings")); !error.empty())
    return invalid_parameter(error);
  apply_settings(*cluster, input);
  return json{{"cluster", cluster_json(here, *cluster, kEverything)}};
}

// The settings alone, and at least one of them. From the next minute on Container Insights has the tasks'
// metrics, or has them no more.
Reply update_cluster_settings(World& world, const CallContext& call, const json& input) {
  const EcsScope here = ecs_in(world, call.region);
  EcsClusterRecord* cluster = find_cluster(here, text_of(input, "cluster"));
  if (!cluster) return cluster_not_found();
  const json& settings = list_of(input, "settings");
  if (settings.empty()) return invalid_parameter("Settings cannot be empty.");
  if (const auto error = settings_error(settings); !error.empty()) return invalid_parameter(error);
  apply_settings(*cluster, {{"settings", settings}});
  return json{{"cluster", cluster_json(here, *cluster, kEverything)}};
}

Reply put_cluster_capacity_providers(World& world, const CallContext& call, const json& input) {
  const EcsScope here = ecs_in(world, call.region);
  EcsClusterRecord* cluster = find_cluster(here, text_of(input, "cluster"));
  if (!cluster) return cluster_not_found();
  const auto providers = strings_of(input, "capacityProviders");
  const auto strategy = strategy_of(list_of(input, "defaultCapacityProviderStrategy"));
  for (const auto& provider : providers)
    if (provider != "FARGATE" && provider != "FARGATE_SPOT")
      return api_error("InvalidParameterException",
                       "The specified capacity provider '" + provider +
                           "' was not found. Specify a valid capacity provider and try again.");
  for (const auto& [key, service] : here.state.services) {
    if (key.first != cluster->name || service.status != "ACTIVE") continue;
    for (const auto& item : service.strategy)
      if (std::find(providers.begin(), providers.end(), item.provider) == providers.end())
        return api_error("ResourceInUseException",
                         "The specified capacity provider is in use and cannot be removed.");
  }
  if (const auto error = strategy_error(strategy, providers); !error.empty())
    return api_error("InvalidParameterException", error);
  cluster->capacity_providers = providers;
  cluster->default_strategy = strategy;
  return json{{"cluster", cluster_json(here, *cluster, kEverything)}};
}

Reply describe_clusters(World& world, const CallContext& call, const json& input) {
  const EcsScope here = ecs_in(world, call.region);
  auto names = strings_of(input, "clusters");
  if (names.empty()) names = {"default"};
  if (names.size() > 100)
    return api_error("InvalidParameterException", "Clusters can have at most 100 items.");
  json clusters = json::array(), failures = json::array();
  const auto include = strings_of(input, "include");
  for (const auto& name : names) {
    const EcsClusterRecord* cluster = find_cluster(here, name);
    if (cluster)
      clusters.push_back(cluster_json(here, *cluster, include));
    else
      failures.push_back(missing(as_cluster_arn(here, name)));
  }
  return json{{"clusters", clusters}, {"failures", failures}};
}

Reply list_clusters(World& world, const CallContext& call, const json& input) {
  const EcsScope here = ecs_in(world, call.region);
  json arns = json::array();
  for (const auto& [name, cluster] : here.state.clusters)
    if (cluster.status != "INACTIVE") arns.push_back(cluster.arn);
  return page_of(arns, input, {.result_key = "clusterArns", .bad_limit = "InvalidParameterException"});
}

Reply describe_capacity_providers(World& world, const CallContext& call, const json& input) {
  const EcsScope here = ecs_in(world, call.region);
  auto names = strings_of(input, "capacityProviders");
  const bool all = names.empty();
  if (all) names = {"FARGATE", "FARGATE_SPOT"};
  json found = json::array(), failures = json::array();
  for (const auto& text : names) {
    const std::string name(core::short_name(text));
    const std::string arn = world.arn("ecs", call.region, "capacity-provider/" + name);
    if (name == "FARGATE" || name == "FARGATE_SPOT")
      found.push_back(
          {{"capacityProviderArn", arn}, {"name", name}, {"status", "ACTIVE"}, {"tags", json::array()}});
    else
      failures.push_back(missing(arn));
  }
  Reply page = page_of(found, input, {.result_key = "capacityProviders", .default_limit = 10, .most = 10});
  if (page) (*page)["failures"] = failures;
  return page;
}

}  // namespace doctor::lab
