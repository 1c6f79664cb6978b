// What a watch remembers, so that it goes on after a restart: one SQLite file beside the journal (watch.db).
//
// A watch of a run begins once and ends with a verdict; every round is kept whole, with its proof.
//
//   auto store = WatchStore::open(path);
//   auto watch = (*store)->begin_or_continue(run, 24h, 5min, now);   // watch->rounds: those made before
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/result.h"
#include "core/time.h"
#include "verify/check.h"

namespace doctor::verify {

struct Round {
  int number = 0;  // from 1
  Verification verification;
};

struct Watch {
  std::string run;
  core::Timestamp began_at, ends_at;
  core::Duration every{};
  std::optional<Verdict> verdict;  // of a watch that has ended
  std::vector<Round> rounds;       // oldest first
};

class WatchStore {
 public:
  virtual ~WatchStore() = default;

  // The run's open watch, its end moved to `span` after its beginning; a new one where none is open.
  virtual core::Result<Watch> begin_or_continue(const std::string& run, core::Duration span,
                                                core::Duration every, core::Timestamp now) = 0;
  virtual core::Result<void> add_round(const Watch& watch, const Round& round) = 0;
  virtual core::Result<void> finish(const Watch& watch, Verdict verdict, core::Timestamp now) = 0;
  // The newest watch of the run, open or not. Error: not_found, where there is none.
  virtual core::Result<Watch> newest(const std::string& run) const = 0;

  // Makes the file (0600) and its folder (0700) where they are not there. Error: bad_input, naming the file.
  static core::Result<std::unique_ptr<WatchStore>> open(const std::string& path);
};

}  // namespace doctor::verify
