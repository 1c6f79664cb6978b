#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "diagnose/case_support.h"

namespace doctor::diagnose {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

constexpr std::string_view kFamily = "FargateSpotInterrupted";

// prod/web with four tasks interrupted in eu-west-1a and two that ran on elsewhere.
World one_zone() {
  World w;
  w.spot_stop("a1", "eu-west-1a", "03:00:10");
  w.spot_stop("a2", "eu-west-1a", "03:00:20");
  w.spot_stop("a3", "eu-west-1a", "03:00:30");
  w.spot_stop("a4", "eu-west-1a", "03:00:40");
  w.running("b1", "eu-west-1b");
  w.running("c1", "eu-west-1c");
  return w;
}

TEST(SpotFamily, CapacityReclaimedInOneZone) {
  const Diagnosis d = one_zone().diagnose();
  ASSERT_EQ(d.incidents.size(), 1u);
  const Incident& i = d.incidents.front();
  EXPECT_EQ(i.family, kFamily);
  EXPECT_EQ(top(i), "spot.reclaimed_zone");
  EXPECT_GT(i.causes.front().probability, 0.9);
  EXPECT_EQ(i.count, 4);
  EXPECT_EQ(i.summary,
            "4 of 6 Spot tasks of prod/web were interrupted in eu-west-1a between 03:00:10 and 03:00:40");
}

TEST(SpotFamily, EvidenceCarriesItsProof) {
  const Incident i = one_zone().diagnose().incidents.front();
  const Evidence& strongest = i.causes.front().evidence.front();
  EXPECT_EQ(strongest.id, "spot.stop_code");
  EXPECT_EQ(strongest.source.service, "ecs");
  EXPECT_EQ(strongest.source.operation, "describe-tasks");
  EXPECT_EQ(strongest.source.field, "stopCode");
  EXPECT_EQ(strongest.source.value, "SpotInterruption");
  EXPECT_EQ(strongest.source.time, at("03:00:10"));
}

TEST(SpotFamily, CapacityReclaimedInSeveralZonesAtOnce) {
  World w;
  w.spot_stop("a1", "eu-west-1a", "03:00:10");
  w.spot_stop("b1", "eu-west-1b", "03:00:50");
  w.spot_stop("c1", "eu-west-1c", "03:01:20");
  w.spot_stop("b2", "eu-west-1b", "03:02:20");
  EXPECT_EQ(top(incident_of(w.diagnose(), kFamily)), "spot.reclaimed_region");
}

TEST(SpotFamily, ZonesHitHoursApartAreZoneReclaims) {
  World w;
  w.spot_stop("a1", "eu-west-1a", "01:30:00");
  w.spot_stop("b1", "eu-west-1b", "03:00:00");
  w.spot_stop("b2", "eu-west-1b", "03:00:30");
  EXPECT_EQ(top(incident_of(w.diagnose(), kFamily)), "spot.reclaimed_zone");
}

TEST(SpotFamily, OtherServicesInOtherZonesPointToTheRegion) {
  World w;
  w.service().network.subnets = {"subnet-0a"};
  w.spot_stop("a1", "eu-west-1a", "03:00:10");
  w.spot_stop("x1", "eu-west-1b", "03:00:30", "api");
  w.spot_stop("x2", "eu-west-1c", "03:00:50", "api");
  w.spot_stop("x3", "eu-west-1c", "03:00:55", "api");
  facts::Scope scope;
  scope.service = "web";
  EXPECT_EQ(top(incident_of(w.diagnose(scope), kFamily)), "spot.reclaimed_region");
}

TEST(SpotFamily, HealthEventThatCoversRegionAndTimeWins) {
  World w = one_zone();
  w.health("02:50:00");
  EXPECT_EQ(top(incident_of(w.diagnose(), kFamily)), "spot.health_event");
}

TEST(SpotFamily, HealthEventsOfOtherTimesPlacesAndServicesAreDecoys) {
  World w = one_zone();
  w.health("01:00:00").end = at("01:30:00");
  w.health("02:50:00", "RDS");
  w.health("02:51:00").region = "us-east-1";
  w.health("02:52:00").availability_zone = "eu-west-1c";
  w.health("02:53:00").category = "scheduledChange";
  w.health("03:40:00");
  const Incident i = incident_of(w.diagnose(), kFamily);
  EXPECT_EQ(top(i), "spot.reclaimed_zone");
  EXPECT_LT(probability(i, "spot.health_event"), 0.02);
}

TEST(SpotFamily, TerminationNoticeIsTheOlderCode) {
  World w;
  w.spot_stop("a1", "eu-west-1a", "03:00:10").stop_code = "TerminationNotice";
  EXPECT_EQ(top(incident_of(w.diagnose(), kFamily)), "spot.reclaimed_zone");
}

TEST(SpotFamily, StopTaskWithASpotReasonIsNoInterruption) {
  World w;
  for (const std::string id : {"a1", "a2"}) {
    w.spot_stop(id, "eu-west-1a", "03:00:10").stop_code = "UserInitiated";
    w.call(
        "StopTask", id == "a1" ? "03:00:08" : "03:00:09",
        R"({"cluster":"prod","task":")" + task_arn(id) + R"(","reason":"Your Spot Task was interrupted."})");
  }
  const Incident i = incident_of(w.diagnose(), kFamily);
  EXPECT_EQ(top(i), "spot.not_an_interruption");
  EXPECT_GT(i.causes.front().probability, 0.99);
  EXPECT_THAT(i.causes.front().evidence.front().statement + i.causes.front().evidence.back().statement,
              HasSubstr("user/alice"));
}

TEST(SpotFamily, SpotReasonThatACallWroteIsNoInterruptionThoughTheStopCodeIsMissing) {
  World w;
  for (const std::string id : {"a1", "a2", "a3"}) {
    w.spot_stop(id, "eu-west-1a", "03:00:10").stop_code = "";
    w.call("StopTask", "03:00:0" + id.substr(1), R"({"cluster":"prod","task":")" + id + R"("})");
  }
  w.running("b1", "eu-west-1b");
  const Incident i = incident_of(w.diagnose(), kFamily);
  EXPECT_EQ(top(i), "spot.not_an_interruption");
  EXPECT_THAT(i.summary, HasSubstr("were stopped"));
  EXPECT_THAT(i.summary, Not(HasSubstr("interrupted")));
}

TEST(SpotFamily, SpotReasonWithoutACodeOrACallIsAnInterruption) {
  World w;
  w.spot_stop("a1", "eu-west-1a", "03:00:10").stop_code = "";
  EXPECT_EQ(top(incident_of(w.diagnose(), kFamily)), "spot.reclaimed_zone");
}

TEST(SpotFamily, UserInitiatedWithASpotReasonNeedsNoCloudTrail) {
  World w;
  for (const std::string id : {"a1", "a2", "a3"})
    w.spot_stop(id, "eu-west-1a", "03:00:10").stop_code = "UserInitiated";
  w.running("b1", "eu-west-1b");
  w.running("b2", "eu-west-1b");
  EXPECT_EQ(top(incident_of(w.diagnose(), kFamily)), "spot.not_an_interruption");
}

TEST(SpotFamily, PersonsStopBesideRealInterruptionsIsAnIncidentOfItsOwn) {
  World w = one_zone();
  facts::Task& task = w.stopped("b2", "eu-west-1b", "03:00:25");
  task.stop_code = "UserInitiated";
  task.stopped_reason = "Task stopped by user";
  w.call("StopTask", "03:00:24", R"({"cluster":"prod","task":"b2"})");
  const Diagnosis d = w.diagnose();
  ASSERT_EQ(d.incidents.size(), 2u);
  EXPECT_EQ(d.incidents[0].family, kFamily);
  EXPECT_EQ(top(d.incidents[0]), "spot.reclaimed_zone");
  EXPECT_EQ(d.incidents[1].family, "");
  EXPECT_THAT(d.incidents[1].task_arns, testing::ElementsAre(task_arn("b2")));
}

TEST(SpotFamily, DrainAutomationThatStopsWarnedTasksChangesNothing) {
  World w = one_zone();
  w.call("StopTask", "03:01:40", R"({"cluster":"prod","task":"a1"})");
  EXPECT_EQ(top(incident_of(w.diagnose(), kFamily)), "spot.reclaimed_zone");
}

// --- contributing
// --------------------------------------------------------------------------------------------

TEST(SpotContributing, NoOnDemandBase) {
  World w = one_zone();
  EXPECT_THAT(contributing(incident_of(w.diagnose(), kFamily)), Contains("spot.no_on_demand_base"));
  EXPECT_THAT(detail(incident_of(w.diagnose(), kFamily), "on_demand_base"),
              HasSubstr("FARGATE base 2 weight 1, FARGATE_SPOT base 0 weight 1"));
  w.service().capacity_provider_strategy = {{"FARGATE", 2, 1}, {"FARGATE_SPOT", 0, 3}};
  EXPECT_THAT(contributing(incident_of(w.diagnose(), kFamily)), Not(Contains("spot.no_on_demand_base")));
}

TEST(SpotContributing, ClustersDefaultStrategyCounts) {
  World w = one_zone();
  w.service().capacity_provider_strategy.clear();
  w.place().clusters[cluster_arn()].default_strategy = {{"FARGATE_SPOT", 0, 1}};
  EXPECT_THAT(contributing(incident_of(w.diagnose(), kFamily)), Contains("spot.no_on_demand_base"));
}

TEST(SpotContributing, NothingIsSaidOfABaseWhereTheStrategyIsNotKnown) {
  World w = one_zone();
  w.place().services.clear();
  EXPECT_THAT(contributing(incident_of(w.diagnose(), kFamily)), Not(Contains("spot.no_on_demand_base")));
}

TEST(SpotFamily, ServiceOfThreeZonesIsNotToldToTakeMore) {
  const auto offers_more_zones = [](const World& w) {
    const Incident i = incident_of(w.diagnose(), kFamily);
    const auto named = [](const Cause& cause) {
      return std::any_of(cause.fixes.begin(), cause.fixes.end(),
                         [](const Fix& fix) { return fix.id == "more_zones"; });
    };
    return std::any_of(i.causes.begin(), i.causes.end(), named) ||
           std::any_of(i.contributing.begin(), i.contributing.end(), named);
  };
  World w = one_zone();
  EXPECT_FALSE(offers_more_zones(w));
  w.service().network.subnets.pop_back();
  EXPECT_TRUE(offers_more_zones(w));
}

TEST(SpotContributing, SingleZone) {
  World w = one_zone();
  EXPECT_THAT(contributing(incident_of(w.diagnose(), kFamily)), Not(Contains("spot.single_zone")));
  w.service().network.subnets = {"subnet-0a"};
  EXPECT_THAT(contributing(incident_of(w.diagnose(), kFamily)), Contains("spot.single_zone"));
  EXPECT_THAT(detail(incident_of(w.diagnose(), kFamily), "more_zones"), HasSubstr("subnet-0b (eu-west-1b)"));
}

TEST(SpotContributing, MovedToSpotByAChangeBefore) {
  World w = one_zone();
  w.call(
      "UpdateService", "02:10:00",
      R"({"cluster":"prod","service":"web","capacityProviderStrategy":[{"capacityProvider":"FARGATE_SPOT","weight":1}]})");
  const Incident i = incident_of(w.diagnose(), kFamily);
  EXPECT_THAT(contributing(i), Contains("spot.moved_to_spot_by_change"));
  EXPECT_EQ(top(i), "spot.reclaimed_zone");
}

TEST(SpotContributing, ChangesAfterwardsElsewhereAndOfTheSameStrategyAreDecoys) {
  const std::string to_spot =
      R"("capacityProviderStrategy":[{"capacityProvider":"FARGATE_SPOT","weight":1}]})";
  World w = one_zone();
  w.call("UpdateService", "03:30:00", R"({"cluster":"prod","service":"web",)" + to_spot);
  w.call("UpdateService", "02:30:00", R"({"cluster":"prod","service":"api",)" + to_spot);
  w.call("CreateService", "00:30:00", R"({"cluster":"prod","serviceName":"web",)" + to_spot);
  w.call("UpdateService", "02:50:00", R"({"cluster":"prod","service":"web",)" + to_spot);
  const Incident i = incident_of(w.diagnose(), kFamily);
  EXPECT_THAT(contributing(i), Not(Contains("spot.moved_to_spot_by_change")));
  EXPECT_EQ(top(i), "spot.reclaimed_zone");
}

TEST(SpotContributing, MovedToSpotByADeployment) {
  World w = one_zone();
  facts::Deployment before, now;
  before.id = "ecs-svc/1";
  before.status = "ACTIVE";
  before.created_at = at("00:10:00");
  before.capacity_provider_strategy = {{"FARGATE", 1, 1}};
  now.id = "ecs-svc/2";
  now.status = "PRIMARY";
  now.created_at = at("02:00:00");
  now.capacity_provider_strategy = {{"FARGATE_SPOT", 0, 1}};
  w.service().deployments = {now, before};
  EXPECT_THAT(contributing(incident_of(w.diagnose(), kFamily)), Contains("spot.moved_to_spot_by_change"));
}

TEST(SpotContributing, SigtermIgnoredAndStopTimeoutTooShort) {
  World w = one_zone();
  for (const std::string id : {"a1", "a2", "a3", "a4"}) {
    facts::Task& task = w.place().tasks[task_arn(id)];
    task.containers.front().exit_code = 137;
    task.stopped_at = *task.stopping_at + std::chrono::seconds{31};
  }
  const Incident i = incident_of(w.diagnose(), kFamily);
  EXPECT_THAT(contributing(i), Contains("spot.sigterm_ignored"));
  EXPECT_THAT(contributing(i), Contains("spot.stop_timeout_short"));
  EXPECT_THAT(detail(i, "stop_timeout"), HasSubstr("30 (default) -> 120"));
}

TEST(SpotContributing, OneSpotIncidentThoughTheContainersWereKilled) {
  World w = one_zone();
  w.place().tasks[task_arn("a1")].containers.front().exit_code = 137;
  w.place().tasks[task_arn("a1")].containers.front().reason = "";
  EXPECT_EQ(w.diagnose().incidents.size(), 1u);
}

TEST(SpotContributing, CleanEndIsNoIgnoredSigterm) {
  World w = one_zone();
  w.definition().containers.front().stop_timeout_seconds = 120;
  const Incident i = incident_of(w.diagnose(), kFamily);
  EXPECT_THAT(contributing(i), Not(Contains("spot.sigterm_ignored")));
  EXPECT_THAT(contributing(i), Not(Contains("spot.stop_timeout_short")));
}

TEST(SpotContributing, DrainLongerThanTheNotice) {
  World w = one_zone();
  w.service().load_balancers.push_back(
      {"arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/web/1", "app", 80});
  facts::TargetGroup& group = w.place().target_groups[w.service().load_balancers.front().target_group_arn];
  group.name = "web";
  group.deregistration_delay_seconds = 300;
  EXPECT_THAT(contributing(incident_of(w.diagnose(), kFamily)), Contains("spot.drain_longer_than_notice"));
  EXPECT_THAT(detail(incident_of(w.diagnose(), kFamily), "deregistration_delay"), HasSubstr("300 -> 90"));
  group.deregistration_delay_seconds = 60;
  EXPECT_THAT(contributing(incident_of(w.diagnose(), kFamily)),
              Not(Contains("spot.drain_longer_than_notice")));
}

TEST(SpotContributing, ReplacementsWithoutCapacityQuotaOrAddresses) {
  World w = one_zone();
  w.event("03:03:00", kCapacityEvent);
  w.event("03:05:00",
          "(service web) was unable to place a task. Reason: You've reached the limit on the number of vCPUs "
          "you can "
          "run concurrently.");
  w.failed_start("n1", "eu-west-1a", "03:07:00",
                 "Unexpected EC2 error while attempting to Create Network Interface with public IP "
                 "assignment enabled in "
                 "subnet 'subnet-0a': InsufficientFreeAddressesInSubnet");
  const Diagnosis d = w.diagnose();
  ASSERT_EQ(d.incidents.size(), 1u);
  const auto factors = contributing(d.incidents.front());
  EXPECT_THAT(factors, Contains("spot.replacement_no_capacity"));
  EXPECT_THAT(factors, Contains("spot.replacement_quota"));
  EXPECT_THAT(factors, Contains("spot.replacement_no_addresses"));
  EXPECT_THAT(d.incidents.front().summary, HasSubstr("3 attempts to place a replacement failed"));
}

TEST(SpotContributing, TooFewTasks) {
  World w;
  w.service().desired = 1;
  w.spot_stop("a1", "eu-west-1a", "03:00:10");
  EXPECT_THAT(contributing(incident_of(w.diagnose(), kFamily)), Contains("spot.too_few_tasks"));
  EXPECT_THAT(contributing(incident_of(one_zone().diagnose(), kFamily)), Not(Contains("spot.too_few_tasks")));
}

}  // namespace
}  // namespace doctor::diagnose
