#include "facts/live.h"

#include <sys/stat.h>

#include <set>

#include "facts/dump.h"
#include "facts/organization.h"
#include "facts/resource_policy.h"
#include "facts/snapshot.h"
#include "facts_support.h"
#include "fake_aws.h"

namespace doctor::facts {
namespace {

using testing::HasSubstr;
using testing::Not;

// A service of two tasks behind a load balancer, one of which was stopped for `code` and `reason`.
struct World {
  FakeAws aws;
  FixedClock clock;

  World(const std::string& code, const std::string& reason, const std::string& container_reason = "") {
    aws.on("sts.GetCallerIdentity",
           R"({"UserId":"U","Account":"111122223333","Arn":"arn:aws:iam::111122223333:user/me"})");
    aws.on(
        "ecs.DescribeCapacityProviders",
        R"({"capacityProviders":[{"capacityProviderArn":"arn:p","name":"FARGATE_SPOT","status":"ACTIVE"}],"failures":[]})");
    aws.on("ecs.ListClusters", R"({"clusterArns":["arn:aws:ecs:eu-west-1:111122223333:cluster/prod"]})");
    aws.on(
        "ecs.DescribeClusters",
        R"({"clusters":[{"clusterArn":"arn:aws:ecs:eu-west-1:111122223333:cluster/prod","clusterName":"prod","status":"ACTIVE"}],"failures":[]})");
    aws.on(
        "ecs.ListServices",
        R"({"serviceArns":["arn:aws:ecs:eu-west-1:111122223333:service/prod/web","arn:aws:ecs:eu-west-1:111122223333:service/prod/calm"]})");
    aws.on(
        "ecs.DescribeServices",
        [](const FakeAws::Input& input, const std::string&) -> core::Result<std::string> {
          const std::string web =
              R"({"serviceArn":"arn:aws:ecs:eu-west-1:111122223333:service/prod/web","serviceName":"web","clusterArn":"arn:aws:ecs:eu-west-1:111122223333:cluster/prod",
        "taskDefinition":"arn:aws:ecs:eu-west-1:111122223333:task-definition/web:7","desiredCount":2,"runningCount":1,
        "networkConfiguration":{"awsvpcConfiguration":{"subnets":["subnet-a","subnet-b"],"securityGroups":["sg-1"],"assignPublicIp":"DISABLED"}},
        "loadBalancers":[{"targetGroupArn":"arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/web/0f","containerName":"app","containerPort":80}],
        "deployments":[],"events":[{"id":"e1","createdAt":1795489100,"message":"(service web) has started 1 tasks"}]})";
          const std::string calm =
              R"({"serviceArn":"arn:aws:ecs:eu-west-1:111122223333:service/prod/calm","serviceName":"calm","clusterArn":"arn:aws:ecs:eu-west-1:111122223333:cluster/prod",
        "taskDefinition":"arn:aws:ecs:eu-west-1:111122223333:task-definition/calm:1","deployments":[],"events":[]})";
          std::string list;
          for (const auto& name : input["services"]) {
            const auto text = name.get<std::string>();
            if (text.ends_with("web")) list += (list.empty() ? "" : ",") + web;
            if (text.ends_with("calm")) list += (list.empty() ? "" : ",") + calm;
          }
          return "{\"services\":[" + list + "],\"failures\":[]}";
        });
    aws.on("ecs.ListTasks", [](const FakeAws::Input& input, const std::string&) -> core::Result<std::string> {
      if (input["desiredStatus"] == "RUNNING")
        return R"({"taskArns":["arn:aws:ecs:eu-west-1:111122223333:task/prod/2b"]})";
      return R"({"taskArns":["arn:aws:ecs:eu-west-1:111122223333:task/prod/1a"]})";
    });
    const std::string stopped =
        R"({"taskArn":"arn:aws:ecs:eu-west-1:111122223333:task/prod/1a","clusterArn":"arn:aws:ecs:eu-west-1:111122223333:cluster/prod",
      "taskDefinitionArn":"arn:aws:ecs:eu-west-1:111122223333:task-definition/web:7","group":"service:web","lastStatus":"STOPPED","desiredStatus":"STOPPED",
      "stopCode":")" +
        code + R"(","stoppedReason":)" + core::json_quoted(reason) +
        R"(,"startedAt":1795485600,"stoppedAt":1795489200,"version":6,
      "containers":[{"name":"app","lastStatus":"STOPPED","exitCode":137,"reason":)" +
        core::json_quoted(container_reason) + R"(}],
      "overrides":{"containerOverrides":[{"name":"app","environment":[{"name":"K","value":"hunter2"}]}]},
      "attachments":[{"id":"a","type":"ElasticNetworkInterface","status":"DELETED","details":[{"name":"subnetId","value":"subnet-a"}]}]})";
    const std::string running =
        R"({"taskArn":"arn:aws:ecs:eu-west-1:111122223333:task/prod/2b","group":"service:web","lastStatus":"RUNNING","desiredStatus":"RUNNING","version":3,"containers":[],"attachments":[]})";
    aws.on("ecs.DescribeTasks",
           [=](const FakeAws::Input& input, const std::string&) -> core::Result<std::string> {
             std::string list;
             for (const auto& arn : input["tasks"]) {
               const auto text = arn.get<std::string>();
               if (text.ends_with("1a")) list += (list.empty() ? "" : ",") + stopped;
               if (text.ends_with("2b")) list += (list.empty() ? "" : ",") + running;
             }
             return "{\"tasks\":[" + list + "],\"failures\":[]}";
           });
    aws.on("ecs.DescribeTaskDefinition",
           [](const FakeAws::Input& input, const std::string&) -> core::Result<std::string> {
             const auto arn = input["taskDefinition"].get<std::string>();
             return R"({"taskDefinition":{"taskDefinitionArn":")" + arn + R"(","family":"web","revision":)" +
                    arn.substr(arn.rfind(':') + 1) + R"(,"taskRoleArn":"arn:aws:iam::111122223333:role/task",
        "executionRoleArn":"arn:aws:iam::111122223333:role/exec","containerDefinitions":[{"name":"app","image":"111122223333.dkr.ecr.eu-west-1.amazonaws.com/team/web:v7",
        "environment":[{"name":"DB_PASSWORD","value":"hunter2"}],
        "logConfiguration":{"logDriver":"awslogs","options":{"awslogs-group":"/ecs/web","awslogs-region":"eu-west-1","awslogs-stream-prefix":"ecs"}}}]}})";
           });
    aws.on(
        "elbv2.DescribeTargetGroups",
        R"({"TargetGroups":[{"TargetGroupArn":"arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/web/0f","TargetGroupName":"web"}]})");
    aws.on(
        "elbv2.DescribeTargetHealth",
        R"({"TargetHealthDescriptions":[{"Target":{"Id":"10.0.0.4","Port":80},"TargetHealth":{"State":"healthy"}}]})");
    aws.on("elbv2.DescribeTargetGroupAttributes",
           R"({"Attributes":[{"Key":"deregistration_delay.timeout_seconds","Value":"300"}]})");
    aws.on(
        "ec2.DescribeSubnets",
        R"({"Subnets":[{"SubnetId":"subnet-a","SubnetArn":"arn:aws:ec2:eu-west-1:111122223333:subnet/subnet-a","VpcId":"vpc-1","AvailabilityZone":"eu-west-1a","AvailableIpAddressCount":3},
      {"SubnetId":"subnet-b","VpcId":"vpc-1","AvailabilityZone":"eu-west-1b","AvailableIpAddressCount":200}]})");
    aws.on("ec2.DescribeNetworkInterfaces",
           R"({"NetworkInterfaces":[{"NetworkInterfaceId":"eni-1","SubnetId":"subnet-a"}]})");
    aws.on("ec2.DescribeSecurityGroups", R"({"SecurityGroups":[{"GroupId":"sg-1","VpcId":"vpc-1"}]})");
    aws.on("ec2.DescribeVpcs", R"({"Vpcs":[{"VpcId":"vpc-1","CidrBlock":"10.0.0.0/16"}]})");
    aws.on("ec2.DescribeVpcAttribute",
           [](const FakeAws::Input& input, const std::string&) -> core::Result<std::string> {
             return input["Attribute"] == "enableDnsSupport"
                        ? R"({"VpcId":"vpc-1","EnableDnsSupport":{"Value":true}})"
                        : R"({"VpcId":"vpc-1","EnableDnsHostnames":{"Value":true}})";
           });
    aws.on("ec2.DescribeRouteTables", R"({"RouteTables":[{"RouteTableId":"rtb-1","VpcId":"vpc-1"}]})");
    aws.on("ec2.DescribeNetworkAcls", R"({"NetworkAcls":[]})");
    aws.on("ec2.DescribeVpcEndpoints",
           R"({"VpcEndpoints":[{"VpcEndpointId":"vpce-1","VpcId":"vpc-1","Groups":[{"GroupId":"sg-9"}]}]})");
    aws.on("ec2.DescribeNatGateways", R"({"NatGateways":[]})");
    aws.on("ec2.DescribeInternetGateways", R"({"InternetGateways":[]})");
    aws.on("iam.GetRole", [](const FakeAws::Input& input, const std::string&) -> core::Result<std::string> {
      const auto name = input["RoleName"].get<std::string>();
      return R"({"Role":{"RoleName":")" + name + R"(","Arn":"arn:aws:iam::111122223333:role/)" + name +
             R"("}})";
    });
    aws.on("iam.ListRolePolicies", R"({"PolicyNames":["inline"]})");
    aws.on(
        "iam.ListAttachedRolePolicies",
        R"({"AttachedPolicies":[{"PolicyName":"Exec","PolicyArn":"arn:aws:iam::aws:policy/service-role/Exec"}]})");
    aws.on("iam.GetRolePolicy",
           [](const FakeAws::Input& input, const std::string&) -> core::Result<std::string> {
             return R"({"RoleName":)" + input["RoleName"].dump() +
                    R"(,"PolicyName":"inline","PolicyDocument":{"Statement":[]}})";
           });
    aws.on("iam.GetPolicy",
           R"({"Policy":{"Arn":"arn:aws:iam::aws:policy/service-role/Exec","DefaultVersionId":"v2"}})");
    aws.on("iam.GetPolicyVersion",
           R"({"PolicyVersion":{"VersionId":"v2","IsDefaultVersion":true,"Document":{"Statement":["x"]}}})");
    aws.on(
        "ecr.DescribeImages",
        R"({"imageDetails":[{"registryId":"111122223333","repositoryName":"team/web","imageDigest":"sha256:a","imageTags":["v7"],"imageSizeInBytes":1000}]})");
    aws.on(
        "ecr.BatchGetImage",
        R"({"images":[{"registryId":"111122223333","repositoryName":"team/web","imageId":{"imageDigest":"sha256:a","imageTag":"v7"},"imageManifest":"{\"layers\":[{\"digest\":\"l\",\"size\":1000}]}"}],"failures":[]})");
    aws.on("logs.GetLogEvents",
           R"({"events":[{"timestamp":1795489199000,"message":"connecting with password=hunter2"}]})");
    aws.on(
        "cloudtrail.LookupEvents",
        [](const FakeAws::Input& input, const std::string&) -> core::Result<std::string> {
          const auto name = input["LookupAttributes"][0]["AttributeValue"].get<std::string>();
          const std::string record =
              R"({"eventID":"id-)" + name + R"(","eventName":")" + name +
              R"(","eventTime":"2026-11-24T02:00:00Z","requestParameters":{"service":"web","masterPassword":"hunter2"}})";
          return R"({"Events":[{"EventId":"id-)" + name + R"(","EventName":")" + name +
                 R"(","CloudTrailEvent":)" + core::json_quoted(record) + "}]}";
        });
    aws.on(
        "health.DescribeEvents",
        R"({"events":[{"arn":"arn:h","service":"ECS","eventTypeCategory":"issue","region":"eu-west-1","startTime":1795489000,"statusCode":"open"}]})");
    aws.on(
        "health.DescribeEventDetails",
        R"({"successfulSet":[{"event":{"arn":"arn:h"},"eventDescription":{"latestDescription":"Trouble."}}],"failedSet":[]})");
    aws.on("service-quotas.ListServiceQuotas",
           R"({"Quotas":[{"ServiceCode":"fargate","QuotaCode":"L-36FBB829","Value":100.0}]})");
    aws.on("service-quotas.ListRequestedServiceQuotaChangeHistory", R"({"RequestedQuotas":[]})");
    aws.on("cloudwatch.GetMetricData",
           [](const FakeAws::Input& input, const std::string&) -> core::Result<std::string> {
             std::string list;
             for (const auto& query : input["MetricDataQueries"])
               list += (list.empty() ? "" : ",") +
                       (R"({"Id":)" + query["Id"].dump() + R"(,"Label":)" + query["Label"].dump() +
                        R"(,"Timestamps":["2026-11-24T03:00:00Z"],"Values":[42.0]})");
             return "{\"MetricDataResults\":[" + list + "]}";
           });
    aws.on("cloudwatch.DescribeAlarms", R"({"MetricAlarms":[{"AlarmName":"disk"}]})");
    aws.on("organizations.ListPolicies",
           R"({"Policies":[{"Id":"p-1","Name":"Deny","Type":"SERVICE_CONTROL_POLICY"}]})");
    aws.on(
        "organizations.DescribePolicy",
        R"({"Policy":{"PolicySummary":{"Id":"p-1","Name":"Deny","Type":"SERVICE_CONTROL_POLICY"},"Content":"{}"}})");
    aws.on("organizations.ListTargetsForPolicy", R"({"Targets":[{"TargetId":"r-1"}]})");
  }

  core::Result<Facts> read(LiveOptions options) { return read_live(aws, options, clock); }
  core::Result<Facts> read_web() { return read(web()); }
  static LiveOptions web() {
    LiveOptions options;
    options.scope.cluster = "prod";
    options.scope.service = "web";
    return options;
  }
};

