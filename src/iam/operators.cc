#include "iam/operators.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <vector>

#include "core/time.h"

namespace doctor::iam {
namespace {

constexpr Operator kOperators[] = {
    {"StringEquals", Family::string, Compare::equal, false},
    {"StringNotEquals", Family::string, Compare::equal, true},
    {"StringEqualsIgnoreCase", Family::string, Compare::equal_ignoring_case, false},
    {"StringNotEqualsIgnoreCase", Family::string, Compare::equal_ignoring_case, true},
    {"StringLike", Family::string, Compare::like, false},
    {"StringNotLike", Family::string, Compare::like, true},
    {"NumericEquals", Family::numeric, Compare::equal, false},
    {"NumericNotEquals", Family::numeric, Compare::equal, true},
    {"NumericLessThan", Family::numeric, Compare::less, false},
    {"NumericLessThanEquals", Family::numeric, Compare::less_or_equal, false},
    {"NumericGreaterThan", Family::numeric, Compare::greater, false},
    {"NumericGreaterThanEquals", Family::numeric, Compare::greater_or_equal, false},
    {"DateEquals", Family::date, Compare::equal, false},
    {"DateNotEquals", Family::date, Compare::equal, true},
    {"DateLessThan", Family::date, Compare::less, false},
    {"DateLessThanEquals", Family::date, Compare::less_or_equal, false},
    {"DateGreaterThan", Family::date, Compare::greater, false},
    {"DateGreaterThanEquals", Family::date, Compare::greater_or_equal, false},
    {"Bool", Family::boolean, Compare::equal, false},
    {"BinaryEquals", Family::binary, Compare::equal, false},
    {"IpAddress", Family::ip, Compare::equal, false},
    {"NotIpAddress", Family::ip, Compare::equal, true},
    {"ArnEquals", Family::arn, Compare::like, false},
    {"ArnNotEquals", Family::arn, Compare::like, true},
    {"ArnLike", Family::arn, Compare::like, false},
    {"ArnNotLike", Family::arn, Compare::like, true},
    {"Null", Family::null, Compare::equal, false},
};

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

bool starts_ignoring_case(std::string_view text, std::string_view start) {
  return text.size() >= start.size() && equal_ignoring_case(text.substr(0, start.size()), start);
}

bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::optional<int> small_number(std::string_view text, int most) {
  if (!all_digits(text) || text.size() > 4) return std::nullopt;
  int value = 0;
  for (const char c : text) value = value * 10 + (c - '0');
  return value <= most ? std::optional(value) : std::nullopt;
}

std::optional<std::array<std::uint8_t, 4>> ipv4_of(std::string_view text) {
  std::array<std::uint8_t, 4> bytes = {};
  for (std::size_t i = 0; i < 4; ++i) {
    const auto dot = text.find('.');
    if ((dot == std::string_view::npos) != (i == 3)) return std::nullopt;
    const std::string_view part = text.substr(0, dot);
    const auto value = small_number(part, 255);
    if (!value || (part.size() > 1 && part[0] == '0')) return std::nullopt;
    bytes[i] = static_cast<std::uint8_t>(*value);
    if (i < 3) text.remove_prefix(dot + 1);
  }
  return bytes;
}

std::optional<std::uint16_t> group_of(std::string_view text) {
  if (text.empty() || text.size() > 4) return std::nullopt;
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return static_cast<std::uint16_t>(value);
}

// The groups of one side of "::", or of the whole address. At most eight; a dotted tail counts as two.
bool groups_of(std::string_view text, std::array<std::uint16_t, 8>& groups, std::size_t& count) {
  count = 0;
  while (!text.empty()) {
    const auto colon = text.find(':');
    const std::string_view part = text.substr(0, colon);
    if (colon == std::string_view::npos && part.find('.') != std::string_view::npos) {
      const auto tail = ipv4_of(part);
      if (!tail || count > 6) return false;
      groups[count++] = static_cast<std::uint16_t>((*tail)[0] << 8 | (*tail)[1]);
      groups[count++] = static_cast<std::uint16_t>((*tail)[2] << 8 | (*tail)[3]);
      return true;
    }
    const auto group = group_of(part);
    if (!group || count == 8) return false;
    groups[count++] = *group;
    if (colon == std::string_view::npos) return true;
    text.remove_prefix(colon + 1);
    if (text.empty()) return false;
  }
  return true;
}

std::optional<std::array<std::uint8_t, 16>> ipv6_of(std::string_view text) {
  std::array<std::uint16_t, 8> head = {}, tail = {}, whole = {};
  std::size_t heads = 0, tails = 0;
  const auto gap = text.find("::");
  if (gap == std::string_view::npos) {
    if (!groups_of(text, whole, heads) || heads != 8) return std::nullopt;
  } else {
    if (!groups_of(text.substr(0, gap), head, heads) || !groups_of(text.substr(gap + 2), tail, tails))
      return std::nullopt;
    if (heads + tails > 7) return std::nullopt;
    std::copy_n(head.begin(), heads, whole.begin());
    std::copy_n(tail.begin(), tails, whole.begin() + static_cast<std::ptrdiff_t>(8 - tails));
  }
  std::array<std::uint8_t, 16> bytes = {};
  for (std::size_t i = 0; i < 8; ++i) {
    bytes[2 * i] = static_cast<std::uint8_t>(whole[i] >> 8);
    bytes[2 * i + 1] = static_cast<std::uint8_t>(whole[i] & 0xFF);
  }
  return bytes;
}

// A short text without allocation: dates are read at every evaluation.
struct ShortText {
  std::array<char, 40> bytes = {};
  std::size_t size = 0;
  void append(std::string_view text) {
    for (const char c : text) {
      if (size < bytes.size()) bytes[size++] = c;
    }
  }
  std::string_view view() const { return {bytes.data(), size}; }
};

// W3C's NOTE-datetime: year, year-month, date, or date and time with a zone.
ShortText full_form(std::string_view text) {
  const auto digits = [&](std::size_t from, std::size_t count) {
    return text.size() >= from + count && all_digits(text.substr(from, count));
  };
  ShortText out;
  const bool year = text.size() == 4 && digits(0, 4);
  const bool month = text.size() == 7 && digits(0, 4) && text[4] == '-' && digits(5, 2);
  const bool day =
      text.size() == 10 && digits(0, 4) && text[4] == '-' && digits(5, 2) && text[7] == '-' && digits(8, 2);
  // Without seconds: 2020-01-01T12:30Z, 2020-01-01T12:30+01:00.
  const bool minute = text.size() >= 17 && text[10] == 'T' && digits(11, 2) && text[13] == ':' &&
                      digits(14, 2) && text[16] != ':';
  out.append(minute ? text.substr(0, 16) : text);
  if (year) out.append("-01-01");
  if (month) out.append("-01");
  if (year || month || day) out.append("T00:00:00Z");
  if (minute) {
    out.append(":00");
    out.append(text.substr(16));
  }
  return out;
}

// Calls back with each byte that the base64 text stands for. False where it is no base64.
template <class Function>
bool decode_base64(std::string_view text, Function&& byte) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  if (text.size() % 4 != 0) return false;
  std::size_t padding = 0;
  while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') ++padding;
  std::uint32_t bits = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto digit = i < text.size() - padding ? kAlphabet.find(text[i]) : 0;
    if (digit == std::string_view::npos) return false;
    bits = bits << 6 | static_cast<std::uint32_t>(digit);
    if (i % 4 != 3) continue;
    const std::size_t count = i + 1 == text.size() ? 3 - padding : 3;
    for (std::size_t k = 0; k < count; ++k) byte(static_cast<char>((bits >> (16 - 8 * k)) & 0xFF));
    bits = 0;
  }
  return true;
}

}  // namespace

