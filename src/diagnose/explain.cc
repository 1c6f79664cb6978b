#include "diagnose/explain.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/glob.h"
#include "core/number.h"
#include "diagnose/families.h"
#include "diagnose/family_pages.h"
#include "diagnose/pasted_text.h"
#include "diagnose/signs.h"
#include "diagnose/table.h"

namespace doctor::diagnose {
namespace {

constexpr double kSignWithoutRow =
    10;  // a sign that names a cause and has no row of its own is strong, no more
constexpr double kWorthTelling = .01;
constexpr int kGeneral =
    20;  // a stop code or an error category alone: it explains only where nothing else does
constexpr int kAmbiguous = 15;  // signs that are this close in specificity both stand

using Signs = std::vector<SignMatch>;

double ratio_of(const EvidenceRow& row, std::string_view cause) {
  for (const Ratio& ratio : row.ratios) {
    if (ratio.cause == cause) return ratio.ratio;
  }
  return 1;
}

// What the signs make of a cause's odds: the rows that bear their ids, as in a diagnosis.
double factor_of(const Signs& signs, std::string_view cause) {
  double factor = 1;
  for (const SignMatch& match : signs) {
    const EvidenceRow* row = find_evidence(match.sign->id);
    if (row != nullptr) factor *= ratio_of(*row, cause);
    if (row == nullptr && match.sign->cause == cause && !cause.empty()) factor *= kSignWithoutRow;
  }
  return factor;
}

std::vector<Fix> fixes_of(std::string_view ids) {
  std::vector<Fix> fixes;
  for (std::string_view id : words_of(ids)) {
    const FixRow* row = find_fix(id);
    if (row == nullptr) continue;
    Fix fix{std::string(row->id), std::string(row->title), row->reversible, {}, {}};
    for (std::string_view action : words_of(row->requires_actions)) fix.requires_actions.emplace_back(action);
    fixes.push_back(std::move(fix));
  }
  return fixes;
}

ExplainedCause explained(const CauseRow& row, double probability) {
  return {std::string(row.id), std::string(row.title), std::string(row.proof), probability,
          fixes_of(row.fixes)};
}

void sort_likeliest_first(std::vector<ExplainedCause>& causes) {
  std::sort(causes.begin(), causes.end(), [](const ExplainedCause& a, const ExplainedCause& b) {
    return a.prior != b.prior ? a.prior > b.prior : a.id < b.id;
  });
}

void add_causes(Explanation& out, const Signs& signs) {
  double listed = 0, total = 0;
  for (const CauseRow& row : cause_table()) {
    if (row.family != out.family) continue;
    const double factor = factor_of(signs, row.id);
    if (row.contributing) {
      const double odds = row.prior / (1 - row.prior) * factor;
      out.contributing.push_back(explained(row, odds / (1 + odds)));
      continue;
    }
    listed += row.prior;
    out.causes.push_back(explained(row, row.prior * factor));
    total += row.prior * factor;
  }
  total += std::max(1 - listed, .01) * factor_of(signs, "unknown");
  for (ExplainedCause& cause : out.causes) cause.prior /= total;
  sort_likeliest_first(out.causes);
  sort_likeliest_first(out.contributing);
  if (!signs.empty())
    std::erase_if(out.causes, [](const ExplainedCause& cause) { return cause.prior < kWorthTelling; });
}

void add_reference(Explanation& out, std::string_view reference) {
  if (reference.empty() ||
      std::find(out.references.begin(), out.references.end(), reference) != out.references.end())
    return;
  out.references.emplace_back(reference);
}

Explanation of_family(const FamilyPage& page, std::string_view matched) {
  Explanation out;
  out.family = page.name;
  out.matched = matched;
  out.title = page.title;
  out.meaning = page.meaning;
  add_causes(out, {});
  add_reference(out, page.reference);
  return out;
}

// A cause by its id: its family, with this cause before the others.
std::vector<Explanation> of_cause(const CauseRow& row, std::string_view matched) {
  Explanation out;
  const FamilyPage* page = row.family.empty() ? nullptr : find_family_page(row.family);
  if (page != nullptr) out = of_family(*page, matched);
  out.matched = matched;
  out.title = row.title;
  if (page == nullptr) {
    out.meaning = fmt::format("A stop of no family: {}.", row.title);
    add_causes(out, {});
    add_reference(out, "AWS knowledge center: Why is my Amazon ECS task stopped?");
  }
  auto& list = row.contributing ? out.contributing : out.causes;
  std::stable_partition(list.begin(), list.end(),
                        [&](const ExplainedCause& cause) { return cause.id == row.id; });
  return {out};
}

bool is_news(const Sign& sign) {
  return sign.id.starts_with("event.");
}

std::string title_of(const Explanation& out, const Sign& sign) {
  if (core::contains(sign.id, "denied") && is_news(sign)) return "AWS refused a call";
  if (is_news(sign)) return "no failure of a task";
  if (const FamilyPage* page = find_family_page(out.family)) return std::string(page->title);
  return out.causes.empty() ? "a stop of no family" : out.causes.front().title;
}

Explanation of_signs(std::string_view family, const Signs& signs) {
  Signs own;
  for (const SignMatch& match : signs) {
    if (match.sign->family == family && !is_news(*match.sign)) own.push_back(match);
  }
  const Sign& best = own.empty() ? *signs.front().sign : *own.front().sign;
  Explanation out;
  out.family = family;
  out.matched = own.empty() ? signs.front().matched : own.front().matched;
  out.meaning = best.meaning;
  if (!own.empty()) add_causes(out, own);
  out.title = title_of(out, best);
  for (const SignMatch& match : own) {
    if (best.specificity - match.sign->specificity <= kAmbiguous) add_reference(out, match.sign->reference);
  }
  add_reference(out, best.reference);
  return out;
}

std::vector<Explanation> of_text(const Signs& signs) {
  const Sign& best = *signs.front().sign;
  std::vector<Explanation> out{of_signs(best.family, signs)};
  if (is_news(best)) {
    out.front().causes.clear();
    out.front().contributing.clear();
    out.front().matched = signs.front().matched;
    out.front().meaning = best.meaning;
    out.front().title = title_of(out.front(), best);
    return out;
  }
  std::vector<std::string_view> families{best.family};
  for (const SignMatch& match : signs) {
    const Sign& sign = *match.sign;
    const bool stands = sign.specificity > kGeneral && best.specificity - sign.specificity <= kAmbiguous;
    if (!stands || is_news(sign) ||
        std::find(families.begin(), families.end(), sign.family) != families.end())
      continue;
    families.push_back(sign.family);
    out.push_back(of_signs(sign.family, signs));
  }
  return out;
}

// An exit code that no row names: above 128 it is a signal.
std::optional<Explanation> of_exit_code(std::string_view statement) {
  constexpr std::string_view kPrefix = "exit code ";
  if (!statement.starts_with(kPrefix) || statement.size() > kPrefix.size() + 3) return std::nullopt;
  const auto code = core::whole_number(statement.substr(kPrefix.size()));
  if (!code) return std::nullopt;
  const CauseRow* row = find_cause("stop.application_exit");
  if (row == nullptr) return std::nullopt;
  Explanation out = of_cause(*row, statement).front();
  out.causes.resize(1);
  out.meaning = *code > 128
                    ? fmt::format("Exit code {}: the container was ended by signal {}.", *code, *code - 128)
                    : fmt::format("Exit code {}: the application ended with an error of its own.", *code);
  return out;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return out;
}

}  // namespace

std::vector<Explanation> explain(std::string_view text) {
  const std::string statements = statements_in(text);
  if (statements.empty()) return {};
  constexpr std::size_t kLongestName = 80;
  if (statements.size() <= kLongestName) {
    if (const FamilyPage* page = find_family_page(statements)) return {of_family(*page, statements)};
    if (const CauseRow* row = find_cause(lower(statements))) return of_cause(*row, row->id);
  }
  if (const Signs signs = signs_in(statements); !signs.empty()) return of_text(signs);
  if (auto code = of_exit_code(statements)) return {std::move(*code)};
  for (const FamilyPage& page : family_pages()) {
    if (core::contains_ignoring_case(statements, page.name)) return {of_family(page, page.name)};
  }
  return {};
}

std::vector<std::string> known_families() {
  std::vector<std::string> names;
  for (const FamilyPage& page : family_pages()) names.emplace_back(page.name);
  return names;
}

}  // namespace doctor::diagnose
