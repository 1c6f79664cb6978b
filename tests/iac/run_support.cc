#include "iac/run_support.h"

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace doctor::iac {

remedy::Run run_of(std::string_view steps_json) {
  const auto steps = nlohmann::ordered_json::parse(steps_json);
  remedy::Run run;
  run.id = "r-20261124-141503-7f3a";
  run.state = remedy::RunState::done;
  for (const auto& step : steps) {
    remedy::Step made;
    made.id = std::to_string(run.plan.steps.size() + 1);
    made.title = step.value("title", "Change it");
    made.resource = {step["kind"], step["id"], "111122223333", "eu-west-1"};
    made.before = step.value("before", nlohmann::ordered_json()).dump();
    for (const auto& effect : step.value("effects", nlohmann::ordered_json::array())) {
      made.effects.push_back({effect["pointer"], effect["value"].dump()});
    }
    made.request = {"ecs", "UpdateService", "eu-west-1",
                    step.value("request", nlohmann::ordered_json::object()).dump()};
    remedy::Entry entry;
    entry.run = run.id;
    entry.step = made.id;
    entry.outcome = remedy::Outcome::done;
    entry.before = made.before;
    entry.after = step.contains("after") ? step["after"].dump() : "";
    entry.answer = step.contains("answer") ? step["answer"].dump() : "";
    entry.request = made.request;
    run.plan.steps.push_back(made);
    run.entries.push_back(entry);
  }
  return run;
}

std::vector<Change> changes_from(std::string_view steps_json) {
  auto changes = changes_of(run_of(steps_json));
  if (!changes) throw std::runtime_error(changes.error().sentence);
  return std::move(*changes);
}

std::string file_text(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error("no file " + path);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string sample(const std::string& name) {
  return file_text(std::string(DOCTOR_SOURCE_DIR) + "/tests/iac/samples/" + name + ".json");
}

}  // namespace doctor::iac
