// The services' own rules: queues, trail, targets, quotas, metrics, images, logs.
#include "lab/desk_support.h"
#include "lab/metric_math.h"

namespace doctor::lab {
namespace {

using testing::Desk;
using namespace std::chrono_literals;

void record(Desk& lab, const std::string& name) {
  TrailCall call;
  call.name = name;
  call.caller_arn = lab.world.operator_arn;
  lab.world.record_trail(lab.region, call);
}

struct WithQueue : Desk {
  std::string arn = add_queue(world, region, "q");
  json url{{"QueueUrl", "q"}};
  Reply send(const char* body) {
    return call("sqs", "SendMessage", {{"QueueUrl", "q"}, {"MessageBody", body}});
  }
  json receive() {
    const auto reply = call("sqs", "ReceiveMessage",
                            {{"QueueUrl", "q"}, {"MaxNumberOfMessages", 10}, {"AttributeNames", {"All"}}});
    return reply->value("Messages", json::array());
  }
};

TEST(Sqs, ComesBackUntilItIsDeleted) {
  WithQueue lab;
  lab.send("a");
  EXPECT_EQ(lab.receive().size(), 1u);
  EXPECT_EQ(lab.receive().size(), 0u);
  lab.real += 31s;  // past the visibility timeout
  const auto again = lab.receive();
  ASSERT_EQ(again.size(), 1u);
  EXPECT_EQ(again[0]["Attributes"]["ApproximateReceiveCount"], "2");
  ASSERT_TRUE(
      lab.call("sqs", "DeleteMessage", {{"QueueUrl", "q"}, {"ReceiptHandle", again[0]["ReceiptHandle"]}}));
  lab.real += 31s;
  EXPECT_EQ(lab.receive().size(), 0u);
}

TEST(Sqs, MovesWhatIsReceivedTooOftenToTheDeadLetterQueue) {
  WithQueue lab;
  const auto dead = add_queue(lab.world, lab.region, "dead");
  lab.world.sqs[lab.region].queues["q"].attributes["RedrivePolicy"] =
      json({{"deadLetterTargetArn", dead}, {"maxReceiveCount", 2}}).dump();
  lab.send("poison");
  for (int i = 0; i < 2; ++i, lab.real += 31s) EXPECT_EQ(lab.receive().size(), 1u);
  EXPECT_EQ(lab.receive().size(), 0u);
  EXPECT_EQ(lab.world.sqs[lab.region].queues["dead"].messages.size(), 1u);
}

TEST(Events, ReachTheQueuesAndLogGroupsOfMatchingRules) {
  WithQueue lab;
  add_rule(lab.world, lab.region, "spot",
           json::parse(R"({"source": ["aws.ecs"], "detail": {"stopCode": ["SpotInterruption"]}})"), lab.arn);
  add_rule(lab.world, lab.region, "all", json::parse(R"({"source": ["aws.ecs"]})"),
           lab.world.arn("logs", lab.region, "log-group:/aws/events/ecs"));
  lab.world.publish_event(lab.region, "ECS Task State Change", "aws.ecs", {"arn:x"},
                          {{"stopCode", "UserInitiated"}});
  lab.world.publish_event(lab.region, "ECS Task State Change", "aws.ecs", {"arn:x"},
                          {{"stopCode", "SpotInterruption"}});
  lab.world.publish_event("us-east-1", "ECS Task State Change", "aws.ecs", {"arn:x"},
                          {{"stopCode", "SpotInterruption"}});
  const auto messages = lab.receive();
  ASSERT_EQ(messages.size(), 1u);
  const auto event = json::parse(messages[0]["Body"].get<std::string>());
  EXPECT_EQ(event["time"], "2026-11-24T03:00:00Z");
  EXPECT_EQ(event["detail"]["stopCode"], "SpotInterruption");
  const auto logged =
      lab.call("logs", "FilterLogEvents",
               {{"logGroupName", "/aws/events/ecs"}, {"filterPattern", "{ $.detail.stopCode = User* }"}});
  EXPECT_EQ((*logged)["events"].size(), 1u);
}

TEST(CloudTrail, LooksUpNewestFirstByOneAttributeFiftyAPage) {
  Desk lab;
  for (int i = 0; i < 120; ++i) {
    record(lab, i % 2 == 0 ? "UpdateService" : "RunTask");
    lab.world.clock.advance_by(1min);
  }
  json input{
      {"LookupAttributes", json::array({{{"AttributeKey", "EventName"}, {"AttributeValue", "RunTask"}}})}};
  std::vector<double> times;
  for (;;) {
    lab.real += 1s;
    const auto page = lab.call("cloudtrail", "LookupEvents", input);
    ASSERT_TRUE(page) << page.error().message;
    EXPECT_LE(page->at("Events").size(), 50u);
    for (const auto& event : page->at("Events")) times.push_back(event["EventTime"].get<double>());
    if (!page->contains("NextToken")) break;
    input["NextToken"] = page->at("NextToken");
    // What is recorded between two pages must not shift them.
    record(lab, "RunTask");
  }
  EXPECT_EQ(times.size(), 60u);
  EXPECT_TRUE(std::is_sorted(times.rbegin(), times.rend()));
  lab.real += 1s;
  input["LookupAttributes"][0]["AttributeValue"] = "UpdateService";
  EXPECT_EQ(lab.call("cloudtrail", "LookupEvents", input).error().code, "InvalidNextTokenException");
}

TEST(CloudTrail, ForgetsAfterNinetyDaysShowsWithItsLagAndThrottles) {
  Desk lab;
  record(lab, "CreateCluster");
  lab.world.trail[lab.region].lag = 15min;
  EXPECT_EQ((*lab.call("cloudtrail", "LookupEvents"))["Events"].size(), 0u);
  lab.world.clock.advance_by(16min);
  EXPECT_EQ((*lab.call("cloudtrail", "LookupEvents"))["Events"].size(), 1u);
  EXPECT_EQ(lab.call("cloudtrail", "LookupEvents").error().code, "ThrottlingException");
  lab.real += 1s;
  lab.world.clock.advance_by(24h * 91);
  EXPECT_EQ((*lab.call("cloudtrail", "LookupEvents"))["Events"].size(), 0u);
}

TEST(Targets, AreInitialThenHealthyThenDrainThenGone) {
  Desk lab;
  const auto group = add_target_group(lab.world, lab.region, "web", lab.vpc, 80);
  const auto subnet = add_subnet(lab.world, lab.region, lab.vpc, "eu-west-1a", "10.0.1.0/24", "");
  add_load_balancer(lab.world, lab.region, "web", {subnet}, {}, group);
  register_target(lab.world, lab.region, group, "10.0.1.9", 80, "eu-west-1a");
  const auto state = [&]() -> std::string {
    const auto health = *lab.call("elbv2", "DescribeTargetHealth", {{"TargetGroupArn", group}});
    return health["TargetHealthDescriptions"].empty()
               ? "gone"
               : text_of(health["TargetHealthDescriptions"][0]["TargetHealth"], "State");
  };
  EXPECT_EQ(state(), "initial");
  lab.world.clock.advance_by(16s);
  EXPECT_EQ(state(), "healthy");
  set_target_health(lab.world, lab.region, group, "10.0.1.9", "unhealthy", "Target.Timeout",
                    "Request timed out");
  EXPECT_EQ(state(), "unhealthy");
  ASSERT_TRUE(lab.call(
      "elbv2", "ModifyTargetGroupAttributes",
      {{"TargetGroupArn", group},
       {"Attributes", json::array({{{"Key", "deregistration_delay.timeout_seconds"}, {"Value", "60"}}})}}));
  deregister_target(lab.world, lab.region, group, "10.0.1.9", 80);
  EXPECT_EQ(state(), "draining");
  lab.world.clock.advance_by(61s);
  EXPECT_EQ(state(), "gone");
}

TEST(Quotas, GrowAfterTheRequestIsApproved) {
  Desk lab;
  const json asked{{"ServiceCode", "fargate"}, {"QuotaCode", kSpotVcpuQuota}, {"DesiredValue", 12}};
  ASSERT_TRUE(lab.call("service-quotas", "RequestServiceQuotaIncrease", asked));
  const auto value = [&] {
    return (*lab.call("service-quotas", "GetServiceQuota", asked))["Quota"]["Value"].get<double>();
  };
  EXPECT_EQ(value(), 6);
  lab.world.clock.advance_by(11min);
  EXPECT_EQ(value(), 12);
  EXPECT_EQ(lab.call("service-quotas", "RequestServiceQuotaIncrease", asked).error().code,
            "IllegalArgumentException");
}

TEST(Metrics, AreComputedWithTheQuotaAndRaiseAlarms) {
  Desk lab;
  const MetricKey key{
      "AWS/Usage",
      "ResourceCount",
      {{"Service", "Fargate"}, {"Resource", "vCPU"}, {"Type", "Resource"}, {"Class", "Standard/OnDemand"}}};
  json dimensions = json::array();
  for (const auto& [name, value] : key.dimensions) dimensions.push_back({{"Name", name}, {"Value", value}});
  const json queries = json::array(
      {{{"Id", "m1"},
        {"ReturnData", false},
        {"MetricStat",
         {{"Metric",
           {{"Namespace", "AWS/Usage"}, {"MetricName", "ResourceCount"}, {"Dimensions", dimensions}}},
          {"Period", 300},
          {"Stat", "Maximum"}}}},
       {{"Id", "e1"}, {"Expression", "m1 / SERVICE_QUOTA(m1) * 100"}}});
  ASSERT_TRUE(lab.call("cloudwatch", "PutMetricAlarm",
                       {{"AlarmName", "quota"},
                        {"EvaluationPeriods", 1},
                        {"ComparisonOperator", "GreaterThanThreshold"},
                        {"Threshold", 80},
                        {"Metrics", queries}}));
  const auto state = [&] {
    return text_of((*lab.call("cloudwatch", "DescribeAlarms"))["MetricAlarms"][0], "StateValue");
  };
  EXPECT_EQ(state(), "INSUFFICIENT_DATA");
  put_metric(lab.world, lab.region, key, 3);
  const auto now = lab.world.clock.now();
  lab.world.clock.advance_by(5min);
  EXPECT_EQ(state(), "OK");
  put_metric(lab.world, lab.region, key, 5);
  lab.world.clock.advance_by(5min);
  EXPECT_EQ(state(), "ALARM");
  const auto data = lab.call("cloudwatch", "GetMetricData",
                             {{"MetricDataQueries", queries},
                              {"StartTime", epoch(now)},
                              {"EndTime", epoch(now + 1h)},
                              {"ScanBy", "TimestampAscending"}});
  ASSERT_TRUE(data);
  EXPECT_EQ((*data)["MetricDataResults"].size(), 1u);
  EXPECT_EQ((*data)["MetricDataResults"][0]["Values"], json({50.0, 5.0 / 6 * 100}));
}

TEST(Metrics, RefuseExpressionsThatMeanNothing) {
  Desk lab;
  for (const char* bad : {"m9", "1 +", "(1", "e1", "UNKNOWN(1)", "1 1", "SERVICE_QUOTA(2)"}) {
    const auto reply = lab.call("cloudwatch", "GetMetricData",
                                {{"StartTime", 0},
                                 {"EndTime", 60},
                                 {"MetricDataQueries", json::array({{{"Id", "e1"}, {"Expression", bad}}})}});
    ASSERT_FALSE(reply) << bad;
    EXPECT_EQ(reply.error().code, "ValidationError");
  }
}

TEST(Ecr, HoldsManifestsWhoseDigestsAreTheirOwn) {
  Desk lab;
  add_repository(lab.world, lab.region, "shop/web");
  const auto amd = add_image(lab.world, lab.region, "shop/web", "1", {100, 200}, {"base", "a"}),
             arm = add_image(lab.world, lab.region, "shop/web", "", {300}, {"base"});
  add_image_index(lab.world, lab.region, "shop/web", "latest", {{amd, "amd64"}, {arm, "arm64"}});
  const auto got = *lab.call(
      "ecr", "BatchGetImage",
      {{"repositoryName", "shop/web"}, {"imageIds", {{{"imageTag", "latest"}}, {{"imageTag", "none"}}}}});
  ASSERT_EQ(got["images"].size(), 1u);
  EXPECT_EQ(got["failures"][0]["failureCode"], "ImageNotFound");
  const std::string text = got["images"][0]["imageManifest"];
  EXPECT_EQ("sha256:" + sha256_hex(text), got["images"][0]["imageId"]["imageDigest"]);
  EXPECT_EQ(json::parse(text)["manifests"][1]["platform"]["architecture"], "arm64");
  const auto* image = find_image(lab.world, lab.region, "shop/web", "1");
  ASSERT_NE(image, nullptr);
  const auto layers = json::parse(image->manifest)["layers"],
             other = json::parse(find_image(lab.world, lab.region, "shop/web", arm)->manifest)["layers"];
  EXPECT_EQ(layers[0]["digest"], other[0]["digest"]);  // shared layers are equal
  EXPECT_EQ(layers[0]["size"].get<int>() + layers[1]["size"].get<int>(), 300);
  add_image(lab.world, lab.region, "shop/web", "1", {500});
  EXPECT_TRUE(find_image(lab.world, lab.region, "shop/web", amd)->tags.empty());  // the tag moved on
}

TEST(Logs, PageAStreamFromItsTailWithoutEnd) {
  Desk lab;
  for (int i = 0; i < 5; ++i) {
    write_log(lab.world, lab.region, "/ecs/web", "web/web/1", "line " + std::to_string(i));
    lab.world.clock.advance_by(1s);
  }
  json input{{"logGroupName", "/ecs/web"}, {"logStreamName", "web/web/1"}, {"limit", 2}};
  const auto tail = *lab.call("logs", "GetLogEvents", input);
  EXPECT_EQ(tail["events"][1]["message"], "line 4");
  input["nextToken"] = tail["nextBackwardToken"];
  EXPECT_EQ((*lab.call("logs", "GetLogEvents", input))["events"][0]["message"], "line 1");
  input["nextToken"] = tail["nextForwardToken"];
  const auto end = *lab.call("logs", "GetLogEvents", input);
  EXPECT_TRUE(end["events"].empty());
  EXPECT_EQ(end["nextForwardToken"], tail["nextForwardToken"]);
}

TEST(Health, AsksForASubscriptionWhereThereIsNone) {
  Desk lab;
  HealthEvent event;
  event.code = "AWS_ECS_OPERATIONAL_ISSUE";
  event.region = "eu-west-1";
  event.description = "Elevated task launch failures";
  event.entities = {{"task-1", "IMPAIRED"}};
  add_health_event(lab.world, event);
  const auto events = *lab.call("health", "DescribeEvents",
                                {{"filter", {{"services", {"ECS"}}, {"eventStatusCodes", {"open"}}}}});
  ASSERT_EQ(events["events"].size(), 1u);
  const json arns = json::array({events["events"][0]["arn"]});
  EXPECT_EQ((*lab.call("health", "DescribeEventDetails",
                       {{"eventArns", arns}}))["successfulSet"][0]["eventDescription"]["latestDescription"],
            "Elevated task launch failures");
  EXPECT_EQ((*lab.call("health", "DescribeAffectedEntities",
                       {{"filter", {{"eventArns", arns}}}}))["entities"][0]["entityValue"],
            "task-1");
  lab.world.health.subscribed = false;
  EXPECT_EQ(lab.call("health", "DescribeEvents").error().code, "SubscriptionRequiredException");
}

TEST(ResourcePolicies, AreServedAsTheirServicesDo) {
  Desk lab;
  add_repository(lab.world, lab.world.home, "web");
  EXPECT_EQ(lab.call("ecr", "GetRepositoryPolicy", {{"repositoryName", "web"}}).error().code,
            "RepositoryPolicyNotFoundException");
  lab.world.ecr[lab.world.home].repositories["web"].policy = policy_document("Deny", {"ecr:BatchGetImage"});
  EXPECT_THAT(text_of(*lab.call("ecr", "GetRepositoryPolicy", {{"repositoryName", "web"}}), "policyText"),
              ::testing::HasSubstr("ecr:BatchGetImage"));
  const std::string key = add_key(lab.world, lab.world.home, "secrets");
  const std::string secret = add_secret(lab.world, lab.world.home, "prod/db-a1b2c3", key);
  EXPECT_EQ((*lab.call("secretsmanager", "DescribeSecret", {{"SecretId", "prod/db"}}))["KmsKeyId"], key);
  EXPECT_FALSE(
      lab.call("secretsmanager", "GetResourcePolicy", {{"SecretId", secret}})->contains("ResourcePolicy"));
  EXPECT_THAT(
      text_of(*lab.call("kms", "GetKeyPolicy", {{"KeyId", key}, {"PolicyName", "default"}}), "Policy"),
      ::testing::HasSubstr("arn:aws:iam::111122223333:root"));
}

TEST(Organizations, AreClosedToMembersWhereTheManagementAccountKeepsThem) {
  Desk lab;
  const auto id = add_control_policy(lab.world, "SERVICE_CONTROL_POLICY", "NoEni",
                                     policy_document("Deny", {"ec2:CreateNetworkInterface"}));
  const auto listed = *lab.call("organizations", "ListPoliciesForTarget",
                                {{"TargetId", lab.world.account}, {"Filter", "SERVICE_CONTROL_POLICY"}});
  EXPECT_EQ(listed["Policies"].size(), 2u);
  EXPECT_THAT(
      text_of((*lab.call("organizations", "DescribePolicy", {{"PolicyId", id}}))["Policy"], "Content"),
      ::testing::HasSubstr("ec2:CreateNetworkInterface"));
  const std::string unit = add_unit(lab.world, "Workloads");
  lab.world.organizations.account_parent = unit;
  EXPECT_EQ((*lab.call("organizations", "ListParents", {{"ChildId", lab.world.account}}))["Parents"][0]["Id"],
            unit);
  EXPECT_EQ((*lab.call("organizations", "ListOrganizationalUnitsForParent",
                       {{"ParentId", lab.world.organizations.root}}))["OrganizationalUnits"][0]["Name"],
            "Workloads");
  EXPECT_EQ((*lab.call("organizations", "ListAccountsForParent", {{"ParentId", unit}}))["Accounts"].size(),
            1U);
  EXPECT_EQ(lab.call("organizations", "DescribeOrganizationalUnit", {{"OrganizationalUnitId", "ou-lab1-x"}})
                .error()
                .code,
            "OrganizationalUnitNotFoundException");
  lab.world.organizations.readable = false;
  EXPECT_EQ(lab.call("organizations", "DescribePolicy", {{"PolicyId", id}}).error().code,
            "AccessDeniedException");
  EXPECT_TRUE(lab.call("organizations", "DescribeOrganization"));
  lab.world.organizations.in_use = false;
  EXPECT_EQ(lab.call("organizations", "DescribeOrganization").error().code,
            "AWSOrganizationsNotInUseException");
}

}  // namespace
}  // namespace doctor::lab
