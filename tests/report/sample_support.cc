#include "report/sample_support.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace doctor::report {
namespace {

using namespace std::chrono_literals;
using core::Timestamp;
using diagnose::Cause;
using diagnose::Diagnosis;
using diagnose::Evidence;
using diagnose::ExplainedCause;
using diagnose::Explanation;
using diagnose::Fix;
using diagnose::Incident;
using diagnose::Mark;
using diagnose::Source;

Timestamp at(const char* iso) {
  return *core::timestamp_of_iso(iso);
}

std::string task_arn(const std::string& cluster, unsigned n) {
  return fmt::format("arn:aws:ecs:eu-west-1:111122223333:task/{}/{:08x}{:08x}{:08x}{:08x}", cluster,
                     n * 2654435761U, n * 40503U + 977U, n * 69069U + 5U, n * 1103515245U + 12345U);
}

Mark span(Timestamp from, std::optional<Timestamp> to, std::string zone, unsigned n, std::string label) {
  return {from, to, std::move(zone), "task", std::move(label), task_arn("prod", n)};
}

Mark point(Timestamp time, std::string lane, std::string kind, std::string label, std::string subject = {}) {
  return {time, std::nullopt, std::move(lane), std::move(kind), std::move(label), std::move(subject)};
}

Cause unknown_cause(double probability) {
  return {"unknown", "something else", probability, {}, {}};
}

// Six tasks a wave on Spot, replaced again and again through the night, until one zone is reclaimed.
std::vector<Mark> spot_timeline() {
  std::vector<Mark> marks;
  unsigned n = 0;
  const Timestamp start = at("2026-11-24T01:10:00Z");
  const char* zones[] = {"eu-west-1a", "eu-west-1b", "eu-west-1c"};
  for (unsigned wave = 0; wave < 5; ++wave) {
    for (unsigned i = 0; i < 6; ++i) {
      const Timestamp from = start + 18min * wave + 37s * i + 90s * (i % 3);
      const char* zone = zones[(i * 7 + wave) % 3];
      marks.push_back(span(from, from + 17min + 41s * i, zone, ++n, fmt::format("web:41 on FARGATE_SPOT")));
    }
  }
  const Timestamp reclaim = at("2026-11-24T03:00:12Z");
  for (unsigned i = 0; i < 4; ++i) {
    const Timestamp warned = reclaim + 9s * i;
    ++n;
    marks.push_back(
        span(at("2026-11-24T02:39:05Z") + 21s * i, warned + 120s, "eu-west-1a", n, "web:42 on FARGATE_SPOT"));
    marks.push_back(
        point(warned, "eu-west-1a", "interruption", "Your Spot Task was interrupted.", task_arn("prod", n)));
    marks.push_back(
        point(warned + 120s, "eu-west-1a", "stop", "SpotInterruption, exit 137", task_arn("prod", n)));
  }
  for (unsigned i = 0; i < 2; ++i) {
    marks.push_back(span(at("2026-11-24T02:41:30Z") + 33s * i, std::nullopt, zones[1 + i], ++n,
                         "web:42 on FARGATE_SPOT"));
  }
  for (unsigned i = 0; i < 4; ++i) {
    marks.push_back(span(at("2026-11-24T03:19:40Z") + 14s * i, std::nullopt, zones[1 + i % 2], ++n,
                         "web:42 on FARGATE_SPOT"));
  }
  for (unsigned i = 0; i < 6; ++i) {
    marks.push_back(point(reclaim + 95s + 160s * i, "service", "placement_failure",
                          "Capacity is unavailable at this time. Please try again later or in a different "
                          "availability zone"));
  }
  marks.push_back(point(at("2026-11-24T02:21:08Z"), "service", "change",
                        "UpdateService by alice: strategy FARGATE base 2 removed",
                        "6f1c7c0e-5a41-4a0e-9e0b-0d1f2a3b4c5d"));
  marks.push_back(point(at("2026-11-24T02:38:11Z"), "service", "change", "Deployment of web:42",
                        "ecs-svc/9223370466834775807"));
  Mark health = point(at("2026-11-24T02:57:00Z"), "eu-west-1a", "health_event",
                      "AWS_ECS_OPERATIONAL_NOTIFICATION: lower Spot capacity",
                      "arn:aws:health:eu-west-1::event/ECS/NOTICE/1");
  health.end = at("2026-11-24T03:18:00Z");
  marks.push_back(health);
  marks.push_back(
      point(at("2026-11-24T02:44:50Z"), "service", "steady_state", "web has reached a steady state."));
  marks.push_back(
      point(at("2026-11-24T03:22:31Z"), "service", "steady_state", "web has reached a steady state."));
  std::stable_sort(marks.begin(), marks.end(), [](const Mark& a, const Mark& b) { return a.time < b.time; });
  return marks;
}

Incident spot_incident() {
  Incident incident;
  incident.family = "FargateSpotInterrupted";
  incident.account = "111122223333";
  incident.region = "eu-west-1";
  incident.cluster = "prod";
  incident.service = "web";
  for (unsigned n = 31; n <= 34; ++n) incident.task_arns.push_back(task_arn("prod", n));
  incident.first_seen = at("2026-11-24T03:00:12Z");
  incident.last_seen = at("2026-11-24T03:02:39Z");
  incident.count = 4;
  incident.summary =
      "Fargate took back the Spot capacity of 4 of the 6 tasks of web within 27 seconds, all in eu-west-1a; "
      "no "
      "replacement could be placed for 17 minutes.";
  const Fix base{"spot.add_on_demand_base",
                 "Give the service an on-demand base that carries the load alone",
                 true,
                 {"ecs:UpdateService"},
                 "aws ecs update-service --cluster prod --service web --force-new-deployment "
                 "--capacity-provider-strategy capacityProvider=FARGATE,base=2,weight=1 "
                 "capacityProvider=FARGATE_SPOT,weight=3"};
  const Fix spread{"spot.spread_zones",
                   "Spread the tasks over three zones",
                   true,
                   {"ecs:UpdateService", "ec2:DescribeSubnets"},
                   "add subnet-0c44d1 (eu-west-1b) and subnet-0d51e7 (eu-west-1c) to the service's "
                   "awsvpcConfiguration"};
  const Fix longer{"spot.raise_stop_timeout",
                   "Let the container drain: raise stopTimeout from 30 s to 120 s",
                   true,
                   {"ecs:RegisterTaskDefinition", "ecs:UpdateService"},
                   "web:43 = web:42 with containerDefinitions[app].stopTimeout = 120"};
  const Fix shorter{"spot.shorten_deregistration",
                    "Shorten the deregistration delay of web-tg from 300 s to 90 s",
                    true,
                    {"elasticloadbalancing:ModifyTargetGroupAttributes"},
                    "deregistration_delay.timeout_seconds = 90"};
  const Fix recreate{"spot.recreate_service",
                     "Create the service anew on on-demand capacity only",
                     false,
                     {"ecs:CreateService", "ecs:DeleteService"},
                     ""};
  incident.causes = {
      {"spot.reclaimed_zone",
       "AWS reclaimed Spot capacity in one zone, eu-west-1a",
       0.9731,
       {{"spot.stop_code",
         "All four tasks carry the stop code SpotInterruption.",
         true,
         120,
         {"ecs", "describe-tasks", "", "tasks[].stopCode", "SpotInterruption", at("2026-11-24T03:02:12Z")}},
        {"spot.one_zone",
         "All four ran in eu-west-1a; the two tasks in eu-west-1b and eu-west-1c were left alone.",
         true,
         14,
         {"ecs", "describe-tasks", "", "tasks[].availabilityZone", "eu-west-1a ×4",
          at("2026-11-24T03:02:39Z")}},
        {"spot.interruption_event",
         "Fargate announced the interruption two minutes before, for each of the four.",
         true,
         25,
         {"events", "ECS Task State Change", "b7c1d2e3-0d9a-4c35-8f1e-2a6b7c8d9e0f", "detail.stoppedReason",
          "Your Spot Task was interrupted.", at("2026-11-24T03:00:12Z")}},
        {"spot.no_stop_call",
         "Nobody called StopTask or UpdateService in the ten minutes before.",
         true,
         8,
         {"cloudtrail", "lookup-events", "", "Events", "none between 02:50:12 and 03:00:12",
          at("2026-11-24T03:00:12Z")}},
        {"spot.health_covers",
         "AWS Health speaks of lower Spot capacity in the region at that time, but names no zone.",
         false,
         1.6,
         {"health", "describe-events", "arn:aws:health:eu-west-1::event/ECS/NOTICE/1", "eventTypeCode",
          "AWS_ECS_OPERATIONAL_NOTIFICATION", at("2026-11-24T02:57:00Z")}}},
       {base, spread, recreate}},
      {"spot.health_event",
       "an AWS Health event of ECS in eu-west-1 covers it",
       0.0173,
       {{"spot.health_covers",
         "AWS Health reported lower Spot capacity from 02:57 to 03:18.",
         true,
         6,
         {"health", "describe-events", "arn:aws:health:eu-west-1::event/ECS/NOTICE/1", "eventTypeCode",
          "AWS_ECS_OPERATIONAL_NOTIFICATION", at("2026-11-24T02:57:00Z")}}},
       {base}},
      {"spot.reclaimed_region", "AWS reclaimed Spot capacity in several zones at once", 0.0061, {}, {base}},
      unknown_cause(0.0029),
      {"spot.not_an_interruption", "a person or a pipeline stopped the tasks", 0.0006, {}, {}},
  };
  incident.contributing = {
      {"spot.no_on_demand_base",
       "no on-demand task was left: the strategy has base 0 on FARGATE",
       0.99,
       {{"spot.strategy_without_base",
         "The service's strategy is FARGATE_SPOT weight 1 alone.",
         true,
         40,
         {"ecs", "describe-services", "", "services[0].capacityProviderStrategy",
          R"([{"capacityProvider":"FARGATE_SPOT","weight":1,"base":0}])", std::nullopt}}},
       {base}},
      {"spot.moved_to_spot_by_change",
       "alice removed the on-demand base 39 minutes before",
       0.94,
       {{"change.strategy",
         "UpdateService at 02:21:08 by role/deployer (session alice) dropped FARGATE base 2.",
         true,
         30,
         {"cloudtrail", "lookup-events", "6f1c7c0e-5a41-4a0e-9e0b-0d1f2a3b4c5d",
          "requestParameters.capacityProviderStrategy", "FARGATE_SPOT weight 1",
          at("2026-11-24T02:21:08Z")}}},
       {base}},
      {"spot.sigterm_ignored",
       "the container ignored SIGTERM and was killed",
       0.91,
       {{"spot.exit_137",
         "Container app ended with exit code 137 after the full 30 s of grace, four times of four.",
         true,
         22,
         {"ecs", "describe-tasks", "", "tasks[].containers[app].exitCode", "137",
          at("2026-11-24T03:02:12Z")}}},
       {longer}},
      {"spot.drain_longer_than_notice",
       "the target group drains for 300 s, the notice is 120 s",
       0.88,
       {{"spot.deregistration_delay",
         "deregistration_delay.timeout_seconds of web-tg is 300.",
         true,
         18,
         {"elbv2", "describe-target-group-attributes", "", "deregistration_delay.timeout_seconds", "300",
          std::nullopt}}},
       {shorter}},
      {"spot.replacement_no_capacity",
       "no replacement could be placed for 17 minutes",
       0.83,
       {{"spot.placement_failed",
         "Six placement failures between 03:01:47 and 03:15:07.",
         true,
         12,
         {"ecs", "describe-services", "5a9d0c7e", "services[0].events[].message",
          "(service web) was unable to place a task. Reason: Capacity is unavailable at this time. Please "
          "try "
          "again later or in a different availability zone.",
          at("2026-11-24T03:01:47Z")}}},
       {spread}},
  };
  incident.timeline = spot_timeline();
  return incident;
}

Incident eni_incident() {
  Incident incident;
  incident.family = "FargateENICreateFailed";
  incident.account = "111122223333";
  incident.region = "eu-west-1";
  incident.cluster = "prod";
  incident.service = "billing-worker";
  incident.task_arns = {task_arn("prod", 71), task_arn("prod", 72), task_arn("prod", 73)};
  incident.first_seen = at("2026-11-24T02:48:00Z");
  incident.last_seen = at("2026-11-24T02:55:30Z");
  incident.count = 3;
  incident.summary = "3 tasks of billing-worker could not start: subnet-0aa17 has no free address.";
  incident.causes = {
      {"eni.no_free_addresses",
       "subnet-0aa17 (10.0.4.0/27) has 0 of 27 usable addresses free",
       0.986,
       {{"eni.code_insufficient_addresses",
         "EC2 answered InsufficientFreeAddressesInSubnet.",
         true,
         200,
         {"ecs", "describe-tasks", "", "tasks[0].stoppedReason",
          "Unexpected EC2 error while attempting to Create Network Interface with public IP assignment "
          "enabled "
          "in subnet 'subnet-0aa17': InsufficientFreeAddressesInSubnet",
          at("2026-11-24T02:48:00Z")}},
        {"eni.free_addresses",
         "The subnet has 0 free addresses now.",
         true,
         30,
         {"ec2", "describe-subnets", "", "AvailableIpAddressCount", "0", std::nullopt}}},
       {{"eni.add_subnet",
         "Add a subnet with room to the service",
         true,
         {"ecs:UpdateService"},
         "subnet-0bb23 (10.0.32.0/20, eu-west-1a) has 4,021 addresses free and the same route table"}}},
      {"eni.quota_interfaces", "the account's interface quota is reached", 0.009, {}, {}},
      unknown_cause(0.005),
  };
  incident.contributing = {
      {"eni.shared_subnet_pressure",
       "19 of the 27 addresses belong to Lambda functions",
       0.77,
       {{"eni.other_users",
         "19 interfaces of the subnet are of type lambda.",
         true,
         9,
         {"ec2", "describe-network-interfaces", "", "InterfaceType", "lambda ×19", std::nullopt}}},
       {}}};
  for (unsigned i = 0; i < 3; ++i) {
    const Timestamp from = at("2026-11-24T02:48:00Z") + 225s * i;
    incident.timeline.push_back(
        point(from, "eu-west-1a", "stop", "TaskFailedToStart", task_arn("prod", 71 + i)));
  }
  incident.timeline.push_back(
      point(at("2026-11-24T02:50:00Z"), "service", "placement_failure", "unable to place a task"));
  return incident;
}

}  // namespace

