// Curves and log tails around a case: which series is this service's, and what its course looks like.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "diagnose/observe.h"
#include "facts/facts.h"

namespace doctor::diagnose {

// The series of this name that belongs to the case's cluster and service (or task family); the one that names
// more of them first. Null where none is known.
const facts::Metric* metric_of(const Case& c, std::string_view name);

// A value of a storage metric in GB, whatever unit it came in.
double in_gib(const facts::Metric& metric, double value);

enum class Shape {
  unclear,
  slow,             // a steady climb of hours
  sudden,           // most of the rise within ten minutes
  high_for_long,    // three quarters of the limit or more, for hours
  high_from_start,  // half of the limit or more at the first point
};

struct Curve {
  Shape shape = Shape::unclear;
  double first = 0, peak = 0;
  core::Duration span{0};
};

// The course up to `until` (and a little after, for the point that holds the stop), after the last time that
// the value fell by a third of the limit: there another task began. Three points are the least.
Curve curve_of(const facts::Metric& metric, double limit, std::optional<Timestamp> until);

// The log tails of the case's newest stopped tasks (at most three tasks): their stream names end in the
// task's id.
std::vector<const facts::LogTail*> log_tails_of(const Case& c);

}  // namespace doctor::diagnose
