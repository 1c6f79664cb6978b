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

// A task that no service runs counts by its task definition.
TEST(BlastRadius, TasksThatNoServiceRunsCountToo) {
  facts::Facts facts = world();
  facts::Place& place = facts.places.front();
  const auto d = definition("batch", "web-task");
  place.task_definitions[d.arn] = d;
  facts::Task task;
  task.arn = "arn:aws:ecs:eu-west-1:111122223333:task/prod/1";
  task.cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/prod";
  task.task_definition_arn = d.arn;
  task.group = "family:batch";
  task.capacity_provider = "FARGATE_SPOT";
  task.attachments.push_back({"a-1",
                              "ElasticNetworkInterface",
                              "ATTACHED",
                              {{"subnetId", "subnet-a"}, {"networkInterfaceId", "eni-1"}}});
  place.tasks[task.arn] = task;
  facts::NetworkInterface interface;
  interface.id = "eni-1";
  interface.groups = {"sg-batch"};
  interface.description = "arn:aws:ecs:eu-west-1:111122223333:attachment/a-1";
  place.interfaces["eni-1"] = interface;
  for (const auto& [kind, id] :
       {std::pair{"ec2:subnet", "subnet-a"},
        {"ec2:route-table", "rtb-a"},
        {"ec2:security-group", "sg-batch"},
        {"ec2:vpc-endpoint", "vpce-i"},
        {"ec2:vpc-endpoint", "vpce-g"},
        {"iam:role-policy", "web-task/p"},
        {"ecr:repository", "batch"},
        {"ecs:capacity-provider", "FARGATE_SPOT"},
        {"ecs:cluster", "arn:aws:ecs:eu-west-1:111122223333:cluster/prod"},
        {"ecs:task-definition", "arn:aws:ecs:eu-west-1:111122223333:task-definition/batch"}}) {
    EXPECT_THAT(sharers(facts, kind, id, "ecs:task-definition"), ElementsAre("batch:1")) << kind << " " << id;
  }
  EXPECT_THAT(sharers(facts, "ec2:subnet", "subnet-b", "ecs:task-definition"), IsEmpty());
}

// What is neither a task's, nor an endpoint's, nor a NAT gateway's: those are dependents by their own name.
TEST(BlastRadius, InterfacesOfSomethingElse) {
  facts::Facts facts = world();
  facts::Place& place = facts.places.front();
  for (const auto& [id, type, description] :
       {std::tuple{"eni-fn", "lambda",
                   "AWS Lambda VPC ENI-monthly-report-0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9"},
        {"eni-b1", "interface", "ELB app/shop/0123456789abcdef"},
        {"eni-b2", "interface", "ELB app/shop/0123456789abcdef"},
        {"eni-host", "interface", ""},
        {"eni-task", "interface", "arn:aws:ecs:eu-west-1:111122223333:attachment/0f"},
        {"eni-end", "vpc_endpoint", "VPC Endpoint Interface vpce-i"},
        {"eni-nat", "nat_gateway", "Interface for NAT Gateway nat-1"}}) {
    facts::NetworkInterface interface;
    interface.id = id;
    interface.interface_type = type;
    interface.description = description;
    interface.subnet_id = "subnet-a";
    interface.vpc_id = "vpc-1";
    interface.groups = {"sg-shared"};
    place.interfaces[id] = interface;
  }
  for (const auto& [kind, id] : {std::pair{"ec2:subnet", "subnet-a"},
                                 {"ec2:security-group", "sg-shared"},
                                 {"ec2:route-table", "rtb-a"},
                                 {"ec2:vpc-endpoint", "vpce-i"},
                                 {"ec2:vpc-attribute", "vpc-1/enableDnsSupport"}}) {
    EXPECT_THAT(sharers(facts, kind, id, "ec2:network-interface"), ElementsAre("eni-host")) << kind << id;
    EXPECT_THAT(sharers(facts, kind, id, "lambda:function"), ElementsAre("monthly-report")) << kind << id;
    EXPECT_THAT(sharers(facts, kind, id, "elbv2:load-balancer"), ElementsAre("app/shop/0123456789abcdef"));
  }
}

TEST(BlastRadius, CapacityProvider) {
  facts::Facts facts = world();
  facts::Place& place = facts.places.front();
  auto& services = place.services;
  services["arn:aws:ecs:eu-west-1:111122223333:service/prod/web"].capacity_provider_strategy = {
      {"FARGATE_SPOT", 0, 1}, {"FARGATE", 1, 1}};
  services["arn:aws:ecs:eu-west-1:111122223333:service/prod/jobs"].launch_type = "FARGATE";
  auto& cluster = place.clusters.begin()->second;
  cluster.capacity_providers = {"FARGATE", "FARGATE_SPOT"};
  cluster.default_strategy = {{"FARGATE_SPOT", 0, 1}};
  // api names neither provider nor launch type: the cluster's default is its own.
  EXPECT_THAT(sharers(facts, "ecs:capacity-provider", "FARGATE_SPOT"), ElementsAre("prod/api", "prod/web"));
  EXPECT_THAT(sharers(facts, "ecs:capacity-provider", "FARGATE"), ElementsAre("prod/web"));
  EXPECT_THAT(sharers(facts, "ecs:capacity-provider", "FARGATE", "ecs:cluster"), ElementsAre("prod"));
}