World spot() {
  return World("SpotInterruption", "Your Spot Task was interrupted.");
}

void expect_each_question_once(const FakeAws& aws) {
  std::set<std::string> seen;
  for (const aws::Call& call : aws.asked)
    EXPECT_TRUE(seen.insert(call.service + call.operation + call.region + call.input).second)
        << call.service << " " << call.operation << " " << call.input;
}

TEST(Live, SpotServiceBehindALoadBalancerTakesFewWavesAndAsksEachQuestionOnce) {
  World world = spot();
  const auto facts = world.read_web();
  ASSERT_TRUE(facts) << core::to_line(facts.error());
  EXPECT_LE(world.aws.waves, 6);
  expect_each_question_once(world.aws);
  const Place& place = facts->places.at(0);
  EXPECT_EQ(place.account, "111122223333");
  EXPECT_EQ(place.region, "eu-west-1");
  EXPECT_EQ(place.tasks.size(), 2U);
  EXPECT_EQ(place.target_groups.begin()->second.deregistration_delay_seconds, 300);
  EXPECT_EQ(place.subnets.size(), 2U);
  EXPECT_EQ(place.task_definitions.size(), 1U);
  EXPECT_EQ(place.health.at(0).description, "Trouble.");
  EXPECT_EQ(place.interfaces.size(), 1U);
  EXPECT_TRUE(place.gaps.empty()) << to_text(*facts);
  // What a Spot interruption does not need.
  for (const auto* operation :
       {"ecr.DescribeImages", "logs.GetLogEvents", "iam.GetRole", "organizations.ListPolicies",
        "ec2.DescribeRouteTables", "cloudwatch.GetMetricData", "cloudwatch.DescribeAlarms"})
    EXPECT_EQ(world.aws.count(operation), 0) << operation;
  EXPECT_EQ(world.aws.count("cloudtrail.LookupEvents"), 2);
  EXPECT_THAT(world.aws.inputs("ec2.DescribeSubnets"),
              HasSubstr(R"({"Filters":[{"Name":"subnet-id","Values":["subnet-a","subnet-b"]}]})"));
  EXPECT_THAT(world.aws.inputs("ec2.DescribeNetworkInterfaces"), Not(HasSubstr("subnet-b")));
  EXPECT_THAT(world.aws.inputs("ecs.DescribeServices"), HasSubstr(R"("services":["web"])"));
  EXPECT_THAT(world.aws.inputs("cloudtrail.LookupEvents"),
              HasSubstr(R"("LookupAttributes":[{"AttributeKey":"EventName","AttributeValue":"StopTask"}])"));
}

