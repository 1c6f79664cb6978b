#include "lab/log_filter.h"

#include <cctype>
#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

#include "core/glob.h"
#include "core/number.h"
#include "lab/handler.h"

namespace doctor::lab {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front()))) text.remove_prefix(1);
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back()))) text.remove_suffix(1);
  return text;
}

// Reads `{ expression }` and answers it for one document. || binds looser than &&; parentheses group.
class Selector {
 public:
  Selector(std::string_view text, const json& document) : text_(text), document_(document) {}

  std::optional<bool> answer() {
    const bool result = any();
    skip();
    return good_ && at_ == text_.size() ? std::optional(result) : std::nullopt;
  }

 private:
  bool any() {
    bool result = all();
    while (good_ && take("||")) result = all() || result;
    return result;
  }
  bool all() {
    bool result = one();
    while (good_ && take("&&")) result = one() && result;
    return result;
  }
  bool one() {
    if (take("(")) {
      const bool result = any();
      good_ = good_ && take(")");
      return result;
    }
    const std::vector<std::string> path = property();
    const json* value = &document_;
    for (const auto& part : path) {
      if (value == nullptr) break;
      if (value->is_array() && !part.empty() && part.find_first_not_of("0123456789") == std::string::npos) {
        const auto index = static_cast<std::size_t>(core::whole_number(part).value_or(-1));
        value = index < value->size() ? &(*value)[index] : nullptr;
      } else {
        value = value->is_object() && value->contains(part) ? &(*value)[part] : nullptr;
      }
    }
    return compare(value);
  }
  bool compare(const json* value) {
    if (take("NOT EXISTS")) return value == nullptr;
    if (take("IS NULL")) return value != nullptr && value->is_null();
    if (take("IS TRUE")) return value != nullptr && *value == true;
    if (take("IS FALSE")) return value != nullptr && *value == false;
    for (const std::string_view comparison : {"!=", ">=", "<=", "=", ">", "<"}) {
      if (!take(comparison)) continue;
      const auto [wanted, quoted] = operand();
      return value != nullptr && holds(*value, comparison, wanted, quoted);
    }
    good_ = false;
    return false;
  }
  static bool holds(const json& value, std::string_view comparison, const std::string& wanted, bool quoted) {
    char* end = nullptr;
    const double number = std::strtod(wanted.c_str(), &end);
    if (!quoted && end != wanted.c_str() && *end == '\0' && value.is_number()) {
      const double actual = value.get<double>();
      if (comparison == "=") return actual == number;
      if (comparison == "!=") return actual != number;
      if (comparison == ">") return actual > number;
      if (comparison == "<") return actual < number;
      return comparison == ">=" ? actual >= number : actual <= number;
    }
    const bool same = core::glob_matches(wanted, value.is_string() ? value.get<std::string>() : value.dump());
    return comparison == "=" ? same : comparison == "!=" && !same;
  }
  // $.detail.stopCode, $.containers[0].exitCode, $.["detail-type"], $.detail-type
  std::vector<std::string> property() {
    std::vector<std::string> parts;
    if (!take("$")) good_ = false;
    while (good_ && at_ < text_.size()) {
      if (text_[at_] == '.') {
        ++at_;
        if (at_ < text_.size() && text_[at_] == '[') continue;
        const auto start = at_;
        while (at_ < text_.size() && (std::isalnum(static_cast<unsigned char>(text_[at_])) ||
                                      text_[at_] == '_' || text_[at_] == '-'))
          ++at_;
        good_ = at_ > start;
        parts.emplace_back(text_.substr(start, at_ - start));
      } else if (text_[at_] == '[') {
        const auto close = text_.find(']', at_);
        if (close == std::string_view::npos) {
          good_ = false;
          break;
        }
        std::string_view part = text_.substr(at_ + 1, close - at_ - 1);
        if (part.size() > 1 && part.front() == '"') part = part.substr(1, part.size() - 2);
        parts.emplace_back(part);
        at_ = close + 1;
      } else {
        break;
      }
    }
    good_ = good_ && !parts.empty();
    return parts;
  }
  std::pair<std::string, bool> operand() {
    skip();
    if (at_ < text_.size() && text_[at_] == '"') {
      const auto close = text_.find('"', at_ + 1);
      if (close == std::string_view::npos) {
        good_ = false;
        return {};
      }
      const std::string value(text_.substr(at_ + 1, close - at_ - 1));
      at_ = close + 1;
      return {value, true};
    }
    const auto start = at_;
    while (at_ < text_.size() && !std::isspace(static_cast<unsigned char>(text_[at_])) && text_[at_] != ')' &&
           text_[at_] != '&' && text_[at_] != '|')
      ++at_;
    good_ = good_ && at_ > start;
    return {std::string(text_.substr(start, at_ - start)), false};
  }
  void skip() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_]))) ++at_;
  }
  bool take(std::string_view token) {
    skip();
    if (text_.substr(at_, token.size()) != token) return false;
    at_ += token.size();
    return true;
  }

  std::string_view text_;
  const json& document_;
  std::size_t at_ = 0;
  bool good_ = true;
};

struct Term {
  char sign = ' ';  // '?' : at least one such; '-' : none such
  std::string text;
};

std::optional<std::vector<Term>> terms_of(std::string_view pattern) {
  std::vector<Term> terms;
  std::size_t at = 0;
  while (at < pattern.size()) {
    if (std::isspace(static_cast<unsigned char>(pattern[at]))) {
      ++at;
      continue;
    }
    Term term;
    if (pattern[at] == '?' || pattern[at] == '-') term.sign = pattern[at++];
    if (at < pattern.size() && pattern[at] == '"') {
      const auto close = pattern.find('"', at + 1);
      if (close == std::string_view::npos) return std::nullopt;
      term.text = pattern.substr(at + 1, close - at - 1);
      at = close + 1;
    } else {
      const auto start = at;
      while (at < pattern.size() && !std::isspace(static_cast<unsigned char>(pattern[at]))) ++at;
      term.text = pattern.substr(start, at - start);
    }
    terms.push_back(std::move(term));
  }
  return terms;
}

bool is_selector(std::string_view pattern) {
  return pattern.size() > 1 && pattern.front() == '{' && pattern.back() == '}';
}

}  // namespace

bool log_matches(std::string_view given, std::string_view message) {
  const auto pattern = trimmed(given);
  if (pattern.empty()) return true;
  if (is_selector(pattern)) {
    const json document = json::parse(message, nullptr, false);
    if (!document.is_object()) return false;
    return Selector(trimmed(pattern.substr(1, pattern.size() - 2)), document).answer().value_or(false);
  }
  bool optional_seen = false, optional_found = false;
  for (const auto& term : terms_of(pattern).value_or(std::vector<Term>{})) {
    const bool found = core::contains(message, term.text);
    if (term.sign == ' ' && !found) return false;
    if (term.sign == '-' && found) return false;
    optional_seen = optional_seen || term.sign == '?';
    optional_found = optional_found || (term.sign == '?' && found);
  }
  return !optional_seen || optional_found;
}

bool log_pattern_valid(std::string_view given) {
  const auto pattern = trimmed(given);
  if (!pattern.empty() && pattern.front() == '{') {
    const json nothing = json::object();
    return is_selector(pattern) &&
           Selector(trimmed(pattern.substr(1, pattern.size() - 2)), nothing).answer().has_value();
  }
  return terms_of(pattern).has_value();
}

}  // namespace doctor::lab
