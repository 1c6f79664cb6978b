// What a query's ends mean: an interface, an address, a block of addresses, the internet, or a service.
#pragma once

#include <string>
#include <vector>

#include "core/result.h"
#include "network/answer.h"
#include "network/packet.h"

namespace doctor::network {

// An end and the addresses that the query asks of it.
struct Spot {
  End end;                                                // name "" and no subnet: whatever has the address
  std::vector<Range> ranges;                              // disjoint
  const facts::NetworkInterface* public_owner = nullptr;  // whose public address this is
};

// 4 or 6, as the query says or its ends do; 4 where both ends have both.
core::Result<int> ip_version_of(const Network::Index& index, const Question& question);
core::Result<Spot> spot_of(const Network::Index& index, const std::string& text, int version,
                           const VpcPlace* near);
core::Result<Spot> spot_of(const Network::Index& index, const Source& source, int version);

// The VPC that the spot stands in; nullptr where it stands in none that the facts show.
const VpcPlace* vpc_of(const Network::Index& index, const Spot& spot, int version);

}  // namespace doctor::network
