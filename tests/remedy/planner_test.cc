// Each family's main fix, from a snapshot to exact requests; and what holds for every step of every plan.
#include "remedy/planner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <iostream>
#include <set>

#include "diagnose/diagnose.h"
#include "diagnose/table.h"
#include "facts/snapshot.h"
#include "remedy/kinds.h"
#include "remedy/model_support.h"
#include "remedy/plan_support.h"

namespace doctor::remedy {
namespace {

using nlohmann::json;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kCluster = "arn:aws:ecs:eu-west-1:111122223333:cluster/prod";

json request_of(const Plan& plan, std::string_view operation) {
  return json_of(step_calling(plan, operation).request.input);
}
json inverse_of(const Plan& plan, std::string_view operation) {
  return json_of(step_calling(plan, operation).inverse.input);
}

// --- The seven families ---------------------------------------------------------------------------------

TEST(PlanSpot, KeepsAnOnDemandBaseAndGoesBackToSpotAlone) {
  const Plan plan = plan_scenario("spot-one-zone-of-three").plan;
  EXPECT_EQ(plan.family, "FargateSpotInterrupted");
  EXPECT_EQ(request_of(plan, "UpdateService"),
            (json{{"cluster", kCluster},
                  {"service", "web"},
                  {"forceNewDeployment", true},
                  {"capacityProviderStrategy",
                   {{{"capacityProvider", "FARGATE_SPOT"}, {"base", 0}, {"weight", 1}},
                    {{"capacityProvider", "FARGATE"}, {"base", 2}, {"weight", 1}}}}}));
  EXPECT_EQ(inverse_of(plan, "UpdateService")["capacityProviderStrategy"],
            json::parse(R"([{"capacityProvider": "FARGATE_SPOT", "base": 0, "weight": 1}])"));
  const Step& update = step_calling(plan, "UpdateService");
  EXPECT_THAT(update.iam_actions, ElementsAre("ecs:UpdateService", "ecs:DescribeServices"));
  EXPECT_EQ(update.probe.pointer, "/services/0/deployments/0/rolloutState");
  EXPECT_EQ(update.probe.expected, "\"COMPLETED\"");
}

TEST(PlanSpot, DrainsWithinTheNotice) {
  const Plan plan = plan_scenario("spot-decoy-change-and-refused-trail").plan;
  EXPECT_EQ(request_of(plan, "ModifyTargetGroupAttributes")["Attributes"],
            json::parse(R"([{"Key": "deregistration_delay.timeout_seconds", "Value": "90"}])"));
  EXPECT_EQ(inverse_of(plan, "ModifyTargetGroupAttributes")["Attributes"][0]["Value"], "300");
}

TEST(PlanSpot, TwoFixesOfOneServiceAreOneCall) {
  const Plan plan = plan_scenario("spot-one-zone-of-three",
                                  {"on_demand_base", "circuit_breaker", "more_tasks", "healthy_percent"})
                        .plan;
  ASSERT_EQ(plan.steps.size(), 1u);
  EXPECT_EQ(plan.steps[0].fix, "on_demand_base circuit_breaker");
  const json input = json_of(plan.steps[0].request.input);
  EXPECT_EQ(input["deploymentConfiguration"],
            json::parse(R"({"deploymentCircuitBreaker": {"enable": true, "rollback": true},
                            "maximumPercent": 200, "minimumHealthyPercent": 100})"));
  EXPECT_THAT(plan.fixes_left_out, Contains(HasSubstr("more_tasks: 6 tasks are desired already")));
}

TEST(PlanSpot, StopTimeoutIsANewRevisionThatTheServiceThenTakes) {
  const Plan plan = plan_scenario("spot-one-zone-of-three", {"stop_timeout", "init_process"}).plan;
  ASSERT_EQ(plan.steps.size(), 2u);
  const json revision = json_of(plan.steps[0].request.input);
  EXPECT_EQ(revision["containerDefinitions"][0]["stopTimeout"], 120);
  EXPECT_EQ(revision["containerDefinitions"][0]["linuxParameters"]["initProcessEnabled"], true);
  EXPECT_FALSE(revision.contains("taskDefinitionArn"));
  EXPECT_FALSE(revision.contains("revision"));
  EXPECT_EQ(plan.steps[0].fix, "stop_timeout init_process");
  EXPECT_EQ(json_of(plan.steps[1].request.input)["taskDefinition"], "${1.taskDefinition.taskDefinitionArn}");
  EXPECT_THAT(plan.steps[0].iam_actions, Contains("iam:PassRole"));
  EXPECT_EQ(json_of(plan.steps[0].inverse.input)["taskDefinition"],
            "${self.taskDefinition.taskDefinitionArn}");
}

TEST(PlanSpot, TwoFixesThatSettleTheSameThingAreNotBothTaken) {
  const Plan plan = plan_scenario("spot-one-zone-of-three", {"on_demand_base", "run_on_demand"}).plan;
  EXPECT_EQ(plan.steps.size(), 1u);
  EXPECT_THAT(plan.fixes_left_out,
              Contains(HasSubstr("run_on_demand: another fix of this plan already changes")));
}

TEST(PlanEni, MovesToASubnetWithFreeAddresses) {
  const Plan plan = plan_scenario("eni-subnet-is-full").plan;
  const json was = inverse_of(plan, "UpdateService")["networkConfiguration"]["awsvpcConfiguration"];
  const json now = request_of(plan, "UpdateService")["networkConfiguration"]["awsvpcConfiguration"];
  EXPECT_NE(was["subnets"], now["subnets"]);
  EXPECT_EQ(was["securityGroups"], now["securityGroups"]);  // AWS replaces the whole configuration
  EXPECT_EQ(now["assignPublicIp"], "DISABLED");
}

TEST(PlanEni, ASubnetThatIsGoneIsTakenOut) {
  const Plan plan = plan_scenario("eni-subnet-deleted").plan;
  const json now =
      request_of(plan, "UpdateService")["networkConfiguration"]["awsvpcConfiguration"]["subnets"];
  EXPECT_EQ(now.size(), 2u);
  EXPECT_EQ(now.dump().find("dead"), std::string::npos);
}

TEST(PlanEni, AServiceLinkedRoleIsOneWayAndSaysWhy) {
  for (const std::string& name : all_scenarios()) {
    if (name.find("eni-service-role") == std::string::npos) continue;
    const Plan plan = plan_scenario(name, {"service_linked_role"}).plan;
    for (const Step& step : plan.steps) {
      EXPECT_FALSE(step.reversible);
      EXPECT_THAT(step.one_way_reason, HasSubstr("service-linked role"));
      EXPECT_TRUE(step.inverse.service.empty());
    }
  }
}

TEST(PlanStorage, GivesTheTaskMoreDisk) {
  const Plan plan = plan_scenario("storage-default-size-for-a-big-data-set").plan;
  EXPECT_EQ(request_of(plan, "RegisterTaskDefinition")["ephemeralStorage"],
            json::parse(R"({"sizeInGiB": 40})"));
  EXPECT_THAT(step_calling(plan, "RegisterTaskDefinition").cost, HasSubstr("1.62 USD a month"));
  EXPECT_EQ(inverse_of(plan, "UpdateService")["taskDefinition"],
            "arn:aws:ecs:eu-west-1:111122223333:task-definition/importer:1");
}

TEST(PlanExec, AllowsTheFourActionsAndNoMore) {
  const Plan plan = plan_scenario("exec-task-role-without-ssmmessages").plan;
  const json policy = request_of(plan, "PutRolePolicy");
  EXPECT_EQ(policy["RoleName"], "web-task");
  EXPECT_EQ(json_of(policy["PolicyDocument"].get<std::string>())["Statement"],
            json::parse(R"([{"Sid": "FargateDoctor1", "Effect": "Allow", "Resource": "*",
                "Action": ["ssmmessages:CreateControlChannel", "ssmmessages:CreateDataChannel",
                           "ssmmessages:OpenControlChannel", "ssmmessages:OpenDataChannel"]}])"));
  EXPECT_EQ(inverse_of(plan, "PutRolePolicy"),
            json::parse(R"({"RoleName": "web-task", "PolicyName": "fargate-doctor-exec"})"));
  EXPECT_TRUE(request_of(plan, "UpdateService")["forceNewDeployment"]);
}

TEST(PlanExec, MakesOneEndpointInAllZonesWhoeverAsksForIt) {
  const Plan plan = plan_scenario("exec-private-subnet-without-endpoint").plan;
  int endpoints = 0;
  for (const Step& step : plan.steps) endpoints += step.request.operation == "CreateVpcEndpoint";
  EXPECT_EQ(endpoints, 1);
  const Step& step = step_calling(plan, "CreateVpcEndpoint");
  const json input = json_of(step.request.input);
  EXPECT_THAT(step.fix, testing::AllOf(HasSubstr("vpc_endpoint"), HasSubstr("network_path")));
  EXPECT_EQ(input["ServiceName"], "com.amazonaws.eu-west-1.ssmmessages");
  EXPECT_EQ(input["SubnetIds"].size(), 3u);
  EXPECT_LE(input["ClientToken"].get<std::string>().size(), 64u);
  EXPECT_EQ(step.replay, Replay::client_token);
  EXPECT_TRUE(step.touches_dns_or_tls);
  EXPECT_THAT(step.cost, HasSubstr("21.9 USD a month (3 zones)"));
}

TEST(PlanExec, OpensExactlyOneRuleOfOneGroup) {
  const Plan plan = plan_scenario("heldout-exec-endpoint-group-closed").plan;
  EXPECT_EQ(
      request_of(plan, "AuthorizeSecurityGroupIngress"),
      json::parse(
          R"({"GroupId": "sg-ep", "IpPermissions": [{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443,
                            "UserIdGroupPairs": [{"GroupId": "sg-task"}]}]})"));
  EXPECT_EQ(inverse_of(plan, "AuthorizeSecurityGroupIngress"),
            request_of(plan, "AuthorizeSecurityGroupIngress"));
}

