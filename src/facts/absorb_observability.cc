// AWS Health, Service Quotas, CloudWatch, CloudWatch Logs and Config: what watches and limits the account.
#include <algorithm>
#include <array>

#include "core/arn.h"
#include "facts/reading.h"
#include "facts/redact.h"
#include "facts/subject.h"

namespace doctor::facts {
namespace {

// --- AWS Health -------------------------------------------------------------------------------------------

HealthEvent health_event_of(Reading& in, const Json& item) {
  HealthEvent h;
  h.arn = text_at(item, "arn");
  h.service = text_at(item, "service");
  h.event_type_code = text_at(item, "eventTypeCode");
  h.category = text_at(item, "eventTypeCategory");
  h.region = text_at(item, "region");
  h.availability_zone = text_at(item, "availabilityZone");
  h.status = text_at(item, "statusCode");
  h.start = in.time(item["startTime"]);
  h.end = in.time(item["endTime"]);
  h.last_updated = in.time(item["lastUpdatedTime"]);
  h.origin = in.origin;
  return h;
}

void health_events(Reading& in, const Json& document) {
  for (const Json& item : in.objects(document, "events")) merge_health(in.place, health_event_of(in, item));
}

void health_details(Reading& in, const Json& document) {
  for (const Json& item : in.objects(document, "successfulSet")) {
    HealthEvent h = health_event_of(in, item["event"]);
    h.description = text_at(item["eventDescription"], "latestDescription");
    merge_health(in.place, std::move(h));
  }
}

void health_entities(Reading& in, const Json& document) {
  for (const Json& item : in.objects(document, "entities")) {
    HealthEvent h;
    h.arn = in.identity(item, "entities", "eventArn");
    h.entities.push_back(text_at(item, "entityValue"));
    in.time(item["lastUpdatedTime"]);
    h.origin = in.origin;
    merge_health(in.place, std::move(h));
  }
}

// --- Service Quotas ---------------------------------------------------------------------------------------

void read_quota(Reading& in, const Json& item, bool is_default) {
  ServiceQuota q;
  q.service = text_at(item, "ServiceCode");
  q.code = in.identity(item, "Quota", "QuotaCode");
  q.name = text_at(item, "QuotaName");
  q.value = item["Value"].number_or(0);
  q.adjustable = flag_at(item, "Adjustable");
  const Json metric = item["UsageMetric"];
  q.usage_metric = text_at(metric, "MetricName");
  for (const auto& [name, value] : metric["MetricDimensions"].members())
    q.usage_dimensions[std::string(name)] = value.string_or();
  for (ServiceQuota& known : in.place.quotas) {
    if (known.service != q.service || known.code != q.code) continue;
    if (!is_default) {
      q.usage = known.usage;
      known = std::move(q);
    }
    return;
  }
  in.place.quotas.push_back(std::move(q));
}

void quotas(Reading& in, const Json& document) {
  const bool is_default = in.name.operation == "list-aws-default-service-quotas";
  for (const Json& item : in.objects(document, "Quotas")) read_quota(in, item, is_default);
  link_quota_usage(in.place);
}

void one_quota(Reading& in, const Json& document) {
  if (!document["Quota"].is_object()) return;
  read_quota(in, document["Quota"], in.name.operation == "get-aws-default-service-quota");
  link_quota_usage(in.place);
}

void quota_requests(Reading& in, const Json& document) {
  for (const Json& item : in.objects(document, "RequestedQuotas")) {
    QuotaRequest r;
    r.id = text_at(item, "Id");
    r.service = text_at(item, "ServiceCode");
    r.code = in.identity(item, "RequestedQuotas", "QuotaCode");
    r.status = text_at(item, "Status");
    r.case_id = text_at(item, "CaseId");
    r.desired_value = item["DesiredValue"].number_or(0);
    r.created = in.time(item["Created"]);
    in.time(item["LastUpdated"]);
    const bool known =
        !r.id.empty() && std::any_of(in.place.quota_requests.begin(), in.place.quota_requests.end(),
                                     [&](const QuotaRequest& k) { return k.id == r.id; });
    if (!known) in.place.quota_requests.push_back(std::move(r));
  }
}

// --- CloudWatch -------------------------------------------------------------------------------------------

// The namespaces of the metrics that a diagnosis looks at, for answers that only carry the metric's name.
struct KnownMetric {
  std::string_view name, name_space;
};
constexpr std::array<KnownMetric, 9> kKnownMetrics{{
    {"EphemeralStorageUtilized", "ECS/ContainerInsights"},
    {"EphemeralStorageReserved", "ECS/ContainerInsights"},
    {"MemoryUtilized", "ECS/ContainerInsights"},
    {"MemoryReserved", "ECS/ContainerInsights"},
    {"RunningTaskCount", "ECS/ContainerInsights"},
    {"ResourceCount", "AWS/Usage"},
    {"CallCount", "AWS/Usage"},
    {"CPUUtilization", "AWS/ECS"},
    {"MemoryUtilization", "AWS/ECS"},
}};

// A label says everything where its writer let it: "AWS/Usage ResourceCount Class=Standard/Spot
// Service=Fargate". Else it is the metric's name, and the subject of the file is the cluster or service.
void read_label(Metric& metric, std::string_view label, std::string_view subject) {
  metric.label = label;
  std::vector<std::string_view> words;
  for (std::size_t at = 0; at < label.size();) {
    const auto end = std::min(label.find(' ', at), label.size());
    if (end > at) words.push_back(label.substr(at, end - at));
    at = end + 1;
  }
  std::size_t next = 0;
  if (next < words.size() && words[next].find('/') != std::string_view::npos &&
      words[next].find('=') == std::string_view::npos)
    metric.name_space = words[next++];
  if (next < words.size()) metric.name = words[next++];
  for (; next < words.size(); ++next) {
    const auto equals = words[next].find('=');
    if (equals != std::string_view::npos)
      metric.dimensions[std::string(words[next].substr(0, equals))] = words[next].substr(equals + 1);
  }
  for (const KnownMetric& known : kKnownMetrics) {
    if (metric.name_space.empty() && metric.name == known.name) metric.name_space = known.name_space;
  }
  if (metric.dimensions.empty() && !is_anonymous(subject)) metric.dimensions["Subject"] = subject;
}

void add_metric(Place& place, Metric metric) {
  for (Metric& known : place.metrics) {
    if (known.label != metric.label || known.dimensions != metric.dimensions || known.name != metric.name)
      continue;
    known.points.insert(known.points.end(), metric.points.begin(), metric.points.end());
    std::sort(known.points.begin(), known.points.end());
    known.points.erase(std::unique(known.points.begin(), known.points.end()), known.points.end());
    return;
  }
  std::sort(metric.points.begin(), metric.points.end());
  place.metrics.push_back(std::move(metric));
}

void metric_data(Reading& in, const Json& document) {
  for (const Json& item : in.objects(document, "MetricDataResults")) {
    Metric m;
    const std::string label = text_at(item, "Label");
    read_label(m, label.empty() ? text_at(item, "Id") : label, in.name.subject);
    const auto times = item["Timestamps"].items();
    const auto values = item["Values"].items();
    for (std::size_t i = 0; i < std::min(times.size(), values.size()); ++i) {
      if (const auto when = in.time(times[i])) m.points.emplace_back(*when, values[i].number_or(0));
    }
    add_metric(in.place, std::move(m));
  }
  link_quota_usage(in.place);
}

void metric_statistics(Reading& in, const Json& document) {
  Metric m;
  read_label(m, document["Label"].string_or(), in.name.subject);
  for (const Json& item : in.objects(document, "Datapoints")) {
    m.unit = text_at(item, "Unit");
    const auto when = in.time(item["Timestamp"]);
    for (const auto key : {"Maximum", "Average", "Sum", "Minimum", "SampleCount"}) {
      if (!when || !item[key].is_number()) continue;
      m.points.emplace_back(*when, item[key].number_or(0));
      break;
    }
  }
  add_metric(in.place, std::move(m));
  link_quota_usage(in.place);
}

std::map<std::string, std::string> dimensions_of(const Json& parent) {
  std::map<std::string, std::string> out;
  for (auto& [name, value] : pairs_at(parent, "Dimensions", "Name", "Value")) out[name] = std::move(value);
  return out;
}

void alarms(Reading& in, const Json& document) {
  for (const Json& item : in.objects(document, "MetricAlarms")) {
    Alarm a;
    a.name = in.identity(item, "MetricAlarms", "AlarmName");
    a.name_space = text_at(item, "Namespace");
    a.metric = text_at(item, "MetricName");
    a.state = text_at(item, "StateValue");
    a.dimensions = dimensions_of(item);
    for (const Json& query : item["Metrics"].items()) {
      if (auto name = text_at(query["MetricStat"]["Metric"], "MetricName"); !name.empty())
        a.math_metrics.push_back(std::move(name));
    }
    for (const auto key :
         {"StateUpdatedTimestamp", "AlarmConfigurationUpdatedTimestamp", "StateTransitionedTimestamp"})
      in.time(item[key]);
    std::erase_if(in.place.alarms, [&](const Alarm& known) { return known.name == a.name; });
    in.place.alarms.push_back(std::move(a));
  }
}

// --- CloudWatch Logs --------------------------------------------------------------------------------------

LogTail& log_tail(Place& place, const std::string& group, const std::string& stream) {
  for (LogTail& tail : place.logs) {
    if (tail.group == group && tail.stream == stream) return tail;
  }
  place.logs.push_back({group, stream, {}});
  return place.logs.back();
}

void add_line(Reading& in, LogTail& tail, const Json& item) {
  in.time_ms(item["ingestionTime"]);
  tail.lines.emplace_back(in.time_ms(item["timestamp"]), redact_line(item["message"].string_or()));
}

void in_time_order(LogTail& tail) {
  std::stable_sort(tail.lines.begin(), tail.lines.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
}

// The streams that the awslogs driver writes: PREFIX/CONTAINER/TASK-ID ("Using the awslogs log driver").
struct Stream {
  std::string group, name;
};

std::vector<Stream> streams_of(const Place& place, std::string_view subject) {
  std::vector<Stream> out;
  for (const auto& [arn, task] : place.tasks) {
    const auto id = core::short_name(arn);
    if (!is_anonymous(subject) && subject.find(id) == std::string_view::npos) continue;
    const auto definition = place.task_definitions.find(task.task_definition_arn);
    if (definition == place.task_definitions.end()) continue;
    for (const ContainerDefinition& container : definition->second.containers) {
      const auto group = container.log_options.find("awslogs-group");
      const auto prefix = container.log_options.find("awslogs-stream-prefix");
      if (group == container.log_options.end() || prefix == container.log_options.end()) continue;
      out.push_back({group->second, prefix->second + "/" + container.name + "/" + std::string(id)});
    }
  }
  return out;
}

// GetLogEvents answers with lines alone: the file's name is the stream's, after the group's or not.
Stream subject_stream(const Place& place, std::string_view subject) {
  const auto streams = streams_of(place, subject);
  if (is_anonymous(subject)) return streams.size() == 1 ? streams.front() : Stream{"", std::string(subject)};
  std::optional<Stream> found;
  for (const Stream& stream : streams) {
    if (names_resource(subject, stream.group + ":" + stream.name)) return stream;
    if (!names_resource(subject, stream.name)) continue;
    if (found) return {"", std::string(subject)};  // the containers of one task: not certain
    found = stream;
  }
  return found ? *found : Stream{"", std::string(subject)};
}

void get_log_events(Reading& in, const Json& document) {
  const auto items = in.objects(document, "events");
  const Stream stream = subject_stream(in.place, in.name.subject);
  LogTail& tail = log_tail(in.place, stream.group, stream.name);
  for (const Json& item : items) add_line(in, tail, item);
  in_time_order(tail);
}

// FilterLogEvents names each line's stream, and the file's name may name the group.
void filter_log_events(Reading& in, const Json& document) {
  std::vector<std::string> groups;
  for (const auto& [arn, definition] : in.place.task_definitions) {
    for (const ContainerDefinition& container : definition.containers) {
      const auto group = container.log_options.find("awslogs-group");
      if (group != container.log_options.end() &&
          std::find(groups.begin(), groups.end(), group->second) == groups.end())
        groups.push_back(group->second);
    }
  }
  const int at = resource_named(in.name.subject, groups);
  const std::string group = at >= 0 ? groups[static_cast<std::size_t>(at)] : std::string(in.name.subject);
  std::set<std::string> touched;
  for (const Json& item : in.objects(document, "events")) {
    const std::string stream = text_at(item, "logStreamName");
    add_line(in, log_tail(in.place, group, stream), item);
    touched.insert(stream);
  }
  for (const std::string& stream : touched) in_time_order(log_tail(in.place, group, stream));
}

// --- Config -----------------------------------------------------------------------------------------------

void config_history(Reading& in, const Json& document) {
  for (const Json& item : in.objects(document, "configurationItems")) {
    ConfigurationItem c;
    c.resource_type = text_at(item, "resourceType");
    c.resource_id = text_at(item, "resourceId");
    c.arn = text_at(item, "arn");
    c.status = text_at(item, "configurationItemStatus");
    c.configuration = redact_json(item["configuration"].string_or());
    c.captured = in.time(item["configurationItemCaptureTime"]);
    in.time(item["resourceCreationTime"]);
    in.place.configuration_items.push_back(std::move(c));
  }
}

constexpr std::array kObservabilityRows{
    Row{"health", "describe-events", "events", Shape::list, health_events},
    Row{"health", "describe-event-details", "successfulSet", Shape::list, health_details, 1},
    Row{"health", "describe-affected-entities", "entities", Shape::list, health_entities, 1},
    Row{"service-quotas", "list-service-quotas", "Quotas", Shape::list, quotas},
    Row{"service-quotas", "list-aws-default-service-quotas", "Quotas", Shape::list, quotas},
    Row{"service-quotas", "get-service-quota", "Quota", Shape::object, one_quota},
    Row{"service-quotas", "get-aws-default-service-quota", "Quota", Shape::object, one_quota},
    Row{"service-quotas", "list-requested-service-quota-change-history", "RequestedQuotas", Shape::list,
        quota_requests},
    Row{"service-quotas", "list-requested-service-quota-change-history-by-quota", "RequestedQuotas",
        Shape::list, quota_requests},
    Row{"cloudwatch", "get-metric-data", "MetricDataResults", Shape::list, metric_data},
    Row{"cloudwatch", "get-metric-statistics", "Datapoints", Shape::list, metric_statistics},
    Row{"cloudwatch", "describe-alarms", "MetricAlarms", Shape::list, alarms},
    Row{"logs", "get-log-events", "events", Shape::list, get_log_events, 1},
    Row{"logs", "filter-log-events", "events", Shape::list, filter_log_events, 1},
    Row{"config", "get-resource-config-history", "configurationItems", Shape::list, config_history},
};

// Fargate's vCPU quotas and the class of the usage metric that counts against each ("AWS Fargate service
// quotas", "AWS Fargate usage metrics").
struct UsageClass {
  std::string_view code, metric_class;
};
constexpr std::array<UsageClass, 2> kUsageClasses{{
    {"L-3032A538", "Standard/OnDemand"},
    {"L-36FBB829", "Standard/Spot"},
}};

bool measures(const Metric& metric, const ServiceQuota& quota) {
  if (metric.name_space != "AWS/Usage" || metric.name != "ResourceCount") return false;
  if (!quota.usage_dimensions.empty()) return metric.dimensions == quota.usage_dimensions;
  const auto found = metric.dimensions.find("Class");
  for (const UsageClass& row : kUsageClasses) {
    if (quota.code == row.code) return found != metric.dimensions.end() && found->second == row.metric_class;
  }
  return false;
}

}  // namespace

void link_quota_usage(Place& place) {
  for (ServiceQuota& quota : place.quotas) {
    for (const Metric& metric : place.metrics) {
      if (!metric.points.empty() && measures(metric, quota)) quota.usage = metric.points.back().second;
    }
  }
}

void merge_health(Place& place, HealthEvent event) {
  for (HealthEvent& known : place.health) {
    if (event.arn.empty() || known.arn != event.arn) continue;
    const auto fill = [](auto& into, const auto& from) {
      if constexpr (requires { from.empty(); }) {
        if (!from.empty()) into = from;
      } else if (from) {
        into = from;
      }
    };
    fill(known.service, event.service);
    fill(known.event_type_code, event.event_type_code);
    fill(known.category, event.category);
    fill(known.region, event.region);
    fill(known.availability_zone, event.availability_zone);
    fill(known.description, event.description);
    fill(known.start, event.start);
    const bool newer =
        !known.last_updated || (event.last_updated && *event.last_updated >= *known.last_updated);
    if (newer || known.status.empty()) fill(known.status, event.status);
    if (newer || !known.end) fill(known.end, event.end);
    if (newer) fill(known.last_updated, event.last_updated);
    for (std::string& entity : event.entities) {
      if (std::find(known.entities.begin(), known.entities.end(), entity) == known.entities.end())
        known.entities.push_back(std::move(entity));
    }
    return;
  }
  place.health.push_back(std::move(event));
}

std::span<const Row> observability_rows() {
  return kObservabilityRows;
}

}  // namespace doctor::facts
