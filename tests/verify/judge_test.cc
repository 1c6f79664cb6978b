// Each judge on facts made by hand. States of targets: "Target health status" (Elastic Load Balancing); of a
// rollout: "Deployment" (Amazon ECS API Reference).
#include "verify/judge.h"

#include "verify/lag.h"
#include "verify_support.h"

namespace doctor::verify {
namespace {

struct Bench {
  explicit Bench(std::string family = "FargateExecError")
      : facts(web_facts()),
        run(run_of_family(std::move(family))),
        subject{run, end_of(run), at("2026-11-24T03:30:00Z"), {}} {}
  facts::Facts facts;
  remedy::Run run;
  Subject subject;
  facts::Place& place() { return place_of(facts); }
  facts::Service& web() { return web_of(facts); }
  void stop(std::string code, std::string reason, std::string_view when, std::string group = "service:web",
            std::string started_by = "ecs-svc/1") {
    facts::Task task;
    task.arn = "arn:aws:ecs:eu-west-1:111122223333:task/prod/t" + std::to_string(place().tasks.size());
    task.cluster_arn = web().cluster_arn;
    task.task_definition_arn = web().task_definition_arn;
    task.group = std::move(group);
    task.started_by = std::move(started_by);
    task.last_status = task.desired_status = "STOPPED";
    task.stop_code = std::move(code);
    task.stopped_reason = std::move(reason);
    task.stopped_at = at(when);
    task.capacity_provider = "FARGATE_SPOT";
    place().tasks[task.arn] = task;
  }
};

TEST(JudgeService, SteadyIsAllTasksOfTheOnlyDeployment) {
  Bench b;
  EXPECT_EQ(only(judge_service(b.subject, b.place())).standing, Standing::passed);
}

TEST(JudgeService, AFailedRolloutIsFailedWithItsReason) {
  Bench b;
  b.web().deployments[0].rollout_state = "FAILED";
  b.web().deployments[0].rollout_state_reason = "ECS deployment circuit breaker: tasks failed to start.";
  const auto checks = judge_service(b.subject, b.place());
  EXPECT_EQ(only(checks).standing, Standing::failed);
  EXPECT_THAT(only(checks).why, testing::HasSubstr("circuit breaker"));
}

TEST(JudgeService, ARolloutInProgressIsProvisionalAndFailsOnceItLosesTasksForTooLong) {
  Bench b;
  b.web().deployments[0].rollout_state = "IN_PROGRESS";
  b.web().deployments[0].created_at = at("2026-11-24T03:10:00Z");
  const auto early = judge_service(b.subject, b.place());
  EXPECT_EQ(only(early).standing, Standing::provisional);
  EXPECT_EQ(only(early).until, at("2026-11-24T03:40:00Z"));
  b.subject.now = at("2026-11-24T03:41:00Z");
  EXPECT_EQ(only(judge_service(b.subject, b.place())).standing, Standing::provisional);
  b.web().deployments[0].failed_tasks = 3;
  EXPECT_EQ(only(judge_service(b.subject, b.place())).standing, Standing::failed);
}

TEST(JudgeService, MissingTasksAreProvisionalAtFirstAndFailedLater) {
  Bench b;
  b.web().running = 3;
  b.subject.now = at("2026-11-24T03:05:00Z");
  EXPECT_EQ(only(judge_service(b.subject, b.place())).standing, Standing::provisional);
  b.subject.now = at("2026-11-24T03:30:00Z");
  EXPECT_EQ(only(judge_service(b.subject, b.place())).standing, Standing::failed);
}

TEST(JudgeService, AServiceThatIsNotThereCannotBeJudged) {
  Bench b;
  b.place().services.clear();
  EXPECT_EQ(only(judge_service(b.subject, b.place())).standing, Standing::not_possible);
}

struct Targets : Bench {
  Targets() {
    web().load_balancers = {{"arn:tg/web", "app", 80}};
    facts::TargetGroup group;
    group.arn = "arn:tg/web";
    group.name = "web";
    group.targets_known = true;
    place().target_groups["arn:tg/web"] = group;
  }
  void target(std::string state) {
    facts::TargetHealth health;
    health.target_id = "10.0.0.1";
    health.state = std::move(state);
    health.reason = "Target.Timeout";
    place().target_groups["arn:tg/web"].targets.push_back(health);
  }
  Standing standing() { return only(judge_targets(subject, place())).standing; }
};

TEST(JudgeTargets, HealthyOnesPassAndDrainingOnesDoNotCount) {
  Targets t;
  t.target("healthy");
  t.target("draining");
  EXPECT_EQ(t.standing(), Standing::passed);
}
TEST(JudgeTargets, OneThatIsUnhealthyFailsWithAwssReason) {
  Targets t;
  t.target("healthy");
  t.target("unhealthy");
  EXPECT_EQ(t.standing(), Standing::failed);
  EXPECT_THAT(only(judge_targets(t.subject, t.place())).why, testing::HasSubstr("Target.Timeout"));
}
TEST(JudgeTargets, OnesThatAreStillCheckedAreProvisional) {
  Targets t;
  t.target("healthy");
  t.target("initial");
  EXPECT_EQ(t.standing(), Standing::provisional);
}
TEST(JudgeTargets, NoneAtAllFails) {
  Targets t;
  EXPECT_EQ(t.standing(), Standing::failed);
}
TEST(JudgeTargets, HealthThatWasNotReadIsNotPossible) {
  Targets t;
  t.place().target_groups.clear();
  EXPECT_EQ(t.standing(), Standing::not_possible);
}
TEST(JudgeTargets, AServiceWithoutALoadBalancerHasNoCheck) {
  Bench b;
  EXPECT_TRUE(judge_targets(b.subject, b.place()).empty());
}

TEST(JudgeIncidents, SilenceIsProvisionalUntilTheTrailHasHadItsTime) {
  Bench b;
  b.subject.now = at("2026-11-24T03:10:00Z");
  const auto early = judge_incidents(b.subject, b.facts, b.place());
  EXPECT_EQ(named(early, "incidents.same").standing, Standing::provisional);
  EXPECT_EQ(named(early, "incidents.same").until, at("2026-11-24T03:15:00Z"));
  EXPECT_EQ(named(early, "incidents.other").standing, Standing::passed);
  b.subject.now = at("2026-11-24T03:16:00Z");
  EXPECT_EQ(named(judge_incidents(b.subject, b.facts, b.place()), "incidents.same").standing,
            Standing::passed);
}

TEST(JudgeIncidents, SilenceOfSpotIsProvisionalForADay) {
  Bench b("FargateSpotInterrupted");
  const auto checks = judge_incidents(b.subject, b.facts, b.place());
  EXPECT_EQ(named(checks, "incidents.same").standing, Standing::provisional);
  EXPECT_EQ(named(checks, "incidents.same").until, at("2026-11-25T03:00:00Z"));
}

TEST(JudgeIncidents, AnInterruptionAfterTheChangeIsTheFailureBack) {
  Bench b("FargateSpotInterrupted");
  b.stop("SpotInterruption", "Your Spot Task was interrupted.", "2026-11-24T03:20:00Z");
  const auto checks = judge_incidents(b.subject, b.facts, b.place());
  EXPECT_EQ(named(checks, "incidents.same").standing, Standing::failed);
  EXPECT_FALSE(named(checks, "incidents.same").proof.empty());
  EXPECT_EQ(named(checks, "incidents.other").standing, Standing::passed);
}

TEST(JudgeIncidents, AnInterruptionBeforeTheChangeIsWhatWasMended) {
  Bench b("FargateSpotInterrupted");
  b.stop("SpotInterruption", "Your Spot Task was interrupted.", "2026-11-24T02:40:00Z");
  EXPECT_EQ(named(judge_incidents(b.subject, b.facts, b.place()), "incidents.same").standing,
            Standing::provisional);
}

TEST(JudgeIncidents, AnotherFailureSinceTheChangeFailsTheOtherCheck) {
  Bench b("FargateSpotInterrupted");
  b.stop("EssentialContainerExited", "Essential container in task exited", "2026-11-24T03:20:00Z");
  const auto checks = judge_incidents(b.subject, b.facts, b.place());
  EXPECT_EQ(named(checks, "incidents.same").standing, Standing::provisional);
  EXPECT_EQ(named(checks, "incidents.other").standing, Standing::failed);
}

TEST(JudgeIncidents, StopsOfADeploymentAreNoFailure) {
  Bench b("FargateSpotInterrupted");
  b.stop("ServiceSchedulerInitiated", "Scaling activity initiated by (deployment ecs-svc/1)",
         "2026-11-24T03:20:00Z");
  EXPECT_EQ(named(judge_incidents(b.subject, b.facts, b.place()), "incidents.other").standing,
            Standing::passed);
}

TEST(JudgeIncidents, WithoutTheListsSilenceProvesNothing) {
  Bench b;
  b.place().answered.clear();
  const auto checks = judge_incidents(b.subject, b.facts, b.place());
  EXPECT_EQ(named(checks, "incidents.same").standing, Standing::not_possible);
}

struct Storage : Bench {
  Storage() : Bench("FargateEphemeralStorageExceeded") {
    add("EphemeralStorageReserved", "2026-11-24T03:10:00Z", 21);
  }
  void add(std::string name, std::string_view when, double value) {
    facts::Metric metric;
    metric.name = std::move(name);
    metric.dimensions = {{"ClusterName", "prod"}, {"ServiceName", "web"}};
    metric.points = {{at(when), value}};
    place().metrics.push_back(metric);
  }
  Check check() { return only(judge_storage(subject, place())); }
};

TEST(JudgeStorage, AMetricThatIsNotThereYetIsProvisionalAndLaterNotPossible) {
  Storage s;
  s.subject.now = at("2026-11-24T03:05:00Z");
  EXPECT_EQ(s.check().standing, Standing::provisional);
  EXPECT_EQ(s.check().until, s.subject.ended_at + kMetricLag);
  s.subject.now = at("2026-11-24T03:30:00Z");
  EXPECT_EQ(s.check().standing, Standing::not_possible);
}
TEST(JudgeStorage, APointFromBeforeTheChangeDoesNotCount) {
  Storage s;
  s.add("EphemeralStorageUtilized", "2026-11-24T02:55:00Z", 20.9);
  EXPECT_EQ(s.check().standing, Standing::not_possible);
}
TEST(JudgeStorage, FourFifthsIsTooFull) {
  Storage s;
  s.add("EphemeralStorageUtilized", "2026-11-24T03:10:00Z", 16);
  EXPECT_EQ(s.check().standing, Standing::passed);
  s.place().metrics.back().points[0].second = 17;
  EXPECT_EQ(s.check().standing, Standing::failed);
}

facts::Role role_with(std::string name, std::string document) {
  facts::Role role;
  role.name = name;
  role.arn = "arn:aws:iam::111122223333:role/" + name;
  role.inline_listed = role.attached_listed = role.policies_known = true;
  role.inline_policies = {{"all", "", std::move(document)}};
  return role;
}

constexpr const char* kPull =
    R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["ecr:GetAuthorizationToken"],"Resource":"*"},{"Effect":"Allow","Action":["ecr:BatchCheckLayerAvailability","ecr:GetDownloadUrlForLayer","ecr:BatchGetImage"],"Resource":"arn:aws:ecr:eu-west-1:111122223333:repository/shop/web"},{"Effect":"Allow","Action":["logs:CreateLogStream","logs:PutLogEvents"],"Resource":"arn:aws:logs:eu-west-1:111122223333:log-group:/ecs/web:*"}]})";

