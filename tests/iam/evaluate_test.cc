// Which policy decides, level by level. Pages of the IAM and Organizations User Guides are cited by their
// titles.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "iam/iam_support.h"

namespace doctor::iam::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

const std::string kRole = "arn:aws:iam::111122223333:role/path/task";
const std::string kSession = "arn:aws:sts::111122223333:assumed-role/task/abc";
const std::string kUser = "arn:aws:iam::111122223333:user/bob";
const std::string kBucket = "arn:aws:s3:::bucket/key";

// A request for s3:GetObject in the caller's own account; `more` are further members of the case.
std::string request(const std::string& principal, const std::string& action = "s3:GetObject",
                    const std::string& resource = kBucket,
                    const std::string& more = "'resource_account': '111122223333'") {
  return "'request': {'action': '" + action + "', 'resource': '" + resource + "', 'principal': " + principal +
         ", " + more + "}";
}
std::string quoted(const std::string& text) {
  return "'" + text + "'";
}

std::string statement(const std::string& effect, const std::string& action, const std::string& more = "") {
  return "{'Version': '2012-10-17', 'Statement': [{'Sid': '" + effect + "It', 'Effect': '" + effect +
         "', 'Action': '" + action + "', 'Resource': '*'" + more + "}]}";
}
std::string allow(const std::string& action, const std::string& more = "") {
  return statement("Allow", action, more);
}
std::string deny(const std::string& action, const std::string& more = "") {
  return statement("Deny", action, more);
}
std::string principal(const std::string& arn) {
  return ", 'Principal': {'AWS': '" + arn + "'}";
}

Answer decide(const std::string& members) {
  return answer_to("{" + members + "}");
}

// "Policy evaluation for requests within a single account".
TEST(SingleAccount, IdentityOrResourcePolicyMayAllow) {
  EXPECT_EQ(decide(request(quoted(kUser)) + ", 'identity_policies': [" + allow("s3:Get*") + "]").level,
            "identity");
  const auto by_resource = decide(request(quoted(kUser)) + ", 'identity_policies': [], 'resource_policy': " +
                                  allow("s3:*", principal(kUser)));
  EXPECT_EQ(by_resource.decision, "allowed");
  EXPECT_EQ(by_resource.level, "resource");
  EXPECT_EQ(by_resource.sid, "AllowIt");
}

TEST(SingleAccount, WithoutAnAllowTheRequestIsDeniedImplicitly) {
  const auto answer = decide(request(quoted(kUser)) + ", 'identity_policies': [" + allow("s3:Put*") + "]");
  EXPECT_EQ(answer.decision, "implicit_deny");
  EXPECT_EQ(answer.level, "");
  EXPECT_THAT(answer.blocked_at, ElementsAre("identity"));
}

TEST(SingleAccount, AnExplicitDenyWinsAtEveryLevel) {
  const std::string base =
      request(quoted(kRole), "s3:GetObject", kBucket, "'resource_account': '111122223333', 'context': {}");
  const std::string allows = ", 'identity_policies': [" + allow("*") + "]";
  const auto check = [&](const std::string& level, const std::string& member) {
    const auto answer = decide(base + member + (level == "identity" ? "" : allows));
    EXPECT_EQ(answer.decision, "explicit_deny") << level;
    EXPECT_EQ(answer.level, level);
    EXPECT_EQ(answer.sid, "DenyIt");
  };
  check("identity", ", 'identity_policies': [" + allow("*") + "," + deny("s3:Get*") + "]");
  check("resource", ", 'resource_policy': " + deny("s3:*", ", 'Principal': '*'"));
  check("boundary", ", 'permission_boundaries': [" + allow("*") + "," + deny("s3:*") + "]");
  check("session", ", 'session_policies': [" + deny("s3:*") + "]");
  check("scp",
        ", 'service_control_policies': [[" + allow("*") + "],[" + allow("*") + "," + deny("s3:*") + "]]");
  check("rcp", ", 'resource_control_policies': [[" + deny("s3:*", ", 'Principal': '*'") + "]]");
  check("vpc_endpoint", ", 'vpc_endpoint_policies': [" + deny("s3:*", ", 'Principal': '*'") + "]");
}

