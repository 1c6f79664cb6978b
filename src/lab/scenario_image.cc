// FargateImageSizeExceeded: an image larger than the task's disk, and one that the path is too slow for.
#include "lab/scenario.h"
#include "lab/scenario_town.h"

namespace doctor::lab {

using namespace std::chrono_literals;

namespace {

void too_large(World& world) {
  Town town(world, {});
  town.add_app(web_app(3));
  town.until(60min);
  town.act(town.pipeline, "UpdateService",
           {{"cluster", town.cluster}, {"service", "catalog"}, {"desiredCount", 3}});
  town.until(35min);
  App next = web_app(3);
  next.tag = "1.15.0-cuda";
  next.layers_mib = {31, 2890, 5420, 640};  // PyTorch with CUDA: 8.8 GiB compressed, 22 GiB unpacked
  next.breaker = false;
  town.deploy(next);
  town.until(0min);
}

// The endpoints to ECR and S3 went, the small NAT instance stayed.
void slow_path(World& world) {
  Town town(world, {.endpoints = false});
  App app = web_app(3);
  app.layers_mib = {31, 210, 95};
  town.add_app(app);
  town.until(65min);
  town.act(town.pipeline, "UpdateService",
           {{"cluster", town.cluster}, {"service", "catalog"}, {"desiredCount", 3}});
  town.until(40min);
  for (const auto& subnet : town.private_subnets) ecs_of(world).faults.path_mib_per_second[subnet] = 0.45;
  App next = app;
  next.tag = "1.15.0";
  next.layers_mib = {31, 215, 98};
  next.breaker = false;
  town.deploy(next);
  town.until(0min);
}

}  // namespace

std::vector<Scenario> image_scenarios() {
  const std::string family = "FargateImageSizeExceeded";
  return {
      {{"image-too-large", family, "image.larger_than_storage", "The image does not fit on the task's disk",
        "prod", "web"},
       too_large},
      {{"image-pull-timeout-slow-path", family, "image.pull_timeout_slow_path",
        "The way to the registry is too slow", "prod", "web"},
       slow_path},
  };
}

}  // namespace doctor::lab
