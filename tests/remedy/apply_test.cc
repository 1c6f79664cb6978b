// Runs of a plan of two steps against a cloud that fails where the test says.
#include "remedy/apply.h"

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
using ::testing::IsEmpty;
using testing::reset_error;
using testing::two_step_plan;

struct Apply : ::testing::Test, Bench {
  void expect_taken_back(const core::Result<RunReport>& report) {
    ASSERT_TRUE(report) << core::to_line(report.error());
    EXPECT_EQ(report->result, RunResult::rolled_back) << report->why;
    EXPECT_EQ(value("thing-1"), 1);
    EXPECT_EQ(value("thing-2"), 1);
    EXPECT_EQ(last().state, RunState::rolled_back);
    EXPECT_THAT(report->by_hand, IsEmpty());
  }
};

TEST_F(Apply, ChangesEachThingOnceAndSaysSo) {
  const auto report = apply(two_step_plan());
  ASSERT_TRUE(report) << core::to_line(report.error());
  EXPECT_EQ(report->result, RunResult::done);
  EXPECT_EQ(value("thing-1"), 9);
  EXPECT_EQ(value("thing-2"), 9);
  EXPECT_EQ(cloud.changes.size(), 2u);
  EXPECT_THAT(report->warnings, IsEmpty());
  EXPECT_THAT(said, ElementsAre("1 checking", "1 applying", "1 confirming", "1 done", "2 checking",
                                "2 applying", "2 confirming", "2 done"));
  const auto run = last();
  EXPECT_EQ(run.id, report->run);
  EXPECT_EQ(run.state, RunState::done);
  ASSERT_EQ(run.entries.size(), 2u);
  EXPECT_EQ(run.entries[0].before, R"({"name":"thing-1","value":1})");
  EXPECT_EQ(run.entries[0].after, R"({"name":"thing-1","value":9})");
  EXPECT_EQ(run.entries[0].outcome, Outcome::done);
}

TEST_F(Apply, FindsNothingToDoTheSecondTime) {
  ASSERT_TRUE(apply(two_step_plan()));
  const auto again = apply(two_step_plan());
  ASSERT_TRUE(again);
  EXPECT_EQ(again->result, RunResult::nothing_to_do);
  EXPECT_EQ(cloud.changes.size(), 2u);
  EXPECT_EQ(journal->runs()->size(), 1u);
}

TEST_F(Apply, KnowsTheRunThatHasAppliedThePlan) {
  // As a new revision does: more has changed than the effects say.
  cloud.after_change = [this](int) { cloud.things["thing-1"]["revision"] = 2; };
  const auto first = apply(two_step_plan());
  ASSERT_EQ(first->result, RunResult::done);
  const auto again = apply(two_step_plan());
  EXPECT_EQ(again->result, RunResult::nothing_to_do) << again->why;
  EXPECT_EQ(again->run, first->run);
  cloud.things["thing-1"]["revision"] = 3;
  EXPECT_EQ(apply(two_step_plan())->result, RunResult::refused);
}

TEST_F(Apply, LeavesOutWhatIsAlreadySo) {
  cloud.things["thing-1"]["value"] = 9;
  const auto report = apply(two_step_plan());
  ASSERT_TRUE(report);
  EXPECT_EQ(report->result, RunResult::done);
  EXPECT_EQ(cloud.changes.size(), 1u);
  EXPECT_THAT(said, Contains("1 already so"));
  // Somebody else made it so: taking the run back leaves it.
  ASSERT_EQ(roll_back()->result, RunResult::rolled_back);
  EXPECT_EQ(value("thing-1"), 9);
  EXPECT_EQ(value("thing-2"), 1);
}

TEST_F(Apply, RefusesAStatePlanWithItsDifference) {
  cloud.things["thing-2"]["value"] = 5;
  const auto report = apply(two_step_plan());
  ASSERT_TRUE(report);
  EXPECT_EQ(report->result, RunResult::refused);
  EXPECT_EQ(report->failed_step, "2");
  EXPECT_THAT(report->differences, ElementsAre("/value: 1 -> 5"));
  EXPECT_THAT(cloud.changes, IsEmpty());
  EXPECT_THAT(*journal->runs(), IsEmpty());
}

