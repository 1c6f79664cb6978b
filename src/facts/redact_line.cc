// Lines: a hand-written scanner, because a log line may be megabytes long and std::regex recurses on it.
#include <algorithm>
#include <array>

#include "core/glob.h"
#include "facts/redact.h"

namespace doctor::facts {
namespace {

bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}
bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_word(char c) {
  return is_lower(c) || is_upper(c) || is_digit(c) || c == '_' || c == '-' || c == '.';
}
bool is_base64(char c) {
  return is_lower(c) || is_upper(c) || is_digit(c) || c == '+' || c == '/' || c == '=';
}
bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}
bool is_quote(char c) {
  return c == '"' || c == '\'' || c == '`';
}
bool is_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f');
}

std::string squeezed(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (c == '_' || c == '-' || c == '.' || c == ' ') continue;
    out += is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return out;
}

constexpr std::array<std::string_view, 16> kSecretWords = {
    "password",         "passwd",        "passphrase", "pwd",           "secret",     "token",
    "apikey",           "accesskey",     "authkey",    "privatekey",    "signingkey", "credential",
    "connectionstring", "authorization", "bearer",     "encryptionkey",
};
// Names that contain such a word and hold no secret.
constexpr std::array<std::string_view, 30> kHarmless = {
    "nexttoken",
    "nextforwardtoken",
    "nextbackwardtoken",
    "clienttoken",
    "clientrequesttoken",
    "starttoken",
    "accesskeyid",
    "secretarn",
    "secrets",
    "secretoptions",
    "credentialsparameter",
    "expiredtoken",
    "invalidtoken",
    "secretsmanager",
    "idempotencytoken",
    "authorizationconfig",
    "secretid",
    "secretname",
    "tokentype",
    "passwordlastused",
    "accesskeylastused",
    "awsaccesskeyid",
    "authorizationtype",
    "tokenissuetime",
    "secretversionid",
    "passwordresetrequired",
    "getauthorizationtoken",
    "getsessiontoken",
    "getlogincredentials",
    "getsecret",
};
// In "failed to fetch oauth token: unexpected status" these words introduce a sentence, not a value.
constexpr std::array<std::string_view, 6> kSoftWords = {"token",       "tokens",        "secret",
                                                        "credentials", "authorization", "credential"};

bool reads_as_sentence(std::string_view name, std::string_view value) {
  if (value.ends_with(':')) return true;  // a chain of error messages
  if (std::find(kSoftWords.begin(), kSoftWords.end(), squeezed(name)) == kSoftWords.end()) return false;
  const bool plain =
      std::none_of(value.begin(), value.end(), [](char c) { return !((c >= 'a' && c <= 'z') || c == '.'); });
  return value.size() < 6 || (plain && value.size() < 16);
}

// In running text only a name that ends in the word: "ExpiredTokenException: The …" is no secret.
bool ends_in_secret(std::string_view name) {
  const std::string plain = squeezed(name);
  if (std::find(kHarmless.begin(), kHarmless.end(), plain) != kHarmless.end()) return false;
  return std::any_of(kSecretWords.begin(), kSecretWords.end(), [&](std::string_view word) {
    return plain.ends_with(word) ||
           (plain.ends_with('s') && std::string_view(plain).substr(0, plain.size() - 1).ends_with(word) &&
            word != "secret");
  });
}

// Length of the secret that starts at `at`; 0 where none does. Each finder has one idea.

std::size_t access_key_id(std::string_view text, std::size_t at) {
  constexpr std::array<std::string_view, 5> kPrefixes = {"AKIA", "ASIA", "ABIA", "ACCA", "AGPA"};
  const auto starts = [&](std::string_view p) { return text.substr(at).starts_with(p); };
  if (at > 0 && (is_upper(text[at - 1]) || is_lower(text[at - 1]) || is_digit(text[at - 1]))) return 0;
  if (std::none_of(kPrefixes.begin(), kPrefixes.end(), starts)) return 0;
  std::size_t end = at + 4;
  while (end < text.size() && (is_upper(text[end]) || is_digit(text[end]))) ++end;
  return end - at >= 16 ? end - at : 0;
}