TEST(SingleAccount, EveryLevelThatIsInForceMustAllow) {
  const std::string base = request(quoted(kRole)) + ", 'identity_policies': [" + allow("*") + "]";
  const auto check = [&](const std::string& level, const std::string& member, const std::string& empty) {
    EXPECT_EQ(decide(base + member).decision, "implicit_deny");
    EXPECT_THAT(decide(base + member).blocked_at, ElementsAre(level));
    EXPECT_THAT(decide(base + empty).blocked_at, ElementsAre(level));
  };
  check("boundary", ", 'permission_boundaries': [" + allow("ec2:*") + "]", ", 'permission_boundaries': []");
  check("session", ", 'session_policies': [" + allow("s3:*") + "," + allow("ec2:*") + "]",
        ", 'session_policies': []");
  check("scp", ", 'service_control_policies': [[" + allow("*") + "],[" + allow("ec2:*") + "]]",
        ", 'service_control_policies': [[" + allow("*") + "],[]]");
  check("vpc_endpoint", ", 'vpc_endpoint_policies': [" + allow("ec2:*", ", 'Principal': '*'") + "]",
        ", 'vpc_endpoint_policies': []");
}

TEST(SingleAccount, AllLevelsThatFailAreNamed) {
  const auto answer =
      decide(request(quoted(kRole)) +
             ", 'identity_policies': [], 'permission_boundaries': [], 'service_control_policies': [[]]");
  EXPECT_THAT(answer.blocked_at, UnorderedElementsAre("identity", "boundary", "scp"));
}

// "How AWS enforcement code logic evaluates requests to allow or deny access": which grants of a
// resource-based policy are limited by an implicit deny elsewhere.
TEST(ResourcePolicy, NamingTheRoleIsLimitedByBoundaryAndSessionPolicy) {
  const std::string base = request(quoted(kSession)) +
                           ", 'identity_policies': [], 'resource_policy': " + allow("s3:*", principal(kRole));
  EXPECT_EQ(decide(base).decision, "allowed");
  EXPECT_THAT(decide(base + ", 'permission_boundaries': [" + allow("ec2:*") + "]").blocked_at,
              ElementsAre("boundary"));
  EXPECT_THAT(decide(base + ", 'session_policies': [" + allow("ec2:*") + "]").blocked_at,
              ElementsAre("session"));
  EXPECT_EQ(decide(base + ", 'permission_boundaries': [" + allow("s3:*") + "]").decision, "allowed");
}

TEST(ResourcePolicy, NamingTheSessionOrTheUserIsNot) {
  const std::string limits = ", 'identity_policies': [], 'permission_boundaries': [], 'session_policies': []";
  EXPECT_EQ(decide(request(quoted(kSession)) + limits +
                   ", 'resource_policy': " + allow("s3:*", principal(kSession)))
                .decision,
            "allowed");
  EXPECT_EQ(decide(request(quoted(kUser)) +
                   ", 'identity_policies': [], 'permission_boundaries': [], 'resource_policy': " +
                   allow("s3:*", principal(kUser)))
                .decision,
            "allowed");
}

TEST(ResourcePolicy, EveryoneWithPrincipalArnInAConditionIsNotLimitedEither) {
  const std::string policy = allow("s3:*",
                                   ", 'Principal': '*', 'Condition': {'ArnEquals': {'aws:PrincipalArn': "
                                   "'arn:aws:iam::111122223333:role/task'}}");
  EXPECT_EQ(decide(request(quoted(kSession)) +
                   ", 'identity_policies': [], 'permission_boundaries': [], 'resource_policy': " + policy)
                .decision,
            "allowed");
}

