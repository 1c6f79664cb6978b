#include "iam/policy_elements.h"

#include <algorithm>
#include <vector>

#include "core/arn.h"
#include "core/glob.h"

namespace doctor::iam {
namespace {

bool is_letter_or_digit(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool has_wildcard(std::string_view text) {
  return text.find_first_of("*?") != std::string_view::npos;
}

bool is_printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) > 0x20; });
}

// The segments of an ARN; the sixth keeps its colons. A colon inside ${…} parts nothing.
std::vector<std::string_view> arn_segments(std::string_view text) {
  std::vector<std::string_view> segments;
  std::size_t from = 0;
  bool in_variable = false;
  for (std::size_t i = 0; i < text.size() && segments.size() < 5; ++i) {
    if (text.substr(i, 2) == "${") in_variable = true;
    if (text[i] == '}') in_variable = false;
    if (text[i] != ':' || in_variable) continue;
    segments.push_back(text.substr(from, i - from));
    from = i + 1;
  }
  segments.push_back(text.substr(from));
  return segments;
}

std::string quoted(std::string_view text) {
  constexpr std::size_t kShown = 80;
  return text.size() > kShown ? "'" + std::string(text.substr(0, kShown)) + "…'"
                              : "'" + std::string(text) + "'";
}

bool is_unique_id(std::string_view text) {
  return text.size() >= 16 && text.size() <= 128 && text[0] == 'A' &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); });
}

std::optional<std::string> wrong_with_aws_principal(std::string& text, PrincipalKind& kind) {
  if (text == "*") {
    kind = PrincipalKind::everyone;
    return std::nullopt;
  }
  if (core::is_account_id(text)) {
    kind = PrincipalKind::account;
    return std::nullopt;
  }
  if (text.rfind("arn:", 0) != 0) {
    kind = PrincipalKind::unique_id;
    if (is_unique_id(text)) return std::nullopt;
    return quoted(text) + " is no AWS principal: an account id, an ARN of a user, role or session, or *";
  }
  const auto segments = arn_segments(text);
  if (segments.size() != 6) return quoted(text) + " is no ARN: it has fewer than six segments";
  if (has_wildcard(text))
    return quoted(text) +
           " has a wildcard: a principal's ARN cannot (match aws:PrincipalArn in a Condition instead)";
  const std::string_view service = segments[2], account = segments[4], resource = segments[5];
  const auto is = [&](std::string_view type) {
    return resource.rfind(type, 0) == 0 && resource.size() > type.size();
  };
  if (!segments[3].empty() || (!core::is_account_id(account) && account != "cloudfront"))
    return quoted(text) + " is no ARN of a principal: it needs an account id and no region";
  if (service == "iam" && resource == "root") {
    kind = PrincipalKind::account;
    text = std::string(account);
    return std::nullopt;
  }
  kind = PrincipalKind::arn;
  if (service == "iam" && (is("user/") || is("role/"))) return std::nullopt;
  if (service == "sts" && is("assumed-role/") && std::count(resource.begin(), resource.end(), '/') == 2)
    return std::nullopt;
  if (service == "sts" && is("federated-user/")) return std::nullopt;
  return quoted(text) + " cannot be a principal: only a root, user, role, assumed-role or federated-user can";
}

}  // namespace

std::optional<std::string> wrong_with_action(std::string_view text) {
  if (text == "*") return std::nullopt;
  const auto colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0 || colon + 1 == text.size())
    return quoted(text) + " is no action: write it as service:Operation, or *";
  const auto service = text.substr(0, colon), name = text.substr(colon + 1);
  const auto in_service = [](char c) { return is_letter_or_digit(c) || c == '-' || c == '*' || c == '?'; };
  const auto in_name = [](char c) {
    return is_letter_or_digit(c) || c == '-' || c == '_' || c == '*' || c == '?';
  };
  if (!std::all_of(service.begin(), service.end(), in_service) ||
      !std::all_of(name.begin(), name.end(), in_name))
    return quoted(text) + " is no action: it holds a character that no action has";
  if (text.size() > 128) return quoted(text) + " is too long for an action";
  return std::nullopt;
}

std::optional<std::string> wrong_with_variables(std::string_view text, Version version) {
  if (version == Version::v2008_10_17) return std::nullopt;
  for (std::size_t at = text.find("${"); at != std::string_view::npos; at = text.find("${", at + 2)) {
    const auto end = text.find('}', at);
    if (end == std::string_view::npos) return quoted(text) + " has a policy variable without its closing }";
    if (end == at + 2) return quoted(text) + " has a policy variable without a name";
  }
  return std::nullopt;
}

