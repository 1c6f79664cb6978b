// Whole answers: a walk over the JSON that knows under which name each text stands.
#include "facts/redact.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace doctor::facts {
namespace {

using Value = nlohmann::ordered_json;

constexpr int kDeepest = 100;  // of JSON inside JSON and below

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return out;
}

bool is_arn(std::string_view text) {
  return text.starts_with("arn:");
}

// Everything below: numbers and names too, but not the ARNs that only say where a secret is kept.
void hide_all(Value& value) {
  if (value.is_string()) {
    if (!is_arn(value.get_ref<const std::string&>())) value = kRedacted;
  } else if (value.is_structured()) {
    for (auto& item : value) hide_all(item);
  } else if (value.is_number()) {
    value = kRedacted;
  }
}

void walk(Value& value, std::string_view key, int depth);

// The value of {"name": "DB_PASSWORD", "value": "…"}, whatever the letters' case; null where it is no pair.
Value* value_of_pair(Value& object, std::string& name) {
  Value* found = nullptr;
  for (auto& [key, value] : object.items()) {
    const std::string plain = lower(key);
    if ((plain == "name" || plain == "key" || plain == "parameterkey" || plain == "tagkey") &&
        value.is_string())
      name = value.get<std::string>();
    if (plain == "value" || plain == "parametervalue" || plain == "tagvalue") found = &value;
  }
  return found;
}

void walk_environment(Value& value) {
  if (value.is_object()) {
    for (auto& [name, item] : value.items()) hide_all(item);
    return;
  }
  for (auto& item : value) {
    std::string name;
    if (!item.is_object()) {
      hide_all(item);
    } else if (Value* secret = value_of_pair(item, name)) {
      hide_all(*secret);
    }
  }
}

void walk_command(Value& list) {
  std::vector<std::string> words;
  for (const auto& item : list) {
    if (!item.is_string()) return;
    words.push_back(item.get<std::string>());
  }
  list = redact_command(words);
}

// A private key in a log is one line an event: hidden from BEGIN to END.
void walk_messages(Value& list) {
  bool inside = false;
  for (auto& item : list) {
    if (!item.is_object() || !item.contains("message") || !item["message"].is_string()) continue;
    const std::string line = item["message"].get<std::string>();
    const bool ends = line.find("-----END") != std::string::npos;
    if (inside && !ends) item["message"] = kRedacted;
    const auto begin = line.find("-----BEGIN ");
    if (begin != std::string::npos && line.find("PRIVATE KEY", begin) != std::string::npos && !ends)
      inside = true;
    if (ends) inside = false;
  }
}

void walk_text(Value& value, int depth) {
  const std::string& text = value.get_ref<const std::string&>();
  const auto start = text.find_first_not_of(" \t\r\n");
  if (depth < kDeepest && start != std::string::npos && (text[start] == '{' || text[start] == '[')) {
    Value inner = Value::parse(text, nullptr, false);
    if (!inner.is_discarded()) {
      const Value before = inner;
      walk(inner, {}, depth + 1);
      if (inner != before) value = inner.dump(-1, ' ', false, Value::error_handler_t::replace);
      return;
    }
  }
  std::string clean = redact_line(text);
  if (clean != text) value = std::move(clean);
}

void walk_object(Value& object, int depth) {
  std::string name;
  if (Value* secret = value_of_pair(object, name); secret != nullptr && is_secret_name(name))
    hide_all(*secret);
  for (auto& [key, value] : object.items()) walk(value, key, depth + 1);
}

void walk(Value& value, std::string_view key, int depth) {
  if (depth > kDeepest) {
    hide_all(value);
    return;
  }
  const std::string plain = lower(key);
  if ((plain == "environment" || plain == "secrets") && value.is_structured()) {
    walk_environment(value);
    return;
  }
  if (plain == "registrycredential" || plain == "credentials" || plain == "repositorycredentials" ||
      plain == "authorizationdata" || plain == "userdata" || plain == "dockerauth") {
    hide_all(value);
    return;
  }
  if ((plain == "command" || plain == "entrypoint") && value.is_array()) walk_command(value);
  if (value.is_array()) walk_messages(value);
  if (value.is_object()) {
    walk_object(value, depth);
  } else if (value.is_array()) {
    for (auto& item : value) walk(item, is_secret_name(key) ? key : std::string_view{}, depth + 1);
  } else if (value.is_string()) {
    if (is_secret_name(key)) {
      hide_all(value);
    } else {
      walk_text(value, depth);
    }
  }
}

}  // namespace

std::string redact_json(std::string_view json) {
  try {
    Value value = Value::parse(json, nullptr, false);
    if (value.is_discarded()) return redact_line(json);
    walk(value, {}, 0);
    return value.dump(-1, ' ', false, Value::error_handler_t::replace);
  } catch (const std::exception&) {
    return std::string(kRedacted);  // out of what the library can hold: show nothing rather than too much
  }
}

std::string AccountMask::hide(std::string_view text) {
  const auto is_word = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  };
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at;
    while (end < text.size() && is_word(text[end])) ++end;
    const auto word = text.substr(at, end - at);
    const bool is_account = word.size() == 12 && std::all_of(word.begin(), word.end(),
                                                             [](char c) { return c >= '0' && c <= '9'; });
    if (is_account && !true_of_.contains(word)) {
      auto found = fake_of_.find(word);
      if (found == fake_of_.end()) {
        const std::string fake = fmt::format("{:012}", fake_of_.size() + 1);
        found = fake_of_.emplace(std::string(word), fake).first;
        true_of_.emplace(fake, std::string(word));
      }
      out += found->second;
    } else {
      out.append(word);
    }
    if (end == at) out += text[end++];
    at = end;
  }
  return out;
}

std::string AccountMask::reveal(std::string_view text) const {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const auto found = at + 12 <= text.size() ? true_of_.find(text.substr(at, 12)) : true_of_.end();
    const bool bounded = (at == 0 || text[at - 1] < '0' || text[at - 1] > '9') &&
                         (at + 12 >= text.size() || text[at + 12] < '0' || text[at + 12] > '9');
    if (found != true_of_.end() && bounded) {
      out += found->second;
      at += 12;
    } else {
      out += text[at++];
    }
  }
  return out;
}

}  // namespace doctor::facts
