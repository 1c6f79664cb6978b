#include "diagnose/weigh.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>

#include "diagnose/table.h"

namespace doctor::diagnose {
namespace {

constexpr std::string_view kUnknown = "unknown";
constexpr std::int64_t kMillion = 1'000'000;  // probabilities are printed with six digits

// A ratio from here on is AWS's own word for the cause (an error code, a call in CloudTrail), not a sign of
// it.
constexpr double kDirectProof = 50;
// Circumstance alone, however much of it, leaves one chance in a hundred that it was something else.
constexpr double kSurestWithoutProof = 0.99;

struct Seen {
  const Observation* observation;
  const EvidenceRow* row;
};

std::vector<Seen> distinct_evidence(const Observations& observations) {
  std::vector<Seen> seen;
  for (const Observation& observation : observations.seen) {
    const EvidenceRow* row = find_evidence(observation.evidence);
    if (row == nullptr) continue;
    const bool again = std::any_of(seen.begin(), seen.end(), [&](const Seen& s) { return s.row == row; });
    if (!again) seen.push_back({&observation, row});
  }
  return seen;
}

double ratio_for(const EvidenceRow& row, std::string_view cause) {
  for (const Ratio& ratio : row.ratios) {
    if (ratio.cause == cause) return ratio.ratio;
  }
  return 1;
}

double odds_factor(const std::vector<Seen>& seen, std::string_view cause) {
  double factor = 1;
  for (const Seen& s : seen) factor *= ratio_for(*s.row, cause);
  return factor;
}

std::vector<Evidence> evidence_about(const std::vector<Seen>& seen, std::string_view cause) {
  std::vector<Evidence> out;
  for (const Seen& s : seen) {
    const double ratio = ratio_for(*s.row, cause);
    if (ratio == 1) continue;
    out.push_back({std::string(s.row->id), s.observation->statement, ratio > 1, ratio > 1 ? ratio : 1 / ratio,
                   s.observation->source});
  }
  std::sort(out.begin(), out.end(), [](const Evidence& a, const Evidence& b) {
    if (a.speaks_for != b.speaks_for) return a.speaks_for;
    if (a.weight != b.weight) return a.weight > b.weight;
    return a.id < b.id;
  });
  return out;
}

std::vector<Fix> fixes_of(std::string_view ids, const Observations& observations) {
  std::vector<Fix> out;
  for (const std::string_view id : words_of(ids)) {
    const FixRow* row = find_fix(id);
    const auto& useless = observations.useless_fixes;
    if (row == nullptr || std::find(useless.begin(), useless.end(), id) != useless.end()) continue;
    Fix fix{std::string(row->id), std::string(row->title), row->reversible, {}, {}};
    for (const std::string_view action : words_of(row->requires_actions)) {
      fix.requires_actions.emplace_back(action);
    }
    for (const auto& [fix_id, detail] : observations.fix_details) {
      if (fix_id == row->id) fix.detail = detail;
    }
    out.push_back(std::move(fix));
  }
  // The exact change that the network engine tried on the facts comes before what may also help.
  std::stable_partition(out.begin(), out.end(),
                        [](const Fix& fix) { return fix.id == "network_path" && !fix.detail.empty(); });
  return out;
}

void sort_by_probability(std::vector<Cause>& causes) {
  std::sort(causes.begin(), causes.end(), [](const Cause& a, const Cause& b) {
    return a.probability != b.probability ? a.probability > b.probability : a.id < b.id;
  });
}

// Largest remainder: six digits each, and exactly one together.
void round_to_six_digits(std::vector<Cause>& causes) {
  std::int64_t left = kMillion;
  std::vector<std::pair<double, std::size_t>> remainders;  // the largest first, ties by id
  std::vector<std::int64_t> millionths;
  for (std::size_t i = 0; i < causes.size(); ++i) {
    const double exact = causes[i].probability * static_cast<double>(kMillion);
    millionths.push_back(static_cast<std::int64_t>(std::floor(exact)));
    left -= millionths.back();
    remainders.emplace_back(exact - std::floor(exact), i);
  }
  std::sort(remainders.begin(), remainders.end(), [&](const auto& a, const auto& b) {
    return a.first != b.first ? a.first > b.first : causes[a.second].id < causes[b.second].id;
  });
  for (std::size_t i = 0; left > 0 && i < remainders.size(); ++i, --left) ++millionths[remainders[i].second];
  // What floating point lost or gained beyond one millionth a cause (it does not, but must never show).
  if (left != 0 && !causes.empty()) millionths[remainders.front().second] += left;
  for (std::size_t i = 0; i < causes.size(); ++i) {
    causes[i].probability = static_cast<double>(millionths[i]) / static_cast<double>(kMillion);
  }
}

bool is_proven(const Cause& cause) {
  return std::any_of(cause.evidence.begin(), cause.evidence.end(),
                     [](const Evidence& e) { return e.speaks_for && e.weight >= kDirectProof; });
}

std::vector<Cause> weigh_causes(std::string_view family, const std::vector<Seen>& seen,
                                const Observations& observations) {
  std::vector<Cause> causes;
  double prior_left = 1;
  for (const CauseRow& row : cause_table()) {
    if (row.family != family || row.contributing) continue;
    prior_left -= row.prior;
    causes.push_back({std::string(row.id), std::string(row.title), row.prior * odds_factor(seen, row.id),
                      evidence_about(seen, row.id), fixes_of(row.fixes, observations)});
  }
  causes.push_back({std::string(kUnknown),
                    "something that the evidence at hand does not show",
                    std::max(prior_left, 0.01) * odds_factor(seen, kUnknown),
                    evidence_about(seen, kUnknown),
                    {}});
  double total = 0;
  for (const Cause& cause : causes) total += cause.probability;
  for (Cause& cause : causes) cause.probability /= total;

  for (Cause& cause : causes) {
    if (cause.id == kUnknown || cause.probability <= kSurestWithoutProof || is_proven(cause)) continue;
    causes.back().probability += cause.probability - kSurestWithoutProof;
    cause.probability = kSurestWithoutProof;
  }
  round_to_six_digits(causes);
  sort_by_probability(causes);
  return causes;
}

std::vector<Cause> weigh_contributing(std::string_view family, const std::vector<Seen>& seen,
                                      const Observations& observations) {
  std::vector<Cause> factors;
  for (const CauseRow& row : cause_table()) {
    if (row.family != family || !row.contributing) continue;
    const double odds = row.prior / (1 - row.prior) * odds_factor(seen, row.id);
    const double probability =
        std::round(odds / (1 + odds) * static_cast<double>(kMillion)) / static_cast<double>(kMillion);
    if (probability <= 0.5) continue;
    factors.push_back({std::string(row.id), std::string(row.title), probability, evidence_about(seen, row.id),
                       fixes_of(row.fixes, observations)});
  }
  sort_by_probability(factors);
  return factors;
}

}  // namespace

Weighed weigh(std::string_view family, const Observations& observations) {
  const std::vector<Seen> seen = distinct_evidence(observations);
  return {weigh_causes(family, seen, observations), weigh_contributing(family, seen, observations)};
}

}  // namespace doctor::diagnose
