#include "facts/snapshot.h"

#include <rapidcheck/gtest.h>

#include "facts/dump.h"
#include "facts_support.h"

namespace doctor::facts {
namespace {

constexpr std::string_view kTasks =
    R"({"tasks":[{"taskArn":"arn:aws:ecs:eu-west-1:111122223333:task/prod/0f9d","lastStatus":"STOPPED"}],"failures":[]})";

TEST(Snapshot, FlatFolderTakesAccountAndRegionFromTheArnsInside) {
  const TemporaryFolder folder;
  folder.write("ecs.describe-tasks.json", kTasks);
  folder.write("ecs.describe-tasks.2.json",
               R"({"tasks":[{"taskArn":"arn:aws:ecs:eu-west-1:111122223333:task/prod/1a"},
                            {"taskArn":"arn:aws:ecs:us-east-1:444455556666:task/prod/2b"}]})");
  const auto facts = read_snapshot(folder.path());
  ASSERT_TRUE(facts) << core::to_line(facts.error());
  ASSERT_EQ(facts->places.size(), 1U);
  EXPECT_EQ(facts->places[0].account, "111122223333");
  EXPECT_EQ(facts->places[0].region, "eu-west-1");
  EXPECT_EQ(facts->places[0].tasks.size(), 3U);
}

TEST(Snapshot, WithoutAnyArnTheAccountIsEmpty) {
  const TemporaryFolder folder;
  folder.write("ec2.describe-subnets.json",
               R"({"Subnets":[{"SubnetId":"subnet-a","AvailabilityZone":"eu-west-1a"}]})");
  const auto facts = read_snapshot(folder.path());
  ASSERT_TRUE(facts);
  EXPECT_EQ(facts->places[0].account, "");
  EXPECT_EQ(facts->places[0].region, "eu-west-1");
}

TEST(Snapshot, NestedFoldersAreOnePlaceEachInOrder) {
  const TemporaryFolder folder;
  folder.write("444455556666/eu-west-1/ecs.describe-tasks.json", kTasks);
  folder.write("111122223333/us-east-1/ecs.describe-tasks.json", kTasks);
  folder.write("111122223333/eu-west-1/ecs.describe-tasks.json", kTasks);
  folder.write("notes/ecs.describe-tasks.json", "not read {");
  const auto facts = read_snapshot(folder.path());
  ASSERT_TRUE(facts);
  ASSERT_EQ(facts->places.size(), 3U);
  EXPECT_EQ(facts->places[0].account + "/" + facts->places[0].region, "111122223333/eu-west-1");
  EXPECT_EQ(facts->places[1].region, "us-east-1");
  EXPECT_EQ(facts->places[2].account, "444455556666");
}

TEST(Snapshot, OtherFilesDoNotDisturb) {
  const TemporaryFolder folder;
  folder.write("ecs.describe-tasks.json", kTasks);
  for (const auto* name :
       {"README.md", "expected.json", "label.json", "notes.txt", "My.Notes.json", ".hidden.json",
        "package.lock.json", "ecs.describe-things-of-tomorrow.json", "ecs.json"})
    folder.write(name, "not json {");
  EXPECT_TRUE(read_snapshot(folder.path()));
}

TEST(Snapshot, EmptyOrMissingFolderIsAnErrorThatSaysWhatIsExpected) {
  const TemporaryFolder folder;
  const auto empty = read_snapshot(folder.path());
  ASSERT_FALSE(empty);
  EXPECT_EQ(empty.error().kind, core::ErrorKind::bad_input);
  EXPECT_NE(empty.error().next.find("ecs.describe-tasks.json"), std::string::npos);
  const auto missing = read_snapshot(folder.path() / "nowhere");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind, core::ErrorKind::bad_input);
}

TEST(Snapshot, WrongShapeNamesFileAndField) {
  const TemporaryFolder folder;
  folder.write("ecs.describe-tasks.web.json", R"({"services":[]})");
  const auto facts = read_snapshot(folder.path());
  ASSERT_FALSE(facts);
  EXPECT_TRUE(facts.error().sentence.starts_with("ecs.describe-tasks.web.json:1:1: "))
      << facts.error().sentence;
  EXPECT_NE(facts.error().sentence.find("`tasks`"), std::string::npos);
}

