// IAM in force. Rules: "Policy evaluation logic" (IAM user guide), "SCP evaluation" and "RCP evaluation"
// (Organizations user guide). Words: "Troubleshoot access denied error messages" (IAM user guide).
#include "lab/enforcement.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "iam/denial.h"
#include "lab/desk_support.h"

namespace doctor::lab {
namespace {

using iam::DenialKind;
using iam::PolicyType;
using testing::Desk;
using ::testing::HasSubstr;

LabOptions in_force() {
  LabOptions options;
  options.enforce_iam = true;
  return options;
}

struct Enforced : Desk {
  Enforced() : Desk(in_force()) {}

  // The body of an answer, by whichever access key.
  std::string ask(const std::string& signing_name, const std::string& target, const json& input,
                  const std::string& key = "AKIALAB") {
    HttpRequest http = request(signing_name, target, input.dump());
    auto& header = http.headers["authorization"];
    header.replace(header.find("AKIALAB"), 7, key);
    return desk.handle(http, real).answer.body;
  }
  std::string ecs(const std::string& operation, const json& input = json::object(),
                  const std::string& key = "AKIALAB") {
    return ask("ecs", "AmazonEC2ContainerServiceV20141113." + operation, input, key);
  }
  void give(const std::string& role, const std::string& name, const json& document) {
    world.iam.roles[role].inlined[name] = document;
  }
  // A session of a new role that trusts this account; answers its access key.
  std::string session_of(const std::string& name) {
    Role& role = add_role(world, name, "ecs-tasks.amazonaws.com");
    role.trust["Statement"][0]["Principal"] = {{"AWS", "arn:aws:iam::111122223333:root"}};
    const auto answer = call("sts", "AssumeRole", {{"RoleArn", role.arn}, {"RoleSessionName", "s"}});
    return text_of((*answer)["Credentials"], "AccessKeyId");
  }
};

// What the refusal says, read by the parser of real refusals.
iam::Denial denial_in(const std::string& body) {
  const json error = json::parse(body, nullptr, false);
  const auto denial = iam::parse_denial(text_of(error, "__type") + ": " + text_of(error, "message"));
  EXPECT_TRUE(denial) << body;
  return denial ? *denial : iam::Denial{};
}

json statement(const std::string& effect, const json& action, const json& resource = "*") {
  return {{"Version", "2012-10-17"},
          {"Statement", json::array({{{"Effect", effect}, {"Action", action}, {"Resource", resource}}})}};
}

TEST(Enforcement, TheOperatorMayDoEverythingAndNobodyElseAnything) {
  Enforced lab;
  EXPECT_THAT(lab.ecs("ListClusters"), HasSubstr("clusterArns"));
  const std::string key = lab.session_of("reader");
  const auto denial = denial_in(lab.ecs("ListClusters", json::object(), key));
  EXPECT_EQ(denial.principal, "arn:aws:sts::111122223333:assumed-role/reader/s");
  EXPECT_EQ(denial.action, "ecs:ListClusters");
  EXPECT_EQ(denial.kind, DenialKind::implicit_deny);
  EXPECT_EQ(denial.policy_type, PolicyType::identity);
  lab.give("reader", "list", statement("Allow", "ecs:List*"));
  EXPECT_THAT(lab.ecs("ListClusters", json::object(), key), HasSubstr("clusterArns"));
  EXPECT_THAT(lab.ecs("CreateCluster", {{"clusterName", "x"}}, key), HasSubstr("ecs:CreateCluster"));
}

TEST(Enforcement, OnlyWhereItIsAskedFor) {
  Desk lab;
  lab.world.iam.roles["Operator"].inlined["no"] = statement("Deny", "*");
  const auto http = lab.request("ecs", "AmazonEC2ContainerServiceV20141113.ListClusters", "{}");
  EXPECT_EQ(lab.desk.handle(http, lab.real).answer.status, 200);
}

TEST(Enforcement, AResourceIsNamedByItsArn) {
  Enforced lab;
  const std::string key = lab.session_of("ops");
  lab.give("ops", "one",
           statement("Allow", "ecs:DeleteCluster", "arn:aws:ecs:eu-west-1:111122223333:cluster/mine"));
  lab.ecs("CreateCluster", {{"clusterName", "mine"}});
  lab.ecs("CreateCluster", {{"clusterName", "prod"}});
  EXPECT_EQ(denial_in(lab.ecs("DeleteCluster", {{"cluster", "prod"}}, key)).resource,
            "arn:aws:ecs:eu-west-1:111122223333:cluster/prod");
  EXPECT_THAT(lab.ecs("DeleteCluster", {{"cluster", "mine"}}, key), HasSubstr("INACTIVE"));
}

TEST(Enforcement, AnExplicitDenyOfEachLevelIsWordedAsAwsDoes) {
  Enforced lab;
  const auto deny = statement("Deny", "ecs:ListClusters");
  lab.give("Operator", "no", deny);
  auto denial = denial_in(lab.ecs("ListClusters"));
  EXPECT_EQ(denial.kind, DenialKind::explicit_deny);
  EXPECT_EQ(denial.policy_type, PolicyType::identity);
  lab.world.iam.roles["Operator"].inlined.clear();

  lab.world.iam.roles["Operator"].boundary = add_policy(lab.world, "limits", deny);
  EXPECT_EQ(denial_in(lab.ecs("ListClusters")).policy_type, PolicyType::boundary);
  lab.world.iam.roles["Operator"].boundary.clear();

  const std::string unit = add_unit(lab.world, "Workloads");
  lab.world.organizations.account_parent = unit;
  EXPECT_THAT(lab.ecs("ListClusters"), HasSubstr("clusterArns"));
  add_control_policy(lab.world, "SERVICE_CONTROL_POLICY", "guard", deny, unit);
  denial = denial_in(lab.ecs("ListClusters"));
  EXPECT_EQ(denial.kind, DenialKind::explicit_deny);
  EXPECT_EQ(denial.policy_type, PolicyType::scp);
}

TEST(Enforcement, EveryLevelOfTheTreeMustAllow) {
  Enforced lab;
  const std::string unit = add_unit(lab.world, "Sandbox");
  lab.world.organizations.account_parent = unit;
  auto& targets = lab.world.organizations.policies["p-FullAWSAccess"].targets;
  targets.erase(std::find(targets.begin(), targets.end(), unit));
  add_control_policy(lab.world, "SERVICE_CONTROL_POLICY", "some", statement("Allow", "ec2:*"), unit);
  const auto denial = denial_in(lab.ecs("ListClusters"));
  EXPECT_EQ(denial.kind, DenialKind::implicit_deny);
  EXPECT_EQ(denial.policy_type, PolicyType::scp);
  lab.world.organizations.management_account = lab.world.account;  // no SCP binds it
  EXPECT_THAT(lab.ecs("ListClusters"), HasSubstr("clusterArns"));
}

TEST(Enforcement, ResourcePoliciesDenyGrantAndOfKeysMustAllow) {
  Enforced lab;
  add_repository(lab.world, lab.region, "web");
  json& policy = lab.world.ecr[lab.region].repositories["web"].policy;
  const std::string target = "AmazonEC2ContainerRegistry_V20150921.DescribeImages";
  policy = {
      {"Version", "2012-10-17"},
      {"Statement", json::array({{{"Effect", "Deny"}, {"Principal", "*"}, {"Action", "ecr:Describe*"}}})}};
  EXPECT_EQ(denial_in(lab.ask("ecr", target, {{"repositoryName", "web"}})).policy_type, PolicyType::resource);
  const std::string key = lab.session_of("puller");
  policy["Statement"][0] = {{"Effect", "Allow"},
                            {"Principal", {{"AWS", "arn:aws:iam::111122223333:role/puller"}}},
                            {"Action", "ecr:DescribeImages"}};
  EXPECT_THAT(lab.ask("ecr", target, {{"repositoryName", "web"}}, key), HasSubstr("imageDetails"));

  const std::string kms = add_key(lab.world, lab.region, "k");
  EXPECT_THAT(lab.ask("kms", "TrentService.DescribeKey", {{"KeyId", kms}}), HasSubstr("KeyMetadata"));
  lab.world.kms[lab.region].policies.begin()->second["Statement"][0]["Principal"]["AWS"] =
      "arn:aws:iam::111122223333:role/admin";
  const auto denial = denial_in(lab.ask("kms", "TrentService.DescribeKey", {{"KeyId", kms}}));
  EXPECT_EQ(denial.kind, DenialKind::implicit_deny);
  EXPECT_EQ(denial.policy_type, PolicyType::resource);
  EXPECT_EQ(denial.resource, kms);
}

TEST(Enforcement, AnRcpDeniesAtTheResource) {
  Enforced lab;
  add_secret(lab.world, lab.region, "prod/db-a1b2c3");
  json rcp = statement("Deny", "secretsmanager:*");
  rcp["Statement"][0]["Principal"] = "*";
  add_control_policy(lab.world, "RESOURCE_CONTROL_POLICY", "perimeter", rcp);
  EXPECT_EQ(
      denial_in(lab.ask("secretsmanager", "secretsmanager.DescribeSecret",
                        {{"SecretId", lab.world.arn("secretsmanager", lab.region, "secret:prod/db-a1b2c3")}}))
          .policy_type,
      PolicyType::rcp);
}

TEST(Enforcement, PassingARoleIsAskedToo) {
  Enforced lab;
  const std::string key = lab.session_of("deployer");
  lab.give("deployer", "register", statement("Allow", "ecs:RegisterTaskDefinition"));
  const json definition{{"family", "web"},
                        {"executionRoleArn", "arn:aws:iam::111122223333:role/exec"},
                        {"containerDefinitions", json::array({{{"name", "app"}, {"image", "web"}}})}};
  const auto denial = denial_in(lab.ecs("RegisterTaskDefinition", definition, key));
  EXPECT_EQ(denial.action, "iam:PassRole");
  EXPECT_EQ(denial.resource, "arn:aws:iam::111122223333:role/exec");
}

TEST(Enforcement, ATrustPolicySaysWhoMayAssumeARole) {
  Enforced lab;
  add_role(lab.world, "task", "ecs-tasks.amazonaws.com");
  HttpRequest http = lab.request("sts", "",
                                 "Action=AssumeRole&Version=2011-06-15&RoleSessionName=s&RoleArn="
                                 "arn%3Aaws%3Aiam%3A%3A111122223333%3Arole%2Ftask");
  const auto refused = lab.desk.handle(http, lab.real).answer;
  EXPECT_EQ(refused.status, 403);
  EXPECT_THAT(refused.body, HasSubstr("because no role trust policy allows the sts:AssumeRole action"));
  lab.world.iam.roles["task"].trust["Statement"][0]["Principal"] = {
      {"AWS", "arn:aws:iam::111122223333:root"}};
  EXPECT_EQ(lab.desk.handle(http, lab.real).answer.status, 200);
}

TEST(Enforcement, OfEc2TheEncodedMessageSaysTheSame) {
  Enforced lab;
  lab.give("Operator", "no", statement("Deny", "ec2:DescribeVpcs"));
  const auto answer =
      lab.desk.handle(lab.request("ec2", "", "Action=DescribeVpcs&Version=2016-11-15"), lab.real).answer;
  EXPECT_THAT(answer.body, HasSubstr("with an explicit deny in an identity-based policy"));
  EXPECT_THAT(answer.body, HasSubstr("UnauthorizedOperation"));
}

// "Actions, resources, and condition keys" of each service: what a change is asked for on.
std::string as_form(const char* version, const std::string& rest) {
  return "Version=" + std::string(version) + "&Action=" + rest;
}

TEST(Enforcement, ChangesAreAskedOnWhatTheyChange) {
  Enforced lab;
  const std::string key = lab.session_of("nobody");
  const std::string subnet = add_subnet(lab.world, lab.region, lab.vpc, "eu-west-1a", "10.0.1.0/24", "app"),
                    table = add_route_table(lab.world, lab.region, lab.vpc, {subnet}, "private");
  const std::string association =
      text_of(lab.world.ec2[lab.region].route_tables[table]["Associations"][0], "RouteTableAssociationId");
  const std::string policy = add_control_policy(lab.world, "SERVICE_CONTROL_POLICY", "guard",
                                                policy_document("Deny", {"s3:DeleteBucket"}));
  const std::string here = "arn:aws:ec2:eu-west-1:111122223333:";
  const auto refused = [&](const std::string& signing_name, const std::string& target,
                           const std::string& body) {
    HttpRequest http = lab.request(signing_name, target, body);
    auto& header = http.headers["authorization"];
    header.replace(header.find("AKIALAB"), 7, key);
    return lab.desk.handle(http, lab.real).answer.body;
  };
  const auto ec2 = [&](const std::string& rest) { return refused("ec2", "", as_form("2016-11-15", rest)); };
  const auto iam = [&](const std::string& rest) { return refused("iam", "", as_form("2010-05-08", rest)); };
  const auto json_1_1 = [&](const std::string& service, const std::string& target, const json& input) {
    return refused(service, target, input.dump());
  };
  const auto on = [](const std::string& action, const std::string& resource) {
    return HasSubstr("not authorized to perform: " + action + " on resource: " + resource + " because");
  };
  EXPECT_THAT(ec2("ReplaceRoute&RouteTableId=rtb-1&DestinationCidrBlock=0.0.0.0%2F0&NatGatewayId=nat-1"),
              on("ec2:ReplaceRoute", here + "route-table/rtb-1"));
  EXPECT_THAT(ec2("AssociateRouteTable&RouteTableId=rtb-1&SubnetId=subnet-1"),
              on("ec2:AssociateRouteTable", here + "route-table/rtb-1"));
  // The request names the association only; AWS knows whose it is.
  EXPECT_THAT(ec2("DisassociateRouteTable&AssociationId=" + association),
              on("ec2:DisassociateRouteTable", here + "route-table/" + table));
  EXPECT_THAT(ec2("DeleteSubnet&SubnetId=subnet-1"), on("ec2:DeleteSubnet", here + "subnet/subnet-1"));
  EXPECT_THAT(ec2("AttachInternetGateway&InternetGatewayId=igw-1&VpcId=vpc-1"),
              on("ec2:AttachInternetGateway", here + "internet-gateway/igw-1"));
  EXPECT_THAT(ec2("ModifyVpcAttribute&VpcId=vpc-1&EnableDnsSupport.Value=true"),
              on("ec2:ModifyVpcAttribute", here + "vpc/vpc-1"));
  EXPECT_THAT(ec2("DeleteNetworkInterface&NetworkInterfaceId=eni-1"),
              on("ec2:DeleteNetworkInterface", here + "network-interface/eni-1"));
  EXPECT_THAT(ec2("DeleteVpcEndpoints&VpcEndpointId.1=vpce-1"),
              on("ec2:DeleteVpcEndpoints", here + "vpc-endpoint/vpce-1"));
  EXPECT_THAT(ec2("CreateSubnet&VpcId=vpc-1&CidrBlock=10.0.9.0%2F24"),
              on("ec2:CreateSubnet", here + "subnet/*"));
  EXPECT_THAT(iam("CreatePolicyVersion&PolicyArn=arn%3Aaws%3Aiam%3A%3A111122223333%3Apolicy%2Flimits"),
              on("iam:CreatePolicyVersion", "arn:aws:iam::111122223333:policy/limits"));
  EXPECT_THAT(iam("PutRolePermissionsBoundary&RoleName=app"),
              on("iam:PutRolePermissionsBoundary", "arn:aws:iam::111122223333:role/app"));
  EXPECT_THAT(iam("CreateServiceLinkedRole&AWSServiceName=ecs.amazonaws.com"),
              on("iam:CreateServiceLinkedRole",
                 "arn:aws:iam::111122223333:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS"));
  EXPECT_THAT(lab.ecs("UpdateClusterSettings", {{"cluster", "prod"}, {"settings", json::array()}}, key),
              on("ecs:UpdateClusterSettings", "arn:aws:ecs:eu-west-1:111122223333:cluster/prod"));
  EXPECT_THAT(json_1_1("logs", "Logs_20140328.CreateLogGroup", {{"logGroupName", "/ecs/web"}}),
              on("logs:CreateLogGroup", "arn:aws:logs:eu-west-1:111122223333:log-group:/ecs/web"));
  EXPECT_THAT(json_1_1("ecr", "AmazonEC2ContainerRegistry_V20150921.PutLifecyclePolicy",
                       {{"repositoryName", "web"}, {"lifecyclePolicyText", "{}"}}),
              on("ecr:PutLifecyclePolicy", "arn:aws:ecr:eu-west-1:111122223333:repository/web"));
  EXPECT_THAT(json_1_1("events", "AWSEvents.PutRule", {{"Name", "web"}, {"EventPattern", "{}"}}),
              on("events:PutRule", "arn:aws:events:eu-west-1:111122223333:rule/web"));
  EXPECT_THAT(json_1_1("events", "AWSEvents.PutTargets", {{"Rule", "web"}, {"Targets", json::array()}}),
              on("events:PutTargets", "arn:aws:events:eu-west-1:111122223333:rule/web"));
  EXPECT_THAT(json_1_1("servicequotas", "ServiceQuotasV20190624.RequestServiceQuotaIncrease",
                       {{"ServiceCode", "fargate"}, {"QuotaCode", "L-3032A538"}, {"DesiredValue", 9}}),
              on("servicequotas:RequestServiceQuotaIncrease",
                 "arn:aws:servicequotas:eu-west-1:111122223333:fargate/L-3032A538"));
  EXPECT_THAT(refused("monitoring", "", as_form("2010-08-01", "DeleteAlarms&AlarmNames.member.1=cpu")),
              on("cloudwatch:DeleteAlarms", "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:cpu"));

  // Organizations refuses without saying what; that the ARN is asked for shows in what is let through.
  const json update{{"PolicyId", policy}, {"Description", "new"}};
  const std::string target = "AWSOrganizationsV20161128.UpdatePolicy";
  EXPECT_THAT(json_1_1("organizations", target, update), HasSubstr("AccessDeniedException"));
  lab.give("nobody", "one",
           statement("Allow", "organizations:UpdatePolicy",
                     lab.world.organizations.policies.at(policy).arn + "X"));
  EXPECT_THAT(json_1_1("organizations", target, update), HasSubstr("AccessDeniedException"));
  lab.give("nobody", "one",
           statement("Allow", "organizations:UpdatePolicy", lab.world.organizations.policies.at(policy).arn));
  EXPECT_THAT(json_1_1("organizations", target, update), HasSubstr("PolicySummary"));
}

TEST(Enforcement, AVersionThatIsMadeDefaultChangesWhatIsAllowed) {
  Enforced lab;
  const std::string key = lab.session_of("reader");
  const std::string arn = add_policy(lab.world, "reading", policy_document("Allow", {"ecs:ListServices"}));
  lab.world.iam.roles["reader"].attached = {arn};
  EXPECT_THAT(lab.ecs("ListClusters", json::object(), key), HasSubstr("not authorized"));
  ASSERT_TRUE(lab.call("iam", "CreatePolicyVersion",
                       {{"PolicyArn", arn},
                        {"PolicyDocument", policy_document("Allow", {"ecs:ListClusters"}).dump()},
                        {"SetAsDefault", true}}));
  EXPECT_THAT(lab.ecs("ListClusters", json::object(), key), HasSubstr("clusterArns"));
  ASSERT_TRUE(lab.call("iam", "SetDefaultPolicyVersion", {{"PolicyArn", arn}, {"VersionId", "v1"}}));
  EXPECT_THAT(lab.ecs("ListClusters", json::object(), key), HasSubstr("not authorized"));
}

}  // namespace
}  // namespace doctor::lab
