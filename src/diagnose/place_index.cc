#include "diagnose/place_index.h"

#include <algorithm>
#include <tuple>

#include "core/arn.h"
#include "core/glob.h"
#include "core/json.h"

namespace doctor::diagnose {
namespace {

template <class Value>
const std::vector<Value>& list_or_empty(const std::unordered_map<std::string, std::vector<Value>>& map,
                                        const std::string& key) {
  static const std::vector<Value> empty;
  const auto found = map.find(key);
  return found == map.end() ? empty : found->second;
}

// "prod/web" of the ARN arn:aws:ecs:…:service/prod/web and of the names; ECS takes both in every parameter.
// ARNs of the old format (service/web) carry no cluster: then the parameter `cluster` tells, or "default".
Change change_of(const facts::TrailEvent& event) {
  Change change{.event = &event, .time = *event.time, .cluster = {}, .service = {}, .task = {}};
  if (event.event_source != "ecs.amazonaws.com" || event.request_parameters.empty()) return change;
  const auto document = core::JsonDocument::parse(event.request_parameters, event.event_id);
  if (!document) return change;
  const core::Json parameters = document->root();
  const auto name_in = [&](std::string_view field) {
    return core::short_name(parameters[field].string_or());
  };
  change.cluster = name_in("cluster");
  change.service = name_in(event.event_name == "CreateService" ? "serviceName" : "service");
  change.task = name_in("task");
  if (change.cluster.empty()) change.cluster = "default";
  return change;
}

void index_trail(PlaceIndex& index) {
  for (const auto& [id, event] : index.place->trail) {
    if (event.event_name == "CreateNetworkInterface" && !event.error_code.empty() && event.time) {
      index.refused_interfaces.push_back(&event);
    }
    if (event.read_only || !event.error_code.empty() || !event.time) continue;
    // ECS's own calls on behalf of a service (CreateNetworkInterface, RegisterTargets) change no
    // configuration.
    if (!event.invoked_by.empty() && event.event_source != "ecs.amazonaws.com") continue;
    index.changes.push_back(change_of(event));
  }
  std::sort(index.refused_interfaces.begin(), index.refused_interfaces.end(),
            [](const auto* a, const auto* b) {
              return std::tie(a->time, a->event_id) < std::tie(b->time, b->event_id);
            });
  std::sort(index.changes.begin(), index.changes.end(), [](const Change& a, const Change& b) {
    return std::tie(a.time, a.event->event_id) < std::tie(b.time, b.event->event_id);
  });
  for (const Change& change : index.changes) {
    if (!change.service.empty()) {
      index.changes_by_service[service_key(change.cluster, change.service)].push_back(&change);
    } else if (change.event->event_name == "StopTask") {
      index.stop_calls_by_task[change.task].push_back(&change);
    } else {
      index.changes_around.push_back(&change);
    }
  }
}

void index_tasks(PlaceIndex& index) {
  for (const auto& [arn, task] : index.place->tasks) {
    const auto group = index.tasks_by_key.try_emplace(group_key(task)).first;
    group->second.push_back(&task);
    index.task_by_id.emplace(core::short_name(arn), &task);
    if (task.created_at) index.launches.push_back(*task.created_at);
    const auto begin = task.stopping_at ? task.stopping_at : task.stop_time();
    if (is_spot_interruption(task) && begin) index.spot_stops.push_back({&task, *begin, &group->first});
  }
  std::sort(index.launches.begin(), index.launches.end());
  std::sort(index.spot_stops.begin(), index.spot_stops.end(), [](const SpotStop& a, const SpotStop& b) {
    return std::tie(a.time, a.task->arn) < std::tie(b.time, b.task->arn);
  });
}

}  // namespace

std::string_view task_family_of(std::string_view task_definition_arn) {
  const std::string_view family = core::family_revision(task_definition_arn);
  return family.substr(0, family.rfind(':'));
}

std::string service_key(std::string_view cluster, std::string_view service) {
  std::string key(core::short_name(cluster));
  key += '/';
  key += core::short_name(service);
  return key;
}

std::string group_key(const facts::Task& task) {
  constexpr std::string_view kServiceGroup = "service:";
  if (task.group.starts_with(kServiceGroup)) {
    return service_key(task.cluster_arn, std::string_view(task.group).substr(kServiceGroup.size()));
  }
  std::string key(core::short_name(task.cluster_arn));
  key += "/family:";
  key += task_family_of(task.task_definition_arn);
  return key;
}

bool is_stopping(const facts::Task& task) {
  static constexpr std::string_view kEnding[] = {"STOPPED", "STOPPING", "DEACTIVATING", "DEPROVISIONING",
                                                 "DELETED"};
  return std::find(std::begin(kEnding), std::end(kEnding), task.last_status) != std::end(kEnding) ||
         task.desired_status == "STOPPED" || !task.stop_code.empty();
}

bool is_spot_interruption(const facts::Task& task) {
  return task.stop_code == "SpotInterruption" ||
         (task.stop_code == "TerminationNotice" && task.capacity_provider != "FARGATE");
}

PlaceIndex index_of_place(const facts::Place& place) {
  PlaceIndex index;
  index.place = &place;
  for (const auto& [arn, cluster] : place.clusters) index.cluster_by_name.emplace(cluster.name, &cluster);
  for (const auto& [arn, service] : place.services) {
    index.service_by_key.emplace(service_key(service.cluster_arn, service.name), &service);
    for (const std::string& subnet : service.network.subnets)
      index.services_by_subnet[subnet].push_back(&service);
  }
  for (const auto& [id, interface] : place.interfaces) {
    index.interfaces_by_subnet[interface.subnet_id].push_back(&interface);
  }
  for (const facts::LogTail& log : place.logs) {
    index.logs_by_task[std::string(core::short_name(log.stream))].push_back(
        &log);  // prefix/container/task id
  }
  index_tasks(index);
  index_trail(index);
  return index;
}

const std::vector<const facts::Task*>& tasks_of(const PlaceIndex& index, const std::string& key) {
  return list_or_empty(index.tasks_by_key, key);
}

const std::vector<const Change*>& changes_of(const PlaceIndex& index, const std::string& key) {
  return list_or_empty(index.changes_by_service, key);
}

const std::vector<const Change*>& stop_calls_of(const PlaceIndex& index, std::string_view task_arn) {
  return list_or_empty(index.stop_calls_by_task, std::string(core::short_name(task_arn)));
}

}  // namespace doctor::diagnose
