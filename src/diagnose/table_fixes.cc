#include "diagnose/table_rows.h"

// Fixes that more than one family names. Their ids are a vocabulary that plans, runbooks and tests share:
// change a title at will, an id never. Irreversible is what AWS offers no call to take back.
// clang-format off
namespace doctor::diagnose {

FamilyRows rows_of_shared_fixes() {
  return {.fixes = {
    // id                       title                                                                reversible  IAM actions
    // Capacity provider strategy and where tasks may run
    {"on_demand_base",          "Keep a base of on-demand tasks in the capacity provider strategy",        true,  "ecs:UpdateService"},
    {"restore_strategy",        "Go back to the capacity provider strategy before the change",             true,  "ecs:UpdateService"},
    {"run_on_demand",           "Run the tasks on FARGATE until Spot capacity is back",                    true,  "ecs:UpdateService"},
    {"more_zones",              "Let the service use subnets in further availability zones",               true,  "ecs:UpdateService ec2:DescribeSubnets"},
    {"leave_zone",              "Take the zone without capacity out of the service's subnets for now",     true,  "ecs:UpdateService ec2:DescribeSubnets"},
    {"move_subnets",            "Move the service to subnets with free addresses",                         true,  "ecs:UpdateService ec2:DescribeSubnets"},
    {"create_subnet",           "Create a larger subnet in the VPC and route it alike",                    true,  "ec2:CreateSubnet ec2:AssociateRouteTable ec2:DescribeSubnets"},
    {"more_tasks",              "Raise the desired count so that one interruption is no outage",           true,  "ecs:UpdateService"},
    {"healthy_percent",         "Let a replacement start before the old task is gone (healthy percent)",   true,  "ecs:UpdateService"},
    {"circuit_breaker",         "Switch on the deployment circuit breaker with rollback",                  true,  "ecs:UpdateService"},
    {"roll_back_deployment",    "Go back to the revision and settings of the last steady state",           true,  "ecs:UpdateService"},
    // Task definition: each registers a new revision and deploys it
    {"stop_timeout",            "Raise stopTimeout to 120 s in a new task definition revision",            true,  "ecs:RegisterTaskDefinition ecs:UpdateService iam:PassRole"},
    {"new_revision",            "Register a corrected task definition revision and deploy it",             true,  "ecs:RegisterTaskDefinition ecs:UpdateService iam:PassRole"},
    {"valid_task_size",         "Use a CPU and memory pair that Fargate offers",                           true,  "ecs:RegisterTaskDefinition ecs:UpdateService iam:PassRole"},
    {"common_task_size",        "Use a smaller task size, or X86_64, which Fargate has more of",           true,  "ecs:RegisterTaskDefinition ecs:UpdateService iam:PassRole"},
    {"runtime_platform",        "Use an operating system and CPU architecture that the platform offers",   true,  "ecs:RegisterTaskDefinition ecs:UpdateService iam:PassRole"},
    {"platform_latest",         "Run on platform version LATEST (1.4.0 on Linux)",                         true,  "ecs:UpdateService"},
    {"handle_sigterm",          "End the application within the stop timeout when SIGTERM comes",          true,  ""},
    // Load balancer
    {"deregistration_delay",    "Lower the deregistration delay below the two minutes' notice",            true,  "elasticloadbalancing:ModifyTargetGroupAttributes"},
    // Quotas and alarms
    {"quota_request",           "Ask for a higher quota",                                                  false, "servicequotas:RequestServiceQuotaIncrease"},
    {"quota_alarm",             "Alarm at 80 percent of the quota",                                        true,  "cloudwatch:PutMetricAlarm"},
    {"address_alarm",           "Alarm when a subnet runs short of free addresses",                        true,  "cloudwatch:PutMetricAlarm"},
    {"interruption_alarm",      "Send interruptions and placement failures to someone (EventBridge rule)", true,  "events:PutRule events:PutTargets"},
    {"spread_launches",         "Launch in smaller batches, with backoff between them",                    true,  ""},
    {"retry_later",             "Try again with backoff: capacity in a zone changes within minutes",       true,  ""},
    // Network
    {"restore_network",         "Go back to the network configuration that worked",                        true,  "ecs:UpdateService"},
    {"network_path",            "Open exactly the one network path that is closed",                        true,  "ec2:AuthorizeSecurityGroupEgress ec2:CreateRoute"},
    {"vpc_endpoint",            "Add or repair the VPC endpoint that the tasks need",                      true,  "ec2:CreateVpcEndpoint ec2:ModifyVpcEndpoint"},
    {"replace_security_group",  "Replace the missing security group in the service's configuration",       true,  "ecs:UpdateService ec2:DescribeSecurityGroups"},
    {"replace_subnet",          "Replace the missing subnet in the network configuration",                 true,  "ecs:UpdateService ec2:DescribeSubnets"},
    {"release_interfaces",      "Delete network interfaces that nothing uses any more",                    false, "ec2:DescribeNetworkInterfaces ec2:DeleteNetworkInterface"},
    // Access
    {"service_linked_role",     "Restore the service-linked role AWSServiceRoleForECS",                    true,  "iam:CreateServiceLinkedRole"},
    {"policy_statement",        "Add the least-privilege statement that is missing to the role",           true,  "iam:PutRolePolicy"},
    {"scp_exception",           "Except this role from the service control policy's deny",                 true,  "organizations:UpdatePolicy"},
    {"rcp_exception",           "Except this role from the resource control policy's deny",                true,  "organizations:UpdatePolicy"},
    {"widen_boundary",          "Allow the actions in the role's permissions boundary",                    true,  "iam:CreatePolicyVersion"},
    {"resource_policy",         "Let the policy of the repository, secret or key itself allow the role",   true,  "ecr:SetRepositoryPolicy secretsmanager:PutResourcePolicy kms:PutKeyPolicy"},
    {"endpoint_policy",         "Let the call through in the VPC endpoint's policy",                       true,  "ec2:ModifyVpcEndpoint"},
    {"narrow_deny",             "Narrow the deny statement in the role's own policy",                      true,  "iam:PutRolePolicy iam:CreatePolicyVersion"},
    {"restrict_stop_calls",     "Narrow who may stop tasks and update the service",                        true,  "iam:PutRolePolicy"},
    // AWS's side
    {"support_case",            "Open a case with AWS Support, with the task ARNs and times",              true,  "support:CreateCase"},
    {"follow_health_event",     "Follow the AWS Health event and send its updates to someone",             true,  "events:PutRule events:PutTargets"},
  }, .causes = {}, .evidence = {}};
}

}  // namespace doctor::diagnose
// clang-format on
