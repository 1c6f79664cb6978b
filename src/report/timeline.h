// The timeline of an incident as a drawing: where each mark goes, before anything is drawn.
//
// A lane is an availability zone; the lane "service" (marks of the whole service) comes first. A task's life
// is a bar; bars of a lane are stacked so that none covers another, and get thinner as there are more of
// them, so that a lane never grows past a fixed height. The window of time is the incident with what led to
// it and what followed; a bar that began before is cut at the edge, a change that came before is pinned to
// it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "diagnose/diagnosis.h"

namespace doctor::report {

inline constexpr double kStrip = 20;      // the height of one strip of glyphs
inline constexpr double kFlagLevel = 17;  // and of one level of flags

struct Bar {
  double x = 0, width = 0;
  int row = 0;
  double notice_x = -1;  // from here to its end the task was under notice of interruption; -1: it was not
  bool stopped = false;  // as part of the incident, without notice
  bool began_before = false, goes_on = false;
  std::string title;
};

struct Glyph {
  double x = 0;
  int row = 0;  // of the strips
  std::string kind;
  int count = 1;  // marks too close to tell apart are one glyph
  std::string title;
};

struct Band {
  double x = 0, width = 0;
  std::string label, title;
};

struct Flag {
  double x = 0;
  int level = 0;  // of labels above the lanes; -1: no room for a label
  double label_x = 0;
  std::string label, title;
};

struct Tick {
  double x = 0;
  std::string label, day;  // day: only where it changes
};

struct Lane {
  std::string name, note;
  double y = 0, height = 0;
  double rows_y = 0, pitch = 0;  // of bars, from the top of the drawing
  std::vector<Bar> bars;
  std::vector<Glyph> glyphs;  // on strips above the bars
  double strip_y = 0;
  int strips = 0;
  std::vector<Band> bands;
};

struct Chart {
  double width = 0, height = 0, plot_x = 0, plot_width = 0, bands_y = 0, lanes_y = 0, axis_y = 0;
  std::vector<Lane> lanes;
  std::vector<Band> bands;  // over all lanes, from bands_y
  std::vector<Flag> flags;
  std::vector<Tick> ticks;
  std::string description;  // one sentence for those who cannot see it
};

// Empty lanes where the incident has no marks.
Chart chart_of(const diagnose::Incident& incident);

// `id` makes the ids inside the drawing unique on a page.
std::string svg_of(const Chart& chart, std::string_view id);

}  // namespace doctor::report
