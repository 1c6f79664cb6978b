#include "diagnose/families.h"
#include "diagnose/table_rows.h"

// Why the network interface of a task could not be made.
//
// Priors: exhausted subnets lead by far in what users report; after them the time-out on AWS's side. A
// deleted group or subnet and a missing role are rarer and nearly always follow a change (rule of thumb:
// three in four).
// clang-format off
namespace doctor::diagnose {

FamilyRows rows_of_eni() {
  constexpr auto kFamily = kEniCreateFailed;
  return {.fixes = {},
  .causes = {
    {"eni.no_free_addresses", kFamily, "a subnet of the service has no free IP address", 0.35, false,
     "move_subnets create_subnet release_interfaces address_alarm",
     "InsufficientFreeAddressesInSubnet, and aws ec2 describe-subnets --query 'Subnets[].AvailableIpAddressCount'"},
    {"eni.quota_interfaces", kFamily, "a quota of network interfaces or security groups is used up", 0.08, false,
     "quota_request release_interfaces quota_alarm",
     "NetworkInterfaceLimitExceeded, and aws service-quotas get-service-quota --service-code vpc --quota-code L-DF5E4CA3"},
    {"eni.security_group_missing", kFamily, "a security group of the service does not exist, or not in the subnets' VPC", 0.08, false,
     "replace_security_group restore_network",
     "InvalidGroup.NotFound, and aws ec2 describe-security-groups --group-ids ID"},
    {"eni.subnet_missing", kFamily, "a subnet of the service does not exist", 0.05, false,
     "replace_subnet restore_network",
     "InvalidSubnetID.NotFound, and aws ec2 describe-subnets --subnet-ids ID"},
    {"eni.service_role_denied", kFamily, "the role with which ECS creates interfaces lacks the permission or is gone", 0.07, false,
     "service_linked_role policy_statement",
     "UnauthorizedOperation, and aws iam get-role --role-name AWSServiceRoleForECS"},
    {"eni.denied_by_scp", kFamily, "a service control policy denies the network interface", 0.05, false,
     "scp_exception",
     "\"explicit deny in a service control policy\", and aws organizations list-policies --filter SERVICE_CONTROL_POLICY"},
    {"eni.provisioning_timeout", kFamily, "AWS did not provision the network interface in time", 0.20, false,
     "retry_later more_zones support_case",
     "\"Timeout waiting for network interface provisioning to complete\" with free addresses in the subnet"},
    {"eni.health_event", kFamily, "an AWS Health event of EC2 or ECS in the region covers the failures", 0.07, false,
     "follow_health_event more_zones retry_later",
     "An open issue at that time: aws health describe-events --region us-east-1 --filter services=EC2,ECS"},

    {"eni.shared_subnet_pressure", kFamily, "others use most of the subnet's addresses", 0.15, true,
     "move_subnets release_interfaces address_alarm", "aws ec2 describe-network-interfaces --filters Name=subnet-id,Values=ID"},
    {"eni.single_subnet", kFamily, "the service has a single subnet to place tasks in", 0.20, true,
     "more_zones move_subnets", "aws ecs describe-services --query 'services[].networkConfiguration'"},
    {"eni.changed_network_configuration", kFamily, "the network configuration was changed shortly before", 0.05, true,
     "restore_network", "The deployments in aws ecs describe-services, or UpdateService in CloudTrail"},
  },
  .evidence = {
    // EC2's own error codes
    {"eni.insufficient_free_addresses", kFamily, {{"eni.no_free_addresses", 500}}, "Error codes for the Amazon EC2 API"},
    {"eni.interface_limit", kFamily, {{"eni.quota_interfaces", 500}}, "Error codes for the Amazon EC2 API"},
    {"eni.group_limit", kFamily, {{"eni.quota_interfaces", 300}}, "Error codes for the Amazon EC2 API"},
    {"eni.security_group_missing", kFamily, {{"eni.security_group_missing", 500}}, "Error codes for the Amazon EC2 API"},
    {"eni.subnet_missing", kFamily, {{"eni.subnet_missing", 500}}, "Error codes for the Amazon EC2 API"},
    {"eni.unauthorized", kFamily, {{"eni.service_role_denied", 100}, {"eni.denied_by_scp", 60}},
     "UnauthorizedOperation names no level of policy by itself"},
    {"eni.scp", kFamily, {{"eni.denied_by_scp", 500}, {"eni.service_role_denied", 0.2}}, "Troubleshoot access denied error messages"},
    {"eni.tag_policy", kFamily, {{"eni.denied_by_scp", 100}}, "An organization's tag policy, undone in the same place"},
    {"eni.identity_policy_wording", kFamily, {{"eni.service_role_denied", 50}, {"eni.denied_by_scp", 0.05}},
     "\"because no identity-based policy allows\": Troubleshoot access denied error messages"},
    {"eni.provisioning_timeout", kFamily, {{"eni.provisioning_timeout", 60}, {"eni.health_event", 60}},
     "Troubleshooting Amazon ECS TaskFailedToStart errors"},
    {"eni.attach_failed", kFamily, {{"eni.provisioning_timeout", 60}, {"eni.health_event", 30}},
     "Troubleshooting Amazon ECS TaskFailedToStart errors"},
    {"eni.unexpected_ec2_error", kFamily, {{"eni.provisioning_timeout", 0.5}}, "EC2 answered, so it was no time-out"},
    // What the network looks like
    {"eni.subnet_exhausted", kFamily, {{"eni.no_free_addresses", 40}}, "AvailableIpAddressCount; AWS keeps five of each subnet for itself"},
    {"eni.subnet_nearly_exhausted", kFamily, {{"eni.no_free_addresses", 6}}, "Fewer free addresses than a deployment needs"},
    {"eni.subnets_have_addresses", kFamily, {{"eni.no_free_addresses", 0.2}}, "Read later than the failure: addresses may have come free"},
    {"eni.security_group_absent", kFamily, {{"eni.security_group_missing", 150}}, "DescribeSecurityGroups answered without it"},
    {"eni.security_group_elsewhere", kFamily, {{"eni.security_group_missing", 150}}, "A group serves interfaces of its own VPC alone"},
    {"eni.security_groups_present", kFamily, {{"eni.security_group_missing", 0.02}}, "DescribeSecurityGroups shows them all"},
    {"eni.subnet_absent", kFamily, {{"eni.subnet_missing", 150}}, "DescribeSubnets answered without it"},
    {"eni.subnets_present", kFamily, {{"eni.subnet_missing", 0.02}}, "DescribeSubnets shows them all"},
    {"eni.interface_quota_full", kFamily, {{"eni.quota_interfaces", 40}}, "Interfaces counted against the quota"},
    {"eni.interface_quota_free", kFamily, {{"eni.quota_interfaces", 0.1}}, "Interfaces counted against the quota"},
    {"eni.service_role_absent", kFamily, {{"eni.service_role_denied", 50}}, "IAM has no role AWSServiceRoleForECS"},
    {"eni.service_role_lacks", kFamily, {{"eni.service_role_denied", 50}}, "No policy of AWSServiceRoleForECS that was read allows it"},
    {"eni.policy_denies", kFamily, {{"eni.denied_by_scp", 20}}, "AWS names an SCP, and this is the statement that denies ec2:CreateNetworkInterface"},
    {"eni.scp_cannot_bind", kFamily, {{"eni.denied_by_scp", 0.3}}, "Service control policies (SCPs): they do not affect any service-linked role"},
    {"eni.refused_in_trail", kFamily, {{"eni.provisioning_timeout", 0.05}}, "CreateNetworkInterface with an error code in CloudTrail: EC2 answered"},
    {"health.covers", kFamily, {{"eni.health_event", 500}}, "AWS's own statement, with EC2 among the services"},
    {"health.covers_zone", kFamily, {{"eni.health_event", 10}}, "The event names the very zone"},
    {"health.none", kFamily, {{"eni.health_event", 0.05}}, "AWS publishes most issues, though late"},
    // Changes: rule of thumb, three in four incidents follow the last change that can produce them
    {"change.security_group_deleted", kFamily, {{"eni.security_group_missing", 40}, {"eni.changed_network_configuration", 60}}, "CloudTrail: DeleteSecurityGroup of the service's group"},
    {"change.subnet_deleted", kFamily, {{"eni.subnet_missing", 40}, {"eni.changed_network_configuration", 60}}, "CloudTrail: DeleteSubnet of the service's subnet"},
    {"change.network_configuration", kFamily, {{"eni.changed_network_configuration", 200}, {"eni.security_group_missing", 3}, {"eni.subnet_missing", 3}, {"eni.no_free_addresses", 2}},
     "The new subnets or groups are what the interface is made of"},
    {"change.desired_count", kFamily, {{"eni.no_free_addresses", 3}, {"eni.quota_interfaces", 3}}, "More tasks need more addresses and interfaces"},
    {"change.role_policy", kFamily, {{"eni.service_role_denied", 4}}, "Only a change of the role that ECS uses can deny it"},
    {"change.organization_policy", kFamily, {{"eni.denied_by_scp", 8}}, "Only an organization policy can deny from above"},
    {"change.none", kFamily, {{"eni.security_group_missing", 0.4}, {"eni.subnet_missing", 0.4}, {"eni.denied_by_scp", 0.5}}, "These do not come of themselves"},
    // Contributing
    {"eni.others_in_subnet", kFamily, {{"eni.shared_subnet_pressure", 30}}, "DescribeNetworkInterfaces: most in the subnet are not this service's"},
    {"eni.subnet_mostly_own", kFamily, {{"eni.shared_subnet_pressure", 0.1}}, "DescribeNetworkInterfaces: most in the subnet are this service's"},
    {"eni.one_subnet", kFamily, {{"eni.single_subnet", 100}}, "One subnet configured"},
    {"eni.several_subnets", kFamily, {{"eni.single_subnet", 0.02}}, "Several subnets configured"},
  }};
}

}  // namespace doctor::diagnose
// clang-format on
