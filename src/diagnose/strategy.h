// Capacity provider strategies: how much of a service lies on Spot, and what strategy would hold.
#pragma once

#include <string>
#include <vector>

#include "diagnose/observations.h"

namespace doctor::diagnose {

using Strategy = std::vector<facts::CapacityProviderStrategyItem>;

const facts::CapacityProviderStrategyItem* item_of(const Strategy& strategy, std::string_view provider);

// Shares of tasks past the base that go to FARGATE_SPOT: 1 for Spot alone, 0 for none.
double spot_share(const Strategy& strategy);

// A strategy with a third of the desired tasks, and at least one, as on-demand base. "Amazon ECS capacity
// providers": one provider alone may have a base; tasks past it are spread by weight.
Strategy with_on_demand_base(const Strategy& strategy, int desired);

// What a strategy does to a factor that both Spot and capacity incidents have: none of the tasks is sure to
// run on demand. Nothing where the strategy is not known. `prefix` is "spot" or "capacity", the owner of the
// evidence rows.
void observe_on_demand_base(const Case& c, Observations& out, std::string_view prefix);

// Subnets of one zone, or of several; with the subnets that would add a zone as detail of the fix
// `more_zones`.
void observe_zones(const Case& c, Observations& out, std::string_view prefix);

}  // namespace doctor::diagnose
