#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>

#include "report/escape.h"
#include "report/html_style.h"
#include "report/report.h"
#include "report/timeline.h"
#include "report/words.h"

namespace doctor::report {
namespace {

using diagnose::Cause;
using diagnose::Diagnosis;
using diagnose::Evidence;
using diagnose::Fix;
using diagnose::Incident;
using diagnose::Mark;
using diagnose::MissingEvidence;

// Every string of a diagnosis goes through html() on its way into one of these.
template <class... Args>
void add(std::string& out, fmt::format_string<Args...> format, Args&&... args) {
  fmt::format_to(std::back_inserter(out), format, std::forward<Args>(args)...);
}

// The policy forbids style attributes, so that a bar is a drawing.
std::string svg_bar(double probability) {
  const double p = probability > 0 ? std::min(probability, 1.0) : 0;
  return fmt::format(
      R"(<svg class="bar{}" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true"><rect class="track" width="100" height="6" rx="1.5"/><rect class="fill" width="{:.1f}" height="6" rx="1.5"/></svg>)",
      p < 0.3 ? " low" : "", std::max(p * 100, 0.8));
}

std::string cause_title(const Cause& cause) {
  return html(capitalised(trimmed_sentence(cause.title.empty() ? cause.id : cause.title)));
}

void write_fixes(std::string& out, const std::vector<Fix>& fixes, bool prominent) {
  if (fixes.empty()) return;
  out += "<ol class=\"fixes\">\n";
  for (const Fix& fix : fixes) {
    const bool first = prominent && &fix == &fixes.front();
    add(out, "<li class=\"fix{}\"><b>{}</b>", first ? " first" : "", html(trimmed_sentence(fix.title)));
    if (!fix.detail.empty()) add(out, "<div class=\"copy\"><pre>{}</pre></div>", html_lines(fix.detail));
    add(out, "<div class=\"needs\">{}",
        fix.reversible ? "Reversible" : "<span class=\"once\">Cannot be undone</span>");
    for (std::size_t i = 0; i < fix.requires_actions.size(); ++i) {
      add(out, "{}<code>{}</code>", i == 0 ? " · needs " : ", ", html(fix.requires_actions[i]));
    }
    out += "</div></li>\n";
  }
  out += "</ol>\n";
}

void write_evidence(std::string& out, const Cause& cause) {
  if (cause.evidence.empty()) {
    out += "<p class=\"none\">Nothing that was seen speaks for or against it.</p>\n";
    return;
  }
  out += "<ul class=\"evidence\">\n";
  for (const Evidence* evidence : weightiest(cause)) {
    add(out, "<li{}><span class=\"weight\" title=\"{}\">{}{}</span><div>{}<div class=\"seen\">",
        evidence->speaks_for ? "" : " class=\"against\"", html(weight_words(*evidence)),
        evidence->speaks_for ? "×" : "<small>against </small>÷", number(evidence->weight),
        html(sentence(evidence->statement)));
    const std::string call = call_of(evidence->source);
    const std::string field = field_of(evidence->source);
    if (!call.empty()) add(out, "<span>{}</span>", html(call));
    if (!field.empty()) add(out, "<code>{}</code>", html(field));
    if (evidence->source.time) {
      const std::string iso = html(core::to_iso(*evidence->source.time));
      add(out, "<time datetime=\"{}\">{}</time>", iso, iso);
    }
    if (!evidence->source.event_id.empty())
      add(out, "<span>event {}</span>", html(evidence->source.event_id));
    out += "</div></div></li>\n";
  }
  out += "</ul>\n";
}

void write_cause(std::string& out, const Cause& cause, bool open, bool with_fixes) {
  add(out,
      "<details class=\"cause\"{}><summary><span class=\"p\">{}</span>{}<span "
      "class=\"t\">{}<code>{}</code></span></summary>\n<div class=\"inside\">\n",
      open ? " open" : "", html(percent(cause.probability)), svg_bar(cause.probability), cause_title(cause),
      html(cause.id));
  write_evidence(out, cause);
  if (with_fixes) write_fixes(out, cause.fixes, false);
  out += "</div></details>\n";
}

struct LegendRow {
  std::string_view kind, drawing, words;
};

constexpr LegendRow kLegend[] = {
    {"running", R"(<g class="task running"><rect y="2" width="18" height="8" rx="3"/></g>)",
     "task, still running"},
    {"task", R"(<g class="task"><rect y="2" width="18" height="8" rx="3"/></g>)", "task, ended"},
    {"interruption", R"(<g class="task"><rect class="notice" y="2" width="18" height="8" rx="3"/></g>)",
     "under notice of interruption"},
    {"stop",
     R"(<g class="task"><rect y="2" width="18" height="8" rx="3"/><rect class="notice" x="12" y="2" width="6" height="8" rx="1.5"/></g>)",
     "task stopped in this incident"},
    {"placement_failure", R"(<g class="glyph placement_failure"><path d="M9 0l6.5 11.5h-13z"/></g>)",
     "placement failed"},
    {"steady_state", R"(<g class="glyph steady_state"><path class="tickmark" d="M4 6l3.5 4l6.5 -8"/></g>)",
     "steady state"},
    {"change", R"(<g class="flag"><path d="M5 1l10 5l-10 5z"/></g>)", "change"},
    {"health_event", R"(<g class="band"><rect x="1" y="1" width="16" height="10" rx="2"/></g>)",
     "AWS Health event"},
};

std::set<std::string_view> kinds_drawn(const Incident& incident, const Chart& chart) {
  std::set<std::string_view> out;
  for (const Mark& mark : incident.timeline) {
    if (mark.kind == "change" || mark.kind == "health_event") out.insert(mark.kind);
  }
  for (const Lane& lane : chart.lanes) {
    for (const Bar& b : lane.bars) {
      if (b.notice_x >= 0) out.insert("interruption");
      if (b.stopped && b.notice_x < 0) out.insert("stop");
      // The length of a bar before its notice or its stop has the colour of a task that ended (draw_bar).
      out.insert(b.goes_on && b.notice_x < 0 ? "running" : "task");
    }
    for (const Glyph& glyph : lane.glyphs) out.insert(glyph.kind);
  }
  return out;
}

void write_timeline(std::string& out, const Incident& incident, const std::string& id) {
  const Chart chart = chart_of(incident);
  if (chart.lanes.empty()) return;
  add(out,
      "<section aria-labelledby=\"{0}-time\"><h3 id=\"{0}-time\">What happened when "
      "<small>UTC</small></h3>\n",
      id);
  add(out,
      "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Timeline, scrolls "
      "sideways\">{}</div>\n",
      svg_of(chart, id + "-svg"));
  out += "<ul class=\"legend\">";
  const auto kinds = kinds_drawn(incident, chart);
  for (const LegendRow& row : kLegend) {
    if (!kinds.contains(row.kind)) continue;
    add(out, "<li><svg viewBox=\"0 0 18 12\" aria-hidden=\"true\">{}</svg>{}</li>", row.drawing, row.words);
  }
  out += "</ul>\n";
  add(out,
      "<details class=\"plain\"><summary>All {} marks as a table</summary><div "
      "class=\"inside\"><table><thead><tr><th scope=\"col\">From</th><th scope=\"col\">To</th><th "
      "scope=\"col\">Where</th><th scope=\"col\">What</th></tr></thead><tbody>\n",
      incident.timeline.size());
  for (const Mark& mark : incident.timeline) {
    std::string kind = mark.kind;
    std::replace(kind.begin(), kind.end(), '_', ' ');
    add(out,
        "<tr><td class=\"time\">{}</td><td class=\"time\">{}</td><td class=\"time\">{}</td><td>{}: "
        "{}</td></tr>\n",
        html(day_and_clock(mark.time)), mark.end ? html(day_and_clock(*mark.end)) : "", html(mark.lane),
        html(kind), html(mark.label));
  }
  out += "</tbody></table></div></details></section>\n";
}

void write_facts(std::string& out, const Incident& incident) {
  out += "<dl class=\"facts\">";
  const auto fact = [&out](std::string_view name, const std::string& value) {
    if (!value.empty()) add(out, "<div><dt>{}</dt><dd>{}</dd></div>", name, html(value));
  };
  fact("When", period(incident));
  fact("How many", counted(incident));
  fact("Cluster", incident.cluster);
  fact("Service", incident.service.empty() ? "stand-alone tasks" : incident.service);
  fact("Region", incident.region);
  fact("Account", incident.account);
  out += "</dl>\n";
}

void write_causes(std::string& out, const Incident& incident, const std::string& id) {
  if (!incident.causes.empty()) {
    add(out,
        "<section aria-labelledby=\"{0}-why\"><h3 id=\"{0}-why\">Why it happened <small>one of these; "
        "together 100 %</small></h3>\n",
        id);
    for (const Cause& cause : incident.causes) {
      const bool lead = &cause == leading(incident);
      write_cause(out, cause, lead, !lead);
    }
    out += "</section>\n";
  }
  if (!incident.contributing.empty()) {
    add(out,
        "<section class=\"factor\" aria-labelledby=\"{0}-hurt\"><h3 id=\"{0}-hurt\">Why it hurt, or will "
        "again <small>each on its own</small></h3>\n",
        id);
    for (const Cause& factor : incident.contributing) write_cause(out, factor, false, true);
    out += "</section>\n";
  }
}

void write_incident(std::string& out, const Incident& incident, std::size_t number_of) {
  const std::string id = fmt::format("incident-{}", number_of);
  const Cause* lead = leading(incident);
  const bool known = is_known(lead);
  add(out,
      "<article class=\"incident\" id=\"{0}\" aria-labelledby=\"{0}-title\">\n<p class=\"kicker\"><span "
      "class=\"chip\">{1}</span><span>{2}</span></p>\n",
      id, html(family_name(incident)), html(place(incident) + ": " + counted(incident)));
  add(out, "<h2 id=\"{}-title\">{}</h2>\n", id,
      known ? cause_title(*lead) : html(capitalised(verdict(incident))));
  if (lead != nullptr) {
    add(out, "<p class=\"sure{}\">{}<span>{}, {}</span><code>{}</code></p>\n", known ? "" : " unsure",
        svg_bar(lead->probability), html(percent(lead->probability)), certainty(lead->probability),
        html(lead->id));
  }
  if (!incident.summary.empty()) add(out, "<p class=\"summary\">{}</p>\n", html(sentence(incident.summary)));
  write_facts(out, incident);
  if (lead != nullptr && !lead->fixes.empty()) {
    add(out, "<section aria-labelledby=\"{0}-do\"><h3 id=\"{0}-do\">Do this</h3>\n", id);
    write_fixes(out, lead->fixes, true);
    out += "</section>\n";
  }
  write_timeline(out, incident, id);
  write_causes(out, incident, id);
  if (!incident.task_arns.empty()) {
    add(out,
        "<section aria-label=\"Tasks\"><details class=\"plain\"><summary>The {} {}</summary><div "
        "class=\"inside\"><ul class=\"arns\">",
        incident.task_arns.size(), incident.task_arns.size() == 1 ? "task" : "tasks");
    for (const std::string& arn : incident.task_arns) add(out, "<li><code>{}</code></li>\n", html(arn));
    out += "</ul></div></details></section>\n";
  }
  out += "</article>\n";
}

void write_index(std::string& out, const std::vector<Incident>& incidents) {
  out += "<nav aria-label=\"Incidents\"><ol class=\"index\">\n";
  for (std::size_t i = 0; i < incidents.size(); ++i) {
    const Incident& incident = incidents[i];
    const Cause* lead = leading(incident);
    add(out, "<li><a href=\"#incident-{}\"><span class=\"n{}\">{}</span><b>{}</b><span>{}</span></a></li>\n",
        i + 1, is_known(lead) ? "" : " unsure", is_known(lead) ? html(percent(lead->probability)) : "?",
        is_known(lead) ? cause_title(*lead) : html(capitalised(verdict(incident))),
        html(place(incident) + ": " + counted(incident)));
  }
  out += "</ol></nav>\n";
}

void write_missing(std::string& out, const std::vector<MissingEvidence>& missing) {
  if (missing.empty()) return;
  out +=
      "<article class=\"incident\" aria-labelledby=\"missing\"><h2 class=\"sub\" id=\"missing\">Could not be "
      "seen</h2>\n<ul class=\"missing\">\n";
  for (const MissingEvidence& gap : missing) {
    add(out, "<li><b>{}</b>", html(capitalised(gap.evidence)));
    if (!gap.reason.empty()) add(out, "<span>{}</span>", html(gap.reason));
    if (!gap.how_to_grant.empty())
      add(out, "<span>To see it: <code>{}</code></span>", html(gap.how_to_grant));
    out += "</li>\n";
  }
  out += "</ul></article>\n";
}

void write_top(std::string& out, const Diagnosis& diagnosis) {
  out +=
      R"(<header class="top"><div class="wrap"><span class="brand"><svg viewBox="0 0 24 24" aria-hidden="true"><circle class="ring" cx="12" cy="12" r="10"/><path class="pulse" d="M4.5 12.5h4l2.2-5.5 3 10 2.1-4.5h3.7"/></svg>fargate-doctor</span>)";
  std::string scope;
  for (const std::vector<std::string>* list : {&diagnosis.accounts, &diagnosis.regions}) {
    for (const std::string& item : *list) add(scope, "{}{}", scope.empty() ? "" : " · ", html(item));
  }
  if (!scope.empty()) add(out, "<span>{}</span>", scope);
  if (diagnosis.generated_at) {
    const std::string iso = html(core::to_iso(*diagnosis.generated_at));
    add(out, "<span>state of <time datetime=\"{}\">{}</time></span>", iso, iso);
  }
  out += "</div></header>\n";
}

}  // namespace

