#include "remedy/references.h"

#include <gtest/gtest.h>

#include "remedy/by_hand.h"

namespace doctor::remedy {
namespace {

core::Result<std::string> lookup(std::string_view name) {
  if (name == "2.taskDefinition.taskDefinitionArn")
    return R"("arn:aws:ecs:eu-west-1:1:task-definition/web:8")";
  if (name == "1.count") return "7";
  if (name == "1.list") return R"(["a","b"])";
  if (name == "run.id") return R"("r-1")";
  return core::fail(core::ErrorKind::bad_input, "no " + std::string(name));
}

std::string filled(std::string_view json) {
  const auto result = fill_json(json, lookup);
  return result ? *result : "error: " + result.error().sentence;
}

TEST(References, FillAWholeStringWithTheValueItself) {
  EXPECT_EQ(filled(R"({"a":"${2.taskDefinition.taskDefinitionArn}"})"),
            R"({"a":"arn:aws:ecs:eu-west-1:1:task-definition/web:8"})");
  EXPECT_EQ(filled(R"({"a":"${1.count}","b":["${1.list}"]})"), R"({"a":7,"b":[["a","b"]]})");
}

TEST(References, FillTextBetweenText) {
  EXPECT_EQ(filled(R"(["${run.id}-${1.count}!"])"), R"(["r-1-7!"])");
  EXPECT_EQ(*fill_text("x/${1.count}", lookup), "x/7");
}

TEST(References, LeaveEverythingElseInBraces) {
  for (const char* text : {R"(["${aws:username}"])", R"(["echo ${HOME} ${1}"])", R"(["${}"])",
                           R"(["${a.b}"])", R"(["${1.count"])", R"(["$1.count"])", R"(["${run}"])"}) {
    EXPECT_EQ(filled(text), text);
  }
}

TEST(References, AreFoundBehindOtherBraces) {
  EXPECT_EQ(filled(R"(["${aws:username}/${1.count}"])"), R"(["${aws:username}/7"])");
}

TEST(References, ThatNothingFillsAreErrors) {
  EXPECT_EQ(filled(R"({"a":"${3.x}"})"), "error: no 3.x");
  EXPECT_NE(filled(R"({"a":"x${1.list}"})").find("more than a text can hold"), std::string::npos);
}

TEST(References, AreWordsForPeople) {
  EXPECT_EQ(references_in_words(R"(["subnet-1","${1.Subnet.SubnetId}"])"),
            R"(["subnet-1",(SubnetId of step 1's answer)])");
  EXPECT_EQ(references_in_words("${self.VpcEndpoint.VpcEndpointId} and ${run.id}"),
            "(VpcEndpointId of its answer) and (the run's id)");
  EXPECT_EQ(references_in_words(R"("arn:${aws:username}")"), R"("arn:${aws:username}")");
}

TEST(References, ReadFieldsOfAnswers) {
  const char* answer = R"({"a":{"b":[{"c":5}]},"n":null})";
  EXPECT_EQ(field_text(answer, "a.b.0.c"), "5");
  EXPECT_EQ(field_text(answer, "a.b.1.c"), "");
  EXPECT_EQ(field_text(answer, "a.x"), "");
  EXPECT_EQ(field_text("no json", "a"), "");
}

TEST(References, FindTheOneNewValueInAReading) {
  const char* reading =
      R"({"Subnets":[{"SubnetId":"subnet-2"}],"Others":[{"SubnetId":"subnet-1"}],"DefaultVersionId":"v2"})";
  EXPECT_EQ(field_found_by_reading(reading, R"(["subnet-1"])", "Subnet.SubnetId"), R"("subnet-2")");
  EXPECT_EQ(field_found_by_reading(reading, "null", "Subnet.SubnetId"), "") << "two: nobody guesses";
  EXPECT_EQ(field_found_by_reading(reading, "null", "PolicyVersion.VersionId"), R"("v2")");
  EXPECT_EQ(field_found_by_reading(reading, "null", "Nothing"), "");
}

TEST(ByHand, NamesOperationsAsTheCliDoes) {
  EXPECT_EQ(kebab_case("UpdateService"), "update-service");
  EXPECT_EQ(kebab_case("ListAWSDefaultServiceQuotas"), "list-aws-default-service-quotas");
  EXPECT_EQ(kebab_case("PutRolePolicy"), "put-role-policy");
}

TEST(ByHand, QuotesForTheShell) {
  EXPECT_EQ(aws_command({"iam", "PutRolePolicy", "", R"({"Name":"it's"})"}),
            R"(aws iam put-role-policy --cli-input-json '{"Name":"it'\''s"}')");
}

}  // namespace
}  // namespace doctor::remedy
