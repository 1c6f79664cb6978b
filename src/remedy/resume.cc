#include <fmt/format.h>

#include <algorithm>

#include "remedy/run_parts.h"

namespace doctor::remedy {
namespace {

using core::Result;

bool was_going_back(const Run& run) {
  return run.state == RunState::rolling_back ||
         std::any_of(run.entries.begin(), run.entries.end(),
                     [](const Entry& entry) { return entry.kind == EntryKind::inverse; });
}

}  // namespace

Result<Resolution> resolve_open_entry(Execution& run) {
  const Entry* found = open_entry(run.run);
  if (found == nullptr) return Resolution{};
  const Entry open = *found;
  Resolution resolution{step_named(run.run.plan, open.step), open.kind, {}};
  if (resolution.step == nullptr) {
    return core::fail(
        core::ErrorKind::bad_input,
        fmt::format("run {} has an entry of step {}, which its plan has not", run.run.id, open.step));
  }
  if (open.kind == EntryKind::apply) {
    auto outcome = resolve_step(run, *resolution.step, open);
    if (!outcome) return core::fail(outcome.error());
    resolution.outcome = std::move(*outcome);
    return resolution;
  }
  const auto undo = resolve_undo(run, *resolution.step, open);
  if (!undo) return core::fail(undo.error());
  // Where it did not take effect it is tried again, unless nobody can tell.
  const bool still_open = open_entry(run.run) != nullptr;
  resolution.outcome = {still_open ? StepEnd::unknown : StepEnd::done, undo->why, undo->differences};
  return resolution;
}

Result<RunReport> resume(aws::Client& client, Journal& journal, const std::string& id,
                         const ApplyOptions& options, const core::Clock& clock) {
  auto known = journal.run(id);
  if (!known) return core::fail(known.error());
  if (auto held = journal.hold(known->id); !held) return core::fail(held.error());
  // Read again now that nobody else writes to it.
  known = journal.run(known->id);
  if (!known) return core::fail(known.error());
  RunReport report;
  report.run = known->id;
  report.result = RunResult::nothing_to_do;
  if (known->state == RunState::done || known->state == RunState::rolled_back) {
    report.why = known->state == RunState::done ? "the run is done" : "the run was rolled back";
    return report;
  }
  report.result = RunResult::refused;
  const bool back = was_going_back(*known);
  if (!back) {
    for (const auto& objection : objections(known->plan, options, clock.now())) {
      report.why += (report.why.empty() ? "" : "; ") + objection;
    }
    if (!report.why.empty()) return report;
  }
  Execution run{client, journal, options, clock, std::move(*known), {}, {}};
  if (auto leased = take_leases(run, std::chrono::minutes{15}); !leased) {
    if (leased.error().code != "LeaseHeld") return core::fail(leased.error());
    report.why = core::to_line(leased.error());
    return report;
  }
  const auto resolved = resolve_open_entry(run);
  if (!resolved) return core::fail(resolved.error());
  const auto& outcome = resolved->outcome;
  if (outcome.end == StepEnd::unknown || outcome.end == StepEnd::changed) {
    return fail_run(run, *resolved->step, outcome);
  }
  if (back) {
    RunReport taking_back;
    taking_back.why = "the run was being taken back";
    return go_back(run, std::move(taking_back));
  }
  if (auto written = write_state(run, RunState::running); !written) return core::fail(written.error());
  return go_forward(run, true);
}

}  // namespace doctor::remedy