TEST(PlanExec, AnAclsRuleGoesByItsNumber) {
  const Plan plan = plan_scenario("proof-exec-return-acl-missing").plan;
  const json entry = request_of(plan, "CreateNetworkAclEntry");
  EXPECT_EQ(entry["RuleAction"], "allow");
  EXPECT_EQ(entry["Egress"], false);
  const json undo = inverse_of(plan, "CreateNetworkAclEntry");
  EXPECT_EQ(undo["RuleNumber"], entry["RuleNumber"]);
  EXPECT_EQ(undo.size(), 3u);
}

TEST(PlanExec, TheRefusedCallerIsAllowedWhatItAskedFor) {
  const Plan plan = plan_scenario("heldout-exec-caller-without-plugin-and-init").plan;
  const json input = request_of(plan, "PutRolePolicy");
  EXPECT_EQ(input["RoleName"], "support");
  EXPECT_THAT(input["PolicyDocument"].get<std::string>(), HasSubstr("ecs:ExecuteCommand"));
}

TEST(PlanImage, MakesRoomForTheImageAndNamesWhatAPersonMustDo) {
  const Plan plan = plan_scenario("image-larger-than-the-disk").plan;
  EXPECT_EQ(request_of(plan, "RegisterTaskDefinition")["ephemeralStorage"]["sizeInGiB"], 53);
  ASSERT_FALSE(plan.advice.empty());
  EXPECT_EQ(plan.advice.front().fix, "slim_image");
}

