// The symptom's path walked again: the same task definition, started in the same subnets with the same
// security groups, roles and capacity providers as the service's own tasks, watched until it runs (or does
// not), and stopped.
//
// replays_of() decides what to start; run_replays() starts it, waits, and stops it; judge_replays.h says what
// it proves. A task that is started is always stopped: after an error, after Ctrl-C (by `always`, a client
// that is not cancelled), and after a kill by the next verification of the run, which finds it by its
// startedBy.
//
// The task is the user's own: what it does when it starts, it does once more. It belongs to no service, so no
// load balancer sends it requests.
#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "aws/client.h"
#include "core/result.h"
#include "core/time.h"
#include "facts/facts.h"
#include "remedy/journal.h"

namespace doctor::verify {

struct Replay {
  std::string account, region;
  std::string cluster;           // ARN
  std::string subnet, provider;  // provider "": by launch type
  std::string definition;        // "web:8"
  std::string container;         // the one that ECS Exec is tried in; "": Exec is not tried
  bool has_health_check = false;
  std::string request;  // input of RunTask
};

// startedBy of a run's replays: letters, digits, '-' and '_', at most 36 of them ("RunTask", API reference).
std::string started_by(const std::string& run);

// Every subnet and every capacity provider of the service at least once, at most `most` tasks. Without a
// service of the run's name: as the newest RunTask call in CloudTrail that started this cluster's stand-alone
// tasks. Empty where the facts show neither.
std::vector<Replay> replays_of(const remedy::Run& run, const facts::Place& place, std::size_t most);

struct ReplayOutcome {
  Replay replay;
  std::optional<core::Error> refused;  // RunTask answered with an error
  std::string failure;                 // failures[].reason of its answer
  std::string answer;                  // RunTask's, redacted
  std::string task_arn;
  std::string described;  // the newest DescribeTasks answer before we stopped it, redacted; "": none
  std::optional<core::Timestamp> running_at;  // first seen RUNNING (and HEALTHY, where it has a health check)
  bool stopped_by_itself = false;
  bool cancelled = false;
  bool exec_tried = false;
  std::optional<core::Error> exec_error;
  std::optional<core::Error> not_stopped;  // StopTask failed: the task may still run
  core::Timestamp began_at, ended_at;
};

struct ReplayOptions {
  core::Duration longest = std::chrono::minutes{10};  // from RunTask until it runs
  core::Duration settle = std::chrono::seconds{20};   // how long it must go on running
  core::Duration poll = std::chrono::seconds{3};
  std::size_t most = 6;
  std::function<void(core::Duration)> pause;              // waits; must be there
  std::function<void(const std::string& line)> progress;  // may be empty
  const std::atomic<bool>* cancelled = nullptr;
};

// All at once. `always` stops what was started, whatever became of `client`; they may be the same. The answer
// has one outcome for each replay, in their order.
std::vector<ReplayOutcome> run_replays(aws::Client& client, aws::Client& always, const std::string& run,
                                       const std::vector<Replay>& replays, const ReplayOptions& options,
                                       const core::Clock& clock);

// Stops what a killed verification of this run has left behind. The number of tasks stopped.
core::Result<int> stop_left_behind(aws::Client& client, const std::string& run, const std::string& cluster,
                                   const std::string& region);

}  // namespace doctor::verify