std::string to_html(const Diagnosis& diagnosis) {
  const auto& incidents = diagnosis.incidents;
  std::string out = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n";
  add(out, "<meta http-equiv=\"Content-Security-Policy\" content=\"{}\">\n", content_security_policy());
  out +=
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"referrer\" content=\"no-referrer\">\n<meta name=\"color-scheme\" content=\"light "
      "dark\">\n";
  add(out, "<title>{} · fargate-doctor</title>\n<style>{}</style>\n</head>\n<body>\n",
      html(overall(diagnosis)), style_sheet());
  out += "<a class=\"skip\" href=\"#main\">Skip to the diagnosis</a>\n";
  write_top(out, diagnosis);
  out += "<main id=\"main\" class=\"wrap\">\n";
  if (incidents.size() == 1) {
    add(out, "<h1 class=\"lead\">{}</h1>\n", html(place(incidents[0]) + ": " + counted(incidents[0])));
  } else {
    add(out, "<h1 class=\"lead\">{}</h1>\n", html(overall(diagnosis)));
  }
  if (incidents.size() > 1) write_index(out, incidents);
  for (std::size_t i = 0; i < incidents.size(); ++i) write_incident(out, incidents[i], i + 1);
  write_missing(out, diagnosis.missing);
  add(out,
      "</main>\n<footer class=\"foot\"><div "
      "class=\"wrap\">{}</div></footer>\n<script>{}</script>\n</body>\n</html>\n",
      "Probabilities are prior odds times the weight of each piece of evidence; × speaks for a cause, ÷ "
      "against it.",
      script());
  return out;
}

}  // namespace doctor::report