TEST(PlanImage, ALifecyclePolicyComesOnlyWhereItWasAskedFor) {
  const Plan unasked = plan_scenario("image-larger-than-the-disk").plan;
  for (const Step& step : unasked.steps) EXPECT_NE(step.request.operation, "PutLifecyclePolicy");
  const Plan asked = plan_scenario("image-larger-than-the-disk", {"slim_image"}).plan;
  const Step& step = step_calling(asked, "PutLifecyclePolicy");
  EXPECT_FALSE(step.reversible);
  EXPECT_THAT(step.one_way_reason, HasSubstr("do not come back"));
}

TEST(PlanCapacity, AlarmsAtEightyPercentOfTheQuota) {
  const Plan plan = plan_scenario("capacity-on-demand-quota").plan;
  const json alarm = request_of(plan, "PutMetricAlarm");
  EXPECT_EQ(alarm["Threshold"], 80.0);
  EXPECT_EQ(alarm["Metrics"][1]["Expression"], "usage/SERVICE_QUOTA(usage)*100");
  EXPECT_EQ(alarm["Metrics"][0]["MetricStat"]["Metric"]["Namespace"], "AWS/Usage");
}

TEST(PlanCapacity, AQuotaRequestIsOneWay) {
  int found = 0;
  for (const std::string& name : all_scenarios()) {
    if (name.find("quota") == std::string::npos) continue;
    for (const Step& step : plan_scenario(name).plan.steps) {
      if (step.request.operation != "RequestServiceQuotaIncrease") continue;
      ++found;
      EXPECT_FALSE(step.reversible) << name;
      EXPECT_FALSE(step.one_way_reason.empty()) << name;
      EXPECT_TRUE(step.inverse.service.empty()) << name;
    }
  }
  EXPECT_GT(found, 0);
}

