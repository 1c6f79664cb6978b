// The smallest policy: AWS's "Apply least-privilege permissions" (IAM User Guide) with the facts of the
// Service Authorization Reference.
#include "iam/minimum.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "core/glob.h"
#include "iam/actions.h"
#include "iam/evaluate.h"

namespace doctor::iam {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::string_view kRole = "arn:aws:sts::111122223333:assumed-role/web/s";

Minimum minimum_of(std::string_view text, const MinimumOptions& options = {}) {
  const auto denials = parse_denials(text);
  EXPECT_TRUE(denials) << text;
  return denials ? minimum_for(*denials, options) : Minimum{};
}

std::string refused(std::string_view action, std::string_view resource, std::string_view reason) {
  return "User: " + std::string(kRole) + " is not authorized to perform: " + std::string(action) +
         (resource.empty() ? "" : " on resource: " + std::string(resource)) + " " + std::string(reason);
}

std::string notes_of(const Minimum& minimum) {
  std::string out;
  for (const auto& note : minimum.notes) out += note + "\n";
  return out;
}

const MinimumStatement& only_statement(const Minimum& minimum) {
  static const MinimumStatement kNone;
  EXPECT_EQ(minimum.policies.size(), 1u);
  if (minimum.policies.size() != 1) return kNone;
  EXPECT_EQ(minimum.policies[0].statements.size(), 1u);
  return minimum.policies[0].statements.empty() ? kNone : minimum.policies[0].statements[0];
}

constexpr std::string_view kNoIdentity = "because no identity-based policy allows the action";

TEST(Minimum, IsTheActionOnTheResource) {
  const auto minimum = minimum_of(
      refused("ecr:BatchGetImage", "arn:aws:ecr:eu-west-1:111122223333:repository/web", kNoIdentity));
  const auto& statement = only_statement(minimum);
  EXPECT_THAT(statement.actions, ElementsAre("ecr:BatchGetImage"));
  EXPECT_THAT(statement.resources, ElementsAre("arn:aws:ecr:eu-west-1:111122223333:repository/web"));
  EXPECT_THAT(statement.conditions, IsEmpty());
  EXPECT_EQ(minimum.policies[0].level, PolicyType::identity);
  EXPECT_EQ(minimum.policies[0].target, "arn:aws:iam::111122223333:role/web");
  EXPECT_THAT(minimum.obstacles, IsEmpty());
}

TEST(Minimum, HasAStarOnlyWhereNothingElseIsPossibleAndSaysSo) {
  const auto minimum = minimum_of(refused("ecr:GetAuthorizationToken", "*", kNoIdentity));
  EXPECT_THAT(only_statement(minimum).resources, ElementsAre("*"));
  EXPECT_THAT(notes_of(minimum), HasSubstr("knows no resource-level permissions"));
}

TEST(Minimum, LeavesOutWhatNobodyNamedUntilItIsNamed) {
  const auto text = refused("secretsmanager:GetSecretValue", "", kNoIdentity);
  const auto without = minimum_of(text);
  EXPECT_THAT(without.policies, IsEmpty());
  EXPECT_THAT(notes_of(without), HasSubstr("--resource"));
  MinimumOptions options;
  options.resources = {"arn:aws:ecs:eu-west-1:111122223333:cluster/prod",
                       "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf"};
  EXPECT_THAT(only_statement(minimum_of(text, options)).resources,
              ElementsAre("arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf"));
}

TEST(Minimum, PutsAStarForATasksIdUnlessAskedNotTo) {
  const std::string task = "arn:aws:ecs:eu-west-1:111122223333:task/prod/0123456789abcdef0123456789abcdef";
  const auto text = refused("ecs:StopTask", task, kNoIdentity);
  EXPECT_THAT(only_statement(minimum_of(text)).resources,
              ElementsAre("arn:aws:ecs:eu-west-1:111122223333:task/prod/*"));
  EXPECT_THAT(notes_of(minimum_of(text)), HasSubstr("new with every task"));
  MinimumOptions options;
  options.keep_ids = true;
  EXPECT_THAT(only_statement(minimum_of(text, options)).resources, ElementsAre(task));
}

TEST(Minimum, OfALogStreamStaysWithinItsContainer) {
  const auto minimum =
      minimum_of(refused("logs:CreateLogStream",
                         "arn:aws:logs:eu-west-1:111122223333:log-group:/ecs/web:log-stream:ecs/app/"
                         "0123456789abcdef0123456789abcdef",
                         kNoIdentity));
  EXPECT_THAT(only_statement(minimum).resources,
              ElementsAre("arn:aws:logs:eu-west-1:111122223333:log-group:/ecs/web:log-stream:ecs/app/*"));
}

TEST(Minimum, OfExecuteCommandNamesTheClusterToo) {
  const auto minimum = minimum_of(
      refused("ecs:ExecuteCommand",
              "arn:aws:ecs:eu-west-1:111122223333:task/prod/0123456789abcdef0123456789abcdef", kNoIdentity));
  const auto& statement = only_statement(minimum);
  EXPECT_THAT(statement.resources, ElementsAre("arn:aws:ecs:eu-west-1:111122223333:cluster/prod",
                                               "arn:aws:ecs:eu-west-1:111122223333:task/prod/*"));
  ASSERT_EQ(statement.conditions.size(), 1u);
  EXPECT_EQ(statement.conditions[0].key, "ecs:cluster");
  EXPECT_THAT(statement.conditions[0].values, ElementsAre("arn:aws:ecs:eu-west-1:111122223333:cluster/prod"));
}

TEST(Minimum, OfPassRoleNamesTheService) {
  const auto minimum =
      minimum_of(refused("iam:PassRole", "arn:aws:iam::111122223333:role/exec", kNoIdentity));
  const auto& statement = only_statement(minimum);
  ASSERT_EQ(statement.conditions.size(), 1u);
  EXPECT_EQ(statement.conditions[0].key, "iam:PassedToService");
  EXPECT_THAT(statement.conditions[0].values, ElementsAre("ecs-tasks.amazonaws.com"));
  EXPECT_THAT(notes_of(minimum), HasSubstr("does not say to which service"));
}

TEST(Minimum, OfAKeyBehindASecretIsNarrowedToTheService) {
  const auto minimum =
      minimum_of("An error occurred (AccessDeniedException) when calling the GetSecretValue operation: " +
                 refused("kms:Decrypt", "arn:aws:kms:eu-west-1:111122223333:key/k", kNoIdentity));
  const auto& statement = only_statement(minimum);
  ASSERT_EQ(statement.conditions.size(), 1u);
  EXPECT_EQ(statement.conditions[0].key, "kms:ViaService");
  EXPECT_THAT(statement.conditions[0].values, ElementsAre("secretsmanager.eu-west-1.amazonaws.com"));
}

TEST(Minimum, WritesIamsShortNamesAsArns) {
  const auto minimum = minimum_of(refused("iam:GetRole", "role voclabs", kNoIdentity));
  EXPECT_THAT(only_statement(minimum).resources, ElementsAre("arn:aws:iam::111122223333:role/voclabs"));
  EXPECT_THAT(notes_of(minimum), HasSubstr("without its path"));
}

TEST(Minimum, SaysThatNoAllowHelpsAgainstAnExplicitDeny) {
  const std::pair<std::string_view, PolicyType> kLevels[] = {
      {"service control policy", PolicyType::scp},       {"resource control policy", PolicyType::rcp},
      {"permissions boundary", PolicyType::boundary},    {"session policy", PolicyType::session},
      {"VPC endpoint policy", PolicyType::vpc_endpoint}, {"resource-based policy", PolicyType::resource},
      {"identity-based policy", PolicyType::identity}};
  for (const auto& [words, type] : kLevels) {
    const auto minimum =
        minimum_of(refused("ecs:RunTask", "arn:aws:ecs:eu-west-1:111122223333:task-definition/web:7",
                           "with an explicit deny in a " + std::string(words)));
    EXPECT_THAT(minimum.policies, IsEmpty()) << words;
    ASSERT_EQ(minimum.obstacles.size(), 1u) << words;
    EXPECT_EQ(minimum.obstacles[0].level, type);
    EXPECT_THAT(minimum.obstacles[0].sentence, HasSubstr("No Allow helps"));
    EXPECT_THAT(minimum.obstacles[0].sentence, HasSubstr(std::string(words)));
  }
}

TEST(Minimum, NamesTheLevelThatMustAllow) {
  const auto boundary =
      minimum_of(refused("ecs:RunTask", "arn:aws:ecs:eu-west-1:111122223333:task-definition/web:7",
                         "because no permissions boundary allows the ecs:RunTask action"));
  ASSERT_EQ(boundary.policies.size(), 1u);
  EXPECT_EQ(boundary.policies[0].level, PolicyType::boundary);
  ASSERT_EQ(boundary.obstacles.size(), 1u);
  EXPECT_EQ(boundary.obstacles[0].kind, DenialKind::implicit_deny);

  const auto scp = minimum_of(
      refused("ssmmessages:OpenDataChannel", "", "because no service control policy allows the action"));
  ASSERT_EQ(scp.policies.size(), 1u);
  EXPECT_EQ(scp.policies[0].level, PolicyType::scp);
  EXPECT_EQ(scp.policies[0].target, "111122223333");
}

TEST(Minimum, OfAKeyPolicyNamesThePrincipal) {
  const auto minimum = minimum_of(refused("kms:Decrypt", "arn:aws:kms:eu-west-1:111122223333:key/k",
                                          "because no resource-based policy allows the kms:Decrypt action"));
  const auto& statement = only_statement(minimum);
  EXPECT_EQ(minimum.policies[0].level, PolicyType::resource);
  EXPECT_THAT(statement.principals, ElementsAre("arn:aws:iam::111122223333:role/web"));
  EXPECT_TRUE(parse_policy(policy_json(minimum.policies[0]), "p", PolicyKind::resource));
}

TEST(Minimum, OfATrustPolicyHasNoResource) {
  const auto minimum = minimum_of(
      "ECS was unable to assume the role 'arn:aws:iam::111122223333:role/web' that was provided for "
      "this task.");
  const auto& statement = only_statement(minimum);
  EXPECT_EQ(statement.service_principal, "ecs-tasks.amazonaws.com");
  EXPECT_THAT(statement.resources, IsEmpty());
  EXPECT_TRUE(parse_policy(policy_json(minimum.policies[0]), "p", PolicyKind::trust));
}

TEST(Minimum, OfAnEndpointPolicyKeepsPrincipalStarNarrowedByCondition) {
  const auto minimum = minimum_of(refused("s3:GetObject", "\"arn:aws:s3:::b/k\"",
                                          "because no VPC endpoint policy allows the s3:GetObject action"));
  const auto& statement = only_statement(minimum);
  EXPECT_THAT(statement.principals, ElementsAre("*"));
  ASSERT_EQ(statement.conditions.size(), 1u);
  EXPECT_EQ(statement.conditions[0].key, "aws:PrincipalArn");
}

std::string trail_record(std::string_view role, std::string_view source, std::string_view name,
                         std::string_view parameters) {
  return R"({"eventSource":")" + std::string(source) + R"(","eventName":")" + std::string(name) +
         R"(","awsRegion":"eu-west-1","recipientAccountId":"111122223333","userIdentity":{"arn":"arn:aws:sts::111122223333:assumed-role/)" +
         std::string(role) +
         R"(/s","sessionContext":{"sessionIssuer":{"type":"Role","arn":"arn:aws:iam::111122223333:role/)" +
         std::string(role) + R"("}}},"requestParameters":)" + std::string(parameters) + "}";
}

