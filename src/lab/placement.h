// Where tasks go: the capacity provider by base and weight, the availability zone by spreading.
//
// Pure functions over counts. The rules are those of "Amazon ECS capacity providers" and "Amazon ECS clusters
// for Fargate workloads" (developer guide): the base is filled first on the one provider that has it; what is
// past the base is split by weight; a provider of weight 0 takes nothing past its base; there is no fallback
// from one provider to another.
//
//   provider_targets({{"FARGATE", 1, 1}, {"FARGATE_SPOT", 0, 3}}, 5) == {2, 3}
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace doctor::lab {

struct StrategyItem {
  std::string provider;
  int base = 0, weight = 0;
  bool operator==(const StrategyItem&) const = default;
};

// How many of `desired` tasks belong to each item, in the strategy's order. Their sum is `desired`, except
// where every weight is 0: then it is the base at most. Shares are exact to within one task; what does not
// divide goes to the largest remainder, the earlier item first.
std::vector<int> provider_targets(std::span<const StrategyItem> strategy, int desired);

// The order in which to launch what is missing: index of the item whose next task is most overdue, given how
// many tasks each has. Empty when every target is met.
std::optional<std::size_t> next_provider(std::span<const StrategyItem> strategy, int desired,
                                         std::span<const int> counts);

// A strategy's own faults, in AWS's words; empty when it is valid. `associated` are the cluster's providers.
std::string strategy_error(std::span<const StrategyItem> strategy, std::span<const std::string> associated);

struct ZoneLoad {
  std::string zone;
  int tasks = 0;
};

// Zones in the order in which a new task should try them: fewest tasks first, ties in the given order.
std::vector<std::string> zones_by_need(std::span<const ZoneLoad> loads);

}  // namespace doctor::lab
