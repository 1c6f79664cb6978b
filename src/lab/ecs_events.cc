// What ECS tells the rest of the account: EventBridge events and CloudTrail records of its own calls.
// Shapes from "Amazon ECS events" (developer guide).
#include "lab/ecs.h"

namespace doctor::lab {

namespace {

// DescribeTasks writes times as numbers, events write them as ISO strings ("Amazon ECS events").
void times_to_iso(json& object) {
  for (const char* key : {"createdAt", "connectivityAt", "pullStartedAt", "pullStoppedAt", "startedAt",
                          "stoppingAt", "executionStoppedAt", "stoppedAt", "lastStartedAt"})
    if (object.contains(key)) object[key] = core::to_iso(core::timestamp_of_epoch(object[key].get<double>()));
}

bool anybody_listens(const EcsScope& here) {
  const auto events = here.world.events.find(here.region);
  return events != here.world.events.end() && !events->second.rules.empty();
}

}  // namespace

void task_changed(const EcsScope& here, TaskRecord& task) {
  ++task.version;
  if (!anybody_listens(here)) return;
  json detail = task_json(here, task, false);
  times_to_iso(detail);
  detail.erase("tags");
  for (json& container : detail["containers"]) {
    container.erase("healthStatus");
    for (json& agent :
         container.contains("managedAgents") ? container["managedAgents"] : detail["attributes"])
      times_to_iso(agent);
  }
  for (json& attachment : detail["attachments"]) attachment["type"] = "eni";
  detail["updatedAt"] = core::to_iso(here.now());
  here.world.publish_event(here.region, "ECS Task State Change", "aws.ecs", {task.arn}, detail);
}

void service_action_event(const EcsScope& here, const ServiceRecord& service, const std::string& type,
                          const std::string& name, const std::string& reason) {
  if (!anybody_listens(here)) return;
  json detail{{"eventType", type},
              {"eventName", name},
              {"clusterArn", here.world.arn("ecs", here.region, "cluster/" + service.cluster)},
              {"createdAt", core::to_iso(here.now())}};
  if (!reason.empty()) detail["reason"] = reason;
  if (!service.strategy.empty()) {
    detail["capacityProviderArns"] = json::array();
    for (const auto& item : service.strategy)
      detail["capacityProviderArns"].push_back(
          here.world.arn("ecs", here.region, "capacity-provider/" + item.provider));
  }
  here.world.publish_event(here.region, "ECS Service Action", "aws.ecs", {service.arn}, detail);
}

void deployment_event(const EcsScope& here, const ServiceRecord& service, const DeploymentRecord& deployment,
                      const std::string& type, const std::string& name, const std::string& reason) {
  if (!anybody_listens(here)) return;
  here.world.publish_event(here.region, "ECS Deployment State Change", "aws.ecs", {service.arn},
                           {{"eventType", type},
                            {"eventName", name},
                            {"deploymentId", deployment.id},
                            {"updatedAt", core::to_iso(here.now())},
                            {"reason", reason}});
}

void record_service_call(const EcsScope& here, const std::string& service, const std::string& operation,
                         const std::string& session, json request, const std::string& error_code,
                         const std::string& error_message) {
  TrailCall call;
  call.service = service;
  call.name = operation;
  call.caller_arn = here.world.role_session_arn("AWSServiceRoleForECS", session);
  call.invoked_by = "ecs.amazonaws.com";
  call.source_ip = "ecs.amazonaws.com";
  call.user_agent = "ecs.amazonaws.com";
  call.request = std::move(request);
  call.error_code = error_code;
  call.error_message = error_message;
  here.world.record_trail(here.region, call);
}

}  // namespace doctor::lab
