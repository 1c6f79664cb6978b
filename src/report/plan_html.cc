#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "remedy/blast_radius.h"
#include "report/escape.h"
#include "report/html_style.h"
#include "report/plan.h"
#include "report/plan_drawing.h"
#include "report/plan_style.h"
#include "report/plan_words.h"
#include "report/words.h"

namespace doctor::report {
namespace {

using remedy::BlastRadius;
using remedy::Dependent;
using remedy::Plan;
using remedy::Step;

constexpr std::size_t kListed =
    200;  // dependents of one resource, by name, unless its kind wants all; the file has them

// Every string of a plan goes through html() on its way into one of these.
template <class... Args>
void print(std::string& out, fmt::format_string<Args...> format, Args&&... args) {
  fmt::format_to(std::back_inserter(out), format, std::forward<Args>(args)...);
}

void write_tags(std::string& out, const Plan& plan) {
  out += "<ul class=\"tags\">";
  const auto tag = [&out](std::string_view look, const std::string& words) {
    if (!words.empty()) print(out, "<li class=\"{}\">{}</li>", look, html(words));
  };
  const auto count = [&plan](auto fits) { return std::count_if(plan.steps.begin(), plan.steps.end(), fits); };
  const auto one_way = count([](const Step& s) { return !s.reversible; });
  if (!plan.steps.empty()) {
    tag(one_way == 0 ? "good" : "bad", one_way == 0 ? "reversible" : fmt::format("{} one-way", one_way));
    tag("", duration_words(plan));
  }
  if (plan.confirmation == remedy::Confirmation::type_count)
    tag("warn", fmt::format("{} dependents to confirm", remedy::dependents_of(plan)));
  if (plan.confirmation == remedy::Confirmation::yes) tag("", "confirm with yes");
  if (count([](const Step& s) { return s.touches_dns_or_tls; }) > 0)
    tag("warn", "needs a maintenance window");
  if (count([](const Step& s) { return !s.managed_by.empty(); }) > 0) tag("warn", "managed by code");
  out += "</ul>\n";
}

void write_one_way(std::string& out, const Plan& plan) {
  if (std::all_of(plan.steps.begin(), plan.steps.end(), [](const Step& s) { return s.reversible; })) return;
  out +=
      "<article class=\"incident onceonly\" aria-labelledby=\"one-way\"><h2 class=\"sub\" "
      "id=\"one-way\">Cannot be taken back</h2>\n<ul>\n";
  for (const Step& step : plan.steps) {
    if (step.reversible) continue;
    print(out, "<li><b>Step {}, {}</b>: {} Apply it with <code>--allow-one-way {}</code>.</li>\n",
          html(step.id), html(trimmed_sentence(step.title)), html(sentence(step.one_way_reason)),
          html(step.fix.substr(0, step.fix.find(' '))));
  }
  out += "</ul></article>\n";
}

void write_diff(std::string& out, const Step& step) {
  const auto changes = changes_of(step);
  if (changes.empty()) {
    out += "<p class=\"what\">It changes no setting.</p>\n";
    return;
  }
  out += "<ul class=\"diff\">\n";
  for (const FieldChange& change : changes) {
    print(out, "<li><b>{}</b>", html(change.name));
    if (change.had) print(out, "<del>{}</del>", html(change.was.empty() ? "there" : change.was));
    if (change.has) print(out, "<ins>{}</ins>", html(change.is));
    out += "</li>\n";
  }
  out += "</ul>\n";
}

void write_call(std::string& out, std::string_view what, const remedy::Request& request) {
  const ShownCall call = shown_call(request);
  if (call.command.empty()) return;
  print(out, "<details class=\"plain\"><summary>{}: {}</summary><pre>{}</pre>{}</details>\n", what,
        html(call_words(request)), html_lines(call.command),
        call.whole ? ""
                   : "<p class=\"what\">Values that may be secrets are taken out (***); the plan's file has "
                     "them.</p>");
}

void write_step(std::string& out, const Step& step) {
  print(out, "<article class=\"step{}\" id=\"step-{}\"><h3><span class=\"n\">{}</span><span>{}</span></h3>\n",
        step.reversible ? "" : " oneway", html(step.id), html(step.id), html(trimmed_sentence(step.title)));
  print(out, "<p class=\"what\">{} <code>{}</code> · fix {}</p>\n", html(kind_words(step.resource.kind)),
        html(step.resource.id), html(step.fix));
  write_diff(out, step);
  out += "<dl class=\"more\">";
  const auto row = [&out](std::string_view name, const std::string& value, std::string_view look = {}) {
    if (value.empty()) return;
    print(out, "<dt>{}</dt><dd{}>{}</dd>", name, look.empty() ? "" : fmt::format(" class=\"{}\"", look),
          html(value));
  };
  if (step.reversible) {
    row("Taken back by", call_words(step.inverse));
  } else {
    row("One-way", step.one_way_reason, "bad");
  }
  row("Worked when", probe_words(step));
  row("Takes", "about " + core::to_words(step.expected_duration));
  row("Costs", step.cost == "none" ? "" : step.cost);
  std::string actions;
  for (const std::string& action : step.iam_actions) actions += (actions.empty() ? "" : ", ") + action;
  row("Needs", actions);
  if (!step.shared_with.empty())
    row("Shared with",
        fmt::format("{} other{}", step.shared_with.size(), step.shared_with.size() == 1 ? "" : "s"), "warn");
  if (!step.managed_by.empty())
    row("Managed by",
        step.managed_by +
            ": change that code first (fargate-doctor codify makes the patch), or --accept-drift",
        "warn");
  if (step.touches_dns_or_tls)
    row("Window", "touches DNS or TLS: runs in a maintenance window only (--window)", "warn");
  out += "</dl>\n";
  write_call(out, "The call", step.request);
  write_call(out, "Its inverse", step.inverse);
  out += "</article>\n";
}

void write_steps(std::string& out, const Plan& plan) {
  if (plan.steps.empty()) return;
  print(out,
        "<article class=\"incident\" aria-labelledby=\"steps\"><h2 id=\"steps\">Steps <small>in this order; "
        "each "
        "only if the resource is still as it was</small></h2>\n");
  for (const Step& step : plan.steps) write_step(out, step);
  out += "</article>\n";
}

void write_users(std::string& out, const Plan& plan, const BlastRadius& radius) {
  out += "<ul class=\"uses\">\n";
  std::size_t listed = 0;
  const std::size_t most = remedy::is_shared_by_nature(radius.resource) ? radius.dependents.size() : kListed;
  for (const SharedThrough& group : shared_through(plan, radius)) {
    if (!group.through.empty() && listed < most)
      print(out, "<li class=\"via\">through <code>{}</code>, {}</li>\n", html(short_id(group.through)),
            group.dependents.size());
    for (const Dependent* dependent : group.dependents) {
      if (listed++ >= most) continue;
      print(out, "<li{}>{} <small>{}</small></li>\n", is_own(plan, *dependent) ? " class=\"own\"" : "",
            html(dependent->name), html(kind_words(dependent->kind)));
    }
  }
  if (listed > most)
    print(out, "<li class=\"via\">and {} more, which the plan's file lists</li>\n", listed - most);
  out += "</ul>\n";
}

std::string steps_changing(const Plan& plan, const remedy::Resource& resource) {
  std::string steps;
  for (const Step& step : plan.steps) {
    if (step.resource == resource) steps += (steps.empty() ? "step " : ", ") + step.id;
  }
  return steps;
}

// Nothing to draw: the incident's own service alone uses it.
bool is_alone(const Plan& plan, const BlastRadius& radius) {
  return radius.dependents.size() == 1 && is_own(plan, radius.dependents.front());
}

void write_blast_radius(std::string& out, const Plan& plan) {
  if (plan.steps.empty()) return;
  const std::size_t count = remedy::dependents_of(plan);
  print(out,
        "<article class=\"incident\" aria-labelledby=\"blast\"><h2 id=\"blast\">Blast radius "
        "<small>{}</small></h2>\n",
        count == 0 ? "nothing is known to use what is changed"
                   : fmt::format("{} thing{} use{} what is changed", count, count == 1 ? "" : "s",
                                 count == 1 ? "s" : ""));
  if (plan.confirmation == remedy::Confirmation::type_count)
    print(out, "<p class=\"answer\">{}</p>\n", html(confirmation_words(plan)));
  std::size_t number_of = 0;
  for (const BlastRadius& radius : plan.blast_radius) {
    if (is_alone(plan, radius)) continue;
    print(out, "<section class=\"radius\"><h3>{} <small>{}</small></h3>\n<div>{}</div>\n",
          html(capitalised(kind_words(radius.resource.kind) + " " + short_id(radius.resource.id))),
          html(steps_changing(plan, radius.resource)),
          blast_drawing(plan, radius, fmt::format("blast-{}", ++number_of)));
    write_users(out, plan, radius);
    out += "</section>\n";
  }
  for (const BlastRadius& radius : plan.blast_radius) {
    if (!is_alone(plan, radius)) continue;
    print(out, "<p class=\"alone\">{} <code>{}</code> ({}): {} alone uses it.</p>\n",
          html(capitalised(kind_words(radius.resource.kind))), html(short_id(radius.resource.id)),
          html(steps_changing(plan, radius.resource)), html(place_words(plan)));
  }
  out += "</article>\n";
}

void write_rest(std::string& out, const Plan& plan, const PlanPage& about) {
  if (plan.advice.empty() && plan.fixes_left_out.empty() && about.states_missing.empty()) return;
  out += "<article class=\"incident\">\n";
  if (!plan.advice.empty()) {
    out += "<section><h3>For a person to do</h3><ul class=\"plainlist\">\n";
    for (const auto& advice : plan.advice)
      print(out, "<li>{}<small>{}</small></li>\n", html(trimmed_sentence(advice.title)), html(advice.detail));
    out += "</ul></section>\n";
  }
  const auto lines = [&out](std::string_view heading, const std::vector<std::string>& all) {
    if (all.empty()) return;
    print(out, "<section><h3>{}</h3><ul class=\"plainlist\">\n", heading);
    for (const std::string& line : all) print(out, "<li>{}</li>\n", html(line));
    out += "</ul></section>\n";
  };
  lines("Left out", plan.fixes_left_out);
  lines("Not read", about.states_missing);
  out += "</article>\n";
}

void write_head(std::string& out, const Plan& plan) {
  const std::string style = std::string(style_sheet()) + std::string(plan_style_sheet());
  out += "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n";
  print(out, "<meta http-equiv=\"Content-Security-Policy\" content=\"{}\">\n",
        scriptless_security_policy(style));
  out +=
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"referrer\" content=\"no-referrer\">\n<meta name=\"color-scheme\" content=\"light "
      "dark\">\n";
  print(out, "<title>{} · fargate-doctor</title>\n<style>{}</style>\n</head>\n<body>\n",
        html(plan_headline(plan)), style);
  out +=
      R"(<header class="top"><div class="wrap"><span class="brand"><svg viewBox="0 0 24 24" aria-hidden="true"><circle class="ring" cx="12" cy="12" r="10"/><path class="pulse" d="M4.5 12.5h4l2.2-5.5 3 10 2.1-4.5h3.7"/></svg>fargate-doctor</span>)";
  print(out, "<span>{} · {}</span><span>plan of <time datetime=\"{}\">{}</time></span></div></header>\n",
        html(plan.account), html(plan.region), core::to_iso(plan.made_at), core::to_iso(plan.made_at));
}

}  // namespace

std::string to_html(const Plan& plan, const PlanPage& about) {
  std::string out;
  write_head(out, plan);
  print(out, "<main class=\"wrap\">\n<h1 class=\"lead\">{}</h1>\n", html(plan_headline(plan)));
  print(out, "<p class=\"answer\">{}{}. {} Nothing was changed.</p>\n", html(plan_cause(plan)),
        about.incidents > 1 ? fmt::format(" (incident {} of {})", about.incident, about.incidents) : "",
        html(confirmation_words(plan)));
  write_tags(out, plan);
  if (!about.file.empty() && !plan.steps.empty())
    print(out, "<pre class=\"next\">fargate-doctor apply {}</pre>\n", html(about.file));
  write_one_way(out, plan);
  write_steps(out, plan);
  write_blast_radius(out, plan);
  write_rest(out, plan, about);
  out +=
      "</main>\n<footer class=\"foot\"><div class=\"wrap\">Apply is a dry run without --apply. What is not "
      "in the facts is in no blast radius: other accounts and regions, and what is no AWS resource, count "
      "only where they were read.</div></footer>\n</body>\n</html>\n";
  return out;
}

}  // namespace doctor::report