// eyJ… '.' … '.' …: a JSON Web Token (RFC 7519).
std::size_t web_token(std::string_view text, std::size_t at) {
  if (!text.substr(at).starts_with("eyJ") || (at > 0 && is_word(text[at - 1]) && text[at - 1] != '.'))
    return 0;
  std::size_t end = at;
  while (end < text.size() && is_word(text[end])) ++end;
  const auto token = text.substr(at, end - at);
  return std::count(token.begin(), token.end(), '.') >= 1 && token.size() >= 20 ? end - at : 0;
}

// Forty characters of base64 in mixed case: the form of an AWS secret access key. Not a Git hash, and not a
// path, such as a log stream or an ARN.
std::size_t secret_access_key(std::string_view text, std::size_t at) {
  if (!is_base64(text[at]) ||
      (at > 0 && (is_base64(text[at - 1]) || text[at - 1] == '-' || text[at - 1] == '_')))
    return 0;
  std::size_t end = at;
  bool upper = false, lower = false, digit = false;
  std::size_t hex_run = 0, longest_hex = 0;
  while (end < text.size() && is_base64(text[end])) {
    upper = upper || is_upper(text[end]);
    lower = lower || is_lower(text[end]);
    digit = digit || is_digit(text[end]);
    hex_run = is_hex(text[end]) ? hex_run + 1 : 0;
    longest_hex = std::max(longest_hex, hex_run);
    ++end;
  }
  if (end < text.size() && (text[end] == '-' || text[end] == '_')) return 0;
  if (end - at != 40 || !upper || !lower || !digit || longest_hex >= 16) return 0;
  auto word = at;
  while (word > 0 && at - word < 300 && !is_space(text[word - 1]) && !is_quote(text[word - 1])) --word;
  return text.substr(word).starts_with("arn:") ? 0 : end - at;
}

std::size_t length_of_value(std::string_view text, std::size_t at) {
  if (at >= text.size()) return 0;
  if (is_quote(text[at])) {
    auto end = at + 1;
    while (end < text.size() && text[end] != text[at]) end += text[end] == '\\' ? 2 : 1;
    return std::min(end, text.size()) - at;
  }
  auto end = at;
  while (end < text.size() && !is_space(text[end]) && !is_quote(text[end]) && text[end] != ',' &&
         text[end] != ';' && text[end] != '&' && text[end] != ')' && text[end] != '}' && text[end] != ']')
    ++end;
  return end - at;
}

struct Span {
  std::size_t begin = 0, end = 0;  // of the value inside the line; empty where there is none
};

// A value without its opening quote; an escaped one (\"…\") too.
Span value_span(std::string_view text, std::size_t at) {
  if (text.substr(at).starts_with("\\\"")) {
    const auto close = text.find("\\\"", at + 2);
    return {at + 2, close == std::string_view::npos ? text.size() : close};
  }
  const auto length = length_of_value(text, at);
  const bool quoted = at < text.size() && is_quote(text[at]);
  return {at + (quoted ? 1 : 0), at + length};
}

std::size_t skip_spaces(std::string_view text, std::size_t at) {
  while (at < text.size() && (text[at] == ' ' || text[at] == '\t')) ++at;
  return at;
}

