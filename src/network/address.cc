#include "network/address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace doctor::network {
namespace {

// Not on the internet: "IANA IPv4 Special-Purpose Address Registry", sorted. Its documentation blocks
// (192.0.2.0/24, 198.51.100.0/24, 203.0.113.0/24) are left in: examples stand for addresses of the internet.
constexpr std::array kSpecial{"0.0.0.0/8",      "10.0.0.0/8",    "100.64.0.0/10", "127.0.0.0/8",
                              "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",  "192.168.0.0/16",
                              "198.18.0.0/15",  "224.0.0.0/3"};

Number all_ones(int bits) {
  return bits >= 128 ? ~Number{0} : (Number{1} << bits) - 1;
}

}  // namespace

std::optional<Cidr> cidr_of(std::string_view text) {
  const auto slash = text.find('/');
  const std::string address(text.substr(0, slash));
  Cidr out;
  out.version = address.find(':') == std::string::npos ? 4 : 6;
  std::array<unsigned char, 16> bytes{};
  const int size = out.version == 4 ? 4 : 16;
  if (address.find('\0') != std::string::npos ||
      inet_pton(out.version == 4 ? AF_INET : AF_INET6, address.c_str(), bytes.data()) != 1)
    return std::nullopt;
  Number value = 0;
  for (int i = 0; i < size; ++i) value = value << 8 | bytes[static_cast<std::size_t>(i)];
  out.bits = size * 8;
  if (slash != std::string_view::npos) {
    const auto bits = text.substr(slash + 1);
    const auto [end, error] = std::from_chars(bits.data(), bits.data() + bits.size(), out.bits);
    if (error != std::errc() || end != bits.data() + bits.size() || out.bits < 0 || out.bits > size * 8)
      return std::nullopt;
  }
  const Number host = all_ones(size * 8 - out.bits);
  out.range = {value & ~host, value | host};
  return out;
}

std::string address_text(Number value, int version) {
  std::array<unsigned char, 16> bytes{};
  const int size = version == 4 ? 4 : 16;
  for (int i = size; i-- > 0; value >>= 8)
    bytes[static_cast<std::size_t>(i)] = static_cast<unsigned char>(value & 0xff);
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(version == 4 ? AF_INET : AF_INET6, bytes.data(), text.data(), text.size());
  return text.data();
}

std::string range_text(const Range& range, int version) {
  const int size = version == 4 ? 32 : 128;
  if (range.first == range.last) return address_text(range.first, version);
  for (int host = 1; host <= size; ++host) {
    if (range.last - range.first != all_ones(host)) continue;
    if ((range.first & all_ones(host)) == 0)
      return address_text(range.first, version) + "/" + std::to_string(size - host);
  }
  return address_text(range.first, version) + "-" + address_text(range.last, version);
}

Cidr enclosing(const Range& range, int version) {
  const int size = version == 4 ? 32 : 128;
  for (int host = 0; host <= size; ++host) {
    const Number mask = all_ones(host);
    if ((range.first & ~mask) == (range.last & ~mask))
      return {version, size - host, {range.first & ~mask, (range.first & ~mask) | mask}};
  }
  return {version, 0, whole(version)};
}

std::string cidr_text(const Cidr& cidr) {
  return address_text(cidr.range.first, cidr.version) + "/" + std::to_string(cidr.bits);
}

Range whole(int version) {
  return {0, all_ones(version == 4 ? 32 : 128)};
}

std::vector<Range> public_ranges(int version) {
  if (version == 6) return {cidr_of("2000::/3")->range};  // global unicast: RFC 4291
  std::vector<Range> out;
  Number at = 0;
  for (const auto* text : kSpecial) {
    const Range hole = cidr_of(text)->range;
    if (hole.first > at) out.push_back({at, hole.first - 1});
    at = hole.last + 1;
  }
  return out;
}

bool is_public(Number value, int version) {
  static const std::array<std::vector<Range>, 2> kPublic{public_ranges(4), public_ranges(6)};
  const auto& ranges = kPublic[version == 4 ? 0 : 1];
  return std::any_of(ranges.begin(), ranges.end(), [&](const Range& r) { return r.holds(value); });
}

std::vector<Range> outside(const std::vector<Range>& set, const Range& hole) {
  std::vector<Range> rest;
  for (const Range& r : set) {
    if (hole.last < r.first || r.last < hole.first) {
      rest.push_back(r);
      continue;
    }
    if (r.first < hole.first) rest.push_back({r.first, hole.first - 1});
    if (hole.last < r.last) rest.push_back({hole.last + 1, r.last});
  }
  return rest;
}

std::vector<Range> overlap(const std::vector<Range>& set, const Range& range) {
  std::vector<Range> out;
  for (const Range& r : set) {
    const Range both{std::max(r.first, range.first), std::min(r.last, range.last)};
    if (both.first <= both.last) out.push_back(both);
  }
  return out;
}

}  // namespace doctor::network
