// What is in a place, by service: built once a run, so that looking at one incident never walks the account.
//
// Ten thousand stops in five hundred services would otherwise be ten thousand walks over ten thousand tasks.
// Everything points into the Facts it was built from. Nothing here is walked in hash order.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "facts/facts.h"

namespace doctor::diagnose {

// A call in CloudTrail that changed something (or stopped a task): not read-only and not failed.
struct Change {
  const facts::TrailEvent* event = nullptr;
  core::Timestamp time;
  std::string cluster, service, task;  // short names out of its parameters; "" where it has none
};

// A Spot interruption, with what telling it from others needs.
struct SpotStop {
  const facts::Task* task = nullptr;
  core::Timestamp time;
  const std::string* key = nullptr;  // group_key() of the task
};

struct PlaceIndex {
  const facts::Place* place = nullptr;
  std::unordered_map<std::string, const facts::Cluster*> cluster_by_name;
  std::unordered_map<std::string, const facts::Service*> service_by_key;          // group_key()
  std::unordered_map<std::string, std::vector<const facts::Task*>> tasks_by_key;  // in order of ARN
  std::unordered_map<std::string, const facts::Task*> task_by_id;
  std::unordered_map<std::string, std::vector<const facts::LogTail*>> logs_by_task;  // by task id
  std::map<std::string, std::vector<const facts::Service*>> services_by_subnet;      // in order of ARN
  std::unordered_map<std::string, std::vector<const facts::NetworkInterface*>> interfaces_by_subnet;

  std::vector<Change> changes;  // in time order
  std::unordered_map<std::string, std::vector<const Change*>>
      changes_by_service;  // by group_key(), in time order
  std::unordered_map<std::string, std::vector<const Change*>> stop_calls_by_task;  // StopTask, by task id
  std::vector<const Change*> changes_around;  // of what stands around services, in time order
  std::vector<const facts::TrailEvent*>
      refused_interfaces;  // CreateNetworkInterface that failed, in time order

  std::vector<SpotStop> spot_stops;       // every dated Spot interruption of the place, in time order
  std::vector<core::Timestamp> launches;  // when tasks were created, in order
};

PlaceIndex index_of_place(const facts::Place& place);

// "prod/web" for the tasks of a service, "prod/family:batch" for stand-alone tasks.
std::string group_key(const facts::Task& task);
std::string service_key(std::string_view cluster, std::string_view service);  // names or ARNs

const std::vector<const facts::Task*>& tasks_of(const PlaceIndex& index, const std::string& key);
const std::vector<const Change*>& changes_of(const PlaceIndex& index, const std::string& key);
const std::vector<const Change*>& stop_calls_of(const PlaceIndex& index, std::string_view task_arn);

// Stopped or on its way there, for whatever reason.
bool is_stopping(const facts::Task& task);
bool is_spot_interruption(const facts::Task& task);
// "web" of family web:12 and of its ARN.
std::string_view task_family_of(std::string_view task_definition_arn);

}  // namespace doctor::diagnose
