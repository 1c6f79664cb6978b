// Each of AWS's wordings. The sentences follow "Troubleshoot access denied error messages" and "Troubleshoot
// access denied error messages with authorization ID (Preview)" (IAM User Guide), "Troubleshoot access denied
// (403 Forbidden) errors in Amazon S3" and "Amazon ECS stopped tasks error messages".
#include "iam/denial.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "iam/api_call.h"
#include "iam/denial_proof.h"

namespace doctor::iam {
namespace {

Denial denial_of(std::string_view text) {
  auto denial = parse_denial(text);
  EXPECT_TRUE(denial) << (denial ? "" : denial.error().sentence);
  return denial ? *denial : Denial{};
}

constexpr std::string_view kUser = "arn:aws:iam::123456789012:user/John";

struct Wording {
  std::string_view reason;
  DenialKind kind;
  PolicyType type;
};

class Wordings : public ::testing::TestWithParam<Wording> {};

TEST_P(Wordings, TellKindAndLevelWithAndWithoutResource) {
  for (const std::string resource : {"", " on resource: arn:aws:ecs:us-east-1:123456789012:cluster/prod"}) {
    const std::string text = "User: " + std::string(kUser) +
                             " is not authorized to perform: ecs:DescribeClusters" + resource + " " +
                             std::string(GetParam().reason);
    const auto denial = denial_of(text);
    EXPECT_EQ(denial.principal, kUser);
    EXPECT_EQ(denial.action, "ecs:DescribeClusters");
    EXPECT_EQ(denial.resource, resource.empty() ? "" : "arn:aws:ecs:us-east-1:123456789012:cluster/prod");
    EXPECT_EQ(denial.kind, GetParam().kind) << text;
    EXPECT_EQ(denial.policy_type, GetParam().type) << text;
    EXPECT_EQ(denial.policy, "");
  }
}

constexpr auto kExplicit = DenialKind::explicit_deny;
constexpr auto kImplicit = DenialKind::implicit_deny;

INSTANTIATE_TEST_SUITE_P(
    OfTheUserGuide, Wordings,
    ::testing::Values(
        Wording{"because no service control policy allows the ecs:DescribeClusters action", kImplicit,
                PolicyType::scp},
        Wording{"with an explicit deny in a service control policy", kExplicit, PolicyType::scp},
        Wording{"with an explicit deny in a resource control policy", kExplicit, PolicyType::rcp},
        Wording{"because no VPC endpoint policy allows the ecs:DescribeClusters action", kImplicit,
                PolicyType::vpc_endpoint},
        Wording{"with an explicit deny in a VPC endpoint policy", kExplicit, PolicyType::vpc_endpoint},
        Wording{"because no permissions boundary allows the ecs:DescribeClusters action", kImplicit,
                PolicyType::boundary},
        Wording{"with an explicit deny in a permissions boundary", kExplicit, PolicyType::boundary},
        Wording{"because no session policy allows the ecs:DescribeClusters action", kImplicit,
                PolicyType::session},
        Wording{"with an explicit deny in a session policy", kExplicit, PolicyType::session},
        Wording{"with an explicit deny in a sessions policy", kExplicit, PolicyType::session},
        Wording{"because no resource-based policy allows the ecs:DescribeClusters action", kImplicit,
                PolicyType::resource},
        Wording{"with an explicit deny in a resource-based policy", kExplicit, PolicyType::resource},
        Wording{"because no role trust policy allows the sts:AssumeRole action", kImplicit,
                PolicyType::trust},
        Wording{"with an explicit deny in the role trust policy", kExplicit, PolicyType::trust},
        Wording{"because no identity-based policy allows the ecs:DescribeClusters action", kImplicit,
                PolicyType::identity},
        Wording{"with an explicit deny in an identity-based policy", kExplicit, PolicyType::identity},
        // The Deny stands in the SCP, although the endpoint's name is there too.
        Wording{
            "with an explicit deny in a VPC endpoint policy transitively through a service control policy",
            kExplicit, PolicyType::scp},
        Wording{"due to an explicit deny in a Service Control Policy", kExplicit, PolicyType::scp},
        Wording{"with an explicit deny", kExplicit, PolicyType::unknown},
        Wording{"", DenialKind::unknown, PolicyType::unknown}));

TEST(Denial, NamesThePolicyByItsArnInBothForms) {
  const std::string sentence =
      "User: arn:aws:iam::777788889999:user/Mary is not authorized to perform:\ns3:GetObject with an "
      "explicit deny in a service control policy";
  constexpr std::string_view kArn =
      "arn:aws:organizations::777788889999:policy/o-exampleorgid/service_control_policy/p-examplepolicyid";
  for (const std::string joint : {", with policy ARN:\n", ": "}) {
    const auto denial = denial_of(sentence + joint + std::string(kArn) + ".");
    EXPECT_EQ(denial.policy, kArn);
    EXPECT_EQ(denial.policy_type, PolicyType::scp);
    EXPECT_EQ(denial.kind, kExplicit);
  }
}

TEST(Denial, APolicyNamedLikeAnotherLevelDoesNotChangeTheLevel) {
  const auto denial = denial_of(
      "User: arn:aws:iam::123456789012:user/John is not authorized to perform: ecs:RunTask with an explicit "
      "deny in an "
      "identity-based policy: arn:aws:iam::123456789012:policy/permissions-boundary-of-session");
  EXPECT_EQ(denial.policy_type, PolicyType::identity);
  EXPECT_EQ(denial.policy, "arn:aws:iam::123456789012:policy/permissions-boundary-of-session");
}

TEST(Denial, GivesTheAuthorizationIdOfThePreview) {
  const auto denial = denial_of(
      "User: arn:aws:iam::123456789012:user/janedoe is not authorized to perform: iam:CreateInstanceProfile\n"
      "on resource: arn:aws:iam::123456789012:instance-profile/my-instance-profile\n"
      "with an explicit deny in an identity-based policy: "
      "arn:aws:iam::123456789012:policy/ExampleDenyPolicy.\n"
      "Go to "
      "https://us-east-1.console.aws.amazon.com/iam/home?region=us-east-1#/authorization-details/"
      "abc1234example for "
      "complete details,\nor call the GetRequestAuthorizationDetails API with the following authorization "
      "id: abc1234example");
  EXPECT_EQ(denial.authorization_id, "abc1234example");
  EXPECT_EQ(denial.policy, "arn:aws:iam::123456789012:policy/ExampleDenyPolicy");
  EXPECT_EQ(denial.resource, "arn:aws:iam::123456789012:instance-profile/my-instance-profile");
}

TEST(Denial, ReadsTheStoppedReasonOfATaskThroughEveryWrapper) {
  const auto denial = denial_of(
      "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval "
      "failed: unable to "
      "retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret "
      "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf from secrets manager: operation error "
      "Secrets Manager: "
      "GetSecretValue, https response error StatusCode: 400, RequestID: "
      "047440d4-e3fb-4209-af2d-d60c94cd45f0, api error "
      "AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role/exec/0f9d is not authorized to "
      "perform: "
      "secretsmanager:GetSecretValue on resource: "
      "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf because no "
      "identity-based policy allows the secretsmanager:GetSecretValue action");
  EXPECT_EQ(denial.principal, "arn:aws:sts::111122223333:assumed-role/exec/0f9d");
  EXPECT_EQ(denial.action, "secretsmanager:GetSecretValue");
  EXPECT_EQ(denial.resource, "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf");
  EXPECT_EQ(denial.code, "AccessDeniedException");
  EXPECT_EQ(denial.operation, "GetSecretValue");
  EXPECT_EQ(denial.request_id, "047440d4-e3fb-4209-af2d-d60c94cd45f0");
}

TEST(Denial, ReadsTheJavaSdkTail) {
  const auto denial = denial_of(
      "User: arn:aws:sts::111122223333:assumed-role/web/s is not authorized to perform: "
      "ecr:GetAuthorizationToken on resource: "
      "* because no identity-based policy allows the ecr:GetAuthorizationToken action (Service: AmazonECR; "
      "Status Code: 400; "
      "Error Code: AccessDeniedException; Request ID: 6f9f2b1c-0d4e; Proxy: null)");
  EXPECT_EQ(denial.resource, "*");
  EXPECT_EQ(denial.kind, kImplicit);
  EXPECT_EQ(denial.policy_type, PolicyType::identity);
  EXPECT_EQ(denial.code, "AccessDeniedException");
  EXPECT_EQ(denial.request_id, "6f9f2b1c-0d4e");
}

TEST(Denial, KeepsTheEncodedMessageWholeAlthoughTheTerminalWrappedIt) {
  const auto denial = denial_of(
      "An error occurred (UnauthorizedOperation) when calling the RunInstances operation: You are not "
      "authorized to perform "
      "this operation. User: arn:aws:iam::111122223333:user/ann is not authorized to perform: "
      "ec2:RunInstances on resource: "
      "arn:aws:ec2:ap-south-1:111122223333:instance/* with an explicit deny in an identity-based policy: "
      "arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV3. Encoded authorization failure message: "
      "GHi3Mmcygm9wNWTt_xemhhQKY\nGdXfcL1Dn5-TQURkzFSRZy\n\tstatus code: 403, request id: 8d0c");
  EXPECT_EQ(denial.encoded_message, "GHi3Mmcygm9wNWTt_xemhhQKYGdXfcL1Dn5-TQURkzFSRZy");
  EXPECT_EQ(denial.policy, "arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV3");
  EXPECT_EQ(denial.code, "UnauthorizedOperation");
  EXPECT_EQ(denial.operation, "RunInstances");
  EXPECT_EQ(denial.request_id, "8d0c");
}

TEST(Denial, OfEc2WithoutAnySentenceHasTheEncodedMessageAlone) {
  const auto denial = denial_of(
      "You are not authorized to perform this operation. Encoded authorization failure message: "
      "abcDEF-123_x");
  EXPECT_EQ(denial.encoded_message, "abcDEF-123_x");
  EXPECT_EQ(denial.action, "");
  EXPECT_EQ(denial.kind, DenialKind::unknown);
}

TEST(Denial, OfS3SaysNothingButTheOperation) {
  const auto denial =
      denial_of("An error occurred (AccessDenied) when calling the ListObjectsV2 operation: Access Denied");
  EXPECT_EQ(denial.action, "");
  EXPECT_EQ(with_action_of_operation(denial).action, "s3:ListBucket");
}

TEST(Denial, WithAnOperationOfSeveralServicesStaysOpen) {
  const auto denial =
      denial_of("An error occurred (AccessDeniedException) when calling the TagResource operation: denied");
  EXPECT_EQ(with_action_of_operation(denial).action, "");
}

TEST(Denial, QuotedS3ObjectMayHoldSpaces) {
  const auto denial = denial_of(
      "User: arn:aws:iam::123456789012:user/Mary is not authorized to perform: s3:GetObject on resource: "
      "\"arn:aws:s3:::amzn-s3-demo-bucket1/a b.txt\" because no identity-based policy allows the "
      "s3:GetObject action");
  EXPECT_EQ(denial.resource, "arn:aws:s3:::amzn-s3-demo-bucket1/a b.txt");
}

TEST(Denial, ByASettingOfS3IsNoPolicys) {
  for (const std::string_view reason :
       {"because this bucket has blocked upload requests that specify Server Side Encryption with Customer "
        "provided keys "
        "(SSE-C).",
        "because public ACLs are prevented by the BlockPublicAcls setting in S3 Block Public Access."}) {
    const auto denial = denial_of(
        "User: arn:aws:iam::123456789012:user/Mary is not authorized to perform: s3:PutObject on "
        "resource: \"arn:aws:s3:::b/k\" " +
        std::string(reason));
    EXPECT_EQ(denial.policy_type, PolicyType::setting) << reason;
    EXPECT_EQ(denial.kind, kExplicit);
  }
}

TEST(Denial, SpellsTheServiceAsPoliciesDo) {
  const auto denial = denial_of(
      "User: arn:aws:sts::111122223333:assumed-role/r/s is not authorized to perform: SNS:Publish on "
      "resource: arn:aws:sns:us-east-1:444455556666:t because no resource-based policy allows the "
      "SNS:Publish action");
  EXPECT_EQ(denial.action, "sns:Publish");
}

TEST(Denial, KeepsIamsShortNames) {
  const auto denial = denial_of(
      "User: arn:aws:sts::111122223333:assumed-role/r/s is not authorized to perform: iam:GetRole on "
      "resource: role voclabs with an explicit deny in an identity-based policy");
  EXPECT_EQ(denial.resource, "role voclabs");
}

TEST(Denial, ReadsAnErrorBody) {
  const auto denial = denial_of(
      R"({"__type":"com.amazon.coral.service#AccessDeniedException","Message":"User: arn:aws:iam::123456789012:user/a is not authorized to perform: ssm:GetParameters on resource: \"arn:aws:ssm:us-east-1:123456789012:parameter/x\" because no identity-based policy allows the ssm:GetParameters action"})");
  EXPECT_EQ(denial.code, "AccessDeniedException");
  EXPECT_EQ(denial.resource, "arn:aws:ssm:us-east-1:123456789012:parameter/x");
}

TEST(Denial, OfServicesWithOwnWords) {
  const auto role = denial_of(
      "ECS was unable to assume the role 'arn:aws:iam::111122223333:role/web' that was provided for this "
      "task. Please verify "
      "that the role being passed has the proper trust relationship and permissions and that your IAM user "
      "has permissions to "
      "pass this role.");
  EXPECT_EQ(role.action, "sts:AssumeRole");
  EXPECT_EQ(role.resource, "arn:aws:iam::111122223333:role/web");
  EXPECT_EQ(role.principal, "ecs-tasks.amazonaws.com");
  EXPECT_EQ(role.kind, DenialKind::unknown);

  const auto web = denial_of(
      "An error occurred (AccessDenied) when calling the AssumeRoleWithWebIdentity operation: Not "
      "authorized to perform sts:AssumeRoleWithWebIdentity");
  EXPECT_EQ(web.action, "sts:AssumeRoleWithWebIdentity");
  EXPECT_EQ(web.policy_type, PolicyType::trust);

  const auto key = denial_of(
      "The ciphertext refers to a customer master key that does not exist, does not exist in this "
      "region, or you are not allowed to access.");
  EXPECT_EQ(key.action, "kms:Decrypt");
  EXPECT_EQ(key.policy_type, PolicyType::unknown);

  const auto mount = denial_of(
      "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: "
      "mount.nfs4: access denied by server while mounting 127.0.0.1:/");
  EXPECT_EQ(mount.action, "elasticfilesystem:ClientMount");
}

TEST(Denial, SeveralInOneTextComeInOrder) {
  const auto denials = parse_denials(
      "User: arn:aws:iam::123456789012:user/a is not authorized to perform: ecs:RunTask because no "
      "identity-based policy allows "
      "the ecs:RunTask action\nUser: arn:aws:iam::123456789012:user/b is not authorized to perform: "
      "ecs:StopTask with an "
      "explicit deny in a service control policy");
  ASSERT_TRUE(denials);
  ASSERT_EQ(denials->size(), 2u);
  EXPECT_EQ((*denials)[0].action, "ecs:RunTask");
  EXPECT_EQ((*denials)[0].kind, kImplicit);
  EXPECT_EQ((*denials)[1].principal, "arn:aws:iam::123456789012:user/b");
  EXPECT_EQ((*denials)[1].policy_type, PolicyType::scp);
}

constexpr std::string_view kDecoded =
    R"({"allowed":false,"explicitDeny":true,"matchedStatements":{"items":[{"statementId":"DenyStop","effect":"DENY"}]},)"
    R"("failures":{"items":[]},"context":{"principal":{"id":"AROA:s","arn":"arn:aws:sts::111122223333:assumed-role/r/s"},)"
    R"("action":"ec2:StopInstances","resource":"arn:aws:ec2:us-east-1:111122223333:instance/i-0f",)"
    R"("conditions":{"items":[{"key":"ec2:Tenancy","values":{"items":[{"value":"default"}]}}]}}})";

TEST(DecodedMessage, GivesContextAndMatchedStatements) {
  const auto denial = denial_of(kDecoded);
  EXPECT_EQ(denial.action, "ec2:StopInstances");
  EXPECT_EQ(denial.kind, kExplicit);
  ASSERT_EQ(denial.statements.size(), 1u);
  EXPECT_EQ(denial.statements[0].sid, "DenyStop");
  ASSERT_EQ(denial.context.size(), 1u);
  EXPECT_EQ(denial.context[0].first, "ec2:Tenancy");
  EXPECT_EQ(denial.context[0].second, std::vector<std::string>{"default"});
}

TEST(DecodedMessage, IsReadAsTheCliPrintsIt) {
  const auto denial = denial_of("{\"DecodedMessage\": " + core::json_quoted(kDecoded) + "}");
  EXPECT_EQ(denial.principal, "arn:aws:sts::111122223333:assumed-role/r/s");
}

TEST(DecodedMessage, ThatAllowsIsNoDenial) {
  const auto denial =
      parse_denial(R"({"allowed":true,"explicitDeny":false,"context":{"action":"ec2:StopInstances"}})");
  ASSERT_FALSE(denial);
  EXPECT_EQ(denial.error().kind, core::ErrorKind::bad_input);
}

TEST(Denial, TextWithoutOneIsAnErrorThatSaysWhatToPaste) {
  for (const std::string_view text :
       {"", "CannotPullContainerError: i/o timeout", "{}", "the task stopped"}) {
    const auto denial = parse_denial(text);
    ASSERT_FALSE(denial) << text;
    EXPECT_EQ(denial.error().kind, core::ErrorKind::bad_input);
    EXPECT_NE(denial.error().next, "");
  }
}

TEST(DenialProof, DoesNotClaimWhatAwsDidNotSay) {
  const auto bare = proof_of(
      denial_of("An error occurred (AccessDenied) when calling the GetObject operation: Access Denied"));
  EXPECT_NE(bare.summary.find("AWS does not say which policy refused it"), std::string::npos) << bare.summary;
  const auto scp =
      proof_of(denial_of("User: arn:aws:iam::123456789012:user/a is not authorized to perform: ecs:RunTask "
                         "with an explicit deny in a service "
                         "control policy"));
  EXPECT_NE(scp.summary.find("a Deny statement in a service control policy matched"), std::string::npos)
      << scp.summary;
}

RC_GTEST_PROP(DenialProperties, WrappingTheSentenceChangesNothing, ()) {
  const auto action = *rc::gen::element<std::string>("ecs:RunTask", "kms:Decrypt", "ecr:BatchGetImage");
  const auto reason = *rc::gen::element<std::string>(
      "because no identity-based policy allows the action",
      "with an explicit deny in a service control policy",
      "with an explicit deny in a permissions boundary: arn:aws:iam::1:policy/b");
  std::string text = "User: arn:aws:iam::123456789012:user/John is not authorized to perform: " + action +
                     " on resource: arn:aws:ecs:us-east-1:123456789012:cluster/prod " + reason;
  const auto plain = parse_denial(text);
  for (char& c : text) {
    if (c == ' ' && *rc::gen::arbitrary<bool>()) c = *rc::gen::element('\n', '\t', '\r');
  }
  const auto wrapped = parse_denial(text);
  RC_ASSERT(plain.has_value() && wrapped.has_value());
  RC_ASSERT(plain->action == wrapped->action && plain->resource == wrapped->resource);
  RC_ASSERT(plain->kind == wrapped->kind && plain->policy_type == wrapped->policy_type &&
            plain->policy == wrapped->policy);
}

RC_GTEST_PROP(DenialProperties, AnyTextIsReadOrRefused, (const std::string& text)) {
  const auto denial = parse_denial(text + " is not authorized to perform: " + text);
  RC_ASSERT(denial.has_value() || !denial.error().sentence.empty());
}

}  // namespace
}  // namespace doctor::iam
