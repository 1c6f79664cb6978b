// Taking a run back, days later.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cloud_support.h"

namespace doctor::remedy {
namespace {

using core::ErrorKind;
using testing::Bench;
using ::testing::ElementsAre;
using testing::error_of;
using ::testing::HasSubstr;
using testing::two_step_plan;

struct Rollback : ::testing::Test, Bench {
  void SetUp() override {
    before = cloud.things;
    ASSERT_EQ(apply(two_step_plan())->result, RunResult::done);
    clock.sleep(std::chrono::hours(24 * 3));
    reopen();
  }
  nlohmann::json before;
};

TEST_F(Rollback, BringsBackEveryFieldInReverse) {
  const auto report = roll_back();
  ASSERT_TRUE(report) << core::to_line(report.error());
  EXPECT_EQ(report->result, RunResult::rolled_back) << report->why;
  EXPECT_EQ(cloud.things, before);
  ASSERT_EQ(cloud.changes.size(), 4u);
  EXPECT_THAT(cloud.changes[2].input, HasSubstr("thing-2"));
  EXPECT_THAT(cloud.changes[3].input, HasSubstr("thing-1"));
  EXPECT_EQ(roll_back()->result, RunResult::nothing_to_do);
}

TEST_F(Rollback, RefusesWithAThreeWayDifferenceBeforeAnythingIsSent) {
  cloud.things["thing-1"]["value"] = 5;
  const auto report = roll_back();
  ASSERT_TRUE(report);
  EXPECT_EQ(report->result, RunResult::refused);
  EXPECT_EQ(report->failed_step, "1");
  EXPECT_THAT(report->differences, ElementsAre("/value: before 1, ours 9, theirs 5"));
  EXPECT_EQ(cloud.changes.size(), 2u);
  EXPECT_EQ(value("thing-2"), 9);
  EXPECT_EQ(last().state, RunState::done);
}

TEST_F(Rollback, LeavesWhatSomebodyHasTakenBackAlready) {
  cloud.things["thing-2"]["value"] = 1;
  const auto report = roll_back();
  ASSERT_TRUE(report);
  EXPECT_EQ(report->result, RunResult::rolled_back) << report->why;
  EXPECT_EQ(cloud.changes.size(), 3u);
  EXPECT_EQ(cloud.things, before);
}

TEST_F(Rollback, RefusesAResourceThatIsGone) {
  cloud.things.erase("thing-2");
  const auto report = roll_back();
  ASSERT_TRUE(report);
  EXPECT_EQ(report->result, RunResult::refused);
  EXPECT_THAT(report->differences, ElementsAre(R"(/name: before "thing-2", ours "thing-2", theirs absent)",
                                               "/value: before 1, ours 9, theirs absent"));
}

TEST_F(Rollback, RefusesWhatItCannotRead) {
  cloud.broken["DescribeServices"] = error_of(ErrorKind::refused, "AccessDeniedException");
  const auto report = roll_back();
  ASSERT_TRUE(report);
  EXPECT_EQ(report->result, RunResult::refused);
  EXPECT_EQ(cloud.changes.size(), 2u);
}

TEST_F(Rollback, IsStuckWhereAnInverseDoesNotBringTheStateBack) {
  cloud.after_change = [this](int) { cloud.things["thing-2"]["scar"] = true; };
  const auto report = roll_back();
  ASSERT_TRUE(report);
  EXPECT_EQ(report->result, RunResult::stuck);
  EXPECT_EQ(last().state, RunState::stuck);
  EXPECT_THAT(report->differences, ElementsAre("/scar: absent -> true", "/value: 9 -> 1"));
}

TEST_F(Rollback, GoesOnAfterAResetThatLostTheAnswer) {
  cloud.lose_answer_of_change(3, testing::reset_error());
  EXPECT_EQ(roll_back()->result, RunResult::rolled_back);
  EXPECT_EQ(cloud.changes.size(), 4u);
}

// "DeleteSubnet": every task in it must have ended first.
TEST_F(Rollback, AsksAgainWhileWhatIsToGoIsStillUsed) {
  for (int n = 3; n < 9; ++n) cloud.refuse_change(n, error_of(ErrorKind::refused, "DependencyViolation"));
  const auto report = roll_back();
  ASSERT_TRUE(report);
  EXPECT_EQ(report->result, RunResult::rolled_back) << report->why;
  EXPECT_EQ(cloud.things, before);
  EXPECT_EQ(cloud.changes.size(), 4u);
  EXPECT_THAT(said, ::testing::Contains("2 waiting"));
}

TEST_F(Rollback, IsStuckWhereItIsUsedForGood) {
  for (int n = 3; n < 1000; ++n) cloud.refuse_change(n, error_of(ErrorKind::refused, "DependencyViolation"));
  const auto begun = clock.now();
  const auto report = roll_back();
  ASSERT_TRUE(report);
  EXPECT_EQ(report->result, RunResult::stuck);
  EXPECT_GE(clock.now() - begun, options.patience.in_use);
  EXPECT_THAT(report->by_hand, ::testing::Not(::testing::IsEmpty()));
}

TEST_F(Rollback, PublishesWhatItTakesBack) {
  const int before_it = cloud.count("PutEvents");
  ASSERT_TRUE(roll_back());
  EXPECT_EQ(cloud.count("PutEvents"), before_it + 2);
}

TEST_F(Rollback, ShowsWhatItWouldDo) {
  cloud.things["thing-1"]["value"] = 5;
  const auto all = preview_roll_back(cloud, last(), options);
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].step, "2");
  EXPECT_EQ(all[0].verdict, Preview::Verdict::would_change);
  EXPECT_THAT(all[0].differences, ElementsAre("/value: 9 -> 1"));
  EXPECT_EQ(all[1].verdict, Preview::Verdict::differs);
  EXPECT_EQ(cloud.changes.size(), 2u);
}

}  // namespace
}  // namespace doctor::remedy
