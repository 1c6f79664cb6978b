// Runs a plan against AWS, step by step, and takes it back.
//
// Every step: lease, read, compare with the plan's before-state, write the intent, call, write the outcome,
// read until the change shows, probe. A step that fails is followed by the inverses of those that succeeded,
// in reverse, unless the options say to stop there. SIGINT lets the step end and stops. A resumed run begins
// with the intent that has no outcome and asks AWS whether it took effect.
//
// A Result that holds an error: the journal could not be written or read, or the run is another process's.
// All else that can go wrong is a RunReport, which says in what state things are. The client must not be one
// that Ctrl-C cancels: a call in flight is let end.
//
//   auto report = apply(client, *journal, plan, {.progress = print}, core::SystemClock{});
//   if (report && report->result == RunResult::stuck) … report->by_hand
#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/client.h"
#include "core/result.h"
#include "core/time.h"
#include "remedy/journal.h"
#include "remedy/kinds.h"
#include "remedy/permissions.h"
#include "remedy/plan.h"
#include "remedy/window.h"

namespace doctor::remedy {

enum class OnFailure { roll_back, stop };

// What a step came to, as it happens: for progress on a terminal and JSON lines.
struct Progress {
  std::string run, step, title;
  std::string what;    // "checking", "applying", "confirming", "probing", "done", "already so", "failed",
                       // "taking back", "taken back", "cannot take back"
  std::string detail;  // an error's sentence; a difference
  core::Timestamp at;
};

// How long AWS is given. It may show an old state for a while ("Eventual consistency", EC2 and IAM guides),
// so that a change is read again after growing pauses.
struct Patience {
  core::Duration first_pause{250}, longest_pause = std::chrono::seconds{10};
  core::Duration stale = std::chrono::minutes{2};     // a call that AWS answered must show by then
  core::Duration unheard = std::chrono::seconds{30};  // one of which no answer came: shows by then, or never
  core::Duration in_use =
      std::chrono::minutes{15};  // what is to go may still be used by tasks that are stopping
  int attempts = 3;              // of a call that certainly did not take effect
};

using KindLookup = const Kind* (*)(std::string_view name);

struct ApplyOptions {
  OnFailure on_failure = OnFailure::roll_back;
  std::vector<std::string> allowed_one_way;  // ids of fixes or steps whose one-way steps may run
  bool accept_drift = false;                 // change directly what someone's code manages
  std::optional<Window> window;              // when steps that touch DNS or TLS may run
  bool outside_window = false;               // they may run at any time
  // What the caller is known not to be allowed (permissions.h); nothing runs where a step needs one.
  std::vector<MissingAction> missing_actions;
  const std::atomic<bool>* cancelled = nullptr;
  std::function<void(const Progress&)> progress;

  Patience patience;
  std::function<void(core::Duration)> sleep;  // empty: really
  KindLookup kind = kind_named;
};

enum class RunResult {
  done,
  nothing_to_do,  // all is as the plan wants it
  refused,        // nothing was sent: `why`, `differences`
  stopped,        // between two steps; resume goes on
  rolled_back,    // all is as before
  stuck,          // neither: `by_hand`
};
std::string_view result_name(RunResult result);  // "rolled_back"

struct RunReport {
  std::string run;  // "" where none was begun
  RunResult result = RunResult::done;
  std::string failed_step, why;          // of refused, stopped, rolled_back and stuck
  std::vector<std::string> by_hand;      // of stuck: what is left to do, as CLI commands; '#' begins a remark
  std::vector<std::string> differences;  // where the live state was not the plan's
  std::vector<std::string> warnings;     // of a metric or an event that could not be published
};

core::Result<RunReport> apply(aws::Client& client, Journal& journal, const Plan& plan,
                              const ApplyOptions& options, const core::Clock& clock);
// Goes on where the run was: forward, or back where it was taking back. "last": the newest run.
core::Result<RunReport> resume(aws::Client& client, Journal& journal, const std::string& run,
                               const ApplyOptions& options, const core::Clock& clock);
// Takes every step of the run back. Refuses, with a three-way difference, where someone has changed a
// resource since.
core::Result<RunReport> roll_back(aws::Client& client, Journal& journal, const std::string& run,
                                  const ApplyOptions& options, const core::Clock& clock);

// What apply or roll_back would do, with the live state read and nothing changed.
struct Preview {
  enum class Verdict {
    would_change,
    already_so,     // the live state has it
    differs,        // the live state is not the one that the plan was made from: `differences`
    not_known_yet,  // an earlier step makes the resource, or changes it first
    one_way,        // of a rollback: it cannot be taken back, `why`
    unreadable,     // `why`
  };
  std::string step;
  Verdict verdict = Verdict::would_change;
  std::string why;
  std::vector<std::string> differences;
};
std::vector<Preview> preview(aws::Client& client, const Plan& plan, const ApplyOptions& options);
// In the order in which steps would be taken back.
std::vector<Preview> preview_roll_back(aws::Client& client, const Run& run, const ApplyOptions& options);

// Why nothing of this plan may run now: a one-way step that was not allowed by name, code that manages a
// resource, a window that is closed, an action that the caller does not have. Empty: it may.
std::vector<std::string> objections(const Plan& plan, const ApplyOptions& options, core::Timestamp now);

}  // namespace doctor::remedy