std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = lower(c);
  return out;
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

const Operator* operator_named(std::string_view base) {
  for (const Operator& op : kOperators) {
    if (equal_ignoring_case(op.name, base)) return &op;
  }
  return nullptr;
}

std::optional<OperatorUse> operator_of(std::string_view text) {
  OperatorUse use;
  if (starts_ignoring_case(text, "ForAllValues:")) {
    use.set = 1;
    text.remove_prefix(13);
  } else if (starts_ignoring_case(text, "ForAnyValue:")) {
    use.set = 2;
    text.remove_prefix(12);
  }
  constexpr std::string_view kIfExists = "IfExists";
  if (text.size() > kIfExists.size() &&
      equal_ignoring_case(text.substr(text.size() - kIfExists.size()), kIfExists)) {
    use.if_exists = true;
    text.remove_suffix(kIfExists.size());
  }
  use.base = operator_named(text);
  if (use.base == nullptr || (use.base->family == Family::null && use.if_exists)) return std::nullopt;
  return use;
}

std::optional<IpRange> ip_range_of(std::string_view text) {
  const auto slash = text.find('/');
  const std::string_view address = text.substr(0, slash);
  IpRange range;
  int most = 128;
  if (const auto v4 = ipv4_of(address)) {
    range.address[10] = range.address[11] = 0xFF;
    std::copy(v4->begin(), v4->end(), range.address.begin() + 12);
    most = 32;
    range.is_ipv4 = true;
  } else if (const auto v6 = ipv6_of(address)) {
    range.address = *v6;
  } else {
    return std::nullopt;
  }
  if (slash != std::string_view::npos) {
    const auto prefix = small_number(text.substr(slash + 1), most);
    if (!prefix) return std::nullopt;
    range.prefix = *prefix + 128 - most;
  }
  return range;
}

