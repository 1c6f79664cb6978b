// The condition operators, and what their values must look like ("IAM JSON policy elements: Condition
// operators").
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace doctor::iam {

enum class Family { string, numeric, date, boolean, binary, ip, arn, null };

// How a value of the request is compared with one of the policy. Negated operators are the same comparison,
// denied.
enum class Compare { equal, equal_ignoring_case, like, less, less_or_equal, greater, greater_or_equal };

struct Operator {
  std::string_view name;  // in AWS's spelling, without set and IfExists
  Family family = Family::string;
  Compare compare = Compare::equal;
  bool negated = false;
};

// An operator as it is written: "ForAnyValue:StringLikeIfExists". Empty where no such operator exists; names
// compare without case, Null takes no IfExists.
struct OperatorUse {
  const Operator* base = nullptr;
  int set = 0;  // 0 single, 1 ForAllValues, 2 ForAnyValue
  bool if_exists = false;
};
std::optional<OperatorUse> operator_of(std::string_view text);
const Operator* operator_named(std::string_view base);  // nullptr where there is none

// 16 bytes hold both: an IPv4 address is written as ::ffff:a.b.c.d, its prefix counted from there.
struct IpRange {
  std::array<std::uint8_t, 16> address = {};
  int prefix = 128;
  bool is_ipv4 = false;  // ::/0 holds no IPv4 address
};
std::optional<IpRange> ip_range_of(std::string_view text);  // address, or address/prefix
bool contains(const IpRange& range, const IpRange& part);

std::optional<double> number_of(std::string_view text);  // decimal, no hexadecimal, no infinity
std::optional<std::int64_t> milliseconds_of(
    std::string_view text);                             // ISO 8601 in W3C's forms, or seconds since 1970
std::optional<bool> boolean_of(std::string_view text);  // true or false, in any case
std::optional<std::string> bytes_of_base64(std::string_view text);
bool base64_equals(std::string_view text, std::string_view bytes);  // the text stands for these bytes

std::string lower_case(std::string_view text);                     // ASCII
bool equal_ignoring_case(std::string_view a, std::string_view b);  // ASCII

}  // namespace doctor::iam
