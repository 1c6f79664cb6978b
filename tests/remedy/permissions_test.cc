// What a caller may not do of a plan, found out before anything runs. Rules: "Policy evaluation logic" (IAM
// User Guide); which resource an action is asked about: Service Authorization Reference.
#include "remedy/permissions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>

#include "remedy/caller.h"

namespace doctor::remedy {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr const char* kService = "arn:aws:ecs:eu-west-1:111122223333:service/prod/web";
constexpr const char* kSession = "arn:aws:sts::111122223333:assumed-role/deployer/me";

json statement(const std::string& effect, const json& action, const json& resource = "*") {
  return {{"Effect", effect}, {"Action", action}, {"Resource", resource}};
}
std::string document(const json& statements) {
  return json{{"Version", "2012-10-17"}, {"Statement", statements}}.dump();
}
iam::Policy policy(const json& statements, const std::string& name = "p") {
  auto parsed = iam::parse_policy(document(statements), name, iam::PolicyKind::identity);
  EXPECT_TRUE(parsed) << parsed.error().sentence;
  parsed->name = name;
  return *parsed;
}

CallerPolicies caller_with(const json& statements) {
  CallerPolicies caller;
  caller.principal = *iam::principal_of(kSession);
  caller.policies.identity.emplace();
  caller.policies.identity->push_back(policy(statements));
  return caller;
}

Step update_service() {
  Step step;
  step.id = "1";
  step.resource = {"ecs:service", kService, "111122223333", "eu-west-1"};
  step.request = {"ecs", "UpdateService", "eu-west-1",
                  R"({"cluster":"prod","service":"web","desiredCount":2})"};
  return step;
}
Plan plan_of_step(Step step) {
  Plan plan;
  plan.account = "111122223333", plan.region = "eu-west-1";
  plan.steps.push_back(std::move(step));
  return plan;
}
const json kReads = statement("Allow", "ecs:DescribeServices");

TEST(Permissions, NothingIsMissingWhereEachCallIsAllowed) {
  const auto caller = caller_with({kReads, statement("Allow", "ecs:UpdateService", kService)});
  EXPECT_THAT(missing_actions(plan_of_step(update_service()), caller, Direction::forward), IsEmpty());
}

TEST(Permissions, NameStepActionAndResource) {
  const auto missing =
      missing_actions(plan_of_step(update_service()), caller_with({kReads}), Direction::forward);
  ASSERT_THAT(missing, SizeIs(1));
  EXPECT_EQ(missing[0].step, "1");
  EXPECT_EQ(missing[0].action, "ecs:UpdateService");
  EXPECT_EQ(missing[0].resource, kService);
  EXPECT_THAT(missing[0].because, HasSubstr("no identity-based policy allows it"));
}

TEST(Permissions, AStatementForAnotherServiceIsNone) {
  const auto caller =
      caller_with({kReads, statement("Allow", "ecs:UpdateService",
                                     "arn:aws:ecs:eu-west-1:111122223333:service/prod/other")});
  EXPECT_THAT(missing_actions(plan_of_step(update_service()), caller, Direction::forward), SizeIs(1));
}

TEST(Permissions, TheStatementThatIsOfferedIsTheSmallest) {
  const auto caller = caller_with({kReads});
  const auto missing = missing_actions(plan_of_step(update_service()), caller, Direction::forward);
  const auto minimum = statements_for(missing, caller.principal);
  ASSERT_THAT(minimum.policies, SizeIs(1));
  EXPECT_THAT(minimum.policies[0].statements[0].actions, ElementsAre("ecs:UpdateService"));
  EXPECT_THAT(minimum.policies[0].statements[0].resources, ElementsAre(kService));
  // With it nothing is missing any more.
  auto richer = caller;
  richer.policies.identity->push_back(
      *iam::parse_policy(iam::policy_json(minimum.policies[0]), "offered", iam::PolicyKind::identity));
  EXPECT_THAT(missing_actions(plan_of_step(update_service()), richer, Direction::forward), IsEmpty());
}

TEST(Permissions, TheBoundaryMustAllowToo) {
  auto caller = caller_with({statement("Allow", "ecs:*")});
  caller.policies.boundaries.emplace();
  caller.policies.boundaries->push_back(policy({kReads}, "limits"));
  const auto missing = missing_actions(plan_of_step(update_service()), caller, Direction::forward);
  ASSERT_THAT(missing, SizeIs(1));
  EXPECT_EQ(missing[0].level, iam::PolicyType::boundary);
  EXPECT_EQ(statements_for(missing, caller.principal).policies.at(0).level, iam::PolicyType::boundary);
}

TEST(Permissions, ADenyOfTheOrganizationIsNamedAndNoStatementIsOffered) {
  auto caller = caller_with({statement("Allow", "ecs:*")});
  json deny = statement("Deny", "ecs:UpdateService");
  deny["Sid"] = "Frozen";
  caller.policies.scps = {{{policy({statement("Allow", "*")}, "FullAWSAccess"), policy({deny}, "freeze")}}};
  const auto missing = missing_actions(plan_of_step(update_service()), caller, Direction::forward);
  ASSERT_THAT(missing, SizeIs(1));
  EXPECT_THAT(missing[0].because, HasSubstr("service control policy 'freeze', statement Frozen"));
  const auto minimum = statements_for(missing, caller.principal);
  EXPECT_THAT(minimum.policies, IsEmpty());
  EXPECT_THAT(minimum.obstacles, SizeIs(1));
}

TEST(Permissions, AConditionOnAnUnknownValueIsLeftToAws) {
  json allow = statement("Allow", "ecs:UpdateService");
  allow["Condition"] = {{"StringEquals", {{"aws:ResourceTag/team", "web"}}}};
  EXPECT_THAT(
      missing_actions(plan_of_step(update_service()), caller_with({kReads, allow}), Direction::forward),
      IsEmpty());
}

TEST(Permissions, ARoleThatIsPassedIsAskedAboutByItsService) {
  Step step = update_service();
  step.request = {"ecs", "RegisterTaskDefinition", "eu-west-1",
                  R"({"family":"web","taskRoleArn":"arn:aws:iam::111122223333:role/web"})"};
  json pass = statement("Allow", "iam:PassRole", "arn:aws:iam::111122223333:role/web");
  pass["Condition"] = {{"StringEquals", {{"iam:PassedToService", "ec2.amazonaws.com"}}}};
  const auto missing = missing_actions(
      plan_of_step(step), caller_with({kReads, statement("Allow", "ecs:RegisterTaskDefinition"), pass}),
      Direction::forward);
  ASSERT_THAT(missing, SizeIs(1));
  EXPECT_EQ(missing[0].action, "iam:PassRole");
  EXPECT_EQ(missing[0].resource, "arn:aws:iam::111122223333:role/web");
}

TEST(Permissions, WhatAnEarlierStepMakesIsAllowedWhereAnyOfItsKindIs) {
  Step step = update_service();
  step.request = {"ec2", "ModifyVpcEndpoint", "eu-west-1",
                  R"({"VpcEndpointId":"${1.VpcEndpoint.VpcEndpointId}","AddSubnetIds":["subnet-1"]})"};
  const auto all = statement("Allow", "ec2:ModifyVpcEndpoint", "arn:aws:ec2:eu-west-1:111122223333:*");
  EXPECT_THAT(missing_actions(plan_of_step(step), caller_with({kReads, all}), Direction::forward), IsEmpty());
  EXPECT_FALSE(missing_actions(plan_of_step(step), caller_with({kReads}), Direction::forward).empty());
}

TEST(Permissions, OfARollbackOnlyTheInversesAreAsked) {
  Step step = update_service();
  step.inverse = {"ecs", "DeregisterTaskDefinition", "eu-west-1", R"({"taskDefinition":"web:2"})"};
  const auto caller = caller_with({kReads, statement("Allow", "ecs:DeregisterTaskDefinition")});
  EXPECT_THAT(missing_actions(plan_of_step(step), caller, Direction::back), IsEmpty());
  EXPECT_THAT(missing_actions(plan_of_step(step), caller, Direction::forward), SizeIs(1));
}

TEST(Permissions, ThatARepositoryMightGrantItIsSaid) {
  Step step = update_service();
  step.request = {"ecr", "PutLifecyclePolicy", "eu-west-1",
                  R"({"repositoryName":"web","lifecyclePolicyText":"{}"})"};
  const auto missing = missing_actions(plan_of_step(step), caller_with({kReads}), Direction::forward);
  ASSERT_THAT(missing, SizeIs(1));
  EXPECT_THAT(missing[0].because, HasSubstr("repository's own policy"));
}

// Answers by operation; what is not there is refused.
class Iam final : public aws::Client {
 public:
  std::map<std::string, json> answers;
  std::vector<core::Result<aws::Answer>> run(std::span<const aws::Call> calls) override {
    std::vector<core::Result<aws::Answer>> out;
    for (const auto& call : calls) {
      const auto found = answers.find(call.operation);
      if (found == answers.end()) {
        out.push_back(core::fail(core::ErrorKind::refused, "no", "", "AccessDenied"));
      } else {
        aws::Answer answer;
        answer.json = found->second.dump();
        out.push_back(answer);
      }
    }
    return out;
  }
  std::string region() const override { return "eu-west-1"; }
  aws::Statistics statistics() const override { return {}; }
};

json listed(const char* key, const json& items) {
  return {{key, items}};
}

TEST(Caller, ARolesPoliciesAndBoundaryAreRead) {
  Iam client;
  const json allow = json::parse(document({statement("Allow", "ecs:*")}));
  client.answers = {
      {"GetCallerIdentity", {{"Arn", kSession}, {"Account", "111122223333"}, {"UserId", "A:me"}}},
      {"GetRole",
       {{"Role",
         {{"Arn", "arn:aws:iam::111122223333:role/ops/deployer"},
          {"PermissionsBoundary",
           {{"PermissionsBoundaryArn", "arn:aws:iam::111122223333:policy/limits"}}}}}}},
      {"ListRolePolicies", listed("PolicyNames", {"own"})},
      {"GetRolePolicy", {{"PolicyDocument", allow}}},
      {"ListAttachedRolePolicies", listed("AttachedPolicies", json::array())},
      {"GetPolicy", {{"Policy", {{"DefaultVersionId", "v3"}}}}},
      {"GetPolicyVersion", {{"PolicyVersion", {{"Document", allow}}}}}};
  const auto caller = read_caller(client, "eu-west-1");
  ASSERT_TRUE(caller);
  EXPECT_EQ(caller->principal.role_arn, "arn:aws:iam::111122223333:role/ops/deployer");
  ASSERT_TRUE(caller->policies.identity);
  EXPECT_THAT(*caller->policies.identity, SizeIs(1));
  ASSERT_TRUE(caller->policies.boundaries);
  EXPECT_THAT(caller->unread, ElementsAre("service control policies (organizations:DescribeOrganization)"));
}

TEST(Caller, AUsersGroupsAreRead) {
  Iam client;
  const json allow = json::parse(document({statement("Allow", "ecs:*")}));
  client.answers = {
      {"GetCallerIdentity", {{"Arn", "arn:aws:iam::111122223333:user/ops/ann"}, {"Account", "111122223333"}}},
      {"GetUser", {{"User", {{"UserName", "ann"}}}}},
      {"ListUserPolicies", listed("PolicyNames", json::array())},
      {"ListAttachedUserPolicies", listed("AttachedPolicies", json::array())},
      {"ListGroupsForUser", listed("Groups", {{{"GroupName", "deployers"}}})},
      {"ListGroupPolicies", listed("PolicyNames", {"own"})},
      {"GetGroupPolicy", {{"PolicyDocument", allow}}},
      {"ListAttachedGroupPolicies", listed("AttachedPolicies", json::array())}};
  const auto caller = read_caller(client, "eu-west-1");
  ASSERT_TRUE(caller && caller->policies.identity);
  EXPECT_THAT(*caller->policies.identity, SizeIs(1));
}

TEST(Caller, OnePolicyThatMayNotBeReadLeavesAllOpen) {
  Iam client;
  client.answers = {{"GetCallerIdentity", {{"Arn", kSession}, {"Account", "111122223333"}}},
                    {"GetRole", {{"Role", {{"Arn", "arn:aws:iam::111122223333:role/deployer"}}}}},
                    {"ListRolePolicies", listed("PolicyNames", {"own"})}};
  const auto caller = read_caller(client, "eu-west-1");
  ASSERT_TRUE(caller);
  EXPECT_FALSE(caller->policies.identity);
  EXPECT_THAT(caller->unread.at(0), HasSubstr("iam:GetRolePolicy"));
  EXPECT_THAT(missing_actions(plan_of_step(update_service()), *caller, Direction::forward), IsEmpty());
}

TEST(Caller, TheRootUserNeedsNoPolicy) {
  Iam client;
  client.answers = {
      {"GetCallerIdentity", {{"Arn", "arn:aws:iam::111122223333:root"}, {"Account", "111122223333"}}}};
  const auto caller = read_caller(client, "eu-west-1");
  ASSERT_TRUE(caller);
  EXPECT_THAT(missing_actions(plan_of_step(update_service()), *caller, Direction::forward), IsEmpty());
}

TEST(Caller, TheManagementAccountIsNotBoundByControlPolicies) {
  Iam client;
  client.answers = {
      {"GetCallerIdentity", {{"Arn", "arn:aws:iam::111122223333:root"}, {"Account", "111122223333"}}},
      {"DescribeOrganization", {{"Organization", {{"MasterAccountId", "111122223333"}}}}}};
  const auto caller = read_caller(client, "eu-west-1");
  ASSERT_TRUE(caller);
  EXPECT_TRUE(caller->principal.in_management_account);
  EXPECT_THAT(caller->unread, IsEmpty());
}

TEST(Caller, ControlPoliciesAreReadFromTheRootDown) {
  Iam client;
  const std::string deny = document({statement("Allow", "*"), statement("Deny", "ecs:UpdateService")});
  client.answers = {
      {"GetCallerIdentity", {{"Arn", "arn:aws:iam::111122223333:root"}, {"Account", "111122223333"}}},
      {"DescribeOrganization", {{"Organization", {{"MasterAccountId", "999988887777"}}}}},
      {"ListParents", listed("Parents", {{{"Id", "r-1"}, {"Type", "ROOT"}}})},
      {"ListPoliciesForTarget", listed("Policies", {{{"Id", "p-1"}, {"Name", "freeze"}}})},
      {"DescribePolicy", {{"Policy", {{"Content", deny}}}}}};
  const auto caller = read_caller(client, "eu-west-1");
  ASSERT_TRUE(caller && caller->policies.scps);
  EXPECT_THAT(*caller->policies.scps, SizeIs(2));
  const auto missing = missing_actions(plan_of_step(update_service()), *caller, Direction::forward);
  ASSERT_FALSE(missing.empty());
  EXPECT_THAT(missing[0].because, HasSubstr("freeze"));
}

}  // namespace
}  // namespace doctor::remedy
