#include "facts_support.h"

namespace doctor::facts {
namespace {

constexpr std::string_view kTask = R"({"tasks":[{
  "taskArn":"arn:aws:ecs:eu-west-1:111122223333:task/prod/0f9d","clusterArn":"arn:aws:ecs:eu-west-1:111122223333:cluster/prod",
  "taskDefinitionArn":"arn:aws:ecs:eu-west-1:111122223333:task-definition/web:7","group":"service:web","startedBy":"ecs-svc/1",
  "lastStatus":"STOPPED","desiredStatus":"STOPPED","stopCode":"SpotInterruption","stoppedReason":"Your Spot Task was interrupted.",
  "availabilityZone":"eu-west-1a","capacityProviderName":"FARGATE_SPOT","platformVersion":"1.4.0","platformFamily":"Linux",
  "cpu":"256","memory":"512","connectivity":"CONNECTED","healthStatus":"UNKNOWN","enableExecuteCommand":true,
  "ephemeralStorage":{"sizeInGiB":20},"version":6,
  "createdAt":"2026-11-24T02:00:00.000Z","startedAt":1795485700.5,"stoppingAt":"2026-11-24T04:00:00+01:00","stoppedAt":"2026-11-24T03:02:00Z",
  "containers":[{"containerArn":"arn:c","name":"app","image":"web:1","imageDigest":"sha256:aa","runtimeId":"r-1","lastStatus":"STOPPED",
    "exitCode":137,"reason":"killed","managedAgents":[{"name":"ExecuteCommandAgent","lastStatus":"STOPPED","reason":"gone"}]}],
  "attachments":[{"id":"at-1","type":"ElasticNetworkInterface","status":"DELETED","details":[
    {"name":"subnetId","value":"subnet-a"},{"name":"networkInterfaceId","value":"eni-1"}]}]}],"failures":[]})";

const Task& only_task(const Reader& r) {
  return r.place.tasks.begin()->second;
}

TEST(AbsorbTask, ReadsEveryFieldOfDescribeTasks) {
  Reader r;
  r.read("ecs", "describe-tasks", kTask);
  ASSERT_EQ(r.place.tasks.size(), 1U);
  const Task& t = only_task(r);
  EXPECT_EQ(t.service(), "web");
  EXPECT_EQ(t.subnet(), "subnet-a");
  EXPECT_EQ(t.network_interface(), "eni-1");
  EXPECT_EQ(t.stop_code, "SpotInterruption");
  EXPECT_EQ(t.capacity_provider, "FARGATE_SPOT");
  EXPECT_EQ(t.ephemeral_storage_gib, 20);
  EXPECT_EQ(t.version, 6);
  EXPECT_TRUE(t.enable_execute_command);
  EXPECT_EQ(core::to_iso(*t.stop_time()), "2026-11-24T03:02:00Z");
  EXPECT_EQ(core::to_iso(*t.stopping_at), "2026-11-24T03:00:00Z");
  EXPECT_EQ(core::to_iso(*t.started_at), "2026-11-24T02:01:40.500Z");
  ASSERT_EQ(t.containers.size(), 1U);
  EXPECT_EQ(t.containers[0].exit_code, 137);
  EXPECT_EQ(t.containers[0].managed_agents.at(0).last_status, "STOPPED");
  EXPECT_EQ(t.origin, (Origin{"ecs", "describe-tasks", ""}));
  EXPECT_TRUE(r.place.knows("ecs.describe-tasks"));
  EXPECT_EQ(core::to_iso(*r.facts.newest), "2026-11-24T03:02:00Z");
}

std::string state_change(int version, std::string_view fields, std::string_view id) {
  return R"({"id":")" + std::string(id) +
         R"(","detail-type":"ECS Task State Change","source":"aws.ecs","time":"2026-11-24T03:00:05Z","detail":{
    "taskArn":"arn:aws:ecs:eu-west-1:111122223333:task/prod/0f9d","version":)" +
         std::to_string(version) + "," + std::string(fields) + "}}";
}

