#include "verify/replay.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/arn.h"
#include "core/json.h"
#include "facts/redact.h"

namespace doctor::verify {
namespace {

using Input = nlohmann::json;

constexpr core::Duration kAgentPatience = std::chrono::seconds{60};  // of an agent that says that it runs

struct Waiting {
  ReplayOutcome* outcome;
  bool done = false;
};

// Of the container's ExecuteCommandAgent; "" where AWS does not say.
struct Agent {
  std::string status, reason;
};

Agent agent_of(core::Json task, std::string_view container) {
  for (const auto one : task["containers"].items()) {
    if (one["name"].string_or() != container) continue;
    for (const auto agent : one["managedAgents"].items()) {
      if (agent["name"].string_or() == "ExecuteCommandAgent")
        return {std::string(agent["lastStatus"].string_or()), std::string(agent["reason"].string_or())};
    }
  }
  return {};
}

class Replayer {
 public:
  Replayer(aws::Client& client, const ReplayOptions& options, const core::Clock& clock)
      : client_(client), options_(options), clock_(clock) {}

  void start(std::vector<ReplayOutcome>& outcomes);
  void watch(std::vector<ReplayOutcome>& outcomes);

 private:
  bool cancelled() const { return options_.cancelled != nullptr && options_.cancelled->load(); }
  void say(const std::string& line) const {
    if (options_.progress) options_.progress(line);
  }
  bool look(Waiting& waiting, const core::Result<aws::Answer>& answer);
  void try_exec(ReplayOutcome& outcome);

  aws::Client& client_;
  const ReplayOptions& options_;
  const core::Clock& clock_;
};

void Replayer::start(std::vector<ReplayOutcome>& outcomes) {
  std::vector<aws::Call> calls;
  for (const auto& outcome : outcomes)
    calls.push_back({"ecs", "RunTask", outcome.replay.region, outcome.replay.request});
  const auto answers = client_.run(calls);
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    ReplayOutcome& outcome = outcomes[i];
    if (!answers[i]) {
      outcome.refused = answers[i].error();
      continue;
    }
    const auto document = core::JsonDocument::parse(answers[i]->json, "RunTask");
    if (!document) {
      outcome.refused = document.error();
      continue;
    }
    outcome.answer = facts::redact_json(answers[i]->json);
    const auto tasks = document->root()["tasks"].items();
    const auto failures = document->root()["failures"].items();
    if (!tasks.empty()) outcome.task_arn = tasks.front()["taskArn"].string_or();
    if (!failures.empty()) outcome.failure = failures.front()["reason"].string_or();
    if (outcome.task_arn.empty()) continue;
    say("started " + std::string(core::short_name(outcome.task_arn)) + " of " + outcome.replay.definition +
        " in " + outcome.replay.subnet);
  }
}

// True once there is nothing left to wait for.
bool Replayer::look(Waiting& waiting, const core::Result<aws::Answer>& answer) {
  ReplayOutcome& outcome = *waiting.outcome;
  const auto now = clock_.now();
  const bool late = now - outcome.began_at >= options_.longest;
  if (!answer) return late;  // one answer that did not come is not the task's fault
  const auto document = core::JsonDocument::parse(answer->json, "DescribeTasks");
  if (!document) return late;
  const auto tasks = document->root()["tasks"].items();
  if (tasks.empty()) return late;  // "eventually consistent": a new task may not be there yet
  outcome.described = facts::redact_json(answer->json);
  const auto task = tasks.front();
  const auto status = task["lastStatus"].string_or();
  if (status == "STOPPED" || task["desiredStatus"].string_or() == "STOPPED") {
    outcome.stopped_by_itself = true;
    return status == "STOPPED" || late;
  }
  const auto health = task["healthStatus"].string_or();
  const bool runs = status == "RUNNING" && (!outcome.replay.has_health_check || health == "HEALTHY");
  if (!runs) {
    outcome.running_at.reset();
    return late;
  }
  if (!outcome.running_at) outcome.running_at = now;
  if (!outcome.replay.container.empty()) {
    // The agent of ECS Exec starts a little later than the container; a call before that is a failure in
    // CloudTrail, and who reads it there need not know that it was ours.
    const Agent agent = agent_of(task, outcome.replay.container);
    if (agent.status == "STOPPED") {
      outcome.exec_tried = true;
      outcome.exec_error = core::make_error(core::ErrorKind::invalid_call,
                                            "the ExecuteCommandAgent is STOPPED: " + agent.reason);
    } else if (agent.status == "PENDING") {
      if (!late) return false;
    } else if (!outcome.exec_tried || outcome.exec_error) {
      try_exec(outcome);
      // Waiting lets no caller in who may not open sessions.
      const bool may_mend = outcome.exec_error && outcome.exec_error->kind != core::ErrorKind::refused;
      if (may_mend && now - *outcome.running_at < kAgentPatience) return false;
    }
  }
  return now - *outcome.running_at >= options_.settle;
}

void Replayer::try_exec(ReplayOutcome& outcome) {
  const Replay& replay = outcome.replay;
  const Input input{{"cluster", replay.cluster},
                    {"task", outcome.task_arn},
                    {"container", replay.container},
                    {"interactive", true},
                    {"command", "true"}};
  const std::vector<aws::Call> calls{{"ecs", "ExecuteCommand", replay.region, input.dump()}};
  const auto answers = client_.run(calls);
  outcome.exec_tried = true;
  outcome.exec_error.reset();
  // The answer holds the session's token: it is not kept. The session ends with the task.
  if (!answers.front()) outcome.exec_error = answers.front().error();
}

void Replayer::watch(std::vector<ReplayOutcome>& outcomes) {
  std::vector<Waiting> open;
  for (auto& outcome : outcomes) {
    if (!outcome.task_arn.empty()) open.push_back({&outcome});
  }
  while (!open.empty() && !cancelled()) {
    options_.pause(options_.poll);
    if (cancelled()) break;
    std::vector<aws::Call> calls;
    for (const auto& waiting : open) {
      const Input input{{"cluster", waiting.outcome->replay.cluster}, {"tasks", {waiting.outcome->task_arn}}};
      calls.push_back({"ecs", "DescribeTasks", waiting.outcome->replay.region, input.dump()});
    }
    const auto answers = client_.run(calls);
    for (std::size_t i = 0; i < open.size(); ++i) {
      open[i].done = look(open[i], answers[i]);
      if (open[i].done) open[i].outcome->ended_at = clock_.now();
    }
    std::erase_if(open, [](const Waiting& waiting) { return waiting.done; });
  }
  for (auto& waiting : open) {
    waiting.outcome->cancelled = true;
    waiting.outcome->ended_at = clock_.now();
  }
}

aws::Call stop_call(const std::string& cluster, const std::string& region, const std::string& task,
                    const std::string& run) {
  const Input input{{"cluster", cluster}, {"task", task}, {"reason", "fargate-doctor verified run " + run}};
  return {"ecs", "StopTask", region, input.dump()};
}

void stop_all(aws::Client& always, const std::string& run, std::vector<ReplayOutcome>& outcomes) {
  std::vector<aws::Call> calls;
  std::vector<ReplayOutcome*> stopped;
  for (auto& outcome : outcomes) {
    if (outcome.task_arn.empty()) continue;
    calls.push_back(stop_call(outcome.replay.cluster, outcome.replay.region, outcome.task_arn, run));
    stopped.push_back(&outcome);
  }
  const auto answers = always.run(calls);
  for (std::size_t i = 0; i < stopped.size(); ++i) {
    if (!answers[i] && !stopped[i]->stopped_by_itself) stopped[i]->not_stopped = answers[i].error();
  }
}

}  // namespace