TEST(MinimumOfHistory, MergesCallsAndKeepsToTheRole) {
  const std::string text =
      "{\"Records\":[" +
      trail_record("web", "s3.amazonaws.com", "GetObject", R"({"bucketName":"b","key":"k1"})") + "," +
      trail_record("web", "s3.amazonaws.com", "GetObject", R"({"bucketName":"b","key":"k2"})") + "," +
      trail_record("web", "s3.amazonaws.com", "GetObject", R"({"bucketName":"b","key":"k1"})") + "," +
      trail_record("other", "s3.amazonaws.com", "DeleteObject", R"({"bucketName":"b","key":"k1"})") + "]}";
  const auto calls = api_calls_of(text, "x");
  ASSERT_TRUE(calls);
  MinimumOptions options;
  options.role = "web";
  const auto minimum = minimum_for(*calls, options);
  EXPECT_THAT(only_statement(minimum).actions, ElementsAre("s3:GetObject"));
  EXPECT_THAT(only_statement(minimum).resources, ElementsAre("arn:aws:s3:::b/k1", "arn:aws:s3:::b/k2"));

  const auto all = minimum_for(*calls, {});
  EXPECT_EQ(all.policies.size(), 2u);
  EXPECT_THAT(notes_of(all), HasSubstr("2 callers"));

  options.role = "nobody";
  EXPECT_THAT(notes_of(minimum_for(*calls, options)), HasSubstr("None of the 4 records"));
}