TEST(Live, FirstWaveHoldsAllThatNeedsOnlyNames) {
  World world = spot();
  ASSERT_TRUE(world.read_web());
  std::multiset<std::string> first;
  for (std::size_t i = 0; i < world.aws.asked.size(); ++i) {
    if (world.aws.wave_of[i] == 1)
      first.insert(world.aws.asked[i].service + "." + world.aws.asked[i].operation);
  }
  const std::multiset<std::string> expected = {"sts.GetCallerIdentity",
                                               "ecs.DescribeClusters",
                                               "ecs.DescribeServices",
                                               "ecs.ListTasks",
                                               "ecs.ListTasks",
                                               "ecs.DescribeCapacityProviders",
                                               "health.DescribeEvents",
                                               "service-quotas.ListServiceQuotas",
                                               "service-quotas.ListRequestedServiceQuotaChangeHistory",
                                               "cloudtrail.LookupEvents",
                                               "cloudtrail.LookupEvents"};
  EXPECT_EQ(first, expected);
}

TEST(Live, PullFailureLooksAtImageRolePathAndDefinition) {
  World world("TaskFailedToStart",
              "CannotPullContainerError: ref pull has been retried 5 time(s): i/o timeout");
  const auto facts = world.read_web();
  ASSERT_TRUE(facts);
  EXPECT_LE(world.aws.waves, 6);
  expect_each_question_once(world.aws);
  const Place& place = facts->places[0];
  EXPECT_EQ(place.images.at(0).layers.size(), 1U);
  EXPECT_TRUE(place.roles.at("exec").policies_known) << to_text(*facts);
  EXPECT_FALSE(place.roles.contains("task"));
  EXPECT_EQ(place.roles.at("exec").attached_policies.at(0).document, R"({"Statement":["x"]})");
  EXPECT_EQ(place.vpcs.at("vpc-1").dns_hostnames, true);
  EXPECT_TRUE(place.trail.contains("id-RegisterTaskDefinition"));
  EXPECT_TRUE(place.trail.contains("id-DeleteVpcEndpoints"));
  EXPECT_EQ(place.task_definitions.size(), 2U);  // and the revision before
  EXPECT_THAT(world.aws.inputs("ec2.DescribeSecurityGroups"), HasSubstr("sg-9"));
  EXPECT_THAT(world.aws.inputs("ec2.DescribeNatGateways"), HasSubstr("\"Filter\":"));
  EXPECT_THAT(world.aws.inputs("ecr.DescribeImages"), HasSubstr(R"("imageIds":[{"imageTag":"v7"}])"));
  EXPECT_EQ(world.aws.count("logs.GetLogEvents"), 0);
}

