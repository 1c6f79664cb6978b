#include "diagnose/weigh.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>
#include <set>

#include "diagnose/table.h"

namespace doctor::diagnose {
namespace {

Observations seen(std::initializer_list<std::string_view> ids) {
  Observations out;
  for (const std::string_view id : ids) out.add(id, "seen", {});
  return out;
}

double of(const Weighed& w, std::string_view id) {
  for (const Cause& c : w.causes) {
    if (c.id == id) return c.probability;
  }
  return -1;
}

constexpr std::string_view kSpot = "FargateSpotInterrupted";

TEST(Weighing, WithoutEvidenceThePriorsStand) {
  const Weighed w = weigh(kSpot, {});
  EXPECT_DOUBLE_EQ(of(w, "spot.reclaimed_zone"), 0.6);
  EXPECT_DOUBLE_EQ(of(w, "spot.reclaimed_region"), 0.15);
  EXPECT_DOUBLE_EQ(of(w, "unknown"), 0.1);
  EXPECT_TRUE(w.contributing.empty());
}

TEST(Weighing, PosteriorIsPriorOddsTimesTheRatios) {
  // several_zones: region 40, zone 0.5, health 15; not_an_interruption 0.05 and unknown 0.1 stay.
  const Weighed w = weigh(kSpot, seen({"spot.several_zones"}));
  const double total = 0.15 * 40 + 0.6 * 0.5 + 0.1 * 15 + 0.05 + 0.1;
  EXPECT_NEAR(of(w, "spot.reclaimed_region"), 0.15 * 40 / total, 1e-6);
  EXPECT_NEAR(of(w, "spot.reclaimed_zone"), 0.6 * 0.5 / total, 1e-6);
}

TEST(Weighing, TheSameEvidenceCountsOnce) {
  const Weighed once = weigh(kSpot, seen({"spot.stop_code"})),
                twice = weigh(kSpot, seen({"spot.stop_code", "spot.stop_code"}));
  EXPECT_EQ(of(once, "spot.reclaimed_zone"), of(twice, "spot.reclaimed_zone"));
  EXPECT_EQ(twice.causes.front().evidence.size(), 1u);
}

TEST(Weighing, EvidenceAgainstIsShownAsSuch) {
  const Weighed w = weigh(kSpot, seen({"health.none"}));
  for (const Cause& c : w.causes) {
    if (c.id != "spot.health_event") continue;
    ASSERT_EQ(c.evidence.size(), 1u);
    EXPECT_FALSE(c.evidence.front().speaks_for);
    EXPECT_DOUBLE_EQ(c.evidence.front().weight, 20);
  }
}

TEST(Weighing, CircumstanceAloneIsNeverSurerThanNinetyNine) {
  const Weighed w = weigh(kSpot, seen({"spot.one_zone", "spot.other_zones_survived",
                                       "spot.neighbours_same_zone", "spot.no_stop_calls", "health.none"}));
  EXPECT_LE(w.causes.front().probability, 0.99);
}

std::vector<std::string> families() {
  std::set<std::string> all;
  for (const CauseRow& row : cause_table()) all.emplace(row.family);
  return {all.begin(), all.end()};
}

long long millionths_of(const std::vector<Cause>& causes) {
  long long sum = 0;
  for (const Cause& c : causes) sum += std::llround(c.probability * 1e6);
  return sum;
}

TEST(WeighingProperties, ProbabilitiesSumToOneForAnyEvidence) {
  const auto all = families();
  rc::check([&] {
    const auto family = *rc::gen::elementOf(all);
    Observations out;
    const auto picks = *rc::gen::container<std::vector<std::size_t>>(
        rc::gen::inRange<std::size_t>(0, evidence_table().size()));
    for (const std::size_t pick : picks) out.add(evidence_table()[pick].id, "seen", {});
    const Weighed w = weigh(family, out);
    RC_ASSERT(millionths_of(w.causes) == 1'000'000);
    for (const Cause& c : w.causes) RC_ASSERT(c.probability >= 0 && c.probability <= 1);
    for (const Cause& c : w.contributing) RC_ASSERT(c.probability > 0.5 && c.probability <= 1);
  });
}

TEST(WeighingProperties, SupportNeverLowersTheRankOfTheCauseItSupportsMost) {
  const auto all = families();
  rc::check([&] {
    const auto family = *rc::gen::elementOf(all);
    Observations out;
    const auto picks = *rc::gen::container<std::vector<std::size_t>>(
        rc::gen::inRange<std::size_t>(0, evidence_table().size()));
    for (const std::size_t pick : picks) out.add(evidence_table()[pick].id, "seen", {});
    const EvidenceRow& more = evidence_table()[*rc::gen::inRange<std::size_t>(0, evidence_table().size())];
    const Weighed before = weigh(family, out);
    out.add(more.id, "seen", {});
    const Weighed after = weigh(family, out);
    for (std::size_t rank = 0; rank < before.causes.size(); ++rank) {
      const std::string& id = before.causes[rank].id;
      double own = 1, best = 1;
      for (const Ratio& r : more.ratios) {
        if (r.cause == id) own = r.ratio;
        const CauseRow* row = find_cause(r.cause);
        if (row == nullptr || (row->family == family && !row->contributing)) best = std::max(best, r.ratio);
      }
      if (own < best || own <= 1) continue;
      std::size_t now = 0;
      while (after.causes[now].id != id) ++now;
      RC_ASSERT(now <= rank);
    }
  });
}

TEST(Table, PriorsLeaveRoomForTheUnknown) {
  for (const std::string& family : families()) {
    double sum = 0;
    for (const CauseRow& row : cause_table()) {
      if (row.family == family && !row.contributing) sum += row.prior;
    }
    EXPECT_LE(sum, 0.991) << family;
    EXPECT_GT(sum, 0.5) << family;
  }
}

TEST(Table, NamesOnlyWhatExistsAndExistsOnce) {
  std::set<std::string_view> ids;
  for (const FixRow& row : fix_table()) EXPECT_TRUE(ids.insert(row.id).second) << "fix twice: " << row.id;
  ids.clear();
  for (const CauseRow& row : cause_table()) {
    EXPECT_TRUE(ids.insert(row.id).second) << "cause twice: " << row.id;
    EXPECT_GT(row.prior, 0) << row.id;
    EXPECT_LT(row.prior, 1) << row.id;
    EXPECT_FALSE(row.proof.empty()) << row.id;
    for (const std::string_view fix : words_of(row.fixes))
      EXPECT_NE(find_fix(fix), nullptr) << row.id << " names " << fix;
  }
  for (const EvidenceRow& row : evidence_table()) {
    EXPECT_FALSE(row.source.empty()) << row.id;
    std::set<std::string_view> causes;
    for (const Ratio& r : row.ratios) {
      EXPECT_TRUE(r.cause == "unknown" || find_cause(r.cause) != nullptr) << row.id << " names " << r.cause;
      EXPECT_TRUE(causes.insert(r.cause).second) << row.id << " names twice " << r.cause;
      EXPECT_GT(r.ratio, 0) << row.id;
      EXPECT_LE(r.ratio, 1000) << row.id;
    }
  }
}

TEST(Weighing, FixThatCannotHelpIsNotOffered) {
  Observations observations = seen({"capacity.unavailable"});
  observations.useless_fixes = {"on_demand_base"};
  for (const Cause& cause : weigh("FargateInsufficientCapacity", observations).causes) {
    for (const Fix& fix : cause.fixes) EXPECT_NE(fix.id, "on_demand_base");
  }
}

}  // namespace
}  // namespace doctor::diagnose
