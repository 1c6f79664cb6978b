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
  std::vector<std::string> ipv6_cidrs = {};
};

struct Subnet {
  std::string id, arn, vpc_id, availability_zone, availability_zone_id, cidr, state, name;
  std::optional<int> available_ip_addresses;
  bool map_public_ip_on_launch = false;
  std::vector<std::string> ipv6_cidrs = {};
};

struct PrivateAddress {
  std::string address, public_ip;  // "": no Elastic IP or public address is associated
};

struct NetworkInterface {
  std::string id, subnet_id, vpc_id, availability_zone, status, description, interface_type, private_ip,
      public_ip, requester_id;
  bool requester_managed = false;
  std::vector<std::string> groups;
  std::optional<bool> source_dest_check = {};
  std::vector<PrivateAddress> private_ips = {};                 // all of them, the primary one first
  std::vector<std::string> ipv6_addresses = {}, prefixes = {};  // delegated prefixes of both versions
  std::string owner_id = {};
};

// A group that a rule names; account, VPC and peering where it is another's.
struct GroupReference {
  std::string group_id, user_id, vpc_id, peering_id;
};

struct SecurityGroupRule {
  std::string protocol;  // "tcp", "udp", "icmp", "-1" for all
  std::optional<int> from_port, to_port;
  std::vector<std::string> cidrs, ipv6_cidrs, prefix_lists, groups;
  std::vector<GroupReference> group_references = {};  // the same groups, with what else is said of them
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
  std::optional<int> icmp_type = {}, icmp_code = {};  // -1 for all
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
  std::string origin = {};  // CreateRouteTable (local), CreateRoute, EnableVgwRoutePropagation
};

struct RouteTable {
  std::string id, vpc_id;
  bool main = false;
  std::vector<std::string> subnets;  // explicit associations
  std::vector<Route> routes;
  std::vector<std::string> gateways = {};  // edge associations: igw-…, vgw-…
};

struct NatGateway {
  std::string id, vpc_id, subnet_id, state, connectivity_type;
  std::vector<PrivateAddress> addresses = {};
};

struct InternetGateway {
  std::string id;
  std::vector<std::string> vpcs;
};

struct VpcEndpoint {
  std::string id, vpc_id, service_name, type, state, policy_document;
  bool private_dns_enabled = false;
  std::vector<std::string> subnets, route_tables, groups;
  std::vector<std::string> interfaces = {}, dns_names = {};
};

struct EgressOnlyInternetGateway {
  std::string id;
  std::vector<std::string> vpcs;
};

// A customer's or AWS's list of CIDRs; the entries are another answer.
struct PrefixList {
  std::string id, name, address_family;
  std::vector<std::string> cidrs;
  bool entries_known = false;
};

struct PeeringSide {
  std::string vpc_id, owner_id, region;
  std::vector<std::string> cidrs, ipv6_cidrs;
};

struct VpcPeeringConnection {
  std::string id, status;  // active, pending-acceptance, deleted, …
  PeeringSide requester, accepter;
};

struct TransitGateway {
  std::string id, owner_id, state;
  std::optional<bool> security_group_referencing = {};  // Options.SecurityGroupReferencingSupport
};

struct TransitGatewayAttachment {
  std::string id, transit_gateway_id, resource_type, resource_id, resource_owner_id, state, route_table_id;
  std::vector<std::string> subnets;  // of a VPC attachment; describe-transit-gateway-vpc-attachments
  bool subnets_known = false;
  bool association_known = false;  // describe-transit-gateway-attachments says which table; it may be none
};

struct TransitGatewayRoute {
  std::string destination, type, state;  // static or propagated; active or blackhole
  std::string prefix_list_id;
  std::vector<std::string> attachments;
};

struct TransitGatewayRouteTable {
  std::string id, transit_gateway_id, state;
  std::vector<TransitGatewayRoute> routes;
  bool routes_known = false;  // search-transit-gateway-routes, at most 1000 of them
};

}  // namespace doctor::facts
