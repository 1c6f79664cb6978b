// Every kind of resource that a step changes, over the wire: its state is read, the step's call is made, the
// state has what the step promised, the inverse is called, and the state is what it was, field by field.
//
// The calls are those that the planners write (src/remedy/planner_*.cc); what AWS does not take back is made
// once and looked at.
#include <chrono>
#include <set>

#include "aws/client.h"
#include "lab/desk_support.h"
#include "lab/scenario_town.h"
#include "lab/server.h"
#include "remedy/kinds.h"
#include "remedy/references.h"

namespace doctor::lab {
namespace {

using remedy::Effect;
using namespace std::chrono_literals;

struct Trip {
  std::string kind, id;
  std::string service, operation;
  json input;
  std::vector<Effect> effects;
  std::string undo = {};  // operation of the inverse; "" : one way
  json undo_input = nullptr;
};

core::Duration now_outside() {
  return std::chrono::duration_cast<core::Duration>(std::chrono::system_clock::now().time_since_epoch());
}

Effect effect(const std::string& pointer, const json& value) {
  return {pointer, value.dump()};
}

// A town with a service, and beside it what a plan finds to mend.
struct Wired {
  World world;
  Town town;
  ServiceDesk desk;
  std::string region = "eu-west-1", account = "111122223333";
  std::string detached, other_vpc, idle, limits, guard, group, secret, key;
  std::unique_ptr<Server> server;
  std::unique_ptr<aws::Client> client;

  Wired()
      : world({.seed = 3, .now = core::Timestamp(now_outside())}),
        town(world, {.history = 30min, .siblings = false}),
        desk(world, {}) {
    town.add_app(web_app(2));
    town.until(0min);
    other_vpc = add_vpc(world, region, "10.9.0.0/16", "other");
    detached = add_internet_gateway(world, region, other_vpc);
    world.ec2[region].internet_gateways[detached]["Attachments"] = json::array();
    InterfaceRequest request;
    request.subnet = town.private_subnets[0];
    request.groups = {town.app_group};
    request.requester = "";
    request.attached = false;
    idle = text_of(*create_interface(world, region, request), "NetworkInterfaceId");
    limits = add_policy(world, "limits", policy_document("Allow", {"ecs:*"}));
    guard = add_control_policy(world, "SERVICE_CONTROL_POLICY", "guard",
                               policy_document("Deny", {"s3:DeleteBucket"}));
    group = world.elb[region].target_groups.begin()->first;
    world.iam.roles.erase("AWSServiceRoleForECS");  // an account that has not got it yet
    add_role(world, "app", "ecs-tasks.amazonaws.com").inlined["own"] = policy_document("Allow", {"s3:*"});
    secret = add_secret(world, region, "prod/db-a1b2c3");
    key = add_key(world, region, "of the secret");
    add_rule(world, region, "tasks", {{"source", {"aws.ecs"}}}, add_queue(world, region, "q"));
    connect();
  }

  void connect() {
    setenv("AWS_ACCESS_KEY_ID", "AKIALABEXAMPLE000001", 1);
    setenv("AWS_SECRET_ACCESS_KEY", "lab", 1);
    setenv("AWS_CONFIG_FILE", "/dev/null", 1);
    setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null", 1);
    auto started = Server::start(desk, 0, core::Duration{0});
    ASSERT_TRUE(started) << core::to_line(started.error());
    server = std::move(*started);
    desk.open(server->port(), now_outside());
    aws::ClientOptions options;
    options.region = region;
    options.endpoint_url = "http://127.0.0.1:" + std::to_string(server->port());
    auto made = aws::Client::make(options);
    ASSERT_TRUE(made) << core::to_line(made.error());
    client = std::move(*made);
  }

  core::Result<aws::Answer> send(const std::string& service, const std::string& operation,
                                 const std::string& input) {
    const std::vector<aws::Call> calls{{service, operation, region, input}};
    return client->run(calls).front();
  }

  remedy::Resource resource(const Trip& trip) const { return {trip.kind, trip.id, account, region}; }

