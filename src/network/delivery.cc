#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "network/mends.h"
#include "network/walker.h"

namespace doctor::network {

bool are_peered(const Network::Index& index, const VpcPlace& a, const VpcPlace& b) {
  for (const auto& place : index.facts->places) {
    for (const auto& [id, pcx] : place.vpc_peering_connections) {
      if (pcx.status != "active") continue;
      const std::string &x = pcx.requester.vpc_id, &y = pcx.accepter.vpc_id;
      if ((x == a.id && y == b.id) || (x == b.id && y == a.id)) return true;
    }
  }
  return false;
}

// Out of a subnet to wherever its routes lead.
Stop Walk::leave(const SubnetPlace& subnet, const Packet& p, const End& sender, const End& to, int depth) {
  constexpr int kMostRouters = 12;  // in a row: more is a loop
  if (depth > kMostRouters) {
    trace_.block(subnet.table == nullptr ? subnet.subnet->id : subnet.table->table->id, "route table", "loop",
                 "the routes lead in a circle");
    return {};
  }
  const bool here =
      to.subnet == &subnet || (to.subnet == nullptr && trace_.within(p.destination, subnet.cidrs, p.version));
  if (here) {
    trace_.hop(subnet.subnet->id, "subnet", "local", "the same subnet: no network ACL is asked");
    return deliver(*subnet.vpc, &subnet, p, sender, to);
  }
  acl(subnet, p, true);
  const RouteChoice route = route_of(subnet, p, sender);
  if (!route.found) return {};
  return follow(subnet, route, p, sender, to, depth);
}

Stop Walk::follow(const SubnetPlace& subnet, const RouteChoice& route, const Packet& p, const End& sender,
                  const End& to, int depth) {
  const std::string& target = route.target;
  if (target == "local") return deliver(*subnet.vpc, &subnet, p, sender, to);
  if (target.starts_with("igw-")) return by_internet_gateway(subnet, target, p, sender);
  if (target.starts_with("nat-")) return by_nat(subnet, target, p, sender, route.destination);
  if (target.starts_with("eigw-")) return by_egress_only(subnet, target, p);
  if (target.starts_with("pcx-")) return by_peering(subnet, target, p, sender, to);
  if (target.starts_with("tgw-")) return by_transit_gateway(subnet, target, p, sender, to, depth);
  if (target.starts_with("vpce-")) return by_endpoint(target, p, sender);
  if (target.starts_with("eni-")) return by_interface(target, p, sender);
  const std::string what = target.empty() ? "the target of " + route.destination : target;
  trace_.unknown(target.empty() ? route.destination : target, "route target",
                 "what " + what + " does with the packet");
  return {};
}

Stop Walk::deliver(const VpcPlace& vpc, const SubnetPlace* from, const Packet& p, const End& sender,
                   const End& to) {
  End end = to;
  if (end.subnet == nullptr) end = owner_of(vpc, p.destination, p.version);
  if (end.subnet == nullptr) return {};
  if (end.subnet->vpc != &vpc) {
    trace_.block(vpc.id, "vpc", "local",
                 fmt::format("{} is an address of {} itself, so the packet never gets to {}", far_text(p),
                             vpc.id, end.name));
    return {};
  }
  if (end.subnet != from) acl(*end.subnet, p, false);
  if (!trace_.returning) groups(end, p, false, &sender);
  trace_.hop(end.name,
             end.has_groups           ? "interface"
             : end.is_transit_gateway ? "transit gateway attachment"
                                      : "NAT gateway",
             "arrives");
  if (!trace_.returning && end.endpoint != nullptr) endpoint_policy(*end.endpoint);
  Stop stop;
  stop.kind = Stop::delivered;
  stop.end = std::move(end);
  return stop;
}

// Whose interface has the address; narrows to it, or to the gap between two that are taken.
const facts::NetworkInterface* Walk::owner(const VpcPlace& vpc, const Field& field, int version) {
  const auto& addresses = vpc.by_address[version == 4 ? 0 : 1];
  const auto next = addresses.lower_bound(field.value);
  if (next != addresses.end() && next->first == field.value) {
    trace_.within(field, Range{next->first, next->first});
    return next->second;
  }
  Range gap = whole(version);
  if (next != addresses.end()) gap.last = next->first - 1;
  if (next != addresses.begin()) gap.first = std::prev(next)->first + 1;
  trace_.within(field, gap);
  return nullptr;
}

End Walk::owner_of(const VpcPlace& vpc, const Field& field, int version) {
  const auto* interface = owner(vpc, field, version);
  if (interface == nullptr) {
    trace_.unknown(vpc.id, "interface",
                   fmt::format("which network interface of {} has the address {}", vpc.id,
                               address_text(field.value, version)));
    return {};
  }
  End end = end_of(index_, *interface);
  if (end.subnet == nullptr) trace_.unknown(interface->id, "subnet", "subnet " + interface->subnet_id);
  return end;
}

// Who stands at the far end, where a rule may name its groups: in the same VPC or in a peered one. Over a
// transit gateway only inbound rules may ("Security group referencing").
const End* Walk::peer_of(const End& from, const Packet& p, End& scratch) {
  if (query_.public_owner != nullptr) return nullptr;
  if (query_.to.subnet != nullptr || query_.to.endpoint != nullptr) {
    const bool near = query_.to.subnet == nullptr || query_.to.subnet->vpc == from.subnet->vpc ||
                      are_peered(index_, *from.subnet->vpc, *query_.to.subnet->vpc);
    return near ? &query_.to : nullptr;
  }
  if (!p.destination.service.empty()) return nullptr;
  for (const auto& [id, vpc] : index_.vpcs) {
    if (!trace_.within(p.destination, vpc.cidrs, p.version)) continue;
    if (&vpc != from.subnet->vpc && !are_peered(index_, *from.subnet->vpc, vpc)) continue;
    const auto* interface = owner(vpc, p.destination, p.version);
    if (interface == nullptr) continue;
    scratch = end_of(index_, *interface);
    return &scratch;
  }
  return nullptr;
}

}  // namespace doctor::network
