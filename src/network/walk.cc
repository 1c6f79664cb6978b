#include "network/walk.h"

#include <fmt/format.h>

#include <algorithm>

#include "network/mends.h"
#include "network/walker.h"

namespace doctor::network {
namespace {

constexpr const char* kTracked = "the answer of a connection that its groups track";

bool leads_to_appliance(const Network::Index& index, const std::string& target) {
  if (target.starts_with("eni-")) return true;
  const auto* endpoint = index.find(&facts::Place::vpc_endpoints, target);
  return target.starts_with("vpce-") && (endpoint == nullptr || endpoint->type != "Gateway");
}

}  // namespace

Walk::Walk(const WalkQuery& query)
    : query_(query), index_(*query.index), trace_(query.region, query.verdict_only) {}

Verdict walk(const WalkQuery& query) {
  return Walk(query).run();
}

Verdict Walk::run() {
  End from = query_.from;
  if (from.subnet == nullptr && from.name.empty())
    from = whose(query_.packet.source, query_.packet.version, query_.to);
  if (from.subnet != nullptr) {
    trip(from, query_.packet, 0);
  } else {
    from_outside_ = true;
    from_outside();
  }
  return trace_.take();
}

void Walk::trip(const End& from, const Packet& p, int depth) {
  trace_.returning = false;
  if (from.has_groups) {
    trace_.hop(from.name, "interface", "leaves");
    End scratch;
    groups(from, p, true, peer_of(from, p, scratch));
  }
  if (query_.to.endpoint != nullptr && query_.to.subnet == nullptr) return to_unplaced_endpoint(from, p);
  const Stop stop = leave(*from.subnet, p, from, query_.to, depth);
  if (stop.kind == Stop::nat) return through_nat(from, p, stop, depth);
  if (stop.kind == Stop::internet && query_.public_owner != nullptr) on_to_public_owner(from, p);
  const bool arrived = stop.kind == Stop::delivered;
  if (!arrived && query_.to.subnet != nullptr) unreached(from, p);
  const End& far = arrived ? stop.end : query_.to;
  const Packet back = answer_to(p);
  trace_.returning = true;
  if (far.subnet != nullptr) {
    walk_back(far, back, from, depth);
  } else if (!trace_.within(p.destination, from.subnet->cidrs, p.version)) {
    if (!stop.target.empty()) trace_.hop(stop.target, "gateway", "the answer comes back");
    acl(*from.subnet, back, false);
    back_home(from);
  }
  trace_.returning = false;
}

void Walk::back_home(const End& from) {
  if (from.has_groups)
    trace_.hop(from.name, "interface", "arrives", kTracked);
  else
    trace_.hop(from.name, from.is_transit_gateway ? "transit gateway attachment" : "NAT gateway",
               "takes it back");
}

void Walk::walk_back(const End& far, const Packet& back, const End& from, int depth) {
  const Stop home = leave(*far.subnet, back, far, from, depth);
  if (home.kind == Stop::delivered) {
    trace_.explain(from.has_groups ? kTracked : "");
  } else if (home.kind == Stop::nowhere && from.subnet != far.subnet) {
    acl(*from.subnet, back, false);  // whatever the way, it would have to come in here
  } else {
    another_way_back(far, home, from.name);
  }
}

// What came in by the internet gateway must go out by it, where its address is translated back.
void Walk::answer_to_internet(const End& answering, const Packet& back, const std::string& to) {
  const SubnetPlace& subnet = *answering.subnet;
  acl(subnet, back, true);
  const RouteChoice route = route_of(subnet, back, answering);
  if (!route.found) return;
  if (route.target.starts_with("igw-")) {
    by_internet_gateway(subnet, route.target, back, answering);
  } else if (leads_to_appliance(index_, route.target)) {
    trace_.unknown(route.target, "route target", "what " + route.target + " does with the packet");
  } else {
    Stop other;
    other.kind = Stop::internet;
    other.target = route.target;
    another_way_back(answering, other, to);
  }
}

void Walk::another_way_back(const End& answering, const Stop& stop, const std::string& to) {
  if (stop.kind == Stop::nowhere) return;
  const auto* table = answering.subnet->table;
  const std::string by = stop.target.empty() ? stop.end.name : stop.target;
  trace_.block(table == nullptr ? by : table->table->id, "route table", "another way back: " + by,
               fmt::format("the answer to {} leaves by {}, not by the way that the packet came", to, by));
}

// "NAT gateway basics": the answer comes to the gateway's own address first, and from there to the sender.
void Walk::through_nat(const End& from, const Packet& p, const Stop& stop, int depth) {
  Packet translated = p;
  translated.source = {0, -1, {}, {}, {}, &stop.end.subnet->cidrs};
  for (const auto& a : stop.gateway->addresses) {
    const auto ip = cidr_of(a.address);
    if (!ip) continue;
    translated.source = {ip->range.first, -1, {}, {}, {}, nullptr};
    break;
  }
  if (p.has_ports()) translated.source_port = {query_.region[kNatPort].first, kNatPort, {}, {}, {}, nullptr};
  nat_gateways_.push_back(stop.end.name);
  trip(stop.end, translated, depth + 1);
  nat_gateways_.pop_back();
  trace_.returning = true;
  walk_back(stop.end, answer_to(p), from, depth);
  trace_.returning = false;
}

// The packet did not arrive; what would have dropped it at the far end is said all the same.
void Walk::unreached(const End& from, const Packet& p) {
  const End& to = query_.to;
  if (to.subnet != from.subnet) acl(*to.subnet, p, false);
  const bool groups_count =
      from.subnet != nullptr &&
      (to.subnet->vpc == from.subnet->vpc || are_peered(index_, *to.subnet->vpc, *from.subnet->vpc));
  groups(to, p, false, groups_count ? &from : nullptr);
}

// An interface endpoint of which no subnet is known: its groups are, and may be in the way.
void Walk::to_unplaced_endpoint(const End& from, const Packet& p) {
  const End& to = query_.to;
  trace_.unknown(to.name, "VPC endpoint", "the subnets of " + to.name);
  groups(to, p, false, &from);
  endpoint_policy(*to.endpoint);
}

std::string Walk::internet_gateway_of(const VpcPlace& vpc) const {
  for (const auto& place : index_.facts->places) {
    for (const auto& [id, gateway] : place.internet_gateways) {
      if (std::find(gateway.vpcs.begin(), gateway.vpcs.end(), vpc.id) != gateway.vpcs.end()) return id;
    }
  }
  // A route to it that is active speaks for the gateway: of a detached one it would be a blackhole.
  for (const SubnetPlace* subnet : vpc.subnets) {
    if (subnet->table == nullptr) continue;
    for (const CompiledRoute& route : subnet->table->routes) {
      if (route.route->target.starts_with("igw-") && route.route->state == "active")
        return route.route->target;
    }
  }
  return {};
}

// From an address outside of every VPC that the facts show, and back by the same gateway.
void Walk::from_outside() {
  const Packet& p = query_.packet;
  End to = query_.to;
  if (to.subnet == nullptr) to = whose(p.destination, p.version, query_.from);
  if (to.subnet == nullptr)
    return trace_.unknown("internet", "interface", "an interface with the address " + far_text(p));
  const bool by_internet = is_public(p.source.value, p.version);
  trace_.hop(query_.from.name, by_internet ? "internet" : "address", "leaves");
  if (by_internet) {
    enter(to, p);
  } else {
    trace_.unknown(to.subnet->vpc->id, "vpc",
                   fmt::format("by which gateway {} reaches {}", query_.from.name, to.subnet->vpc->id));
    acl(*to.subnet, p, false);
    groups(to, p, false, nullptr);
    trace_.hop(to.name, "interface", "arrives");
  }
  trace_.returning = true;
  if (by_internet)
    answer_to_internet(to, answer_to(p), query_.from.name);
  else
    another_way_back(to, leave(*to.subnet, answer_to(p), to, End{}, 0), query_.from.name);
  trace_.returning = false;
}

// In by the internet gateway: its own routes, then the subnet's ACL, then the interface's groups.
void Walk::enter(const End& to, const Packet& p) {
  const VpcPlace& vpc = *to.subnet->vpc;
  const std::string gateway = internet_gateway_of(vpc);
  if (gateway.empty()) {
    if (vpc.knows("ec2.describe-internet-gateways"))
      trace_.block(vpc.id, "internet gateway", "none", vpc.id + " has no internet gateway");
    else
      trace_.unknown(vpc.id, "internet gateway", "the internet gateway of " + vpc.id);
  } else if (p.version == 4 && !to.public_ip) {
    trace_.block(gateway, "internet gateway", "no public address", to.name + " has no public IPv4 address");
    trace_.mend(give_public_address(to));
  } else {
    trace_.hop(gateway, "internet gateway",
               p.version == 4 ? "translates to the private address" : "passes IPv6");
  }
  // "Gateway route tables": an appliance may stand between the gateway and the subnet.
  if (const auto edge = index_.edge_tables.find(gateway); edge != index_.edge_tables.end()) {
    const CompiledRoute* best = nullptr;
    for (const CompiledRoute& route : edge->second->routes) {
      if (route.cidr && trace_.within(p.destination, *route.cidr, p.version) &&
          (best == nullptr || best->cidr->bits < route.cidr->bits))
        best = &route;
    }
    if (best != nullptr && best->route->target != "local")
      trace_.unknown(edge->second->table->id, "route table",
                     "what " + best->route->target + " does with the packet");
  }
  acl(*to.subnet, p, false);
  groups(to, p, false, nullptr);
  trace_.hop(to.name, "interface", "arrives");
}

// The destination is the public address of an interface that the facts show: it comes in by its own gateway.
void Walk::on_to_public_owner(const End& from, const Packet& p) {
  static const std::vector<Cidr> kAnywhere{*cidr_of("0.0.0.0/0")};
  End to = end_of(index_, *query_.public_owner);
  to.public_ip = true;
  const auto private_address = cidr_of(private_address_of(*query_.public_owner, far_text(p)));
  if (to.subnet == nullptr || !private_address)
    return trace_.unknown(to.name, "interface", "the subnet and address of " + to.name);
  Packet arriving = p;
  arriving.destination = {private_address->range.first, -1, {}, {}, {}, nullptr};
  const auto seen_as = cidr_of(from.public_address);
  arriving.source =
      seen_as ? Field{seen_as->range.first, -1, {}, {}, {}, nullptr} : Field{0, -1, {}, {}, {}, &kAnywhere};
  enter(to, arriving);
  trace_.returning = true;
  answer_to_internet(to, answer_to(arriving), from.name);
  trace_.returning = false;
}

// The interface at an address: one of the facts, or some interface in the subnet that holds it.
End Walk::whose(const Field& field, int version, const End& near) {
  const SubnetPlace* found = nullptr;
  for (const auto& [id, subnet] : index_.subnets) {
    if (found != nullptr && (near.subnet == nullptr || subnet.vpc != near.subnet->vpc)) continue;
    if (trace_.within(field, subnet.cidrs, version)) found = &subnet;
  }
  if (found == nullptr) return {};
  if (const auto* interface = owner(*found->vpc, field, version)) return end_of(index_, *interface);
  End end;
  end.name = "the interface at " + address_text(field.value, version);
  end.subnet = found;
  end.groups_known = false;
  return end;
}

}  // namespace doctor::network
