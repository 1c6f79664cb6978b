// One packet and the two ends that it travels between.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "network/index.h"
#include "network/region.h"

namespace doctor::network {

constexpr int kTcp = 6, kUdp = 17, kIcmp = 1, kIcmpV6 = 58;  // IANA's protocol numbers

struct Packet {
  int version = 4;
  int protocol = kTcp;
  Field source, destination, source_port, port;
  int icmp_type = -1, icmp_code = -1;

  bool has_ports() const { return protocol == kTcp || protocol == kUdp; }
};

Packet answer_to(Packet p);                  // the other way round; of an echo request its reply
std::string protocol_text(const Packet& p);  // "tcp", "icmpv6"
std::string far_text(const Packet& p);       // the destination: a service's name, else an address
std::string flow_text(const Packet& p, const Range& ports);  // "tcp 443 from 10.0.0.1 to 10.0.0.2"

// What sends or takes the packet. Without a subnet it stands outside of every VPC.
struct End {
  std::string name = {};  // "eni-1", "nat-1", "internet", "a task in subnet-1"
  const SubnetPlace* subnet = nullptr;
  bool has_groups = true;  // NAT gateways and transit gateway attachments have none
  bool groups_known = true;
  std::vector<std::string> groups = {};
  std::string doubt = {};  // what must be known before a rule that names its groups counts; "": nothing
  bool public_ip = false;
  std::string address = {};         // of an interface: the private one that is asked about
  std::string public_address = {};  // "": not known
  bool is_transit_gateway = false;
  const facts::NetworkInterface* interface = nullptr;
  const facts::VpcEndpoint* endpoint = nullptr;  // whose interface this is
};

// As its primary private address is seen: another may have a public address that this has not.
End end_of(const Network::Index& index, const facts::NetworkInterface& interface);
// The public IPv4 address that is associated with this private one of the interface; "": none.
std::string public_address_of(const facts::NetworkInterface& interface, std::string_view address);
// The private address that this public one of the interface is translated to.
std::string private_address_of(const facts::NetworkInterface& interface, std::string_view public_ip);
// The interface's address of this version; nothing where it has none.
std::optional<Range> address_of(const facts::NetworkInterface& interface, int version);

}  // namespace doctor::network
