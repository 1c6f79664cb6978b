#include "facts/organization.h"
#include "facts/resource_policy.h"
#include "facts_support.h"

namespace doctor::facts {
namespace {

TEST(AbsorbEc2, ReadsTheNetwork) {
  Reader r;
  r.read(
      "ec2", "describe-subnets",
      R"({"Subnets":[{"SubnetId":"subnet-a","VpcId":"vpc-1","AvailabilityZone":"eu-west-1a","AvailabilityZoneId":"euw1-az1",
    "CidrBlock":"10.0.0.0/24","State":"available","AvailableIpAddressCount":0,"MapPublicIpOnLaunch":true,"Tags":[{"Key":"Name","Value":"private-a"}]}]})");
  const Subnet& subnet = r.place.subnets.at("subnet-a");
  EXPECT_EQ(subnet.available_ip_addresses, 0);
  EXPECT_EQ(subnet.name, "private-a");
  r.read(
      "ec2", "describe-network-interfaces",
      R"({"NetworkInterfaces":[{"NetworkInterfaceId":"eni-1","SubnetId":"subnet-a","VpcId":"vpc-1","Status":"in-use",
    "InterfaceType":"interface","PrivateIpAddress":"10.0.0.4","RequesterManaged":true,"RequesterId":"578","Association":{"PublicIp":"1.2.3.4"},
    "Groups":[{"GroupId":"sg-1","GroupName":"x"}]}]})");
  EXPECT_EQ(r.place.interfaces.at("eni-1").public_ip, "1.2.3.4");
  EXPECT_EQ(r.place.interfaces.at("eni-1").groups, std::vector<std::string>{"sg-1"});
  r.read(
      "ec2", "describe-security-groups",
      R"({"SecurityGroups":[{"GroupId":"sg-1","GroupName":"app","VpcId":"vpc-1","IpPermissions":[{"IpProtocol":"tcp","FromPort":80,"ToPort":81,
    "IpRanges":[{"CidrIp":"10.0.0.0/8"}],"Ipv6Ranges":[{"CidrIpv6":"::/0"}],"PrefixListIds":[{"PrefixListId":"pl-1"}],"UserIdGroupPairs":[{"GroupId":"sg-2"}]}],
    "IpPermissionsEgress":[{"IpProtocol":"-1","IpRanges":[{"CidrIp":"0.0.0.0/0"}]}]}]})");
  const SecurityGroup& group = r.place.security_groups.at("sg-1");
  EXPECT_EQ(group.ingress.at(0).to_port, 81);
  EXPECT_EQ(group.ingress.at(0).groups, std::vector<std::string>{"sg-2"});
  EXPECT_FALSE(group.egress.at(0).from_port.has_value());
  r.read(
      "ec2", "describe-network-acls",
      R"({"NetworkAcls":[{"NetworkAclId":"acl-1","VpcId":"vpc-1","IsDefault":true,"Associations":[{"SubnetId":"subnet-a"}],
    "Entries":[{"RuleNumber":100,"Protocol":"6","Egress":true,"RuleAction":"deny","CidrBlock":"0.0.0.0/0","PortRange":{"From":443,"To":443}}]}]})");
  EXPECT_EQ(r.place.network_acls.at("acl-1").entries.at(0).to_port, 443);
  EXPECT_FALSE(r.place.network_acls.at("acl-1").entries.at(0).allow);
  r.read(
      "ec2", "describe-route-tables",
      R"({"RouteTables":[{"RouteTableId":"rtb-1","VpcId":"vpc-1","Associations":[{"Main":true},{"Main":false,"SubnetId":"subnet-a"}],
    "Routes":[{"DestinationCidrBlock":"10.0.0.0/16","GatewayId":"local","State":"active"},{"DestinationCidrBlock":"0.0.0.0/0","NatGatewayId":"nat-1","State":"blackhole"}]}]})");
  const RouteTable& table = r.place.route_tables.at("rtb-1");
  EXPECT_TRUE(table.main);
  EXPECT_EQ(table.routes.at(1).target, "nat-1");
  EXPECT_EQ(table.routes.at(1).state, "blackhole");
  r.read(
      "ec2", "describe-nat-gateways",
      R"({"NatGateways":[{"NatGatewayId":"nat-1","VpcId":"vpc-1","SubnetId":"subnet-b","State":"deleted","ConnectivityType":"public","DeleteTime":"2026-11-24T01:00:00+00:00"}]})");
  EXPECT_EQ(r.place.nat_gateways.at("nat-1").state, "deleted");
  r.read(
      "ec2", "describe-internet-gateways",
      R"({"InternetGateways":[{"InternetGatewayId":"igw-1","Attachments":[{"VpcId":"vpc-1","State":"available"}]}]})");
  EXPECT_EQ(r.place.internet_gateways.at("igw-1").vpcs, std::vector<std::string>{"vpc-1"});
  r.read(
      "ec2", "describe-vpc-endpoints",
      R"({"VpcEndpoints":[{"VpcEndpointId":"vpce-1","VpcId":"vpc-1","ServiceName":"com.amazonaws.eu-west-1.ecr.dkr","VpcEndpointType":"Interface",
    "State":"available","PolicyDocument":"{}","PrivateDnsEnabled":true,"SubnetIds":["subnet-a"],"RouteTableIds":[],"Groups":[{"GroupId":"sg-1"}]}]})");
  EXPECT_TRUE(r.place.vpc_endpoints.at("vpce-1").private_dns_enabled);
  r.read(
      "ec2", "describe-vpcs",
      R"({"Vpcs":[{"VpcId":"vpc-1","CidrBlock":"10.0.0.0/16","State":"available","CidrBlockAssociationSet":[{"CidrBlock":"10.0.0.0/16"},{"CidrBlock":"10.1.0.0/16"}]}]})");
  r.read("ec2", "describe-vpc-attribute", R"({"VpcId":"vpc-1","EnableDnsSupport":{"Value":true}})",
         "vpc-1.enableDnsSupport");
  r.read("ec2", "describe-vpc-attribute", R"({"VpcId":"vpc-1","EnableDnsHostnames":{"Value":false}})",
         "vpc-1.enableDnsHostnames");
  EXPECT_EQ(r.place.vpcs.at("vpc-1").cidrs.size(), 2U);
  EXPECT_EQ(r.place.vpcs.at("vpc-1").dns_support, true);
  EXPECT_EQ(r.place.vpcs.at("vpc-1").dns_hostnames, false);
}