TEST_F(Apply, RefusesAStateThatCannotBeRead) {
  cloud.broken["DescribeServices"] = error_of(ErrorKind::refused, "AccessDeniedException");
  const auto report = apply(two_step_plan());
  ASSERT_TRUE(report);
  EXPECT_EQ(report->result, RunResult::refused);
  EXPECT_THAT(report->why, HasSubstr("AccessDeniedException"));
  EXPECT_THAT(cloud.changes, IsEmpty());
}

TEST_F(Apply, TakesBackWhenSomebodyChangesTheNextThingMeanwhile) {
  cloud.after_change = [this](int n) {
    if (n == 1) cloud.things["thing-2"]["value"] = 5;
  };
  const auto report = apply(two_step_plan());
  ASSERT_TRUE(report);
  EXPECT_EQ(report->result, RunResult::rolled_back);
  EXPECT_EQ(report->failed_step, "2");
  EXPECT_THAT(report->differences, ElementsAre("/value: 1 -> 5"));
  EXPECT_EQ(value("thing-1"), 1);
  EXPECT_EQ(value("thing-2"), 5) << "theirs stays";
}

TEST_F(Apply, TakesBackWhatWasDoneWhenAWSRefusesALaterStep) {
  cloud.refuse_change(2, error_of(ErrorKind::refused, "AccessDeniedException"));
  const auto report = apply(two_step_plan());
  expect_taken_back(report);
  EXPECT_EQ(report->failed_step, "2");
  EXPECT_THAT(report->why, HasSubstr("AccessDeniedException"));
  EXPECT_EQ(cloud.changes.size(), 2u) << "one forward, one back";
  EXPECT_THAT(said, Contains("2 failed"));
  EXPECT_THAT(said, Contains("1 taken back"));
}

TEST_F(Apply, StopsWhereTheUserSaidSo) {
  options.on_failure = OnFailure::stop;
  cloud.refuse_change(2, error_of(ErrorKind::invalid_call, "InvalidParameterException"));
  const auto report = apply(two_step_plan());
  ASSERT_TRUE(report);
  EXPECT_EQ(report->result, RunResult::stopped);
  EXPECT_EQ(value("thing-1"), 9);
  EXPECT_EQ(last().state, RunState::stopped);
  cloud.refused.clear();
  ASSERT_EQ(resume()->result, RunResult::done);
  EXPECT_EQ(value("thing-2"), 9);
  EXPECT_EQ(cloud.changes.size(), 2u);
}

TEST_F(Apply, BelievesTheReadingWhenTheAnswerIsLost) {
  cloud.lose_answer_of_change(1, reset_error());
  const auto report = apply(two_step_plan());
  ASSERT_TRUE(report);
  EXPECT_EQ(report->result, RunResult::done) << report->why;
  EXPECT_EQ(cloud.changes.size(), 2u) << "a call that took effect is not sent again";
}

TEST_F(Apply, SendsAgainWhatCertainlyDidNotArrive) {
  cloud.refuse_change(1, reset_error());
  const auto report = apply(two_step_plan());
  ASSERT_TRUE(report);
  EXPECT_EQ(report->result, RunResult::done) << report->why;
  EXPECT_EQ(cloud.changes.size(), 2u);
  EXPECT_EQ(last().entries.size(), 3u) << "each attempt is written down";
  EXPECT_GE(clock.now() - testing::kNow, std::chrono::seconds(15)) << "it was given time to show";
}

TEST_F(Apply, GivesUpWhenItNeverArrives) {
  for (int n = 2; n <= 4; ++n) cloud.refuse_change(n, reset_error());
  expect_taken_back(apply(two_step_plan()));
}

TEST_F(Apply, WaitsForAStateThatIsStillOld) {
  cloud.stale_reads = 6;
  const auto report = apply(two_step_plan());
  ASSERT_TRUE(report);
  EXPECT_EQ(report->result, RunResult::done) << report->why;
  EXPECT_EQ(cloud.changes.size(), 2u);
  EXPECT_GE(clock.sleeps, 6);
}

