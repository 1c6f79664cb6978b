// FargatePlatformVersionUnsupported: calls that ECS refused; CloudTrail has them.
#include "lab/scenario.h"
#include "lab/scenario_town.h"

namespace doctor::lab {

using namespace std::chrono_literals;

namespace {

void decoy_tag(Town& town) {
  town.until(60min);
  town.act(town.administrator, "TagResource",
           {{"resourceArn", town.service("web").arn},
            {"tags", json::array({{{"key", "cost-center"}, {"value", "4200"}}})}});
}

void unknown_version(World& world) {
  Town town(world, {});
  town.add_app(web_app(3));
  decoy_tag(town);
  town.until(25min);
  App next = web_app(3);
  next.tag = "1.15.0";
  town.deploy(next, {{"platformVersion", "1.5.0"}});
  town.until(18min);
  town.act(town.pipeline, "RunTask",
           {{"cluster", town.cluster},
            {"taskDefinition", "web"},
            {"platformVersion", "1.5.0"},
            {"startedBy", "gha-run-4711"},
            {"networkConfiguration", network_json({town.private_subnets, {town.app_group}, false})}});
  town.until(0min);
}

void feature_needs_newer(World& world) {
  Town town(world, {});
  App app = web_app(3);
  app.platform_version = "1.3.0";
  town.add_app(app);
  decoy_tag(town);
  for (const auto before : {24min, 15min}) {
    town.until(before);
    App next = app;
    next.tag = "1.15.0";
    next.ephemeral_gib = 50;
    town.deploy(next);
  }
  town.until(0min);
}

void cpu_memory(World& world) {
  Town town(world, {});
  town.add_app(web_app(3));
  decoy_tag(town);
  for (const auto before : {22min, 14min}) {
    town.until(before);
    App next = web_app(3);
    next.tag = "1.15.0";
    next.memory = "8192";  // with 0.5 vCPU: at most 4 GB
    town.deploy(next);
  }
  town.until(0min);
}

}  // namespace

std::vector<Scenario> platform_scenarios() {
  const std::string family = "FargatePlatformVersionUnsupported";
  return {
      {{"platform-unknown-version", family, "platform.unknown_version",
        "A platform version that does not exist", "prod", "web"},
       unknown_version},
      {{"platform-feature-needs-newer", family, "platform.feature_needs_newer",
        "Ephemeral storage on platform version 1.3.0", "prod", "web"},
       feature_needs_newer},
      {{"platform-cpu-memory", family, "platform.cpu_memory_combination",
        "A task size that Fargate does not have", "prod", "web"},
       cpu_memory},
  };
}

}  // namespace doctor::lab