TEST(Snapshot, TruncatedAtAnyByteIsAnErrorWithItsPosition) {
  const std::string whole =
      "{\n  \"tasks\": [\n    {\"taskArn\": \"arn:aws:ecs:r:1:task/a\", \"n\": 12}\n  ]\n}";
  for (std::size_t length = 0; length < whole.size(); ++length) {
    const TemporaryFolder folder;
    folder.write("ecs.describe-tasks.json", std::string_view(whole).substr(0, length));
    const auto facts = read_snapshot(folder.path());
    ASSERT_FALSE(facts) << length;
    const std::string& sentence = facts.error().sentence;
    int line = 0, column = 0;
    ASSERT_EQ(std::sscanf(sentence.c_str(), "ecs.describe-tasks.json:%d:%d:", &line, &column), 2) << sentence;
    EXPECT_GE(line, 1);
    EXPECT_GE(column, 1);
  }
}

TEST(Snapshot, AnEventLineThatDoesNotParseIsNamedByItsNumber) {
  const TemporaryFolder folder;
  folder.write("events.jsonl", "{\"id\":\"1\",\"detail-type\":\"x\"}\n\n{\"id\":");
  const auto facts = read_snapshot(folder.path());
  ASSERT_FALSE(facts);
  EXPECT_TRUE(facts.error().sentence.starts_with("events.jsonl:3:")) << facts.error().sentence;
}

TEST(Snapshot, EventsAndRefusalsAreRead) {
  const TemporaryFolder folder;
  folder.write(
      "events.jsonl",
      R"({"id":"e-1","detail-type":"ECS Task State Change","time":"2026-11-24T03:00:00Z","detail":{"taskArn":"arn:aws:ecs:eu-west-1:111122223333:task/prod/0f9d","version":3}})"
      "\r\n");
  folder.write(
      "health.describe-events.error.txt",
      "An error occurred (SubscriptionRequiredException) when calling the DescribeEvents operation: ");
  folder.write("ecs.execute-command.error.txt",
               "An error occurred (TargetNotConnectedException) when calling the ExecuteCommand operation: "
               "The execute command failed due to an internal error.");
  const auto facts = read_snapshot(folder.path());
  ASSERT_TRUE(facts) << core::to_line(facts.error());
  const Place& place = facts->places[0];
  EXPECT_EQ(place.tasks.size(), 1U);
  EXPECT_EQ(place.gaps.size(), 1U);
  EXPECT_EQ(place.call_failures.at(0).code, "TargetNotConnectedException");
  EXPECT_TRUE(place.knows("events.ECS Task State Change"));
  EXPECT_FALSE(place.knows("health.describe-events"));
}

TEST(Snapshot, AnswersWithoutAResourceAreReadAfterThoseThatNameIt) {
  const TemporaryFolder folder;
  folder.write("elbv2.describe-target-group-attributes.json",
               R"({"Attributes":[{"Key":"deregistration_delay.timeout_seconds","Value":"300"}]})");
  folder.write(
      "elbv2.describe-target-groups.json",
      R"({"TargetGroups":[{"TargetGroupArn":"arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/web/0f"}]})");
  folder.write("iam.get-policy-version.P.json",
               R"({"PolicyVersion":{"Document":{"a":1},"IsDefaultVersion":true}})");
  folder.write(
      "iam.list-attached-role-policies.task.json",
      R"({"AttachedPolicies":[{"PolicyName":"P","PolicyArn":"arn:aws:iam::111122223333:policy/P"}]})");
  const auto facts = read_snapshot(folder.path());
  ASSERT_TRUE(facts);
  EXPECT_EQ(facts->places[0].target_groups.begin()->second.deregistration_delay_seconds, 300);
  EXPECT_EQ(facts->places[0].roles.at("task").attached_policies.at(0).document, R"({"a":1})");
}