TEST_F(Apply, FindsALostChangeBehindAStateThatIsStillOld) {
  cloud.stale_reads = 4;
  cloud.lose_answer_of_change(1, reset_error());
  const auto report = apply(two_step_plan());
  ASSERT_TRUE(report);
  EXPECT_EQ(report->result, RunResult::done) << report->why;
  EXPECT_EQ(cloud.changes.size(), 2u);
}

TEST_F(Apply, TakesBackWhatAWSTookAndNeverShows) {
  cloud.after_change = [this](int n) {
    if (n == 2) cloud.things["thing-2"]["value"] = 1;
  };
  const auto report = apply(two_step_plan());
  expect_taken_back(report);
  EXPECT_THAT(report->why, HasSubstr("nothing of it shows"));
}

TEST_F(Apply, TakesBackWhatCameToSomethingElse) {
  cloud.after_change = [this](int n) {
    if (n == 2) cloud.things["thing-2"]["value"] = 7;
  };
  const auto report = apply(two_step_plan());
  expect_taken_back(report);
  EXPECT_THAT(report->differences, ElementsAre("/value: 1 -> 7"));
}

TEST_F(Apply, SaysThatItIsStuckWhenCredentialsEndHalfway) {
  cloud.after_change = [this](int n) {
    if (n == 2) cloud.broken["DescribeServices"] = error_of(ErrorKind::refused, "ExpiredTokenException");
  };
  const auto report = apply(two_step_plan());
  ASSERT_TRUE(report);
  EXPECT_EQ(report->result, RunResult::stuck);
  EXPECT_EQ(report->failed_step, "2");
  EXPECT_THAT(report->why, HasSubstr("ExpiredTokenException"));
  EXPECT_THAT(report->by_hand, Contains(HasSubstr("fargate-doctor apply --resume " + report->run)));
  EXPECT_THAT(
      report->by_hand,
      Contains(
          R"(aws ecs update-service --region eu-west-1 --cli-input-json '{"name":"thing-1","value":1}')"));
  EXPECT_EQ(last().state, RunState::stuck);
  ASSERT_TRUE(last().entries.back().open());

  cloud.broken.clear();
  const auto resumed = resume();
  ASSERT_TRUE(resumed);
  EXPECT_EQ(resumed->result, RunResult::done) << resumed->why;
  EXPECT_EQ(cloud.changes.size(), 2u);
}

TEST_F(Apply, SaysThatItIsStuckWhenTakingBackIsRefused) {
  cloud.refuse_change(2, error_of(ErrorKind::invalid_call, "InvalidParameterException"));
  cloud.refuse_change(3, error_of(ErrorKind::refused, "AccessDeniedException"));
  const auto report = apply(two_step_plan());
  ASSERT_TRUE(report);
  EXPECT_EQ(report->result, RunResult::stuck);
  EXPECT_THAT(report->why, HasSubstr("step 1 could not be taken back"));
  EXPECT_THAT(report->by_hand, Contains(HasSubstr("thing-1")));
  EXPECT_EQ(value("thing-1"), 9);

  const auto resumed = resume();
  ASSERT_TRUE(resumed);
  EXPECT_EQ(resumed->result, RunResult::rolled_back) << "a run that was going back goes on going back";
  EXPECT_EQ(value("thing-1"), 1);
}

TEST_F(Apply, TriesAnInverseAgainThroughResetsAndThrottling) {
  cloud.refuse_change(2, error_of(ErrorKind::refused, "AccessDeniedException"));
  cloud.refuse_change(3, reset_error());
  cloud.refuse_change(4, error_of(ErrorKind::throttled, "ThrottlingException"));
  expect_taken_back(apply(two_step_plan()));
}

