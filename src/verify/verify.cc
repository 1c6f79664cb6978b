#include "verify/verify.h"

#include <iterator>

#include "verify/judge.h"

namespace doctor::verify {

core::Result<void> can_be_verified(const remedy::Run& run) {
  const auto nothing = [&](const std::string& what) {
    return core::fail(core::ErrorKind::usage, "run " + run.id + " " + what + ": there is nothing to verify");
  };
  switch (run.state) {
    case remedy::RunState::running:
      return core::fail(
          core::ErrorKind::usage, "run " + run.id + " has not ended",
          "wait for it, or resume it with: fargate-doctor apply --resume " + run.id + " --apply");
    case remedy::RunState::rolling_back:
    case remedy::RunState::rolled_back:
      return nothing("was rolled back");
    case remedy::RunState::done:
    case remedy::RunState::stopped:
    case remedy::RunState::stuck:
      break;
  }
  return {};
}

namespace {

Check judge_run(const remedy::Run& run) {
  Check made = check("run.done", "every step of the run was made");
  int done = 0;
  for (const remedy::Entry& entry : run.entries)
    done += entry.kind == remedy::EntryKind::apply && entry.outcome == remedy::Outcome::done ? 1 : 0;
  const std::string count =
      std::to_string(done) + " of " + std::to_string(run.plan.steps.size()) + " steps were made";
  if (run.state == remedy::RunState::done) return passed(std::move(made), count);
  return failed(
      std::move(made),
      std::string(run.state == remedy::RunState::stuck ? "the run is stuck: " : "the run stopped: ") + count);
}

Verification about(const remedy::Run& run, core::Timestamp now) {
  return {.run = run.id,
          .family = run.plan.family,
          .cause = run.plan.cause,
          .cluster = run.plan.cluster,
          .service = run.plan.service,
          .ended_at = end_of(run),
          .checked_at = now,
          .checks = {},
          .smoke = {}};
}

}  // namespace

core::Result<Verification> verify(const std::vector<Where>& places, const remedy::Run& run,
                                  const ReadOptions& options, const core::Clock& clock) {
  Verification out = about(run, clock.now());
  out.checks.push_back(judge_run(run));
  std::optional<core::Error> first_failure;
  std::size_t failures = 0;
  for (const Where& where : places) {
    const Reading reading = read(where, run, options, clock);
    if (reading.failed) {
      ++failures;
      if (!first_failure) first_failure = reading.failed;
    }
    const Subject subject{run, out.ended_at, clock.now(), options.roles};
    auto checks = judge(subject, reading);
    if (options.replay && !reading.failed && !reading.no_replay.empty()) {
      checks.push_back(
          not_possible(check("replay.run_task", "a task like those that failed starts"), reading.no_replay));
      checks.back().region = reading.region;
    }
    out.checks.insert(out.checks.end(), std::make_move_iterator(checks.begin()),
                      std::make_move_iterator(checks.end()));
  }
  if (first_failure && failures == places.size()) return core::fail(*first_failure);
  out.checked_at = clock.now();
  return out;
}

Verification without_sight(const remedy::Run& run, const core::Error& error, core::Timestamp now) {
  Verification out = about(run, now);
  out.checks.push_back(not_possible(check("place.read", "what is there now"), core::to_line(error)));
  return out;
}

}  // namespace doctor::verify