TEST(PlanPlatform, GoesToLatestAndBackToTheOldVersion) {
  const Plan plan = plan_scenario("platform-too-old-for-more-storage").plan;
  EXPECT_EQ(request_of(plan, "UpdateService")["platformVersion"], "LATEST");
  EXPECT_EQ(inverse_of(plan, "UpdateService")["platformVersion"], "1.3.0");
}

TEST(PlanNoFamily, AnEndpointsPolicyGetsOneStatementForOneRole) {
  const Plan plan = plan_scenario("proof-secret-endpoint-policy").plan;
  const json input = request_of(plan, "ModifyVpcEndpoint");
  const json statements = json_of(input["PolicyDocument"].get<std::string>())["Statement"];
  ASSERT_EQ(statements.size(), 2u);
  EXPECT_EQ(statements[1]["Action"], "secretsmanager:GetSecretValue");
  EXPECT_THAT(statements[1]["Condition"]["ArnEquals"]["aws:PrincipalArn"].get<std::string>(),
              HasSubstr("role/ecsTaskExecutionRole"));
}

TEST(PlanNoFamily, TheRolesOwnDenySparesTheOneSecret) {
  const Plan plan = plan_scenario("proof-secret-denied-by-the-role-itself").plan;
  const Step& step = step_calling(plan, "PutRolePolicy");
  EXPECT_EQ(step.resource.id, "ecsTaskExecutionRole/fence");
  const json document = json_of(json_of(step.request.input)["PolicyDocument"].get<std::string>());
  EXPECT_THAT(document["Statement"][0]["NotResource"].get<std::vector<std::string>>(),
              ElementsAre("arn:aws:secretsmanager:eu-west-1:111122223333:secret:payments/*",
                          "arn:aws:secretsmanager:eu-west-1:111122223333:secret:pay/db-a1b2c3"));
  EXPECT_EQ(step.inverse.operation, "PutRolePolicy");  // the policy as it was, not none
}

// "Versioning IAM policies": the change is another version, and taking it back makes the old one default.
TEST(PlanNoFamily, ABoundaryGetsAVersionAndTheOldOneComesBack) {
  const auto facts = facts::read_snapshot(scenario_folder("proof-secret-boundary-forgets-it"));
  const auto diagnosis = diagnose::diagnose(*facts, {});
  const PlanOptions options{{"widen_boundary"}, 0, {}};
  const auto wanted = resources_of(*facts, *diagnosis, options);
  ASSERT_EQ(wanted.size(), 1u);
  const std::string state = json{
      {"Arn", wanted[0].id},
      {"PolicyName", "start-up-only"},
      {"DefaultVersionId", "v3"},
      {"Tags", json::object()}}.dump();
  const auto plan = make_plan(*facts, *diagnosis, {{wanted[0], state}}, options);
  ASSERT_TRUE(plan);
  const json input = request_of(*plan, "CreatePolicyVersion");
  EXPECT_EQ(input["SetAsDefault"], true);
  EXPECT_THAT(input["PolicyDocument"].get<std::string>(), HasSubstr("secretsmanager:GetSecretValue"));
  EXPECT_EQ(inverse_of(*plan, "CreatePolicyVersion"),
            (json{{"PolicyArn", wanted[0].id}, {"VersionId", "v3"}}));
}