TEST_F(Apply, IsStuckWhereSomebodyChangesWhatIsToBeTakenBack) {
  cloud.refuse_change(2, error_of(ErrorKind::refused, "AccessDeniedException"));
  cloud.before_change = [this](int n) {
    if (n == 2) cloud.things["thing-1"]["value"] = 5;
  };
  const auto report = apply(two_step_plan());
  ASSERT_TRUE(report);
  EXPECT_EQ(report->result, RunResult::stuck);
  EXPECT_THAT(report->differences, ElementsAre("/value: before 1, ours 9, theirs 5"));
  EXPECT_EQ(value("thing-1"), 5);
}

TEST_F(Apply, FinishesTheStepOnSigint) {
  cloud.before_change = [this](int) { cancelled = true; };
  const auto report = apply(two_step_plan());
  ASSERT_TRUE(report);
  EXPECT_EQ(report->result, RunResult::stopped);
  EXPECT_EQ(value("thing-1"), 9);
  EXPECT_EQ(value("thing-2"), 1);
  EXPECT_EQ(last().entries.front().outcome, Outcome::done);
  EXPECT_EQ(last().state, RunState::stopped);
  cancelled = false;
  cloud.before_change = nullptr;
  EXPECT_EQ(resume()->result, RunResult::done);
  EXPECT_EQ(cloud.changes.size(), 2u);
}

TEST_F(Apply, StopsTakingBackOnSigintAndGoesOnWithIt) {
  Plan plan = two_step_plan();
  Step third = plan.steps[1];
  third.id = "3";
  third.resource.id = "thing-3";
  third.before = R"({"name":"thing-3","value":1})";
  third.request.input = R"({"name":"thing-3","value":9})";
  plan.steps.push_back(third);
  cloud.refuse_change(3, error_of(ErrorKind::refused, "AccessDeniedException"));
  cloud.before_change = [this](int n) {
    if (n == 4) cancelled = true;  // the inverse of step 2
  };
  const auto report = apply(plan);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->result, RunResult::stopped);
  EXPECT_EQ(value("thing-2"), 1);
  EXPECT_EQ(value("thing-1"), 9);
  EXPECT_EQ(last().state, RunState::rolling_back);
  cancelled = false;
  expect_taken_back(resume());
}

TEST_F(Apply, WaitsForTheProbe) {
  Plan plan = two_step_plan();
  plan.steps[0].probe = {{}, "/healthy", "true", std::chrono::minutes(10)};
  options.sleep = [this](core::Duration span) {
    clock.sleep(span);
    if (clock.sleeps == 5) cloud.things["thing-1"]["healthy"] = true;
  };
  const auto report = apply(plan);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->result, RunResult::done) << report->why;
  EXPECT_THAT(said, Contains("1 probing"));
  EXPECT_EQ(clock.sleeps, 5);
}

TEST_F(Apply, TakesAStepBackWhoseProbeFails) {
  Plan plan = two_step_plan();
  plan.steps[1].probe = {{"ecs", "DescribeServices", "eu-west-1", R"({"name":"thing-2"})"},
                         "/thing/value",
                         "10",
                         std::chrono::minutes(1)};
  const auto report = apply(plan);
  expect_taken_back(report);
  EXPECT_EQ(report->why, "/thing/value is 9 after 1 min, and must be 10");
}

TEST_F(Apply, ProbesAgainWhereSigintCutTheProbeShort) {
  Plan plan = two_step_plan();
  plan.steps[0].probe = {{}, "/healthy", "", std::chrono::minutes(10)};
  options.sleep = [this](core::Duration span) {
    clock.sleep(span);
    cancelled = true;
  };
  const auto report = apply(plan);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->result, RunResult::stopped);
  EXPECT_THAT(report->why, HasSubstr("not proven"));
  cancelled = false;
  options.sleep = [this](core::Duration span) { clock.sleep(span); };
  // It never turns healthy, and nobody but the probe would notice.
  expect_taken_back(resume());
}

