// "Network ACL rules", "Custom network ACLs for your VPC", "Ephemeral ports" and "Example: Control access to
// instances in a subnet" (Amazon VPC User Guide).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "network/ground_support.h"

namespace doctor::network {
namespace {

using testing::Contains;
using testing::ElementsAre;

// The example of "Custom network ACLs for your VPC": a public subnet with web servers, whose answers and own
// requests pass by the ephemeral ports 32768-65535, and SSH from a home network over the internet gateway.
// The home network is AWS's documentation range in the page, and a public range here.
struct CustomAcl : Ground {
  const std::string home = "93.184.216.0/24";

  CustomAcl() {
    vpc("vpc-a", "10.0.0.0/16");
    internet_gateway("igw-a", "vpc-a");
    subnet("subnet-a", "vpc-a", "10.0.0.0/24");
    subnet("subnet-b", "vpc-a", "10.0.1.0/24");
    table("rtb-a", {"subnet-a"}, {{"0.0.0.0/0", "igw-a", "active"}});
    group("sg-open", "vpc-a", {everything("0.0.0.0/0")});
    interface("eni-a", "subnet-a", "10.0.0.5", {"sg-open"}, "54.77.0.5");
    interface("eni-b", "subnet-b", "10.0.1.5", {"sg-open"});
    acl("acl-custom", {"subnet-a"},
        {entry(100, false, true, "6", 80, 80, "0.0.0.0/0"),
         entry(110, false, true, "6", 443, 443, "0.0.0.0/0"), entry(120, false, true, "6", 22, 22, home),
         entry(130, false, true, "6", 3389, 3389, home),
         entry(140, false, true, "6", 32768, 65535, "0.0.0.0/0"),
         entry(32767, false, false, "-1", -1, -1, "0.0.0.0/0"),
         entry(100, true, true, "6", 80, 80, "0.0.0.0/0"), entry(110, true, true, "6", 443, 443, "0.0.0.0/0"),
         entry(120, true, true, "6", 1024, 65535, home),
         entry(140, true, true, "6", 32768, 65535, "0.0.0.0/0"),
         entry(32767, true, false, "-1", -1, -1, "0.0.0.0/0")});
  }
};

TEST(NetworkAcls, TheExampleAdmitsHttpsAndItsAnswersByHighPorts) {
  const CustomAcl g;
  const Query https{.from = "8.8.8.8", .to = "eni-a", .ports = "443", .source_ports = "32768-60999"};
  EXPECT_EQ(g.ask(https).reachable, Reachable::yes);
}

// "Ephemeral ports": a client that picks its port from 1024 on gets no answer below 32768.
TEST(NetworkAcls, TheExampleDropsAnswersToLowClientPorts) {
  const CustomAcl g;
  const auto a = g.ask({.from = "8.8.8.8", .to = "eni-a", .ports = "443", .source_ports = "1025"});
  EXPECT_EQ(a.reachable, Reachable::no);
  EXPECT_THAT(blocks_of(a), ElementsAre("acl-custom (return)"));
}

// The page's own walk through the rules: port 139 meets no numbered rule and is denied by the asterisk.
TEST(NetworkAcls, NetbiosMeetsNoNumberedRule) {
  const CustomAcl g;
  const auto a = g.ask({.from = "8.8.8.8", .to = "eni-a", .ports = "139", .source_ports = "40000"});
  ASSERT_THAT(blocks_of(a), ElementsAre("acl-custom"));
  EXPECT_NE(a.blocked_by[0].rule.find('*'), std::string::npos);
}

TEST(NetworkAcls, SshComesFromTheHomeNetworkAlone) {
  const CustomAcl g;
  EXPECT_EQ(g.ask({.from = "93.184.216.34", .to = "eni-a", .ports = "22"}).reachable, Reachable::yes);
  EXPECT_THAT(blocks_of(g.ask({.from = "8.8.8.8", .to = "eni-a", .ports = "22", .source_ports = "40000"})),
              ElementsAre("acl-custom"));
}

TEST(NetworkAcls, RequestsOfTheSubnetItselfGetTheirAnswersByRule140) {
  const CustomAcl g;
  const Query out{.from = "eni-a", .to = "8.8.8.8", .ports = "443", .source_ports = "40000"};
  EXPECT_EQ(g.ask(out).reachable, Reachable::yes);
  Query low = out;
  low.source_ports = "1024";
  EXPECT_THAT(blocks_of(g.ask(low)), ElementsAre("acl-custom (return)"));
}

TEST(NetworkAcls, UdpIsNotInTheExample) {
  const CustomAcl g;
  EXPECT_THAT(
      blocks_of(g.ask(
          {.from = "eni-a", .to = "8.8.8.8", .protocol = "udp", .ports = "443", .source_ports = "40000"})),
      ElementsAre("acl-custom", "acl-custom (return)"));
}

// "Example: Control access to instances in a subnet": instances of a group reach each other, SSH comes from
// one remote computer, both ways through the ACL; the group admits more than the ACL does.
TEST(NetworkAcls, ControlAccessToInstancesInASubnet) {
  Ground g;
  g.vpc("vpc-a", "172.31.0.0/16");
  g.subnet("subnet-a", "vpc-a", "172.31.16.0/24");
  g.subnet("subnet-remote", "vpc-a", "172.31.1.0/24");
  g.group("sg-1", "vpc-a", {everything("sg-1"), tcp(22, 22, "172.31.1.2/32")});
  g.group("sg-remote", "vpc-a", {});
  g.interface("eni-1", "subnet-a", "172.31.16.5", {"sg-1"});
  g.interface("eni-2", "subnet-a", "172.31.16.6", {"sg-1"});
  g.interface("eni-remote", "subnet-remote", "172.31.1.2", {"sg-remote"});
  g.interface("eni-third", "subnet-remote", "172.31.1.3", {"sg-remote", "sg-1"});
  g.acl("acl-1", {"subnet-a"},
        {entry(100, false, true, "6", 22, 22, "172.31.1.2/32"),
         entry(32767, false, false, "-1", -1, -1, "0.0.0.0/0"),
         entry(100, true, true, "6", 1024, 65535, "172.31.1.2/32"),
         entry(32767, true, false, "-1", -1, -1, "0.0.0.0/0")});
  EXPECT_EQ(g.ask({.from = "eni-remote", .to = "eni-1", .ports = "22"}).reachable, Reachable::yes);
  // Within the subnet the ACL is not asked.
  EXPECT_EQ(g.ask({.from = "eni-2", .to = "eni-1", .ports = "8080"}).reachable, Reachable::yes);
  // The group would let a member in, the ACL does not, in either direction.
  EXPECT_THAT(blocks_of(g.ask({.from = "eni-third", .to = "eni-1", .ports = "22"})),
              ElementsAre("acl-1", "acl-1 (return)"));
}

TEST(NetworkAcls, TheLowestNumberDecidesWhateverTheOrderOfTheAnswer) {
  CustomAcl g;
  g.acl("acl-custom", {"subnet-a"},
        {entry(200, false, false, "6", 443, 443, "0.0.0.0/0"),
         entry(100, false, true, "-1", -1, -1, "0.0.0.0/0"),
         entry(300, true, false, "-1", -1, -1, "10.0.0.0/8"),
         entry(50, true, true, "-1", -1, -1, "0.0.0.0/0")});
  EXPECT_EQ(g.ask({.from = "eni-b", .to = "eni-a"}).reachable, Reachable::yes);
  g.place.network_acls["acl-custom"].entries[0].rule_number = 90;
  EXPECT_THAT(blocks_of(g.ask({.from = "eni-b", .to = "eni-a"})), ElementsAre("acl-custom"));
}

// IPv4 and IPv6 rules are evaluated separately.
TEST(NetworkAcls, AnIpv4RuleSaysNothingOfIpv6) {
  Ground g;
  g.vpc("vpc-a", "10.0.0.0/16", "2600:1f16:1::/56");
  g.subnet("subnet-a", "vpc-a", "10.0.0.0/24", "eu-west-1a", "2600:1f16:1:0::/64");
  g.subnet("subnet-b", "vpc-a", "10.0.1.0/24", "eu-west-1a", "2600:1f16:1:1::/64");
  g.group("sg-open", "vpc-a", {everything("0.0.0.0/0"), everything("::/0")});
  g.interface("eni-a", "subnet-a", "10.0.0.5", {"sg-open"}, "", "2600:1f16:1:0::5");
  g.interface("eni-b", "subnet-b", "10.0.1.5", {"sg-open"}, "", "2600:1f16:1:1::5");
  g.acl("acl-4", {"subnet-a"},
        {entry(100, false, true, "-1", -1, -1, "0.0.0.0/0"),
         entry(100, true, true, "-1", -1, -1, "0.0.0.0/0")});
  EXPECT_EQ(g.ask({.from = "eni-a", .to = "eni-b"}).reachable, Reachable::yes);
  EXPECT_THAT(blocks_of(g.ask({.from = "eni-a", .to = "eni-b", .ip_version = 6})),
              ElementsAre("acl-4", "acl-4 (return)"));
}

// ICMP has no state in an ACL: the echo reply (type 0, ICMPv6 129) needs its own rule.
TEST(NetworkAcls, APingNeedsItsReplyAdmitted) {
  CustomAcl g;
  const Query ping{.from = "eni-b", .to = "eni-a", .protocol = "icmp", .ports = ""};
  g.acl("acl-custom", {"subnet-a"}, {entry(100, false, true, "1", 8, 0, "0.0.0.0/0")});
  EXPECT_THAT(blocks_of(g.ask(ping)), ElementsAre("acl-custom (return)"));
  g.place.network_acls["acl-custom"].entries.push_back(entry(100, true, true, "1", 0, 0, "10.0.1.0/24"));
  EXPECT_EQ(g.ask(ping).reachable, Reachable::yes);
}

// Every blocking rule is named, not the first alone.
TEST(NetworkAcls, EachDirectionOfBothSubnetsIsNamed) {
  CustomAcl g;
  g.acl("acl-custom", {"subnet-a"}, {});
  g.acl("acl-b", {"subnet-b"}, {});
  EXPECT_THAT(blocks_of(g.ask({.from = "eni-a", .to = "eni-b"})),
              ElementsAre("acl-custom", "acl-b", "acl-b (return)", "acl-custom (return)"));
}

TEST(NetworkAcls, TheChangesForOneAclHaveDifferentRuleNumbers) {
  CustomAcl g;
  g.acl("acl-custom", {"subnet-a"},
        {entry(100, false, false, "-1", -1, -1, "0.0.0.0/0"),
         entry(100, true, true, "-1", -1, -1, "0.0.0.0/0")});
  g.acl("acl-b", {"subnet-b"}, {});
  const auto a = g.ask({.from = "eni-b", .to = "eni-a", .ports = "22", .source_ports = "40000"});
  ASSERT_EQ(a.smallest_change.size(), 3u);
  std::vector<std::string> seen;
  for (const auto& c : a.smallest_change)
    seen.push_back(c.parameters.substr(0, c.parameters.find("--protocol")));
  std::sort(seen.begin(), seen.end());
  EXPECT_EQ(std::adjacent_find(seen.begin(), seen.end()), seen.end());
}

}  // namespace
}  // namespace doctor::network
