// What the account can see afterwards: logs, the trail, Health, quotas, metrics and alarms.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/time.h"
#include "lab/handler.h"

namespace doctor::lab {

// --- CloudWatch Logs
struct LogEvent {
  core::Timestamp time{}, ingested{};
  std::string message, id;
};
struct LogStream {
  core::Timestamp created{};
  std::vector<LogEvent> events;  // by time
};
struct LogGroup {
  core::Timestamp created{};
  int retention_days = 0;          // 0: for ever
  std::string kms_key, log_class;  // "" : CloudWatch's own key, STANDARD
  std::map<std::string, LogStream> streams;
};
struct Logs {
  std::map<std::string, LogGroup> groups;
};
void add_log_group(World&, const std::string& region, const std::string& group, int retention_days = 0);
// Makes the stream, and the group too where there is none.
void write_log(World&, const std::string& region, const std::string& group, const std::string& stream,
               const std::string& message);

// --- CloudTrail
struct TrailEvent {
  std::string id, name, source, user, access_key;  // source: "ecs.amazonaws.com"
  core::Timestamp time{};
  bool read_only = false;
  std::vector<std::pair<std::string, std::string>> resources;  // type ("AWS::ECS::Service"), name
  json record;                                                 // the CloudTrailEvent
};
struct Trail {
  std::vector<TrailEvent> events;  // by time
  core::Duration lag{0};           // an event shows this much later, in simulated time
  // LookupEvents is answered twice a second per account and Region; real time.
  double tokens = 2;
  core::Duration refilled{0};
};
// What somebody did, for World::record_trail().
struct TrailCall {
  std::string service = "ecs", name;  // "UpdateService"; the source is service + ".amazonaws.com"
  std::string caller_arn;  // assumed role, user, or "" for an AWS service (then invoked_by names it)
  std::string invoked_by;  // "ecs.amazonaws.com"
  json request = nullptr, response = nullptr;
  std::string error_code, error_message;
  bool read_only = false;
  std::vector<std::pair<std::string, std::string>> resources;
  std::string source_ip = "198.51.100.7", user_agent = "aws-cli/2.9.19";
  std::string access_key = "ASIALABEXAMPLE000001";
  std::string request_id;  // "" : a new one
};

// --- Health (one list for all Regions, as the global endpoint has it)
struct HealthEvent {
  std::string arn, service = "ECS", code, category = "issue", region, zone;
  core::Timestamp start{}, updated{};
  std::optional<core::Timestamp> end;
  std::string description;
  std::string scope = "PUBLIC";                               // or ACCOUNT_SPECIFIC, with entities
  std::vector<std::pair<std::string, std::string>> entities;  // value, status "IMPAIRED"
};
struct Health {
  bool subscribed = true;  // else SubscriptionRequiredException
  std::vector<HealthEvent> events;
};
// Answers its ARN, and publishes the "AWS Health Event" to EventBridge.
std::string add_health_event(World&, HealthEvent event);

// --- Service Quotas
struct Quota {
  std::string service, code, name, unit = "None";
  double value = 0, default_value = 0;
  bool adjustable = true, global = false;
  json usage_metric =
      nullptr;  // MetricNamespace, MetricName, MetricDimensions, MetricStatisticRecommendation
};
struct QuotaRequest {
  std::string id, service, code, status = "PENDING", requester;
  double desired = 0;
  core::Timestamp created{}, updated{};
};
struct Quotas {
  std::map<std::pair<std::string, std::string>, Quota> quotas;  // by service code ("fargate"), quota code
  std::vector<QuotaRequest> requests;
};
// Those that Fargate meets, at AWS's defaults; in every Region from the start.
Quotas default_quotas();
inline constexpr const char* kOnDemandVcpuQuota = "L-3032A538";
inline constexpr const char* kSpotVcpuQuota = "L-36FBB829";

// --- CloudWatch
struct MetricKey {
  std::string name_space, name;
  std::map<std::string, std::string> dimensions;
  auto operator<=>(const MetricKey&) const = default;
};
struct Datum {
  core::Timestamp time{};
  double sum = 0, minimum = 0, maximum = 0, count = 1;
  std::string unit = "None";
};
struct CloudWatch {
  std::map<MetricKey, std::vector<Datum>> metrics;  // data by time
  std::map<std::string, json> alarms;               // by name, DescribeAlarms' form
};
void put_metric(World&, const std::string& region, const MetricKey& key, double value,
                const std::string& unit = "None");

}  // namespace doctor::lab
