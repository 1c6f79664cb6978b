// What the absorbers share: one document being read into one place.
//
// An absorber turns one operation's answer into facts. It never fails: the first field that has a shape which
// the operation cannot have is noted as `problem`, and absorb() makes it an error. Absorbers live in
// absorb_<group>.cc, each file with one table of rows; absorb.cc finds the row.
//
//   void tasks(Reading& in, const Json& document) {
//     for (const Json& item : in.objects(document, "tasks")) merge_task(in.place, task_of(in, item));
//   }
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/json.h"
#include "facts/absorb.h"
#include "facts/facts.h"

namespace doctor::facts {

using core::Json;
using core::Timestamp;

struct Reading {
  Facts& facts;
  Place& place;
  DocumentName name;
  Origin origin;
  std::string problem;  // "tasks[3] must be an object": the first one

  // Each also moves facts.newest on.
  std::optional<Timestamp> time(const Json& value);       // ISO 8601 or seconds since 1970
  std::optional<Timestamp> time_ms(const Json& value);    // milliseconds since 1970 (CloudWatch Logs) or ISO
  std::optional<Timestamp> http_time(const Json& value);  // "Thu, 27 Jan 2026 13:19:03 GMT" or ISO
  void note(std::optional<Timestamp> when);

  // The objects of the list `key`; a list that is none, or members that are no objects, are the problem.
  std::vector<Json> objects(const Json& parent, std::string_view key);
  // The text that identifies an item; the problem where it is missing.
  std::string identity(const Json& item, std::string_view list, std::string_view key);
  void wrong(std::string sentence);
};

enum class Shape { list, object, any };

struct Row {
  std::string_view service, operation;
  std::string_view key;  // the field that this answer cannot be without; "" where there is no such field
  Shape shape;
  void (*absorb)(Reading&, const Json&);
  int rank = 0;  // a snapshot reads lower ranks first: an answer that names no resource needs those that do
};

std::span<const Row> ecs_rows();
std::span<const Row> ec2_rows();
std::span<const Row> ec2_beyond_rows();
std::span<const Row> iam_rows();
std::span<const Row> organization_rows();
std::span<const Row> resource_policy_rows();
std::span<const Row> observability_rows();
std::span<const Row> trail_rows();
std::span<const Row> delivery_rows();
const Row* find_row(std::string_view service, std::string_view operation);  // nullptr: not one we read
std::vector<const Row*> all_rows();

// Small readers.
std::string text_at(const Json& parent, std::string_view key);
bool flag_at(const Json& parent, std::string_view key);  // also "true" and "ENABLED", as some answers have it
// An IAM policy: an object, its text, or its text URL-encoded. "" where there is none.
std::string policy_document(const Json& value);
std::vector<std::pair<std::string, std::string>> pairs_at(const Json& parent, std::string_view list,
                                                          std::string_view key, std::string_view value);

// Shared between the absorbers of answers and those of EventBridge events.
Task task_of(Reading& in, const Json& item);
void merge_task(Place& place, Task task);
void absorb_trail_record(Reading& in, const Json& record);
void merge_health(Place& place, HealthEvent event);
TaskDefinition task_definition_of(Reading& in, const Json& item);
std::vector<CapacityProviderStrategyItem> strategy_of(const Json& list);
// AWS/Usage points to the quota that they measure, whichever was read first.
void link_quota_usage(Place& place);
// The order of lists, whatever the order in which answers came. Both sources end with it.
void put_in_order(Place& place);

}  // namespace doctor::facts
