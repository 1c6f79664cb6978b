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
