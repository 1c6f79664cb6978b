#include "report/timeline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "report/sample_support.h"

namespace doctor::report {
namespace {

using namespace std::chrono_literals;
using core::Timestamp;
using diagnose::Incident;
using diagnose::Mark;

const Timestamp kStart = *core::timestamp_of_iso("2026-11-24T03:00:00Z");

Incident with(std::vector<Mark> marks) {
  Incident incident;
  incident.first_seen = kStart;
  incident.last_seen = kStart + 10min;
  incident.timeline = std::move(marks);
  return incident;
}

Mark task(int from_minute, int to_minute, std::string zone, std::string arn) {
  return {kStart + std::chrono::minutes(from_minute),
          kStart + std::chrono::minutes(to_minute),
          std::move(zone),
          "task",
          "web:1",
          std::move(arn)};
}

TEST(Timeline, LanesAreTheServiceThenTheZonesByName) {
  const Chart chart = chart_of(with({task(0, 5, "eu-west-1b", "t1"),
                                     task(0, 5, "eu-west-1a", "t2"),
                                     {kStart, std::nullopt, "service", "steady_state", "steady", ""}}));
  ASSERT_EQ(chart.lanes.size(), 3u);
  EXPECT_EQ(chart.lanes[0].name, "service");
  EXPECT_EQ(chart.lanes[1].name, "eu-west-1a");
  EXPECT_EQ(chart.lanes[2].name, "eu-west-1b");
}

TEST(Timeline, BarsOfALaneNeverCoverEachOther) {
  const Chart chart = chart_of(sample_diagnosis().incidents[0]);
  for (const Lane& lane : chart.lanes) {
    for (const Bar& a : lane.bars) {
      for (const Bar& b : lane.bars) {
        if (&a == &b || a.row != b.row) continue;
        EXPECT_TRUE(a.x + a.width <= b.x || b.x + b.width <= a.x)
            << lane.name << ": " << a.title << " and " << b.title;
      }
    }
  }
}

TEST(Timeline, InterruptionMarksTheTwoMinutesOfItsTask) {
  const Chart chart =
      chart_of(with({task(0, 8, "a", "t1"),
                     task(0, 8, "a", "t2"),
                     {kStart + 6min, std::nullopt, "a", "interruption", "interrupted", "t1"}}));
  const Lane& lane = chart.lanes.at(0);
  ASSERT_EQ(lane.bars.size(), 2u);
  EXPECT_TRUE(lane.glyphs.empty());
  EXPECT_GT(lane.bars[0].notice_x, lane.bars[0].x);
  EXPECT_LT(lane.bars[0].notice_x, lane.bars[0].x + lane.bars[0].width);
  EXPECT_EQ(lane.bars[1].notice_x, -1);
}

TEST(Timeline, StopOfTheIncidentMarksItsTask) {
  const Chart chart = chart_of(with({task(0, 8, "a", "t1"),
                                     task(0, 8, "a", "t2"),
                                     {kStart + 8min, std::nullopt, "a", "stop", "exit 1", "t2"},
                                     {kStart + 8min, std::nullopt, "a", "stop", "exit 1", "gone"}}));
  const Lane& lane = chart.lanes.at(0);
  EXPECT_FALSE(lane.bars.at(0).stopped);
  EXPECT_TRUE(lane.bars.at(1).stopped);
  ASSERT_EQ(lane.glyphs.size(), 1u);  // of the task that has no bar
  EXPECT_EQ(lane.glyphs[0].kind, "stop");
}

TEST(Timeline, HundredsOfTasksKeepTheLaneUnderItsHeight) {
  std::vector<Mark> marks;
  for (int i = 0; i < 400; ++i) marks.push_back(task(0, 9, "a", "t" + std::to_string(i)));
  const Chart chart = chart_of(with(marks));
  EXPECT_EQ(chart.lanes.at(0).bars.size(), 400u);
  EXPECT_LT(chart.height, 300);
  EXPECT_EQ(chart.lanes.at(0).note, "400 tasks");
}

TEST(Timeline, MarksTooCloseToTellApartAreOneGlyphWithACount) {
  std::vector<Mark> marks = {task(0, 10, "a", "t")};
  for (int i = 0; i < 5; ++i) {
    marks.push_back({kStart + 60s + std::chrono::milliseconds(i), std::nullopt, "service",
                     "placement_failure", "no", ""});
  }
  const Chart chart = chart_of(with(marks));
  ASSERT_EQ(chart.lanes.at(0).glyphs.size(), 1u);
  EXPECT_EQ(chart.lanes[0].glyphs[0].count, 5);
}

TEST(Timeline, GlyphsOfTwoKindsAtOneTimeStandBelowEachOther) {
  const Chart chart = chart_of(with({task(0, 10, "a", "t"),
                                     {kStart + 60s, std::nullopt, "service", "placement_failure", "no", ""},
                                     {kStart + 60s, std::nullopt, "service", "steady_state", "steady", ""}}));
  const auto& glyphs = chart.lanes.at(0).glyphs;
  ASSERT_EQ(glyphs.size(), 2u);
  EXPECT_NE(glyphs[0].row, glyphs[1].row);
}

TEST(Timeline, LongLivesAreCutSoThatTheIncidentStaysVisible) {
  const Chart chart = chart_of(with({task(-60 * 24 * 9, 8, "a", "old"), task(0, 8, "a", "t1")}));
  const auto& bars = chart.lanes.at(0).bars;
  ASSERT_EQ(bars.size(), 2u);
  EXPECT_TRUE(bars[0].began_before);
  EXPECT_GT(bars[1].width, 50);
}

TEST(Timeline, ChangeLongBeforeIsPinnedToTheEdgeWithItsTime) {
  const Chart chart = chart_of(
      with({{kStart - 48h, std::nullopt, "service", "change", "UpdateService", "e"}, task(0, 8, "a", "t1")}));
  ASSERT_EQ(chart.flags.size(), 1u);
  EXPECT_EQ(chart.flags[0].x, chart.plot_x);
  EXPECT_THAT(chart.flags[0].label, ::testing::HasSubstr("22 Nov 03:00:00 UpdateService"));
}

TEST(Timeline, FlagsWithLabelsDoNotOverlap) {
  std::vector<Mark> marks = {task(0, 10, "a", "t")};
  for (int i = 0; i < 30; ++i) {
    marks.push_back({kStart + 20s * i, std::nullopt, "service", "change", "a change of some length", "e"});
  }
  const Chart chart = chart_of(with(marks));
  EXPECT_EQ(chart.flags.size(), 30u);
  for (const Flag& a : chart.flags) {
    for (const Flag& b : chart.flags) {
      if (&a == &b || a.level < 0 || a.level != b.level) continue;
      EXPECT_GE(std::abs(a.label_x - b.label_x), 6.0 * static_cast<double>(a.label.size()));
    }
  }
}

TEST(Timeline, TicksAreRoundTimesAndFew) {
  const Chart chart = chart_of(sample_diagnosis().incidents[0]);
  EXPECT_GE(chart.ticks.size(), 3u);
  EXPECT_LE(chart.ticks.size(), 11u);
  EXPECT_EQ(chart.ticks[0].day, "24 Nov");
  for (const Tick& tick : chart.ticks)
    EXPECT_TRUE(tick.label.ends_with("0") || tick.label.ends_with("5")) << tick.label;
}

TEST(Timeline, NoMarksNoDrawing) {
  EXPECT_TRUE(chart_of(Incident{}).lanes.empty());
  EXPECT_EQ(svg_of(chart_of(Incident{}), "x"), "");
}

RC_GTEST_PROP(TimelineProperty, EverythingDrawnIsInsideTheDrawing, ()) {
  std::vector<Mark> marks;
  const int count = *rc::gen::inRange(1, 60);
  for (int i = 0; i < count; ++i) {
    Mark mark;
    mark.time = kStart + std::chrono::seconds(*rc::gen::oneOf(rc::gen::inRange(-4000, 4000),
                                                              rc::gen::inRange(-900000000, 900000000)));
    if (*rc::gen::arbitrary<bool>())
      mark.end = mark.time + std::chrono::seconds(*rc::gen::inRange(-10, 100000));
    mark.lane = *rc::gen::element<std::string>("a", "b", "service", "");
    mark.kind = *rc::gen::element<std::string>("task", "interruption", "stop", "placement_failure",
                                               "health_event", "change", "steady_state", "other");
    mark.subject = std::to_string(*rc::gen::inRange(0, 5));
    marks.push_back(mark);
  }
  const Chart chart = chart_of(with(marks));
  RC_ASSERT(chart.height < 1200);
  RC_ASSERT(chart.ticks.size() <= 12);
  for (const Lane& lane : chart.lanes) {
    for (const Bar& bar : lane.bars) {
      RC_ASSERT(bar.x >= 0 && bar.width >= 0 && bar.x + bar.width <= chart.width);
      RC_ASSERT(lane.rows_y + bar.row * lane.pitch <= lane.y + lane.height);
    }
    for (const Glyph& glyph : lane.glyphs) RC_ASSERT(glyph.x >= chart.plot_x && glyph.x <= chart.width);
  }
}

}  // namespace
}  // namespace doctor::report
