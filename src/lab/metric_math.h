// Metric data by periods, and metric math: + - * / ( ), numbers, ids, SERVICE_QUOTA(id), FILL(id, number),
// SUM([ids]), MAX([ids]), MIN([ids]), AVG([ids]) ("Use metric math", Amazon CloudWatch User Guide).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "lab/observability.h"

namespace doctor::lab {

using Points = std::map<core::Timestamp, double>;

struct Series {
  std::string id, label;
  bool returned = true;
  Points points;
};

// Data of [from, to), each period's under the time it begins at.
std::map<core::Timestamp, Datum> buckets_of(const std::vector<Datum>& data, core::Timestamp from,
                                            core::Timestamp to, std::chrono::seconds period);
// "Average", "Sum", "Minimum", "Maximum", "SampleCount".
double statistic_of(const Datum& bucket, const std::string& name);

// MetricDataQueries, in their order. Error: ValidationError.
tl::expected<std::vector<Series>, ApiError> evaluate_metrics(const World& world, const std::string& region,
                                                             const json& queries, core::Timestamp from,
                                                             core::Timestamp to);

}  // namespace doctor::lab
