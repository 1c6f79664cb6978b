#include "remedy/apply.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "remedy/by_hand.h"
#include "remedy/run_parts.h"

namespace doctor::remedy {
namespace {

using core::Result;

void append(std::vector<std::string>& to, std::vector<std::string> lines) {
  std::move(lines.begin(), lines.end(), std::back_inserter(to));
}

}  // namespace

std::string_view result_name(RunResult result) {
  constexpr std::string_view kNames[] = {"done",    "nothing_to_do", "refused",
                                         "stopped", "rolled_back",   "stuck"};
  return kNames[static_cast<std::size_t>(result)];
}

const Step* step_named(const Plan& plan, std::string_view id) {
  const auto found =
      std::find_if(plan.steps.begin(), plan.steps.end(), [&](const Step& one) { return one.id == id; });
  return found == plan.steps.end() ? nullptr : &*found;
}

Result<RunReport> end_run(Execution& run, RunReport report, RunState state) {
  report.run = run.run.id;
  report.warnings = run.warnings;
  if (auto written = write_state(run, state); !written) return core::fail(written.error());
  if (auto released = run.journal.release(run.run.id); !released) return core::fail(released.error());
  return report;
}

Result<RunReport> end_stuck(Execution& run, RunReport report, const Step& step) {
  report.result = RunResult::stuck;
  report.by_hand.push_back(fmt::format(
      "# when the cause is gone, this goes on: fargate-doctor apply --resume {} --apply", run.run.id));
  append(report.by_hand, look_by_hand(run, step));
  const auto& steps = run.run.plan.steps;
  for (auto one = steps.rbegin(); one != steps.rend(); ++one) {
    if (one->id == step.id || standing_entry(run.run, one->id) != nullptr) {
      append(report.by_hand, take_back_by_hand(run, *one));
    }
  }
  return end_run(run, std::move(report), RunState::stuck);
}

Result<RunReport> go_back(Execution& run, RunReport report) {
  if (auto written = write_state(run, RunState::rolling_back); !written) return core::fail(written.error());
  const auto& steps = run.run.plan.steps;
  for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
    const Entry* standing = standing_entry(run.run, step->id);
    if (standing == nullptr || leaves_nothing_to_take_back(*step)) continue;
    if (step->inverse.service.empty()) {
      // The steps before it do not need it; that it stays was agreed to, by name.
      tell(run, *step, "cannot take back", step->one_way_reason);
      append(report.by_hand, take_back_by_hand(run, *step));
      continue;
    }
    if (is_cancelled(run)) {
      report.result = RunResult::stopped;
      report.why += fmt::format("{}stopped before step {} was taken back; apply --resume goes on taking back",
                                report.why.empty() ? "" : "; ", step->id);
      return end_run(run, std::move(report), RunState::rolling_back);
    }
    const Entry before_change = *standing;  // the journal's list grows below
    const auto undo = undo_step(run, *step, before_change);
    if (!undo) return core::fail(undo.error());
    if (!undo->undone) {
      tell(run, *step, "cannot take back", undo->why);
      report.why += fmt::format("{}step {} could not be taken back: {}", report.why.empty() ? "" : "; ",
                                step->id, undo->why);
      append(report.differences, undo->differences);
      return end_stuck(run, std::move(report), *step);
    }
    tell(run, *step, "taken back");
  }
  report.result = report.by_hand.empty() ? RunResult::rolled_back : RunResult::stuck;
  return end_run(run, std::move(report), RunState::rolled_back);
}

Result<RunReport> fail_run(Execution& run, const Step& step, const StepOutcome& outcome) {
  tell(run, step, "failed", outcome.why);
  RunReport report;
  report.failed_step = step.id;
  report.why = outcome.why;
  report.differences = outcome.differences;
  if (outcome.end == StepEnd::unknown) return end_stuck(run, std::move(report), step);
  if (run.options.on_failure == OnFailure::stop) {
    report.result = RunResult::stopped;
    return end_run(run, std::move(report), RunState::stopped);
  }
  return go_back(run, std::move(report));
}

