// "Enable internet access for a VPC using an internet gateway", "NAT gateways", "NAT gateway basics",
// "Egress-only internet gateways" (Amazon VPC User Guide).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "network/ground_support.h"

namespace doctor::network {
namespace {

using testing::ElementsAre;

// "Example: VPC with servers in private subnets and NAT": a public subnet with the NAT gateway, a private
// one.
struct PublicAndPrivate : Ground {
  PublicAndPrivate() {
    vpc("vpc-a", "10.0.0.0/16", "2600:1f16:1::/56");
    subnet("subnet-public", "vpc-a", "10.0.0.0/24", "eu-west-1a", "2600:1f16:1:0::/64");
    subnet("subnet-private", "vpc-a", "10.0.1.0/24", "eu-west-1a", "2600:1f16:1:1::/64");
    internet_gateway("igw-a", "vpc-a");
    place.egress_only_internet_gateways["eigw-a"] = {"eigw-a", {"vpc-a"}};
    nat_gateway("nat-a", "subnet-public", "10.0.0.100", "54.77.0.100");
    table("rtb-public", {"subnet-public"}, {{"0.0.0.0/0", "igw-a", "active"}, {"::/0", "igw-a", "active"}});
    table("rtb-private", {"subnet-private"},
          {{"0.0.0.0/0", "nat-a", "active"}, {"::/0", "eigw-a", "active"}});
    group("sg-web", "vpc-a", {tcp(443, 443, "0.0.0.0/0"), tcp(443, 443, "::/0")});
    interface("eni-public", "subnet-public", "10.0.0.5", {"sg-web"}, "54.77.0.5", "2600:1f16:1:0::5");
    interface("eni-bare", "subnet-public", "10.0.0.6", {"sg-web"});
    interface("eni-private", "subnet-private", "10.0.1.5", {"sg-web"}, "", "2600:1f16:1:1::5");
  }
};

TEST(InternetGateway, APublicAddressIsNeededInBothDirections) {
  const PublicAndPrivate g;
  EXPECT_EQ(g.ask({.from = "eni-public", .to = "8.8.8.8"}).reachable, Reachable::yes);
  EXPECT_EQ(g.ask({.from = "8.8.8.8", .to = "eni-public"}).reachable, Reachable::yes);
  EXPECT_THAT(blocks_of(g.ask({.from = "eni-bare", .to = "8.8.8.8"})), ElementsAre("igw-a"));
  EXPECT_EQ(g.ask({.from = "8.8.8.8", .to = "eni-bare"}).reachable, Reachable::no);
}

TEST(InternetGateway, Ipv6AddressesArePublicAsTheyAre) {
  PublicAndPrivate g;
  g.interface("eni-bare", "subnet-public", "10.0.0.6", {"sg-web"}, "", "2600:1f16:1:0::6");
  EXPECT_EQ(g.ask({.from = "eni-bare", .to = "2606:4700::1"}).reachable, Reachable::yes);
  EXPECT_EQ(g.ask({.from = "2606:4700::1", .to = "eni-bare"}).reachable, Reachable::yes);
}

TEST(InternetGateway, OfAnotherVpcItIsNone) {
  PublicAndPrivate g;
  g.place.internet_gateways["igw-a"].vpcs = {"vpc-b"};
  EXPECT_EQ(g.ask({.from = "eni-public", .to = "8.8.8.8"}).reachable, Reachable::no);
  EXPECT_EQ(g.ask({.from = "8.8.8.8", .to = "eni-public"}).reachable, Reachable::no);
}

// An interface with a public address in a subnet that has no route to the internet gateway: what comes in
// gets no answer.
TEST(InternetGateway, WithoutARouteTheAnswerIsLost) {
  PublicAndPrivate g;
  g.table("rtb-public", {"subnet-public"}, {});
  EXPECT_THAT(blocks_of(g.ask({.from = "8.8.8.8", .to = "eni-public"})), ElementsAre("rtb-public (return)"));
}

TEST(NatGateway, PrivateSubnetsReachTheInternetThroughIt) {
  const PublicAndPrivate g;
  const auto a = g.ask({.from = "eni-private", .to = "8.8.8.8"});
  EXPECT_EQ(a.reachable, Reachable::yes);
  std::vector<std::string> way;
  for (const auto& hop : a.forward) way.push_back(hop.resource);
  EXPECT_THAT(way, testing::IsSupersetOf({"rtb-private", "nat-a", "rtb-public", "igw-a"}));
}

TEST(NatGateway, NobodyReachesPrivateSubnetsThroughIt) {
  const PublicAndPrivate g;
  EXPECT_EQ(g.ask({.from = "8.8.8.8", .to = "eni-private"}).reachable, Reachable::no);
}

// "NAT gateway basics": the network ACL of the NAT gateway's subnet counts, and it uses ports 1024-65535.
TEST(NatGateway, TheAclOfItsSubnetMustAdmitThePortsThatItUses) {
  PublicAndPrivate g;
  const Query out{.from = "eni-private", .to = "8.8.8.8", .ports = "443", .source_ports = "40000"};
  std::vector<facts::NetworkAclEntry> entries{entry(100, true, true, "-1", -1, -1, "0.0.0.0/0"),
                                              entry(100, false, true, "6", 443, 443, "10.0.0.0/16"),
                                              entry(110, false, true, "6", 1024, 65535, "0.0.0.0/0")};
  g.acl("acl-public", {"subnet-public"}, entries);
  EXPECT_EQ(g.ask(out).reachable, Reachable::yes);
  // The sender's own port would pass; those that the NAT gateway may choose do not all.
  entries[2] = entry(110, false, true, "6", 32768, 60999, "0.0.0.0/0");
  g.acl("acl-public", {"subnet-public"}, entries);
  EXPECT_NE(g.ask(out).reachable, Reachable::yes);
  entries.pop_back();
  g.acl("acl-public", {"subnet-public"}, entries);
  EXPECT_THAT(blocks_of(g.ask(out)), ElementsAre("acl-public (return)"));
  entries.erase(entries.begin() + 1);
  g.acl("acl-public", {"subnet-public"}, entries);
  EXPECT_THAT(blocks_of(g.ask(out)), ElementsAre("acl-public", "acl-public (return)"));
}

// "NAT gateways": what a private NAT gateway sends to an internet gateway is dropped there.
TEST(NatGateway, APrivateOneDoesNotReachTheInternet) {
  PublicAndPrivate g;
  g.nat_gateway("nat-a", "subnet-public", "10.0.0.100", "");
  EXPECT_THAT(blocks_of(g.ask({.from = "eni-private", .to = "8.8.8.8"})), ElementsAre("igw-a"));
}

TEST(NatGateway, ADeletedOneIsABlackhole) {
  PublicAndPrivate g;
  g.place.nat_gateways["nat-a"].state = "deleted";
  g.table("rtb-private", {"subnet-private"}, {{"0.0.0.0/0", "nat-a", "blackhole"}});
  EXPECT_THAT(blocks_of(g.ask({.from = "eni-private", .to = "8.8.8.8"})), ElementsAre("rtb-private"));
}

// A NAT gateway in a private subnet: its own subnet's table sends its packets back to it.
TEST(NatGateway, InASubnetThatRoutesToItselfItLoops) {
  PublicAndPrivate g;
  g.nat_gateway("nat-a", "subnet-private", "10.0.1.100", "54.77.0.100");
  const auto a = g.ask({.from = "eni-private", .to = "8.8.8.8"});
  EXPECT_THAT(blocks_of(a), ElementsAre("rtb-private"));
}

TEST(NatGateway, ItsSubnetNeedsARouteToTheInternetGateway) {
  PublicAndPrivate g;
  g.table("rtb-public", {"subnet-public"}, {});
  const auto a = g.ask({.from = "eni-private", .to = "8.8.8.8"});
  ASSERT_FALSE(a.blocked_by.empty());
  EXPECT_EQ(a.blocked_by[0].resource, "rtb-public");
}

TEST(NatGateway, OneThatIsInNoFactsIsNotGuessed) {
  PublicAndPrivate g;
  g.place.nat_gateways.clear();
  g.place.answered.erase("ec2.describe-nat-gateways");
  const auto a = g.ask({.from = "eni-private", .to = "8.8.8.8"});
  EXPECT_EQ(a.reachable, Reachable::depends);
  EXPECT_FALSE(a.depends_on.empty());
}

TEST(EgressOnlyInternetGateway, LetsOutAndNotIn) {
  const PublicAndPrivate g;
  EXPECT_EQ(g.ask({.from = "eni-private", .to = "2606:4700::1"}).reachable, Reachable::yes);
  const auto in = g.ask({.from = "2606:4700::1", .to = "eni-private"});
  EXPECT_EQ(in.reachable, Reachable::no);
  EXPECT_THAT(blocks_of(in), ElementsAre("rtb-private (return)"));
}

}  // namespace
}  // namespace doctor::network
