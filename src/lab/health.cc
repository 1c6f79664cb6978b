#include <algorithm>

#include "core/arn.h"
#include "lab/world.h"

namespace doctor::lab {
namespace {

Reply subscription_required() {
  return api_error("SubscriptionRequiredException", "");
}

const char* status_of(const HealthEvent& event, core::Timestamp now) {
  if (event.start > now) return "upcoming";
  return event.end && *event.end <= now ? "closed" : "open";
}

json shown(const HealthEvent& event, core::Timestamp now) {
  json answer{{"arn", event.arn},
              {"service", event.service},
              {"eventTypeCode", event.code},
              {"eventTypeCategory", event.category},
              {"region", event.region},
              {"startTime", epoch(event.start)},
              {"lastUpdatedTime", epoch(event.updated)},
              {"statusCode", status_of(event, now)},
              {"eventScopeCode", event.scope}};
  if (!event.zone.empty()) answer["availabilityZone"] = event.zone;
  if (event.end) answer["endTime"] = epoch(*event.end);
  return answer;
}

bool listed(const json& filter, const char* key, const std::string& value) {
  const auto wanted = strings_of(filter, key);
  return wanted.empty() || std::find(wanted.begin(), wanted.end(), value) != wanted.end();
}

// {from, to} ranges, any of which may match ("DateTimeRange", AWS Health API Reference).
bool in_ranges(const json& filter, const char* key, std::optional<core::Timestamp> time) {
  const json& ranges = list_of(filter, key);
  if (ranges.empty()) return true;
  return time && std::any_of(ranges.begin(), ranges.end(), [&](const json& range) {
           return *time >= time_of(range, "from", core::Timestamp::min()) &&
                  *time <= time_of(range, "to", core::Timestamp::max());
         });
}

Reply health_page(const json& all, const json& input, const char* key, int most = 100) {
  return page_of(all, input,
                 {.result_key = key,
                  .default_limit = 10,
                  .least = 1,
                  .most = most,
                  .bad_token = "InvalidPaginationToken",
                  .bad_limit = "ValidationException"});
}

Reply describe_events(World& world, const CallContext&, const json& input) {
  if (!world.health.subscribed) return subscription_required();
  const json& filter = member_of(input, "filter");
  const auto now = world.clock.now();
  json events = json::array();
  for (const auto& event : world.health.events) {
    if (listed(filter, "eventArns", event.arn) && listed(filter, "services", event.service) &&
        listed(filter, "regions", event.region) && listed(filter, "eventTypeCodes", event.code) &&
        listed(filter, "eventTypeCategories", event.category) &&
        listed(filter, "availabilityZones", event.zone) &&
        listed(filter, "eventStatusCodes", status_of(event, now)) &&
        in_ranges(filter, "startTimes", event.start) && in_ranges(filter, "endTimes", event.end) &&
        in_ranges(filter, "lastUpdatedTimes", event.updated)) {
      events.push_back(shown(event, now));
    }
  }
  return health_page(events, input, "events");
}

const HealthEvent* event_of(const World& world, const std::string& arn) {
  const auto& events = world.health.events;
  const auto found =
      std::find_if(events.begin(), events.end(), [&](const HealthEvent& event) { return event.arn == arn; });
  return found == events.end() ? nullptr : &*found;
}

Reply describe_event_details(World& world, const CallContext&, const json& input) {
  if (!world.health.subscribed) return subscription_required();
  const auto arns = strings_of(input, "eventArns");
  if (arns.empty() || arns.size() > 10) {
    return api_error("ValidationException",
                     "1 validation error detected: Value at 'eventArns' failed to satisfy constraint: Member "
                     "must have length between 1 and 10");
  }
  json good = json::array(), failed = json::array();
  for (const auto& arn : arns) {
    const HealthEvent* event = event_of(world, arn);
    if (event == nullptr) {
      failed.push_back({{"eventArn", arn},
                        {"errorName", "InvalidEventArn"},
                        {"errorMessage", "The ARN is not of an event of this account"}});
    } else {
      good.push_back({{"event", shown(*event, world.clock.now())},
                      {"eventDescription", {{"latestDescription", event->description}}},
                      {"eventMetadata", json::object()}});
    }
  }
  return json{{"successfulSet", good}, {"failedSet", failed}};
}

Reply describe_affected_entities(World& world, const CallContext&, const json& input) {
  if (!world.health.subscribed) return subscription_required();
  const json& filter = member_of(input, "filter");
  if (strings_of(filter, "eventArns").empty()) {
    return api_error("ValidationException",
                     "1 validation error detected: Value null at 'filter.eventArns' failed to satisfy "
                     "constraint: Member must not be null");
  }
  json entities = json::array();
  for (const auto& arn : strings_of(filter, "eventArns")) {
    const HealthEvent* event = event_of(world, arn);
    if (event == nullptr) continue;
    for (const auto& [value, status] : event->entities) {
      if (!listed(filter, "entityValues", value) || !listed(filter, "statusCodes", status) ||
          !in_ranges(filter, "lastUpdatedTimes", event->updated))
        continue;
      entities.push_back({{"entityArn", "arn:aws:health:" + event->region + ":" + world.account + ":entity/" +
                                            sha256_hex(arn + value).substr(0, 32)},
                          {"eventArn", arn},
                          {"entityValue", value},
                          {"awsAccountId", world.account},
                          {"lastUpdatedTime", epoch(event->updated)},
                          {"statusCode", status}});
    }
  }
  return health_page(entities, input, "entities");
}

}  // namespace

std::string add_health_event(World& world, HealthEvent event) {
  if (event.arn.empty()) {
    event.arn = "arn:aws:health:" + event.region + "::event/" + event.service + "/" + event.code + "/" +
                event.code + "_" + world.ids.hex(12);
  }
  if (event.start == core::Timestamp{}) event.start = world.clock.now();
  if (event.updated == core::Timestamp{}) event.updated = event.start;
  json detail{
      {"eventArn", event.arn},
      {"service", event.service},
      {"eventTypeCode", event.code},
      {"eventTypeCategory", event.category},
      {"eventScopeCode", event.scope},
      {"startTime", core::to_http_date(event.start)},
      {"statusCode", status_of(event, world.clock.now())},
      {"eventRegion", event.region},
      {"communicationId", world.ids.hex(40)},
      {"lastUpdatedTime", core::to_http_date(event.updated)},
      {"eventDescription", json::array({{{"language", "en_US"}, {"latestDescription", event.description}}})},
      {"affectedEntities", json::array()}};
  if (event.end) detail["endTime"] = core::to_http_date(*event.end);
  std::vector<std::string> resources;
  for (const auto& [value, status] : event.entities) {
    resources.push_back(value);
    detail["affectedEntities"].push_back({{"entityValue", value}, {"status", status}});
  }
  world.publish_event(event.region, "AWS Health Event", "aws.health", resources, detail);
  world.health.events.push_back(event);
  return event.arn;
}

void add_health_operations(Registry& registry) {
  registry.add("health", "DescribeEvents", describe_events);
  registry.add("health", "DescribeEventDetails", describe_event_details);
  registry.add("health", "DescribeAffectedEntities", describe_affected_entities);
}

}  // namespace doctor::lab