Result<RunReport> go_forward(Execution& run, bool resumed) {
  const Step* last_standing = nullptr;
  for (const auto& step : run.run.plan.steps) {
    if (standing_entry(run.run, step.id) != nullptr) last_standing = &step;
  }
  for (const auto& step : run.run.plan.steps) {
    const bool stands = standing_entry(run.run, step.id) != nullptr;
    // Of a resumed run only the last change may not have been probed yet.
    if (stands && !(resumed && &step == last_standing)) continue;
    if (is_cancelled(run)) {
      RunReport report;
      report.result = RunResult::stopped;
      report.why = fmt::format("stopped before step {}", step.id);
      return end_run(run, std::move(report), RunState::stopped);
    }
    StepOutcome outcome;
    if (!stands) {
      auto applied = apply_step(run, step);
      if (!applied) return core::fail(applied.error());
      outcome = std::move(*applied);
    }
    bool cut_short = false;
    if (outcome.end == StepEnd::done) {
      const auto filled = with_references(run.run, step);
      outcome = filled ? probe_step(run, *filled, cut_short)
                       : StepOutcome{StepEnd::changed, core::to_line(filled.error()), {}};
    }
    if (outcome.end != StepEnd::done && outcome.end != StepEnd::already_so)
      return fail_run(run, step, outcome);
    if (cut_short) {
      RunReport report;
      report.result = RunResult::stopped;
      report.why = fmt::format("stopped after step {}, whose success was not proven yet", step.id);
      return end_run(run, std::move(report), RunState::stopped);
    }
    tell(run, step, outcome.end == StepEnd::already_so ? "already so" : "done");
  }
  return end_run(run, {}, RunState::done);
}

namespace {

// The refusals that come before a run is begun; nothing: it may begin.
std::optional<RunReport> refusal_before(aws::Client& client, const Plan& plan, const ApplyOptions& options,
                                        core::Timestamp now) {
  RunReport report;
  report.result = RunResult::refused;
  for (const auto& objection : objections(plan, options, now)) {
    report.why += (report.why.empty() ? "" : "; ") + objection;
  }
  if (!report.why.empty()) return report;
  bool all_so = true;
  for (const auto& one : preview(client, plan, options)) {
    all_so = all_so && one.verdict == Preview::Verdict::already_so;
    if (one.verdict != Preview::Verdict::differs && one.verdict != Preview::Verdict::unreadable) continue;
    if (report.failed_step.empty()) report.failed_step = one.step;
    report.why += fmt::format("{}step {}: {}", report.why.empty() ? "" : "; ", one.step, one.why);
    append(report.differences, one.differences);
  }
  if (!report.why.empty()) return report;
  if (!all_so && !plan.steps.empty()) return std::nullopt;
  report.result = RunResult::nothing_to_do;
  report.why = plan.steps.empty() ? "the plan has no steps" : "all is as the plan wants it";
  return report;
}

// A plan that was applied differs from what is there now, because it was applied: the run that did it, where
// everything still is as that run left it. "": there is none.
std::string run_that_did_it(aws::Client& client, const Journal& journal, const Plan& plan,
                            const ApplyOptions& options) {
  const auto runs = journal.runs();
  if (!runs) return {};
  for (const auto& run : *runs) {
    if (run.state != RunState::done || digest_of(run.plan) != digest_of(plan)) continue;
    const auto previews = preview_roll_back(client, run, options);
    const bool stands = std::none_of(previews.begin(), previews.end(), [](const Preview& one) {
      return one.verdict == Preview::Verdict::differs || one.verdict == Preview::Verdict::unreadable ||
             one.verdict == Preview::Verdict::already_so;
    });
    if (stands) return run.id;
  }
  return {};
}

}  // namespace

Result<RunReport> apply(aws::Client& client, Journal& journal, const Plan& plan, const ApplyOptions& options,
                        const core::Clock& clock) {
  if (auto refusal = refusal_before(client, plan, options, clock.now())) {
    if (refusal->differences.empty()) return *refusal;
    RunReport report;
    report.run = run_that_did_it(client, journal, plan, options);
    if (report.run.empty()) return *refusal;
    report.result = RunResult::nothing_to_do;
    report.why = "this run has applied the plan, and all is as it left it";
    return report;
  }
  const auto id = journal.begin(plan, clock.now());
  if (!id) return core::fail(id.error());
  Execution run{client, journal, options, clock, {}, {}, {}};
  run.run.id = *id;
  run.run.plan = plan;
  run.run.began_at = clock.now();
  if (auto leased = take_leases(run, lease_time(plan.steps.front())); !leased) {
    if (leased.error().code != "LeaseHeld") return core::fail(leased.error());
    RunReport report;
    report.result = RunResult::refused;
    report.why = core::to_line(leased.error());
    return end_run(run, std::move(report), RunState::rolled_back);
  }
  return go_forward(run, false);
}

}  // namespace doctor::remedy