TEST_F(Apply, PublishesEachChange) {
  ASSERT_TRUE(apply(two_step_plan()));
  EXPECT_EQ(cloud.count("PutMetricData"), 2);
  EXPECT_EQ(cloud.count("PutEvents"), 2);
  for (const auto& call : cloud.asked) {
    const auto input = nlohmann::json::parse(call.input);
    if (call.operation == "PutMetricData") {
      EXPECT_EQ(input["Namespace"], "FargateDoctor");
      const auto& datum = input["MetricData"][0];
      EXPECT_EQ(datum["MetricName"], "RemediationsApplied");
      EXPECT_EQ(
          datum["Dimensions"].dump(),
          R"([{"Name":"Family","Value":"FargateSpotInterrupted"},{"Name":"Fix","Value":"on_demand_base"}])");
    } else if (call.operation == "PutEvents") {
      EXPECT_EQ(input["Entries"][0]["Source"], "fargate-doctor");
      const auto detail = nlohmann::json::parse(input["Entries"][0]["Detail"].get<std::string>());
      EXPECT_EQ(detail["run"], last().id);
    }
  }
}

TEST_F(Apply, GoesOnWhereNothingCanBePublished) {
  cloud.broken["PutMetricData"] = error_of(ErrorKind::refused, "AccessDenied");
  cloud.broken["PutEvents"] = reset_error();
  const auto report = apply(two_step_plan());
  ASSERT_TRUE(report);
  EXPECT_EQ(report->result, RunResult::done);
  EXPECT_EQ(report->warnings.size(), 4u);
  EXPECT_THAT(report->warnings, Contains(HasSubstr("did not take the metric: AccessDenied")));
}

TEST_F(Apply, FillsARequestFromAnEarlierAnswer) {
  Plan plan = two_step_plan();
  plan.steps[1].request.input =
      R"({"name":"thing-2","value":"${1.made.count}","from":"${1.made.id} in ${run.id}/${step.id}"})";
  plan.steps[1].effects = {{"/from", "\"${1.made.id} in ${run.id}/${step.id}\""}};
  const auto report = apply(plan);
  ASSERT_TRUE(report);
  ASSERT_EQ(report->result, RunResult::done) << report->why;
  EXPECT_EQ(cloud.things["thing-2"]["value"], 1) << "a number stays a number";
  EXPECT_EQ(cloud.things["thing-2"]["from"], "thing-1#1 in " + report->run + "/2");
}

TEST_F(Apply, NeverSendsAnUnknownReference) {
  Plan plan = two_step_plan();
  plan.steps[1].request.input = R"({"name":"thing-2","value":9,"from":"${1.made.nothing}"})";
  const auto report = apply(plan);
  expect_taken_back(report);
  EXPECT_THAT(report->why, HasSubstr("${1.made.nothing}"));
  EXPECT_EQ(cloud.changes.size(), 2u) << "step 1 and its inverse";
}

Plan creating_plan(Replay replay) {
  Plan plan = two_step_plan();
  Step& step = plan.steps[1];
  step.resource.id = "new";
  step.before = "null";
  step.replay = replay;
  step.request.input =
      R"({"name":"new","value":9,"token":"${run.id}-${step.id}","tag":"${run.id}/${step.id}"})";
  step.inverse = {"ecs", "DeleteService", "eu-west-1", R"({"name":"new"})"};
  Step user = plan.steps[0];
  user.id = "3";
  user.resource.id = "thing-3";
  user.before = R"({"name":"thing-3","value":1})";
  user.request.input = R"({"name":"thing-3","value":9,"uses":"${2.made.id}"})";
  user.inverse.input = R"({"name":"thing-3","value":1})";
  plan.steps.push_back(user);
  return plan;
}

TEST_F(Apply, AsksForALostAnswerWithTheSameToken) {
  cloud.honours_tokens = true;
  cloud.lose_answer_of_change(2, reset_error());
  const auto report = apply(creating_plan(Replay::client_token));
  ASSERT_TRUE(report);
  ASSERT_EQ(report->result, RunResult::done) << report->why;
  EXPECT_EQ(cloud.changes.size(), 3u) << "AWS takes a token once";
  EXPECT_EQ(cloud.things["thing-3"]["uses"], "new#2");
}