TEST(PlanNoFamily, AnOrganizationsPolicyIsForItsOwnAccountToChange) {
  const Plan plan = plan_scenario("proof-secret-scp-hidden-behind-an-allow").plan;
  EXPECT_THAT(plan.steps, IsEmpty());
  ASSERT_FALSE(plan.advice.empty());
  EXPECT_THAT(plan.advice[0].detail, HasSubstr("aws organizations update-policy --policy-id"));
  EXPECT_THAT(plan.advice[0].detail, HasSubstr("aws:PrincipalArn"));
}

TEST(PlanEni, IdleInterfacesAreDeletedOneByOneAndForGood) {
  auto facts = facts::read_snapshot(scenario_folder("eni-subnet-is-full"));
  const auto diagnosis = diagnose::diagnose(*facts, {});
  facts::Place& place = facts->places.front();
  const facts::Service& service = place.services.begin()->second;
  facts::NetworkInterface idle;
  idle.id = "eni-0idle";
  idle.subnet_id = service.network.subnets.front();
  idle.status = "available";
  facts::NetworkInterface used = idle;
  used.id = "eni-0used";
  used.status = "in-use";
  place.interfaces = {{idle.id, idle}, {used.id, used}};
  const Resource where{"ec2:network-interface", "eni-0idle", place.account, place.region};
  const auto plan =
      make_plan(*facts, *diagnosis, {{where, R"({"NetworkInterfaceId":"eni-0idle","Status":"available"})"}},
                {{"release_interfaces"}, 0, {}});
  ASSERT_TRUE(plan);
  ASSERT_EQ(plan->steps.size(), 1u);
  EXPECT_EQ(plan->steps[0].request.input, R"({"NetworkInterfaceId":"eni-0idle"})");
  EXPECT_FALSE(plan->steps[0].reversible);
}

// "A capacity provider must be associated with the cluster to be used" (CapacityProviderStrategyItem).
TEST(PlanSpot, AProviderThatTheClusterDoesNotHaveIsAssociatedFirst) {
  auto facts = facts::read_snapshot(scenario_folder("spot-one-zone-of-three"));
  const auto diagnosis = diagnose::diagnose(*facts, {});
  facts::Cluster& cluster = facts->places.front().clusters.begin()->second;
  cluster.capacity_providers = {"FARGATE_SPOT"};
  std::vector<KnownState> states = plan_scenario("spot-one-zone-of-three", {"on_demand_base"}).states.known;
  const Resource where{"ecs:cluster", cluster.arn, "111122223333", "eu-west-1"};
  std::erase_if(states, [&](const KnownState& s) { return s.resource == where; });
  states.push_back({where, R"({"capacityProviders":["FARGATE_SPOT"],"settings":{},"tags":{}})"});
  const auto plan = make_plan(*facts, *diagnosis, states, {{"on_demand_base"}, 0, {}});
  ASSERT_TRUE(plan);
  ASSERT_EQ(plan->steps.size(), 2u);
  EXPECT_EQ(plan->steps[0].request.operation, "PutClusterCapacityProviders");
  EXPECT_EQ(json_of(plan->steps[0].request.input)["capacityProviders"],
            json::parse(R"(["FARGATE", "FARGATE_SPOT"])"));
  EXPECT_EQ(json_of(plan->steps[0].inverse.input)["capacityProviders"], json::parse(R"(["FARGATE_SPOT"])"));
  EXPECT_THAT(plan->steps[1].cost, HasSubstr("USD a month more: 4 tasks of 1 vCPU and 2 GB on demand"));
}

