// What AWS refuses is refused with its place; what it accepts is accepted.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "iam/iam_support.h"
#include "iam/lint.h"

namespace doctor::iam::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::string with(const std::string& members) {
  return "{'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow', " + members + "}]}";
}
const std::string kFine = "'Action': 's3:*', 'Resource': '*'";

TEST(Policy, NamesLineAndColumnOfWhatIsWrong) {
  EXPECT_EQ(error_of("{'Statement': [\n  {'Effect': 'Alow', 'Action': '*', 'Resource': '*'}]}"),
            "p.json:2:14: 'Alow' is no Effect: Allow or Deny");
  EXPECT_THAT(error_of("{'Statement': [\n  {'Effect' 'Allow'}]}"), StartsWith("p.json:2:13: ':' is missing"));
  EXPECT_THAT(error_of("\xEF\xBB\xBF{'Version': '2012'}"),
              StartsWith("p.json:1:1: the policy has no Statement"));
}

const std::string kConditionStart = kFine + ", 'Condition': ";

TEST(Policy, RefusesWhatAwsRefuses) {
  const std::pair<std::string, const char*> broken[] = {
      {"[]", "a policy is a JSON object"},
      {"{'Statement': []}", "at least one statement"},
      {"{'Version': '2012-10-18', 'Statement': {'Effect': 'Allow', " + kFine + "}}", "no policy version"},
      {"{'Statements': {}}", "has no Statement"},
      {with(kFine + ", 'Colour': 'red'"), "no element of a statement"},
      {with(kFine + ", 'Effect': 'Deny'"), "stands twice"},
      {with(kFine + ", 'NotAction': 's3:*'"), "not both"},
      {with(kFine + ", 'NotResource': '*'"), "not both"},
      {with("'Action': 's3:*'"), "neither Resource nor NotResource"},
      {with("'Resource': '*'"), "neither Action nor NotAction"},
      {with("'Action': [], 'Resource': '*'"), "is empty"},
      {with("'Action': 'GetObject', 'Resource': '*'"), "is no action"},
      {with("'Action': 's3:Get Object', 'Resource': '*'"), "is no action"},
      {with("'Action': 7, 'Resource': '*'"), "must be a string"},
      {with("'Action': 's3:*', 'Resource': 'bucket'"), "must be an ARN"},
      {with("'Action': 's3:*', 'Resource': 'arn:aws:s3'"), "is no ARN"},
      {with("'Action': 's3:*', 'Resource': 'arn:aws:*:::x'"), "wildcard in its service segment"},
      {with("'Action': 's3:*', 'Resource': 'arn:aws:s3:::${aws:username'"), "without its closing"},
      {with(kFine + ", 'Principal': '*'"), "no place in an identity-based policy"},
      {with(kFine + ", 'Sid': 'a b'"), "is no Sid"},
      {with(kConditionStart + "{'StringEqual': {'a:b': 'c'}}"), "no condition operator"},
      {with(kConditionStart + "{'NullIfExists': {'a:b': 'true'}}"), "no condition operator"},
      {with(kConditionStart + "{'StringEquals': {'key': 'c'}}"), "no condition key"},
      {with(kConditionStart + "{'StringEquals': {'a:b': 'c', 'A:B': 'd'}}"), "stands twice"},
      {with(kConditionStart + "{'Bool': {'a:b': 'yes'}}"), "true or false"},
      {with(kConditionStart + "{'NumericEquals': {'a:b': 'ten'}}"), "write a number"},
      {with(kConditionStart + "{'DateEquals': {'a:b': 'monday'}}"), "write a date"},
      {with(kConditionStart + "{'IpAddress': {'a:b': '10.0.0.0/33'}}"), "CIDR"},
      {with(kConditionStart + "{'ArnLike': {'a:b': 'arn:aws:s3'}}"), "six segments"},
      {with(kConditionStart + "{'BinaryEquals': {'a:b': '%%%'}}"), "base64"},
      {with(kConditionStart + "{'StringEquals': {'a:b': null}}"), "must be a string"},
  };
  for (const auto& [policy, word] : broken) EXPECT_THAT(error_of(policy), HasSubstr(word)) << policy;
}