std::vector<ReplayOutcome> run_replays(aws::Client& client, aws::Client& always, const std::string& run,
                                       const std::vector<Replay>& replays, const ReplayOptions& options,
                                       const core::Clock& clock) {
  std::vector<ReplayOutcome> outcomes;
  for (const Replay& replay : replays) {
    ReplayOutcome outcome;
    outcome.replay = replay;
    outcome.began_at = outcome.ended_at = clock.now();
    outcomes.push_back(std::move(outcome));
  }
  Replayer replayer(client, options, clock);
  replayer.start(outcomes);
  replayer.watch(outcomes);
  stop_all(always, run, outcomes);
  // A RunTask that nobody heard the answer of may have started a task all the same.
  for (const auto& outcome : outcomes) {
    if (outcome.refused) (void)stop_left_behind(always, run, outcome.replay.cluster, outcome.replay.region);
  }
  return outcomes;
}

core::Result<int> stop_left_behind(aws::Client& client, const std::string& run, const std::string& cluster,
                                   const std::string& region) {
  // startedBy "must be the only filter that you use" (ListTasks): what should run is listed without another.
  const Input input{{"cluster", cluster}, {"startedBy", started_by(run)}};
  const std::vector<aws::Call> list{{"ecs", "ListTasks", region, input.dump()}};
  const auto listed = client.run(list);
  if (!listed.front()) return core::fail(listed.front().error());
  const auto document = core::JsonDocument::parse(listed.front()->json, "ListTasks");
  if (!document) return core::fail(document.error());
  std::vector<aws::Call> stops;
  for (const auto& arn : document->root()["taskArns"].strings())
    stops.push_back(stop_call(cluster, region, arn, run));
  for (const auto& answer : client.run(stops)) {
    if (!answer) return core::fail(answer.error());
  }
  return static_cast<int>(stops.size());
}

}  // namespace doctor::verify
