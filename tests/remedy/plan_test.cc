// The plan file: what is written can be read, and what was edited cannot.
#include "remedy/plan.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "remedy/plan_support.h"

namespace doctor::remedy {
namespace {

Plan sample() {
  return plan_scenario("spot-one-zone-of-three").plan;
}

std::string edited(std::string text, std::string_view from, std::string_view to) {
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  if (at != std::string::npos) text.replace(at, from.size(), to);
  return text;
}

std::string refusal(std::string_view text) {
  const auto plan = plan_of(text, "plan.json");
  EXPECT_FALSE(plan);
  return plan ? "" : plan.error().sentence;
}

TEST(PlanFile, ReadsBackToTheSameBytes) {
  const std::string text = plan_json(sample());
  const auto plan = plan_of(text, "plan.json");
  ASSERT_TRUE(plan) << core::to_line(plan.error());
  EXPECT_EQ(plan_json(*plan), text);
  EXPECT_EQ(digest_of(*plan), digest_of(sample()));
}

TEST(PlanFile, AllScenariosReadBack) {
  int steps = 0;
  for (const std::string& name : all_scenarios()) {
    const Planned planned = plan_scenario(name);
    const std::string text = plan_json(planned.plan);
    const auto plan = plan_of(text, name);
    ASSERT_TRUE(plan) << name << ": " << core::to_line(plan.error());
    EXPECT_EQ(plan_json(*plan), text) << name;
    steps += static_cast<int>(plan->steps.size());
  }
  RecordProperty("steps", steps);
  EXPECT_GT(steps, 100);
}

TEST(PlanFile, WhiteSpaceIsNoEdit) {
  const std::string text = plan_json(sample());
  const auto plan = plan_of(nlohmann::ordered_json::parse(text).dump(), "plan.json");
  ASSERT_TRUE(plan) << core::to_line(plan.error());
  EXPECT_EQ(plan_json(*plan), text);
}

TEST(PlanFile, AnEditedRequestIsRefusedByTheNameOfItsField) {
  const std::string text = plan_json(sample());
  const std::string why =
      refusal(edited(text, R"("forceNewDeployment": true)", R"("forceNewDeployment": false)"));
  EXPECT_NE(why.find("/request/input/forceNewDeployment was edited"), std::string::npos) << why;
  EXPECT_TRUE(why.starts_with("plan.json:")) << why;
}

TEST(PlanFile, AnEditedTitleNamesLineAndColumn) {
  const std::string text = plan_json(sample());
  const std::string why = refusal(edited(text, "\"region\": \"eu-west-1\"", "\"region\": \"eu-west-2\""));
  EXPECT_EQ(why, "plan.json:6:13: /region was edited: the plan's digest is another");
}

TEST(PlanFile, AnAddedFieldIsRefused) {
  const std::string why = refusal(edited(plan_json(sample()), "\"family\":", "\"extra\": 1, \"family\":"));
  EXPECT_NE(why.find("/extra was added"), std::string::npos) << why;
}

TEST(PlanFile, AStepThatWasTakenOutIsRefused) {
  auto value = nlohmann::ordered_json::parse(plan_json(sample()));
  value["steps"].erase(value["steps"].size() - 1);
  const std::string why = refusal(value.dump(2));
  EXPECT_NE(why.find("/steps/"), std::string::npos) << why;
}

TEST(PlanFile, AnEditedDigestIsRefused) {
  auto value = nlohmann::ordered_json::parse(plan_json(sample()));
  value["digest"]["sha256"] = std::string(64, '0');
  EXPECT_NE(refusal(value.dump(2)).find("digest does not fit"), std::string::npos);
}

TEST(PlanFile, WhatIsNoPlanIsOneError) {
  EXPECT_EQ(refusal("{"), refusal("{"));
  EXPECT_NE(refusal("[]").find("plan.json:1:1"), std::string::npos);
  EXPECT_NE(refusal("{}").find("'schema' is missing"), std::string::npos);
  EXPECT_NE(refusal(R"({"schema": "fargate-doctor/plan/9"})").find("fargate-doctor/plan/9"),
            std::string::npos);
}

RC_GTEST_PROP(PlanFile, AnyByteFlippedIsRefusedOrMeansTheSame, ()) {
  static const std::string text = plan_json(sample());
  const std::size_t at = *rc::gen::inRange<std::size_t>(0, text.size());
  std::string bent = text;
  bent[at] = *rc::gen::inRange(' ', '~');
  const auto plan = plan_of(bent, "plan.json");
  // Only the sections may change unseen: they say where an edit is, the whole says whether there is one.
  if (plan) RC_ASSERT(plan_json(*plan) == text);
}

}  // namespace
}  // namespace doctor::remedy