TEST(AbsorbTask, NewerVersionOfAnEventWinsAndKeepsWhatOnlyTheOlderSaid) {
  for (const bool newer_first : {false, true}) {
    Reader r;
    const auto older = state_change(4, R"("lastStatus":"RUNNING","availabilityZone":"eu-west-1a")", "e-1");
    const auto newer = state_change(6, R"("lastStatus":"STOPPED","stopCode":"SpotInterruption")", "e-2");
    r.event(newer_first ? newer : older);
    r.event(newer_first ? older : newer);
    const Task& t = only_task(r);
    EXPECT_EQ(t.last_status, "STOPPED");
    EXPECT_EQ(t.availability_zone, "eu-west-1a");
    EXPECT_EQ(t.version, 6);
    EXPECT_EQ(t.origin, (Origin{"events", "ECS Task State Change", "e-2"}));
  }
}

TEST(AbsorbTask, AnswerOfEcsStandsBeforeAnEventOfTheSameVersion) {
  Reader r;
  const auto event = state_change(6, R"("lastStatus":"STOPPED","startedBy":"event")", "e-1");
  r.read("ecs", "describe-tasks", kTask);
  r.event(event);
  EXPECT_EQ(only_task(r).started_by, "ecs-svc/1");
  EXPECT_EQ(only_task(r).origin.service, "ecs");
}

TEST(AbsorbTask, AnEventDeliveredTwiceCountsOnce) {
  Reader r;
  const std::string_view event =
      R"({"id":"e-1","detail-type":"ECS Service Action","time":"2026-11-24T03:00:05Z",
    "resources":["arn:aws:ecs:eu-west-1:111122223333:service/prod/web"],
    "detail":{"eventType":"WARN","eventName":"SERVICE_TASK_PLACEMENT_FAILURE","clusterArn":"arn:c","reason":"RESOURCE:FARGATE",
      "capacityProviderArns":["arn:p"],"createdAt":"2026-11-24T03:00:01Z"}})";
  r.event(event);
  r.event(event);
  ASSERT_EQ(r.place.ecs_events.size(), 1U);
  EXPECT_EQ(r.place.ecs_events[0].event_name, "SERVICE_TASK_PLACEMENT_FAILURE");
  EXPECT_EQ(r.place.ecs_events[0].service_arn, "arn:aws:ecs:eu-west-1:111122223333:service/prod/web");
  EXPECT_EQ(core::to_iso(*r.place.ecs_events[0].time), "2026-11-24T03:00:01Z");
}

TEST(AbsorbTask, DeploymentStateChangeKeepsItsDeployment) {
  Reader r;
  r.event(
      R"({"id":"e-9","detail-type":"ECS Deployment State Change","resources":["arn:aws:ecs:r:1:service/prod/web"],
    "detail":{"eventType":"ERROR","eventName":"SERVICE_DEPLOYMENT_FAILED","deploymentId":"ecs-svc/123","updatedAt":"2026-11-24T03:00:00Z",
    "reason":"ECS deployment circuit breaker: task failed to start."}})");
  ASSERT_EQ(r.place.ecs_events.size(), 1U);
  EXPECT_EQ(r.place.ecs_events[0].deployment_id, "ecs-svc/123");
  EXPECT_EQ(r.place.ecs_events[0].detail_type, "ECS Deployment State Change");
}

TEST(AbsorbTask, MissingIsNoFailureButAnyOtherReasonIsAGap) {
  Reader r;
  r.read("ecs", "describe-tasks", R"({"tasks":[],"failures":[{"arn":"arn:1","reason":"MISSING"},
    {"arn":"arn:2","reason":"ACCESS","detail":"not yours"}]})");
  EXPECT_TRUE(r.place.call_failures.empty());
  ASSERT_EQ(r.place.gaps.size(), 1U);
  EXPECT_EQ(r.place.gaps[0].subject, "arn:2");
  EXPECT_EQ(r.place.gaps[0].reason, "ACCESS: not yours");
}

