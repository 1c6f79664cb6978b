#include "remedy/live_state.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

namespace doctor::remedy {
namespace {

using nlohmann::json;

// A pointer that is none ("a/b", "/~7") leads nowhere; the library throws.
std::optional<json::json_pointer> pointer_of(const std::string& text) {
  try {
    return json::json_pointer(text);
  } catch (const json::exception&) {
    return std::nullopt;
  }
}

json state_value(const json& state, const std::string& pointer) {
  const auto at = pointer_of(pointer);
  // contains() throws where an index of a list is no number.
  try {
    if (at && state.contains(*at)) return state.at(*at);
  } catch (const json::exception&) {
  }
  return nullptr;
}

bool is_worth_another_reading(const core::Error& error) {
  return error.kind == core::ErrorKind::unreachable || error.kind == core::ErrorKind::throttled;
}

}  // namespace

core::Result<LiveState> read_state(aws::Client& client, KindLookup lookup, const Resource& resource) {
  const Kind* kind = lookup(resource.kind);
  if (kind == nullptr) {
    return core::fail(core::ErrorKind::bad_input,
                      fmt::format("\"{}\" is no kind of resource that this program changes", resource.kind),
                      "make the plan again with this version");
  }
  auto answer = send(client, kind->read(resource));
  if (!answer) {
    if (says_absent(*kind, answer.error())) return LiveState{"null", ""};
    return core::fail(answer.error());
  }
  auto state = kind->state(resource, answer->json);
  if (!state) return core::fail(state.error());
  return LiveState{std::move(*state), std::move(answer->json)};
}

core::Result<Seen> read_until(Execution& run, const Resource& resource, const Condition& condition,
                              core::Duration bound) {
  const auto end = run.clock.now() + bound;
  core::Duration wait{0};
  for (;;) {
    auto live = read_state(run.client, run.options.kind, resource);
    if (live && condition(live->state)) return Seen{std::move(*live), true};
    if (!live && !is_worth_another_reading(live.error())) return core::fail(live.error());
    wait = next_pause(run.options.patience, wait);
    if (run.clock.now() + wait > end) {
      if (!live) return core::fail(live.error());
      return Seen{std::move(*live), false};
    }
    pause(run, wait);
  }
}

std::string with_effects(std::string_view text, const std::vector<Effect>& effects) {
  json state = json::parse(text, nullptr, false);
  for (const auto& effect : effects) {
    const auto pointer = pointer_of(effect.pointer);
    const json value = json::parse(effect.value, nullptr, false);
    if (!pointer || value.is_discarded()) return {};
    try {
      if (!value.is_null()) {
        state[*pointer] = value;
      } else if (!pointer->empty() && state.contains(*pointer)) {
        json& parent = state[pointer->parent_pointer()];
        if (parent.is_object()) parent.erase(pointer->back());
      }
    } catch (const json::exception&) {
      return {};
    }
  }
  return state.dump(-1, ' ', false, json::error_handler_t::replace);
}

bool is_already_so(const Step& step, std::string_view expected, std::string_view live) {
  if (step.effects.empty() || !has_effects(live, step.effects)) return false;
  // What the step would have made is there, whoever made it.
  if (expected == "null") return true;
  // Both get the effects, so that two orders of one set are no difference.
  return canonical(with_effects(live, step.effects)) == canonical(with_effects(expected, step.effects));
}

std::string value_at(std::string_view text, const std::string& pointer) {
  const json document = json::parse(text, nullptr, false);
  const json value = state_value(document, pointer);
  return value.is_null() ? "" : value.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace doctor::remedy
