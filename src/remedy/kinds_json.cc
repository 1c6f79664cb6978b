// What the readers of all kinds share: finding the one item, and making equal things look equal.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/arn.h"
#include "remedy/kinds_rows.h"

namespace doctor::remedy {

using nlohmann::json;

json answer_of(std::string_view text) {
  json answer = json::parse(text, nullptr, false);
  return answer.is_object() ? answer : json();
}

std::string absent_state() {
  return "null";
}

tl::unexpected<core::Error> not_of_this_kind(std::string_view operation, std::string_view what) {
  return core::fail(core::ErrorKind::internal,
                    fmt::format("the answer is not one of {}: it has no {}", operation, what));
}

State failed_on(std::string_view why) {
  return core::fail(core::ErrorKind::internal,
                    fmt::format("the answer has a field of another type than AWS documents: {}", why));
}

json item_of(const json& answer, std::string_view list, std::string_view key, std::string_view id) {
  const auto items = answer.find(list);
  if (items == answer.end() || !items->is_array()) return {};
  for (const json& item : *items) {
    const auto name = item.is_object() ? item.find(key) : item.end();
    if (!item.is_object() || name == item.end() || !name->is_string()) continue;
    const auto& text = name->get_ref<const std::string&>();
    if (text == id || core::short_name(id) == text) return item;
  }
  return {};
}

namespace {

// The member whatever the case of its first letter: ECS writes "key", EC2 "Key".
std::string text_of_either(const json& object, const char* lower, const char* upper) {
  for (const char* key : {lower, upper}) {
    const auto found = object.find(key);
    if (found != object.end() && found->is_string()) return found->get<std::string>();
  }
  return {};
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

// IAM sends documents URL-encoded (RFC 3986); version 2 of the CLI undoes that, version 1 does too.
std::string url_decoded(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const int high = text[at] == '%' && at + 2 < text.size() ? hex_digit(text[at + 1]) : -1;
    const int low = high < 0 ? -1 : hex_digit(text[at + 2]);
    if (low < 0) {
      out += text[at];
    } else {
      out += static_cast<char>(high * 16 + low);
      at += 2;
    }
  }
  return out;
}

}  // namespace

json tags_of(const json& list) {
  json tags = json::object();
  if (list.is_object()) return list;
  if (!list.is_array()) return tags;
  for (const json& tag : list) {
    if (!tag.is_object()) continue;
    const std::string key = text_of_either(tag, "key", "Key");
    if (!key.empty()) tags[key] = text_of_either(tag, "value", "Value");
  }
  return tags;
}

void sort_list(json& list) {
  if (!list.is_array()) return;
  std::sort(list.begin(), list.end(),
            [](const json& left, const json& right) { return left.dump() < right.dump(); });
}

void sort_at(json& object, std::initializer_list<std::string_view> path) {
  json* at = &object;
  for (const std::string_view key : path) {
    if (!at->is_object()) return;
    const auto found = at->find(key);
    if (found == at->end()) return;
    at = &*found;
  }
  sort_list(*at);
}

void erase_keys(json& object, std::initializer_list<std::string_view> keys) {
  if (!object.is_object()) return;
  for (const std::string_view key : keys) object.erase(std::string(key));
}

json document_of(const json& document) {
  if (!document.is_string()) return document;
  const auto& text = document.get_ref<const std::string&>();
  json plain = json::parse(text, nullptr, false);
  if (plain.is_structured()) return plain;
  json decoded = json::parse(url_decoded(text), nullptr, false);
  return decoded.is_structured() ? decoded : document;
}

std::string_view after_slash(std::string_view id) {
  const auto slash = id.rfind('/');
  return slash == std::string_view::npos ? id : id.substr(slash + 1);
}

std::string_view before_slash(std::string_view id) {
  return id.substr(0, id.rfind('/'));
}

std::string canonical(std::string_view text) {
  const json value = json::parse(text, nullptr, false);
  return value.is_discarded() ? std::string(text) : value.dump();
}

}  // namespace doctor::remedy
