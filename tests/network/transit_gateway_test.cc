// "Example: Centralized router", "Example: Isolated VPCs", "Example: Isolated VPCs with shared services",
// "Example: Centralized outbound routing to the internet", "Network ACLs for transit gateways" and "Amazon
// VPC attachments in Amazon Transit Gateway" (Amazon VPC Transit Gateways).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "network/ground_support.h"

namespace doctor::network {
namespace {

using testing::ElementsAre;

// VPCs A, B and C, each with a subnet for its workload and one for the attachment.
struct Hub : Ground {
  explicit Hub(const std::string& table = "tgw-rtb-1") {
    int n = 1;
    for (const std::string v : {"a", "b", "c"}) {
      const std::string base = "10." + std::to_string(n++);
      vpc("vpc-" + v, base + ".0.0/16");
      subnet("subnet-" + v, "vpc-" + v, base + ".0.0/24");
      subnet("subnet-tgw-" + v, "vpc-" + v, base + ".255.0/28");
      group("sg-" + v, "vpc-" + v, {everything("0.0.0.0/0")});
      interface("eni-" + v, "subnet-" + v, base + ".0.5", {"sg-" + v});
      main_table("vpc-" + v).routes.push_back({"0.0.0.0/0", "tgw-1", "active"});
      attachment("tgw-attach-" + v, "tgw-1", "vpc-" + v, {"subnet-tgw-" + v}, table);
    }
    transit_table("tgw-rtb-1", "tgw-1",
                  {transit_route("10.1.0.0/16", "tgw-attach-a"), transit_route("10.2.0.0/16", "tgw-attach-b"),
                   transit_route("10.3.0.0/16", "tgw-attach-c")});
  }
};

TEST(TransitGateway, CentralizedRouterLetsAllVpcsMeet) {
  const Hub g;
  for (const std::string to : {"b", "c"})
    EXPECT_EQ(g.ask({.from = "eni-a", .to = "eni-" + to}).reachable, Reachable::yes);
}

// Isolated VPCs: the table that the VPCs are associated with has no route to another VPC.
TEST(TransitGateway, IsolatedVpcsHaveNoRouteToEachOther) {
  Hub g("tgw-rtb-isolated");
  g.attachment("tgw-attach-shared", "tgw-1", "vpc-c", {"subnet-tgw-c"}, "tgw-rtb-1");
  g.place.transit_gateway_attachments.erase("tgw-attach-c");
  g.transit_table("tgw-rtb-isolated", "tgw-1", {transit_route("10.3.0.0/16", "tgw-attach-shared", "static")});
  g.transit_table(
      "tgw-rtb-1", "tgw-1",
      {transit_route("10.1.0.0/16", "tgw-attach-a"), transit_route("10.2.0.0/16", "tgw-attach-b")});
  const auto isolated = g.ask({.from = "eni-a", .to = "eni-b"});
  EXPECT_EQ(isolated.reachable, Reachable::no);
  ASSERT_FALSE(isolated.blocked_by.empty());
  EXPECT_EQ(isolated.blocked_by[0].resource, "tgw-rtb-isolated");
  // Shared services in VPC C: A and B reach it and it answers by its own table.
  EXPECT_EQ(g.ask({.from = "eni-a", .to = "eni-c"}).reachable, Reachable::yes);
  EXPECT_EQ(g.ask({.from = "eni-c", .to = "eni-b"}).reachable, Reachable::yes);
}

TEST(TransitGateway, ALongerBlackholeDrops) {
  Hub g;
  g.place.transit_gateway_route_tables["tgw-rtb-1"].routes.push_back(
      transit_route("10.2.0.0/24", "", "static"));
  const auto a = g.ask({.from = "eni-a", .to = "eni-b"});
  EXPECT_THAT(blocks_of(a), ElementsAre("tgw-rtb-1"));
}

// "Route tables", route evaluation order: the longest prefix, then static before propagated.
TEST(TransitGateway, AStaticRouteWinsOverAPropagatedOneOfTheSameLength) {
  Hub g;
  g.place.transit_gateway_route_tables["tgw-rtb-1"].routes.push_back(
      transit_route("10.2.0.0/16", "", "static"));
  EXPECT_EQ(g.ask({.from = "eni-a", .to = "eni-b"}).reachable, Reachable::no);
}

TEST(TransitGateway, AnAttachmentWithoutAssociationLeadsNowhere) {
  Hub g;
  g.place.transit_gateway_attachments["tgw-attach-a"].route_table_id = "";
  EXPECT_EQ(g.ask({.from = "eni-a", .to = "eni-b"}).reachable, Reachable::no);
}

TEST(TransitGateway, AVpcWithoutAttachmentIsNotServed) {
  Hub g;
  g.place.transit_gateway_attachments.erase("tgw-attach-a");
  EXPECT_EQ(g.ask({.from = "eni-a", .to = "eni-b"}).reachable, Reachable::no);
}

// "Amazon VPC attachments": resources of a zone without an attachment subnet cannot reach the transit
// gateway.
TEST(TransitGateway, AZoneWithoutAttachmentSubnetIsNotServed) {
  Hub g;
  g.place.subnets["subnet-a"].availability_zone = "eu-west-1b";
  const auto a = g.ask({.from = "eni-a", .to = "eni-b"});
  EXPECT_EQ(a.reachable, Reachable::no);
  EXPECT_EQ(a.blocked_by.at(0).resource, "tgw-attach-a");
}

TEST(TransitGateway, TheOtherSideNeedsItsRouteBack) {
  Hub g;
  g.table("rtb-b", {"subnet-b"}, {});
  EXPECT_THAT(blocks_of(g.ask({.from = "eni-a", .to = "eni-b"})), ElementsAre("rtb-b (return)"));
}

// "Network ACLs for transit gateways", different subnets: inbound rules of the attachment's subnet see the
// source on the way to the transit gateway, outbound rules the destination on the way from it.
TEST(TransitGateway, TheAclOfTheAttachmentsSubnetSeesOneDirectionEachWay) {
  Hub g;
  const Query query{.from = "eni-a", .to = "eni-b", .source_ports = "40000"};
  g.acl("acl-tgw", {"subnet-tgw-a"},
        {entry(100, false, true, "6", 443, 443, "10.1.0.0/16"),
         entry(100, true, true, "6", 40000, 40000, "10.1.0.0/16")});
  EXPECT_EQ(g.ask(query).reachable, Reachable::yes);
  g.acl("acl-tgw", {"subnet-tgw-a"}, {entry(100, true, true, "-1", -1, -1, "10.2.0.0/16")});
  EXPECT_THAT(blocks_of(g.ask(query)), ElementsAre("acl-tgw", "acl-tgw (return)"));
}

// The same page, same subnet: what comes from the transit gateway is not evaluated, what goes to it is by
// both lists.
TEST(TransitGateway, InTheAttachmentsOwnSubnetWhatComesInIsNotEvaluated) {
  Hub g;
  g.interface("eni-a", "subnet-tgw-a", "10.1.255.5", {"sg-a"});
  g.interface("eni-b", "subnet-tgw-b", "10.2.255.5", {"sg-b"});
  const Query query{.from = "eni-a", .to = "eni-b", .source_ports = "40000"};
  g.acl("acl-b", {"subnet-tgw-b"},
        {entry(100, true, true, "6", 40000, 40000, "10.1.0.0/16"),
         entry(100, false, true, "6", 40000, 40000, "10.2.0.0/16")});
  EXPECT_EQ(g.ask(query).reachable, Reachable::yes);
  g.acl("acl-a", {"subnet-tgw-a"}, {entry(100, true, true, "-1", -1, -1, "10.2.0.0/16")});
  EXPECT_THAT(blocks_of(g.ask(query)), ElementsAre("acl-a"));
}

// "Centralized outbound routing to the internet": A and B leave by the NAT gateway of C.
struct CentralizedEgress : Hub {
  CentralizedEgress() {
    internet_gateway("igw-c", "vpc-c");
    subnet("subnet-nat", "vpc-c", "10.3.9.0/24");
    nat_gateway("nat-c", "subnet-nat", "10.3.9.9", "54.77.0.99");
    table("rtb-tgw-c", {"subnet-tgw-c"}, {{"0.0.0.0/0", "nat-c", "active"}});
    table("rtb-nat", {"subnet-nat"}, {{"0.0.0.0/0", "igw-c", "active"}, {"10.0.0.0/8", "tgw-1", "active"}});
    place.transit_gateway_route_tables["tgw-rtb-1"].routes.push_back(
        transit_route("0.0.0.0/0", "tgw-attach-c", "static"));
  }
};

TEST(TransitGateway, CentralizedOutboundRoutingReachesTheInternet) {
  CentralizedEgress g;
  EXPECT_EQ(g.ask({.from = "eni-a", .to = "8.8.8.8"}).reachable, Reachable::yes);
  // Without the way back from the NAT gateway's subnet the answer is lost.
  g.table("rtb-nat", {"subnet-nat"}, {{"0.0.0.0/0", "igw-c", "active"}});
  EXPECT_EQ(g.ask({.from = "eni-a", .to = "8.8.8.8"}).reachable, Reachable::no);
}

// "Gateway endpoints", considerations: not for the other side of a transit gateway.
TEST(TransitGateway, DoesNotLeadToAnotherVpcsGatewayEndpoint) {
  CentralizedEgress g;
  g.place.prefix_lists["pl-s3"] = {"pl-s3", "com.amazonaws.eu-west-1.s3", "IPv4", {"52.218.0.0/17"}, true};
  g.endpoint("vpce-s3", "vpc-c", "Gateway", "s3").route_tables = {"rtb-tgw-c"};
  g.place.route_tables["rtb-tgw-c"].routes.push_back({"pl-s3", "vpce-s3", "active"});
  const auto a = g.ask({.from = "eni-a", .to = "52.218.0.9"});
  EXPECT_EQ(a.reachable, Reachable::no);
}

}  // namespace
}  // namespace doctor::network
