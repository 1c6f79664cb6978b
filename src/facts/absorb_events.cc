// EventBridge events, one a line of events.jsonl: "Amazon ECS events", "AWS Health events",
// "Delivering AWS service events via CloudTrail".
#include "facts/reading.h"

namespace doctor::facts {
namespace {

void service_event(Reading& in, const Json& event, const std::string& type) {
  const Json detail = event["detail"];
  EcsEvent e;
  e.id = text_at(event, "id");
  e.detail_type = type;
  e.event_name = text_at(detail, "eventName");
  e.event_type = text_at(detail, "eventType");
  e.reason = text_at(detail, "reason");
  e.cluster_arn = text_at(detail, "clusterArn");
  e.deployment_id = text_at(detail, "deploymentId");
  e.capacity_providers = detail["capacityProviderArns"].strings();
  for (const std::string& resource : event["resources"].strings()) {
    if (resource.find(":service/") != std::string::npos) e.service_arn = resource;
  }
  e.time = in.time(detail["updatedAt"]);
  for (const auto key : {"createdAt"}) {
    const auto when = in.time(detail[key]);
    if (!e.time) e.time = when;
  }
  const auto sent = in.time(event["time"]);
  if (!e.time) e.time = sent;
  in.place.ecs_events.push_back(std::move(e));
}

void health_event(Reading& in, const Json& event) {
  const Json detail = event["detail"];
  HealthEvent h;
  h.arn = text_at(detail, "eventArn");
  h.service = text_at(detail, "service");
  h.event_type_code = text_at(detail, "eventTypeCode");
  h.category = text_at(detail, "eventTypeCategory");
  h.region = text_at(detail, "eventRegion");
  if (h.region.empty()) h.region = text_at(event, "region");
  h.availability_zone = text_at(detail, "availabilityZone");
  h.status = text_at(detail, "statusCode");
  h.start = in.http_time(detail["startTime"]);
  h.end = in.http_time(detail["endTime"]);
  h.last_updated = in.http_time(detail["lastUpdatedTime"]);
  for (const Json& text : detail["eventDescription"].items()) {
    if (h.description.empty() || text_at(text, "language").starts_with("en"))
      h.description = text_at(text, "latestDescription");
  }
  for (const Json& entity : detail["affectedEntities"].items())
    h.entities.push_back(text_at(entity, "entityValue"));
  h.origin = in.origin;
  merge_health(in.place, std::move(h));
}

}  // namespace

core::Result<void> absorb_event(Facts& facts, Place& place, const core::Json& event) {
  if (!event.is_object())
    return core::fail(core::ErrorKind::bad_input, "an event must be an object",
                      "write one EventBridge event a line, as a rule's target receives it");
  const std::string id = text_at(event, "id");
  const std::string type = text_at(event, "detail-type");
  if (!id.empty() && !place.event_ids.insert(id).second) return {};
  Reading in{facts, place, {"events", type, {}}, {"events", type, id}, {}};
  in.time(event["time"]);
  const Json detail = event["detail"];
  if (detail.present() && !detail.is_object()) {
    in.wrong("field `detail` must be an object");
  } else if (type == "ECS Task State Change") {
    merge_task(place, task_of(in, detail));
  } else if (type == "ECS Service Action" || type == "ECS Deployment State Change") {
    service_event(in, event, type);
  } else if (type == "AWS Health Event") {
    health_event(in, event);
  } else if (type == "AWS API Call via CloudTrail") {
    absorb_trail_record(in, detail);
  }
  if (!in.problem.empty()) return core::fail(core::ErrorKind::bad_input, in.problem);
  place.answered.insert("events." + type);
  return {};
}

}  // namespace doctor::facts
