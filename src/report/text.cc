#include <fmt/format.h>

#include <set>
#include <utility>

#include "report/page.h"
#include "report/report.h"
#include "report/utf8.h"
#include "report/words.h"

namespace doctor::report {
namespace {

using diagnose::Cause;
using diagnose::Diagnosis;
using diagnose::Evidence;
using diagnose::Fix;
using diagnose::Incident;
using diagnose::MissingEvidence;

constexpr std::size_t kProofs = 3;  // more is in the other renderings
constexpr int kBarCells = 8;
constexpr int kValueColumns = 240;       // of a value that proves something; JSON has it whole
constexpr double kWorthNaming = 0.0005;  // candidates below 0.05 % are left to JSON
constexpr std::size_t kWholeHeadlines = 8;

Ink ink_of(const Incident& incident) {
  return is_known(leading(incident)) ? Ink::bad : Ink::warning;
}

void print_fixes(Page& page, const Cause& cause, bool is_guess) {
  if (cause.fixes.empty()) return;
  page.blank();
  page.heading(is_guess ? "If the best guess is right, do this" : "Do this");
  const Fix& first = cause.fixes.front();
  page.paragraph(2, "→ ", first.title, Ink::good);
  page.paragraph(4, "", first.detail, Ink::strong);
  page.paragraph(4, "", conditions(first), Ink::faint);
  for (std::size_t i = 1; i < cause.fixes.size(); ++i) {
    const Fix& fix = cause.fixes[i];
    std::string text = fmt::format("or: {}", fix.title);
    if (!fix.detail.empty()) text = trimmed_sentence(text) + ": " + fix.detail;
    if (!fix.reversible) text = trimmed_sentence(text) + " (cannot be undone)";
    page.paragraph(2, "· ", text);
  }
}

void print_evidence(Page& page, const Evidence& evidence) {
  page.paragraph(
      2, evidence.speaks_for ? "+ " : "− ",
      fmt::format("{} ({})", sentence(evidence.statement),
                  evidence.speaks_for ? fmt::format("×{}", number(evidence.weight))
                                      : fmt::format("÷{}, speaks against", number(evidence.weight))));
  std::string source = call_of(evidence.source);
  const auto append = [&source](const std::string& part) {
    if (part.empty()) return;
    source += source.empty() ? "" : " · ";
    source += part;
  };
  append(ellipsized(clean(field_of(evidence.source)), kValueColumns));
  if (evidence.source.time) append(unbroken(day_and_clock(*evidence.source.time)));
  if (!evidence.source.event_id.empty()) append("event " + evidence.source.event_id);
  page.paragraph(4, "", source, Ink::faint);
}

void print_proof(Page& page, const Cause& cause, bool is_guess) {
  if (cause.evidence.empty()) return;
  page.blank();
  page.heading(is_guess ? "What bears on it" : "Proof");
  const auto evidence = weightiest(cause);
  for (std::size_t i = 0; i < evidence.size() && i < kProofs; ++i) print_evidence(page, *evidence[i]);
  if (evidence.size() > kProofs) {
    const std::size_t more = evidence.size() - kProofs;
    page.paragraph(4, "", fmt::format("{} more {} weighed", more, more == 1 ? "piece was" : "pieces were"),
                   Ink::faint);
  }
}

void print_contributing(Page& page, const Incident& incident, std::set<std::string_view> shown) {
  if (incident.contributing.empty()) return;
  page.blank();
  page.heading("Why it hurt, or will again");
  for (const Cause& factor : incident.contributing) {
    page.paragraph(2,
                   fmt::format("{} {:>6}  ", bar(factor.probability, kBarCells), percent(factor.probability)),
                   capitalised(factor.title));
    if (factor.fixes.empty()) continue;
    const Fix& fix = factor.fixes.front();
    std::string text = trimmed_sentence(fix.title);
    if (!shown.insert(fix.id).second) {
      text += " (above)";
    } else if (!fix.detail.empty()) {
      text += ": " + fix.detail;
    }
    page.paragraph(19, "→ ", text, Ink::good);
  }
}

void print_candidates(Page& page, const Incident& incident) {
  std::string others;
  for (const Cause& cause : incident.causes) {
    if (&cause == leading(incident) || cause.probability < kWorthNaming) continue;
    if (!others.empty()) others += ", ";
    others += fmt::format("{} {}", cause.id == kUnknown ? "something unknown" : trimmed_sentence(cause.title),
                          percent(cause.probability));
  }
  if (others.empty()) return;
  page.blank();
  page.paragraph(0, "", "Other candidates: " + others, Ink::faint);
}

void print_sureness(Page& page, const Incident& incident) {
  const Cause* lead = leading(incident);
  if (lead == nullptr) return;
  std::string about =
      fmt::format("{} {}  {}", bar(lead->probability, 2 * kBarCells), percent(lead->probability), lead->id);
  about += " · " + family_name(incident);
  page.paragraph(0, "", about, Ink::faint);
}

void print_incident(Page& page, const Incident& incident) {
  page.paragraph(0, "", headline(incident), ink_of(incident));
  page.paragraph(0, "", sentence(incident.summary));
  std::string where = period(incident);
  for (const std::string& part : {incident.region, incident.account}) {
    if (!part.empty()) where += (where.empty() ? "" : " · ") + part;
  }
  page.paragraph(0, "", where, Ink::faint);
  print_sureness(page, incident);
  // Where the cause is not known, the fixes and the proof of the best guess are still what helps most.
  const Cause* lead = leading(incident);
  if (lead != nullptr && !is_known(lead) && lead->fixes.empty() && lead->evidence.empty()) {
    for (const Cause& cause : incident.causes) {
      if (is_known(&cause)) {
        lead = &cause;
        break;
      }
    }
  }
  std::set<std::string_view> shown;  // fixes, by id: once with all their numbers is enough
  if (lead != nullptr) {
    const bool is_guess = lead != leading(incident);
    print_fixes(page, *lead, is_guess);
    print_proof(page, *lead, is_guess);
    for (const Fix& fix : lead->fixes) shown.insert(fix.id);
  }
  print_contributing(page, incident, std::move(shown));
  print_candidates(page, incident);
}

void print_missing(Page& page, const std::vector<MissingEvidence>& missing) {
  if (missing.empty()) return;
  page.blank();
  page.heading("Could not be seen");
  for (const MissingEvidence& gap : missing) {
    page.paragraph(2, "? ", gap.reason.empty() ? gap.evidence : gap.evidence + ": " + gap.reason,
                   Ink::warning);
    if (!gap.how_to_grant.empty()) page.paragraph(4, "", "to see it: " + gap.how_to_grant);
  }
}

}  // namespace

std::string to_text(const Diagnosis& diagnosis, const TextStyle& style) {
  Page page(style.width, style.colour);
  const auto& incidents = diagnosis.incidents;
  if (incidents.empty()) page.paragraph(0, "", overall(diagnosis), Ink::good);
  if (incidents.size() > 1) {
    const std::size_t digits = std::to_string(incidents.size()).size();
    for (std::size_t i = 0; i < incidents.size(); ++i) {
      const std::string number = fmt::format("{:>{}}  ", i + 1, digits);
      // The first lines are the answer: a few are given whole, a long list one line each.
      if (incidents.size() <= kWholeHeadlines) {
        page.paragraph(0, number, headline(incidents[i]), ink_of(incidents[i]));
      } else {
        page.line(0, number, headline(incidents[i]), ink_of(incidents[i]));
      }
    }
  }
  for (std::size_t i = 0; i < incidents.size(); ++i) {
    if (incidents.size() > 1) {
      page.blank();
      page.rule();
      page.line(0, "", fmt::format("Incident {} of {}", i + 1, incidents.size()), Ink::faint);
    }
    print_incident(page, incidents[i]);
  }
  print_missing(page, diagnosis.missing);
  return page.take();
}

}  // namespace doctor::report