TEST(AbsorbIam, PoliciesJoinTheirRoleWhateverTheirForm) {
  Reader r;
  r.read("iam", "get-role",
         R"({"Role":{"Arn":"arn:aws:iam::111122223333:role/app/task","RoleName":"task","Path":"/app/",
    "AssumeRolePolicyDocument":"%7B%22Statement%22%3A%5B%5D%7D","PermissionsBoundary":{"PermissionsBoundaryArn":"arn:aws:iam::111122223333:policy/Limit"}}})");
  r.read("iam", "list-role-policies", R"({"PolicyNames":["inline"]})", "task");
  r.read(
      "iam", "list-attached-role-policies",
      R"({"AttachedPolicies":[{"PolicyName":"Exec","PolicyArn":"arn:aws:iam::111122223333:policy/team/Exec"}]})",
      "task");
  EXPECT_FALSE(r.place.roles.at("task").policies_known);
  r.read("iam", "get-role-policy",
         R"({"RoleName":"task","PolicyName":"inline","PolicyDocument":{"Statement":[{"Effect":"Allow"}]}})");
  r.read("iam", "get-policy-version",
         R"({"PolicyVersion":{"VersionId":"v1","IsDefaultVersion":false,"Document":{"old":1}}})",
         "policy_team_Exec");
  EXPECT_EQ(r.place.roles.at("task").attached_policies.at(0).document, "");
  r.read("iam", "get-policy-version",
         R"({"PolicyVersion":{"VersionId":"v3","IsDefaultVersion":true,"Document":{"Statement":[]}}})",
         "policy_team_Exec");
  r.read(
      "iam", "get-policy-version",
      R"({"PolicyVersion":{"VersionId":"v1","IsDefaultVersion":true,"Document":{"Statement":["boundary"]}}})",
      "Limit");
  const Role& role = r.place.roles.at("task");
  EXPECT_EQ(role.trust_policy, R"({"Statement":[]})");
  EXPECT_EQ(role.inline_policies.at(0).document, R"({"Statement":[{"Effect":"Allow"}]})");
  EXPECT_EQ(role.attached_policies.at(0).document, R"({"Statement":[]})");
  EXPECT_EQ(role.boundary_document, R"({"Statement":["boundary"]})");
  EXPECT_TRUE(role.policies_known);
}