TEST(MinimumOfHistory, ListActionsGetTheTypeInThisAccountAndRegion) {
  const auto calls =
      api_calls_of(trail_record("web", "ecs.amazonaws.com", "ListTasks", R"({"cluster":"prod"})"), "x");
  ASSERT_TRUE(calls);
  const auto minimum = minimum_for(*calls, {});
  const auto& statement = only_statement(minimum);
  EXPECT_THAT(statement.resources, ElementsAre("arn:aws:ecs:eu-west-1:111122223333:container-instance/*/*"));
  ASSERT_EQ(statement.conditions.size(), 1u);
  EXPECT_EQ(statement.conditions[0].key, "ecs:cluster");
  EXPECT_THAT(notes_of(minimum), HasSubstr("ecs:ListTasks lists"));
}

TEST(MinimumOfHistory, ExplainsTheRandomSuffixOfASecret) {
  const auto calls = api_calls_of(
      trail_record("web", "secretsmanager.amazonaws.com", "GetSecretValue", R"({"secretId":"db"})"), "x");
  ASSERT_TRUE(calls);
  const auto minimum = minimum_for(*calls, {});
  EXPECT_THAT(only_statement(minimum).resources,
              ElementsAre("arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-??????"));
  EXPECT_THAT(notes_of(minimum), HasSubstr("six random characters"));
}

