#include "diagnose/summary.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/time.h"
#include "diagnose/families.h"
#include "diagnose/group.h"
#include "diagnose/observations.h"

namespace doctor::diagnose {
namespace {

std::string in_zones(const Case& c) {
  const std::vector<std::string> zones = zones_of_stops(c);
  return zones.empty() ? std::string() : " in " + joined(zones);
}

std::string when(const Case& c) {
  if (!c.dated) return {};
  const std::string span = clock_span(c.first, c.last);
  return span.empty() ? span : " " + span;
}

// Spot tasks of the service that were alive when the first was interrupted.
std::size_t spot_tasks_at_first(const Case& c) {
  if (!c.first || c.index == nullptr) return c.stops.size();
  std::size_t alive = 0;
  for (const facts::Task* task : tasks_of(*c.index, key_of(c))) {
    if (task->capacity_provider != "FARGATE_SPOT") continue;
    const auto start = task->created_at ? task->created_at : task->started_at;
    const auto end = is_stopping(*task) ? begin_of(*task) : std::nullopt;
    if (start && *start > *c.first) continue;
    if (is_stopping(*task) && (!end || *end < *c.first)) continue;
    ++alive;
  }
  return std::max(alive, c.stops.size());
}

std::string spot_summary(const Case& c, std::string_view first_cause) {
  const std::size_t alive = spot_tasks_at_first(c);
  // "Interrupted" is AWS's doing: where somebody else stopped the tasks, it is only what somebody wrote.
  const bool by_aws = first_cause != "spot.not_an_interruption";
  std::string out = fmt::format("{} of {} {} {}{}{}", counted_of(c.stops.size(), alive, "Spot task"),
                                place_name(c), c.stops.size() == 1 ? "was" : "were",
                                by_aws ? "interrupted" : "stopped", in_zones(c), when(c));
  if (!c.aftermath.empty()) {
    out += fmt::format("; {} to place a replacement failed", counted(c.aftermath.size(), "attempt"));
  }
  return out;
}

std::string tasks_or_attempts(const Case& c, std::string_view tasks_did, std::string_view attempts_did) {
  const auto count = static_cast<std::size_t>(count_of(c));
  const bool any_task =
      std::any_of(c.stops.begin(), c.stops.end(), [](const Stop& s) { return s.task != nullptr; });
  const bool any_call =
      std::any_of(c.stops.begin(), c.stops.end(), [](const Stop& s) { return s.failure != nullptr; });
  const std::string_view noun = any_task ? "task" : any_call ? "call" : "attempt";
  std::string did(any_task ? tasks_did : attempts_did);
  if (count == 1 && did.starts_with("were ")) did.replace(0, 4, "was");
  return fmt::format("{} {} {} {}{}{}", counted(count, noun), any_task ? "of" : "for", place_name(c), did,
                     in_zones(c), when(c));
}

// Of the reason that most stops share; ties go to the one seen first.
std::string commonest_reason(const Case& c) {
  constexpr std::size_t kLongest = 160;
  std::string best;
  std::size_t most = 0;
  for (const Stop& stop : c.stops) {
    if (stop.text.empty() || stop.text == best) continue;
    const auto count = static_cast<std::size_t>(std::count_if(
        c.stops.begin(), c.stops.end(), [&](const Stop& other) { return other.text == stop.text; }));
    if (count > most) {
      most = count;
      best = stop.text;
    }
    if (most * 2 >= c.stops.size() || most + 50 > c.stops.size()) break;
  }
  if (best.size() > kLongest) best = best.substr(0, kLongest) + "…";
  return best;
}

std::string plain_summary(const Case& c) {
  if (c.kind == "user") return tasks_or_attempts(c, "were stopped on request", "were stopped on request");
  if (c.kind == "scheduler") {
    return tasks_or_attempts(c, "were stopped, without trouble, by the service scheduler",
                             "were stopped by the scheduler");
  }
  const std::string reason = commonest_reason(c);
  return tasks_or_attempts(c, "stopped", "failed") + (reason.empty() ? "" : ": " + reason);
}

}  // namespace

std::string summary_of(const Case& c, std::string_view first_cause) {
  std::string out;
  if (c.family == kSpotInterrupted) {
    out = spot_summary(c, first_cause);
  } else if (c.family == kInsufficientCapacity) {
    out = tasks_or_attempts(c, "could not be placed", "to place a task failed");
  } else if (c.family == kEniCreateFailed) {
    out = tasks_or_attempts(c, "got no network interface", "failed for want of a network interface");
  } else if (c.family == kPlatformUnsupported) {
    out = tasks_or_attempts(c, "could not run on the platform asked for",
                            "were refused, since Fargate does not offer what was asked for");
  } else if (c.family == kStorageExceeded) {
    out = tasks_or_attempts(c, "ran out of ephemeral storage", "failed for want of storage");
  } else if (c.family == kExecError) {
    out = tasks_or_attempts(c, "could not be entered with ECS Exec", "could open no ECS Exec session");
  } else if (c.family == kImageSizeExceeded) {
    out = tasks_or_attempts(c, "could not pull an image", "failed for the image");
  } else {
    out = plain_summary(c);
  }
  return out;
}

}  // namespace doctor::diagnose