TEST(AbsorbIam, WholeAccountInOneAnswer) {
  Reader r;
  r.read("iam", "get-account-authorization-details",
         R"({"RoleDetailList":[{"RoleName":"task","Arn":"arn:aws:iam::1:role/task",
    "RolePolicyList":[{"PolicyName":"p","PolicyDocument":{"a":1}}],"AttachedManagedPolicies":[{"PolicyName":"M","PolicyArn":"arn:aws:iam::1:policy/M"}]}],
    "Policies":[{"Arn":"arn:aws:iam::1:policy/M","PolicyVersionList":[{"IsDefaultVersion":true,"Document":{"b":2}}]}]})");
  EXPECT_TRUE(r.place.roles.at("task").policies_known);
  EXPECT_EQ(r.place.roles.at("task").attached_policies.at(0).document, R"({"b":2})");
}

TEST(AbsorbIam, OrganizationPoliciesWithContentAndTargets) {
  Reader r;
  r.read("organizations", "list-policies",
         R"({"Policies":[{"Id":"p-1","Name":"Deny","Type":"SERVICE_CONTROL_POLICY"}]})",
         "SERVICE_CONTROL_POLICY");
  r.read(
      "organizations", "describe-policy",
      R"({"Policy":{"PolicySummary":{"Id":"p-1","Name":"Deny","Type":"SERVICE_CONTROL_POLICY"},"Content":"{\"Statement\": []}"}})");
  r.read("organizations", "list-targets-for-policy",
         R"({"Targets":[{"TargetId":"111122223333","Type":"ACCOUNT"}]})", "p-1");
  ASSERT_EQ(r.place.organization_policies.size(), 1U);
  EXPECT_EQ(r.place.organization_policies[0].document,
            R"({"Statement": []})");  // as written: lines and columns stay
  EXPECT_EQ(r.place.organization_policies[0].targets, std::vector<std::string>{"111122223333"});
}

// "ListParents", "ListPoliciesForTarget", "DescribeOrganization" in the Organizations API reference.
TEST(AbsorbOrganizations, TheWayFromTheRootDownWithThePoliciesOfEachLevel) {
  Reader r;
  r.place.account = "111122223333";
  r.read("organizations", "describe-organization",
         R"({"Organization":{"Id":"o-1","MasterAccountId":"999988887777"}})");
  r.read("organizations", "list-parents",
         R"({"Parents":[{"Id":"ou-a1b2-sand","Type":"ORGANIZATIONAL_UNIT"}]})", "111122223333");
  EXPECT_TRUE(way_down(r.place).empty());  // half a way is none
  r.read("organizations", "list-parents", R"({"Parents":[{"Id":"r-a1b2","Type":"ROOT"}]})", "ou-a1b2-sand");
  r.read("organizations", "list-organizational-units-for-parent",
         R"({"OrganizationalUnits":[{"Id":"ou-a1b2-sand","Name":"Sandbox"}]})", "r-a1b2");
  EXPECT_EQ(way_down(r.place), (std::vector<std::string>{"r-a1b2", "ou-a1b2-sand", "111122223333"}));
  EXPECT_EQ(level_words(r.place, "ou-a1b2-sand"), "the organizational unit Sandbox (ou-a1b2-sand)");
  EXPECT_FALSE(is_management_account(r.place));

  EXPECT_FALSE(policies_at(r.place, "ou-a1b2-sand", kServiceControlPolicy).whole);
  r.read("organizations", "list-policies-for-target",
         R"({"Policies":[{"Id":"p-1","Name":"Deny","Type":"SERVICE_CONTROL_POLICY"}]})",
         "ou-a1b2-sand.SERVICE_CONTROL_POLICY");
  r.read("organizations", "list-policies-for-target", R"({"Policies":[]})",
         "111122223333.RESOURCE_CONTROL_POLICY");
  const PoliciesAt unit = policies_at(r.place, "ou-a1b2-sand", kServiceControlPolicy);
  ASSERT_EQ(unit.policies.size(), 1U);
  EXPECT_EQ(unit.policies[0]->id, "p-1");
  EXPECT_TRUE(unit.whole);
  EXPECT_TRUE(policies_at(r.place, "111122223333", kResourceControlPolicy).whole);
  EXPECT_TRUE(policies_at(r.place, "r-a1b2", kServiceControlPolicy).policies.empty());
}

