#include <fmt/format.h>

#include <algorithm>

#include "remedy/blast_radius.h"
#include "report/page.h"
#include "report/plan.h"
#include "report/plan_words.h"

namespace doctor::report {
namespace {

using remedy::Plan;
using remedy::Step;

constexpr std::size_t kNamesShown = 8;

void print_difference(Page& page, const Step& step) {
  for (const FieldChange& change : changes_of(step)) {
    if (change.had)
      page.paragraph(4, "- ", change.was.empty() ? change.name : change.name + ": " + change.was, Ink::bad);
    if (change.has) page.paragraph(4, "+ ", change.name + ": " + change.is, Ink::good);
  }
  const bool is_new = step.before == "null" || step.before.empty();
  if (step.effects.empty() && !is_new) page.paragraph(4, "  ", "changes no setting", Ink::faint);
}

std::string shared_words(const Step& step) {
  const auto& names = step.shared_with;
  const std::size_t most = remedy::is_shared_by_nature(step.resource) ? names.size() : kNamesShown;
  if (names.empty()) return "nothing else is known to use it";
  std::string list;
  for (std::size_t i = 0; i < names.size() && i < most; ++i) list += (i == 0 ? "" : ", ") + names[i];
  if (names.size() > most) list += fmt::format(" and {} more", names.size() - most);
  return fmt::format("blast radius {}: {}", names.size(), list);
}

void print_step(Page& page, const Step& step) {
  page.blank();
  page.paragraph(0, step.id + ". ", fmt::format("{} [{}]", step.title, step.fix), Ink::strong);
  page.paragraph(3, "", fmt::format("{} {}", step.resource.kind, step.resource.id), Ink::faint);
  print_difference(page, step);
  std::string undo = step.reversible ? fmt::format("reversible by {}", call_words(step.inverse))
                                     : fmt::format("ONE-WAY: {}", step.one_way_reason);
  page.paragraph(3, "", fmt::format("{}; {}", call_words(step.request), undo),
                 step.reversible ? Ink::plain : Ink::warning);
  page.paragraph(3, "", shared_words(step), step.shared_with.empty() ? Ink::faint : Ink::warning);
  if (!step.managed_by.empty())
    page.paragraph(
        3, "",
        fmt::format("managed by {}: change that code first (fargate-doctor codify makes the patch); apply "
                    "refuses without --accept-drift",
                    step.managed_by),
        Ink::warning);
  if (step.touches_dns_or_tls)
    page.paragraph(3, "", "touches DNS or TLS: runs in a maintenance window only (--window)", Ink::warning);
  std::string needs;
  for (const auto& action : step.iam_actions) needs += (needs.empty() ? "" : ", ") + action;
  page.paragraph(3, "",
                 fmt::format("takes about {}; needs {}", core::to_words(step.expected_duration), needs),
                 Ink::faint);
  if (!step.cost.empty() && step.cost != "none") page.paragraph(3, "", "costs: " + step.cost, Ink::faint);
}

std::string what_for(const Plan& plan) {
  return fmt::format("{} in {} ({}, {}), cause {}", plan.family.empty() ? "a stop of no family" : plan.family,
                     place_words(plan), plan.account, plan.region, plan.cause);
}

void print_ending(Page& page, const Plan& plan, const PlanPage& about) {
  if (plan.steps.empty()) return;
  page.blank();
  if (plan.confirmation == remedy::Confirmation::type_count)
    page.paragraph(0, "", confirmation_words(plan), Ink::warning);
  page.paragraph(
      0, "",
      about.file.empty()
          ? "Keep it with --out plan.json; then: fargate-doctor apply plan.json (a dry run without --apply)."
          : fmt::format("Written to {}. Next: fargate-doctor apply {} (a dry run without --apply).",
                        about.file, about.file));
}

}  // namespace

std::string to_text(const Plan& plan, const PlanPage& about, const TextStyle& style) {
  Page page(style.width, style.colour);
  page.heading(plan_headline(plan) + ". Nothing was changed.");
  page.paragraph(0, "", what_for(plan), Ink::faint);
  if (about.incidents > 1)
    page.paragraph(
        0, "",
        fmt::format("Incident {} of {}: choose another with --incident.", about.incident, about.incidents),
        Ink::faint);
  for (const Step& step : plan.steps) print_step(page, step);
  if (!plan.advice.empty()) {
    page.blank();
    page.heading("For a person to do");
    for (const auto& advice : plan.advice) {
      page.paragraph(2, "· ", fmt::format("{} [{}]", advice.title, advice.fix));
      page.paragraph(4, "", advice.detail, Ink::faint);
    }
  }
  if (!plan.fixes_left_out.empty()) {
    page.blank();
    page.heading("Left out");
    for (const auto& line : plan.fixes_left_out) page.paragraph(2, "· ", line);
  }
  if (!about.states_missing.empty()) {
    page.blank();
    page.heading("Not read");
    for (const auto& line : about.states_missing) page.paragraph(2, "· ", line, Ink::faint);
  }
  print_ending(page, plan, about);
  return page.take();
}

}  // namespace doctor::report
