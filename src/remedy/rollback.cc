#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>

#include "remedy/live_state.h"
#include "remedy/run_parts.h"

namespace doctor::remedy {
namespace {

using core::Result;

std::string why_not_back(const Step& step) {
  return step.one_way_reason.empty() ? "no call takes it back" : step.one_way_reason;
}

// What the resource is once the steps after this one are taken back, and is now, where nobody has touched it.
struct RollbackView {
  const Step* step = nullptr;
  const Entry* standing = nullptr;
  bool is_last_of_resource = false;  // the live state must be what this step left
  Resource resource;
};

std::vector<RollbackView> steps_to_take_back(const Run& run) {
  std::vector<RollbackView> views;
  for (auto step = run.plan.steps.rbegin(); step != run.plan.steps.rend(); ++step) {
    const Entry* standing = standing_entry(run, step->id);
    if (standing == nullptr || leaves_nothing_to_take_back(*step)) continue;
    RollbackView view{&*step, standing, true, step->resource};
    if (auto resource = filled_resource(run, *step)) view.resource = std::move(*resource);
    for (const auto& later : views) {
      if (later.resource == view.resource) view.is_last_of_resource = false;
    }
    views.push_back(std::move(view));
  }
  return views;
}

Preview preview_of(aws::Client& client, const Run& run, const RollbackView& view,
                   const ApplyOptions& options) {
  Preview one;
  one.step = view.step->id;
  if (view.step->inverse.service.empty()) {
    one.verdict = Preview::Verdict::one_way;
    one.why = why_not_back(*view.step);
    return one;
  }
  if (!view.is_last_of_resource) {
    one.verdict = Preview::Verdict::not_known_yet;
    one.why = "a later step of the run changed it again, and is taken back first";
    return one;
  }
  const auto live = read_state(client, options.kind, view.resource);
  if (!live) {
    one.verdict = Preview::Verdict::unreadable;
    one.why = core::to_line(live.error());
    return one;
  }
  const std::string ours = last_known_state(run, view.resource);
  if (live->state == view.standing->before) {
    one.verdict = Preview::Verdict::already_so;
  } else if (live->state == ours) {
    // Field by field, what the run made would be a long way of saying that it goes.
    if (view.standing->before == "null") {
      one.why = "the run made it; it goes again";
    } else {
      one.differences = differences(ours, view.standing->before);
    }
  } else {
    one.verdict = Preview::Verdict::differs;
    one.why = fmt::format("someone has changed {} {} since", view.resource.kind, view.resource.id);
    one.differences = three_way(view.standing->before, ours, live->state);
  }
  return one;
}

}  // namespace

std::vector<Preview> preview_roll_back(aws::Client& client, const Run& run, const ApplyOptions& options) {
  std::vector<Preview> all;
  for (const auto& view : steps_to_take_back(run)) all.push_back(preview_of(client, run, view, options));
  return all;
}

Result<RunReport> roll_back(aws::Client& client, Journal& journal, const std::string& id,
                            const ApplyOptions& options, const core::Clock& clock) {
  auto known = journal.run(id);
  if (!known) return core::fail(known.error());
  if (auto held = journal.hold(known->id); !held) return core::fail(held.error());
  known = journal.run(known->id);
  if (!known) return core::fail(known.error());
  RunReport report;
  report.run = known->id;
  if (known->state == RunState::rolled_back) {
    report.result = RunResult::nothing_to_do;
    report.why = "the run was rolled back";
    return report;
  }
  Execution run{client, journal, options, clock, std::move(*known), {}, {}};
  const RunState was = run.run.state;
  report.result = RunResult::refused;
  if (auto leased = take_leases(run, std::chrono::minutes{15}); !leased) {
    if (leased.error().code != "LeaseHeld") return core::fail(leased.error());
    report.why = core::to_line(leased.error());
    return report;
  }
  const auto resolved = resolve_open_entry(run);
  if (!resolved) return core::fail(resolved.error());
  if (resolved->outcome.end == StepEnd::unknown) return fail_run(run, *resolved->step, resolved->outcome);

  const auto previews = preview_roll_back(client, run.run, options);
  for (const auto& one : previews) {
    if (one.verdict != Preview::Verdict::differs && one.verdict != Preview::Verdict::unreadable) continue;
    if (report.failed_step.empty()) report.failed_step = one.step;
    report.why += fmt::format("{}step {}: {}", report.why.empty() ? "" : "; ", one.step, one.why);
    report.differences.insert(report.differences.end(), one.differences.begin(), one.differences.end());
  }
  if (!report.why.empty()) return end_run(run, std::move(report), was);
  report.result = RunResult::rolled_back;
  if (previews.empty()) {
    report.result = RunResult::nothing_to_do;
    report.why = "nothing of the run stands";
    return end_run(run, std::move(report), RunState::rolled_back);
  }
  return go_back(run, std::move(report));
}

}  // namespace doctor::remedy
