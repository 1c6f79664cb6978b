#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "core/arn.h"
#include "core/glob.h"
#include "diagnose/metric_sight.h"
#include "diagnose/observations.h"
#include "diagnose/observe.h"
#include "diagnose/platform_sight.h"

// FargateEphemeralStorageExceeded: how the disk filled, and how much of it was the application's to fill.
namespace doctor::diagnose {
namespace {

using facts::Task;

constexpr double kOnDiskPerCompressed = 3.5;  // the compressed image and its layers unpacked
constexpr std::chrono::hours kLongLife{6};
constexpr std::chrono::minutes kShortLife{10};

// The lines that report the full disk: reasons, and the logs of the stopped tasks.
struct Line {
  std::string_view text;
  Source source;
};

std::vector<Line> lines_about_space(const Case& c) {
  std::vector<Line> lines;
  const auto tells = [](std::string_view line) {
    return core::contains_ignoring_case(line, "no space left") ||
           core::contains_ignoring_case(line, "enospc");
  };
  for (const Stop& stop : c.stops) {
    if (tells(stop.text)) lines.push_back({stop.text, source_of(stop)});
  }
  for (const facts::LogTail* tail : log_tails_of(c)) {
    for (const auto& [time, line] : tail->lines) {
      if (tells(line)) lines.push_back({line, {"logs", "get-log-events", {}, tail->stream, line, time}});
    }
  }
  return lines;
}

void look_at_paths(const Case& c, Observations& out) {
  constexpr std::string_view kGrowing[] = {"/tmp", "/var/tmp", "/var/log", ".log", "/logs/", "/cache"};
  constexpr std::string_view kData[] = {"/data",    "/var/lib", "/upload", "/download",
                                        "/storage", "/work",    "/db"};
  const auto any_of = [](std::string_view line, const auto& words) {
    return std::any_of(std::begin(words), std::end(words),
                       [&](std::string_view word) { return core::contains(line, word); });
  };
  for (Line& found : lines_about_space(c)) {
    const std::string_view line = found.text;
    const bool growing = any_of(line, kGrowing);
    if (!growing && !any_of(line, kData)) continue;
    out.add(growing ? "storage.text_names_logs_or_temp" : "storage.text_names_data",
            fmt::format("the full disk was met while writing {}: \"{}\"",
                        growing ? "logs or temporary files" : "data", core::printable(line.substr(0, 160))),
            std::move(found.source));
    return;
  }
}

void look_at_curve(const Case& c, const Task* task, Observations& out) {
  const facts::Metric* used = metric_of(c, "EphemeralStorageUtilized");
  if (used == nullptr) {
    note_missing(
        c, out, "cloudwatch.get-metric-data", "EphemeralStorageUtilized of Container Insights",
        "aws ecs update-cluster-settings --cluster CLUSTER --settings name=containerInsights,value=enabled");
    return;
  }
  double limit = ephemeral_storage_gib(task, c.task_definition);
  if (const facts::Metric* reserved = metric_of(c, "EphemeralStorageReserved"); reserved != nullptr) {
    if (!reserved->points.empty()) limit = in_gib(*reserved, reserved->points.back().second);
  }
  const Curve curve = curve_of(*used, limit, c.last);
  const Source source{"cloudwatch",
                      "get-metric-data",
                      {},
                      "EphemeralStorageUtilized",
                      fmt::format("{:.1f} GB at most", curve.peak),
                      c.last};
  const std::string course = fmt::format("from {:.1f} to {:.1f} of {:.0f} GB in {}", curve.first, curve.peak,
                                         limit, core::to_words(curve.span));
  switch (curve.shape) {
    case Shape::slow:
      out.add("storage.rose_slowly", fmt::format("the used storage rose steadily, {}", course), source);
      return;
    case Shape::sudden:
      out.add("storage.rose_suddenly", fmt::format("the used storage jumped, {}", course), source);
      return;
    case Shape::high_for_long:
      out.add("storage.near_limit_for_long",
              fmt::format("the used storage stood near the limit for long, {}", course), source);
      return;
    case Shape::high_from_start:
      out.add("storage.full_from_start",
              fmt::format("half of the storage or more was used from the start, {}", course), source);
      return;
    case Shape::unclear:
      return;
  }
}

void look_at_images(const Case& c, const Task* task, Observations& out) {
  const TaskImages images = images_of(c, task);
  const int storage = ephemeral_storage_gib(task, c.task_definition);
  if (images.images.empty() || images.compressed_bytes <= 0) {
    note_missing(c, out, "ecr.describe-images", "the size of the image",
                 "aws ecr describe-images --repository-name REPOSITORY");
    return;
  }
  const double on_disk = static_cast<double>(images.compressed_bytes) * kOnDiskPerCompressed;
  const double share = on_disk / (storage * 1024.0 * 1024 * 1024);
  const Source source{
      "ecr",       "describe-images", {}, "imageSizeInBytes", std::to_string(images.compressed_bytes),
      std::nullopt};
  const std::string words = fmt::format(
      "the images have {} compressed, about {} on disk: {:.0f} percent of {} GiB",
      in_gigabytes(images.compressed_bytes), in_gigabytes(std::llround(on_disk)), share * 100, storage);
  if (share >= .5) out.add("storage.image_takes_most", words, source);
  if (share < .2 && images.complete) out.add("storage.image_takes_little", words, source);
}

void look_at_size(const Case& c, const Task* task, Observations& out) {
  if (task == nullptr && c.task_definition == nullptr) return;
  const int storage = ephemeral_storage_gib(task, c.task_definition);
  const Source source{
      "ecs",       "describe-task-definition", {}, "ephemeralStorage", fmt::format("{} GiB", storage),
      std::nullopt};
  if (has_default_storage(task, c.task_definition)) {
    out.add("storage.default_size",
            "the task definition sets no ephemeral storage, so the task has the default 20 GiB", source);
  } else if (storage > 20) {
    out.add("storage.size_was_raised",
            fmt::format("the task has {} GiB of ephemeral storage, more than the default", storage), source);
  }
  out.fix_details.emplace_back("enlarge_ephemeral_storage", fmt::format("ephemeralStorage.sizeInGiB {}",
                                                                        std::clamp(storage * 2, 21, 200)));
  if (task == nullptr || !task_is_before_1_4(*task).value_or(false)) return;
  out.add("storage.platform_before_1_4",
          fmt::format("the task runs on platform version {}, whose storage cannot be enlarged",
                      task->platform_version),
          source_of(task->origin, "platformVersion", task->platform_version));
}

void look_at_life(const Task* task, Observations& out) {
  if (task == nullptr || !task->started_at || !task->stop_time()) return;
  const auto life = *task->stop_time() - *task->started_at;
  const Source source =
      source_of(task->origin, "startedAt", core::to_iso(*task->started_at), task->started_at);
  const std::string words = fmt::format("the task {} ran for {}", short_id(task->arn), core::to_words(life));
  if (life >= kLongLife) out.add("storage.ran_long", words, source);
  if (life <= kShortLife) out.add("storage.died_young", words, source);
}

// Three runs or more, none of which differs from the shortest by more than a fifth (or half a minute).
void look_at_likeness(const Case& c, Observations& out) {
  std::vector<core::Duration> lives;
  for (const Stop& stop : c.stops) {
    if (stop.task == nullptr || !stop.task->started_at || !stop.task->stop_time()) continue;
    lives.push_back(*stop.task->stop_time() - *stop.task->started_at);
  }
  if (lives.size() < 3) return;
  const auto [shortest, longest] = std::minmax_element(lives.begin(), lives.end());
  const core::Duration leeway = std::max<core::Duration>(*shortest / 5, std::chrono::seconds{30});
  if (*longest - *shortest > leeway || *shortest < kShortLife) return;
  out.add("storage.fails_alike",
          fmt::format("all {} ended after the same time, about {}", counted(lives.size(), "run"),
                      core::to_words(*shortest)),
          {"ecs", "describe-tasks", {}, "startedAt", core::to_words(*longest), c.last});
}

// The largest "26.4 GiB" (GB) of a line; 0 without one.
double gigabytes_named_in(std::string_view line) {
  double largest = 0;
  for (std::size_t at = line.find('G'); at != std::string_view::npos; at = line.find('G', at + 1)) {
    const std::string_view unit = line.substr(at, 3);
    if (!unit.starts_with("GB") && unit != "GiB") continue;
    std::string_view before = line.substr(0, at);
    while (before.ends_with(' ')) before.remove_suffix(1);
    const auto first = before.find_last_not_of("0123456789.");
    const std::string number(before.substr(first == std::string_view::npos ? 0 : first + 1));
    if (!number.empty() && number.size() < 10)
      largest = std::max(largest, std::strtod(number.c_str(), nullptr));
  }
  return largest;
}

void look_at_sizes_in_logs(const Case& c, const Task* task, Observations& out) {
  const int storage = ephemeral_storage_gib(task, c.task_definition);
  for (const facts::LogTail* tail : log_tails_of(c)) {
    for (const auto& [time, line] : tail->lines) {
      const double named = gigabytes_named_in(line);
      if (named <= storage) continue;
      out.add("storage.log_names_more_than_fits",
              fmt::format("the log speaks of {:.1f} GB, and the disk has {} GiB: \"{}\"", named, storage,
                          core::printable(std::string_view(line).substr(0, 120))),
              {"logs",
               "get-log-events",
               {},
               tail->stream,
               core::printable(std::string_view(line).substr(0, 200)),
               time});
      return;
    }
  }
}

void look_at_logging(const Case& c, Observations& out) {
  if (c.task_definition == nullptr) return;
  for (const auto& container : c.task_definition->containers) {
    if (!container.log_driver.empty()) continue;
    out.add("storage.logs_to_files", fmt::format("the container {} has no log driver", container.name),
            {"ecs", "describe-task-definition", {}, "logConfiguration", "none", std::nullopt});
    return;
  }
}

bool watches_storage(const facts::Alarm& alarm, const Case& c) {
  const auto is_of_storage = [](std::string_view name) { return name.starts_with("EphemeralStorage"); };
  const bool watches = is_of_storage(alarm.metric) ||
                       std::any_of(alarm.math_metrics.begin(), alarm.math_metrics.end(), is_of_storage);
  if (!watches) return false;
  const auto service = alarm.dimensions.find("ServiceName");
  return service == alarm.dimensions.end() || c.service_name.empty() || service->second == c.service_name;
}

void look_at_alarms(const Case& c, Observations& out) {
  if (c.place == nullptr) return;
  if (!c.place->knows("cloudwatch.describe-alarms")) {
    note_missing(c, out, "cloudwatch.describe-alarms", "the alarms", "aws cloudwatch describe-alarms");
    return;
  }
  for (const facts::Alarm& alarm : c.place->alarms) {
    if (!watches_storage(alarm, c)) continue;
    out.add("storage.alarm_exists", fmt::format("the alarm {} watches the ephemeral storage", alarm.name),
            {"cloudwatch", "describe-alarms", {}, "alarmName", alarm.name, std::nullopt});
    return;
  }
  out.add("storage.no_alarm_exists", "no CloudWatch alarm watches the ephemeral storage",
          {"cloudwatch",
           "describe-alarms",
           {},
           "metricAlarms",
           counted(c.place->alarms.size(), "alarm"),
           std::nullopt});
}

}  // namespace

void observe_storage(const Case& c, Observations& out) {
  observe_signs(c, out);
  const Task* task = newest_task(c);
  look_at_paths(c, out);
  look_at_curve(c, task, out);
  look_at_images(c, task, out);
  look_at_size(c, task, out);
  look_at_life(task, out);
  look_at_likeness(c, out);
  look_at_sizes_in_logs(c, task, out);
  look_at_logging(c, out);
  look_at_alarms(c, out);
}

}  // namespace doctor::diagnose
