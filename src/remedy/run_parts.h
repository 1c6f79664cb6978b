// What apply, resume and rollback have in common. Internal to this stage.
#pragma once

#include <string_view>

#include "remedy/execution.h"
#include "remedy/step_run.h"

namespace doctor::remedy {

const Step* step_named(const Plan& plan, std::string_view id);

// Every step that does not stand yet, in order; a failure is handled as the options say.
core::Result<RunReport> go_forward(Execution& run, bool resumed);
// Every step that stands, in reverse. `report` says why.
core::Result<RunReport> go_back(Execution& run, RunReport report);
// What is to be done about a step that failed: back, or stop.
core::Result<RunReport> fail_run(Execution& run, const Step& step, const StepOutcome& outcome);

// A call that a kill left open: which step's it was, and what it came to. nullptr: there is none.
struct Resolution {
  const Step* step = nullptr;
  EntryKind kind = EntryKind::apply;
  StepOutcome outcome;
};
core::Result<Resolution> resolve_open_entry(Execution& run);

// What is to be done by hand about this step and about those before it.
core::Result<RunReport> end_stuck(Execution& run, RunReport report, const Step& step);

// Writes the state that the report's result means, frees the leases and hands the report back.
core::Result<RunReport> end_run(Execution& run, RunReport report, RunState state);

}  // namespace doctor::remedy