TEST(Live, ExitReadsTheLogOfTheContainer) {
  World world("EssentialContainerExited", "Essential container in task exited");
  const auto facts = world.read_web();
  ASSERT_TRUE(facts);
  ASSERT_EQ(facts->places[0].logs.size(), 1U);
  EXPECT_EQ(facts->places[0].logs[0].group, "/ecs/web");
  EXPECT_EQ(facts->places[0].logs[0].stream, "ecs/app/1a");
  EXPECT_EQ(facts->places[0].logs[0].lines.at(0).second, "connecting with password=***");
  EXPECT_EQ(world.aws.count("ecr.DescribeImages"), 0);
}

TEST(Live, FullDiskReadsMetricsAlarmsLogsAndImages) {
  World world("TaskFailedToStart", "", "CannotPullContainerError: write /layer: no space left on device");
  const auto facts = world.read_web();
  ASSERT_TRUE(facts);
  EXPECT_EQ(facts->places[0].metrics.size(), 2U);
  EXPECT_EQ(facts->places[0].metrics[1].dimensions.at("ServiceName"), "web");
  EXPECT_EQ(facts->places[0].alarms.size(), 1U);
}

TEST(Live, QuotaStopReadsUsage) {
  World world("TaskFailedToStart",
              "You've reached the limit on the number of vCPUs you can run concurrently");
  const auto facts = world.read_web();
  ASSERT_TRUE(facts);
  EXPECT_EQ(facts->places[0].quotas.at(0).usage, 42.0);
  EXPECT_EQ(world.aws.count("cloudtrail.LookupEvents"), 2);  // a third would wait for its rate limit
}

TEST(Live, InterfaceDenialReadsServiceRoleAndOrganization) {
  World world("TaskFailedToStart",
              "Unexpected EC2 error while attempting to Create Network Interface: UnauthorizedOperation, "
              "explicit deny in a service control policy");
  const auto facts = world.read_web();
  ASSERT_TRUE(facts);
  EXPECT_TRUE(facts->places[0].roles.contains("AWSServiceRoleForECS"));
  EXPECT_EQ(facts->places[0].organization_policies.at(0).document, "{}");
  EXPECT_TRUE(facts->places[0].trail.contains("id-CreateNetworkInterface"));
}

