#include "diagnose/families.h"
#include "diagnose/table_rows.h"

// Why Fargate Spot tasks were interrupted, and why that hurt.
//
// Priors: AWS manages Fargate capacity by availability zone ("Capacity is unavailable" in the knowledge
// center), so a reclaim is most often one zone's. The field's rule of thumb gives a region-scoped event about
// one incident in ten. Nothing of the user's configuration can make AWS interrupt: recent changes therefore
// weigh only on contributing factors.
// clang-format off
namespace doctor::diagnose {

FamilyRows rows_of_spot() {
  constexpr auto kFamily = kSpotInterrupted;
  return {.fixes = {},
  .causes = {
    {"spot.reclaimed_zone", kFamily, "AWS took Fargate Spot capacity back in one availability zone", 0.60, false,
     "on_demand_base more_zones interruption_alarm",
     "Stop code SpotInterruption, all within one availabilityZone: aws ecs describe-tasks --tasks ARN --query 'tasks[].[stopCode,availabilityZone,stoppingAt]'"},
    {"spot.reclaimed_region", kFamily, "AWS took Fargate Spot capacity back in several zones of the region at once", 0.15, false,
     "on_demand_base run_on_demand interruption_alarm",
     "Stop code SpotInterruption in two or more availabilityZones within minutes: aws ecs describe-tasks --tasks ARN --query 'tasks[].[stopCode,availabilityZone,stoppingAt]'"},
    {"spot.health_event", kFamily, "an AWS Health event of the region's ECS or Fargate covers the interruptions", 0.10, false,
     "follow_health_event run_on_demand on_demand_base",
     "An open issue of ECS or Fargate at that time: aws health describe-events --region us-east-1 --filter services=ECS,FARGATE"},
    {"spot.not_an_interruption", kFamily, "a person or a pipeline stopped the tasks; AWS did not interrupt them", 0.05, false,
     "restrict_stop_calls",
     "Stop code UserInitiated and a StopTask or UpdateService call: aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=StopTask"},

    {"spot.no_on_demand_base", kFamily, "no part of the service is sure to run on demand", 0.30, true,
     "on_demand_base", "aws ecs describe-services --query 'services[].capacityProviderStrategy': no FARGATE item with a base"},
    {"spot.single_zone", kFamily, "the service's subnets lie in a single availability zone", 0.15, true,
     "more_zones", "aws ec2 describe-subnets --query 'Subnets[].AvailabilityZone' for the service's subnets"},
    {"spot.moved_to_spot_by_change", kFamily, "a recent change moved the service to Spot", 0.05, true,
     "restore_strategy on_demand_base", "The deployments' strategies in aws ecs describe-services, or UpdateService in CloudTrail"},
    {"spot.sigterm_ignored", kFamily, "the containers do not end on SIGTERM and were killed", 0.15, true,
     "handle_sigterm stop_timeout", "Exit code 137 about stopTimeout after the stop began: aws ecs describe-tasks"},
    {"spot.stop_timeout_short", kFamily, "stopTimeout leaves the application less than the two minutes that Spot gives", 0.25, true,
     "stop_timeout", "aws ecs describe-task-definition --query 'taskDefinition.containerDefinitions[].stopTimeout'"},
    {"spot.drain_longer_than_notice", kFamily, "the load balancer drains longer than the two minutes that Spot gives", 0.20, true,
     "deregistration_delay", "aws elbv2 describe-target-group-attributes: deregistration_delay.timeout_seconds above 120"},
    {"spot.replacement_no_capacity", kFamily, "replacements found no Spot capacity, and nothing falls back to on demand", 0.15, true,
     "on_demand_base run_on_demand more_zones retry_later", "Service event \"unable to place a task. Reason: Capacity is unavailable\" after the interruption"},
    {"spot.replacement_quota", kFamily, "replacements were refused for the vCPU quota", 0.03, true,
     "quota_request quota_alarm", "Service event with \"limit on the number of vCPUs\" after the interruption"},
    {"spot.replacement_no_addresses", kFamily, "replacements found no free IP address in the subnets", 0.03, true,
     "move_subnets create_subnet address_alarm", "InsufficientFreeAddressesInSubnet after the interruption"},
    {"spot.too_few_tasks", kFamily, "the service runs too few tasks to lose one", 0.15, true,
     "more_tasks healthy_percent", "aws ecs describe-services --query 'services[].[desiredCount,deploymentConfiguration]'"},
  },
  .evidence = {
    // AWS's own word. One row of the three is seen, never two: they are one statement.
    {"spot.stop_code", kFamily, {{"spot.reclaimed_zone", 60}, {"spot.reclaimed_region", 60}, {"spot.health_event", 60}},
     "ECS sets SpotInterruption (older: TerminationNotice) only when it takes capacity back: Troubleshooting Amazon ECS SpotInterruption errors"},
    {"spot.interrupted", kFamily, {{"spot.reclaimed_zone", 30}, {"spot.reclaimed_region", 30}, {"spot.health_event", 30}},
     "The same in words, where no stop code was recorded"},
    {"spot.stopped_by_call", kFamily, {{"spot.not_an_interruption", 300}, {"spot.reclaimed_zone", 0.2}, {"spot.reclaimed_region", 0.2}, {"spot.health_event", 0.2}},
     "ECS sets UserInitiated only for a StopTask call, whose reason is free text: Amazon ECS API Reference, StopTask"},
    {"spot.capacity_provider", kFamily, {{"spot.reclaimed_zone", 2}, {"spot.reclaimed_region", 2}, {"spot.health_event", 2}},
     "Only FARGATE_SPOT is interrupted; but tasks on it are stopped for other reasons too"},
    {"spot.not_on_spot", kFamily, {{"spot.reclaimed_zone", 0.05}, {"spot.reclaimed_region", 0.05}},
     "FARGATE is not interrupted: Amazon ECS clusters for Fargate"},
    // Where and when
    {"spot.one_zone", kFamily, {{"spot.reclaimed_zone", 12}, {"spot.reclaimed_region", 0.3}, {"spot.health_event", 5}},
     "Three or more in one zone: chance in three zones is one in nine, and less with more"},
    {"spot.one_zone_two", kFamily, {{"spot.reclaimed_zone", 4}, {"spot.reclaimed_region", 0.6}, {"spot.health_event", 2}},
     "Two in one zone: chance in three zones is one in three"},
    {"spot.one_zone_single", kFamily, {{"spot.reclaimed_zone", 2}, {"spot.reclaimed_region", 0.8}, {"spot.health_event", 1.5}},
     "One interruption is always in one zone; a region's reclaim would more likely take more"},
    {"spot.one_zone_was_all", kFamily, {{"spot.reclaimed_zone", 1.5}},
     "A service of one zone cannot show the difference"},
    {"spot.mostly_one_zone", kFamily, {{"spot.reclaimed_zone", 4}, {"spot.reclaimed_region", 1.5}, {"spot.health_event", 3}},
     "Four in five in one zone, with stragglers"},
    {"spot.several_zones", kFamily, {{"spot.reclaimed_region", 40}, {"spot.reclaimed_zone", 0.5}, {"spot.health_event", 15}},
     "Zones have capacity pools of their own: together within minutes is one event, not two"},
    {"spot.several_zones_few", kFamily, {{"spot.reclaimed_region", 15}, {"spot.reclaimed_zone", 0.7}, {"spot.health_event", 6}},
     "The same from two stops alone"},
    {"spot.zones_apart", kFamily, {{"spot.reclaimed_zone", 5}, {"spot.reclaimed_region", 0.5}},
     "Zones hit at different times are zone reclaims, one after the other"},
    {"spot.other_zones_survived", kFamily, {{"spot.reclaimed_zone", 8}, {"spot.reclaimed_region", 0.2}, {"spot.health_event", 4}},
     "A region's reclaim would have reached Spot tasks elsewhere"},
    {"spot.other_zone_survived", kFamily, {{"spot.reclaimed_zone", 3}, {"spot.reclaimed_region", 0.6}, {"spot.health_event", 2}},
     "The same from one task"},
    {"spot.neighbours_same_zone", kFamily, {{"spot.reclaimed_zone", 5}, {"spot.reclaimed_region", 0.5}, {"spot.health_event", 3}},
     "Other services of the account as witnesses"},
    {"spot.neighbours_other_zones", kFamily, {{"spot.reclaimed_region", 15}, {"spot.reclaimed_zone", 0.6}, {"spot.health_event", 8}},
     "Other services of the account as witnesses"},
    {"health.covers", kFamily, {{"spot.health_event", 900}},
     "AWS's own statement: by chance an issue of ECS covers a given hour of a region less than once in a thousand"},
    {"health.covers_ec2", kFamily, {{"spot.health_event", 20}},
     "EC2's issues often reach Fargate, but need not"},
    {"health.covers_zone", kFamily, {{"spot.health_event", 10}}, "The event names the very zone"},
    {"health.none", kFamily, {{"spot.health_event", 0.05}}, "AWS publishes most issues, though late"},
    // Who called
    {"spot.stop_calls", kFamily, {{"spot.not_an_interruption", 300}},
     "StopTask of these tasks just before their stop: CloudTrail event history"},
    {"spot.some_stop_calls", kFamily, {{"spot.not_an_interruption", 8}}, "The same for a minority of them"},
    {"spot.update_call", kFamily, {{"spot.not_an_interruption", 4}},
     "A deployment or scale-in just before also stops tasks, with another stop code"},
    {"spot.no_stop_calls", kFamily, {{"spot.not_an_interruption", 0.1}},
     "CloudTrail records every StopTask, up to 15 minutes late"},
    // Contributing
    {"spot.strategy_spot_alone", kFamily, {{"spot.no_on_demand_base", 100}}, "There is no fallback from Spot to on demand: Amazon ECS clusters for Fargate"},
    {"spot.strategy_base_zero", kFamily, {{"spot.no_on_demand_base", 8}}, "Weights spread tasks past the base; on-demand tasks by weight alone may be few"},
    {"spot.strategy_has_base", kFamily, {{"spot.no_on_demand_base", 0.02}}, "The base is placed first"},
    {"spot.subnets_one_zone", kFamily, {{"spot.single_zone", 200}}, "Best practices: several zones"},
    {"spot.subnets_several_zones", kFamily, {{"spot.single_zone", 0.02}}, "Several zones are configured"},
    {"spot.moved_to_spot", kFamily, {{"spot.moved_to_spot_by_change", 200}}, "The field's rule of thumb: three in four incidents follow the last change that can produce them"},
    // Only changes that can have produced the factor; none of them can make AWS interrupt
    {"change.network_configuration", kFamily, {{"spot.single_zone", 2}}, "Subnets are what zones the service has"},
    {"change.stop_timeout", kFamily, {{"spot.stop_timeout_short", 2}}, "The change set it"},
    {"change.target_group", kFamily, {{"spot.drain_longer_than_notice", 2}}, "The delay is an attribute of the target group"},
    {"change.command", kFamily, {{"spot.sigterm_ignored", 2}}, "A shell in front of the application swallows SIGTERM"},
    {"change.image", kFamily, {{"spot.sigterm_ignored", 1.5}}, "Another image may handle SIGTERM otherwise"},
    {"spot.killed_after_timeout", kFamily, {{"spot.sigterm_ignored", 60}}, "SIGKILL at the end of stopTimeout: Amazon ECS task lifecycle"},
    {"spot.killed", kFamily, {{"spot.sigterm_ignored", 8}}, "Exit code 137 without times may also be memory"},
    {"spot.ended_in_time", kFamily, {{"spot.sigterm_ignored", 0.02}, {"spot.stop_timeout_short", 0.3}}, "0 or 143: it ended on SIGTERM"},
    {"spot.stop_timeout_cut_short", kFamily, {{"spot.stop_timeout_short", 60}}, "Killed at its end with notice left"},
    {"spot.stop_timeout_absent", kFamily, {{"spot.stop_timeout_short", 6}}, "30 s by default, of 120"},
    {"spot.stop_timeout_below_notice", kFamily, {{"spot.stop_timeout_short", 3}}, "Chosen by someone, who may have measured"},
    {"spot.stop_timeout_long", kFamily, {{"spot.stop_timeout_short", 0.02}}, "Uses the notice"},
    {"spot.drain_longer", kFamily, {{"spot.drain_longer_than_notice", 100}}, "A deregistration delay must be below two minutes: How do I handle Spot termination notices"},
    {"spot.drain_default_assumed", kFamily, {{"spot.drain_longer_than_notice", 6}}, "AWS's default is 300 s, but it may have been set"},
    {"spot.drain_fits", kFamily, {{"spot.drain_longer_than_notice", 0.02}}, "120 s or less"},
    {"spot.targets_draining", kFamily, {{"spot.drain_longer_than_notice", 4}}, "Still draining when it was read"},
    {"spot.replacement_refused", kFamily, {{"spot.replacement_no_capacity", 500}}, "Amazon ECS service event messages"},
    {"spot.replacement_over_quota", kFamily, {{"spot.replacement_quota", 500}}, "Amazon ECS service event messages"},
    {"spot.replacement_without_address", kFamily, {{"spot.replacement_no_addresses", 500}}, "Troubleshooting Amazon ECS TaskFailedToStart errors"},
    {"spot.replacements_placed", kFamily, {{"spot.replacement_no_capacity", 0.1}, {"spot.replacement_quota", 0.1}, {"spot.replacement_no_addresses", 0.1}}, "The service's events would say"},
    {"spot.one_task", kFamily, {{"spot.too_few_tasks", 100}}, "One task, one outage"},
    {"spot.two_tasks", kFamily, {{"spot.too_few_tasks", 6}}, "Half the capacity gone with one task"},
    {"spot.enough_tasks", kFamily, {{"spot.too_few_tasks", 0.1}}, "Some tasks stayed"},
    {"spot.healthy_percent_low", kFamily, {{"spot.too_few_tasks", 6}}, "Service deployment options: nothing starts above maximumPercent"},
  }};
}

}  // namespace doctor::diagnose
// clang-format on