TEST(Policy, RefusesPrincipalsThatNobodyHas) {
  for (const char* who :
       {"{'AWS': 'bob'}", "{'AWS': 'arn:aws:iam::111122223333:group/x'}",
        "{'AWS': 'arn:aws:iam::111122223333:role/*'}", "{'Service': 'ecs'}", "{'Robot': 'x.y'}",
        "'arn:aws:iam::111122223333:root'", "{'CanonicalUser': '12'}"}) {
    EXPECT_NE(error_of(with(kFine + ", 'Principal': " + who), PolicyKind::resource), "") << who;
  }
}

TEST(Policy, AcceptsWhatAwsAccepts) {
  EXPECT_EQ(error_of(with(kFine + ", 'Principal': {'AWS': ['111122223333', '*', 'AROAEXAMPLEEXAMPLE123', "
                                  "'arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1'], "
                                  "'Service': 'logs.eu-west-1.amazonaws.com'}"),
                     PolicyKind::resource),
            "");
  EXPECT_EQ(error_of(with(
                "'Action': '*', 'Resource': ['arn:aws:s3:::b/*', 'arn:aws-cn:s3:::b', 'arn:aws:iam::*']")),
            "");
  EXPECT_EQ(error_of(with(kConditionStart +
                          "{'Bool': {'aws:SecureTransport': true}, 'NumericLessThan': {'s3:max-keys': 10}, "
                          "'DateLessThan': {'aws:CurrentTime': '2026-01'}}")),
            "");
  EXPECT_EQ(error_of(with(kConditionStart + "{}")), "");
  EXPECT_EQ(error_of("%7B%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22*%22%2C%"
                     "22Resource%22%3A%22*%22%7D%7D"),
            "");
}

TEST(Policy, SurvivesDeepNesting) {
  EXPECT_THAT(error_of(std::string(100000, '[')), HasSubstr("nested deeper"));
}

std::vector<std::string> codes(std::string text, PolicyKind kind = PolicyKind::identity) {
  std::replace(text.begin(), text.end(), '\'', '"');
  std::vector<std::string> out;
  for (const Finding& finding : lint_policy(text, "p", kind)) out.push_back(finding.code);
  return out;
}

TEST(Lint, FindsWhatAccessAnalyzerFinds) {
  using testing::ElementsAre;
  EXPECT_THAT(codes(with("'Action': 'iam:PassRole', 'Resource': '*'")),
              ElementsAre("PASS_ROLE_WITH_STAR_IN_RESOURCE"));
  EXPECT_THAT(codes(with("'Action': '*', 'Resource': '*'")),
              ElementsAre("PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE",
                          "CREATE_SLR_WITH_STAR_IN_ACTION_AND_RESOURCE"));
  EXPECT_THAT(codes(with("'NotAction': 'iam:*', 'Resource': '*'")), ElementsAre("ALLOW_WITH_NOT_ACTION"));
  EXPECT_THAT(codes(with("'Action': ['s3:GetObject', 's3:Get*'], 'Resource': '*'")),
              ElementsAre("REDUNDANT_ACTION"));
  EXPECT_THAT(codes("{'Statement': {'Effect': 'Deny', 'Action': 's3:*', 'Resource': '*'}}"),
              ElementsAre("MISSING_VERSION"));
  EXPECT_THAT(codes(with("'Action': 'sts:AssumeRole', 'Principal': '*'"), PolicyKind::trust),
              ElementsAre("ALLOW_ANYONE_TO_ASSUME_ROLE"));
  EXPECT_THAT(codes("{'Statement': "), ElementsAre("JSON_SYNTAX_ERROR"));
  EXPECT_THAT(codes(with("'Action': 'x', 'Resource': 'y'")), ElementsAre("INVALID_ACTION", "INVALID_ARN"));
}

TEST(Lint, FindsNothingInALeastPrivilegePolicy) {
  EXPECT_THAT(codes(with("'Action': 'iam:PassRole', 'Resource': 'arn:aws:iam::111122223333:role/task'")),
              testing::IsEmpty());
  EXPECT_THAT(codes(with("'Action': 'iam:PassRole', 'Resource': '*', 'Condition': {'StringEquals': "
                         "{'iam:PassedToService': 'ecs-tasks.amazonaws.com'}}")),
              testing::IsEmpty());
}

}  // namespace
}  // namespace doctor::iam::test
