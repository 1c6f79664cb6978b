// What the lab's ECS remembers: clusters, task definitions, services, deployments, tasks.
//
// Plain values. Names are AWS's. Fragments of requests that the lab only gives back (container definitions,
// overrides) are kept as the JSON text in which they came. Everything that the scheduler decides by is
// parsed.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/time.h"
#include "lab/placement.h"

namespace doctor::lab {

using core::Duration;
using core::Timestamp;

using Tags = std::map<std::string, std::string>;

struct NetworkChoice {
  std::vector<std::string> subnets, security_groups;
  bool assign_public_ip = false;
  bool operator==(const NetworkChoice&) const = default;
};

struct EcsClusterRecord {
  std::string arn, name, status = "ACTIVE";
  std::vector<std::string> capacity_providers;
  std::vector<StrategyItem> default_strategy;
  std::string container_insights = "disabled";
  std::string configuration_json, service_connect_json;  // "" : none
  Tags tags;
};

struct ContainerSpec {
  std::string name, image;
  bool essential = true, readonly_root = false, init_process = false, health_check = false;
  bool aws_keys_in_environment = false;
  int stop_timeout_seconds = 30;
  std::optional<int> cpu, memory, memory_reservation;
  std::string log_driver, log_group, log_prefix, log_region;
  std::vector<std::string> secrets;  // ARNs or parameter names
  std::vector<int> ports;
};

struct TaskDefinitionRecord {
  std::string arn, family, status = "ACTIVE";
  int revision = 0;
  std::string json;  // the TaskDefinition as DescribeTaskDefinition shows it
  Tags tags;
  int cpu_units = 0, memory_mib = 0;
  std::string cpu, memory, network_mode, pid_mode, cpu_architecture = "X86_64", os_family = "LINUX";
  std::string task_role_arn, execution_role_arn;
  std::optional<int> ephemeral_storage_gib;
  bool fargate = false, efs = false;
  std::vector<ContainerSpec> containers;
};

struct TargetBinding {
  std::string target_group_arn, container_name;
  int container_port = 0;
};

struct DeploymentRecord {
  std::string id;      // "ecs-svc/1234567890123456789"
  std::string status;  // PRIMARY, ACTIVE (draining), INACTIVE (gone)
  std::string task_definition_arn, launch_type, platform_version;
  std::vector<StrategyItem> strategy;
  NetworkChoice network;
  int desired = 0;
  int failed_tasks = 0;       // launches that never came to run healthily: what the circuit breaker counts
  bool first_steady = false;  // has it ever run all its tasks?
  Timestamp created_at{}, updated_at{};
  std::string rollout_state = "IN_PROGRESS", rollout_reason;
  bool exec_enabled = false;
};

struct ServiceEventRecord {
  std::string id, message;
  Timestamp created_at{};
};

struct TaskSetRecord {
  std::string id, arn, external_id, status = "ACTIVE", task_definition_arn, launch_type, platform_version;
  std::vector<StrategyItem> strategy;
  NetworkChoice network;
  std::vector<TargetBinding> load_balancers;
  double scale_percent = 100;
  int computed_desired = 0;
  Timestamp created_at{}, updated_at{};
  Tags tags;
};

struct ServiceRecord {
  std::string arn, name, cluster, status = "ACTIVE";  // cluster: its name
  std::string scheduling_strategy = "REPLICA", controller = "ECS";
  std::string launch_type, platform_version, task_definition_arn, role_arn, created_by, propagate_tags;
  std::string asked_platform_version =
      "LATEST";  // as DescribeServices shows it; its deployments show the number
  std::vector<StrategyItem> strategy;
  NetworkChoice network;
  std::vector<TargetBinding> load_balancers;
  std::string service_registries_json;
  int desired = 0, minimum_healthy_percent = 100, maximum_percent = 200;
  bool breaker = false, breaker_rollback = false;
  bool exec_enabled = false, managed_tags = false;
  std::optional<int> grace_seconds;
  std::vector<DeploymentRecord> deployments;  // newest first
  std::deque<ServiceEventRecord> events;      // newest first, 100 at most
  std::vector<TaskSetRecord> task_sets;
  Timestamp created_at{};
  Tags tags;

  // The scheduler's own memory.
  std::optional<DeploymentRecord> last_completed;  // what a rollback goes back to
  std::map<std::string, Timestamp> said;           // message -> when: duplicates wait six hours
  int consecutive_failures = 0;                    // launches that failed in a row
  bool impaired_said = false;
  Timestamp not_before{};  // no launch before: the throttle of failing services
  std::optional<Timestamp> steady_since, steady_said;
  std::optional<Timestamp> reconcile_at;  // when the next reconcile is scheduled
  std::set<std::string> tasks;            // ids of all its tasks, stopped ones too
};

struct ManagedAgentRecord {
  std::string last_status = "PENDING", reason;
  std::optional<Timestamp> last_started_at;
};

struct ContainerRecord {
  std::string arn, name, image, image_digest, runtime_id, last_status = "PENDING", reason;
  std::string health = "UNKNOWN";
  std::optional<int> exit_code;
  std::optional<ManagedAgentRecord> exec_agent;
};

struct AttachmentRecord {
  std::string id, status = "PRECREATED";
  std::string subnet_id, eni_id, mac, private_ip, private_dns;
};

struct TaskRecord {
  std::string id, arn, cluster, task_definition_arn, group, service, deployment, started_by;
  std::string last_status = "PROVISIONING", desired_status = "RUNNING", stop_code, stopped_reason;
  std::string provider;  // FARGATE or FARGATE_SPOT where a strategy placed it; else empty
  std::string launch_type = "FARGATE", platform_version, platform_family = "Linux", zone, vpc_id;
  std::string cpu_architecture = "x86_64";
  std::string cpu, memory, overrides_json = "{}", connectivity, health = "UNKNOWN";
  int cpu_units = 0;
  int storage_gib = 20;
  bool exec_enabled = false, registered = false, was_healthy = false, protected_from_scale_in = false;
  bool holds_capacity = false;  // its vCPUs still count against pool and quota
  bool counted_failure = false;
  NetworkChoice network;
  AttachmentRecord attachment;
  std::vector<ContainerRecord> containers;
  std::optional<Timestamp> created_at, connectivity_at, pull_started_at, pull_stopped_at, started_at,
      stopping_at, execution_stopped_at, stopped_at, protected_until;
  long long version = 1;
  Tags tags;

  bool spot() const { return provider == "FARGATE_SPOT"; }
  bool live() const { return last_status != "STOPPED"; }
  bool wanted() const { return desired_status == "RUNNING"; }
};

struct AccountSetting {
  std::string name, value;
};

struct EcsState {
  std::map<std::string, EcsClusterRecord> clusters;                       // by name
  std::map<std::string, std::vector<TaskDefinitionRecord>> families;      // by family, revision 1 first
  std::map<std::pair<std::string, std::string>, ServiceRecord> services;  // by cluster, name
  std::map<std::string, TaskRecord> tasks;                                // by id
  std::map<std::string, std::string> settings;
};

}  // namespace doctor::lab
