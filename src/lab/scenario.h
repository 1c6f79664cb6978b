// Scenarios: worlds with a history and one injected true cause.
//
// build() takes a new World, goes back some hours before world.present, sets everything up, lets time run
// through the history, and leaves the clock at the present. What comes after (the next retry, the next task)
// waits in the clock. One file a family: scenario_spot.cc, scenario_eni.cc, …
//
//   const Scenario* scenario = find_scenario("spot-zone-reclaimed");
//   World world({.seed = 1, .now = now});
//   scenario->build(world);
#pragma once

#include <string_view>
#include <vector>

#include "lab/lab.h"
#include "lab/world.h"

namespace doctor::lab {

struct Scenario {
  ScenarioInfo info;
  void (*build)(World&);
};

const std::vector<Scenario>& all_scenarios();
const Scenario* find_scenario(std::string_view name);  // null where there is none

// The families' lists, which all_scenarios() puts together.
std::vector<Scenario> spot_scenarios();
std::vector<Scenario> eni_scenarios();
std::vector<Scenario> storage_scenarios();
std::vector<Scenario> exec_scenarios();
std::vector<Scenario> image_scenarios();
std::vector<Scenario> capacity_scenarios();
std::vector<Scenario> platform_scenarios();
std::vector<Scenario> other_scenarios();  // of no family, and the two without an incident of their own

}  // namespace doctor::lab
