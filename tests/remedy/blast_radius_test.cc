// Who shares a resource, on facts made by hand.
#include "remedy/blast_radius.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace doctor::remedy {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* kAccount = "111122223333";

facts::Service service(const std::string& name, const std::string& definition) {
  facts::Service s;
  s.name = name;
  s.cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/prod";
  s.arn = "arn:aws:ecs:eu-west-1:111122223333:service/prod/" + name;
  s.task_definition_arn = "arn:aws:ecs:eu-west-1:111122223333:task-definition/" + definition;
  s.network.subnets = {"subnet-a"};
  s.network.security_groups = {"sg-" + name, "sg-shared"};
  return s;
}

facts::TaskDefinition definition(const std::string& family, const std::string& role) {
  facts::TaskDefinition d;
  d.arn = "arn:aws:ecs:eu-west-1:111122223333:task-definition/" + family + ":1";
  d.family = family;
  d.revision = 1;
  d.task_role_arn = "arn:aws:iam::111122223333:role/" + role;
  d.execution_role_arn = "arn:aws:iam::111122223333:role/exec";
  d.containers.emplace_back();
  d.containers.front().image = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/" + family + ":v1";
  return d;
}

// prod/web and prod/api share subnet-a; prod/jobs stands in subnet-b. All are of one VPC and one execution
// role.
facts::Facts world() {
  facts::Facts facts;
  facts::Place& place = facts.places.emplace_back();
  place.account = kAccount;
  place.region = "eu-west-1";
  for (const char* name : {"web", "api", "jobs"}) {
    facts::Service s = service(name, std::string(name) + ":1");
    if (s.name == "jobs") {
      s.network.subnets = {"subnet-b"};
      s.network.security_groups = {"sg-jobs"};
    }
    s.load_balancers.push_back({"arn:tg/" + std::string(s.name == "jobs" ? "jobs" : "web"), s.name, 80});
    place.services[s.arn] = s;
    const auto d = definition(name, name + std::string("-task"));
    place.task_definitions[d.arn] = d;
  }
  for (const char* id : {"subnet-a", "subnet-b"}) {
    facts::Subnet subnet;
    subnet.id = id;
    subnet.vpc_id = "vpc-1";
    place.subnets[id] = subnet;
  }
  facts::RouteTable main;
  main.id = "rtb-main";
  main.vpc_id = "vpc-1";
  main.main = true;
  facts::RouteTable own;
  own.id = "rtb-a";
  own.vpc_id = "vpc-1";
  own.subnets = {"subnet-a"};
  place.route_tables = {{"rtb-main", main}, {"rtb-a", own}};
  facts::NetworkAcl acl;
  acl.id = "acl-1";
  acl.subnets = {"subnet-b"};
  place.network_acls["acl-1"] = acl;
  facts::VpcEndpoint interface;
  interface.id = "vpce-i";
  interface.type = "Interface";
  interface.vpc_id = "vpc-1";
  interface.groups = {"sg-shared"};
  facts::VpcEndpoint gateway;
  gateway.id = "vpce-g";
  gateway.type = "Gateway";
  gateway.vpc_id = "vpc-1";
  gateway.route_tables = {"rtb-a"};
  place.vpc_endpoints = {{"vpce-i", interface}, {"vpce-g", gateway}};
  facts::Cluster cluster;
  cluster.arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/prod";
  cluster.execute_command.emplace();
  cluster.execute_command->kms_key_id = "arn:aws:kms:eu-west-1:111122223333:key/k-1";
  place.clusters[cluster.arn] = cluster;
  facts::Role role;
  role.name = "web-task";
  role.boundary_arn = "arn:aws:iam::111122223333:policy/edge";
  place.roles["web-task"] = role;
  return facts;
}

std::vector<std::string> sharers(const facts::Facts& facts, const std::string& kind, const std::string& id,
                                 const std::string& of = "ecs:service") {
  std::vector<std::string> names;
  for (const Dependent& d : blast_radius_of(facts, {kind, id, kAccount, "eu-west-1"}).dependents) {
    if (d.kind == of) names.push_back(d.name);
  }
  return names;
}

