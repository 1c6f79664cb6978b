// What watches and limits the account: CloudTrail, AWS Health, Service Quotas, CloudWatch, Logs, EventBridge.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/time.h"
#include "facts/origin.h"

namespace doctor::facts {

using core::Timestamp;

// One CloudTrail record, from LookupEvents or from an EventBridge "AWS API Call via CloudTrail" event.
struct TrailEvent {
  std::string event_id, event_name, event_source, region, user_arn, user_name, source_ip, user_agent;
  std::string error_code, error_message;
  std::string invoked_by;  // an AWS service that made the call for itself ("ecs.amazonaws.com"); else ""
  bool read_only = false;
  std::optional<Timestamp> time;
  std::vector<std::string> resources;
  std::string request_parameters, response_elements;  // JSON text, redacted; "" where null
  Origin origin;
};

// From DescribeEvents (with details and entities where given) or from an EventBridge "AWS Health Event".
struct HealthEvent {
  std::string arn, service, event_type_code, category, region, availability_zone, status, description;
  std::optional<Timestamp> start, end, last_updated;
  std::vector<std::string> entities;
  Origin origin;
};

struct ServiceQuota {
  std::string service, code, name;
  double value = 0;
  bool adjustable = false;
  std::string usage_metric;  // AWS/Usage metric that counts against it, and its dimensions, where AWS says
  std::map<std::string, std::string> usage_dimensions;
  std::optional<double> usage;  // newest AWS/Usage datapoint, where it could be read
};

struct QuotaRequest {
  std::string id, service, code, status, case_id;  // PENDING, CASE_OPENED, APPROVED, DENIED, …
  double desired_value = 0;
  std::optional<Timestamp> created;
};

// A series of one CloudWatch metric: EphemeralStorageUtilized, ResourceCount, …
struct Metric {
  std::string name_space, name, label, unit;
  std::map<std::string, std::string> dimensions;
  std::vector<std::pair<Timestamp, double>> points;  // in time order
};

struct Alarm {
  std::string name, name_space, metric, state;
  std::map<std::string, std::string> dimensions;
  std::vector<std::string> math_metrics;  // metric names inside Metrics[] of a metric math alarm
};

struct LogTail {
  std::string group, stream;  // stream: prefix/container/task-id, from the file's name or the request
  std::vector<std::pair<std::optional<Timestamp>, std::string>> lines;  // redacted
};

// "ECS Service Action" and "ECS Deployment State Change" events (task changes become Task facts).
struct EcsEvent {
  std::string id, detail_type, event_name, event_type, reason, cluster_arn, service_arn, deployment_id;
  std::optional<Timestamp> time;
  std::vector<std::string> capacity_providers;
};

// Item of config get-resource-config-history.
struct ConfigurationItem {
  std::string resource_type, resource_id, arn, status, configuration;
  std::optional<Timestamp> captured;
};

}  // namespace doctor::facts