TEST(AbsorbOrganizations, TheRootSaysWhichTypesAreInUse) {
  Reader r;
  EXPECT_FALSE(is_switched_off(r.place, kResourceControlPolicy));  // nobody said
  r.read(
      "organizations", "list-roots",
      R"({"Roots":[{"Id":"r-a1b2","PolicyTypes":[{"Type":"SERVICE_CONTROL_POLICY","Status":"ENABLED"}]}]})");
  EXPECT_TRUE(is_switched_off(r.place, kResourceControlPolicy));
  EXPECT_FALSE(is_switched_off(r.place, kServiceControlPolicy));
}

TEST(AbsorbOrganizations, AnAnswerThatNamesNobodyIsAGapWithTheNameToGive) {
  Reader r;
  r.read("organizations", "list-policies-for-target", R"({"Policies":[]})");
  ASSERT_EQ(r.place.gaps.size(), 1U);
  EXPECT_EQ(r.place.gaps[0].advice,
            "name the file organizations.list-policies-for-target.TARGET-ID.FILTER.json");
}

TEST(AbsorbOrganizations, ACircleOfParentsEnds) {
  Reader r;
  r.place.account = "111122223333";
  r.place.organization.parents = {{"111122223333", "ou-1"}, {"ou-1", "ou-2"}, {"ou-2", "ou-1"}};
  EXPECT_TRUE(way_down(r.place).empty());
}

// "GetRepositoryPolicy" (ECR), "GetResourcePolicy" and "DescribeSecret" (Secrets Manager), "GetKeyPolicy"
// (KMS).
TEST(AbsorbResourcePolicies, EachIsFoundByTheArnOfItsResource) {
  Reader r;
  r.read("ecr", "get-repository-policy",
         R"({"registryId":"111122223333","repositoryName":"team/web","policyText":"{\"a\": 1}"})",
         "team_web");
  r.read("secretsmanager", "get-resource-policy",
         R"({"ARN":"arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-a1b2c3","Name":"db"})");
  r.read("kms", "get-key-policy", R"({"Policy":"{\"b\": 2}"})", "key_68cfe704-2229");
  r.read("sqs", "get-queue-attributes",
         R"({"Attributes":{"QueueArn":"arn:aws:sqs:eu-west-1:111122223333:q","Policy":"{}"}})");
  r.read("s3", "get-bucket-policy", R"({"Policy":"{\"c\": 3}"})", "my-bucket");
  const auto document = [&](std::string_view arn) -> std::string {
    const ResourcePolicy* policy = resource_policy_of(r.place, arn);
    return policy == nullptr ? "not read" : policy->document;
  };
  EXPECT_EQ(document("arn:aws:ecr:eu-west-1:111122223333:repository/team/web"), R"({"a": 1})");
  EXPECT_EQ(document("arn:aws:ecr:eu-west-1:444455556666:repository/team/web"),
            "not read");  // another registry
  EXPECT_EQ(document("arn:aws:ecr:eu-west-1:111122223333:repository/web"), "not read");
  EXPECT_EQ(document("arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-a1b2c3"), "");  // it has none
  EXPECT_EQ(document("arn:aws:kms:eu-west-1:111122223333:key/68cfe704-2229"), R"({"b": 2})");
  EXPECT_EQ(document("arn:aws:sqs:eu-west-1:111122223333:q"), "{}");
  EXPECT_EQ(document("arn:aws:s3:::my-bucket/a/key"), R"({"c": 3})");
  EXPECT_EQ(document("arn:aws:s3:::my-bucket"), R"({"c": 3})");
}

TEST(AbsorbResourcePolicies, ThatARepositoryHasNoneIsAnAnswer) {
  Reader r;
  absorb_refusal(
      r.facts, r.place, {"ecr", "get-repository-policy", "web"},
      "An error occurred (RepositoryPolicyNotFoundException) when calling the GetRepositoryPolicy operation: "
      "Repository policy does not exist for the repository with name 'web' in the registry with id "
      "'444455556666'");
  EXPECT_TRUE(r.place.gaps.empty());
  const ResourcePolicy* policy =
      resource_policy_of(r.place, "arn:aws:ecr:eu-west-1:444455556666:repository/web");
  ASSERT_NE(policy, nullptr);
  EXPECT_EQ(policy->document, "");
}

