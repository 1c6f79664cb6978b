#include "facts/needs.h"

#include "facts_support.h"

namespace doctor::facts {
namespace {

TEST(Needs, ASpotInterruptionNeedsNothingMore) {
  EXPECT_EQ(needs_of("SpotInterruption Your Spot Task was interrupted."), 0U);
  EXPECT_EQ(needs_of("Scaling activity initiated by (deployment ecs-svc/1)"), 0U);
  EXPECT_EQ(needs_of("(service web) has reached a steady state."), 0U);
}

TEST(Needs, WordsOfAWSOpenTheQuestionsThatBelongToThem) {
  EXPECT_TRUE(needs_of("CannotPullContainerError: pull access denied") & kExecutionRole);
  EXPECT_TRUE(needs_of("no space left on device") & kStorageMetrics);
  EXPECT_TRUE(needs_of("Essential container in task exited") & kLogs);
  EXPECT_TRUE(
      needs_of("(service web) was unable to place a task. Reason: Capacity is unavailable at this time.") &
      kQuotaUsage);
  EXPECT_TRUE(needs_of("Timeout waiting for network interface provisioning to complete.") & kServiceRole);
  EXPECT_TRUE(needs_of("with an explicit deny in a service control policy") & kOrganization);
  EXPECT_FALSE(needs_of("CannotPullContainerError: not found") & kLogs);
}

TEST(Needs, ARefusalThatNamesNoLevelAsksForTheOrganization) {
  EXPECT_TRUE(needs_of("AccessDeniedException: not authorized to perform: kms:Decrypt") & kOrganization);
  EXPECT_TRUE(needs_of("UnauthorizedOperation: You are not authorized") & kOrganization);
  EXPECT_FALSE(
      needs_of(
          "AccessDeniedException: not authorized to perform: kms:Decrypt because no identity-based policy "
          "allows the kms:Decrypt action") &
      kOrganization);
}

}  // namespace
}  // namespace doctor::facts
