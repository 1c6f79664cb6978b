// Amazon EC2: what leads out of one VPC into others: peering, transit gateways, prefix lists, egress-only
// gateways.
#include <array>

#include "facts/reading.h"

namespace doctor::facts {
namespace {

std::vector<std::string> all_of(const Json& parent, std::string_view list, std::string_view key) {
  std::vector<std::string> out;
  for (const Json& item : parent[list].items()) {
    if (auto text = text_at(item, key); !text.empty()) out.push_back(std::move(text));
  }
  return out;
}

void egress_only_gateways(Reading& in, const Json& document) {
  for (const Json& item : in.objects(document, "EgressOnlyInternetGateways")) {
    const std::string id = in.identity(item, "EgressOnlyInternetGateways", "EgressOnlyInternetGatewayId");
    in.place.egress_only_internet_gateways[id] = {id, all_of(item, "Attachments", "VpcId")};
  }
}

// describe-managed-prefix-lists names lists; describe-prefix-lists also holds the CIDRs of AWS's gateway
// services.
void prefix_lists(Reading& in, const Json& document) {
  for (const Json& item : in.objects(document, "PrefixLists")) {
    const std::string id = in.identity(item, "PrefixLists", "PrefixListId");
    PrefixList& list = in.place.prefix_lists[id];
    list.id = id;
    if (auto name = text_at(item, "PrefixListName"); !name.empty()) list.name = std::move(name);
    if (auto family = text_at(item, "AddressFamily"); !family.empty())
      list.address_family = std::move(family);
    if (item["Cidrs"].is_array()) {
      list.cidrs = item["Cidrs"].strings();
      list.entries_known = true;
    }
  }
}

// The answer does not name its list: the file's name does, "ec2.get-managed-prefix-list-entries.pl-1.json".
void prefix_list_entries(Reading& in, const Json& document) {
  const std::string id(in.name.subject);
  if (id.empty()) return;
  PrefixList& list = in.place.prefix_lists[id];
  list.id = id;
  list.entries_known = true;
  list.cidrs = all_of(document, "Entries", "Cidr");
}

PeeringSide side_of(const Json& item) {
  PeeringSide side{text_at(item, "VpcId"), text_at(item, "OwnerId"), text_at(item, "Region"),
                   all_of(item, "CidrBlockSet", "CidrBlock"),
                   all_of(item, "Ipv6CidrBlockSet", "Ipv6CidrBlock")};
  if (auto cidr = text_at(item, "CidrBlock"); side.cidrs.empty() && !cidr.empty())
    side.cidrs.push_back(std::move(cidr));
  return side;
}

void peering_connections(Reading& in, const Json& document) {
  for (const Json& item : in.objects(document, "VpcPeeringConnections")) {
    const std::string id = in.identity(item, "VpcPeeringConnections", "VpcPeeringConnectionId");
    in.place.vpc_peering_connections[id] = {id, text_at(item["Status"], "Code"),
                                            side_of(item["RequesterVpcInfo"]),
                                            side_of(item["AccepterVpcInfo"])};
  }
}

void transit_gateways(Reading& in, const Json& document) {
  for (const Json& item : in.objects(document, "TransitGateways")) {
    const std::string id = in.identity(item, "TransitGateways", "TransitGatewayId");
    auto& gateway = in.place.transit_gateways[id];
    gateway = {id, text_at(item, "OwnerId"), text_at(item, "State")};
    const std::string referencing = text_at(item["Options"], "SecurityGroupReferencingSupport");
    if (!referencing.empty()) gateway.security_group_referencing = referencing == "enable";
  }
}

// Two answers make the whole: one tells the route table, the other the subnets.
void transit_gateway_attachments(Reading& in, const Json& document) {
  for (const Json& item : in.objects(document, "TransitGatewayAttachments")) {
    const std::string id = in.identity(item, "TransitGatewayAttachments", "TransitGatewayAttachmentId");
    auto& a = in.place.transit_gateway_attachments[id];
    a.id = id;
    a.transit_gateway_id = text_at(item, "TransitGatewayId");
    a.resource_type = text_at(item, "ResourceType");
    a.resource_id = text_at(item, "ResourceId");
    a.resource_owner_id = text_at(item, "ResourceOwnerId");
    a.state = text_at(item, "State");
    a.route_table_id = text_at(item["Association"], "TransitGatewayRouteTableId");
    a.association_known = true;
  }
}

void transit_gateway_vpc_attachments(Reading& in, const Json& document) {
  for (const Json& item : in.objects(document, "TransitGatewayVpcAttachments")) {
    const std::string id = in.identity(item, "TransitGatewayVpcAttachments", "TransitGatewayAttachmentId");
    auto& a = in.place.transit_gateway_attachments[id];
    a.id = id;
    a.transit_gateway_id = text_at(item, "TransitGatewayId");
    a.resource_type = "vpc";
    a.resource_id = text_at(item, "VpcId");
    a.resource_owner_id = text_at(item, "VpcOwnerId");
    a.state = text_at(item, "State");
    a.subnets = item["SubnetIds"].strings();
    a.subnets_known = true;
    in.time(item["CreationTime"]);
  }
}

void transit_gateway_route_tables(Reading& in, const Json& document) {
  for (const Json& item : in.objects(document, "TransitGatewayRouteTables")) {
    const std::string id = in.identity(item, "TransitGatewayRouteTables", "TransitGatewayRouteTableId");
    auto& table = in.place.transit_gateway_route_tables[id];
    table.id = id;
    table.transit_gateway_id = text_at(item, "TransitGatewayId");
    table.state = text_at(item, "State");
  }
}

// The answer does not name its table: "ec2.search-transit-gateway-routes.tgw-rtb-1.json" does.
void transit_gateway_routes(Reading& in, const Json& document) {
  const std::string id(in.name.subject);
  if (id.empty()) return;
  auto& table = in.place.transit_gateway_route_tables[id];
  table.id = id;
  for (const Json& item : in.objects(document, "Routes")) {
    table.routes.push_back({text_at(item, "DestinationCidrBlock"), text_at(item, "Type"),
                            text_at(item, "State"), text_at(item, "PrefixListId"),
                            all_of(item, "TransitGatewayAttachments", "TransitGatewayAttachmentId")});
  }
  table.routes_known = !flag_at(document, "AdditionalRoutesAvailable");
}

constexpr std::array kEc2BeyondRows{
    Row{"ec2", "describe-egress-only-internet-gateways", "EgressOnlyInternetGateways", Shape::list,
        egress_only_gateways},
    Row{"ec2", "describe-managed-prefix-lists", "PrefixLists", Shape::list, prefix_lists},
    Row{"ec2", "describe-prefix-lists", "PrefixLists", Shape::list, prefix_lists},
    Row{"ec2", "get-managed-prefix-list-entries", "Entries", Shape::list, prefix_list_entries},
    Row{"ec2", "describe-vpc-peering-connections", "VpcPeeringConnections", Shape::list, peering_connections},
    Row{"ec2", "describe-transit-gateways", "TransitGateways", Shape::list, transit_gateways},
    Row{"ec2", "describe-transit-gateway-attachments", "TransitGatewayAttachments", Shape::list,
        transit_gateway_attachments},
    Row{"ec2", "describe-transit-gateway-vpc-attachments", "TransitGatewayVpcAttachments", Shape::list,
        transit_gateway_vpc_attachments},
    Row{"ec2", "describe-transit-gateway-route-tables", "TransitGatewayRouteTables", Shape::list,
        transit_gateway_route_tables},
    Row{"ec2", "search-transit-gateway-routes", "Routes", Shape::list, transit_gateway_routes},
};

}  // namespace

std::span<const Row> ec2_beyond_rows() {
  return kEc2BeyondRows;
}

}  // namespace doctor::facts
