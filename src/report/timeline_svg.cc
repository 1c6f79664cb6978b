#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "report/escape.h"
#include "report/timeline.h"
#include "report/utf8.h"

namespace doctor::report {
namespace {

// Colours are the style sheet's (html_style.cc); only geometry is written here.
template <class... Args>
void mark(std::string& out, fmt::format_string<Args...> format, Args&&... args) {
  fmt::format_to(std::back_inserter(out), format, std::forward<Args>(args)...);
}

std::string title(std::string_view text) {
  return "<title>" + html_lines(text) + "</title>";
}

void draw_bar(std::string& out, const Bar& bar, const Lane& lane) {
  const double height = std::max(lane.pitch - (lane.pitch > 6 ? 4 : lane.pitch > 3 ? 1 : 0.4), 1.2);
  const double y = lane.rows_y + bar.row * lane.pitch + (lane.pitch - height) / 2;
  const double radius = std::min(height / 2, 3.5);
  const char* kind = bar.notice_x >= 0 ? "task interrupted" : bar.goes_on ? "task running" : "task ended";
  mark(out, "<g class=\"{}\">{}", kind, title(bar.title));
  mark(out, R"(<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" rx="{:.1f}"/>)", bar.x, y,
       bar.width, height, radius);
  if (bar.stopped && bar.notice_x < 0) {
    const double width = std::min(bar.width, 6.0);
    mark(out, R"(<rect class="notice" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" rx="{:.1f}"/>)",
         bar.x + bar.width - width, y, width, height, std::min(radius, 1.5));
  }
  if (bar.notice_x >= 0) {
    const double width = std::max(bar.x + bar.width - bar.notice_x, 3.0);
    mark(out, R"(<rect class="notice" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" rx="{:.1f}"/>)",
         bar.x + bar.width - width, y, width, height, radius);
    if (lane.pitch > 7) {
      const double r = std::min(6.5, lane.pitch / 2 - 0.6);
      mark(out, R"(<path class="warned" d="M{:.1f} {:.1f}l{:.1f} {:.1f}l{:.1f} {:.1f}l{:.1f} {:.1f}z"/>)",
           bar.notice_x - r, y + height / 2, r, -r, r, r, -r, r);
    }
  }
  if (bar.began_before) {
    mark(out, R"(<path class="cut" d="M{:.1f} {:.1f}l-5 {:.1f}l5 {:.1f}z"/>)", bar.x - 1, y, height / 2,
         height / 2);
  }
  out += "</g>";
}

void draw_glyph(std::string& out, const Glyph& glyph, double y) {
  const double x = glyph.x;
  const double middle = y + 10;
  static constexpr std::string_view kKinds[] = {"interruption", "stop", "placement_failure", "steady_state"};
  const bool known = std::find(std::begin(kKinds), std::end(kKinds), glyph.kind) != std::end(kKinds);
  mark(out, "<g class=\"glyph {}\">{}", known ? glyph.kind : "other", title(glyph.title));
  if (glyph.kind == "interruption") {
    mark(out, R"(<path d="M{:.1f} {:.1f}l6.5 -6.5l6.5 6.5l-6.5 6.5z"/>)", x - 6.5, middle);
  } else if (glyph.kind == "stop") {
    mark(out, R"(<rect x="{:.1f}" y="{:.1f}" width="10" height="10" rx="2"/>)", x - 5, middle - 5);
  } else if (glyph.kind == "placement_failure") {
    mark(out, R"(<path d="M{:.1f} {:.1f}l6.5 11.5h-13z"/>)", x, middle - 6.5);
  } else if (glyph.kind == "steady_state") {
    mark(out, R"(<path class="tickmark" d="M{:.1f} {:.1f}l3.5 4l6.5 -8"/>)", x - 5, middle);
  } else {
    mark(out, R"(<circle cx="{:.1f}" cy="{:.1f}" r="4.5"/>)", x, middle);
  }
  if (glyph.count > 1) {
    mark(out, R"(<text class="count" x="{:.1f}" y="{:.1f}">{}</text>)", x + 8, middle + 4, glyph.count);
  }
  out += "</g>";
}

