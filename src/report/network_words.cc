#include "report/network_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "report/utf8.h"
#include "report/words.h"

namespace doctor::report {
namespace {

using network::Answer;
using network::Change;
using network::Hop;
using network::NeedAnswer;
using network::Reachable;

constexpr int kRuleColumns = 200;  // of a rule or a policy; JSON has it whole

// The kinds of hops that tell which way a packet leaves, the most telling first: behind a NAT gateway there
// is an internet gateway as well.
constexpr std::array<std::string_view, 9> kWays = {
    "interface endpoint", "gateway endpoint",   "VPC endpoint",
    "NAT gateway",        "peering connection", "transit gateway attachment",
    "transit gateway",    "internet gateway",   "egress-only internet gateway",
};

std::string and_more(std::size_t count) {
  return count > 1 ? fmt::format(" (and {} more)", count - 1) : "";
}

// "AuthorizeSecurityGroupIngress" as the AWS CLI spells it. None of the operations that open a path has an
// abbreviation in its name.
std::string cli_word(std::string_view operation) {
  std::string out;
  for (const char c : operation) {
    const bool upper = std::isupper(static_cast<unsigned char>(c)) != 0;
    if (upper && !out.empty()) out += '-';
    out += upper ? static_cast<char>(std::tolower(static_cast<unsigned char>(c))) : c;
  }
  return out;
}

// Ids come from accounts, so from anyone: whatever a word holds, the shell must take it as one word.
std::string quoted_for_shell(std::string_view word) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=,./:@%+";
  if (!word.empty() && word.find_first_not_of(kPlain) == std::string_view::npos) return std::string(word);
  std::string out = "'";
  for (const char c : word) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

// The words of `parameters`, which spaces part but within single quotes. What stands in brackets outside of
// words is the engine's remark to a person.
std::vector<std::string> words_of(std::string_view parameters, std::string& remarks) {
  std::vector<std::string> words(1);
  bool quoted = false;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const char c = parameters[i];
    if (c == '\'') {
      quoted = !quoted;
    } else if (c == '(' && !quoted && words.back().empty()) {
      const auto close = std::min(parameters.find(')', i), parameters.size());
      remarks += (remarks.empty() ? "" : "; ") + std::string(parameters.substr(i + 1, close - i - 1));
      i = close;
    } else if (c == ' ' && !quoted) {
      if (!words.back().empty()) words.emplace_back();
    } else {
      words.back() += c;
    }
  }
  if (words.back().empty()) words.pop_back();
  return words;
}

int badness(Verdict verdict) {
  switch (verdict) {
    case Verdict::unreachable:
      return 3;
    case Verdict::partly:
      return 2;
    case Verdict::depends:
      return 1;
    case Verdict::reachable:
      break;
  }
  return 0;
}

}  // namespace

Verdict verdict_of(const Answer& answer) {
  if (answer.reachable == Reachable::yes) return Verdict::reachable;
  if (answer.reachable == Reachable::no) return Verdict::unreachable;
  const auto any = [&](Reachable r) {
    return std::any_of(answer.parts.begin(), answer.parts.end(),
                       [&](const auto& part) { return part.reachable == r; });
  };
  return any(Reachable::yes) && any(Reachable::no) && !any(Reachable::depends) ? Verdict::partly
                                                                               : Verdict::depends;
}

Verdict verdict_of(const std::vector<NeedAnswer>& needs) {
  Verdict worst = Verdict::reachable;
  for (const NeedAnswer& need : needs) {
    if (badness(verdict_of(need.answer)) > badness(worst)) worst = verdict_of(need.answer);
  }
  return worst;
}

Verdict verdict_of(const std::vector<NeedsOfStart>& starts) {
  Verdict worst = Verdict::reachable;
  for (const NeedsOfStart& start : starts) {
    if (badness(verdict_of(start.needs)) > badness(worst)) worst = verdict_of(start.needs);
  }
  return worst;
}

std::string_view verdict_words(Verdict verdict) {
  switch (verdict) {
    case Verdict::reachable:
      return "REACHABLE";
    case Verdict::unreachable:
      return "NOT REACHABLE";
    case Verdict::partly:
      return "PARTLY REACHABLE";
    case Verdict::depends:
      break;
  }
  return "NOT KNOWN";
}

std::string route_words(const network::Query& query) {
  const bool ports = query.protocol == "tcp" || query.protocol == "udp";
  return fmt::format("{} -> {} {}{}", query.from, query.to, query.protocol, ports ? " " + query.ports : "");
}

std::string way_words(const Answer& answer) {
  for (const std::string_view kind : kWays) {
    for (const Hop& hop : answer.forward) {
      if (hop.kind == kind) return fmt::format("by {} {}", hop.kind, hop.resource);
    }
  }
  return answer.reachable == Reachable::yes ? "inside the VPC" : "";
}

std::string reason_words(const Answer& answer) {
  if (answer.reachable == Reachable::yes) return way_words(answer);
  if (!answer.blocked_by.empty()) {
    const network::Block& first = answer.blocked_by.front();
    return (first.on_return ? "on the way back, " : "") + (first.why.empty() ? first.rule : first.why) +
           and_more(answer.blocked_by.size());
  }
  if (!answer.depends_on.empty())
    return "the facts do not show " + answer.depends_on.front() + and_more(answer.depends_on.size());
  return way_words(answer);
}

