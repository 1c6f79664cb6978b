// Amazon EC2: the network around the tasks. Every answer names its resources itself.
#include <array>

#include "facts/reading.h"

namespace doctor::facts {
namespace {

std::vector<std::string> texts_at(const Json& parent, std::string_view list, std::string_view key) {
  std::vector<std::string> out;
  for (const Json& item : parent[list].items()) {
    if (auto text = text_at(item, key); !text.empty()) out.push_back(std::move(text));
  }
  return out;
}

std::string tag(const Json& item, std::string_view wanted) {
  for (auto& [key, value] : pairs_at(item, "Tags", "Key", "Value")) {
    if (key == wanted) return value;
  }
  return {};
}

// The first of the fields that is set: EC2 has one field a kind of target.
std::string first_of(const Json& item, std::initializer_list<std::string_view> keys) {
  for (const auto key : keys) {
    if (auto text = text_at(item, key); !text.empty()) return text;
  }
  return {};
}

void vpcs(Reading& in, const Json& document) {
  for (const Json& item : in.objects(document, "Vpcs")) {
    Vpc& v = in.place.vpcs[in.identity(item, "Vpcs", "VpcId")];
    v.id = text_at(item, "VpcId");
    v.cidr = text_at(item, "CidrBlock");
    v.state = text_at(item, "State");
    v.cidrs = texts_at(item, "CidrBlockAssociationSet", "CidrBlock");
    if (v.cidrs.empty() && !v.cidr.empty()) v.cidrs.push_back(v.cidr);
    v.ipv6_cidrs = texts_at(item, "Ipv6CidrBlockAssociationSet", "Ipv6CidrBlock");
  }
}

// One answer has one attribute: two files make the whole.
void vpc_attribute(Reading& in, const Json& document) {
  const std::string id = in.identity(document, "", "VpcId");
  if (id.empty()) return;
  Vpc& v = in.place.vpcs[id];
  v.id = id;
  if (const Json support = document["EnableDnsSupport"]; support.is_object())
    v.dns_support = flag_at(support, "Value");
  if (const Json names = document["EnableDnsHostnames"]; names.is_object())
    v.dns_hostnames = flag_at(names, "Value");
}

void subnets(Reading& in, const Json& document) {
  for (const Json& item : in.objects(document, "Subnets")) {
    Subnet s;
    s.id = in.identity(item, "Subnets", "SubnetId");
    s.arn = text_at(item, "SubnetArn");
    s.vpc_id = text_at(item, "VpcId");
    s.availability_zone = text_at(item, "AvailabilityZone");
    s.availability_zone_id = text_at(item, "AvailabilityZoneId");
    s.cidr = text_at(item, "CidrBlock");
    s.state = text_at(item, "State");
    s.name = tag(item, "Name");
    s.available_ip_addresses = item["AvailableIpAddressCount"].integer();
    s.map_public_ip_on_launch = flag_at(item, "MapPublicIpOnLaunch");
    s.ipv6_cidrs = texts_at(item, "Ipv6CidrBlockAssociationSet", "Ipv6CidrBlock");
    in.place.subnets[s.id] = std::move(s);
  }
}

// The primary address first, whatever the order of the answer.
std::vector<PrivateAddress> private_ips_of(const Json& item) {
  std::vector<PrivateAddress> out;
  for (const Json& address : item["PrivateIpAddresses"].items()) {
    PrivateAddress a{text_at(address, "PrivateIpAddress"), text_at(address["Association"], "PublicIp")};
    if (a.address.empty()) continue;
    out.insert(flag_at(address, "Primary") ? out.begin() : out.end(), std::move(a));
  }
  if (auto alone = text_at(item, "PrivateIpAddress"); out.empty() && !alone.empty())
    out.push_back({std::move(alone), text_at(item["Association"], "PublicIp")});
  return out;
}

void interfaces(Reading& in, const Json& document) {
  for (const Json& item : in.objects(document, "NetworkInterfaces")) {
    NetworkInterface n;
    n.id = in.identity(item, "NetworkInterfaces", "NetworkInterfaceId");
    n.subnet_id = text_at(item, "SubnetId");
    n.vpc_id = text_at(item, "VpcId");
    n.availability_zone = text_at(item, "AvailabilityZone");
    n.status = text_at(item, "Status");
    n.description = text_at(item, "Description");
    n.interface_type = text_at(item, "InterfaceType");
    n.private_ip = text_at(item, "PrivateIpAddress");
    n.public_ip = text_at(item["Association"], "PublicIp");
    n.requester_id = text_at(item, "RequesterId");
    n.requester_managed = flag_at(item, "RequesterManaged");
    n.groups = texts_at(item, "Groups", "GroupId");
    if (item["SourceDestCheck"].present()) n.source_dest_check = flag_at(item, "SourceDestCheck");
    n.private_ips = private_ips_of(item);
    n.ipv6_addresses = texts_at(item, "Ipv6Addresses", "Ipv6Address");
    n.prefixes = texts_at(item, "Ipv4Prefixes", "Ipv4Prefix");
    for (auto& prefix : texts_at(item, "Ipv6Prefixes", "Ipv6Prefix")) n.prefixes.push_back(std::move(prefix));
    n.owner_id = text_at(item, "OwnerId");
    in.time(item["Attachment"]["AttachTime"]);
    in.place.interfaces[n.id] = std::move(n);
  }
}

std::vector<GroupReference> references_of(const Json& rule) {
  std::vector<GroupReference> out;
  for (const Json& pair : rule["UserIdGroupPairs"].items())
    out.push_back({text_at(pair, "GroupId"), text_at(pair, "UserId"), text_at(pair, "VpcId"),
                   text_at(pair, "VpcPeeringConnectionId")});
  return out;
}

std::vector<SecurityGroupRule> rules_of(const Json& list) {
  std::vector<SecurityGroupRule> out;
  for (const Json& item : list.items()) {
    out.push_back({text_at(item, "IpProtocol"), item["FromPort"].integer(), item["ToPort"].integer(),
                   texts_at(item, "IpRanges", "CidrIp"), texts_at(item, "Ipv6Ranges", "CidrIpv6"),
                   texts_at(item, "PrefixListIds", "PrefixListId"),
                   texts_at(item, "UserIdGroupPairs", "GroupId"), references_of(item)});
  }
  return out;
}

void security_groups(Reading& in, const Json& document) {
  for (const Json& item : in.objects(document, "SecurityGroups")) {
    const std::string id = in.identity(item, "SecurityGroups", "GroupId");
    in.place.security_groups[id] = {id, text_at(item, "GroupName"), text_at(item, "VpcId"),
                                    rules_of(item["IpPermissions"]), rules_of(item["IpPermissionsEgress"])};
  }
}

NetworkAclEntry acl_entry_of(const Json& item) {
  NetworkAclEntry e;
  e.rule_number = item["RuleNumber"].integer().value_or(0);
  e.protocol = text_at(item, "Protocol");
  e.egress = flag_at(item, "Egress");
  e.allow = text_at(item, "RuleAction") == "allow";
  e.cidr = first_of(item, {"CidrBlock", "Ipv6CidrBlock"});
  e.from_port = item["PortRange"]["From"].integer();
  e.to_port = item["PortRange"]["To"].integer();
  e.icmp_type = item["IcmpTypeCode"]["Type"].integer();
  e.icmp_code = item["IcmpTypeCode"]["Code"].integer();
  return e;
}

void network_acls(Reading& in, const Json& document) {
  for (const Json& item : in.objects(document, "NetworkAcls")) {
    NetworkAcl acl;
    acl.id = in.identity(item, "NetworkAcls", "NetworkAclId");
    acl.vpc_id = text_at(item, "VpcId");
    acl.is_default = flag_at(item, "IsDefault");
    acl.subnets = texts_at(item, "Associations", "SubnetId");
    for (const Json& entry : in.objects(item, "Entries")) acl.entries.push_back(acl_entry_of(entry));
    in.place.network_acls[acl.id] = std::move(acl);
  }
}

Route route_of(const Json& item) {
  return {first_of(item, {"DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId"}),
          first_of(item, {"GatewayId", "NatGatewayId", "TransitGatewayId", "VpcPeeringConnectionId",
                          "NetworkInterfaceId", "EgressOnlyInternetGatewayId", "CarrierGatewayId",
                          "LocalGatewayId", "InstanceId", "CoreNetworkArn"}),
          text_at(item, "State"), text_at(item, "Origin")};
}

void route_tables(Reading& in, const Json& document) {
  for (const Json& item : in.objects(document, "RouteTables")) {
    RouteTable table;
    table.id = in.identity(item, "RouteTables", "RouteTableId");
    table.vpc_id = text_at(item, "VpcId");
    table.subnets = texts_at(item, "Associations", "SubnetId");
    table.gateways = texts_at(item, "Associations", "GatewayId");
    for (const Json& association : in.objects(item, "Associations"))
      table.main = table.main || flag_at(association, "Main");
    for (const Json& route : in.objects(item, "Routes")) table.routes.push_back(route_of(route));
    in.place.route_tables[table.id] = std::move(table);
  }
}

void nat_gateways(Reading& in, const Json& document) {
  for (const Json& item : in.objects(document, "NatGateways")) {
    const std::string id = in.identity(item, "NatGateways", "NatGatewayId");
    for (const auto key : {"CreateTime", "DeleteTime"}) in.time(item[key]);
    in.place.nat_gateways[id] = {id, text_at(item, "VpcId"), text_at(item, "SubnetId"),
                                 text_at(item, "State"), text_at(item, "ConnectivityType")};
    for (const Json& address : item["NatGatewayAddresses"].items())
      in.place.nat_gateways[id].addresses.push_back(
          {text_at(address, "PrivateIp"), text_at(address, "PublicIp")});
  }
}

void internet_gateways(Reading& in, const Json& document) {
  for (const Json& item : in.objects(document, "InternetGateways")) {
    const std::string id = in.identity(item, "InternetGateways", "InternetGatewayId");
    in.place.internet_gateways[id] = {id, texts_at(item, "Attachments", "VpcId")};
  }
}

void vpc_endpoints(Reading& in, const Json& document) {
  for (const Json& item : in.objects(document, "VpcEndpoints")) {
    VpcEndpoint e;
    e.id = in.identity(item, "VpcEndpoints", "VpcEndpointId");
    e.vpc_id = text_at(item, "VpcId");
    e.service_name = text_at(item, "ServiceName");
    e.type = text_at(item, "VpcEndpointType");
    e.state = text_at(item, "State");
    e.policy_document = text_at(item, "PolicyDocument");
    e.private_dns_enabled = flag_at(item, "PrivateDnsEnabled");
    e.subnets = item["SubnetIds"].strings();
    e.route_tables = item["RouteTableIds"].strings();
    e.groups = texts_at(item, "Groups", "GroupId");
    e.interfaces = item["NetworkInterfaceIds"].strings();
    e.dns_names = texts_at(item, "DnsEntries", "DnsName");
    in.time(item["CreationTimestamp"]);
    in.place.vpc_endpoints[e.id] = std::move(e);
  }
}

constexpr std::array kEc2Rows{
    Row{"ec2", "describe-vpcs", "Vpcs", Shape::list, vpcs},
    Row{"ec2", "describe-vpc-attribute", "VpcId", Shape::any, vpc_attribute, 1},
    Row{"ec2", "describe-subnets", "Subnets", Shape::list, subnets},
    Row{"ec2", "describe-network-interfaces", "NetworkInterfaces", Shape::list, interfaces},
    Row{"ec2", "describe-security-groups", "SecurityGroups", Shape::list, security_groups},
    Row{"ec2", "describe-network-acls", "NetworkAcls", Shape::list, network_acls},
    Row{"ec2", "describe-route-tables", "RouteTables", Shape::list, route_tables},
    Row{"ec2", "describe-nat-gateways", "NatGateways", Shape::list, nat_gateways},
    Row{"ec2", "describe-internet-gateways", "InternetGateways", Shape::list, internet_gateways},
    Row{"ec2", "describe-vpc-endpoints", "VpcEndpoints", Shape::list, vpc_endpoints},
};

}  // namespace

std::span<const Row> ec2_rows() {
  return kEc2Rows;
}

}  // namespace doctor::facts
