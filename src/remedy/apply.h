// Runs a plan against AWS, step by step, and takes it back.
//
// Every step: lease, read, compare with the plan's before-state, write the intent, call, write the outcome,
// probe. A step that fails is followed by the inverses of those that succeeded, in reverse, unless the
// options say to stop there. SIGINT lets the step end and stops. A resumed run begins with the intent that
// has no outcome and asks AWS whether it took effect.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "aws/client.h"
#include "core/result.h"
#include "core/time.h"
#include "remedy/journal.h"
#include "remedy/plan.h"

namespace doctor::remedy {

enum class OnFailure { roll_back, stop };

// What a step came to, as it happens: for progress on a terminal, JSON lines, metrics and events.
struct Progress {
  std::string run, step, title;
  std::string what;    // "checking", "applying", "probing", "done", "failed", "taking back", "taken back"
  std::string detail;  // an error's sentence; a difference
  core::Timestamp at;
};

struct ApplyOptions {
  OnFailure on_failure = OnFailure::roll_back;
  std::vector<std::string> allowed_one_way;  // ids of fixes or steps whose one-way steps may run
  bool accept_drift = false;                 // change directly what someone's code manages
  bool outside_window = false;               // DNS and TLS steps may run at any time
  const std::atomic<bool>* cancelled = nullptr;
  std::function<void(const Progress&)> progress;
};

enum class RunResult { done, nothing_to_do, stopped, rolled_back, stuck };

struct RunReport {
  std::string run;
  RunResult result = RunResult::done;
  std::string failed_step, why;          // of stopped, rolled_back and stuck
  std::vector<std::string> by_hand;      // of stuck: what is left to do, as CLI commands
  std::vector<std::string> differences;  // where the live state was not the plan's
};

core::Result<RunReport> apply(aws::Client& client, Journal& journal, const Plan& plan,
                              const ApplyOptions& options, const core::Clock& clock);
core::Result<RunReport> resume(aws::Client& client, Journal& journal, const std::string& run,
                               const ApplyOptions& options, const core::Clock& clock);
// Refuses, with a three-way difference, where someone has changed a resource since.
core::Result<RunReport> roll_back(aws::Client& client, Journal& journal, const std::string& run,
                                  const ApplyOptions& options, const core::Clock& clock);

}  // namespace doctor::remedy