TEST(PlanEni, ANewSubnetTakesFreeAddressesAndTheOldOnesRoutes) {
  int found = 0;
  for (const char* name : {"proof-exec-wrong-route", "proof-secret-no-nat-and-no-endpoint"}) {
    const Plan plan = plan_scenario(name, {"create_subnet"}).plan;
    if (plan.steps.empty()) continue;
    ++found;
    ASSERT_EQ(plan.steps.size(), 3u) << name;
    EXPECT_EQ(plan.steps[0].request.operation, "CreateSubnet");
    EXPECT_EQ(json_of(plan.steps[1].request.input)["SubnetId"], "${1.Subnet.SubnetId}");
    EXPECT_THAT(plan.steps[2].request.input, HasSubstr("${1.Subnet.SubnetId}"));
    EXPECT_FALSE(plan.steps[1].effects.empty());
  }
  EXPECT_GT(found, 0);
}

TEST(Planner, SharedAccessAsksForTheNumberOfDependents) {
  auto facts = facts::read_snapshot(scenario_folder("exec-task-role-without-ssmmessages"));
  const auto diagnosis = diagnose::diagnose(*facts, {});
  facts::Place& place = facts->places.front();
  facts::Service other = place.services.begin()->second;  // the same task definition, and so the same role
  other.name = "web-canary";
  other.arn += "-canary";
  place.services[other.arn] = other;
  const auto plan = make_plan(*facts, *diagnosis, {}, {{"policy_statement"}, 0, {}});
  ASSERT_TRUE(plan);
  EXPECT_THAT(step_calling(*plan, "PutRolePolicy").shared_with, ElementsAre("prod/web-canary"));
  EXPECT_EQ(plan->confirmation, Confirmation::type_count);
  ASSERT_EQ(plan->blast_radius.size(), 1u);
  EXPECT_EQ(plan->blast_radius[0].dependents.front().name, "prod/web");  // the incident's own first
}

// --- What is not there ----------------------------------------------------------------------------------

// "Key policies in AWS KMS": in a key's policy the resource "*" is that key.
TEST(PlanAccess, TheKeysOwnPolicyLetsTheRoleIn) {
  const Plan plan = plan_scenario("proof-secret-key-policy-forgets-the-role").plan;
  const Step& step = step_calling(plan, "PutKeyPolicy");
  const json input = json_of(step.request.input), undo = json_of(step.inverse.input);
  EXPECT_EQ(input["PolicyName"], "default");
  const json policy = json::parse(input["Policy"].get<std::string>()),
             before = json_of(step.before)["Policy"];
  ASSERT_EQ(policy["Statement"].size(), before["Statement"].size() + 1);
  const json& added = policy["Statement"].back();
  EXPECT_EQ(added["Action"], json::array({"kms:Decrypt"}));
  EXPECT_EQ(added["Resource"], "*");
  EXPECT_THAT(added["Principal"]["AWS"].get<std::string>(), HasSubstr(":role/"));
  EXPECT_EQ(json::parse(undo["Policy"].get<std::string>()), before);
  EXPECT_EQ(plan.confirmation, Confirmation::yes);
}

TEST(PlanAccess, AnotherAccountsRepositoryIsForItsOwners) {
  const Plan plan = plan_scenario("proof-image-of-another-account-without-a-policy").plan;
  ASSERT_THAT(plan.advice, testing::Not(IsEmpty()));
  EXPECT_THAT(plan.advice.front().detail, HasSubstr("add to the policy of arn:aws:ecr:"));
  EXPECT_THAT(plan.advice.front().detail, testing::Not(HasSubstr("Resource")));
}

TEST(Planner, EveryFixOfTheDiagnosisIsAStepOrAdvice) {
  for (const auto& fix : diagnose::fix_table()) EXPECT_TRUE(knows_fix(fix.id)) << fix.id;
}