TEST(ResourcePolicy, AnExplicitDenyInABoundaryStillWins) {
  EXPECT_EQ(decide(request(quoted(kUser)) + ", 'permission_boundaries': [" + deny("s3:*") +
                   "], 'resource_policy': " + allow("s3:*", principal(kUser)))
                .decision,
            "explicit_deny");
}

TEST(ResourcePolicy, NamingTheAccountLeavesItToIdentityPolicies) {
  const std::string policy = ", 'resource_policy': " + allow("s3:*", principal("111122223333"));
  EXPECT_EQ(decide(request(quoted(kUser)) + ", 'identity_policies': []" + policy).decision, "implicit_deny");
  EXPECT_EQ(
      decide(request(quoted(kUser)) + ", 'identity_policies': [" + allow("s3:*") + "]" + policy).decision,
      "allowed");
}

TEST(ResourcePolicy, FederatedUsersNeedASessionPolicyOrAGrantToTheirSession) {
  const std::string federated = "'arn:aws:sts::111122223333:federated-user/ann'";
  EXPECT_THAT(decide(request(federated) + ", 'identity_policies': [" + allow("*") + "]").blocked_at,
              ElementsAre("session"));
  EXPECT_EQ(decide(request(federated) + ", 'identity_policies': [" + allow("*") + "], 'session_policies': [" +
                   allow("s3:*") + "]")
                .decision,
            "allowed");
  EXPECT_EQ(decide(request(federated) + ", 'resource_policy': " +
                   allow("s3:*", principal("arn:aws:sts::111122223333:federated-user/ann")))
                .decision,
            "allowed");
  const std::string parent = "{'arn': " + federated + ", 'user_arn': '" + kUser + "'}";
  EXPECT_THAT(decide(request(parent) +
                     ", 'session_policies': [], 'resource_policy': " + allow("s3:*", principal(kUser)))
                  .blocked_at,
              ElementsAre("session"));
}

// "Cross-account policy evaluation logic".
TEST(CrossAccount, BothAccountsMustAllow) {
  const std::string base =
      request(quoted(kRole), "s3:GetObject", kBucket, "'resource_account': '444455556666'");
  const std::string identity = ", 'identity_policies': [" + allow("s3:*") + "]";
  EXPECT_EQ(decide(base + identity + ", 'resource_policy': " + allow("s3:*", principal(kRole))).decision,
            "allowed");
  EXPECT_EQ(
      decide(base + identity + ", 'resource_policy': " + allow("s3:*", principal("111122223333"))).decision,
      "allowed");
  EXPECT_THAT(decide(base + identity).blocked_at, ElementsAre("resource"));
  EXPECT_THAT(
      decide(base + identity + ", 'resource_policy': " + allow("s3:*", principal("444455556666"))).blocked_at,
      ElementsAre("resource"));
  EXPECT_THAT(
      decide(base + ", 'identity_policies': [], 'resource_policy': " + allow("s3:*", principal(kRole)))
          .blocked_at,
      ElementsAre("identity"));
}

TEST(CrossAccount, NamingTheSessionDoesNotReplaceTheIdentityPolicy) {
  const std::string base =
      request(quoted(kSession), "s3:GetObject", kBucket, "'resource_account': '444455556666'");
  EXPECT_THAT(
      decide(base + ", 'identity_policies': [" + allow("*") +
             "], 'permission_boundaries': [], 'resource_policy': " + allow("s3:*", principal(kSession)))
          .blocked_at,
      ElementsAre("boundary"));
}