TEST(JudgeCalls, ARoleThatMayPullAndLogPasses) {
  Bench b;
  b.place().roles["execution"] = role_with("execution", kPull);
  const auto checks = judge_calls(b.subject, b.facts, b.place());
  EXPECT_EQ(only(checks).standing, Standing::passed) << only(checks).why;
  EXPECT_EQ(only(checks).name, "execution may do what web:8 needs (6 calls)");
}

TEST(JudgeCalls, AMissingStatementFailsWithTheAction) {
  Bench b;
  b.place().roles["execution"] =
      role_with("execution",
                R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"ecr:*","Resource":"*"}})");
  const auto checks = judge_calls(b.subject, b.facts, b.place());
  EXPECT_EQ(only(checks).standing, Standing::failed);
  EXPECT_THAT(only(checks).why, testing::HasSubstr("logs:CreateLogStream"));
}

TEST(JudgeCalls, ARoleThatWasNotReadIsNotPossible) {
  Bench b;
  EXPECT_EQ(only(judge_calls(b.subject, b.facts, b.place())).standing, Standing::not_possible);
}

// A run that wrote an inline policy for a deployer.
void write_policy(Bench& b, std::string planned, std::string live) {
  b.place().roles["deployer"] = role_with("deployer", std::move(live));
  b.place().roles["deployer"].inline_policies[0].name = "fargate-doctor";
  remedy::Step step;
  step.id = "1";
  step.resource = {"iam:role-policy", "deployer/fargate-doctor", "111122223333", "us-east-1"};
  b.run.plan.steps = {step};
  b.run.entries[0].request = {"iam", "PutRolePolicy", "us-east-1",
                              "{\"PolicyDocument\":" + core::json_quoted(planned) + "}"};
}

