// "VPC peering basics" with its limitations, "VPC peering connection configurations" and "Update your
// security groups to reference peer security groups" (Amazon VPC Peering Guide).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "network/ground_support.h"

namespace doctor::network {
namespace {

using testing::ElementsAre;

// VPC A in the middle, peered with B and with C; each side routes to the other's CIDR.
struct Peered : Ground {
  Peered() {
    int n = 0;
    for (const std::string v : {"a", "b", "c"}) {
      const std::string base = "10." + std::to_string(n++);
      vpc("vpc-" + v, base + ".0.0/16");
      subnet("subnet-" + v, "vpc-" + v, base + ".0.0/24");
      group("sg-" + v, "vpc-" + v, {everything("0.0.0.0/0")});
      interface("eni-" + v, "subnet-" + v, base + ".0.5", {"sg-" + v});
    }
    peering("pcx-ab", "vpc-a", "vpc-b");
    peering("pcx-ac", "vpc-c", "vpc-a");
    main_table("vpc-a").routes.push_back({"10.1.0.0/16", "pcx-ab", "active"});
    main_table("vpc-a").routes.push_back({"10.2.0.0/16", "pcx-ac", "active"});
    main_table("vpc-b").routes.push_back({"10.0.0.0/16", "pcx-ab", "active"});
    main_table("vpc-c").routes.push_back({"10.0.0.0/16", "pcx-ac", "active"});
  }
};

TEST(Peering, BothSidesNeedTheirRoute) {
  Peered g;
  EXPECT_EQ(g.ask({.from = "eni-a", .to = "eni-b"}).reachable, Reachable::yes);
  EXPECT_EQ(g.ask({.from = "eni-b", .to = "eni-a"}).reachable, Reachable::yes);
  g.table("rtb-b", {"subnet-b"}, {});
  EXPECT_THAT(blocks_of(g.ask({.from = "eni-a", .to = "eni-b"})), ElementsAre("rtb-b (return)"));
}

TEST(Peering, UntilItIsAcceptedItsRoutesAreBlackholes) {
  Peered g;
  g.peering("pcx-ab", "vpc-a", "vpc-b", "pending-acceptance");
  g.table("rtb-a", {"subnet-a"}, {{"10.1.0.0/16", "pcx-ab", "blackhole"}});
  g.table("rtb-b", {"subnet-b"}, {{"10.0.0.0/16", "pcx-ab", "blackhole"}});
  EXPECT_EQ(g.ask({.from = "eni-a", .to = "eni-b"}).reachable, Reachable::no);
}

// No transitive peering: routes in B and C through A change nothing.
TEST(Peering, IsNotTransitive) {
  Peered g;
  g.main_table("vpc-b").routes.push_back({"10.2.0.0/16", "pcx-ab", "active"});
  g.main_table("vpc-c").routes.push_back({"10.1.0.0/16", "pcx-ac", "active"});
  const auto a = g.ask({.from = "eni-b", .to = "eni-c"});
  EXPECT_EQ(a.reachable, Reachable::no);
  ASSERT_FALSE(a.blocked_by.empty());
  EXPECT_EQ(a.blocked_by[0].resource, "pcx-ab");
}

// No edge to edge routing through an internet gateway or a NAT device of the peer.
TEST(Peering, DoesNotLeadToThePeersInternetGatewayOrNat) {
  Peered g;
  g.internet_gateway("igw-a", "vpc-a");
  g.main_table("vpc-a").routes.push_back({"0.0.0.0/0", "igw-a", "active"});
  g.main_table("vpc-b").routes.push_back({"0.0.0.0/0", "pcx-ab", "active"});
  g.place.interfaces["eni-b"].public_ip = "54.77.0.9";
  g.place.interfaces["eni-b"].private_ips = {{"10.1.0.5", "54.77.0.9"}};
  EXPECT_EQ(g.ask({.from = "eni-b", .to = "8.8.8.8"}).reachable, Reachable::no);

  g.subnet("subnet-nat", "vpc-a", "10.0.9.0/24");
  g.nat_gateway("nat-a", "subnet-nat", "10.0.9.9", "54.77.0.99");
  g.table("rtb-a", {"subnet-a"}, {{"0.0.0.0/0", "nat-a", "active"}, {"10.1.0.0/16", "pcx-ab", "active"}});
  const auto a = g.ask({.from = "eni-b", .to = "8.8.8.8"});
  EXPECT_EQ(a.reachable, Reachable::no);
  ASSERT_FALSE(a.blocked_by.empty());
  EXPECT_EQ(a.blocked_by[0].resource, "pcx-ab");
}

// Nor through a gateway endpoint of the peer.
TEST(Peering, DoesNotLeadToThePeersGatewayEndpoint) {
  Peered g;
  g.place.prefix_lists["pl-s3"] = {"pl-s3", "com.amazonaws.eu-west-1.s3", "IPv4", {"52.218.0.0/17"}, true};
  g.endpoint("vpce-s3", "vpc-a", "Gateway", "s3").route_tables = {"rtb-of-vpc-a"};
  g.main_table("vpc-a").routes.push_back({"pl-s3", "vpce-s3", "active"});
  g.main_table("vpc-b").routes.push_back({"52.218.0.0/17", "pcx-ab", "active"});
  EXPECT_EQ(g.ask({.from = "eni-b", .to = "52.218.0.9"}).reachable, Reachable::no);
}

TEST(Peering, AGroupOfThePeerCanBeReferenced) {
  Peered g;
  g.group("sg-b", "vpc-b", {});
  auto r = tcp(443, 443, "sg-a");
  r.group_references = {{"sg-a", "111122223333", "vpc-a", "pcx-ab"}};
  g.place.security_groups["sg-b"].ingress = {r};
  EXPECT_EQ(g.ask({.from = "eni-a", .to = "eni-b"}).reachable, Reachable::yes);
  g.place.interfaces["eni-a"].groups = {"sg-x"};
  g.group("sg-x", "vpc-a", {});
  EXPECT_THAT(blocks_of(g.ask({.from = "eni-a", .to = "eni-b"})), ElementsAre("sg-b"));
}

TEST(Peering, AReferencedGroupIsFoundForEveryAddressOfARange) {
  Peered g;
  auto r = tcp(443, 443, "sg-b");
  r.group_references = {{"sg-b", "111122223333", "vpc-b", "pcx-ab"}};
  g.group("sg-a", "vpc-a", {}, {r});
  const auto one = g.ask({.from = "eni-a", .to = "eni-b"});
  EXPECT_EQ(one.reachable, Reachable::yes);
  for (const auto& part : g.ask({.from = "eni-a", .to = "10.1.0.0/24"}).parts) {
    if (part.destinations.starts_with("10.1.0.5")) EXPECT_EQ(part.reachable, one.reachable);
  }
}

// Both subnets' network ACLs see the packet.
TEST(Peering, TheAclsOfBothSubnetsCount) {
  Peered g;
  g.acl("acl-b", {"subnet-b"}, {entry(100, false, true, "-1", -1, -1, "10.0.0.0/16")});
  EXPECT_THAT(blocks_of(g.ask({.from = "eni-a", .to = "eni-b"})), ElementsAre("acl-b (return)"));
}

}  // namespace
}  // namespace doctor::network