// "ListParents": "A child can have only a single parent."
TEST(Live, TheOrganizationIsReadAlongTheWayToTheRoot) {
  World world("TaskFailedToStart",
              "Unexpected EC2 error while attempting to Create Network Interface: UnauthorizedOperation");
  world.aws.on("organizations.DescribeOrganization",
               R"({"Organization":{"MasterAccountId":"999988887777"}})");
  world.aws.on("organizations.ListParents",
               [](const FakeAws::Input& input, const std::string&) -> core::Result<std::string> {
                 return input["ChildId"] == "111122223333" ? R"({"Parents":[{"Id":"ou-1-a"}]})"
                                                           : R"({"Parents":[{"Id":"r-1"}]})";
               });
  world.aws.on("organizations.ListRoots", R"({"Roots":[{"Id":"r-1","PolicyTypes":[]}]})");
  world.aws.on("organizations.DescribeOrganizationalUnit",
               R"({"OrganizationalUnit":{"Id":"ou-1-a","Name":"Apps"}})");
  world.aws.on("organizations.ListPoliciesForTarget",
               [](const FakeAws::Input& input, const std::string&) -> core::Result<std::string> {
                 return input["Filter"] == "SERVICE_CONTROL_POLICY"
                            ? R"({"Policies":[{"Id":"p-1","Name":"Deny","Type":"SERVICE_CONTROL_POLICY"}]})"
                            : R"({"Policies":[]})";
               });
  const auto facts = world.read_web();
  ASSERT_TRUE(facts);
  const Place& place = facts->places[0];
  EXPECT_EQ(way_down(place), (std::vector<std::string>{"r-1", "ou-1-a", "111122223333"}));
  EXPECT_EQ(place.organization_policies.at(0).targets.size(), 3U);
  EXPECT_EQ(place.organization_policies.at(0).document, "{}");
  EXPECT_EQ(world.aws.count("organizations.ListPolicies"), 0);  // all of the organization is not needed
  EXPECT_EQ(world.aws.count("organizations.DescribePolicy"), 1);
  EXPECT_EQ(world.aws.count("organizations.ListPoliciesForTarget"), 6);
}

TEST(Live, ADeniedSecretLeadsToItsPolicyAndToItsKeysPolicyAndARefusedPullToTheRepositorys) {
  World world("TaskFailedToStart",
              "ResourceInitializationError: unable to pull secrets or registry auth: AccessDeniedException: "
              "Access to KMS is not allowed");
  const std::string secret = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-a1b2c3";
  world.aws.on(
      "ecs.DescribeTaskDefinition",
      R"({"taskDefinition":{"taskDefinitionArn":"arn:aws:ecs:eu-west-1:111122223333:task-definition/web:7","revision":7,
          "executionRoleArn":"arn:aws:iam::111122223333:role/exec","containerDefinitions":[{"name":"app",
          "image":"111122223333.dkr.ecr.eu-west-1.amazonaws.com/web:v7","secrets":[{"name":"DB","valueFrom":")" +
          secret + R"(:password::"}]}]}})");
  world.aws.on("secretsmanager.GetResourcePolicy", R"({"ARN":")" + secret + R"(","Name":"db"})");
  world.aws.on("secretsmanager.DescribeSecret",
               R"({"ARN":")" + secret + R"(","Name":"db","KmsKeyId":"alias/pay"})");
  world.aws.on("kms.DescribeKey",
               R"({"KeyMetadata":{"KeyId":"68cf","Arn":"arn:aws:kms:eu-west-1:111122223333:key/68cf"}})");
  world.aws.on("kms.GetKeyPolicy", R"({"Policy":"{}","PolicyName":"default"})");
  world.aws.on("ecr.GetRepositoryPolicy",
               R"({"registryId":"111122223333","repositoryName":"web","policyText":"{}"})");
  const auto facts = world.read_web();
  ASSERT_TRUE(facts);
  expect_each_question_once(world.aws);
  const Place& place = facts->places[0];
  EXPECT_NE(resource_policy_of(place, secret), nullptr);
  EXPECT_NE(resource_policy_of(place, key_of_secret(place, secret)), nullptr);
  EXPECT_NE(resource_policy_of(place, "arn:aws:ecr:eu-west-1:111122223333:repository/web"), nullptr);
  EXPECT_THAT(world.aws.inputs("kms.GetKeyPolicy"), HasSubstr("arn:aws:kms:eu-west-1:111122223333:key/68cf"));
}

TEST(Live, OfAMemberThatMayNotReadTheTreeTheMissingActionIsNamed) {
  World world("TaskFailedToStart",
              "Unexpected EC2 error while attempting to Create Network Interface: UnauthorizedOperation");
  const auto refused = [](const FakeAws::Input&, const std::string&) -> core::Result<std::string> {
    core::Error error{};
    error.kind = core::ErrorKind::refused;
    error.sentence = "AccessDeniedException: You don't have permissions";
    error.code = "AccessDeniedException";
    return core::fail(std::move(error));
  };
  for (const auto* operation : {"ListParents", "ListPolicies"})
    world.aws.on(std::string("organizations.") + operation, refused);
  const auto facts = world.read_web();
  ASSERT_TRUE(facts);
  std::set<std::string> actions;
  for (const Gap& gap : facts->places[0].gaps) actions.insert(gap.iam_action);
  EXPECT_TRUE(actions.contains("organizations:ListParents"));
  EXPECT_TRUE(actions.contains("organizations:ListPolicies"));
}

TEST(Live, NothingStoppedAsksForCallsThatFailed) {
  World world = spot();
  world.aws.on("ecs.ListTasks", R"({"taskArns":[]})");
  const auto facts = world.read_web();
  ASSERT_TRUE(facts);
  EXPECT_TRUE(facts->places[0].trail.contains("id-ExecuteCommand"));
  EXPECT_TRUE(facts->places[0].trail.contains("id-RunTask"));
}

TEST(Live, StopsByADeploymentAloneAskForCallsThatFailedToo) {
  World world("ServiceSchedulerInitiated", "Scaling activity initiated by (deployment ecs-svc/1)");
  const auto facts = world.read_web();
  ASSERT_TRUE(facts);
  EXPECT_TRUE(facts->places[0].trail.contains("id-ExecuteCommand"));
  EXPECT_LE(world.aws.waves, 6);
}