// "IAM role trust policies and KMS key policies are exceptions".
TEST(RoleTrust, MustAllowEvenItsOwnAccount) {
  const std::string base = request(quoted(kUser), "sts:AssumeRole", "arn:aws:iam::111122223333:role/admin");
  const std::string identity = ", 'identity_policies': [" + allow("sts:AssumeRole") + "]";
  const auto trust = [](const std::string& who) {
    return ", 'resource_policy': {'Version': '2012-10-17', 'Statement': {'Effect': 'Allow', 'Action': "
           "'sts:AssumeRole', 'Principal': {'AWS': '" +
           who + "'}}}";
  };
  EXPECT_THAT(decide(base + identity).blocked_at, ElementsAre("resource"));
  EXPECT_THAT(decide(base + identity + trust("arn:aws:iam::111122223333:user/eve")).blocked_at,
              ElementsAre("resource"));
  EXPECT_EQ(decide(base + ", 'identity_policies': []" + trust(kUser)).decision, "allowed");
  EXPECT_EQ(decide(base + identity + trust("arn:aws:iam::111122223333:root")).decision, "allowed");
  EXPECT_EQ(decide(base + ", 'identity_policies': []" + trust("arn:aws:iam::111122223333:root")).decision,
            "implicit_deny");
}

TEST(RoleTrust, ServicesAndIdentityProvidersNeedOnlyIt) {
  const std::string role = "arn:aws:iam::111122223333:role/task";
  const std::string trust =
      ", 'resource_policy': {'Statement': [{'Effect': 'Allow', 'Action': ['sts:AssumeRole', "
      "'sts:AssumeRoleWithWebIdentity'], 'Principal': {'Service': 'ecs-tasks.amazonaws.com', 'Federated': "
      "'arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com'}}]}";
  EXPECT_EQ(decide(request("'ecs-tasks.amazonaws.com'", "sts:AssumeRole", role) + trust).decision, "allowed");
  EXPECT_EQ(decide(request("'ecs.amazonaws.com'", "sts:AssumeRole", role) + trust).decision, "implicit_deny");
  EXPECT_EQ(
      decide(
          request(
              "{'federated': 'arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com'}",
              "sts:AssumeRoleWithWebIdentity", role) +
          trust)
          .decision,
      "allowed");
}

TEST(KeyPolicy, MustAllowEvenItsOwnAccount) {
  const std::string key = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
  const std::string base =
      request(quoted(kRole), "kms:Decrypt", key) + ", 'identity_policies': [" + allow("kms:*") + "]";
  EXPECT_THAT(decide(base).blocked_at, ElementsAre("resource"));
  EXPECT_EQ(
      decide(base + ", 'resource_policy': " + allow("kms:*", principal("arn:aws:iam::111122223333:root")))
          .decision,
      "allowed");
}

// "SCP evaluation", "Service control policies (SCPs)".
TEST(Scp, DoNotBindServiceLinkedRolesServicesOrTheManagementAccount) {
  const std::string scps =
      ", 'service_control_policies': [[" + deny("*") + "]], 'identity_policies': [" + allow("*") + "]";
  EXPECT_EQ(decide(request(quoted(kRole)) + scps).decision, "explicit_deny");
  EXPECT_EQ(
      decide(request(
                 "'arn:aws:iam::111122223333:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS'") +
             scps)
          .decision,
      "allowed");
  EXPECT_EQ(
      decide(request("'arn:aws:sts::111122223333:assumed-role/AWSServiceRoleForECS/ecs'") + scps).decision,
      "allowed");
  EXPECT_EQ(decide(request("{'arn': '" + kRole + "', 'in_management_account': true}") + scps).decision,
            "allowed");
  EXPECT_EQ(decide(request("'ecs.amazonaws.com'") + scps +
                   ", 'resource_policy': " + allow("s3:*", ", 'Principal': {'Service': 'ecs.amazonaws.com'}"))
                .decision,
            "allowed");
}

TEST(Scp, BindTheRootUserOfAMemberAccount) {
  EXPECT_EQ(decide(request("'111122223333'")).decision, "allowed");
  EXPECT_THAT(decide(request("'111122223333'") + ", 'service_control_policies': [[" + allow("ec2:*") + "]]")
                  .blocked_at,
              ElementsAre("scp"));
}

