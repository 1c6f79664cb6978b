#include "diagnose/pasted_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "core/json.h"

namespace doctor::diagnose {
namespace {

using core::Json;

constexpr std::size_t kLongestPaste = 1 << 20;  // of a pasted answer the first megabyte says enough
constexpr int kDeepest = 64;

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n\"'`";
  const auto first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

bool begins_ignoring_case(std::string_view text, std::string_view lower_prefix) {
  if (text.size() < lower_prefix.size()) return false;
  return std::equal(lower_prefix.begin(), lower_prefix.end(), text.begin(), [](char want, char c) {
    return want == (c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c);
  });
}

// "137", "exit 137", "exit code: 137", "exitCode=137", "exited with 137": the code; else nothing.
std::optional<int> exit_code_of(std::string_view text) {
  for (std::string_view word : {"container", "exited", "exit", "with", "code", "status", "code"}) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '_' || text.front() == '-'))
      text.remove_prefix(1);
    if (begins_ignoring_case(text, word)) text.remove_prefix(word.size());
  }
  while (!text.empty() && std::string_view(" :=()\"").find(text.front()) != std::string_view::npos)
    text.remove_prefix(1);
  while (!text.empty() && std::string_view(" .)\"").find(text.back()) != std::string_view::npos)
    text.remove_suffix(1);
  int code = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), code);
  if (text.empty() || error != std::errc() || end != text.data() + text.size() || code < 0 || code > 255)
    return std::nullopt;
  return code;
}

bool is_telling(std::string_view key) {
  constexpr std::array<std::string_view, 13> kKeys = {
      "stopCode",  "stoppedReason", "reason", "message", "errorMessage",
      "errorCode", "Message",       "Code",   "code",    "rolloutStateReason",
      "eventName", "statusReason",  "detail"};
  return std::find(kKeys.begin(), kKeys.end(), key) != kKeys.end();
}

void collect(Json value, std::string_view key, int depth, std::string& out) {
  if (depth > kDeepest) return;
  if (value.is_object()) {
    for (const auto& [name, member] : value.members()) collect(member, name, depth + 1, out);
  } else if (value.is_array()) {
    for (Json item : value.items()) collect(item, key, depth + 1, out);
  } else if (key == "exitCode" && value.is_number()) {
    out += "exit code " + std::to_string(value.integer_or(0)) + "\n";
  } else if (is_telling(key) && value.is_string()) {
    out += std::string(value.string_or()) + "\n";
  }
}

}  // namespace

std::string statements_in(std::string_view pasted) {
  const std::string_view text = trimmed(pasted.substr(0, kLongestPaste));
  if (const auto code = exit_code_of(text)) return "exit code " + std::to_string(*code);
  if (!text.empty() && (text.front() == '{' || text.front() == '[')) {
    if (const auto document = core::JsonDocument::parse(text, "pasted")) {
      std::string statements;
      collect(document->root(), {}, 0, statements);
      return statements;
    }
  }
  return std::string(text);
}

}  // namespace doctor::diagnose
