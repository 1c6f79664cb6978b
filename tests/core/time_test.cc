#include "core/time.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace doctor::core {
namespace {

TEST(Time, ReadsWhatTheCliAndTheWireWrite) {
  const auto expected = Timestamp{std::chrono::milliseconds{1795489200123}};
  EXPECT_EQ(timestamp_of_iso("2026-11-24T03:00:00.123Z"), expected);
  EXPECT_EQ(timestamp_of_iso("2026-11-24T03:00:00.123000+00:00"), expected);
  EXPECT_EQ(timestamp_of_iso("2026-11-24T04:00:00.123+01:00"), expected);
  EXPECT_EQ(timestamp_of_epoch(1795489200.123), expected);
  EXPECT_EQ(to_iso(expected), "2026-11-24T03:00:00.123Z");
}

TEST(Time, RefusesWhatIsNoTime) {
  for (const char* text : {"", "2026", "2026-11-24", "2026-11-24T03:00:00", "2026-13-24T03:00:00Z",
                           "2026-11-24T03:00:00Zx", "2026-02-30T03:00:00Z", "2026-11-24T03:00:00.Z"}) {
    EXPECT_FALSE(timestamp_of_iso(text)) << text;
  }
}

TEST(Time, HttpDateIsTheOneOfRfc9110) {
  const auto time = timestamp_of_iso("1994-11-06T08:49:37Z");
  ASSERT_TRUE(time);
  EXPECT_EQ(to_http_date(*time), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(timestamp_of_http_date("Sun, 06 Nov 1994 08:49:37 GMT"), time);
  EXPECT_FALSE(timestamp_of_http_date("yesterday"));
}

TEST(Time, DurationsAddUpAndNonsenseIsNamed) {
  EXPECT_EQ(duration_of("1h30m").value(), std::chrono::minutes{90});
  EXPECT_EQ(duration_of("50ms").value(), std::chrono::milliseconds{50});
  const auto wrong = duration_of("soon");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().kind, ErrorKind::usage);
  EXPECT_NE(wrong.error().sentence.find("soon"), std::string::npos);
}

RC_GTEST_PROP(TimeProperty, IsoRoundTrips, ()) {
  const auto ms = *rc::gen::inRange<std::int64_t>(-62135596800000, 253402300799999);
  const Timestamp time{std::chrono::milliseconds{ms}};
  RC_ASSERT(timestamp_of_iso(to_iso(time)) == time);
}

RC_GTEST_PROP(TimeProperty, ReadingNeverFailsBadly, (const std::string& text)) {
  (void)timestamp_of_iso(text);
  (void)timestamp_of_http_date(text);
  (void)duration_of(text);
}

}  // namespace
}  // namespace doctor::core
