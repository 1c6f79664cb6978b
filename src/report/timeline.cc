#include "report/timeline.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>

#include "report/utf8.h"
#include "report/words.h"

namespace doctor::report {
namespace {

using namespace std::chrono_literals;
using core::Duration;
using core::Timestamp;
using diagnose::Incident;
using diagnose::Mark;

constexpr double kWidth = 1080, kGutter = 150, kRightPad = 32;
constexpr double kPitch = 15, kMinPitch = 2;  // of stacked bars
constexpr double kLaneHeight = 190;           // of the bars of one lane, at most
constexpr double kLaneMin = 34, kLanePad = 7, kLaneGap = 6, kBandLabel = 13;
constexpr double kAxis = 36;
constexpr int kGlyphRows = 4;
constexpr int kTitleLines = 12;  // of a glyph that stands for many marks
constexpr std::size_t kFlagLevels = 4;
constexpr int kLabelColumns = 58;
constexpr double kColumn = 6.9;      // of the 11 px type that labels are set in
constexpr double kBandColumn = 7.7;  // AWS Health names its events in capitals
constexpr double kGlyphApart = 13, kCountedApart = 34;
constexpr std::string_view kService = "service";

struct Window {
  Timestamp from, to;
  double x(Timestamp time) const {
    const double share =
        static_cast<double>((time - from).count()) / static_cast<double>((to - from).count());
    return kGutter + std::clamp(share, 0.0, 1.0) * (kWidth - kGutter - kRightPad);
  }
};

Window window_of(const Incident& incident) {
  const auto& marks = incident.timeline;
  Timestamp earliest = marks.front().time, latest = marks.front().time;
  for (const Mark& mark : marks) {
    earliest = std::min(earliest, mark.time);
    latest = std::max(latest, std::max(mark.time, mark.end.value_or(mark.time)));
  }
  Timestamp from = incident.first_seen.value_or(earliest);
  Timestamp to = std::max(from, incident.last_seen.value_or(latest));
  // Four times the incident on either side is context, past that its tasks' lives would squeeze it to a line.
  // What happened within two hours (a change just before is the commonest cause) belongs to it too.
  const Duration context = std::max<Duration>(20min, 4 * (to - from));
  const Duration reach = std::max<Duration>(2h, context);
  const Timestamp first = from, last = to;
  from -= context;
  to += context;
  for (const Mark& mark : marks) {
    if (mark.kind == "task" || mark.time < first - reach || mark.time > last + reach) continue;
    from = std::min(from, mark.time);
    to = std::max(to, mark.time);
  }
  from = std::max(earliest, from);
  to = std::min(latest, to);
  if (to < from) std::swap(to, from);
  const Duration pad = std::max<Duration>(30s, (to - from) / 40);
  return {from - pad, to + pad};
}

std::string title_of(const Mark& mark) {
  std::string out = day_and_clock(mark.time);
  if (mark.end) out += " to " + day_and_clock(*mark.end);
  out += " UTC: " + mark.label;
  if (!mark.subject.empty()) out += " (" + mark.subject + ")";
  return out;
}

std::vector<Tick> ticks_of(const Window& window) {
  static constexpr std::array<std::int64_t, 26> kSteps = {
      1,      2,      5,       10,      15,      30,       60,       120,      300,
      600,    900,    1800,    3600,    7200,    10800,    21600,    43200,    86400,
      172800, 604800, 1209600, 2592000, 7776000, 15552000, 31536000, 315360000};
  const std::int64_t span = std::chrono::ceil<std::chrono::seconds>(window.to - window.from).count();
  std::int64_t step = span;  // beyond the table: the two ends
  for (const std::int64_t candidate : kSteps) {
    if (span / candidate <= 9) {
      step = candidate;
      break;
    }
  }
  std::vector<Tick> out;
  const std::int64_t first = std::chrono::ceil<std::chrono::seconds>(window.from.time_since_epoch()).count();
  const std::int64_t last = std::chrono::floor<std::chrono::seconds>(window.to.time_since_epoch()).count();
  std::int64_t second = first / step * step;
  if (second < first) second += step;
  std::string previous_day;
  for (; second <= last; second += step) {
    const Timestamp time{std::chrono::seconds{second}};
    const std::string text = day_and_clock(time);
    const std::string clock = core::to_clock(time);
    std::string day = text.substr(0, text.size() - clock.size() - 1);
    const std::string label = step % 60 == 0 ? clock.substr(0, 5) : clock;
    out.push_back({window.x(time), step % 86400 == 0 ? "" : label, day == previous_day ? "" : day});
    previous_day = std::move(day);
  }
  return out;
}

// Every bar on the first row that is free when it starts; `rows` is how many there are.
int stack(std::vector<Bar>& bars) {
  std::vector<double> ends;
  std::stable_sort(bars.begin(), bars.end(), [](const Bar& a, const Bar& b) { return a.x < b.x; });
  for (Bar& bar : bars) {
    auto free = std::find_if(ends.begin(), ends.end(), [&](double end) { return end + 3 <= bar.x; });
    if (free == ends.end()) free = ends.insert(ends.end(), 0);
    *free = bar.x + bar.width;
    bar.row = static_cast<int>(free - ends.begin());
  }
  return static_cast<int>(ends.size());
}

void add_glyph(Lane& lane, double x, const Mark& mark) {
  Glyph glyph{x, 0, mark.kind, 1, title_of(mark)};
  const auto near = [x](const Glyph& other) {
    const double apart = other.count > 1 ? kCountedApart : kGlyphApart;  // a count stands beside its glyph
    return std::abs(other.x - x) < apart;
  };
  for (Glyph& other : lane.glyphs) {
    if (other.kind == mark.kind && near(other)) {
      ++other.count;
      if (other.count <= kTitleLines) other.title += "\n" + glyph.title;
      if (other.count == kTitleLines + 1) other.title += "\n…";
      return;
    }
  }
  const auto taken = [&](int row) {
    return std::any_of(lane.glyphs.begin(), lane.glyphs.end(),
                       [&](const Glyph& other) { return other.row == row && near(other); });
  };
  while (glyph.row + 1 < kGlyphRows && taken(glyph.row)) ++glyph.row;
  lane.strips = std::max(lane.strips, glyph.row + 1);
  lane.glyphs.push_back(std::move(glyph));
}

// The bars of a lane, and of each task on it its bar: a stop or an interruption belongs on that.
void add_tasks(Lane& lane, const std::vector<const Mark*>& marks, const Window& window) {
  std::map<std::string_view, std::size_t> bar_of;
  for (const Mark* mark : marks) {
    if (mark->kind != "task") continue;
    const Timestamp end = mark->end.value_or(window.to);
    if (end < window.from || mark->time > window.to) continue;
    Bar bar;
    bar.x = window.x(mark->time);
    bar.width = std::max(window.x(end) - bar.x, 2.0);
    bar.began_before = mark->time < window.from;
    bar.goes_on = !mark->end || *mark->end > window.to;
    bar.title = title_of(*mark);
    if (!mark->end) bar.title += ", still running";
    bar_of[mark->subject] = lane.bars.size();
    lane.bars.push_back(std::move(bar));
  }
  for (const Mark* mark : marks) {
    if (mark->kind != "stop" && mark->kind != "interruption") continue;
    if (mark->time < window.from || mark->time > window.to) continue;
    const auto found = bar_of.find(mark->subject);
    if (found == bar_of.end()) {
      add_glyph(lane, window.x(mark->time), *mark);
      continue;
    }
    Bar& bar = lane.bars[found->second];
    bar.title += "\n" + title_of(*mark);
    if (mark->kind == "stop") bar.stopped = true;
    if (mark->kind == "interruption") bar.notice_x = std::min(window.x(mark->time), bar.x + bar.width);
  }
}

Band band_of(const Mark& mark, const Window& window) {
  Band band;
  band.x = window.x(mark.time);
  band.width = std::max(window.x(mark.end.value_or(window.to)) - band.x, 3.0);
  band.title = title_of(mark);
  band.label = ellipsized(clean(mark.label), static_cast<int>((band.width - 14) / kBandColumn));
  if (columns(band.label) < 6) band.label.clear();
  return band;
}

Lane lane_of(const std::string& name, const std::vector<const Mark*>& marks, const Window& window, double y) {
  Lane lane;
  lane.name = name.empty() ? "zone not known" : name;
  lane.y = y;
  add_tasks(lane, marks, window);
  for (const Mark* mark : marks) {
    const bool drawn_elsewhere = mark->kind == "task" || mark->kind == "stop" ||
                                 mark->kind == "interruption" || mark->kind == "change" ||
                                 mark->kind == "health_event";
    if (drawn_elsewhere || mark->time < window.from || mark->time > window.to) continue;
    add_glyph(lane, window.x(mark->time), *mark);
  }
  if (!lane.bars.empty()) {
    lane.note = fmt::format("{} {}", lane.bars.size(), lane.bars.size() == 1 ? "task" : "tasks");
  }
  const int rows = stack(lane.bars);
  lane.pitch = rows == 0 ? 0 : std::clamp(kLaneHeight / rows, kMinPitch, kPitch);
  // Past what the thinnest bars can show, the rest is drawn over the first rows: the note still counts them.
  const int visible = rows == 0 ? 0 : std::min(rows, static_cast<int>(kLaneHeight / lane.pitch));
  for (Bar& bar : lane.bars) bar.row %= std::max(visible, 1);
  lane.strip_y = y + kLanePad;
  for (const Mark* mark : marks) {
    if (mark->kind != "health_event" || mark->time > window.to || mark->end.value_or(window.to) < window.from)
      continue;
    lane.bands.push_back(band_of(*mark, window));
  }
  if (!lane.bands.empty()) lane.strip_y += kBandLabel;
  lane.rows_y = lane.strip_y + lane.strips * kStrip;
  lane.height = std::max(kLaneMin, lane.rows_y + visible * lane.pitch + kLanePad - y);
  if (visible == 0 && !lane.glyphs.empty()) lane.strip_y += (y + lane.height - kLanePad - lane.rows_y) / 2;
  return lane;
}

// Labels stand right of their lines, or left of them at the right edge. Placed from the right, each on the
// lowest level where it ends before every line that comes down past it, no label is crossed by another flag's
// line.
std::vector<Flag> flags_of(const std::vector<const Mark*>& changes, const Window& window) {
  std::array<double, kFlagLevels> free_until;
  free_until.fill(kWidth);
  std::vector<Flag> out;
  for (auto it = changes.rbegin(); it != changes.rend(); ++it) {
    const Mark& mark = **it;
    Flag flag;
    flag.x = window.x(mark.time);
    flag.title = title_of(mark);
    std::string label = clean(mark.label);
    if (mark.time < window.from) label = "◂ " + day_and_clock(mark.time) + " " + label;
    label = ellipsized(label, kLabelColumns);
    const double wide = columns(label) * kColumn + 14;
    flag.label_x = flag.x + 6 + wide <= kWidth ? flag.x + 6 : flag.x - wide;
    flag.level = -1;
    for (std::size_t level = 0; level < kFlagLevels; ++level) {
      if (std::max(flag.label_x + wide, flag.x) > free_until[level]) continue;
      flag.level = static_cast<int>(level);
      flag.label = std::move(label);
      for (std::size_t below = 0; below <= level; ++below) {
        free_until[below] = std::min({free_until[below], flag.x, flag.label_x}) - 6;
      }
      break;
    }
    out.push_back(std::move(flag));
  }
  std::reverse(out.begin(), out.end());
  return out;
}

std::string description_of(const Incident& incident, const Window& window, std::size_t lanes) {
  std::map<std::string_view, int> counts;
  for (const Mark& mark : incident.timeline) ++counts[mark.kind];
  std::string out = fmt::format("From {} to {} UTC, {} {}:", day_and_clock(window.from),
                                day_and_clock(window.to), lanes, lanes == 1 ? "lane" : "lanes");
  const char* separator = " ";
  for (const auto& [kind, count] : counts) {
    std::string words(kind);
    std::replace(words.begin(), words.end(), '_', ' ');
    out += fmt::format("{}{} × {}", separator, words, count);
    separator = ", ";
  }
  return out + ". The table below lists all of them.";
}

}  // namespace

Chart chart_of(const Incident& incident) {
  Chart chart;
  if (incident.timeline.empty()) return chart;
  const Window window = window_of(incident);
  // The service's lane is always there for what concerns all zones; zones in the order of their names.
  std::map<std::pair<int, std::string>, std::vector<const Mark*>> by_lane;
  std::vector<const Mark*> changes;
  for (const Mark& mark : incident.timeline) {
    if (mark.kind == "change") {
      if (mark.time <= window.to) changes.push_back(&mark);
      continue;
    }
    if (mark.kind == "health_event" && mark.lane == kService) continue;
    const int order = mark.lane == kService ? 0 : mark.lane.empty() ? 2 : 1;
    by_lane[{order, mark.lane}].push_back(&mark);
  }
  std::stable_sort(changes.begin(), changes.end(),
                   [](const Mark* a, const Mark* b) { return a->time < b->time; });
  chart.flags = flags_of(changes, window);
  int levels = 0;
  for (const Flag& flag : chart.flags) levels = std::max(levels, flag.level + 1);

  chart.width = kWidth;
  chart.plot_x = kGutter;
  chart.plot_width = kWidth - kGutter - kRightPad;
  for (const Mark& mark : incident.timeline) {
    if (mark.kind != "health_event" || mark.lane != kService || mark.time > window.to) continue;
    if (mark.end && *mark.end < window.from) continue;
    chart.bands.push_back(band_of(mark, window));
  }
  chart.bands_y = levels * kFlagLevel + 8;
  chart.lanes_y = chart.bands_y + (chart.bands.empty() ? 2 : kBandLabel + 5);
  double y = chart.lanes_y;
  if (by_lane.empty()) by_lane[{0, std::string(kService)}];
  for (const auto& [key, marks] : by_lane) {
    chart.lanes.push_back(lane_of(key.second, marks, window, y));
    y += chart.lanes.back().height + kLaneGap;
  }
  chart.axis_y = y;
  chart.height = y + kAxis;
  chart.ticks = ticks_of(window);
  chart.description = description_of(incident, window, chart.lanes.size());
  return chart;
}

}  // namespace doctor::report