bool contains(const IpRange& range, const IpRange& part) {
  if (part.is_ipv4 != range.is_ipv4 || part.prefix < range.prefix) return false;
  const auto whole = static_cast<std::size_t>(range.prefix / 8);
  if (!std::equal(range.address.begin(), range.address.begin() + static_cast<std::ptrdiff_t>(whole),
                  part.address.begin())) {
    return false;
  }
  const int rest = range.prefix % 8;
  return rest == 0 || (range.address[whole] ^ part.address[whole]) >> (8 - rest) == 0;
}

std::optional<double> number_of(std::string_view text) {
  if (text.empty()) return std::nullopt;
  if (text[0] == '+') text.remove_prefix(1);
  const std::string_view unsigned_part = text.substr(!text.empty() && text[0] == '-' ? 1 : 0);
  if (unsigned_part.empty() ||
      ((unsigned_part[0] < '0' || unsigned_part[0] > '9') && unsigned_part[0] != '.'))
    return std::nullopt;  // no "inf", no "nan"
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::optional<std::int64_t> milliseconds_of(std::string_view text) {
  constexpr double kLatest = 9e15;  // in milliseconds: far beyond year 9999, and exact in a double
  // Four digits are a year, more are seconds.
  if (const auto seconds = number_of(text); seconds && !(text.size() == 4 && all_digits(text))) {
    if (std::abs(*seconds) > kLatest / 1000) return std::nullopt;
    return static_cast<std::int64_t>(std::llround(*seconds * 1000));
  }
  const auto full = full_form(text);
  if (text.size() > 36) return std::nullopt;
  const auto time = core::timestamp_of_iso(full.view());
  if (!time) return std::nullopt;
  return time->time_since_epoch().count();
}

std::optional<bool> boolean_of(std::string_view text) {
  if (equal_ignoring_case(text, "true")) return true;
  if (equal_ignoring_case(text, "false")) return false;
  return std::nullopt;
}

std::optional<std::string> bytes_of_base64(std::string_view text) {
  std::string bytes;
  if (!decode_base64(text, [&](char c) { bytes.push_back(c); })) return std::nullopt;
  return bytes;
}

bool base64_equals(std::string_view text, std::string_view bytes) {
  std::size_t at = 0;
  bool same = true;
  const bool valid = decode_base64(text, [&](char c) {
    same = same && at < bytes.size() && bytes[at] == c;
    ++at;
  });
  return valid && same && at == bytes.size();
}

}  // namespace doctor::iam