TEST(AbsorbResourcePolicies, TheKeyOfASecretByArnIdAndAlias) {
  const std::string secret = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-a1b2c3";
  const std::string key = "arn:aws:kms:eu-west-1:111122223333:key/68cf";
  Reader r;
  EXPECT_EQ(key_of_secret(r.place, secret), "");
  for (const std::string& id : {key, std::string("68cf")}) {
    r.place.secret_keys[secret] = id;
    EXPECT_EQ(key_of_secret(r.place, secret), key);
  }
  r.place.secret_keys[secret] = "alias/pay";
  EXPECT_EQ(key_of_secret(r.place, secret), "");  // nobody said which key that is
  r.read("kms", "describe-key", R"({"KeyMetadata":{"KeyId":"68cf","Arn":")" + key + R"("}})", "alias_pay");
  EXPECT_EQ(key_of_secret(r.place, secret), key);
  EXPECT_EQ(secret_arn_of(secret + ":password:AWSCURRENT:"), secret);
  EXPECT_EQ(secret_arn_of("plain-parameter"), "plain-parameter");
}

constexpr std::string_view kGroups = R"({"TargetGroups":[
  {"TargetGroupArn":"arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/web/0f","TargetGroupName":"web","Protocol":"HTTP","Port":80,"TargetType":"ip",
   "HealthCheckPath":"/up","HealthCheckPort":"traffic-port","HealthCheckIntervalSeconds":30,"HealthCheckTimeoutSeconds":5,"VpcId":"vpc-1"},
  {"TargetGroupArn":"arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/api/1a","TargetGroupName":"api"}]})";

TEST(AbsorbDelivery, HealthAndAttributesFindTheirGroupByTheFileName) {
  for (const std::string_view subject : {"targetgroup_web_0f", "web"}) {
    Reader r;
    r.read("elbv2", "describe-target-groups", kGroups);
    r.read(
        "elbv2", "describe-target-health",
        R"({"TargetHealthDescriptions":[{"Target":{"Id":"10.0.0.4","Port":80,"AvailabilityZone":"eu-west-1a"},
      "TargetHealth":{"State":"unhealthy","Reason":"Target.Timeout","Description":"Request timed out"}}]})",
        subject);
    r.read("elbv2", "describe-target-group-attributes",
           R"({"Attributes":[{"Key":"deregistration_delay.timeout_seconds","Value":"300"}]})", subject);
    const TargetGroup& web =
        r.place.target_groups.at("arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/web/0f");
    EXPECT_TRUE(web.targets_known);
    EXPECT_EQ(web.targets.at(0).reason, "Target.Timeout");
    EXPECT_EQ(web.deregistration_delay_seconds, 300);
    EXPECT_TRUE(r.place.gaps.empty());
  }
}

TEST(AbsorbDelivery, AnAnswerThatNamesNoGroupBelongsToTheOnlyOneOrIsAGap) {
  constexpr std::string_view kAttributes =
      R"({"Attributes":[{"Key":"deregistration_delay.timeout_seconds","Value":"20"}]})";
  Reader several;
  several.read("elbv2", "describe-target-groups", kGroups);
  several.read("elbv2", "describe-target-group-attributes", kAttributes);
  EXPECT_EQ(several.place.gaps.size(), 1U);
  Reader one;
  one.read(
      "ecs", "describe-services",
      R"({"services":[{"serviceArn":"arn:s","loadBalancers":[{"targetGroupArn":"arn:aws:elasticloadbalancing:r:1:targetgroup/web/0f"}]}]})");
  one.read("elbv2", "describe-target-group-attributes", kAttributes, "2");
  EXPECT_TRUE(one.place.gaps.empty());
  EXPECT_EQ(one.place.target_groups.begin()->second.deregistration_delay_seconds, 20);
}

