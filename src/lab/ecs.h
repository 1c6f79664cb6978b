// The lab's ECS: its state, how parts of it find each other, and how records become AWS's JSON.
//
// The operations stand in ecs_*.cc, the life of one Fargate task in fargate_task.h, the service scheduler in
// scheduler.h. All of it runs on the world's clock; actions that wait there hold ids, never references.
//
//   EcsScope here = ecs_in(world, "eu-west-1");
//   TaskRecord* task = find_task(here, "prod", "arn:aws:ecs:…:task/prod/0f9d…");
#pragma once

#include <string>
#include <string_view>

#include "lab/ecs_state.h"
#include "lab/fargate_behaviour.h"
#include "lab/fargate_capacity.h"
#include "lab/world.h"

namespace doctor::lab {

struct EcsRegion : EcsState {
  FargateCapacity capacity;
};

// Faults that scenarios inject below the API.
struct EcsFaults {
  std::string eni_error;                     // "UnauthorizedOperation": every network interface fails so
  std::string eni_error_message;             // what CloudTrail's record of that says
  std::set<std::string> eni_error_services;  // only tasks of these services; empty: all
  bool eni_timeout = false;                  // interfaces never come up
  std::map<std::string, double> path_mib_per_second;  // by subnet: a slow way to the registry
};

struct Ecs {
  PerRegion<EcsRegion> regions;
  AppBehaviours behaviours;
  EcsFaults faults;
  bool trail_of_tasks = true;  // CloudTrail records of each task's interface and targets
  core::Duration forget_stopped_after = std::chrono::hours{1};
  core::Duration pull_timeout = std::chrono::minutes{10};
};

Ecs& ecs_of(World& world);

struct EcsScope {
  World& world;
  std::string region;
  EcsRegion& state;
  Ecs& ecs;
  Timestamp now() const { return world.clock.now(); }
};

EcsScope ecs_in(World& world, const std::string& region);

// --- Finding. Names, ids and ARNs are accepted wherever AWS accepts them; null where there is none.
EcsClusterRecord* find_cluster(const EcsScope& here, const std::string& name_or_arn);  // "" : default
ServiceRecord* find_service_record(const EcsScope& here, const std::string& cluster,
                                   const std::string& name_or_arn);
TaskRecord* find_task(const EcsScope& here, const std::string& cluster, const std::string& id_or_arn);
TaskRecord* task_by_id(const EcsScope& here, const std::string& id);
// "family" (its latest active revision), "family:3" or an ARN.
TaskDefinitionRecord* find_task_definition(const EcsScope& here, const std::string& name);
const AppBehaviour& behaviour_of(const EcsScope& here, const std::string& task_definition_arn);
DeploymentRecord* primary_of(ServiceRecord& service);
DeploymentRecord* deployment_of(ServiceRecord& service, const std::string& id);

std::string zone_of_subnet(const EcsScope& here, const std::string& subnet);  // "" : no such subnet
std::string vpc_of_subnet(const EcsScope& here, const std::string& subnet);

// --- Records as AWS shows them.
json cluster_json(const EcsScope& here, const EcsClusterRecord& cluster,
                  const std::vector<std::string>& include);
json service_json(const EcsScope& here, const ServiceRecord& service, bool with_tags);
json task_set_json(const EcsScope& here, const ServiceRecord& service, const TaskSetRecord& set,
                   bool with_tags);
json task_definition_json(const TaskDefinitionRecord& definition);
json task_json(const EcsScope& here, const TaskRecord& task, bool with_tags);
json strategy_json(const std::vector<StrategyItem>& strategy);
json network_json(const NetworkChoice& network);
json tags_json(const Tags& tags);

// --- Reading requests.
std::vector<StrategyItem> strategy_of(const json& list);
NetworkChoice network_of(const json& network_configuration);
std::vector<TargetBinding> load_balancers_of(const json& list);
Tags tags_of(const json& list);

tl::unexpected<ApiError> cluster_not_found();

// --- What the scheduler and the operations tell the rest of the account.
// A task changed: its version grows, and an ECS Task State Change event goes out.
void task_changed(const EcsScope& here, TaskRecord& task);
void service_action_event(const EcsScope& here, const ServiceRecord& service, const std::string& type,
                          const std::string& name, const std::string& reason = {});
void deployment_event(const EcsScope& here, const ServiceRecord& service, const DeploymentRecord& deployment,
                      const std::string& type, const std::string& name, const std::string& reason);
// A call that ECS itself makes with its service-linked role.
void record_service_call(const EcsScope& here, const std::string& service, const std::string& operation,
                         const std::string& session, json request, const std::string& error_code = {},
                         const std::string& error_message = {});

}  // namespace doctor::lab
