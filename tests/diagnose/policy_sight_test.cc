// One level at a time: what each says, and what stays open. Rules: "Policy evaluation logic" and "Permissions
// boundaries for IAM entities" in the IAM user guide, "Service control policies (SCPs)" and "Resource control
// policies (RCPs)" in the Organizations user guide, "Control access to VPC endpoints using endpoint
// policies".
#include "diagnose/policy_sight.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace doctor::diagnose {
namespace {

using testing::HasSubstr;

const std::string kRole = "arn:aws:iam::111122223333:role/web";
const std::string kSecret = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:pay/db-a1b2c3";
const Call kGetSecret{"secretsmanager:GetSecretValue", kSecret};
constexpr std::string_view kAllowAll =
    R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]})";

struct Account {
  facts::Place place;
  Account() {
    place.account = "111122223333";
    place.region = "eu-west-1";
  }
  facts::Role& role(std::string_view document) {
    facts::Role& role = place.roles["web"];
    role.name = "web";
    role.arn = kRole;
    role.policies_known = true;
    role.inline_policies = {{"app", "", std::string(document)}};
    return role;
  }
  facts::OrganizationPolicy& control(std::string_view type, std::string_view document,
                                     std::string_view target) {
    facts::OrganizationPolicy& policy = place.organization_policies.emplace_back();
    policy.id = policy.name = "p-" + std::to_string(place.organization_policies.size());
    policy.type = type;
    policy.document = document;
    policy.targets = {std::string(target)};
    policy.targets_known = true;
    return policy;
  }
  PolicySight at(PolicyLevel level, const Caller& caller = {kRole, {}}, const Call& call = kGetSecret) const {
    const auto sights = sights_of(place, caller, call);
    const PolicySight* sight = sight_at(sights, level);
    EXPECT_NE(sight, nullptr);
    return sight == nullptr ? PolicySight{} : *sight;
  }
  bool has(PolicyLevel level, const Caller& caller = {kRole, {}}) const {
    return sight_at(sights_of(place, caller, kGetSecret), level) != nullptr;
  }
};

TEST(PolicySight, ADenyIsNamedWithPolicyStatementAndLine) {
  Account a;
  a.role(
      "{\n \"Version\": \"2012-10-17\",\n \"Statement\": [\n  {\"Effect\": \"Allow\", \"Action\": \"*\", "
      "\"Resource\": \"*\"},\n"
      "  {\"Sid\": \"NoSecrets\", \"Effect\": \"Deny\", \"Action\": \"secretsmanager:*\", \"Resource\": "
      "\"*\"}\n ]\n}");
  const PolicySight sight = a.at(PolicyLevel::identity);
  EXPECT_EQ(sight.grant, Grant::denied);
  EXPECT_EQ(
      sight.why,
      "the policy app of role web (statement NoSecrets, line 5) denies secretsmanager:GetSecretValue on " +
          kSecret);
  EXPECT_EQ(sight.source.value, "app NoSecrets");
}

TEST(PolicySight, NoStatementAtAll) {
  Account a;
  a.role(R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]})");
  EXPECT_EQ(a.at(PolicyLevel::identity).grant, Grant::absent);
  EXPECT_THAT(a.at(PolicyLevel::identity).why, HasSubstr("no policy of role web allows"));
}

TEST(PolicySight, APolicyThatWasNotReadMakesTheAnswerDepend) {
  Account a;
  a.role(R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]})")
      .policies_known = false;
  EXPECT_EQ(a.at(PolicyLevel::identity).grant, Grant::depends);
  a.role("");
  EXPECT_EQ(a.at(PolicyLevel::identity).grant, Grant::depends);
}

TEST(PolicySight, ADenyHoldsThoughAnotherPolicyWasNotRead) {
  Account a;
  facts::Role& role =
      a.role(R"({"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]})");
  role.attached_policies = {{"unread", "arn:aws:iam::aws:policy/unread", ""}};
  role.policies_known = false;
  EXPECT_EQ(a.at(PolicyLevel::identity).grant, Grant::denied);
}

TEST(PolicySight, AValueThatIsNotKnownIsNamed) {
  Account a;
  a.role(
      R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalTag/team":"pay"}}}]})");
  EXPECT_EQ(a.at(PolicyLevel::identity).grant, Grant::depends);
  EXPECT_THAT(a.at(PolicyLevel::identity).why, HasSubstr("aws:PrincipalTag/team"));
}

