// Two states, or three, field by field.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "remedy/kinds.h"

namespace doctor::remedy {
namespace {

using nlohmann::json;

// JSON pointer → value of every leaf; an empty list or object is a leaf too. Lists are compared whole: where
// they are sets, an index says nothing, and where items moved it would say too much.
using Leaves = std::map<std::string, json>;

std::string pointer_token(std::string_view key) {
  std::string out;
  for (const char c : key) {
    if (c == '~') {
      out += "~0";
    } else if (c == '/') {
      out += "~1";
    } else {
      out += c;
    }
  }
  return out;
}

bool is_list_of_objects(const json& value) {
  return value.is_array() &&
         std::any_of(value.begin(), value.end(), [](const json& i) { return i.is_object(); });
}

void collect(const json& value, const std::string& pointer, Leaves& leaves) {
  if (value.is_object() && !value.empty()) {
    for (const auto& [key, item] : value.items()) collect(item, pointer + "/" + pointer_token(key), leaves);
    return;
  }
  // Containers of a task definition: their order is theirs.
  if (is_list_of_objects(value)) {
    for (std::size_t i = 0; i < value.size(); ++i) {
      collect(value[i], fmt::format("{}/{}", pointer, i), leaves);
    }
    return;
  }
  leaves[pointer] = value;
}

Leaves leaves_of(std::string_view text) {
  Leaves leaves;
  const json state = json::parse(text, nullptr, false);
  if (state.is_discarded()) {
    leaves[""] = std::string(text);
  } else if (!state.is_null()) {
    collect(state, "", leaves);
  }
  return leaves;
}

std::string shown(const Leaves& leaves, const std::string& pointer) {
  const auto found = leaves.find(pointer);
  return found == leaves.end() ? "absent"
                               : found->second.dump(-1, ' ', false, json::error_handler_t::replace);
}

template <class... Each>
std::set<std::string> pointers_of(const Each&... leaves) {
  std::set<std::string> all;
  for (const Leaves* each : {&leaves...}) {
    for (const auto& [pointer, value] : *each) all.insert(pointer);
  }
  return all;
}

}  // namespace

bool has_effects(std::string_view text, const std::vector<Effect>& effects) {
  const json state = json::parse(text, nullptr, false);
  if (state.is_discarded()) return false;
  return std::all_of(effects.begin(), effects.end(), [&](const Effect& effect) {
    json wanted = json::parse(effect.value, nullptr, false), found;
    try {
      const json::json_pointer pointer(effect.pointer);
      if (effect.pointer.empty()) {
        found = state;
      } else if (state.is_structured() && state.contains(pointer)) {
        found = state.at(pointer);
      }
    } catch (const json::exception&) {
      return false;  // no pointer
    }
    for (json* list : {&wanted, &found}) {
      if (list->is_array() &&
          std::all_of(list->begin(), list->end(), [](const json& i) { return i.is_string(); }))
        std::sort(list->begin(), list->end());
    }
    return wanted == found;
  });
}

std::vector<std::string> differences(std::string_view before, std::string_view after) {
  std::vector<std::string> lines;
  const Leaves left = leaves_of(before), right = leaves_of(after);
  for (const std::string& pointer : pointers_of(left, right)) {
    const std::string was = shown(left, pointer), is = shown(right, pointer);
    if (was != is) lines.push_back(fmt::format("{}: {} -> {}", pointer, was, is));
  }
  return lines;
}

std::vector<std::string> three_way(std::string_view before, std::string_view ours, std::string_view theirs) {
  std::vector<std::string> lines;
  const Leaves was = leaves_of(before), we = leaves_of(ours), they = leaves_of(theirs);
  for (const std::string& pointer : pointers_of(was, we, they)) {
    const std::string b = shown(was, pointer), o = shown(we, pointer), t = shown(they, pointer);
    if (b == o && o == t) continue;
    lines.push_back(fmt::format("{}: before {}, ours {}, theirs {}", pointer, b, o, t));
  }
  return lines;
}

}  // namespace doctor::remedy
