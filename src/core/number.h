// Numbers written in text.
#pragma once

#include <charconv>
#include <optional>
#include <string_view>

namespace doctor::core {

// The whole number that the text is, sign and all; empty where it is anything else or does not fit.
inline std::optional<long long> whole_number(std::string_view text) {
  long long number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace doctor::core
