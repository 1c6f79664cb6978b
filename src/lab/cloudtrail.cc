#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "lab/world.h"

namespace doctor::lab {
namespace {

using std::chrono::hours;

json shown(const TrailEvent& event) {
  json resources = json::array();
  for (const auto& [type, name] : event.resources)
    resources.push_back({{"ResourceType", type}, {"ResourceName", name}});
  json answer{{"EventId", event.id},
              {"EventName", event.name},
              {"ReadOnly", event.read_only ? "true" : "false"},
              {"EventTime", epoch(std::chrono::floor<std::chrono::seconds>(event.time))},
              {"EventSource", event.source},
              {"Username", event.user},
              {"Resources", resources},
              {"CloudTrailEvent", event.record.dump()}};
  if (!event.access_key.empty()) answer["AccessKeyId"] = event.access_key;
  return answer;
}

bool matches(const TrailEvent& event, const std::string& key, const std::string& value) {
  if (key == "EventId") return event.id == value;
  if (key == "EventName") return event.name == value;
  if (key == "ReadOnly") return event.read_only == (value == "true");
  if (key == "Username") return event.user == value;
  if (key == "EventSource") return event.source == value;
  if (key == "AccessKeyId") return event.access_key == value;
  return std::any_of(event.resources.begin(), event.resources.end(), [&](const auto& resource) {
    return (key == "ResourceType" ? resource.first : resource.second) == value;
  });
}

constexpr const char* kAttributes[] = {"EventId",      "EventName",    "ReadOnly",    "Username",
                                       "ResourceType", "ResourceName", "EventSource", "AccessKeyId"};

// Two a second per account and Region ("Viewing events with CloudTrail Event history"), in real time.
bool throttled(Trail& trail, core::Duration real_time) {
  const double passed = static_cast<double>((real_time - trail.refilled).count()) / 1000.0;
  trail.tokens = std::min(2.0, trail.tokens + std::max(0.0, passed) * 2.0);
  trail.refilled = real_time;
  if (trail.tokens < 1) return true;
  trail.tokens -= 1;
  return false;
}

Reply lookup_events(World& world, const CallContext& call, const json& input) {
  Trail& trail = world.trail[call.region];
  if (throttled(trail, call.real_time)) return api_error("ThrottlingException", "Rate exceeded");
  const json& attributes = list_of(input, "LookupAttributes");
  if (attributes.size() > 1) {
    return api_error("InvalidLookupAttributesException", "You can specify only one lookup attribute.");
  }
  const auto now = world.clock.now();
  const auto oldest = now - hours(24 * 90);
  const auto from = std::max(time_of(input, "StartTime", oldest), oldest),
             to = time_of(input, "EndTime", now);
  if (from > to) {
    return api_error("InvalidTimeRangeException",
                     "The start time occurs after the end time, or the time range is outside the range of "
                     "possible values.");
  }
  const std::string key = attributes.empty() ? "" : text_of(attributes[0], "AttributeKey");
  const std::string value = attributes.empty() ? "" : text_of(attributes[0], "AttributeValue");
  if (!attributes.empty() &&
      std::find(std::begin(kAttributes), std::end(kAttributes), key) == std::end(kAttributes)) {
    return api_error("InvalidLookupAttributesException", "The lookup attribute " + key + " is not valid.");
  }
  if (text_of(input, "EventCategory", "insight") != "insight") {
    return api_error("InvalidEventCategoryException", "The event category is not valid.");
  }
  json events = json::array();
  const bool insights = input.contains("EventCategory");  // Insights are off in the lab's trail
  const std::string asked = sha256_hex(key + '\n' + value + '\n' + member_of(input, "StartTime").dump() +
                                       member_of(input, "EndTime").dump())
                                .substr(0, 24);
  // A page begins where the last one ended, counted from the oldest event, so that events which come in
  // between two pages shift nothing.
  std::size_t end = trail.events.size();
  const std::string token = text_of(input, "NextToken");
  if (!token.empty()) {
    const auto dash = token.find('-');
    if (dash == std::string::npos || token.substr(0, dash) != asked) {
      return api_error("InvalidNextTokenException",
                       "The token is invalid, or was used with other parameters.");
    }
    end = std::min(end, static_cast<std::size_t>(std::strtoull(token.c_str() + dash + 1, nullptr, 16)));
  }
  const long long limit = integer_of(input, "MaxResults", 50);
  if (limit < 1 || limit > 50)
    return api_error("InvalidMaxResultsException", "MaxResults must be between 1 and 50.");
  json answer = json::object();
  for (std::size_t i = insights ? 0 : end; i-- > 0;) {
    const TrailEvent& event = trail.events[i];
    if (event.time + trail.lag > now || event.time > to) continue;
    if (event.time < from) break;
    if (!key.empty() && !matches(event, key, value)) continue;
    if (events.size() == static_cast<std::size_t>(limit)) {
      char digits[20];
      std::snprintf(digits, sizeof digits, "%zx", i + 1);
      answer["NextToken"] = asked + "-" + digits;
      break;
    }
    events.push_back(shown(event));
  }
  answer["Events"] = events;
  return answer;
}

Reply describe_trails(World& world, const CallContext& call, const json& input) {
  const json trail{{"Name", "lab"},
                   {"S3BucketName", "lab-trail-" + world.account},
                   {"IncludeGlobalServiceEvents", true},
                   {"IsMultiRegionTrail", true},
                   {"HomeRegion", world.home},
                   {"TrailARN", world.arn("cloudtrail", world.home, "trail/lab")},
                   {"LogFileValidationEnabled", true},
                   {"HasCustomEventSelectors", false},
                   {"HasInsightSelectors", false},
                   {"IsOrganizationTrail", false}};
  json trails = json::array();
  const auto names = strings_of(input, "trailNameList");
  const auto named = [&](const std::string& name) {
    return name == "lab" || name == text_of(trail, "TrailARN");
  };
  const bool shadows = boolean_of(input, "includeShadowTrails", true) || call.region == world.home;
  if (shadows && (names.empty() || std::any_of(names.begin(), names.end(), named))) trails.push_back(trail);
  return json{{"trailList", trails}};
}

}  // namespace

void add_cloudtrail_operations(Registry& registry) {
  registry.add("cloudtrail", "LookupEvents", lookup_events);
  registry.add("cloudtrail", "DescribeTrails", describe_trails);
}

}  // namespace doctor::lab