Diagnosis sample_diagnosis() {
  Diagnosis diagnosis;
  diagnosis.generated_at = at("2026-11-24T03:25:00Z");
  diagnosis.accounts = {"111122223333"};
  diagnosis.regions = {"eu-west-1"};
  diagnosis.cluster = "prod";
  diagnosis.incidents = {spot_incident(), eni_incident()};
  diagnosis.missing = {
      {"service control policies of 111122223333",
       "AccessDeniedException: You don't have permissions to access this resource.",
       "organizations:ListPoliciesForTarget, from the management or a delegated account"},
      {"logs of container app", "ResourceNotFoundException: the log group /ecs/web does not exist",
       "aws logs get-log-events --log-group-name /ecs/web … > logs.get-log-events.json"},
  };
  return diagnosis;
}

Diagnosis crowded_diagnosis(int tasks) {
  Diagnosis diagnosis = sample_diagnosis();
  diagnosis.incidents.resize(1);
  Incident& incident = diagnosis.incidents[0];
  incident.timeline.clear();
  const Timestamp start = at("2026-11-24T02:40:00Z");
  const char* zones[] = {"eu-west-1a", "eu-west-1b", "eu-west-1c"};
  for (int i = 0; i < tasks; ++i) {
    const unsigned n = 1000U + static_cast<unsigned>(i);
    const Timestamp from = start + 7s * (i % 90);
    const bool interrupted = i % 3 == 0;
    const Timestamp warned = at("2026-11-24T03:00:12Z") + 1s * (i % 60);
    incident.timeline.push_back(span(from, interrupted ? std::optional(warned + 120s) : std::nullopt,
                                     zones[i % 3], n, "web:42 on FARGATE_SPOT"));
    if (interrupted) {
      incident.timeline.push_back(
          point(warned, zones[0], "interruption", "Your Spot Task was interrupted.", task_arn("prod", n)));
      incident.timeline.push_back(
          point(warned + 1s * (i % 300), "service", "placement_failure", "no capacity"));
    }
    if (i % 15 == 0) {
      incident.timeline.push_back(
          point(from + 1min * (i / 15), "service", "change", fmt::format("Deployment of web:{}", i)));
    }
  }
  incident.count = tasks / 3;
  return diagnosis;
}

