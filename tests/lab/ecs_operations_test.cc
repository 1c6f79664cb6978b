// The ECS operations against AWS's rules and words.
#include "lab/ecs_operations.h"

#include "lab/scenario_town.h"

namespace doctor::lab {
namespace {

using namespace std::chrono_literals;

struct Desk {
  Desk() : world({.seed = 3, .now = Timestamp{std::chrono::hours{500000}}}), town(world, {}) {
    town.add_app({.name = "web", .desired = 2, .exec = true});
    world.clock.advance_by(10min);
    call.region = world.home;
    call.caller_arn = world.operator_arn;
  }
  Reply ask(Handler handler, const json& input) { return handler(world, call, input); }
  std::string error(Handler handler, const json& input) {
    const Reply reply = ask(handler, input);
    return reply ? "no error: " + reply->dump() : reply.error().code + ": " + reply.error().message;
  }
  json definition(const json& changes = json::object()) {
    json made{{"family", "job"},
              {"requiresCompatibilities", {"FARGATE"}},
              {"networkMode", "awsvpc"},
              {"cpu", "256"},
              {"memory", "512"},
              {"containerDefinitions", json::array({{{"name", "job"}, {"image", "busybox:1"}}})}};
    made.merge_patch(changes);
    return made;
  }
  json network() { return network_json({town.private_subnets, {town.app_group}, false}); }
  World world;
  Town town;
  CallContext call;
};

using testing::HasSubstr;
using testing::StartsWith;

TEST(EcsDefinitions, AreCheckedAsAwsDoes) {
  Desk desk;
  const auto register_error = [&](const json& changes) {
    return desk.error(register_task_definition, desk.definition(changes));
  };
  EXPECT_TRUE(desk.ask(register_task_definition, desk.definition()));
  EXPECT_THAT(
      register_error({{"memory", "8192"}}),
      StartsWith("ClientException: No Fargate configuration exists for given values: 256 CPU, 8192 memory."));
  EXPECT_THAT(register_error({{"networkMode", "bridge"}}), HasSubstr("Fargate only supports network mode"));
  EXPECT_THAT(register_error({{"cpu", nullptr}}), HasSubstr("Fargate requires that 'cpu' be defined"));
  EXPECT_THAT(register_error({{"ephemeralStorage", {{"sizeInGiB", 20}}}}), StartsWith("ClientException"));
  EXPECT_THAT(register_error({{"ephemeralStorage", {{"sizeInGiB", 201}}}}), StartsWith("ClientException"));
  EXPECT_TRUE(
      desk.ask(register_task_definition, desk.definition({{"ephemeralStorage", {{"sizeInGiB", 200}}}})));
  EXPECT_THAT(register_error({{"containerDefinitions", json::array()}}),
              HasSubstr("Container list cannot be empty."));
  EXPECT_THAT(
      register_error({{"containerDefinitions",
                       json::array({{{"name", "job"},
                                     {"image", "111122223333.dkr.ecr.eu-west-1.amazonaws.com/web:1"}}})}}),
      HasSubstr("execution role ARN to support ECR images"));
  EXPECT_THAT(register_error({{"family", "no spaces"}}), StartsWith("ClientException"));
}

TEST(EcsDefinitions, RevisionsGrowAndLatestActiveIsMeant) {
  Desk desk;
  for (int i = 1; i <= 3; ++i) {
    const Reply reply = desk.ask(register_task_definition, desk.definition());
    ASSERT_TRUE(reply);
    EXPECT_EQ((*reply)["taskDefinition"]["revision"], i);
  }
  ASSERT_TRUE(desk.ask(deregister_task_definition, {{"taskDefinition", "job:3"}}));
  EXPECT_EQ((*desk.ask(describe_task_definition, {{"taskDefinition", "job"}}))["taskDefinition"]["revision"],
            2);
  EXPECT_EQ((*desk.ask(describe_task_definition, {{"taskDefinition", "job:3"}}))["taskDefinition"]["status"],
            "INACTIVE");
  EXPECT_EQ((*desk.ask(list_task_definitions, {{"familyPrefix", "job"}}))["taskDefinitionArns"].size(), 2u);
  EXPECT_EQ(desk.error(describe_task_definition, {{"taskDefinition", "nothing"}}),
            "ClientException: Unable to describe task definition.");
}

TEST(EcsServices, StrategyChangesNeedANewDeployment) {
  Desk desk;
  const json spot = json::array({{{"capacityProvider", "FARGATE_SPOT"}, {"weight", 1}}});
  json input{{"cluster", "prod"}, {"service", "web"}, {"capacityProviderStrategy", spot}};
  EXPECT_THAT(desk.error(update_service, input), HasSubstr("you must force a new deployment."));
  input["forceNewDeployment"] = true;
  const Reply reply = desk.ask(update_service, input);
  ASSERT_TRUE(reply);
  EXPECT_EQ((*reply)["service"]["deployments"].size(), 2u);
  EXPECT_EQ((*reply)["service"]["deployments"][0]["status"], "PRIMARY");
  EXPECT_EQ((*reply)["service"]["deployments"][1]["status"], "ACTIVE");
}

TEST(EcsServices, ScalingIsNoNewDeployment) {
  Desk desk;
  const Reply reply =
      desk.ask(update_service, {{"cluster", "prod"}, {"service", "web"}, {"desiredCount", 5}});
  ASSERT_TRUE(reply);
  EXPECT_EQ((*reply)["service"]["deployments"].size(), 1u);
  desk.world.clock.advance_by(5min);
  EXPECT_EQ((*desk.ask(describe_services,
                       {{"cluster", "prod"}, {"services", {"web"}}}))["services"][0]["runningCount"],
            5);
}

TEST(EcsServices, AreDeletedByDraining) {
  Desk desk;
  EXPECT_THAT(desk.error(delete_service, {{"cluster", "prod"}, {"service", "web"}}),
              HasSubstr("scaled above 0"));
  const Reply reply = desk.ask(delete_service, {{"cluster", "prod"}, {"service", "web"}, {"force", true}});
  ASSERT_TRUE(reply);
  EXPECT_EQ((*reply)["service"]["status"], "DRAINING");
  desk.world.clock.advance_by(10min);
  EXPECT_EQ(
      (*desk.ask(describe_services, {{"cluster", "prod"}, {"services", {"web"}}}))["services"][0]["status"],
      "INACTIVE");
}

TEST(EcsErrors, AreAws) {
  Desk desk;
  EXPECT_EQ(desk.error(list_tasks, {{"cluster", "none"}}), "ClusterNotFoundException: Cluster not found.");
  EXPECT_EQ(desk.error(update_service, {{"cluster", "prod"}, {"service", "none"}}),
            "ServiceNotFoundException: Service not found.");
  const json missing = *desk.ask(describe_tasks, {{"cluster", "prod"}, {"tasks", {"0123"}}});
  EXPECT_EQ(missing["failures"][0]["reason"], "MISSING");
  EXPECT_EQ(missing["failures"][0]["arn"], "arn:aws:ecs:eu-west-1:111122223333:task/prod/0123");
  EXPECT_EQ(
      (*desk.ask(describe_services, {{"cluster", "prod"}, {"services", {"none"}}}))["failures"][0]["reason"],
      "MISSING");
  EXPECT_EQ((*desk.ask(describe_clusters, {{"clusters", {"none"}}}))["failures"][0]["reason"], "MISSING");
  EXPECT_THAT(desk.error(run_task, {{"cluster", "prod"}, {"taskDefinition", "web"}}),
              HasSubstr("Network Configuration must be provided"));
  json input{{"cluster", "prod"}, {"taskDefinition", "web"}, {"networkConfiguration", desk.network()}};
  input["networkConfiguration"]["awsvpcConfiguration"]["securityGroups"] = {"sg-gone"};
  EXPECT_THAT(desk.error(run_task, input), HasSubstr("The security group 'sg-gone' does not exist"));
  input["networkConfiguration"] = desk.network();
  input["launchType"] = "FARGATE";
  input["capacityProviderStrategy"] = json::array({{{"capacityProvider", "FARGATE_SPOT"}, {"weight", 1}}});
  EXPECT_THAT(desk.error(run_task, input), HasSubstr("both a launch type and capacity provider strategy"));
}

TEST(EcsTasks, RunPlacesByStrategyAndReportsWhatItCannot) {
  Desk desk;
  for (const auto& zone : desk.town.zones) desk.town.ecs().state.capacity.limit("FARGATE_SPOT", zone, 0.0);
  const json reply =
      *desk.ask(run_task, {{"cluster", "prod"},
                           {"taskDefinition", "web"},
                           {"count", 4},
                           {"networkConfiguration", desk.network()},
                           {"capacityProviderStrategy",
                            json::array({{{"capacityProvider", "FARGATE"}, {"base", 1}, {"weight", 1}},
                                         {{"capacityProvider", "FARGATE_SPOT"}, {"weight", 2}}})}});
  EXPECT_EQ(reply["tasks"].size(), 2u);
  ASSERT_EQ(reply["failures"].size(), 2u);
  EXPECT_EQ(
      reply["failures"][0]["reason"],
      "Capacity is unavailable at this time. Please try again later or in a different availability zone");
  for (const json& task : reply["tasks"]) EXPECT_EQ(task["lastStatus"], "PROVISIONING");
}

TEST(EcsTasks, ListsAreFilteredAndPaged) {
  Desk desk;
  desk.ask(update_service, {{"cluster", "prod"}, {"service", "web"}, {"desiredCount", 7}});
  desk.world.clock.advance_by(5min);
  std::set<std::string> seen;
  json input{{"cluster", "prod"}, {"serviceName", "web"}, {"maxResults", 3}};
  int pages = 0;
  for (;; ++pages) {
    const json page = *desk.ask(list_tasks, input);
    for (const json& arn : page["taskArns"]) EXPECT_TRUE(seen.insert(arn).second);
    if (!page.contains("nextToken")) break;
    input["nextToken"] = page["nextToken"];
  }
  EXPECT_EQ(seen.size(), 7u);
  EXPECT_EQ(pages, 2);
  EXPECT_EQ((*desk.ask(list_tasks, {{"cluster", "prod"}, {"family", "mailer"}}))["taskArns"].size(), 1u);
  EXPECT_EQ(
      (*desk.ask(list_tasks,
                 {{"cluster", "prod"}, {"serviceName", "web"}, {"desiredStatus", "STOPPED"}}))["taskArns"]
          .size(),
      0u);
}

TEST(EcsExec, AnswersWithASessionOrSaysWhyNot) {
  Desk desk;
  desk.world.clock.advance_by(1min);
  const std::string task = desk.town.tasks_of("web").front()->arn;
  json input{{"cluster", "prod"}, {"task", task}, {"command", "/bin/sh"}, {"interactive", true}};
  const json session = *desk.ask(execute_command, input);
  EXPECT_THAT(session["session"]["streamUrl"].get<std::string>(),
              StartsWith("wss://ssmmessages.eu-west-1.amazonaws.com/"));
  desk.world.iam.roles["web-task"].inlined.erase("exec");
  EXPECT_EQ(
      desk.error(execute_command, input),
      "TargetNotConnectedException: The execute command failed due to an internal error. Try again later.");
  input["task"] = desk.town.tasks_of("catalog").front()->arn;
  EXPECT_THAT(desk.error(execute_command, input),
              HasSubstr("execute command was not enabled when the task was run"));
  desk.world.iam.roles["Operator"].inlined["no"] = policy_document("Deny", {"ecs:ExecuteCommand"});
  EXPECT_THAT(desk.error(execute_command, input), StartsWith("AccessDeniedException: User: arn:aws:sts::"));
}

TEST(EcsTags, StickToWhatTheArnNames) {
  Desk desk;
  const std::string arn = desk.town.service("web").arn;
  ASSERT_TRUE(desk.ask(tag_resource,
                       {{"resourceArn", arn}, {"tags", json::array({{{"key", "k"}, {"value", "v"}}})}}));
  const json tags = (*desk.ask(list_tags_for_resource, {{"resourceArn", arn}}))["tags"];
  EXPECT_NE(std::find(tags.begin(), tags.end(), json({{"key", "k"}, {"value", "v"}})), tags.end());
  EXPECT_THAT(desk.error(tag_resource,
                         {{"resourceArn", arn}, {"tags", json::array({{{"key", "aws:x"}, {"value", "v"}}})}}),
              StartsWith("InvalidParameterException"));
  EXPECT_THAT(desk.error(list_tags_for_resource, {{"resourceArn", "nonsense"}}),
              StartsWith("InvalidParameterException"));
}

}  // namespace
}  // namespace doctor::lab
