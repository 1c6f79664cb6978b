#include <fmt/format.h>

#include "network/mends.h"
#include "network/walker.h"

namespace doctor::network {
namespace {

// The attachment's subnet in the zone; nullptr where there is none or it is not known.
const SubnetPlace* subnet_in_zone(const Network::Index& index, const facts::TransitGatewayAttachment& a,
                                  const std::string& zone) {
  for (const std::string& id : a.subnets) {
    const SubnetPlace* s = index.subnet(id);
    if (s != nullptr && s->subnet->availability_zone == zone) return s;
  }
  return nullptr;
}

// "Security group referencing" must be switched on at the gateway; the facts tell whether it is.
End as_seen_behind(const Network::Index& index, const std::string& gateway, const End& sender) {
  End end = sender;
  const auto* fact = index.find(&facts::Place::transit_gateways, gateway);
  if (fact != nullptr && fact->security_group_referencing == true) return end;
  if (fact != nullptr && fact->security_group_referencing == false) {
    end.groups.clear();
  } else {
    end.doubt = fmt::format("whether {} supports references to security groups", gateway);
  }
  return end;
}

}  // namespace

const facts::TransitGatewayAttachment* attachment_of(const Network::Index& index, const std::string& gateway,
                                                     const std::string& vpc) {
  for (const auto& place : index.facts->places) {
    for (const auto& [id, a] : place.transit_gateway_attachments) {
      if (a.transit_gateway_id == gateway && a.resource_id == vpc) return &a;
    }
  }
  return nullptr;
}

Stop Walk::by_transit_gateway(const SubnetPlace& subnet, const std::string& gateway, const Packet& p,
                              const End& sender, const End& to, int depth) {
  const auto* a = attachment_of(index_, gateway, subnet.vpc->id);
  if (a == nullptr && subnet.vpc->knows("ec2.describe-transit-gateway-attachments")) {
    trace_.block(gateway, "transit gateway", "not attached",
                 fmt::format("{} is not attached to {}", subnet.vpc->id, gateway));
    return {};
  }
  if (a == nullptr) {
    trace_.unknown(gateway, "transit gateway",
                   fmt::format("the attachment of {} to {}", subnet.vpc->id, gateway));
    return {};
  }
  const std::string& zone = subnet.subnet->availability_zone;
  if (a->state != "available" && !a->state.empty())
    trace_.block(a->id, "transit gateway attachment", a->state, fmt::format("{} is {}", a->id, a->state));
  if (!a->subnets_known) {
    trace_.unknown(a->id, "transit gateway attachment", "the subnets of " + a->id);
  } else if (const SubnetPlace* door = subnet_in_zone(index_, *a, zone); door == nullptr) {
    // "Amazon VPC attachments in AWS Transit Gateway": another zone's resources cannot reach it.
    trace_.block(a->id, "transit gateway attachment", "no subnet in " + zone,
                 fmt::format("{} has no subnet in the zone of {}", a->id, subnet.subnet->id));
    trace_.mend(add_attachment_subnet(a->id, subnet.subnet->id));
  } else {
    // "Network ACLs for transit gateways": on the way in, the inbound rules of its own subnet count, even
    // where that is the sender's.
    acl(*door, p, false);
    trace_.hop(a->id, "transit gateway attachment", "in by " + door->subnet->id);
  }
  return through_table(*a, zone, p, as_seen_behind(index_, gateway, sender), to, depth);
}

Stop Walk::through_table(const facts::TransitGatewayAttachment& a, const std::string& zone, const Packet& p,
                         const End& sender, const End& to, int depth) {
  constexpr const char* kKind = "transit gateway route table";
  if (!a.association_known) {
    trace_.unknown(a.id, kKind, "the route table that " + a.id + " is associated with");
    return {};
  }
  if (a.route_table_id.empty()) {
    trace_.block(a.id, kKind, "no association", a.id + " is associated with no route table");
    return {};
  }
  const auto* table = index_.find(&facts::Place::transit_gateway_route_tables, a.route_table_id);
  if (table == nullptr || !table->routes_known) {
    trace_.unknown(a.route_table_id, kKind, "the routes of " + a.route_table_id);
    return {};
  }
  // "Transit gateway route tables": the longest prefix, and of equal ones the static route.
  const facts::TransitGatewayRoute* best = nullptr;
  int best_rank = -1;
  for (const auto& route : table->routes) {
    const auto cidr = cidr_of(route.destination);
    if (!cidr || !trace_.within(p.destination, *cidr, p.version)) continue;
    const int rank = cidr->bits * 2 + (route.type == "static" ? 1 : 0);
    if (rank > best_rank) {
      best = &route;
      best_rank = rank;
    }
  }
  if (best == nullptr || best->state == "blackhole" || best->attachments.empty()) {
    if (best == nullptr)
      trace_.block(table->id, kKind, "no route",
                   fmt::format("{} has no route to {}", table->id, far_text(p)));
    else
      trace_.block(table->id, kKind, best->destination + " -> blackhole",
                   fmt::format("{} drops what goes to {}", table->id, best->destination));
    const auto* far =
        to.subnet == nullptr ? nullptr : attachment_of(index_, a.transit_gateway_id, to.subnet->vpc->id);
    if (far != nullptr)
      trace_.mend(add_transit_route(table->id, asked_cidr(query_.asked, p.destination, p.version), far->id));
    return {};
  }
  trace_.hop(table->id, kKind, best->destination + " -> " + best->attachments.front());
  if (best->attachments.size() > 1) {
    trace_.unknown(table->id, kKind, "which of several attachments of " + best->destination + " takes it");
    return {};
  }
  return out_of_transit_gateway(best->attachments.front(), zone, p, sender, to, depth);
}

Stop Walk::out_of_transit_gateway(const std::string& id, const std::string& zone, const Packet& p,
                                  const End& sender, const End& to, int depth) {
  const auto* a = index_.find(&facts::Place::transit_gateway_attachments, id);
  if (a == nullptr || a->resource_type != "vpc") {
    trace_.unknown(id, "transit gateway attachment", "what lies behind " + id);
    return {};
  }
  const SubnetPlace* door = subnet_in_zone(index_, *a, zone);
  for (const std::string& subnet : a->subnets) {
    if (door == nullptr) door = index_.subnet(subnet);
  }
  if (door == nullptr) {
    trace_.unknown(id, "transit gateway attachment", "the subnets of " + id);
    return {};
  }
  trace_.hop(id, "transit gateway attachment", "out by " + door->subnet->id);
  End seen = sender;
  seen.is_transit_gateway = true;
  seen.public_ip = false;  // no other VPC's internet gateway translates to it
  return leave(*door, p, seen, to, depth + 1);
}

}  // namespace doctor::network