// "password=x", "password: x", "\"password\": \"x\"", "--password x", "Authorization: Bearer x", "Bearer x".
Span named_secret(std::string_view text, std::size_t at) {
  if (!is_word(text[at]) || (at > 0 && is_word(text[at - 1]))) return {};
  auto end = at;
  while (end < text.size() && is_word(text[end])) ++end;
  const auto name = text.substr(at, end - at);
  if (name == "Bearer" || name == "bearer" || name == "BEARER" || name == "Basic") {
    const auto value = skip_spaces(text, end);
    auto stop = value;
    while (stop < text.size() && (is_base64(text[stop]) || is_word(text[stop]) || text[stop] == '~')) ++stop;
    if (value > end && stop - value >= 8) return {value, stop};
    return {};
  }
  if (name == "-p" &&
      core::contains(text.substr(at < 200 ? 0 : at - 200, std::min<std::size_t>(at, 200)), "login"))
    return value_span(text, skip_spaces(text, end));
  if (!ends_in_secret(name)) return {};
  const bool flag = name.starts_with("--");
  std::size_t next = end;
  if (text.substr(next).starts_with("\\\"")) {
    next += 2;
  } else if (next < text.size() && is_quote(text[next])) {
    ++next;
  }
  const auto mark = skip_spaces(text, next);
  if (mark >= text.size()) return {};
  std::size_t value = 0;
  if (text[mark] == '=') {
    value = skip_spaces(text, mark + (text.substr(mark).starts_with("=>") ? 2 : 1));
  } else if (text[mark] == ':' && (next > end || (mark + 1 < text.size() &&
                                                  (is_space(text[mark + 1]) || is_quote(text[mark + 1]))))) {
    value = skip_spaces(text, mark + 1);
  } else if (flag && mark > end && text[mark] != '-') {
    value = mark;
  } else {
    return {};
  }
  const bool loose = text[mark] == ':' && next == end && !is_quote(text[value < text.size() ? value : mark]);
  const auto scheme = text.substr(std::min(value, text.size()));
  bool has_scheme = false;
  for (const std::string_view word : {"Bearer ", "bearer ", "Basic ", "AWS4-HMAC-SHA256 "}) {
    if (!scheme.starts_with(word)) continue;
    value += word.size();
    has_scheme = true;
  }
  const Span span = value_span(text, value);
  const auto shown = text.substr(span.begin, span.end - span.begin);
  if (shown.starts_with("arn:")) return {};
  return loose && !has_scheme && reads_as_sentence(name, shown) ? Span{} : span;
}

// scheme://user:password@host: the password.
Span url_password(std::string_view text, std::size_t at) {
  if (!text.substr(at).starts_with("://")) return {};
  const auto start = at + 3;
  auto end = start;
  while (end < text.size() && !is_space(text[end]) && !is_quote(text[end]) && text[end] != '/' &&
         text[end] != '?' && text[end] != '#' && text[end] != '<')
    ++end;
  const auto authority = text.substr(start, end - start);
  const auto host = authority.rfind('@');
  const auto colon = authority.find(':');
  if (host == std::string_view::npos || colon == std::string_view::npos || colon > host) return {};
  return {start + colon + 1, start + host};
}

// What stands between BEGIN and END of a PEM block that is no certificate.
Span private_key(std::string_view text, std::size_t at) {
  if (!text.substr(at).starts_with("-----BEGIN ")) return {};
  const auto head = text.find("-----", at + 11);
  if (head == std::string_view::npos || !core::contains(text.substr(at, head - at), "PRIVATE KEY")) return {};
  const auto end = text.find("-----END", head + 5);
  return {head + 5, end == std::string_view::npos ? text.size() : end};
}

}  // namespace

bool is_secret_name(std::string_view name) {
  if (name.find(':') != std::string_view::npos) return false;  // a condition key or an ARN
  const std::string plain = squeezed(name);
  if (std::find(kHarmless.begin(), kHarmless.end(), plain) != kHarmless.end()) return false;
  return std::any_of(kSecretWords.begin(), kSecretWords.end(),
                     [&](std::string_view word) { return core::contains(plain, word); });
}

std::string redact_line(std::string_view line) {
  std::string out;
  out.reserve(line.size());
  for (std::size_t at = 0; at < line.size();) {
    if (const auto length = access_key_id(line, at); length > 0) {
      out.append(line.substr(at, 4)).append(kRedacted);
      at += length;
      continue;
    }
    const auto whole = std::max(web_token(line, at), secret_access_key(line, at));
    if (whole > 0) {
      out.append(kRedacted);
      at += whole;
      continue;
    }
    Span span = private_key(line, at);
    if (span.begin == span.end) span = url_password(line, at);
    if (span.begin == span.end) span = named_secret(line, at);
    if (span.begin < span.end) {
      out.append(line.substr(at, span.begin - at)).append(kRedacted);
      at = span.end;
      continue;
    }
    out += line[at++];
  }
  return out;
}

std::vector<std::string> redact_command(const std::vector<std::string>& words) {
  std::vector<std::string> out;
  bool hide = false;
  for (const std::string& word : words) {
    const bool is_flag = word.starts_with('-');
    if (hide && !is_flag) {
      out.emplace_back(kRedacted);
    } else {
      out.push_back(redact_line(word));
    }
    hide = is_flag && word.find('=') == std::string::npos && is_secret_name(word);
  }
  return out;
}

}  // namespace doctor::facts
