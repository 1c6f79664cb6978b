#include <fmt/format.h>

#include <iterator>

#include "report/escape.h"
#include "report/html_style.h"
#include "report/network_drawing.h"
#include "report/network_style.h"
#include "report/network_words.h"
#include "report/words.h"

namespace doctor::report {
namespace {

using network::Answer;
using network::Hop;
using network::Reachable;

constexpr std::size_t kPartsInTable = 200;

// Every string of an answer goes through html() on its way into one of these.
template <class... Args>
void write(std::string& out, fmt::format_string<Args...> format, Args&&... args) {
  fmt::format_to(std::back_inserter(out), format, std::forward<Args>(args)...);
}

std::string_view verdict_class(Verdict verdict) {
  return verdict == Verdict::reachable ? "reachable"
         : verdict == Verdict::depends ? "depends"
                                       : "unreachable";
}

std::string_view row_class(const Hop& hop) {
  return !hop.known ? "open" : hop.admitted ? "pass" : "drop";
}

void write_drawing(std::string& out, const Answer& answer) {
  const std::string drawing = path_drawing(answer);
  if (drawing.empty()) return;
  out += "<section aria-label=\"The path\"><h3>The path</h3>\n<div class=\"lanes\" tabindex=\"0\">";
  out += drawing;
  out +=
      "</div>\n<ul class=\"legend\"><li><span class=\"dot\"></span>admitted</li><li><span class=\"dot "
      "drop\"></span>dropped</li><li><span class=\"dot open\"></span>not known</li>";
  if (!answer.blocked_by.empty())
    out += "<li><span class=\"dot behind\"></span>faint: behind a rule that drops it</li>";
  out += "</ul></section>\n";
}

void write_blocks(std::string& out, const Answer& answer) {
  if (answer.blocked_by.empty()) return;
  out += "<section><h3>What drops it</h3>\n<ul class=\"blocks\">\n";
  for (const network::Block& block : answer.blocked_by) {
    write(out, "<li><b>{}</b> <code>{}</code>: <code>{}</code>{}", html(capitalised(block.kind)),
          html(block.resource), html(block.rule), block.on_return ? " (on the way back)" : "");
    if (!block.why.empty()) write(out, "<span>{}</span>", html(sentence(block.why)));
    out += "</li>\n";
  }
  out += "</ul></section>\n";
}

void write_depends(std::string& out, const Answer& answer) {
  if (answer.depends_on.empty()) return;
  out += "<section><h3>It depends on</h3>\n<ul class=\"blocks\">\n";
  for (const std::string& missing : answer.depends_on)
    write(out, "<li class=\"open\">{}</li>\n", html(sentence(missing)));
  out += "</ul></section>\n";
}

void write_changes(std::string& out, const Answer& answer) {
  if (answer.smallest_change.empty()) return;
  write(out, "<section><h3>The smallest change that opens it{}</h3>\n<ol class=\"fixes\">\n",
        answer.smallest_change.size() > 1 ? " <small>all of these</small>" : "");
  for (const network::Change& change : answer.smallest_change) {
    const std::string command = command_of(change);
    write(out, "<li class=\"fix first\"><b>{}</b><div class=\"copy\"><pre>{}</pre></div></li>\n",
          html(capitalised(change.why.empty() ? change.operation : change.why)),
          html(command.empty() ? change.operation + ": " + change.parameters : command));
  }
  out += "</ol></section>\n";
}

void write_table(std::string& out, std::string_view caption, const std::vector<Hop>& hops) {
  if (hops.empty()) return;
  write(out,
        "<table class=\"hops\"><caption>{}</caption><thead><tr><th scope=\"col\"></th><th "
        "scope=\"col\">Resource</th><th scope=\"col\">Kind</th><th "
        "scope=\"col\">Rule</th></tr></thead><tbody>\n",
        caption);
  for (const Hop& hop : hops) {
    write(out, "<tr class=\"{}\"><td>{}</td><td><code>{}</code></td><td>{}</td><td>{}</td></tr>\n",
          row_class(hop), hop_mark(hop), html(hop.resource), html(hop.kind), html(hop_words(hop)));
  }
  out += "</tbody></table>\n";
}

void write_parts(std::string& out, const Answer& answer) {
  if (!parts_differ(answer)) return;
  write(out,
        "<section><h3>Part by part <small>{} of them</small></h3><table class=\"hops\"><thead><tr><th "
        "scope=\"col\"></th><th scope=\"col\">From</th><th scope=\"col\">To</th><th scope=\"col\">Ports, and "
        "the "
        "first obstacle</th></tr></thead><tbody>\n",
        answer.parts.size());
  std::size_t shown = 0;
  for (const network::Part& part : answer.parts) {
    if (shown++ == kPartsInTable) {
      write(out, "<tr><td></td><td colspan=\"3\">and {} more, which --output json has</td></tr>\n",
            answer.parts.size() - kPartsInTable);
      break;
    }
    const bool yes = part.reachable == Reachable::yes, no = part.reachable == Reachable::no;
    const std::string why = no && !part.blocked_by.empty() ? part.blocked_by.front().why
                            : part.depends_on.empty()      ? ""
                                                           : part.depends_on.front();
    write(out,
          "<tr class=\"{}\"><td>{}</td><td>{} <small>ports {}</small></td><td>{}</td><td>{}{}{}</td></tr>\n",
          yes  ? "pass"
          : no ? "drop"
               : "open",
          yes  ? "✓"
          : no ? "✗"
               : "?",
          html(part.sources), html(part.source_ports), html(part.destinations), html(ports_words(part.ports)),
          why.empty() ? "" : ": ", html(why));
  }
  out += "</tbody></table></section>\n";
}

void write_second(std::string& out, const Answer& answer, const SecondOpinion* second) {
  if (second == nullptr) return;
  write(out, "<section><h3>VPC Reachability Analyzer</h3><p>{}.</p>\n",
        html(capitalised(opinion_words(answer, *second))));
  if (!second->explanations.empty()) {
    out += "<ul>";
    for (const std::string& line : second->explanations) write(out, "<li>{}</li>", html(line));
    out += "</ul>";
  }
  out += "</section>\n";
}

}  // namespace

std::string path_html(const Answer& answer, const SecondOpinion* second) {
  const std::string style = std::string(style_sheet()) + std::string(network_style_sheet());
  const Verdict verdict = verdict_of(answer);
  std::string out = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n";
  write(out, "<meta http-equiv=\"Content-Security-Policy\" content=\"{}\">\n",
        content_security_policy(style));
  out +=
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"referrer\" content=\"no-referrer\">\n<meta name=\"color-scheme\" content=\"light "
      "dark\">\n";
  write(out, "<title>{} · fargate-doctor</title>\n<style>{}</style>\n</head>\n<body>\n",
        html(path_headline(answer)), style);
  write(
      out,
      "<main class=\"wrap\">\n<div class=\"verdict\"><span class=\"badge {}\">{}</span><h1>{}</h1></div>\n<p "
      "class=\"because\">{}</p>\n",
      verdict_class(verdict), html(verdict_words(verdict)), html(route_words(answer.query)),
      html(sentence(reason_words(answer))));
  out += "<article class=\"incident\">\n";
  write_drawing(out, answer);
  write_blocks(out, answer);
  write_changes(out, answer);
  write_depends(out, answer);
  write_second(out, answer, second);
  write_parts(out, answer);
  out += "<section><h3>Hop by hop</h3>\n";
  write_table(out, "Forward", answer.forward);
  write_table(out, "Return", answer.back);
  out +=
      "</section>\n</article>\n</main>\n<footer class=\"foot\"><div class=\"wrap\">Made by fargate-doctor "
      "from "
      "the facts of the VPC; docs/network.md says what it does not know.</div></footer>\n";
  write(out, "<script>{}</script>\n</body>\n</html>\n", script());
  return out;
}

}  // namespace doctor::report
