#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "diagnose/case_support.h"
#include "diagnose/strategy.h"

namespace doctor::diagnose {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

constexpr std::string_view kFamily = "FargateInsufficientCapacity";
constexpr std::string_view kVcpuEvent =
    "(service web) was unable to place a task. Reason: You've reached the limit on the number of vCPUs you "
    "can run "
    "concurrently. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.";

World on_demand() {
  World w;
  w.service().capacity_provider_strategy = {{"FARGATE", 0, 1}};
  return w;
}

facts::ServiceQuota quota(std::string_view code, double value, double usage) {
  facts::ServiceQuota q;
  q.service = "fargate";
  q.code = code;
  q.value = value;
  q.usage = usage;
  return q;
}

TEST(CapacityFamily, OneZoneRanOutWhileOthersStarted) {
  World w = on_demand();
  w.event("03:00:00", kCapacityEvent);
  w.event("03:05:00", kCapacityEvent);
  w.running("b1", "eu-west-1b").started_at = at("03:02:00");
  w.running("c1", "eu-west-1c").started_at = at("03:04:00");
  const Incident i = incident_of(w.diagnose(), kFamily);
  EXPECT_EQ(top(i), "capacity.zone");
  EXPECT_EQ(i.count, 2);
  EXPECT_THAT(detail(i, "leave_zone") + i.summary, HasSubstr("prod/web"));
}

TEST(CapacityFamily, OnlyZoneOfTheServiceRanOut) {
  World w = on_demand();
  w.service().network.subnets = {"subnet-0a"};
  w.event("03:00:00", kCapacityEvent);
  const Incident i = incident_of(w.diagnose(), kFamily);
  EXPECT_EQ(top(i), "capacity.zone");
  EXPECT_THAT(contributing(i), Contains("capacity.single_zone"));
}

TEST(CapacityFamily, NoZoneHadCapacity) {
  World w = on_demand();
  w.event("03:00:00", kCapacityEvent);
  w.event("03:05:00", kCapacityEvent);
  w.event("03:10:00", kCapacityEvent);
  const Incident i = incident_of(w.diagnose(), kFamily);
  EXPECT_EQ(top(i), "capacity.region");
  EXPECT_THAT(contributing(i), Not(Contains("capacity.single_zone")));
}

TEST(CapacityFamily, OnDemandVcpuQuota) {
  World w = on_demand();
  w.event("03:00:00", kVcpuEvent);
  w.place().quotas = {quota("L-3032A538", 6, 6), quota("L-36FBB829", 100, 2)};
  const Incident i = incident_of(w.diagnose(), kFamily);
  EXPECT_EQ(top(i), "capacity.vcpu_quota");
  EXPECT_GT(i.causes.front().probability, 0.99);
  EXPECT_THAT(detail(i, "quota_request"), HasSubstr("L-3032A538"));
  EXPECT_THAT(detail(i, "quota_alarm"), HasSubstr("4.8 of 6"));
}

TEST(CapacityFamily, SpotVcpuQuota) {
  World w;
  w.event("03:00:00", kVcpuEvent);
  EXPECT_EQ(top(incident_of(w.diagnose(), kFamily)), "capacity.spot_vcpu_quota");
}

TEST(CapacityFamily, UsageTellsTheQuotasOfAMixedServiceApart) {
  World w;
  w.service().capacity_provider_strategy = {{"FARGATE", 1, 1}, {"FARGATE_SPOT", 0, 1}};
  w.event("03:00:00", kVcpuEvent);
  w.place().quotas = {quota("L-3032A538", 100, 12), quota("L-36FBB829", 8, 8)};
  EXPECT_EQ(top(incident_of(w.diagnose(), kFamily)), "capacity.spot_vcpu_quota");
  w.place().quotas = {quota("L-3032A538", 12, 12), quota("L-36FBB829", 80, 8)};
  EXPECT_EQ(top(incident_of(w.diagnose(), kFamily)), "capacity.vcpu_quota");
}

// "RunTask": launchType or capacityProviderStrategy, else the cluster's default strategy.
TEST(CapacityFamily, RefusedCallNamesTheQuotaItDrewOn) {
  const auto cause = [](std::string_view parameters, Strategy of_the_cluster) {
    World w;
    w.place().clusters[cluster_arn()].default_strategy = std::move(of_the_cluster);
    facts::TrailEvent& event = w.call("RunTask", "03:00:00", parameters);
    facts::CallFailure& failure =
        w.failure("RunTask", "ClientException",
                  "You have reached the limit on the number of vCPUs you can run concurrently", "03:00:00");
    failure.cluster = "prod";
    failure.resource_arn = "batch:1";
    failure.origin.event_id = event.event_id;
    return top(incident_of(w.diagnose(), kFamily));
  };
  EXPECT_EQ(cause(R"({"taskDefinition":"batch:1","launchType":"FARGATE"})", {}), "capacity.vcpu_quota");
  EXPECT_EQ(cause(R"({"taskDefinition":"batch:1",
                      "capacityProviderStrategy":[{"capacityProvider":"FARGATE_SPOT","weight":1}]})",
                  {}),
            "capacity.spot_vcpu_quota");
  EXPECT_EQ(cause(R"({"taskDefinition":"batch:1"})", {{"FARGATE_SPOT", 0, 1}}), "capacity.spot_vcpu_quota");
  EXPECT_EQ(cause(R"({"taskDefinition":"batch:1","launchType":"FARGATE"})", {{"FARGATE_SPOT", 0, 1}}),
            "capacity.vcpu_quota");
}