// "Resource control policies (RCPs)".
TEST(Rcp, FullAccessIsImpliedAtEveryLevel) {
  EXPECT_EQ(decide(request(quoted(kRole)) + ", 'identity_policies': [" + allow("*") +
                   "], 'resource_control_policies': [[],[]]")
                .decision,
            "allowed");
}

TEST(Rcp, DoNotBindServiceLinkedRolesTheManagementAccountOrServicesOutOfReach) {
  const std::string rcps = ", 'identity_policies': [" + allow("*") + "], 'resource_control_policies': [[" +
                           deny("*", ", 'Principal': '*'") + "]]";
  EXPECT_EQ(decide(request(quoted(kRole)) + rcps).decision, "explicit_deny");
  EXPECT_EQ(
      decide(request("'arn:aws:sts::111122223333:assumed-role/AWSServiceRoleForECS/ecs'") + rcps).decision,
      "allowed");
  EXPECT_EQ(decide(request(quoted(kRole), "s3:GetObject", kBucket,
                           "'resource_account': '111122223333', 'resource_in_management_account': true") +
                   rcps)
                .decision,
            "allowed");
  EXPECT_EQ(decide(request(quoted(kRole), "ec2:RunInstances", "*") + rcps).decision, "allowed");
}

TEST(Rcp, BindStrangersToo) {
  const std::string stranger = request("'arn:aws:iam::999999999999:role/x'") + ", 'identity_policies': [" +
                               allow("*") + "], 'resource_policy': " + allow("s3:*", ", 'Principal': '*'");
  EXPECT_EQ(decide(stranger).decision, "allowed");
  EXPECT_EQ(
      decide(stranger + ", 'resource_control_policies': [[" +
             deny("s3:*",
                  ", 'Principal': '*', 'Condition': {'StringNotEqualsIfExists': {'aws:PrincipalAccount': "
                  "'111122223333'}, 'BoolIfExists': {'aws:PrincipalIsAWSService': 'false'}}") +
             "]]")
          .decision,
      "explicit_deny");
}

TEST(Principals, NobodyInParticularIsAllowedOnlyByEveryone) {
  EXPECT_EQ(decide(request("'*'") + ", 'resource_policy': " + allow("s3:*", ", 'Principal': '*'")).decision,
            "allowed");
  EXPECT_EQ(decide(request("'*'") + ", 'resource_policy': " + allow("s3:*", principal("*"))).decision,
            "allowed");
  EXPECT_EQ(
      decide(request("'*'") + ", 'resource_policy': " + allow("s3:*", principal("111122223333"))).decision,
      "implicit_deny");
}

// "AWS JSON policy elements: NotPrincipal".
TEST(NotPrincipal, SparesWhomItListsTogetherWithTheirAccount) {
  const std::string base = request(quoted(kUser)) + ", 'identity_policies': [" + allow("*") + "]";
  const auto policy = [](const std::string& who) {
    return ", 'resource_policy': " + deny("s3:*", ", 'NotPrincipal': {'AWS': " + who + "}");
  };
  EXPECT_EQ(decide(base + policy("['" + kUser + "', 'arn:aws:iam::111122223333:root']")).decision, "allowed");
  EXPECT_EQ(decide(base + policy("['arn:aws:iam::111122223333:user/eve', 'arn:aws:iam::111122223333:root']"))
                .decision,
            "explicit_deny");
  EXPECT_EQ(decide(base + policy("'" + kUser + "'")).decision, "explicit_deny");
  EXPECT_EQ(decide(base + ", 'permission_boundaries': [" + allow("*") + "]" +
                   policy("['" + kUser + "', 'arn:aws:iam::111122223333:root']"))
                .decision,
            "explicit_deny");
}

