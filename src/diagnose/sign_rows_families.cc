#include "diagnose/sign_rows.h"

// One row a wording: id, phrases, family, cause, specificity, meaning, document.
// clang-format off
namespace doctor::diagnose {
namespace {

constexpr std::string_view kSpotFamily = "FargateSpotInterrupted";
constexpr std::string_view kEni = "FargateENICreateFailed";
constexpr std::string_view kStorageFamily = "FargateEphemeralStorageExceeded";
constexpr std::string_view kExecFamily = "FargateExecError";
constexpr std::string_view kCapacity = "FargateInsufficientCapacity";
constexpr std::string_view kPlatformFamily = "FargatePlatformVersionUnsupported";
using namespace title;

// The meanings that several wordings share.
constexpr std::string_view kNoAddresses =
    "The subnet has no free IP address left for the task's network interface.";
constexpr std::string_view kNoSecurityGroup =
    "A security group that the service or task names does not exist, or belongs to another VPC.";
constexpr std::string_view kNoSubnet = "A subnet that the service or task names does not exist any more.";
constexpr std::string_view kServiceRole =
    "EC2 refused to create the network interface for the role that ECS uses, AWSServiceRoleForECS.";
constexpr std::string_view kEniTimeout =
    "EC2 did not report the task's network interface as ready in time; ECS gave the task up.";
constexpr std::string_view kExecOff =
    "ECS Exec was not enabled when this task was started, or its agent in the task is not running.";
constexpr std::string_view kExecNotConnected =
    "The task's ECS Exec agent has no open channel to Systems Manager: a missing permission of the task "
    "role, no network path to ssmmessages, or an agent that could not start.";
constexpr std::string_view kExecDenied = "The caller may not start an ECS Exec session on this task.";
constexpr std::string_view kExecKms =
    "The session could not be set up with the key or the log that the cluster's execute command "
    "configuration names.";
constexpr std::string_view kVcpu =
    "The account's quota of Fargate vCPUs that run at once in this region is used up.";
constexpr std::string_view kThrottled =
    "Tasks are launched faster than the account's launch rate in this region allows.";
constexpr std::string_view kCpuMemoryPair = "Fargate has no task size with this CPU and memory.";

std::vector<Sign> spot_signs() {
  return {
      {"spot.stop_code", "spotinterruption", kSpotFamily, "", 10, "AWS took the Fargate Spot capacity back; the task had two minutes to end.", kSpot},
      {"spot.stop_code", "terminationnotice", kSpotFamily, "", 10, "AWS took the Fargate Spot capacity back; older events carry this stop code.", kSpot},
      {"spot.interrupted", "your spot task was interrupted", kSpotFamily, "", 50, "AWS took the Fargate Spot capacity back; the task had two minutes to end.", kSpot},
      {"spot.interrupted", "spot task|interrupted", kSpotFamily, "", 45, "AWS took the Fargate Spot capacity back; the task had two minutes to end.", kSpot},
      {"spot.interrupted", "spotinterruptionerror", kSpotFamily, "", 40, "AWS took the Fargate Spot capacity back; the task had two minutes to end.", kSpot},
      // Of a Spot task these exit codes tell how it ended when AWS took the capacity back.
      {"spot.exit_137", "exit code 137", kSpotFamily, "", 28, "Exit code 137: on a Spot interruption, a task that did not end within its stop timeout.", kSpot},
      {"spot.exit_143", "exit code 143", kSpotFamily, "", 28, "Exit code 143: on a Spot interruption, a task that ended at SIGTERM without handling it.", kSpot},
  };
}

std::vector<Sign> eni_signs() {
  return {
      {"eni.insufficient_free_addresses", "insufficientfreeaddressesinsubnet", kEni, "eni.no_free_addresses", 60, kNoAddresses, kFailedToStart},
      {"eni.insufficient_free_addresses", "network interface|insufficient free addresses", kEni, "eni.no_free_addresses", 60, kNoAddresses, kFailedToStart},
      {"eni.insufficient_free_addresses", "not enough free addresses in subnet", kEni, "eni.no_free_addresses", 60, kNoAddresses, kEc2Errors},
      {"eni.interface_limit", "networkinterfacelimitexceeded", kEni, "eni.quota_interfaces", 60, "The region's quota of network interfaces is used up.", kEc2Errors},
      {"eni.interface_limit", "limit on the number of network interfaces", kEni, "eni.quota_interfaces", 60, "The region's quota of network interfaces is used up.", kEc2Errors},
      {"eni.group_limit", "securitygrouplimitexceeded", kEni, "eni.quota_interfaces", 60, "A quota of security groups is used up.", kEc2Errors},
      {"eni.group_limit", "securitygroupsperinterfacelimitexceeded", kEni, "eni.quota_interfaces", 60, "The interface would carry more security groups than the quota per interface allows.", kEc2Errors},
      {"eni.security_group_missing", "invalidgroup.notfound", kEni, "eni.security_group_missing", 60, kNoSecurityGroup, kEc2Errors},
      {"eni.security_group_missing", "invalidsecuritygroupid.notfound", kEni, "eni.security_group_missing", 60, kNoSecurityGroup, kEc2Errors},
      {"eni.security_group_missing", "invalidgroupid.malformed", kEni, "eni.security_group_missing", 60, "A security group id that the service or task names has no valid form.", kEc2Errors},
      {"eni.security_group_missing", "the security group|does not exist", kEni, "eni.security_group_missing", 55, kNoSecurityGroup, kEc2Errors},
      {"eni.security_group_missing", "security group|and subnet|belong to different networks", kEni, "eni.security_group_missing", 60, kNoSecurityGroup, kEc2Errors},
      {"eni.subnet_missing", "invalidsubnetid.notfound", kEni, "eni.subnet_missing", 60, kNoSubnet, kEc2Errors},
      {"eni.subnet_missing", "invalidsubnet", kEni, "eni.subnet_missing", 45, kNoSubnet, kEc2Errors},
      {"eni.subnet_missing", "the subnet id|does not exist", kEni, "eni.subnet_missing", 55, kNoSubnet, kEc2Errors},
      {"eni.unauthorized", "network interface|unauthorizedoperation", kEni, "eni.service_role_denied", 60, kServiceRole, kFailedToStart},
      {"eni.unauthorized", "not authorized to perform: ec2:createnetworkinterface", kEni, "eni.service_role_denied", 60, kServiceRole, kAccessDenied},
      {"eni.unauthorized", "not authorized to perform: ec2:", kEni, "eni.service_role_denied", 50, kServiceRole, kAccessDenied},
      {"eni.unauthorized", "network interface|authfailure", kEni, "eni.service_role_denied", 55, kServiceRole, kEc2Errors},
      {"eni.scp", "network interface|explicit deny in a service control policy", kEni, "eni.denied_by_scp", 70, "A service control policy of the organization denies the network interface.", kAccessDenied},
      {"eni.scp", "ec2:createnetworkinterface|service control policy", kEni, "eni.denied_by_scp", 70, "A service control policy of the organization denies the network interface.", kAccessDenied},
      {"eni.tag_policy", "network interface|tagpolicyviolation", kEni, "eni.denied_by_scp", 60, "A tag policy of the organization refuses the tags of the task's network interface.", kAccessDenied},
      {"eni.provisioning_timeout", "timeout waiting for network interface provisioning", kEni, "eni.provisioning_timeout", 60, kEniTimeout, kFailedToStart},
      {"eni.provisioning_timeout", "failed to configure eni", kEni, "eni.provisioning_timeout", 60, "Fargate could not set the task's network interface up on its host.", kResourceInit},
      {"eni.provisioning_timeout", "taskfailedtostart|internalerror", kEni, "eni.provisioning_timeout", 25, kEniTimeout, kFailedToStart},
      {"eni.attach_failed", "unexpected ec2 error while attempting to attach network interface", kEni, "eni.provisioning_timeout", 55, "EC2 could not attach the task's network interface.", kFailedToStart},
      {"eni.attach_failed", "unable to attach network interface to unused device index", kEni, "eni.provisioning_timeout", 50, "The network interface could not be attached to the instance (EC2 capacity, not Fargate).", kFailedToStart},
      {"eni.unexpected_ec2_error", "unexpected ec2 error while attempting to", kEni, "", 40, "EC2 refused a step of the task's network interface; the code after the last colon says why.", kFailedToStart},
      {"eni.unexpected_ec2_error", "create network interface with public ip assignment", kEni, "eni.no_free_addresses", 45, "EC2 refused to create the task's network interface; most often the subnet has no free address.", kFailedToStart},
      {"eni.attachment_points", "resource:eni", kEni, "", 40, "No container instance has a free network interface slot (EC2 capacity, not Fargate).", kFailures},
  };
}

std::vector<Sign> storage_signs() {
  return {
      {"storage.no_space", "no space left on device", kStorageFamily, "storage.application_writes", 45, "The task's ephemeral storage is full: image layers and everything the containers wrote share it.", kStorage},
      {"storage.no_space", "enospc", kStorageFamily, "storage.application_writes", 40, "The task's ephemeral storage is full: image layers and everything the containers wrote share it.", kStorage},
      {"storage.no_space", "not enough space on the disk", kStorageFamily, "storage.application_writes", 40, "The task's ephemeral storage is full (Windows wording).", kStorage},
      {"storage.no_space", "ephemeral storage|exceeded", kStorageFamily, "", 35, "The task used more than its ephemeral storage.", kStorage},
      {"storage.no_space", "disk is full", kStorageFamily, "storage.application_writes", 30, "The application reports a full disk.", kStorage},
      {"storage.thin_pool", "devmapper: thin pool", kStorageFamily, "storage.image_layers", 50, "The container host's image storage is full (EC2 capacity, not Fargate).", kStopped},
  };
}

std::vector<Sign> exec_signs() {
  return {
      {"exec.not_enabled_or_agent", "execute command was not enabled when the task was run", kExecFamily, "exec.not_enabled", 60, kExecOff, kExec},
      {"exec.not_enabled_or_agent", "execute command agent isn't running", kExecFamily, "exec.agent_not_running", 55, kExecOff, kExec},
      {"exec.not_enabled", "execute command was not enabled for", kExecFamily, "exec.not_enabled", 60, "ECS Exec is not enabled for this task.", kExec},
      {"exec.not_connected", "targetnotconnected", kExecFamily, "exec.task_role_missing_ssmmessages", 50, kExecNotConnected, kExec},
      {"exec.not_connected", "the execute command failed due to an internal error", kExecFamily, "exec.task_role_missing_ssmmessages", 50, kExecNotConnected, kExec},
      {"exec.failed", "the execute command failed", kExecFamily, "", 35, "ECS Exec could not open a session in the container.", kExec},
      {"exec.scp_or_boundary", "ecs:executecommand|service control policy", kExecFamily, "exec.denied_by_scp_or_boundary", 75, "A service control policy denies ECS Exec to the caller.", kAccessDenied},
      {"exec.scp_or_boundary", "ecs:executecommand|permissions boundary", kExecFamily, "exec.denied_by_scp_or_boundary", 75, "A permissions boundary denies ECS Exec to the caller.", kAccessDenied},
      {"exec.scp_or_boundary", "ssmmessages:|service control policy", kExecFamily, "exec.denied_by_scp_or_boundary", 75, "A service control policy denies the session channels to the task role.", kAccessDenied},
      {"exec.scp_or_boundary", "ssmmessages:|permissions boundary", kExecFamily, "exec.denied_by_scp_or_boundary", 75, "A permissions boundary denies the session channels to the task role.", kAccessDenied},
      {"exec.caller_denied", "not authorized to perform: ecs:executecommand", kExecFamily, "exec.caller_denied", 65, kExecDenied, kAccessDenied},
      {"exec.caller_denied", "not authorized to perform: ssm:startsession", kExecFamily, "exec.caller_denied", 55, kExecDenied, kAccessDenied},
      {"exec.caller_denied", "accessdenied|executecommand operation", kExecFamily, "exec.caller_denied", 60, kExecDenied, kAccessDenied},
      {"exec.role_denied", "not authorized to perform: ssmmessages:", kExecFamily, "exec.task_role_missing_ssmmessages", 65, "The task role may not open the channels that ECS Exec needs.", kExecSetup},
      {"exec.kms_or_log", "executecommand|kms:", kExecFamily, "exec.log_or_kms_denied", 62, kExecKms, kExecSetup},
      {"exec.kms_or_log", "executecommand|not authorized to perform: logs:", kExecFamily, "exec.log_or_kms_denied", 66, kExecKms, kExecSetup},
      {"exec.kms_or_log", "executecommand|not authorized to perform: s3:", kExecFamily, "exec.log_or_kms_denied", 66, kExecKms, kExecSetup},
      {"exec.kms_or_log", "ecs-execute-command-|kms:", kExecFamily, "exec.log_or_kms_denied", 62, kExecKms, kExecSetup},
      {"exec.kms_or_log", "ecs-execute-command-|not authorized to perform: logs:", kExecFamily, "exec.log_or_kms_denied", 66, kExecKms, kExecSetup},
      {"exec.kms_or_log", "ecs-execute-command-|not authorized to perform: s3:", kExecFamily, "exec.log_or_kms_denied", 66, kExecKms, kExecSetup},
      {"exec.kms_or_log", "couldn't start the session because we are unable to validate encryption on", kExecFamily, "exec.log_or_kms_denied", 62, kExecKms, kExecSetup},
      {"exec.kms_or_log", "fetching data key failed", kExecFamily, "exec.log_or_kms_denied", 60, kExecKms, kExecSetup},
      {"exec.kms_or_log", "unable to retrieve data key", kExecFamily, "exec.log_or_kms_denied", 60, kExecKms, kExecSetup},
      {"exec.kms_or_log", "encryption is not set up on the selected", kExecFamily, "exec.log_or_kms_denied", 60, kExecKms, kExecSetup},
      {"exec.kms_or_log", "kms:generatedatakey|session", kExecFamily, "exec.log_or_kms_denied", 50, kExecKms, kExecSetup},
      {"exec.agent_stopped", "executecommandagent|stopped", kExecFamily, "exec.agent_not_running", 40, "The ECS Exec agent in the container stopped.", kExec},
      {"exec.agent_stopped", "cannotstartmanagedagenterror", kExecFamily, "exec.agent_not_running", 55, "The ECS Exec agent could not be started in the container.", kExec},
      {"exec.client_plugin_missing", "sessionmanagerplugin is not found", kExecFamily, "exec.client_plugin_missing", 60, "The Session Manager plugin is not installed where the AWS CLI runs; the task itself may be well.", kExecSetup},
      {"exec.session_limit", "unable to start new execute sessions|maximum session limit", kExecFamily, "", 60, "The container already has two ECS Exec sessions, the most it can have; end one.", kExecSetup},
      {"exec.no_shell", "failed to start pty", kExecFamily, "", 55, "The session was opened, but the image has no such command or shell.", kExecSetup},
      {"exec.no_shell", "executecommand|executable file not found", kExecFamily, "", 55, "The session was opened, but the image has no such command or shell.", kExecSetup},
      {"exec.pid_mode", "execute command|pidmode", kExecFamily, "exec.agent_not_running", 50, "ECS Exec does not work where containers share one process namespace.", kExecSetup},
  };
}

std::vector<Sign> capacity_signs() {
  return {
      {"capacity.unavailable", "capacity is unavailable at this time", kCapacity, "", 60, "Fargate had no free capacity for this task in the zones of its subnets.", kServiceEvents},
      {"capacity.unavailable", "resource:fargate", kCapacity, "", 50, "Fargate had no free capacity for this task in the zones of its subnets (SERVICE_TASK_PLACEMENT_FAILURE).", kServiceEvents},
      {"capacity.unavailable", "insufficientcapacity", kCapacity, "", 45, "AWS had no free capacity for this task in the zones of its subnets.", kServiceEvents},
      {"capacity.unavailable", "insufficientinstancecapacity", kCapacity, "", 50, "EC2 had no free capacity of this kind in the zone.", kEc2Errors},
      {"capacity.unavailable", "insufficient capacity", kCapacity, "", 40, "AWS had no free capacity for this task in the zones of its subnets.", kServiceEvents},
      {"capacity.zone_unsupported", "was unable to place a task. reason: internal error", kCapacity, "capacity.zone", 55, "A subnet lies in an availability zone that Fargate does not serve.", kServiceEvents},
      {"capacity.vcpu_limit", "limit on the number of vcpus you can run concurrently", kCapacity, "capacity.vcpu_quota", 60, kVcpu, kServiceEvents},
      {"capacity.vcpu_limit", "limit on the number of tasks you can run concurrently", kCapacity, "capacity.vcpu_quota", 60, "The account's quota of Fargate tasks that run at once is used up (older wording; the quota counts vCPUs today).", kServiceEvents},
      {"capacity.vcpu_limit", "requested cpu configuration is above your limit", kCapacity, "capacity.vcpu_quota", 60, kVcpu, kServiceEvents},
      {"capacity.vcpu_limit", "requested memory configuration is above your limit", kCapacity, "capacity.vcpu_quota", 60, "The task asks for more memory than the account's quota allows.", kServiceEvents},
      {"capacity.vcpu_limit", "vcpulimitexceeded", kCapacity, "capacity.vcpu_quota", 50, kVcpu, kQuotas},
      {"capacity.throttled", "operations are being throttled", kCapacity, "capacity.launch_rate_throttled", 55, "ECS could not launch more tasks because of API throttling; it tries again by itself.", kServiceEvents},
      {"capacity.throttled", "throttlingexception", kCapacity, "capacity.launch_rate_throttled", 40, kThrottled, kThrottling},
      {"capacity.throttled", "rate exceeded", kCapacity, "capacity.launch_rate_throttled", 40, kThrottled, kThrottling},
      {"capacity.throttled", "tasks provisioning capacity limit was exceeded", kCapacity, "capacity.launch_rate_throttled", 60, "The cluster has the most tasks in PROVISIONING that it may have at once.", kServiceEvents},
      {"capacity.no_container_instance", "no container instance met all of its requirements", kCapacity, "", 40, "The service looks for container instances: it runs on EC2 capacity, or lacks a Fargate launch type or capacity provider strategy.", kServiceEvents},
      {"capacity.no_container_instance", "no container instances were found in your", kCapacity, "", 45, "The service looks for container instances: it runs on EC2 capacity, or lacks a Fargate launch type or capacity provider strategy.", kServiceEvents},
      {"capacity.no_container_instance", "empty capacity provider", kCapacity, "", 45, "The capacity provider has no instances (EC2 capacity, not Fargate).", kFailures},
      {"capacity.instance_resources", "resource:cpu", kCapacity, "", 40, "No container instance has this much CPU free (EC2 capacity, not Fargate).", kFailures},
      {"capacity.instance_resources", "resource:memory", kCapacity, "", 40, "No container instance has this much memory free (EC2 capacity, not Fargate).", kFailures},
      {"capacity.instance_resources", "resource:gpu", kCapacity, "", 40, "No container instance has a free GPU (Fargate offers none).", kFailures},
      {"capacity.instance_resources", "resource:port", kCapacity, "", 40, "No container instance has the port free (EC2 capacity, not Fargate).", kFailures},
      {"capacity.could_not_launch", "could not launch|tasks for deployment", kCapacity, "", 35, "A deployment could start only some of its tasks for want of capacity.", kServiceEvents},
  };
}

std::vector<Sign> platform_signs() {
  return {
      {"platform.unknown", "platformunknownexception", kPlatformFamily, "platform.unknown_version", 60, "The platform version that the call names does not exist.", kEcsErrors},
      {"platform.unknown", "specified platform version does not exist", kPlatformFamily, "platform.unknown_version", 60, "The platform version that the call names does not exist.", kEcsErrors},
      {"platform.incompatible", "platformtaskdefinitionincompatibilityexception", kPlatformFamily, "platform.feature_needs_newer", 60, "The task definition asks for what this platform version cannot do.", kEcsErrors},
      {"platform.incompatible", "does not satisfy the task definition's required capabilities", kPlatformFamily, "platform.feature_needs_newer", 60, "The task definition asks for what this platform version cannot do.", kEcsErrors},
      {"platform.incompatible", "one or more of the requested capabilities are not supported", kPlatformFamily, "platform.feature_needs_newer", 60, "The task definition asks for what this platform version cannot do.", kEcsErrors},
      {"platform.incompatible", "platform version|1.4.0 or later", kPlatformFamily, "platform.feature_needs_newer", 50, "The feature needs Linux platform version 1.4.0 or later.", kPlatform},
      {"platform.unsupported_feature", "unsupportedfeatureexception", kPlatformFamily, "platform.feature_needs_newer", 55, "The call asks for a feature that this region or platform does not offer.", kEcsErrors},
      {"platform.cpu_memory", "invalid 'cpu' setting for task", kPlatformFamily, "platform.cpu_memory_combination", 60, kCpuMemoryPair, kCpuMemory},
      {"platform.cpu_memory", "invalid 'memory' setting for task", kPlatformFamily, "platform.cpu_memory_combination", 60, kCpuMemoryPair, kCpuMemory},
      {"platform.cpu_memory", "no fargate configuration exists for given values", kPlatformFamily, "platform.cpu_memory_combination", 60, kCpuMemoryPair, kCpuMemory},
      {"platform.cpu_memory", "invalid cpu or memory value specified", kPlatformFamily, "platform.cpu_memory_combination", 60, kCpuMemoryPair, kCpuMemory},
      {"platform.architecture", "runtimeplatform|not supported", kPlatformFamily, "platform.os_or_architecture", 55, "The task definition's runtime platform is not offered where it should run.", kPlatform},
      {"platform.architecture", "cpuarchitecture|not supported", kPlatformFamily, "platform.os_or_architecture", 55, "The task definition's CPU architecture is not offered where it should run.", kPlatform},
      {"platform.architecture", "operatingsystemfamily|not supported", kPlatformFamily, "platform.os_or_architecture", 55, "The task definition's operating system is not offered where it should run.", kPlatform},
      {"platform.architecture", "platform family|not supported", kPlatformFamily, "platform.os_or_architecture", 55, "The operating system and platform of the task are not offered where it should run.", kPlatform},
      {"platform.architecture", "does not support the platform family", kPlatformFamily, "platform.os_or_architecture", 58, "The operating system and platform of the task are not offered by this capacity provider.", kPlatform},
      {"platform.architecture", "runtime platform|not supported", kPlatformFamily, "platform.os_or_architecture", 55, "The task definition's runtime platform is not offered where it should run.", kPlatform},
      {"platform.architecture", "arm64|not supported", kPlatformFamily, "platform.os_or_architecture", 45, "ARM64 is not offered on this platform version or capacity provider.", kPlatform},
      {"platform.architecture", "windows|not supported|fargate", kPlatformFamily, "platform.os_or_architecture", 45, "Windows is not offered on this platform version or capacity provider.", kPlatform},
      {"platform.retired", "platform version|retired", kPlatformFamily, "platform.retired", 50, "The platform version that the task is pinned to is retired.", kPlatform},
      {"platform.retired", "platform version|deprecated", kPlatformFamily, "platform.retired", 50, "The platform version that the task is pinned to is on its way out.", kPlatform},
      {"platform.launch_type", "task definition does not support launch_type fargate", kPlatformFamily, "platform.feature_needs_newer", 55, "The task definition does not list FARGATE among its compatibilities.", kEcsErrors},
      {"platform.launch_type", "not compatible with the selected compute strategy", kPlatformFamily, "platform.feature_needs_newer", 50, "The task definition does not fit the capacity provider that should run it.", kFailedToStart},
      {"platform.launch_type", "fargate only supports network mode", kPlatformFamily, "platform.feature_needs_newer", 55, "Fargate tasks need the network mode awsvpc.", kPlatform},
      {"platform.mentioned", "platform version|not support", kPlatformFamily, "", 35, "A platform version does not support what the task asks for.", kPlatform},
  };
}

}  // namespace

std::vector<Sign> signs_of_families() {
  std::vector<Sign> all;
  for (auto signs_of : {spot_signs, eni_signs, storage_signs, exec_signs, capacity_signs, platform_signs}) {
    const std::vector<Sign> signs = signs_of();
    all.insert(all.end(), signs.begin(), signs.end());
  }
  return all;
}

}  // namespace doctor::diagnose
