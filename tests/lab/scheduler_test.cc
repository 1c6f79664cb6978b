// The service scheduler on simulated time: no sockets, no sleeping.
#include "lab/scheduler.h"

#include <rapidcheck.h>

#include "lab/fargate_task.h"
#include "lab/scenario_town.h"

namespace doctor::lab {
namespace {

using namespace std::chrono_literals;

const Timestamp kNow{std::chrono::hours{500000}};

struct Play {
  explicit Play(std::uint64_t seed = 1, TownOptions options = {})
      : world({.seed = seed, .now = kNow}), town(world, without_siblings(options)) {}
  static TownOptions without_siblings(TownOptions options) {
    options.siblings = false;
    return options;
  }
  void run(Duration span) { world.clock.advance_by(span); }
  ServiceRecord& web() { return town.service("web"); }
  int count(const std::string& status, const std::string& zone = "") {
    int n = 0;
    for (const auto& [id, task] : town.ecs().state.tasks)
      n += task.last_status == status && (zone.empty() || task.zone == zone);
    return n;
  }
  bool said(const std::string& part) {
    for (const auto& event : web().events)
      if (event.message.find(part) != std::string::npos) return true;
    return false;
  }
  World world;
  Town town;
};

App web(int desired) {
  App app{.name = "web", .desired = desired};
  return app;
}

TEST(Scheduler, BringsAServiceToASteadyStateSpreadOverTheZones) {
  Play play;
  play.town.add_app(web(6));
  play.run(10min);
  EXPECT_EQ(play.count("RUNNING"), 6);
  for (const auto& zone : play.town.zones) EXPECT_EQ(play.count("RUNNING", zone), 2);
  EXPECT_TRUE(play.said("(service web) has started 6 tasks: (task "));
  EXPECT_TRUE(play.said("(service web) registered 1 targets in (target-group arn:aws:elasticloadbalancing:"));
  EXPECT_EQ(play.web().events.front().message, "(service web) has reached a steady state.");
  EXPECT_EQ(play.web().deployments.front().rollout_state, "COMPLETED");
}

TEST(Scheduler, SaysThatItIsSteadyEverySixHours) {
  Play play;
  play.town.add_app(web(2));
  play.run(25h);
  int steady = 0;
  for (const auto& event : play.web().events)
    steady += event.message.find("steady state") != std::string::npos;
  EXPECT_EQ(steady, 5);
}

TEST(Scheduler, PlacesBaseAndWeightOverTheProviders) {
  Play play;
  App app = web(10);
  app.strategy = {{"FARGATE", 2, 1}, {"FARGATE_SPOT", 0, 3}};
  play.town.add_app(app);
  play.run(10min);
  int spot = 0, on_demand = 0;
  for (const TaskRecord* task : play.town.tasks_of("web")) (task->spot() ? spot : on_demand) += 1;
  EXPECT_EQ(on_demand, 4);
  EXPECT_EQ(spot, 6);
}

TEST(Scheduler, LeavesTheSpotShareUnplacedWhenThereIsNoSpotCapacity) {
  Play play;
  for (const auto& zone : play.town.zones) play.town.ecs().state.capacity.limit("FARGATE_SPOT", zone, 0.0);
  App app = web(4);
  app.strategy = {{"FARGATE", 1, 1}, {"FARGATE_SPOT", 0, 2}};
  play.town.add_app(app);
  play.run(15min);
  EXPECT_EQ(play.count("RUNNING"), 2);
  EXPECT_TRUE(
      play.said("(service web) was unable to place a task. Reason: Capacity is unavailable at this time. "
                "Please try again later or in a different availability zone"));
}

TEST(Scheduler, RollsADeploymentWithinItsBounds) {
  for (const auto& [least, most] : {std::pair{100, 200}, {50, 100}, {75, 150}}) {
    Play play;
    App app = web(4);
    app.minimum_healthy_percent = least;
    app.maximum_percent = most;
    app.deregistration_delay = 20;
    play.town.add_app(app);
    play.run(10min);
    app.tag = "2.0.0";
    ASSERT_TRUE(play.town.deploy(app));
    const Bounds bounds = bounds_of(play.web());
    for (int second = 0; second < 600; ++second) {
      play.run(1s);
      int wanted = 0, healthy = 0;
      for (const TaskRecord* task : play.town.tasks_of("web")) {
        ++wanted;
        healthy += task->last_status == "RUNNING" && task->was_healthy;
      }
      ASSERT_LE(wanted, bounds.most) << least << "/" << most << " after " << second << " s";
      ASSERT_GE(healthy, bounds.least_healthy) << least << "/" << most << " after " << second << " s";
    }
    EXPECT_EQ(play.web().deployments.size(), 1u);
    for (const TaskRecord* task : play.town.tasks_of("web"))
      EXPECT_EQ(task->task_definition_arn, play.web().task_definition_arn);
    EXPECT_TRUE(play.said("deployment completed."));
  }
}

TEST(Scheduler, TheBreakerStopsAndRollsBackADeploymentThatCannotStart) {
  Play play;
  play.town.add_app(web(4));
  play.run(10min);
  const std::string good = play.web().task_definition_arn;
  App next = web(4);
  next.tag = "2.0.0";
  next.behaviour.answers_health_checks = false;
  next.behaviour.exits_after = 5s;
  ASSERT_TRUE(play.town.deploy(next));
  play.run(30min);
  EXPECT_TRUE(play.said("deployment failed: tasks failed to start."));
  EXPECT_TRUE(play.said("rolling back to deployment ecs-svc/"));
  EXPECT_EQ(play.web().task_definition_arn, good);
  EXPECT_EQ(play.count("RUNNING"), 4);
  EXPECT_EQ(play.web().events.front().message, "(service web) has reached a steady state.");
}

TEST(Scheduler, TheBreakersThresholdIsHalfTheDesiredCountWithinThreeAndTwoHundred) {
  EXPECT_EQ(breaker_threshold(1), 3);
  EXPECT_EQ(breaker_threshold(6), 3);
  EXPECT_EQ(breaker_threshold(25), 13);
  EXPECT_EQ(breaker_threshold(400), 200);
  EXPECT_EQ(breaker_threshold(800), 200);
}

TEST(Scheduler, DelaysLaunchesThatFailAgainAndAgain) {
  Play play;
  App app = web(1);
  app.breaker = false;
  app.behaviour.answers_health_checks = false;
  app.behaviour.exits_after = 3s;
  play.town.add_app(app);
  play.run(3h);
  EXPECT_TRUE(play.said("(service web) is unable to consistently start tasks successfully."));
  std::vector<Timestamp> launches;
  for (const auto& [id, task] : play.town.ecs().state.tasks) launches.push_back(*task.created_at);
  std::sort(launches.begin(), launches.end());
  ASSERT_GE(launches.size(), 3u);
  const Duration last = launches.back() - launches[launches.size() - 2];
  EXPECT_GE(last, 14min);
  EXPECT_LE(last, 17min);
}

TEST(Scheduler, ScaleInStopsTheSurplusAndKeepsZonesEven) {
  Play play;
  App app = web(9);
  app.deregistration_delay = 10;
  play.town.add_app(app);
  play.run(10min);
  play.town.act(play.town.pipeline, "UpdateService",
                {{"cluster", "prod"}, {"service", "web"}, {"desiredCount", 3}});
  play.run(5min);
  for (const auto& zone : play.town.zones) EXPECT_EQ(play.count("RUNNING", zone), 1);
  for (const auto& [id, task] : play.town.ecs().state.tasks) {
    if (task.live()) continue;
    EXPECT_EQ(task.stop_code, "ServiceSchedulerInitiated");
    EXPECT_EQ(task.stopped_reason, "Scaling activity initiated by (deployment " + task.deployment + ")");
  }
}

TEST(Spot, InterruptionWarnsThenKillsAfterTheStopTimeout) {
  for (const auto& [ignores, timeout, drain, exit_code, seconds] : {std::tuple{true, 30, 3s, 137, 30},
                                                                    {true, 120, 3s, 137, 120},
                                                                    {false, 30, 12s, 0, 12},
                                                                    {false, 30, 90s, 137, 30}}) {
    Play play;
    App app = web(1);
    app.strategy = {{"FARGATE_SPOT", 0, 1}};
    app.stop_timeout = timeout;
    app.behaviour.ignores_sigterm = ignores;
    app.behaviour.drain = drain;
    play.town.add_app(app);
    play.run(10min);
    const std::string id = play.town.tasks_of("web").front()->id;
    interrupt_spot_task(play.town.ecs(), *task_by_id(play.town.ecs(), id));
    const TaskRecord* task = task_by_id(play.town.ecs(), id);
    EXPECT_EQ(task->desired_status, "STOPPED");
    EXPECT_EQ(task->last_status, "RUNNING");
    EXPECT_EQ(task->stop_code, "SpotInterruption");
    const Timestamp notice = play.world.clock.now();
    play.run(3min);
    task = task_by_id(play.town.ecs(), id);
    EXPECT_EQ(task->last_status, "STOPPED");
    EXPECT_EQ(task->stopped_reason, "Your Spot Task was interrupted.");
    EXPECT_EQ(task->containers.front().exit_code, exit_code);
    EXPECT_EQ(*task->execution_stopped_at - notice, std::chrono::seconds{seconds});
    EXPECT_LE(*task->stopped_at - notice, 150s);
    EXPECT_EQ(play.count("RUNNING"), 1);  // a replacement, on Spot again
    EXPECT_TRUE(play.town.tasks_of("web").front()->spot());
  }
}

TEST(Spot, AZoneThatIsReclaimedIsLeftByEveryTask) {
  Play play;
  App app = web(6);
  app.strategy = {{"FARGATE_SPOT", 0, 1}};
  play.town.add_app(app);
  play.run(10min);
  withdraw_spot(play.town.ecs(), play.town.zones[0], 60s);
  play.run(5min);
  EXPECT_EQ(play.count("RUNNING", play.town.zones[0]), 0);
  EXPECT_EQ(play.count("RUNNING"), 6);
  int interrupted = 0;
  for (const auto& [id, task] : play.town.ecs().state.tasks)
    interrupted += task.stop_code == "SpotInterruption";
  EXPECT_EQ(interrupted, 2);
}

TEST(Task, StoppedTasksAreShownForAnHour) {
  Play play;
  play.town.add_app(web(1));
  play.run(10min);
  const std::string id = play.town.tasks_of("web").front()->id;
  play.town.act(play.town.developer, "StopTask", {{"cluster", "prod"}, {"task", id}});
  play.run(30min);
  ASSERT_NE(task_by_id(play.town.ecs(), id), nullptr);
  EXPECT_EQ(task_by_id(play.town.ecs(), id)->stop_code, "UserInitiated");
  play.run(40min);
  EXPECT_EQ(task_by_id(play.town.ecs(), id), nullptr);
}

TEST(Task, AddressesRunOutForReal) {
  Play play(1, {.private_bits = 28});
  play.town.add_app(web(60));
  play.run(6min);
  int failed = 0;
  for (const auto& [id, task] : play.town.ecs().state.tasks)
    failed += task.stopped_reason.find("InsufficientFreeAddressesInSubnet") != std::string::npos;
  EXPECT_GT(failed, 0);
  for (const auto& subnet : play.town.private_subnets)
    EXPECT_EQ(free_addresses(play.world.ec2[play.town.region], subnet), 0);
}

// Whatever people do to a service, these hold at every moment.
TEST(Scheduler, InvariantsHoldWhateverHappens) {
  EXPECT_TRUE(rc::check([] {
    Play play(*rc::gen::arbitrary<std::uint64_t>(), {.history = 24h, .private_bits = 26});
    App app = web(*rc::gen::inRange(0, 12));
    app.strategy = {{"FARGATE", *rc::gen::inRange(0, 3), *rc::gen::inRange(0, 3)}, {"FARGATE_SPOT", 0, 1}};
    app.deregistration_delay = 5;
    app.maximum_percent = *rc::gen::element(110, 150, 200);
    app.minimum_healthy_percent = *rc::gen::element(0, 50, 100);
    std::map<std::string, int> free_before;
    const Ec2& ec2 = play.world.ec2[play.town.region];
    play.town.add_app(app);
    for (const auto& subnet : play.town.private_subnets) free_before[subnet] = free_addresses(ec2, subnet);
    std::map<std::string, long long> versions;
    for (int step = 0; step < 12; ++step) {
      switch (*rc::gen::inRange(0, 5)) {
        case 0:
          play.town.act(
              play.town.pipeline, "UpdateService",
              {{"cluster", "prod"}, {"service", "web"}, {"desiredCount", *rc::gen::inRange(0, 12)}});
          break;
        case 1:
          play.town.act(play.town.pipeline, "UpdateService",
                        {{"cluster", "prod"}, {"service", "web"}, {"forceNewDeployment", true}});
          break;
        case 2:
          withdraw_spot(play.town.ecs(), play.town.zones[0], 30s);
          break;
        case 3:
          give_back_spot(play.town.ecs(), play.town.zones[0]);
          break;
        default:
          break;
      }
      // A smaller desired count may leave more than the new maximum for a while, but nothing is added to it.
      const int most =
          std::max(bounds_of(play.web()).most, static_cast<int>(play.town.tasks_of("web").size()));
      play.run(std::chrono::seconds{*rc::gen::inRange(5, 200)});
      int wanted = 0, interfaces = 0;
      double vcpus = 0;
      for (const auto& [id, task] : play.town.ecs().state.tasks) {
        RC_ASSERT(task.version >= versions[id]);  // grows, never falls
        versions[id] = task.version;
        wanted += task.wanted() && task.live();
        interfaces += task.attachment.status == "ATTACHED";
        if (task.holds_capacity) vcpus += task.cpu_units / 1024.0;
        if (task.last_status == "STOPPED")
          RC_ASSERT(!task.holds_capacity && task.attachment.status != "ATTACHED");
        RC_ASSERT(play.web().tasks.contains(id));  // no task is lost
      }
      RC_ASSERT(wanted <= most);
      const auto& capacity = play.town.ecs().state.capacity;
      RC_ASSERT(std::abs(capacity.used_vcpus("FARGATE") + capacity.used_vcpus("FARGATE_SPOT") - vcpus) <
                1e-6);
      int taken = 0;
      for (const auto& subnet : play.town.private_subnets)
        taken += free_before[subnet] - free_addresses(ec2, subnet);
      RC_ASSERT(taken == interfaces);  // every address belongs to a task, and comes back
    }
  }));
}

TEST(Events, EveryChangeOfATaskIsAnEventAndVersionsGrow) {
  Play play;
  App app = web(1);
  app.strategy = {{"FARGATE_SPOT", 0, 1}};
  play.town.add_app(app);
  play.run(10min);
  const std::string arn = play.town.tasks_of("web").front()->arn;
  interrupt_spot_task(play.town.ecs(), *play.town.tasks_of("web").front());
  play.run(3min);
  std::map<long long, json> by_version;
  for (const auto& [name, stream] : play.world.logs[play.town.region].groups["/aws/events/ecs"].streams) {
    for (const auto& line : stream.events) {
      const json event = json::parse(line.message);
      if (event["detail-type"] != "ECS Task State Change" || event["detail"]["taskArn"] != arn) continue;
      EXPECT_TRUE(by_version.emplace(event["detail"]["version"].get<long long>(), event).second);
    }
  }
  std::vector<std::string> statuses;
  std::string time;
  bool warned = false;
  for (const auto& [version, event] : by_version) {
    const json& detail = event["detail"];
    EXPECT_GE(event["time"].get<std::string>(), time);  // the order of versions is the order of time
    time = event["time"];
    statuses.push_back(detail["lastStatus"]);
    warned |= detail["lastStatus"] == "RUNNING" && detail["desiredStatus"] == "STOPPED" &&
              detail["stopCode"] == "SpotInterruption" && !detail.contains("stoppedAt");
  }
  EXPECT_TRUE(warned);
  statuses.erase(std::unique(statuses.begin(), statuses.end()), statuses.end());
  EXPECT_EQ(statuses, (std::vector<std::string>{"PROVISIONING", "PENDING", "ACTIVATING", "RUNNING",
                                                "DEPROVISIONING", "STOPPED"}));
}

}  // namespace
}  // namespace doctor::lab
