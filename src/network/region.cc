#include "network/region.h"

namespace doctor::network {

std::vector<Region> without(const Region& whole, const Region& hole) {
  std::vector<Region> out;
  Region rest = whole;
  for (std::size_t d = 0; d < kDimensions; ++d) {
    if (rest[d].first < hole[d].first) {
      out.push_back(rest);
      out.back()[d].last = hole[d].first - 1;
    }
    if (hole[d].last < rest[d].last) {
      out.push_back(rest);
      out.back()[d].first = hole[d].last + 1;
    }
    rest[d] = hole[d];
  }
  return out;
}

}  // namespace doctor::network
