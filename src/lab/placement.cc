#include "lab/placement.h"

#include <algorithm>
#include <numeric>

namespace doctor::lab {

std::vector<int> provider_targets(std::span<const StrategyItem> strategy, int desired) {
  std::vector<int> targets(strategy.size(), 0);
  int left = std::max(desired, 0);
  for (std::size_t i = 0; i < strategy.size(); ++i) {
    targets[i] = std::min(std::max(strategy[i].base, 0), left);
    left -= targets[i];
  }
  long long total = 0;
  for (const StrategyItem& item : strategy) total += std::max(item.weight, 0);
  if (total == 0 || left == 0) return targets;

  std::vector<long long> remainders(strategy.size(), -1);
  int given = 0;
  for (std::size_t i = 0; i < strategy.size(); ++i) {
    if (strategy[i].weight <= 0) continue;
    const long long scaled = static_cast<long long>(left) * strategy[i].weight;
    targets[i] += static_cast<int>(scaled / total);
    given += static_cast<int>(scaled / total);
    remainders[i] = scaled % total;
  }
  for (; given < left; ++given) {
    const auto largest = std::max_element(remainders.begin(), remainders.end());
    const auto index = static_cast<std::size_t>(largest - remainders.begin());
    ++targets[index];
    remainders[index] = -1;
  }
  return targets;
}

std::optional<std::size_t> next_provider(std::span<const StrategyItem> strategy, int desired,
                                         std::span<const int> counts) {
  const std::vector<int> targets = provider_targets(strategy, desired);
  std::optional<std::size_t> best;
  int most = 0;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const int missing_base = std::min(strategy[i].base, targets[i]) - counts[i];
    if (missing_base > 0) return i;  // the base comes first
    const int missing = targets[i] - counts[i];
    if (missing > most) {
      most = missing;
      best = i;
    }
  }
  return best;
}

namespace {

bool is_fargate(const std::string& provider) {
  return provider == "FARGATE" || provider == "FARGATE_SPOT";
}

}  // namespace

std::string strategy_error(std::span<const StrategyItem> strategy, std::span<const std::string> associated) {
  if (strategy.empty()) return {};
  if (strategy.size() > 20)
    return "The specified capacity provider strategy cannot contain more than 20 capacity providers.";
  int with_base = 0, with_weight = 0, fargate = 0;
  for (const StrategyItem& item : strategy) {
    if (item.base < 0 || item.base > 100000) return "base must be between 0 and 100000.";
    if (item.weight < 0 || item.weight > 1000) return "weight must be between 0 and 1000.";
    const auto same = [&](const StrategyItem& other) { return other.provider == item.provider; };
    if (std::count_if(strategy.begin(), strategy.end(), same) > 1)
      return "The specified capacity provider strategy contains a duplicate capacity provider.";
    if (std::find(associated.begin(), associated.end(), item.provider) == associated.end())
      return "The specified capacity provider '" + item.provider +
             "' was not found. Specify a valid capacity provider and try again.";
    with_base += item.base > 0;
    with_weight += item.weight > 0;
    fargate += is_fargate(item.provider);
  }
  if (with_base > 1)
    return "The specified capacity provider strategy cannot contain more than one capacity provider with a "
           "base value greater than 0. Remove all but one capacity provider with a base value and try again.";
  if (with_weight == 0 && strategy.size() > 1)
    return "The specified capacity provider strategy must contain at least one capacity provider with a "
           "weight value greater than 0. Specify a weight and try again.";
  if (fargate != 0 && fargate != static_cast<int>(strategy.size()))
    return "The specified capacity provider strategy cannot contain both Fargate and Auto Scaling group "
           "capacity providers. Specify one type and try again.";
  return {};
}

std::vector<std::string> zones_by_need(std::span<const ZoneLoad> loads) {
  std::vector<ZoneLoad> sorted(loads.begin(), loads.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const ZoneLoad& a, const ZoneLoad& b) { return a.tasks < b.tasks; });
  std::vector<std::string> zones;
  for (ZoneLoad& load : sorted) zones.push_back(std::move(load.zone));
  return zones;
}

}  // namespace doctor::lab
