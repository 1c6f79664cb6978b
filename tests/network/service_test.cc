// "Access an AWS service using an interface VPC endpoint", "Gateway endpoints", "NAT gateway basics",
// "Private DNS names for VPC endpoints" (AWS PrivateLink and Amazon VPC user guides).
#include <gtest/gtest.h>

#include <algorithm>

#include "network/needs.h"
#include "network/path.h"
#include "network/service.h"

namespace doctor::network {
namespace {

// A private subnet behind a NAT gateway in a public one; tasks may call out on 443 and nothing else.
facts::Facts town() {
  facts::Facts all;
  facts::Place& p = all.places.emplace_back();
  p.region = "eu-west-1";
  p.answered = {"ec2.describe-vpc-endpoints", "ec2.describe-internet-gateways"};
  p.vpcs["vpc-1"] = {"vpc-1", "10.0.0.0/16", "available", {"10.0.0.0/16"}, true, true, {}};
  for (const auto& [id, cidr] :
       {std::pair{"subnet-private", "10.0.1.0/24"}, {"subnet-public", "10.0.2.0/24"}}) {
    auto& s = p.subnets[id];
    s.id = id;
    s.vpc_id = "vpc-1";
    s.cidr = cidr;
    s.availability_zone = "eu-west-1a";
  }
  p.security_groups["sg-task"] = {
      "sg-task", "task", "vpc-1", {}, {{"tcp", 443, 443, {"0.0.0.0/0"}, {}, {}, {}}}};
  p.security_groups["sg-vpce"] = {
      "sg-vpce", "vpce", "vpc-1", {{"tcp", 443, 443, {"10.0.0.0/16"}, {}, {}, {}}}, {}};
  auto& acl = p.network_acls["acl-1"];
  acl.id = "acl-1";
  acl.vpc_id = "vpc-1";
  acl.is_default = true;
  acl.entries = {{100, "-1", true, true, "0.0.0.0/0", {}, {}}, {100, "-1", false, true, "0.0.0.0/0", {}, {}}};
  p.route_tables["rtb-private"] = {"rtb-private",
                                   "vpc-1",
                                   true,
                                   {"subnet-private"},
                                   {{"10.0.0.0/16", "local", "active"}, {"0.0.0.0/0", "nat-1", "active"}}};
  p.route_tables["rtb-public"] = {"rtb-public",
                                  "vpc-1",
                                  false,
                                  {"subnet-public"},
                                  {{"10.0.0.0/16", "local", "active"}, {"0.0.0.0/0", "igw-1", "active"}}};
  p.internet_gateways["igw-1"] = {"igw-1", {"vpc-1"}};
  p.nat_gateways["nat-1"] = {"nat-1", "vpc-1", "subnet-public", "available", "public", {}};
  return all;
}

facts::VpcEndpoint endpoint(const std::string& service) {
  facts::VpcEndpoint e;
  e.id = "vpce-1";
  e.vpc_id = "vpc-1";
  e.service_name = "com.amazonaws.eu-west-1." + service;
  e.type = "Interface";
  e.state = "available";
  e.private_dns_enabled = true;
  e.subnets = {"subnet-public"};
  e.groups = {"sg-vpce"};
  return e;
}

const Source kTask{"subnet-private", {"sg-task"}, "", false};

Answer ask(const facts::Facts& facts, const std::string& service, const std::string& action = {}) {
  auto answer = Network(facts).path_from(kTask, {.from = {}, .to = "service:" + service, .action = action});
  EXPECT_TRUE(answer) << (answer ? "" : answer.error().sentence);
  return answer ? *answer : Answer{};
}

bool goes_by(const Answer& answer, const std::string& resource) {
  return std::any_of(answer.forward.begin(), answer.forward.end(),
                     [&](const Hop& hop) { return hop.resource == resource; });
}

std::string words(const std::vector<std::string>& all) {
  std::string out;
  for (const auto& text : all) out += text + "; ";
  return out;
}

TEST(NetworkService, GoesByTheNatGatewayWhereNothingElseServesIt) {
  const Answer a = ask(town(), "ecr.api");
  EXPECT_EQ(a.reachable, Reachable::yes) << words(a.depends_on);
  EXPECT_TRUE(goes_by(a, "nat-1"));
  EXPECT_TRUE(goes_by(a, "igw-1"));
}

TEST(NetworkService, ANatGatewayWhoseOwnSubnetHasNoWayOutIsFoundAndMended) {
  auto facts = town();
  facts.places[0].route_tables["rtb-public"].routes.pop_back();
  const Answer a = ask(facts, "quay.io");
  EXPECT_EQ(a.reachable, Reachable::no);
  ASSERT_EQ(a.blocked_by.size(), 1u);
  EXPECT_EQ(a.blocked_by[0].resource, "rtb-public");
  ASSERT_EQ(a.smallest_change.size(), 1u);
  EXPECT_EQ(a.smallest_change[0].resource, "rtb-public");
  EXPECT_NE(a.smallest_change[0].parameters.find("--gateway-id igw-1"), std::string::npos);
}

TEST(NetworkService, PrivateDnsTakesTheNameOverEvenBesideANatGateway) {
  auto facts = town();
  facts.places[0].vpc_endpoints["vpce-1"] = endpoint("ecr.api");
  EXPECT_TRUE(goes_by(ask(facts, "ecr.api"), "vpce-1"));
  facts.places[0].security_groups["sg-vpce"].ingress.clear();
  const Answer a = ask(facts, "ecr.api");
  EXPECT_EQ(a.reachable, Reachable::no);
  ASSERT_FALSE(a.blocked_by.empty());
  EXPECT_EQ(a.blocked_by[0].resource, "sg-vpce");
  ASSERT_EQ(a.smallest_change.size(), 1u);
  EXPECT_NE(a.smallest_change[0].parameters.find("GroupId=sg-task"), std::string::npos);
}

TEST(NetworkService, WithoutPrivateDnsNothingUsesTheEndpoint) {
  auto facts = town();
  auto& e = facts.places[0].vpc_endpoints["vpce-1"] = endpoint("ecr.api");
  e.private_dns_enabled = false;
  EXPECT_TRUE(goes_by(ask(facts, "ecr.api"), "nat-1"));
  facts.places[0].route_tables["rtb-private"].routes.pop_back();  // no NAT gateway either
  const Answer a = ask(facts, "ecr.api");
  EXPECT_EQ(a.reachable, Reachable::no);
  ASSERT_EQ(a.blocked_by.size(), 2u);
  EXPECT_EQ(a.blocked_by[0].resource, "vpce-1");
  EXPECT_EQ(a.blocked_by[1].resource, "rtb-private");
  ASSERT_EQ(a.smallest_change.size(), 1u);
  EXPECT_NE(a.smallest_change[0].parameters.find("--private-dns-enabled"), std::string::npos);
}

TEST(NetworkService, PrivateDnsNeedsBothAttributesOfTheVpc) {
  auto facts = town();
  facts.places[0].vpc_endpoints["vpce-1"] = endpoint("ecr.api");
  facts.places[0].route_tables["rtb-private"].routes.pop_back();
  facts.places[0].vpcs["vpc-1"].dns_hostnames = false;
  const Answer a = ask(facts, "ecr.api");
  EXPECT_EQ(a.reachable, Reachable::no);
  ASSERT_EQ(a.smallest_change.size(), 1u);
  EXPECT_EQ(a.smallest_change[0].operation, "ec2:ModifyVpcAttribute");
}

TEST(NetworkService, AGatewayEndpointServesTheTablesThatItIsOn) {
  auto facts = town();
  auto& e = facts.places[0].vpc_endpoints["vpce-1"] = endpoint("s3");
  e.type = "Gateway";
  e.subnets.clear();
  e.groups.clear();
  e.private_dns_enabled = false;
  e.route_tables = {"rtb-private"};
  facts.places[0].route_tables["rtb-private"].routes = {{"10.0.0.0/16", "local", "active"},
                                                        {"pl-s3", "vpce-1", "active"}};
  Answer a = ask(facts, "s3");
  EXPECT_EQ(a.reachable, Reachable::yes) << words(a.depends_on);
  EXPECT_TRUE(goes_by(a, "vpce-1"));
  a = ask(facts, "logs");
  EXPECT_EQ(a.reachable, Reachable::no) << "the list of S3 holds no address of another service";

  facts.places[0].prefix_lists["pl-s3"] = {
      "pl-s3", "com.amazonaws.eu-west-1.s3", "IPv4", {"52.218.0.0/17"}, true};
  EXPECT_EQ(ask(facts, "s3").reachable, Reachable::yes);
  EXPECT_EQ(ask(facts, "logs").reachable, Reachable::no) << "nor where its entries are known";

  e.route_tables.clear();
  facts.places[0].route_tables["rtb-private"].routes.pop_back();
  a = ask(facts, "s3");
  EXPECT_EQ(a.reachable, Reachable::no);
  ASSERT_EQ(a.smallest_change.size(), 1u);
  EXPECT_NE(a.smallest_change[0].parameters.find("--add-route-table-ids rtb-private"), std::string::npos);
}

TEST(NetworkService, TheEndpointsPolicyIsAskedForTheCall) {
  auto facts = town();
  auto& e = facts.places[0].vpc_endpoints["vpce-1"] = endpoint("ecr.api");
  e.policy_document =
      R"({"Statement":[{"Sid":"Images","Effect":"Allow","Principal":"*","Action":"ecr:Batch*","Resource":"*"}]})";
  EXPECT_EQ(ask(facts, "ecr.api", "ecr:BatchGetImage").reachable, Reachable::yes);
  const Answer a = ask(facts, "ecr.api", "ecr:GetAuthorizationToken");
  EXPECT_EQ(a.reachable, Reachable::no);
  ASSERT_EQ(a.blocked_by.size(), 1u);
  EXPECT_EQ(a.blocked_by[0].kind, "endpoint policy");
  e.policy_document =
      R"({"Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"arn:aws:ecr:eu-west-1:111122223333:repository/web"}]})";
  EXPECT_EQ(ask(facts, "ecr.api", "ecr:BatchGetImage").reachable, Reachable::depends);
}

