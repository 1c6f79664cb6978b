#include "aws/retry.h"

#include <gtest/gtest.h>

namespace doctor::aws {
namespace {

using core::Duration;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr double kAlmostOne = 0.999999;
const Random kLongest = [] { return kAlmostOne; };
const Random kHalf = [] { return 0.5; };

std::vector<Duration> waits(RetryReason reason, const Random& random, RetryPolicy policy = {}) {
  RetryState state;
  RetryBudget budget;
  std::vector<Duration> out;
  while (const auto wait = wait_before_retry(reason, state, policy, budget, random)) {
    out.push_back(*wait);
    state.elapsed += *wait;
  }
  return out;
}

TEST(Retry, TransientFailuresAreTriedThreeTimesWithShortWaits) {
  EXPECT_EQ(waits(RetryReason::transient, kHalf),
            (std::vector<Duration>{milliseconds{25}, milliseconds{50}}));
}

TEST(Retry, ThrottlingWaitsLongerAndIsTriedEightTimesWithinTheDeadline) {
  EXPECT_EQ(waits(RetryReason::throttled, kHalf),
            (std::vector<Duration>{milliseconds{500}, seconds{1}, seconds{2}, seconds{4}, seconds{8},
                                   seconds{10}, seconds{10}}));
  RetryPolicy hasty;
  hasty.throttled_deadline = seconds{5};
  EXPECT_EQ(waits(RetryReason::throttled, kHalf, hasty).size(), 3U);
}

TEST(Retry, NoWaitPassesTwentySeconds) {
  for (const auto wait : waits(RetryReason::throttled, kLongest)) EXPECT_LT(wait, seconds{20});
}

TEST(Retry, JitterIsFull) {
  EXPECT_EQ(waits(RetryReason::throttled, [] { return 0.0; }), std::vector<Duration>(7, Duration{0}));
}

TEST(Retry, ThrottlingDoesNotUseUpTheTriesOfOtherFailures) {
  RetryState state;
  RetryBudget budget;
  for (int i = 0; i < 5; ++i) {
    EXPECT_TRUE(wait_before_retry(RetryReason::throttled, state, {}, budget, kHalf));
  }
  EXPECT_EQ(wait_before_retry(RetryReason::transient, state, {}, budget, kHalf), milliseconds{25});
  EXPECT_EQ(wait_before_retry(RetryReason::timeout, state, {}, budget, kHalf), milliseconds{50});
  EXPECT_EQ(wait_before_retry(RetryReason::transient, state, {}, budget, kHalf), std::nullopt);
  EXPECT_TRUE(wait_before_retry(RetryReason::throttled, state, {}, budget, kHalf));
  EXPECT_EQ(state.attempts, 9);
}

TEST(Retry, OneAttemptMeansOneAttempt) {
  RetryPolicy once;
  once.attempts = 1;
  EXPECT_TRUE(waits(RetryReason::transient, kHalf, once).empty());
  EXPECT_TRUE(waits(RetryReason::throttled, kHalf, once).empty());
}

TEST(Retry, AnEmptyBucketEndsRetriesAndSuccessFillsIt) {
  RetryBudget budget;
  RetryPolicy policy;
  int retries = 0;
  for (;; ++retries) {
    RetryState state;
    if (!wait_before_retry(RetryReason::timeout, state, policy, budget, kHalf)) break;
  }
  EXPECT_EQ(retries, 50);  // 500 tokens, 10 for a time-out
  budget.succeeded(0);
  EXPECT_EQ(budget.tokens(), 1);
  budget.succeeded(10);
  EXPECT_EQ(budget.tokens(), 11);
  for (int i = 0; i < 1000; ++i) budget.succeeded(10);
  EXPECT_EQ(budget.tokens(), 500);
}

TEST(Retry, ClockAndCredentialsAreCorrectedOnceAtNoCost) {
  EXPECT_EQ(waits(RetryReason::clock_skew, kHalf), std::vector<Duration>{Duration{0}});
  EXPECT_EQ(waits(RetryReason::expired_credentials, kHalf), std::vector<Duration>{Duration{0}});
}

TEST(Retry, WaitsAsLongAsTheServiceAsks) {
  RetryState state;
  RetryBudget budget;
  EXPECT_EQ(wait_before_retry(RetryReason::throttled, state, {}, budget, kHalf, seconds{7}), seconds{7});
  EXPECT_EQ(wait_before_retry(RetryReason::throttled, state, {}, budget, kHalf, seconds{60}), std::nullopt);
}

TEST(Retry, ReadsRetryAfterInAllItsForms) {
  const auto now = *core::timestamp_of_iso("2026-11-24T03:00:00Z");
  EXPECT_EQ(retry_after({{"Retry-After", "3"}}, now), seconds{3});
  EXPECT_EQ(retry_after({{"X-Amz-Retry-After", "1500"}, {"Retry-After", "3"}}, now), milliseconds{1500});
  EXPECT_EQ(retry_after({{"Retry-After", "Tue, 24 Nov 2026 03:00:09 GMT"}}, now), seconds{9});
  EXPECT_EQ(retry_after({{"Retry-After", "Tue, 24 Nov 2026 02:00:00 GMT"}}, now), seconds{0});
  EXPECT_EQ(retry_after({{"Retry-After", "-1"}}, now), std::nullopt);
  EXPECT_EQ(retry_after({}, now), std::nullopt);
}

TEST(Retry, AChangeIsRepeatedOnlyWhereItCannotHaveArrived) {
  for (const auto kind : {FailureKind::reset, FailureKind::truncated, FailureKind::timeout}) {
    EXPECT_TRUE(reason_of_failure(kind, true));
    EXPECT_FALSE(reason_of_failure(kind, false));
  }
  EXPECT_TRUE(reason_of_failure(FailureKind::connect, false));
  EXPECT_TRUE(reason_of_failure(FailureKind::dns, false));
  for (const auto kind :
       {FailureKind::tls, FailureKind::too_large, FailureKind::cancelled, FailureKind::bad_request}) {
    EXPECT_FALSE(reason_of_failure(kind, true));
  }
}

TEST(Retry, AChangeIsRepeatedAfterARefusalButNotAfterAServersFault) {
  WireFailure throttled;
  throttled.error.kind = core::ErrorKind::throttled;
  throttled.retryable = true;
  EXPECT_EQ(reason_of_answer(throttled, false), RetryReason::throttled);
  WireFailure fault;
  fault.status = 500;
  fault.retryable = true;
  EXPECT_EQ(reason_of_answer(fault, true), RetryReason::transient);
  EXPECT_EQ(reason_of_answer(fault, false), std::nullopt);
}

TEST(Retry, TellsAWrongClockFromARightOne) {
  const auto now = *core::timestamp_of_iso("2026-11-24T03:00:00Z");
  EXPECT_EQ(clock_offset({{"Date", "Tue, 24 Nov 2026 04:00:00 GMT"}}, now), std::chrono::hours{1});
  EXPECT_EQ(clock_offset({{"Date", "Tue, 24 Nov 2026 03:00:30 GMT"}}, now), std::nullopt);
  EXPECT_EQ(clock_offset({{"Date", "nonsense"}}, now), std::nullopt);
}

}  // namespace
}  // namespace doctor::aws
