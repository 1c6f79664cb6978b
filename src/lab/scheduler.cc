#include "lab/scheduler.h"

#include <algorithm>
#include <cmath>

#include "core/arn.h"
#include "lab/fargate_task.h"

namespace doctor::lab {

using namespace std::chrono_literals;

namespace {

constexpr int kMostAtOnce = 10;  // launches in one pass
constexpr Duration kRetryPlacement = 60s;
constexpr Duration kSteadyAgain = 6h;

std::vector<TaskRecord*> live_tasks(const EcsScope& here, const ServiceRecord& service) {
  std::vector<TaskRecord*> tasks;
  for (const auto& id : service.tasks)
    if (TaskRecord* task = task_by_id(here, id); task && task->live() && task->wanted())
      tasks.push_back(task);
  std::stable_sort(tasks.begin(), tasks.end(),
                   [](const auto* a, const auto* b) { return a->created_at < b->created_at; });
  return tasks;
}

bool healthy(const ServiceRecord& service, const TaskRecord& task) {
  return task.last_status == "RUNNING" && (service.load_balancers.empty() || task.was_healthy);
}

std::string task_list(const std::vector<const TaskRecord*>& tasks) {
  std::string text;
  for (const auto* task : tasks) text += (text.empty() ? "(task " : " (task ") + task->id + ")";
  return text;
}

// How many tasks each item of the strategy has among these.
std::vector<int> counts_of(const std::vector<StrategyItem>& strategy,
                           const std::vector<const TaskRecord*>& tasks) {
  std::vector<int> counts;
  for (const auto& item : strategy)
    counts.push_back(static_cast<int>(std::count_if(
        tasks.begin(), tasks.end(), [&](const auto* task) { return task->provider == item.provider; })));
  return counts;
}

Launch launch_for(const ServiceRecord& service, const DeploymentRecord& deployment,
                  const std::string& provider) {
  Launch launch;
  launch.cluster = service.cluster;
  launch.task_definition_arn = deployment.task_definition_arn;
  launch.group = "service:" + service.name;
  launch.service = service.name;
  launch.deployment = deployment.id;
  launch.started_by = deployment.id;
  launch.provider = provider;
  launch.launch_type = deployment.launch_type;
  launch.platform_version = deployment.platform_version;
  launch.network = deployment.network;
  launch.exec_enabled = deployment.exec_enabled;
  if (service.managed_tags)
    launch.tags = {{"aws:ecs:clusterName", service.cluster}, {"aws:ecs:serviceName", service.name}};
  if (service.propagate_tags == "SERVICE") launch.tags.insert(service.tags.begin(), service.tags.end());
  return launch;
}

void say_denied(const EcsScope& here, ServiceRecord& service, Denial denial) {
  if (denial == Denial::rate) {
    say(here, service,
        "(service " + service.name + ") operations are being throttled. Will try again later.");
    return;
  }
  say(here, service,
      "(service " + service.name + ") was unable to place a task. Reason: " + denial_text(denial) +
          ". For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.");
  service_action_event(here, service, "ERROR", "SERVICE_TASK_PLACEMENT_FAILURE", "RESOURCE:FARGATE");
}

// Launches what the primary deployment lacks, as far as maximumPercent and the throttle let it. What one
// provider refuses stays unplaced; the others go on ("there is no fallback").
Denial launch_missing(const EcsScope& here, ServiceRecord& service, DeploymentRecord& primary) {
  std::vector<const TaskRecord*> own, started;
  int total = 0;
  for (const TaskRecord* task : live_tasks(here, service)) {
    ++total;
    if (task->deployment == primary.id) own.push_back(task);
  }
  const int most = bounds_of(service).most;
  Denial denial = Denial::none;
  std::vector<StrategyItem> strategy = primary.strategy;
  std::vector<bool> refused(strategy.size(), false);
  while (static_cast<int>(own.size()) < primary.desired && total < most &&
         static_cast<int>(started.size()) < kMostAtOnce) {
    std::string provider;
    if (!strategy.empty()) {
      std::vector<int> counts = counts_of(strategy, own);
      const std::vector<int> targets = provider_targets(strategy, primary.desired);
      for (std::size_t i = 0; i < strategy.size(); ++i)
        if (refused[i]) counts[i] = std::max(counts[i], targets[i]);
      const auto next = next_provider(strategy, primary.desired, counts);
      if (!next) break;
      provider = strategy[*next].provider;
    }
    const Launched launched = launch_task(here, launch_for(service, primary, provider), own);
    if (!launched.task) {
      denial = launched.denial;
      const auto item = std::find_if(strategy.begin(), strategy.end(),
                                     [&](const auto& one) { return one.provider == provider; });
      if (item == strategy.end()) break;
      refused[static_cast<std::size_t>(item - strategy.begin())] = true;
      continue;
    }
    service.tasks.insert(launched.task->id);
    own.push_back(launched.task);
    started.push_back(launched.task);
    ++total;
  }
  if (!started.empty())
    say(here, service,
        "(service " + service.name + ") has started " + std::to_string(started.size()) +
            " tasks: " + task_list(started) + ".");
  return denial;
}

void stop_some(const EcsScope& here, ServiceRecord& service, const std::vector<TaskRecord*>& tasks) {
  if (tasks.empty()) return;
  std::vector<const TaskRecord*> running;
  for (TaskRecord* task : tasks) {
    if (task->last_status == "RUNNING") running.push_back(task);
    stop_task(here, *task, "ServiceSchedulerInitiated",
              "Scaling activity initiated by (deployment " + task->deployment + ")");
  }
  if (!running.empty())
    say(here, service,
        "(service " + service.name + ") has stopped " + std::to_string(running.size()) +
            " running tasks: " + task_list(running) + ".");
}

// Tasks of older deployments go as new ones are healthy, never below minimumHealthyPercent.
void retire_old(const EcsScope& here, ServiceRecord& service, const DeploymentRecord& primary) {
  std::vector<TaskRecord*> doomed;
  int healthy_tasks = 0;
  const auto tasks = live_tasks(here, service);
  for (const TaskRecord* task : tasks) healthy_tasks += healthy(service, *task);
  const int least = bounds_of(service).least_healthy;
  for (TaskRecord* task : tasks) {
    if (task->deployment == primary.id) continue;
    if (!healthy(service, *task)) {
      doomed.push_back(task);
    } else if (healthy_tasks > least) {
      --healthy_tasks;
      doomed.push_back(task);
    }
  }
  stop_some(here, service, doomed);
}

// Scale-in: what is over a provider's share first, then the fullest zone, starting tasks before running ones.
void scale_in(const EcsScope& here, ServiceRecord& service, const DeploymentRecord& primary) {
  std::vector<const TaskRecord*> own;
  for (const TaskRecord* task : live_tasks(here, service))
    if (task->deployment == primary.id) own.push_back(task);
  const std::vector<int> targets = provider_targets(primary.strategy, primary.desired);
  std::vector<TaskRecord*> doomed;
  while (static_cast<int>(own.size()) > primary.desired) {
    const std::vector<int> counts = counts_of(primary.strategy, own);
    const auto surplus = [&](const TaskRecord* task) {
      for (std::size_t i = 0; i < primary.strategy.size(); ++i)
        if (primary.strategy[i].provider == task->provider) return counts[i] - targets[i];
      return 1;
    };
    const auto zone_load = [&](const TaskRecord* task) {
      return std::count_if(own.begin(), own.end(),
                           [&](const auto* other) { return other->zone == task->zone; });
    };
    const auto rank = [&](const TaskRecord* task) {
      return std::tuple(!task->protected_from_scale_in, surplus(task) > 0, task->last_status != "RUNNING",
                        zone_load(task));
    };
    const auto victim = std::max_element(own.begin(), own.end(),
                                         [&](const auto* a, const auto* b) { return rank(a) < rank(b); });
    if ((*victim)->protected_from_scale_in) break;
    doomed.push_back(task_by_id(here, (*victim)->id));
    own.erase(victim);
  }
  stop_some(here, service, doomed);
}

void complete_if_steady(const EcsScope& here, ServiceRecord& service, DeploymentRecord& primary) {
  int own_healthy = 0, others = 0;
  for (const TaskRecord* task : live_tasks(here, service)) {
    const bool own = task->deployment == primary.id;
    own_healthy += own && healthy(service, *task);
    others += !own || !healthy(service, *task);
  }
  if (own_healthy != primary.desired || others > 0) {
    service.steady_since.reset();
    return;
  }
  const bool was_steady = service.steady_since.has_value();
  if (!was_steady) service.steady_since = here.now();
  std::erase_if(service.deployments, [](const auto& old) { return old.status != "PRIMARY"; });
  DeploymentRecord& only = service.deployments.front();  // erasing moved it
  if (only.rollout_state == "IN_PROGRESS") {
    only.rollout_state = "COMPLETED";
    only.rollout_reason = "ECS deployment " + only.id + " completed.";
    only.updated_at = here.now();
    service.last_completed = only;
    say(here, service, "(service " + service.name + ") (deployment " + only.id + ") deployment completed.");
    deployment_event(here, service, only, "INFO", "SERVICE_DEPLOYMENT_COMPLETED", only.rollout_reason);
  }
  if (!was_steady || !service.steady_said || here.now() - *service.steady_said >= kSteadyAgain) {
    service.steady_said = here.now();
    service.said.clear();  // the causes of what was said are resolved
    say(here, service, "(service " + service.name + ") has reached a steady state.");
    service_action_event(here, service, "INFO", "SERVICE_STEADY_STATE");
    if (!service.strategy.empty())
      service_action_event(here, service, "INFO", "CAPACITY_PROVIDER_STEADY_STATE");
  }
  request_reconcile(here, service.cluster, service.name, kSteadyAgain);
}

// The breaker: no further launches; back to the last deployment that completed where that is asked for.
void trip_breaker(const EcsScope& here, ServiceRecord& service, DeploymentRecord& primary) {
  primary.rollout_state = "FAILED";
  primary.updated_at = here.now();
  const std::string failed = "ECS deployment circuit breaker: tasks failed to start.";
  primary.rollout_reason = failed;
  say(here, service,
      "(service " + service.name + ") (deployment " + primary.id +
          ") deployment failed: tasks failed to start.");
  deployment_event(here, service, primary, "ERROR", "SERVICE_DEPLOYMENT_FAILED", failed);
  if (!service.breaker_rollback || !service.last_completed) return;
  const DeploymentRecord good = *service.last_completed;
  const auto old = std::find_if(service.deployments.begin(), service.deployments.end(),
                                [&](const auto& one) { return one.id == good.id; });
  const std::string good_id = old == service.deployments.end() ? good.id : old->id;
  service.task_definition_arn = good.task_definition_arn;
  service.strategy = good.strategy;
  service.launch_type = good.launch_type;
  if (service.platform_version != good.platform_version)
    service.asked_platform_version = good.platform_version;
  service.platform_version = good.platform_version;
  service.network = good.network;
  const std::string failed_id = primary.id;
  if (old != service.deployments.end()) {  // it becomes primary again, and keeps its tasks
    for (auto& one : service.deployments) one.status = "ACTIVE";
    old->status = "PRIMARY";
    old->desired = service.desired;
    old->rollout_state = "IN_PROGRESS";
    old->rollout_reason = "ECS deployment circuit breaker: rolling back to deploymentId " + good_id + ".";
    old->updated_at = here.now();
    std::rotate(service.deployments.begin(), old, old + 1);
    if (auto* bad = deployment_of(service, failed_id)) bad->desired = 0;
  } else {
    start_deployment(here, service);
  }
  say(here, service, "(service " + service.name + ") rolling back to deployment " + good_id + ".");
  service.not_before = {};
  service.consecutive_failures = 0;
}

}  // namespace

int breaker_threshold(int desired) {
  return std::clamp((desired + 1) / 2, 3, 200);
}

Bounds bounds_of(const ServiceRecord& service) {
  const auto percent = [&](int p) { return static_cast<double>(service.desired) * p / 100.0; };
  return {static_cast<int>(std::ceil(percent(service.minimum_healthy_percent) - 1e-9)),
          static_cast<int>(std::floor(percent(service.maximum_percent) + 1e-9))};
}

void say(const EcsScope& here, ServiceRecord& service, const std::string& message) {
  const auto said = service.said.find(message);
  if (said != service.said.end() && here.now() - said->second < kSteadyAgain) return;
  service.said[message] = here.now();
  service.events.push_front({here.world.ids.uuid(), message, here.now()});
  if (service.events.size() > 100) service.events.pop_back();
}

DeploymentRecord& start_deployment(const EcsScope& here, ServiceRecord& service) {
  for (auto& old : service.deployments) {
    if (old.status == "PRIMARY") old.updated_at = here.now();
    old.status = "ACTIVE";
    old.desired = 0;
  }
  DeploymentRecord deployment;
  deployment.id = "ecs-svc/" + here.world.ids.digits(19);
  deployment.status = "PRIMARY";
  deployment.task_definition_arn = service.task_definition_arn;
  deployment.launch_type = service.launch_type;
  deployment.platform_version = service.platform_version;
  deployment.strategy = service.strategy;
  deployment.network = service.network;
  deployment.exec_enabled = service.exec_enabled;
  deployment.desired = service.desired;
  deployment.created_at = deployment.updated_at = here.now();
  deployment.rollout_reason = "ECS deployment " + deployment.id + " in progress.";
  service.deployments.insert(service.deployments.begin(), std::move(deployment));
  service.not_before = {};  // "After the service is updated, the scheduler resumes normal behavior"
  service.consecutive_failures = 0;
  service.impaired_said = false;
  service.steady_since.reset();
  service.said.clear();
  DeploymentRecord& made = service.deployments.front();
  deployment_event(here, service, made, "INFO", "SERVICE_DEPLOYMENT_IN_PROGRESS", made.rollout_reason);
  request_reconcile(here, service.cluster, service.name, 3s);
  return made;
}

void request_reconcile(const EcsScope& here, const std::string& cluster, const std::string& name,
                       Duration delay) {
  ServiceRecord* service = name.empty() ? nullptr : find_service_record(here, cluster, name);
  if (!service) return;
  const Timestamp at = here.now() + delay;
  if (service->reconcile_at && *service->reconcile_at <= at) return;
  service->reconcile_at = at;
  here.world.clock.schedule(at, [&world = here.world, region = here.region, cluster, name, at] {
    const EcsScope then = ecs_in(world, region);
    ServiceRecord* found = find_service_record(then, cluster, name);
    if (!found || found->reconcile_at != at) return;  // an earlier one took its place
    found->reconcile_at.reset();
    reconcile(then, *found);
  });
}

void reconcile(const EcsScope& here, ServiceRecord& service) {
  DeploymentRecord* primary = primary_of(service);
  if (service.controller != "ECS" || !primary) return;
  if (service.status == "DRAINING") {
    stop_some(here, service, live_tasks(here, service));
    const bool any_left = std::any_of(service.tasks.begin(), service.tasks.end(), [&](const auto& id) {
      const TaskRecord* task = task_by_id(here, id);
      return task && task->live();
    });
    if (!any_left) {
      service.status = "INACTIVE";
      service.deployments.clear();
    }
    return;
  }
  if (service.breaker && primary->rollout_state == "IN_PROGRESS" &&
      primary->failed_tasks >= breaker_threshold(service.desired)) {
    trip_breaker(here, service, *primary);
    primary = primary_of(service);
  }
  retire_old(here, service, *primary);
  scale_in(here, service, *primary);
  const bool failed = primary->rollout_state == "FAILED" && service.breaker;
  if (here.now() < service.not_before) {
    request_reconcile(here, service.cluster, service.name, service.not_before - here.now());
  } else if (!failed) {
    const Denial denial = launch_missing(here, service, *primary);
    if (denial != Denial::none) {
      say_denied(here, service, denial);
      request_reconcile(here, service.cluster, service.name,
                        denial == Denial::rate ? Duration{1s} : kRetryPlacement);
    } else {
      int own = 0, total = 0;
      for (const TaskRecord* task : live_tasks(here, service)) {
        own += task->deployment == primary->id;
        ++total;
      }
      if (own < primary->desired && total < bounds_of(service).most)
        request_reconcile(here, service.cluster, service.name, 1s);  // more than one pass takes
    }
  }
  complete_if_steady(here, service, *primary);
}

}  // namespace doctor::lab
