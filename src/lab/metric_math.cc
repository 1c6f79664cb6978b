#include "lab/metric_math.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <functional>
#include <optional>
#include <set>

#include "lab/world.h"

namespace doctor::lab {
namespace {

// A value of an expression: a number, or a series.
struct Value {
  bool scalar = true;
  double number = 0;
  Points points;
  const MetricKey* metric = nullptr;  // a plain metric, for SERVICE_QUOTA
};

template <class Operation>
Value combined(const Value& one, const Value& other, Operation operation) {
  Value result;
  result.scalar = one.scalar && other.scalar;
  if (result.scalar) {
    result.number = operation(one.number, other.number);
  } else if (one.scalar || other.scalar) {
    for (const auto& [time, value] : one.scalar ? other.points : one.points) {
      result.points[time] = one.scalar ? operation(one.number, value) : operation(value, other.number);
    }
  } else {  // where both have a value
    for (const auto& [time, value] : one.points) {
      const auto there = other.points.find(time);
      if (there != other.points.end()) result.points[time] = operation(value, there->second);
    }
  }
  return result;
}

class Expression {
 public:
  using Lookup = std::function<const Value*(const std::string&)>;
  using QuotaOf = std::function<std::optional<double>(const MetricKey&)>;

  Expression(std::string_view text, Lookup lookup, QuotaOf quota, std::vector<core::Timestamp> times)
      : text_(text), lookup_(std::move(lookup)), quota_(std::move(quota)), times_(std::move(times)) {}

  tl::expected<Value, ApiError> value() {
    Value result = sum();
    skip();
    if (problem_.empty() && at_ != text_.size()) problem_ = "unexpected text at " + std::to_string(at_);
    if (!problem_.empty())
      return api_error("ValidationError", "Error in expression '" + std::string(text_) + "': " + problem_);
    return result;
  }

