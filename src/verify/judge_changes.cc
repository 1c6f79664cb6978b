// Whether what the run has changed still is as it made it.
#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "remedy/kinds.h"
#include "verify/judge.h"

namespace doctor::verify {
namespace {

const remedy::Entry* done_entry(const remedy::Run& run, const std::string& step) {
  const remedy::Entry* out = nullptr;
  for (const remedy::Entry& entry : run.entries) {
    if (entry.step == step && entry.kind == remedy::EntryKind::apply &&
        entry.outcome == remedy::Outcome::done)
      out = &entry;
  }
  return out;
}

// RFC 6901, without its exceptions; nullptr where there is no such value.
const nlohmann::json* at_pointer(const nlohmann::json& root, std::string_view pointer) {
  const nlohmann::json* here = &root;
  while (!pointer.empty()) {
    pointer.remove_prefix(1);  // the '/'
    const auto end = pointer.find('/');
    std::string key(pointer.substr(0, end));
    pointer = end == std::string_view::npos ? std::string_view{} : pointer.substr(end);
    for (auto at = key.find('~'); at != std::string::npos; at = key.find('~', at + 1))
      key.replace(at, 2, key.compare(at, 2, "~1") == 0 ? "/" : "~");
    if (here->is_object()) {
      const auto found = here->find(key);
      if (found == here->end()) return nullptr;
      here = &*found;
    } else if (here->is_array() && !key.empty() && key.find_first_not_of("0123456789") == std::string::npos &&
               key.size() < 9 && std::stoul(key) < here->size()) {
      here = &(*here)[std::stoul(key)];
    } else {
      return nullptr;
    }
  }
  return here;
}

// Later steps of the run may have changed the same resource again: only the last one's whole state counts.
bool is_last_on_resource(const remedy::Run& run, const remedy::Step& step) {
  const remedy::Step* last = nullptr;
  for (const remedy::Step& one : run.plan.steps) {
    if (one.resource == step.resource && done_entry(run, one.id) != nullptr) last = &one;
  }
  return last == &step;
}

std::string joined(const std::vector<std::string>& lines) {
  std::string out;
  for (const auto& line : lines) out += (out.empty() ? "" : "; ") + line;
  return out;
}

Check judge_step(const remedy::Run& run, const remedy::Step& step, const remedy::Entry& entry,
                 const LiveState& live) {
  Check made = check("change.in_place", "still so: " + step.title);
  if (live.error) return not_possible(std::move(made), live.error->sentence);
  const auto state = nlohmann::json::parse(live.state, nullptr, false);
  if (state.is_discarded()) return not_possible(std::move(made), "its state could not be read");
  made.proof.push_back({entry.request.service,
                        entry.request.operation,
                        step.resource.id,
                        "state",
                        state.is_null() ? "not there" : "read again",
                        {}});
  const auto after = nlohmann::json::parse(entry.after, nullptr, false);
  if (state.is_null() && !after.is_null())
    return failed(std::move(made), step.resource.id + " is not there any more");
  for (const remedy::Effect& effect : step.effects) {
    const auto* value = at_pointer(state, effect.pointer);
    auto wanted = nlohmann::json::parse(effect.value, nullptr, false);
    // What refers to an earlier answer ("${2.taskDefinition.taskDefinitionArn}") is what the run left there.
    if (effect.value.find("${") != std::string::npos) {
      const auto* left = at_pointer(after, effect.pointer);
      if (left == nullptr) continue;
      wanted = *left;
    }
    if (value != nullptr && *value == wanted) continue;
    return failed(std::move(made), effect.pointer + " is " +
                                       (value == nullptr ? "not there" : value->dump()) + " and should be " +
                                       wanted.dump());
  }
  if (entry.after.empty() || !is_last_on_resource(run, step) ||
      remedy::canonical(entry.after) == remedy::canonical(live.state))
    return passed(std::move(made), "as the run left it");
  const auto lines = remedy::differences(entry.after, live.state);
  if (step.effects.empty()) return failed(std::move(made), "it was changed since: " + joined(lines));
  return passed(std::move(made), "what the run set holds; changed since: " + joined(lines));
}

}  // namespace

std::vector<Check> judge_changes(const Subject& subject, const Reading& reading) {
  std::vector<Check> out;
  for (const LiveState& live : reading.states) {
    const auto& steps = subject.run.plan.steps;
    const auto step =
        std::find_if(steps.begin(), steps.end(), [&](const auto& one) { return one.id == live.step; });
    const auto* entry = done_entry(subject.run, live.step);
    if (step != steps.end() && entry != nullptr) out.push_back(judge_step(subject.run, *step, *entry, live));
  }
  return out;
}

}  // namespace doctor::verify
