// The policy that refused a call ("Policy evaluation logic", IAM User Guide: an explicit deny in any policy
// overrides every allow).
#include "iam/blame.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace doctor::iam {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Denial run_task(std::string_view reason) {
  const auto denial = parse_denial(
      "User: arn:aws:sts::111122223333:assumed-role/ci/s is not authorized to perform: ecs:RunTask on "
      "resource: "
      "arn:aws:ecs:us-east-1:111122223333:task-definition/web:7 " +
      std::string(reason));
  EXPECT_TRUE(denial);
  return denial ? *denial : Denial{};
}

const PolicyText kAllow{
    PolicyType::identity, "deploy", "arn:aws:iam::111122223333:policy/deploy",
    R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ecs:*","Resource":"*"}]})", "ci"};
const PolicyText kFullScp{
    PolicyType::scp, "FullAWSAccess", "p-FullAWSAccess",
    R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]})", "r-root"};
const PolicyText kRegions{PolicyType::scp, "regions", "p-regions", R"({
  "Version": "2012-10-17",
  "Statement": [
    {"Sid": "Harmless", "Effect": "Deny", "Action": "s3:DeleteBucket", "Resource": "*"},
    {
      "Sid": "EuropeOnly",
      "Effect": "Deny",
      "Action": "ecs:*",
      "Resource": "*",
      "Condition": {"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1"]}}
    }
  ]
})",
                          "ou-prod"};

TEST(Blame, FindsTheDenyBehindAnAllowWithSidAndLine) {
  const auto found =
      blame(run_task("with an explicit deny in a service control policy"), {kAllow, kFullScp, kRegions}, {});
  EXPECT_EQ(found.outcome, "explicit_deny");
  EXPECT_TRUE(found.agrees);
  ASSERT_EQ(found.proven.size(), 1u);
  EXPECT_EQ(found.proven[0].level, PolicyType::scp);
  EXPECT_EQ(found.proven[0].policy, "regions");
  EXPECT_EQ(found.proven[0].sid, "EuropeOnly");
  EXPECT_EQ(found.proven[0].statement, 1);
  EXPECT_EQ(found.proven[0].line, 5);
  EXPECT_EQ(found.proven[0].attached_to, "ou-prod");
  EXPECT_THAT(found.suspects, IsEmpty());
}

PolicyText at_level(PolicyText policy, int level) {
  policy.tree_level = level;
  return policy;
}

// "SCP evaluation" (Organizations user guide): an explicit Allow is needed at every level of the tree.
TEST(Blame, NamesTheLevelOfTheTreeThatFailsToAllow) {
  const PolicyText s3_only{
      PolicyType::scp,
      "s3-only",
      "p-s3",
      R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]})",
      "ou-a",
      1};
  BlameOptions options;
  options.tree = {{"the root"}, {"the unit A"}, {"the account"}};
  const std::vector<PolicyText> policies{kAllow, at_level(kFullScp, 0), s3_only, at_level(kFullScp, 2)};
  const auto denial = run_task("because no service control policy allows the ecs:RunTask action");
  const auto found = blame(denial, policies, options);
  EXPECT_EQ(found.outcome, "implicit_deny");
  EXPECT_THAT(found.blocked_at, ElementsAre(PolicyType::scp));
  EXPECT_EQ(found.blocked_tree_level, "the unit A");
  EXPECT_TRUE(found.agrees);

  options.tree[1].scps_known = false;  // another policy of the unit may allow it
  EXPECT_EQ(blame(denial, policies, options).outcome, "allowed");
  options.tree[1].scps_known = true;
  options.in_management_account = true;
  EXPECT_EQ(blame(denial, policies, options).outcome, "allowed");
}

Denial decrypt(std::string_view reason) {
  const auto denial = parse_denial(
      "User: arn:aws:sts::111122223333:assumed-role/ci/s is not authorized to perform: kms:Decrypt on "
      "resource: "
      "arn:aws:kms:us-east-1:111122223333:key/68cf " +
      std::string(reason));
  EXPECT_TRUE(denial);
  return denial ? *denial : Denial{};
}

// "Default key policy": a key whose policy was not read is taken to leave the decision to IAM.
TEST(Blame, AKeysOwnPolicyCountsWhereItWasRead) {
  const PolicyText everything{
      PolicyType::identity, "all", "",
      R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]})", "ci"};
  const PolicyText key{
      PolicyType::resource, "of the key", "",
      R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:role/admin"},"Action":"kms:*","Resource":"*"}]})",
      ""};
  const auto denial = decrypt("because no resource-based policy allows the kms:Decrypt action");
  EXPECT_EQ(blame(denial, {everything}, {}).outcome, "allowed");
  BlameOptions options;
  options.resource_policy_known = true;
  const auto found = blame(denial, {everything, key}, options);
  EXPECT_EQ(found.outcome, "implicit_deny");
  EXPECT_THAT(found.blocked_at, ElementsAre(PolicyType::resource));
  EXPECT_TRUE(found.agrees);
}

