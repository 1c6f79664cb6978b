#include <fmt/format.h>

#include <algorithm>

#include "report/network_words.h"
#include "report/page.h"
#include "report/utf8.h"
#include "report/words.h"

namespace doctor::report {
namespace {

using network::Answer;
using network::Hop;
using network::NeedAnswer;
using network::Reachable;

constexpr std::size_t kPartsShown = 24;  // JSON has all of them

Ink ink_of(Verdict verdict) {
  return verdict == Verdict::reachable ? Ink::good : verdict == Verdict::depends ? Ink::warning : Ink::bad;
}

Ink ink_of(const Hop& hop) {
  return !hop.known ? Ink::warning : hop.admitted ? Ink::plain : Ink::bad;
}

// "igw-1" -> "igw-1   ", so that columns line up.
std::string padded(std::string_view text, int width) {
  std::string out = clean(text);
  for (int used = columns(out); used < width; ++used) out += ' ';
  return out;
}

void print_hops(Page& page, std::string_view heading, const std::vector<Hop>& hops) {
  if (hops.empty()) return;
  page.blank();
  page.heading(heading);
  int resource = 0, kind = 0;
  for (const Hop& hop : hops) {
    resource = std::max(resource, columns(clean(hop.resource)));
    kind = std::max(kind, columns(clean(hop.kind)));
  }
  // The rule is what is read: where the names leave it no room, it goes below them.
  const bool beside = resource + kind + 8 <= page.width() / 2;
  for (const Hop& hop : hops) {
    const std::string mark = std::string(hop_mark(hop)) + " ";
    if (beside) {
      const std::string names = mark + padded(hop.resource, resource) + "  " + padded(hop.kind, kind) + "  ";
      const std::string words = hop_words(hop);
      // What passes takes one line; what does not is read to the end.
      if (words.empty() || (hop.admitted && hop.known))
        page.line(2, "", names + words, ink_of(hop));
      else
        page.paragraph(2, names, words, ink_of(hop));
    } else {
      page.paragraph(2, mark, clean(hop.resource) + "  " + clean(hop.kind), ink_of(hop));
      page.paragraph(6, "", hop_words(hop), ink_of(hop));
    }
  }
}

void print_blocks(Page& page, const Answer& answer) {
  if (answer.blocked_by.empty()) return;
  page.blank();
  page.heading(answer.blocked_by.size() == 1
                   ? "What drops it"
                   : fmt::format("What drops it: {} rules", answer.blocked_by.size()));
  for (const network::Block& block : answer.blocked_by) {
    page.paragraph(2, "✗ ",
                   fmt::format("{} ({}{}): {}", block.resource, block.kind,
                               block.on_return ? ", on the way back" : "", block.rule),
                   Ink::bad);
    if (block.why != block.rule) page.paragraph(4, "", sentence(block.why));
  }
}

void print_changes(Page& page, const Answer& answer) {
  if (answer.smallest_change.empty()) return;
  page.blank();
  page.heading(answer.smallest_change.size() == 1 ? "The smallest change that opens it"
                                                  : "The smallest change that opens it: all of these");
  for (const network::Change& change : answer.smallest_change) {
    const std::string command = command_of(change);
    // A command stays in one piece however wide it is: it is there to be pasted.
    if (command.empty())
      page.paragraph(2, "→ ", change.operation + ": " + change.parameters, Ink::strong);
    else
      page.verbatim(2, command, Ink::strong);
    page.paragraph(4, "", sentence(change.why), Ink::faint);
  }
}

void print_depends(Page& page, const Answer& answer) {
  if (answer.depends_on.empty()) return;
  page.blank();
  page.heading("It depends on");
  for (const std::string& missing : answer.depends_on) page.paragraph(2, "? ", missing, Ink::warning);
}

void print_parts(Page& page, const Answer& answer) {
  if (!parts_differ(answer)) return;
  page.blank();
  page.heading(fmt::format("Part by part: {} of them", answer.parts.size()));
  std::size_t shown = 0;
  for (const network::Part& part : answer.parts) {
    if (shown++ == kPartsShown) {
      page.paragraph(
          2, "… ", fmt::format("and {} more: --output json has them all", answer.parts.size() - kPartsShown),
          Ink::faint);
      break;
    }
    const bool yes = part.reachable == Reachable::yes, no = part.reachable == Reachable::no;
    std::string why = no && !part.blocked_by.empty() ? part.blocked_by.front().why
                      : part.depends_on.empty()      ? ""
                                                     : part.depends_on.front();
    page.paragraph(2,
                   yes  ? "✓ "
                   : no ? "✗ "
                        : "? ",
                   fmt::format("{} -> {} port {} (from ports {}){}", part.sources, part.destinations,
                               ports_words(part.ports), part.source_ports, why.empty() ? "" : ": " + why),
                   yes  ? Ink::plain
                   : no ? Ink::bad
                        : Ink::warning);
  }
}

void print_second(Page& page, const Answer& answer, const SecondOpinion* second) {
  if (second == nullptr) return;
  page.blank();
  page.heading("VPC Reachability Analyzer");
  const auto compared = agreement(answer, *second);
  page.paragraph(2, "", capitalised(opinion_words(answer, *second)) + ".",
                 compared == "agrees"      ? Ink::good
                 : compared == "disagrees" ? Ink::bad
                                           : Ink::warning);
  for (const std::string& line : second->explanations) page.paragraph(2, "· ", line);
}

// One line a need: what, where to, and how it gets there or what stands in the way.
void print_needs(Page& page, const NeedsOfStart& start) {
  page.paragraph(0, "", needs_headline(start), ink_of(verdict_of(start.needs)));
  page.blank();
  int title = 0, to = 0;
  for (const NeedAnswer& need : start.needs) {
    title = std::max(title, columns(clean(need.need.title)));
    to = std::max(to, columns(clean(need.need.to + " " + need.need.ports)));
  }
  const bool beside = title + to + 6 <= page.width() * 2 / 3;
  for (const NeedAnswer* need : worst_first(start.needs)) {
    const Verdict verdict = verdict_of(need->answer);
    const std::string mark = verdict == Verdict::reachable ? "✓ " : verdict == Verdict::depends ? "? " : "✗ ";
    const Ink ink = verdict == Verdict::reachable ? Ink::plain : ink_of(verdict);
    const std::string target = need->need.to + " " + need->need.ports;
    const std::string reason = reason_words(need->answer);
    if (beside) {
      page.paragraph(0, mark + padded(need->need.title, title) + "  " + padded(target, to) + "  ",
                     reason.empty() ? "-" : reason, ink);
    } else {
      page.paragraph(0, mark, need->need.title + "  " + target, ink);
      page.paragraph(4, "", reason, ink);
    }
  }
}

}  // namespace

std::string path_text(const Answer& answer, const TextStyle& style, const SecondOpinion* second) {
  Page page(style.width, style.colour);
  page.paragraph(0, "", path_headline(answer), ink_of(verdict_of(answer)));
  print_hops(page, "Forward", answer.forward);
  print_hops(page, "Return", answer.back);
  print_blocks(page, answer);
  print_changes(page, answer);
  print_depends(page, answer);
  print_parts(page, answer);
  print_second(page, answer, second);
  return page.take();
}

std::string needs_text(const std::vector<NeedsOfStart>& starts, const TextStyle& style) {
  Page page(style.width, style.colour);
  std::vector<const NeedsOfStart*> shown;
  for (const NeedsOfStart& start : starts) {
    const auto same =
        std::find_if(shown.begin(), shown.end(), [&](const auto* one) { return alike(*one, start); });
    page.blank();
    if (same != shown.end()) {
      page.paragraph(0, "", fmt::format("{}: the same as {}", start.from, (*same)->from),
                     ink_of(verdict_of(start.needs)));
      continue;
    }
    shown.push_back(&start);
    print_needs(page, start);
  }
  return page.take();
}

}  // namespace doctor::report
