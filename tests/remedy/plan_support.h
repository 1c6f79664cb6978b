// Plans made of the snapshots in tests/scenarios, as the program makes them.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "remedy/planner.h"
#include "remedy/states.h"

namespace doctor::remedy {

std::string scenario_folder(const std::string& name);
std::vector<std::string> all_scenarios();

struct Planned {
  Plan plan;
  States states;
  std::string error;  // of make_plan
};

Planned plan_scenario(const std::string& name, const std::vector<std::string>& fixes = {},
                      std::size_t incident = 0, const std::vector<Managed>& managers = {});

// The first step that calls this operation; an empty one where there is none (and the test fails).
const Step& step_calling(const Plan& plan, std::string_view operation);
nlohmann::json json_of(std::string_view text);

}  // namespace doctor::remedy
