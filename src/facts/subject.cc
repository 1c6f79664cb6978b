#include "facts/subject.h"

#include <algorithm>

#include "core/arn.h"

namespace doctor::facts {
namespace {

bool is_figure(char c) {
  return c >= '0' && c <= '9';
}

bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_figure);
}

// "web.2" -> "web", "policy.v3" -> "policy".
std::string_view without_page(std::string_view subject) {
  const auto dot = subject.rfind('.');
  if (dot == std::string_view::npos) return subject;
  std::string_view tail = subject.substr(dot + 1);
  if (tail.starts_with('v')) tail.remove_prefix(1);
  return all_digits(tail) ? subject.substr(0, dot) : subject;
}

// "targetgroup/web/0f9d" -> "web": the name people know where the id at the end is AWS's.
std::string_view middle_name(std::string_view resource) {
  const auto first = resource.find('/');
  const auto last = resource.rfind('/');
  if (first == std::string_view::npos || first == last) return {};
  return resource.substr(first + 1, last - first - 1);
}

bool names_exactly(std::string_view subject, std::string_view arn_or_name) {
  if (subject == arn_or_name || slug(subject) == slug(arn_or_name)) return true;
  if (subject == slug(core::short_name(arn_or_name))) return true;
  const auto arn = core::Arn::parse(arn_or_name);
  return arn && !middle_name(arn->resource).empty() && subject == slug(middle_name(arn->resource));
}

}  // namespace

std::string slug(std::string_view arn_or_name) {
  const auto arn = core::Arn::parse(arn_or_name);
  std::string out(arn ? std::string_view(arn->resource) : arn_or_name);
  for (char& c : out) {
    const bool plain = is_figure(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
                       c == '.' || c == '+' || c == '=' || c == '@';
    if (!plain) c = '_';
  }
  return out;
}

bool names_resource(std::string_view subject, std::string_view arn_or_name) {
  if (arn_or_name.empty() || subject.empty()) return false;
  return names_exactly(subject, arn_or_name) || names_exactly(without_page(subject), arn_or_name);
}

bool is_anonymous(std::string_view subject) {
  return subject.empty() || all_digits(subject);
}

int resource_named(std::string_view subject, const std::vector<std::string>& candidates) {
  if (is_anonymous(subject)) return candidates.size() == 1 ? 0 : -1;
  int found = -1;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    if (!names_resource(subject, candidates[i])) continue;
    if (slug(candidates[i]) == subject) return static_cast<int>(i);
    if (found >= 0 && candidates[static_cast<std::size_t>(found)] != candidates[i])
      return -1;  // two of one name
    found = static_cast<int>(i);
  }
  return found;
}

}  // namespace doctor::facts