constexpr const char* kRun =
    R"({"Version":"2012-10-17","Statement":{"Sid":"Run","Effect":"Allow","Action":"ecs:RunTask","Resource":"arn:aws:ecs:eu-west-1:111122223333:task-definition/web:*"}})";

TEST(JudgeCalls, WhatTheRunWasToAllowIsAskedOfTheRoleThatGotIt) {
  Bench b;
  b.place().roles["execution"] = role_with("execution", kPull);
  write_policy(b, kRun, kRun);
  EXPECT_EQ(judge_calls(b.subject, b.facts, b.place()).back().standing, Standing::passed);
  write_policy(
      b, kRun,
      R"({"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"ecs:RunTask","Resource":"*"}})");
  const auto denied = judge_calls(b.subject, b.facts, b.place());
  EXPECT_EQ(denied.back().standing, Standing::failed);
  EXPECT_THAT(denied.back().why, testing::HasSubstr("ecs:RunTask"));
}

TEST(JudgeCalls, ARoleThatTheUserNamesIsAskedTheSame) {
  Bench b;
  b.place().roles["execution"] = role_with("execution", kPull);
  b.place().roles["other"] = role_with("other", kRun);
  b.subject.roles = {"other"};
  const auto checks = judge_calls(b.subject, b.facts, b.place());
  ASSERT_EQ(checks.size(), 2u);
  EXPECT_EQ(checks[1].standing, Standing::failed);
  EXPECT_THAT(checks[1].name, testing::StartsWith("other may do"));
}

