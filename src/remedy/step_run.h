// One step forward, and one step back. Internal to this stage.
#pragma once

#include "remedy/change.h"
#include "remedy/execution.h"

namespace doctor::remedy {

enum class StepEnd {
  done,
  already_so,
  unchanged,  // failed, and nothing of it is left
  changed,    // failed after its change was made: it is to be taken back with the others
  unknown,    // failed, and nobody can tell whether its change was made
};

struct StepOutcome {
  StepEnd end = StepEnd::done;
  std::string why;
  std::vector<std::string> differences;
};

// Errors of both: the journal's.
core::Result<StepOutcome> apply_step(Execution& run, const Step& step);
// A call that a kill cut off. What it came to is in the journal afterwards; unchanged: run the step again.
core::Result<StepOutcome> resolve_step(Execution& run, const Step& step, const Entry& open);
// Asks the step's probe until it holds; true where Ctrl-C ended the wait.
StepOutcome probe_step(Execution& run, const Step& step, bool& cut_short);

struct UndoOutcome {
  bool undone = false;
  std::string why;
  std::vector<std::string> differences;
};
core::Result<UndoOutcome> undo_step(Execution& run, const Step& step, const Entry& standing);
core::Result<UndoOutcome> resolve_undo(Execution& run, const Step& step, const Entry& open);

// Leases are taken this long beyond what the step may need.
core::Duration lease_time(const Step& step);

}  // namespace doctor::remedy
