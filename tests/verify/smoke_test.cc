#include "verify/smoke.h"

#include "verify_support.h"

namespace doctor::verify {
namespace {

Latencies of(std::vector<int> ms) {
  Latencies out;
  for (const int value : ms) out.sorted.emplace_back(value);
  return out;
}

TEST(Percentile, IsTheSmallestValueThatSoManyAreNoGreaterThan) {
  std::vector<int> hundred;
  for (int i = 1; i <= 100; ++i) hundred.push_back(i);
  EXPECT_EQ(of(hundred).percentile(50).count(), 50);
  EXPECT_EQ(of(hundred).percentile(90).count(), 90);
  EXPECT_EQ(of(hundred).percentile(99).count(), 99);
  EXPECT_EQ(of(hundred).percentile(100).count(), 100);
  EXPECT_EQ(of({1, 2, 3}).percentile(50).count(), 2);
  EXPECT_EQ(of({1, 2, 3, 4}).percentile(50).count(), 2);
  EXPECT_EQ(of({7}).percentile(1).count(), 7);
  EXPECT_EQ(of({}).percentile(50).count(), 0);
}

TEST(SmokeLimits, AreRefusedBeforeAnythingIsSent) {
  SmokeOptions ok{.url = "https://shop.example.com/health"};
  EXPECT_TRUE(check_smoke(ok));
  for (const auto* url : {"shop.example.com", "ftp://x/", "http://", "https://a b/", ""}) {
    SmokeOptions bad = ok;
    bad.url = url;
    EXPECT_FALSE(check_smoke(bad)) << url;
  }
  SmokeOptions fast = ok, many = ok, lasting = ok, none = ok;
  fast.per_second = kMostPerSecond + 1;
  many.in_flight = kMostInFlight + 1;
  lasting.duration = kLongestSmoke + core::Duration{1};
  none.per_second = 0;
  for (const auto& bad : {fast, many, lasting, none}) EXPECT_FALSE(check_smoke(bad));
}

TEST(SmokeCheck, OneErrorInAThousandIsAGapInService) {
  SmokeReport report;
  report.sent = 1000;
  report.good = 1000;
  EXPECT_EQ(judge_smoke(report).standing, Standing::passed);
  report.good = 999;
  report.errors["HTTP 503"] = 1;
  EXPECT_EQ(judge_smoke(report).standing, Standing::failed);
  EXPECT_THAT(judge_smoke(report).why, testing::HasSubstr("1 HTTP 503"));
  EXPECT_EQ(judge_smoke({}).standing, Standing::not_possible);
}

}  // namespace
}  // namespace doctor::verify
