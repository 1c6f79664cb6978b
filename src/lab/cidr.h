// IPv4 addresses and ranges as numbers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace doctor::lab {

struct Cidr {
  std::uint32_t first = 0;
  int bits = 32;
  bool holds(std::uint32_t address) const;
};
std::optional<Cidr> cidr_of(const std::string& text);  // "10.0.0.0/16"; an address alone is a /32

}  // namespace doctor::lab
