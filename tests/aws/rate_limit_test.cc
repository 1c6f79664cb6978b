#include "aws/rate_limit.h"

#include <gtest/gtest.h>

namespace doctor::aws {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(RateLimit, CloudTrailLookupsComeTwoASecond) {
  RateLimiter limiter;
  const RateLimiter::Time start{};
  std::vector<RateLimiter::Time::duration> after;
  for (int i = 0; i < 6; ++i)
    after.push_back(limiter.reserve("cloudtrail", "LookupEvents", "eu-west-1", start) - start);
  EXPECT_EQ(after, (std::vector<RateLimiter::Time::duration>{seconds{0}, seconds{0}, milliseconds{500},
                                                             seconds{1}, milliseconds{1500}, seconds{2}}));
}

TEST(RateLimit, AnyWindowOfOneSecondHoldsNoMoreThanBurstAndRate) {
  RateLimiter limiter;
  RateLimiter::Time now{};
  std::vector<RateLimiter::Time> sent;
  for (int i = 0; i < 200; ++i) {
    now += milliseconds{(i * 37) % 400};
    sent.push_back(limiter.reserve("cloudtrail", "LookupEvents", "eu-west-1", now));
  }
  for (std::size_t i = 0; i + 4 < sent.size(); ++i) EXPECT_GE(sent[i + 4] - sent[i], seconds{1});
}

TEST(RateLimit, RegionsAndOperationsHaveBucketsOfTheirOwn) {
  RateLimiter limiter;
  const RateLimiter::Time now{};
  for (int i = 0; i < 10; ++i) limiter.reserve("cloudtrail", "LookupEvents", "eu-west-1", now);
  EXPECT_EQ(limiter.reserve("cloudtrail", "LookupEvents", "us-east-1", now), now);
  EXPECT_EQ(limiter.reserve("ecs", "DescribeTasks", "eu-west-1", now), now);
}

TEST(RateLimit, ABucketFillsWithTime) {
  RateLimiter limiter;
  RateLimiter::Time now{};
  for (int i = 0; i < 2; ++i) limiter.reserve("cloudtrail", "LookupEvents", "eu-west-1", now);
  now += seconds{1};
  for (int i = 0; i < 2; ++i) EXPECT_EQ(limiter.reserve("cloudtrail", "LookupEvents", "eu-west-1", now), now);
}

TEST(RateLimit, AnOperationsOwnRowWinsOverItsServices) {
  EXPECT_EQ(find_rate_limit("ecs", "DescribeTasks")->burst, 100);
  EXPECT_EQ(find_rate_limit("ecs", "DescribeClusters")->burst, 50);
  EXPECT_FALSE(find_rate_limit("kms", "DescribeKey"));
}

}  // namespace
}  // namespace doctor::aws