TEST(Blame, OfOnePolicyAttachedTwiceTheHigherLevelIsNamed) {
  BlameOptions options;
  options.tree = {{"the root"}, {"the account"}};
  PolicyText at_account = at_level(kRegions, 1), at_root = at_level(kRegions, 0);
  at_root.attached_to = "the root";
  at_account.attached_to = "the account";
  const auto found =
      blame(run_task("with an explicit deny in a service control policy"),
            {kAllow, at_level(kFullScp, 0), at_level(kFullScp, 1), at_account, at_root}, options);
  ASSERT_EQ(found.proven.size(), 1u);
  EXPECT_EQ(found.proven[0].attached_to, "the root");
}

TEST(Blame, NamesTheLevelThatDoesNotAllow) {
  const PolicyText boundary{
      PolicyType::boundary, "edge", "arn:aws:iam::111122223333:policy/edge",
      R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]})", "ci"};
  const auto found = blame(run_task("because no permissions boundary allows the ecs:RunTask action"),
                           {kAllow, boundary}, {});
  EXPECT_EQ(found.outcome, "implicit_deny");
  EXPECT_THAT(found.blocked_at, ElementsAre(PolicyType::boundary));
  EXPECT_TRUE(found.agrees);
}

TEST(Blame, SuspectsADenyWhoseConditionNobodyTold) {
  const PolicyText tags{
      PolicyType::scp, "tags", "p-tags",
      R"({"Version":"2012-10-17","Statement":[{"Sid":"NeedsTag","Effect":"Deny","Action":"ecs:RunTask","Resource":"*","Condition":{"Null":{"aws:RequestTag/team":"true"}}}]})",
      "r-root"};
  const auto found =
      blame(run_task("with an explicit deny in a service control policy"), {kAllow, kFullScp, tags}, {});
  EXPECT_EQ(found.outcome, "depends");
  EXPECT_THAT(found.proven, IsEmpty());
  ASSERT_EQ(found.suspects.size(), 1u);
  EXPECT_EQ(found.suspects[0].sid, "NeedsTag");
  EXPECT_THAT(found.suspects[0].depends_on, ElementsAre("aws:RequestTag/team"));
}

TEST(Blame, KeepsToThePolicyThatAwsNamed) {
  auto other = kRegions;
  other.name = "copy";
  other.arn = "p-copy";
  auto denial = run_task("with an explicit deny in a service control policy");
  denial.policy = "arn:aws:organizations::777788889999:policy/o-1/service_control_policy/p-copy";
  denial.resource.clear();  // without a region the condition stays open
  const auto found = blame(denial, {kAllow, kFullScp, kRegions, other}, {});
  ASSERT_EQ(found.suspects.size(), 1u);
  EXPECT_EQ(found.suspects[0].policy, "copy");
}

TEST(Blame, SaysWhenThePoliciesAtHandWouldAllow) {
  const auto found = blame(run_task("with an explicit deny in a session policy"), {kAllow}, {});
  EXPECT_EQ(found.outcome, "allowed");
  EXPECT_FALSE(found.agrees);
  EXPECT_THAT(found.notes, Contains(HasSubstr("These policies allow the call")));
}

TEST(Blame, NeverEvaluatesAnInvalidPolicy) {
  const PolicyText broken{PolicyType::identity, "broken", "",
                          R"({"Version":"2012-10-17","Statement":[{"Effect":"Alow"}]})", "ci"};
  const PolicyText unread{PolicyType::boundary, "edge", "arn:aws:iam::111122223333:policy/edge", "", "ci"};
  const auto found = blame(run_task(""), {broken, unread}, {});
  EXPECT_EQ(found.outcome, "");
  EXPECT_THAT(found.notes, Contains(HasSubstr("is no valid policy")));
  EXPECT_THAT(found.notes, Contains(HasSubstr("could not be read")));
}

TEST(Blame, OfAnUnknownIdentityClaimsNoMissingAllow) {
  BlameOptions options;
  options.identity_known = false;
  const PolicyText s3{
      PolicyType::identity, "s3", "",
      R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]})", "ci"};
  const auto found =
      blame(run_task("because no identity-based policy allows the ecs:RunTask action"), {s3}, options);
  EXPECT_EQ(found.outcome, "implicit_deny");
  EXPECT_THAT(found.notes, Contains(HasSubstr("Not every identity-based policy")));
}

}  // namespace
}  // namespace doctor::iam
