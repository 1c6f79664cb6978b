#include "iac/value.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace doctor::iac {
namespace {

// The fields that AWS, Terraform and CloudFormation tell members of a list apart by, the most telling first.
constexpr std::string_view kIdentities[] = {"capacityProvider",
                                            "capacity_provider",
                                            "CapacityProvider",
                                            "containerPort",
                                            "container_port",
                                            "ContainerPort",
                                            "Key",
                                            "key",
                                            "Id",
                                            "id",
                                            "name",
                                            "Name",
                                            "Sid",
                                            "containerName",
                                            "target_id"};

nlohmann::ordered_json json_of(const Value& value) {
  switch (value.kind) {
    case Value::Kind::null:
      return nullptr;
    case Value::Kind::boolean:
      return value.text == "true";
    case Value::Kind::number: {
      auto number = nlohmann::ordered_json::parse(value.text, nullptr, false);
      return number.is_discarded() ? nlohmann::ordered_json(value.text) : number;
    }
    case Value::Kind::string:
    case Value::Kind::expression:
      return value.text;
    case Value::Kind::document:
      return json_of(value.items.front());
    case Value::Kind::list: {
      auto list = nlohmann::ordered_json::array();
      for (const auto& item : value.items) list.push_back(json_of(item));
      return list;
    }
    case Value::Kind::map: {
      auto map = nlohmann::ordered_json::object();
      for (std::size_t i = 0; i < value.items.size(); ++i) map[value.keys[i]] = json_of(value.items[i]);
      return map;
    }
  }
  return nullptr;
}

std::string dumped(const Value& value, int indent) {
  return json_of(value).dump(indent, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace

const Value* Value::member(std::string_view key) const {
  if (kind != Kind::map) return nullptr;
  const auto found = std::find(keys.begin(), keys.end(), key);
  return found == keys.end() ? nullptr : &items[static_cast<std::size_t>(found - keys.begin())];
}

const Value* Value::at(std::string_view path) const {
  const Value* value = this;
  while (value && !path.empty()) {
    const std::size_t slash = path.find('/');
    const std::string_view step = path.substr(0, slash);
    path = slash == std::string_view::npos ? std::string_view{} : path.substr(slash + 1);
    if (value->kind == Kind::list) {
      const bool number =
          !step.empty() && step.find_first_not_of("0123456789") == std::string_view::npos && step.size() < 6;
      const std::size_t index = number ? std::stoul(std::string(step)) : value->items.size();
      value = index < value->items.size() ? &value->items[index] : nullptr;
    } else {
      value = value->member(step);
    }
  }
  return value;
}

std::string_view Value::string_or(std::string_view fallback) const {
  return kind == Kind::string || kind == Kind::number || kind == Kind::boolean ? std::string_view(text)
                                                                               : fallback;
}

bool Value::empty() const {
  if (kind == Kind::null) return true;
  if (kind == Kind::string) return text.empty();
  return (kind == Kind::list || kind == Kind::map) && items.empty();
}

void Value::set(std::string key, Value value) {
  kind = Kind::map;
  const auto found = std::find(keys.begin(), keys.end(), key);
  if (found != keys.end()) {
    items[static_cast<std::size_t>(found - keys.begin())] = std::move(value);
    return;
  }
  keys.push_back(std::move(key));
  items.push_back(std::move(value));
}

void Value::erase(std::string_view key) {
  const auto found = std::find(keys.begin(), keys.end(), key);
  if (found == keys.end()) return;
  items.erase(items.begin() + (found - keys.begin()));
  keys.erase(found);
}

Value string_value(std::string_view text) {
  return {.kind = Value::Kind::string, .text = std::string(text), .keys = {}, .items = {}};
}
Value number_value(std::string_view text) {
  return {.kind = Value::Kind::number, .text = std::string(text), .keys = {}, .items = {}};
}
Value boolean_value(bool value) {
  return {.kind = Value::Kind::boolean, .text = value ? "true" : "false", .keys = {}, .items = {}};
}
Value list_value(std::vector<Value> items) {
  return {.kind = Value::Kind::list, .text = {}, .keys = {}, .items = std::move(items)};
}
Value expression_value(std::string_view hcl) {
  return {.kind = Value::Kind::expression, .text = std::string(hcl), .keys = {}, .items = {}};
}
Value document_value(Value content) {
  return {.kind = Value::Kind::document, .text = {}, .keys = {}, .items = {std::move(content)}};
}

Value value_of(const core::Json& json) {
  if (!json.present() || json.is_null()) return {};
  if (json.is_string()) return string_value(json.string_or());
  if (json.is_number()) return number_value(json.text());
  if (json.is_array()) {
    Value list{.kind = Value::Kind::list, .text = {}, .keys = {}, .items = {}};
    for (const auto& item : json.items()) list.items.push_back(value_of(item));
    return list;
  }
  if (json.is_object()) {
    Value map{.kind = Value::Kind::map, .text = {}, .keys = {}, .items = {}};
    for (const auto& [key, item] : json.members()) map.set(std::string(key), value_of(item));
    return map;
  }
  return boolean_value(json.boolean_or(false));
}

core::Result<Value> parse_value(std::string_view json, std::string_view origin) {
  auto document = core::JsonDocument::parse(json, origin);
  if (!document) return core::fail(document.error());
  return value_of(document->root());
}

Value document_of(const Value& value) {
  if (value.kind != Value::Kind::string) return document_value(value);
  const std::size_t start = value.text.find_first_not_of(" \t\r\n");
  if (start == std::string::npos || (value.text[start] != '{' && value.text[start] != '[')) return value;
  auto parsed = parse_value(value.text, "document");
  return parsed ? document_value(std::move(*parsed)) : value;
}

std::string plain_text(const Value& value) {
  return value.is_scalar() ? value.text : json_text(value);
}
std::string json_text(const Value& value) {
  return dumped(value, -1);
}

std::string pretty_json(const Value& value, std::size_t indent, std::size_t level) {
  std::string text = dumped(value, static_cast<int>(level));
  std::string blanks = "\n" + std::string(indent, ' ');
  for (std::size_t at = 0; indent && (at = text.find('\n', at)) != std::string::npos; at += blanks.size()) {
    text.replace(at, 1, blanks);
  }
  return text;
}

std::string_view identity_key(const Value& list) {
  if (list.kind != Value::Kind::list || list.items.empty()) return {};
  for (const auto key : kIdentities) {
    std::vector<std::string_view> seen;
    for (const auto& item : list.items) {
      const Value* identity = item.member(key);
      if (!identity || !identity->is_scalar()) break;
      seen.push_back(identity->text);
    }
    if (seen.size() != list.items.size()) continue;
    std::sort(seen.begin(), seen.end());
    if (std::adjacent_find(seen.begin(), seen.end()) == seen.end()) return key;
  }
  return {};
}

bool same(const Value& one, const Value& other) {
  if (one.kind != other.kind || one.items.size() != other.items.size()) return false;
  if (one.kind == Value::Kind::map) {
    for (std::size_t i = 0; i < one.items.size(); ++i) {
      const Value* counterpart = other.member(one.keys[i]);
      if (!counterpart || !same(one.items[i], *counterpart)) return false;
    }
    return true;
  }
  if (one.kind != Value::Kind::list) {
    if (one.kind == Value::Kind::document) return same(one.items.front(), other.items.front());
    return one.text == other.text;
  }
  const bool unordered =
      !identity_key(one).empty() ||
      std::all_of(one.items.begin(), one.items.end(), [](const Value& item) { return item.is_scalar(); });
  if (!unordered) {
    return std::equal(one.items.begin(), one.items.end(), other.items.begin(),
                      [](const Value& a, const Value& b) { return same(a, b); });
  }
  return std::is_permutation(one.items.begin(), one.items.end(), other.items.begin(),
                             [](const Value& a, const Value& b) { return same(a, b); });
}

Value in_form_of(std::string_view code, const Value& before, const Value& after) {
  if (before.kind != Value::Kind::string || after.kind != Value::Kind::string) return after;
  const std::string& was = before.text;
  if (code.empty() || code.size() >= was.size() || !was.ends_with(code)) return after;
  const std::string_view lead = std::string_view(was).substr(0, was.size() - code.size());
  if (!lead.ends_with("/") || !after.text.starts_with(lead)) return after;
  return string_value(std::string_view(after.text).substr(lead.size()));
}

Value worth_writing(const Value& before, const Value& after) {
  const std::string_view key = identity_key(after);
  if ((key != "Key" && key != "key") || before.kind != Value::Kind::list) return after;
  Value changed = list_value({});
  for (const auto& item : after.items) {
    if (std::find(before.items.begin(), before.items.end(), item) == before.items.end())
      changed.items.push_back(item);
  }
  return changed;
}

}  // namespace doctor::iac
