// RunTask, DescribeTasks, StopTask and ListTasks as "Amazon ECS API Reference" has them.
#include "verify/replay.h"

#include <nlohmann/json.hpp>

#include "facts/fake_aws.h"
#include "verify_support.h"

namespace doctor::verify {
namespace {

using facts::FakeAws;
using nlohmann::json;

// A cluster in which a task has the statuses of a script, one a look; the last one stays.
struct Cluster {
  explicit Cluster(std::vector<json> looks) : looks(std::move(looks)) {
    aws.on("ecs.RunTask", [this](const json& input, const std::string&) {
      asked = input;
      return core::Result<std::string>(
          R"({"tasks":[{"taskArn":"arn:aws:ecs:eu-west-1:111122223333:task/prod/t1"}],"failures":[]})");
    });
    aws.on("ecs.DescribeTasks", [this](const json&, const std::string&) {
      const json& task = this->looks[std::min(look++, this->looks.size() - 1)];
      return core::Result<std::string>(json{{"tasks", {task}}, {"failures", json::array()}}.dump());
    });
    aws.on("ecs.StopTask", R"({"task":{"desiredStatus":"STOPPED"}})");
    aws.on("ecs.ListTasks", R"({"taskArns":[]})");
    options.pause = [this](core::Duration span) { clock.advance(span); };
  }
  std::vector<ReplayOutcome> run(const std::vector<Replay>& replays) {
    return run_replays(aws, aws, "r-1", replays, options, clock);
  }

