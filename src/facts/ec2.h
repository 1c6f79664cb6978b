// What Amazon EC2 says of the network: subnets, interfaces, groups, ACLs, routes and endpoints, as typed
// values.
//
// Field names follow the EC2 API reference; empty means that AWS or the snapshot does not say.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace doctor::facts {

struct Vpc {
  std::string id, cidr, state;
  std::vector<std::string> cidrs;
  std::optional<bool> dns_support, dns_hostnames;  // describe-vpc-attribute
};

struct Subnet {
  std::string id, arn, vpc_id, availability_zone, availability_zone_id, cidr, state, name;
  std::optional<int> available_ip_addresses;
  bool map_public_ip_on_launch = false;
};

struct NetworkInterface {
  std::string id, subnet_id, vpc_id, availability_zone, status, description, interface_type, private_ip,
      public_ip, requester_id;
  bool requester_managed = false;
  std::vector<std::string> groups;
};

struct SecurityGroupRule {
  std::string protocol;  // "tcp", "udp", "icmp", "-1" for all
  std::optional<int> from_port, to_port;
  std::vector<std::string> cidrs, ipv6_cidrs, prefix_lists, groups;
};

struct SecurityGroup {
  std::string id, name, vpc_id;
  std::vector<SecurityGroupRule> ingress, egress;
};

struct NetworkAclEntry {
  int rule_number = 0;
  std::string protocol;  // a protocol number, "-1" for all
  bool egress = false, allow = false;
  std::string cidr;
  std::optional<int> from_port, to_port;
};

struct NetworkAcl {
  std::string id, vpc_id;
  bool is_default = false;
  std::vector<std::string> subnets;
  std::vector<NetworkAclEntry> entries;
};

struct Route {
  std::string destination;  // CIDR or prefix list id
  std::string target;       // igw-…, nat-…, vpce-…, tgw-…, pcx-…, eni-…, "local"
  std::string state;        // active, blackhole
};

struct RouteTable {
  std::string id, vpc_id;
  bool main = false;
  std::vector<std::string> subnets;  // explicit associations
  std::vector<Route> routes;
};

struct NatGateway {
  std::string id, vpc_id, subnet_id, state, connectivity_type;
};

struct InternetGateway {
  std::string id;
  std::vector<std::string> vpcs;
};

struct VpcEndpoint {
  std::string id, vpc_id, service_name, type, state, policy_document;
  bool private_dns_enabled = false;
  std::vector<std::string> subnets, route_tables, groups;
};

}  // namespace doctor::facts