TEST_F(Apply, FindsWhatItMadeByItsTag) {
  Plan plan = creating_plan(Replay::tagged);
  plan.steps.pop_back();
  plan.steps[1].effects = {{"/never", "true"}};
  cloud.lose_answer_of_change(2, reset_error());
  const auto report = apply(plan);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->result, RunResult::done) << report->why;
  EXPECT_EQ(cloud.changes.size(), 2u);
}

TEST_F(Apply, RemovesWhatItMade) {
  cloud.refuse_change(3, error_of(ErrorKind::refused, "AccessDeniedException"));
  expect_taken_back(apply(creating_plan(Replay::read_back)));
  EXPECT_FALSE(cloud.things.contains("new"));
}

TEST_F(Apply, ChangesOneResourceTwiceAndTakesBothBack) {
  Plan plan = two_step_plan();
  plan.steps[1].resource = plan.steps[0].resource;
  plan.steps[1].before = plan.steps[0].before;  // when the plan was made nothing was done yet
  plan.steps[1].request.input = R"({"name":"thing-1","value":9,"more":true})";
  plan.steps[1].inverse.input = R"({"name":"thing-1","value":9})";
  plan.steps[1].effects = {{"/more", "true"}};
  ASSERT_EQ(apply(plan)->result, RunResult::done);
  EXPECT_EQ(apply(plan)->result, RunResult::nothing_to_do);
  ASSERT_EQ(roll_back()->result, RunResult::rolled_back);
  EXPECT_EQ(cloud.things["thing-1"].dump(), R"({"name":"thing-1","value":1})");
}

Plan traceless_plan() {
  Plan plan = two_step_plan();
  Step& step = plan.steps[0];
  step.effects.clear();
  step.request.input = R"({"name":"thing-1","value":1})";  // a forced deployment: no state shows it
  step.inverse = {};
  return plan;
}

TEST_F(Apply, BelievesTheAnswerOfAStepThatLeavesNoTrace) {
  ASSERT_EQ(apply(traceless_plan())->result, RunResult::done);
  EXPECT_EQ(clock.sleeps, 0);
  EXPECT_EQ(cloud.changes.size(), 2u);
  const auto back = roll_back();
  EXPECT_EQ(back->result, RunResult::rolled_back) << back->why;
  EXPECT_EQ(cloud.changes.size(), 3u) << "there is nothing to take back of the first step";
}

TEST_F(Apply, DoesAStepThatLeavesNoTraceAgainWhereNobodyHeardTheAnswer) {
  cloud.lose_answer_of_change(1, reset_error());
  ASSERT_EQ(apply(traceless_plan())->result, RunResult::done);
  EXPECT_EQ(cloud.changes.size(), 3u);
}

TEST_F(Apply, KnowsAnEffectThatSpeaksOfItsOwnAnswer) {
  Plan plan = two_step_plan();
  plan.steps[0].effects = {{"/value", "9"}, {"/id", "\"${self.made.id}\""}};
  cloud.after_change = [this](int n) {
    if (n == 1) cloud.things["thing-1"]["id"] = "thing-1#1";
  };
  EXPECT_EQ(apply(plan)->result, RunResult::done);
}

TEST_F(Apply, FindsAnIdInTheReadingWhereTheAnswerIsLost) {
  Plan plan = creating_plan(Replay::read_back);
  plan.steps[1].request.input = R"({"name":"new","value":9,"thingId":"t-77"})";
  plan.steps[2].request.input = R"({"name":"thing-3","value":9,"uses":"${2.made.thingId}"})";
  cloud.lose_answer_of_change(2, reset_error());
  const auto report = apply(plan);
  ASSERT_EQ(report->result, RunResult::done) << report->why;
  EXPECT_EQ(cloud.things["thing-3"]["uses"], "t-77");
}

TEST_F(Apply, KeepsOtherRunsAway) {
  const std::string other = *journal->begin(two_step_plan(), clock.now());
  ASSERT_TRUE(journal->lease(other, {two_step_plan().steps[1].resource}, clock.now(), std::chrono::hours(1)));
  const auto report = apply(two_step_plan());
  ASSERT_TRUE(report);
  EXPECT_EQ(report->result, RunResult::refused);
  EXPECT_THAT(report->why, HasSubstr(other));
  EXPECT_THAT(cloud.changes, IsEmpty());
}