// Every time field of every operation that this program reads: the newest of the document must be seen.
struct Timed {
  const char* service;
  const char* operation;
  const char* json;  // NEW stands where the newest time goes
};
constexpr Timed kTimed[] = {
    {"ecs", "describe-tasks", R"({"tasks":[{"taskArn":"a","createdAt":"NEW"}]})"},
    {"ecs", "describe-tasks", R"({"tasks":[{"taskArn":"a","pullStartedAt":"NEW"}]})"},
    {"ecs", "describe-tasks", R"({"tasks":[{"taskArn":"a","pullStoppedAt":"NEW"}]})"},
    {"ecs", "describe-tasks", R"({"tasks":[{"taskArn":"a","connectivityAt":"NEW"}]})"},
    {"ecs", "describe-tasks", R"({"tasks":[{"taskArn":"a","executionStoppedAt":"NEW"}]})"},
    {"ecs", "run-task", R"({"tasks":[{"taskArn":"a","stoppedAt":"NEW"}]})"},
    {"ecs", "describe-services", R"({"services":[{"serviceArn":"a","createdAt":"NEW"}]})"},
    {"ecs", "describe-services", R"({"services":[{"serviceArn":"a","deployments":[{"updatedAt":"NEW"}]}]})"},
    {"ecs", "describe-services", R"({"services":[{"serviceArn":"a","deployments":[{"createdAt":"NEW"}]}]})"},
    {"ecs", "describe-services", R"({"services":[{"serviceArn":"a","events":[{"createdAt":"NEW"}]}]})"},
    {"ecs", "describe-services",
     R"({"services":[{"serviceArn":"a","taskSets":[{"stabilityStatusAt":"NEW"}]}]})"},
    {"ecs", "describe-task-sets", R"({"taskSets":[{"serviceArn":"a","createdAt":"NEW"}]})"},
    {"ecs", "describe-task-definition",
     R"({"taskDefinition":{"taskDefinitionArn":"a","registeredAt":"NEW"}})"},
    {"ec2", "describe-network-interfaces",
     R"({"NetworkInterfaces":[{"NetworkInterfaceId":"a","Attachment":{"AttachTime":"NEW"}}]})"},
    {"ec2", "describe-nat-gateways", R"({"NatGateways":[{"NatGatewayId":"a","CreateTime":"NEW"}]})"},
    {"ec2", "describe-vpc-endpoints",
     R"({"VpcEndpoints":[{"VpcEndpointId":"a","CreationTimestamp":"NEW"}]})"},
    {"iam", "get-role", R"({"Role":{"RoleName":"a","CreateDate":"NEW"}})"},
    {"iam", "get-role", R"({"Role":{"RoleName":"a","RoleLastUsed":{"LastUsedDate":"NEW"}}})"},
    {"iam", "get-policy", R"({"Policy":{"Arn":"a","UpdateDate":"NEW"}})"},
    {"iam", "get-policy-version", R"({"PolicyVersion":{"CreateDate":"NEW"}})"},
    {"ecr", "describe-images", R"({"imageDetails":[{"imagePushedAt":"NEW"}]})"},
    {"ecr", "describe-images", R"({"imageDetails":[{"lastRecordedPullTime":"NEW"}]})"},
    {"cloudtrail", "lookup-events", R"({"Events":[{"EventId":"a","EventTime":"NEW"}]})"},
    {"cloudtrail", "lookup-events",
     R"({"Events":[{"CloudTrailEvent":"{\"eventID\":\"a\",\"eventTime\":\"NEW\"}"}]})"},
    {"health", "describe-events", R"({"events":[{"arn":"a","startTime":"NEW"}]})"},
    {"health", "describe-events", R"({"events":[{"arn":"a","lastUpdatedTime":"NEW"}]})"},
    {"health", "describe-event-details", R"({"successfulSet":[{"event":{"arn":"a","startTime":"NEW"}}]})"},
    {"health", "describe-affected-entities", R"({"entities":[{"eventArn":"a","lastUpdatedTime":"NEW"}]})"},
    {"service-quotas", "list-requested-service-quota-change-history",
     R"({"RequestedQuotas":[{"QuotaCode":"a","LastUpdated":"NEW"}]})"},
    {"cloudwatch", "get-metric-data",
     R"({"MetricDataResults":[{"Label":"m","Timestamps":["NEW"],"Values":[1]}]})"},
    {"cloudwatch", "get-metric-statistics", R"({"Label":"m","Datapoints":[{"Timestamp":"NEW","Sum":1}]})"},
    {"cloudwatch", "describe-alarms",
     R"({"MetricAlarms":[{"AlarmName":"a","StateUpdatedTimestamp":"NEW"}]})"},
    {"logs", "get-log-events", R"({"events":[{"timestamp":1795489200000,"message":"m"}]})"},
    {"logs", "filter-log-events", R"({"events":[{"ingestionTime":1795489200000,"message":"m"}]})"},
    {"config", "get-resource-config-history",
     R"({"configurationItems":[{"configurationItemCaptureTime":"NEW"}]})"},
};

