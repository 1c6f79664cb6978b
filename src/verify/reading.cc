#include "verify/reading.h"

#include <algorithm>
#include <set>

#include "core/arn.h"
#include "diagnose/families.h"
#include "facts/live.h"
#include "facts/needs.h"
#include "remedy/kinds.h"

namespace doctor::verify {
namespace {

// What ECS still shows of stops that happened before a slow clock's "now".
constexpr core::Duration kMargin = std::chrono::minutes{5};

// A healthy service asks for nothing: what the checks judge is read whatever its words say.
unsigned needs_of_family(std::string_view family, bool stand_alone) {
  unsigned needs = facts::kPath | facts::kExecutionRole | facts::kTaskRole | facts::kOrganization;
  if (family == diagnose::kStorageExceeded) needs |= facts::kStorageMetrics;
  if (family == diagnose::kExecError) needs |= facts::kExecTrail;
  if (family == diagnose::kEniCreateFailed) needs |= facts::kInterfaceTrail;
  if (stand_alone) needs |= facts::kRunTaskTrail;
  return needs;
}

facts::LiveOptions live_options(const Where& where, const remedy::Run& run, const ReadOptions& options,
                                core::Timestamp now) {
  facts::LiveOptions live;
  live.scope.regions = {where.region};
  live.scope.cluster = core::short_name(run.plan.cluster);
  live.scope.service = core::short_name(run.plan.service);
  live.scope.since = std::max<core::Duration>(now - end_of(run), core::Duration{0}) + kMargin;
  live.scope.since_given = true;
  live.also = needs_of_family(run.plan.family, run.plan.service.empty());
  for (const auto& role : roles_of_changes(run)) live.roles.insert(role);
  for (const auto& role : options.roles) live.roles.emplace(core::short_name(role));
  return live;
}

// What this program did itself (its calls carry its name) is no symptom: a session that a replay tried, a
// task that it started.
void forget_our_calls(facts::Place& place) {
  std::set<std::string> ours;
  for (const auto& [id, event] : place.trail) {
    const bool replayed = event.event_name == "ExecuteCommand" || event.event_name == "RunTask" ||
                          event.event_name == "StopTask";
    if (replayed && event.user_agent.starts_with("fargate-doctor")) ours.insert(id);
  }
  for (const auto& id : ours) place.trail.erase(id);
  std::erase_if(place.call_failures,
                [&](const facts::CallFailure& failure) { return ours.contains(failure.origin.event_id); });
}

std::set<std::string> clusters_of(const std::vector<Replay>& replays) {
  std::set<std::string> out;
  for (const Replay& replay : replays) out.insert(replay.cluster);
  return out;
}

void replay(const Where& where, const remedy::Run& run, const ReadOptions& options, const core::Clock& clock,
            Reading& reading) {
  if (!options.replay) {
    reading.no_replay = "no task was to be started";
    return;
  }
  const auto replays = replays_of(run, reading.facts.places.front(), options.replays.most);
  if (replays.empty()) {
    reading.no_replay = run.plan.service.empty()
                            ? "CloudTrail shows no RunTask call that says how such a task is started"
                            : "there is no service " + run.plan.service + " here to start a task like";
    return;
  }
  aws::Client& always = where.always != nullptr ? *where.always : *where.client;
  for (const auto& cluster : clusters_of(replays)) {
    const auto stopped = stop_left_behind(always, run.id, cluster, where.region);
    if (stopped && *stopped > 0 && options.replays.progress)
      options.replays.progress("stopped " + std::to_string(*stopped) +
                               " left behind by an earlier verification");
  }
  reading.replays = run_replays(*where.client, always, run.id, replays, options.replays, clock);
}

// The state of every resource that the run has changed in this account and region, in one wave.
void read_states(const Where& where, const remedy::Run& run, Reading& reading) {
  const std::string& account = reading.facts.places.front().account;
  std::vector<const remedy::Step*> steps;
  std::vector<aws::Call> calls;
  for (const remedy::Step& step : run.plan.steps) {
    const remedy::Kind* kind = remedy::kind_named(step.resource.kind);
    const bool here = (step.resource.region.empty() || step.resource.region == where.region) &&
                      (step.resource.account.empty() || step.resource.account == account);
    if (kind == nullptr || !here) continue;
    const remedy::Request request = kind->read(step.resource);
    steps.push_back(&step);
    calls.push_back({request.service, request.operation,
                     request.region.empty() ? where.region : request.region, request.input});
  }
  const auto answers = where.client->run(calls);
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const remedy::Kind& kind = *remedy::kind_named(steps[i]->resource.kind);
    LiveState live{steps[i]->id, "null", {}};
    if (answers[i]) {
      auto state = kind.state(steps[i]->resource, answers[i]->json);
      if (state) {
        live.state = std::move(*state);
      } else {
        live.error = state.error();
      }
    } else if (!remedy::says_absent(kind, answers[i].error())) {
      live.error = answers[i].error();
    }
    reading.states.push_back(std::move(live));
  }
}

void analyze(const Where& where, const remedy::Run& run, Reading& reading) {
  for (const ChangedPolicy& policy : changed_policies(run, reading.facts.places.front())) {
    if (policy.live.empty()) continue;
    // AWS charges for the comparison, and it says nothing of a policy that is the one which was planned.
    const bool changed = !same_document(policy.live, policy.planned);
    AnalyzedPolicy analyzed{policy.name, {}, {}};
    auto opinion = ask_access_analyzer(*where.client, where.region,
                                       {{policy.live, policy.level, changed ? policy.planned : ""}});
    if (opinion) {
      analyzed.opinion = std::move(*opinion);
    } else {
      analyzed.error = opinion.error();
    }
    reading.analyzed.push_back(std::move(analyzed));
  }
}

}  // namespace

core::Timestamp end_of(const remedy::Run& run) {
  core::Timestamp end = run.began_at;
  for (const remedy::Entry& entry : run.entries)
    end = std::max(end, entry.concluded_at.value_or(entry.intended_at));
  return end;
}

Reading read(const Where& where, const remedy::Run& run, const ReadOptions& options,
             const core::Clock& clock) {
  Reading reading;
  reading.profile = where.profile;
  reading.region = where.region;
  reading.read_at = clock.now();
  auto facts = facts::read_live(*where.client, live_options(where, run, options, reading.read_at), clock);
  if (!facts) {
    reading.failed = facts.error();
    return reading;
  }
  reading.facts = std::move(*facts);
  for (facts::Place& place : reading.facts.places) forget_our_calls(place);
  replay(where, run, options, clock, reading);
  read_states(where, run, reading);
  if (options.analyzer) analyze(where, run, reading);
  reading.read_at = clock.now();
  return reading;
}

}  // namespace doctor::verify
