#include "diagnose/families.h"
#include "diagnose/table_rows.h"

// Why Fargate would not place a task.
//
// Priors: the message tells capacity, quota and rate apart; among capacity, AWS manages it by availability
// zone (knowledge center, "Capacity is unavailable"), so one zone is likelier than the whole region. A
// region-scoped event explains about one in ten.
// clang-format off
namespace doctor::diagnose {

FamilyRows rows_of_capacity() {
  constexpr auto kFamily = kInsufficientCapacity;
  return {.fixes = {},
  .causes = {
    {"capacity.zone", kFamily, "Fargate has no free capacity in the availability zone of the service's subnets", 0.33, false,
     "more_zones retry_later on_demand_base common_task_size",
     "\"Capacity is unavailable\" while tasks start in other zones: aws ecs describe-services --query 'services[].events[:10]'"},
    {"capacity.region", kFamily, "Fargate has no free capacity in any zone that the service may use", 0.15, false,
     "on_demand_base retry_later common_task_size run_on_demand",
     "\"Capacity is unavailable\" with subnets in several zones and no task started in any"},
    {"capacity.vcpu_quota", kFamily, "the account's quota of on-demand Fargate vCPUs is used up", 0.20, false,
     "quota_request quota_alarm spread_launches",
     "\"limit on the number of vCPUs\" and aws service-quotas get-service-quota --service-code fargate --quota-code L-3032A538"},
    {"capacity.spot_vcpu_quota", kFamily, "the account's quota of Fargate Spot vCPUs is used up", 0.10, false,
     "quota_request quota_alarm on_demand_base",
     "\"limit on the number of vCPUs\" on FARGATE_SPOT and aws service-quotas get-service-quota --service-code fargate --quota-code L-36FBB829"},
    {"capacity.launch_rate_throttled", kFamily, "tasks are launched faster than the account's launch rate allows", 0.10, false,
     "spread_launches quota_request",
     "ThrottlingException or \"operations are being throttled\": AWS Fargate throttling quotas"},
    {"capacity.health_event", kFamily, "an AWS Health event of the region's ECS or Fargate covers the failures", 0.08, false,
     "follow_health_event retry_later more_zones",
     "An open issue of ECS or Fargate at that time: aws health describe-events --region us-east-1 --filter services=ECS,FARGATE"},

    {"capacity.single_zone", kFamily, "the service's subnets lie in a single availability zone", 0.15, true,
     "more_zones", "aws ec2 describe-subnets --query 'Subnets[].AvailabilityZone' for the service's subnets"},
    {"capacity.architecture_or_size_rare", kFamily, "the task's size, architecture or system is one that Fargate has less of", 0.10, true,
     "common_task_size", "aws ecs describe-task-definition --query 'taskDefinition.[cpu,memory,runtimePlatform]'"},
    {"capacity.quota_request_pending", kFamily, "a request for a higher quota is still open", 0.03, true,
     "quota_request", "aws service-quotas list-requested-service-quota-change-history --service-code fargate"},
    {"capacity.no_on_demand_base", kFamily, "no part of the service is sure to run on demand", 0.15, true,
     "on_demand_base", "aws ecs describe-services --query 'services[].capacityProviderStrategy': no FARGATE item with a base"},
  },
  .evidence = {
    // AWS's own words
    {"capacity.unavailable", kFamily, {{"capacity.zone", 80}, {"capacity.region", 80}, {"capacity.health_event", 40}},
     "Amazon ECS service event messages: this sentence is for capacity alone, quota and rate have their own"},
    {"capacity.zone_unsupported", kFamily, {{"capacity.zone", 60}}, "Amazon ECS service event messages"},
    {"capacity.vcpu_limit", kFamily, {{"capacity.vcpu_quota", 300}, {"capacity.spot_vcpu_quota", 300}},
     "Amazon ECS service event messages; the sentence is the same for both quotas"},
    {"capacity.throttled", kFamily, {{"capacity.launch_rate_throttled", 300}}, "AWS Fargate throttling quotas"},
    // Which quota
    {"capacity.only_spot", kFamily, {{"capacity.spot_vcpu_quota", 20}, {"capacity.vcpu_quota", 0.05}},
     "Spot and on-demand vCPUs are counted apart: Amazon ECS service quotas"},
    {"capacity.only_on_demand", kFamily, {{"capacity.vcpu_quota", 10}, {"capacity.spot_vcpu_quota", 0.02}},
     "Spot and on-demand vCPUs are counted apart: Amazon ECS service quotas"},
    {"capacity.on_demand_quota_full", kFamily, {{"capacity.vcpu_quota", 60}}, "Usage within a task's size of the quota: AWS/Usage ResourceCount"},
    {"capacity.on_demand_quota_free", kFamily, {{"capacity.vcpu_quota", 0.1}}, "Usage well below the quota; the metric lags by minutes"},
    {"capacity.spot_quota_full", kFamily, {{"capacity.spot_vcpu_quota", 60}}, "Usage within a task's size of the quota: AWS/Usage ResourceCount"},
    {"capacity.spot_quota_free", kFamily, {{"capacity.spot_vcpu_quota", 0.1}}, "Usage well below the quota; the metric lags by minutes"},
    {"capacity.launch_burst", kFamily, {{"capacity.launch_rate_throttled", 6}}, "The bucket holds 100 launches and refills 20 a second: AWS Fargate throttling quotas"},
    // Zone or region
    {"capacity.subnets_one_zone", kFamily, {{"capacity.single_zone", 200}, {"capacity.zone", 5}, {"capacity.region", 0.5}},
     "With one zone to choose from, that zone is what ran out"},
    {"capacity.subnets_several_zones", kFamily, {{"capacity.single_zone", 0.02}, {"capacity.region", 2}},
     "ECS tries the zones of all subnets before it gives up"},
    {"capacity.other_zones_started", kFamily, {{"capacity.zone", 12}, {"capacity.region", 0.1}},
     "Tasks of the same service started elsewhere meanwhile"},
    {"capacity.no_zone_started", kFamily, {{"capacity.region", 8}, {"capacity.zone", 0.5}},
     "Subnets in several zones, and no start in any"},
    {"capacity.neighbours_failed_elsewhere", kFamily, {{"capacity.region", 6}}, "Other services of the account as witnesses"},
    {"health.covers", kFamily, {{"capacity.health_event", 900}},
     "AWS's own statement: by chance an issue of ECS covers a given hour of a region less than once in a thousand"},
    {"health.covers_ec2", kFamily, {{"capacity.health_event", 20}}, "EC2's issues often reach Fargate, but need not"},
    {"health.covers_zone", kFamily, {{"capacity.health_event", 10}}, "The event names the very zone"},
    {"health.none", kFamily, {{"capacity.health_event", 0.05}}, "AWS publishes most issues, though late"},
    // Changes that can run into a limit: the field's rule of thumb gives three in four to the last one that can
    {"change.desired_count", kFamily, {{"capacity.vcpu_quota", 4}, {"capacity.spot_vcpu_quota", 4}, {"capacity.launch_rate_throttled", 3}},
     "More tasks reach a quota or the launch rate; they do not empty a zone"},
    {"change.capacity_provider_strategy", kFamily, {{"capacity.spot_vcpu_quota", 2}, {"capacity.zone", 1.5}, {"capacity.no_on_demand_base", 3}},
     "A move to Spot meets Spot's own quota and capacity"},
    {"change.network_configuration", kFamily, {{"capacity.zone", 2}, {"capacity.single_zone", 2}}, "Other subnets may mean other zones"},
    {"change.task_size", kFamily, {{"capacity.vcpu_quota", 3}, {"capacity.spot_vcpu_quota", 3}, {"capacity.architecture_or_size_rare", 4}},
     "Larger tasks reach a quota sooner"},
    {"change.runtime_platform", kFamily, {{"capacity.architecture_or_size_rare", 6}}, "Another architecture draws on another pool"},
    // Contributing
    {"capacity.strategy_spot_alone", kFamily, {{"capacity.no_on_demand_base", 100}}, "There is no fallback from Spot to on demand: Amazon ECS clusters for Fargate"},
    {"capacity.strategy_base_zero", kFamily, {{"capacity.no_on_demand_base", 8}}, "Weights spread tasks past the base"},
    {"capacity.strategy_has_base", kFamily, {{"capacity.no_on_demand_base", 0.02}}, "The base is placed first"},
    {"capacity.arm64", kFamily, {{"capacity.architecture_or_size_rare", 12}}, "ARM64 on Fargate Spot is of 2024 and a smaller pool"},
    {"capacity.large_size", kFamily, {{"capacity.architecture_or_size_rare", 15}}, "8 and 16 vCPU need a whole large host share: Fargate task sizes"},
    {"capacity.windows", kFamily, {{"capacity.architecture_or_size_rare", 12}}, "Windows on Fargate is a smaller pool"},
    {"capacity.common_size", kFamily, {{"capacity.architecture_or_size_rare", 0.1}}, "Small Linux X86_64 tasks fit anywhere"},
    {"capacity.request_open", kFamily, {{"capacity.quota_request_pending", 1000}}, "Service Quotas request history"},
  }};
}

}  // namespace doctor::diagnose
// clang-format on