TEST(Live, ADiskThatOnlyTheLogTellsOfReadsMetricsAndImages) {
  World world("EssentialContainerExited", "Essential container in task exited");
  world.aws.on(
      "logs.GetLogEvents",
      R"({"events":[{"timestamp":1795489199000,"message":"OSError: [Errno 28] No space left on device"}]})");
  const auto facts = world.read_web();
  ASSERT_TRUE(facts);
  EXPECT_EQ(facts->places[0].metrics.size(), 2U);
  EXPECT_EQ(facts->places[0].images.size(), 1U);
  EXPECT_LE(world.aws.waves, 6);
}

TEST(Live, ATaskThatExecFailedOnIsDescribedThoughItRuns) {
  World world = spot();
  world.aws.on("ecs.ListTasks", R"({"taskArns":[]})");
  world.aws.on(
      "cloudtrail.LookupEvents",
      [](const FakeAws::Input& input, const std::string&) -> core::Result<std::string> {
        if (input["LookupAttributes"][0]["AttributeValue"] != "ExecuteCommand") return R"({"Events":[]})";
        return R"({"Events":[{"EventId":"x","CloudTrailEvent":)" +
               core::json_quoted(
                   R"({"eventID":"x","eventName":"ExecuteCommand","eventTime":"2026-11-24T02:00:00Z","errorCode":"TargetNotConnectedException","requestParameters":{"cluster":"prod","task":"2b"}})") +
               "}]}";
      });
  const auto facts = world.read({});
  ASSERT_TRUE(facts) << core::to_line(facts.error());
  EXPECT_TRUE(facts->places[0].tasks.contains("arn:aws:ecs:eu-west-1:111122223333:task/prod/2b"));
  EXPECT_EQ(facts->places[0].task_definitions.size(), 1U);
  EXPECT_TRUE(facts->places[0].roles.contains("task"));
  EXPECT_FALSE(facts->places[0].route_tables.empty());
  expect_each_question_once(world.aws);
}

TEST(Live, WholeRegionGoesDeepOnlyWhereSomethingStopped) {
  World world = spot();
  const auto facts = world.read({});
  ASSERT_TRUE(facts) << core::to_line(facts.error());
  EXPECT_EQ(facts->places[0].services.size(), 2U);
  EXPECT_EQ(facts->places[0].tasks.size(), 2U);  // the stopped one, and the sibling that still runs
  EXPECT_EQ(world.aws.count("ecs.DescribeTaskDefinition"), 1);
  EXPECT_THAT(world.aws.inputs("ecs.DescribeTaskDefinition"), Not(HasSubstr("calm")));
  expect_each_question_once(world.aws);
}

TEST(Live, TaskLeadsToItsService) {
  World world = spot();
  LiveOptions options;
  options.scope.task = "arn:aws:ecs:eu-west-1:111122223333:task/prod/1a";
  world.aws.default_region = "us-east-1";
  const auto facts = world.read(options);
  ASSERT_TRUE(facts) << core::to_line(facts.error());
  EXPECT_EQ(facts->places[0].region, "eu-west-1");
  EXPECT_EQ(facts->places[0].services.size(), 1U);
  EXPECT_EQ(facts->places[0].tasks.size(), 2U);  // the one asked for, and the sibling that still runs
  EXPECT_EQ(facts->places[0].target_groups.size(), 1U);
  EXPECT_LE(world.aws.waves, 6);
}

TEST(Live, RegionsAreAskedTogetherAndGlobalServicesOnce) {
  World world("TaskFailedToStart", "CannotPullContainerError: i/o timeout");
  LiveOptions options = World::web();
  options.scope.regions = {"us-east-1", "eu-west-1"};
  const auto facts = world.read(options);
  ASSERT_TRUE(facts);
  ASSERT_EQ(facts->places.size(), 2U);
  EXPECT_EQ(facts->places[0].region, "eu-west-1");
  EXPECT_EQ(world.aws.count("health.DescribeEvents"), 1);
  EXPECT_EQ(world.aws.count("sts.GetCallerIdentity"), 1);
  EXPECT_EQ(world.aws.count("iam.GetRole"), 1);
  EXPECT_EQ(world.aws.count("ecs.DescribeServices"), 2);
  EXPECT_TRUE(facts->places[0].roles.contains("exec"));
  EXPECT_TRUE(facts->places[1].roles.contains("exec"));
  EXPECT_LE(world.aws.waves, 6);
}

TEST(Live, RefusalsAreGapsWithTheActionThatWouldGrantThem) {
  World world = spot();
  world.aws.refuse("elbv2.DescribeTargetHealth", "AccessDenied",
                   "User is not authorized to perform: elasticloadbalancing:DescribeTargetHealth because no "
                   "identity-based policy allows it");
  world.aws.refuse("health.DescribeEvents", "SubscriptionRequiredException", "");
  const auto facts = world.read_web();
  ASSERT_TRUE(facts);
  ASSERT_EQ(facts->places[0].gaps.size(), 2U);
  EXPECT_EQ(facts->places[0].gaps[0].iam_action, "elasticloadbalancing:DescribeTargetHealth");
  EXPECT_THAT(facts->places[0].gaps[1].advice, HasSubstr("support plan"));
  EXPECT_FALSE(facts->places[0].knows("health.describe-events"));
}

