#include "remedy/change.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/json.h"
#include "remedy/publish.h"

namespace doctor::remedy {
namespace {

using core::ErrorKind;
using core::Result;

// AWS's own no: it has looked at the request and not acted on it. Anything else may have been acted on.
bool is_certainly_not_taken(const core::Error& error) {
  switch (error.kind) {
    case ErrorKind::refused:
    case ErrorKind::invalid_call:
    case ErrorKind::not_found:
    case ErrorKind::throttled:
    case ErrorKind::bad_input:  // of our own, before anything was sent
    case ErrorKind::usage:
      return true;
    case ErrorKind::unreachable:
    case ErrorKind::cancelled:
    case ErrorKind::internal:
      return false;
  }
  return false;
}

bool may_go_better_next_time(const core::Error& error) {
  return error.kind == ErrorKind::unreachable || error.kind == ErrorKind::throttled;
}

// What is to go is still used by what goes before it: a subnet by tasks that are stopping ("DeleteSubnet"), a
// role or a policy ("DeleteConflict").
bool is_still_in_use(const Change& change, const core::Error& error) {
  return change.kind != EntryKind::apply &&
         (error.code == "DependencyViolation" || error.code == "DeleteConflict");
}

// Where AWS was asked to create something and nobody heard its id, the tag that the call carried finds it.
Result<bool> is_found_by_tag(Execution& run, const Step& step) {
  const std::string mark = core::json_quoted(run.run.id + "/" + step.id);
  auto answer =
      send(run.client, {"resourcegroupstaggingapi", "GetResources", step.resource.region,
                        R"({"TagFilters":[{"Key":"fargate-doctor:step","Values":[)" + mark + "]}]}"});
  if (!answer) return core::fail(answer.error());
  return !field_text(answer->json, "ResourceTagMappingList.0.ResourceARN").empty();
}

// The change shows. It is published before it is concluded, so that a kill between the two publishes it twice
// rather than never.
Result<ChangeOutcome> conclude_seen(Execution& run, const Change& change, Entry& entry,
                                    const LiveState& live) {
  entry.after = live.state;
  publish_change(run, change.step, entry.kind);
  if (auto written = write_outcome(run, entry, Outcome::done); !written) return core::fail(written.error());
  return ChangeOutcome{ChangeEnd::took_effect, {}, {}};
}

// AWS answered yes.
Result<ChangeOutcome> confirm(Execution& run, const Change& change, Entry& entry) {
  tell(run, change.step, "confirming");
  const auto& patience = run.options.patience;
  auto seen = read_until(run, change.step.resource, change.took_effect,
                         change.leaves_no_trace ? core::Duration{0} : patience.stale);
  if (!seen) return ChangeOutcome{ChangeEnd::unknown, core::to_line(seen.error()), {}};
  if (seen->held || change.leaves_no_trace) return conclude_seen(run, change, entry, seen->live);
  entry.after = seen->live.state;
  if (entry.after == change.before) {
    entry.error =
        fmt::format("AWS took the call, and {} later nothing of it shows", core::to_words(patience.stale));
    if (auto written = write_outcome(run, entry, Outcome::failed); !written)
      return core::fail(written.error());
    return ChangeOutcome{ChangeEnd::not_taken, entry.error, {}};
  }
  // It stands as a change of ours, so that it can be taken back; an inverse has not done what it is for.
  const auto lines = differences(change.before, entry.after);
  entry.error = "the call came to something else than was asked for";
  publish_change(run, change.step, entry.kind);
  const auto outcome = entry.kind == EntryKind::apply ? Outcome::done : Outcome::failed;
  if (auto written = write_outcome(run, entry, outcome); !written) return core::fail(written.error());
  return ChangeOutcome{ChangeEnd::different, entry.error, lines};
}

struct Unheard {
  std::string why;  // nobody heard an answer, or it was a no
  bool certainly_not = false;
  core::Duration bound{0};              // how long an effect may still come
  Outcome otherwise = Outcome::failed;  // what is written where it did not take effect
};

// An answer that carries the new thing's id is worth a second call where AWS takes the same token once.
std::string answer_heard_again(Execution& run, const Change& change, const Entry& entry,
                               const LiveState& live) {
  if (change.step.replay == Replay::client_token && change.kind == EntryKind::apply) {
    if (auto answer = send(run.client, entry.request)) return answer->json;
  }
  return live.answer;
}

// AWS did not say yes: reading decides.
Result<ChangeOutcome> look(Execution& run, const Change& change, Entry& entry, const Unheard& unheard) {
  const auto& resource = change.step.resource;
  auto seen = read_until(run, resource, change.took_effect,
                         change.leaves_no_trace ? core::Duration{0} : unheard.bound);
  if (!seen) {
    return ChangeOutcome{ChangeEnd::unknown, unheard.why + "; " + core::to_line(seen.error()), {}};
  }
  bool took_effect = seen->held;
  if (!took_effect && change.step.replay == Replay::tagged && change.kind == EntryKind::apply) {
    const auto found = is_found_by_tag(run, change.step);
    if (!found) return ChangeOutcome{ChangeEnd::unknown, core::to_line(found.error()), {}};
    took_effect = *found;
  }
  if (took_effect) {
    entry.answer = answer_heard_again(run, change, entry, seen->live);
    return conclude_seen(run, change, entry, seen->live);
  }
  entry.error = unheard.why;
  ChangeOutcome outcome{ChangeEnd::not_taken, unheard.why, {}};
  if (seen->live.state != change.before) {
    entry.after = seen->live.state;
    outcome.differences = differences(change.before, seen->live.state);
    if (!unheard.certainly_not) outcome.end = ChangeEnd::unknown;
  }
  if (auto written = write_outcome(run, entry, unheard.otherwise); !written)
    return core::fail(written.error());
  return outcome;
}

}  // namespace

Result<ChangeOutcome> make_change(Execution& run, const Change& change, const Request& request) {
  core::Duration wait{0}, waited{0};
  for (int attempt = 1;; ++attempt) {
    Entry entry;
    entry.run = run.run.id;
    entry.step = change.step.id;
    entry.kind = change.kind;
    entry.before = change.before;
    entry.request = request;
    entry.intended_at = run.clock.now();
    if (auto written = write_intent(run, entry); !written) return core::fail(written.error());
    auto answer = send(run.client, request);
    if (answer) {
      entry.answer = std::move(answer->json);
      if (auto written = write_outcome(run, entry, Outcome::answered); !written)
        return core::fail(written.error());
      return confirm(run, change, entry);
    }
    const auto& error = answer.error();
    const bool never = is_certainly_not_taken(error);
    auto outcome =
        look(run, change, entry,
             {core::to_line(error), never, never ? core::Duration{0} : run.options.patience.unheard});
    if (!outcome || outcome->end != ChangeEnd::not_taken || !outcome->differences.empty()) return outcome;
    const bool in_use = is_still_in_use(change, error) && waited < run.options.patience.in_use;
    if (!in_use && (attempt >= change.attempts || !may_go_better_next_time(error))) return outcome;
    if (in_use) tell(run, change.step, "waiting", outcome->why);
    wait = next_pause(run.options.patience, wait);
    pause(run, wait);
    waited += wait;
  }
}

Result<ChangeOutcome> resolve_change(Execution& run, const Change& change, const Entry& open) {
  Entry entry = open;
  if (entry.outcome == Outcome::answered) return confirm(run, change, entry);
  // What AWS was going to do with it, it has done by now, unless the kill was a moment ago.
  const auto end = entry.intended_at + run.options.patience.unheard;
  const auto left = std::clamp(end - run.clock.now(), core::Duration{0}, run.options.patience.unheard);
  return look(run, change, entry,
              {"the program ended before AWS answered", false, left, Outcome::never_sent});
}

}  // namespace doctor::remedy