 private:
  Value sum() {
    Value result = product();
    while (problem_.empty()) {
      if (take('+'))
        result = combined(result, product(), [](double a, double b) { return a + b; });
      else if (take('-'))
        result = combined(result, product(), [](double a, double b) { return a - b; });
      else
        break;
    }
    return result;
  }
  Value product() {
    Value result = factor();
    while (problem_.empty()) {
      if (take('*'))
        result = combined(result, factor(), [](double a, double b) { return a * b; });
      else if (take('/'))
        result = combined(result, factor(), [](double a, double b) { return b == 0 ? 0 : a / b; });
      else
        break;
    }
    return result;
  }
  Value factor() {
    if (++depth_ > 50) problem_ = "too deep";
    Value result = problem_.empty() ? factor_here() : Value{};
    --depth_;
    return result;
  }
  Value factor_here() {
    if (take('-')) return combined(Value{}, factor(), [](double a, double b) { return a - b; });
    if (take('(')) {
      Value inner = sum();
      expect(')');
      return inner;
    }
    skip();
    if (at_ < text_.size() && (std::isdigit(static_cast<unsigned char>(text_[at_])) || text_[at_] == '.')) {
      const std::string rest(text_.substr(at_));
      char* end = nullptr;
      Value number;
      number.number = std::strtod(rest.c_str(), &end);
      at_ += static_cast<std::size_t>(end - rest.c_str());
      return number;
    }
    const std::string name = word();
    if (name.empty()) {
      problem_ = "a value is missing";
      return {};
    }
    if (take('(')) return function(name);
    const Value* known = lookup_(name);
    if (known == nullptr) problem_ = "unknown id " + name;
    return known == nullptr ? Value{} : *known;
  }
  Value function(const std::string& name) {
    std::vector<Value> arguments;
    const bool list = take('[');
    do {
      arguments.push_back(sum());
    } while (problem_.empty() && take(','));
    if (list) expect(']');
    expect(')');
    if (!problem_.empty()) return {};
    if (name == "SERVICE_QUOTA") return quota(arguments[0]);
    if (name == "FILL" && arguments.size() == 2 && arguments[1].scalar) {
      for (const auto time : times_) arguments[0].points.try_emplace(time, arguments[1].number);
      return arguments[0];
    }
    if (name == "SUM") return folded(arguments, [](double a, double b) { return a + b; });
    if (name == "MAX") return folded(arguments, [](double a, double b) { return std::max(a, b); });
    if (name == "MIN") return folded(arguments, [](double a, double b) { return std::min(a, b); });
    if (name == "AVG") {
      Value count;
      count.number = static_cast<double>(arguments.size());
      return combined(folded(arguments, [](double a, double b) { return a + b; }), count,
                      [](double a, double b) { return a / b; });
    }
    problem_ = "unknown function " + name;
    return {};
  }
  template <class Operation>
  Value folded(const std::vector<Value>& values, Operation operation) {
    Value result = values[0];
    for (std::size_t i = 1; i < values.size(); ++i) result = combined(result, values[i], operation);
    return result;
  }
  Value quota(const Value& argument) {
    const auto limit = argument.metric == nullptr ? std::nullopt : quota_(*argument.metric);
    if (!limit) {
      problem_ = "SERVICE_QUOTA needs a usage metric that has a quota";
      return {};
    }
    Value result;
    result.scalar = false;
    for (const auto& [time, value] : argument.points) result.points[time] = *limit;
    return result;
  }
  std::string word() {
    skip();
    const auto start = at_;
    while (at_ < text_.size() && (std::isalnum(static_cast<unsigned char>(text_[at_])) || text_[at_] == '_'))
      ++at_;
    return std::string(text_.substr(start, at_ - start));
  }
  void skip() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_]))) ++at_;
  }
  bool take(char wanted) {
    skip();
    if (at_ >= text_.size() || text_[at_] != wanted) return false;
    ++at_;
    return true;
  }
  void expect(char wanted) {
    if (problem_.empty() && !take(wanted)) problem_ = std::string("'") + wanted + "' is missing";
  }

  std::string_view text_;
  Lookup lookup_;
  QuotaOf quota_;
  std::vector<core::Timestamp> times_;
  std::size_t at_ = 0;
  int depth_ = 0;
  std::string problem_;
};

std::optional<double> quota_for(const World& world, const std::string& region, const MetricKey& key) {
  const auto quotas = world.quotas.find(region);
  if (quotas == world.quotas.end() || key.name_space != "AWS/Usage") return std::nullopt;
  for (const auto& [id, quota] : quotas->second.quotas) {
    const json& dimensions = member_of(quota.usage_metric, "MetricDimensions");
    if (dimensions.is_object() && dimensions == json(key.dimensions)) return quota.value;
  }
  return std::nullopt;
}

struct Evaluator {
  const World& world;
  const std::string& region;
  const json& queries;
  core::Timestamp from, to;
  std::map<std::string, Value> values{};
  std::map<std::string, MetricKey> keys{};
  std::set<std::string> in_work{};  // an expression that names itself must not loop
  ApiError problem{};