TEST(Live, UnknownClusterIsAnErrorThatNamesThoseThereAre) {
  World world = spot();
  world.aws.on("ecs.DescribeClusters", R"({"clusters":[],"failures":[{"arn":"x","reason":"MISSING"}]})");
  for (const auto* operation : {"ecs.DescribeServices", "ecs.ListTasks"})
    world.aws.refuse(operation, "ClusterNotFoundException", "Cluster not found.", core::ErrorKind::not_found);
  LiveOptions options = World::web();
  options.scope.cluster = "prdo";
  const auto facts = world.read(options);
  ASSERT_FALSE(facts);
  EXPECT_EQ(facts.error().kind, core::ErrorKind::not_found);
  EXPECT_THAT(facts.error().sentence, HasSubstr("'prdo'"));
  EXPECT_THAT(facts.error().next, HasSubstr("prod"));
}

TEST(Live, UnknownServiceIsAnErrorThatNamesThoseThereAre) {
  World world = spot();
  world.aws.refuse("ecs.ListTasks", "ServiceNotFoundException", "Service not found.",
                   core::ErrorKind::not_found);
  LiveOptions options = World::web();
  options.scope.service = "wbe";
  const auto facts = world.read(options);
  ASSERT_FALSE(facts);
  EXPECT_EQ(facts.error().kind, core::ErrorKind::not_found);
  EXPECT_THAT(facts.error().next, HasSubstr("calm, web"));
}

TEST(Live, TaskThatEcsForgotIsAnError) {
  World world = spot();
  LiveOptions options = World::web();
  options.scope.service.clear();
  options.scope.task = "ffff";
  const auto facts = world.read(options);
  ASSERT_FALSE(facts);
  EXPECT_THAT(facts.error().next, HasSubstr("about an hour"));
}

TEST(Live, ExpiredCredentialsAreOneErrorAfterOneWave) {
  World world = spot();
  FakeAws expired;
  for (const auto* operation :
       {"sts.GetCallerIdentity", "ecs.DescribeClusters", "ecs.DescribeServices", "ecs.ListTasks",
        "ecs.DescribeCapacityProviders", "health.DescribeEvents", "service-quotas.ListServiceQuotas",
        "service-quotas.ListRequestedServiceQuotaChangeHistory", "cloudtrail.LookupEvents"})
    expired.refuse(operation, "ExpiredTokenException",
                   "The security token included in the request is expired");
  const auto facts = read_live(expired, World::web(), world.clock);
  ASSERT_FALSE(facts);
  EXPECT_EQ(facts.error().kind, core::ErrorKind::refused);
  EXPECT_EQ(facts.error().code, "ExpiredTokenException");
  EXPECT_EQ(expired.waves, 1);
}

TEST(Live, AWrongRegionNameIsRefusedBeforeAnyCall) {
  World world = spot();
  LiveOptions options = World::web();
  options.scope.regions = {"europe"};
  const auto facts = world.read(options);
  ASSERT_FALSE(facts);
  EXPECT_EQ(facts.error().kind, core::ErrorKind::usage);
  EXPECT_EQ(world.aws.waves, 0);
}

TEST(Live, AnAnswerOfAnotherShapeIsAGapAndTheRestGoesOn) {
  World world = spot();
  world.aws.on("ec2.DescribeSubnets", R"({"Subnets":"soon"})");
  const auto facts = world.read_web();
  ASSERT_TRUE(facts);
  ASSERT_EQ(facts->places[0].gaps.size(), 1U);
  EXPECT_EQ(facts->places[0].gaps[0].operation, "describe-subnets");
}

class Replay : public testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(Replay, RecordedRunReadsBackToTheSameFactsWithoutSecrets) {
  for (const bool hide : {false, true}) {
    World world(GetParam().first, GetParam().second);
    world.aws.refuse("ec2.DescribeNetworkInterfaces", "UnauthorizedOperation",
                     "You are not authorized to perform this operation.");
    const TemporaryFolder folder;
    LiveOptions options = World::web();
    options.scope.regions = {"eu-west-1", "us-east-1"};
    options.hide_account_ids = hide;
    const auto recorder = record_to((folder.path() / "snap").string());
    ASSERT_TRUE(recorder) << core::to_line(recorder.error());
    options.record = *recorder;
    const auto live = world.read(options);
    ASSERT_TRUE(live) << core::to_line(live.error());
    const auto stored = read_snapshot(folder.path() / "snap");
    ASSERT_TRUE(stored) << core::to_line(stored.error());
    EXPECT_EQ(to_text(*live), to_text(*stored));
    EXPECT_GT(to_text(*live).size(), 5000U);
    int files = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder.path())) {
      if (!entry.is_regular_file()) continue;
      ++files;
      struct stat status {};
      ASSERT_EQ(::stat(entry.path().c_str(), &status), 0);
      EXPECT_EQ(status.st_mode & 0777, 0600U) << entry.path();
      std::ifstream stream(entry.path());
      const std::string text((std::istreambuf_iterator<char>(stream)), {});
      EXPECT_EQ(text.find("hunter2"), std::string::npos) << entry.path();
      if (hide) {
        EXPECT_EQ(text.find("111122223333"), std::string::npos) << entry.path();
      }
    }
    EXPECT_GT(files, 15);
    EXPECT_TRUE(std::filesystem::exists(folder.path() / "snap" / (hide ? "000000000001" : "111122223333") /
                                        "eu-west-1" / "ecs.describe-services.prod_web.json"));
    // True account ids still go to AWS.
    EXPECT_THAT(world.aws.inputs("ecs.DescribeTasks"),
                HasSubstr("arn:aws:ecs:eu-west-1:111122223333:task/prod/1a"));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Families, Replay,
    testing::Values(std::pair{"SpotInterruption", "Your Spot Task was interrupted."},
                    std::pair{"TaskFailedToStart", "CannotPullContainerError: no space left on device"},
                    std::pair{"EssentialContainerExited", "Essential container in task exited"},
                    std::pair{"TaskFailedToStart",
                              "Unexpected EC2 error while attempting to Create Network Interface: "
                              "UnauthorizedOperation: service control policy"},
                    std::pair{"TaskFailedToStart",
                              "Capacity is unavailable at this time. ResourceInitializationError"}));

