// Tasks: from DescribeTasks, RunTask and "ECS Task State Change" events, which all carry the same structure.
#include <algorithm>

#include "facts/reading.h"

namespace doctor::facts {
namespace {

std::vector<ManagedAgent> agents_of(const Json& list) {
  std::vector<ManagedAgent> out;
  for (const Json& item : list.items())
    out.push_back({text_at(item, "name"), text_at(item, "lastStatus"), text_at(item, "reason")});
  return out;
}

Container container_of(const Json& item) {
  Container c;
  c.arn = text_at(item, "containerArn");
  c.name = text_at(item, "name");
  c.image = text_at(item, "image");
  c.image_digest = text_at(item, "imageDigest");
  c.runtime_id = text_at(item, "runtimeId");
  c.last_status = text_at(item, "lastStatus");
  c.health_status = text_at(item, "healthStatus");
  c.reason = text_at(item, "reason");
  c.exit_code = item["exitCode"].integer();
  c.managed_agents = agents_of(item["managedAgents"]);
  return c;
}

Attachment attachment_of(const Json& item) {
  Attachment a;
  a.id = text_at(item, "id");
  a.type = text_at(item, "type");
  if (a.type == "eni") a.type = "ElasticNetworkInterface";  // as EventBridge writes it
  a.status = text_at(item, "status");
  for (auto& [name, value] : pairs_at(item, "details", "name", "value")) a.details[name] = std::move(value);
  return a;
}

template <class T>
bool is_unset(const T& value) {
  if constexpr (requires { value.empty(); }) {
    return value.empty();
  } else if constexpr (requires { value.has_value(); }) {
    return !value.has_value();
  } else {
    return value == T{};
  }
}

template <class T>
void fill(T& into, const T& from) {
  if (is_unset(into)) into = from;
}

void fill_container(Container& into, const Container& from) {
  fill(into.arn, from.arn);
  fill(into.image, from.image);
  fill(into.image_digest, from.image_digest);
  fill(into.runtime_id, from.runtime_id);
  fill(into.last_status, from.last_status);
  fill(into.health_status, from.health_status);
  fill(into.reason, from.reason);
  fill(into.exit_code, from.exit_code);
  fill(into.managed_agents, from.managed_agents);
}

// What only `from` says comes to `into`; what both say stays.
void fill_task(Task& into, const Task& from) {
  fill(into.cluster_arn, from.cluster_arn);
  fill(into.task_definition_arn, from.task_definition_arn);
  fill(into.group, from.group);
  fill(into.started_by, from.started_by);
  fill(into.last_status, from.last_status);
  fill(into.desired_status, from.desired_status);
  fill(into.stop_code, from.stop_code);
  fill(into.stopped_reason, from.stopped_reason);
  fill(into.availability_zone, from.availability_zone);
  fill(into.capacity_provider, from.capacity_provider);
  fill(into.launch_type, from.launch_type);
  fill(into.platform_version, from.platform_version);
  fill(into.platform_family, from.platform_family);
  fill(into.cpu, from.cpu);
  fill(into.memory, from.memory);
  fill(into.connectivity, from.connectivity);
  fill(into.health_status, from.health_status);
  fill(into.enable_execute_command, from.enable_execute_command);
  fill(into.ephemeral_storage_gib, from.ephemeral_storage_gib);
  fill(into.created_at, from.created_at);
  fill(into.pull_started_at, from.pull_started_at);
  fill(into.pull_stopped_at, from.pull_stopped_at);
  fill(into.connectivity_at, from.connectivity_at);
  fill(into.started_at, from.started_at);
  fill(into.stopping_at, from.stopping_at);
  fill(into.execution_stopped_at, from.execution_stopped_at);
  fill(into.stopped_at, from.stopped_at);
  fill(into.version, from.version);
  for (const Container& old : from.containers) {
    const auto same = std::find_if(into.containers.begin(), into.containers.end(),
                                   [&](const Container& c) { return c.name == old.name; });
    if (same == into.containers.end()) {
      into.containers.push_back(old);
    } else {
      fill_container(*same, old);
    }
  }
  for (const Attachment& old : from.attachments) {
    const auto same = std::find_if(into.attachments.begin(), into.attachments.end(),
                                   [&](const Attachment& a) { return a.id == old.id; });
    if (same == into.attachments.end()) {
      into.attachments.push_back(old);
    } else {
      fill(same->type, old.type);
      fill(same->status, old.status);
      for (const auto& [name, value] : old.details) same->details.try_emplace(name, value);
    }
  }
}

// Whether `incoming` is the later word on the task. The version decides; of one version, the answer of ECS
// itself, which is whole, stands before an event, so that the order of files does not matter.
bool is_newer(const Task& incoming, const Task& known) {
  if (incoming.version && known.version && *incoming.version != *known.version)
    return *incoming.version > *known.version;
  const bool stopped = incoming.stop_time().has_value();
  if (!(incoming.version && known.version) && stopped != known.stop_time().has_value()) return stopped;
  return incoming.origin.service == "ecs" || known.origin.service != "ecs";
}

}  // namespace

Task task_of(Reading& in, const Json& item) {
  Task t;
  t.arn = in.identity(item, "tasks", "taskArn");
  t.cluster_arn = text_at(item, "clusterArn");
  t.task_definition_arn = text_at(item, "taskDefinitionArn");
  t.group = text_at(item, "group");
  t.started_by = text_at(item, "startedBy");
  t.last_status = text_at(item, "lastStatus");
  t.desired_status = text_at(item, "desiredStatus");
  t.stop_code = text_at(item, "stopCode");
  t.stopped_reason = text_at(item, "stoppedReason");
  t.availability_zone = text_at(item, "availabilityZone");
  t.capacity_provider = text_at(item, "capacityProviderName");
  t.launch_type = text_at(item, "launchType");
  t.platform_version = text_at(item, "platformVersion");
  t.platform_family = text_at(item, "platformFamily");
  t.cpu = text_at(item, "cpu");
  t.memory = text_at(item, "memory");
  t.connectivity = text_at(item, "connectivity");
  t.health_status = text_at(item, "healthStatus");
  t.enable_execute_command = flag_at(item, "enableExecuteCommand");
  t.ephemeral_storage_gib = item["ephemeralStorage"]["sizeInGiB"].integer();
  t.created_at = in.time(item["createdAt"]);
  t.pull_started_at = in.time(item["pullStartedAt"]);
  t.pull_stopped_at = in.time(item["pullStoppedAt"]);
  t.connectivity_at = in.time(item["connectivityAt"]);
  t.started_at = in.time(item["startedAt"]);
  t.stopping_at = in.time(item["stoppingAt"]);
  t.execution_stopped_at = in.time(item["executionStoppedAt"]);
  t.stopped_at = in.time(item["stoppedAt"]);
  in.time(item["updatedAt"]);  // of events: when the state changed
  for (const Json& container : in.objects(item, "containers"))
    t.containers.push_back(container_of(container));
  for (const Json& attachment : in.objects(item, "attachments"))
    t.attachments.push_back(attachment_of(attachment));
  if (const Json version = item["version"]; version.is_number()) t.version = version.integer_or(0);
  t.origin = in.origin;
  return t;
}

void merge_task(Place& place, Task task) {
  if (task.arn.empty()) return;
  const auto [at, added] = place.tasks.try_emplace(task.arn);
  if (added) {
    at->second = std::move(task);
  } else if (is_newer(task, at->second)) {
    fill_task(task, at->second);
    at->second = std::move(task);
  } else {
    fill_task(at->second, task);
  }
}

}  // namespace doctor::facts
