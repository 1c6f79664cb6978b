#include "remedy_support.h"

#include <unistd.h>

#include <cstdlib>

namespace doctor::remedy::testing {

Folder::Folder() {
  // In memory where that is to be had: a journal waits for the disk at every write.
  const std::filesystem::path memory = "/dev/shm";
  const auto parent = access(memory.c_str(), W_OK) == 0 ? memory : std::filesystem::temp_directory_path();
  std::string pattern = (parent / "doctor-remedy-XXXXXX").string();
  folder = mkdtemp(pattern.data());
}
Folder::~Folder() {
  std::error_code ignored;
  std::filesystem::remove_all(folder, ignored);
}

Plan two_step_plan() {
  Plan plan;
  plan.family = "FargateSpotInterrupted";
  plan.cause = "spot.zone_reclaim";
  plan.account = "111122223333";
  plan.region = "eu-west-1";
  plan.cluster = "prod";
  plan.service = "web";
  plan.made_at = kNow;
  for (const char* id : {"1", "2"}) {
    Step step;
    step.id = id;
    step.fix = "on_demand_base";
    step.title = std::string("Set thing ") + id + " to 9";
    step.resource = {"test:thing", std::string("thing-") + id, plan.account, plan.region};
    step.before = R"({"name":"thing-)" + step.id + R"(","value":1})";
    step.request = {"ecs", "UpdateService", plan.region, R"({"name":"thing-)" + step.id + R"(","value":9})"};
    step.inverse = {"ecs", "UpdateService", plan.region, R"({"name":"thing-)" + step.id + R"(","value":1})"};
    step.effects = {{"/value", "9"}};
    plan.steps.push_back(step);
  }
  return plan;
}

}  // namespace doctor::remedy::testing
