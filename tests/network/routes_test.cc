// "How route priority works", "Subnet route tables" (Amazon VPC User Guide). Which route won is seen by where
// the packet ends.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "network/ground_support.h"

namespace doctor::network {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct Routed : Ground {
  Routed() {
    vpc("vpc-a", "10.0.0.0/16");
    vpc("vpc-b", "172.31.0.0/16");
    subnet("subnet-a", "vpc-a", "10.0.0.0/24");
    subnet("subnet-b", "vpc-b", "172.31.0.0/24");
    internet_gateway("igw-a", "vpc-a");
    peering("pcx-ab", "vpc-a", "vpc-b");
    main_table("vpc-b").routes.push_back({"10.0.0.0/16", "pcx-ab", "active"});
    for (const std::string v : {"a", "b"}) group("sg-" + v, "vpc-" + v, {everything("0.0.0.0/0")});
    interface("eni-a", "subnet-a", "10.0.0.5", {"sg-a"}, "54.77.0.5");
    interface("eni-b", "subnet-b", "172.31.0.5", {"sg-b"});
  }
};

std::vector<std::string> passed(const Answer& answer) {
  std::vector<std::string> out;
  for (const Hop& hop : answer.forward) out.push_back(hop.resource);
  return out;
}

// The page's first example: the internet gateway for all, the peering connection for 172.31.0.0/16.
TEST(RoutePriority, TheLongestPrefixWins) {
  Routed g;
  g.table("rtb-a", {"subnet-a"}, {{"0.0.0.0/0", "igw-a", "active"}, {"172.31.0.0/16", "pcx-ab", "active"}});
  const auto peered = g.ask({.from = "eni-a", .to = "eni-b"});
  EXPECT_EQ(peered.reachable, Reachable::yes);
  EXPECT_THAT(passed(peered), testing::Contains("pcx-ab"));
  const auto outside = g.ask({.from = "eni-a", .to = "8.8.8.8"});
  EXPECT_EQ(outside.reachable, Reachable::yes);
  EXPECT_THAT(passed(outside), testing::Contains("igw-a"));
}

// The page's second: a static route and a propagated one to the same destination.
TEST(RoutePriority, AStaticRouteWinsOverAPropagatedOne) {
  Routed g;
  g.table("rtb-a", {"subnet-a"},
          {{"8.8.8.0/24", "vgw-a", "active", "EnableVgwRoutePropagation"},
           {"8.8.8.0/24", "igw-a", "active", "CreateRoute"}});
  EXPECT_EQ(g.ask({.from = "eni-a", .to = "8.8.8.8"}).reachable, Reachable::yes);
}

TEST(RoutePriority, ALongerPropagatedRouteWinsOverAShorterStaticOne) {
  Routed g;
  g.table("rtb-a", {"subnet-a"},
          {{"8.8.8.0/24", "vgw-a", "active", "EnableVgwRoutePropagation"},
           {"0.0.0.0/0", "igw-a", "active", "CreateRoute"}});
  EXPECT_EQ(g.ask({.from = "eni-a", .to = "9.9.9.9"}).reachable, Reachable::yes);
  EXPECT_NE(g.ask({.from = "eni-a", .to = "8.8.8.8"}).reachable, Reachable::yes);
}

// Route priority for prefix lists: before propagated routes, by their own prefixes' lengths.
TEST(RoutePriority, APrefixListRouteWinsOverAPropagatedOne) {
  Routed g;
  g.place.prefix_lists["pl-1"] = {"pl-1", "partners", "IPv4", {"8.8.8.0/24"}, true};
  g.table("rtb-a", {"subnet-a"},
          {{"8.8.8.0/24", "vgw-a", "active", "EnableVgwRoutePropagation"}, {"pl-1", "igw-a", "active"}});
  EXPECT_EQ(g.ask({.from = "eni-a", .to = "8.8.8.8"}).reachable, Reachable::yes);
}

TEST(RoutePriority, AnUnknownPrefixListIsNotGuessed) {
  Routed g;
  g.place.prefix_lists["pl-1"] = {"pl-1", "partners", "IPv4", {}, false};
  g.table("rtb-a", {"subnet-a"}, {{"0.0.0.0/0", "igw-a", "active"}, {"pl-1", "nat-gone", "active"}});
  const auto a = g.ask({.from = "eni-a", .to = "8.8.8.8"});
  EXPECT_EQ(a.reachable, Reachable::depends);
  EXPECT_FALSE(a.depends_on.empty());
}

TEST(Routes, ABlackholeDropsAlthoughAShorterRouteWorks) {
  Routed g;
  g.table("rtb-a", {"subnet-a"}, {{"0.0.0.0/0", "igw-a", "active"}, {"8.8.8.0/24", "nat-gone", "blackhole"}});
  EXPECT_THAT(blocks_of(g.ask({.from = "eni-a", .to = "8.8.8.8"})), ElementsAre("rtb-a"));
}

TEST(Routes, WithoutARouteNothingLeaves) {
  Routed g;
  g.table("rtb-a", {"subnet-a"}, {});
  const auto a = g.ask({.from = "eni-a", .to = "8.8.8.8"});
  ASSERT_FALSE(a.blocked_by.empty());
  EXPECT_EQ(a.blocked_by[0].resource, "rtb-a");
}

// A subnet without its own association uses the VPC's main route table.
TEST(Routes, TheMainTableIsForSubnetsWithoutTheirOwn) {
  Routed g;
  g.main_table("vpc-a").routes.push_back({"0.0.0.0/0", "igw-a", "active"});
  EXPECT_EQ(g.ask({.from = "eni-a", .to = "8.8.8.8"}).reachable, Reachable::yes);
  g.table("rtb-a", {"subnet-a"}, {});
  EXPECT_EQ(g.ask({.from = "eni-a", .to = "8.8.8.8"}).reachable, Reachable::no);
}

TEST(Routes, EveryCidrOfTheVpcIsLocal) {
  Routed g;
  g.place.vpcs["vpc-a"].cidrs.push_back("100.64.0.0/24");
  g.main_table("vpc-a").routes.push_back({"100.64.0.0/24", "local", "active"});
  g.subnet("subnet-second", "vpc-a", "100.64.0.0/25");
  g.interface("eni-second", "subnet-second", "100.64.0.5", {"sg-a"});
  EXPECT_EQ(g.ask({.from = "eni-a", .to = "eni-second"}).reachable, Reachable::yes);
}

}  // namespace
}  // namespace doctor::network
