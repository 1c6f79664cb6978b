// "Gateway endpoints", "Access an AWS service using an interface VPC endpoint" with private DNS, "Amazon ECR
// interface VPC endpoints" (AWS PrivateLink Guide, Amazon ECR User Guide).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "network/ground_support.h"

namespace doctor::network {
namespace {

using testing::ElementsAre;

// A private subnet with a NAT gateway, and room for endpoints.
struct Endpoints : Ground {
  Endpoints() {
    vpc("vpc-a", "10.0.0.0/16");
    subnet("subnet-a", "vpc-a", "10.0.0.0/24");
    subnet("subnet-endpoint", "vpc-a", "10.0.1.0/24");
    subnet("subnet-public", "vpc-a", "10.0.2.0/24");
    internet_gateway("igw-a", "vpc-a");
    nat_gateway("nat-a", "subnet-public", "10.0.2.9", "54.77.0.9");
    table("rtb-public", {"subnet-public"}, {{"0.0.0.0/0", "igw-a", "active"}});
    group("sg-task", "vpc-a", {});
    group("sg-endpoint", "vpc-a", {tcp(443, 443, "10.0.0.0/24")});
    interface("eni-a", "subnet-a", "10.0.0.5", {"sg-task"});
    place.prefix_lists["pl-s3"] = {
        "pl-s3", "com.amazonaws.eu-west-1.s3", "IPv4", {"52.218.0.0/17", "3.5.64.0/21"}, true};
  }
  void gateway_endpoint() {
    endpoint("vpce-s3", "vpc-a", "Gateway", "s3").route_tables = {"rtb-a"};
    place.route_tables["rtb-a"].routes.push_back({"pl-s3", "vpce-s3", "active"});
  }
  facts::VpcEndpoint& interface_endpoint(const std::string& service) {
    auto& e = endpoint("vpce-" + service, "vpc-a", "Interface", service);
    e.private_dns_enabled = true;
    e.groups = {"sg-endpoint"};
    e.subnets = {"subnet-endpoint"};
    auto& i = interface("eni-of-" + service, "subnet-endpoint", "10.0.1.7", {"sg-endpoint"});
    i.interface_type = "vpc_endpoint";
    e.interfaces = {i.id};
    return e;
  }
};

std::vector<std::string> way(const Answer& answer) {
  std::vector<std::string> out;
  for (const Hop& hop : answer.forward) out.push_back(hop.resource);
  return out;
}

// "Gateway endpoints", routing: the prefix list's routes are longer than the NAT gateway's default route.
TEST(GatewayEndpoint, ItsRouteIsMoreSpecificThanTheNatGateways) {
  Endpoints g;
  g.table("rtb-a", {"subnet-a"}, {{"0.0.0.0/0", "nat-a", "active"}});
  const auto by_nat = g.ask({.from = "eni-a", .to = "service:s3"});
  EXPECT_EQ(by_nat.reachable, Reachable::yes);
  EXPECT_THAT(way(by_nat), testing::Contains("nat-a"));
  g.gateway_endpoint();
  const auto by_endpoint = g.ask({.from = "eni-a", .to = "service:s3"});
  EXPECT_EQ(by_endpoint.reachable, Reachable::yes);
  EXPECT_THAT(way(by_endpoint), testing::Contains("vpce-s3"));
  EXPECT_THAT(way(by_endpoint), testing::Not(testing::Contains("nat-a")));
}

// Security: the outbound rules must let traffic to the service's prefix list leave.
TEST(GatewayEndpoint, TheGroupMayNameThePrefixList) {
  Endpoints g;
  g.table("rtb-a", {"subnet-a"}, {});
  g.gateway_endpoint();
  g.group("sg-task", "vpc-a", {}, {tcp(443, 443, "10.0.0.0/16")});
  EXPECT_THAT(blocks_of(g.ask({.from = "eni-a", .to = "service:s3"})), ElementsAre("sg-task"));
  g.group("sg-task", "vpc-a", {}, {tcp(443, 443, "pl-s3")});
  EXPECT_EQ(g.ask({.from = "eni-a", .to = "service:s3"}).reachable, Reachable::yes);
}

TEST(GatewayEndpoint, TheAclMustAdmitTheServicesAnswers) {
  Endpoints g;
  g.table("rtb-a", {"subnet-a"}, {});
  g.gateway_endpoint();
  g.acl("acl-a", {"subnet-a"},
        {entry(100, true, true, "-1", -1, -1, "0.0.0.0/0"),
         entry(100, false, true, "-1", -1, -1, "10.0.0.0/16")});
  EXPECT_THAT(blocks_of(g.ask({.from = "eni-a", .to = "service:s3"})), ElementsAre("acl-a (return)"));
}

TEST(GatewayEndpoint, ATableWithoutItsRouteDoesNotUseIt) {
  Endpoints g;
  g.table("rtb-a", {"subnet-a"}, {});
  g.endpoint("vpce-s3", "vpc-a", "Gateway", "s3").route_tables = {"rtb-public"};
  EXPECT_EQ(g.ask({.from = "eni-a", .to = "service:s3"}).reachable, Reachable::no);
}

TEST(InterfaceEndpoint, WithPrivateDnsTheNameIsTheEndpoint) {
  Endpoints g;
  g.table("rtb-a", {"subnet-a"}, {});
  g.interface_endpoint("ecr.api");
  EXPECT_EQ(g.ask({.from = "eni-a", .to = "service:ecr.api"}).reachable, Reachable::yes);
}

// Without private DNS the name stays public, whatever the endpoint could do.
TEST(InterfaceEndpoint, WithoutPrivateDnsTheNameIsPublic) {
  Endpoints g;
  g.table("rtb-a", {"subnet-a"}, {});
  g.interface_endpoint("ecr.api").private_dns_enabled = false;
  EXPECT_EQ(g.ask({.from = "eni-a", .to = "service:ecr.api"}).reachable, Reachable::no);
  g.table("rtb-a", {"subnet-a"}, {{"0.0.0.0/0", "nat-a", "active"}});
  const auto a = g.ask({.from = "eni-a", .to = "service:ecr.api"});
  EXPECT_EQ(a.reachable, Reachable::yes);
  EXPECT_THAT(way(a), testing::Contains("nat-a"));
}

// Private DNS needs both DNS attributes of the VPC: AWS turns it on with both alone, so that they count as on
// where the facts do not tell.
TEST(InterfaceEndpoint, PrivateDnsNeedsTheVpcsDnsHostnames) {
  Endpoints g;
  g.table("rtb-a", {"subnet-a"}, {});
  g.interface_endpoint("ecr.api");
  g.place.vpcs["vpc-a"].dns_hostnames = false;
  EXPECT_EQ(g.ask({.from = "eni-a", .to = "service:ecr.api"}).reachable, Reachable::no);
  // AWS refuses private DNS without it: that nobody asked is no evidence that it was switched off since.
  g.place.vpcs["vpc-a"].dns_hostnames = {};
  EXPECT_EQ(g.ask({.from = "eni-a", .to = "service:ecr.api"}).reachable, Reachable::yes);
}

// An endpoint whose group does not admit the task blocks it although a NAT gateway would not.
TEST(InterfaceEndpoint, ItsGroupMustAdmitTheTask) {
  Endpoints g;
  g.table("rtb-a", {"subnet-a"}, {{"0.0.0.0/0", "nat-a", "active"}});
  g.interface_endpoint("ecr.api");
  g.group("sg-endpoint", "vpc-a", {tcp(443, 443, "10.0.7.0/24")});
  EXPECT_THAT(blocks_of(g.ask({.from = "eni-a", .to = "service:ecr.api"})), ElementsAre("sg-endpoint"));
}

TEST(InterfaceEndpoint, OfAnotherServiceItIsNotTaken) {
  Endpoints g;
  g.table("rtb-a", {"subnet-a"}, {});
  g.interface_endpoint("ecr.api");
  EXPECT_EQ(g.ask({.from = "eni-a", .to = "service:ecr.dkr"}).reachable, Reachable::no);
}

}  // namespace
}  // namespace doctor::network
