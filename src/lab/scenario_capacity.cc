// FargateInsufficientCapacity: a zone without capacity, and the two vCPU quotas.
#include "lab/scenario.h"
#include "lab/scenario_town.h"

namespace doctor::lab {

using namespace std::chrono_literals;

namespace {

void scale(Town& town, int desired) {
  town.act(town.pipeline, "UpdateService",
           {{"cluster", town.cluster}, {"service", "web"}, {"desiredCount", desired}});
}

void freeze(Town& town, const std::string& provider, const std::string& zone) {
  double used = 0;
  for (const auto& [id, task] : town.ecs().state.tasks)
    if (pool_of(task.provider) == provider && task.zone == zone && task.holds_capacity)
      used += task.cpu_units / 1024.0;
  town.ecs().state.capacity.limit(provider, zone, used);
}

// All of web's subnets are in one zone, and just there AWS has nothing left; its siblings go elsewhere.
void zone(World& world) {
  Town town(world, {});
  App app = web_app(4);
  app.subnets = {town.private_subnets[0]};
  town.add_app(app);
  town.until(60min);
  town.act(town.pipeline, "UpdateService",
           {{"cluster", town.cluster}, {"service", "catalog"}, {"desiredCount", 3}});
  town.until(35min);
  freeze(town, "FARGATE", town.zones[0]);
  town.until(30min);
  scale(town, 8);
  town.act(town.developer, "RunTask",
           {{"cluster", town.cluster},
            {"taskDefinition", "web"},
            {"count", 2},
            {"networkConfiguration", network_json({{town.private_subnets[0]}, {town.app_group}, false})}});
  town.act(town.pipeline, "UpdateService",
           {{"cluster", town.cluster}, {"service", "catalog"}, {"desiredCount", 4}});
  town.until(0min);
}

void vcpu_quota(World& world) {
  Town town(world, {.vcpu_quota = 6});
  town.add_app(web_app(4));
  town.until(3h);
  QuotaRequest request;
  request.id = world.ids.hex(32);
  request.service = "fargate";
  request.code = kOnDemandVcpuQuota;
  request.desired = 64;
  request.requester = town.administrator;
  request.created = request.updated = world.clock.now();
  world.quotas[town.region].requests.push_back(request);
  town.until(60min);
  town.act(town.administrator, "TagResource",
           {{"resourceArn", town.service("catalog").arn},
            {"tags", json::array({{{"key", "cost-center"}, {"value", "4200"}}})}});
  town.until(30min);
  scale(town, 14);
  town.until(0min);
}

void spot_vcpu_quota(World& world) {
  Town town(world, {.spot_vcpu_quota = 4});
  App app = web_app(4);
  app.desired = 6;
  app.strategy = {{"FARGATE", 1, 0}, {"FARGATE_SPOT", 0, 1}};
  town.add_app(app);
  town.until(60min);
  town.act(town.pipeline, "UpdateService",
           {{"cluster", town.cluster}, {"service", "catalog"}, {"desiredCount", 3}});
  town.until(30min);
  scale(town, 16);
  town.until(0min);
}

}  // namespace

std::vector<Scenario> capacity_scenarios() {
  const std::string family = "FargateInsufficientCapacity";
  return {
      {{"capacity-zone", family, "capacity.zone", "One zone has no Fargate capacity", "prod", "web"}, zone},
      {{"capacity-vcpu-quota", family, "capacity.vcpu_quota", "The on-demand vCPU quota is used up", "prod",
        "web"},
       vcpu_quota},
      {{"capacity-spot-vcpu-quota", family, "capacity.spot_vcpu_quota", "The Spot vCPU quota is used up",
        "prod", "web"},
       spot_vcpu_quota},
  };
}

}  // namespace doctor::lab