TEST(BlastRadius, TargetGroupReachesItsLoadBalancer) {
  facts::Facts facts = world();
  facts::TargetGroup group;
  group.arn = "arn:tg/web";
  group.load_balancers = {
      "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/shop/0123456789abcdef"};
  facts.places.front().target_groups[group.arn] = group;
  EXPECT_THAT(sharers(facts, "elbv2:target-group", "arn:tg/web", "elbv2:load-balancer"),
              ElementsAre("app/shop/0123456789abcdef"));
}

// A key encrypts the cluster's sessions and the secrets that task definitions name.
TEST(BlastRadius, KeyOfASecret) {
  facts::Facts facts = world();
  facts::Place& place = facts.places.front();
  const std::string secret = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf";
  place.task_definitions["arn:aws:ecs:eu-west-1:111122223333:task-definition/api:1"]
      .containers.front()
      .secrets.push_back({"DB", secret + ":password::"});
  place.secret_keys[secret] = "arn:aws:kms:eu-west-1:111122223333:key/k-2";
  const auto radius = blast_radius_of(
      facts, {"kms:key", "arn:aws:kms:eu-west-1:111122223333:key/k-2", kAccount, "eu-west-1"});
  ASSERT_EQ(radius.dependents.size(), 1u);
  EXPECT_EQ(radius.dependents.front().name, "prod/api");
  EXPECT_EQ(radius.dependents.front().through, secret);
}

// One image is used by who runs just that one; another account's repository of the same name is not this one.
TEST(BlastRadius, OneImageOfARepository) {
  facts::Facts facts = world();
  facts::Place& place = facts.places.front();
  const std::string registry = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/";
  const auto run = [&](const std::string& family, const std::string& image) {
    place.task_definitions["arn:aws:ecs:eu-west-1:111122223333:task-definition/" + family + ":1"]
        .containers.front()
        .image = image;
  };
  run("web", registry + "shop:v1");
  run("api", registry + "shop:v2");
  run("jobs", "999988887777.dkr.ecr.eu-west-1.amazonaws.com/shop:v1");
  EXPECT_THAT(sharers(facts, "ecr:image", "shop:v1"), ElementsAre("prod/web"));
  EXPECT_THAT(sharers(facts, "ecr:lifecycle-policy", "shop"), ElementsAre("prod/api", "prod/web"));
}

TEST(BlastRadius, AnotherAccountThatPullsTheImage) {
  facts::Facts facts = world();
  facts::Place other = facts.places.front();
  other.account = "999988887777";
  facts.places.push_back(other);
  EXPECT_THAT(sharers(facts, "ecr:repository", "web"),
              ElementsAre("999988887777/eu-west-1 prod/web", "prod/web"));
  EXPECT_THAT(sharers(facts, "iam:role-policy", "web-task/p"), ElementsAre("prod/web"));
}

// "Using service-linked roles for Amazon ECS": ECS makes the interfaces of awsvpc tasks by it.
TEST(BlastRadius, TheServiceLinkedRoleIsEveryServices) {
  facts::Facts facts = world();
  facts.places.front().services["arn:aws:ecs:eu-west-1:111122223333:service/prod/jobs"].role_arn =
      "arn:aws:iam::111122223333:role/balancer";
  EXPECT_THAT(sharers(facts, "iam:role", "AWSServiceRoleForECS"), ElementsAre("prod/api", "prod/web"));
  EXPECT_THAT(sharers(facts, "iam:role", "balancer"), ElementsAre("prod/jobs"));
}

TEST(BlastRadius, LogGroupOfContainersAndOfSessions) {
  facts::Facts facts = world();
  facts::Place& place = facts.places.front();
  place.task_definitions["arn:aws:ecs:eu-west-1:111122223333:task-definition/api:1"]
      .containers.front()
      .log_options["awslogs-group"] = "/ecs/api";
  place.clusters.begin()->second.execute_command->log_group = "/ecs/exec";
  EXPECT_THAT(sharers(facts, "logs:log-group", "/ecs/api"), ElementsAre("prod/api"));
  EXPECT_THAT(sharers(facts, "logs:log-group", "/ecs/exec"),
              ElementsAre("prod/api", "prod/jobs", "prod/web"));
}

// One service was asked about; who else there is was read apart from it.
TEST(BlastRadius, TwoSetsOfFactsCountEachDependentOnce) {
  facts::Facts one = world();
  auto& services = one.places.front().services;
  std::erase_if(services, [](const auto& item) { return item.second.name != "web"; });
  const Resource group{"ec2:security-group", "sg-shared", kAccount, "eu-west-1"};
  EXPECT_THAT(sharers(one, "ec2:security-group", "sg-shared"), ElementsAre("prod/web"));
  EXPECT_EQ(blast_radius_of(one, world(), group).dependents.size(),
            blast_radius_of(world(), group).dependents.size());
}

TEST(BlastRadius, WhatNobodyUsesIsEmpty) {
  EXPECT_THAT(blast_radius_of(world(), {"cloudwatch:alarm", "x", kAccount, "eu-west-1"}).dependents,
              IsEmpty());
  EXPECT_THAT(sharers({}, "ec2:subnet", "subnet-a"), IsEmpty());
}

}  // namespace
}  // namespace doctor::remedy
