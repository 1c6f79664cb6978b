#include <algorithm>

#include "lab/world.h"

namespace doctor::lab {
namespace {

struct Row {
  const char *service, *code, *name;
  double value;
  bool adjustable;
  const char *usage_service, *usage_resource, *usage_class;  // of AWS/Usage ResourceCount; null: not measured
};

// "AWS Fargate service quotas", "Amazon ECS service quotas", "Amazon VPC quotas", "Elastic Load Balancing
// quotas": code, name and default of each.
constexpr Row kRows[] = {
    {"fargate", kOnDemandVcpuQuota, "Fargate On-Demand vCPU resource count", 6, true, "Fargate", "vCPU",
     "Standard/OnDemand"},
    {"fargate", kSpotVcpuQuota, "Fargate Spot vCPU resource count", 6, true, "Fargate", "vCPU",
     "Standard/Spot"},
    {"ecs", "L-21C621EB", "Clusters per account", 10000, true, nullptr, nullptr, nullptr},
    {"ecs", "L-9EF96962", "Services per cluster", 5000, true, nullptr, nullptr, nullptr},
    {"ecs", "L-5064B72A", "Tasks per service", 5000, false, nullptr, nullptr, nullptr},
    {"vpc", "L-DF5E4CA3", "Network interfaces per Region", 5000, true, "EC2", "NetworkInterface", "None"},
    {"vpc", "L-F678F1CE", "VPCs per Region", 5, true, nullptr, nullptr, nullptr},
    {"vpc", "L-407747CB", "Subnets per VPC", 200, true, nullptr, nullptr, nullptr},
    {"vpc", "L-0EA8095F", "Inbound or outbound rules per security group", 60, true, nullptr, nullptr,
     nullptr},
    {"vpc", "L-2AFB9258", "Security groups per network interface", 5, true, nullptr, nullptr, nullptr},
    {"vpc", "L-FE5A380F", "NAT gateways per Availability Zone", 5, true, nullptr, nullptr, nullptr},
    {"elasticloadbalancing", "L-53DA6B97", "Application Load Balancers per Region", 50, true, nullptr,
     nullptr, nullptr},
    {"elasticloadbalancing", "L-B22855CB", "Target Groups per Region", 3000, true, nullptr, nullptr, nullptr},
    {"elasticloadbalancing", "L-7E6692B2", "Targets per Application Load Balancer", 1000, true, nullptr,
     nullptr, nullptr},
};

std::string service_name(const std::string& code) {
  if (code == "fargate") return "AWS Fargate";
  if (code == "ecs") return "Amazon Elastic Container Service (Amazon ECS)";
  if (code == "vpc") return "Amazon Virtual Private Cloud (Amazon VPC)";
  return "Elastic Load Balancing (ELB)";
}

json shown(const World& world, const std::string& region, const Quota& quota, bool as_default) {
  json answer{
      {"ServiceCode", quota.service},
      {"ServiceName", service_name(quota.service)},
      {"QuotaCode", quota.code},
      {"QuotaName", quota.name},
      {"Value", as_default ? quota.default_value : quota.value},
      {"Unit", quota.unit},
      {"Adjustable", quota.adjustable},
      {"GlobalQuota", quota.global},
      {"QuotaArn", as_default ? "arn:aws:servicequotas:" + region + "::" + quota.service + "/" + quota.code
                              : world.arn("servicequotas", region, quota.service + "/" + quota.code)}};
  if (!quota.usage_metric.is_null()) answer["UsageMetric"] = quota.usage_metric;
  return answer;
}

json shown(const World& world, const std::string& region, const Quota& quota, const QuotaRequest& request) {
  return {{"Id", request.id},
          {"CaseId", ""},
          {"ServiceCode", request.service},
          {"ServiceName", service_name(request.service)},
          {"QuotaCode", request.code},
          {"QuotaName", quota.name},
          {"DesiredValue", request.desired},
          {"Status", request.status},
          {"Created", epoch(request.created)},
          {"LastUpdated", epoch(request.updated)},
          {"Requester", request.requester},
          {"QuotaArn", world.arn("servicequotas", region, request.service + "/" + request.code)},
          {"GlobalQuota", quota.global},
          {"Unit", quota.unit}};
}

Reply no_service() {
  return api_error("NoSuchResourceException",
                   "The request failed because the specified service does not exist.");
}

Reply no_quota() {
  return api_error("NoSuchResourceException",
                   "The request failed because the specified quota does not exist.");
}

Reply quotas_page(const json& all, const json& input, const char* key) {
  return page_of(all, input,
                 {.result_key = key,
                  .input_token = "NextToken",
                  .output_token = "NextToken",
                  .limit_key = "MaxResults",
                  .default_limit = 100,
                  .most = 100,
                  .bad_token = "InvalidPaginationTokenException",
                  .bad_limit = "IllegalArgumentException"});
}

Quota* quota_of(World& world, const CallContext& call, const json& input) {
  auto& quotas = world.quotas[call.region].quotas;
  const auto found = quotas.find({text_of(input, "ServiceCode"), text_of(input, "QuotaCode")});
  return found == quotas.end() ? nullptr : &found->second;
}

Reply list_quotas(World& world, const CallContext& call, const json& input) {
  const std::string service = text_of(input, "ServiceCode");
  json quotas = json::array();
  for (const auto& [key, quota] : world.quotas[call.region].quotas) {
    if (key.first == service)
      quotas.push_back(shown(world, call.region, quota, call.operation == "ListAWSDefaultServiceQuotas"));
  }
  if (quotas.empty()) return no_service();
  return quotas_page(quotas, input, "Quotas");
}

Reply get_service_quota(World& world, const CallContext& call, const json& input) {
  const Quota* quota = quota_of(world, call, input);
  if (quota == nullptr) return no_quota();
  return json{{"Quota", shown(world, call.region, *quota, false)}};
}

Reply list_requests(World& world, const CallContext& call, const json& input) {
  auto& quotas = world.quotas[call.region];
  const std::string service = text_of(input, "ServiceCode"), code = text_of(input, "QuotaCode"),
                    status = text_of(input, "Status");
  if (call.operation.ends_with("ByQuota") && quota_of(world, call, input) == nullptr) return no_quota();
  json requests = json::array();
  for (const auto& request : quotas.requests) {
    if ((!service.empty() && request.service != service) || (!code.empty() && request.code != code) ||
        (!status.empty() && request.status != status))
      continue;
    requests.push_back(shown(world, call.region, quotas.quotas[{request.service, request.code}], request));
  }
  return quotas_page(requests, input, "RequestedQuotas");
}

// Approved after ten minutes of simulated time, as small increases are; larger ones stay with support.
Reply request_increase(World& world, const CallContext& call, const json& input) {
  Quota* quota = quota_of(world, call, input);
  if (quota == nullptr) return no_quota();
  auto& quotas = world.quotas[call.region];
  const json& asked = member_of(input, "DesiredValue");
  const double desired = asked.is_number() ? asked.get<double>() : 0;
  if (desired <= quota->value) {
    return api_error(
        "IllegalArgumentException",
        "You must provide a quota value greater than the current quota value for " + quota->code);
  }
  if (!quota->adjustable)
    return api_error("IllegalArgumentException", "The quota " + quota->code + " is not adjustable");
  for (const auto& request : quotas.requests) {
    if (request.service == quota->service && request.code == quota->code &&
        (request.status == "PENDING" || request.status == "CASE_OPENED")) {
      return api_error("ResourceAlreadyExistsException",
                       "Only one open service quota increase request is allowed per quota");
    }
  }
  QuotaRequest request{
      .id = world.ids.hex(32) + world.ids.hex(8),
      .service = quota->service,
      .code = quota->code,
      .requester = json({{"accountId", world.account}, {"callerArn", call.caller_arn}}).dump(),
      .desired = desired,
      .created = world.clock.now(),
      .updated = world.clock.now()};
  quotas.requests.push_back(request);
  const bool small = desired <= quota->value * 5;
  world.clock.schedule_in(std::chrono::minutes(10), [&world, region = call.region, id = request.id, small] {
    auto& there = world.quotas[region];
    for (auto& one : there.requests) {
      if (one.id != id) continue;
      one.status = small ? "APPROVED" : "CASE_OPENED";
      one.updated = world.clock.now();
      if (small) there.quotas[{one.service, one.code}].value = one.desired;
    }
  });
  return json{{"RequestedQuota", shown(world, call.region, *quota, request)}};
}

}  // namespace

Quotas default_quotas() {
  Quotas quotas;
  for (const auto& row : kRows) {
    Quota quota{.service = row.service,
                .code = row.code,
                .name = row.name,
                .value = row.value,
                .default_value = row.value,
                .adjustable = row.adjustable};
    if (row.usage_service != nullptr) {
      quota.usage_metric = {{"MetricNamespace", "AWS/Usage"},
                            {"MetricName", "ResourceCount"},
                            {"MetricDimensions",
                             {{"Service", row.usage_service},
                              {"Resource", row.usage_resource},
                              {"Type", "Resource"},
                              {"Class", row.usage_class}}},
                            {"MetricStatisticRecommendation", "Maximum"}};
    }
    quotas.quotas[{quota.service, quota.code}] = std::move(quota);
  }
  return quotas;
}

void add_quotas_operations(Registry& registry) {
  registry.add("service-quotas", "ListServiceQuotas", list_quotas);
  registry.add("service-quotas", "ListAWSDefaultServiceQuotas", list_quotas);
  registry.add("service-quotas", "GetServiceQuota", get_service_quota);
  registry.add("service-quotas", "ListRequestedServiceQuotaChangeHistory", list_requests);
  registry.add("service-quotas", "ListRequestedServiceQuotaChangeHistoryByQuota", list_requests);
  registry.add("service-quotas", "RequestServiceQuotaIncrease", request_increase);
}

}  // namespace doctor::lab