TEST(NotActionAndNotResource, CoverEverythingElse) {
  const std::string policy =
      ", 'identity_policies': [{'Statement': {'Effect': 'Allow', 'NotAction': 'iam:*', 'NotResource': "
      "'arn:aws:s3:::secret/*'}}]";
  EXPECT_EQ(decide(request(quoted(kRole)) + policy).decision, "allowed");
  EXPECT_EQ(decide(request(quoted(kRole), "iam:GetRole", "*") + policy).decision, "implicit_deny");
  EXPECT_EQ(decide(request(quoted(kRole), "s3:GetObject", "arn:aws:s3:::secret/x") + policy).decision,
            "implicit_deny");
}

// "IAM JSON policy elements: Resource" and "…: Action".
TEST(Wildcards, FollowTheRulesOfActionsAndArns) {
  const auto with = [](const std::string& action, const std::string& resource,
                       const std::string& asked_action, const std::string& asked) {
    return decide(request(quoted(kRole), asked_action, asked) +
                  ", 'identity_policies': [{'Statement': {'Effect': 'Allow', 'Action': '" + action +
                  "', 'Resource': '" + resource + "'}}]")
        .decision;
  };
  EXPECT_EQ(with("S3:get?bject", "*", "s3:GetObject", kBucket), "allowed");
  EXPECT_EQ(with("s3:Get", "*", "s3:GetObject", kBucket), "implicit_deny");
  EXPECT_EQ(with("s3:*", "arn:aws:s3:::Bucket/*", "s3:GetObject", kBucket), "implicit_deny");
  EXPECT_EQ(with("s3:*", "arn:aws:s3:::bucket/*/test/*", "s3:GetObject",
                 "arn:aws:s3:::bucket/1/2/test/3/object.jpg"),
            "allowed");
  EXPECT_EQ(with("sqs:*", "arn:aws:sqs:*:111122223333:q", "sqs:SendMessage",
                 "arn:aws:sqs:eu-west-1:111122223333:q"),
            "allowed");
  EXPECT_EQ(with("sqs:*", "arn:aws:sqs:eu-w*t-1:111122223333:q", "sqs:SendMessage",
                 "arn:aws:sqs:eu-west-1:111122223333:q"),
            "allowed");
  EXPECT_EQ(with("logs:*", "arn:aws:logs:e*t-1:1*3:log-group:a*", "logs:PutLogEvents",
                 "arn:aws:logs:eu-west-1:111122223333:log-group:a:log-stream:b"),
            "allowed");
}

TEST(Variables, InAResourceFollowTheCaller) {
  const std::string policy =
      ", 'identity_policies': [{'Version': '2012-10-17', 'Statement': {'Effect': 'Allow', 'Action': 's3:*', "
      "'Resource': 'arn:aws:s3:::home/${aws:username}/*'}}]";
  EXPECT_EQ(decide(request(quoted(kUser), "s3:GetObject", "arn:aws:s3:::home/bob/x") + policy).decision,
            "allowed");
  EXPECT_EQ(decide(request(quoted(kUser), "s3:GetObject", "arn:aws:s3:::home/eve/x") + policy).decision,
            "implicit_deny");
  EXPECT_EQ(decide(request(quoted(kRole), "s3:GetObject", "arn:aws:s3:::home/bob/x") + policy).decision,
            "implicit_deny");
}

TEST(Variables, AreOnlyTextBeforeVersion2012) {
  const std::string policy =
      ", 'identity_policies': [{'Version': '2008-10-17', 'Statement': {'Effect': 'Allow', 'Action': 's3:*', "
      "'Resource': 'arn:aws:s3:::home/${aws:username}/*'}}]";
  EXPECT_EQ(decide(request(quoted(kUser), "s3:GetObject", "arn:aws:s3:::home/bob/x") + policy).decision,
            "implicit_deny");
  EXPECT_EQ(
      decide(request(quoted(kUser), "s3:GetObject", "arn:aws:s3:::home/${aws:username}/x") + policy).decision,
      "allowed");
}