TEST(AbsorbService, ReadsStrategyNetworkDeploymentsAndEvents) {
  Reader r;
  r.read("ecs", "describe-services",
         R"({"services":[{"serviceArn":"arn:s","serviceName":"web","clusterArn":"arn:c","status":"ACTIVE",
    "desiredCount":4,"runningCount":2,"pendingCount":1,"taskDefinition":"arn:td","platformVersion":"LATEST","platformFamily":"Linux",
    "schedulingStrategy":"REPLICA","deploymentController":{"type":"ECS"},"roleArn":"arn:r","createdBy":"arn:me","createdAt":1795485600,
    "capacityProviderStrategy":[{"capacityProvider":"FARGATE","weight":1,"base":2},{"capacityProvider":"FARGATE_SPOT","weight":3}],
    "networkConfiguration":{"awsvpcConfiguration":{"subnets":["subnet-a","subnet-b"],"securityGroups":["sg-1"],"assignPublicIp":"ENABLED"}},
    "loadBalancers":[{"targetGroupArn":"arn:tg","containerName":"app","containerPort":8080}],"healthCheckGracePeriodSeconds":30,
    "deploymentConfiguration":{"minimumHealthyPercent":50,"maximumPercent":150,"deploymentCircuitBreaker":{"enable":true,"rollback":true}},
    "enableExecuteCommand":true,"tags":[{"key":"team","value":"shop"}],
    "deployments":[{"id":"ecs-svc/1","status":"PRIMARY","taskDefinition":"arn:td","desiredCount":4,"pendingCount":1,"runningCount":2,
      "failedTasks":3,"rolloutState":"IN_PROGRESS","rolloutStateReason":"x","createdAt":1795489200,"updatedAt":1795489300,
      "platformVersion":"1.4.0","launchType":"FARGATE"}],
    "taskSets":[{"id":"ts-1","taskSetArn":"arn:ts","status":"PRIMARY","computedDesiredCount":2,"stabilityStatus":"STABILIZING"}],
    "events":[{"id":"ev-1","createdAt":1795489201,"message":"(service web) was unable to place a task."}]}],"failures":[]})");
  const Service& s = r.place.services.at("arn:s");
  ASSERT_EQ(s.capacity_provider_strategy.size(), 2U);
  EXPECT_EQ(s.capacity_provider_strategy[0], (CapacityProviderStrategyItem{"FARGATE", 2, 1}));
  EXPECT_TRUE(s.network.assign_public_ip);
  EXPECT_EQ(s.network.subnets.size(), 2U);
  EXPECT_EQ(s.minimum_healthy_percent, 50);
  EXPECT_TRUE(s.circuit_breaker_rollback);
  EXPECT_EQ(s.health_check_grace_seconds, 30);
  EXPECT_EQ(s.deployments.at(0).failed_tasks, 3);
  EXPECT_EQ(s.events.at(0).message, "(service web) was unable to place a task.");
  EXPECT_EQ(s.task_sets.at(0).desired, 2);
  EXPECT_EQ(s.tags.at("team"), "shop");
  EXPECT_EQ(s.load_balancers.at(0).container_port, 8080);
  EXPECT_EQ(core::to_iso(*r.facts.newest), "2026-11-24T03:01:40Z");
}

