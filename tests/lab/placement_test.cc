#include "lab/placement.h"

#include <rapidcheck.h>

#include <numeric>

namespace doctor::lab {
namespace {

using Strategy = std::vector<StrategyItem>;

Strategy mix(int base, int on_demand, int spot) {
  return {{"FARGATE", base, on_demand}, {"FARGATE_SPOT", 0, spot}};
}

struct Row {
  int base, on_demand_weight, spot_weight, desired, on_demand, spot;
};

// Worked by hand from "Amazon ECS capacity providers": the base first, the rest by weight.
constexpr Row kTable[] = {
    {0, 1, 1, 2, 1, 1}, {0, 1, 1, 7, 4, 3},     {0, 1, 4, 5, 1, 4},      {0, 1, 4, 10, 2, 8},
    {1, 1, 4, 6, 2, 4}, {2, 1, 3, 2, 2, 0},     {2, 1, 3, 6, 3, 3},      {2, 1, 3, 10, 4, 6},
    {5, 0, 1, 3, 3, 0}, {5, 0, 1, 9, 5, 4},     {0, 0, 1, 4, 0, 4},      {0, 1, 0, 4, 4, 0},
    {1, 0, 1, 1, 1, 0}, {0, 1, 1, 0, 0, 0},     {3, 0, 0, 10, 3, 0},     {10, 1, 1, 8, 8, 0},
    {0, 1, 2, 4, 1, 3}, {0, 3, 7, 100, 30, 70}, {0, 1, 1000, 10, 0, 10},
};

TEST(Placement, FillsTheBaseFirstAndSplitsTheRestByWeight) {
  for (const Row& row : kTable) {
    const auto targets = provider_targets(mix(row.base, row.on_demand_weight, row.spot_weight), row.desired);
    EXPECT_EQ(targets, (std::vector<int>{row.on_demand, row.spot}))
        << "base " << row.base << ", weights " << row.on_demand_weight << ":" << row.spot_weight
        << ", desired " << row.desired;
  }
}

TEST(Placement, EveryTaskHasAPlaceAndSharesAreExactToWithinOne) {
  EXPECT_TRUE(rc::check([] {
    const int desired = *rc::gen::inRange(0, 500), base = *rc::gen::inRange(0, 50);
    const int on_demand = *rc::gen::inRange(0, 100), spot = *rc::gen::inRange(1, 100);
    const auto targets = provider_targets(mix(base, on_demand, spot), desired);
    RC_ASSERT(std::accumulate(targets.begin(), targets.end(), 0) == desired);
    RC_ASSERT(targets[0] >= std::min(base, desired));
    const int rest = desired - std::min(base, desired);
    const double share = static_cast<double>(rest) * spot / (on_demand + spot);
    RC_ASSERT(std::abs(targets[1] - share) < 1.0);
  }));
}

TEST(Placement, LaunchingOneAfterAnotherEndsAtTheTargets) {
  EXPECT_TRUE(rc::check([] {
    const int desired = *rc::gen::inRange(0, 60), base = *rc::gen::inRange(0, 10);
    const auto strategy = mix(base, *rc::gen::inRange(0, 10), *rc::gen::inRange(1, 10));
    std::vector<int> counts(2, 0);
    for (auto next = next_provider(strategy, desired, counts); next;
         next = next_provider(strategy, desired, counts)) {
      RC_ASSERT(++counts[*next] <= desired);
      if (counts[1] > 0) RC_ASSERT(counts[0] >= std::min(base, desired));  // the base comes first
    }
    RC_ASSERT(counts == provider_targets(strategy, desired));
  }));
}

TEST(Placement, RefusesWhatAwsRefuses) {
  const std::vector<std::string> both{"FARGATE", "FARGATE_SPOT"};
  EXPECT_EQ(strategy_error(mix(1, 1, 1), both), "");
  EXPECT_NE(strategy_error(Strategy{{"FARGATE", 1, 1}, {"FARGATE_SPOT", 1, 1}}, both), "");  // two bases
  EXPECT_NE(strategy_error(mix(0, 0, 0), both), "");  // all weights zero
  EXPECT_NE(strategy_error(mix(0, 1001, 1), both), "");
  EXPECT_NE(strategy_error(mix(100001, 1, 1), both), "");
  EXPECT_NE(strategy_error(mix(0, 1, 1), std::vector<std::string>{"FARGATE"}), "");  // not associated
  EXPECT_NE(strategy_error(Strategy(21, {"FARGATE", 0, 1}), both), "");
}

TEST(Placement, TriesTheEmptiestZoneFirst) {
  const std::vector<ZoneLoad> loads{{"a", 2}, {"b", 1}, {"c", 1}};
  EXPECT_EQ(zones_by_need(loads), (std::vector<std::string>{"b", "c", "a"}));
}

}  // namespace
}  // namespace doctor::lab
