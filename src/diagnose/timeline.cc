#include "diagnose/timeline.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "core/glob.h"
#include "core/time.h"
#include "diagnose/observations.h"

namespace doctor::diagnose {
namespace {

constexpr std::chrono::minutes kBefore{30}, kAfter{30};
constexpr std::string_view kServiceLane = "service";

struct Window {
  Timestamp from, to;
  bool holds(std::optional<Timestamp> time) const { return time && *time >= from && *time <= to; }
};

std::string lane_of(const facts::Task& task) {
  return task.availability_zone.empty() ? std::string(kServiceLane) : task.availability_zone;
}

void add_tasks(const Case& c, const Window& window, std::vector<Mark>& marks) {
  for (const facts::Task* task : tasks_of(*c.index, key_of(c))) {
    const auto start = task->started_at ? task->started_at : task->created_at;
    const auto end = is_stopping(*task) ? task->stop_time() : std::nullopt;
    if (!start || *start > window.to || (end && *end < window.from)) continue;
    const std::string provider = task->capacity_provider.empty() ? "task" : task->capacity_provider;
    marks.push_back({*start, end, lane_of(*task), "task", fmt::format("{} {}", provider, short_id(task->arn)),
                     task->arn});
  }
}

void add_stops(const Case& c, std::vector<Mark>& marks) {
  for (const Stop& stop : c.stops) {
    if (!stop.time) continue;
    if (stop.task == nullptr) {
      const std::string id = stop.event != nullptr    ? stop.event->id
                             : stop.action != nullptr ? stop.action->id
                                                      : std::string();
      marks.push_back({*stop.time, std::nullopt, std::string(kServiceLane),
                       stop.failure != nullptr ? "stop" : "placement_failure", stop.text, id});
    } else {
      const bool spot = is_spot_interruption(*stop.task);
      marks.push_back({*stop.time, std::nullopt, lane_of(*stop.task), spot ? "interruption" : "stop",
                       stop.text.empty() ? stop.task->stop_code : stop.text, stop.task->arn});
    }
  }
  for (const Stop& stop : c.aftermath) {
    const std::string id = stop.task != nullptr     ? stop.task->arn
                           : stop.event != nullptr  ? stop.event->id
                           : stop.action != nullptr ? stop.action->id
                                                    : std::string();
    const std::string lane = stop.task != nullptr ? lane_of(*stop.task) : std::string(kServiceLane);
    marks.push_back({*stop.time, std::nullopt, lane, "placement_failure", stop.text, id});
  }
}

void add_service(const Case& c, const Window& window, std::vector<Mark>& marks) {
  if (c.service != nullptr) {
    for (const facts::ServiceEvent& event : c.service->events) {
      if (!window.holds(event.created_at) || !core::contains(event.message, "steady state")) continue;
      marks.push_back({*event.created_at, std::nullopt, std::string(kServiceLane), "steady_state",
                       event.message, event.id});
    }
    for (const facts::Deployment& deployment : c.service->deployments) {
      if (!window.holds(deployment.created_at)) continue;
      marks.push_back({*deployment.created_at, std::nullopt, std::string(kServiceLane), "change",
                       fmt::format("deployment {} ({})", deployment.id, deployment.status), deployment.id});
    }
  }
  for (const Change* change : changes_of(*c.index, key_of(c))) {
    if (!window.holds(change->time)) continue;
    marks.push_back({change->time, std::nullopt, std::string(kServiceLane), "change",
                     fmt::format("{} by {}", change->event->event_name, caller_of(*change->event)),
                     change->event->event_id});
  }
}

void add_health(const Case& c, const Window& window, std::vector<Mark>& marks) {
  for (const facts::HealthEvent& event : c.place->health) {
    if (!event.start || *event.start > window.to || (event.end && *event.end < window.from)) continue;
    if (!event.region.empty() && event.region != "global" && event.region != c.place->region) continue;
    marks.push_back({*event.start, event.end,
                     event.availability_zone.empty() ? std::string(kServiceLane) : event.availability_zone,
                     "health_event", fmt::format("{} ({})", event.event_type_code, event.service),
                     event.arn});
  }
}

// Keeps the rare kinds whole and every n-th of the common ones.
std::vector<Mark> thinned(std::vector<Mark> marks) {
  if (marks.size() <= kMostMarks) return marks;
  std::map<std::string, std::size_t> count, seen;
  for (const Mark& mark : marks) ++count[mark.kind];
  const std::size_t share = kMostMarks / count.size();
  std::map<std::string, std::size_t> last_kept;
  std::vector<Mark> kept;
  for (Mark& mark : marks) {
    const std::size_t all = count[mark.kind], nth = seen[mark.kind]++;
    // The nth of `all` is kept where the running share of kept ones steps up.
    if (all > share && (nth + 1) * share / all == nth * share / all) continue;
    last_kept[mark.kind] = kept.size();
    kept.push_back(std::move(mark));
  }
  for (const auto& [kind, place] : last_kept) {
    if (count[kind] > share) {
      kept[place].label +=
          fmt::format(" (one of {} marks of this kind; {} are not drawn)", count[kind], count[kind] - share);
    }
  }
  return kept;
}

}  // namespace

std::vector<Mark> timeline_of(const Case& c) {
  std::vector<Mark> marks;
  if (!c.first || c.index == nullptr) return marks;
  const Window window{*c.first - kBefore, *c.last + kAfter};
  add_tasks(c, window, marks);
  add_stops(c, marks);
  add_service(c, window, marks);
  add_health(c, window, marks);
  std::sort(marks.begin(), marks.end(), [](const Mark& a, const Mark& b) {
    return std::tie(a.time, a.lane, a.kind, a.subject, a.label) <
           std::tie(b.time, b.lane, b.kind, b.subject, b.label);
  });
  return thinned(std::move(marks));
}

}  // namespace doctor::diagnose
