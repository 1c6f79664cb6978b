#include "diagnose/explain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

#include "diagnose/table.h"

namespace doctor::diagnose {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

Explanation first(std::string_view text) {
  const auto all = explain(text);
  return all.empty() ? Explanation{} : all.front();
}
std::string first_cause(std::string_view text) {
  const Explanation e = first(text);
  return e.causes.empty() ? "" : e.causes.front().id;
}

TEST(Explain, FamilyNamesWithAndWithoutFargateInAnyCase) {
  for (const std::string& family : known_families()) {
    const std::string bare = family.substr(7);
    std::string shouted = family;
    for (char& c : shouted) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    for (const std::string& name : {family, bare, shouted, " " + family + "\n"}) {
      const auto all = explain(name);
      ASSERT_THAT(all, SizeIs(1)) << name;
      EXPECT_EQ(all.front().family, family);
      EXPECT_THAT(all.front().causes, Not(IsEmpty()));
      EXPECT_THAT(all.front().contributing, Not(IsEmpty()));
      EXPECT_THAT(all.front().references, Not(IsEmpty()));
      EXPECT_FALSE(all.front().meaning.empty());
    }
  }
  EXPECT_THAT(known_families(), SizeIs(7));
}

TEST(Explain, EveryCauseByItsIdComesFirstWithProofAndFixes) {
  for (const CauseRow& row : cause_table()) {
    const Explanation e = first(row.id);
    EXPECT_EQ(e.family, row.family) << row.id;
    const auto& list = row.contributing ? e.contributing : e.causes;
    ASSERT_THAT(list, Not(IsEmpty())) << row.id;
    EXPECT_EQ(list.front().id, row.id);
    EXPECT_FALSE(list.front().proof.empty()) << row.id;
    EXPECT_THAT(list.front().fixes, Not(IsEmpty())) << row.id;
  }
}

TEST(Explain, AnErrorCodeInsideAReasonDecides) {
  const Explanation e = first(
      "Unexpected EC2 error while attempting to Create Network Interface with public IP assignment enabled "
      "in subnet "
      "'subnet-0123': InsufficientFreeAddressesInSubnet");
  EXPECT_EQ(e.family, "FargateENICreateFailed");
  EXPECT_EQ(e.matched, "InsufficientFreeAddressesInSubnet");
  EXPECT_EQ(e.causes.front().id, "eni.no_free_addresses");
  EXPECT_GT(e.causes.front().prior, .9);
}

TEST(Explain, ExecErrorsOfTheCliWeighTheFourUsualCauses) {
  const Explanation e = first(
      "An error occurred (TargetNotConnectedException) when calling the ExecuteCommand operation: The "
      "execute command "
      "failed due to an internal error. Try again later.");
  EXPECT_EQ(e.family, "FargateExecError");
  EXPECT_EQ(e.causes.front().id, "exec.task_role_missing_ssmmessages");
  EXPECT_THAT(e.causes.front().proof, HasSubstr("aws iam simulate-principal-policy"));
  ASSERT_GT(e.causes.size(), 2U);
  EXPECT_EQ(e.causes[1].id, "exec.no_path_to_ssmmessages");
}

TEST(Explain, ExitCodesInAnyFormOfWriting) {
  for (const char* text : {"137", "exit code 137", "Exit Code: 137", "exited with code 137", "exitCode=137",
                           "exit status 137"}) {
    const auto all = explain(text);
    ASSERT_THAT(all, SizeIs(2)) << text;
    EXPECT_EQ(all[0].family, "") << text;
    EXPECT_EQ(all[0].causes.front().id, "stop.out_of_memory") << text;
    EXPECT_THAT(all[0].meaning, HasSubstr("SIGKILL"));
    EXPECT_EQ(all[1].family, "FargateSpotInterrupted") << text;
  }
  EXPECT_NE(first_cause("143"), "stop.out_of_memory");
  EXPECT_EQ(first_cause("1"), "stop.application_exit");
  EXPECT_THAT(first("131").meaning, HasSubstr("signal 3"));
  EXPECT_THAT(explain("300"), IsEmpty());
}

TEST(Explain, StopCodesAlone) {
  EXPECT_EQ(first("SpotInterruption").family, "FargateSpotInterrupted");
  EXPECT_EQ(first("TerminationNotice").family, "FargateSpotInterrupted");
  EXPECT_EQ(first_cause("UserInitiated"), "stop.user");
  EXPECT_EQ(first_cause("EssentialContainerExited"), "stop.application_exit");
  EXPECT_EQ(first("TaskFailedToStart").family, "");
}

TEST(Explain, APastedJsonTaskIsReadByItsCodesAndReasons) {
  const Explanation e = first(R"({"tasks": [{"taskArn": "arn:aws:ecs:eu-west-1:111122223333:task/prod/0f9d",
      "stopCode": "EssentialContainerExited", "stoppedReason": "Essential container in task exited",
      "tags": [{"key": "note", "value": "SpotInterruption drill"}],
      "containers": [{"name": "app", "exitCode": 137, "reason": "OutOfMemoryError: Container killed due to memory usage"}]}]})");
  EXPECT_EQ(e.family, "");
  EXPECT_EQ(e.causes.front().id, "stop.out_of_memory");
  EXPECT_GT(e.causes.front().prior, .9);
}

