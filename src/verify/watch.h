// Verifying again and again for a day or two: a failure that comes by chance shows only in time.
//
// Every round is written down before the next is waited for, so that a killed watch goes on where it stopped.
// It ends when its time is over, or as soon as the failure is back; what else fails may be a passing matter
// and must fail twice in a row.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "core/result.h"
#include "core/time.h"
#include "verify/watch_store.h"

namespace doctor::verify {

struct WatchOptions {
  core::Duration span = std::chrono::hours{24};
  core::Duration every = std::chrono::minutes{5};
  std::function<void(core::Duration)> pause;         // waits; may return early
  std::function<void(const std::string& line)> say;  // one line a round
  const std::atomic<bool>* cancelled = nullptr;
};

// One round; `replay`: tasks are to be started (the first round and the last), not only looked at.
using MakeRound = std::function<Verification(bool replay)>;

struct Watched {
  Watch watch;  // with all its rounds
  Verdict verdict = Verdict::incomplete;
  std::string why;           // one sentence
  bool interrupted = false;  // Ctrl-C: it can go on
};

// Error: of the store alone.
core::Result<Watched> watch(WatchStore& store, const std::string& run, const WatchOptions& options,
                            const MakeRound& make_round, const core::Clock& clock);

// DescribeTasks promises a stopped task for an hour: what happened in a longer gap between rounds nobody may
// have seen.
struct Blind {
  core::Timestamp from, to;
};
std::vector<Blind> blind_spans(const Watch& watch);

}  // namespace doctor::verify