std::vector<Explanation> sample_explanations() {
  Explanation e;
  e.family = "FargateENICreateFailed";
  e.matched = "InsufficientFreeAddressesInSubnet";
  e.title = "the task's network interface could not be created";
  e.meaning =
      "Every Fargate task takes one address of its subnet. EC2 had none to give, so the task never started.";
  e.causes = {
      {"eni.no_free_addresses",
       "the subnet has no free address",
       "aws ec2 describe-subnets: AvailableIpAddressCount is 0 or near it.",
       0.9,
       {{"eni.add_subnet", "Add a subnet with room to the service", true, {"ecs:UpdateService"}, ""}}},
      {"eni.quota_interfaces",
       "the interface quota of the region is reached",
       "aws service-quotas get-service-quota --service-code vpc --quota-code L-DF5E4CA3.",
       0.06,
       {}}};
  e.contributing = {{"eni.single_subnet",
                     "the service names one subnet only",
                     "aws ecs describe-services: awsvpcConfiguration.subnets has one entry.",
                     0.4,
                     {}}};
  e.references = {"Amazon ECS stopped tasks error messages", "Fargate task networking"};
  return {e};
}

Diagnosis diagnosis_full_of(const std::string& s) {
  const Timestamp time = at("2026-11-24T03:00:00Z");
  const Fix fix{s, s, false, {s, s}, s};
  const Evidence evidence{s, s, true, 12.5, {s, s, s, s, s, time}};
  Evidence against = evidence;
  against.speaks_for = false;
  const Cause cause{s, s, 0.75, {evidence, against, evidence, evidence}, {fix, fix}};
  Incident incident;
  incident.family = incident.account = incident.region = incident.cluster = incident.service = s;
  incident.task_arns = {s, s};
  incident.first_seen = time;
  incident.last_seen = time + 3min;
  incident.count = 7;
  incident.summary = s;
  incident.causes = {cause, unknown_cause(0.25)};
  incident.contributing = {cause};
  for (const char* kind :
       {"task", "interruption", "stop", "placement_failure", "health_event", "change", "steady_state"}) {
    for (const std::string& lane : {s, std::string("service")}) {
      incident.timeline.push_back({time, time + 1min, lane, kind, s, s});
      incident.timeline.push_back({time + 1min, std::nullopt, lane, kind, s, s + "x"});
    }
  }
  incident.timeline.push_back({time + 2min, std::nullopt, s, s, s, s});
  Diagnosis diagnosis;
  diagnosis.generated_at = time;
  diagnosis.accounts = diagnosis.regions = {s};
  diagnosis.cluster = diagnosis.service = diagnosis.task = s;
  diagnosis.incidents = {incident, incident};
  diagnosis.missing = {{s, s, s}};
  return diagnosis;
}

std::vector<Explanation> explanations_full_of(const std::string& s) {
  const Fix fix{s, s, false, {s, s}, s};
  const ExplainedCause cause{s, s, s, 0.5, {fix, fix}};
  const Explanation e{s, s, s, s, {cause, cause}, {cause}, {s, s}};
  return {e, e};
}

}  // namespace doctor::report