TEST_F(Apply, RefusesOneWayStepsThatWereNotAllowedByName) {
  Plan plan = two_step_plan();
  plan.steps[1].reversible = false;
  plan.steps[1].one_way_reason = "a quota is never lowered again";
  plan.steps[1].inverse = {};
  EXPECT_EQ(apply(plan)->result, RunResult::refused);
  EXPECT_THAT(apply(plan)->why, HasSubstr("a quota is never lowered again"));
  options.allowed_one_way = {"on_demand_base"};
  EXPECT_EQ(apply(plan)->result, RunResult::done);
  // Only what can be taken back is, and what stays is said.
  const auto back = roll_back();
  ASSERT_TRUE(back);
  EXPECT_EQ(back->result, RunResult::stuck);
  EXPECT_THAT(back->by_hand, Contains(HasSubstr("a quota is never lowered again")));
  EXPECT_EQ(value("thing-1"), 1);
  EXPECT_EQ(value("thing-2"), 9);
}

TEST_F(Apply, RefusesWhatCodeManages) {
  Plan plan = two_step_plan();
  plan.steps[0].managed_by = "terraform: aws_ecs_service.web (main.tf)";
  EXPECT_THAT(apply(plan)->why, HasSubstr("terraform: aws_ecs_service.web (main.tf)"));
  options.accept_drift = true;
  EXPECT_EQ(apply(plan)->result, RunResult::done);
}

TEST_F(Apply, RefusesDnsAndTlsOutsideTheWindow) {
  Plan plan = two_step_plan();
  plan.steps[1].touches_dns_or_tls = true;
  EXPECT_THAT(apply(plan)->why, HasSubstr("--window"));
  options.window = *window_of("Sat 02:00-04:00 Europe/London");  // kNow is a Tuesday
  EXPECT_THAT(apply(plan)->why, HasSubstr("closed until 2026-11-28T02:00:00Z"));
  EXPECT_THAT(cloud.changes, IsEmpty());
  options.outside_window = true;
  EXPECT_EQ(apply(plan)->result, RunResult::done);
}

TEST_F(Apply, TakesBackWhereTheWindowEndsDuringTheRun) {
  Plan plan = two_step_plan();
  plan.steps[1].touches_dns_or_tls = true;
  options.window = *window_of("Tue 02:00-03:30 UTC");
  cloud.after_change = [this](int n) {
    if (n == 1) clock.sleep(std::chrono::hours(1));
  };
  expect_taken_back(apply(plan));
}

TEST_F(Apply, RefusesWhatTheCallerMayNotDo) {
  Plan plan = two_step_plan();
  plan.steps[1].iam_actions = {"ecs:DescribeServices", "ecs:UpdateService"};
  options.missing_actions = {{"2", "ecs:UpdateService", "*", "no identity-based policy allows it"}};
  const auto report = apply(plan);
  EXPECT_EQ(report->result, RunResult::refused);
  EXPECT_THAT(report->why, HasSubstr("step 2 needs ecs:UpdateService"));
}

TEST_F(Apply, RefusesAnUnknownKind) {
  Plan plan = two_step_plan();
  plan.steps[0].resource.kind = "acme:rocket";
  EXPECT_THAT(apply(plan)->why, HasSubstr("acme:rocket"));
}

TEST_F(Apply, ShowsWhatWouldChange) {
  cloud.things["thing-2"]["value"] = 9;
  const auto all = preview(cloud, two_step_plan(), options);
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].verdict, Preview::Verdict::would_change);
  EXPECT_THAT(all[0].differences, ElementsAre("/value: 1 -> 9"));
  EXPECT_EQ(all[1].verdict, Preview::Verdict::already_so);
  EXPECT_THAT(cloud.changes, IsEmpty());
}

}  // namespace
}  // namespace doctor::remedy
