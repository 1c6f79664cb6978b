// The write-ahead journal: what a run is about to do, did, and took back, so that a kill at any instant loses
// nothing. One SQLite file (WAL, synchronous=FULL), by default $XDG_STATE_HOME/fargate-doctor/journal.db.
//
// Before each call its intent is written, with the whole before-state; after it, what it answered and the
// state that followed. Whoever finds an intent without an outcome asks AWS which of the two states is true.
//
//   auto journal = Journal::open(path);
//   auto run = (*journal)->begin(plan, now);
//   (*journal)->intend(run, step, request, before, now); … (*journal)->conclude(run, step, outcome, now);
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/result.h"
#include "core/time.h"
#include "remedy/plan.h"

namespace doctor::remedy {

enum class RunState { running, done, rolling_back, rolled_back, stopped, stuck };
enum class EntryKind { apply, inverse };
enum class Outcome { intended, done, failed, never_sent };

struct Entry {
  std::string run, step;
  EntryKind kind = EntryKind::apply;
  Outcome outcome = Outcome::intended;
  std::string before, after;  // states; "" after: not known
  Request request;            // as sent, with every reference filled in
  std::string answer, error;  // of AWS
  core::Timestamp intended_at;
  std::optional<core::Timestamp> concluded_at;
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

  virtual core::Result<std::string> begin(const Plan& plan, core::Timestamp now) = 0;
  // Takes the resource for this run. Error: refused, naming the run that has it and since when; a lease ends
  // after `for_how_long`, so that a killed run does not hold it for ever.
  virtual core::Result<void> lease(const std::string& run, const Resource& resource, core::Timestamp now,
                                   core::Duration for_how_long) = 0;
  virtual core::Result<void> release(const std::string& run) = 0;
  virtual core::Result<void> intend(const Entry& entry) = 0;
  virtual core::Result<void> conclude(const Entry& entry) = 0;  // the last intended one of its run and step
  virtual core::Result<void> set_state(const std::string& run, RunState state, core::Timestamp now) = 0;

  virtual core::Result<Run> run(const std::string& id) const = 0;  // "last": the newest
  virtual core::Result<std::vector<Run>> runs() const = 0;         // newest first

  static core::Result<std::unique_ptr<Journal>> open(const std::string& path);
};

}  // namespace doctor::remedy