TEST(NetworkService, EndpointsThatNobodyListedLeaveTheAnswerOpen) {
  auto facts = town();
  facts.places[0].answered.erase("ec2.describe-vpc-endpoints");
  facts.places[0].route_tables["rtb-private"].routes.pop_back();
  EXPECT_EQ(ask(facts, "ecr.api").reachable, Reachable::depends);
  facts.places[0].security_groups["sg-task"].egress.clear();
  EXPECT_EQ(ask(facts, "ecr.api").reachable, Reachable::no) << "no endpoint helps what may not leave";
}

TEST(NetworkService, NamesAreTheEndpointsTheHostsAndTheFullNamesOfServices) {
  EXPECT_EQ(service_name("ecr.api", ""), "ecr.api");
  EXPECT_EQ(service_name("com.amazonaws.eu-west-1.ecr.api", ""), "ecr.api");
  EXPECT_EQ(service_name("api.ecr.eu-west-1.amazonaws.com", ""), "ecr.api");
  EXPECT_EQ(service_name("111122223333.dkr.ecr.eu-west-1.amazonaws.com", ""), "ecr.dkr");
  EXPECT_EQ(service_name("bucket.s3.eu-west-1.amazonaws.com", ""), "s3");
  EXPECT_EQ(service_name("logs.cn-north-1.amazonaws.com.cn", ""), "logs");
  EXPECT_EQ(service_name("registry-1.docker.io", ""), "registry-1.docker.io");
  EXPECT_EQ(service_name("api.ecr.eu-west-1.amazonaws.com", "us-east-1"), "api.ecr.eu-west-1.amazonaws.com")
      << "an endpoint of this region does not serve another's host";
  EXPECT_TRUE(is_aws_service("ecr.dkr"));
  EXPECT_FALSE(is_aws_service("registry-1.docker.io"));
}