TEST(AbsorbDelivery, ImagesFromDescriptionAndManifest) {
  Reader r;
  r.read(
      "ecr", "batch-get-image",
      R"({"images":[{"registryId":"1","repositoryName":"web","imageId":{"imageDigest":"sha256:a","imageTag":"v1"},
    "imageManifest":"{\"config\":{\"size\":10},\"layers\":[{\"digest\":\"sha256:l1\",\"size\":100},{\"digest\":\"sha256:l2\",\"size\":200}]}"},
    {"registryId":"1","repositoryName":"web","imageId":{"imageDigest":"sha256:b","imageTag":"v2"},
    "imageManifest":"{\"manifests\":[{\"digest\":\"sha256:x\",\"platform\":{\"os\":\"linux\",\"architecture\":\"amd64\"}},{\"platform\":{\"os\":\"unknown\",\"architecture\":\"unknown\"}}]}"}],
    "failures":[{"imageId":{"imageTag":"v9"},"failureCode":"ImageNotFound","failureReason":"Requested image not found"}]})");
  r.read(
      "ecr", "describe-images",
      R"({"imageDetails":[{"registryId":"1","repositoryName":"web","imageDigest":"sha256:b","imageTags":["v2","latest"],"imageSizeInBytes":4096,"imagePushedAt":1795485600.0}]})");
  ASSERT_EQ(r.place.images.size(), 2U);
  EXPECT_EQ(r.place.images[0].compressed_bytes, 310);
  EXPECT_EQ(r.place.images[0].layers.at(1).compressed_bytes, 200);
  EXPECT_EQ(r.place.images[1].platforms, std::vector<std::string>{"linux/amd64"});
  EXPECT_EQ(r.place.images[1].compressed_bytes, 4096);
  EXPECT_EQ(r.place.images[1].tags, (std::vector<std::string>{"v2", "latest"}));
  EXPECT_EQ(r.place.gaps.at(0).code, "ImageNotFound");
}

std::string trail_item(std::string_view record) {
  return R"({"Events":[{"EventId":"e-1","EventName":"RunTask","EventTime":1795489200.0,"Username":"bob","ReadOnly":"false",
    "Resources":[{"ResourceType":"AWS::ECS::Service","ResourceName":"web"}],"CloudTrailEvent":)" +
         core::json_quoted(record) + "}]}";
}

TEST(AbsorbTrail, RecordInsideTheStringIsRead) {
  Reader r;
  r.read(
      "cloudtrail", "lookup-events",
      trail_item(
          R"({"eventID":"e-1","eventName":"UpdateService","eventSource":"ecs.amazonaws.com","awsRegion":"eu-west-1",
    "eventTime":"2026-11-24T03:00:01Z","readOnly":false,"sourceIPAddress":"1.2.3.4","userAgent":"aws-cli",
    "userIdentity":{"arn":"arn:aws:sts::1:assumed-role/ci/x","sessionContext":{"sessionIssuer":{"userName":"ci"}},"invokedBy":"codedeploy.amazonaws.com"},
    "requestParameters":{"cluster":"prod","service":"web","password":"hunter2"},"responseElements":null})"));
  const TrailEvent& e = r.place.trail.at("e-1");
  EXPECT_EQ(e.event_name, "UpdateService");
  EXPECT_EQ(e.user_arn, "arn:aws:sts::1:assumed-role/ci/x");
  EXPECT_EQ(e.user_name, "ci");
  EXPECT_EQ(e.invoked_by, "codedeploy.amazonaws.com");
  EXPECT_EQ(e.source_ip, "1.2.3.4");
  EXPECT_EQ(e.request_parameters, R"({"cluster":"prod","service":"web","password":"***"})");
  EXPECT_EQ(e.response_elements, "");
  EXPECT_EQ(e.resources, std::vector<std::string>{"web"});
  EXPECT_EQ(core::to_iso(*e.time), "2026-11-24T03:00:01Z");
  EXPECT_EQ(e.origin, (Origin{"cloudtrail", "lookup-events", "e-1"}));
  EXPECT_TRUE(r.place.call_failures.empty());
}

TEST(AbsorbTrail, FailedCallsAndAnsweredFailuresAreCallFailuresOnce) {
  constexpr std::string_view kDenied =
      R"({"eventID":"e-1","eventName":"ExecuteCommand","eventTime":"2026-11-24T03:00:01Z","errorCode":"AccessDenied",
    "errorMessage":"User is not authorized","userIdentity":{"arn":"arn:me"},"requestParameters":{"cluster":"prod","task":"0f9d"}})";
  Reader r;
  r.read("cloudtrail", "lookup-events", trail_item(kDenied));
  r.read("cloudtrail", "lookup-events", trail_item(kDenied));
  ASSERT_EQ(r.place.call_failures.size(), 1U);
  EXPECT_EQ(r.place.call_failures[0].code, "AccessDenied");
  EXPECT_EQ(r.place.call_failures[0].resource_arn, "0f9d");
  EXPECT_EQ(r.place.call_failures[0].caller_arn, "arn:me");
  EXPECT_EQ(r.place.call_failures[0].origin.event_id, "e-1");
  r.event(
      R"({"id":"x","detail-type":"AWS API Call via CloudTrail","detail":{"eventID":"e-2","eventName":"RunTask","eventTime":"2026-11-24T03:00:02Z",
    "requestParameters":{"cluster":"prod"},"responseElements":{"tasks":[],"failures":[{"arn":"arn:p","reason":"RESOURCE:MEMORY"}]}}})");
  ASSERT_EQ(r.place.call_failures.size(), 2U);
  EXPECT_EQ(r.place.call_failures[1].reason, "RESOURCE:MEMORY");
  EXPECT_EQ(r.place.call_failures[1].code, "");
  r.event(
      R"({"id":"y","detail-type":"AWS API Call via CloudTrail","detail":{"eventID":"e-3","eventName":"DescribeTasks","errorCode":"AccessDenied"}})");
  EXPECT_EQ(r.place.call_failures.size(), 2U);
}

