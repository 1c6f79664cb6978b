// "Security group rules", "Security group rules for different use cases" and "Update your security groups to
// reference peer security groups" (Amazon VPC User Guide, Peering Guide).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "network/ground_support.h"

namespace doctor::network {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// "Security group rules for different use cases", web servers and database servers: the web servers take
// HTTP and HTTPS from anywhere, the database takes MySQL from the web servers' group only.
struct WebAndDatabase : Ground {
  WebAndDatabase() {
    vpc("vpc-a", "10.0.0.0/16", "2600:1f16:1::/56");
    subnet("subnet-web", "vpc-a", "10.0.0.0/24", "eu-west-1a", "2600:1f16:1:0::/64");
    subnet("subnet-db", "vpc-a", "10.0.1.0/24", "eu-west-1a", "2600:1f16:1:1::/64");
    group("sg-web", "vpc-a",
          {tcp(80, 80, "0.0.0.0/0"), tcp(80, 80, "::/0"), tcp(443, 443, "0.0.0.0/0"), tcp(443, 443, "::/0")});
    group("sg-db", "vpc-a", {tcp(3306, 3306, "sg-web")});
    group("sg-other", "vpc-a", {});
    interface("eni-web", "subnet-web", "10.0.0.5", {"sg-web"}, "", "2600:1f16:1:0::5");
    interface("eni-db", "subnet-db", "10.0.1.5", {"sg-db"}, "", "2600:1f16:1:1::5");
    interface("eni-other", "subnet-web", "10.0.0.6", {"sg-other"}, "", "2600:1f16:1:0::6");
  }
};

TEST(SecurityGroups, AReferencedGroupStandsForTheInterfacesThatHaveIt) {
  const WebAndDatabase g;
  EXPECT_EQ(g.ask({.from = "eni-web", .to = "eni-db", .ports = "3306"}).reachable, Reachable::yes);
  const auto other = g.ask({.from = "eni-other", .to = "eni-db", .ports = "3306"});
  EXPECT_EQ(other.reachable, Reachable::no);
  EXPECT_THAT(blocks_of(other), ElementsAre("sg-db"));
}

TEST(SecurityGroups, AReferencedGroupCountsForIpv6AddressesToo) {
  const WebAndDatabase g;
  EXPECT_EQ(g.ask({.from = "eni-web", .to = "eni-db", .ports = "3306", .ip_version = 6}).reachable,
            Reachable::yes);
}

// A rule that references a group adds no rule of that group: who may reach the web servers may not
// therefore reach the database.
TEST(SecurityGroups, AReferenceDoesNotTakeTheOtherGroupsRulesOver) {
  const WebAndDatabase g;
  EXPECT_EQ(g.ask({.from = "eni-other", .to = "eni-web", .ports = "443"}).reachable, Reachable::yes);
  EXPECT_EQ(g.ask({.from = "eni-other", .to = "eni-db", .ports = "443"}).reachable, Reachable::no);
}

TEST(SecurityGroups, AReferenceToItsOwnGroupLetsMembersMeet) {
  WebAndDatabase g;
  g.group("sg-db", "vpc-a", {everything("sg-db")});
  g.interface("eni-db2", "subnet-db", "10.0.1.6", {"sg-db"});
  EXPECT_EQ(g.ask({.from = "eni-db", .to = "eni-db2", .ports = "5432"}).reachable, Reachable::yes);
  EXPECT_EQ(g.ask({.from = "eni-web", .to = "eni-db2", .ports = "5432"}).reachable, Reachable::no);
}

// Connection tracking: the answer is allowed whatever the outbound rules of the answering side are.
TEST(SecurityGroups, AnAnswerNeedsNoRule) {
  WebAndDatabase g;
  g.group("sg-db", "vpc-a", {tcp(3306, 3306, "sg-web")}, {});
  EXPECT_EQ(g.ask({.from = "eni-web", .to = "eni-db", .ports = "3306"}).reachable, Reachable::yes);
}

TEST(SecurityGroups, WithoutOutboundRulesNothingLeaves) {
  WebAndDatabase g;
  g.group("sg-web", "vpc-a", {}, {});
  const auto a = g.ask({.from = "eni-web", .to = "eni-db", .ports = "3306"});
  EXPECT_THAT(blocks_of(a), ElementsAre("sg-web"));
}

// Several groups on an interface: their rules are one set.
TEST(SecurityGroups, OneGroupOfSeveralIsEnough) {
  WebAndDatabase g;
  g.place.interfaces["eni-other"].groups = {"sg-other", "sg-web"};
  EXPECT_EQ(g.ask({.from = "eni-other", .to = "eni-db", .ports = "3306"}).reachable, Reachable::yes);
}

TEST(SecurityGroups, AnIpv4RuleDoesNotAdmitIpv6) {
  WebAndDatabase g;
  g.group("sg-db", "vpc-a", {everything("0.0.0.0/0")});
  EXPECT_EQ(g.ask({.from = "eni-web", .to = "eni-db"}).reachable, Reachable::yes);
  EXPECT_THAT(blocks_of(g.ask({.from = "eni-web", .to = "eni-db", .ip_version = 6})), ElementsAre("sg-db"));
}

// "Reference prefix lists in your AWS resources".
TEST(SecurityGroups, APrefixListStandsForItsEntries) {
  WebAndDatabase g;
  g.group("sg-db", "vpc-a", {tcp(3306, 3306, "pl-1")});
  g.place.prefix_lists["pl-1"] = {"pl-1", "office", "IPv4", {"10.0.0.0/29"}, true};
  EXPECT_EQ(g.ask({.from = "eni-web", .to = "eni-db", .ports = "3306"}).reachable, Reachable::yes);
  g.place.prefix_lists["pl-1"].cidrs = {"10.0.0.6/32"};
  EXPECT_EQ(g.ask({.from = "eni-web", .to = "eni-db", .ports = "3306"}).reachable, Reachable::no);
  g.place.prefix_lists["pl-1"] = {"pl-1", "office", "IPv4", {}, false};
  EXPECT_EQ(g.ask({.from = "eni-web", .to = "eni-db", .ports = "3306"}).reachable, Reachable::depends);
}

// Ping: ICMP type 8 in; "all ICMP" is type and code -1; ICMPv6 is another protocol.
TEST(SecurityGroups, PingNeedsEchoRequest) {
  WebAndDatabase g;
  const Query ping{.from = "eni-web", .to = "eni-db", .protocol = "icmp", .ports = ""};
  for (const auto& [type, code, expected] : {std::tuple{8, 0, Reachable::yes},
                                             {8, -1, Reachable::yes},
                                             {-1, -1, Reachable::yes},
                                             {0, 0, Reachable::no},
                                             {3, 4, Reachable::no}}) {
    g.group("sg-db", "vpc-a", {rule("icmp", type, code, "10.0.0.0/16")});
    EXPECT_EQ(g.ask(ping).reachable, expected) << type << " " << code;
  }
  Query ping6 = ping;
  ping6.ip_version = 6;
  g.group("sg-db", "vpc-a", {rule("icmp", -1, -1, "::/0")});
  EXPECT_EQ(g.ask(ping6).reachable, Reachable::no);
  g.group("sg-db", "vpc-a", {rule("icmpv6", 128, 0, "::/0")});
  EXPECT_EQ(g.ask(ping6).reachable, Reachable::yes);
}

TEST(SecurityGroups, PortsOfARangeQueryAreSplitAtTheRulesEdges) {
  WebAndDatabase g;
  g.group("sg-db", "vpc-a", {tcp(8000, 8099, "sg-web")});
  const auto a = g.ask({.from = "eni-web", .to = "eni-db", .ports = "7990-8009"});
  EXPECT_NE(a.reachable, Reachable::yes);
  ASSERT_EQ(a.parts.size(), 2u);
  EXPECT_EQ(a.parts[0].ports, "7990-7999");
  EXPECT_EQ(a.parts[0].reachable, Reachable::no);
  EXPECT_EQ(a.parts[1].ports, "8000-8009");
  EXPECT_EQ(a.parts[1].reachable, Reachable::yes);
}

}  // namespace
}  // namespace doctor::network