TEST(BlastRadius, SecurityGroup) {
  EXPECT_THAT(sharers(world(), "ec2:security-group", "sg-shared"), ElementsAre("prod/api", "prod/web"));
  EXPECT_THAT(sharers(world(), "ec2:security-group", "sg-shared", "ec2:vpc-endpoint"), ElementsAre("vpce-i"));
  EXPECT_THAT(sharers(world(), "ec2:security-group", "sg-jobs"), ElementsAre("prod/jobs"));
}

TEST(BlastRadius, RouteTableNamedAndMain) {
  EXPECT_THAT(sharers(world(), "ec2:route-table", "rtb-a"), ElementsAre("prod/api", "prod/web"));
  EXPECT_THAT(sharers(world(), "ec2:route-table", "rtb-main"), ElementsAre("prod/jobs"));
}

TEST(BlastRadius, SubnetAndNetworkAcl) {
  EXPECT_THAT(sharers(world(), "ec2:subnet", "subnet-a"), ElementsAre("prod/api", "prod/web"));
  EXPECT_THAT(sharers(world(), "ec2:network-acl", "acl-1"), ElementsAre("prod/jobs"));
}

// Private DNS takes a service's name over for the whole VPC ("Access an AWS service using an interface VPC
// endpoint"); a gateway endpoint serves its route tables ("Gateway endpoints").
TEST(BlastRadius, AnInterfaceEndpointReachesTheWholeVpcAGatewayEndpointItsTables) {
  EXPECT_THAT(sharers(world(), "ec2:vpc-endpoint", "vpce-i"),
              ElementsAre("prod/api", "prod/jobs", "prod/web"));
  EXPECT_THAT(sharers(world(), "ec2:vpc-endpoint", "vpce-g"), ElementsAre("prod/api", "prod/web"));
  EXPECT_THAT(sharers(world(), "ec2:vpc-endpoint", "vpc-1/com.amazonaws.eu-west-1.ssmmessages"),
              ElementsAre("prod/api", "prod/jobs", "prod/web"));
}

TEST(BlastRadius, RolesAndTheirBoundary) {
  EXPECT_THAT(sharers(world(), "iam:role-policy", "web-task/fargate-doctor-exec"), ElementsAre("prod/web"));
  EXPECT_THAT(sharers(world(), "iam:role-policy", "exec/more"),
              ElementsAre("prod/api", "prod/jobs", "prod/web"));
  EXPECT_THAT(sharers(world(), "iam:policy", "arn:aws:iam::111122223333:policy/edge"),
              ElementsAre("prod/web"));
  EXPECT_THAT(sharers(world(), "iam:policy", "arn:aws:iam::111122223333:policy/edge", "iam:role"),
              ElementsAre("web-task"));
}

TEST(BlastRadius, RolesReachOtherRegionsOfTheAccount) {
  facts::Facts facts = world();
  facts::Place other = facts.places.front();
  other.region = "us-east-1";
  facts.places.push_back(other);
  EXPECT_THAT(sharers(facts, "iam:role-policy", "web-task/p"),
              ElementsAre("111122223333/us-east-1 prod/web", "prod/web"));
  EXPECT_THAT(sharers(facts, "ec2:subnet", "subnet-b"), ElementsAre("prod/jobs"));
}

TEST(BlastRadius, KeyImageTargetGroupTaskDefinitionAndCluster) {
  EXPECT_THAT(sharers(world(), "kms:key", "k-1"), ElementsAre("prod/api", "prod/jobs", "prod/web"));
  EXPECT_THAT(sharers(world(), "ecr:repository", "api"), ElementsAre("prod/api"));
  EXPECT_THAT(sharers(world(), "elbv2:target-group-attributes", "arn:tg/web"),
              ElementsAre("prod/api", "prod/web"));
  EXPECT_THAT(
      sharers(world(), "ecs:task-definition", "arn:aws:ecs:eu-west-1:111122223333:task-definition/web"),
      ElementsAre("prod/web"));
  EXPECT_THAT(sharers(world(), "ecs:cluster", "arn:aws:ecs:eu-west-1:111122223333:cluster/prod"),
              ElementsAre("prod/api", "prod/jobs", "prod/web"));
}

TEST(BlastRadius, WhatNobodyUsesIsEmpty) {
  EXPECT_THAT(blast_radius_of(world(), {"cloudwatch:alarm", "x", kAccount, "eu-west-1"}).dependents,
              IsEmpty());
  EXPECT_THAT(sharers({}, "ec2:subnet", "subnet-a"), IsEmpty());
}

}  // namespace
}  // namespace doctor::remedy
