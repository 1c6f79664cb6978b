#include <fmt/format.h>

#include <algorithm>

#include "core/json.h"
#include "facts/redact.h"
#include "report/page.h"
#include "report/plan.h"

namespace doctor::report {
namespace {

using core::Json;
using core::JsonDocument;
using remedy::Plan;
using remedy::Step;

constexpr std::size_t kNamesShown = 8;

// "~1" is '/', "~0" is '~' (RFC 6901).
std::string token(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '~' && i + 1 < text.size()) {
      out += text[++i] == '1' ? '/' : '~';
    } else {
      out += text[i];
    }
  }
  return out;
}

Json at_pointer(Json value, std::string_view pointer) {
  while (!pointer.empty()) {
    pointer.remove_prefix(1);
    const auto slash = pointer.find('/');
    const std::string key = token(pointer.substr(0, slash));
    if (value.is_array()) {
      const auto items = value.items();
      std::size_t index = items.size();
      if (!key.empty() && key.find_first_not_of("0123456789") == std::string::npos && key.size() < 9)
        index = static_cast<std::size_t>(std::stoul(key));
      value = index < items.size() ? items[index] : Json();
    } else {
      value = value[key];
    }
    pointer.remove_prefix(slash == std::string_view::npos ? pointer.size() : slash);
  }
  return value;
}

// What may be a secret is not shown: the file has it, and only its owner may read that.
std::string shown(std::string_view pointer, std::string text) {
  if (pointer.find("/environment") != std::string_view::npos) return "(values are not shown)";
  return text == "null" ? "not set" : facts::redact_json(text);
}

std::string words(std::string_view pointer) {
  std::string name = token(pointer);
  return name.empty() ? "the whole resource" : name.substr(1);
}

void print_difference(Page& page, const Step& step) {
  const auto before = JsonDocument::parse(step.before, "before");
  const bool is_new = step.before == "null" || step.before.empty();
  if (is_new) {  // all that it is made of
    const auto input = JsonDocument::parse(step.request.input, "input");
    if (!input) return;
    for (const auto& [key, value] : input->root().members()) {
      page.paragraph(4, "+ ", fmt::format("{}: {}", key, shown(fmt::format("/{}", key), value.text())),
                     Ink::good);
    }
    return;
  }
  for (const remedy::Effect& effect : step.effects) {
    const Json was = before ? at_pointer(before->root(), effect.pointer) : Json();
    const std::string name = words(effect.pointer);
    if (was.present() && effect.pointer.empty()) {
      page.paragraph(4, "- ", name, Ink::bad);
      continue;
    }
    if (was.present())
      page.paragraph(4, "- ", fmt::format("{}: {}", name, shown(effect.pointer, was.text())), Ink::bad);
    if (effect.value != "null")
      page.paragraph(4, "+ ", fmt::format("{}: {}", name, shown(effect.pointer, effect.value)), Ink::good);
  }
  if (step.effects.empty()) page.paragraph(4, "  ", "changes no setting", Ink::faint);
}

std::string shared_words(const std::vector<std::string>& names) {
  if (names.empty()) return "nothing else is known to use it";
  std::string list;
  for (std::size_t i = 0; i < names.size() && i < kNamesShown; ++i) list += (i == 0 ? "" : ", ") + names[i];
  if (names.size() > kNamesShown) list += fmt::format(" and {} more", names.size() - kNamesShown);
  return fmt::format("blast radius {}: {}", names.size(), list);
}

std::string call_words(const remedy::Request& request) {
  return fmt::format("{} {}", request.service, request.operation);
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
  page.paragraph(3, "", shared_words(step.shared_with), step.shared_with.empty() ? Ink::faint : Ink::warning);
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
  std::string place = plan.service.empty() ? plan.cluster : plan.cluster + "/" + plan.service;
  return fmt::format("{} in {} ({}, {}), cause {}", plan.family.empty() ? "a stop of no family" : plan.family,
                     place, plan.account, plan.region, plan.cause);
}

void print_ending(Page& page, const Plan& plan, const PlanPage& about) {
  page.blank();
  if (plan.steps.empty()) {
    page.paragraph(0, "", "No call would change anything.", Ink::strong);
    return;
  }
  const auto one_way =
      std::count_if(plan.steps.begin(), plan.steps.end(), [](const Step& s) { return !s.reversible; });
  std::size_t dependents = 0;
  for (const auto& radius : plan.blast_radius) dependents += radius.dependents.size();
  page.paragraph(
      0, "",
      fmt::format("{} step{}, {} of them one-way. Nothing was changed.", plan.steps.size(),
                  plan.steps.size() == 1 ? "" : "s", one_way == 0 ? "none" : std::to_string(one_way)),
      Ink::strong);
  if (plan.confirmation == remedy::Confirmation::type_count)
    page.paragraph(
        0, "",
        fmt::format("Reaches beyond this service: apply asks for the number of dependents, {}.", dependents),
        Ink::warning);
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
  page.heading("Plan for " + what_for(plan));
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
    page.heading("States that were not read");
    for (const auto& line : about.states_missing) page.paragraph(2, "· ", line, Ink::faint);
  }
  print_ending(page, plan, about);
  return page.take();
}

}  // namespace doctor::report