TEST(PolicySight, AnOpenAnswerNamesTheStatementThatItHangsOn) {
  Account a;
  a.role(
      R"({"Version":"2012-10-17","Statement":[{"Sid":"All","Effect":"Allow","Action":"*","Resource":"*"},
        {"Sid":"Other","Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalTag/team":"pay"}}},
        {"Sid":"TeamsOnly","Effect":"Deny","Action":"secretsmanager:*","Resource":"*","Condition":{"StringNotEquals":{"aws:PrincipalTag/team":"pay"}}}]})");
  EXPECT_EQ(a.at(PolicyLevel::identity).grant, Grant::depends);
  EXPECT_THAT(a.at(PolicyLevel::identity).why,
              HasSubstr("the policy app of role web (statement TeamsOnly, line 3) says of"));
}

TEST(PolicySight, WhatFollowsFromTheFactsIsKnown) {
  Account a;
  a.role(
      R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:RequestedRegion":"eu-west-1"}}}]})");
  EXPECT_EQ(a.at(PolicyLevel::identity).grant, Grant::allowed);
}

TEST(PolicySight, BoundaryMustAllowToo) {
  Account a;
  facts::Role& role = a.role(kAllowAll);
  role.boundary_arn = "arn:aws:iam::111122223333:policy/limits";
  role.boundary_document =
      R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"logs:*","Resource":"*"}]})";
  EXPECT_EQ(a.at(PolicyLevel::identity).grant, Grant::allowed);
  EXPECT_EQ(a.at(PolicyLevel::boundary).grant, Grant::absent);
  EXPECT_THAT(a.at(PolicyLevel::boundary).why, HasSubstr("permissions boundary limits of role web"));
}

TEST(PolicySight, TheAccountsOwnScpsMustAllowWhereAllAreKnown) {
  Account a;
  a.place.answered.insert("organizations.list-policies");
  a.control("SERVICE_CONTROL_POLICY", kAllowAll, "r-1");
  a.control("SERVICE_CONTROL_POLICY",
            R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]})",
            "111122223333");
  EXPECT_EQ(a.at(PolicyLevel::scp).grant, Grant::absent);
  a.place.answered.clear();  // a policy may be missing: "none allows" proves nothing
  EXPECT_EQ(a.at(PolicyLevel::scp).grant, Grant::allowed);
}

constexpr std::string_view kS3Only =
    R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]})";
constexpr std::string_view kDenyAll =
    R"({"Version":"2012-10-17","Statement":[{"Sid":"No","Effect":"Deny","Action":"*","Resource":"*"}]})";

// r-1, ou-1-a (Apps), the account; FullAWSAccess at each but where `bare` says otherwise.
Account in_a_tree(std::string_view bare = "") {
  Account a;
  a.place.organization.management_account = "999988887777";
  a.place.organization.parents = {{"111122223333", "ou-1-a"}, {"ou-1-a", "r-1"}};
  a.place.organization.names = {{"ou-1-a", "Apps"}};
  for (const char* id : {"r-1", "ou-1-a", "111122223333"}) {
    a.place.organization.listed.insert({id, "SERVICE_CONTROL_POLICY"});
    a.place.organization.listed.insert({id, "RESOURCE_CONTROL_POLICY"});
    if (id != bare) a.control("SERVICE_CONTROL_POLICY", kAllowAll, id);
  }
  return a;
}

// "SCP evaluation": "for a permission to be allowed for a specific account, there must be an explicit Allow
// statement at every level from the root through each OU in the direct path to the account".
TEST(ControlSight, EveryLevelOfTheTreeMustAllow) {
  EXPECT_EQ(in_a_tree().at(PolicyLevel::scp).grant, Grant::allowed);
  Account a = in_a_tree("ou-1-a");
  a.control("SERVICE_CONTROL_POLICY", kS3Only, "ou-1-a");
  const PolicySight sight = a.at(PolicyLevel::scp);
  EXPECT_EQ(sight.grant, Grant::absent);
  EXPECT_THAT(sight.why,
              HasSubstr("no service control policy of the organizational unit Apps (ou-1-a) allows"));
  EXPECT_EQ(sight.source.value, "ou-1-a");
}

TEST(ControlSight, ALevelWithNoPolicyAtAllDeniesWhereOthersHaveSome) {
  EXPECT_EQ(in_a_tree("111122223333").at(PolicyLevel::scp).grant, Grant::absent);
  EXPECT_THAT(in_a_tree("111122223333").at(PolicyLevel::scp).why, HasSubstr("of the account 111122223333"));
}

TEST(ControlSight, ADenyOfAParentHoldsAndOneOfAnotherBranchDoesNot) {
  Account a = in_a_tree();
  a.control("SERVICE_CONTROL_POLICY", kDenyAll, "ou-1-other");
  EXPECT_EQ(a.at(PolicyLevel::scp).grant, Grant::allowed);
  a.control("SERVICE_CONTROL_POLICY", kDenyAll, "ou-1-a");
  EXPECT_EQ(a.at(PolicyLevel::scp).grant, Grant::denied);
  EXPECT_THAT(a.at(PolicyLevel::scp).why,
              HasSubstr("(statement No) of the organizational unit Apps (ou-1-a) denies"));
}