  std::string state(const Trip& trip) {
    const remedy::Kind& kind = *remedy::kind_named(trip.kind);
    const auto read = kind.read(resource(trip));
    const auto answer = send(read.service, read.operation, read.input);
    if (!answer) {
      EXPECT_TRUE(remedy::says_absent(kind, answer.error())) << core::to_line(answer.error());
      return "null";
    }
    const auto found = kind.state(resource(trip), answer->json);
    EXPECT_TRUE(found) << core::to_line(found.error());
    return found.value_or("");
  }

  json state_json(const std::string& kind, const std::string& id) {
    return json::parse(state(Trip{kind, id, "", "", {}, {}}), nullptr, false);
  }
};

std::string filled(const std::string& text, const std::string& answer) {
  const auto out = remedy::fill_json(text, [&](std::string_view name) -> core::Result<std::string> {
    const std::string found = remedy::field_text(answer, name.substr(name.find('.') + 1));
    if (found.empty())
      return core::fail(core::ErrorKind::bad_input, "nothing answers " + std::string(name), "");
    return found;
  });
  EXPECT_TRUE(out) << core::to_line(out.error());
  return out.value_or("");
}

void travel(Wired& lab, const Trip& trip) {
  SCOPED_TRACE(trip.kind + " " + trip.id + ": " + trip.operation);
  const std::string before = lab.state(trip);
  const auto done = lab.send(trip.service, trip.operation, trip.input.dump());
  ASSERT_TRUE(done) << core::to_line(done.error());
  std::vector<Effect> effects = trip.effects;
  for (Effect& one : effects) one.value = filled(one.value, done->json);
  const std::string after = lab.state(trip);
  EXPECT_NE(after, before);
  EXPECT_TRUE(remedy::has_effects(after, effects)) << after;
  EXPECT_FALSE(remedy::has_effects(before, effects)) << before;
  if (trip.undo.empty()) return;
  const auto undone = lab.send(trip.service, trip.undo, filled(trip.undo_input.dump(), done->json));
  ASSERT_TRUE(undone) << core::to_line(undone.error());
  EXPECT_EQ(remedy::differences(before, lab.state(trip)), std::vector<std::string>{});
}

// --- The trips, a service at a time

std::vector<Trip> trips_in_ecs(Wired& lab) {
  const std::string cluster = lab.world.arn("ecs", lab.region, "cluster/prod");
  const std::string service = lab.world.arn("ecs", lab.region, "service/prod/web");
  const std::string family = lab.world.arn("ecs", lab.region, "task-definition/web");
  const json was = lab.state_json("ecs:service", service), pool = lab.state_json("ecs:cluster", cluster);
  json definition = lab.state_json("ecs:task-definition", family);
  for (const char* key : {"taskDefinitionArn", "revision", "requiresAttributes", "compatibilities", "tags"})
    definition.erase(key);
  definition["ephemeralStorage"] = {{"sizeInGiB", 60}};
  const json mixed = json::array({{{"capacityProvider", "FARGATE"}, {"base", 1}, {"weight", 1}},
                                  {{"capacityProvider", "FARGATE_SPOT"}, {"base", 0}, {"weight", 3}}});
  json network = was["networkConfiguration"], deployment = was["deploymentConfiguration"];
  network["awsvpcConfiguration"]["assignPublicIp"] = "ENABLED";
  deployment["minimumHealthyPercent"] = 50;
  json undo{{"cluster", "prod"}, {"service", "web"}, {"forceNewDeployment", true}};
  for (const char* key : {"capacityProviderStrategy", "networkConfiguration", "deploymentConfiguration",
                          "desiredCount", "enableExecuteCommand", "healthCheckGracePeriodSeconds"})
    if (was.contains(key)) undo[key] = was[key];
  if (!undo.contains("healthCheckGracePeriodSeconds")) undo["healthCheckGracePeriodSeconds"] = 0;
  const auto insights = [&](const std::string& value) {
    return json{{"cluster", cluster},
                {"settings", json::array({{{"name", "containerInsights"}, {"value", value}}})}};
  };
  const std::string on = pool["settings"]["containerInsights"];
  const std::string other = on == "enabled" ? "disabled" : "enabled";
  return {{"ecs:service",
           service,
           "ecs",
           "UpdateService",
           {{"cluster", "prod"},
            {"service", "web"},
            {"forceNewDeployment", true},
            {"desiredCount", 3},
            {"capacityProviderStrategy", mixed},
            {"networkConfiguration", network},
            {"deploymentConfiguration", deployment},
            {"enableExecuteCommand", true},
            {"healthCheckGracePeriodSeconds", 45}},
           {effect("/desiredCount", 3), effect("/enableExecuteCommand", true),
            effect("/deploymentConfiguration/minimumHealthyPercent", 50),
            effect("/networkConfiguration/awsvpcConfiguration/assignPublicIp", "ENABLED")},
           "UpdateService",
           undo},
          {"ecs:cluster",
           cluster,
           "ecs",
           "UpdateClusterSettings",
           insights(other),
           {effect("/settings/containerInsights", other)},
           "UpdateClusterSettings",
           insights(on)},
          {"ecs:cluster",
           cluster,
           "ecs",
           "PutClusterCapacityProviders",
           {{"cluster", cluster},
            {"capacityProviders", pool["capacityProviders"]},
            {"defaultCapacityProviderStrategy", mixed}},
           {effect("/defaultCapacityProviderStrategy/1/base", 1)},
           "PutClusterCapacityProviders",
           {{"cluster", cluster},
            {"capacityProviders", pool["capacityProviders"]},
            {"defaultCapacityProviderStrategy", pool["defaultCapacityProviderStrategy"]}}},
          {"ecs:task-definition",
           family,
           "ecs",
           "RegisterTaskDefinition",
           definition,
           {effect("/ephemeralStorage/sizeInGiB", 60),
            {"/taskDefinitionArn", "\"${self.taskDefinition.taskDefinitionArn}\""}},
           "DeregisterTaskDefinition",
           {{"taskDefinition", "${self.taskDefinition.taskDefinitionArn}"}}}};
}

std::vector<Trip> trips_in_routing(Wired& lab) {
  const Town& town = lab.town;
  const std::string table = town.private_table, gateway = town.nat_gateway;
  const std::string block = "10.20.200.0/24";
  const json to_block{{"RouteTableId", table}, {"DestinationCidrBlock", "192.0.2.0/24"}};
  const json everywhere{{"RouteTableId", table}, {"DestinationCidrBlock", "0.0.0.0/0"}};
  json make = to_block, replace = everywhere, back = everywhere;
  make["NatGatewayId"] = back["NatGatewayId"] = gateway;
  replace["NetworkInterfaceId"] = lab.idle;
  // A subnet that no table names yet.
  const std::string bare =
      add_subnet(lab.world, lab.region, town.vpc, "eu-west-1a", "10.20.201.0/24", "bare");
  json associations = lab.state_json("ec2:route-table", table)["Associations"];
  associations.push_back(bare);
  return {{"ec2:route-table",
           table,
           "ec2",
           "CreateRoute",
           make,
           {effect("/Routes/192.0.2.0~124/NatGatewayId", gateway)},
           "DeleteRoute",
           to_block},
          {"ec2:route-table",
           table,
           "ec2",
           "ReplaceRoute",
           replace,
           {effect("/Routes/0.0.0.0~10/NetworkInterfaceId", lab.idle)},
           "ReplaceRoute",
           back},
          {"ec2:route-table",
           table,
           "ec2",
           "AssociateRouteTable",
           {{"RouteTableId", table}, {"SubnetId", bare}},
           {effect("/Associations", associations)},
           "DisassociateRouteTable",
           {{"AssociationId", "${self.AssociationId}"}}},
          {"ec2:subnet",
           town.vpc + "/" + block,
           "ec2",
           "CreateSubnet",
           {{"VpcId", town.vpc}, {"CidrBlock", block}, {"AvailabilityZone", "eu-west-1b"}},
           {effect("/CidrBlock", block)},
           "DeleteSubnet",
           {{"SubnetId", "${self.Subnet.SubnetId}"}}},
          {"ec2:subnet",
           bare,
           "ec2",
           "ModifySubnetAttribute",
           {{"SubnetId", bare}, {"MapPublicIpOnLaunch", {{"Value", true}}}},
           {effect("/MapPublicIpOnLaunch", true)},
           "ModifySubnetAttribute",
           {{"SubnetId", bare}, {"MapPublicIpOnLaunch", {{"Value", false}}}}},
          {"ec2:internet-gateway",
           lab.detached,
           "ec2",
           "AttachInternetGateway",
           {{"InternetGatewayId", lab.detached}, {"VpcId", lab.other_vpc}},
           {effect("/Attachments/0/VpcId", lab.other_vpc)},
           "DetachInternetGateway",
           {{"InternetGatewayId", lab.detached}, {"VpcId", lab.other_vpc}}},
          {"ec2:vpc-attribute",
           lab.other_vpc + "/enableDnsHostnames",
           "ec2",
           "ModifyVpcAttribute",
           {{"VpcId", lab.other_vpc}, {"EnableDnsHostnames", {{"Value", false}}}},
           {effect("/EnableDnsHostnames", false)},
           "ModifyVpcAttribute",
           {{"VpcId", lab.other_vpc}, {"EnableDnsHostnames", {{"Value", true}}}}},
          {"ec2:network-interface",
           lab.idle,
           "ec2",
           "DeleteNetworkInterface",
           {{"NetworkInterfaceId", lab.idle}},
           {{"", "null"}}}};
}

std::vector<Trip> trips_in_filters(Wired& lab) {
  const Town& town = lab.town;
  const json out{{"GroupId", town.app_group},
                 {"IpPermissions", json::array({{{"IpProtocol", "tcp"},
                                                 {"FromPort", 5432},
                                                 {"ToPort", 5432},
                                                 {"IpRanges", json::array({{{"CidrIp", "10.0.0.0/8"}}})}}})}};
  const json in{{"GroupId", town.app_group},
                {"IpPermissions",
                 json::array({{{"IpProtocol", "tcp"},
                               {"FromPort", 9000},
                               {"ToPort", 9000},
                               {"UserIdGroupPairs", json::array({{{"GroupId", town.endpoint_group}}})}}})}};
  std::string acl;
  for (const auto& [id, document] : lab.world.ec2[lab.region].acls) {
    if (document["VpcId"] == town.vpc) acl = id;
  }
  const json entry{{"NetworkAclId", acl},
                   {"RuleNumber", 90},
                   {"Protocol", "6"},
                   {"RuleAction", "allow"},
                   {"Egress", true},
                   {"CidrBlock", "0.0.0.0/0"},
                   {"PortRange", {{"From", 443}, {"To", 443}}}};
  return {{"ec2:security-group",
           town.app_group,
           "ec2",
           "AuthorizeSecurityGroupEgress",
           out,
           {effect("/Egress/tcp 5432-5432 10.0.0.0~18", json::object())},
           "RevokeSecurityGroupEgress",
           out},
          {"ec2:security-group",
           town.app_group,
           "ec2",
           "AuthorizeSecurityGroupIngress",
           in,
           {effect("/Ingress/tcp 9000-9000 " + town.endpoint_group, {{"UserId", lab.account}})},
           "RevokeSecurityGroupIngress",
           in},
          {"ec2:network-acl",
           acl,
           "ec2",
           "CreateNetworkAclEntry",
           entry,
           {effect("/Entries/egress 90", {{"CidrBlock", "0.0.0.0/0"},
                                          {"PortRange", {{"From", 443}, {"To", 443}}},
                                          {"Protocol", "6"},
                                          {"RuleAction", "allow"}})},
           "DeleteNetworkAclEntry",
           {{"NetworkAclId", acl}, {"RuleNumber", 90}, {"Egress", true}}}};
}

std::vector<Trip> trips_in_endpoints(Wired& lab) {
  const Town& town = lab.town;
  std::string gateway, interface;
  for (const auto& [id, endpoint] : lab.world.ec2[lab.region].endpoints) {
    (endpoint["VpcEndpointType"] == "Gateway" ? gateway : interface) = id;
  }
  std::string public_table;
  for (const auto& [id, table] : lab.world.ec2[lab.region].route_tables) {
    for (const auto& association : table["Associations"]) {
      if (text_of(association, "SubnetId") == town.public_subnets[0]) public_table = id;
    }
  }
  const json was = lab.state_json("ec2:vpc-endpoint", interface);
  json tables = lab.state_json("ec2:vpc-endpoint", gateway)["RouteTableIds"];
  tables.push_back(public_table);
  const std::string service = "com.amazonaws.eu-west-1.ssmmessages";
  const json narrow{{"Version", "2012-10-17"},
                    {"Statement", json::array({{{"Sid", "FargateDoctor1"},
                                                {"Effect", "Allow"},
                                                {"Principal", "*"},
                                                {"Action", "ecr:BatchGetImage"},
                                                {"Resource", "*"}}})}};
  const auto policy = [&](const json& document) {
    return json{{"VpcEndpointId", interface}, {"PolicyDocument", document.dump()}};
  };
  const auto names = [&](bool on) { return json{{"VpcEndpointId", interface}, {"PrivateDnsEnabled", on}}; };
  return {{"ec2:vpc-endpoint",
           interface,
           "ec2",
           "ModifyVpcEndpoint",
           policy(narrow),
           {effect("/PolicyDocument", narrow)},
           "ModifyVpcEndpoint",
           policy(was["PolicyDocument"])},
          {"ec2:vpc-endpoint",
           interface,
           "ec2",
           "ModifyVpcEndpoint",
           names(false),
           {effect("/PrivateDnsEnabled", false)},
           "ModifyVpcEndpoint",
           names(true)},
          {"ec2:vpc-endpoint",
           gateway,
           "ec2",
           "ModifyVpcEndpoint",
           {{"VpcEndpointId", gateway}, {"AddRouteTableIds", {public_table}}},
           {effect("/RouteTableIds", tables)},
           "ModifyVpcEndpoint",
           {{"VpcEndpointId", gateway}, {"RemoveRouteTableIds", {public_table}}}},
          {"ec2:vpc-endpoint",
           town.vpc + "/" + service,
           "ec2",
           "CreateVpcEndpoint",
           {{"VpcId", town.vpc},
            {"ServiceName", service},
            {"VpcEndpointType", "Interface"},
            {"SubnetIds", town.private_subnets},
            {"SecurityGroupIds", {town.endpoint_group}},
            {"ClientToken", "round-trip"},
            {"TagSpecifications",
             json::array({{{"ResourceType", "vpc-endpoint"},
                           {"Tags", json::array({{{"Key", "created-by"}, {"Value", "fargate-doctor"}}})}}})}},
           {effect("/ServiceName", service), effect("/Tags/created-by", "fargate-doctor")},
           "DeleteVpcEndpoints",
           {{"VpcEndpointIds", {"${self.VpcEndpoint.VpcEndpointId}"}}}}};
}

std::vector<Trip> trips_in_access(Wired& lab) {
  const json more = policy_document("Allow", {"ssmmessages:OpenDataChannel"});
  const json old = policy_document("Allow", {"s3:*"});
  const auto put = [](const char* name, const json& document) {
    return json{{"RoleName", "app"}, {"PolicyName", name}, {"PolicyDocument", document.dump()}};
  };
  const json wider = policy_document("Allow", {"ecs:*", "logs:*"});
  const json denied = policy_document("Deny", {"s3:DeleteBucket"}),
             less = policy_document("Deny", {"s3:Put*"});
  const auto update = [&](const json& content) {
    return json{{"PolicyId", lab.guard}, {"Content", content.dump()}};
  };
  return {{"iam:role-policy",
           "app/fargate-doctor-exec",
           "iam",
           "PutRolePolicy",
           put("fargate-doctor-exec", more),
           {effect("/PolicyDocument", more), effect("/RoleName", "app")},
           "DeleteRolePolicy",
           {{"RoleName", "app"}, {"PolicyName", "fargate-doctor-exec"}}},
          {"iam:role-policy",
           "app/own",
           "iam",
           "PutRolePolicy",
           put("own", more),
           {effect("/PolicyDocument", more)},
           "PutRolePolicy",
           put("own", old)},
          {"iam:policy",
           lab.limits,
           "iam",
           "CreatePolicyVersion",
           {{"PolicyArn", lab.limits}, {"PolicyDocument", wider.dump()}, {"SetAsDefault", true}},
           {{"/DefaultVersionId", "\"${self.PolicyVersion.VersionId}\""}},
           "SetDefaultPolicyVersion",
           {{"PolicyArn", lab.limits}, {"VersionId", "v1"}}},
          {"iam:role",
           "AWSServiceRoleForECS",
           "iam",
           "CreateServiceLinkedRole",
           {{"AWSServiceName", "ecs.amazonaws.com"}},
           {effect("/RoleName", "AWSServiceRoleForECS")}},
          {"organizations:policy",
           lab.guard,
           "organizations",
           "UpdatePolicy",
           update(less),
           {effect("/Content", less)},
           "UpdatePolicy",
           update(denied)}};
}

std::vector<Trip> trips_elsewhere(Wired& lab) {
  const auto delay = [&](const char* seconds) {
    return json{
        {"TargetGroupArn", lab.group},
        {"Attributes", json::array({{{"Key", "deregistration_delay.timeout_seconds"}, {"Value", seconds}}})}};
  };
  const json before = lab.state_json("elbv2:target-group-attributes", lab.group);
  const std::string was = before["deregistration_delay.timeout_seconds"];
  const json alarm{{"AlarmName", "fargate-doctor-vcpu"},
                   {"ComparisonOperator", "GreaterThanThreshold"},
                   {"Threshold", 80.0},
                   {"EvaluationPeriods", 1},
                   {"TreatMissingData", "notBreaching"},
                   {"MetricName", "ResourceCount"},
                   {"Namespace", "AWS/Usage"},
                   {"Statistic", "Maximum"},
                   {"Period", 300}};
  const json pattern{{"source", {"aws.health"}}};
  const json second{{"Id", "2"}, {"Arn", lab.world.arn("sqs", lab.region, "q")}};
  const json lifecycle{{"rules", json::array({{{"rulePriority", 1},
                                               {"description", "Untagged images go after 14 days"},
                                               {"selection",
                                                {{"tagStatus", "untagged"},
                                                 {"countType", "sinceImagePushed"},
                                                 {"countUnit", "days"},
                                                 {"countNumber", 14}}},
                                               {"action", {{"type", "expire"}}}}})}};
  const std::string repository = lab.world.ecr[lab.region].repositories.begin()->first;
  return {{"elbv2:target-group-attributes",
           lab.group,
           "elbv2",
           "ModifyTargetGroupAttributes",
           delay("17"),
           {effect("/deregistration_delay.timeout_seconds", "17")},
           "ModifyTargetGroupAttributes",
           delay(was.c_str())},
          {"cloudwatch:alarm",
           "fargate-doctor-vcpu",
           "cloudwatch",
           "PutMetricAlarm",
           alarm,
           {effect("/Threshold", 80.0)},
           "DeleteAlarms",
           {{"AlarmNames", {"fargate-doctor-vcpu"}}}},
          {"servicequotas:request",
           "fargate/L-3032A538",
           "service-quotas",
           "RequestServiceQuotaIncrease",
           {{"ServiceCode", "fargate"}, {"QuotaCode", "L-3032A538"}, {"DesiredValue", 500.0}},
           {effect("/DesiredValue", 500.0)}},
          {"events:rule",
           "fargate-doctor-health",
           "events",
           "PutRule",
           {{"Name", "fargate-doctor-health"}, {"EventPattern", pattern.dump()}, {"State", "ENABLED"}},
           {effect("/EventPattern", pattern)},
           "DeleteRule",
           {{"Name", "fargate-doctor-health"}}},
          {"events:rule-targets",
           "tasks",
           "events",
           "PutTargets",
           {{"Rule", "tasks"}, {"Targets", json::array({second})}},
           {effect("/2", {{"Arn", second["Arn"]}})},
           "RemoveTargets",
           {{"Rule", "tasks"}, {"Ids", {"2"}}}},
          {"ecr:lifecycle-policy",
           repository,
           "ecr",
           "PutLifecyclePolicy",
           {{"repositoryName", repository}, {"lifecyclePolicyText", lifecycle.dump()}},
           {effect("/lifecyclePolicyText", lifecycle)},
           "DeleteLifecyclePolicy",
           {{"repositoryName", repository}}},
          {"logs:log-group",
           "/ecs/new",
           "logs",
           "CreateLogGroup",
           {{"logGroupName", "/ecs/new"}},
           {effect("/logGroupName", "/ecs/new")},
           "DeleteLogGroup",
           {{"logGroupName", "/ecs/new"}}}};
}

std::vector<Trip> trips_in_resource_policies(Wired& lab) {
  const std::string repository = lab.world.ecr[lab.region].repositories.begin()->first;
  const auto policy = [](const json& statement) {
    return json{{"Version", "2012-10-17"}, {"Statement", json::array({statement})}};
  };
  json let_in{{"Sid", "FargateDoctor1"},
              {"Effect", "Allow"},
              {"Principal", {{"AWS", "arn:aws:iam::111122223333:role/app"}}},
              {"Action", {"ecr:BatchGetImage"}}};
  const json images = policy(let_in);
  let_in["Action"] = {"secretsmanager:GetSecretValue"};
  let_in["Resource"] = lab.secret;
  const json reading = policy(let_in);
  const json was = lab.state_json("kms:key-policy", lab.key)["Policy"];
  json wider = was;
  let_in["Action"] = {"kms:Decrypt"};
  let_in["Resource"] = "*";
  wider["Statement"].push_back(let_in);
  const auto put_key = [&](const json& document) {
    return json{{"KeyId", lab.key}, {"PolicyName", "default"}, {"Policy", document.dump()}};
  };
  return {{"ecr:repository-policy",
           repository,
           "ecr",
           "SetRepositoryPolicy",
           {{"repositoryName", repository}, {"policyText", images.dump()}},
           {effect("/Policy", images)},
           "DeleteRepositoryPolicy",
           {{"repositoryName", repository}}},
          {"secretsmanager:resource-policy",
           lab.secret,
           "secretsmanager",
           "PutResourcePolicy",
           {{"SecretId", lab.secret}, {"ResourcePolicy", reading.dump()}},
           {effect("/Policy", reading)},
           "DeleteResourcePolicy",
           {{"SecretId", lab.secret}}},
          {"kms:key-policy",
           lab.key,
           "kms",
           "PutKeyPolicy",
           put_key(wider),
           {effect("/Policy", wider)},
           "PutKeyPolicy",
           put_key(was)}};
}

std::vector<Trip> all_trips(Wired& lab) {
  std::vector<Trip> all;
  for (auto of : {trips_in_ecs, trips_in_filters, trips_in_endpoints, trips_in_routing, trips_in_access,
                  trips_in_resource_policies, trips_elsewhere}) {
    for (Trip& trip : of(lab)) all.push_back(std::move(trip));
  }
  return all;
}

// Looked up for a plan, and never what a step changes.
const std::set<std::string> kOnlyLookedUp{"ec2:vpc", "ec2:vpc-subnets", "ec2:nat-gateway",
                                          "elbv2:target-group", "servicequotas:quota"};

// A changing call is in the trail, by its name; global services' go to us-east-1.
void expect_in_trail(Wired& lab, const std::string& operation) {
  bool found = false;
  for (const char* region : {"eu-west-1", "us-east-1"}) {
    for (const TrailEvent& event : lab.world.trail[region].events)
      found = found || (event.name == operation && !event.read_only && !event.record.contains("errorCode"));
  }
  EXPECT_TRUE(found) << operation << " is not in the trail";
}

TEST(RoundTrip, EveryKindComesBackToWhatItWas) {
  Wired lab;
  ASSERT_TRUE(lab.client);
  const auto trips = all_trips(lab);
  std::set<std::string> travelled = kOnlyLookedUp;
  for (const Trip& trip : trips) {
    travelled.insert(trip.kind);
    travel(lab, trip);
  }
  for (const remedy::Kind& kind : remedy::all_kinds())
    EXPECT_TRUE(travelled.contains(std::string(kind.name))) << kind.name;
  lab.server.reset();
  for (const Trip& trip : trips) {
    expect_in_trail(lab, trip.operation);
    if (!trip.undo.empty()) expect_in_trail(lab, trip.undo);
  }
}

}  // namespace
}  // namespace doctor::lab
