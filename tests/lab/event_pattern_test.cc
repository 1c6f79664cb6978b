#include <gtest/gtest.h>

#include "lab/messaging.h"

namespace doctor::lab {
namespace {

const json kEvent = json::parse(R"({
  "source": "aws.ecs", "detail-type": "ECS Task State Change", "account": "111122223333",
  "resources": ["arn:aws:ecs:eu-west-1:111122223333:task/prod/1"],
  "detail": {"stopCode": "SpotInterruption", "cpu": 256, "lastStatus": "STOPPED", "sourceIp": "10.0.3.9",
             "containers": [{"name": "web", "exitCode": 143}, {"name": "log", "exitCode": 0}], "group": "service:web"}})");

bool matches(const char* pattern) {
  const json parsed = json::parse(pattern);
  EXPECT_EQ(pattern_problem(parsed), "") << pattern;
  return event_matches(parsed, kEvent);
}

TEST(EventPattern, NeedsEveryKeyAndAnyOfItsValues) {
  EXPECT_TRUE(matches(R"({"source": ["aws.ec2", "aws.ecs"], "detail": {"stopCode": ["SpotInterruption"]}})"));
  EXPECT_FALSE(matches(R"({"source": ["aws.ecs"], "detail": {"stopCode": ["UserInitiated"]}})"));
  EXPECT_FALSE(matches(R"({"source": ["aws.ecs"], "detail": {"nothing": ["x"]}})"));
}

TEST(EventPattern, ComparesTextByPrefixSuffixWildcardAndWithoutCase) {
  EXPECT_TRUE(matches(R"({"detail": {"group": [{"prefix": "service:"}]}})"));
  EXPECT_FALSE(matches(R"({"detail": {"group": [{"prefix": "family:"}]}})"));
  EXPECT_TRUE(matches(R"({"detail": {"group": [{"suffix": ":web"}]}})"));
  EXPECT_TRUE(matches(R"({"detail": {"group": [{"wildcard": "serv*:w*b"}]}})"));
  EXPECT_TRUE(matches(R"({"detail": {"lastStatus": [{"equals-ignore-case": "stopped"}]}})"));
}

TEST(EventPattern, ExcludesWithAnythingBut) {
  EXPECT_TRUE(matches(R"({"detail": {"stopCode": [{"anything-but": "UserInitiated"}]}})"));
  EXPECT_FALSE(
      matches(R"({"detail": {"stopCode": [{"anything-but": ["UserInitiated", "SpotInterruption"]}]}})"));
  EXPECT_FALSE(matches(R"({"detail": {"stopCode": [{"anything-but": {"prefix": "Spot"}}]}})"));
  EXPECT_FALSE(matches(R"({"detail": {"cpu": [{"anything-but": 256}]}})"));
}

TEST(EventPattern, AsksWhetherAKeyExists) {
  EXPECT_TRUE(matches(R"({"detail": {"stopCode": [{"exists": true}]}})"));
  EXPECT_FALSE(matches(R"({"detail": {"stopCode": [{"exists": false}]}})"));
  EXPECT_TRUE(matches(R"({"detail": {"stoppedReason": [{"exists": false}]}})"));
  EXPECT_FALSE(matches(R"({"detail": {"stoppedReason": [{"exists": true}]}})"));
}

TEST(EventPattern, ComparesNumbersAndNetworks) {
  EXPECT_TRUE(matches(R"({"detail": {"cpu": [{"numeric": [">", 0, "<=", 256]}]}})"));
  EXPECT_FALSE(matches(R"({"detail": {"cpu": [{"numeric": [">", 256]}]}})"));
  EXPECT_TRUE(matches(R"({"detail": {"cpu": [256.0]}})"));
  EXPECT_FALSE(matches(R"({"detail": {"group": [{"numeric": ["=", 1]}]}})"));
  EXPECT_TRUE(matches(R"({"detail": {"sourceIp": [{"cidr": "10.0.0.0/16"}]}})"));
  EXPECT_FALSE(matches(R"({"detail": {"sourceIp": [{"cidr": "10.1.0.0/16"}]}})"));
}

TEST(EventPattern, LooksIntoArrays) {
  EXPECT_TRUE(matches(R"({"resources": [{"prefix": "arn:aws:ecs:"}]})"));
  EXPECT_TRUE(matches(R"({"detail": {"containers": {"exitCode": [143]}}})"));
  EXPECT_FALSE(matches(R"({"detail": {"containers": {"exitCode": [137]}}})"));
}

TEST(EventPattern, TakesAlternativesWithOr) {
  EXPECT_TRUE(matches(R"({"detail": {"$or": [{"stopCode": ["x"]}, {"cpu": [{"numeric": ["<", 512]}]}]}})"));
  EXPECT_FALSE(matches(R"({"detail": {"$or": [{"stopCode": ["x"]}, {"cpu": [512]}]}})"));
}

TEST(EventPattern, SaysWhatIsWrongWithAPattern) {
  for (const char* bad :
       {R"({})", R"([])", R"({"source": "aws.ecs"})", R"({"source": []})", R"({"source": [{"regex": "x"}]})",
        R"({"source": [["x"]]})", R"({"detail": {"cpu": [{"numeric": [">"]}]}})",
        R"({"detail": {"x": [{"exists": 1}]}})"}) {
    EXPECT_THAT(pattern_problem(json::parse(bad)),
                ::testing::StartsWith("Event pattern is not valid. Reason: "))
        << bad;
  }
}

}  // namespace
}  // namespace doctor::lab
