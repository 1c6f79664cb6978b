// The changes that would let one packet pass where it was dropped, each as small as AWS allows: one rule for
// one protocol, its ports and its addresses; one route; one endpoint.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "network/packet.h"
#include "network/trace.h"

namespace doctor::network {

// What the query asks of this field, in full: a change opens all of it. Where a NAT gateway or the other end
// chooses, 1024-65535.
Range asked_ports(const Region& asked, const Field& field);
std::string asked_cidr(const Region& asked, const Field& field, int version);

Mend open_group(const Region& asked, const std::string& group, const Packet& p, bool egress,
                const End* other);
// `denied_by`: the number of the rule that denies; 32767 for AWS's own last one. Nothing where no number is
// free before it.
std::optional<Mend> open_acl(const Region& asked, const CompiledAcl& acl, const Packet& p, bool egress,
                             int denied_by);

// A way out of a subnet for the packet, where the table has none or one that leads nowhere (`replaced`, its
// destination). A service of AWS gets an endpoint, which opens nothing else; all else a route to a gateway of
// the VPC that can lead there, and where there is none but a public subnet, a NAT gateway in it first.
void open_route(Trace& trace, const Network::Index& index, const Region& asked, const SubnetPlace& subnet,
                const Packet& p, const End& sender, const std::string& replaced);

Mend give_public_address(const End& end);
Mend enable_private_dns(const facts::VpcEndpoint& endpoint);
Mend enable_dns(const std::string& vpc, bool hostnames);  // else enableDnsSupport
Mend attach_internet_gateway(const std::string& gateway, const std::string& vpc);
Mend accept_peering(const std::string& peering);
Mend add_attachment_subnet(const std::string& attachment, const std::string& subnet);
Mend add_transit_route(const std::string& table, const std::string& cidr, const std::string& attachment);
// The endpoint's policy gets a statement that allows this one call.
Mend allow_in_endpoint_policy(const facts::VpcEndpoint& endpoint, const std::string& action);

}  // namespace doctor::network
