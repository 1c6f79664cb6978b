// A network to test on, in few words: what AWS makes by itself (main route table with a local route, default
// ACL that allows all) is there from the start, the rest is said by the test.
//
//   Ground g;
//   g.vpc("vpc-a", "10.0.0.0/16");
//   g.subnet("subnet-a", "vpc-a", "10.0.1.0/24");
//   g.group("sg-web", "vpc-a", {tcp(443, 443, "0.0.0.0/0")});
//   g.interface("eni-a", "subnet-a", "10.0.1.5", {"sg-web"});
#pragma once

#include <string>
#include <vector>

#include "facts/facts.h"
#include "network/path.h"

namespace doctor::network {

// A security group's rule; `peer` is a CIDR of either version, a prefix list, or another group.
facts::SecurityGroupRule rule(const std::string& protocol, int from, int to, const std::string& peer);
facts::SecurityGroupRule tcp(int from, int to, const std::string& peer);
facts::SecurityGroupRule everything(const std::string& peer);

// An ACL's entry. Ports below 0: all of them.
facts::NetworkAclEntry entry(int number, bool egress, bool allow, const std::string& protocol, int from,
                             int to, const std::string& cidr);

struct Ground {
  facts::Place place;

  Ground();
  facts::Vpc& vpc(const std::string& id, const std::string& cidr, const std::string& cidr6 = "");
  facts::Subnet& subnet(const std::string& id, const std::string& vpc, const std::string& cidr,
                        const std::string& zone = "eu-west-1a", const std::string& cidr6 = "");
  facts::SecurityGroup& group(const std::string& id, const std::string& vpc,
                              std::vector<facts::SecurityGroupRule> ingress,
                              std::vector<facts::SecurityGroupRule> egress = {everything("0.0.0.0/0"),
                                                                              everything("::/0")});
  facts::NetworkInterface& interface(const std::string& id, const std::string& subnet,
                                     const std::string& address, std::vector<std::string> groups,
                                     const std::string& public_ip = "", const std::string& address6 = "");
  // The ACL of these subnets, instead of the VPC's default one.
  facts::NetworkAcl& acl(const std::string& id, const std::vector<std::string>& subnets,
                         std::vector<facts::NetworkAclEntry> entries);
  // The table of these subnets; local routes are added.
  facts::RouteTable& table(const std::string& id, const std::vector<std::string>& subnets,
                           std::vector<facts::Route> routes);
  facts::RouteTable& main_table(const std::string& vpc);
  void internet_gateway(const std::string& id, const std::string& vpc);
  void nat_gateway(const std::string& id, const std::string& subnet, const std::string& address,
                   const std::string& public_ip);  // "": a private NAT gateway
  void peering(const std::string& id, const std::string& a, const std::string& b,
               const std::string& status = "active");
  void attachment(const std::string& id, const std::string& transit_gateway, const std::string& vpc,
                  const std::vector<std::string>& subnets, const std::string& table);
  void transit_table(const std::string& id, const std::string& transit_gateway,
                     std::vector<facts::TransitGatewayRoute> routes);
  facts::VpcEndpoint& endpoint(const std::string& id, const std::string& vpc, const std::string& type,
                               const std::string& service);

  facts::Facts facts() const;
  Answer ask(const Query& query) const;
};

facts::TransitGatewayRoute transit_route(const std::string& destination, const std::string& attachment,
                                         const std::string& type = "propagated");

// "sg-1", "acl-1 (return)", in the order of the answer: what gtest can compare and print.
std::vector<std::string> blocks_of(const Answer& answer);

}  // namespace doctor::network
