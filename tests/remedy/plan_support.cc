#include "remedy/plan_support.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "diagnose/diagnose.h"
#include "facts/snapshot.h"

namespace doctor::remedy {

namespace fs = std::filesystem;

namespace {

struct Read {
  std::string name;
  facts::Facts facts;
  diagnose::Diagnosis diagnosis;
};

// The one that was asked for last is kept: a test asks for many plans of one scenario.
const Read& read_scenario(const std::string& name) {
  static Read last;
  if (last.name == name) return last;
  auto facts = facts::read_snapshot(scenario_folder(name));
  EXPECT_TRUE(facts) << name;
  auto diagnosis = diagnose::diagnose(*facts, {});
  EXPECT_TRUE(diagnosis) << name;
  last = {name, std::move(*facts), std::move(*diagnosis)};
  return last;
}

}  // namespace

std::string scenario_folder(const std::string& name) {
  return (fs::path(DOCTOR_SOURCE_DIR) / "tests/scenarios" / name).string();
}

std::vector<std::string> all_scenarios() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(fs::path(DOCTOR_SOURCE_DIR) / "tests/scenarios")) {
    if (entry.is_directory()) names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

Planned plan_scenario(const std::string& name, const std::vector<std::string>& fixes, std::size_t incident,
                      const std::vector<Managed>& managers) {
  const Read& read = read_scenario(name);
  const facts::Facts* facts = &read.facts;
  const diagnose::Diagnosis* diagnosis = &read.diagnosis;
  const PlanOptions options{fixes, incident, managers};
  Planned planned;
  for (int round = 0; round < 4; ++round) {
    const auto wanted = resources_of(*facts, *diagnosis, planned.states.known, options);
    const States more = states_in_snapshot(scenario_folder(name), wanted);
    if (more.known.empty()) {
      planned.states.missing = more.missing;
      break;
    }
    planned.states.known.insert(planned.states.known.end(), more.known.begin(), more.known.end());
  }
  auto plan = make_plan(*facts, *diagnosis, planned.states.known, options);
  if (plan) {
    planned.plan = std::move(*plan);
  } else {
    planned.error = core::to_line(plan.error());
  }
  return planned;
}

const Step& step_calling(const Plan& plan, std::string_view operation) {
  static const Step kNone;
  for (const Step& step : plan.steps) {
    if (step.request.operation == operation) return step;
  }
  std::string all;
  for (const Step& step : plan.steps) all += step.request.operation + " ";
  for (const std::string& line : plan.fixes_left_out) all += "\n  left out: " + line;
  ADD_FAILURE() << "no step calls " << operation << "; there are: " << all;
  return kNone;
}

nlohmann::json json_of(std::string_view text) {
  return nlohmann::json::parse(text, nullptr, false);
}

}  // namespace doctor::remedy