  std::vector<core::Timestamp> all_times(std::chrono::seconds period) const {
    std::vector<core::Timestamp> times;
    for (auto time = core::Timestamp(from.time_since_epoch() / period * period); time < to; time += period)
      times.push_back(time);
    return times;
  }
  const Value* find(const std::string& id) {
    if (const auto known = values.find(id); known != values.end()) return &known->second;
    for (const auto& query : queries) {
      if (text_of(query, "Id") == id) return compute(id, query);
    }
    return nullptr;
  }
  const Value* compute(const std::string& id, const json& query) {
    if (!in_work.insert(id).second) return nullptr;
    const json& stat = member_of(query, "MetricStat");
    if (stat.is_object()) {
      const json& metric = member_of(stat, "Metric");
      MetricKey key{text_of(metric, "Namespace"), text_of(metric, "MetricName"), {}};
      for (const auto& one : list_of(metric, "Dimensions"))
        key.dimensions[text_of(one, "Name")] = text_of(one, "Value");
      Value value;
      value.scalar = false;
      const auto there = world.cloudwatch.find(region);
      const auto period = std::chrono::seconds(std::max(1LL, integer_of(stat, "Period", 60)));
      if (there != world.cloudwatch.end()) {
        if (const auto data = there->second.metrics.find(key); data != there->second.metrics.end()) {
          for (const auto& [time, bucket] : buckets_of(data->second, from, to, period)) {
            value.points[time] = statistic_of(bucket, text_of(stat, "Stat", "Average"));
          }
        }
      }
      value.metric = &(keys[id] = std::move(key));
      return &(values[id] = std::move(value));
    }
    const std::string text = text_of(query, "Expression");
    auto result = Expression(
                      text, [this](const std::string& name) { return find(name); },
                      [this](const MetricKey& key) { return quota_for(world, region, key); },
                      all_times(std::chrono::seconds(std::max(60LL, integer_of(query, "Period", 60)))))
                      .value();
    if (!result) {
      problem = result.error();
      return nullptr;
    }
    result->metric = nullptr;
    return &(values[id] = std::move(*result));
  }
};

}  // namespace

std::map<core::Timestamp, Datum> buckets_of(const std::vector<Datum>& data, core::Timestamp from,
                                            core::Timestamp to, std::chrono::seconds period) {
  std::map<core::Timestamp, Datum> buckets;
  const auto first = std::lower_bound(data.begin(), data.end(), from,
                                      [](const Datum& one, core::Timestamp time) { return one.time < time; });
  for (auto it = first; it != data.end() && it->time < to; ++it) {
    const core::Timestamp start{it->time.time_since_epoch() / period * period};
    const auto [place, made] = buckets.try_emplace(start, *it);
    if (made) continue;
    Datum& bucket = place->second;
    bucket.sum += it->sum;
    bucket.count += it->count;
    bucket.minimum = std::min(bucket.minimum, it->minimum);
    bucket.maximum = std::max(bucket.maximum, it->maximum);
  }
  return buckets;
}

double statistic_of(const Datum& bucket, const std::string& name) {
  if (name == "Sum") return bucket.sum;
  if (name == "Minimum") return bucket.minimum;
  if (name == "Maximum") return bucket.maximum;
  if (name == "SampleCount") return bucket.count;
  return bucket.count == 0 ? 0 : bucket.sum / bucket.count;
}

tl::expected<std::vector<Series>, ApiError> evaluate_metrics(const World& world, const std::string& region,
                                                             const json& queries, core::Timestamp from,
                                                             core::Timestamp to) {
  Evaluator evaluator{.world = world, .region = region, .queries = queries, .from = from, .to = to};
  std::vector<Series> all;
  std::set<std::string> ids;
  for (const auto& query : queries) {
    Series series;
    series.id = text_of(query, "Id");
    if (series.id.empty() || !ids.insert(series.id).second) {
      return api_error("ValidationError",
                       "The values of Id in MetricDataQueries must be present and unique.");
    }
    const json& stat = member_of(query, "MetricStat");
    if (!stat.is_object() && !query.contains("Expression")) {
      return api_error("ValidationError",
                       "MetricDataQuery " + series.id + " must have either MetricStat or Expression.");
    }
    series.label =
        text_of(query, "Label",
                stat.is_object() ? text_of(member_of(stat, "Metric"), "MetricName") : text_of(query, "Id"));
    series.returned = boolean_of(query, "ReturnData", true);
    const Value* value = evaluator.find(series.id);
    if (value == nullptr) {
      return tl::unexpected(
          evaluator.problem.code.empty()
              ? ApiError{"ValidationError", "The expression of " + series.id + " depends on itself.", 400}
              : evaluator.problem);
    }
    series.points = value->points;
    all.push_back(std::move(series));
  }
  return all;
}

}  // namespace doctor::lab
