// The trick that makes one packet speak for many: a walk compares fields of the packet with ranges, and every
// comparison narrows the region to those packets that would have answered it alike. When the walk is over,
// its verdict holds for all of the region. path() walks one packet of what is not covered yet, until all is.
#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "network/address.h"

namespace doctor::network {

enum Dimension { kSource, kDestination, kSourcePort, kPort, kNatPort, kDimensions };

// A box of packets: source addresses x destination addresses x source ports x ports x the source port that a
// NAT gateway gives them, which nobody chooses.
using Region = std::array<Range, kDimensions>;

// A field of the packet: its value, and the dimension that it came from. -1: set on the way (by a NAT
// gateway).
struct Field {
  Number value = 0;
  int dimension = -1;
  std::string_view prefix_list = {};  // an address that is known to be in this prefix list
  std::string_view service = {};      // an address that is known to be this AWS service's, or a registry's
  std::string_view label = {};        // what a person calls it where it stands for many addresses
  const std::vector<Cidr>* somewhere = nullptr;  // not known but for being in one of these; value is a guess
};

// Whether the field is in the range; narrows the region.
inline bool in(Region& region, const Field& field, const Range& range) {
  const bool inside = range.holds(field.value);
  if (field.dimension < 0) return inside;
  Range& side = region[static_cast<std::size_t>(field.dimension)];
  if (inside) {
    if (side.first < range.first) side.first = range.first;
    if (side.last > range.last) side.last = range.last;
  } else if (field.value < range.first) {
    if (side.last >= range.first) side.last = range.first - 1;
  } else if (side.first <= range.last) {
    side.first = range.last + 1;
  }
  return inside;
}

// What is left of `whole` without `hole`, which lies inside it: at most two boxes a dimension.
std::vector<Region> without(const Region& whole, const Region& hole);

}  // namespace doctor::network
