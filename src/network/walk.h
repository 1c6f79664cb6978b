// One packet, walked through the VPC and its answer walked back, with the region of packets that fare alike.
//
// The walk goes on behind a block, so that every rule in the way is found, and stops where nothing tells
// where the packet would go next.
#pragma once

#include <string>

#include "network/packet.h"
#include "network/trace.h"

namespace doctor::network {

struct WalkQuery {
  const Network::Index* index = nullptr;
  End from, to;  // without a subnet: whatever has the address, or the internet
  Packet packet;
  Region asked;   // of the whole query: what a change must open
  Region region;  // of this walk: what is not answered yet
  std::string action;
  bool verdict_only = false;                              // no hops
  const facts::NetworkInterface* public_owner = nullptr;  // whose public address the destination is
};

Verdict walk(const WalkQuery& query);

}  // namespace doctor::network