std::string path_headline(const Answer& answer) {
  const Verdict verdict = verdict_of(answer);
  std::string out = fmt::format("{}: {}", verdict_words(verdict), route_words(answer.query));
  if (verdict == Verdict::partly) {
    const auto passing = std::count_if(answer.parts.begin(), answer.parts.end(),
                                       [](const auto& part) { return part.reachable == Reachable::yes; });
    out += fmt::format(": {} of {} parts pass, and of the others", passing, answer.parts.size());
  }
  const std::string reason = reason_words(answer);
  return reason.empty() ? out : out + ": " + reason;
}

std::string_view hop_mark(const Hop& hop) {
  return !hop.known ? "?" : hop.admitted ? "✓" : "✗";
}

std::string hop_words(const Hop& hop) {
  std::string out = hop.rule;
  if (!hop.known) {
    out += (out.empty() ? "" : ": ") + std::string("not known: ") + hop.why;
  } else if (hop.admitted && !hop.why.empty()) {
    out += " (" + hop.why + ")";
  } else if (out.empty()) {
    out = hop.why;
  }
  return ellipsized(clean(out), kRuleColumns);
}

bool parts_differ(const Answer& answer) {
  return std::any_of(answer.parts.begin(), answer.parts.end(), [&](const network::Part& part) {
    return part.reachable != answer.parts.front().reachable;
  });
}

std::string ports_words(std::string_view range) {
  const auto dash = range.find('-');
  const bool one = dash != std::string_view::npos && range.substr(0, dash) == range.substr(dash + 1);
  return std::string(one ? range.substr(0, dash) : range);
}

std::string command_of(const Change& change) {
  const auto colon = change.operation.find(':');
  if (colon == std::string::npos || !change.parameters.starts_with("--")) return {};
  std::string remarks;
  std::string out =
      "aws " + change.operation.substr(0, colon) + " " + cli_word(change.operation.substr(colon + 1));
  for (const std::string& word : words_of(clean(change.parameters), remarks))
    out += " " + quoted_for_shell(word);
  return remarks.empty() ? out : out + "  # " + remarks;
}

std::string_view agreement(const Answer& answer, const SecondOpinion& second) {
  if (!second.reachable || answer.reachable == Reachable::depends) return "cannot be compared";
  return *second.reachable == (answer.reachable == Reachable::yes) ? "agrees" : "disagrees";
}

std::string opinion_words(const Answer& answer, const SecondOpinion& second) {
  if (!second.asked) return "it was not asked: " + second.why;
  if (!second.reachable)
    return "it gave no verdict: " + second.status + (second.why.empty() ? "" : ", " + second.why);
  const std::string_view says = *second.reachable ? "reachable" : "not reachable";
  if (answer.reachable == Reachable::depends)
    return fmt::format("it says {}, where the facts do not tell", says);
  return fmt::format("it {}: {}", agreement(answer, second), says);
}

std::vector<const NeedAnswer*> worst_first(const std::vector<NeedAnswer>& needs) {
  std::vector<const NeedAnswer*> out;
  for (const NeedAnswer& need : needs) out.push_back(&need);
  std::stable_sort(out.begin(), out.end(), [](const NeedAnswer* a, const NeedAnswer* b) {
    return badness(verdict_of(a->answer)) > badness(verdict_of(b->answer));
  });
  return out;
}

std::string needs_headline(const NeedsOfStart& start) {
  const auto& needs = start.needs;
  const std::string& from = start.from;
  std::string blocked, open;
  std::size_t blocked_count = 0, open_count = 0;
  for (const NeedAnswer* need : worst_first(needs)) {
    const Verdict verdict = verdict_of(need->answer);
    if (verdict == Verdict::reachable) continue;
    const bool known = verdict != Verdict::depends;
    (known ? blocked : open) += ((known ? blocked : open).empty() ? "" : ", ") + need->need.id;
    ++(known ? blocked_count : open_count);
  }
  if (blocked_count == 0 && open_count == 0)
    return fmt::format("REACHABLE: all {} needs of a Fargate task from {}", needs.size(), from);
  std::string out;
  if (blocked_count != 0)
    out =
        fmt::format("NOT REACHABLE from {}: {} of {} needs: {}", from, blocked_count, needs.size(), blocked);
  else
    out = fmt::format("NOT KNOWN from {}: {} of {} needs: {}", from, open_count, needs.size(), open);
  if (blocked_count != 0 && open_count != 0) out += fmt::format("; not known: {}", open);
  return out;
}

bool alike(const NeedsOfStart& a, const NeedsOfStart& b) {
  return std::equal(a.needs.begin(), a.needs.end(), b.needs.begin(), b.needs.end(),
                    [](const NeedAnswer& x, const NeedAnswer& y) {
                      return x.need.id == y.need.id && x.need.to == y.need.to &&
                             verdict_of(x.answer) == verdict_of(y.answer) &&
                             reason_words(x.answer) == reason_words(y.answer);
                    });
}

}  // namespace doctor::report
