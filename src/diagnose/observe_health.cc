#include <fmt/format.h>

#include <algorithm>

#include "core/time.h"
#include "diagnose/families.h"
#include "diagnose/observations.h"

namespace doctor::diagnose {
namespace {

// AWS opens an event some time after the trouble began, and dates its start in steps of minutes.
constexpr std::chrono::minutes kSlack{15};

enum class Reach { none, region, zone };

bool is_of_compute(const facts::HealthEvent& event) {
  return event.service == "ECS" || event.service == "FARGATE";
}

bool is_of_ec2(const facts::HealthEvent& event) {
  return event.service == "EC2" || event.service == "VPC";
}

// Scheduled changes and notices announce; only an issue explains.
Reach reach_of(const facts::HealthEvent& event, const Case& c, const std::vector<std::string>& zones) {
  if (!event.category.empty() && event.category != "issue") return Reach::none;
  if (!is_of_compute(event) && !is_of_ec2(event)) return Reach::none;
  if (!event.region.empty() && event.region != "global" && event.region != c.place->region)
    return Reach::none;
  if (!c.first || !event.start || *event.start > *c.last + kSlack) return Reach::none;
  std::optional<Timestamp> end = event.end;
  if (!end && event.status == "closed") end = event.last_updated;
  if (end && *end < *c.first - kSlack) return Reach::none;
  if (event.availability_zone.empty()) return Reach::region;
  if (zones.empty()) return Reach::region;
  return std::find(zones.begin(), zones.end(), event.availability_zone) != zones.end() ? Reach::zone
                                                                                       : Reach::none;
}

std::string words_of_event(const facts::HealthEvent& event, const Case& c) {
  const std::string where = event.availability_zone.empty() ? c.place->region : event.availability_zone;
  const std::string until = event.end ? "until " + core::to_iso(*event.end) : "still open when this was read";
  return fmt::format("AWS Health reports {} for {} in {} since {}, {}", event.event_type_code, event.service,
                     where, core::to_iso(*event.start), until);
}

}  // namespace

void observe_health(const Case& c, Observations& out) {
  const std::vector<std::string> zones = zones_of_stops(c);
  std::vector<const facts::HealthEvent*> covering;
  for (const facts::HealthEvent& event : c.place->health) {
    if (reach_of(event, c, zones) != Reach::none) covering.push_back(&event);
  }
  std::sort(covering.begin(), covering.end(), [](const auto* a, const auto* b) { return a->arn < b->arn; });
  // For network interfaces EC2 is the service that answers; for the rest it only stands below Fargate.
  const bool ec2_answers = c.family == kEniCreateFailed;
  bool covered = false;
  for (const facts::HealthEvent* event : covering) {
    const bool direct = is_of_compute(*event) || ec2_answers;
    out.add(direct ? "health.covers" : "health.covers_ec2", words_of_event(*event, c), source_of(*event));
    covered = true;
    if (direct && reach_of(*event, c, zones) == Reach::zone) {
      out.add("health.covers_zone",
              fmt::format("the event names {}, where the stops were", event->availability_zone),
              source_of(*event));
    }
  }
  if (covered) return;
  if (c.place->knows("health.describe-events") && c.first) {
    out.add("health.none",
            fmt::format("AWS Health has no open issue of ECS, Fargate or EC2 in {} that covers {}",
                        c.place->region, core::to_iso(*c.first)),
            Source{"health", "describe-events", {}, "events", "none covers the time", c.first});
    return;
  }
  const std::string where = c.place->region.empty() ? "REGION" : c.place->region;
  note_missing(c, out, "health.describe-events",
               c.place->region.empty() ? "AWS Health events" : fmt::format("AWS Health events of {}", where),
               fmt::format("aws health describe-events --region us-east-1 --filter regions={} > "
                           "health.describe-events.json",
                           where));
}

}  // namespace doctor::diagnose
