#include "lab/cidr.h"

#include <arpa/inet.h>

#include "core/number.h"

namespace doctor::lab {

bool Cidr::holds(std::uint32_t address) const {
  const std::uint32_t mask = bits <= 0 ? 0 : ~std::uint32_t{0} << (32 - bits);
  return (first & mask) == (address & mask);
}

std::optional<Cidr> cidr_of(const std::string& text) {
  const auto slash = text.find('/');
  in_addr address{};
  if (inet_pton(AF_INET, text.substr(0, slash).c_str(), &address) != 1) return std::nullopt;
  Cidr cidr{ntohl(address.s_addr), 32};
  if (slash == std::string::npos) return cidr;
  const auto bits = core::whole_number(std::string_view(text).substr(slash + 1));
  if (!bits || *bits < 0 || *bits > 32) return std::nullopt;
  cidr.bits = static_cast<int>(*bits);
  return cidr;
}

}  // namespace doctor::lab
