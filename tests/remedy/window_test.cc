// Maintenance windows. The days on which clocks change in London in 2026 are 29 March (01:00 becomes 02:00)
// and 25 October (02:00 becomes 01:00); IANA time zone database, Rule EU.
#include "remedy/window.h"

#include <gtest/gtest.h>

namespace doctor::remedy {
namespace {

core::Timestamp at(const char* iso) {
  return *core::timestamp_of_iso(iso);
}
Window window(const char* text) {
  const auto result = window_of(text);
  EXPECT_TRUE(result) << core::to_line(result.error());
  return *result;
}
bool open_at(const char* text, const char* iso) {
  return is_open(window(text), at(iso));
}
std::string opens_after(const char* text, const char* iso) {
  const auto opens = next_opening(window(text), at(iso));
  return opens ? core::to_iso(*opens) : "never";
}

TEST(Window, IsOpenFromItsFirstMinuteUntilItsLast) {
  const char* text = "Sat 02:00-04:00 Europe/London";
  EXPECT_FALSE(open_at(text, "2026-11-28T01:59:59Z"));
  EXPECT_TRUE(open_at(text, "2026-11-28T02:00:00Z"));
  EXPECT_TRUE(open_at(text, "2026-11-28T03:59:59Z"));
  EXPECT_FALSE(open_at(text, "2026-11-28T04:00:00Z"));
  EXPECT_FALSE(open_at(text, "2026-11-29T03:00:00Z"));
}

TEST(Window, FollowsTheClockOnTheWall) {
  EXPECT_TRUE(open_at("Sat 02:00-04:00 Europe/London", "2026-07-04T01:30:00Z"));
  EXPECT_FALSE(open_at("Sat 02:00-04:00 Europe/London", "2026-07-04T03:30:00Z"));
  EXPECT_TRUE(open_at("Sat 02:00-04:00 America/New_York", "2026-07-04T06:30:00Z"));
  EXPECT_TRUE(open_at("Sat 02:00-04:00 Asia/Kolkata", "2026-07-03T20:30:00Z")) << "still Friday in UTC";
}

TEST(Window, GoesOverMidnight) {
  const char* text = "Fri 22:00-02:00 UTC";
  EXPECT_TRUE(open_at(text, "2026-11-27T23:00:00Z"));
  EXPECT_TRUE(open_at(text, "2026-11-28T01:59:00Z"));
  EXPECT_FALSE(open_at(text, "2026-11-28T02:00:00Z"));
  EXPECT_FALSE(open_at(text, "2026-11-27T01:00:00Z")) << "that is Thursday's night";
  EXPECT_FALSE(open_at(text, "2026-11-28T23:00:00Z"));
}

TEST(Window, TakesListsAndSpansOfDays) {
  EXPECT_TRUE(open_at("Mon-Fri 09:00-17:00 UTC", "2026-11-25T10:00:00Z"));
  EXPECT_FALSE(open_at("Mon-Fri 09:00-17:00 UTC", "2026-11-28T10:00:00Z"));
  EXPECT_TRUE(open_at("Fri-Mon 09:00-17:00 UTC", "2026-11-29T10:00:00Z")) << "over the weekend";
  EXPECT_FALSE(open_at("Fri-Mon 09:00-17:00 UTC", "2026-11-25T10:00:00Z"));
  EXPECT_TRUE(open_at("Tue,Sat 09:00-17:00 UTC", "2026-11-28T10:00:00Z"));
  EXPECT_TRUE(open_at("daily 00:00-24:00 UTC", "2026-11-28T23:59:59Z"));
}

TEST(Window, DoesNotOpenInAnHourThatIsLeftOut) {
  const char* text = "Sun 01:15-01:45 Europe/London";
  for (const char* time : {"2026-03-29T00:59:00Z", "2026-03-29T01:00:00Z", "2026-03-29T01:20:00Z"}) {
    EXPECT_FALSE(open_at(text, time)) << time;
  }
  EXPECT_EQ(opens_after(text, "2026-03-28T12:00:00Z"), "2026-04-05T00:15:00Z");
}

TEST(Window, OpensLateWhereItsFirstMinuteIsLeftOut) {
  const char* text = "Sun 01:30-03:00 Europe/London";
  EXPECT_EQ(opens_after(text, "2026-03-28T12:00:00Z"), "2026-03-29T01:00:00Z");
  EXPECT_TRUE(open_at(text, "2026-03-29T01:00:00Z"));
  EXPECT_FALSE(open_at(text, "2026-03-29T02:00:00Z"));
}

TEST(Window, OpensTwiceInAnHourThatComesTwice) {
  const char* text = "Sun 01:15-01:45 Europe/London";
  EXPECT_TRUE(open_at(text, "2026-10-25T00:20:00Z"));
  EXPECT_FALSE(open_at(text, "2026-10-25T00:50:00Z"));
  EXPECT_TRUE(open_at(text, "2026-10-25T01:20:00Z"));
  EXPECT_EQ(opens_after(text, "2026-10-24T12:00:00Z"), "2026-10-25T00:15:00Z");
  EXPECT_EQ(opens_after(text, "2026-10-25T00:50:00Z"), "2026-10-25T01:15:00Z");
  EXPECT_EQ(opens_after(text, "2026-10-25T01:50:00Z"), "2026-11-01T01:15:00Z");
}

TEST(Window, SaysWhenItOpensNext) {
  EXPECT_EQ(opens_after("Sat 02:00-04:00 Europe/London", "2026-11-24T03:00:00Z"), "2026-11-28T02:00:00Z");
  EXPECT_EQ(opens_after("Sat 02:00-04:00 Europe/London", "2026-11-28T03:00:00Z"), "2026-11-28T03:00:00Z")
      << "it is open";
  EXPECT_EQ(opens_after("Sat 02:00-04:00 Europe/London", "2026-11-28T04:00:00Z"), "2026-12-05T02:00:00Z");
}

TEST(Window, NamesThePartThatIsWrong) {
  const std::pair<const char*, const char*> kWrong[] = {
      {"Sat 02:00-04:00", "three parts"},
      {"", "three parts"},
      {"Sat 02:00-04:00 Europe/London please", "three parts"},
      {"Caturday 02:00-04:00 UTC", "\"Caturday\" is no day"},
      {"Sat, 02:00-04:00 UTC", "is no day"},
      {"Sat 02:00 UTC", "\"02:00\" is no span"},
      {"Sat 2:00-04:00 UTC", "\"2:00\" is no hour"},
      {"Sat 02:00-25:00 UTC", "\"25:00\" is no hour"},
      {"Sat 24:00-04:00 UTC", "\"24:00\" is no hour"},
      {"Sat 02:00-04:60 UTC", "\"04:60\" is no hour"},
      {"Sat 02:00-04:00 Europe/Londinium", "\"Europe/Londinium\" is no time zone"},
      {"Sat 02:00-04:00 ../../etc/passwd", "no time zone"},
  };
  for (const auto& [text, what] : kWrong) {
    const auto result = window_of(text);
    ASSERT_FALSE(result) << text;
    EXPECT_EQ(result.error().kind, core::ErrorKind::usage);
    EXPECT_NE(result.error().sentence.find(what), std::string::npos) << result.error().sentence;
  }
}

}  // namespace
}  // namespace doctor::remedy