void draw_band(std::string& out, const Band& band, double y, double height) {
  mark(out, R"(<g class="band">{}<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" rx="3"/>)",
       title(band.title), band.x, y, band.width, height);
  if (!band.label.empty()) {
    mark(out, R"(<text x="{:.1f}" y="{:.1f}">{}</text>)", band.x + 6, y + 13, html(band.label));
  }
  out += "</g>";
}

void draw_flags(std::string& out, const Chart& chart) {
  int levels = 0;
  for (const Flag& flag : chart.flags) levels = std::max(levels, flag.level + 1);
  for (const Flag& flag : chart.flags) {
    // The lowest level is the one next to the lanes.
    const double y = flag.level < 0 ? chart.lanes_y - 8 : (levels - 1 - flag.level) * kFlagLevel + 4;
    mark(out, R"(<g class="flag">{}<line x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}"/>)",
         title(flag.title), flag.x, y, flag.x, chart.axis_y);
    mark(out, R"(<path d="M{:.1f} {:.1f}l7 3.5l-7 3.5z"/>)", flag.x, y);
    if (!flag.label.empty()) {
      mark(out, R"(<text x="{:.1f}" y="{:.1f}">{}</text>)", flag.label_x + 5, y + 8, html(flag.label));
    }
    out += "</g>";
  }
}

}  // namespace

std::string svg_of(const Chart& chart, std::string_view id) {
  std::string out;
  if (chart.lanes.empty()) return out;
  mark(out, R"(<svg class="timeline" viewBox="0 0 {:.0f} {:.0f}" role="img" aria-labelledby="{}-t {}-d">)",
       chart.width, chart.height, id, id);
  mark(out, R"(<title id="{}-t">Timeline by availability zone</title><desc id="{}-d">{}</desc>)", id, id,
       html(chart.description));
  const double right = chart.plot_x + chart.plot_width;
  for (const Lane& lane : chart.lanes) {
    mark(out, R"(<rect class="lane" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" rx="5"/>)",
         chart.plot_x - 8, lane.y, chart.plot_width + 16, lane.height);
    const double middle = lane.y + lane.height / 2;
    mark(out, R"(<text class="name" x="{:.1f}" y="{:.1f}">{}</text>)", chart.plot_x - 20,
         middle + (lane.note.empty() ? 4 : -2), html(ellipsized(clean(lane.name), 16)));
    if (!lane.note.empty()) {
      mark(out, R"(<text class="note" x="{:.1f}" y="{:.1f}">{}</text>)", chart.plot_x - 20, middle + 12,
           html(lane.note));
    }
  }
  for (const Tick& tick : chart.ticks) {
    mark(out, R"(<line class="grid" x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}"/>)", tick.x,
         chart.lanes_y, tick.x, chart.axis_y);
    mark(out, R"(<text class="tick" x="{:.1f}" y="{:.1f}">{}</text>)", tick.x, chart.axis_y + 13,
         html(tick.label.empty() ? tick.day : tick.label));
    if (!tick.label.empty() && !tick.day.empty()) {
      mark(out, R"(<text class="tick day" x="{:.1f}" y="{:.1f}">{}</text>)", tick.x, chart.axis_y + 27,
           html(tick.day));
    }
  }
  for (const Band& band : chart.bands) draw_band(out, band, chart.bands_y, chart.axis_y - chart.bands_y - 4);
  for (const Lane& lane : chart.lanes) {
    for (const Band& band : lane.bands) draw_band(out, band, lane.y, lane.height);
  }
  draw_flags(out, chart);
  for (const Lane& lane : chart.lanes) {
    for (const Bar& bar : lane.bars) draw_bar(out, bar, lane);
    for (const Glyph& glyph : lane.glyphs) draw_glyph(out, glyph, lane.strip_y + glyph.row * kStrip);
  }
  mark(out, R"(<line class="axis" x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}"/>)", chart.plot_x - 8,
       chart.axis_y, right + 8, chart.axis_y);
  out += "</svg>";
  return out;
}

}  // namespace doctor::report
