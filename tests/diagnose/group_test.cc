#include "diagnose/group.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "diagnose/case_support.h"

namespace doctor::diagnose {
namespace {

std::vector<Case> cases_of(const World& w, const Selection& selection, PlaceIndex& index) {
  index = index_of_place(w.facts.places.front());
  return group_stops(w.facts, index, selection);
}

std::vector<std::string> names_of(const World& w, const Selection& selection = {}) {
  PlaceIndex index;
  std::vector<std::string> names;
  for (const Case& c : cases_of(w, selection, index)) {
    names.push_back((c.service_name.empty() ? "family:" + c.task_family : c.service_name) + " " +
                    (c.family.empty() ? c.kind : c.family) + " " + std::to_string(c.stops.size()));
  }
  return names;
}

using testing::ElementsAre;

TEST(Grouping, OneIncidentAServiceAndFamily) {
  World w;
  w.spot_stop("a1", "eu-west-1a", "03:00:00");
  w.spot_stop("a2", "eu-west-1a", "03:00:10");
  w.spot_stop("x1", "eu-west-1b", "03:00:20", "api");
  EXPECT_THAT(names_of(w), ElementsAre("api FargateSpotInterrupted 1", "web FargateSpotInterrupted 2"));
}

TEST(Grouping, TwoIncidentsAtOnceInOneServiceComeOutAsTwo) {
  World w;
  w.spot_stop("a1", "eu-west-1a", "03:00:00");
  facts::Task& oom = w.stopped("b1", "eu-west-1b", "03:00:05");
  oom.stop_code = "EssentialContainerExited";
  oom.stopped_reason = "Essential container in task exited";
  oom.containers.front().exit_code = 137;
  oom.containers.front().reason = "OutOfMemoryError: Container killed due to memory usage";
  EXPECT_THAT(names_of(w), ElementsAre("web stop.out_of_memory 1", "web FargateSpotInterrupted 1"));
}

TEST(Grouping, SpotStopWithAKilledContainerIsOneSpotIncident) {
  World w;
  facts::Task& task = w.spot_stop("a1", "eu-west-1a", "03:00:00");
  task.containers.front().exit_code = 137;
  task.containers.front().reason = "OutOfMemoryError: Container killed due to memory usage";
  EXPECT_THAT(names_of(w), ElementsAre("web FargateSpotInterrupted 1"));
}

TEST(Grouping, StandAloneTasksGoByTheirTaskDefinitionFamily) {
  World w;
  for (const std::string id : {"t1", "t2"}) {
    facts::Task& task = w.spot_stop(id, "eu-west-1a", "03:00:00");
    task.group = "family:batch";
    task.task_definition_arn = definition_arn("batch:" + id.substr(1));
  }
  EXPECT_THAT(names_of(w), ElementsAre("family:batch FargateSpotInterrupted 2"));
}

TEST(Grouping, PlacementFailureRightAfterAnInterruptionIsItsAftermath) {
  World w;
  w.spot_stop("a1", "eu-west-1a", "03:00:00");
  w.event("03:02:00", kCapacityEvent);
  w.event("03:20:00", kCapacityEvent);
  PlaceIndex index;
  const auto cases = cases_of(w, {}, index);
  ASSERT_EQ(cases.size(), 1u);
  EXPECT_EQ(cases.front().aftermath.size(), 2u);
}

TEST(Grouping, PlacementFailureElsewhereBeforeOrMuchLaterIsAnIncidentOfItsOwn) {
  World w;
  w.spot_stop("a1", "eu-west-1a", "02:00:00");
  w.event("02:40:00", kCapacityEvent);
  w.event("01:59:00", kCapacityEvent, "api");
  EXPECT_THAT(names_of(w), ElementsAre("api FargateInsufficientCapacity 1",
                                       "web FargateInsufficientCapacity 1", "web FargateSpotInterrupted 1"));
}

TEST(Grouping, FailuresThatWereThereBeforeTheInterruptionAreNoAftermath) {
  World w;
  w.event("02:50:00", kCapacityEvent);
  w.spot_stop("a1", "eu-west-1a", "03:00:00");
  w.event("03:05:00", kCapacityEvent);
  EXPECT_THAT(names_of(w), ElementsAre("web FargateInsufficientCapacity 2", "web FargateSpotInterrupted 1"));
}

TEST(Grouping, EventBridgeAndDescribeServicesTellOneEventOnce) {
  World w;
  w.event("03:00:00", kCapacityEvent);
  facts::EcsEvent action;
  action.id = "e1";
  action.event_name = "SERVICE_TASK_PLACEMENT_FAILURE";
  action.reason = "RESOURCE:FARGATE";
  action.cluster_arn = cluster_arn();
  action.service_arn = service_arn();
  action.time = at("03:00:30");
  w.place().ecs_events.push_back(action);
  EXPECT_THAT(names_of(w), ElementsAre("web FargateInsufficientCapacity 1"));
}

TEST(Grouping, PlacementFailureFromEventBridgeAloneIsEnough) {
  World w;
  facts::EcsEvent action;
  action.id = "e1";
  action.event_name = "SERVICE_TASK_PLACEMENT_FAILURE";
  action.reason = "RESOURCE:FARGATE";
  action.cluster_arn = cluster_arn();
  action.service_arn = service_arn();
  action.time = at("03:00:30");
  w.place().ecs_events.push_back(action);
  EXPECT_THAT(names_of(w), ElementsAre("web FargateInsufficientCapacity 1"));
}

TEST(Grouping, ARefusedCallCountsOnceThoughTwoFilesTellIt) {
  World w;
  w.failure("RunTask", "ThrottlingException", "Rate exceeded", "03:00:00").resource_arn = "batch:1";
  w.failure("RunTask", "ThrottlingException", "Rate exceeded", "03:00:00").time.reset();
  EXPECT_THAT(names_of(w), ElementsAre("family:batch FargateInsufficientCapacity 1"));
}

// "API failure reasons" and "CloudTrail record contents": failures[] has no code, a trail's record has one.
TEST(Grouping, ARefusedCallCountsOnceThoughItsTwoRecordsHaveDifferentCodes) {
  World w;
  w.failure("RunTask", "Client.ClientException",
            "You have reached the limit on the number of vCPUs you can run concurrently", "03:00:00")
      .resource_arn = "batch:1";
  w.failure("RunTask", "", "You have reached the limit on the number of vCPUs you can run concurrently.",
            "03:00:00")
      .time.reset();
  EXPECT_THAT(names_of(w), ElementsAre("family:batch FargateInsufficientCapacity 1"));
}

TEST(Grouping, RefusedCallsOfDifferentWordsAreTwo) {
  World w;
  w.failure("RunTask", "ThrottlingException", "Rate exceeded", "03:00:00").resource_arn = "batch:1";
  w.failure("RunTask", "", "Capacity is unavailable at this time.", "03:00:00").time.reset();
  EXPECT_EQ(names_of(w).size(), 2u);
}

TEST(Grouping, UndatedCallIsJudgedAtTheNewestTimeButShowsNone) {
  World w;
  w.failure("RunTask", "", "Capacity is unavailable at this time.", "03:00:00").time.reset();
  w.health("03:50:00");
  const Incident i = w.diagnose().incidents.front();
  EXPECT_FALSE(i.first_seen);
  EXPECT_EQ(i.summary.find("2026"), std::string::npos);
  EXPECT_EQ(top(i), "capacity.health_event");
}

TEST(Grouping, CallsThatWereOnlyForbiddenAreNoIncident) {
  World w;
  w.failure("UpdateService", "AccessDeniedException",
            "User: arn:aws:iam::111122223333:user/bob is not authorized to perform: ecs:UpdateService",
            "03:00:00");
  EXPECT_TRUE(names_of(w).empty());
}

TEST(Grouping, FullDiskInTheLogIsAStorageIncidentAndTakesItsUnreadLikeAlong) {
  World w;
  for (const std::string id : {"t1", "t2", "t3"}) {
    facts::Task& task = w.stopped(id, "eu-west-1a", "03:00:00");
    task.stop_code = "EssentialContainerExited";
    task.stopped_reason = "Essential container in task exited";
    task.containers.front().exit_code = 1;
  }
  w.place().logs.push_back(
      {"/ecs/web", "ecs/app/t1", {{at("02:59:59"), "write /data/x: no space left on device"}}});
  w.place().logs.push_back({"/ecs/web", "ecs/app/t2", {{at("02:59:59"), "rate exceeded, giving up"}}});
  EXPECT_THAT(names_of(w),
              ElementsAre("web stop.application_exit 1", "web FargateEphemeralStorageExceeded 2"));
}

TEST(Grouping, SteadyNewsIsNoIncident) {
  World w;
  w.event("03:00:00", "(service web) has reached a steady state.");
  w.event("03:01:00", "(service web) has started 2 tasks: (task a1).");
  w.event("03:02:00", "(service web) has stopped 1 running tasks: (task a1).");
  EXPECT_TRUE(names_of(w).empty());
}

TEST(Grouping, FailedDeploymentIsAnIncidentOnlyWhereNothingElseTellsWhy) {
  World w;
  w.event("03:00:00", "(service web) (deployment ecs-svc/1) deployment failed: tasks failed to start.");
  EXPECT_THAT(names_of(w), ElementsAre("web deployment 1"));
  w.failed_start("t1", "eu-west-1a", "02:59:00",
                 "Timeout waiting for network interface provisioning to complete.");
  EXPECT_THAT(names_of(w), ElementsAre("web FargateENICreateFailed 1"));
}

TEST(Grouping, OrdinaryStopsRankLast) {
  World w;
  for (int n = 0; n < 9; ++n) {
    facts::Task& task = w.stopped("s" + std::to_string(n), "eu-west-1a", "03:10:00");
    task.stop_code = "ServiceSchedulerInitiated";
    task.stopped_reason = "Scaling activity initiated by (deployment ecs-svc/1)";
  }
  w.spot_stop("a1", "eu-west-1a", "03:00:00");
  const Diagnosis d = w.diagnose();
  ASSERT_EQ(d.incidents.size(), 2u);
  EXPECT_EQ(d.incidents[0].family, "FargateSpotInterrupted");
  EXPECT_EQ(d.incidents[1].family, "");
  EXPECT_EQ(d.incidents[1].count, 9);
}

TEST(Grouping, OnlyStopsWithinTheTimeCount) {
  World w;
  w.spot_stop("a1", "eu-west-1a", "02:00:00");
  w.spot_stop("a2", "eu-west-1a", "03:30:00");
  Selection selection;
  selection.earliest = at("03:00:00");
  EXPECT_THAT(names_of(w, selection), ElementsAre("web FargateSpotInterrupted 1"));
}

TEST(Grouping, TaskThatWasOnlyWarnedCountsAlready) {
  World w;
  facts::Task& task = w.running("a1", "eu-west-1a");
  task.desired_status = "STOPPED";
  task.stop_code = "SpotInterruption";
  task.stopping_at = at("03:00:00");
  EXPECT_THAT(names_of(w), ElementsAre("web FargateSpotInterrupted 1"));
}

TEST(Grouping, TenThousandStopsInFiveHundredServices) {
  World w;
  w.place().tasks.clear();
  for (int s = 0; s < 500; ++s) {
    const std::string service = "svc" + std::to_string(s);
    for (int n = 0; n < 20; ++n) {
      const std::string id = service + "-" + std::to_string(n);
      if (n % 2 == 0) {
        w.spot_stop(id, n % 4 == 0 ? "eu-west-1a" : "eu-west-1b", "03:00:10", service);
      } else {
        facts::Task& task = w.stopped(id, "eu-west-1c", "03:10:00", service);
        task.stop_code = "EssentialContainerExited";
        task.stopped_reason = "Essential container in task exited " + id;
      }
    }
  }
  EXPECT_EQ(w.diagnose().incidents.size(), 1000u);
}

}  // namespace
}  // namespace doctor::diagnose
