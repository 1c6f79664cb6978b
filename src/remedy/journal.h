// The write-ahead journal: what a run is about to do, did, and took back, so that a kill at any instant loses
// nothing. One SQLite file (WAL, synchronous=FULL), by default $XDG_STATE_HOME/fargate-doctor/journal.db.
//
// Before each call its intent is written, with the whole before-state; after it, what it answered and the
// state that followed. Whoever finds an intent without an outcome asks AWS which of the two states is true.
//
//   auto journal = Journal::open(path);
//   auto run = (*journal)->begin(plan, now);
//   (*journal)->intend(entry); … (*journal)->conclude(entry);
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "core/time.h"
#include "remedy/plan.h"

namespace doctor::remedy {

enum class RunState { running, done, rolling_back, rolled_back, stopped, stuck };
enum class EntryKind { apply, inverse };
enum class Outcome {
  intended,    // about to be sent: nobody knows whether AWS took it
  answered,    // AWS took it; that it shows has not been seen yet
  done,        // and a later reading shows it
  failed,      // AWS did not take it, or it came to something else: `error`, `after`
  never_sent,  // a kill came before AWS took it
};

struct Entry {
  std::string run, step;
  EntryKind kind = EntryKind::apply;
  Outcome outcome = Outcome::intended;
  std::string before, after;  // states; "" after: not known
  Request request;            // as sent, with every reference filled in
  std::string answer, error;  // of AWS
  core::Timestamp intended_at;
  std::optional<core::Timestamp> concluded_at;

  bool open() const { return outcome == Outcome::intended || outcome == Outcome::answered; }
};

struct Run {
  std::string id;  // "r-20261124-141503-7f3a"
  RunState state = RunState::running;
  Plan plan;
  core::Timestamp began_at;
  std::vector<Entry> entries;  // in the order they were intended
};

class Journal {
 public:
  virtual ~Journal() = default;

  // A new run, held by this process.
  virtual core::Result<std::string> begin(const Plan& plan, core::Timestamp now) = 0;
  // Makes this process the one that works on the run, until it ends or dies: the kernel frees what a killed
  // process held. Error: refused, where another process has it.
  virtual core::Result<void> hold(const std::string& run) = 0;
  // Takes all of the resources for this run, or none. Taking them again renews the lease. Error: refused,
  // naming the run that has one of them and since when; a lease ends after `for_how_long`, so that a killed
  // run does not hold it for ever, and is taken over only then.
  virtual core::Result<void> lease(const std::string& run, const std::vector<Resource>& resources,
                                   core::Timestamp now, core::Duration for_how_long) = 0;
  virtual core::Result<void> release(const std::string& run) = 0;
  // At most one entry of a run is open (intended or answered). Error: internal, where one is.
  virtual core::Result<void> intend(const Entry& entry) = 0;
  // Of the open entry of this run, step and kind. Error: internal, where there is none.
  virtual core::Result<void> conclude(const Entry& entry) = 0;
  virtual core::Result<void> set_state(const std::string& run, RunState state, core::Timestamp now) = 0;

  virtual core::Result<Run> run(const std::string& id) const = 0;  // "last": the newest
  virtual core::Result<std::vector<Run>> runs() const = 0;         // newest first

  // Makes the file (0600) and its folders (0700) where they are not there. Error: bad_input, naming the file.
  static core::Result<std::unique_ptr<Journal>> open(const std::string& path);
};

std::string_view state_name(RunState state);       // "rolling_back"
std::string_view outcome_name(Outcome outcome);    // "never_sent"
std::string_view entry_kind_name(EntryKind kind);  // "inverse"

}  // namespace doctor::remedy
