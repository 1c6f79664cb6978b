#include "aws/rate_limit.h"

#include <algorithm>
#include <array>

namespace doctor::aws {
namespace {

// "assumed": AWS publishes no number; the row keeps a large account from stealing its owner's share.
constexpr std::array<RateLimit, 18> kLimits = {{
    // CloudTrail API Reference, LookupEvents: two requests a second, per account and region.
    {"cloudtrail", "LookupEvents", 2, 2},
    // ECS developer guide, "Request throttling for the Amazon ECS API": reads refill 20 a second.
    {"ecs", "DescribeTasks", 20, 100},
    {"ecs", "ListTasks", 20, 100},
    {"ecs", "DescribeServices", 20, 100},
    {"ecs", "ListServices", 20, 100},
    {"ecs", "*", 20, 50},
    // EC2 developer guide, "Request throttling for the Amazon EC2 API": describe actions 20 a second, bucket
    // 100.
    {"ec2", "*", 20, 100},
    // assumed: Elastic Load Balancing throttles by account and region and publishes no number for reads.
    {"elbv2", "*", 10, 40},
    // Service Quotas user guide, "Service quotas for Service Quotas": 5 and a burst of 5 more; lists 10
    // and 10.
    {"service-quotas", "ListServiceQuotas", 10, 20},
    {"service-quotas", "ListAWSDefaultServiceQuotas", 10, 20},
    {"service-quotas", "*", 5, 10},
    // CloudWatch Logs API Reference, DescribeLogStreams and FilterLogEvents: the lowest regional numbers.
    {"logs", "DescribeLogStreams", 5, 5},
    {"logs", "FilterLogEvents", 5, 5},
    {"logs", "GetLogEvents", 10, 10},
    {"iam", "*", 10, 20},          // assumed; global, shared by every region
    {"organizations", "*", 4, 8},  // assumed; shared by the whole organization
    {"health", "*", 4, 8},         // assumed
    {"sts", "*", 50, 100},         // assumed; STS quotas page: 600 a second for an account
}};

}  // namespace

std::optional<RateLimit> find_rate_limit(std::string_view service, std::string_view operation) {
  for (const auto& row : kLimits) {
    if (row.service == service && (row.operation == operation || row.operation == "*")) return row;
  }
  return std::nullopt;
}

RateLimiter::Time RateLimiter::reserve(std::string_view service, std::string_view operation,
                                       std::string_view region, Time now) {
  const auto limit = find_rate_limit(service, operation);
  if (!limit) return now;
  std::string key(service);
  key.append("/").append(operation).append("/").append(region);
  const auto per_request =
      std::chrono::duration_cast<Time::duration>(std::chrono::duration<double>(1.0 / limit->per_second));
  Time& full_at = full_at_.try_emplace(std::move(key), now).first->second;
  full_at = std::max(full_at, now) + per_request;
  return std::max(now, full_at - per_request * limit->burst);
}

}  // namespace doctor::aws
