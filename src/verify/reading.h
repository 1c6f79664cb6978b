// Everything that one round reads of one account and region, before anything is decided.
#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <vector>

#include "aws/client.h"
#include "core/result.h"
#include "core/time.h"
#include "facts/facts.h"
#include "remedy/journal.h"
#include "verify/access_analyzer.h"
#include "verify/policies.h"
#include "verify/replay.h"

namespace doctor::verify {

// One account (by the client of its profile) and region.
struct Where {
  aws::Client* client = nullptr;
  aws::Client* always = nullptr;  // not cancelled by Ctrl-C: stops replays. nullptr: `client`
  std::string profile, region;
};

struct LiveState {
  std::string step;
  std::string state;  // normalised as remedy/kinds.h does; "null": not there
  std::optional<core::Error> error;
};

struct Reading {
  std::string profile, region;
  core::Timestamp read_at;
  facts::Facts facts;                 // one place; without our own replays
  std::optional<core::Error> failed;  // nothing at all could be read
  std::vector<ReplayOutcome> replays;
  std::string no_replay;  // why none was run; "" where one was
  std::vector<LiveState> states;
  std::vector<AnalyzedPolicy> analyzed;  // of the policies that the run has changed
};

struct ReadOptions {
  bool replay = true;              // start tasks; false: only look
  bool analyzer = true;            // ask IAM Access Analyzer, where permissions changed
  std::vector<std::string> roles;  // ARNs or names, to be judged besides the task's own
  ReplayOptions replays;
};

// Never fails as a whole: what could not be read is said in the Reading.
Reading read(const Where& where, const remedy::Run& run, const ReadOptions& options,
             const core::Clock& clock);

// When the run changed something last; where it changed nothing, when it began.
core::Timestamp end_of(const remedy::Run& run);

}  // namespace doctor::verify
