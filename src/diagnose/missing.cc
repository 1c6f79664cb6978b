#include "diagnose/missing.h"

#include <algorithm>
#include <tuple>

namespace doctor::diagnose {

void note_missing_stops(const facts::Place& place, std::vector<MissingEvidence>& missing) {
  if (!place.tasks.empty() || place.knows("ecs.describe-tasks")) return;
  for (const facts::Gap& gap : place.gaps) {
    if (gap.service != "ecs" || (gap.operation != "describe-tasks" && gap.operation != "list-tasks"))
      continue;
    missing.push_back({"stopped tasks", gap.reason, gap.iam_action.empty() ? gap.advice : gap.iam_action});
    return;
  }
  missing.push_back(
      {"stopped tasks", "not in the snapshot",
       "aws ecs describe-tasks --cluster CLUSTER --tasks $(aws ecs list-tasks --cluster CLUSTER "
       "--desired-status STOPPED --query 'taskArns[]' --output text) > ecs.describe-tasks.json"});
}

std::vector<MissingEvidence> without_repeats(std::vector<MissingEvidence> missing) {
  std::sort(missing.begin(), missing.end(), [](const MissingEvidence& a, const MissingEvidence& b) {
    return std::tie(a.evidence, a.reason, a.how_to_grant) < std::tie(b.evidence, b.reason, b.how_to_grant);
  });
  const auto same = [](const MissingEvidence& a, const MissingEvidence& b) {
    return a.evidence == b.evidence;
  };
  missing.erase(std::unique(missing.begin(), missing.end(), same), missing.end());
  return missing;
}

}  // namespace doctor::diagnose
