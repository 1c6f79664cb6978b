#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "core/glob.h"
#include "diagnose/metric_sight.h"
#include "diagnose/observations.h"
#include "diagnose/observe_stop.h"

// What the application left behind: its use of memory and its last words.
namespace doctor::diagnose {
namespace {

constexpr double kAtLimitPercent = 95, kFarFromLimitPercent = 70;
constexpr std::size_t kLastLines = 50;

// In MiB, as Container Insights counts; 0 where the tasks do not say.
double memory_of_task(const Case& c) {
  for (auto stop = c.stops.rbegin(); stop != c.stops.rend(); ++stop) {
    if (stop->task != nullptr) return std::strtod(stop->task->memory.c_str(), nullptr);
  }
  return 0;
}

// The highest use up to the stop, in percent of the limit; empty where no series tells.
std::optional<double> peak_percent(const Case& c) {
  const auto peak_of = [&](const facts::Metric& metric) {
    double peak = 0;
    for (const auto& [time, value] : metric.points) {
      if (c.last && time > *c.last + std::chrono::minutes{5}) break;
      peak = std::max(peak, value);
    }
    return peak;
  };
  if (const facts::Metric* percent = metric_of(c, "MemoryUtilization")) return peak_of(*percent);
  const facts::Metric* used = metric_of(c, "MemoryUtilized");
  const facts::Metric* reserved = metric_of(c, "MemoryReserved");
  if (used == nullptr) return std::nullopt;
  const double limit = reserved != nullptr ? peak_of(*reserved) : memory_of_task(c);
  if (limit <= 0) return std::nullopt;
  return peak_of(*used) / limit * 100;
}

void look_at_memory(const Case& c, Observations& out) {
  const std::optional<double> peak = peak_percent(c);
  if (!peak) return;
  const Source source{
      "cloudwatch", "get-metric-data", {}, "MemoryUtilized", fmt::format("{:.0f} percent", *peak), c.last};
  const std::string words = fmt::format("the memory in use reached {:.0f} percent of the limit", *peak);
  if (*peak >= kAtLimitPercent) out.add("stop.memory_at_limit", words, source);
  if (*peak < kFarFromLimitPercent) out.add("stop.memory_far_from_limit", words, source);
}

enum class Told { nothing, error, memory, wrong_format };

Told told_by(std::string_view line) {
  const auto any_of = [&](auto... words) { return (core::contains_ignoring_case(line, words) || ...); };
  if (any_of("exec format error")) return Told::wrong_format;
  if (any_of("OutOfMemoryError", "out of memory", "heap out of", "cannot allocate memory", "MemoryError",
             "oom-kill")) {
    return Told::memory;
  }
  if (any_of("exception", "traceback", "panic:", "fatal", "error:", "segmentation fault", " ERROR "))
    return Told::error;
  return Told::nothing;
}

void look_at_logs(const Case& c, Observations& out) {
  Told strongest = Told::nothing;
  std::string_view line;
  const facts::LogTail* from = nullptr;
  std::optional<Timestamp> when;
  for (const facts::LogTail* tail : log_tails_of(c)) {
    const std::size_t first = tail->lines.size() > kLastLines ? tail->lines.size() - kLastLines : 0;
    for (std::size_t i = first; i < tail->lines.size(); ++i) {
      const Told told = told_by(tail->lines[i].second);
      // Of equal words the last are nearest to the end.
      if (told == Told::nothing || told < strongest || (told == strongest && from != tail && from != nullptr))
        continue;
      strongest = told;
      line = tail->lines[i].second;
      from = tail;
      when = tail->lines[i].first;
    }
  }
  if (strongest == Told::nothing) {
    if (c.place != nullptr && c.place->logs.empty()) {
      note_missing(
          c, out, "logs.get-log-events", "the last log lines of the stopped containers",
          "aws logs get-log-events --log-group-name GROUP --log-stream-name PREFIX/CONTAINER/TASK_ID");
    }
    return;
  }
  const std::string_view row = strongest == Told::wrong_format ? "stop.log_shows_exec_format"
                               : strongest == Told::memory     ? "stop.log_shows_memory"
                                                               : "stop.log_shows_error";
  out.add(row, fmt::format("the log ends with \"{}\"", core::printable(line.substr(0, 160))),
          {"logs", "get-log-events", {}, from->stream, core::printable(line.substr(0, 200)), when});
}

void note_memory_setting(const Case& c, Observations& out) {
  if (c.task_definition == nullptr || c.task_definition->memory.empty()) return;
  out.fix_details.emplace_back("raise_memory",
                               fmt::format("the task has {} MiB now", c.task_definition->memory));
}

}  // namespace

void observe_application(const Case& c, Observations& out) {
  if (c.kind != "stop.application_exit" && c.kind != "stop.out_of_memory" &&
      c.kind != "stop.container_health" && c.kind != "stop.load_balancer_health" && c.kind != "exit") {
    return;
  }
  look_at_memory(c, out);
  look_at_logs(c, out);
  note_memory_setting(c, out);
}

}  // namespace doctor::diagnose
