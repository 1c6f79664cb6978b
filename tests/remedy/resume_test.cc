// A run that was killed: the journal says how far it came, and AWS says the rest.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cloud_support.h"

namespace doctor::remedy {
namespace {

using core::ErrorKind;
using testing::Bench;
using ::testing::Contains;
using ::testing::ElementsAre;
using testing::error_of;
using ::testing::HasSubstr;
using testing::two_step_plan;

struct Resume : ::testing::Test, Bench {
  // What a process leaves that was killed behind the intent of step 1.
  std::string killed_after_intent(Outcome outcome = Outcome::intended, EntryKind kind = EntryKind::apply) {
    const Plan plan = two_step_plan();
    if (id.empty()) id = *journal->begin(plan, clock.now());
    Entry entry;
    entry.run = id;
    entry.step = "1";
    entry.kind = kind;
    const bool forward = kind == EntryKind::apply;
    entry.before = forward ? plan.steps[0].before : R"({"name":"thing-1","value":9})";
    entry.request = forward ? plan.steps[0].request : plan.steps[0].inverse;
    entry.intended_at = clock.now();
    EXPECT_TRUE(journal->intend(entry));
    if (outcome != Outcome::intended) {
      entry.outcome = outcome;
      entry.answer = "{}";
      if (outcome == Outcome::done)
        entry.after = forward ? R"({"name":"thing-1","value":9})" : plan.steps[0].before;
      EXPECT_TRUE(journal->conclude(entry));
    }
    reopen();
    return id;
  }
  std::string id;
};

TEST_F(Resume, SendsWhatWasNotSent) {
  killed_after_intent();
  const auto report = resume();
  ASSERT_TRUE(report) << core::to_line(report.error());
  EXPECT_EQ(report->result, RunResult::done) << report->why;
  EXPECT_EQ(cloud.changes.size(), 2u);
  EXPECT_EQ(last().entries.front().outcome, Outcome::never_sent);
}

TEST_F(Resume, DoesNotSendTwiceWhatTookEffect) {
  killed_after_intent();
  cloud.things["thing-1"]["value"] = 9;
  const auto report = resume();
  ASSERT_TRUE(report);
  EXPECT_EQ(report->result, RunResult::done) << report->why;
  EXPECT_EQ(cloud.changes.size(), 1u) << "only step 2";
  EXPECT_EQ(last().entries.front().outcome, Outcome::done);
  EXPECT_EQ(cloud.count("PutEvents"), 2) << "the change that nobody had told of is told of";
}

TEST_F(Resume, WaitsForACallThatIsStillOnItsWay) {
  killed_after_intent();
  options.sleep = [this](core::Duration span) {
    clock.sleep(span);
    if (clock.sleeps == 3) cloud.things["thing-1"]["value"] = 9;
  };
  EXPECT_EQ(resume()->result, RunResult::done);
  EXPECT_EQ(cloud.changes.size(), 1u);
}

TEST_F(Resume, DoesNotWaitForACallOfYesterday) {
  killed_after_intent();
  clock.sleep(std::chrono::hours(24));
  const int sleeps = clock.sleeps;
  EXPECT_EQ(resume()->result, RunResult::done);
  EXPECT_EQ(clock.sleeps, sleeps);
}

TEST_F(Resume, ConfirmsWhatWasAnswered) {
  killed_after_intent(Outcome::answered);
  cloud.things["thing-1"]["value"] = 9;
  EXPECT_EQ(resume()->result, RunResult::done);
  EXPECT_EQ(cloud.changes.size(), 1u);
}

TEST_F(Resume, GoesOnBehindWhatIsDone) {
  killed_after_intent(Outcome::done);
  cloud.things["thing-1"]["value"] = 9;
  EXPECT_EQ(resume()->result, RunResult::done);
  EXPECT_EQ(cloud.changes.size(), 1u);
}

TEST_F(Resume, IsStuckWhereNeitherStateIsTrue) {
  killed_after_intent();
  cloud.things["thing-1"]["value"] = 5;
  const auto report = resume();
  ASSERT_TRUE(report);
  EXPECT_EQ(report->result, RunResult::stuck);
  EXPECT_THAT(report->differences, ElementsAre("/value: 1 -> 5"));
  EXPECT_THAT(report->by_hand, Contains(HasSubstr("aws ecs describe-services")));
  EXPECT_EQ(cloud.changes.size(), 0u);
}

TEST_F(Resume, GoesOnTakingBack) {
  killed_after_intent(Outcome::done);
  ASSERT_TRUE(journal->set_state(id, RunState::rolling_back, clock.now()));
  cloud.things["thing-1"]["value"] = 9;
  killed_after_intent(Outcome::intended, EntryKind::inverse);
  const auto report = resume();
  ASSERT_TRUE(report);
  EXPECT_EQ(report->result, RunResult::rolled_back) << report->why;
  EXPECT_EQ(value("thing-1"), 1);
  EXPECT_EQ(cloud.changes.size(), 1u);
}

TEST_F(Resume, DoesNotTakeBackTwice) {
  killed_after_intent(Outcome::done);
  killed_after_intent(Outcome::intended, EntryKind::inverse);
  cloud.things["thing-1"]["value"] = 1;
  const auto report = resume();
  ASSERT_TRUE(report);
  EXPECT_EQ(report->result, RunResult::rolled_back) << report->why;
  EXPECT_EQ(cloud.changes.size(), 0u);
}

TEST_F(Resume, IsStuckWhereAnInverseCannotBeReadBack) {
  killed_after_intent(Outcome::done);
  killed_after_intent(Outcome::intended, EntryKind::inverse);
  cloud.broken["DescribeServices"] = error_of(ErrorKind::refused, "ExpiredToken");
  const auto report = resume();
  ASSERT_TRUE(report) << core::to_line(report.error());
  EXPECT_EQ(report->result, RunResult::stuck);
  cloud.broken.clear();
  cloud.things["thing-1"]["value"] = 9;
  EXPECT_EQ(resume()->result, RunResult::rolled_back);
  EXPECT_EQ(value("thing-1"), 1);
}

TEST_F(Resume, HasNothingToDoForARunThatEnded) {
  ASSERT_TRUE(apply(two_step_plan()));
  EXPECT_EQ(resume()->result, RunResult::nothing_to_do);
  ASSERT_TRUE(roll_back());
  EXPECT_EQ(resume()->result, RunResult::nothing_to_do);
}

TEST_F(Resume, RefusesARunThatIsStillRunning) {
  const std::string running = *journal->begin(two_step_plan(), clock.now());
  auto another = Journal::open((folder / "journal.db").string());
  const auto report = remedy::resume(cloud, **another, running, options, clock);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().kind, ErrorKind::refused);
}

TEST_F(Resume, RefusesResourcesThatAnotherRunTookOver) {
  const std::string mine = killed_after_intent();
  const std::string other = *journal->begin(two_step_plan(), clock.now());
  ASSERT_TRUE(journal->lease(other, {two_step_plan().steps[0].resource}, clock.now(), std::chrono::hours(1)));
  const auto report = resume(mine);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->result, RunResult::refused);
  EXPECT_THAT(report->why, HasSubstr(other));
}

TEST_F(Resume, NamesARunThatIsNotThere) {
  const auto report = resume("r-20200101-000000-0000");
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().kind, ErrorKind::not_found);
}

}  // namespace
}  // namespace doctor::remedy
