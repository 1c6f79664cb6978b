// The way of HTTPS from a subnet to an AWS service. Rules: "Control subnet traffic with network access
// control lists" (rules in number order, no state), "Configure route tables", "NAT gateway basics", "Access
// an AWS service using an interface VPC endpoint" in the Amazon VPC user guide.
#include "diagnose/network_sight.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace doctor::diagnose {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// A private subnet with a NAT gateway in a public one; each test breaks one thing.
struct Vpc {
  facts::Place place;
  TaskNetwork task{{"subnet-a"}, {"sg-task"}, false};

  Vpc() {
    place.region = "eu-west-1";
    for (const auto* operation : {"ec2.describe-route-tables", "ec2.describe-vpc-endpoints"})
      place.answered.insert(operation);
    add_subnet("subnet-a", "10.0.0.0/24");
    add_subnet("subnet-public", "10.0.100.0/24");
    place.route_tables["rtb-a"] = {"rtb-a",
                                   "vpc-1",
                                   false,
                                   {"subnet-a"},
                                   {{"10.0.0.0/16", "local", "active"}, {"0.0.0.0/0", "nat-1", "active"}}};
    place.route_tables["rtb-public"] = {
        "rtb-public", "vpc-1", false, {"subnet-public"}, {{"0.0.0.0/0", "igw-1", "active"}}};
    place.nat_gateways["nat-1"] = {"nat-1", "vpc-1", "subnet-public", "available", "public"};
    place.security_groups["sg-task"] = {
        "sg-task", "", "vpc-1", {}, {{"-1", {}, {}, {"0.0.0.0/0"}, {}, {}, {}}}};
  }
  void add_subnet(const std::string& id, const std::string& cidr) {
    place.subnets[id].id = id;
    place.subnets[id].vpc_id = "vpc-1";
    place.subnets[id].cidr = cidr;
  }
  facts::NetworkAcl& acl(std::vector<facts::NetworkAclEntry> entries) {
    return place.network_acls["acl-1"] = {"acl-1", "vpc-1", false, {"subnet-a"}, std::move(entries)};
  }
  facts::VpcEndpoint& endpoint(const std::string& group) {
    return place.vpc_endpoints["vpce-1"] = {"vpce-1",    "vpc-1",      "com.amazonaws.eu-west-1.logs",
                                            "Interface", "available",  "",
                                            true,        {"subnet-a"}, {},
                                            {group}};
  }
  PathSight to(std::string_view service = "logs") const {
    facts::Facts facts;
    facts.places.push_back(place);
    return path_to_service(network::Network(facts), "subnet-a", task, service);
  }
};

facts::NetworkAclEntry rule(int number, bool egress, bool allow, std::optional<int> from = {},
                            std::optional<int> to = {}) {
  return {number, from ? "6" : "-1", egress, allow, "0.0.0.0/0", from, to};
}

TEST(NetworkSight, ByNat) {
  EXPECT_EQ(Vpc().to().way, Way::open);
  EXPECT_TRUE(Vpc().to().by_nat);
}

TEST(NetworkSight, NatGatewayInASubnetWithoutAWayOut) {
  Vpc v;
  v.place.route_tables["rtb-public"].routes.clear();
  EXPECT_EQ(v.to().way, Way::closed);
  EXPECT_THAT(v.to().why, HasSubstr("rtb-public of subnet-public, where nat-1 stands, has no route to logs"));
  v.place.subnets.erase("subnet-public");  // not known where it stands: nothing is shown
  EXPECT_EQ(v.to().way, Way::open);
}

TEST(NetworkSight, TheFirstRuleInNumberOrderDecides) {
  Vpc v;
  v.acl({rule(100, true, true), rule(90, true, false, 443, 443), rule(100, false, true)});
  EXPECT_THAT(v.to().why, HasSubstr("outbound rule 90: deny tcp 443"));
  v.acl({rule(80, true, true), rule(90, true, false, 443, 443), rule(100, false, true)});
  EXPECT_EQ(v.to().way, Way::open);
}

TEST(NetworkSight, AnswersComeToEphemeralPorts) {
  Vpc v;
  v.acl({rule(100, true, true), rule(100, false, true, 443, 443), rule(32767, false, false)});
  EXPECT_EQ(v.to().way, Way::closed);
  EXPECT_THAT(v.to().why, HasSubstr("on the way back, inbound rule *"));
  v.acl({rule(100, true, true), rule(100, false, true, 1024, 65535), rule(32767, false, false)});
  EXPECT_EQ(v.to().way, Way::open);
}

TEST(NetworkSight, RouteThatLeadsNowhereIsNamedWithItsTableAndTarget) {
  Vpc v;
  v.place.route_tables["rtb-a"].routes[1].state = "blackhole";
  EXPECT_THAT(v.to().why, HasSubstr("0.0.0.0/0 -> nat-1 (blackhole)"));
  v.place.route_tables["rtb-a"].routes.pop_back();
  EXPECT_THAT(v.to().why, HasSubstr("rtb-a has no route to logs"));
}

TEST(NetworkSight, EndpointTakesTheNameOverAndItsGroupMustAdmit) {
  Vpc v;
  v.endpoint("sg-e");
  v.place.security_groups["sg-e"] = {"sg-e", "", "vpc-1", {{"tcp", 443, 443, {}, {}, {}, {"sg-other"}}}, {}};
  EXPECT_EQ(v.to().way, Way::closed);
  EXPECT_THAT(v.to().why, HasSubstr("no rule of sg-e of vpce-1 admits tcp 443"));
  v.place.security_groups["sg-e"].ingress[0].groups = {"sg-task"};
  EXPECT_EQ(v.to().way, Way::open);
  EXPECT_THAT(v.to().endpoints, ElementsAre("vpce-1"));
}

TEST(NetworkSight, WithoutPrivateDnsAnEndpointIsNoWay) {
  Vpc v;
  v.endpoint("sg-task").private_dns_enabled = false;
  EXPECT_TRUE(v.to().by_nat);
  v.place.route_tables["rtb-a"].routes.pop_back();
  EXPECT_EQ(v.to().way, Way::closed);
  EXPECT_THAT(v.to().why,
              HasSubstr("vpce-1 is there, but the service's name does not resolve to it (private DNS off)"));
}

TEST(NetworkSight, GroupThatLetsOutToAGroupOfNothingOnTheWay) {
  Vpc v;
  v.place.security_groups["sg-task"].egress = {{"tcp", 443, 443, {}, {}, {}, {"sg-old"}}};
  EXPECT_EQ(v.to().way, Way::closed);
  EXPECT_THAT(v.to().why, HasSubstr("no rule of sg-task of a task in subnet-a admits tcp 443"));
  v.endpoint("sg-old");
  v.place.security_groups["sg-old"] = {
      "sg-old", "", "vpc-1", {{"tcp", 443, 443, {"10.0.0.0/16"}, {}, {}, {}}}, {}};
  EXPECT_EQ(v.to().way, Way::open);
}

}  // namespace
}  // namespace doctor::diagnose
