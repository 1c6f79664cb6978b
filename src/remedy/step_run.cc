#include "remedy/step_run.h"

#include <fmt/format.h>

namespace doctor::remedy {
namespace {

using core::Result;

StepOutcome unchanged(std::string why, std::vector<std::string> lines = {}) {
  return {StepEnd::unchanged, std::move(why), std::move(lines)};
}

Change forward_change(const Execution& run, const Step& step, const std::string& before) {
  Change change{EntryKind::apply, step, before, {}, run.options.patience.attempts};
  change.leaves_no_trace = step.effects.empty();
  // Asked anew each time: an effect may speak of the answer, which comes in between.
  change.took_effect = [&run, step, before](const std::string& state) {
    return !step.effects.empty() && state != before && has_effects(state, known_effects(run.run, step));
  };
  return change;
}

StepOutcome outcome_of(const ChangeOutcome& change) {
  switch (change.end) {
    case ChangeEnd::took_effect:
      return {};
    case ChangeEnd::not_taken:
      return {StepEnd::unchanged, change.why, change.differences};
    case ChangeEnd::different:
      return {StepEnd::changed, change.why, change.differences};
    case ChangeEnd::unknown:
      break;
  }
  return {StepEnd::unknown, change.why, change.differences};
}

// An earlier step may have changed the resource, or found it changed.
std::string expected_state(const Execution& run, const Step& step) {
  if (auto known = last_known_state(run.run, step.resource); !known.empty()) return known;
  const auto seen = run.seen_so.find(step.resource);
  return seen == run.seen_so.end() ? canonical(step.before) : seen->second;
}

// Why the step may not run on what is there now; nothing: it may, or it is already so.
Result<StepOutcome> check_before(Execution& run, const Step& step, LiveState& live) {
  auto read = read_state(run.client, run.options.kind, step.resource);
  if (!read) return unchanged(core::to_line(read.error()));
  live = std::move(*read);
  const std::string expected = expected_state(run, step);
  Step known = step;
  known.effects = known_effects(run.run, step);
  if (known.effects.size() == step.effects.size() && is_already_so(known, expected, live.state)) {
    run.seen_so[step.resource] = live.state;
    return StepOutcome{StepEnd::already_so, {}, {}};
  }
  if (live.state != expected) {
    return unchanged(
        fmt::format("{} {} is not as it was when the plan was made", step.resource.kind, step.resource.id),
        differences(expected, live.state));
  }
  return StepOutcome{};
}

// What the window says now; a run may begin inside it and come to this step after its end.
std::string window_objection(const Execution& run, const Step& step) {
  Plan one;
  one.steps = {step};
  ApplyOptions only_window;
  only_window.window = run.options.window;
  only_window.outside_window = run.options.outside_window;
  only_window.accept_drift = true;
  only_window.allowed_one_way = {step.id};
  const auto all = objections(one, only_window, run.clock.now());
  return all.empty() ? "" : all.front();
}

}  // namespace

core::Duration lease_time(const Step& step) {
  return std::chrono::minutes{15} + step.expected_duration + step.probe.timeout;
}

namespace {

// What the probe must find, with what the calls have answered in it.
std::string expected_by(const Execution& run, const Step& step) {
  Step probed = step;
  probed.effects = {{step.probe.pointer, step.probe.expected}};
  const auto known = known_effects(run.run, probed);
  return known.empty() ? step.probe.expected : known.front().value;
}

}  // namespace

StepOutcome probe_step(Execution& run, const Step& step, bool& cut_short) {
  const Probe& probe = step.probe;
  cut_short = false;
  if (probe.pointer.empty()) return {};
  tell(run, step, "probing");
  const std::string expected = expected_by(run, step);
  const auto end = run.clock.now() + probe.timeout;
  std::string last = "nothing";
  const auto failed = [&](const std::string& why) {
    return StepOutcome{StepEnd::changed,
                       fmt::format("{} is {} after {}, and must be {}", probe.pointer, why,
                                   core::to_words(probe.timeout), expected.empty() ? "there" : expected),
                       {}};
  };
  for (core::Duration wait{0};;) {
    std::string document;
    if (probe.request.service.empty()) {
      auto live = read_state(run.client, run.options.kind, step.resource);
      if (live) document = std::move(live->state);
      if (!live) last = core::to_line(live.error());
    } else {
      const auto request = filled_request(run.run, step, probe.request);
      if (!request) return {StepEnd::changed, core::to_line(request.error()), {}};
      auto answer = send(run.client, *request);
      if (answer) document = std::move(answer->json);
      if (!answer) last = core::to_line(answer.error());
    }
    const std::string value = document.empty() ? "" : value_at(document, probe.pointer);
    if (!document.empty() &&
        (expected.empty() ? !value.empty() : has_effects(document, {{probe.pointer, expected}})))
      return {};
    if (!document.empty()) last = value.empty() ? "absent" : value;
    // The change itself is made and seen; only the proof is left, and resuming asks for it again.
    if (is_cancelled(run)) {
      cut_short = true;
      return {};
    }
    wait = next_pause(run.options.patience, wait);
    if (run.clock.now() + wait > end) return failed(last);
    pause_until_cancelled(run, wait);
  }
}

Result<StepOutcome> apply_step(Execution& run, const Step& planned) {
  tell(run, planned, "checking");
  if (const auto closed = window_objection(run, planned); !closed.empty()) return unchanged(closed);
  const auto step = with_references(run.run, planned);
  if (!step) return unchanged(core::to_line(step.error()));
  if (auto leased = take_leases(run, lease_time(*step)); !leased) {
    if (leased.error().code != "LeaseHeld") return core::fail(leased.error());
    return unchanged(core::to_line(leased.error()));
  }
  LiveState live;
  auto checked = check_before(run, *step, live);
  if (!checked || checked->end != StepEnd::done || !checked->why.empty()) return checked;
  const auto request = filled_request(run.run, *step, step->request);
  if (!request) return unchanged(core::to_line(request.error()));
  tell(run, *step, "applying");
  const auto change = make_change(run, forward_change(run, *step, live.state), *request);
  if (!change) return core::fail(change.error());
  return outcome_of(*change);
}

Result<StepOutcome> resolve_step(Execution& run, const Step& planned, const Entry& open) {
  const auto step = with_references(run.run, planned);
  if (!step) return StepOutcome{StepEnd::unknown, core::to_line(step.error()), {}};
  tell(run, *step, "checking", "whether the call that was cut off took effect");
  const auto change = resolve_change(run, forward_change(run, *step, open.before), open);
  if (!change) return core::fail(change.error());
  return outcome_of(*change);
}

namespace {

// An inverse is tried longer: there is nothing better left to do.
constexpr int kInverseAttempts = 6;

Change backward_change(const Step& step, const std::string& from, const std::string& target) {
  return {EntryKind::inverse, step, from, [target](const std::string& state) { return state == target; },
          kInverseAttempts};
}

UndoOutcome undo_outcome_of(const ChangeOutcome& change) {
  return {change.end == ChangeEnd::took_effect, change.why, change.differences};
}

Result<UndoOutcome> note_that_nothing_is_left(Execution& run, const Step& step, const std::string& state,
                                              const Request& request) {
  Entry entry;
  entry.run = run.run.id;
  entry.step = step.id;
  entry.kind = EntryKind::inverse;
  entry.before = entry.after = state;
  entry.request = request;
  entry.intended_at = run.clock.now();
  if (auto written = write_intent(run, entry); !written) return core::fail(written.error());
  entry.error = "nothing was left to take back: not sent";
  if (auto written = write_outcome(run, entry, Outcome::done); !written) return core::fail(written.error());
  return UndoOutcome{true, {}, {}};
}

}  // namespace

Result<UndoOutcome> undo_step(Execution& run, const Step& planned, const Entry& standing) {
  tell(run, planned, "taking back");
  const std::string target = standing.before;
  const auto step = with_references(run.run, planned);
  if (!step) return UndoOutcome{false, core::to_line(step.error()), {}};
  if (step->inverse.service.empty()) {
    return UndoOutcome{
        false, step->one_way_reason.empty() ? "no call takes it back" : step->one_way_reason, {}};
  }
  const auto request = filled_request(run.run, *step, step->inverse);
  if (!request) return UndoOutcome{false, core::to_line(request.error()), {}};
  if (auto leased = take_leases(run, lease_time(*step)); !leased) {
    if (leased.error().code != "LeaseHeld") return core::fail(leased.error());
    return UndoOutcome{false, core::to_line(leased.error()), {}};
  }
  const std::string ours = last_known_state(run.run, step->resource);
  // A reading may lag behind what an earlier one showed.
  const auto seen = read_until(
      run, step->resource, [&](const std::string& state) { return state == ours || state == target; },
      run.options.patience.unheard);
  if (!seen) return UndoOutcome{false, core::to_line(seen.error()), {}};
  if (seen->live.state == target) return note_that_nothing_is_left(run, *step, target, *request);
  if (!seen->held) {
    return UndoOutcome{false,
                       fmt::format("someone has changed {} {} since", step->resource.kind, step->resource.id),
                       three_way(target, ours, seen->live.state)};
  }
  const auto change = make_change(run, backward_change(*step, seen->live.state, target), *request);
  if (!change) return core::fail(change.error());
  return undo_outcome_of(*change);
}

Result<UndoOutcome> resolve_undo(Execution& run, const Step& planned, const Entry& open) {
  const Entry* standing = standing_entry(run.run, planned.id);
  const auto step = with_references(run.run, planned);
  if (standing == nullptr || !step)
    return UndoOutcome{false, "the journal does not hold what it takes back", {}};
  tell(run, *step, "checking", "whether the call that was cut off took effect");
  const auto change = resolve_change(run, backward_change(*step, open.before, standing->before), open);
  if (!change) return core::fail(change.error());
  return undo_outcome_of(*change);
}

}  // namespace doctor::remedy
