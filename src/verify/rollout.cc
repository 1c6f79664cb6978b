#include "verify/rollout.h"

#include <nlohmann/json.hpp>

#include "core/json.h"

namespace doctor::verify {

bool rollout_in_progress(aws::Client& client, const remedy::Run& run, const std::string& region) {
  if (run.plan.service.empty()) return false;
  const nlohmann::json input{{"cluster", run.plan.cluster}, {"services", {run.plan.service}}};
  const std::vector<aws::Call> calls{{"ecs", "DescribeServices", region, input.dump()}};
  const auto answers = client.run(calls);
  if (!answers.front()) return false;
  const auto document = core::JsonDocument::parse(answers.front()->json, "DescribeServices");
  if (!document) return false;
  for (const auto service : document->root()["services"].items()) {
    const auto deployments = service["deployments"].items();
    if (deployments.size() > 1) return true;
    for (const auto deployment : deployments) {
      if (deployment["rolloutState"].string_or() == "IN_PROGRESS") return true;
    }
  }
  return false;
}

}  // namespace doctor::verify
