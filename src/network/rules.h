// Security groups and network ACLs, asked about one packet.
#pragma once

#include "network/packet.h"
#include "network/trace.h"

namespace doctor::network {

// "Security group rules": all rules of all groups count, any one admits, and the answer passes unasked. A
// rule that names a group admits the private addresses of its interfaces: `other` is the far end where its
// groups count on this way, nullptr where they do not (over the internet, a NAT gateway, an appliance).
// `asked` is what the whole query is about; a change opens all of it.
void security_group(Trace& trace, const Network::Index& index, const Region& asked, const End& end,
                    const Packet& p, bool egress, const End* other);

// "Network ACL rules": by number, the first that fits decides; no state, so the answer is asked as well.
void network_acl(Trace& trace, const Region& asked, const SubnetPlace& subnet, const Packet& p, bool egress);

}  // namespace doctor::network
