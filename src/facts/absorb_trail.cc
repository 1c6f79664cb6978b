// CloudTrail: records of API calls, from LookupEvents and from EventBridge.
//
// A LookupEvents item carries the record as a JSON string in CloudTrailEvent ("CloudTrail record contents");
// what is around it is a summary.
#include <algorithm>
#include <array>

#include "facts/reading.h"
#include "facts/redact.h"

namespace doctor::facts {
namespace {

// Calls whose failure is itself the symptom.
constexpr std::array<std::string_view, 7> kSymptoms = {
    "RunTask",       "StartTask",     "ExecuteCommand",         "CreateService",
    "UpdateService", "CreateTaskSet", "RegisterTaskDefinition",
};

bool is_symptom(std::string_view event_name) {
  return event_name == "CreateNetworkInterface" ||
         std::find(kSymptoms.begin(), kSymptoms.end(), event_name) != kSymptoms.end();
}

std::string redacted(const Json& value) {
  return value.present() && !value.is_null() ? redact_json(value.text()) : std::string{};
}

std::string first_text(const Json& parent, std::initializer_list<std::string_view> keys) {
  for (const auto key : keys) {
    if (auto text = text_at(parent, key); !text.empty()) return text;
  }
  return {};
}

CallFailure failure_of(const TrailEvent& event, const Json& parameters) {
  CallFailure failure;
  failure.operation = event.event_name;
  failure.code = event.error_code;
  failure.reason = event.error_message.empty() ? event.error_code : event.error_message;
  failure.cluster = text_at(parameters, "cluster");
  failure.resource_arn =
      first_text(parameters, {"task", "service", "serviceName", "taskDefinition", "family", "subnetId"});
  failure.caller_arn = event.user_arn;
  failure.time = event.time;
  failure.origin = event.origin;
  return failure;
}

// failures[] that RunTask answered with 200.
void note_answered_failures(Place& place, const TrailEvent& event, const Json& record) {
  for (const Json& item : record["responseElements"]["failures"].items()) {
    CallFailure failure = failure_of(event, record["requestParameters"]);
    failure.code.clear();
    failure.reason = text_at(item, "reason");
    if (const auto detail = text_at(item, "detail"); !detail.empty()) failure.reason += ": " + detail;
    if (const auto arn = text_at(item, "arn"); !arn.empty()) failure.resource_arn = arn;
    if (!failure.reason.empty()) place.call_failures.push_back(std::move(failure));
  }
}

void add_resource(TrailEvent& event, std::string text) {
  if (!text.empty() &&
      std::find(event.resources.begin(), event.resources.end(), text) == event.resources.end())
    event.resources.push_back(std::move(text));
}

TrailEvent event_of(Reading& in, const Json& record) {
  TrailEvent e;
  const Json identity = record["userIdentity"];
  e.event_id = text_at(record, "eventID");
  e.event_name = text_at(record, "eventName");
  e.event_source = text_at(record, "eventSource");
  e.region = text_at(record, "awsRegion");
  e.user_arn = text_at(identity, "arn");
  e.user_name = first_text(identity, {"userName", "principalId"});
  if (const auto issuer = text_at(identity["sessionContext"]["sessionIssuer"], "userName"); !issuer.empty())
    e.user_name = issuer;
  e.invoked_by = text_at(identity, "invokedBy");
  e.source_ip = text_at(record, "sourceIPAddress");
  e.user_agent = text_at(record, "userAgent");
  e.error_code = text_at(record, "errorCode");
  e.error_message = redact_line(record["errorMessage"].string_or());
  e.read_only = flag_at(record, "readOnly");
  e.time = in.time(record["eventTime"]);
  in.time(identity["sessionContext"]["attributes"]["creationDate"]);
  for (const Json& item : record["resources"].items()) add_resource(e, first_text(item, {"ARN", "arn"}));
  e.request_parameters = redacted(record["requestParameters"]);
  e.response_elements = redacted(record["responseElements"]);
  e.origin = in.origin;
  e.origin.event_id = e.event_id;
  return e;
}

void add_event(Reading& in, TrailEvent event, const Json& record) {
  if (event.event_id.empty()) {
    in.wrong("field `eventID` of a CloudTrail record is missing");
    return;
  }
  const auto [at, added] = in.place.trail.try_emplace(event.event_id, event);
  if (!added) {
    for (const std::string& resource : event.resources) add_resource(at->second, resource);
    return;
  }
  if (!is_symptom(event.event_name)) return;
  if (!event.error_code.empty())
    in.place.call_failures.push_back(failure_of(event, record["requestParameters"]));
  note_answered_failures(in.place, event, record);
}

void lookup_events(Reading& in, const Json& document) {
  for (const Json& item : in.objects(document, "Events")) {
    const auto inner = item["CloudTrailEvent"].string_or();
    const auto parsed = core::JsonDocument::parse(inner.empty() ? "{}" : inner, "CloudTrailEvent");
    const Json record = parsed ? parsed->root() : Json{};
    TrailEvent event = event_of(in, record);
    const auto fill = [&](std::string& into, std::string_view key) {
      if (into.empty()) into = text_at(item, key);
    };
    fill(event.event_id, "EventId");
    fill(event.event_name, "EventName");
    fill(event.event_source, "EventSource");
    fill(event.user_name, "Username");
    event.origin.event_id = event.event_id;
    event.read_only = event.read_only || flag_at(item, "ReadOnly");
    const auto outer = in.time(item["EventTime"]);
    if (!event.time) event.time = outer;
    for (const auto& [type, name] : pairs_at(item, "Resources", "ResourceType", "ResourceName"))
      add_resource(event, name);
    add_event(in, std::move(event), record);
  }
}

constexpr std::array kTrailRows{
    Row{"cloudtrail", "lookup-events", "Events", Shape::list, lookup_events},
};

}  // namespace

void absorb_trail_record(Reading& in, const Json& record) {
  add_event(in, event_of(in, record), record);
}

std::span<const Row> trail_rows() {
  return kTrailRows;
}

}  // namespace doctor::facts
