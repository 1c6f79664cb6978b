#include "diagnose/missing.h"

#include <algorithm>
#include <tuple>

namespace doctor::diagnose {

void note_missing_stops(const facts::Place& place, std::vector<MissingEvidence>& missing) {
  // A list without a task in it says as much as a description of none.
  if (!place.tasks.empty() || place.knows("ecs.describe-tasks") || place.knows("ecs.list-tasks")) return;
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

void note_refusals(const facts::Place& place, std::vector<MissingEvidence>& missing) {
  for (const facts::Gap& gap : place.gaps) {
    if (gap.iam_action.empty()) continue;
    const bool noted = std::any_of(missing.begin(), missing.end(), [&](const MissingEvidence& m) {
      return m.how_to_grant == gap.iam_action;
    });
    if (noted) continue;
    std::string what = gap.service + " " + gap.operation;
    if (!gap.subject.empty()) what += " of " + gap.subject;
    missing.push_back({std::move(what), gap.reason, gap.iam_action});
  }
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
