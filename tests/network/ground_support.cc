#include "network/ground_support.h"

#include <gtest/gtest.h>

namespace doctor::network {

facts::SecurityGroupRule rule(const std::string& protocol, int from, int to, const std::string& peer) {
  facts::SecurityGroupRule r;
  r.protocol = protocol;
  if (protocol != "-1") {
    r.from_port = from;
    r.to_port = to;
  }
  if (peer.starts_with("sg-")) {
    r.groups = {peer};
    r.group_references = {{peer, "", "", ""}};
  } else if (peer.starts_with("pl-")) {
    r.prefix_lists = {peer};
  } else if (peer.find(':') != std::string::npos) {
    r.ipv6_cidrs = {peer};
  } else {
    r.cidrs = {peer};
  }
  return r;
}

facts::SecurityGroupRule tcp(int from, int to, const std::string& peer) {
  return rule("tcp", from, to, peer);
}

facts::SecurityGroupRule everything(const std::string& peer) {
  return rule("-1", 0, 0, peer);
}

facts::NetworkAclEntry entry(int number, bool egress, bool allow, const std::string& protocol, int from,
                             int to, const std::string& cidr) {
  facts::NetworkAclEntry e;
  e.rule_number = number;
  e.protocol = protocol;
  e.egress = egress;
  e.allow = allow;
  e.cidr = cidr;
  if (protocol == "1" || protocol == "58") {
    e.icmp_type = from;
    e.icmp_code = to;
  } else if (from >= 0) {
    e.from_port = from;
    e.to_port = to;
  }
  return e;
}

Ground::Ground() {
  place.account = "111122223333";
  place.region = "eu-west-1";
  for (const std::string what :
       {"vpcs", "vpc-attribute", "subnets", "security-groups", "network-acls", "route-tables", "nat-gateways",
        "internet-gateways", "egress-only-internet-gateways", "vpc-endpoints", "network-interfaces",
        "vpc-peering-connections", "transit-gateways", "transit-gateway-attachments",
        "transit-gateway-vpc-attachments", "transit-gateway-route-tables", "prefix-lists",
        "managed-prefix-lists"})
    place.answered.insert("ec2.describe-" + what);
}

facts::Vpc& Ground::vpc(const std::string& id, const std::string& cidr, const std::string& cidr6) {
  auto& v = place.vpcs[id];
  v.id = id;
  v.cidr = cidr;
  v.cidrs = {cidr};
  v.dns_support = v.dns_hostnames = true;
  if (!cidr6.empty()) v.ipv6_cidrs = {cidr6};
  auto& acl = place.network_acls["acl-of-" + id];
  acl.id = "acl-of-" + id;
  acl.vpc_id = id;
  acl.is_default = true;
  for (const bool egress : {true, false}) {
    acl.entries.push_back(entry(100, egress, true, "-1", -1, -1, "0.0.0.0/0"));
    acl.entries.push_back(entry(101, egress, true, "-1", -1, -1, "::/0"));
  }
  auto& main = place.route_tables["rtb-of-" + id];
  main.id = "rtb-of-" + id;
  main.vpc_id = id;
  main.main = true;
  main.routes = {{cidr, "local", "active"}};
  if (!cidr6.empty()) main.routes.push_back({cidr6, "local", "active"});
  return v;
}

facts::Subnet& Ground::subnet(const std::string& id, const std::string& vpc, const std::string& cidr,
                              const std::string& zone, const std::string& cidr6) {
  auto& s = place.subnets[id];
  s.id = id;
  s.vpc_id = vpc;
  s.cidr = cidr;
  s.availability_zone = zone;
  if (!cidr6.empty()) s.ipv6_cidrs = {cidr6};
  return s;
}

facts::SecurityGroup& Ground::group(const std::string& id, const std::string& vpc,
                                    std::vector<facts::SecurityGroupRule> ingress,
                                    std::vector<facts::SecurityGroupRule> egress) {
  return place.security_groups[id] = {id, id, vpc, std::move(ingress), std::move(egress)};
}

facts::NetworkInterface& Ground::interface(const std::string& id, const std::string& subnet,
                                           const std::string& address, std::vector<std::string> groups,
                                           const std::string& public_ip, const std::string& address6) {
  auto& i = place.interfaces[id];
  i.id = id;
  i.subnet_id = subnet;
  i.vpc_id = place.subnets.at(subnet).vpc_id;
  i.availability_zone = place.subnets.at(subnet).availability_zone;
  i.status = "in-use";
  i.interface_type = "interface";
  i.groups = std::move(groups);
  i.private_ip = address;
  i.public_ip = public_ip;
  i.private_ips = {{address, public_ip}};
  if (!address6.empty()) i.ipv6_addresses = {address6};
  return i;
}

facts::NetworkAcl& Ground::acl(const std::string& id, const std::vector<std::string>& subnets,
                               std::vector<facts::NetworkAclEntry> entries) {
  auto& acl = place.network_acls[id];
  acl.id = id;
  acl.vpc_id = place.subnets.at(subnets.at(0)).vpc_id;
  acl.subnets = subnets;
  acl.entries = std::move(entries);
  return acl;
}

facts::RouteTable& Ground::table(const std::string& id, const std::vector<std::string>& subnets,
                                 std::vector<facts::Route> routes) {
  auto& table = place.route_tables[id];
  table.id = id;
  table.vpc_id = place.subnets.at(subnets.at(0)).vpc_id;
  table.subnets = subnets;
  table.routes = main_table(table.vpc_id).routes;
  std::erase_if(table.routes, [](const facts::Route& r) { return r.target != "local"; });
  for (auto& route : routes) table.routes.push_back(std::move(route));
  return table;
}

facts::RouteTable& Ground::main_table(const std::string& vpc) {
  return place.route_tables.at("rtb-of-" + vpc);
}

void Ground::internet_gateway(const std::string& id, const std::string& vpc) {
  place.internet_gateways[id] = {id, {vpc}};
}

void Ground::nat_gateway(const std::string& id, const std::string& subnet, const std::string& address,
                         const std::string& public_ip) {
  auto& i = interface("eni-of-" + id, subnet, address, {}, public_ip);
  i.interface_type = "nat_gateway";
  i.requester_managed = true;
  place.nat_gateways[id] = {
      id, i.vpc_id, subnet, "available", public_ip.empty() ? "private" : "public", {{address, public_ip}}};
}

void Ground::peering(const std::string& id, const std::string& a, const std::string& b,
                     const std::string& status) {
  const auto side = [this](const std::string& vpc) {
    return facts::PeeringSide{vpc, place.account, place.region, place.vpcs.at(vpc).cidrs,
                              place.vpcs.at(vpc).ipv6_cidrs};
  };
  place.vpc_peering_connections[id] = {id, status, side(a), side(b)};
}

void Ground::attachment(const std::string& id, const std::string& transit_gateway, const std::string& vpc,
                        const std::vector<std::string>& subnets, const std::string& table) {
  place.transit_gateways[transit_gateway] = {transit_gateway, place.account, "available"};
  auto& a = place.transit_gateway_attachments[id];
  a.id = id;
  a.transit_gateway_id = transit_gateway;
  a.resource_type = "vpc";
  a.resource_id = vpc;
  a.resource_owner_id = place.account;
  a.state = "available";
  a.route_table_id = table;
  a.subnets = subnets;
  a.subnets_known = a.association_known = true;
}

void Ground::transit_table(const std::string& id, const std::string& transit_gateway,
                           std::vector<facts::TransitGatewayRoute> routes) {
  place.transit_gateway_route_tables[id] = {id, transit_gateway, "available", std::move(routes), true};
}

facts::VpcEndpoint& Ground::endpoint(const std::string& id, const std::string& vpc, const std::string& type,
                                     const std::string& service) {
  auto& e = place.vpc_endpoints[id];
  e.id = id;
  e.vpc_id = vpc;
  e.type = type;
  e.service_name = "com.amazonaws.eu-west-1." + service;
  e.state = "available";
  e.policy_document = R"({"Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]})";
  return e;
}

facts::Facts Ground::facts() const {
  facts::Facts f;
  f.places.push_back(place);
  return f;
}

Answer Ground::ask(const Query& query) const {
  const auto everything = facts();
  const auto answer = Network(everything).path(query);
  if (!answer) {
    ADD_FAILURE() << answer.error().sentence;
    return {};
  }
  return *answer;
}

facts::TransitGatewayRoute transit_route(const std::string& destination, const std::string& attachment,
                                         const std::string& type) {
  if (attachment.empty()) return {destination, type, "blackhole", "", {}};
  return {destination, type, "active", "", {attachment}};
}

std::vector<std::string> blocks_of(const Answer& answer) {
  std::vector<std::string> out;
  for (const Block& b : answer.blocked_by) out.push_back(b.resource + (b.on_return ? " (return)" : ""));
  return out;
}

}  // namespace doctor::network
