#include "diagnose/metric_sight.h"

#include <algorithm>

#include "core/arn.h"
#include "core/glob.h"
#include "diagnose/observations.h"

namespace doctor::diagnose {
namespace {

using Points = std::vector<std::pair<Timestamp, double>>;

constexpr std::chrono::minutes kSudden{10};
constexpr std::chrono::hours kLong{2};
constexpr std::chrono::minutes kLastPointAfter{5};
constexpr std::size_t kTasksWithLogs = 3;

// How well the dimensions fit the case; negative where they name another cluster, service or family.
int fit_of(const facts::Metric& metric, const Case& c) {
  int fit = 0;
  const auto compare = [&](const char* dimension, const std::string& wanted) {
    const auto found = metric.dimensions.find(dimension);
    if (found == metric.dimensions.end() || wanted.empty()) return;
    fit = found->second == wanted ? fit + 1 : fit - 100;
  };
  compare("ClusterName", c.cluster_name);
  compare("ServiceName", c.service_name);
  compare("TaskDefinitionFamily", c.task_family);
  return fit;
}

Points course_until(const facts::Metric& metric, std::optional<Timestamp> until, double limit) {
  Points points;
  for (const auto& [time, raw] : metric.points) {
    if (until && time > *until + kLastPointAfter) break;
    const double value = in_gib(metric, raw);
    if (!points.empty() && points.back().second - value > limit / 3) points.clear();
    points.emplace_back(time, value);
  }
  return points;
}

double median_of(const Points& points) {
  std::vector<double> values;
  for (const auto& point : points) values.push_back(point.second);
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2),
                   values.end());
  return values[values.size() / 2];
}

// The largest rise within ten minutes, or between two points that lie further apart than that.
double steepest_rise(const Points& points) {
  double steepest = 0;
  for (std::size_t i = 0; i < points.size(); ++i) {
    for (std::size_t j = i + 1; j < points.size(); ++j) {
      if (j > i + 1 && points[j].first - points[i].first > kSudden) break;
      steepest = std::max(steepest, points[j].second - points[i].second);
    }
  }
  return steepest;
}

}  // namespace

const facts::Metric* metric_of(const Case& c, std::string_view name) {
  if (c.place == nullptr) return nullptr;
  const facts::Metric* best = nullptr;
  int best_fit = -1;
  for (const facts::Metric& metric : c.place->metrics) {
    if (metric.name != name || metric.points.empty()) continue;
    const int fit = fit_of(metric, c);
    if (fit <= best_fit) continue;
    best = &metric;
    best_fit = fit;
  }
  return best;
}

double in_gib(const facts::Metric& metric, double value) {
  if (metric.unit == "Bytes" || value > 1e6) return value / (1024.0 * 1024 * 1024);
  if (metric.unit == "Megabytes") return value / 1024;
  return value;
}

Curve curve_of(const facts::Metric& metric, double limit, std::optional<Timestamp> until) {
  const Points points = course_until(metric, until, limit);
  Curve curve;
  if (points.size() < 3 || limit <= 0) return curve;
  curve.first = points.front().second;
  curve.span = points.back().first - points.front().first;
  for (const auto& point : points) curve.peak = std::max(curve.peak, point.second);

  const double rise = curve.peak - curve.first;
  const double steepest = steepest_rise(points);
  // Few points have large steps, however steady the climb.
  const double even_step = std::max(.35, 1.3 / static_cast<double>(points.size() - 1));
  if (rise >= .2 * limit && steepest >= .6 * rise) {
    curve.shape = Shape::sudden;
  } else if (rise >= .2 * limit && curve.span >= kLong && steepest <= even_step * rise) {
    curve.shape = Shape::slow;
  } else if (curve.span >= kLong && median_of(points) >= .75 * limit) {
    curve.shape = Shape::high_for_long;
  } else if (curve.first >= .5 * limit) {
    curve.shape = Shape::high_from_start;
  }
  return curve;
}

std::vector<const facts::LogTail*> log_tails_of(const Case& c) {
  std::vector<const facts::LogTail*> tails;
  if (c.place == nullptr || c.place->logs.empty()) return tails;
  std::size_t looked_at = 0;
  for (auto stop = c.stops.rbegin(); stop != c.stops.rend() && looked_at < kTasksWithLogs; ++stop) {
    if (stop->task == nullptr) continue;
    ++looked_at;
    const std::string_view id = core::short_name(stop->task->arn);
    for (const facts::LogTail& tail : c.place->logs) {
      if (!id.empty() && core::contains(tail.stream, id)) tails.push_back(&tail);
    }
  }
  return tails;
}

}  // namespace doctor::diagnose