TEST(JudgePolicies, TheDocumentThatStandsThereIsLintedAgain) {
  Bench b;
  write_policy(b, kRun, kRun);
  EXPECT_EQ(only(judge_policies(b.subject, {}, b.place())).standing, Standing::passed);
  write_policy(
      b, kRun,
      R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:PassRole","Resource":"*"}})");
  const auto wide = judge_policies(b.subject, {}, b.place());
  EXPECT_EQ(only(wide).standing, Standing::failed);
  EXPECT_THAT(only(wide).why, testing::HasSubstr("PASS_ROLE_WITH_STAR_IN_RESOURCE"));
  b.place().roles.clear();
  EXPECT_EQ(only(judge_policies(b.subject, {}, b.place())).standing, Standing::failed);
}

TEST(JudgePolicies, AccessAnalyzersWordsCountAndItsSilenceToo) {
  Bench b;
  Reading reading;
  reading.analyzed.push_back({"deployer/fargate-doctor", {}, {}});
  EXPECT_EQ(only(judge_policies(b.subject, reading, b.place())).standing, Standing::passed);
  reading.analyzed[0].opinion.findings = {{"SUGGESTION", "EMPTY_ARRAY_ACTION", "x", "", 0}};
  EXPECT_EQ(only(judge_policies(b.subject, reading, b.place())).standing, Standing::passed);
  reading.analyzed[0].opinion.new_access = "FAIL";
  EXPECT_EQ(only(judge_policies(b.subject, reading, b.place())).standing, Standing::failed);
  reading.analyzed[0].error = core::make_error(core::ErrorKind::refused, "AccessDeniedException");
  EXPECT_EQ(only(judge_policies(b.subject, reading, b.place())).standing, Standing::not_possible);
}

