#include "verify/check.h"

#include "verify/lag.h"
#include "verify_support.h"

namespace doctor::verify {
namespace {

Verification with(std::vector<Standing> standings) {
  Verification v;
  v.run = "r-1";
  v.ended_at = at("2026-11-24T03:00:00Z");
  v.checked_at = at("2026-11-24T03:20:00Z");
  for (const Standing standing : standings) {
    Check check;
    check.id = "x";
    check.name = "check " + std::to_string(v.checks.size() + 1);
    check.standing = standing;
    v.checks.push_back(check);
  }
  return v;
}

TEST(Verdict, OneFailedCheckOutweighsEverything) {
  EXPECT_EQ(
      verdict_of(with({Standing::passed, Standing::not_possible, Standing::provisional, Standing::failed})),
      Verdict::failed);
}

TEST(Verdict, WhatCouldNotBeLookedAtOutweighsWhatIsTooEarly) {
  EXPECT_EQ(verdict_of(with({Standing::passed, Standing::provisional, Standing::not_possible})),
            Verdict::incomplete);
  EXPECT_EQ(verdict_of(with({Standing::passed, Standing::provisional})), Verdict::provisional);
  EXPECT_EQ(verdict_of(with({Standing::passed})), Verdict::verified);
}

TEST(Verdict, NoChecksVerifyNothing) {
  EXPECT_EQ(verdict_of(with({})), Verdict::incomplete);
  EXPECT_EQ(summary_of(with({})), "incomplete: nothing could be checked");
}

TEST(Verdict, ExitCodesAreThoseOfTheDesign) {
  EXPECT_EQ(exit_code(Verdict::verified), 0);
  EXPECT_EQ(exit_code(Verdict::failed), 1);
  EXPECT_EQ(exit_code(Verdict::provisional), 4);
  EXPECT_EQ(exit_code(Verdict::incomplete), 4);
}

TEST(Verdict, ProvisionalNamesTheLatestTime) {
  auto v = with({Standing::provisional, Standing::provisional, Standing::passed});
  v.checks[0].until = at("2026-11-24T03:30:00Z");
  v.checks[1].until = at("2026-11-25T03:00:00Z");
  v.checks[2].until = at("2027-01-01T00:00:00Z");
  EXPECT_EQ(provisional_until(v), at("2026-11-25T03:00:00Z"));
  EXPECT_EQ(summary_of(v),
            "provisional until 2026-11-25T03:00:00Z: nothing failed, 2 of 3 checks must wait: check 1 (and "
            "others)");
}

TEST(VerificationJson, ComesBackAsItWas) {
  auto v = with({Standing::failed, Standing::provisional});
  v.family = "FargateExecError";
  v.checks[0].why = "it \"broke\"";
  v.checks[0].proof.push_back(
      {"ecs", "describe-tasks", "", "stopCode", "TaskFailedToStart", at("2026-11-24T03:10:00Z")});
  v.checks[1].until = at("2026-11-24T03:15:00Z");
  const std::string json = verification_json(v);
  const auto back = verification_of(json, "x");
  ASSERT_TRUE(back) << core::to_line(back.error());
  EXPECT_EQ(verification_json(*back), json);
  EXPECT_EQ(back->checks[0].proof[0].time, at("2026-11-24T03:10:00Z"));
}

TEST(VerificationJson, RefusesWhatIsNone) {
  EXPECT_FALSE(verification_of("{}", "x"));
  EXPECT_FALSE(verification_of("{", "x"));
  const auto bad = verification_of(
      R"({"schema":"fargate-doctor/verification/1","ended_at":"2026-11-24T03:00:00Z","checked_at":"2026-11-24T03:00:00Z","checks":[{"standing":"green"}]})",
      "round 3");
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().sentence, "round 3: 'green' is no standing");
}

TEST(Soak, AFamilyThatComesByChanceWaitsADayAndOneThatAlwaysShowsWaitsForTheTrail) {
  EXPECT_EQ(soak_of("FargateSpotInterrupted").soak, std::chrono::hours{24});
  EXPECT_EQ(soak_of("FargateExecError").soak, kTrailLag);
  EXPECT_EQ(soak_of("no such family").soak, kTrailLag);
}

}  // namespace
}  // namespace doctor::verify