TEST(NetworkNeeds, OneQueryTellsWhatOfTheNeedsIsUnreachable) {
  auto facts = town();
  facts.places[0].route_tables["rtb-private"].routes.pop_back();
  facts.places[0].vpc_endpoints["vpce-1"] = endpoint("logs");
  const Network network(facts);
  NeedsEngine engine(network);
  const auto answers = engine.answer(kTask, all_fargate_needs());
  ASSERT_TRUE(answers);
  for (const NeedAnswer& n : *answers)
    EXPECT_EQ(n.answer.reachable, n.need.id == "logs" ? Reachable::yes : Reachable::no) << n.need.id;
}

TEST(NetworkNeeds, AnAddressThatARuleSinglesOutHasItsOwnVerdict) {
  auto facts = town();
  auto& acl = facts.places[0].network_acls["acl-1"];
  acl.entries.push_back({50, "6", false, false, "10.0.1.9/32", {}, {}});  // into the NAT gateway's subnet
  const Network network(facts);
  NeedsEngine engine(network);
  const std::vector<Need> logs{all_fargate_needs()[3]};
  Source source = kTask;
  source.address = "10.0.1.9";
  EXPECT_EQ(engine.verdicts(source, logs)->front(), Reachable::no);
  source.address = "10.0.1.10";
  EXPECT_EQ(engine.verdicts(source, logs)->front(), Reachable::yes);
  source.address.clear();
  EXPECT_EQ(engine.verdicts(source, logs)->front(), Reachable::depends);
}