TEST(AbsorbTaskDefinition, KeepsNamesOfTheEnvironmentAndNeverItsValues) {
  Reader r;
  r.read("ecs", "describe-task-definition",
         R"({"taskDefinition":{"taskDefinitionArn":"arn:td","family":"web","revision":7,"status":"ACTIVE",
    "cpu":"256","memory":"512","networkMode":"awsvpc","taskRoleArn":"arn:aws:iam::1:role/task","executionRoleArn":"arn:aws:iam::1:role/exec",
    "runtimePlatform":{"cpuArchitecture":"ARM64","operatingSystemFamily":"LINUX"},"ephemeralStorage":{"sizeInGiB":50},
    "requiresCompatibilities":["FARGATE"],"compatibilities":["EC2","FARGATE"],"pidMode":"task","registeredBy":"arn:me",
    "registeredAt":"2026-11-23T10:00:00+00:00","volumes":[{"name":"v","efsVolumeConfiguration":{"fileSystemId":"fs-1"}}],
    "containerDefinitions":[{"name":"app","image":"web:1","essential":false,"readonlyRootFilesystem":true,"stopTimeout":90,"user":"1000",
      "cpu":128,"memory":256,"memoryReservation":128,"environment":[{"name":"DB_PASSWORD","value":"hunter2"}],
      "secrets":[{"name":"KEY","valueFrom":"arn:aws:ssm:r:1:parameter/k"}],"linuxParameters":{"initProcessEnabled":true,"capabilities":{"add":["SYS_PTRACE"]}},
      "healthCheck":{"command":["CMD","true"]},"repositoryCredentials":{"credentialsParameter":"arn:aws:secretsmanager:r:1:secret:x"},
      "logConfiguration":{"logDriver":"awslogs","options":{"awslogs-group":"/ecs/web","awslogs-stream-prefix":"ecs"}},
      "entryPoint":["sh"],"command":["run","--password","hunter2"]}]}})");
  const TaskDefinition& d = r.place.task_definitions.at("arn:td");
  EXPECT_EQ(d.revision, 7);
  EXPECT_EQ(d.cpu_architecture, "ARM64");
  EXPECT_EQ(d.ephemeral_storage_gib, 50);
  EXPECT_EQ(d.efs_volumes, std::vector<std::string>{"fs-1"});
  const ContainerDefinition& c = d.containers.at(0);
  EXPECT_FALSE(c.essential);
  EXPECT_TRUE(c.readonly_root_filesystem);
  EXPECT_TRUE(c.init_process_enabled);
  EXPECT_TRUE(c.has_health_check);
  EXPECT_TRUE(c.has_repository_credentials);
  EXPECT_EQ(c.stop_timeout_seconds, 90);
  EXPECT_EQ(c.environment_names, std::vector<std::string>{"DB_PASSWORD"});
  EXPECT_EQ(c.secrets.at(0).value_from, "arn:aws:ssm:r:1:parameter/k");
  EXPECT_EQ(c.log_options.at("awslogs-group"), "/ecs/web");
  EXPECT_EQ(c.command, (std::vector<std::string>{"run", "--password", "***"}));
}

TEST(AbsorbCluster, SettingsSurviveAnAnswerThatWasNotAskedForThem) {
  Reader r;
  r.read("ecs", "describe-clusters",
         R"({"clusters":[{"clusterArn":"arn:c","clusterName":"prod","status":"ACTIVE",
    "capacityProviders":["FARGATE"],"settings":[{"name":"containerInsights","value":"enabled"}],
    "configuration":{"executeCommandConfiguration":{"logging":"OVERRIDE","kmsKeyId":"k","logConfiguration":{"cloudWatchLogGroupName":"g"}}}}]})");
  r.read("ecs", "describe-clusters",
         R"({"clusters":[{"clusterArn":"arn:c","clusterName":"prod","status":"ACTIVE"}]})");
  EXPECT_EQ(r.place.clusters.at("arn:c").container_insights, "enabled");
  EXPECT_EQ(r.place.clusters.at("arn:c").execute_command->log_group, "g");
}

TEST(AbsorbCall, RunTaskFailuresAreCallFailures) {
  Reader r;
  r.read("ecs", "run-task",
         R"({"tasks":[],"failures":[{"arn":"arn:x","reason":"Capacity is unavailable at this time."}]})");
  ASSERT_EQ(r.place.call_failures.size(), 1U);
  EXPECT_EQ(r.place.call_failures[0].operation, "RunTask");
  EXPECT_EQ(r.place.call_failures[0].reason, "Capacity is unavailable at this time.");
}

