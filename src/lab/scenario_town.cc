#include "lab/scenario_town.h"

#include <cstdio>

namespace doctor::lab {

using namespace std::chrono_literals;

namespace {

constexpr std::int64_t kMib = 1024 * 1024;

const Registry& ecs_registry() {
  static const Registry registry = [] {
    Registry made;
    add_ecs_operations(made);
    return made;
  }();
  return registry;
}

std::string image_uri(const Town& town, const App& app) {
  return town.world.account + ".dkr.ecr." + town.region + ".amazonaws.com/" + app.name + ":" + app.tag;
}

// How many operations name what they touch, for LookupEvents by resource.
std::vector<std::pair<std::string, std::string>> resources_in(const json& input) {
  std::vector<std::pair<std::string, std::string>> resources;
  for (const auto& [key, type] : {std::pair{"cluster", "AWS::ECS::Cluster"},
                                  {"service", "AWS::ECS::Service"},
                                  {"serviceName", "AWS::ECS::Service"},
                                  {"task", "AWS::ECS::Task"},
                                  {"taskDefinition", "AWS::ECS::TaskDefinition"},
                                  {"family", "AWS::ECS::TaskDefinition"}})
    if (const std::string value = text_of(input, key); !value.empty()) resources.emplace_back(type, value);
  return resources;
}

// AWS/Usage, as Fargate reports it, every five minutes; it goes on when the Town is gone.
void report_usage_of(World& world, const std::string& region) {
  world.clock.schedule_in(5min, [&world, region] {
    const EcsScope here = ecs_in(world, region);
    for (const auto& [pool, kind] :
         {std::pair{"FARGATE", "Standard/OnDemand"}, {"FARGATE_SPOT", "Standard/Spot"}})
      put_metric(world, region,
                 {"AWS/Usage",
                  "ResourceCount",
                  {{"Class", kind}, {"Resource", "vCPU"}, {"Service", "Fargate"}, {"Type", "Resource"}}},
                 here.state.capacity.used_vcpus(pool));
    report_usage_of(world, region);
  });
}

// CloudTrail keeps an answer without its long parts.
json abridged(json answer) {
  if (answer.contains("service")) answer["service"].erase("events");
  return answer;
}

}  // namespace

App web_app(int desired) {
  App app{.name = "web", .desired = desired};
  app.behaviour.start_lines = {"web 1.14.2 listening on :8080"};
  return app;
}

Town::Town(World& the_world, const TownOptions& options) : world(the_world), region(the_world.home) {
  world.clock.start_at(world.present - options.history);
  zones = world.zones(region);
  pipeline = world.role_session_arn("ci-deploy", "gha-run-4711");
  administrator = world.role_session_arn("PlatformAdmin", "mara.lindqvist");
  developer = world.role_session_arn("Developer", "jonas.weber");
  make_network(options);
  make_roles();
  auto& quotas = world.quotas[region].quotas;
  quotas[{"fargate", kOnDemandVcpuQuota}].value = options.vcpu_quota;
  quotas[{"fargate", kSpotVcpuQuota}].value = options.spot_vcpu_quota;
  if (options.events_to_logs) {
    add_log_group(world, region, "/aws/events/ecs", 14);
    add_rule(world, region, "ecs-events-to-logs", {{"source", {"aws.ecs"}}},
             world.arn("logs", region, "log-group:/aws/events/ecs"));
  }
  act(administrator, "CreateCluster",
      {{"clusterName", cluster},
       {"capacityProviders", {"FARGATE", "FARGATE_SPOT"}},
       {"defaultCapacityProviderStrategy", {{{"capacityProvider", "FARGATE"}, {"weight", 1}, {"base", 0}}}},
       {"settings", {{{"name", "containerInsights"}, {"value", "enabled"}}}},
       {"tags", {{{"key", "environment"}, {"value", "production"}}}}});
  report_usage();
  if (options.siblings) make_siblings();
}

void Town::make_network(const TownOptions& options) {
  vpc = add_vpc(world, region, "10.20.0.0/16", "prod");
  const std::string gateway = add_internet_gateway(world, region, vpc);
  for (std::size_t i = 0; i < zones.size(); ++i) {
    const std::string letter(1, zones[i].back());
    char cidr[32];
    std::snprintf(cidr, sizeof cidr, "10.20.%zu.0/24", i);
    public_subnets.push_back(add_subnet(world, region, vpc, zones[i], cidr, "prod-public-" + letter, true));
    std::snprintf(cidr, sizeof cidr, "10.20.%zu.0/%d", 16 * (i + 1), options.private_bits);
    private_subnets.push_back(add_subnet(world, region, vpc, zones[i], cidr, "prod-private-" + letter));
  }
  const std::string public_table = add_route_table(world, region, vpc, public_subnets, "prod-public");
  add_route(world, region, public_table, "0.0.0.0/0", gateway);
  private_table = add_route_table(world, region, vpc, private_subnets, "prod-private");
  if (options.nat) {
    nat_gateway = add_nat_gateway(world, region, public_subnets[0]);
    add_route(world, region, private_table, "0.0.0.0/0", nat_gateway);
  }
  balancer_group = add_group(world, region, vpc, "prod-alb", "public load balancers");
  allow_ingress(world, region, balancer_group, {.cidr = "0.0.0.0/0", .group = {}});
  app_group = add_group(world, region, vpc, "prod-app", "application tasks");
  allow_ingress(world, region, app_group,
                {.from_port = 8080, .to_port = 8090, .cidr = {}, .group = balancer_group});
  endpoint_group = add_group(world, region, vpc, "prod-endpoints", "interface endpoints");
  allow_ingress(world, region, endpoint_group, {.cidr = "10.20.0.0/16", .group = {}});
  if (options.endpoints) {
    add_endpoint(world, region, vpc, "s3", {private_table});
    for (const char* service : {"ecr.api", "ecr.dkr", "logs"})
      add_endpoint(world, region, vpc, service, private_subnets, {endpoint_group});
  }
}

void Town::make_roles() {
  add_ecs_service_role(world);
  Role& execution = add_role(world, execution_role, "ecs-tasks.amazonaws.com");
  execution.attached = {
      add_aws_policy(world, "service-role/AmazonECSTaskExecutionRolePolicy",
                     policy_document("Allow", {"ecr:GetAuthorizationToken", "ecr:BatchCheckLayerAvailability",
                                               "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage",
                                               "logs:CreateLogStream", "logs:PutLogEvents"}))};
  Role& deploy = add_role(world, "ci-deploy", "codebuild.amazonaws.com");
  deploy.inlined["deploy"] =
      policy_document("Allow", {"ecs:*", "ecr:*", "iam:PassRole", "elasticloadbalancing:*"});
  add_role(world, "PlatformAdmin", "ec2.amazonaws.com").inlined["admin"] = policy_document("Allow", {"*"});
  Role& developers = add_role(world, "Developer", "ec2.amazonaws.com");
  developers.inlined["work"] =
      policy_document("Allow", {"ecs:Describe*", "ecs:List*", "ecs:ExecuteCommand", "ecs:StopTask",
                                "ecs:RunTask", "logs:Get*", "logs:FilterLogEvents", "ssm:StartSession"});
}

json Town::definition_of(const App& app) const {
  json container{{"name", app.name},
                 {"image", image_uri(*this, app)},
                 {"essential", true},
                 {"stopTimeout", app.stop_timeout},
                 {"portMappings", json::array({{{"containerPort", app.port}, {"protocol", "tcp"}}})},
                 {"environment", json::array({{{"name", "APP_ENV"}, {"value", "production"}},
                                              {{"name", "LOG_LEVEL"}, {"value", "info"}}})},
                 {"logConfiguration",
                  {{"logDriver", "awslogs"},
                   {"options",
                    {{"awslogs-group", "/ecs/" + app.name},
                     {"awslogs-region", region},
                     {"awslogs-stream-prefix", "ecs"}}}}}};
  if (app.readonly_root) container["readonlyRootFilesystem"] = true;
  for (const auto& secret : app.secrets)
    container["secrets"].push_back({{"name", "DATABASE_PASSWORD"}, {"valueFrom", secret}});
  json definition{
      {"family", app.name},
      {"requiresCompatibilities", {"FARGATE"}},
      {"networkMode", "awsvpc"},
      {"cpu", app.cpu},
      {"memory", app.memory},
      {"executionRoleArn", world.arn("iam", "", "role/" + execution_role)},
      {"taskRoleArn",
       world.arn("iam", "", "role/" + (app.task_role.empty() ? app.name + "-task" : app.task_role))},
      {"runtimePlatform", {{"cpuArchitecture", "X86_64"}, {"operatingSystemFamily", "LINUX"}}},
      {"containerDefinitions", json::array({container})}};
  if (app.ephemeral_gib > 0) definition["ephemeralStorage"] = {{"sizeInGiB", app.ephemeral_gib}};
  return definition;
}

Reply Town::next_revision(const App& app) {
  std::vector<std::int64_t> layers;
  std::vector<std::string> seeds;
  for (std::size_t i = 0; i < app.layers_mib.size(); ++i) {
    layers.push_back(app.layers_mib[i] * kMib);
    seeds.push_back(i == 0 ? "debian-12-base-" + std::to_string(app.layers_mib[i])
                           : app.name + "-" + app.tag + "-" + std::to_string(i));
  }
  if (!find_image(world, region, app.name, app.tag)) {
    add_image(world, region, app.name, app.tag, layers, seeds);
    note(pipeline, "ecr", "PutImage", {{"repositoryName", app.name}, {"imageTag", app.tag}},
         {{"AWS::ECR::Repository", app.name}});
  }
  Reply registered = act(pipeline, "RegisterTaskDefinition", definition_of(app));
  if (registered) {
    const json& definition = (*registered)["taskDefinition"];
    ecs_of(world).behaviours[app.name + ":" + std::to_string(integer_of(definition, "revision", 1))] =
        app.behaviour;
  }
  return registered;
}

void Town::add_app(const App& app) {
  add_repository(world, region, app.name);
  add_log_group(world, region, "/ecs/" + app.name, 30);
  if (app.task_role.empty()) {
    Role& role = add_role(world, app.name + "-task", "ecs-tasks.amazonaws.com");
    role.inlined["application"] = policy_document("Allow", {"s3:GetObject", "sqs:SendMessage"});
    role.inlined["exec"] =
        policy_document("Allow", {"ssmmessages:CreateControlChannel", "ssmmessages:CreateDataChannel",
                                  "ssmmessages:OpenControlChannel", "ssmmessages:OpenDataChannel"});
  }
  const Reply registered = next_revision(app);
  if (!registered) return;
  json input{{"cluster", cluster},
             {"serviceName", app.name},
             {"taskDefinition", app.name},
             {"desiredCount", app.desired},
             {"capacityProviderStrategy", strategy_json(app.strategy)},
             {"platformVersion", app.platform_version},
             {"networkConfiguration",
              network_json({app.subnets.empty() ? private_subnets : app.subnets,
                            app.groups.empty() ? std::vector<std::string>{app_group} : app.groups, false})},
             {"deploymentConfiguration",
              {{"minimumHealthyPercent", app.minimum_healthy_percent},
               {"maximumPercent", app.maximum_percent},
               {"deploymentCircuitBreaker", {{"enable", app.breaker}, {"rollback", app.rollback}}}}},
             {"enableExecuteCommand", app.exec},
             {"enableECSManagedTags", true},
             {"tags", json::array({{{"key", "team"}, {"value", "shop"}}})}};
  if (app.balanced) {
    const std::string group = add_target_group(world, region, app.name, vpc, app.port);
    world.elb[region].target_groups[group].attributes["deregistration_delay.timeout_seconds"] =
        std::to_string(app.deregistration_delay);
    add_load_balancer(world, region, app.name, public_subnets, {balancer_group}, group);
    input["loadBalancers"] =
        json::array({{{"targetGroupArn", group}, {"containerName", app.name}, {"containerPort", app.port}}});
    input["healthCheckGracePeriodSeconds"] = 30;
  }
  act(pipeline, "CreateService", input);
}

Reply Town::deploy(const App& app, json more) {
  Reply registered = next_revision(app);
  if (!registered) return registered;
  more["cluster"] = cluster;
  if (!app.breaker)
    more["deploymentConfiguration"] = {
        {"deploymentCircuitBreaker", {{"enable", false}, {"rollback", false}}}};
  more["service"] = app.name;
  more["taskDefinition"] = (*registered)["taskDefinition"]["taskDefinitionArn"];
  return act(pipeline, "UpdateService", more);
}

void Town::until(core::Duration before_present) {
  world.clock.advance_to(world.present - before_present);
}

Reply Town::act(const std::string& caller_arn, const std::string& operation, const json& input) {
  const Handler handler = ecs_registry().find("ecs", operation);
  if (!handler) return api_error("InvalidAction", operation);
  CallContext call;
  call.region = region;
  call.service = "ecs";
  call.operation = operation;
  call.caller_arn = caller_arn;
  call.time = world.clock.now();
  Reply reply = handler(world, call, input);
  TrailCall record;
  record.name = operation;
  record.caller_arn = caller_arn;
  record.request = input;
  record.user_agent = caller_arn == pipeline ? "aws-sdk-go-v2/1.30.0 terraform/1.9.5" : "aws-cli/2.17.0";
  record.source_ip = caller_arn == pipeline ? "203.0.113.40" : "198.51.100.23";
  record.resources = resources_in(input);
  if (reply) {
    record.response = abridged(*reply);
  } else {
    record.error_code = reply.error().code;
    record.error_message = reply.error().message;
  }
  world.record_trail(region, record);
  return reply;
}

void Town::note(const std::string& caller_arn, const std::string& service, const std::string& operation,
                const json& request, std::vector<std::pair<std::string, std::string>> resources,
                bool read_only) {
  TrailCall record;
  record.service = service;
  record.name = operation;
  record.caller_arn = caller_arn;
  record.request = request;
  record.resources = std::move(resources);
  record.read_only = read_only;
  world.record_trail(region, record);
}

std::vector<TaskRecord*> Town::tasks_of(const std::string& name, bool wanted) {
  std::vector<TaskRecord*> tasks;
  for (const auto& id : service(name).tasks)
    if (TaskRecord* task = task_by_id(ecs(), id); task && (!wanted || (task->wanted() && task->live())))
      tasks.push_back(task);
  return tasks;
}

// Two healthy services beside the one that suffers, with a deployment behind each.
void Town::make_siblings() {
  App catalog{.name = "catalog", .desired = 2};
  catalog.behaviour.start_lines = {"catalog 1.14.2 listening on :8080"};
  add_app(catalog);
  App mailer{.name = "mailer", .desired = 1, .balanced = false};
  mailer.behaviour.start_lines = {"mailer ready, polling queue"};
  add_app(mailer);
  world.clock.advance_by(20min);
  catalog.tag = "1.14.3";
  deploy(catalog);
}

void Town::report_usage() {
  report_usage_of(world, region);
}

}  // namespace doctor::lab
