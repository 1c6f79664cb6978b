#include <fmt/format.h>

#include <iterator>

#include "remedy/blast_radius.h"
#include "report/escape.h"
#include "report/plan.h"
#include "report/plan_drawing.h"
#include "report/plan_words.h"
#include "report/words.h"

namespace doctor::report {
namespace {

using remedy::BlastRadius;
using remedy::Plan;
using remedy::Step;

constexpr std::size_t kNamesInMarkdown = 40;  // dependents of one resource, unless its kind wants all

template <class... Args>
void note(std::string& out, fmt::format_string<Args...> format, Args&&... args) {
  fmt::format_to(std::back_inserter(out), format, std::forward<Args>(args)...);
}

void note_step(std::string& out, const Step& step) {
  note(out, "\n### {}. {}\n\n", markdown(step.id), markdown(trimmed_sentence(step.title)));
  note(out, "{} {}, fix {}\n\n", markdown(kind_words(step.resource.kind)), markdown_code(step.resource.id),
       markdown(step.fix));
  const auto changes = changes_of(step);
  if (!changes.empty()) {
    out += "| Setting | Before | After |\n|---|---|---|\n";
    for (const FieldChange& change : changes) {
      note(out, "| {} | {} | {} |\n", markdown_code(change.name),
           !change.had          ? ""
           : change.was.empty() ? "there"
                                : markdown_code(change.was),
           change.has ? markdown_code(change.is) : "");
    }
    out += '\n';
  }
  const auto row = [&out](std::string_view name, const std::string& value) {
    if (!value.empty()) note(out, "- {}: {}\n", name, markdown(value));
  };
  row("Call", call_words(step.request));
  if (step.reversible) {
    row("Taken back by", call_words(step.inverse));
  } else {
    row("**One-way**", step.one_way_reason);
  }
  row("Worked when", probe_words(step));
  row("Takes", "about " + core::to_words(step.expected_duration));
  row("Costs", step.cost == "none" ? "" : step.cost);
  std::string actions;
  for (const std::string& action : step.iam_actions) actions += (actions.empty() ? "" : ", ") + action;
  row("Needs", actions);
  row("Managed by", step.managed_by);
  if (step.touches_dns_or_tls) row("Window", "touches DNS or TLS: runs in a maintenance window only");
}

void note_radius(std::string& out, const Plan& plan, const BlastRadius& radius) {
  note(out, "\n### {} {}: {}\n\n", markdown(capitalised(kind_words(radius.resource.kind))),
       markdown_code(short_id(radius.resource.id)), markdown(dependents_words(radius)));
  std::size_t named = 0;
  const std::size_t most =
      remedy::is_shared_by_nature(radius.resource) ? radius.dependents.size() : kNamesInMarkdown;
  for (const SharedThrough& group : shared_through(plan, radius)) {
    for (const auto* dependent : group.dependents) {
      if (named++ >= most) continue;
      note(out, "- {} {}{}{}\n", markdown(kind_words(dependent->kind)), markdown_code(dependent->name),
           group.through.empty() ? "" : ", through " + markdown_code(short_id(group.through)),
           is_own(plan, *dependent) ? " (this incident)" : "");
    }
  }
  if (named > most) note(out, "- and {} more, which the plan's file lists\n", named - most);
}

}  // namespace

std::string to_markdown(const Plan& plan, const PlanPage& about) {
  std::string out = fmt::format("# {}\n\n", markdown(plan_headline(plan)));
  note(out, "{}, {} {}{}. {} Nothing was changed.\n", markdown(plan_cause(plan)), markdown(plan.account),
       markdown(plan.region),
       about.incidents > 1 ? fmt::format(" (incident {} of {})", about.incident, about.incidents) : "",
       markdown(confirmation_words(plan)));
  if (!plan.steps.empty()) out += "\n## Steps\n";
  for (const Step& step : plan.steps) note_step(out, step);
  if (!plan.steps.empty()) {
    note(out, "\n## Blast radius: {}\n", remedy::dependents_of(plan));
    for (const BlastRadius& radius : plan.blast_radius) note_radius(out, plan, radius);
  }
  if (!plan.advice.empty()) {
    out += "\n## For a person to do\n\n";
    for (const auto& advice : plan.advice)
      note(out, "- {}: {}\n", markdown(trimmed_sentence(advice.title)), markdown(advice.detail));
  }
  const auto lines = [&out](std::string_view heading, const std::vector<std::string>& all) {
    if (all.empty()) return;
    note(out, "\n## {}\n\n", heading);
    for (const std::string& line : all) note(out, "- {}\n", markdown(line));
  };
  lines("Left out", plan.fixes_left_out);
  lines("Not read", about.states_missing);
  if (!about.file.empty() && !plan.steps.empty())
    note(out, "\nNext: {} (a dry run without --apply)\n",
         markdown_code("fargate-doctor apply " + about.file));
  return out;
}

}  // namespace doctor::report
