// One packet, walked through the VPC and its answer walked back, with the region of packets that fare alike.
//
// The walk goes on behind a block, so that every rule in the way is found, and stops where nothing tells
// where the packet would go next.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "network/index.h"
#include "network/path.h"
#include "network/region.h"

namespace doctor::network {

struct Packet {
  int version = 4;
  int protocol = 6;
  Field source, destination, source_port, port;
  int icmp_type = -1, icmp_code = -1;
};

// One end of a stretch: an interface in a subnet, or the internet (no subnet).
struct End {
  std::string name;  // "eni-1", "nat-1", "internet"
  const SubnetPlace* subnet = nullptr;
  bool has_groups = true;  // NAT gateways have none
  std::vector<std::string> groups;
  bool groups_known = true;
  bool public_ip = false;
  const facts::NetworkInterface* interface = nullptr;
  const facts::VpcEndpoint* endpoint = nullptr;  // of an interface endpoint's interface
};

struct Verdict {
  Region region;
  std::vector<Hop> forward, back;
  std::vector<Block> blocked_by;
  std::vector<Change> changes;
  std::vector<std::string> depends_on;
  Reachable reachable() const {
    return !blocked_by.empty() ? Reachable::no : !depends_on.empty() ? Reachable::depends : Reachable::yes;
  }
};

struct WalkQuery {
  const Network::Index* index = nullptr;
  End from, to;  // to.name empty: whatever has the destination address
  Packet packet;
  Region region;
  std::string service, action;  // of service:NAME
};

Verdict walk(const WalkQuery& query);

}  // namespace doctor::network
