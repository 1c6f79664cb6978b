#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/json.h"
#include "network/mends.h"
#include "network/service.h"

namespace doctor::network {
namespace {

struct Target {
  std::string flag, id;  // "nat-gateway-id", "nat-1"; id empty: none
};

// "NatGatewayId" of "nat-gateway-id": the CLI's flag as the API spells it.
std::string api_name(std::string_view flag) {
  std::string name;
  bool start = true;
  for (const char c : flag) {
    if (c != '-') name += start && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    start = c == '-';
  }
  return name;
}

std::string texts(const std::vector<std::string>& values) {
  std::string list;
  for (const auto& value : values) list += (list.empty() ? "" : ",") + core::json_quoted(value);
  return "[" + list + "]";
}

bool is_attached(const std::vector<std::string>& vpcs, const std::string& vpc) {
  return std::find(vpcs.begin(), vpcs.end(), vpc) != vpcs.end();
}

template <class T, class Fits>
std::string first_of(const Network::Index& index, std::map<std::string, T> facts::Place::*map, Fits fits) {
  for (const auto& place : index.facts->places) {
    for (const auto& [id, item] : place.*map) {
      if (fits(item)) return id;
    }
  }
  return {};
}

Target peering_to(const Network::Index& index, const VpcPlace& vpc, const Packet& p) {
  const std::string id =
      first_of(index, &facts::Place::vpc_peering_connections, [&](const facts::VpcPeeringConnection& pcx) {
        const bool requester = pcx.requester.vpc_id == vpc.id;
        if (!requester && pcx.accepter.vpc_id != vpc.id) return false;
        if (pcx.status != "active" && pcx.status != "pending-acceptance") return false;
        const VpcPlace* far = index.vpc(requester ? pcx.accepter.vpc_id : pcx.requester.vpc_id);
        return far != nullptr && std::any_of(far->cidrs.begin(), far->cidrs.end(), [&](const Cidr& c) {
                 return c.version == p.version && c.range.holds(p.destination.value);
               });
      });
  return {"vpc-peering-connection-id", id};
}

Target transit_of(const Network::Index& index, const VpcPlace& vpc) {
  const std::string attachment = first_of(index, &facts::Place::transit_gateway_attachments,
                                          [&](const facts::TransitGatewayAttachment& a) {
                                            return a.resource_id == vpc.id && a.state == "available";
                                          });
  if (attachment.empty()) return {};
  return {"transit-gateway-id",
          index.find(&facts::Place::transit_gateway_attachments, attachment)->transit_gateway_id};
}

bool routes_to_internet(const SubnetPlace* subnet) {
  if (subnet == nullptr || subnet->table == nullptr) return false;
  return std::any_of(subnet->table->routes.begin(), subnet->table->routes.end(), [](const CompiledRoute& r) {
    return r.route->destination == "0.0.0.0/0" && r.route->target.starts_with("igw-") &&
           r.route->state != "blackhole";
  });
}

// A gateway of the VPC that can lead to the destination.
Target target_for(const Network::Index& index, const VpcPlace& vpc, const Packet& p, const End& sender,
                  const std::string& broken) {
  if (const Target peering = peering_to(index, vpc, p); !peering.id.empty()) return peering;
  if (!is_public(p.destination.value, p.version)) return transit_of(index, vpc);
  const auto igw = first_of(index, &facts::Place::internet_gateways,
                            [&](const auto& g) { return g.id != broken && is_attached(g.vpcs, vpc.id); });
  if (p.version == 6) {
    const auto out_only = first_of(index, &facts::Place::egress_only_internet_gateways,
                                   [&](const auto& g) { return is_attached(g.vpcs, vpc.id); });
    if (!out_only.empty()) return {"egress-only-internet-gateway-id", out_only};
    return {"gateway-id", igw};
  }
  if (sender.public_ip) return {"gateway-id", igw};
  return {"nat-gateway-id", first_of(index, &facts::Place::nat_gateways, [&](const facts::NatGateway& nat) {
            return nat.id != broken && nat.vpc_id == vpc.id && nat.connectivity_type != "private" &&
                   (nat.state == "available" || nat.state.empty()) &&
                   routes_to_internet(index.subnet(nat.subnet_id));
          })};
}

// A subnet of the VPC that routes to an internet gateway; nullptr: none.
const SubnetPlace* public_subnet(const VpcPlace& vpc) {
  const auto found = std::find_if(vpc.subnets.begin(), vpc.subnets.end(), routes_to_internet);
  return found == vpc.subnets.end() ? nullptr : *found;
}

facts::Place* place_of(Scene& scene, const std::string& subnet) {
  for (auto& place : scene.facts->places) {
    if (place.subnets.contains(subnet)) return &place;
  }
  return nullptr;
}

Mend new_nat_gateway(const SubnetPlace& in) {
  const std::string subnet = in.subnet->id, vpc = in.vpc->id;
  return {{in.vpc->id, "ec2:CreateNatGateway",
           fmt::format("--subnet-id {} --allocation-id ALLOCATION_ID", subnet),
           "the VPC has a public subnet and no NAT gateway; it costs by the hour and by the gigabyte"},
          [=](Scene& scene) {
            facts::Place* place = place_of(scene, subnet);
            if (place == nullptr) return;
            facts::NatGateway nat;
            nat.id = "nat-NEW";
            nat.vpc_id = vpc;
            nat.subnet_id = subnet;
            nat.state = "available";
            nat.connectivity_type = "public";
            place->nat_gateways[nat.id] = nat;
          }};
}

Mend new_route(const Region& asked, const std::string& table, const Packet& p, const Target& target,
               const std::string& replaced) {
  std::string destination = replaced;
  // Whoever opens a subnet to a service without an endpoint opens the default route: the address may change.
  if (destination.empty()) destination = asked_cidr(asked, p.destination, p.version);
  const char* kind = destination.starts_with("pl-") ? "destination-prefix-list-id"
                     : p.version == 4               ? "destination-cidr-block"
                                                    : "destination-ipv6-cidr-block";
  return {{table, replaced.empty() ? "ec2:CreateRoute" : "ec2:ReplaceRoute",
           fmt::format("--route-table-id {} --{} {} --{} {}", table, kind, destination, target.flag,
                       target.id == "nat-NEW" ? "NAT_GATEWAY_ID" : target.id),
           "one route for this destination alone",
           target.id == "nat-NEW"
               ? std::string()
               : fmt::format(R"({{"RouteTableId":{},"{}":{},"{}":{}}})", core::json_quoted(table),
                             api_name(kind), core::json_quoted(destination), api_name(target.flag),
                             core::json_quoted(target.id))},
          [=, id = target.id](Scene& scene) {
            for (auto& place : scene.facts->places) {
              const auto found = place.route_tables.find(table);
              if (found == place.route_tables.end()) continue;
              std::erase_if(found->second.routes,
                            [&](const auto& r) { return r.destination == destination; });
              found->second.routes.push_back({destination, id, "active", "CreateRoute"});
            }
          }};
}

Mend endpoint_on_table(const facts::VpcEndpoint& endpoint, const std::string& table) {
  return {{endpoint.id, "ec2:ModifyVpcEndpoint",
           fmt::format("--vpc-endpoint-id {} --add-route-table-ids {}", endpoint.id, table),
           "the gateway endpoint is there already, for other route tables",
           fmt::format(R"({{"VpcEndpointId":{},"AddRouteTableIds":[{}]}})", core::json_quoted(endpoint.id),
                       core::json_quoted(table))},
          [id = endpoint.id, table](Scene& scene) {
            for (auto& place : scene.facts->places) {
              const auto found = place.vpc_endpoints.find(id);
              if (found != place.vpc_endpoints.end()) found->second.route_tables.push_back(table);
            }
          }};
}

Mend new_endpoint(const SubnetPlace& subnet, const End& sender, const std::string& service,
                  const std::string& table) {
  const VpcPlace& vpc = *subnet.vpc;
  const std::string region = vpc.place->region.empty() ? "REGION" : vpc.place->region;
  facts::VpcEndpoint made;
  made.id = "vpce-NEW";
  made.vpc_id = vpc.id;
  made.service_name = fmt::format("com.amazonaws.{}.{}", region, service);
  made.state = "available";
  const bool gateway = has_gateway_endpoints(service);
  made.type = gateway ? "Gateway" : "Interface";
  std::string rest, input;
  if (gateway) {
    made.route_tables = {table};
    rest = "--route-table-ids " + table;
    input = fmt::format(R"("RouteTableIds":[{}])", core::json_quoted(table));
  } else {
    made.private_dns_enabled = true;
    made.subnets = {subnet.subnet->id};
    made.groups = sender.groups;
    for (const facts::VpcEndpoint* other : vpc.endpoints) {
      if (!other->groups.empty()) made.groups = other->groups;
    }
    rest = fmt::format("--private-dns-enabled --subnet-ids {} --security-group-ids {}", subnet.subnet->id,
                       fmt::join(made.groups, " "));
    input = fmt::format(R"("PrivateDnsEnabled":true,"SubnetIds":{},"SecurityGroupIds":{})",
                        texts(made.subnets), texts(made.groups));
  }
  return {{vpc.id, "ec2:CreateVpcEndpoint",
           fmt::format("--vpc-id {} --service-name {} --vpc-endpoint-type {} {}", vpc.id, made.service_name,
                       made.type, rest),
           gateway ? "free, and opens this service alone" : "opens this service alone, for the whole VPC",
           region == "REGION" ? std::string()
                              : fmt::format(R"({{"VpcId":{},"ServiceName":{},"VpcEndpointType":"{}",{}}})",
                                            core::json_quoted(vpc.id), core::json_quoted(made.service_name),
                                            made.type, input)},
          [made, id = subnet.subnet->id](Scene& scene) {
            if (facts::Place* place = place_of(scene, id)) place->vpc_endpoints[made.id] = made;
          }};
}

}  // namespace

void open_route(Trace& trace, const Network::Index& index, const Region& asked, const SubnetPlace& subnet,
                const Packet& p, const End& sender, const std::string& replaced) {
  const std::string& table = subnet.table->table->id;
  const std::string service(p.destination.service);
  if (is_aws_service(service) && sender.has_groups) {
    for (const facts::VpcEndpoint* endpoint : subnet.vpc->endpoints) {
      if (!is_endpoint_of(*endpoint, service) || !is_available(*endpoint)) continue;
      if (endpoint->type != "Gateway" && endpoint->private_dns_enabled) continue;
      return trace.mend(endpoint->type == "Gateway" ? endpoint_on_table(*endpoint, table)
                                                    : enable_private_dns(*endpoint));
    }
    return trace.mend(new_endpoint(subnet, sender, service, table));
  }
  const auto broken = std::find_if(
      subnet.table->routes.begin(), subnet.table->routes.end(),
      [&](const CompiledRoute& r) { return !replaced.empty() && r.route->destination == replaced; });
  Target target = target_for(index, *subnet.vpc, p, sender,
                             broken == subnet.table->routes.end() ? "" : broken->route->target);
  if (target.id.empty() && target.flag == "nat-gateway-id") {
    if (const SubnetPlace* door = public_subnet(*subnet.vpc)) {
      trace.mend(new_nat_gateway(*door));
      target.id = "nat-NEW";
    }
  }
  // Where the facts show nothing that leads there, no route would help.
  if (!target.id.empty()) trace.mend(new_route(asked, table, p, target, replaced));
}

}  // namespace doctor::network
