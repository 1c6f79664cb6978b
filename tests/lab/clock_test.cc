#include "lab/clock.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <vector>

namespace doctor::lab {
namespace {

using namespace std::chrono_literals;
const Timestamp kStart{std::chrono::seconds(1'000'000)};

TEST(LabClock, RunsActionsInTheOrderOfTheirTimesAndAtThem) {
  LabClock clock(kStart);
  std::vector<std::pair<char, Duration>> ran;
  const auto note = [&](char name) { return [&, name] { ran.emplace_back(name, clock.now() - kStart); }; };
  clock.schedule_in(3s, note('c'));
  clock.schedule_in(1s, note('a'));
  clock.schedule_in(2s, note('b'));
  clock.schedule_in(9s, note('z'));
  clock.advance_by(5s);
  EXPECT_EQ(ran, (std::vector<std::pair<char, Duration>>{{'a', 1s}, {'b', 2s}, {'c', 3s}}));
  EXPECT_EQ(clock.now(), kStart + 5s);
  EXPECT_EQ(clock.pending(), 1u);
}

TEST(LabClock, RunsActionsOfOneTimeInTheOrderTheyWereScheduled) {
  LabClock clock(kStart);
  std::string ran;
  for (const char name : std::string("hello")) clock.schedule_in(1s, [&, name] { ran += name; });
  clock.advance_by(1s);
  EXPECT_EQ(ran, "hello");
}

TEST(LabClock, RunsWhatActionsScheduleWithinTheSameAdvance) {
  LabClock clock(kStart);
  int ticks = 0;
  std::function<void()> tick = [&] {
    if (++ticks < 100) clock.schedule_in(1s, tick);
  };
  clock.schedule_in(1s, tick);
  clock.advance_by(10s);
  EXPECT_EQ(ticks, 10);
  clock.advance_by(1h);
  EXPECT_EQ(ticks, 100);
}

TEST(LabClock, TakesAPassedTimeAsNowAndForgetsWhatIsCancelled) {
  LabClock clock(kStart);
  int ran = 0;
  clock.schedule(kStart - 1h, [&] { ++ran; });
  const auto cancelled = clock.schedule_in(1s, [&] { ran += 100; });
  clock.cancel(cancelled);
  clock.advance_by(2s);
  EXPECT_EQ(ran, 1);
  clock.advance_to(kStart);  // never back
  EXPECT_EQ(clock.now(), kStart + 2s);
}

TEST(LabClock, FollowsRealTimeAtItsSpeed) {
  LabClock clock(kStart);
  clock.catch_up(5s);  // not following yet
  EXPECT_EQ(clock.now(), kStart);
  clock.follow_real_time(100s, 60);
  clock.catch_up(101s);
  EXPECT_EQ(clock.now(), kStart + 60s);
}

RC_GTEST_PROP(LabClock, OneScheduleGivesOneHistoryHoweverItIsAdvanced,
              (const std::vector<std::uint16_t>& delays, std::uint16_t step)) {
  const auto history = [&](Duration stride) {
    LabClock clock(kStart);
    std::vector<std::size_t> ran;
    for (std::size_t i = 0; i < delays.size(); ++i)
      clock.schedule_in(Duration(delays[i]), [&ran, i] { ran.push_back(i); });
    for (Duration passed{0}; passed <= Duration(70000); passed += stride) clock.advance_to(kStart + passed);
    clock.advance_to(kStart + 80s);
    return ran;
  };
  RC_ASSERT(history(Duration(100 + step)) == history(Duration(80000)));
}

}  // namespace
}  // namespace doctor::lab
