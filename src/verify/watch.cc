#include "verify/watch.h"

#include <algorithm>

namespace doctor::verify {
namespace {

// "Currently, stopped tasks appear in the returned results for at least one hour." ("DescribeTasks")
constexpr core::Duration kStopsAreShown = std::chrono::hours{1};

// The failure itself is back; the rest (steady state, targets) may be a deployment of the user's own.
bool is_back(const Verification& verification) {
  return std::any_of(verification.checks.begin(), verification.checks.end(), [](const Check& check) {
    return check.standing == Standing::failed &&
           (check.id == "incidents.same" || check.id.starts_with("replay."));
  });
}

bool failed_twice(const Watch& watch) {
  const auto& rounds = watch.rounds;
  return rounds.size() >= 2 && verdict_of(rounds.back().verification) == Verdict::failed &&
         verdict_of(rounds[rounds.size() - 2].verification) == Verdict::failed;
}

std::string line_of(const Watch& watch, const std::optional<core::Timestamp>& next) {
  const Round& round = watch.rounds.back();
  std::string out = "round " + std::to_string(round.number) + " at " +
                    core::to_iso(round.verification.checked_at) + ": " + summary_of(round.verification);
  if (next) out += "; next at " + core::to_clock(*next) + ", ends " + core::to_iso(watch.ends_at);
  return out;
}

Watched ended(Watch watch, Verdict verdict, std::string why) {
  watch.verdict = verdict;
  return {std::move(watch), verdict, std::move(why), false};
}

Watched at_its_end(Watch watch) {
  const auto& last = watch.rounds.back().verification;
  const Verdict verdict = verdict_of(last);
  const auto blind = blind_spans(watch);
  const std::string rounds =
      std::to_string(watch.rounds.size()) + " rounds since " + core::to_iso(watch.began_at);
  if (verdict == Verdict::verified && !blind.empty()) {
    const std::string why = rounds + ", the last of them verified, but nobody watched from " +
                            core::to_iso(blind.front().from) + " to " + core::to_iso(blind.front().to) +
                            ", and Amazon ECS shows a stopped task for about an hour only";
    return ended(std::move(watch), Verdict::incomplete, why);
  }
  const std::string why = rounds + "; " + summary_of(last);
  return ended(std::move(watch), verdict, why);
}

}  // namespace

std::vector<Blind> blind_spans(const Watch& watch) {
  std::vector<Blind> out;
  core::Timestamp seen = watch.began_at;
  for (const Round& round : watch.rounds) {
    const auto at = round.verification.checked_at;
    if (at - seen > kStopsAreShown) out.push_back({seen, at});
    seen = std::max(seen, at);
  }
  return out;
}

core::Result<Watched> watch(WatchStore& store, const std::string& run, const WatchOptions& options,
                            const MakeRound& make_round, const core::Clock& clock) {
  auto begun = store.begin_or_continue(run, options.span, options.every, clock.now());
  if (!begun) return core::fail(begun.error());
  Watch watch = std::move(*begun);
  const auto cancelled = [&] { return options.cancelled != nullptr && options.cancelled->load(); };
  const auto interrupted = [&] {
    const std::string why = "interrupted after " + std::to_string(watch.rounds.size()) +
                            " rounds; the same command goes on with it";
    return Watched{watch, Verdict::incomplete, why, true};
  };
  if (!watch.rounds.empty() && options.say) {
    options.say("going on with the watch that began at " + core::to_iso(watch.began_at) + ", after " +
                std::to_string(watch.rounds.size()) + " rounds");
  }
  while (true) {
    const auto due = watch.rounds.empty()
                         ? watch.began_at
                         : std::min(watch.rounds.back().verification.checked_at + watch.every, watch.ends_at);
    while (clock.now() < due && !cancelled()) options.pause(due - clock.now());
    if (cancelled()) return interrupted();
    const bool last = clock.now() >= watch.ends_at;
    Round round{static_cast<int>(watch.rounds.size()) + 1, make_round(watch.rounds.empty() || last)};
    if (cancelled()) return interrupted();  // what Ctrl-C cut off is no round
    if (auto kept = store.add_round(watch, round); !kept) return core::fail(kept.error());
    watch.rounds.push_back(std::move(round));
    const bool back = is_back(watch.rounds.back().verification) || failed_twice(watch);
    if (options.say) {
      const auto next = std::min(clock.now() + watch.every, watch.ends_at);
      options.say(line_of(watch, last || back ? std::nullopt : std::optional(next)));
    }
    if (!last && !back) continue;
    Watched out = back ? ended(watch, Verdict::failed, summary_of(watch.rounds.back().verification))
                       : at_its_end(std::move(watch));
    if (auto finished = store.finish(out.watch, out.verdict, clock.now()); !finished)
      return core::fail(finished.error());
    return out;
  }
}

}  // namespace doctor::verify
