// EventBridge's event patterns ("Content filtering in Amazon EventBridge event patterns", EventBridge User
// Guide).
#include <algorithm>
#include <cctype>
#include <cstdio>

#include "core/glob.h"
#include "lab/cidr.h"
#include "lab/messaging.h"

namespace doctor::lab {
namespace {

bool equal(const json& wanted, const json& value) {
  if (wanted.is_number() && value.is_number()) return wanted.get<double>() == value.get<double>();
  return wanted == value;
}

// {"numeric": [">", 0, "<=", 5]}
bool numeric(const json& comparisons, const json& value) {
  if (!value.is_number()) return false;
  const double number = value.get<double>();
  for (std::size_t i = 0; i + 1 < comparisons.size(); i += 2) {
    const std::string op = comparisons[i].is_string() ? comparisons[i].get<std::string>() : "";
    const double other = comparisons[i + 1].is_number() ? comparisons[i + 1].get<double>() : 0;
    const bool holds = op == "="    ? number == other
                       : op == "<"  ? number < other
                       : op == "<=" ? number <= other
                       : op == ">"  ? number > other
                                    : number >= other;
    if (!holds) return false;
  }
  return true;
}

bool in_network(const std::string& cidr, const std::string& address) {
  const auto range = cidr_of(cidr), one = cidr_of(address);
  return range && one && one->bits == 32 && range->holds(one->first);
}

bool text_filter(const std::string& name, const json& argument, const std::string& text) {
  if (argument.is_object() &&
      argument.contains("equals-ignore-case")) {  // {"prefix": {"equals-ignore-case": "x"}}
    return text_filter(name, lower(text_of(argument, "equals-ignore-case")), lower(text));
  }
  if (!argument.is_string()) return false;
  const auto& part = argument.get_ref<const std::string&>();
  if (name == "prefix") return text.rfind(part, 0) == 0;
  if (name == "suffix") return text.ends_with(part);
  if (name == "equals-ignore-case") return lower(text) == lower(part);
  return name == "wildcard" && core::glob_matches(part, text);
}

// One element of a pattern's list against one present scalar.
bool filter_holds(const json& filter, const json& value) {
  if (!filter.is_object()) return equal(filter, value);
  if (filter.empty()) return false;
  const std::string name = filter.begin().key();
  const json& argument = filter.begin().value();
  if (name == "exists") return argument == true;
  if (name == "numeric") return numeric(argument, value);
  if (name == "cidr")
    return value.is_string() && argument.is_string() &&
           in_network(argument.get<std::string>(), value.get<std::string>());
  if (name != "anything-but")
    return value.is_string() && text_filter(name, argument, value.get<std::string>());
  if (argument.is_array()) {
    return std::none_of(argument.begin(), argument.end(), [&](const json& one) { return equal(one, value); });
  }
  if (!argument.is_object()) return !equal(argument, value);
  if (argument.empty()) return true;
  const std::string inner = argument.begin().key();
  const json& list = argument.begin().value();
  if (list.is_array()) {
    return std::none_of(list.begin(), list.end(), [&](const json& one) {
      return value.is_string() && text_filter(inner, one, value.get<std::string>());
    });
  }
  return !value.is_string() || !text_filter(inner, list, value.get<std::string>());
}

bool matches(const json& pattern, const std::vector<const json*>& events);

// A key of the pattern against every value the events hold under it: arrays stand for each of their elements.
bool key_matches(const std::string& key, const json& wanted, const std::vector<const json*>& events) {
  std::vector<const json*> values;
  bool present = false;
  for (const json* event : events) {
    if (!event->is_object() || !event->contains(key)) continue;
    const json& value = (*event)[key];
    present = true;
    if (!value.is_array())
      values.push_back(&value);
    else
      for (const auto& element : value) values.push_back(&element);
  }
  if (wanted.is_object()) return matches(wanted, values);
  for (const auto& filter : wanted) {
    if (filter.is_object() && filter.contains("exists") && filter["exists"] == false) {
      if (!present) return true;
      continue;
    }
    for (const json* value : values) {
      if (filter_holds(filter, *value)) return true;
    }
  }
  return false;
}

bool matches(const json& pattern, const std::vector<const json*>& events) {
  for (const auto& [key, wanted] : pattern.items()) {
    if (key == "$or" && wanted.is_array()) {
      if (std::none_of(wanted.begin(), wanted.end(), [&](const json& one) { return matches(one, events); }))
        return false;
    } else if (!key_matches(key, wanted, events)) {
      return false;
    }
  }
  return true;
}

constexpr const char* kFilters[] = {
    "prefix", "suffix", "equals-ignore-case", "wildcard", "anything-but", "exists", "numeric", "cidr"};

}  // namespace

bool event_matches(const json& pattern, const json& event) {
  return pattern.is_object() && matches(pattern, {&event});
}

std::string pattern_problem(const json& pattern) {
  if (!pattern.is_object()) return "Event pattern is not valid. Reason: Filter is not an object";
  if (pattern.empty()) return "Event pattern is not valid. Reason: Empty event pattern";
  for (const auto& [key, wanted] : pattern.items()) {
    if (key == "$or" && wanted.is_array()) {
      for (const auto& one : wanted) {
        if (auto problem = pattern_problem(one); !problem.empty()) return problem;
      }
      continue;
    }
    if (wanted.is_object()) {
      if (auto problem = pattern_problem(wanted); !problem.empty()) return problem;
      continue;
    }
    if (!wanted.is_array())
      return "Event pattern is not valid. Reason: \"" + key + "\" must be an object or an array";
    if (wanted.empty()) return "Event pattern is not valid. Reason: Empty arrays are not allowed";
    for (const auto& filter : wanted) {
      if (filter.is_array())
        return "Event pattern is not valid. Reason: Match value must be String, number, true, false, or null";
      if (!filter.is_object()) continue;
      const std::string name = filter.size() == 1 ? filter.begin().key() : "";
      if (std::find(std::begin(kFilters), std::end(kFilters), name) == std::end(kFilters)) {
        return "Event pattern is not valid. Reason: Unrecognized match type " + name;
      }
      const json& argument = filter.begin().value();
      if (name == "numeric" && (!argument.is_array() || argument.empty() || argument.size() % 2 != 0)) {
        return "Event pattern is not valid. Reason: Invalid numeric match: should be an array of comparisons";
      }
      if (name == "exists" && !argument.is_boolean())
        return "Event pattern is not valid. Reason: exists match pattern must be either true or false.";
      if (name == "anything-but" && (argument.is_null() || (argument.is_object() && argument.size() != 1))) {
        return "Event pattern is not valid. Reason: Value of anything-but must be an array or single "
               "string/number value.";
      }
    }
  }
  return {};
}

}  // namespace doctor::lab