TEST(ControlSight, ADenyBelowIsNamedBeforeAMissingAllowAbove) {
  Account a = in_a_tree("r-1");
  a.control("SERVICE_CONTROL_POLICY", kS3Only, "r-1");
  a.control("SERVICE_CONTROL_POLICY", kDenyAll, "111122223333");
  EXPECT_EQ(a.at(PolicyLevel::scp).grant, Grant::denied);
}

TEST(ControlSight, ALevelThatWasNotReadWholeProvesNoMissingAllow) {
  Account a = in_a_tree("ou-1-a");
  a.place.organization.listed.erase({"ou-1-a", "SERVICE_CONTROL_POLICY"});
  EXPECT_EQ(a.at(PolicyLevel::scp).grant, Grant::depends);
  EXPECT_THAT(a.at(PolicyLevel::scp).why, HasSubstr("not all service control policies of"));
}

// "SCPs don't affect users or roles in the management account."
TEST(ControlSight, NoPolicyBindsTheManagementAccountAndNoneThatIsSwitchedOff) {
  Account a = in_a_tree("ou-1-a");
  ASSERT_TRUE(a.has(PolicyLevel::scp));
  a.place.organization.management_account = "111122223333";
  EXPECT_FALSE(a.has(PolicyLevel::scp));
  a.place.organization.management_account = "999988887777";
  a.place.answered.insert("organizations.list-roots");
  EXPECT_FALSE(a.has(PolicyLevel::scp));
}

// "RCP evaluation": the resource's account counts.
TEST(ControlSight, AnRcpOfAUnitDeniesAndRcpsOfAnotherAccountAreNotOurs) {
  Account a = in_a_tree();
  EXPECT_FALSE(a.has(PolicyLevel::rcp));
  a.control(
      "RESOURCE_CONTROL_POLICY",
      R"({"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}]})",
      "ou-1-a");
  EXPECT_EQ(a.at(PolicyLevel::rcp).grant, Grant::denied);
  const Call foreign{"secretsmanager:GetSecretValue",
                     "arn:aws:secretsmanager:eu-west-1:444455556666:secret:db-a1b2c3"};
  EXPECT_EQ(sight_at(sights_of(a.place, {kRole, {}}, foreign), PolicyLevel::rcp), nullptr);
}

const Call kPull{"ecr:BatchGetImage", "arn:aws:ecr:eu-west-1:111122223333:repository/web"};
const Call kForeignPull{"ecr:BatchGetImage", "arn:aws:ecr:eu-west-1:444455556666:repository/web"};
constexpr std::string_view kGrantsRole =
    R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:role/web"},"Action":"ecr:BatchGetImage"}]})";

// "Determining whether a request is allowed or denied within an account": a grant of the resource is enough.
TEST(ResourceSight, InOneAccountTheResourceMayGrantWhatTheRoleLacks) {
  Account a;
  a.role(kS3Only);
  EXPECT_EQ(a.at(PolicyLevel::identity, {kRole, {}}, kPull).grant, Grant::absent);
  a.place.resource_policies = {{"ecr", "web", "111122223333", std::string(kGrantsRole)}};
  EXPECT_EQ(a.at(PolicyLevel::identity, {kRole, {}}, kPull).grant, Grant::allowed);
  EXPECT_THAT(a.at(PolicyLevel::identity, {kRole, {}}, kPull).why,
              HasSubstr("the policy of the repository web grants ecr:BatchGetImage"));
}

// "Cross-account policy evaluation logic": both accounts must allow.
TEST(ResourceSight, AnotherAccountsResourceMustAllow) {
  Account a;
  a.role(kAllowAll);
  EXPECT_EQ(a.at(PolicyLevel::resource, {kRole, {}}, kForeignPull).grant, Grant::depends);  // nobody asked
  a.place.resource_policies = {{"ecr", "web", "444455556666", ""}};
  EXPECT_EQ(a.at(PolicyLevel::resource, {kRole, {}}, kForeignPull).grant, Grant::absent);
  EXPECT_THAT(a.at(PolicyLevel::resource, {kRole, {}}, kForeignPull).why,
              HasSubstr("the repository web has no policy, and one must allow account 111122223333"));
  a.place.resource_policies[0].document = kGrantsRole;
  EXPECT_EQ(a.at(PolicyLevel::resource, {kRole, {}}, kForeignPull).grant, Grant::allowed);
  a.role(kS3Only);  // the grant of the other account does not stand for the role's own
  EXPECT_EQ(a.at(PolicyLevel::identity, {kRole, {}}, kForeignPull).grant, Grant::absent);
}

