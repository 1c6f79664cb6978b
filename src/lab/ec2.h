// EC2's network: documents by id, in the form of the CLI's output (and so of a snapshot).
//
// Scenarios and ECS build and change it with the functions below; the operations only read, filter and page.
// A subnet's AvailableIpAddressCount is never stored: it is what its CIDR, its interfaces and other_addresses
// leave.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "lab/handler.h"

namespace doctor::lab {

struct Ec2 {
  std::map<std::string, json> vpcs, subnets, interfaces, groups, group_rules, acls, route_tables,
      internet_gateways, nat_gateways, endpoints, instances;
  std::map<std::string, json> insights_paths, insights_analyses;  // of VPC Reachability Analyzer
  std::map<std::string, json> vpc_attributes;                     // EnableDnsSupport, EnableDnsHostnames
  std::map<std::string, std::set<std::uint32_t>> taken;           // per subnet: addresses of its interfaces
  std::map<std::string, int> other_addresses;  // per subnet: taken by things the lab does not hold
  // Client token of CreateVpcEndpoint → what was asked for with it, and the endpoint that came of it.
  std::map<std::string, std::pair<json, std::string>> endpoint_tokens;
  int interface_quota = 5000;  // L-DF5E4CA3, network interfaces per Region
};

// Every VPC comes with its main route table (local route), default network ACL (allows all) and group
// "default".
std::string add_vpc(World&, const std::string& region, const std::string& cidr, const std::string& name);
std::string add_subnet(World&, const std::string& region, const std::string& vpc, const std::string& zone,
                       const std::string& cidr, const std::string& name, bool public_addresses = false);
// Egress to anywhere is allowed, as in a new group; nothing comes in.
std::string add_group(World&, const std::string& region, const std::string& vpc, const std::string& name,
                      const std::string& description = "managed by the lab");
struct GroupRule {
  std::string protocol = "tcp";  // "-1": all
  int from_port = 443, to_port = 443;
  std::string cidr;   // either this
  std::string group;  // or the id of the group on the other side
};
void allow_ingress(World&, const std::string& region, const std::string& group, const GroupRule& rule);
void allow_egress(World&, const std::string& region, const std::string& group, const GroupRule& rule);
void revoke_all_egress(World&, const std::string& region, const std::string& group);
std::string add_internet_gateway(World&, const std::string& region, const std::string& vpc);
std::string add_nat_gateway(World&, const std::string& region, const std::string& subnet);
// Associated with the subnets, which leave the table they were with.
std::string add_route_table(World&, const std::string& region, const std::string& vpc,
                            const std::vector<std::string>& subnets, const std::string& name);
void add_route(World&, const std::string& region, const std::string& route_table, const std::string& cidr,
               const std::string& target);  // igw-…, nat-…, vpce-…: the field is chosen by the prefix
void remove_route(World&, const std::string& region, const std::string& route_table, const std::string& cidr);
// Which routes lead somewhere: "active" where the gateway, interface or endpoint is there (an internet
// gateway attached to this VPC), else "blackhole". Whoever takes one away or brings one back calls this.
void settle_routes(Ec2& ec2);
// "0.0.0.0/0", "::/0" or "pl-…": of a route, or of what asks for one.
std::string route_destination(const json& route);
// The prefix list that a gateway endpoint of this service is routed by; "" for other services.
std::string prefix_list_of(const std::string& service_name);
// A network ACL of its own for these subnets, without entries but the last rule, which denies all.
std::string add_acl(World&, const std::string& region, const std::string& vpc,
                    const std::vector<std::string>& subnets);
struct AclRule {
  int number = 100;
  bool egress = false, allow = true;
  std::string protocol = "-1", cidr = "0.0.0.0/0";  // protocol: IANA number, "-1" all, "6" TCP
  int from_port = 0, to_port = 65535;               // of TCP and UDP
};
void add_acl_rule(World&, const std::string& region, const std::string& acl, const AclRule& rule);
// service: "ecr.api", "ecr.dkr", "logs", "ssmmessages", "secretsmanager" (interface), "s3" (gateway: give
// route tables instead of subnets and groups). An interface endpoint takes an address in each of its subnets.
std::string add_endpoint(World&, const std::string& region, const std::string& vpc,
                         const std::string& service, const std::vector<std::string>& subnets_or_tables,
                         const std::vector<std::string>& groups = {}, const json& policy = nullptr);

// An interface endpoint's address in one more subnet. Nothing where the subnet is full.
void add_endpoint_interface(World&, const std::string& region, const std::string& endpoint,
                            const std::string& subnet);

struct InterfaceRequest {
  std::string subnet;
  std::vector<std::string> groups;
  std::string description;
  bool public_address = false;
  std::string requester = "amazon-ecs";  // "" : the account's own
  std::string private_address;           // "" : the lowest free one
  bool attached = true;                  // else nothing uses it, and its status is "available"
};
// The interface's document, or EC2's error: InvalidSubnetID.NotFound, InvalidGroup.NotFound (as AWS: the
// group is in another VPC or gone), InsufficientFreeAddressesInSubnet, NetworkInterfaceLimitExceeded.
Reply create_interface(World&, const std::string& region, const InterfaceRequest& request);
void delete_interface(World&, const std::string& region, const std::string& id);
int free_addresses(const Ec2& ec2, const std::string& subnet);  // 0 where there is no such subnet

void tag(json& document, const std::string& key, const std::string& value);  // of any EC2 document

}  // namespace doctor::lab
