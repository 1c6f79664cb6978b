// Addresses, CIDRs and ranges of both versions as numbers, so that sets of them are sorted intervals.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace doctor::network {

__extension__ typedef unsigned __int128 Number;  // an address of either version, or a port

struct Range {
  Number first = 0, last = 0;  // both belong to it
  bool holds(Number value) const { return first <= value && value <= last; }
};

struct Cidr {
  int version = 4;
  int bits = 0;
  Range range;
};

// "10.0.0.0/16", "10.0.0.7", "2001:db8::/56"; bits beyond the prefix are ignored, as EC2 does. Else nothing.
std::optional<Cidr> cidr_of(std::string_view text);
std::string address_text(Number value, int version);
std::string range_text(const Range& range, int version);  // "10.0.0.0/24" where it is one, else "a-b"
Cidr enclosing(const Range& range, int version);          // the smallest block that holds all of it
std::string cidr_text(const Cidr& cidr);                  // always with its prefix: "10.0.0.7/32"

Range whole(int version);
bool is_public(Number value, int version);      // routed on the internet, as far as IANA's registries go
std::vector<Range> public_ranges(int version);  // sorted, disjoint
std::vector<Range> outside(const std::vector<Range>& set, const Range& hole);  // what is left without it
std::vector<Range> overlap(const std::vector<Range>& set, const Range& range);

}  // namespace doctor::network