TEST(ResourceSight, ADenyOfTheResourceIsNamedWithItsStatement) {
  Account a;
  a.role(kAllowAll);
  a.place.resource_policies = {
      {"secretsmanager", kSecret, "",
       R"({"Version":"2012-10-17","Statement":[{"Sid":"Nobody","Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}]})"}};
  EXPECT_EQ(a.at(PolicyLevel::resource).grant, Grant::denied);
  EXPECT_THAT(a.at(PolicyLevel::resource).why,
              HasSubstr("the policy of the secret pay/db-a1b2c3 (statement Nobody) denies"));
  EXPECT_EQ(a.at(PolicyLevel::identity).grant, Grant::allowed);
}

// "Key policies in AWS KMS": unless the key policy allows it, IAM policies do not count.
TEST(ResourceSight, AKeyPolicyMustAllowOrLeaveItToIam) {
  const std::string key = "arn:aws:kms:eu-west-1:111122223333:key/68cf";
  const Call decrypt{"kms:Decrypt", key, "secretsmanager"};
  const auto policy = [](std::string_view principal) {
    return R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":")" +
           std::string(principal) +
           R"("},"Action":"kms:*","Resource":"*","Condition":{"StringEquals":{"kms:ViaService":"secretsmanager.eu-west-1.amazonaws.com"}}}]})";
  };
  Account a;
  a.role(kAllowAll);
  EXPECT_EQ(a.at(PolicyLevel::identity, {kRole, {}}, decrypt).grant, Grant::allowed);
  EXPECT_EQ(sight_at(sights_of(a.place, {kRole, {}}, decrypt), PolicyLevel::resource), nullptr);
  a.place.resource_policies = {{"kms", "68cf", "", policy("arn:aws:iam::111122223333:role/admin")}};
  EXPECT_EQ(a.at(PolicyLevel::resource, {kRole, {}}, decrypt).grant, Grant::absent);
  a.place.resource_policies[0].document = policy("arn:aws:iam::111122223333:root");
  EXPECT_EQ(a.at(PolicyLevel::resource, {kRole, {}}, decrypt).grant, Grant::allowed);
  a.role(kS3Only);  // left to IAM, and IAM does not allow
  EXPECT_EQ(a.at(PolicyLevel::identity, {kRole, {}}, decrypt).grant, Grant::absent);
  a.place.resource_policies[0].document = policy(kRole);
  EXPECT_EQ(a.at(PolicyLevel::identity, {kRole, {}}, decrypt).grant, Grant::allowed);
}

TEST(PolicySight, NoControlPolicyBindsAServiceLinkedRole) {
  Account a;
  a.control("SERVICE_CONTROL_POLICY",
            R"({"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]})", "r-1");
  EXPECT_EQ(a.at(PolicyLevel::scp).grant, Grant::denied);
  EXPECT_FALSE(
      a.has(PolicyLevel::scp,
            {"arn:aws:iam::111122223333:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS", {}}));
}

TEST(PolicySight, AnRcpHoldsTheServicesThatSupportRcps) {
  Account a;
  a.control(
      "RESOURCE_CONTROL_POLICY",
      R"({"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}]})",
      "r-1");
  EXPECT_EQ(a.at(PolicyLevel::rcp).grant, Grant::denied);
  const Call run{"ecs:RunTask", "arn:aws:ecs:eu-west-1:111122223333:task-definition/web:1"};
  EXPECT_FALSE(blocks(a.at(PolicyLevel::rcp, {kRole, {}}, run)));
}

TEST(PolicySight, OnlyTheEndpointOfTheWayCounts) {
  Account a;
  a.place.vpc_endpoints["vpce-1"] = {
      "vpce-1",
      "vpc-1",
      "com.amazonaws.eu-west-1.secretsmanager",
      "Interface",
      "available",
      R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"secretsmanager:List*","Resource":"*"}]})",
      true,
      {},
      {},
      {}};
  EXPECT_FALSE(a.has(PolicyLevel::endpoint));
  EXPECT_EQ(a.at(PolicyLevel::endpoint, {kRole, {"vpce-1"}}).grant, Grant::absent);
  EXPECT_THAT(a.at(PolicyLevel::endpoint, {kRole, {"vpce-1"}}).why, HasSubstr("endpoint policy of vpce-1"));
}

TEST(PolicySight, OfSeveralCallsTheWorstOfEachLevelStands) {
  Account a;
  a.role(R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"a:One","Resource":"*"}]})");
  const auto both = worst_of(a.place, {kRole, {}}, {{"a:One"}, {"a:Two"}, {"a:One"}});
  ASSERT_EQ(both.size(), 1U);
  EXPECT_EQ(both[0].grant, Grant::absent);
  EXPECT_EQ(blocking(worst_of(a.place, {kRole, {}}, {{"a:One"}})), nullptr);
}

}  // namespace
}  // namespace doctor::diagnose
