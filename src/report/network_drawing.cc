#include "report/network_drawing.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <string_view>
#include <vector>

#include "report/escape.h"
#include "report/network_words.h"
#include "report/utf8.h"
#include "report/wrap.h"

namespace doctor::report {
namespace {

using network::Answer;
using network::Hop;

// Of the drawing, in its own units: about one CSS pixel at the page's full width.
constexpr int kPerRow = 4;
constexpr double kBoxWidth = 226, kGap = 32, kPathWidth = kPerRow * kBoxWidth + (kPerRow - 1) * kGap;
constexpr double kPad = 12, kLine = 15, kHead = 42, kRowGap = 34, kLaneHead = 30, kPathLaneGap = 30,
                 kEdge = 2;
constexpr int kBoxColumns = 28;  // of 12-unit monospaced text between the pads: "tgw-attach-" and 17 digits
constexpr std::size_t kRuleLines = 4, kDropLines = 7;

template <class... Args>
void draw(std::string& out, fmt::format_string<Args...> format, Args&&... args) {
  fmt::format_to(std::back_inserter(out), format, std::forward<Args>(args)...);
}

struct Box {
  const Hop* hop = nullptr;
  std::vector<std::string> lines;
  double x = 0, y = 0, height = 0;
  bool passed = true;  // the packet gets here: nothing before this hop dropped it
};

std::string_view class_of(const Hop& hop) {
  return !hop.known ? "open" : hop.admitted ? "pass" : "drop";
}

std::vector<std::string> lines_of(const Hop& hop) {
  // Where the packet is dropped the reason belongs into the box; elsewhere the rule will do.
  const bool whole = !hop.admitted || !hop.known;
  std::string text = hop.rule;
  if (whole && !hop.why.empty()) text += (text.empty() ? "" : ": ") + hop.why;
  auto lines = wrapped(clean(text), kBoxColumns);
  const std::size_t most = whole ? kDropLines : kRuleLines;
  if (lines.size() > most) {
    lines.resize(most);
    lines.back() = ellipsized(lines.back() + " ……", kBoxColumns);
  }
  return lines;
}

std::vector<Box> boxes_of(const std::vector<Hop>& hops, bool passed, double& y) {
  std::vector<Box> boxes;
  for (std::size_t first = 0; first < hops.size(); first += kPerRow) {
    const std::size_t last = std::min(first + kPerRow, hops.size());
    double tallest = 0;
    for (std::size_t i = first; i < last; ++i) {
      Box box{&hops[i], lines_of(hops[i]), kEdge + static_cast<double>(i - first) * (kBoxWidth + kGap), y, 0,
              passed};
      box.height = kHead + kPad / 2 + static_cast<double>(box.lines.size()) * kLine + kPad / 2;
      tallest = std::max(tallest, box.height);
      passed = passed && (hops[i].admitted || !hops[i].known);
      boxes.push_back(std::move(box));
    }
    for (std::size_t i = first; i < last; ++i) boxes[i].height = tallest;
    y += tallest + kRowGap;
  }
  y -= kRowGap;
  return boxes;
}

void draw_link(std::string& out, const Box& from, const Box& to, std::string_view arrow) {
  const std::string_view kind = to.passed ? "link" : "link cut";
  if (to.y > from.y) {
    const double middle = from.y + from.height + kRowGap / 2;
    const double start = from.x + kBoxWidth / 2, end = to.x + kBoxWidth / 2;
    draw(out, R"svg(<path class="{}" d="M{:.0f} {:.0f}V{:.0f}H{:.0f}V{:.0f}" marker-end="url(#{})"/>)svg",
         kind, start, from.y + from.height, middle, end, to.y - 3, arrow);
    return;
  }
  const double y = from.y + kHead / 2;
  draw(out, R"svg(<path class="{}" d="M{:.0f} {:.0f}H{:.0f}" marker-end="url(#{})"/>)svg", kind,
       from.x + kBoxWidth, y, to.x - 3, arrow);
}

void draw_box(std::string& out, const Box& box) {
  const Hop& hop = *box.hop;
  draw(out, R"(<g class="hop {}{}"><title>{}</title>)", class_of(hop), box.passed ? "" : " behind",
       html(std::string(hop_mark(hop)) + " " + hop.resource + " (" + hop.kind + "): " + hop_words(hop)));
  draw(out, R"(<rect x="{:.0f}" y="{:.0f}" width="{:.0f}" height="{:.0f}" rx="9"/>)", box.x, box.y, kBoxWidth,
       box.height);
  draw(out, R"(<text class="kind" x="{:.0f}" y="{:.0f}">{}</text>)", box.x + kPad, box.y + 17,
       html(ellipsized(clean(hop.kind), kBoxColumns)));
  draw(out, R"(<text class="mark" x="{:.0f}" y="{:.0f}">{}</text>)", box.x + kBoxWidth - kPad, box.y + 19,
       hop_mark(hop));
  draw(out, R"(<text class="name" x="{:.0f}" y="{:.0f}">{}</text>)", box.x + kPad, box.y + 35,
       html(ellipsized(clean(hop.resource), kBoxColumns)));
  double y = box.y + kHead + kPad / 2 + kLine - 4;
  for (const std::string& line : box.lines) {
    draw(out, R"(<text class="rule" x="{:.0f}" y="{:.0f}">{}</text>)", box.x + kPad, y, html(line));
    y += kLine;
  }
  out += "</g>";
}

// Whether the packet gets through the lane.
bool draw_lane(std::string& out, std::string_view name, const std::vector<Hop>& hops, bool passed,
               double& y) {
  if (hops.empty()) return passed;
  draw(out, R"(<text class="lane" x="{:.0f}" y="{:.0f}">{}</text>)", kEdge, y + 14, name);
  y += kLaneHead;
  const auto boxes = boxes_of(hops, passed, y);
  // Links first, so that no box is crossed.
  for (std::size_t i = 1; i < boxes.size(); ++i)
    draw_link(out, boxes[i - 1], boxes[i], boxes[i].passed ? "arrow" : "arrow-cut");
  for (const Box& box : boxes) draw_box(out, box);
  y += kPathLaneGap;
  const Hop& last = hops.back();
  return boxes.back().passed && (last.admitted || !last.known);
}

}  // namespace

std::string path_drawing(const Answer& answer) {
  if (answer.forward.empty() && answer.back.empty()) return {};
  std::string lanes;
  double y = 4;
  const bool arrives = draw_lane(lanes, "Forward: the packet", answer.forward, true, y);
  draw_lane(lanes, "Return: its answer", answer.back, arrives, y);
  std::string out;
  draw(out, R"(<svg class="path" viewBox="0 0 {:.0f} {:.0f}" role="img" aria-labelledby="path-title">)",
       kPathWidth + 2 * kEdge, y - kPathLaneGap + 4);
  draw(out, R"(<title id="path-title">{}</title><defs>)", html(path_headline(answer)));
  constexpr std::array<std::string_view, 2> kArrows = {"arrow", "arrow-cut"};
  for (const std::string_view id : kArrows) {
    draw(
        out,
        R"(<marker id="{0}" class="{0}" viewBox="0 0 8 8" refX="6" refY="4" markerWidth="8" markerHeight="8" orient="auto" markerUnits="userSpaceOnUse"><path d="M0 0L8 4L0 8Z"/></marker>)",
        id);
  }
  return out + "</defs>" + lanes + "</svg>";
}

}  // namespace doctor::report
