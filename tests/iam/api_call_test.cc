// CloudTrail records ("CloudTrail record contents") read as questions to IAM.
#include "iam/api_call.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace doctor::iam {
namespace {

using ::testing::ElementsAre;

std::string record_of(std::string_view source, std::string_view name, std::string_view parameters,
                      std::string_view more = "") {
  return "{\"eventSource\":\"" + std::string(source) + "\",\"eventName\":\"" + std::string(name) +
         "\",\"awsRegion\":\"eu-west-1\",\"recipientAccountId\":\"111122223333\",\"eventID\":\"e-1\","
         "\"userIdentity\":{"
         "\"type\":\"AssumedRole\",\"arn\":\"arn:aws:sts::111122223333:assumed-role/web/"
         "s\",\"sessionContext\":{"
         "\"sessionIssuer\":{\"type\":\"Role\",\"arn\":\"arn:aws:iam::111122223333:role/app/"
         "web\"}}},\"requestParameters\":" +
         std::string(parameters) + std::string(more) + "}";
}

ApiCall call_of(const std::string& record) {
  const auto calls = api_calls_of(record, "event.json");
  EXPECT_TRUE(calls) << (calls ? "" : calls.error().sentence);
  EXPECT_TRUE(calls && calls->size() == 1);
  return calls && !calls->empty() ? calls->front() : ApiCall{};
}

std::vector<std::string> needs_of(const ApiCall& call) {
  std::vector<std::string> out;
  for (const auto& need : call.needs) out.push_back(need.action + " " + need.resource);
  return out;
}

TEST(IamActions, AreNotAlwaysNamedLikeTheOperation) {
  EXPECT_THAT(iam_actions_of("s3.amazonaws.com", "ListObjectsV2"), ElementsAre("s3:ListBucket"));
  EXPECT_THAT(iam_actions_of("s3.amazonaws.com", "HeadObject"), ElementsAre("s3:GetObject"));
  EXPECT_THAT(iam_actions_of("s3.amazonaws.com", "UploadPart"), ElementsAre("s3:PutObject"));
  EXPECT_THAT(iam_actions_of("lambda.amazonaws.com", "Invoke"), ElementsAre("lambda:InvokeFunction"));
  EXPECT_THAT(iam_actions_of("lambda.amazonaws.com", "GetFunction20150331v2"),
              ElementsAre("lambda:GetFunction"));
  EXPECT_THAT(iam_actions_of("monitoring.amazonaws.com", "GetMetricData"),
              ElementsAre("cloudwatch:GetMetricData"));
  EXPECT_THAT(iam_actions_of("sqs.amazonaws.com", "SendMessageBatch"), ElementsAre("sqs:SendMessage"));
  EXPECT_THAT(iam_actions_of("ecr.amazonaws.com", "BatchGetImage"), ElementsAre("ecr:BatchGetImage"));
  EXPECT_THAT(iam_actions_of("sts.amazonaws.com", "GetCallerIdentity"), ElementsAre());
  EXPECT_THAT(iam_actions_of("glue.amazonaws.com", "GetTable"), ElementsAre("glue:GetTable"));
}

TEST(ApiCall, BuildsArnsOfWhatTheRequestNames) {
  EXPECT_THAT(needs_of(call_of(record_of("ecs.amazonaws.com", "DescribeTasks",
                                         R"({"cluster":"prod","tasks":["0f9d","1a2b"]})"))),
              ElementsAre("ecs:DescribeTasks arn:aws:ecs:eu-west-1:111122223333:task/prod/0f9d",
                          "ecs:DescribeTasks arn:aws:ecs:eu-west-1:111122223333:task/prod/1a2b"));
  EXPECT_THAT(
      needs_of(call_of(record_of("ssm.amazonaws.com", "GetParameters", R"({"names":["/web/db","flag"]})"))),
      ElementsAre("ssm:GetParameters arn:aws:ssm:eu-west-1:111122223333:parameter/web/db",
                  "ssm:GetParameters arn:aws:ssm:eu-west-1:111122223333:parameter/flag"));
  EXPECT_THAT(
      needs_of(call_of(record_of("s3.amazonaws.com", "GetObject", R"({"bucketName":"b","key":"a/b.txt"})"))),
      ElementsAre("s3:GetObject arn:aws:s3:::b/a/b.txt"));
  EXPECT_THAT(
      needs_of(call_of(record_of("secretsmanager.amazonaws.com", "GetSecretValue", R"({"secretId":"db"})"))),
      ElementsAre(
          "secretsmanager:GetSecretValue arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-??????"));
  EXPECT_THAT(
      needs_of(call_of(record_of("logs.amazonaws.com", "CreateLogGroup", R"({"logGroupName":"/ecs/web"})"))),
      ElementsAre("logs:CreateLogGroup arn:aws:logs:eu-west-1:111122223333:log-group:/ecs/web"));
}

TEST(ApiCall, OfEcsWithoutClusterMeansTheDefaultOne) {
  const auto call = call_of(record_of("ecs.amazonaws.com", "StopTask", R"({"task":"0f9d"})"));
  EXPECT_THAT(needs_of(call),
              ElementsAre("ecs:StopTask arn:aws:ecs:eu-west-1:111122223333:task/default/0f9d"));
  ASSERT_EQ(call.needs[0].conditions.size(), 1u);
  EXPECT_EQ(call.needs[0].conditions[0].key, "ecs:cluster");
}

TEST(ApiCall, PrefersTheArnsOfTheRecord) {
  EXPECT_THAT(
      needs_of(call_of(record_of("kms.amazonaws.com", "Decrypt", "null",
                                 R"(,"resources":[{"ARN":"arn:aws:kms:eu-west-1:111122223333:key/k"}])"))),
      ElementsAre("kms:Decrypt arn:aws:kms:eu-west-1:111122223333:key/k"));
}

// "Grant permission to tag resources on creation" (ECS Developer Guide), "Grant permission to tag Amazon EC2
// resources during creation" (EC2 User Guide).
TEST(ApiCall, ThatTagsWhatItCreatesAsksASecondAction) {
  const auto run = call_of(record_of("ecs.amazonaws.com", "RunTask",
                                     R"({"cluster":"prod","taskDefinition":"web:1","tags":[{"key":"a"}]})"));
  EXPECT_THAT(needs_of(run),
              ElementsAre("ecs:RunTask arn:aws:ecs:eu-west-1:111122223333:task-definition/web:1",
                          "ecs:TagResource arn:aws:ecs:eu-west-1:111122223333:task/prod/*"));
  EXPECT_EQ(run.needs[1].conditions[0].key, "ecs:CreateAction");
  const std::string endpoint =
      R"({"vpcId":"vpc-1","tagSpecificationSet":{"items":[{"resourceType":"vpc-endpoint"}]}})";
  EXPECT_THAT(needs_of(call_of(record_of("ec2.amazonaws.com", "CreateVpcEndpoint", endpoint))),
              ElementsAre("ec2:CreateVpcEndpoint arn:aws:ec2:eu-west-1:111122223333:vpc/vpc-1",
                          "ec2:CreateVpcEndpoint arn:aws:ec2:eu-west-1:111122223333:vpc-endpoint/*",
                          "ec2:CreateTags arn:aws:ec2:eu-west-1:111122223333:vpc-endpoint/*"));
}

TEST(ApiCall, OfPolicyGenerationPassesTheRoleThatReadsTheTrail) {
  EXPECT_THAT(needs_of(call_of(record_of(
                  "access-analyzer.amazonaws.com", "StartPolicyGeneration",
                  R"({"cloudTrailDetails":{"accessRole":"arn:aws:iam::111122223333:role/reader"}})"))),
              ElementsAre("access-analyzer:StartPolicyGeneration ",
                          "iam:PassRole arn:aws:iam::111122223333:role/reader"));
}

TEST(ApiCall, SaysWhatItPublishesAndWhoseRoleItMakes) {
  const auto event = call_of(record_of("events.amazonaws.com", "PutEvents",
                                       R"({"entries":[{"source":"fargate-doctor","detailType":"Done"}]})"));
  EXPECT_THAT(needs_of(event),
              ElementsAre("events:PutEvents arn:aws:events:eu-west-1:111122223333:event-bus/default"));
  EXPECT_THAT(event.needs[0].conditions[0].values, ElementsAre("fargate-doctor"));
  const auto role = call_of(
      record_of("iam.amazonaws.com", "CreateServiceLinkedRole", R"({"aWSServiceName":"ecs.amazonaws.com"})"));
  EXPECT_THAT(needs_of(role),
              ElementsAre("iam:CreateServiceLinkedRole "
                          "arn:aws:iam::111122223333:role/aws-service-role/ecs.amazonaws.com/*"));
}

TEST(ApiCall, OfRegisterTaskDefinitionPassesItsRoles) {
  const auto call =
      call_of(record_of("ecs.amazonaws.com", "RegisterTaskDefinition",
                        R"({"family":"web","executionRoleArn":"arn:aws:iam::111122223333:role/exec"})"));
  EXPECT_THAT(
      needs_of(call),
      ElementsAre("ecs:RegisterTaskDefinition arn:aws:ecs:eu-west-1:111122223333:task-definition/web:*",
                  "iam:PassRole arn:aws:iam::111122223333:role/exec"));
  ASSERT_EQ(call.needs[1].conditions.size(), 1u);
  EXPECT_EQ(call.needs[1].conditions[0].values, std::vector<std::string>{"ecs-tasks.amazonaws.com"});
}

TEST(ApiCall, OfCopyObjectReadsTheSource) {
  EXPECT_THAT(needs_of(call_of(
                  record_of("s3.amazonaws.com", "CopyObject",
                            R"({"bucketName":"to","key":"k","x-amz-copy-source":"/from/k?versionId=1"})"))),
              ElementsAre("s3:PutObject arn:aws:s3:::to/k", "s3:GetObject arn:aws:s3:::from/k"));
}

TEST(ApiCall, OfAKeyThroughAServiceIsNarrowedToIt) {
  auto text = record_of("kms.amazonaws.com", "Decrypt", "null",
                        R"(,"resources":[{"ARN":"arn:aws:kms:eu-west-1:111122223333:key/k"}])");
  text.replace(text.find("\"type\":\"AssumedRole\""), 20, "\"invokedBy\":\"secretsmanager.amazonaws.com\"");
  const auto call = call_of(text);
  ASSERT_EQ(call.needs.size(), 1u);
  ASSERT_EQ(call.needs[0].conditions.size(), 1u);
  EXPECT_EQ(call.needs[0].conditions[0].key, "kms:ViaService");
  EXPECT_EQ(call.needs[0].conditions[0].values,
            std::vector<std::string>{"secretsmanager.eu-west-1.amazonaws.com"});
}

TEST(ApiCall, OfApplicationAutoScalingIsToldByItsNamespace) {
  EXPECT_EQ(call_of(record_of("autoscaling.amazonaws.com", "DescribeScalingActivities",
                              R"({"serviceNamespace":"ecs"})"))
                .needs[0]
                .action,
            "application-autoscaling:DescribeScalingActivities");
  EXPECT_EQ(
      call_of(record_of("autoscaling.amazonaws.com", "DescribeScalingActivities", "{}")).needs[0].action,
      "autoscaling:DescribeScalingActivities");
}

TEST(ApiCall, RefusedCarriesTheDenialOfItsMessage) {
  const auto call = call_of(record_of(
      "ecs.amazonaws.com", "RunTask", R"({"cluster":"prod","taskDefinition":"web:7"})",
      R"(,"errorCode":"AccessDenied","errorMessage":"User: arn:aws:sts::111122223333:assumed-role/web/s is not authorized to perform: ecs:RunTask on resource: arn:aws:ecs:eu-west-1:111122223333:task-definition/web:7 with an explicit deny in a service control policy","requestID":"r-1")"));
  ASSERT_TRUE(call.denial);
  EXPECT_EQ(call.denial->policy_type, PolicyType::scp);
  EXPECT_EQ(call.denial->request_id, "r-1");
  EXPECT_EQ(call.role, "arn:aws:iam::111122223333:role/app/web");
}

TEST(ApiCall, RefusedWithoutWordsTakesActionAndResourceFromTheRequest) {
  const auto call = call_of(record_of(
      "ec2.amazonaws.com", "TerminateInstances", R"({"instancesSet":{"items":[{"instanceId":"i-0f"}]}})",
      R"(,"errorCode":"Client.UnauthorizedOperation","errorMessage":"You are not authorized to perform this operation. Encoded authorization failure message: abc")"));
  ASSERT_TRUE(call.denial);
  EXPECT_EQ(call.denial->action, "ec2:TerminateInstances");
  EXPECT_EQ(call.denial->resource, "arn:aws:ec2:eu-west-1:111122223333:instance/i-0f");
  EXPECT_EQ(call.denial->encoded_message, "abc");
}

TEST(ApiCall, FailedForAnotherReasonIsNoDenial) {
  EXPECT_FALSE(
      call_of(record_of("ecs.amazonaws.com", "RunTask", "{}", R"(,"errorCode":"ClientException")")).denial);
}

TEST(ApiCalls, ComeFromEveryContainer) {
  const auto record = record_of("ecs.amazonaws.com", "ListTasks", R"({"cluster":"prod"})");
  for (const auto& text : {"{\"Records\":[" + record + "," + record + "]}", "[" + record + "," + record + "]",
                           "{\"Events\":[{\"CloudTrailEvent\":" + core::json_quoted(record) +
                               "},{\"CloudTrailEvent\":" + core::json_quoted(record) + "}]}"}) {
    const auto calls = api_calls_of(text, "x");
    ASSERT_TRUE(calls) << text;
    EXPECT_EQ(calls->size(), 2u);
  }
  const auto event =
      api_calls_of("{\"detail-type\":\"AWS API Call via CloudTrail\",\"detail\":" + record + "}", "x");
  ASSERT_TRUE(event);
  EXPECT_EQ(event->front().event_name, "ListTasks");
}

TEST(ApiCalls, SayWhereTheInputIsWrong) {
  const auto broken = api_calls_of("{\"Records\": [", "log.json");
  ASSERT_FALSE(broken);
  EXPECT_NE(broken.error().sentence.find("log.json:1:"), std::string::npos) << broken.error().sentence;
  const auto other = api_calls_of(R"({"Records":[{"eventSource":"ecs.amazonaws.com"}]})", "log.json");
  ASSERT_FALSE(other);
  EXPECT_NE(other.error().sentence.find("record 1"), std::string::npos) << other.error().sentence;
}

}  // namespace
}  // namespace doctor::iam
