#include "diagnose/strategy.h"

#include <fmt/format.h>

#include <algorithm>

namespace doctor::diagnose {

const facts::CapacityProviderStrategyItem* item_of(const Strategy& strategy, std::string_view provider) {
  for (const auto& item : strategy) {
    if (item.capacity_provider == provider) return &item;
  }
  return nullptr;
}

double spot_share(const Strategy& strategy) {
  const auto* spot = item_of(strategy, "FARGATE_SPOT");
  int weights = 0;
  for (const auto& item : strategy) weights += item.weight;
  if (spot == nullptr) return 0;
  if (weights == 0) return strategy.size() == 1 ? 1 : 0;
  return static_cast<double>(spot->weight) / weights;
}

Strategy with_on_demand_base(const Strategy& strategy, int desired) {
  const auto* spot = item_of(strategy, "FARGATE_SPOT");
  const auto* on_demand = item_of(strategy, "FARGATE");
  const int base = std::max(1, (desired + 2) / 3);
  return {{"FARGATE", base, on_demand != nullptr ? std::max(1, on_demand->weight) : 1},
          {"FARGATE_SPOT", 0, spot != nullptr ? std::max(1, spot->weight) : 1}};
}

namespace {

constexpr std::size_t kZonesEnough = 3;

Source source_of_strategy(const Case& c, const Strategy& strategy) {
  const bool own = !c.service->capacity_provider_strategy.empty();
  return Source{"ecs",
                own ? "describe-services" : "describe-clusters",
                {},
                own ? "capacityProviderStrategy" : "defaultCapacityProviderStrategy",
                to_words(strategy),
                std::nullopt};
}

void propose_base(const Case& c, Observations& out, const Strategy& strategy) {
  const int desired = c.service->desired;
  const Strategy wanted = with_on_demand_base(strategy, desired);
  const int kept = std::min(wanted.front().base, desired);
  out.fix_details.emplace_back(
      "on_demand_base",
      fmt::format("{}: {} instead of {}; of {} desired, {} then cannot be interrupted. It takes "
                  "a new deployment (forceNewDeployment).",
                  place_name(c), to_words(wanted), to_words(strategy),
                  counted(static_cast<std::size_t>(std::max(desired, 0)), "task"), kept));
}

}  // namespace

void observe_on_demand_base(const Case& c, Observations& out, std::string_view prefix) {
  const Strategy strategy = strategy_in_force(c);
  const auto row = [&](std::string_view name) { return fmt::format("{}.{}", prefix, name); };
  // Tasks that all ran on Spot do not tell: a base holds only a few, which may be gone from the facts.
  if (item_of(strategy, "FARGATE_SPOT") == nullptr) return;
  const auto* on_demand = item_of(strategy, "FARGATE");
  const Source source = source_of_strategy(c, strategy);
  if (on_demand == nullptr || (on_demand->base == 0 && on_demand->weight == 0)) {
    out.add(row("strategy_spot_alone"),
            fmt::format("the strategy of {} is {}: no task is sure to run on demand", place_name(c),
                        to_words(strategy)),
            source);
    propose_base(c, out, strategy);
  } else if (on_demand->base == 0) {
    out.add(row("strategy_base_zero"),
            fmt::format("the strategy of {} is {}: on-demand tasks have a weight, but no base", place_name(c),
                        to_words(strategy)),
            source);
    propose_base(c, out, strategy);
  } else {
    out.add(row("strategy_has_base"),
            fmt::format("the strategy of {} keeps a base of {} on demand", place_name(c),
                        counted(static_cast<std::size_t>(on_demand->base), "task")),
            source);
  }
}

void observe_zones(const Case& c, Observations& out, std::string_view prefix) {
  const auto row = [&](std::string_view name) { return fmt::format("{}.{}", prefix, name); };
  const std::vector<std::string> zones = zones_configured(c);
  if (zones.empty()) {
    if (c.service != nullptr && !c.service->network.subnets.empty()) {
      note_missing(c, out, "ec2.describe-subnets",
                   fmt::format("availability zones of {}'s subnets", place_name(c)),
                   fmt::format("aws ec2 describe-subnets --subnet-ids {} > ec2.describe-subnets.json",
                               fmt::join(c.service->network.subnets, " ")));
    }
    return;
  }
  const std::string subnets = joined(c.service->network.subnets);
  const Source source{"ec2", "describe-subnets", {}, "AvailabilityZone", joined(zones), std::nullopt};
  if (zones.size() > 1) {
    out.add(row("subnets_several_zones"),
            fmt::format("{} may run in {}: {}", place_name(c), counted(zones.size(), "zone"), joined(zones)),
            source);
    // Past three zones a further one adds next to nothing, and most regions have no more than three.
    if (zones.size() >= kZonesEnough) out.useless_fixes.emplace_back("more_zones");
    out.fix_details.emplace_back("more_zones", fmt::format("{} may run in {} already: {}", place_name(c),
                                                           counted(zones.size(), "zone"), joined(zones)));
    return;
  }
  out.add(row("subnets_one_zone"),
          fmt::format("all subnets of {} ({}) lie in {}", place_name(c), subnets, zones.front()), source);

  const auto own = c.place->subnets.find(c.service->network.subnets.front());
  std::vector<std::string> others;
  for (const auto& [id, subnet] : c.place->subnets) {
    const bool same_vpc = own != c.place->subnets.end() && subnet.vpc_id == own->second.vpc_id;
    if (same_vpc && subnet.availability_zone != zones.front()) {
      others.push_back(fmt::format("{} ({})", id, subnet.availability_zone));
    }
  }
  out.fix_details.emplace_back(
      "more_zones",
      others.empty() ? fmt::format("{} has {} in {}: create a subnet in another zone of the VPC and add it",
                                   place_name(c), subnets, zones.front())
                     : fmt::format("{} has {} in {}: add {} if it is routed alike", place_name(c), subnets,
                                   zones.front(), joined(others)));
}

}  // namespace doctor::diagnose