TEST(AbsorbCall, RefusedExecuteCommandIsACallFailureAndAnyOtherRefusalAGap) {
  Reader r;
  absorb_refusal(r.facts, r.place, {"ecs", "execute-command", ""},
                 "\nAn error occurred (InvalidParameterException) when calling the ExecuteCommand operation: "
                 "The execute "
                 "command failed because execute command was not enabled when the task was run\n");
  absorb_refusal(r.facts, r.place, {"elbv2", "describe-target-health", "web"},
                 "An error occurred (AccessDenied) when calling the DescribeTargetHealth operation: no");
  absorb_refusal(
      r.facts, r.place, {"health", "describe-events", ""},
      "An error occurred (SubscriptionRequiredException) when calling the DescribeEvents operation: ");
  absorb_refusal(r.facts, r.place, {"ec2", "describe-security-groups", "sg-1"},
                 "An error occurred (InvalidGroup.NotFound) when calling the DescribeSecurityGroups "
                 "operation: The security group 'sg-1' does not exist");
  absorb_refusal(r.facts, r.place, {"iam", "get-role", "task"},
                 "An error occurred (AccessDenied) when calling the GetRole operation: User: "
                 "arn:aws:iam::1:user/u is not authorized to perform: iam:GetRole on resource: role task");
  absorb_refusal(r.facts, r.place, {"ecs", "describe-tasks", ""}, "Could not connect to the endpoint URL");
  ASSERT_EQ(r.place.call_failures.size(), 1U);
  EXPECT_EQ(r.place.call_failures[0].code, "InvalidParameterException");
  EXPECT_EQ(r.place.call_failures[0].operation, "ExecuteCommand");
  EXPECT_TRUE(r.place.call_failures[0].reason.starts_with("The execute command failed because"));
  ASSERT_EQ(r.place.gaps.size(), 5U);
  EXPECT_EQ(r.place.gaps[0].iam_action, "elasticloadbalancing:DescribeTargetHealth");
  EXPECT_EQ(r.place.gaps[1].iam_action, "");
  EXPECT_NE(r.place.gaps[1].advice.find("support plan"), std::string::npos);
  EXPECT_EQ(r.place.gaps[2].code, "InvalidGroup.NotFound");
  EXPECT_EQ(r.place.gaps[2].iam_action, "");
  EXPECT_EQ(r.place.gaps[3].iam_action, "iam:GetRole");
  EXPECT_EQ(r.place.gaps[4].reason, "Could not connect to the endpoint URL");
}

TEST(AbsorbShape, AnotherAnswerUnderThisNameIsAnErrorThatNamesTheField) {
  Reader r;
  const auto missing = r.try_read("ecs", "describe-tasks", R"({"services":[]})");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind, core::ErrorKind::bad_input);
  EXPECT_NE(missing.error().sentence.find("`tasks`"), std::string::npos);
  EXPECT_FALSE(r.try_read("ecs", "describe-tasks", "[]"));
  EXPECT_FALSE(r.try_read("ecs", "describe-tasks", R"({"tasks":{}})"));
  const auto member = r.try_read("ecs", "describe-tasks", R"({"tasks":[1]})");
  ASSERT_FALSE(member);
  EXPECT_NE(member.error().sentence.find("tasks[0]"), std::string::npos);
  const auto nameless = r.try_read("ecs", "describe-tasks", R"({"tasks":[{"lastStatus":"STOPPED"}]})");
  ASSERT_FALSE(nameless);
  EXPECT_NE(nameless.error().sentence.find("taskArn"), std::string::npos);
  EXPECT_TRUE(r.try_read("ecs", "describe-tasks", "{}"));
  EXPECT_TRUE(r.try_read("ecs", "an-operation-of-tomorrow", "[]"));
}

}  // namespace
}  // namespace doctor::facts