TEST(Planner, AnUnknownFixAndAnUnknownIncidentAreErrors) {
  EXPECT_THAT(plan_scenario("spot-one-zone-of-three", {"no_such_fix"}).error,
              HasSubstr("there is no fix 'no_such_fix'"));
  EXPECT_THAT(plan_scenario("spot-one-zone-of-three", {}, 7).error, HasSubstr("there is no incident 8"));
}

TEST(Planner, ValuesThatWereTakenOutOfASnapshotAreNotRegistered) {
  const Planned planned = plan_scenario("exec-static-keys-in-the-container");
  EXPECT_THAT(planned.plan.steps, IsEmpty());
  EXPECT_THAT(planned.plan.fixes_left_out, Contains(HasSubstr("taken out of the snapshot")));
}

TEST(Planner, WithoutStatesNothingIsChangedAndTheResourcesAreNamed) {
  const auto facts = facts::read_snapshot(scenario_folder("spot-one-zone-of-three"));
  const auto diagnosis = diagnose::diagnose(*facts, {});
  const auto plan = make_plan(*facts, *diagnosis, {}, {{"on_demand_base"}, 0, {}});
  ASSERT_TRUE(plan);
  EXPECT_THAT(plan->steps, IsEmpty());
  EXPECT_THAT(plan->fixes_left_out, Contains(HasSubstr("was not read")));
  const auto wanted = resources_of(*facts, *diagnosis, {{"on_demand_base"}, 0, {}});
  ASSERT_EQ(wanted.size(), 1u);
  EXPECT_EQ(wanted[0].kind, "ecs:service");
}

TEST(Planner, WhatCodeManagesSaysSo) {
  const auto managed = managed_by_terraform(
      R"({"version": 4, "resources": [{"mode": "managed", "type": "aws_ecs_service", "name": "web", "instances": [
          {"attributes": {"id": "arn:aws:ecs:eu-west-1:111122223333:service/prod/web"}}]}]})",
      "t");
  const Plan plan = plan_scenario("spot-one-zone-of-three", {}, 0, *managed).plan;
  EXPECT_EQ(step_calling(plan, "UpdateService").managed_by, "terraform: aws_ecs_service.web");
  EXPECT_EQ(step_calling(plan, "PutRule").managed_by, "");
}

// --- What holds for every step of every plan ------------------------------------------------------------

void check_step(const std::string& name, const Plan& plan, const Step& step,
                std::set<std::string>& modelled) {
  SCOPED_TRACE(name + " step " + step.id + " " + step.request.operation);
  EXPECT_NE(kind_named(step.resource.kind), nullptr) << step.resource.kind;
  EXPECT_FALSE(step.title.empty());
  EXPECT_FALSE(step.fix.empty());
  EXPECT_FALSE(step.iam_actions.empty());
  EXPECT_EQ(step.request.region, plan.region);
  for (const std::string& action : step.iam_actions) EXPECT_EQ(action.find('*'), std::string::npos) << action;
  EXPECT_TRUE(json_of(step.request.input).is_object());
  EXPECT_EQ(canonical(step.before), step.before);
  EXPECT_EQ(step.reversible, step.one_way_reason.empty());
  if (step.reversible) EXPECT_FALSE(step.inverse.service.empty());
  EXPECT_FALSE(step.probe.pointer.empty() && step.probe.request.service.empty());
  // A policy that the program writes never allows "*" as action ("Grant least privilege").
  EXPECT_EQ(step.request.input.find(R"(\"Action\":\"*\")"), std::string::npos);

  const std::string after = after_call(step.before, step.resource, step.request);
  if (after.empty()) return;
  modelled.insert(step.request.operation);
  EXPECT_TRUE(has_effects(after, step.effects)) << after;
  if (!step.effects.empty()) EXPECT_FALSE(has_effects(step.before, step.effects)) << "it is so already";
  if (!step.reversible) return;
  const std::string back = after_call(after, step.resource, step.inverse);
  EXPECT_THAT(differences(step.before, back), IsEmpty());
}

