#include "lab/handler.h"

#include <openssl/sha.h>

#include <algorithm>
#include <charconv>
#include <set>

namespace doctor::lab {
namespace {

const json kNull = nullptr;
const json kEmptyList = json::array();

std::string short_hash(std::string_view text) {
  return sha256_hex(text).substr(0, 16);
}

void collect(const json& value, std::string_view path, std::set<std::string>& found) {
  if (value.is_array()) {
    for (const auto& item : value) collect(item, path, found);
    return;
  }
  if (path.empty()) {
    if (value.is_string()) found.insert(value.get<std::string>());
    if (value.is_boolean() || value.is_number()) found.insert(value.dump());
    return;
  }
  if (!value.is_object()) return;
  const auto dot = path.find('.');
  const auto it = value.find(std::string(path.substr(0, dot)));
  if (it == value.end()) return;
  collect(*it, dot == std::string_view::npos ? std::string_view{} : path.substr(dot + 1), found);
}

}  // namespace

const json& member_of(const json& object, const char* key) {
  if (!object.is_object()) return kNull;
  const auto it = object.find(key);
  return it == object.end() ? kNull : *it;
}

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

std::string text_of(const json& object, const char* key, std::string_view fallback) {
  const json& value = member_of(object, key);
  return value.is_string() ? value.get<std::string>() : std::string(fallback);
}

long long integer_of(const json& object, const char* key, long long fallback) {
  const json& value = member_of(object, key);
  if (value.is_number()) return value.get<long long>();
  if (!value.is_string()) return fallback;
  const auto& text = value.get_ref<const std::string&>();
  long long number = fallback;
  const auto end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  return error == std::errc{} && stop == end ? number : fallback;
}

bool boolean_of(const json& object, const char* key, bool fallback) {
  const json& value = member_of(object, key);
  if (value.is_boolean()) return value.get<bool>();
  if (value.is_string()) return value.get_ref<const std::string&>() == "true";
  return fallback;
}

const json& list_of(const json& object, const char* key) {
  const json& value = member_of(object, key);
  return value.is_array() ? value : kEmptyList;
}

std::vector<std::string> strings_of(const json& object, const char* key) {
  std::vector<std::string> texts;
  for (const auto& item : list_of(object, key)) {
    if (item.is_string()) texts.push_back(item.get<std::string>());
  }
  return texts;
}

core::Timestamp time_of(const json& object, const char* key, core::Timestamp fallback) {
  const json& value = member_of(object, key);
  if (value.is_number()) return core::timestamp_of_epoch(value.get<double>());
  if (!value.is_string()) return fallback;
  return core::timestamp_of_iso(value.get_ref<const std::string&>()).value_or(fallback);
}

double epoch(core::Timestamp time) {
  return static_cast<double>(time.time_since_epoch().count()) / 1000.0;
}

std::string sha256_hex(std::string_view text) {
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest);
  std::string hex;
  for (const unsigned char byte : digest) {
    hex += "0123456789abcdef"[byte >> 4];
    hex += "0123456789abcdef"[byte & 15];
  }
  return hex;
}

std::vector<std::string> texts_at(const json& document, std::string_view path) {
  std::set<std::string> found;
  collect(document, path, found);
  return {found.begin(), found.end()};
}

// The token is the offset, hidden behind a hash of what was asked.
Reply page_of(const json& all, const json& input, const PageOf& page) {
  json question = input.is_object() ? input : json::object();
  const json token = member_of(question, page.input_token), limit_given = member_of(question, page.limit_key);
  question.erase(page.input_token);
  question.erase(page.limit_key);
  const std::string asked = short_hash(page.result_key + question.dump());

  std::size_t offset = 0;
  if (token.is_string() && !token.get_ref<const std::string&>().empty()) {
    const auto& text = token.get_ref<const std::string&>();
    const auto digits = text.size() > 16 ? std::string_view(text).substr(16) : std::string_view{};
    const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), offset, 16);
    if (text.rfind(asked, 0) != 0 || error != std::errc{} || stop != digits.data() + digits.size()) {
      return api_error(page.bad_token, "Invalid token: it does not belong to this request");
    }
  }
  long long limit = page.default_limit;
  if (!limit_given.is_null()) {
    limit = integer_of(input, page.limit_key, -1);
    if (limit < page.least || limit > page.most) {
      if (page.bad_limit != nullptr) {
        return api_error(page.bad_limit, std::string("Value ") + limit_given.dump() + " for " +
                                             page.limit_key + " is invalid: it must be between " +
                                             std::to_string(page.least) + " and " +
                                             std::to_string(page.most));
      }
      limit = std::clamp<long long>(limit, page.least, page.most);
    }
  }
  const std::size_t end = std::min(all.size(), offset + static_cast<std::size_t>(limit));
  json items = json::array();
  for (std::size_t i = std::min(offset, all.size()); i < end; ++i) items.push_back(all[i]);
  json answer{{page.result_key, std::move(items)}};
  if (end < all.size()) {
    char digits[20];
    const auto last = std::to_chars(digits, digits + sizeof digits, end, 16).ptr;
    answer[page.output_token] = asked + std::string(digits, last);
  }
  return answer;
}

}  // namespace doctor::lab
