#include <algorithm>

#include "lab/metric_math.h"
#include "lab/world.h"

namespace doctor::lab {
namespace {

using core::Timestamp;
using std::chrono::seconds;

std::map<std::string, std::string> dimensions_of(const json& object) {
  std::map<std::string, std::string> dimensions;
  for (const auto& one : list_of(object, "Dimensions"))
    dimensions[text_of(one, "Name")] = text_of(one, "Value");
  return dimensions;
}

json dimensions_shown(const std::map<std::string, std::string>& dimensions) {
  json shown = json::array();
  for (const auto& [name, value] : dimensions) shown.push_back({{"Name", name}, {"Value", value}});
  return shown;
}

MetricKey key_of(const json& metric) {
  return {text_of(metric, "Namespace"), text_of(metric, "MetricName"), dimensions_of(metric)};
}

void insert_datum(std::vector<Datum>& data, const Datum& datum) {
  const auto place = std::upper_bound(data.begin(), data.end(), datum.time,
                                      [](Timestamp time, const Datum& one) { return time < one.time; });
  data.insert(place, datum);
}

Reply put_metric_data(World& world, const CallContext& call, const json& input) {
  const std::string name_space = text_of(input, "Namespace");
  if (name_space.empty()) return api_error("MissingParameter", "The parameter Namespace is required.");
  if (name_space.rfind("AWS/", 0) == 0) {
    return api_error("InvalidParameterValue",
                     "The value AWS/ for parameter Namespace is invalid: it is reserved for AWS");
  }
  for (const auto& one : list_of(input, "MetricData")) {
    Datum datum;
    datum.time = time_of(one, "Timestamp", world.clock.now());
    datum.unit = text_of(one, "Unit", "None");
    const auto number = [](const json& object, const char* key, double fallback) {
      const json& value = member_of(object, key);
      return value.is_number() ? value.get<double>() : fallback;
    };
    if (const json& set = member_of(one, "StatisticValues"); set.is_object()) {
      datum.sum = number(set, "Sum", 0);
      datum.minimum = number(set, "Minimum", 0);
      datum.maximum = number(set, "Maximum", 0);
      datum.count = number(set, "SampleCount", 1);
    } else {
      datum.sum = datum.minimum = datum.maximum = number(one, "Value", 0);
    }
    auto& data =
        world.cloudwatch[call.region].metrics[{name_space, text_of(one, "MetricName"), dimensions_of(one)}];
    const json &values = list_of(one, "Values"), &counts = list_of(one, "Counts");
    if (values.empty()) insert_datum(data, datum);
    for (std::size_t i = 0; i < values.size(); ++i) {
      Datum each = datum;
      each.count = i < counts.size() ? counts[i].get<double>() : 1;
      each.minimum = each.maximum = values[i].get<double>();
      each.sum = each.minimum * each.count;
      insert_datum(data, each);
    }
  }
  return json::object();
}

Reply list_metrics(World& world, const CallContext& call, const json& input) {
  const std::string name_space = text_of(input, "Namespace"), name = text_of(input, "MetricName");
  json metrics = json::array();
  for (const auto& [key, data] : world.cloudwatch[call.region].metrics) {
    if ((!name_space.empty() && key.name_space != name_space) || (!name.empty() && key.name != name))
      continue;
    bool matches = true;
    for (const auto& filter : list_of(input, "Dimensions")) {
      const auto found = key.dimensions.find(text_of(filter, "Name"));
      matches = matches && found != key.dimensions.end() &&
                (!filter.contains("Value") || found->second == text_of(filter, "Value"));
    }
    if (matches)
      metrics.push_back({{"Namespace", key.name_space},
                         {"MetricName", key.name},
                         {"Dimensions", dimensions_shown(key.dimensions)}});
  }
  return page_of(metrics, input,
                 {.result_key = "Metrics",
                  .input_token = "NextToken",
                  .output_token = "NextToken",
                  .limit_key = "MaxResults",
                  .default_limit = 500,
                  .most = 500,
                  .bad_token = "InvalidParameterValue"});
}

bool known_statistic(const std::string& name) {
  static const char* const names[] = {"SampleCount", "Average", "Sum", "Minimum", "Maximum"};
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

Reply get_metric_statistics(World& world, const CallContext& call, const json& input) {
  const auto period = integer_of(input, "Period", 60);
  if (period <= 0 || (period % 60 != 0 && period != 1 && period != 5 && period != 10 && period != 30)) {
    return api_error("InvalidParameterValue", "The parameter Period must be a multiple of 60.");
  }
  const auto from = time_of(input, "StartTime", {}), to = time_of(input, "EndTime", {});
  if (from >= to)
    return api_error("InvalidParameterValue",
                     "The parameter StartTime must be less than the parameter EndTime.");
  if ((to - from) / seconds(period) > 1440) {
    return api_error(
        "InvalidParameterCombination",
        "You have requested up to " + std::to_string((to - from) / seconds(period)) +
            " datapoints, which exceeds the limit of 1,440. You may reduce the datapoints requested by "
            "increasing Period, or decreasing the time range.");
  }
  const auto statistics = strings_of(input, "Statistics");
  if (statistics.empty())
    return api_error("MissingParameter",
                     "At least one of the parameters Statistics and ExtendedStatistics must be specified.");
  for (const auto& name : statistics) {
    if (!known_statistic(name)) return api_error("InvalidParameterValue", "Unknown statistic " + name);
  }
  json points = json::array();
  const auto& metrics = world.cloudwatch[call.region].metrics;
  if (const auto data = metrics.find(key_of(input)); data != metrics.end()) {
    for (const auto& [time, bucket] : buckets_of(data->second, from, to, seconds(period))) {
      json point{{"Timestamp", epoch(time)}, {"Unit", bucket.unit}};
      for (const auto& name : statistics) point[name] = statistic_of(bucket, name);
      points.push_back(std::move(point));
    }
  }
  return json{{"Label", text_of(input, "MetricName")}, {"Datapoints", points}};
}

Reply get_metric_data(World& world, const CallContext& call, const json& input) {
  const auto from = time_of(input, "StartTime", {}), to = time_of(input, "EndTime", {});
  if (from >= to)
    return api_error("ValidationError", "The parameter EndTime must be greater than StartTime.");
  auto computed = evaluate_metrics(world, call.region, list_of(input, "MetricDataQueries"), from, to);
  if (!computed) return tl::unexpected(computed.error());
  json results = json::array();
  for (const auto& series : *computed) {
    if (!series.returned) continue;
    json times = json::array(), values = json::array();
    for (const auto& [time, value] : series.points) {
      times.push_back(epoch(time));
      values.push_back(value);
    }
    if (text_of(input, "ScanBy", "TimestampDescending") == "TimestampDescending") {
      std::reverse(times.begin(), times.end());
      std::reverse(values.begin(), values.end());
    }
    results.push_back({{"Id", series.id},
                       {"Label", series.label},
                       {"Timestamps", times},
                       {"Values", values},
                       {"StatusCode", "Complete"}});
  }
  auto page = page_of(results, input,
                      {.result_key = "MetricDataResults",
                       .input_token = "NextToken",
                       .output_token = "NextToken",
                       .limit_key = "",
                       .default_limit = 500,
                       .most = 500,
                       .bad_token = "InvalidNextToken"});
  if (page) (*page)["Messages"] = json::array();
  return page;
}

Reply put_metric_alarm(World& world, const CallContext& call, const json& input) {
  const std::string name = text_of(input, "AlarmName");
  for (const char* field : {"AlarmName", "EvaluationPeriods", "ComparisonOperator"}) {
    if (!input.contains(field))
      return api_error("MissingParameter", std::string("The parameter ") + field + " is required.");
  }
  const bool math = !list_of(input, "Metrics").empty();
  if (!math && (!input.contains("MetricName") || !input.contains("Period"))) {
    return api_error("ValidationError",
                     "MetricName, Period and Statistic are required where Metrics is not given.");
  }
  json alarm = input;
  alarm.erase("Tags");
  const double now = epoch(world.clock.now());
  alarm.update({{"AlarmArn", world.arn("cloudwatch", call.region, "alarm:" + name)},
                {"AlarmConfigurationUpdatedTimestamp", now},
                {"ActionsEnabled", boolean_of(input, "ActionsEnabled", true)}});
  auto& alarms = world.cloudwatch[call.region].alarms;
  if (const auto before = alarms.find(name); before != alarms.end()) {
    for (const char* field : {"StateValue", "StateReason", "StateUpdatedTimestamp"})
      alarm[field] = before->second[field];
  } else {
    alarm.update({{"StateValue", "INSUFFICIENT_DATA"},
                  {"StateReason", "Unchecked: Initial alarm creation"},
                  {"StateUpdatedTimestamp", now}});
  }
  for (const char* list : {"OKActions", "AlarmActions", "InsufficientDataActions", "Dimensions"}) {
    if (!alarm.contains(list)) alarm[list] = json::array();
  }
  alarms[name] = std::move(alarm);
  return json::object();
}

bool compares(const std::string& comparison, double value, double threshold) {
  if (comparison == "GreaterThanOrEqualToThreshold") return value >= threshold;
  if (comparison == "GreaterThanThreshold") return value > threshold;
  if (comparison == "LessThanThreshold") return value < threshold;
  return comparison == "LessThanOrEqualToThreshold" && value <= threshold;
}

// An alarm's state is worked out when somebody looks: over the last EvaluationPeriods whole periods.
void evaluate(World& world, const std::string& region, json& alarm) {
  json queries = list_of(alarm, "Metrics");
  auto period = integer_of(alarm, "Period", 0);
  if (queries.empty()) {
    queries = json::array({{{"Id", "m1"},
                            {"MetricStat",
                             {{"Metric",
                               {{"Namespace", text_of(alarm, "Namespace")},
                                {"MetricName", text_of(alarm, "MetricName")},
                                {"Dimensions", list_of(alarm, "Dimensions")}}},
                              {"Period", period},
                              {"Stat", text_of(alarm, "Statistic", "Average")}}}}});
  }
  for (const auto& query : queries)
    period = std::max(period,
                      integer_of(member_of(query, "MetricStat"), "Period", integer_of(query, "Period", 0)));
  period = std::max(60LL, period);
  const auto periods = integer_of(alarm, "EvaluationPeriods", 1),
             needed = integer_of(alarm, "DatapointsToAlarm", periods);
  const auto to =
      core::Timestamp(std::chrono::floor<std::chrono::seconds>(world.clock.now()).time_since_epoch() /
                      seconds(period) * seconds(period));
  const auto computed = evaluate_metrics(world, region, queries, to - seconds(period * periods), to);
  const json& threshold = member_of(alarm, "Threshold");
  long long seen = 0, breaching = 0;
  double last = 0;
  if (computed) {
    for (const auto& series : *computed) {
      if (!series.returned) continue;
      for (const auto& [time, value] : series.points) {
        ++seen;
        last = value;
        breaching += compares(text_of(alarm, "ComparisonOperator"), value,
                              threshold.is_number() ? threshold.get<double>() : 0)
                         ? 1
                         : 0;
      }
    }
  }
  const long long absent = periods - seen;
  const std::string treat = text_of(alarm, "TreatMissingData", "missing");
  if (treat == "breaching") breaching += absent;
  std::string state = breaching >= needed ? "ALARM" : "OK";
  if (seen == 0 && treat == "missing") state = "INSUFFICIENT_DATA";
  if (seen == 0 && treat == "ignore") state = text_of(alarm, "StateValue");
  if (state == text_of(alarm, "StateValue")) return;
  const auto compact = [](double value) { return json(value).dump(); };
  alarm["StateReason"] = seen == 0
                             ? "Insufficient Data: " + std::to_string(absent) + " datapoints were unknown."
                             : "Threshold Crossed: " + std::to_string(breaching) + " of the last " +
                                   std::to_string(periods) + " datapoints [" + compact(last) +
                                   "] was compared with the threshold (" + threshold.dump() + ").";
  alarm["StateUpdatedTimestamp"] = epoch(world.clock.now());
  alarm["StateValue"] = state;
}

Reply describe_alarms(World& world, const CallContext& call, const json& input) {
  const auto names = strings_of(input, "AlarmNames");
  const std::string prefix = text_of(input, "AlarmNamePrefix"), state = text_of(input, "StateValue");
  if (!names.empty() && !prefix.empty()) {
    return api_error("ValidationError",
                     "The parameters AlarmNames and AlarmNamePrefix cannot be used together.");
  }
  json alarms = json::array();
  for (auto& [name, alarm] : world.cloudwatch[call.region].alarms) {
    if (name.rfind(prefix, 0) != 0 ||
        (!names.empty() && std::find(names.begin(), names.end(), name) == names.end()))
      continue;
    evaluate(world, call.region, alarm);
    if (state.empty() || text_of(alarm, "StateValue") == state) alarms.push_back(alarm);
  }
  auto page = page_of(alarms, input,
                      {.result_key = "MetricAlarms",
                       .input_token = "NextToken",
                       .output_token = "NextToken",
                       .limit_key = "MaxRecords",
                       .default_limit = 50,
                       .most = 100,
                       .bad_token = "InvalidNextToken",
                       .bad_limit = "ValidationError"});
  if (page) (*page)["CompositeAlarms"] = json::array();
  return page;
}

Reply delete_alarms(World& world, const CallContext& call, const json& input) {
  auto& alarms = world.cloudwatch[call.region].alarms;
  for (const auto& name : strings_of(input, "AlarmNames")) {
    if (!alarms.contains(name))
      return api_error("ResourceNotFound", "Alarm " + name + " does not exist", 404);
  }
  for (const auto& name : strings_of(input, "AlarmNames")) alarms.erase(name);
  return json::object();
}

}  // namespace

void put_metric(World& world, const std::string& region, const MetricKey& key, double value,
                const std::string& unit) {
  insert_datum(world.cloudwatch[region].metrics[key], {world.clock.now(), value, value, value, 1, unit});
}

void add_cloudwatch_operations(Registry& registry) {
  registry.add("cloudwatch", "PutMetricData", put_metric_data);
  registry.add("cloudwatch", "ListMetrics", list_metrics);
  registry.add("cloudwatch", "GetMetricStatistics", get_metric_statistics);
  registry.add("cloudwatch", "GetMetricData", get_metric_data);
  registry.add("cloudwatch", "PutMetricAlarm", put_metric_alarm);
  registry.add("cloudwatch", "DescribeAlarms", describe_alarms);
  registry.add("cloudwatch", "DeleteAlarms", delete_alarms);
}

}  // namespace doctor::lab
