// Amazon ECS. Field names are those of the ECS API reference.
//
//   ecs:service          ARN (long form)          DescribeServices
//   ecs:cluster          ARN                      DescribeClusters
//   ecs:task-definition  ARN without a revision   DescribeTaskDefinition: the newest active revision; with
//                        a revision, that one
#include <nlohmann/json.hpp>

#include "core/arn.h"
#include "remedy/kinds_rows.h"

namespace doctor::remedy {
namespace {

using nlohmann::json;

Request read_service(const Resource& r) {
  const auto arn = core::Arn::parse(r.id);
  json input = {{"services", json::array({r.id})}, {"include", json::array({"TAGS"})}};
  if (arn) {  // service/CLUSTER/NAME
    const std::string_view path = before_slash(arn->resource);
    if (path != "service" && path != arn->resource) input["cluster"] = std::string(after_slash(path));
  }
  return {"ecs", "DescribeServices", r.region, input.dump()};
}

// What AWS fills in by itself, so that it is the same whether somebody wrote it or not.
void fill_in_strategy(json& service) {
  const auto strategy = service.find("capacityProviderStrategy");
  if (strategy == service.end() || !strategy->is_array()) return;
  for (json& item : *strategy) {
    if (!item.is_object()) continue;
    if (!item.contains("base")) item["base"] = 0;
    if (!item.contains("weight")) item["weight"] = 0;
  }
  sort_list(*strategy);
}

// "CreateService": what a rolling service has that nobody gave a setting. AWS describes it always; a file
// that was cut to size may not.
void fill_in_defaults(json& service) {
  const std::string launch_type = service.value("launchType", "FARGATE");
  if (!service.contains("platformVersion") && launch_type == "FARGATE") service["platformVersion"] = "LATEST";
  const std::string controller = service.value("deploymentController", json::object()).value("type", "ECS");
  if (controller != "ECS" || service.value("schedulingStrategy", "REPLICA") != "REPLICA") return;
  json& deployment = service["deploymentConfiguration"];
  if (!deployment.contains("maximumPercent")) deployment["maximumPercent"] = 200;
  if (!deployment.contains("minimumHealthyPercent")) deployment["minimumHealthyPercent"] = 100;
  if (!deployment.contains("deploymentCircuitBreaker"))
    deployment["deploymentCircuitBreaker"] = {{"enable", false}, {"rollback", false}};
}

State state_of_service(const Resource& r, std::string_view text) {
  const json answer = answer_of(text);
  if (!answer.contains("services")) return not_of_this_kind("DescribeServices", "list services");
  json service = item_of(answer, "services", "serviceArn", r.id);
  if (service.is_null()) service = item_of(answer, "services", "serviceName", after_slash(r.id));
  if (!service.is_object() || service.value("status", "") == "INACTIVE") return absent_state();
  erase_keys(service, {"status", "runningCount", "pendingCount", "deployments", "events", "taskSets",
                       "createdAt", "createdBy", "currentServiceDeployment", "currentServiceRevisions"});
  fill_in_strategy(service);
  if (!service.contains("enableExecuteCommand")) service["enableExecuteCommand"] = false;
  if (service.value("healthCheckGracePeriodSeconds", 0) == 0) service.erase("healthCheckGracePeriodSeconds");
  fill_in_defaults(service);
  for (const char* list : {"subnets", "securityGroups"}) {
    sort_at(service, {"networkConfiguration", "awsvpcConfiguration", list});
  }
  for (const char* list : {"loadBalancers", "serviceRegistries", "placementConstraints"}) {
    sort_at(service, {list});
  }
  sort_at(service, {"deploymentConfiguration", "alarms", "alarmNames"});
  // An empty list and none are the same service.
  for (const char* list : {"capacityProviderStrategy", "loadBalancers", "serviceRegistries",
                           "placementConstraints", "placementStrategy"}) {
    if (service.contains(list) && service[list].empty()) service.erase(list);
  }
  service["tags"] = tags_of(service.value("tags", json::array()));
  return service.dump();
}

Request read_cluster(const Resource& r) {
  const json input = {{"clusters", json::array({r.id})},
                      {"include", json::array({"CONFIGURATIONS", "SETTINGS", "TAGS"})}};
  return {"ecs", "DescribeClusters", r.region, input.dump()};
}

State state_of_cluster(const Resource& r, std::string_view text) {
  const json answer = answer_of(text);
  if (!answer.contains("clusters")) return not_of_this_kind("DescribeClusters", "list clusters");
  json cluster = item_of(answer, "clusters", "clusterArn", r.id);
  if (!cluster.is_object() || cluster.value("status", "") == "INACTIVE") return absent_state();
  erase_keys(cluster,
             {"status", "runningTasksCount", "pendingTasksCount", "activeServicesCount",
              "registeredContainerInstancesCount", "statistics", "attachments", "attachmentsStatus"});
  sort_at(cluster, {"capacityProviders"});
  sort_at(cluster, {"defaultCapacityProviderStrategy"});
  json settings = json::object();
  for (const json& setting : cluster.value("settings", json::array())) {
    if (setting.contains("name")) settings[setting.value("name", "")] = setting.value("value", "");
  }
  cluster["settings"] = settings;
  cluster["tags"] = tags_of(cluster.value("tags", json::array()));
  return cluster.dump();
}

// "web" of …:task-definition/web and of …:task-definition/web:7.
std::string family_of(std::string_view id) {
  std::string_view name = core::family_revision(id);
  if (const auto slash = name.rfind('/'); slash != std::string_view::npos) name.remove_prefix(slash + 1);
  return std::string(name.substr(0, name.find(':')));
}

// "7" of …:task-definition/web:7; "" of a family.
std::string revision_of(std::string_view id) {
  const std::string_view name = core::family_revision(id);
  const auto colon = name.find(':', name.rfind('/') == std::string_view::npos ? 0 : name.rfind('/'));
  return colon == std::string_view::npos ? std::string() : std::string(name.substr(colon + 1));
}

Request read_task_definition(const Resource& r) {
  const std::string revision = revision_of(r.id);
  const std::string name = family_of(r.id) + (revision.empty() ? "" : ":" + revision);
  const json input = {{"taskDefinition", name}, {"include", json::array({"TAGS"})}};
  return {"ecs", "DescribeTaskDefinition", r.region, input.dump()};
}

State state_of_task_definition(const Resource& r, std::string_view text) {
  const json answer = answer_of(text);
  if (!answer.contains("taskDefinition")) return not_of_this_kind("DescribeTaskDefinition", "taskDefinition");
  json definition = answer["taskDefinition"];
  if (!definition.is_object() || definition.value("family", "") != family_of(r.id) ||
      definition.value("status", "ACTIVE") != "ACTIVE")
    return absent_state();
  const std::string revision = revision_of(r.id);
  if (!revision.empty() && revision != std::to_string(definition.value("revision", 0))) return absent_state();
  erase_keys(definition, {"status", "registeredAt", "registeredBy", "deregisteredAt"});
  for (const char* list : {"requiresAttributes", "compatibilities", "requiresCompatibilities"}) {
    sort_at(definition, {list});
  }
  for (json& container : definition["containerDefinitions"]) {
    for (const char* list : {"environment", "secrets", "environmentFiles"}) sort_at(container, {list});
  }
  definition["tags"] = tags_of(answer.value("tags", json::array()));
  return definition.dump();
}

}  // namespace

std::vector<Kind> kinds_of_ecs() {
  return {
      {"ecs:service", read_service, guarded<state_of_service>,
       "ServiceNotFoundException ClusterNotFoundException"},
      {"ecs:cluster", read_cluster, guarded<state_of_cluster>, "ClusterNotFoundException"},
      // An unknown family is a ClientException: "Unable to describe task definition."
      {"ecs:task-definition", read_task_definition, guarded<state_of_task_definition>, "ClientException"},
  };
}

}  // namespace doctor::remedy
