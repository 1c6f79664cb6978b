// The neighbourhood that every scenario stands in: a network over three zones, roles, images, logs, healthy
// sibling services with deployments behind them, and people who change things.
//
//   Town town(world, {});                       // six hours before the present
//   town.add_app({.name = "web", .desired = 6});
//   town.until(90min);                          // ninety minutes before the present
//   town.act(town.pipeline, "UpdateService", {{"cluster", "prod"}, {"service", "web"}, {"desiredCount", 8}});
//   town.until(0min);
#pragma once

#include <string>
#include <vector>

#include "lab/ecs.h"

namespace doctor::lab {

struct TownOptions {
  core::Duration history = std::chrono::hours{6};
  bool nat = true, endpoints = true;  // ways out of the private subnets
  int private_bits = 24;              // size of the private subnets: /24, /28
  double vcpu_quota = 400, spot_vcpu_quota = 400;
  bool events_to_logs = true;  // a rule keeps the ECS events in /aws/events/ecs
  bool siblings = true;
};

struct App {
  std::string name;
  int desired = 3;
  std::vector<StrategyItem> strategy = {{"FARGATE", 0, 1}};
  bool balanced = true;  // behind a load balancer
  int port = 8080;
  std::string cpu = "512", memory = "1024", platform_version = "LATEST";
  int stop_timeout = 30, ephemeral_gib = 0;  // 0: the default size
  int deregistration_delay = 60;
  int minimum_healthy_percent = 100, maximum_percent = 200;
  bool exec = false, readonly_root = false, breaker = true, rollback = true;
  std::string task_role = {};  // name; "" : one of its own, made with the usual permissions
  std::vector<std::string> secrets = {};
  std::vector<std::string> subnets = {},
                           groups = {};  // empty: the town's private subnets, its application group
  std::vector<std::int64_t> layers_mib = {31, 74, 9};
  std::string tag = "1.14.2";
  AppBehaviour behaviour = {};
};

// The service that most scenarios break: "web", on port 8080.
App web_app(int desired);

class Town {
 public:
  Town(World& world, const TownOptions& options);

  // Image, log group, target group, roles, task definition and service, all by the pipeline, as it is done.
  void add_app(const App& app);
  // The next revision of an app: its image under a new tag (pushed), its definition registered. The reply is
  // RegisterTaskDefinition's.
  Reply next_revision(const App& app);
  Reply deploy(const App& app, json more = json::object());  // next_revision() and UpdateService

  void until(core::Duration before_present);

  // Somebody calls ECS: the operation runs, and CloudTrail has it, failed or not.
  Reply act(const std::string& caller_arn, const std::string& operation, const json& input);
  // Somebody calls another service: recorded only; the caller of this has made the change itself.
  void note(const std::string& caller_arn, const std::string& service, const std::string& operation,
            const json& request, std::vector<std::pair<std::string, std::string>> resources = {},
            bool read_only = false);

  EcsScope ecs() { return ecs_in(world, region); }
  ServiceRecord& service(const std::string& name) { return *find_service_record(ecs(), cluster, name); }
  std::vector<TaskRecord*> tasks_of(const std::string& service, bool wanted = true);

  World& world;
  std::string region, cluster = "prod", vpc;
  std::vector<std::string> zones, public_subnets, private_subnets;
  std::string private_table, nat_gateway, balancer_group, app_group, endpoint_group;
  std::string pipeline, administrator, developer;  // ARNs of those who act
  std::string execution_role = "ecsTaskExecutionRole";

 private:
  json definition_of(const App& app) const;
  void make_network(const TownOptions& options);
  void make_roles();
  void make_siblings();
  void report_usage();
};

}  // namespace doctor::lab
