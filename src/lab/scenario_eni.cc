// FargateENICreateFailed: no address left, a security group that is gone, a control policy.
#include "lab/scenario.h"
#include "lab/scenario_town.h"

namespace doctor::lab {

using namespace std::chrono_literals;

namespace {

void autoscale(Town& town, int desired) {
  const std::string scaling = town.world.role_session_arn(
      "AWSServiceRoleForApplicationAutoScaling_ECSService", "AutoScaling-UpdateService");
  town.act(scaling, "UpdateService",
           {{"cluster", town.cluster}, {"service", "web"}, {"desiredCount", desired}});
}

void no_addresses(World& world) {
  Town town(world, {.private_bits = 28});
  town.add_app(web_app(4));
  town.until(70min);
  App decoy{.name = "catalog", .tag = "1.14.4"};
  town.deploy(decoy);
  town.until(30min);
  autoscale(town, 24);
  town.until(0min);
}

// Scaled to zero overnight; somebody tidied up a group that nothing seemed to use; the morning scales out.
void security_group_missing(World& world) {
  Town town(world, {});
  const std::string group = add_group(world, town.region, town.vpc, "web-legacy", "web tasks");
  allow_ingress(world, town.region, group,
                {.from_port = 8080, .to_port = 8080, .cidr = {}, .group = town.balancer_group});
  App app = web_app(4);
  app.groups = {group};
  town.add_app(app);
  town.until(3h);
  town.act(town.pipeline, "UpdateService",
           {{"cluster", town.cluster}, {"service", "web"}, {"desiredCount", 0}});
  town.until(2h);
  world.ec2[town.region].groups.erase(group);
  std::erase_if(world.ec2[town.region].group_rules,
                [&](const auto& rule) { return text_of(rule.second, "GroupId") == group; });
  town.note(town.administrator, "ec2", "DeleteSecurityGroup", {{"groupId", group}},
            {{"AWS::EC2::SecurityGroup", group}});
  town.until(80min);
  town.act(town.pipeline, "UpdateService",
           {{"cluster", town.cluster}, {"service", "catalog"}, {"desiredCount", 3}});
  town.until(35min);
  town.act(town.pipeline, "UpdateService",
           {{"cluster", town.cluster}, {"service", "web"}, {"desiredCount", 4}});
  town.until(0min);
}

void denied_by_scp(World& world) {
  Town town(world, {});
  town.add_app(web_app(4));
  town.until(90min);
  town.act(town.pipeline, "UpdateService",
           {{"cluster", town.cluster}, {"service", "catalog"}, {"desiredCount", 3}});
  town.until(50min);
  json policy = policy_document("Deny", {"ec2:CreateNetworkInterface", "ec2:CreateVpc", "ec2:CreateSubnet"});
  policy["Statement"][0]["Sid"] = "DenyNetworkChanges";
  const std::string id =
      add_control_policy(world, "SERVICE_CONTROL_POLICY", "deny-network-changes", policy, world.account);
  const std::string admin = "arn:aws:sts::" + world.organizations.management_account +
                            ":assumed-role/OrganizationAdmin/landing-zone";
  town.note(admin, "organizations", "AttachPolicy", {{"policyId", id}, {"targetId", world.account}});
  EcsFaults& faults = ecs_of(world).faults;
  faults.eni_error = "UnauthorizedOperation";
  faults.eni_error_message = "You are not authorized to perform this operation. User: " +
                             world.role_session_arn("AWSServiceRoleForECS", "ecs-eni-provisioning") +
                             " is not authorized to perform: ec2:CreateNetworkInterface on resource: " +
                             world.arn("ec2", town.region, "network-interface/*") +
                             " with an explicit deny in a service control policy";
  town.until(30min);
  App next = web_app(4);
  next.tag = "1.15.0";
  next.breaker = false;
  town.deploy(next);
  town.until(0min);
}

}  // namespace

std::vector<Scenario> eni_scenarios() {
  const std::string family = "FargateENICreateFailed";
  return {
      {{"eni-no-addresses", family, "eni.no_free_addresses", "The subnets ran out of addresses", "prod",
        "web"},
       no_addresses},
      {{"eni-security-group-missing", family, "eni.security_group_missing",
        "The service's security group was deleted", "prod", "web"},
       security_group_missing},
      {{"eni-denied-by-scp", family, "eni.denied_by_scp",
        "A service control policy forbids network interfaces", "prod", "web"},
       denied_by_scp},
  };
}

}  // namespace doctor::lab