TEST(AbsorbHealth, EventsDetailsEntitiesAndEventBridgeAreOneEvent) {
  Reader r;
  r.read(
      "health", "describe-events",
      R"({"events":[{"arn":"arn:h","service":"ECS","eventTypeCode":"AWS_ECS_OPERATIONAL_ISSUE","eventTypeCategory":"issue",
    "region":"eu-west-1","startTime":1795489200.0,"lastUpdatedTime":1795489260.0,"statusCode":"open"}]})");
  r.read(
      "health", "describe-event-details",
      R"({"successfulSet":[{"event":{"arn":"arn:h"},"eventDescription":{"latestDescription":"We see capacity errors."}}],"failedSet":[]})");
  r.read("health", "describe-affected-entities",
         R"({"entities":[{"eventArn":"arn:h","entityValue":"i-1"}]})");
  r.event(
      R"({"id":"z","detail-type":"AWS Health Event","region":"eu-west-1","detail":{"eventArn":"arn:h","service":"ECS","eventTypeCode":"AWS_ECS_OPERATIONAL_ISSUE",
    "eventTypeCategory":"issue","statusCode":"closed","startTime":"Tue, 24 Nov 2026 03:00:00 GMT","endTime":"Tue, 24 Nov 2026 04:00:00 GMT","lastUpdatedTime":"Tue, 24 Nov 2026 04:00:00 GMT",
    "eventDescription":[{"language":"en_US","latestDescription":"Resolved."}],"affectedEntities":[{"entityValue":"i-2"}]}})");
  ASSERT_EQ(r.place.health.size(), 1U);
  const HealthEvent& h = r.place.health[0];
  EXPECT_EQ(h.status, "closed");
  EXPECT_EQ(h.description, "Resolved.");
  EXPECT_EQ(h.entities, (std::vector<std::string>{"i-1", "i-2"}));
  EXPECT_EQ(core::to_iso(*h.start), "2026-11-24T03:00:00Z");
  EXPECT_EQ(core::to_iso(*h.end), "2026-11-24T04:00:00Z");
}

TEST(AbsorbQuotas, AppliedValueUsageAndRequests) {
  Reader r;
  r.read(
      "cloudwatch", "get-metric-data",
      R"({"MetricDataResults":[{"Id":"m1","Label":"AWS/Usage ResourceCount Class=Standard/Spot Resource=vCPU Service=Fargate Type=Resource",
    "Timestamps":["2026-11-24T03:00:00Z","2026-11-24T02:55:00Z"],"Values":[99.5,80]}]})");
  r.read(
      "service-quotas", "list-service-quotas",
      R"({"Quotas":[{"ServiceCode":"fargate","QuotaCode":"L-36FBB829","QuotaName":"Fargate Spot vCPU resource count","Value":100.0,"Adjustable":true}]})");
  r.read("service-quotas", "get-aws-default-service-quota",
         R"({"Quota":{"ServiceCode":"fargate","QuotaCode":"L-36FBB829","Value":6.0}})");
  r.read(
      "service-quotas", "list-requested-service-quota-change-history-by-quota",
      R"({"RequestedQuotas":[{"Id":"q1","ServiceCode":"fargate","QuotaCode":"L-36FBB829","DesiredValue":200.0,"Status":"PENDING","Created":1795480000.0}]})");
  ASSERT_EQ(r.place.quotas.size(), 1U);
  EXPECT_EQ(r.place.quotas[0].value, 100);
  EXPECT_EQ(r.place.quotas[0].usage, 99.5);
  EXPECT_EQ(r.place.quota_requests.at(0).status, "PENDING");
  EXPECT_EQ(r.place.metrics.at(0).dimensions.at("Class"), "Standard/Spot");
}