TEST(EveryPlan, StepsTakeEffectAndTheirInverseGivesBackTheStateBefore) {
  std::set<std::string> modelled;
  int steps = 0;
  for (const std::string& name : all_scenarios()) {
    for (const auto& fixes : std::vector<std::vector<std::string>>{
             {},
             {"run_on_demand", "stop_timeout", "circuit_breaker", "lengthen_health_grace",
              "deregistration_delay"},
             {"create_subnet", "more_tasks", "healthy_percent", "raise_memory", "alarm_on_ephemeral_storage"},
             {"enable_exec", "platform_latest", "s3_gateway_endpoint",
              "rotate_logs_or_send_to_cloudwatch"}}) {
      // A debug build takes its time: all scenarios with their own fixes, a third of them with the others
      // too.
      if (!fixes.empty() && std::hash<std::string>{}(name) % 3 != 0) continue;
      const Plan plan = plan_scenario(name, fixes).plan;
      for (const Step& step : plan.steps) check_step(name, plan, step, modelled);
      steps += static_cast<int>(plan.steps.size());
      for (std::size_t i = 0; i < plan.steps.size(); ++i) EXPECT_EQ(plan.steps[i].id, std::to_string(i + 1));
    }
  }
  std::cout << steps << " steps, " << modelled.size() << " operations modelled\n";
  EXPECT_GT(steps, 300);
  EXPECT_GT(modelled.size(), 15u);
}

// Generated services: whatever a service was, its plan changes it and the inverse gives it back.
RC_GTEST_PROP(EveryService, GetsItsStateBack, ()) {
  static const auto facts = facts::read_snapshot(scenario_folder("spot-one-zone-of-three"));
  static const auto diagnosis = diagnose::diagnose(*facts, {});
  static const Planned known = plan_scenario(
      "spot-one-zone-of-three",
      {"on_demand_base", "circuit_breaker", "healthy_percent", "platform_latest", "stop_timeout"});
  static const std::vector<std::string> kFixes = {
      "on_demand_base",  "run_on_demand", "circuit_breaker", "healthy_percent",
      "platform_latest", "enable_exec",   "stop_timeout",    "lengthen_health_grace"};
  std::vector<KnownState> states = known.states.known;
  for (KnownState& state : states) {
    if (state.resource.kind != "ecs:service") continue;
    json service = json_of(state.state);
    service["desiredCount"] = *rc::gen::inRange(0, 40);
    service["deploymentConfiguration"] = {
        {"minimumHealthyPercent", *rc::gen::inRange(0, 101)},
        {"maximumPercent", *rc::gen::inRange(100, 400)},
        {"deploymentCircuitBreaker",
         {{"enable", *rc::gen::arbitrary<bool>()}, {"rollback", *rc::gen::arbitrary<bool>()}}}};
    service["enableExecuteCommand"] = *rc::gen::arbitrary<bool>();
    service["platformVersion"] = *rc::gen::element<std::string>("LATEST", "1.3.0", "1.4.0");
    if (*rc::gen::arbitrary<bool>()) service["healthCheckGracePeriodSeconds"] = *rc::gen::inRange(1, 600);
    if (*rc::gen::arbitrary<bool>()) {
      service.erase("capacityProviderStrategy");
      service["launchType"] = "FARGATE";
    } else {
      service["capacityProviderStrategy"] = json::array(
          {{{"capacityProvider", "FARGATE_SPOT"}, {"base", 0}, {"weight", *rc::gen::inRange(1, 5)}}});
    }
    state.state = service.dump();
  }
  const auto fixes = *rc::gen::unique<std::vector<std::string>>(rc::gen::elementOf(kFixes)).as("fixes");
  const auto plan = make_plan(*facts, *diagnosis, states, {fixes, 0, {}});
  RC_ASSERT(plan.has_value());
  for (const Step& step : plan->steps) {
    const std::string after = after_call(step.before, step.resource, step.request);
    if (after.empty()) continue;
    RC_ASSERT(has_effects(after, step.effects));
    if (step.reversible)
      RC_ASSERT(differences(step.before, after_call(after, step.resource, step.inverse)).empty());
  }
}

}  // namespace
}  // namespace doctor::remedy
