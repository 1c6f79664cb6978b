#include "diagnose/group_subject.h"

#include <set>

#include "core/arn.h"

namespace doctor::diagnose {

std::string key_of(const Subject& subject) {
  if (!subject.service.empty()) return service_key(subject.cluster, subject.service);
  return subject.cluster + "/family:" + subject.task_family;
}

Subject subject_of(const facts::Task& task) {
  return {std::string(core::short_name(task.cluster_arn)), std::string(task.service()),
          task.service().empty() ? std::string(task_family_of(task.task_definition_arn)) : std::string()};
}

namespace {

// A call that names nothing was made about the only thing that is there, if there is one: a snapshot of one
// service.
Subject only_subject(const facts::CallFailure& failure, const PlaceIndex& index) {
  const facts::Place& place = *index.place;
  if (failure.operation == "RunTask" || failure.operation == "RegisterTaskDefinition") {
    std::set<std::string> families;
    for (const auto& [arn, definition] : place.task_definitions) families.insert(definition.family);
    const std::string cluster =
        place.clusters.size() == 1 ? place.clusters.begin()->second.name : std::string();
    return {cluster, {}, families.size() == 1 ? *families.begin() : std::string()};
  }
  if (place.services.size() == 1) {
    const facts::Service& service = place.services.begin()->second;
    return {std::string(core::short_name(service.cluster_arn)), service.name, {}};
  }
  if (place.tasks.size() == 1) return subject_of(place.tasks.begin()->second);
  return {};
}

// EC2's refusal of an interface belongs to the service that alone uses the subnet.
Subject subject_of_interface(const facts::CallFailure& failure, const PlaceIndex& index) {
  const auto users = index.services_by_subnet.find(std::string(core::short_name(failure.resource_arn)));
  if (users == index.services_by_subnet.end() || users->second.size() != 1)
    return only_subject(failure, index);
  const facts::Service& service = *users->second.front();
  return {std::string(core::short_name(service.cluster_arn)), service.name, {}};
}

}  // namespace

Subject subject_of(const facts::CallFailure& failure, const PlaceIndex& index) {
  if (failure.operation == "CreateNetworkInterface") return subject_of_interface(failure, index);
  if (failure.resource_arn.empty()) {
    Subject subject = only_subject(failure, index);
    if (subject.cluster.empty()) subject.cluster = core::short_name(failure.cluster);
    return subject;
  }
  const auto task = index.task_by_id.find(std::string(core::short_name(failure.resource_arn)));
  if (task != index.task_by_id.end()) return subject_of(*task->second);
  Subject subject{std::string(core::short_name(failure.cluster)), {}, {}};
  const auto arn = core::Arn::parse(failure.resource_arn);
  const std::string_view type = arn ? arn->resource_type() : std::string_view();
  if (type == "service" || failure.operation == "UpdateService" || failure.operation == "CreateService") {
    subject.service = core::short_name(failure.resource_arn);
  } else if (type == "task-definition" || (!arn && failure.operation != "ExecuteCommand")) {
    subject.task_family = task_family_of(failure.resource_arn);
  }
  if (!arn) return subject;
  const auto first = arn->resource.find('/'), second = arn->resource.rfind('/');
  if (subject.cluster.empty() && (type == "service" || type == "task") && second > first) {
    subject.cluster = arn->resource.substr(first + 1, second - first - 1);
  }
  return subject;
}

}  // namespace doctor::diagnose