std::optional<std::string> wrong_with_resource(std::string_view text, Version version) {
  if (text == "*") return std::nullopt;
  if (auto wrong = wrong_with_variables(text, version)) return wrong;
  if (text.rfind("arn:", 0) != 0) return quoted(text) + " is no resource: it must be an ARN or *";
  const auto segments = arn_segments(text);
  // A '*' at the end of a segment reaches over the colons behind it, so that a shorter text can still be an
  // ARN.
  const bool open_end = !segments.back().empty() && segments.back().back() == '*';
  if (segments.size() < 6 && !open_end) return quoted(text) + " is no ARN: it has fewer than six segments";
  if (segments.size() < 3) return quoted(text) + " is no ARN: it names no service";
  if (segments[1].rfind("aws", 0) != 0 && !has_wildcard(segments[1]))
    return quoted(text) + " is no ARN: '" + std::string(segments[1]) + "' is no partition";
  const std::string_view service = segments[2];
  if (service.empty()) return quoted(text) + " is no ARN: it names no service";
  if (has_wildcard(service))
    return quoted(text) + " has a wildcard in its service segment, where ARNs cannot have one";
  return std::nullopt;
}

std::optional<std::string> wrong_with_key(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0 || colon + 1 == text.size() ||
      !is_printable(text.substr(0, colon)))
    return quoted(text) + " is no condition key: write it as service:Key";
  return std::nullopt;
}

std::optional<std::string> wrong_with_value(const Operator& op, std::string_view text, Version version) {
  const bool variable = version == Version::v2012_10_17 && text.find("${") != std::string_view::npos;
  if (variable) {
    if (auto wrong = wrong_with_variables(text, version)) return wrong;
  }
  const auto unless = [&](bool ok, std::string_view expected) -> std::optional<std::string> {
    if (ok) return std::nullopt;
    return quoted(text) + " is no value for " + std::string(op.name) + ": " + std::string(expected);
  };
  switch (op.family) {
    case Family::string:
      return std::nullopt;
    case Family::numeric:
      return unless(number_of(text).has_value(), "write a number");
    case Family::date:
      return unless(milliseconds_of(text).has_value(),
                    "write a date as 2026-01-31T00:00:00Z or seconds since 1970");
    case Family::boolean:
      return unless(variable || boolean_of(text).has_value(), "write true or false");
    case Family::binary:
      return unless(bytes_of_base64(text).has_value(), "write base64");
    case Family::ip:
      return unless(ip_range_of(text).has_value(), "write an address or CIDR as 203.0.113.0/24");
    case Family::arn:
      return unless(text == "*" || variable ||
                        (text.rfind("arn:", 0) == 0 && arn_segments(text).size() == 6) ||
                        (has_wildcard(text) && arn_segments(text).size() == 6),
                    "write an ARN of six segments");
    case Family::null:
      return unless(boolean_of(text).has_value(), "write true (the key is absent) or false (it is present)");
  }
  return std::nullopt;
}

std::optional<std::string> wrong_with_sid(std::string_view text, PolicyKind kind) {
  if (kind == PolicyKind::resource || kind == PolicyKind::any)
    return std::nullopt;  // several services allow more
  if (std::all_of(text.begin(), text.end(), is_letter_or_digit)) return std::nullopt;
  return quoted(text) + " is no Sid: IAM allows letters and digits only";
}

std::optional<std::string> wrong_with_principal(std::string_view type, std::string& text,
                                                PrincipalKind& kind) {
  if (type == "AWS") return wrong_with_aws_principal(text, kind);
  if (type == "Service") {
    kind = PrincipalKind::service;
    if (text.find('.') == std::string::npos || has_wildcard(text) || !is_printable(text))
      return quoted(text) + " is no service principal: write it as ecs-tasks.amazonaws.com";
    return std::nullopt;
  }
  if (type == "Federated") {
    kind = PrincipalKind::federated;
    const bool arn = text.rfind("arn:", 0) == 0 &&
                     (core::contains(text, ":saml-provider/") || core::contains(text, ":oidc-provider/"));
    if (has_wildcard(text) ||
        (!arn && (text.find('.') == std::string::npos || text.find(':') != std::string::npos)))
      return quoted(text) + " is no federated principal: write the ARN of its provider, or its domain";
    return std::nullopt;
  }
  kind = PrincipalKind::canonical_user;
  const auto is_hex = [](char c) { return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'f'); };
  if (text.size() != 64 || !std::all_of(text.begin(), text.end(), is_hex))
    return quoted(text) + " is no canonical user id: it has 64 hexadecimal digits";
  return std::nullopt;
}

}  // namespace doctor::iam
