// Amazon ECS itself: clusters, services, tasks and their definitions; and the target groups in front.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/glob.h"
#include "facts/live_rules.h"
#include "facts/needs.h"
#include "facts/subject.h"

namespace doctor::facts {
namespace {

using Input = nlohmann::json;

constexpr std::size_t kReadEvents = 20;  // newest service events whose words are looked at

std::string short_slug(std::string_view arn_or_name) {
  return slug(core::short_name(arn_or_name));
}

bool is_recent(const View& view, std::optional<Timestamp> when) {
  return !when || *when >= view.target.now - view.target.since;
}

bool tells_of_trouble(const ServiceEvent& event) {
  return core::contains(event.message, "unable to") || core::contains(event.message, "unhealthy") ||
         core::contains(event.message, "failed") || core::contains(event.message, "was stopped");
}

bool asked_by_name(const View& view, const Service& service) {
  if (!view.target.service.empty()) return service.name == view.target.service;
  return false;
}

// An exec agent that does not run in a task that does: exec fails there, whether or not anybody tried.
unsigned agent_needs(const Task& task) {
  for (const Container& container : task.containers) {
    for (const ManagedAgent& agent : container.managed_agents) {
      if (task.last_status == "RUNNING" && agent.last_status == "STOPPED") return needs_of("ExecuteCommand");
    }
  }
  return 0;
}

// The ARN or, as a caller may write it, the id alone.
bool is_task(const Task& task, std::string_view arn_or_id) {
  return task.arn == arn_or_id || core::short_name(task.arn) == core::short_name(arn_or_id);
}

bool is_known_task(const Place& place, std::string_view arn_or_id) {
  return std::any_of(place.tasks.begin(), place.tasks.end(),
                     [&](const auto& item) { return is_task(item.second, arn_or_id); });
}

bool is_known_service(const Place& place, std::string_view cluster_arn, std::string_view name) {
  return std::any_of(place.services.begin(), place.services.end(), [&](const auto& item) {
    return item.second.cluster_arn == cluster_arn && item.second.name == name;
  });
}

void ask_service(const View& view, const std::string& cluster) {
  const std::string& service = view.target.service;
  const std::string subject = short_slug(cluster) + "_" + slug(service);
  view.ask("ecs", "DescribeServices",
           Input{{"cluster", cluster}, {"services", {service}}, {"include", {"TAGS"}}}.dump(), subject);
  for (const auto* status : {"STOPPED", "RUNNING"})
    view.ask("ecs", "ListTasks",
             Input{{"cluster", cluster}, {"serviceName", service}, {"desiredStatus", status}}.dump(),
             subject + "_" + status);
}

// What can be asked of a cluster by its name alone.
void ask_cluster(const View& view, const std::string& cluster) {
  const std::string name = short_slug(cluster);
  view.ask("ecs", "DescribeClusters",
           Input{{"clusters", {cluster}}, {"include", {"SETTINGS", "CONFIGURATIONS"}}}.dump(), name);
  if (!view.target.task.empty()) {
    view.ask("ecs", "DescribeTasks", Input{{"cluster", cluster}, {"tasks", {view.target.task}}}.dump(), name);
  } else if (!view.target.service.empty()) {
    ask_service(view, cluster);
  } else {
    view.ask("ecs", "ListServices", Input{{"cluster", cluster}}.dump(), name);
    view.ask("ecs", "ListTasks", Input{{"cluster", cluster}, {"desiredStatus", "STOPPED"}}.dump(),
             name + "_STOPPED");
  }
}

void ask_listed_services(const View& view) {
  for (const auto& [cluster, services] : view.names.services) {
    const auto fresh = view.board.fresh(view.index, "service", services);
    if (!fresh.empty())
      view.ask("ecs", "DescribeServices",
               Input{{"cluster", cluster}, {"services", fresh}, {"include", {"TAGS"}}}.dump(),
               short_slug(cluster));
  }
}

void ask_listed_tasks(const View& view) {
  for (const auto& [cluster, tasks] : view.names.tasks) {
    const auto fresh = view.board.fresh(view.index, "task", tasks);
    if (!fresh.empty())
      view.ask("ecs", "DescribeTasks", Input{{"cluster", cluster}, {"tasks", fresh}}.dump(),
               short_slug(cluster));
  }
}

// Of a troubled service that nobody named: what still runs, and where, tells one zone's failure from a
// region's.
void ask_running_siblings(const View& view) {
  constexpr std::size_t kMostServices = 25;  // a failure of hundreds shows its extent without them
  if (!view.target.service.empty() || view.stopped.empty() || view.services.size() > kMostServices) return;
  for (const Service* service : view.services) {
    view.ask(
        "ecs", "ListTasks",
        Input{{"cluster", service->cluster_arn}, {"serviceName", service->name}, {"desiredStatus", "RUNNING"}}
            .dump(),
        short_slug(service->cluster_arn) + "_" + slug(service->name) + "_RUNNING");
  }
}

// The tasks that ECS Exec failed on run on: no list of stopped ones has them.
void ask_tasks_of_failures(const View& view) {
  std::map<std::string, std::set<std::string>> tasks;
  for (const CallFailure& failure : view.place.call_failures) {
    if (failure.operation != "ExecuteCommand" || failure.resource_arn.empty()) continue;
    const auto arn = core::Arn::parse(failure.resource_arn);
    const bool foreign = arn && arn->region != view.place.region;
    const std::string cluster = failure.cluster.empty() ? "default" : failure.cluster;
    if (!foreign && !is_known_task(view.place, failure.resource_arn))
      tasks[cluster].insert(failure.resource_arn);
  }
  for (const auto& [cluster, wanted] : tasks) {
    const auto fresh = view.board.fresh(view.index, "task", wanted);
    if (!fresh.empty())
      view.ask("ecs", "DescribeTasks", Input{{"cluster", cluster}, {"tasks", fresh}}.dump(),
               short_slug(cluster) + "_called");
  }
}

// A task that was asked for, or that a failed call was about, leads to its service.
void ask_service_of_task(const View& view) {
  std::vector<const Task*> tasks = view.called;
  if (!view.target.task.empty()) {
    for (const auto& [arn, task] : view.place.tasks) tasks.push_back(&task);
  }
  for (const Task* leading : tasks) {
    const Task& task = *leading;
    const std::string service(task.service());
    if (is_known_service(view.place, task.cluster_arn, service)) continue;
    if (!service.empty() && view.board.first_time(view.index, "service of task:" + service))
      view.ask("ecs", "DescribeServices",
               Input{{"cluster", task.cluster_arn}, {"services", {service}}, {"include", {"TAGS"}}}.dump(),
               short_slug(task.cluster_arn) + "_" + slug(service));
  }
}

std::set<std::string> definitions_of(const View& view) {
  std::set<std::string> out;
  for (const Service* service : view.services) {
    out.insert(service->task_definition_arn);
    for (const Deployment& deployment : service->deployments) out.insert(deployment.task_definition_arn);
  }
  for (const Task* task : view.stopped) out.insert(task->task_definition_arn);
  for (const Task* task : view.called) out.insert(task->task_definition_arn);
  // What the image or the size was before the change.
  if ((view.needs & kDefinitionTrail) != 0) {
    for (const Service* service : view.services) {
      const auto& arn = service->task_definition_arn;
      const auto known = view.place.task_definitions.find(arn);
      const auto colon = arn.rfind(':');
      if (known != view.place.task_definitions.end() && known->second.revision > 1 &&
          colon != std::string::npos)
        out.insert(arn.substr(0, colon + 1) + std::to_string(known->second.revision - 1));
    }
  }
  return out;
}

void ask_target_groups(const View& view) {
  std::set<std::string> arns;
  for (const Service* service : view.services) {
    for (const LoadBalancer& lb : service->load_balancers) arns.insert(lb.target_group_arn);
  }
  const auto fresh = view.board.fresh(view.index, "target group", arns);
  if (fresh.empty()) return;
  view.ask("elbv2", "DescribeTargetGroups", Input{{"TargetGroupArns", fresh}}.dump());
  for (const std::string& arn : fresh) {
    const std::string input = Input{{"TargetGroupArn", arn}}.dump();
    view.ask("elbv2", "DescribeTargetHealth", input, slug(arn));
    view.ask("elbv2", "DescribeTargetGroupAttributes", input, slug(arn));
  }
}

}  // namespace

// The scheduler launches a service's tasks without a RunTask call: CloudTrail has none to look up for them.
void choose(View& view) {
  std::set<std::string> troubled;
  for (const auto& [arn, task] : view.place.tasks) {
    if (task.enable_execute_command) view.needs |= agent_needs(task);
    if (task.last_status != "STOPPED" && task.desired_status != "STOPPED") continue;
    if (!is_recent(view, task.stop_time()) && view.target.task.empty()) continue;
    view.stopped.push_back(&task);
    troubled.insert(std::string(task.service()));
    unsigned needs = needs_of(task.stopped_reason);
    for (const Container& container : task.containers) needs |= needs_of(container.reason);
    view.needs |= task.service().empty() ? needs : needs & ~kRunTaskTrail;
  }
  for (const CallFailure& failure : view.place.call_failures) {
    if (failure.operation != "ExecuteCommand") continue;
    for (const auto& [arn, task] : view.place.tasks) {
      if (!is_task(task, failure.resource_arn) ||
          std::find(view.called.begin(), view.called.end(), &task) != view.called.end())
        continue;
      view.called.push_back(&task);
      troubled.insert(std::string(task.service()));
    }
  }
  for (const auto& [arn, service] : view.place.services) {
    bool wanted =
        asked_by_name(view, service) || !view.target.task.empty() || troubled.contains(service.name);
    for (std::size_t i = 0; i < std::min(service.events.size(), kReadEvents); ++i) {
      const ServiceEvent& event = service.events[i];
      if (!is_recent(view, event.created_at) || !tells_of_trouble(event)) continue;
      wanted = true;
      view.needs |= needs_of(event.message) & ~kRunTaskTrail;
    }
    for (const Deployment& deployment : service.deployments) {
      if (deployment.failed_tasks == 0 && deployment.rollout_state != "FAILED") continue;
      wanted = true;
      view.needs |= needs_of(deployment.rollout_state_reason) & ~kRunTaskTrail;
    }
    if (wanted) view.services.push_back(&service);
  }
  // A disk that filled up while the container ran is told by its log alone.
  for (const LogTail& tail : view.place.logs) {
    for (const auto& [time, line] : tail.lines) view.needs |= needs_of(line) & (kStorageMetrics | kImages);
  }
  for (const CallFailure& failure : view.place.call_failures)
    view.needs |= needs_of(failure.operation + " " + failure.code + ": " + failure.reason);
}

void ask_names(const View& view) {
  view.ask("sts", "GetCallerIdentity", "{}");
  view.ask("ecs", "DescribeCapacityProviders", "{}");
  if (!view.target.cluster.empty()) {
    ask_cluster(view, view.target.cluster);
  } else {
    view.ask("ecs", "ListClusters", "{}");
    for (const std::string& cluster : view.names.clusters) ask_cluster(view, cluster);
  }
  ask_listed_services(view);
  ask_running_siblings(view);
  ask_listed_tasks(view);
  ask_tasks_of_failures(view);
  ask_service_of_task(view);
}

void ask_definitions(const View& view) {
  for (const std::string& arn : view.board.fresh(view.index, "definition", definitions_of(view)))
    view.ask("ecs", "DescribeTaskDefinition", Input{{"taskDefinition", arn}}.dump(), short_slug(arn));
  ask_target_groups(view);
}

}  // namespace doctor::facts
