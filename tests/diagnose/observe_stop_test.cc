#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "diagnose/case_support.h"

namespace doctor::diagnose {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

// prod/web, whose tasks t1 and t2 stop at 03:00 for the given reason.
struct Stops {
  World w;

  Stops(std::string_view code, std::string_view reason, std::string_view container_reason = {},
        std::optional<int> exit = {}) {
    for (const std::string id : {"t1", "t2"}) {
      facts::Task& task = code == "TaskFailedToStart" ? w.failed_start(id, "eu-west-1a", "03:00:00", reason)
                                                      : w.stopped(id, "eu-west-1a", "03:00:00");
      task.stop_code = code;
      task.stopped_reason = reason;
      task.started_by = "ecs-svc/2";
      task.containers.front().reason = container_reason;
      task.containers.front().exit_code = exit;
      task.containers.front().image = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/web:1";
      task.attachments.push_back({"a", "ElasticNetworkInterface", "DELETED", {{"subnetId", "subnet-0a"}}});
    }
    w.definition().execution_role_arn = "arn:aws:iam::111122223333:role/exec";
  }
  facts::Deployment& deployment(std::string id, std::string status, std::string_view created) {
    facts::Deployment d;
    d.id = std::move(id);
    d.status = std::move(status);
    d.created_at = at(created);
    d.task_definition_arn = definition_arn();
    w.service().deployments.push_back(d);
    return w.service().deployments.back();
  }
  void log(std::string line) {
    w.place().logs.push_back({"/ecs/web", "app/app/t1", {{at("02:59:59"), std::move(line)}}});
  }
  facts::Role& execution_role(std::string document) {
    facts::Role& role = w.place().roles["exec"];
    role.name = "exec";
    role.policies_known = true;
    role.inline_policies = {{"p", "", std::move(document)}};
    return role;
  }
  void routes(std::vector<facts::Route> routes) {
    w.place().route_tables["rtb-1"] = {"rtb-1", "vpc-01", true, {}, std::move(routes)};
    w.answered("ec2.describe-route-tables");
    w.answered("ec2.describe-vpc-endpoints");
  }
  Incident incident() {
    const Diagnosis d = w.diagnose();
    EXPECT_EQ(d.incidents.size(), 1u);
    EXPECT_EQ(d.incidents.front().family, "");
    return d.incidents.front();
  }
};

struct Told {
  std::string_view code, reason, container_reason, cause;
  std::optional<int> exit = {};
};
void PrintTo(const Told& told, std::ostream* out) {
  *out << told.reason << " / " << told.container_reason;
}
class StopOfNoFamily : public testing::TestWithParam<Told> {};

// clang-format off
const Told kTold[] = {
    {"EssentialContainerExited", "Essential container in task exited", "", "stop.application_exit", 1},
    {"EssentialContainerExited", "Essential container in task exited", "OutOfMemoryError: Container killed due to memory usage", "stop.out_of_memory", 137},
    {"ServiceSchedulerInitiated", "Task failed ELB health checks in (target-group arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/web/0a)", "", "stop.load_balancer_health", 143},
    {"ServiceSchedulerInitiated", "Task failed container health checks", "", "stop.container_health", 137},
    {"UserInitiated", "Task stopped by user", "", "stop.user", 143},
    {"ServiceSchedulerInitiated", "Service web: ECS is performing maintenance on the underlying infrastructure hosting the task", "", "stop.retirement", 143},
    {"TaskFailedToStart", "Timeout waiting for EphemeralStorage provisioning to complete.", "", "stop.host_failure"},
    {"TaskFailedToStart", "ResourceInitializationError: unable to pull secrets or registry auth: The task cannot pull registry auth from Amazon ECR: There is a connection issue between the task and Amazon ECR. Check your task network configuration.", "", "stop.secrets_unreachable"},
    {"TaskFailedToStart", "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role/exec/t1 is not authorized to perform: secretsmanager:GetSecretValue", "", "stop.secrets_denied"},
    {"TaskFailedToStart", "ResourceInitializationError: unable to pull secrets or registry auth: The task can't retrieve the secret with ARN 'arn:x' from AWS Secrets Manager. Check whether the secret exists in the specified Region: ResourceNotFoundException: Secrets Manager can't find the specified secret.", "", "stop.secrets_missing"},
    {"TaskFailedToStart", "ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve ecr registry auth: AccessDeniedException: not authorized to perform: ecr:GetAuthorizationToken on resource: *", "", "stop.image_denied"},
    {"TaskFailedToStart", "ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist.", "", "stop.logs_unavailable"},
    {"TaskFailedToStart", "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: b'mount.nfs4: Connection timed out'", "", "stop.volume_unavailable"},
    {"TaskFailedToStart", "Task failed to start", "CannotPullContainerError: manifest unknown: Requested image not found", "stop.image_missing"},
    {"TaskFailedToStart", "CannotPullContainerError: pull access denied for web, repository does not exist or may require 'docker login'", "", "stop.image_denied"},
    {"TaskFailedToStart", "CannotPullContainerError: The task cannot pull 'web:1' from the Amazon ECR repository 'r'. There is a connection issue between the task and Amazon ECR. Check your task network configuration.", "", "stop.image_unreachable"},
    {"TaskFailedToStart", "CannotPullContainerError: no matching manifest for linux/arm64 in the manifest list entries", "", "stop.image_architecture"},
    {"TaskFailedToStart", "CannotPullContainerError: 429 Too Many Requests - Server message: toomanyrequests: You have reached your pull rate limit.", "", "stop.image_rate_limited"},
};
// clang-format on

TEST_P(StopOfNoFamily, IsNamedAsWhatAwsSays) {
  const Told& told = GetParam();
  Stops s(told.code, told.reason, told.container_reason, told.exit);
  const Incident i = s.incident();
  EXPECT_EQ(top(i), told.cause);
  EXPECT_GT(i.causes.front().probability, .85) << top(i);
}
INSTANTIATE_TEST_SUITE_P(Literal, StopOfNoFamily, testing::ValuesIn(kTold));

constexpr std::string_view kScaling = "Scaling activity initiated by (deployment ecs-svc/2)";

TEST(StopFamily, TasksOfAnOlderDeploymentWereReplaced) {
  Stops s("ServiceSchedulerInitiated", kScaling, {}, 143);
  s.deployment("ecs-svc/3", "PRIMARY", "02:55:00");
  s.deployment("ecs-svc/2", "ACTIVE", "01:00:00");
  EXPECT_EQ(top(s.incident()), "stop.deployment");
}

TEST(StopFamily, TasksOfTheCurrentDeploymentWereScaledIn) {
  Stops s("ServiceSchedulerInitiated", kScaling, {}, 143);
  s.deployment("ecs-svc/2", "PRIMARY", "01:00:00");
  EXPECT_EQ(top(s.incident()), "stop.scale_in");
}

TEST(StopFamily, ADeploymentThatCameAfterTheStopReplacedNothing) {
  Stops s("ServiceSchedulerInitiated", kScaling, {}, 143);
  s.deployment("ecs-svc/3", "PRIMARY", "03:30:00");
  EXPECT_EQ(top(s.incident()), "stop.scale_in");
}

TEST(StopFamily, AutoscalingThatLoweredTheCountIsNamed) {
  Stops s("ServiceSchedulerInitiated", kScaling, {}, 143);
  s.w.answered("cloudtrail.lookup-events");
  facts::TrailEvent& call =
      s.w.call("UpdateService", "02:59:30", R"({"cluster":"prod","service":"web","desiredCount":4})");
  call.invoked_by = "ecs.application-autoscaling.amazonaws.com";
  const Incident i = s.incident();
  EXPECT_EQ(top(i), "stop.scale_in");
  EXPECT_TRUE(shows(i, "stop.scaled_by_autoscaling"));
}

TEST(StopFamily, APipelineThatRepeatsTheCountScalesNothing) {
  Stops s("ServiceSchedulerInitiated", kScaling, {}, 143);
  s.w.answered("cloudtrail.lookup-events");
  s.w.call("UpdateService", "02:59:30",
           R"({"cluster":"prod","service":"web","desiredCount":6,"taskDefinition":"web:13"})");
  EXPECT_FALSE(shows(s.incident(), "stop.desired_count_lowered"));
}

TEST(StopFamily, ThePersonWhoStoppedTheTaskIsNamed) {
  Stops s("UserInitiated", "making room", {}, 137);
  s.w.answered("cloudtrail.lookup-events");
  s.w.call("StopTask", "02:59:59", R"({"cluster":"prod","task":"t1"})");
  const Incident i = s.incident();
  EXPECT_EQ(top(i), "stop.user");
  EXPECT_TRUE(shows(i, "stop.stop_task_call"));
}

TEST(StopFamily, Exit137WithMemoryAtTheLimitIsMemory) {
  Stops s("EssentialContainerExited", "Essential container in task exited", {}, 137);
  facts::Metric metric;
  metric.name = "MemoryUtilization";
  metric.dimensions = {{"ClusterName", "prod"}, {"ServiceName", "web"}};
  metric.points = {{at("02:50:00"), 80}, {at("02:59:00"), 99.5}};
  s.w.place().metrics.push_back(metric);
  EXPECT_EQ(top(s.incident()), "stop.out_of_memory");
  s.w.place().metrics.front().points = {{at("02:50:00"), 20}, {at("02:59:00"), 21}};
  EXPECT_NE(top(s.incident()), "stop.out_of_memory");
}

TEST(StopFamily, TheLogThatSaysExecFormatErrorMeansAnotherArchitecture) {
  Stops s("EssentialContainerExited", "Essential container in task exited", {}, 255);
  s.log("exec /app/run: exec format error");
  EXPECT_EQ(top(s.incident()), "stop.image_architecture");
}

TEST(StopFamily, AnImageForAnotherPlatformThanTheTasks) {
  Stops s("EssentialContainerExited", "Essential container in task exited", {}, 1);
  facts::Image image;
  image.repository = "web";
  image.tags = {"1"};
  image.platforms = {"linux/arm64"};
  s.w.place().images.push_back(image);
  EXPECT_EQ(top(s.incident()), "stop.image_architecture");
  s.w.place().images.front().platforms = {"linux/arm64", "linux/amd64"};
  EXPECT_EQ(top(s.incident()), "stop.application_exit");
}

TEST(StopFamily, TheApplicationsLastWordsAreShown) {
  Stops s("EssentialContainerExited", "Essential container in task exited", {}, 1);
  s.log("panic: cannot connect to database");
  const Incident i = s.incident();
  EXPECT_EQ(top(i), "stop.application_exit");
  EXPECT_TRUE(shows(i, "stop.log_shows_error"));
}

TEST(StopFamily, ExecutionRoleWithoutTheSecret) {
  Stops s("TaskFailedToStart",
          "ResourceInitializationError: unable to pull secrets or registry auth: something new");
  s.w.definition().containers.front().secrets = {
      {"DB", "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf:password::"}};
  s.execution_role(R"({"Statement":{"Effect":"Allow","Action":"ecr:*","Resource":"*"}})");
  const Incident i = s.incident();
  EXPECT_EQ(top(i), "stop.secrets_denied");
  EXPECT_THAT(detail(i, "policy_statement"), HasSubstr("secret:db-AbCdEf for role exec"));
}

TEST(StopFamily, ASubnetWithoutRouteExplainsUnreachableSecrets) {
  Stops s("TaskFailedToStart",
          "ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve secret "
          "from asm: something new");
  s.execution_role(R"({"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}})");
  s.routes({{"10.0.0.0/16", "local", "active"}});
  const Incident i = s.incident();
  EXPECT_EQ(top(i), "stop.secrets_unreachable");
  EXPECT_TRUE(shows(i, "stop.path_closed"));
}