TEST(AbsorbCloudWatch, StatisticsAndAlarms) {
  Reader r;
  r.read(
      "cloudwatch", "get-metric-statistics",
      R"({"Label":"EphemeralStorageUtilized","Datapoints":[{"Timestamp":"2026-11-24T03:00:00+00:00","Maximum":19.5,"Average":3.0,"Unit":"Gigabytes"}]})",
      "web");
  EXPECT_EQ(r.place.metrics.at(0).name_space, "ECS/ContainerInsights");
  EXPECT_EQ(r.place.metrics.at(0).name, "EphemeralStorageUtilized");
  EXPECT_EQ(r.place.metrics.at(0).points.at(0).second, 19.5);
  r.read(
      "cloudwatch", "describe-alarms",
      R"({"MetricAlarms":[{"AlarmName":"disk","StateValue":"OK","Dimensions":[{"Name":"ClusterName","Value":"prod"}],"Namespace":"ECS/ContainerInsights","MetricName":"X",
    "Metrics":[{"Id":"m1","MetricStat":{"Metric":{"Namespace":"N","MetricName":"EphemeralStorageUtilized"}}}]}],"CompositeAlarms":[]})");
  EXPECT_EQ(r.place.alarms.at(0).math_metrics, std::vector<std::string>{"EphemeralStorageUtilized"});
  EXPECT_EQ(r.place.alarms.at(0).dimensions.at("ClusterName"), "prod");
}

constexpr std::string_view kLoggedTask =
    R"({"tasks":[{"taskArn":"arn:aws:ecs:eu-west-1:1:task/prod/0f9d","taskDefinitionArn":"arn:td"}]})";
constexpr std::string_view kLoggedDefinition =
    R"({"taskDefinition":{"taskDefinitionArn":"arn:td","containerDefinitions":[
  {"name":"app","logConfiguration":{"logDriver":"awslogs","options":{"awslogs-group":"/ecs/web","awslogs-stream-prefix":"ecs"}}}]}})";
constexpr std::string_view kLines =
    R"({"events":[{"timestamp":1795489201000,"message":"second"},{"timestamp":1795489200000,"message":"login password=hunter2"}],"nextForwardToken":"f/1"})";

TEST(AbsorbLogs, StreamComesFromTheFileNameOrTheOnlyContainer) {
  for (const std::string_view subject : {"_ecs_web_ecs_app_0f9d", "ecs_app_0f9d", "", "1"}) {
    Reader r;
    r.read("ecs", "describe-tasks", kLoggedTask);
    r.read("ecs", "describe-task-definition", kLoggedDefinition);
    r.read("logs", "get-log-events", kLines, subject);
    ASSERT_EQ(r.place.logs.size(), 1U);
    EXPECT_EQ(r.place.logs[0].group, "/ecs/web") << subject;
    EXPECT_EQ(r.place.logs[0].stream, "ecs/app/0f9d");
    EXPECT_EQ(r.place.logs[0].lines.at(0).second, "login password=***");
    EXPECT_EQ(core::to_iso(*r.place.logs[0].lines.at(1).first), "2026-11-24T03:00:01Z");
  }
  Reader alone;
  alone.read("logs", "get-log-events", kLines, "some-stream");
  EXPECT_EQ(alone.place.logs.at(0).stream, "some-stream");
}

TEST(AbsorbLogs, FilteredLinesNameTheirStream) {
  Reader r;
  r.read(
      "logs", "filter-log-events",
      R"({"events":[{"logStreamName":"ecs/app/0f9d","timestamp":1795489200000,"message":"No space left on device","eventId":"1"}],"searchedLogStreams":[]})",
      "web");
  EXPECT_EQ(r.place.logs.at(0).stream, "ecs/app/0f9d");
}

TEST(AbsorbConfig, ItemsKeepTheirConfiguration) {
  Reader r;
  r.read(
      "config", "get-resource-config-history",
      R"({"configurationItems":[{"resourceType":"AWS::ECS::Service","resourceId":"web","arn":"arn:s","configurationItemStatus":"OK",
    "configuration":"{\"Name\":\"web\"}","configurationItemCaptureTime":1795489200.0}]})");
  EXPECT_EQ(r.place.configuration_items.at(0).configuration, R"({"Name":"web"})");
}

}  // namespace
}  // namespace doctor::facts
