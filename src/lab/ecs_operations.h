// The ECS operations, one function each; add_ecs_operations() (handler.h) registers them all.
#pragma once

#include "lab/ecs.h"

namespace doctor::lab {

Reply create_cluster(World&, const CallContext&, const json&);
Reply delete_cluster(World&, const CallContext&, const json&);
Reply update_cluster(World&, const CallContext&, const json&);
Reply update_cluster_settings(World&, const CallContext&, const json&);
Reply put_cluster_capacity_providers(World&, const CallContext&, const json&);
Reply describe_clusters(World&, const CallContext&, const json&);
Reply list_clusters(World&, const CallContext&, const json&);
Reply describe_capacity_providers(World&, const CallContext&, const json&);

Reply register_task_definition(World&, const CallContext&, const json&);
Reply deregister_task_definition(World&, const CallContext&, const json&);
Reply describe_task_definition(World&, const CallContext&, const json&);
Reply list_task_definitions(World&, const CallContext&, const json&);
Reply list_task_definition_families(World&, const CallContext&, const json&);

Reply create_service(World&, const CallContext&, const json&);
Reply update_service(World&, const CallContext&, const json&);
Reply delete_service(World&, const CallContext&, const json&);
Reply describe_services(World&, const CallContext&, const json&);
Reply list_services(World&, const CallContext&, const json&);
Reply describe_task_sets(World&, const CallContext&, const json&);

Reply run_task(World&, const CallContext&, const json&);
Reply stop_task_operation(World&, const CallContext&, const json&);
Reply describe_tasks(World&, const CallContext&, const json&);
Reply list_tasks(World&, const CallContext&, const json&);
Reply execute_command(World&, const CallContext&, const json&);

Reply tag_resource(World&, const CallContext&, const json&);
Reply untag_resource(World&, const CallContext&, const json&);
Reply list_tags_for_resource(World&, const CallContext&, const json&);

tl::unexpected<ApiError> invalid_parameter(std::string message);  // InvalidParameterException

// --- Shared by RunTask and CreateService/UpdateService.
struct LaunchSettings {
  const TaskDefinitionRecord* definition = nullptr;
  std::vector<StrategyItem> strategy;
  std::string launch_type, platform_version;
  NetworkChoice network;
  bool exec_enabled = false;
};
// Checks what both kinds of launch check, in AWS's order and words. `settings` comes with what the request
// says; strategy, launch type and platform version are completed. Empty error: all is well.
tl::expected<LaunchSettings, ApiError> checked_settings(const EcsScope& here, const EcsClusterRecord& cluster,
                                                        const std::string& task_definition,
                                                        LaunchSettings settings);

}  // namespace doctor::lab