TEST(CapacityFamily, LaunchRateThrottled) {
  World w = on_demand();
  w.failure("RunTask", "ThrottlingException", "Rate exceeded", "03:00:00");
  EXPECT_EQ(top(incident_of(w.diagnose(), kFamily)), "capacity.launch_rate_throttled");
}

TEST(CapacityFamily, RunTaskFailuresCountAsCalls) {
  World w = on_demand();
  w.failure(
      "RunTask", "",
      "Capacity is unavailable at this time. Please try again later or in a different availability zone",
      "03:00:00");
  const Incident i = incident_of(w.diagnose(), kFamily);
  EXPECT_EQ(i.count, 1);
  EXPECT_THAT(i.summary, HasSubstr("1 call"));
}

TEST(CapacityFamily, HealthEventCovers) {
  World w = on_demand();
  w.event("03:00:00", kCapacityEvent);
  w.health("02:55:00");
  EXPECT_EQ(top(incident_of(w.diagnose(), kFamily)), "capacity.health_event");
  w.place().health.front().end = at("02:00:00");
  EXPECT_NE(top(incident_of(w.diagnose(), kFamily)), "capacity.health_event");
}

TEST(CapacityFamily, MoreTasksAreADecoyForAnEmptyZone) {
  World w = on_demand();
  w.service().network.subnets = {"subnet-0a"};
  w.event("03:00:00", kCapacityEvent);
  w.call("UpdateService", "02:58:00", R"({"cluster":"prod","service":"web","desiredCount":12})");
  EXPECT_EQ(top(incident_of(w.diagnose(), kFamily)), "capacity.zone");
}

TEST(CapacityContributing, RareSizeAndArchitecture) {
  World w = on_demand();
  w.event("03:00:00", kCapacityEvent);
  EXPECT_THAT(contributing(incident_of(w.diagnose(), kFamily)),
              Not(Contains("capacity.architecture_or_size_rare")));
  w.definition().cpu_architecture = "ARM64";
  EXPECT_THAT(contributing(incident_of(w.diagnose(), kFamily)),
              Contains("capacity.architecture_or_size_rare"));
  w.definition().cpu_architecture = "X86_64";
  w.definition().cpu = "16384";
  w.definition().memory = "65536";
  EXPECT_THAT(contributing(incident_of(w.diagnose(), kFamily)),
              Contains("capacity.architecture_or_size_rare"));
}

TEST(CapacityContributing, QuotaRequestPending) {
  World w = on_demand();
  w.event("03:00:00", kVcpuEvent);
  facts::QuotaRequest request;
  request.service = "fargate";
  request.code = "L-3032A538";
  request.desired_value = 64;
  request.status = "APPROVED";
  w.place().quota_requests = {request};
  EXPECT_THAT(contributing(incident_of(w.diagnose(), kFamily)),
              Not(Contains("capacity.quota_request_pending")));
  w.place().quota_requests.front().status = "CASE_OPENED";
  EXPECT_THAT(contributing(incident_of(w.diagnose(), kFamily)), Contains("capacity.quota_request_pending"));
}

TEST(CapacityContributing, NoOnDemandBase) {
  World w;
  w.event("03:00:00", kCapacityEvent);
  EXPECT_THAT(contributing(incident_of(w.diagnose(), kFamily)), Contains("capacity.no_on_demand_base"));
  EXPECT_THAT(contributing(incident_of(
                  [] {
                    World o = on_demand();
                    o.event("03:00:00", kCapacityEvent);
                    return o;
                  }()
                      .diagnose(),
                  kFamily)),
              Not(Contains("capacity.no_on_demand_base")));
}

TEST(CapacityFamily, OnDemandServiceIsNotToldToLeaveSpot) {
  World w = on_demand();
  w.event("03:00:00", kCapacityEvent);
  const Incident i = incident_of(w.diagnose(), kFamily);
  for (const Cause& cause : i.causes) {
    for (const Fix& fix : cause.fixes) {
      EXPECT_NE(fix.id, "on_demand_base") << cause.id;
      EXPECT_NE(fix.id, "run_on_demand") << cause.id;
    }
  }
}

TEST(CapacityFamily, EventsAreCountedAsEvents) {
  World w = on_demand();
  w.event("03:00:00", kVcpuEvent);
  w.event("03:05:00", kVcpuEvent);
  EXPECT_THAT(dump(w.diagnose()), HasSubstr("AWS says so of 2 events"));
}

}  // namespace
}  // namespace doctor::diagnose