TEST(Explain, JsonThatIsCutOffIsReadAsText) {
  EXPECT_EQ(first(R"({"stopCode": "SpotInterruption", "stoppedReason": "Your Spot Task was inter)").family,
            "FargateSpotInterrupted");
}

TEST(Explain, PullTimeoutsStayBetweenPathAndSize) {
  const Explanation e = first("CannotPullContainerError: context deadline exceeded");
  EXPECT_EQ(e.family, "FargateImageSizeExceeded");
  ASSERT_GE(e.causes.size(), 2U);
  EXPECT_LT(e.causes.front().prior, .8);
}

TEST(Explain, ScalingActivityIsDeploymentOrScaleIn) {
  const Explanation e = first("Scaling activity initiated by (deployment ecs-svc/1234567890123456789)");
  ASSERT_GE(e.causes.size(), 2U);
  EXPECT_EQ(e.causes[0].id, "stop.deployment");
  EXPECT_EQ(e.causes[1].id, "stop.scale_in");
}

TEST(Explain, ASteadyServiceIsNoFailure) {
  const auto all = explain("(service web) has reached a steady state.");
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_EQ(all.front().title, "no failure of a task");
  EXPECT_THAT(all.front().causes, IsEmpty());
}

TEST(Explain, ARefusedCallNamesThePolicyLevel) {
  const auto all = explain(
      "An error occurred (AccessDeniedException) when calling the DescribeServices operation: User: "
      "arn:aws:iam::1:user/a is "
      "not authorized to perform: logs-like:Thing with an explicit deny in a service control policy");
  ASSERT_THAT(all, Not(IsEmpty()));
  EXPECT_THAT(all.front().meaning, HasSubstr("service control policy"));
}

TEST(Explain, WhatIsNotKnownIsNotGuessed) {
  EXPECT_THAT(explain(""), IsEmpty());
  EXPECT_THAT(explain("   \n"), IsEmpty());
  EXPECT_THAT(explain("the quick brown fox"), IsEmpty());
  EXPECT_THAT(explain("FargateSpotInterupted"),
              IsEmpty());  // a misspelling: the CLI suggests, explain does not
  EXPECT_THAT(explain("{}"), IsEmpty());
}

TEST(Explain, ProbabilitiesOfCausesNeverExceedOne) {
  for (std::string_view text :
       {"TaskFailedToStart", "137", "CannotPullContainerError: i/o timeout", "FargateExecError"}) {
    for (const Explanation& e : explain(text)) {
      double sum = 0;
      for (const ExplainedCause& cause : e.causes) sum += cause.prior;
      EXPECT_GT(sum, .2) << text;
      EXPECT_LE(sum, 1.000001) << text;
    }
  }
}

RC_GTEST_PROP(Explain, AnyBytesAreExplainedOrNotAndAlwaysAlike, (const std::string& text)) {
  for (const std::string& input : {text, "{\"reason\": \"" + text + "\"}", "[" + text, "exit code " + text}) {
    const auto once = explain(input), again = explain(input);
    RC_ASSERT(once.size() == again.size());
    for (std::size_t i = 0; i < once.size(); ++i) {
      RC_ASSERT(once[i].family == again[i].family && once[i].matched == again[i].matched);
      RC_ASSERT(once[i].causes.size() == again[i].causes.size());
    }
  }
}

}  // namespace
}  // namespace doctor::diagnose
