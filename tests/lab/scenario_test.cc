// Every scenario shows its family's sign by the plain API, is realistic around it, and goes on living.
#include "lab/scenario.h"

#include "lab/ecs_operations.h"

namespace doctor::lab {
namespace {

using namespace std::chrono_literals;

const Timestamp kNow{std::chrono::hours{500000}};

struct Built {
  explicit Built(const std::string& name, std::uint64_t seed = 1) : world({.seed = seed, .now = kNow}) {
    const Scenario* scenario = find_scenario(name);
    EXPECT_NE(scenario, nullptr) << name;
    if (scenario) scenario->build(world);
    call.region = world.home;
    call.caller_arn = world.operator_arn;
  }
  json ask(Handler handler, const json& input) {
    const Reply reply = handler(world, call, input);
    EXPECT_TRUE(reply) << (reply ? "" : reply.error().message);
    return reply.value_or(json::object());
  }
  json web() { return ask(describe_services, {{"cluster", "prod"}, {"services", {"web"}}})["services"][0]; }
  // Everything that AWS says about web's stopped tasks, its events, and refused calls, one line each.
  std::string signs() {
    std::string text;
    const json arns = ask(
        list_tasks, {{"cluster", "prod"}, {"serviceName", "web"}, {"desiredStatus", "STOPPED"}})["taskArns"];
    if (!arns.empty())
      for (const json tasks = ask(describe_tasks, {{"cluster", "prod"}, {"tasks", arns}})["tasks"];
           const json& task : tasks) {
        text += text_of(task, "stopCode") + "|" + text_of(task, "capacityProviderName") + "|" +
                text_of(task, "availabilityZone") + "|" + text_of(task, "stoppedReason") + "|";
        for (const json& container : task["containers"])
          text += "exit " + std::to_string(integer_of(container, "exitCode", -1)) + " " +
                  text_of(container, "reason");
        text += "\n";
      }
    const json service = web();
    for (const json& event : service["events"]) text += text_of(event, "message") + "\n";
    for (const auto& event : world.trail[world.home].events)
      if (event.record.contains("errorCode"))
        text += event.name + " " + text_of(event.record, "errorCode") + ": " +
                text_of(event.record, "errorMessage") + "\n";
    for (const auto& [name, stream] : world.logs[world.home].groups["/ecs/web"].streams)
      for (const auto& line : stream.events) text += line.message + "\n";
    return text;
  }
  World world;
  CallContext call;
};

struct Sign {
  const char *scenario, *says;
};

constexpr Sign kSigns[] = {
    {"spot-zone-reclaimed",
     "SpotInterruption|FARGATE_SPOT|eu-west-1a|Your Spot Task was interrupted.|exit 137"},
    {"spot-zone-reclaimed", "was unable to place a task. Reason: Capacity is unavailable at this time."},
    {"spot-region-reclaimed", "SpotInterruption|FARGATE_SPOT|eu-west-1c|Your Spot Task was interrupted."},
    {"spot-not-an-interruption",
     "UserInitiated|FARGATE_SPOT|eu-west-1a|Spot task interrupted: recycled by rebalance job|exit 143"},
    {"spot-health-event", "SpotInterruption|FARGATE_SPOT|eu-west-1b|Your Spot Task was interrupted."},
    {"eni-no-addresses", ": InsufficientFreeAddressesInSubnet|"},
    {"eni-security-group-missing", ": InvalidGroup.NotFound|"},
    {"eni-denied-by-scp", "Create Network Interface with public IP assignment disabled in subnet 'subnet-"},
    {"eni-denied-by-scp", "CreateNetworkInterface Client.UnauthorizedOperation: "},
    {"eni-denied-by-scp", "with an explicit deny in a service control policy"},
    {"storage-application-writes",
     "EssentialContainerExited|FARGATE|eu-west-1a|Essential container in task exited|exit 1"},
    {"storage-application-writes", "No space left on device"},
    {"storage-image-layers", "image layers 14G"},
    {"exec-not-enabled",
     "ExecuteCommand InvalidParameterException: The execute command failed because execute command was not "
     "enabled"},
    {"exec-task-role-missing",
     "ExecuteCommand TargetNotConnectedException: The execute command failed due to an internal error."},
    {"exec-no-path",
     "ExecuteCommand TargetNotConnectedException: The execute command failed due to an internal error."},
    {"image-too-large", "TaskFailedToStart|FARGATE|eu-west-1a|CannotPullContainerError: "},
    {"image-too-large", "no space left on device"},
    {"image-pull-timeout-slow-path", "context deadline exceeded"},
    {"capacity-zone", "was unable to place a task. Reason: Capacity is unavailable at this time."},
    {"capacity-vcpu-quota", "You've reached the limit on the number of vCPUs you can run concurrently"},
    {"capacity-spot-vcpu-quota", "You've reached the limit on the number of vCPUs you can run concurrently"},
    {"platform-unknown-version", "UpdateService PlatformUnknownException: "},
    {"platform-unknown-version", "RunTask PlatformUnknownException: "},
    {"platform-feature-needs-newer", "UpdateService PlatformTaskDefinitionIncompatibilityException: "},
    {"platform-cpu-memory",
     "RegisterTaskDefinition ClientException: No Fargate configuration exists for given values"},
    {"app-exit", "EssentialContainerExited|FARGATE|eu-west-1a|Essential container in task exited|exit 1"},
    {"app-oom", "exit 137 OutOfMemoryError: Container killed due to memory usage"},
    {"elb-health",
     "ServiceSchedulerInitiated|FARGATE|eu-west-1a|Task failed ELB health checks in (target-group arn:"},
    {"secrets-denied", "ResourceInitializationError: unable to pull secrets or registry auth"},
    {"secrets-denied", "no identity-based policy allows the secretsmanager:GetSecretValue action"},
};

TEST(Scenario, ShowsItsFamilysSignAtOnce) {
  for (const Sign& sign : kSigns) {
    Built built(sign.scenario);
    const std::string signs = built.signs();
    EXPECT_NE(signs.find(sign.says), std::string::npos)
        << sign.scenario << " should say: " << sign.says << "\nbut says:\n"
        << signs.substr(0, 3000);
  }
}

TEST(Scenario, ShowsItWhateverTheSeed) {
  for (std::uint64_t seed = 2; seed < 8; ++seed)
    for (const Sign& sign : kSigns) {
      if (std::string_view(sign.says).find("eu-west-1") != std::string_view::npos)
        continue;  // which zone is chance
      EXPECT_NE(Built(sign.scenario, seed).signs().find(sign.says), std::string::npos)
          << sign.scenario << " " << seed;
    }
}

TEST(Scenario, NamesAreUniqueAndEveryFamilyHasTwoAtLeast) {
  std::set<std::string> names;
  std::map<std::string, int> families;
  for (const auto& info : scenarios()) {
    EXPECT_TRUE(names.insert(info.name).second) << info.name;
    if (!info.family.empty()) ++families[info.family];
    EXPECT_EQ(info.cause.empty(), info.name == "quiet");
  }
  for (const char* family :
       {"FargateSpotInterrupted", "FargateENICreateFailed", "FargateEphemeralStorageExceeded",
        "FargateExecError", "FargateImageSizeExceeded", "FargateInsufficientCapacity",
        "FargatePlatformVersionUnsupported"})
    EXPECT_GE(families[family], 2) << family;
  EXPECT_GE(families["FargateSpotInterrupted"], 3);
}

TEST(Scenario, EndsAtThePresentAndGoesOnLiving) {
  for (const Scenario& scenario : all_scenarios()) {
    if (scenario.info.name == "large") continue;
    Built built(scenario.info.name);
    EXPECT_EQ(built.world.clock.now(), kNow) << scenario.info.name;
    EXPECT_GT(built.world.clock.pending(), 0u) << scenario.info.name;
    built.world.clock.advance_by(30h);  // nothing breaks, and the healthy siblings are still there
    const json services =
        built.ask(describe_services, {{"cluster", "prod"}, {"services", {"catalog", "mailer"}}})["services"];
    for (const json& service : services)
      EXPECT_EQ(service["runningCount"], service["desiredCount"])
          << scenario.info.name << " " << service["serviceName"];
  }
}

TEST(Scenario, TheNeighbourhoodIsHealthyAndChangesHappenedThere) {
  for (const Scenario& scenario : all_scenarios()) {
    if (scenario.info.name == "large") continue;
    Built built(scenario.info.name);
    const json services =
        built.ask(describe_services, {{"cluster", "prod"}, {"services", {"catalog", "mailer"}}})["services"];
    ASSERT_EQ(services.size(), 2u);
    for (const json& service : services)
      EXPECT_EQ(service["runningCount"], service["desiredCount"]) << scenario.info.name;
    std::set<std::string> callers;
    for (const auto& event : built.world.trail[built.world.home].events) callers.insert(event.user);
    EXPECT_GE(callers.size(), 3u) << scenario.info.name;
  }
}

TEST(Scenario, QuietHasNothingToFind) {
  Built built("quiet");
  for (const auto& [id, task] : ecs_in(built.world, built.world.home).state.tasks) EXPECT_TRUE(task.live());
  for (const auto& event : built.world.trail[built.world.home].events)
    EXPECT_FALSE(event.record.contains("errorCode")) << event.record.dump();
}

TEST(Scenario, TheSameSeedGivesTheSameWorld) {
  for (const char* name : {"spot-zone-reclaimed", "eni-no-addresses"}) {
    EXPECT_EQ(Built(name, 5).web().dump(), Built(name, 5).web().dump());
    EXPECT_NE(Built(name, 5).web().dump(), Built(name, 6).web().dump());
  }
}

TEST(Scenario, LargeHasTenThousandStoppedTasksInFiveHundredServices) {
  Built built("large");
  std::set<std::string> services;
  int stopped = 0;
  for (const auto& [id, task] : ecs_in(built.world, built.world.home).state.tasks) {
    if (task.live()) continue;
    ++stopped;
    services.insert(task.service);
    EXPECT_EQ(task.stop_code, "SpotInterruption");
  }
  EXPECT_GE(stopped, 10000);
  EXPECT_EQ(services.size(), 500u);
}

}  // namespace
}  // namespace doctor::lab
