#include "report/plan_sample_support.h"

#include <chrono>

namespace doctor::report {
namespace {

using remedy::Confirmation;
using remedy::Plan;
using remedy::Step;

constexpr const char* kAccount = "111122223333";
constexpr const char* kRegion = "eu-west-1";

Plan plan_of_prod() {
  Plan plan;
  plan.family = "FargateExecError";
  plan.cause = "exec.no_channel";
  plan.account = kAccount;
  plan.region = kRegion;
  plan.cluster = "prod";
  plan.service = "web";
  plan.made_at = *core::timestamp_of_iso("2026-11-24T03:00:00Z");
  plan.confirmation = Confirmation::type_count;
  return plan;
}

Step role_step() {
  Step step;
  step.id = "1";
  step.fix = "task_role_statements";
  step.title = "Allow the session channels to role shop-task";
  step.resource = {"iam:role-policy", "shop-task/fargate-doctor-exec", kAccount, ""};
  step.before = "null";
  step.request = {"iam", "PutRolePolicy", kRegion,
                  R"({"PolicyDocument":"{\"Version\":\"2012-10-17\"}","PolicyName":"fargate-doctor-exec",)"
                  R"("RoleName":"shop-task"})"};
  step.inverse = {"iam", "DeleteRolePolicy", kRegion,
                  R"({"PolicyName":"fargate-doctor-exec","RoleName":"shop-task"})"};
  step.effects = {{"/PolicyName", R"("fargate-doctor-exec")"}};
  step.probe.pointer = "/PolicyName";
  step.probe.expected = R"("fargate-doctor-exec")";
  step.iam_actions = {"iam:PutRolePolicy", "iam:GetRolePolicy", "iam:DeleteRolePolicy"};
  step.expected_duration = std::chrono::seconds{15};
  step.shared_with = {"prod/api", "prod/jobs"};
  return step;
}

Step endpoint_step() {
  Step step;
  step.id = "2";
  step.fix = "create_endpoint";
  step.title = "Make the interface endpoint com.amazonaws.eu-west-1.ssmmessages in vpc-0a1b";
  step.resource = {"ec2:vpc-endpoint", "vpc-0a1b/com.amazonaws.eu-west-1.ssmmessages", kAccount, kRegion};
  step.before = "null";
  step.request = {"ec2", "CreateVpcEndpoint", kRegion,
                  R"({"PrivateDnsEnabled":true,"ServiceName":"com.amazonaws.eu-west-1.ssmmessages",)"
                  R"("VpcEndpointType":"Interface","VpcId":"vpc-0a1b"})"};
  step.inverse = {"ec2", "DeleteVpcEndpoints", kRegion,
                  R"({"VpcEndpointIds":["${self.VpcEndpoint.VpcEndpointId}"]})"};
  step.probe = {
      {"ec2", "DescribeVpcEndpoints", kRegion, "{}"}, "/VpcEndpoints/0/State", R"("available")", {}};
  step.probe.timeout = std::chrono::minutes{10};
  step.iam_actions = {"ec2:CreateVpcEndpoint", "ec2:DescribeVpcEndpoints", "ec2:DeleteVpcEndpoints"};
  step.expected_duration = std::chrono::minutes{3};
  step.cost = "about 21.9 USD a month (3 zones), and 0.01 USD a GB, in us-east-1 (AWS PrivateLink pricing)";
  step.touches_dns_or_tls = true;
  for (int i = 0; i < 14; ++i) step.shared_with.push_back("prod/service-" + std::to_string(i));
  return step;
}

Step service_step() {
  Step step;
  step.id = "3";
  step.fix = "enable_exec on_demand_base";
  step.title = "prod/web: Enable ECS Exec; Keep 2 on-demand tasks";
  step.resource = {"ecs:service", "arn:aws:ecs:eu-west-1:111122223333:service/prod/web", kAccount, kRegion};
  step.before =
      R"({"capacityProviderStrategy":[{"base":0,"capacityProvider":"FARGATE_SPOT","weight":1}],)"
      R"("enableExecuteCommand":false,"environment":[{"name":"DB","value":"hunter2"}],"serviceName":"web"})";
  step.request = {"ecs", "UpdateService", kRegion,
                  R"({"cluster":"prod","enableExecuteCommand":true,"password":"hunter2","service":"web"})"};
  step.inverse = {"ecs", "UpdateService", kRegion,
                  R"({"cluster":"prod","enableExecuteCommand":false,"service":"web"})"};
  step.effects = {
      {"/enableExecuteCommand", "true"},
      {"/capacityProviderStrategy", R"([{"base":2,"capacityProvider":"FARGATE","weight":1},)"
                                    R"({"base":0,"capacityProvider":"FARGATE_SPOT","weight":1}])"},
      {"/environment/0/value", R"("hunter3")"},
      {"/healthCheckGracePeriodSeconds", "30"}};
  step.probe = {{"ecs", "DescribeServices", kRegion, "{}"},
                "/services/0/deployments/0/rolloutState",
                R"("COMPLETED")",
                {}};
  step.probe.timeout = std::chrono::minutes{15};
  step.iam_actions = {"ecs:UpdateService", "ecs:DescribeServices"};
  step.expected_duration = std::chrono::minutes{2};
  step.managed_by = "terraform: aws_ecs_service.web (main.tf)";
  return step;
}

Step quota_step() {
  Step step;
  step.id = "4";
  step.fix = "raise_quota";
  step.title = "Ask for 100 on-demand vCPUs";
  step.resource = {"servicequotas:request", "fargate/L-3032A538", kAccount, kRegion};
  step.before = R"({"Value":6})";
  step.request = {"service-quotas", "RequestServiceQuotaIncrease", kRegion,
                  R"({"DesiredValue":100,"QuotaCode":"L-3032A538","ServiceCode":"fargate"})"};
  step.effects = {{"/Value", "100"}};
  step.reversible = false;
  step.one_way_reason = "a quota that was raised is lowered by AWS Support alone";
  step.iam_actions = {"servicequotas:RequestServiceQuotaIncrease"};
  step.expected_duration = std::chrono::hours{24};
  return step;
}

}  // namespace

Plan sample_plan() {
  Plan plan = plan_of_prod();
  plan.steps = {role_step(), endpoint_step(), service_step(), quota_step()};
  remedy::BlastRadius role{plan.steps[0].resource,
                           {{"ecs:service", "prod/web", "shop-task"},
                            {"ecs:service", "prod/api", "shop-task"},
                            {"ecs:service", "prod/jobs", "shop-task"},
                            {"ecs:task-definition", "nightly-report:12", "shop-task"},
                            {"ecs:service", "111122223333/us-east-1 prod/web", "shop-task"}}};
  remedy::BlastRadius endpoint{plan.steps[1].resource, {{"ecs:service", "prod/web", "subnet-0a"}}};
  for (int i = 0; i < 14; ++i) {
    endpoint.dependents.push_back({"ecs:service", "prod/service-" + std::to_string(i),
                                   i % 3 == 0   ? "subnet-0a"
                                   : i % 3 == 1 ? "subnet-0b"
                                                : "subnet-0c"});
  }
  endpoint.dependents.push_back({"ec2:network-interface", "eni-0123456789abcdef0", "subnet-0b"});
  endpoint.dependents.push_back({"ec2:nat-gateway", "nat-0123456789abcdef0", "subnet-0c"});
  plan.blast_radius = {role, endpoint, {plan.steps[2].resource, {{"ecs:service", "prod/web", "web"}}}};
  plan.advice = {
      {"interruption_alarm", "Send interruptions to someone (EventBridge rule)",
       "say who is told: aws events put-targets --rule RULE --targets Id=1,Arn=TOPIC_OR_QUEUE_ARN"}};
  plan.fixes_left_out = {"widen_boundary: the state of arn:aws:iam::111122223333:policy/edge was not read"};
  return plan;
}

PlanPage sample_plan_page() {
  PlanPage page;
  page.file = "plan.json";
  page.states_missing = {"iam:policy arn:aws:iam::111122223333:policy/edge: AccessDenied"};
  page.incidents = 2;
  return page;
}

Plan crowded_plan(std::size_t count) {
  Plan plan = plan_of_prod();
  Step step = service_step();
  step.resource = {"ec2:security-group", "sg-0123456789abcdef0", kAccount, kRegion};
  step.before = R"({"Egress":{}})";
  step.effects = {{"/Egress/tcp 443-443 0.0.0.0~10", R"({"Description":"ECR"})"}};
  remedy::BlastRadius radius{step.resource, {}};
  for (std::size_t i = 0; i < count; ++i) {
    const std::string name =
        i == count / 2 ? "prod/web" : "prod/a-service-with-quite-a-long-name-" + std::to_string(i);
    radius.dependents.push_back({"ecs:service", name, "subnet-" + std::to_string(i % 11)});
    step.shared_with.push_back(name);
  }
  plan.steps = {step};
  plan.blast_radius = {radius};
  return plan;
}

Plan plan_full_of(const std::string& text) {
  Plan plan = plan_of_prod();
  plan.family = plan.cause = plan.account = plan.region = plan.cluster = plan.service = text;
  Step step = service_step();
  step.id = step.fix = step.title = step.one_way_reason = step.cost = step.managed_by = text;
  step.resource = {text, text, text, text};
  step.request = {text, text, text, "{}"};
  step.inverse = {text, text, text, "{}"};
  step.effects = {{"/" + text, "1"}, {"/enableExecuteCommand", "\"" + std::string("x") + "\""}};
  step.probe = {{text, text, text, "{}"}, "/" + text, "1", std::chrono::minutes{1}};
  step.iam_actions = step.shared_with = {text};
  step.touches_dns_or_tls = true;
  Step one_way = step;
  one_way.reversible = false;
  plan.steps = {step, one_way};
  plan.blast_radius = {{step.resource, {{text, text, "through " + text}, {text, text + "2", text}}}};
  plan.advice = {{text, text, text}};
  plan.fixes_left_out = {text};
  return plan;
}

}  // namespace doctor::report