TEST(StopFamily, AnOpenPathSpeaksAgainstUnreachableSecrets) {
  const std::string reason =
      "ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve secret from "
      "asm: something new";
  Stops closed("TaskFailedToStart", reason), open("TaskFailedToStart", reason);
  open.routes({{"0.0.0.0/0", "nat-1", "active"}});
  EXPECT_LT(probability(open.incident(), "stop.secrets_unreachable"),
            probability(closed.incident(), "stop.secrets_unreachable"));
}

TEST(StopFamily, EcrsOwnAnswerProvesTheImageMissing) {
  Stops s("TaskFailedToStart", "CannotPullContainerError: something new");
  facts::Gap gap;
  gap.service = "ecr";
  gap.operation = "describe-images";
  gap.subject = "web";
  gap.reason = "ImageNotFoundException: The image with imageId {imageTag:'1'} does not exist";
  s.w.place().gaps.push_back(gap);
  EXPECT_EQ(top(s.incident()), "stop.image_missing");
}

TEST(StopFamily, AChangeThatCanProduceTheStopContributes) {
  Stops s("EssentialContainerExited", "Essential container in task exited", {}, 1);
  s.w.answered("cloudtrail.lookup-events");
  s.w.call("PutImage", "02:50:00", R"({"repositoryName":"web","imageTag":"1"})", "ecr.amazonaws.com");
  EXPECT_THAT(contributing(s.incident()), Contains("stop.changed_just_before"));
}

