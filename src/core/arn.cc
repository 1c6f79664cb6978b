#include "core/arn.h"

#include <array>

namespace doctor::core {

Result<Arn> Arn::parse(std::string_view text) {
  const auto wrong = [&] {
    return fail(ErrorKind::bad_input, "'" + std::string(text) + "' is not an ARN",
                "the form is arn:aws:SERVICE:REGION:ACCOUNT:RESOURCE");
  };
  std::array<std::string_view, 5> head;
  std::string_view rest = text;
  for (auto& part : head) {
    const auto colon = rest.find(':');
    if (colon == std::string_view::npos) return wrong();
    part = rest.substr(0, colon);
    rest.remove_prefix(colon + 1);
  }
  if (head[0] != "arn" || head[1].empty() || head[2].empty() || rest.empty()) return wrong();
  return Arn{std::string(head[1]), std::string(head[2]), std::string(head[3]), std::string(head[4]),
             std::string(rest)};
}

std::string Arn::text() const {
  return "arn:" + partition + ":" + service + ":" + region + ":" + account + ":" + resource;
}

std::string_view Arn::resource_type() const {
  const auto end = resource.find_first_of("/:");
  return end == std::string::npos ? std::string_view{} : std::string_view(resource).substr(0, end);
}

std::string_view Arn::resource_id() const {
  return short_name(resource);
}

std::string_view short_name(std::string_view arn) {
  const auto slash = arn.rfind('/');
  if (slash != std::string_view::npos) return arn.substr(slash + 1);
  const auto colon = arn.rfind(':');
  return colon == std::string_view::npos ? arn : arn.substr(colon + 1);
}

std::string_view family_revision(std::string_view task_definition_arn) {
  const auto slash = task_definition_arn.rfind('/');
  return slash == std::string_view::npos ? task_definition_arn : task_definition_arn.substr(slash + 1);
}

bool is_account_id(std::string_view text) {
  if (text.size() != 12) return false;
  for (char c : text) {
    if (c < '0' || c > '9') return false;
  }
  return true;
}

bool is_region_name(std::string_view text) {
  // xx-[word-]word-N (eusc-de-east-1 has a longer first word): lower-case words, one digit (or two) at the
  // end.
  int dashes = 0;
  for (char c : text) {
    if (c == '-') {
      ++dashes;
    } else if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))) {
      return false;
    }
  }
  if (dashes < 2 || dashes > 4 || text.size() < 8 || text.find('-') > 4) return false;
  const auto last = text.rfind('-');
  const auto number = text.substr(last + 1);
  if (number.empty() || number.size() > 2) return false;
  for (char c : number) {
    if (c < '0' || c > '9') return false;
  }
  for (char c : text.substr(0, last)) {
    if (c >= '0' && c <= '9') return false;
  }
  return text.find("--") == std::string_view::npos;
}

std::string_view region_of_zone(std::string_view zone) {
  if (zone.size() < 2) return {};
  const char letter = zone.back();
  if (letter < 'a' || letter > 'z') return {};
  const auto region = zone.substr(0, zone.size() - 1);
  return is_region_name(region) ? region : std::string_view{};
}

}  // namespace doctor::core