  FakeAws aws;
  StepClock clock;
  ReplayOptions options;
  std::vector<json> looks;
  std::size_t look = 0;
  json asked;
};

json status(const std::string& last) {
  return {{"lastStatus", last}, {"desiredStatus", "RUNNING"}};
}

Replay simple() {
  Replay replay;
  replay.region = "eu-west-1";
  replay.cluster = "prod";
  replay.subnet = "subnet-a";
  replay.definition = "web:8";
  replay.request = R"({"taskDefinition":"web:8"})";
  return replay;
}

TEST(Replay, ATaskThatRunsIsSeenToGoOnRunningAndIsStopped) {
  Cluster cluster({status("PROVISIONING"), status("PENDING"), status("RUNNING")});
  const auto outcomes = cluster.run({simple()});
  ASSERT_EQ(outcomes.size(), 1u);
  EXPECT_TRUE(outcomes[0].running_at);
  EXPECT_GE(outcomes[0].ended_at - *outcomes[0].running_at, std::chrono::seconds{20});
  EXPECT_EQ(cluster.aws.count("ecs.StopTask"), 1);
  EXPECT_FALSE(outcomes[0].not_stopped);
}

TEST(Replay, ATaskThatFallsBackFromRunningHasNotRun) {
  Cluster cluster({status("RUNNING"), status("DEPROVISIONING"),
                   json{{"lastStatus", "STOPPED"}, {"desiredStatus", "STOPPED"}}});
  const auto outcomes = cluster.run({simple()});
  EXPECT_TRUE(outcomes[0].stopped_by_itself);
}

TEST(Replay, WaitsForTheHealthCheckWhereThereIsOne) {
  json running = status("RUNNING"), healthy = status("RUNNING");
  running["healthStatus"] = "UNKNOWN";
  healthy["healthStatus"] = "HEALTHY";
  Cluster cluster({running, running, healthy});
  Replay replay = simple();
  replay.has_health_check = true;
  const auto outcomes = cluster.run({replay});
  ASSERT_TRUE(outcomes[0].running_at);
  EXPECT_EQ(*outcomes[0].running_at - outcomes[0].began_at, std::chrono::seconds{9});
}

TEST(Replay, GivesUpOnATaskThatStaysPendingAndStopsIt) {
  Cluster cluster({status("PENDING")});
  const auto outcomes = cluster.run({simple()});
  EXPECT_FALSE(outcomes[0].running_at);
  EXPECT_GE(outcomes[0].ended_at - outcomes[0].began_at, std::chrono::minutes{10});
  EXPECT_EQ(cluster.aws.count("ecs.StopTask"), 1);
}

TEST(Replay, StopsTheTaskAlsoWhereNobodyAnswersAnyMore) {
  Cluster cluster({status("PENDING")});
  cluster.aws.refuse("ecs.DescribeTasks", "", "no connection", core::ErrorKind::unreachable);
  const auto outcomes = cluster.run({simple()});
  EXPECT_FALSE(outcomes[0].running_at);
  EXPECT_EQ(cluster.aws.count("ecs.StopTask"), 1);
}

TEST(Replay, CtrlCStopsTheTaskByTheOtherClient) {
  Cluster cluster({status("PENDING")});
  std::atomic<bool> cancelled{false};
  cluster.options.cancelled = &cancelled;
  cluster.options.pause = [&](core::Duration) { cancelled = true; };
  FakeAws always;
  always.on("ecs.StopTask", "{}");
  const auto outcomes = run_replays(cluster.aws, always, "r-1", {simple()}, cluster.options, cluster.clock);
  EXPECT_TRUE(outcomes[0].cancelled);
  EXPECT_EQ(always.count("ecs.StopTask"), 1);
  EXPECT_EQ(cluster.aws.count("ecs.StopTask"), 0);
}

TEST(Replay, ATaskThatCouldNotBeStoppedIsNamed) {
  Cluster cluster({status("RUNNING")});
  cluster.aws.refuse("ecs.StopTask", "AccessDeniedException", "no");
  const auto outcomes = cluster.run({simple()});
  ASSERT_TRUE(outcomes[0].not_stopped);
}

TEST(Replay, ARunTaskThatNobodyHeardOfIsLookedForAndStopped) {
  Cluster cluster({status("RUNNING")});
  cluster.aws.refuse("ecs.RunTask", "", "reset", core::ErrorKind::unreachable);
  cluster.aws.on("ecs.ListTasks", R"({"taskArns":["arn:aws:ecs:eu-west-1:111122223333:task/prod/t9"]})");
  const auto outcomes = cluster.run({simple()});
  EXPECT_TRUE(outcomes[0].refused);
  EXPECT_EQ(cluster.aws.count("ecs.StopTask"), 1);
  // "When you specify startedBy as the filter, it must be the only filter that you use" (ListTasks).
  EXPECT_EQ(json::parse(cluster.aws.inputs("ecs.ListTasks")),
            (json{{"cluster", "prod"}, {"startedBy", "fd-verify_r-1"}}));
}

TEST(Replay, ExecIsTriedUntilItsAgentIsThere) {
  Cluster cluster({status("RUNNING")});
  int tries = 0;
  cluster.aws.on("ecs.ExecuteCommand",
                 [&](const json& input, const std::string&) -> core::Result<std::string> {
                   EXPECT_EQ(input["container"], "app");
                   if (++tries < 3)
                     return core::fail(core::ErrorKind::invalid_call, "the agent isn't running", "",
                                       "InvalidParameterException");
                   return std::string(R"({"session":{"tokenValue":"secret"}})");
                 });
  Replay replay = simple();
  replay.container = "app";
  const auto outcomes = cluster.run({replay});
  EXPECT_EQ(tries, 3);
  EXPECT_TRUE(outcomes[0].exec_tried);
  EXPECT_FALSE(outcomes[0].exec_error);
}

json with_agent(const std::string& agent) {
  json task = status("RUNNING");
  task["containers"] = {
      {{"name", "app"}, {"managedAgents", {{{"name", "ExecuteCommandAgent"}, {"lastStatus", agent}}}}}};
  return task;
}

TEST(Replay, ExecIsNotTriedBeforeItsAgentRunsNorOnOneThatStopped) {
  Cluster cluster({with_agent("PENDING"), with_agent("PENDING"), with_agent("RUNNING")});
  cluster.aws.on("ecs.ExecuteCommand", "{}");
  Replay replay = simple();
  replay.container = "app";
  EXPECT_FALSE(cluster.run({replay})[0].exec_error);
  EXPECT_EQ(cluster.aws.count("ecs.DescribeTasks") - cluster.aws.count("ecs.ExecuteCommand"), 7);
  Cluster stopped({with_agent("STOPPED")});
  const auto outcomes = stopped.run({replay});
  EXPECT_TRUE(outcomes[0].exec_error);
  EXPECT_EQ(stopped.aws.count("ecs.ExecuteCommand"), 0);
}

TEST(StartedBy, HasOnlyWhatRunTaskTakes) {
  // "Up to 36 letters (uppercase and lowercase), numbers, hyphens (-), and underscores (_) are allowed."
  const auto text = started_by("r-20261124-030000-7f3a/weird run with a very long name indeed");
  EXPECT_LE(text.size(), 36u);
  EXPECT_EQ(text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"),
            std::string::npos);
  EXPECT_EQ(started_by("r-20261124-030000-7f3a"), "fd-verify_r-20261124-030000-7f3a");
}

TEST(ReplayChoice, EverySubnetAndEveryProviderIsWalkedOnce) {
  auto facts = web_facts();
  web_of(facts).network.subnets = {"subnet-a", "subnet-b", "subnet-c"};
  const auto replays = replays_of(run_of_family("FargateENICreateFailed"), place_of(facts), 6);
  ASSERT_EQ(replays.size(), 3u);
  EXPECT_EQ(replays[0].subnet + replays[0].provider, "subnet-aFARGATE");
  EXPECT_EQ(replays[1].subnet + replays[1].provider, "subnet-bFARGATE_SPOT");
  EXPECT_EQ(replays[2].subnet + replays[2].provider, "subnet-cFARGATE");
  const auto request = json::parse(replays[1].request);
  EXPECT_EQ(request["networkConfiguration"]["awsvpcConfiguration"],
            (json{{"subnets", {"subnet-b"}}, {"securityGroups", {"sg-1"}}, {"assignPublicIp", "DISABLED"}}));
  EXPECT_EQ(request["taskDefinition"], "arn:aws:ecs:eu-west-1:111122223333:task-definition/web:8");
  EXPECT_EQ(request["capacityProviderStrategy"][0]["capacityProvider"], "FARGATE_SPOT");
  EXPECT_EQ(request["platformVersion"], "1.4.0");
  EXPECT_EQ(request["tags"][0]["value"], "r-20261124-030000-7f3a");
  EXPECT_FALSE(request.contains("launchType"));
}

TEST(ReplayChoice, NeverMoreTasksThanAllowed) {
  auto facts = web_facts();
  web_of(facts).network.subnets = {"a", "b", "c", "d", "e", "f", "g", "h"};
  EXPECT_EQ(replays_of(run_of_family(""), place_of(facts), 6).size(), 6u);
}

TEST(ReplayChoice, ExecIsTriedOnlyWhereTheServiceHasIt) {
  auto facts = web_facts();
  EXPECT_EQ(replays_of(run_of_family("FargateExecError"), place_of(facts), 1)[0].container, "");
  web_of(facts).enable_execute_command = true;
  EXPECT_EQ(replays_of(run_of_family("FargateExecError"), place_of(facts), 1)[0].container, "app");
  EXPECT_EQ(replays_of(run_of_family("FargateSpotInterrupted"), place_of(facts), 1)[0].container, "");
}

TEST(ReplayChoice, AStandAloneTaskStartsAsItsNewestRunTaskDidWithTheRunsNewRevision) {
  facts::Facts facts;
  facts.places.emplace_back().region = "eu-west-1";
  facts::TrailEvent event;
  event.event_name = "RunTask";
  event.time = at("2026-11-24T02:00:00Z");
  event.request_parameters =
      R"({"cluster":"prod","taskDefinition":"batch:3","launchType":"FARGATE","networkConfiguration":{"awsvpcConfiguration":{"subnets":["subnet-z"],"securityGroups":["sg-z"]}}})";
  place_of(facts).trail["e1"] = event;
  auto run = run_of_family("FargatePlatformVersionUnsupported");
  run.plan.service.clear();
  run.entries[0].answer =
      R"({"taskDefinition":{"taskDefinitionArn":"arn:aws:ecs:eu-west-1:111122223333:task-definition/batch:4"}})";
  const auto replays = replays_of(run, place_of(facts), 6);
  ASSERT_EQ(replays.size(), 1u);
  EXPECT_EQ(replays[0].definition, "batch:4");
  EXPECT_EQ(replays[0].subnet, "subnet-z");
  run.plan.cluster = "other";
  EXPECT_TRUE(replays_of(run, place_of(facts), 6).empty());
}

}  // namespace
}  // namespace doctor::verify