TEST(JudgePaths, ABlockedPathIsFailedWithTheChangeThatItTakes) {
  Bench b;
  facts::Subnet a, c;
  a.id = "subnet-a";
  c.id = "subnet-b";
  a.vpc_id = c.vpc_id = "vpc-1";
  a.cidr = "10.0.1.0/24";
  c.cidr = "10.0.2.0/24";
  b.place().subnets = {{"subnet-a", a}, {"subnet-b", c}};
  facts::Vpc vpc;
  vpc.id = "vpc-1";
  vpc.cidr = "10.0.0.0/16";
  vpc.cidrs = {"10.0.0.0/16"};
  vpc.dns_support = vpc.dns_hostnames = true;
  b.place().vpcs["vpc-1"] = vpc;
  facts::SecurityGroup group;
  group.id = "sg-1";
  group.vpc_id = "vpc-1";
  b.place().security_groups["sg-1"] = group;  // no egress rule at all
  facts::RouteTable table;
  table.id = "rtb-1";
  table.vpc_id = "vpc-1";
  table.main = true;
  table.routes = {{"10.0.0.0/16", "local", "active"}};
  b.place().route_tables["rtb-1"] = table;
  for (const auto* answered :
       {"ec2.describe-route-tables", "ec2.describe-security-groups", "ec2.describe-subnets",
        "ec2.describe-vpc-endpoints", "ec2.describe-network-acls", "ec2.describe-vpcs"})
    b.place().answered.insert(answered);
  const auto checks = judge_paths(b.subject, b.facts, b.place());
  ASSERT_EQ(checks.size(), 4u);  // ECR's API and registry, layers from S3, logs
  EXPECT_EQ(checks[0].standing, Standing::failed);
  EXPECT_THAT(checks[0].why,
              testing::AllOf(testing::HasSubstr("subnet-a, subnet-b"), testing::HasSubstr("sg-1")));
}

TEST(JudgePaths, AnUnreadTaskDefinitionIsNotPossible) {
  Bench b;
  b.place().task_definitions.clear();
  EXPECT_EQ(only(judge_paths(b.subject, b.facts, b.place())).standing, Standing::not_possible);
}

TEST(JudgeChanges, AnEffectThatNoLongerHoldsIsFailed) {
  Bench b;
  remedy::Step step;
  step.id = "1";
  step.title = "Keep 2 on-demand tasks";
  step.resource = {"ecs:service", "arn:svc", "111122223333", "eu-west-1"};
  step.effects = {{"/a~1b/0/base", "2"}};
  b.run.plan.steps = {step};
  b.run.entries[0].after = R"({"a/b":[{"base":2}],"desiredCount":4})";
  Reading reading;
  reading.states = {{"1", R"({"a/b":[{"base":2}],"desiredCount":4})", {}}};
  EXPECT_EQ(only(judge_changes(b.subject, reading)).why, "as the run left it");
  reading.states[0].state = R"({"a/b":[{"base":2}],"desiredCount":6})";
  EXPECT_EQ(only(judge_changes(b.subject, reading)).standing, Standing::passed);
  EXPECT_THAT(only(judge_changes(b.subject, reading)).why, testing::HasSubstr("desiredCount"));
  reading.states[0].state = R"({"a/b":[{"base":0}],"desiredCount":4})";
  EXPECT_EQ(only(judge_changes(b.subject, reading)).standing, Standing::failed);
  b.run.plan.steps[0].effects = {{"/desiredCount", "\"${1.service.desiredCount}\""}};
  EXPECT_EQ(only(judge_changes(b.subject, reading)).standing, Standing::passed);
  reading.states[0].state = R"({"desiredCount":5})";
  EXPECT_THAT(only(judge_changes(b.subject, reading)).why, testing::HasSubstr("should be 4"));
  reading.states[0].state = "null";
  EXPECT_THAT(only(judge_changes(b.subject, reading)).why, testing::HasSubstr("not there any more"));
}

