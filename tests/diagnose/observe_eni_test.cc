#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "diagnose/case_support.h"

namespace doctor::diagnose {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

constexpr std::string_view kFamily = "FargateENICreateFailed";
const std::string kCreate =
    "Unexpected EC2 error while attempting to Create Network Interface with public IP assignment enabled in "
    "subnet "
    "'subnet-0a': ";
const std::string kTimeout = "Timeout waiting for network interface provisioning to complete.";

World failing_with(const std::string& reason) {
  World w;
  w.failed_start("t1", "eu-west-1a", "03:00:00", reason);
  w.failed_start("t2", "eu-west-1a", "03:01:00", reason);
  return w;
}

TEST(EniFamily, SubnetWithoutFreeAddresses) {
  World w = failing_with(kCreate + "InsufficientFreeAddressesInSubnet");
  w.place().subnets["subnet-0a"].available_ip_addresses = 0;
  const Incident i = incident_of(w.diagnose(), kFamily);
  EXPECT_EQ(top(i), "eni.no_free_addresses");
  EXPECT_GT(i.causes.front().probability, 0.99);
  EXPECT_THAT(detail(i, "move_subnets"), HasSubstr("subnet-0b (eu-west-1b, 200 free)"));
  EXPECT_EQ(i.summary,
            "2 tasks of prod/web got no network interface in eu-west-1a between 03:00:00 and 03:01:00");
}

TEST(EniFamily, TimeoutWithAnExhaustedSubnetIsStillNotProof) {
  World w = failing_with(kTimeout);
  w.place().subnets["subnet-0a"].available_ip_addresses = 90;
  const Incident i = incident_of(w.diagnose(), kFamily);
  EXPECT_EQ(top(i), "eni.provisioning_timeout");
}

TEST(EniFamily, InterfaceQuota) {
  EXPECT_EQ(top(incident_of(failing_with(kCreate + "NetworkInterfaceLimitExceeded").diagnose(), kFamily)),
            "eni.quota_interfaces");
}

TEST(EniFamily, DeletedSecurityGroup) {
  World w = failing_with(kCreate + "InvalidGroup.NotFound");
  w.call("DeleteSecurityGroup", "02:50:00", R"({"groupId":"sg-01"})", "ec2.amazonaws.com");
  const Incident i = incident_of(w.diagnose(), kFamily);
  EXPECT_EQ(top(i), "eni.security_group_missing");
  EXPECT_TRUE(shows(i, "change.security_group_deleted"));
}

TEST(EniFamily, GroupAbsentFromTheAnswerIsProofThoughTheReasonIsVague) {
  World w = failing_with("Unexpected EC2 error while attempting to Create Network Interface");
  w.answered("ec2.describe-security-groups");
  EXPECT_EQ(top(incident_of(w.diagnose(), kFamily)), "eni.security_group_missing");
  w.place().security_groups["sg-01"].id = "sg-01";
  EXPECT_NE(top(incident_of(w.diagnose(), kFamily)), "eni.security_group_missing");
}

TEST(EniFamily, GroupNotAskedForIsMissingEvidenceNotProof) {
  World w = failing_with("Unexpected EC2 error while attempting to Create Network Interface");
  const Diagnosis d = w.diagnose();
  EXPECT_LT(probability(incident_of(d, kFamily), "eni.security_group_missing"), 0.3);
  const bool noted = std::any_of(d.missing.begin(), d.missing.end(), [](const MissingEvidence& m) {
    return m.evidence == "security groups of prod/web" && m.reason == "not in the snapshot";
  });
  EXPECT_TRUE(noted);
}

TEST(EniFamily, DeletedSubnet) {
  World w = failing_with(kCreate + "InvalidSubnetID.NotFound");
  w.place().subnets.erase("subnet-0a");
  w.answered("ec2.describe-subnets");
  EXPECT_EQ(top(incident_of(w.diagnose(), kFamily)), "eni.subnet_missing");
}

TEST(EniFamily, ServiceRoleDenied) {
  World w =
      failing_with(kCreate + "UnauthorizedOperation: You are not authorized to perform this operation.");
  EXPECT_EQ(top(incident_of(w.diagnose(), kFamily)), "eni.service_role_denied");
}

TEST(EniFamily, ServiceControlPolicyThatDenies) {
  World w = failing_with(
      kCreate +
      "UnauthorizedOperation: not authorized to perform: ec2:CreateNetworkInterface with an explicit deny "
      "in a service control policy");
  EXPECT_EQ(top(incident_of(w.diagnose(), kFamily)), "eni.denied_by_scp");
}

facts::OrganizationPolicy no_interfaces() {
  facts::OrganizationPolicy policy;
  policy.name = "no-interfaces";
  policy.type = "SERVICE_CONTROL_POLICY";
  policy.document =
      R"({"Statement":[{"Sid":"NoNew","Effect":"Deny","Action":["ec2:Create*"],"Resource":"*"}]})";
  policy.targets = {"r-1"};
  policy.targets_known = true;
  return policy;
}

// "Service control policies (SCPs)": they do not affect any service-linked role, and ECS uses one here.
TEST(EniFamily, PolicyThatWasReadIsNoProofAgainstAServiceLinkedRole) {
  World w = failing_with(kCreate + "UnauthorizedOperation");
  w.place().organization_policies = {no_interfaces()};
  const Incident i = incident_of(w.diagnose(), kFamily);
  EXPECT_EQ(top(i), "eni.service_role_denied");
  EXPECT_TRUE(shows(i, "eni.scp_cannot_bind"));
}

TEST(EniFamily, WhereAwsNamesAnScpTheStatementIsFound) {
  World w =
      failing_with(kCreate +
                   "UnauthorizedOperation: not authorized to perform: ec2:CreateNetworkInterface with an "
                   "explicit deny in a service control policy");
  w.place().organization_policies = {no_interfaces()};
  const Incident i = incident_of(w.diagnose(), kFamily);
  EXPECT_EQ(top(i), "eni.denied_by_scp");
  EXPECT_THAT(detail(i, "scp_exception"), HasSubstr("no-interfaces (statement NoNew)"));
}

TEST(EniFamily, ServiceRoleWhosePoliciesLackTheAction) {
  World w = failing_with(kCreate + "UnauthorizedOperation");
  facts::Role& role = w.place().roles["AWSServiceRoleForECS"];
  role.name = "AWSServiceRoleForECS";
  role.policies_known = true;
  EXPECT_TRUE(shows(incident_of(w.diagnose(), kFamily), "eni.service_role_lacks"));
}

TEST(EniFamily, GroupOfAnotherVpc) {
  World w = failing_with("Unexpected EC2 error while attempting to Create Network Interface");
  w.answered("ec2.describe-security-groups");
  w.place().security_groups["sg-01"] = {"sg-01", "", "vpc-02", {}, {}};
  const Incident i = incident_of(w.diagnose(), kFamily);
  EXPECT_EQ(top(i), "eni.security_group_missing");
  EXPECT_THAT(detail(i, "replace_security_group"), HasSubstr("vpc-02"));
}

TEST(EniFamily, RefusalInCloudTrailBelongsToTheServiceOfTheSubnet) {
  World w;
  w.service().network.subnets = {"subnet-0a"};
  facts::TrailEvent& event =
      w.call("CreateNetworkInterface", "02:59:58", R"({"subnetId":"subnet-0a"})", "ec2.amazonaws.com");
  event.error_code = "Client.InsufficientFreeAddressesInSubnet";
  event.error_message = "The specified subnet does not have enough free addresses";
  facts::CallFailure& failure =
      w.failure("CreateNetworkInterface", event.error_code, event.error_message, "02:59:58");
  failure.cluster.clear();
  failure.resource_arn = "subnet-0a";
  failure.origin = event.origin;
  const Diagnosis alone = w.diagnose();
  ASSERT_EQ(alone.incidents.size(), 1u);
  EXPECT_EQ(alone.incidents.front().service, "web");
  w.failed_start("t1", "eu-west-1a", "03:00:00", kTimeout);
  const Diagnosis both = w.diagnose();
  ASSERT_EQ(both.incidents.size(), 1u);
  EXPECT_EQ(both.incidents.front().count, 1);
  EXPECT_EQ(top(both.incidents.front()), "eni.no_free_addresses");
}

TEST(EniFamily, TimeoutCoveredByAHealthEventOfEc2) {
  World w = failing_with(kTimeout);
  w.health("02:40:00", "EC2");
  EXPECT_EQ(top(incident_of(w.diagnose(), kFamily)), "eni.health_event");
  w.place().health.front().region = "us-east-1";
  EXPECT_EQ(top(incident_of(w.diagnose(), kFamily)), "eni.provisioning_timeout");
}

TEST(EniFamily, ChangedTaskDefinitionIsADecoy) {
  World w = failing_with(kCreate + "InsufficientFreeAddressesInSubnet");
  w.call("UpdateService", "02:58:00", R"({"cluster":"prod","service":"web","taskDefinition":"web:12"})");
  EXPECT_EQ(top(incident_of(w.diagnose(), kFamily)), "eni.no_free_addresses");
}

TEST(EniContributing, OthersUseTheSubnet) {
  World w = failing_with(kCreate + "InsufficientFreeAddressesInSubnet");
  w.place().subnets["subnet-0a"].available_ip_addresses = 0;
  for (int n = 0; n < 20; ++n) {
    facts::NetworkInterface& interface = w.place().interfaces["eni-" + std::to_string(n)];
    interface.id = "eni-" + std::to_string(n);
    interface.subnet_id = "subnet-0a";
  }
  EXPECT_THAT(contributing(incident_of(w.diagnose(), kFamily)), Contains("eni.shared_subnet_pressure"));
  for (int n = 0; n < 20; ++n) {
    facts::Task& task = w.running("own" + std::to_string(n), "eu-west-1a");
    task.attachments.push_back(
        {"1", "ElasticNetworkInterface", "ATTACHED", {{"networkInterfaceId", "eni-" + std::to_string(n)}}});
  }
  EXPECT_THAT(contributing(incident_of(w.diagnose(), kFamily)), Not(Contains("eni.shared_subnet_pressure")));
}

TEST(EniContributing, SingleSubnet) {
  World w = failing_with(kCreate + "InsufficientFreeAddressesInSubnet");
  EXPECT_THAT(contributing(incident_of(w.diagnose(), kFamily)), Not(Contains("eni.single_subnet")));
  w.service().network.subnets = {"subnet-0a"};
  EXPECT_THAT(contributing(incident_of(w.diagnose(), kFamily)), Contains("eni.single_subnet"));
}

TEST(EniContributing, ChangedNetworkConfiguration) {
  World w = failing_with(kCreate + "InsufficientFreeAddressesInSubnet");
  w.call(
      "UpdateService", "02:55:00",
      R"({"cluster":"prod","service":"web","networkConfiguration":{"awsvpcConfiguration":{"subnets":["subnet-0a"]}}})");
  EXPECT_THAT(contributing(incident_of(w.diagnose(), kFamily)),
              Contains("eni.changed_network_configuration"));
  w.place().trail.begin()->second.time = at("03:02:00");
  EXPECT_THAT(contributing(incident_of(w.diagnose(), kFamily)),
              Not(Contains("eni.changed_network_configuration")));
}

}  // namespace
}  // namespace doctor::diagnose
