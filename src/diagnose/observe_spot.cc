#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "core/arn.h"
#include "core/json.h"
#include "core/time.h"
#include "diagnose/families.h"
#include "diagnose/observations.h"
#include "diagnose/strategy.h"

// Spot interruptions: where and when they fell, who else was hit, and whether anyone called.
// What made them hurt is in observe_spot_impact.cc.
namespace doctor::diagnose {

void observe_spot_impact(const Case& c, Observations& out);

namespace {

constexpr std::chrono::minutes kWave{10};  // one reclaim reaches its tasks within minutes
constexpr std::size_t kMany = 3;           // below this, a pattern over zones may be chance

bool stopped_by_call(const facts::Task& task) {
  return task.stop_code == "UserInitiated" || task.stop_code == "ServiceSchedulerInitiated";
}

// --- AWS's own word ----------------------------------------------------------------------------------------

// The task's StopTask call, made just before its stop: a call explains the stop that follows it, not one that
// was under way (drain automation also calls).
const Change* stop_call_of(const Case& c, const Stop& stop) {
  if (c.index == nullptr || stop.task == nullptr || !stop.time) return nullptr;
  for (const Change* call : stop_calls_of(*c.index, stop.task->arn)) {
    if (call->time <= *stop.time + std::chrono::seconds{30} && *stop.time - call->time <= kWave) return call;
  }
  return nullptr;
}

// What AWS itself says. True where that leaves an interruption possible: the stop code is AWS's, the reason
// may be the free text of a StopTask call.
bool observe_word(const Case& c, Observations& out) {
  const Stop *interrupted = nullptr, *called = nullptr, *told = nullptr;
  std::size_t interruptions = 0, calls = 0;
  for (const Stop& stop : c.stops) {
    const bool by_call = stop.task != nullptr && !is_spot_interruption(*stop.task) &&
                         (stopped_by_call(*stop.task) || stop_call_of(c, stop) != nullptr);
    if (stop.task != nullptr && is_spot_interruption(*stop.task)) {
      ++interruptions;
      if (interrupted == nullptr) interrupted = &stop;
    } else if (by_call) {
      ++calls;
      if (called == nullptr) called = &stop;
    } else if (told == nullptr) {
      told = &stop;
    }
  }
  if (interrupted != nullptr) {
    const facts::Task& task = *interrupted->task;
    out.add("spot.stop_code",
            fmt::format("stop code {} on {}: {}", task.stop_code,
                        counted_of(interruptions, c.stops.size(), "stop"),
                        task.stopped_reason.empty() ? "AWS took the capacity back" : task.stopped_reason),
            source_of(task.origin, "stopCode", task.stop_code, interrupted->time));
    return true;
  }
  if (told != nullptr) {
    out.add("spot.interrupted", fmt::format("AWS says: {}", told->text), source_of(*told));
    return true;
  }
  if (called == nullptr) return true;
  const std::string& code = called->task->stop_code;
  out.add("spot.stopped_by_call",
          code.empty()
              ? fmt::format("{} had a StopTask call just before; the reason \"{}\" is the caller's own text",
                            counted_of(calls, c.stops.size(), "stop"), called->text)
              : fmt::format(
                    "stop code {} on {}: AWS sets it when a caller or the scheduler stops a task; the reason "
                    "\"{}\" is the caller's own text",
                    code, counted_of(calls, c.stops.size(), "stop"), called->text),
          source_of(called->task->origin, code.empty() ? "stoppedReason" : "stopCode",
                    code.empty() ? called->text : code, called->time));
  return false;
}

void observe_provider(const Case& c, Observations& out) {
  std::size_t on_spot = 0, on_demand = 0;
  const facts::Task* spot_task = nullptr;
  const facts::Task* other_task = nullptr;
  for (const Stop& stop : c.stops) {
    if (stop.task == nullptr || stop.task->capacity_provider.empty()) continue;
    const bool spot = stop.task->capacity_provider == "FARGATE_SPOT";
    (spot ? on_spot : on_demand) += 1;
    const facts::Task*& first = spot ? spot_task : other_task;
    if (first == nullptr) first = stop.task;
  }
  if (on_spot > 0) {
    out.add("spot.capacity_provider",
            fmt::format("{} ran on FARGATE_SPOT", counted_of(on_spot, c.stops.size(), "stopped task")),
            source_of(spot_task->origin, "capacityProviderName", "FARGATE_SPOT"));
  } else if (on_demand > 0) {
    out.add("spot.not_on_spot",
            fmt::format("the stopped tasks ran on {}, which AWS does not interrupt",
                        other_task->capacity_provider),
            source_of(other_task->origin, "capacityProviderName", other_task->capacity_provider));
  }
}

// --- Where and when ----------------------------------------------------------------------------------------

struct Wave {
  std::map<std::string, std::size_t> by_zone;
  std::size_t stops = 0;
};

std::vector<Wave> waves_of(const Case& c) {
  std::vector<Wave> waves;
  std::optional<Timestamp> last;
  for (const Stop& stop : c.stops) {
    if (stop.task == nullptr || !stop.time || stop.task->availability_zone.empty()) continue;
    if (!last || *stop.time - *last > kWave) waves.emplace_back();
    last = stop.time;
    ++waves.back().by_zone[stop.task->availability_zone];
    ++waves.back().stops;
  }
  return waves;
}

Source source_of_zones(const Case& c, std::string value) {
  for (const Stop& stop : c.stops) {
    if (stop.task != nullptr)
      return source_of(stop.task->origin, "availabilityZone", std::move(value), c.first);
  }
  return {};
}

void observe_zone_pattern(const Case& c, Observations& out) {
  const std::vector<Wave> waves = waves_of(c);
  if (waves.empty()) return;
  const Wave& widest = *std::max_element(waves.begin(), waves.end(), [](const Wave& a, const Wave& b) {
    return std::make_pair(a.by_zone.size(), a.stops) < std::make_pair(b.by_zone.size(), b.stops);
  });
  std::vector<std::string> words;
  std::size_t most = 0;
  for (const auto& [zone, count] : widest.by_zone) {
    words.push_back(fmt::format("{} in {}", count, zone));
    most = std::max(most, count);
  }
  const std::string when = clock_span(c.first, c.last);
  if (widest.by_zone.size() > 1) {
    // Nine in one zone and one elsewhere is one zone's reclaim with a straggler.
    const bool lopsided = widest.stops >= 5 && most * 5 >= widest.stops * 4;
    out.add(lopsided                ? "spot.mostly_one_zone"
            : widest.stops >= kMany ? "spot.several_zones"
                                    : "spot.several_zones_few",
            fmt::format("within {} the interruptions fell in several zones: {}", core::to_words(kWave),
                        joined(words)),
            source_of_zones(c, joined(words)));
    return;
  }
  const std::vector<std::string> zones = zones_of_stops(c);
  if (zones.size() > 1) {
    out.add("spot.zones_apart",
            fmt::format("the interruptions fell in {}, but never in two zones within {}", joined(zones),
                        core::to_words(kWave)),
            source_of_zones(c, joined(zones)));
    return;
  }
  const std::vector<std::string> configured = zones_configured(c);
  const std::size_t stops = c.stops.size();
  const std::string_view row = configured.size() == 1 ? "spot.one_zone_was_all"
                               : stops >= kMany       ? "spot.one_zone"
                               : stops == 2           ? "spot.one_zone_two"
                                                      : "spot.one_zone_single";
  const std::string subject = stops == 1   ? "the interruption was"
                              : stops == 2 ? "both interruptions were"
                                           : fmt::format("all {} were", counted(stops, "interruption"));
  out.add(row,
          configured.size() == 1
              ? fmt::format("{} in {}, the only zone the service uses", subject, zones.front())
              : fmt::format("{} in {}, {}", subject, zones.front(), when),
          source_of_zones(c, zones.front()));
}

void observe_survivors(const Case& c, Observations& out) {
  if (!c.first || c.index == nullptr) return;
  const std::vector<std::string> hit = zones_of_stops(c);
  if (hit.size() != 1) return;
  std::size_t survivors = 0;
  const facts::Task* one = nullptr;
  std::vector<std::string> zones;
  for (const facts::Task* task : tasks_of(*c.index, key_of(c))) {
    if (task->capacity_provider != "FARGATE_SPOT" || task->availability_zone.empty()) continue;
    if (task->availability_zone == hit.front()) continue;
    const auto started = task->started_at ? task->started_at : task->created_at;
    const auto ended = is_stopping(*task) ? begin_of(*task) : std::nullopt;
    if ((is_stopping(*task) && !ended) || (started && *started > *c.first) ||
        (ended && *ended <= *c.last + kWave))
      continue;
    ++survivors;
    if (one == nullptr) one = task;
    zones.push_back(task->availability_zone);
  }
  if (survivors == 0) return;
  out.add(survivors >= 2 ? "spot.other_zones_survived" : "spot.other_zone_survived",
          fmt::format("{} in {} ran on through it", counted(survivors, "Spot task"), joined(distinct(zones))),
          source_of(one->origin, "lastStatus", one->last_status));
}

// What happened to other services at the same time tells a zone from a region.
void observe_neighbours(const Case& c, Observations& out) {
  if (!c.first || c.index == nullptr) return;
  const std::vector<std::string> own = zones_of_stops(c);
  const std::string key = key_of(c);
  const auto& stops = c.index->spot_stops;
  auto it = std::lower_bound(stops.begin(), stops.end(), *c.first - kWave,
                             [](const SpotStop& stop, Timestamp time) { return stop.time < time; });
  const Timestamp until = std::min(*c.last, *c.first + std::chrono::hours{1}) + kWave;
  std::size_t same = 0, elsewhere = 0;
  const facts::Task* one = nullptr;
  std::map<std::string_view, std::size_t> by_zone;
  for (; it != stops.end() && it->time <= until; ++it) {
    if (it->task->availability_zone.empty() || *it->key == key) continue;
    if (one == nullptr) one = it->task;
    ++by_zone[it->task->availability_zone];
  }
  std::vector<std::string> zones;
  for (const auto& [zone, count] : by_zone) {
    const bool is_same = std::find(own.begin(), own.end(), zone) != own.end();
    (is_same ? same : elsewhere) += count;
    zones.emplace_back(zone);
  }
  if (one == nullptr) return;
  const std::vector<std::string> seen = distinct(std::move(zones));
  const Source source = source_of(one->origin, "availabilityZone", joined(seen), begin_of(*one));
  if (elsewhere == 0 && own.size() == 1 && same >= 2) {
    out.add("spot.neighbours_same_zone",
            fmt::format("{} of other services were interrupted at the same time, all in {}",
                        counted(same, "Spot task"), own.front()),
            source);
  } else if (elsewhere >= 2) {
    out.add("spot.neighbours_other_zones",
            fmt::format("{} of other services were interrupted at the same time in {}",
                        counted(same + elsewhere, "Spot task"), joined(seen)),
            source);
  }
}

// --- Whether anyone called
// ----------------------------------------------------------------------------------

void observe_calls(const Case& c, Observations& out) {
  if (c.index == nullptr) return;
  std::size_t covered = 0, dated = 0;
  const Change* first = nullptr;
  for (const Stop& stop : c.stops) {
    if (stop.task == nullptr || !stop.time) continue;
    ++dated;
    const Change* call = stop_call_of(c, stop);
    if (call == nullptr) continue;
    ++covered;
    if (first == nullptr) first = call;
  }
  if (first != nullptr) {
    out.add(covered * 2 >= dated ? "spot.stop_calls" : "spot.some_stop_calls",
            fmt::format("CloudTrail has StopTask by {} for {}, just before", caller_of(*first->event),
                        counted_of(covered, dated, "stopped task")),
            source_of(*first->event));
    return;
  }
  const Change* update = nullptr;
  for (const Change* change : changes_of(*c.index, key_of(c))) {
    const bool near = c.first && change->time <= *c.first && *c.first - change->time <= kWave;
    if (near &&
        (change->event->event_name == "UpdateService" || change->event->event_name == "DeleteService")) {
      update = change;
    }
  }
  if (update != nullptr) {
    out.add("spot.update_call",
            fmt::format("CloudTrail has {} of {} by {}, {} before the first stop", update->event->event_name,
                        place_name(c), caller_of(*update->event), core::to_words(*c.first - update->time)),
            source_of(*update->event));
  } else if (c.place->knows("cloudtrail.lookup-events") && dated > 0) {
    out.add("spot.no_stop_calls",
            "CloudTrail has no StopTask for these tasks and no UpdateService of the service",
            Source{"cloudtrail", "lookup-events", {}, "Events", "no StopTask, no UpdateService", c.first});
  }
}

}  // namespace

void observe_spot(const Case& c, Observations& out) {
  const bool interrupted = observe_word(c, out);
  observe_provider(c, out);
  if (interrupted) {  // where tasks that a person stopped ran says nothing of AWS's capacity
    observe_zone_pattern(c, out);
    observe_survivors(c, out);
    observe_neighbours(c, out);
  }
  observe_calls(c, out);
  observe_spot_impact(c, out);
}

}  // namespace doctor::diagnose