TEST(Snapshot, NewestTimeIsFoundInEveryTimeField) {
  for (const Timed& row : kTimed) {
    for (const std::string time : {"\"2026-11-24T03:00:00.000Z\"", "1795489200.0"}) {
      std::string json = row.json;
      if (time.front() != '"' && json.find("CloudTrailEvent") != std::string::npos) continue;
      const bool escaped = json.find("\\\"NEW") != std::string::npos;
      if (const auto at = json.find("NEW"); at != std::string::npos) {
        if (escaped) {
          json.replace(at, 3, "2026-11-24T03:00:00Z");
        } else {
          json.replace(at - 1, 5, time);
        }
      }
      Reader r;
      r.read(row.service, row.operation, json);
      ASSERT_TRUE(r.facts.newest) << json;
      EXPECT_EQ(core::to_iso(*r.facts.newest), "2026-11-24T03:00:00Z") << json;
    }
  }
}

TEST(Snapshot, WithoutAnyArnTheRegionIsWhereEcsWasCalled) {
  const TemporaryFolder folder;
  folder.write(
      "cloudtrail.lookup-events.json",
      R"({"Events":[{"EventId":"e1","CloudTrailEvent":"{\"eventID\":\"e1\",\"eventName\":\"RunTask\",\"eventSource\":\"ecs.amazonaws.com\",\"awsRegion\":\"eu-west-3\"}"},
                             {"EventId":"e2","CloudTrailEvent":"{\"eventID\":\"e2\",\"eventName\":\"PutRolePolicy\",\"eventSource\":\"iam.amazonaws.com\",\"awsRegion\":\"us-east-1\"}"},
                             {"EventId":"e3","CloudTrailEvent":"{\"eventID\":\"e3\",\"eventName\":\"PutRolePolicy\",\"eventSource\":\"iam.amazonaws.com\",\"awsRegion\":\"us-east-1\"}"}]})");
  const auto facts = read_snapshot(folder.path());
  ASSERT_TRUE(facts) << core::to_line(facts.error());
  EXPECT_EQ(facts->places[0].region, "eu-west-3");
}

TEST(Snapshot, HealthEventsDateTheirDayWithOneDigitOrTwo) {
  const TemporaryFolder folder;
  folder.write(
      "events.jsonl",
      R"({"id":"a","detail-type":"AWS Health Event","region":"eu-west-1","detail":{"eventArn":"arn:h","service":"ECS","startTime":"Thu, 3 Sep 2026 13:50:00 GMT"}})");
  const auto facts = read_snapshot(folder.path());
  ASSERT_TRUE(facts) << core::to_line(facts.error());
  ASSERT_EQ(facts->places[0].health.size(), 1U);
  EXPECT_EQ(facts->places[0].health[0].start, core::timestamp_of_iso("2026-09-03T13:50:00Z"));
}

}  // namespace
}  // namespace doctor::facts