TEST(Depends, NamesTheKeysThatDecide) {
  const std::string conditional = allow("s3:*",
                                        ", 'Condition': {'StringEquals': {'aws:SourceVpce': 'vpce-1'}, "
                                        "'Bool': {'aws:SecureTransport': 'true'}}");
  const auto answer = decide(request(quoted(kRole)) + ", 'identity_policies': [" + conditional + "]");
  EXPECT_EQ(answer.decision, "depends");
  EXPECT_THAT(answer.depends_on, UnorderedElementsAre("aws:SourceVpce", "aws:SecureTransport"));
}

TEST(Depends, OnlyWhereTheUnknownKeyCanTurnTheAnswer) {
  const std::string maybe = ", 'Condition': {'StringEquals': {'aws:SourceVpce': 'vpce-1'}}";
  const std::string base = request(quoted(kRole));
  EXPECT_EQ(
      decide(base + ", 'identity_policies': [" + allow("s3:*", maybe) + "," + allow("*") + "]").decision,
      "allowed");
  EXPECT_EQ(decide(base + ", 'identity_policies': [" + allow("s3:*", maybe) + "," + deny("*") + "]").decision,
            "explicit_deny");
  EXPECT_EQ(decide(base + ", 'identity_policies': [" + deny("s3:*", maybe) + "]").decision, "implicit_deny");
  EXPECT_EQ(decide(base + ", 'identity_policies': [" + allow("*") + "," + deny("s3:*", maybe) + "]").decision,
            "depends");
  EXPECT_EQ(
      decide(base + ", 'identity_policies': [" + allow("*", maybe) + "], 'service_control_policies': [[]]")
          .decision,
      "implicit_deny");
}

TEST(Depends, KeysThatCannotMatterAreNotNamed) {
  const auto answer =
      decide(request(quoted(kRole)) + ", 'identity_policies': [" +
             allow("*", ", 'Condition': {'StringEquals': {'a:x': '1'}}") + "], 'permission_boundaries': [" +
             allow("*") + "," + allow("*") + "], 'resource_policy': " +
             allow("s3:*", principal("111122223333") + ", 'Condition': {'StringEquals': {'a:y': '1'}}"));
  EXPECT_THAT(answer.depends_on, ElementsAre("a:x"));
}

TEST(Depends, KeysThatFollowFromTheRequestAreKnown) {
  const auto with = [](const std::string& who, const std::string& condition) {
    return decide(request(who) + ", 'identity_policies': [" + allow("*", ", 'Condition': " + condition) + "]")
        .decision;
  };
  EXPECT_EQ(
      with(quoted(kSession), "{'ArnEquals': {'aws:PrincipalArn': 'arn:aws:iam::111122223333:role/task'}}"),
      "allowed");
  EXPECT_EQ(with("{'arn': '" + kSession + "', 'role_arn': '" + kRole + "'}",
                 "{'ArnEquals': {'aws:PrincipalArn': '" + kRole + "'}}"),
            "allowed");
  EXPECT_EQ(with(quoted(kRole),
                 "{'StringEquals': {'aws:PrincipalAccount': '111122223333', 'aws:ResourceAccount': "
                 "'111122223333', 'aws:PrincipalType': 'AssumedRole'}, 'Bool': {'aws:PrincipalIsAWSService': "
                 "'false'}, 'Null': {'aws:username': 'true'}}"),
            "allowed");
  EXPECT_EQ(with(quoted(kUser), "{'StringEquals': {'aws:username': 'bob'}}"), "allowed");
}

TEST(Decision, NamesThePolicyItsStatementAndItsLine) {
  const auto answer =
      answer_to("{\n'name': 'x',\n" + request(quoted(kRole)) +
                ",\n'identity_policies': [\n{'Statement': [\n{'Effect': 'Allow', 'Action': '*', 'Resource': "
                "'*'},\n  {'Sid': 'No', 'Effect': 'Deny', 'Action': 's3:*', 'Resource': '*'}]}]}");
  EXPECT_EQ(answer.sid, "No");
  EXPECT_EQ(answer.line, 7);
}

}  // namespace
}  // namespace doctor::iam::test