ReplayOutcome stopped_with(std::string described) {
  ReplayOutcome outcome;
  outcome.replay.subnet = "subnet-a";
  outcome.replay.definition = "web:8";
  outcome.task_arn = "arn:aws:ecs:eu-west-1:111122223333:task/prod/t1";
  outcome.stopped_by_itself = true;
  outcome.described = std::move(described);
  return outcome;
}

Check judged(Bench& b, ReplayOutcome outcome) {
  Reading reading;
  reading.facts = b.facts;
  reading.replays.push_back(std::move(outcome));
  return judge_replays(b.subject, reading).front();
}

TEST(JudgeReplays, TheSameFailureAgainIsToldFromAnother) {
  Bench b("FargateENICreateFailed");
  const auto again = judged(
      b,
      stopped_with(
          R"({"tasks":[{"taskArn":"arn:aws:ecs:eu-west-1:111122223333:task/prod/t1","clusterArn":"arn:aws:ecs:eu-west-1:111122223333:cluster/prod","taskDefinitionArn":"arn:aws:ecs:eu-west-1:111122223333:task-definition/web:8","group":"family:web","lastStatus":"STOPPED","desiredStatus":"STOPPED","stopCode":"TaskFailedToStart","stoppedReason":"Unexpected EC2 error while attempting to Create Network Interface with public IP assignment enabled in subnet 'subnet-a': InsufficientFreeAddressesInSubnet","stoppedAt":"2026-11-24T03:20:00Z","containers":[]}]})"));
  EXPECT_EQ(again.standing, Standing::failed);
  EXPECT_THAT(again.why, testing::StartsWith("the same failure again"));
  const auto other = judged(
      b,
      stopped_with(
          R"({"tasks":[{"taskArn":"arn:aws:ecs:eu-west-1:111122223333:task/prod/t1","clusterArn":"arn:aws:ecs:eu-west-1:111122223333:cluster/prod","taskDefinitionArn":"arn:aws:ecs:eu-west-1:111122223333:task-definition/web:8","group":"family:web","lastStatus":"STOPPED","desiredStatus":"STOPPED","stopCode":"EssentialContainerExited","stoppedReason":"Essential container in task exited","stoppedAt":"2026-11-24T03:20:00Z","containers":[{"name":"app","exitCode":1}]}]})"));
  EXPECT_EQ(other.standing, Standing::failed);
  EXPECT_THAT(other.why, testing::StartsWith("another failure"));
}

TEST(JudgeReplays, ATaskThatRanToItsEndPassed) {
  Bench b;
  const auto check = judged(
      b,
      stopped_with(
          R"({"tasks":[{"taskArn":"t1","lastStatus":"STOPPED","stopCode":"EssentialContainerExited","stoppedReason":"Essential container in task exited","containers":[{"name":"app","exitCode":0}]}]})"));
  EXPECT_EQ(check.standing, Standing::passed) << check.why;
}

TEST(JudgeReplays, WhoMayNotStartTasksLearnsNothing) {
  Bench b;
  ReplayOutcome outcome = stopped_with("");
  outcome.refused = core::make_error(core::ErrorKind::refused, "not authorized to perform ecs:RunTask", "",
                                     "AccessDeniedException");
  EXPECT_EQ(judged(b, outcome).standing, Standing::not_possible);
  outcome.refused = core::make_error(core::ErrorKind::invalid_call, "The platform version is not supported",
                                     "", "InvalidParameterException");
  EXPECT_EQ(judged(b, outcome).standing, Standing::failed);
}

TEST(JudgeReplays, ATaskThatCouldNotBeStoppedIsACheckOfItsOwnWithTheCommand) {
  Bench b;
  ReplayOutcome outcome = stopped_with("");
  outcome.stopped_by_itself = false;
  outcome.running_at = at("2026-11-24T03:20:00Z");
  outcome.not_stopped = core::make_error(core::ErrorKind::refused, "no");
  Reading reading;
  reading.facts = b.facts;
  reading.replays = {outcome};
  const auto checks = judge_replays(b.subject, reading);
  EXPECT_EQ(checks[0].standing, Standing::passed);
  EXPECT_THAT(named(checks, "replay.stopped").why, testing::HasSubstr("aws ecs stop-task"));
}

}  // namespace
}  // namespace doctor::verify
