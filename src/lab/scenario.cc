#include "lab/scenario.h"

namespace doctor::lab {

const std::vector<Scenario>& all_scenarios() {
  static const std::vector<Scenario> all = [] {
    std::vector<Scenario> list;
    for (const auto& family :
         {spot_scenarios(), eni_scenarios(), storage_scenarios(), exec_scenarios(), image_scenarios(),
          capacity_scenarios(), platform_scenarios(), other_scenarios()})
      list.insert(list.end(), family.begin(), family.end());
    return list;
  }();
  return all;
}

const Scenario* find_scenario(std::string_view name) {
  for (const Scenario& scenario : all_scenarios())
    if (scenario.info.name == name) return &scenario;
  return nullptr;
}

const std::vector<ScenarioInfo>& scenarios() {
  static const std::vector<ScenarioInfo> infos = [] {
    std::vector<ScenarioInfo> list;
    for (const Scenario& scenario : all_scenarios()) list.push_back(scenario.info);
    return list;
  }();
  return infos;
}

}  // namespace doctor::lab
