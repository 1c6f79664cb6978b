// Whether the tasks that were started ran, and if not, whether it is the same failure again.
#include <algorithm>

#include "core/arn.h"
#include "core/glob.h"
#include "core/json.h"
#include "diagnose/diagnose.h"
#include "diagnose/explain.h"
#include "facts/absorb.h"
#include "verify/judge.h"

namespace doctor::verify {
namespace {

std::string title_of(const Replay& replay) {
  std::string out = "a task of " + replay.definition + " starts in " + replay.subnet;
  if (!replay.provider.empty()) out += " on " + replay.provider;
  return out;
}

std::string same_or_other(const Subject& subject, const std::string& family, const std::string& what) {
  if (family == subject.run.plan.family && !family.empty()) return "the same failure again: " + what;
  return (family.empty() ? "another failure: " : "another failure (" + family + "): ") + what;
}

std::string family_of_text(const std::string& text) {
  const auto found = diagnose::explain(text);
  return found.empty() ? std::string{} : found.front().family;
}

// Who may not start tasks learns nothing about the repair.
bool is_about_our_rights(const core::Error& error) {
  return error.kind == core::ErrorKind::refused;
}
bool is_about_the_way(const core::Error& error) {
  return error.kind == core::ErrorKind::unreachable || error.kind == core::ErrorKind::throttled ||
         error.kind == core::ErrorKind::cancelled;
}

Check judge_refusal(const Subject& subject, Check made, const core::Error& error) {
  made.proof.push_back({"ecs", "run-task", {}, "error", error.code, {}});
  if (is_about_our_rights(error)) {
    return not_possible(std::move(made), "RunTask was refused: " + error.sentence +
                                             "; it takes ecs:RunTask, ecs:StopTask and iam:PassRole");
  }
  if (is_about_the_way(error)) return not_possible(std::move(made), "RunTask: " + error.sentence);
  return failed(std::move(made), same_or_other(subject, family_of_text(error.sentence), error.sentence));
}

struct Stop {
  std::string code, reason;
  std::optional<int> exit_code;  // of the container that ended first with one
  std::optional<core::Timestamp> time;
};

Stop stop_in(const std::string& described) {
  Stop out;
  const auto document = core::JsonDocument::parse(described, "DescribeTasks");
  if (!document) return out;
  const auto tasks = document->root()["tasks"].items();
  if (tasks.empty()) return out;
  const auto task = tasks.front();
  out.code = task["stopCode"].string_or();
  out.reason = task["stoppedReason"].string_or();
  out.time = task["stoppedAt"].timestamp();
  if (!out.time) out.time = task["stoppingAt"].timestamp();
  bool all_well = !task["containers"].items().empty();
  for (const auto container : task["containers"].items()) {
    const auto code = container["exitCode"].integer();
    all_well = all_well && code && *code == 0;
    if (code && (!out.exit_code || *code != 0)) out.exit_code = code;
    const auto reason = container["reason"].string_or();
    if (!reason.empty()) out.reason += (out.reason.empty() ? "" : "; ") + std::string(reason);
  }
  if (!all_well && out.exit_code == 0) out.exit_code.reset();
  return out;
}

// The whole pipeline looks at the stopped task, with all that was read around it.
std::string family_of_stop(const Reading& reading, const ReplayOutcome& outcome, const Stop& stop) {
  const auto document = core::JsonDocument::parse(outcome.described, "DescribeTasks");
  facts::Facts facts = reading.facts;
  if (document &&
      facts::absorb(facts, facts.places.front(), {"ecs", "describe-tasks", {}}, document->root())) {
    facts::Scope scope;
    scope.task = outcome.task_arn;
    const auto diagnosis = diagnose::diagnose(facts, scope);
    if (diagnosis && !diagnosis->incidents.empty()) return diagnosis->incidents.front().family;
  }
  return family_of_text(stop.code + " " + stop.reason);
}

Check judge_stop(const Subject& subject, const Reading& reading, const ReplayOutcome& outcome, Check made) {
  const Stop stop = stop_in(outcome.described);
  made.proof.push_back({"ecs", "describe-tasks", {}, "stopCode", stop.code, stop.time});
  made.proof.push_back({"ecs", "describe-tasks", {}, "stoppedReason", stop.reason, stop.time});
  if (stop.exit_code == 0)
    return passed(std::move(made), "it ran to its end, every container with exit code 0");
  std::string what = stop.code.empty() ? std::string("it stopped") : stop.code;
  if (!stop.reason.empty()) what += ": " + stop.reason;
  if (stop.exit_code) what += " (exit code " + std::to_string(*stop.exit_code) + ")";
  return failed(std::move(made), same_or_other(subject, family_of_stop(reading, outcome, stop), what));
}

Check judge_start(const Subject& subject, const Reading& reading, const ReplayOutcome& outcome) {
  Check made = check("replay.run_task", title_of(outcome.replay));
  if (outcome.refused) return judge_refusal(subject, std::move(made), *outcome.refused);
  if (outcome.task_arn.empty()) {
    made.proof.push_back({"ecs", "run-task", {}, "failures[].reason", outcome.failure, {}});
    const std::string what = outcome.failure.empty() ? "RunTask started nothing" : outcome.failure;
    return failed(std::move(made), same_or_other(subject, family_of_text(outcome.failure), what));
  }
  made.proof.push_back({"ecs", "run-task", {}, "tasks[].taskArn", outcome.task_arn, outcome.began_at});
  if (outcome.stopped_by_itself) return judge_stop(subject, reading, outcome, std::move(made));
  if (outcome.cancelled)
    return not_possible(std::move(made), "it was stopped before it told anything: Ctrl-C");
  const std::string took = core::to_words(std::chrono::duration_cast<core::Duration>(
      outcome.running_at.value_or(outcome.ended_at) - outcome.began_at));
  if (outcome.running_at) {
    made.proof.push_back({"ecs", "describe-tasks", {}, "lastStatus", "RUNNING", outcome.running_at});
    return passed(std::move(made), "it was RUNNING" +
                                       std::string(outcome.replay.has_health_check ? " and HEALTHY" : "") +
                                       " after " + took + ", went on running, and was stopped again");
  }
  return failed(std::move(made), "it did not come to run within " + took);
}

std::optional<Check> judge_exec(const Subject& subject, const ReplayOutcome& outcome) {
  if (outcome.replay.container.empty() || outcome.task_arn.empty()) return std::nullopt;
  Check made = check("replay.execute_command", "ECS Exec opens a session in " + outcome.replay.container +
                                                   " in " + outcome.replay.subnet);
  if (!outcome.exec_tried)
    return not_possible(std::move(made), "no task came to run in which it could be tried");
  made.proof.push_back({"ecs",
                        "execute-command",
                        {},
                        "error",
                        outcome.exec_error ? outcome.exec_error->code : std::string{"none"},
                        outcome.ended_at});
  if (!outcome.exec_error) return passed(std::move(made), "ExecuteCommand opened a session");
  if (is_about_the_way(*outcome.exec_error))
    return not_possible(std::move(made), "ExecuteCommand: " + outcome.exec_error->sentence);
  return failed(std::move(made),
                same_or_other(subject, family_of_text("ExecuteCommand " + outcome.exec_error->sentence),
                              outcome.exec_error->sentence));
}

constexpr core::Duration kAskCapacityAgain = std::chrono::minutes{15};

// "Capacity is unavailable at this time. Please try again later or in a different availability zone." A
// service that may start its tasks elsewhere, or on demand, does not depend on it: what a strategy with an
// on-demand base or a further zone is for.
bool is_want_of_capacity(const ReplayOutcome& outcome) {
  const std::string_view words = "apacity is unavailable at this time";
  return core::contains(outcome.failure, words) || core::contains(outcome.described, words) ||
         (outcome.refused && core::contains(outcome.refused->sentence, words));
}

// The start that does without the capacity that another one found missing: on demand, or of the same provider
// in another subnet.
const Replay* start_without(const Reading& reading, const ReplayOutcome& missing) {
  for (const ReplayOutcome& other : reading.replays) {
    if (!other.running_at || other.stopped_by_itself) continue;
    if (other.replay.provider != "FARGATE_SPOT" || missing.replay.provider == "FARGATE_SPOT")
      return &other.replay;
  }
  return nullptr;
}

}  // namespace

std::vector<Check> judge_replays(const Subject& subject, const Reading& reading) {
  std::vector<Check> out;
  for (const ReplayOutcome& outcome : reading.replays) {
    Check start = judge_start(subject, reading, outcome);
    if (start.standing == Standing::failed && is_want_of_capacity(outcome)) {
      if (const Replay* other = start_without(reading, outcome)) {
        start =
            provisional(std::move(start),
                        "AWS has no capacity for it there at this moment, and the service can do without: "
                        "a task started in " +
                            other->subnet + (other->provider.empty() ? "" : " on " + other->provider),
                        subject.now + kAskCapacityAgain);
      }
    }
    out.push_back(std::move(start));
    if (auto exec = judge_exec(subject, outcome)) out.push_back(std::move(*exec));
    if (outcome.not_stopped) {
      out.push_back(failed(check("replay.stopped", "the task started for this is stopped again"),
                           outcome.not_stopped->sentence + "; stop it with: aws ecs stop-task --cluster " +
                               outcome.replay.cluster + " --task " + outcome.task_arn + " --region " +
                               outcome.replay.region));
    }
  }
  return out;
}

}  // namespace doctor::verify
