// "Security group rules" and "Network ACL rules" (Amazon VPC User Guide).
#include "network/path.h"

#include <gtest/gtest.h>

namespace doctor::network {
namespace {

facts::Facts two_interfaces() {
  facts::Place p;
  p.vpcs["vpc-1"].id = "vpc-1";
  p.vpcs["vpc-1"].cidrs = {"10.0.0.0/16"};
  for (const std::string n : {"1", "2"}) {
    auto& s = p.subnets["subnet-" + n];
    s.id = "subnet-" + n;
    s.vpc_id = "vpc-1";
    s.cidr = "10.0." + n + ".0/24";
    auto& i = p.interfaces["eni-" + n];
    i.id = "eni-" + n;
    i.vpc_id = "vpc-1";
    i.subnet_id = s.id;
    i.private_ip = "10.0." + n + ".5";
    i.groups = {"sg-" + n};
    p.security_groups["sg-" + n].id = "sg-" + n;
  }
  p.security_groups["sg-1"].egress = {{"-1", {}, {}, {"0.0.0.0/0"}, {}, {}, {}}};
  auto& acl = p.network_acls["acl-1"];
  acl.id = "acl-1";
  acl.vpc_id = "vpc-1";
  acl.is_default = true;
  acl.entries = {{100, "-1", true, true, "0.0.0.0/0", {}, {}}, {100, "-1", false, true, "0.0.0.0/0", {}, {}}};
  auto& table = p.route_tables["rtb-1"];
  table.id = "rtb-1";
  table.vpc_id = "vpc-1";
  table.main = true;
  table.routes = {{"10.0.0.0/16", "local", "active"}};
  facts::Facts f;
  f.places.push_back(p);
  return f;
}

const Query kQuery{.from = "eni-1", .to = "eni-2"};

TEST(NetworkPath, NoIngressRuleBlocksAndTheChangeNamesTheGroupAlone) {
  const auto facts = two_interfaces();
  const auto a = Network(facts).path(kQuery);
  ASSERT_TRUE(a);
  EXPECT_EQ(a->reachable, Reachable::no);
  ASSERT_EQ(a->blocked_by.size(), 1u);
  EXPECT_EQ(a->blocked_by[0].resource, "sg-2");
  ASSERT_EQ(a->smallest_change.size(), 1u);
  EXPECT_NE(a->smallest_change[0].parameters.find("GroupId=sg-1"), std::string::npos);
}

TEST(NetworkPath, AGroupReferenceAdmitsAndAReturnAclStillDrops) {
  auto facts = two_interfaces();
  auto& place = facts.places[0];
  place.security_groups["sg-2"].ingress = {{"tcp", 443, 443, {}, {}, {}, {"sg-1"}}};
  EXPECT_EQ(Network(facts).path(kQuery)->reachable, Reachable::yes);
  place.network_acls["acl-1"].entries.push_back({50, "6", true, false, "10.0.1.0/24", 1024, 65535});
  const auto a = Network(facts).path(kQuery);
  EXPECT_EQ(a->reachable, Reachable::no);
  ASSERT_EQ(a->blocked_by.size(), 1u);
  EXPECT_TRUE(a->blocked_by[0].on_return);
}

TEST(NetworkPath, AMissingRouteTableIsNamedNotGuessed) {
  auto facts = two_interfaces();
  facts.places[0].security_groups["sg-2"].ingress = {{"tcp", 443, 443, {}, {}, {}, {"sg-1"}}};
  facts.places[0].route_tables.clear();
  const auto a = Network(facts).path(kQuery);
  EXPECT_EQ(a->reachable, Reachable::depends);
  EXPECT_FALSE(a->depends_on.empty());
}

}  // namespace
}  // namespace doctor::network