TEST(NetworkNeeds, AreThoseOfTheTaskDefinition) {
  facts::TaskDefinition definition;
  auto& c = definition.containers.emplace_back();
  c.image = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/web:7";
  c.log_driver = "awslogs";
  c.secrets = {{"DB", "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db"}};
  auto& sidecar = definition.containers.emplace_back();
  sidecar.image = "nginx";
  std::string ids;
  for (const Need& n : needs_of_task({}, definition, true)) ids += n.id + "=" + n.to + " ";
  EXPECT_EQ(
      ids,
      "image.api=service:ecr.api image.registry=service:ecr.dkr image.layers=service:s3 logs=service:logs "
      "secrets=service:secretsmanager image.registry=service:registry-1.docker.io exec=service:ssmmessages ");
}

TEST(NetworkNeeds, TheLoadBalancersInterfacesMustReachTheTask) {
  auto facts = town();
  auto& p = facts.places[0];
  auto& i = p.interfaces["eni-lb"];
  i.id = "eni-lb";
  i.vpc_id = "vpc-1";
  i.subnet_id = "subnet-public";
  i.private_ip = "10.0.2.20";
  i.groups = {"sg-lb"};
  i.description = "ELB app/web/50dc6c495c0c9188";
  p.security_groups["sg-lb"] = {"sg-lb", "lb", "vpc-1", {}, {{"-1", {}, {}, {"0.0.0.0/0"}, {}, {}, {}}}};
  auto& group = p.target_groups["tg"];
  group.arn = "tg";
  group.load_balancers = {"arn:aws:elasticloadbalancing:eu-west-1:1:loadbalancer/app/web/50dc6c495c0c9188"};
  group.health_check_port = "traffic-port";
  facts::Service service;
  service.load_balancers = {{"tg", "web", 8080}};
  auto paths = health_check_paths(Network(facts), p, service, kTask);
  ASSERT_EQ(paths.size(), 1u);
  EXPECT_EQ(paths[0].answer.reachable, Reachable::no);
  EXPECT_EQ(paths[0].answer.blocked_by[0].resource, "sg-task");
  p.security_groups["sg-task"].ingress = {{"tcp", 8080, 8080, {}, {}, {}, {"sg-lb"}}};
  paths = health_check_paths(Network(facts), p, service, kTask);
  EXPECT_EQ(paths[0].answer.reachable, Reachable::yes);
}

}  // namespace
}  // namespace doctor::network