TEST(Record, RefusesAFolderThatHoldsSomethingElseAndRefreshesItsOwn) {
  const TemporaryFolder folder;
  folder.write("notes.txt", "mine");
  EXPECT_FALSE(record_to(folder.path().string()));
  const auto own = (folder.path() / "snap").string();
  auto first = record_to(own);
  ASSERT_TRUE(first);
  ASSERT_TRUE((*first)("111122223333", "eu-west-1", "ecs.list-tasks.json", "{}"));
  auto second = record_to(own);
  ASSERT_TRUE(second);
  ASSERT_TRUE((*second)("111122223333", "eu-west-1", "ecs.describe-tasks.json", "{}"));
  EXPECT_FALSE(std::filesystem::exists(own + "/111122223333/eu-west-1/ecs.list-tasks.json"));
  EXPECT_TRUE(std::filesystem::exists(own + "/111122223333/eu-west-1/ecs.describe-tasks.json"));
}

// ---- who shares a resource ----

TEST(Sharing, EveryServiceIsReadWhoeverWasAskedAboutAndNothingOfHowItFares) {
  World world("SpotInterruption", "Your Spot Task was interrupted.");
  LiveOptions options;
  options.sharing = kEveryService | kEveryDefinition;
  const auto facts = read_live(world.aws, options, world.clock);
  ASSERT_TRUE(facts) << core::to_line(facts.error());
  EXPECT_EQ(facts->places.front().services.size(), 2u);
  EXPECT_EQ(facts->places.front().account, "111122223333");
  EXPECT_THAT(world.aws.inputs("ecs.DescribeTaskDefinition"), HasSubstr("task-definition/calm:1"));
  for (const char* operation : {"ecs.ListTasks", "ecs.DescribeTasks", "cloudtrail.LookupEvents",
                                "iam.GetRole", "ec2.DescribeSubnets", "health.DescribeEvents"})
    EXPECT_EQ(world.aws.count(operation), 0) << operation;
}

TEST(Sharing, ForAKeyEverySecretIsDescribedAndAnAliasIsFollowed) {
  World world("SpotInterruption", "Your Spot Task was interrupted.");
  world.aws.on("ecs.DescribeTaskDefinition", [](const FakeAws::Input& input, const std::string&) {
    const auto arn = input["taskDefinition"].get<std::string>();
    const std::string name = arn.find("calm") == std::string::npos ? "web-AbCdEf" : "calm-AbCdEf";
    return core::Result<std::string>(
        R"({"taskDefinition":{"taskDefinitionArn":")" + arn +
        R"(","containerDefinitions":[{"name":"app","secrets":[{"name":"DB","valueFrom":"arn:aws:secretsmanager:eu-west-1:111122223333:secret:)" +
        name + R"("}]}]}})");
  });
  world.aws.on("secretsmanager.DescribeSecret", [](const FakeAws::Input& input, const std::string&) {
    return core::Result<std::string>(R"({"ARN":")" + input["SecretId"].get<std::string>() +
                                     R"(","KmsKeyId":"alias/pay"})");
  });
  world.aws.on("kms.DescribeKey",
               R"({"KeyMetadata":{"KeyId":"k-1","Arn":"arn:aws:kms:eu-west-1:111122223333:key/k-1"}})");
  LiveOptions options;
  options.sharing = kEveryService | kEverySecretKey;
  const auto facts = read_live(world.aws, options, world.clock);
  ASSERT_TRUE(facts) << core::to_line(facts.error());
  EXPECT_EQ(world.aws.count("secretsmanager.DescribeSecret"), 2);
  EXPECT_EQ(world.aws.count("kms.DescribeKey"), 1);
  EXPECT_EQ(world.aws.count("secretsmanager.GetSecretValue"), 0);
  EXPECT_EQ(key_of_secret(facts->places.front(),
                          "arn:aws:secretsmanager:eu-west-1:111122223333:secret:calm-AbCdEf"),
            "arn:aws:kms:eu-west-1:111122223333:key/k-1");
}

TEST(Sharing, WhatStandsInTheVpcsIsReadWholeAndARefusalIsAGap) {
  World world("SpotInterruption", "Your Spot Task was interrupted.");
  world.aws.on("ec2.DescribeSubnets", R"({"Subnets":[{"SubnetId":"subnet-z","VpcId":"vpc-1"}]})");
  world.aws.refuse("ec2.DescribeNetworkAcls", "UnauthorizedOperation", "no");
  LiveOptions options;
  options.sharing = kEveryInterface;
  const auto facts = read_live(world.aws, options, world.clock);
  ASSERT_TRUE(facts) << core::to_line(facts.error());
  const Place& place = facts->places.front();
  EXPECT_TRUE(place.subnets.contains("subnet-z"));
  EXPECT_EQ(world.aws.inputs("ec2.DescribeSubnets"), "{}\n");
  EXPECT_EQ(world.aws.count("ecs.ListClusters"), 0);
  EXPECT_TRUE(std::any_of(place.gaps.begin(), place.gaps.end(),
                          [](const Gap& gap) { return gap.operation == "describe-network-acls"; }));
}

}  // namespace
}  // namespace doctor::facts
