#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/arn.h"
#include "core/glob.h"
#include "core/json.h"
#include "core/time.h"
#include "diagnose/observations.h"
#include "diagnose/strategy.h"

// Why a Spot interruption hurt: no base, one zone, a stop too short for the drain, no replacement.
namespace doctor::diagnose {

void observe_spot_impact(const Case& c, Observations& out);

namespace {

constexpr int kNotice = 120;             // seconds between warning and reclaim ("Fargate capacity providers")
constexpr int kDefaultStopTimeout = 30;  // seconds, where the task definition does not say
constexpr int kDefaultDeregistrationDelay = 300;
constexpr int kSigkill = 137;
constexpr std::chrono::hours kMoved{24 *
                                    14};  // an interruption may take days to find the newly moved service

// --- How the tasks ended
// ------------------------------------------------------------------------------------

int stop_timeout_of(const Case& c, std::string_view container) {
  if (c.task_definition != nullptr) {
    for (const facts::ContainerDefinition& definition : c.task_definition->containers) {
      if (definition.name == container && definition.stop_timeout_seconds)
        return *definition.stop_timeout_seconds;
    }
  }
  return kDefaultStopTimeout;
}

struct Ending {
  std::size_t killed = 0, killed_late = 0, clean = 0;
  const facts::Task* task = nullptr;  // the first killed, else the first clean
  std::string container;
  long seconds = 0;
};

Ending ending_of(const Case& c) {
  Ending ending;
  const facts::Task* clean = nullptr;
  for (const Stop& stop : c.stops) {
    if (stop.task == nullptr) continue;
    const facts::Task& task = *stop.task;
    const auto killed =
        std::find_if(task.containers.begin(), task.containers.end(), [](const facts::Container& k) {
          return k.exit_code == kSigkill && !core::contains_ignoring_case(k.reason, "OutOfMemory");
        });
    if (killed == task.containers.end()) {
      const bool all_known = !task.containers.empty() &&
                             std::all_of(task.containers.begin(), task.containers.end(),
                                         [](const facts::Container& k) { return k.exit_code.has_value(); });
      if (all_known) {
        ++ending.clean;
        if (clean == nullptr) clean = &task;
      }
      continue;
    }
    ++ending.killed;
    const auto ended = task.execution_stopped_at ? task.execution_stopped_at : task.stopped_at;
    long seconds = 0;
    if (task.stopping_at && ended) {
      seconds = std::chrono::duration_cast<std::chrono::seconds>(*ended - *task.stopping_at).count();
      if (seconds >= stop_timeout_of(c, killed->name) - 5) ++ending.killed_late;
    }
    if (ending.task == nullptr || (ending.seconds == 0 && seconds > 0)) {
      ending.task = &task;
      ending.container = killed->name;
      ending.seconds = seconds;
    }
  }
  if (ending.task == nullptr) ending.task = clean;
  return ending;
}

void observe_ending(const Case& c, const Ending& ending, Observations& out) {
  if (ending.killed_late > 0) {
    out.add("spot.killed_after_timeout",
            fmt::format(
                "container {} of {} ended with exit code 137, {} s after the stop began (stopTimeout {} s)",
                ending.container, counted_of(ending.killed, c.stops.size(), "task"), ending.seconds,
                stop_timeout_of(c, ending.container)),
            source_of(ending.task->origin, "containers[].exitCode", "137", ending.task->stopped_at));
    out.fix_details.emplace_back(
        "handle_sigterm",
        fmt::format("container {} must end by itself on SIGTERM; {} s after it, SIGKILL comes",
                    ending.container, stop_timeout_of(c, ending.container)));
  } else if (ending.killed > 0) {
    out.add("spot.killed",
            fmt::format("container {} of {} ended with exit code 137 (SIGKILL)", ending.container,
                        counted_of(ending.killed, c.stops.size(), "task")),
            source_of(ending.task->origin, "containers[].exitCode", "137", ending.task->stopped_at));
  } else if (ending.clean > 0) {
    out.add("spot.ended_in_time",
            fmt::format("{} ended before SIGKILL", counted_of(ending.clean, c.stops.size(), "task")),
            source_of(ending.task->origin, "containers[].exitCode",
                      std::to_string(ending.task->containers.front().exit_code.value_or(0)),
                      ending.task->stopped_at));
  }
}

void observe_stop_timeout(const Case& c, const Ending& ending, Observations& out) {
  if (c.task_definition == nullptr) {
    note_missing(c, out, "ecs.describe-task-definition",
                 fmt::format("stopTimeout of {}'s containers", place_name(c)),
                 "aws ecs describe-task-definition --task-definition FAMILY:REVISION > "
                 "ecs.describe-task-definition.json");
    return;
  }
  int shortest = kNotice;
  const facts::ContainerDefinition* container = nullptr;
  for (const facts::ContainerDefinition& definition : c.task_definition->containers) {
    if (!definition.essential) continue;
    const int timeout = definition.stop_timeout_seconds.value_or(kDefaultStopTimeout);
    if (container == nullptr || timeout < shortest) {
      container = &definition;
      shortest = timeout;
    }
  }
  if (container == nullptr) return;
  const bool absent = !container->stop_timeout_seconds;
  const std::string value = absent ? "absent (30 s)" : fmt::format("{} s", shortest);
  const Source source{
      "ecs", "describe-task-definition", {}, "containerDefinitions[].stopTimeout", value, std::nullopt};
  const std::string said = fmt::format("stopTimeout of container {} is {}, of the {} s that Spot gives",
                                       container->name, absent ? "not set, so 30 s" : value, kNotice);
  out.fix_details.emplace_back(
      "stop_timeout",
      fmt::format("container {} of {}: stopTimeout {} -> {}", container->name,
                  core::family_revision(c.task_definition->arn), absent ? "30 (default)" : value, kNotice));
  if (shortest >= 90) {
    out.add("spot.stop_timeout_long", said, source);
  } else if (ending.killed_late > 0) {
    out.add("spot.stop_timeout_cut_short", said + ", and the container was killed at its end", source);
  } else {
    out.add(absent ? "spot.stop_timeout_absent" : "spot.stop_timeout_below_notice", said, source);
  }
}

// --- Load balancer
// -------------------------------------------------------------------------------------------

void observe_drain(const Case& c, Observations& out) {
  if (c.service == nullptr || c.service->load_balancers.empty()) return;
  const facts::TargetGroup* longest = nullptr;
  bool attributes_read = false;
  for (const facts::LoadBalancer& balancer : c.service->load_balancers) {
    const auto found = c.place->target_groups.find(balancer.target_group_arn);
    if (found == c.place->target_groups.end()) continue;
    const facts::TargetGroup& group = found->second;
    if (group.deregistration_delay_seconds) attributes_read = true;
    const int delay = group.deregistration_delay_seconds.value_or(kDefaultDeregistrationDelay);
    if (longest == nullptr ||
        delay > longest->deregistration_delay_seconds.value_or(kDefaultDeregistrationDelay)) {
      longest = &group;
    }
  }
  if (!attributes_read) {
    const std::string& arn = c.service->load_balancers.front().target_group_arn;
    note_missing(
        c, out, "elbv2.describe-target-group-attributes",
        fmt::format("deregistration delay of target group {}", core::Arn::parse(arn) ? arn : place_name(c)),
        fmt::format("aws elbv2 describe-target-group-attributes --target-group-arn {} > "
                    "elbv2.describe-target-group-attributes.NAME.json",
                    arn));
  }
  if (longest == nullptr) return;
  const int delay = longest->deregistration_delay_seconds.value_or(kDefaultDeregistrationDelay);
  const Source source{"elbv2",
                      "describe-target-group-attributes",
                      {},
                      "deregistration_delay.timeout_seconds",
                      attributes_read ? std::to_string(delay) : "not read (AWS's default is 300)",
                      std::nullopt};
  out.fix_details.emplace_back(
      "deregistration_delay",
      fmt::format("target group {}: deregistration_delay.timeout_seconds {} -> 90", longest->name, delay));
  if (!attributes_read) {
    out.add(
        "spot.drain_default_assumed",
        fmt::format(
            "target group {} was read without its attributes; AWS's default of 300 s is longer than the {} "
            "s that Spot gives",
            longest->name, kNotice),
        source);
  } else if (delay > kNotice) {
    out.add("spot.drain_longer",
            fmt::format("target group {} drains for {} s, longer than the {} s that Spot gives",
                        longest->name, delay, kNotice),
            source);
  } else {
    out.add("spot.drain_fits",
            fmt::format("target group {} drains for {} s, within the notice", longest->name, delay), source);
  }
  const auto draining =
      std::count_if(longest->targets.begin(), longest->targets.end(),
                    [](const facts::TargetHealth& target) { return target.state == "draining"; });
  if (draining > 0) {
    out.add("spot.targets_draining",
            fmt::format("{} still draining in target group {}",
                        counted(static_cast<std::size_t>(draining), "target"), longest->name),
            Source{"elbv2", "describe-target-health", {}, "TargetHealth.State", "draining", std::nullopt});
  }
}

// --- Replacements
// ----------------------------------------------------------------------------------------------

void observe_replacements(const Case& c, Observations& out) {
  struct Kind {
    std::string_view sign, evidence, words;
  };
  static constexpr Kind kKinds[] = {
      {"capacity.unavailable", "spot.replacement_refused", "found no capacity"},
      {"capacity.vcpu_limit", "spot.replacement_over_quota", "was refused for the vCPU quota"},
      {"eni.insufficient_free_addresses", "spot.replacement_without_address", "found no free IP address"},
  };
  for (const Kind& kind : kKinds) {
    std::size_t count = 0;
    const Stop* first = nullptr;
    for (const Stop& stop : c.aftermath) {
      const bool is = std::any_of(stop.signs.begin(), stop.signs.end(),
                                  [&](const SignMatch& match) { return match.sign->id == kind.sign; });
      if (!is) continue;
      ++count;
      if (first == nullptr) first = &stop;
    }
    if (first == nullptr) continue;
    out.add(kind.evidence,
            fmt::format("{} to place a replacement {}, the first at {}", counted(count, "attempt"),
                        kind.words, core::to_iso(*first->time)),
            source_of(*first));
  }
  const bool asked = c.service != nullptr && !c.service->events.empty();
  if (c.aftermath.empty() && asked) {
    out.add("spot.replacements_placed",
            fmt::format("the events of {} show no failure to place a task", place_name(c)),
            Source{"ecs", "describe-services", {}, "events[].message", "no placement failure", std::nullopt});
  }
}

// --- Size and history
// -------------------------------------------------------------------------------------------

void observe_service_size(const Case& c, Observations& out) {
  if (c.service == nullptr) return;
  const int desired = c.service->desired;
  const Source source{"ecs", "describe-services", {}, "desiredCount", std::to_string(desired), std::nullopt};
  const std::string said = fmt::format("{} wants {}", place_name(c),
                                       counted(static_cast<std::size_t>(std::max(desired, 0)), "task"));
  const auto interrupted = static_cast<int>(c.stops.size());
  if (desired == 1) {
    out.add("spot.one_task", said + ": any interruption is an outage", source);
  } else if (desired == 2) {
    out.add("spot.two_tasks", said, source);
  } else if (desired >= 3 && interrupted < desired) {
    out.add("spot.enough_tasks", said + fmt::format(", {} were interrupted", interrupted), source);
  }
  if (desired >= 1 && desired <= 2)
    out.fix_details.emplace_back("more_tasks",
                                 fmt::format("desired count of {}: {} -> 3", place_name(c), desired));
  if (c.service->maximum_percent <= 100 && c.service->minimum_healthy_percent < 100) {
    out.add(
        "spot.healthy_percent_low",
        fmt::format(
            "minimum healthy {} and maximum {} percent let no replacement start before the old task is gone",
            c.service->minimum_healthy_percent, c.service->maximum_percent),
        Source{"ecs",
               "describe-services",
               {},
               "deploymentConfiguration",
               fmt::format("{}/{}", c.service->minimum_healthy_percent, c.service->maximum_percent),
               std::nullopt});
    out.fix_details.emplace_back(
        "healthy_percent",
        fmt::format("{}: minimumHealthyPercent {} -> 100, maximumPercent {} -> 200", place_name(c),
                    c.service->minimum_healthy_percent, c.service->maximum_percent));
  }
}

Strategy strategy_of(const core::Json& list) {
  Strategy strategy;
  for (const core::Json& item : list.items()) {
    strategy.push_back({std::string(item["capacityProvider"].string_or()), item["base"].integer().value_or(0),
                        item["weight"].integer().value_or(0)});
  }
  return strategy;
}

bool may_have_moved(const Case& c, std::optional<Timestamp> time) {
  return c.first && time && *time <= *c.first && *c.first - *time <= kMoved;
}

void observe_move_by_call(const Case& c, Observations& out) {
  Strategy known;  // what an earlier call set: pipelines send the whole service again, changed or not
  for (const Change* change : changes_of(*c.index, key_of(c))) {
    const auto document =
        core::JsonDocument::parse(change->event->request_parameters, change->event->event_id);
    if (!document) continue;
    const Strategy wanted = strategy_of(document->root()["capacityProviderStrategy"]);
    const Strategy before = wanted.empty() ? known : std::exchange(known, wanted);
    if (!may_have_moved(c, change->time) || change->event->event_name != "UpdateService") continue;
    if (before == wanted) continue;
    const bool cuts_base = item_of(wanted, "FARGATE") == nullptr || item_of(wanted, "FARGATE")->base == 0;
    if (wanted.empty() || spot_share(wanted) < 0.5 || !cuts_base) continue;
    out.add("spot.moved_to_spot",
            fmt::format("{} set the strategy of {} to {}, {} before the first interruption",
                        caller_of(*change->event), place_name(c), to_words(wanted),
                        core::to_words(*c.first - change->time)),
            source_of(*change->event, to_words(wanted)));
    out.fix_details.emplace_back("restore_strategy", fmt::format("{}: back to the strategy before {}",
                                                                 place_name(c), core::to_iso(change->time)));
  }
}

void observe_move_by_deployment(const Case& c, Observations& out) {
  if (c.service == nullptr) return;
  const facts::Deployment* now = nullptr;
  const facts::Deployment* before = nullptr;
  for (const facts::Deployment& deployment : c.service->deployments) {
    if (deployment.status == "PRIMARY") now = &deployment;
    if (deployment.status != "PRIMARY" && (before == nullptr || deployment.created_at > before->created_at))
      before = &deployment;
  }
  if (now == nullptr || before == nullptr || !may_have_moved(c, now->created_at)) return;
  if (spot_share(now->capacity_provider_strategy) <= spot_share(before->capacity_provider_strategy)) return;
  const std::string was = before->capacity_provider_strategy.empty()
                              ? "launch type " + before->launch_type
                              : to_words(before->capacity_provider_strategy);
  out.add("spot.moved_to_spot",
          fmt::format("the deployment of {} moved {} from {} to {}, {} before the first interruption",
                      core::to_iso(*now->created_at), place_name(c), was,
                      to_words(now->capacity_provider_strategy), core::to_words(*c.first - *now->created_at)),
          Source{"ecs",
                 "describe-services",
                 {},
                 "deployments[].capacityProviderStrategy",
                 to_words(now->capacity_provider_strategy),
                 now->created_at});
  out.fix_details.emplace_back("restore_strategy", fmt::format("{}: back to {}", place_name(c), was));
}

}  // namespace

void observe_spot_impact(const Case& c, Observations& out) {
  observe_on_demand_base(c, out, "spot");
  observe_zones(c, out, "spot");
  const Ending ending = ending_of(c);
  observe_ending(c, ending, out);
  observe_stop_timeout(c, ending, out);
  observe_drain(c, out);
  observe_replacements(c, out);
  observe_service_size(c, out);
  if (c.index != nullptr) observe_move_by_call(c, out);
  observe_move_by_deployment(c, out);
}

}  // namespace doctor::diagnose