TEST(Minimum, JsonNamesItsSchemaAndIsNullWithoutAPolicy) {
  const auto minimum =
      minimum_of(refused("ecs:RunTask", "", "with an explicit deny in a service control policy"));
  const auto json = core::JsonDocument::parse(minimum_json(minimum), "minimum");
  ASSERT_TRUE(json);
  EXPECT_EQ(json->root()["schema"].string_or(), "fargate-doctor/iam-minimum/1");
  EXPECT_TRUE(json->root()["policy"].is_null());
  EXPECT_EQ(json->root()["obstacles"].items().front()["level"].string_or(), "scp");
}

// An ARN of the type, with letters for what the pattern leaves open.
std::string example_arn(std::string_view pattern) {
  std::string out;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern.substr(i, 2) != "${") {
      out += pattern[i];
      continue;
    }
    const auto close = pattern.find('}', i);
    const auto name = pattern.substr(i + 2, close - i - 2);
    out += name == "Partition" ? "aws"
           : name == "Region"  ? "eu-west-1"
           : name == "Account" ? "111122223333"
                               : "x1";
    i = close;
  }
  return out;
}

Outcome outcome_of(const MinimumPolicy& policy, std::string_view action, std::string_view resource) {
  auto parsed = parse_policy(policy_json(policy), "minimum", PolicyKind::identity);
  RC_ASSERT(parsed.has_value());
  PolicySet set;
  set.identity.emplace().push_back(std::move(*parsed));
  // A key's and a role's own policy must agree; this one leaves it to IAM ("Default key policy", KMS
  // Developer Guide).
  const auto service = service_of(action);
  if (service == "kms" || service == "sts") {
    auto own =
        parse_policy(R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":)"
                     R"("arn:aws:iam::111122223333:root"},"Action":["kms:*","sts:*"],"Resource":"*"}]})",
                     "own policy", PolicyKind::resource);
    RC_ASSERT(own.has_value());
    set.resource = std::move(*own);
  }
  const auto engine = Compiled::compile(std::move(set));
  Request request;
  request.action = action;
  request.resource = resource;
  request.principal = principal_of(kRole).value();
  for (const auto& statement : policy.statements) {
    for (const auto& condition : statement.conditions) request.context.set(condition.key, condition.values);
  }
  request.context.complete = true;
  return engine.evaluate(complete_request(std::move(request)).value()).outcome;
}

RC_GTEST_PROP(MinimumProperties, AllowsJustTheCallAndNeverAStarThatIsAvoidable, ()) {
  const auto service = *rc::gen::elementOf(catalogue_services());
  const auto* action = *rc::gen::elementOf(actions_of(service));
  const auto* other = *rc::gen::elementOf(actions_of(service));
  std::string resource = "*";
  if (!action->resources.empty()) resource = example_arn((*rc::gen::elementOf(action->resources)).type->arn);
  const auto minimum = minimum_of(refused(full_name(*action), resource, kNoIdentity));
  RC_ASSERT(minimum.policies.size() == 1u);
  for (const auto& statement : minimum.policies[0].statements) {
    for (const auto& name : statement.actions) RC_ASSERT(name.find('*') == std::string::npos);
    for (const auto& name : statement.resources) RC_ASSERT(name != "*" || action->resources.empty());
  }
  RC_ASSERT(outcome_of(minimum.policies[0], full_name(*action), resource) == Outcome::allowed);
  if (other != action) {
    RC_ASSERT(outcome_of(minimum.policies[0], full_name(*other), resource) == Outcome::implicit_deny);
  }
  // The catalogue's own form of some ARNs (AWS Health events) ends in a wildcard.
  if (!action->resources.empty() && resource.back() != '*') {
    RC_ASSERT(outcome_of(minimum.policies[0], full_name(*action), resource + "y") != Outcome::allowed);
  }
}

}  // namespace
}  // namespace doctor::iam
