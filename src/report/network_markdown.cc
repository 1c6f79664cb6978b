#include <fmt/format.h>

#include <iterator>

#include "report/escape.h"
#include "report/network_words.h"
#include "report/words.h"

namespace doctor::report {
namespace {

using network::Answer;
using network::Hop;

template <class... Args>
void put(std::string& out, fmt::format_string<Args...> format, Args&&... args) {
  fmt::format_to(std::back_inserter(out), format, std::forward<Args>(args)...);
}

void write_hop_table(std::string& out, std::string_view heading, const std::vector<Hop>& hops) {
  if (hops.empty()) return;
  put(out, "\n## {}\n\n| | Resource | Kind | Rule |\n|---|---|---|---|\n", heading);
  for (const Hop& hop : hops) {
    put(out, "| {} | {} | {} | {} |\n", hop_mark(hop), markdown_code(hop.resource), markdown(hop.kind),
        markdown(hop_words(hop)));
  }
}

void write_change_list(std::string& out, const Answer& answer) {
  if (answer.smallest_change.empty()) return;
  out += "\n## The smallest change that opens it\n\n";
  for (const network::Change& change : answer.smallest_change) {
    const std::string command = command_of(change);
    put(out, "- {}<br>{}\n",
        markdown_code(command.empty() ? change.operation + ": " + change.parameters : command),
        markdown(sentence(change.why)));
  }
}

}  // namespace

std::string path_markdown(const Answer& answer, const SecondOpinion* second) {
  std::string out = fmt::format("# {}\n", markdown(path_headline(answer)));
  if (!answer.blocked_by.empty()) {
    out += "\n## What drops it\n\n| Resource | Kind | Rule | Why | Direction |\n|---|---|---|---|---|\n";
    for (const network::Block& block : answer.blocked_by) {
      put(out, "| {} | {} | {} | {} | {} |\n", markdown_code(block.resource), markdown(block.kind),
          markdown(block.rule), markdown(block.why), block.on_return ? "return" : "forward");
    }
  }
  write_change_list(out, answer);
  if (!answer.depends_on.empty()) {
    out += "\n## It depends on\n\n";
    for (const std::string& missing : answer.depends_on) put(out, "- {}\n", markdown(missing));
  }
  write_hop_table(out, "Forward", answer.forward);
  write_hop_table(out, "Return", answer.back);
  if (second != nullptr) {
    put(out, "\n## VPC Reachability Analyzer\n\n{}.\n",
        markdown(capitalised(opinion_words(answer, *second))));
    if (!second->explanations.empty()) out += "\n";
    for (const std::string& line : second->explanations) put(out, "- {}\n", markdown(line));
  }
  return out;
}

std::string needs_markdown(const std::vector<NeedsOfStart>& starts) {
  std::string out;
  for (const NeedsOfStart& start : starts) {
    put(out, "{}# {}\n\n| Verdict | What | To | How, or why not |\n|---|---|---|---|\n",
        out.empty() ? "" : "\n", markdown(needs_headline(start)));
    for (const network::NeedAnswer* need : worst_first(start.needs)) {
      put(out, "| {} | {} | {} | {} |\n", verdict_words(verdict_of(need->answer)), markdown(need->need.title),
          markdown_code(need->need.to + " " + need->need.protocol + " " + need->need.ports),
          markdown(reason_words(need->answer)));
    }
  }
  return out;
}

}  // namespace doctor::report
