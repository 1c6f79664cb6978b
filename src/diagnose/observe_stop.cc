#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "core/arn.h"
#include "core/glob.h"
#include "core/number.h"
#include "diagnose/observations.h"
#include "diagnose/observe.h"
#include "diagnose/observe_stop.h"
#include "diagnose/table.h"

// Stops of no family: what AWS says, how the containers ended, who asked for it. What a task needs before it
// runs (image, secrets, logs) is looked at in observe_start.cc.
namespace doctor::diagnose {
namespace {

using facts::Task;

constexpr std::chrono::minutes kScalingWindow{30};
constexpr std::chrono::minutes kClockSlack{1};
constexpr std::chrono::days kAnnouncedWithin{14};

std::string_view row_of_exit(int code) {
  switch (code) {
    case 0:
      return "stop.exit_0";
    case 1:
      return "stop.exit_1";
    case 2:
      return "stop.exit_2";
    case 126:
      return "stop.exit_126";
    case 127:
      return "stop.exit_127";
    case 134:
      return "stop.exit_134";
    case 137:
      return "stop.exit_137";
    case 139:
      return "stop.exit_139";
    case 143:
      return "stop.exit_143";
    case 255:
      return "stop.exit_255";
    default:
      return "stop.exit_other";
  }
}

std::string meaning_of_exit(int code) {
  const std::string text = fmt::format("exit code {}", code);
  const std::vector<SignMatch> signs = signs_in(text);
  if (signs.empty()) return code > 128 ? fmt::format("{}: signal {}", text, code - 128) : text;
  std::string meaning(signs.front().sign->meaning);
  meaning.front() = 'e';  // it begins "Exit code …"
  if (meaning.ends_with('.')) meaning.pop_back();
  return meaning;
}

// The code that most stops show; a container that failed counts before one that was stopped with it.
void look_at_exit_codes(const Case& c, Observations& out) {
  std::map<int, std::pair<std::size_t, const Stop*>> counts;
  for (const Stop& stop : c.stops) {
    if (stop.task == nullptr) continue;
    const facts::Container* deciding = nullptr;
    for (const facts::Container& container : stop.task->containers) {
      if (!container.exit_code) continue;
      if (deciding == nullptr || (*deciding->exit_code == 0 && *container.exit_code != 0))
        deciding = &container;
    }
    if (deciding == nullptr) continue;
    auto& [count, first] = counts[*deciding->exit_code];
    ++count;
    if (first == nullptr) first = &stop;
  }
  const auto commonest = std::max_element(counts.begin(), counts.end(), [](const auto& a, const auto& b) {
    return a.second.first < b.second.first;
  });
  if (commonest == counts.end()) return;
  const auto& [code, seen] = *commonest;
  out.add(
      row_of_exit(code),
      fmt::format("{} ended with {}", counted_of(seen.first, c.stops.size(), "stop"), meaning_of_exit(code)),
      source_of(seen.second->task->origin, "containers[].exitCode", std::to_string(code), seen.second->time));
}

void look_at_container_health(const Case& c, Observations& out) {
  for (const Stop& stop : c.stops) {
    if (stop.task == nullptr) continue;
    for (const facts::Container& container : stop.task->containers) {
      if (container.health_status != "UNHEALTHY") continue;
      out.add("stop.container_unhealthy",
              fmt::format("container {} was UNHEALTHY by its own health check", container.name),
              source_of(stop.task->origin, "containers[].healthStatus", "UNHEALTHY", stop.time));
      return;
    }
  }
}

void look_at_targets(const Case& c, Observations& out) {
  if (c.service == nullptr || c.place == nullptr) return;
  for (const facts::LoadBalancer& balancer : c.service->load_balancers) {
    const auto found = c.place->target_groups.find(balancer.target_group_arn);
    if (found == c.place->target_groups.end() || !found->second.targets_known) continue;
    const facts::TargetGroup& group = found->second;
    const auto unhealthy =
        std::find_if(group.targets.begin(), group.targets.end(),
                     [](const facts::TargetHealth& target) { return target.state == "unhealthy"; });
    if (unhealthy == group.targets.end()) continue;
    out.add("stop.targets_unhealthy",
            fmt::format("the target group {} has unhealthy targets: {}", group.name,
                        unhealthy->description.empty() ? unhealthy->reason : unhealthy->description),
            {"elbv2", "describe-target-health", {}, "TargetHealth.Reason", unhealthy->reason, std::nullopt});
    out.fix_details.emplace_back("correct_target_health_check",
                                 fmt::format("{} asks {}", group.name, group.health_check_path));
    return;
  }
}

const facts::Deployment* primary_of(const facts::Service& service) {
  for (const facts::Deployment& deployment : service.deployments) {
    if (deployment.status == "PRIMARY") return &deployment;
  }
  return nullptr;
}

// A rolling update stops the tasks of the older deployment; a scale-in stops those of the current one.
void look_at_deployments(const Case& c, Observations& out) {
  if (c.service == nullptr) return;
  const facts::Deployment* primary = primary_of(*c.service);
  if (primary == nullptr) return;
  std::size_t older = 0, current = 0;
  for (const Stop& stop : c.stops) {
    if (stop.task == nullptr) continue;
    const bool existed =
        !primary->created_at || !stop.time || *primary->created_at <= *stop.time + kClockSlack;
    const bool same = stop.task->started_by.starts_with("ecs-svc/")
                          ? stop.task->started_by == primary->id
                          : stop.task->task_definition_arn == primary->task_definition_arn;
    ++(same || !existed ? current : older);
  }
  if (older + current == 0) return;
  const Source source{"ecs", "describe-services", {}, "deployments[].id", primary->id, primary->created_at};
  if (older > current) {
    out.add("stop.newer_deployment",
            fmt::format("{} belonged to an older deployment than {}",
                        counted_of(older, older + current, "stopped task"), primary->id),
            source);
  } else {
    out.add("stop.current_deployment",
            fmt::format("{} belonged to the current deployment {}",
                        counted_of(current, older + current, "stopped task"), primary->id),
            source);
  }
}

bool lowers_desired_count(const Case& c, const facts::TrailEvent& event) {
  const std::string& parameters = event.request_parameters;
  if (!core::contains(parameters, "\"desiredCount\"")) return false;
  // A pipeline names the count with every deployment: that is no scaling.
  if (core::contains(parameters, "\"taskDefinition\"") ||
      core::contains(parameters, "\"forceNewDeployment\":true"))
    return false;
  const auto at = parameters.find("\"desiredCount\"");
  const auto digits = parameters.find_first_of("0123456789", at + 14);
  if (digits == std::string::npos || digits > at + 18) return false;
  const auto end = std::min(parameters.find_first_not_of("0123456789", digits), parameters.size());
  const auto wanted = core::whole_number(std::string_view(parameters).substr(digits, end - digits));
  if (!wanted) return false;
  return c.service == nullptr || *wanted < c.service->running + static_cast<int>(c.stops.size());
}

// Who asked: StopTask, DeleteService, a scaling call.
void look_at_calls(const Case& c, Observations& out) {
  if (c.index == nullptr) return;
  for (const Stop& stop : c.stops) {
    if (stop.task == nullptr) continue;
    const auto& calls = stop_calls_of(*c.index, stop.task->arn);
    if (calls.empty()) continue;
    const facts::TrailEvent& event = *calls.back()->event;
    out.add("stop.stop_task_call",
            fmt::format("{} called StopTask for task {}", caller_of(event), short_id(stop.task->arn)),
            source_of(event));
    break;
  }
  for (const Change* change : changes_of(*c.index, key_of(c))) {
    if (!c.first || change->time > *c.last + kClockSlack || change->time < *c.first - kScalingWindow)
      continue;
    const facts::TrailEvent& event = *change->event;
    if (event.event_name == "DeleteService") {
      out.add("stop.service_deleted", fmt::format("{} deleted the service", caller_of(event)),
              source_of(event));
    } else if (event.event_name == "UpdateService" && lowers_desired_count(c, event)) {
      const bool automatic = core::contains_ignoring_case(event.invoked_by, "autoscaling") ||
                             core::contains_ignoring_case(event.user_agent, "autoscaling") ||
                             core::contains_ignoring_case(event.user_arn, "applicationautoscaling");
      out.add(automatic ? "stop.scaled_by_autoscaling" : "stop.desired_count_lowered",
              fmt::format("{} lowered the desired count", caller_of(event)), source_of(event));
    }
  }
}

bool is_retirement(const facts::HealthEvent& event) {
  const bool of_tasks =
      event.service == "ECS" || event.service == "FARGATE" || core::contains(event.event_type_code, "ECS");
  return of_tasks &&
         (event.category == "scheduledChange" || core::contains(event.event_type_code, "RETIREMENT") ||
          core::contains(event.event_type_code, "MAINTENANCE"));
}

void look_at_retirement(const Case& c, Observations& out) {
  if (c.place == nullptr || !c.first) return;
  for (const facts::HealthEvent& event : c.place->health) {
    if (!is_retirement(event)) continue;
    if (event.start &&
        (*event.start > *c.last + kAnnouncedWithin || *event.start < *c.first - kAnnouncedWithin))
      continue;
    out.add("stop.health_announced", fmt::format("AWS Health announced {}", event.event_type_code),
            source_of(event));
    return;
  }
}

// What the tasks depend on was changed, and such a change can produce such a stop: the row of the change
// names the cause that AWS's words speak for. Every other change is a decoy.
void look_at_changes(const Case& c, Observations& out) {
  if (c.index == nullptr) return;
  Observations changes;
  observe_changes(c, changes);
  const std::string_view cause = leading_cause(c);
  for (const Observation& observation : changes.seen) {
    if (observation.evidence == "change.none") {
      out.add("stop.no_change_before", observation.statement, observation.source);
      continue;
    }
    const EvidenceRow* row = find_evidence(observation.evidence);
    if (row == nullptr) continue;
    const bool fits = std::any_of(row->ratios.begin(), row->ratios.end(), [&](const Ratio& ratio) {
      return ratio.cause == cause && ratio.ratio > 1;
    });
    if (!fits) continue;
    out.add("stop.change_fits", observation.statement, observation.source);
    return;
  }
}

}  // namespace

std::string_view leading_cause(const Case& c) {
  for (const Stop& stop : c.stops) {
    for (const SignMatch& match : stop.signs) {
      const std::string_view cause = match.sign->cause;
      if (cause == "stop.deployment" || cause == "stop.scale_in" || cause == "stop.user") return {};
      if (!cause.empty()) return cause;
    }
  }
  return {};
}

const Task* newest_stopped_task(const Case& c) {
  for (auto stop = c.stops.rbegin(); stop != c.stops.rend(); ++stop) {
    if (stop->task != nullptr) return stop->task;
  }
  return nullptr;
}

void observe_stop(const Case& c, Observations& out) {
  observe_signs(c, out);
  look_at_exit_codes(c, out);
  look_at_container_health(c, out);
  look_at_targets(c, out);
  look_at_deployments(c, out);
  look_at_calls(c, out);
  look_at_retirement(c, out);
  observe_application(c, out);
  observe_start(c, out);
  look_at_changes(c, out);
}

}  // namespace doctor::diagnose
