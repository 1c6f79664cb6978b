#include "report/plan_drawing.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

#include "core/arn.h"
#include "report/escape.h"
#include "report/plan_words.h"
#include "report/utf8.h"

namespace doctor::report {
namespace {

using remedy::BlastRadius;
using remedy::Dependent;
using remedy::Plan;

// In the drawing's own units: about one CSS pixel on a narrow screen.
constexpr double kSheet = 372, kMargin = 2, kIndent = 20, kBoxPad = 10, kStep = 8;
constexpr double kRootHeight = 62, kGroupHeight = 26, kItemHeight = 26;
constexpr double kLetter = 7.25;     // the advance of 12-unit monospaced text, rounded up
constexpr double kKindLetter = 6.3;  // of 11-unit text of the page's own face, on the safe side
constexpr std::size_t kNamed = 6;    // boxes of one kind in one group; the rest are counted
constexpr std::size_t kGroups = 8;   // what they share: drawn each on its own; the rest are counted

template <class... Args>
void sketch(std::string& out, fmt::format_string<Args...> format, Args&&... args) {
  fmt::format_to(std::back_inserter(out), format, std::forward<Args>(args)...);
}

// One box of the tree.
struct Twig {
  std::string_view look;  // its class: "group", "own", "other", "rest"
  int depth = 1;
  std::string name, kind, title;
};

// A count is words, a name is code.
bool is_words(const Twig& twig) {
  return twig.look == "rest";
}

// With its middle left out: names of one account begin alike.
std::string shortened(const std::string& text, int most) {
  if (columns(text) <= most) return text;
  std::vector<std::string> letters;
  for (std::string_view rest = text; !rest.empty();) {
    letters.emplace_back();
    append_code_point(letters.back(), take_code_point(rest));
  }
  std::string tail;
  for (auto letter = letters.rbegin(); columns(*letter + tail) <= (most - 1) / 2; ++letter)
    tail = *letter + tail;
  return ellipsized(text, most - columns(tail)) + tail;
}

bool names_the_resource(const BlastRadius& radius, std::string_view through) {
  const std::string& id = radius.resource.id;
  return through.empty() || through == id || through == core::short_name(id) ||
         (id.size() > through.size() && id.starts_with(through) && id[through.size()] == '/');
}

void grow_group(std::vector<Twig>& twigs, const Plan& plan, const std::vector<const Dependent*>& dependents,
                int depth) {
  std::map<std::string, std::vector<const Dependent*>> by_kind;
  std::vector<std::string> kinds;  // in the order of their first
  for (const Dependent* dependent : dependents) {
    if (!by_kind.contains(dependent->kind)) kinds.push_back(dependent->kind);
    by_kind[dependent->kind].push_back(dependent);
  }
  for (const std::string& kind : kinds) {
    const auto& all = by_kind[kind];
    // A box that says "and 1 more" has room for the one.
    const std::size_t named = all.size() <= kNamed + 1 ? all.size() : kNamed;
    for (std::size_t i = 0; i < named; ++i) {
      const bool own = is_own(plan, *all[i]);
      twigs.push_back(
          {own ? "own" : "other", depth, all[i]->name, own ? "this incident" : kind_words(kind),
           fmt::format("{} {}{}", kind_words(kind), all[i]->name, own ? ", of this incident" : "")});
    }
    if (named < all.size()) {
      const std::string words = fmt::format("and {} more", counted_kind(kind, all.size() - named));
      twigs.push_back({"rest", depth, words, {}, words});
    }
  }
}

std::vector<Twig> grown(const Plan& plan, const BlastRadius& radius) {
  std::vector<Twig> twigs;
  const auto groups = shared_through(plan, radius);
  std::size_t drawn = 0, left = 0;
  for (const SharedThrough& group : groups) {
    if (drawn == kGroups && groups.size() > kGroups + 1) {
      left += group.dependents.size();
      continue;
    }
    ++drawn;
    if (group.through.empty()) {
      grow_group(twigs, plan, group.dependents, 1);
      continue;
    }
    const std::string name = short_id(group.through);
    twigs.push_back({"group", 1, name, fmt::format("{} through it", group.dependents.size()),
                     fmt::format("{}: {} through it", group.through, group.dependents.size())});
    grow_group(twigs, plan, group.dependents, 2);
  }
  if (left > 0) {
    const std::string words = fmt::format("and {} more, through {} others", left, groups.size() - drawn);
    twigs.push_back({"rest", 1, words, {}, words});
  }
  return twigs;
}

void draw_root(std::string& out, const BlastRadius& radius) {
  const int room = static_cast<int>((kSheet - 2 * kMargin - 2 * kBoxPad) / kLetter);
  sketch(out, R"(<g class="twig root"><title>{} {}</title>)", html(kind_words(radius.resource.kind)),
         html(radius.resource.id));
  sketch(out, R"(<rect x="{:.0f}" y="{:.0f}" width="{:.0f}" height="{:.0f}" rx="8"/>)", kMargin, kMargin,
         kSheet - 2 * kMargin, kRootHeight);
  sketch(out, R"(<text class="kind" x="{:.0f}" y="{:.0f}">{}, changed</text>)", kMargin + kBoxPad,
         kMargin + 18, html(kind_words(radius.resource.kind)));
  sketch(out, R"(<text class="name" x="{:.0f}" y="{:.0f}">{}</text>)", kMargin + kBoxPad, kMargin + 35,
         html(shortened(clean(short_id(radius.resource.id)), room)));
  sketch(out, R"(<text class="kind" x="{:.0f}" y="{:.0f}">used by {}</text></g>)", kMargin + kBoxPad,
         kMargin + 52, html(ellipsized(dependents_words(radius), room)));
}

void draw_twig(std::string& out, const Twig& twig, double y, double height) {
  const double x = kMargin + kIndent * twig.depth, width = kSheet - kMargin - x;
  const double kind_width = static_cast<double>(columns(twig.kind)) * kKindLetter;
  const double room = width - 2 * kBoxPad - (twig.kind.empty() ? 0 : kind_width + kBoxPad);
  const int most = std::max(4, static_cast<int>(room / (is_words(twig) ? kKindLetter : kLetter)));
  sketch(out, R"(<g class="twig {}"><title>{}</title>)", twig.look, html(twig.title));
  sketch(out, R"(<rect x="{:.0f}" y="{:.0f}" width="{:.0f}" height="{:.0f}" rx="6"/>)", x, y, width, height);
  sketch(out, R"(<text class="{}" x="{:.0f}" y="{:.0f}">{}</text>)", is_words(twig) ? "kind" : "name",
         x + kBoxPad, y + 17, html(shortened(clean(twig.name), most)));
  if (!twig.kind.empty())
    sketch(out, R"(<text class="kind end" x="{:.0f}" y="{:.0f}">{}</text>)", x + width - kBoxPad, y + 17,
           html(twig.kind));
  out += "</g>";
}

// Down from there and to the box.
void draw_branch(std::string& out, int depth, double from, double to) {
  const double x = kMargin + kIndent * (depth - 1) + kIndent / 2;
  sketch(out, R"(<path class="branch" d="M{:.0f} {:.0f}V{:.0f}H{:.0f}"/>)", x, from, to, x + kIndent / 2);
}

}  // namespace

std::vector<SharedThrough> shared_through(const Plan& plan, const BlastRadius& radius) {
  std::map<std::string, std::vector<const Dependent*>> by_name;
  for (const Dependent& dependent : radius.dependents) {
    by_name[names_the_resource(radius, dependent.through) ? std::string() : dependent.through].push_back(
        &dependent);
  }
  std::vector<SharedThrough> groups;
  for (auto& [through, dependents] : by_name) {
    std::stable_sort(dependents.begin(), dependents.end(), [&](const Dependent* a, const Dependent* b) {
      const bool own_a = is_own(plan, *a), own_b = is_own(plan, *b);
      const bool service_a = a->kind == "ecs:service", service_b = b->kind == "ecs:service";
      return std::pair(own_a, service_a) > std::pair(own_b, service_b);
    });
    groups.push_back({through, std::move(dependents)});
  }
  std::stable_sort(groups.begin(), groups.end(), [&](const SharedThrough& a, const SharedThrough& b) {
    const bool own_a = is_own(plan, *a.dependents.front()), own_b = is_own(plan, *b.dependents.front());
    return std::pair(own_a, a.dependents.size()) > std::pair(own_b, b.dependents.size());
  });
  return groups;
}

std::string blast_drawing(const Plan& plan, const BlastRadius& radius, const std::string& id) {
  const std::vector<Twig> twigs = grown(plan, radius);
  if (twigs.empty()) return {};
  std::string boxes, branches;
  draw_root(boxes, radius);
  double y = kMargin + kRootHeight + kStep;
  // Where the next piece of each depth's line begins: below the box that it hangs from, then at its last
  // branch.
  double of_root = kMargin + kRootHeight, of_group = 0;
  for (const Twig& twig : twigs) {
    const double height = twig.look == "group" ? kGroupHeight : kItemHeight;
    double& from = twig.depth == 1 ? of_root : of_group;
    draw_branch(branches, twig.depth, from, y + height / 2);
    from = y + height / 2;
    draw_twig(boxes, twig, y, height);
    if (twig.depth == 1) of_group = y + height;
    y += height + kStep;
  }
  std::string out;
  sketch(out, R"(<svg class="blast" viewBox="0 0 {:.0f} {:.0f}" role="img" aria-labelledby="{}">)", kSheet,
         y - kStep + kMargin, html(id));
  sketch(out, R"(<title id="{}">{} {} is used by {}</title>)", html(id),
         html(kind_words(radius.resource.kind)), html(short_id(radius.resource.id)),
         html(dependents_words(radius)));
  return out + branches + boxes + "</svg>";
}

}  // namespace doctor::report
