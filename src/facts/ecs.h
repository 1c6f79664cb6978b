// What Amazon ECS says: clusters, services, deployments, task definitions and tasks, as typed values.
//
// Field names follow the ECS API reference; a field is empty (or std::nullopt) where AWS or the snapshot does
// not say. A task is known from DescribeTasks or from an EventBridge "ECS Task State Change" event; `origin`
// tells which.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.h"
#include "facts/origin.h"

namespace doctor::facts {

using core::Timestamp;

struct ManagedAgent {
  std::string name;         // "ExecuteCommandAgent"
  std::string last_status;  // PENDING RUNNING STOPPED
  std::string reason;
};

struct Container {
  std::string arn, name, image, image_digest, runtime_id, last_status, health_status;
  std::string reason;  // "CannotPullContainerError: …", "OutOfMemoryError: …"
  std::optional<int> exit_code;
  std::vector<ManagedAgent> managed_agents;
};

struct Attachment {
  std::string id, type, status;  // ElasticNetworkInterface; PRECREATED … ATTACHED … DELETED, FAILED
  std::map<std::string, std::string> details;  // subnetId, networkInterfaceId, privateIPv4Address, …
};

struct Task {
  std::string arn, cluster_arn, task_definition_arn, group, started_by;
  std::string last_status, desired_status, stop_code, stopped_reason;
  std::string availability_zone, capacity_provider, launch_type, platform_version, platform_family;
  std::string cpu, memory, connectivity, health_status;
  bool enable_execute_command = false;
  std::optional<int> ephemeral_storage_gib;
  std::optional<Timestamp> created_at, pull_started_at, pull_stopped_at, connectivity_at, started_at,
      stopping_at, execution_stopped_at, stopped_at;
  std::vector<Container> containers;
  std::vector<Attachment> attachments;
  std::optional<long long> version;  // grows with every change of the task: orders its events
  Origin origin;

  std::string_view service() const;  // the service of group "service:NAME"; "" for a stand-alone task
  std::string_view subnet() const;   // of its network interface attachment; "" where none is known
  std::string_view network_interface() const;
  // The best known time of the stop: stoppedAt, stoppingAt, executionStoppedAt; else nothing.
  std::optional<Timestamp> stop_time() const;
};

struct CapacityProviderStrategyItem {
  std::string capacity_provider;  // FARGATE, FARGATE_SPOT or an Auto Scaling group provider's name
  int base = 0;
  int weight = 0;
  bool operator==(const CapacityProviderStrategyItem&) const = default;
};

struct NetworkConfiguration {
  std::vector<std::string> subnets, security_groups;
  bool assign_public_ip = false;
  bool operator==(const NetworkConfiguration&) const = default;
};

struct LoadBalancer {
  std::string target_group_arn, container_name;
  int container_port = 0;
};

struct Deployment {
  std::string id, status, task_definition_arn, launch_type, platform_version, rollout_state,
      rollout_state_reason;
  int desired = 0, pending = 0, running = 0, failed_tasks = 0;
  std::optional<Timestamp> created_at, updated_at;
  std::vector<CapacityProviderStrategyItem> capacity_provider_strategy;
  NetworkConfiguration network;
};

struct ServiceEvent {
  std::string id, message;
  std::optional<Timestamp> created_at;
};

struct TaskSet {
  std::string id, arn, status, task_definition_arn, launch_type, platform_version, stability_status;
  int desired = 0, pending = 0, running = 0;
};

struct Service {
  std::string arn, name, cluster_arn, status, task_definition_arn, launch_type, platform_version,
      platform_family;
  std::string scheduling_strategy, deployment_controller, role_arn, created_by;
  int desired = 0, running = 0, pending = 0;
  std::vector<CapacityProviderStrategyItem> capacity_provider_strategy;
  NetworkConfiguration network;
  std::vector<LoadBalancer> load_balancers;
  int minimum_healthy_percent = 100, maximum_percent = 200;
  bool circuit_breaker = false, circuit_breaker_rollback = false;
  bool enable_execute_command = false;
  std::optional<int> health_check_grace_seconds;
  std::vector<Deployment> deployments;
  std::vector<ServiceEvent> events;  // newest first, as AWS lists them (at most 100)
  std::vector<TaskSet> task_sets;
  std::optional<Timestamp> created_at;
  std::map<std::string, std::string> tags;
};

struct Secret {
  std::string name, value_from;  // an ARN of Secrets Manager or Systems Manager, never the value
};

struct ContainerDefinition {
  std::string name, image, log_driver, user;
  bool essential = true;
  bool readonly_root_filesystem = false;
  bool init_process_enabled = false;
  bool has_health_check = false;
  bool has_repository_credentials = false;
  std::optional<int> stop_timeout_seconds;  // absent: 30 s on Fargate
  std::optional<int> cpu, memory_mib, memory_reservation_mib;
  std::vector<std::string> environment_names;  // names alone: values are never read
  std::vector<Secret> secrets;
  std::map<std::string, std::string> log_options;  // awslogs-group, awslogs-region, awslogs-stream-prefix, …
  std::vector<std::string> entry_point, command;
  std::vector<std::string> linux_capabilities_added;
};

struct TaskDefinition {
  std::string arn, family, status, cpu, memory, network_mode, pid_mode;
  std::string task_role_arn, execution_role_arn, cpu_architecture, operating_system_family, registered_by;
  int revision = 0;
  std::optional<int> ephemeral_storage_gib;  // absent: 20 GiB on platform 1.4.0
  std::vector<std::string> requires_compatibilities, compatibilities;
  std::vector<std::string> efs_volumes;
  std::vector<ContainerDefinition> containers;
  std::optional<Timestamp> registered_at;
};

struct ExecuteCommandConfiguration {
  std::string logging, kms_key_id, log_group, s3_bucket;
};

struct Cluster {
  std::string arn, name, status;
  std::vector<std::string> capacity_providers;
  std::vector<CapacityProviderStrategyItem> default_strategy;
  std::string container_insights;  // enabled, enhanced, disabled; "" where not asked for
  std::optional<ExecuteCommandConfiguration> execute_command;
};

struct CapacityProvider {
  std::string arn, name, status;
};

// A call that ECS or the caller's client saw fail: RunTask failures[], ExecuteCommand and RunTask errors.
// From ecs.run-task*.json, from *.error.txt beside it, or from CloudTrail (then event_id is set in origin).
struct CallFailure {
  std::string
      operation;  // RunTask, StartTask, ExecuteCommand, CreateService, UpdateService, RegisterTaskDefinition
  std::string code;    // InvalidParameterException, AccessDeniedException, …; "" for failures[]
  std::string reason;  // the message or failures[].reason
  std::string resource_arn, cluster, caller_arn;
  std::optional<Timestamp> time;
  Origin origin;
};

}  // namespace doctor::facts
