// FargateEphemeralStorageExceeded: an application that fills its disk, and an image that leaves it no room.
#include "lab/scenario.h"
#include "lab/scenario_town.h"

namespace doctor::lab {

using namespace std::chrono_literals;

namespace {

const std::vector<std::string> kDiskFull = {
    "ERROR export worker: OSError: [Errno 28] No space left on device: '/data/exports/catalog-full.parquet'",
    "CRITICAL unrecoverable: cannot write the export, exiting"};

App exporter() {
  App app{.name = "web", .desired = 3};
  app.behaviour.start_lines = {"shop service listening on :8080, exports in /data/exports"};
  app.behaviour.exit_lines = kDiskFull;
  return app;
}

void application_writes(World& world) {
  Town town(world, {});
  App app = exporter();
  // Hours of quiet work, then an export that nobody bounds: 20 GiB within ten minutes.
  app.behaviour.writes_from = 5h + 20min;
  app.behaviour.disk_gib_per_hour = 120;
  town.add_app(app);
  town.until(75min);
  town.act(town.pipeline, "UpdateService",
           {{"cluster", town.cluster}, {"service", "catalog"}, {"desiredCount", 3}});
  town.until(0min);
}

void image_layers(World& world) {
  Town town(world, {});
  App app = exporter();
  app.behaviour.start_lines = {"model server 2.3.0 starting"};
  app.behaviour.exit_lines.clear();
  town.add_app(app);
  town.until(35min);
  // 14 GiB once unpacked: the pull still fits in 20 GiB, what the server unpacks at its start does not.
  App next = app;
  next.tag = "2.4.0";
  next.layers_mib = {31, 1650, 3980, 60};
  next.breaker = false;
  next.behaviour.start_disk_gib = 14.3;
  next.behaviour.answers_health_checks = false;
  next.behaviour.exits_after = 45s;
  next.behaviour.exit_code = 1;
  next.behaviour.start_lines = {"model server 2.4.0 starting",
                                "unpacking model weights to /var/cache/models (7.1 GiB)"};
  next.behaviour.exit_lines = {
      "OSError: [Errno 28] No space left on device: '/var/cache/models/weights-00003.bin'",
      "disk usage: /dev/root 20G, image layers 14G, /var/cache/models 5.7G, available 0"};
  town.deploy(next);
  town.until(0min);
}

}  // namespace

std::vector<Scenario> storage_scenarios() {
  const std::string family = "FargateEphemeralStorageExceeded";
  return {
      {{"storage-application-writes", family, "storage.application_writes", "The application filled its disk",
        "prod", "web"},
       application_writes},
      {{"storage-image-layers", family, "storage.image_layers",
        "The image's layers leave the application no room", "prod", "web"},
       image_layers},
  };
}

}  // namespace doctor::lab