TEST(StopFamily, AChangeThatCannotProduceTheStopIsADecoy) {
  Stops s("TaskFailedToStart",
          "CannotPullContainerError: 429 Too Many Requests - toomanyrequests: You have reached your pull "
          "rate limit.");
  s.w.answered("cloudtrail.lookup-events");
  s.w.call("PutImage", "02:50:00", R"({"repositoryName":"web","imageTag":"1"})", "ecr.amazonaws.com");
  EXPECT_THAT(contributing(s.incident()), Not(Contains("stop.changed_just_before")));
}

TEST(StopFamily, HeadingOfASentenceIsNoProofBesideWhatFollows) {
  World w;
  w.failed_start(
      "t1", "eu-west-1a", "03:00:00",
      "ResourceInitializationError: unable to pull secrets or registry auth: There is a connection "
      "issue between the task and AWS Secrets Manager. Check your task network configuration.");
  const Incident i = incident_of(w.diagnose(), "");
  EXPECT_EQ(top(i), "stop.secrets_unreachable");
  EXPECT_FALSE(shows(i, "stop.secrets_failed"));
  EXPECT_FALSE(shows(i, "stop.resource_init"));
}

TEST(StopFamily, MemoryIsMeasuredAgainstTheTaskWhereNoReservationIsKnown) {
  World w;
  facts::Task& task = w.stopped("t1", "eu-west-1a", "03:00:00");
  task.stop_code = "EssentialContainerExited";
  task.stopped_reason = "Essential container in task exited";
  task.memory = "1024";
  task.containers.front().exit_code = 137;
  facts::Metric used;
  used.name_space = "ECS/ContainerInsights";
  used.name = "MemoryUtilized";
  used.dimensions = {{"ClusterName", "prod"}, {"ServiceName", "web"}};
  used.points = {{at("02:50:00"), 600}, {at("02:59:00"), 1010}};
  w.place().metrics.push_back(used);
  EXPECT_TRUE(shows(incident_of(w.diagnose(), ""), "stop.memory_at_limit"));
}

}  // namespace
}  // namespace doctor::diagnose
