// One call that changes something, from its intent to the reading that shows it. Forward steps and inverses
// are the same to it; it is the one place that sends a change. Internal to this stage.
#pragma once

#include <string>
#include <vector>

#include "remedy/execution.h"
#include "remedy/live_state.h"

namespace doctor::remedy {

struct Change {
  EntryKind kind = EntryKind::apply;
  Step step;              // with references filled in
  std::string before;     // the live state that it starts from
  Condition took_effect;  // of the live state
  int attempts = 1;
  // It changes no state that could be read (a forced deployment): AWS's answer is all there is, and doing it
  // again does no harm.
  bool leaves_no_trace = false;
};

enum class ChangeEnd {
  took_effect,
  not_taken,  // the live state is `before`; nothing is left of it
  different,  // AWS took it, and it came to something else than was asked for
  unknown,    // cannot be told
};

struct ChangeOutcome {
  ChangeEnd end = ChangeEnd::took_effect;
  std::string why;
  std::vector<std::string> differences;
};

// Error: the journal's.
core::Result<ChangeOutcome> make_change(Execution& run, const Change& change, const Request& request);
// What became of an intent that a kill left open.
core::Result<ChangeOutcome> resolve_change(Execution& run, const Change& change, const Entry& open);

}  // namespace doctor::remedy
