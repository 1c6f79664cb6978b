// FargateSpotInterrupted: capacity taken back in one zone, in the whole Region, during an AWS event; and
// tasks on Spot that a pipeline stopped.
#include "lab/fargate_task.h"
#include "lab/scenario.h"
#include "lab/scenario_town.h"

namespace doctor::lab {

using namespace std::chrono_literals;

namespace {

App web_on_spot() {
  App web{.name = "web", .desired = 9};
  web.strategy = {{"FARGATE_SPOT", 0, 1}};
  web.deregistration_delay = 300;
  web.behaviour.ignores_sigterm = true;
  web.behaviour.start_lines = {"web 1.14.2 listening on :8080", "connected to database shop-prod"};
  return web;
}

// A change just before, which cannot have done it: more catalog tasks, and a tag.
void decoy(Town& town) {
  town.act(town.pipeline, "UpdateService",
           {{"cluster", town.cluster}, {"service", "catalog"}, {"desiredCount", 3}});
  town.act(town.administrator, "TagResource",
           {{"resourceArn", town.service("web").arn},
            {"tags", json::array({{{"key", "cost-center"}, {"value", "4200"}}})}});
}

// What is left of Spot in a zone: what runs there now and no more.
void freeze_spot(Town& town, const std::string& zone, double more_vcpus) {
  double used = 0;
  for (const auto& [id, task] : town.ecs().state.tasks)
    if (task.spot() && task.zone == zone && task.holds_capacity) used += task.cpu_units / 1024.0;
  town.ecs().state.capacity.limit("FARGATE_SPOT", zone, used + more_vcpus);
}

// Two hours on, AWS has Spot capacity again.
void comes_back(Town& town) {
  for (const auto& zone : town.zones)
    town.world.clock.schedule_in(2h, [&world = town.world, region = town.region, zone] {
      give_back_spot(ecs_in(world, region), zone);
    });
}

void zone_reclaimed(World& world) {
  Town town(world, {});
  town.add_app(web_on_spot());
  App thumbnails{.name = "thumbnails", .desired = 3, .strategy = {{"FARGATE_SPOT", 0, 1}}, .balanced = false};
  thumbnails.behaviour.drain = 6s;
  town.add_app(thumbnails);
  town.until(55min);
  decoy(town);
  town.until(25min);
  freeze_spot(town, town.zones[1], 0.5);
  freeze_spot(town, town.zones[2], 0);
  withdraw_spot(town.ecs(), town.zones[0], 90s);
  comes_back(town);
  town.until(0min);
}

void region_reclaimed(World& world) {
  Town town(world, {});
  App web = web_on_spot();
  web.strategy = {{"FARGATE", 1, 0}, {"FARGATE_SPOT", 0, 1}};
  web.behaviour.ignores_sigterm = false;
  web.deregistration_delay = 30;
  town.add_app(web);
  town.until(50min);
  decoy(town);
  town.until(22min);
  for (std::size_t i = 0; i < town.zones.size(); ++i) {
    withdraw_spot(town.ecs(), town.zones[i], 4min);
    town.until(std::chrono::minutes{22 - 3 * (static_cast<int>(i) + 1)});
  }
  comes_back(town);
  town.until(0min);
}

void not_an_interruption(World& world) {
  Town town(world, {});
  App web = web_on_spot();
  web.behaviour.ignores_sigterm = false;
  web.behaviour.handles_sigterm = false;
  web.deregistration_delay = 30;
  town.add_app(web);
  town.until(40min);
  decoy(town);
  town.until(18min);
  for (const TaskRecord* task : town.tasks_of("web")) {
    town.act(town.pipeline, "StopTask",
             {{"cluster", town.cluster},
              {"task", task->arn},
              {"reason", "Spot task interrupted: recycled by rebalance job"}});
    world.clock.advance_by(5s);
  }
  town.until(0min);
}

void health_event(World& world) {
  Town town(world, {});
  App web = web_on_spot();
  web.behaviour.ignores_sigterm = false;
  town.add_app(web);
  town.until(60min);
  decoy(town);
  town.until(28min);
  HealthEvent event;
  event.service = "ECS";
  event.code = "AWS_ECS_OPERATIONAL_ISSUE";
  event.region = town.region;
  event.start = world.clock.now() - 4min;
  event.updated = world.clock.now();
  event.description =
      "We are investigating increased Fargate task launch failures and Fargate Spot task interruptions in "
      "the " +
      town.region + " Region. Tasks that run on Fargate on demand are not affected.";
  add_health_event(world, event);
  for (const auto& zone : town.zones) withdraw_spot(town.ecs(), zone, 5min);
  comes_back(town);
  town.until(0min);
}

}  // namespace

std::vector<Scenario> spot_scenarios() {
  const std::string family = "FargateSpotInterrupted";
  return {
      {{"spot-zone-reclaimed", family, "spot.reclaimed_zone", "Spot capacity of one zone was taken back",
        "prod", "web"},
       zone_reclaimed},
      {{"spot-region-reclaimed", family, "spot.reclaimed_region",
        "Spot capacity of every zone was taken back", "prod", "web"},
       region_reclaimed},
      {{"spot-not-an-interruption", family, "spot.not_an_interruption",
        "A pipeline stopped the tasks on Spot", "prod", "web"},
       not_an_interruption},
      {{"spot-health-event", family, "spot.health_event", "Spot tasks were interrupted during an AWS event",
        "prod", "web"},
       health_event},
  };
}

}  // namespace doctor::lab
