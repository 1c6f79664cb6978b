#include "diagnose/table_rows.h"

// FargateExecError: aws ecs execute-command does not reach the container.
//
// Priors: the order of the checks of AWS's ECS Exec Checker and of "Troubleshoot Amazon ECS Exec issues", by
// how often each stands at the top of public reports; they matter only where the facts say nothing.
// clang-format off
namespace doctor::diagnose {
namespace {

constexpr std::string_view kFamily = "FargateExecError";
constexpr std::string_view kGuide = "Monitor Amazon ECS containers with ECS Exec";
constexpr std::string_view kTrouble = "Troubleshoot Amazon ECS Exec issues";
constexpr std::string_view kChange = "rule of thumb: the last change explains about three failures in four";

std::vector<FixRow> fixes() {
  return {
      {"enable_exec", "Enable ECS Exec on the service and start new tasks", true, "ecs:UpdateService"},
      {"replace_tasks", "Replace the running tasks by a forced deployment", true, "ecs:UpdateService"},
      {"writable_root", "Run the container with a writable root file system", true, "ecs:RegisterTaskDefinition ecs:UpdateService iam:PassRole"},
      {"remove_aws_keys", "Take AWS_ACCESS_KEY_ID out of the container's environment and use the task role", true, "ecs:RegisterTaskDefinition ecs:UpdateService iam:PassRole"},
      {"init_process", "Set initProcessEnabled, so that sessions leave no zombie processes", true, "ecs:RegisterTaskDefinition ecs:UpdateService iam:PassRole"},
      {"install_session_plugin", "Install the Session Manager plugin where the AWS CLI runs", true, ""},
  };
}

std::vector<CauseRow> causes() {
  return {
      {"exec.not_enabled", kFamily, "ECS Exec was not enabled when the task was started", .30, false, "enable_exec replace_tasks",
       "The task's enableExecuteCommand is false: aws ecs describe-tasks --cluster CLUSTER --tasks TASK --query 'tasks[].enableExecuteCommand'"},
      {"exec.task_role_missing_ssmmessages", kFamily, "the task role may not open the session channels (ssmmessages)", .22, false, "policy_statement replace_tasks",
       "No statement of the task role allows the four ssmmessages actions: aws iam simulate-principal-policy --policy-source-arn TASK_ROLE_ARN --action-names ssmmessages:CreateControlChannel ssmmessages:CreateDataChannel ssmmessages:OpenControlChannel ssmmessages:OpenDataChannel"},
      {"exec.no_path_to_ssmmessages", kFamily, "the task has no network path to Systems Manager (ssmmessages)", .14, false, "vpc_endpoint network_path",
       "Neither a default route nor an ssmmessages endpoint serves the task's subnet: aws ec2 describe-route-tables --filters Name=association.subnet-id,Values=SUBNET; aws ec2 describe-vpc-endpoints --filters Name=service-name,Values=com.amazonaws.REGION.ssmmessages"},
      {"exec.agent_not_running", kFamily, "the ECS Exec agent in the task is not running", .08, false, "replace_tasks",
       "ExecuteCommandAgent is not RUNNING: aws ecs describe-tasks --cluster CLUSTER --tasks TASK --query 'tasks[].containers[].managedAgents[]'"},
      {"exec.caller_denied", kFamily, "the caller may not call ecs:ExecuteCommand", .08, false, "policy_statement",
       "The call itself was refused: aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=ExecuteCommand"},
      {"exec.read_only_root", kFamily, "the container's root file system is read-only, so the agent cannot start", .05, false, "writable_root",
       "readonlyRootFilesystem is true: aws ecs describe-task-definition --task-definition TASK_DEFINITION --query 'taskDefinition.containerDefinitions[].readonlyRootFilesystem'"},
      {"exec.log_or_kms_denied", kFamily, "the session's log or its KMS key is denied", .04, false, "policy_statement narrow_deny widen_boundary resource_policy endpoint_policy scp_exception rcp_exception",
       "The cluster configures a key or a log that the task role may not use: aws ecs describe-clusters --clusters CLUSTER --include CONFIGURATIONS"},
      {"exec.denied_by_scp_or_boundary", kFamily, "an organization policy, a permissions boundary, an endpoint's policy or an explicit deny forbids the session", .04, false, "scp_exception rcp_exception widen_boundary endpoint_policy narrow_deny",
       "A policy above the role denies ssmmessages or ecs:ExecuteCommand: aws organizations list-policies-for-target --target-id ACCOUNT --filter SERVICE_CONTROL_POLICY; aws iam get-role --role-name TASK_ROLE --query Role.PermissionsBoundary"},
      {"exec.platform_too_old", kFamily, "the task runs on a platform version before 1.4.0, which has no ECS Exec", .02, false, "platform_latest replace_tasks",
       "platformVersion is below 1.4.0: aws ecs describe-tasks --cluster CLUSTER --tasks TASK --query 'tasks[].platformVersion'"},
      {"exec.aws_keys_in_environment", kFamily, "AWS_ACCESS_KEY_ID in the container's environment hides the task role from the agent", .01, false, "remove_aws_keys",
       "The variable is set in the task definition: aws ecs describe-task-definition --task-definition TASK_DEFINITION --query 'taskDefinition.containerDefinitions[].environment[].name'"},
      {"exec.no_init_process", kFamily, "no init process reaps what ended sessions leave behind", .05, true, "init_process",
       "initProcessEnabled is not set: aws ecs describe-task-definition --task-definition TASK_DEFINITION --query 'taskDefinition.containerDefinitions[].linuxParameters'"},
      {"exec.client_plugin_missing", kFamily, "the Session Manager plugin is not installed where the CLI runs", .02, true, "install_session_plugin",
       "session-manager-plugin --version answers nothing"},
  };
}

std::vector<EvidenceRow> words_of_aws() {
  return {
      {"exec.not_enabled_or_agent", kFamily, {{"exec.not_enabled", 10}, {"exec.agent_not_running", 10}, {"exec.read_only_root", 5}, {"exec.platform_too_old", 5}, {"exec.task_role_missing_ssmmessages", .3}, {"exec.no_path_to_ssmmessages", .5}, {"exec.denied_by_scp_or_boundary", .3}, {"exec.caller_denied", .02}, {"exec.log_or_kms_denied", .05}, {"exec.aws_keys_in_environment", .3}}, kTrouble},
      {"exec.not_enabled", kFamily, {{"exec.not_enabled", 60}, {"exec.caller_denied", .02}}, kTrouble},
      {"exec.not_connected", kFamily, {{"exec.task_role_missing_ssmmessages", 10}, {"exec.no_path_to_ssmmessages", 10}, {"exec.denied_by_scp_or_boundary", 8}, {"exec.aws_keys_in_environment", 8}, {"exec.read_only_root", 6}, {"exec.agent_not_running", 2}, {"exec.not_enabled", .05}, {"exec.platform_too_old", .5}, {"exec.caller_denied", .02}, {"exec.log_or_kms_denied", .5}}, kTrouble},
      {"exec.caller_denied", kFamily, {{"exec.caller_denied", 300}, {"exec.denied_by_scp_or_boundary", 3}}, "Troubleshoot access denied error messages"},
      {"exec.scp_or_boundary", kFamily, {{"exec.denied_by_scp_or_boundary", 1000}, {"exec.caller_denied", .05}, {"exec.task_role_missing_ssmmessages", .05}}, "Troubleshoot access denied error messages"},
      {"exec.role_denied", kFamily, {{"exec.task_role_missing_ssmmessages", 100}, {"exec.denied_by_scp_or_boundary", 3}}, kGuide},
      {"exec.kms_or_log", kFamily, {{"exec.log_or_kms_denied", 200}, {"exec.task_role_missing_ssmmessages", .2}, {"exec.not_enabled", .1}}, kGuide},
      {"exec.agent_stopped", kFamily, {{"exec.agent_not_running", 15}, {"exec.read_only_root", 5}, {"exec.not_enabled", .1}}, kGuide},
      {"exec.client_plugin_missing", kFamily, {{"exec.client_plugin_missing", 500}, {"unknown", 300}}, "the CLI looks for its plugin before it calls ECS, so nothing is known of the task"},
      {"exec.session_limit", kFamily, {{"unknown", 100}}, kGuide},
      {"exec.no_shell", kFamily, {{"unknown", 100}}, kGuide},
  };
}

// The task as ECS describes it.
std::vector<EvidenceRow> task_rows() {
  return {
      {"exec.flag_off", kFamily, {{"exec.not_enabled", 100}}, kGuide},
      {"exec.flag_on", kFamily, {{"exec.not_enabled", .01}}, kGuide},
      {"exec.task_older_than_flag", kFamily, {{"exec.not_enabled", 3}}, "\"You can't turn on ECS Exec for existing tasks\""},
      {"exec.agent_runs", kFamily, {{"exec.agent_not_running", .02}, {"exec.not_enabled", .05}, {"exec.read_only_root", .3}, {"exec.platform_too_old", .05}}, kGuide},
      {"exec.agent_pending", kFamily, {{"exec.agent_not_running", 8}, {"exec.no_path_to_ssmmessages", 2}, {"exec.read_only_root", 2}}, kGuide},
      {"exec.agent_down", kFamily, {{"exec.agent_not_running", 50}, {"exec.read_only_root", 30}, {"exec.aws_keys_in_environment", 15}}, "an agent that cannot write, or that signs with the application's keys, ends; without a permission it runs on"},
      {"exec.agent_absent", kFamily, {{"exec.agent_not_running", 6}, {"exec.platform_too_old", 6}}, kGuide},
      {"exec.root_is_read_only", kFamily, {{"exec.read_only_root", 60}}, kGuide},
      {"exec.root_is_writable", kFamily, {{"exec.read_only_root", .02}}, kGuide},
      {"exec.platform_before_1_4", kFamily, {{"exec.platform_too_old", 500}, {"exec.not_enabled", .005}}, "where the platform has no ECS Exec, a flag that is off follows from it"},
      {"exec.platform_has_exec", kFamily, {{"exec.platform_too_old", .02}}, kGuide},
      {"exec.keys_in_environment", kFamily, {{"exec.aws_keys_in_environment", 60}}, "amazon-ecs-exec-checker, README: environment variables"},
      {"exec.no_keys_in_environment", kFamily, {{"exec.aws_keys_in_environment", .02}}, "amazon-ecs-exec-checker, README: environment variables"},
      {"exec.shared_pid_mode", kFamily, {{"exec.agent_not_running", 20}}, "amazon-ecs-exec-checker, README: pidMode"},
      {"exec.init_absent", kFamily, {{"exec.no_init_process", 30}}, kGuide},
      {"exec.init_present", kFamily, {{"exec.no_init_process", .02}}, kGuide},
  };
}

// What stands around it: roles, policies, the network, the caller, the cluster's configuration.
std::vector<EvidenceRow> surroundings_rows() {
  return {
      {"exec.role_none", kFamily, {{"exec.task_role_missing_ssmmessages", 60}}, kGuide},
      {"exec.role_lacks_actions", kFamily, {{"exec.task_role_missing_ssmmessages", 60}}, kGuide},
      {"exec.role_allows", kFamily, {{"exec.task_role_missing_ssmmessages", .02}}, kGuide},
      {"exec.role_depends", kFamily, {{"exec.task_role_missing_ssmmessages", 1.5}}, "a value of the request that the facts do not say"},
      {"exec.role_denies", kFamily, {{"exec.denied_by_scp_or_boundary", 60}, {"exec.task_role_missing_ssmmessages", .5}}, "IAM: an explicit deny outweighs every allow"},
      {"exec.boundary_forbids", kFamily, {{"exec.denied_by_scp_or_boundary", 80}, {"exec.task_role_missing_ssmmessages", .5}}, "Permissions boundaries for IAM entities"},
      {"exec.organization_denies", kFamily, {{"exec.denied_by_scp_or_boundary", 80}, {"exec.task_role_missing_ssmmessages", .5}}, "Service control policies (SCPs)"},
      {"exec.endpoint_policy_forbids", kFamily, {{"exec.denied_by_scp_or_boundary", 80}, {"exec.task_role_missing_ssmmessages", .5}}, "Control access to VPC endpoints using endpoint policies"},
      {"exec.policy_above_depends", kFamily, {{"exec.denied_by_scp_or_boundary", 3}}, "a value of the request, or an attachment, that the facts do not say"},
      {"exec.nothing_above_denies", kFamily, {{"exec.denied_by_scp_or_boundary", .05}}, "Service control policies (SCPs)"},
      {"exec.path_closed", kFamily, {{"exec.no_path_to_ssmmessages", 80}}, kTrouble},
      {"exec.path_depends", kFamily, {{"exec.no_path_to_ssmmessages", 2}}, "a route that leaves the VPC by a gateway whose other side is not known"},
      {"exec.path_open", kFamily, {{"exec.no_path_to_ssmmessages", .03}}, kTrouble},
      {"exec.caller_refused", kFamily, {{"exec.caller_denied", 300}}, "CloudTrail record of the call"},
      {"exec.call_was_accepted", kFamily, {{"exec.caller_denied", .01}}, "the call failed later than authorization"},
      {"exec.key_or_log_denied", kFamily, {{"exec.log_or_kms_denied", 25}}, kGuide},
      {"exec.key_or_log_set", kFamily, {{"exec.log_or_kms_denied", 1.5}}, kGuide},
      {"exec.no_key_or_log", kFamily, {{"exec.log_or_kms_denied", .02}}, kGuide},
  };
}

std::vector<EvidenceRow> change_rows() {
  return {
      {"change.exec_setting", kFamily, {{"exec.not_enabled", 5}}, kChange},
      {"change.task_role", kFamily, {{"exec.task_role_missing_ssmmessages", 8}}, kChange},
      {"change.role_policy", kFamily, {{"exec.task_role_missing_ssmmessages", 6}, {"exec.denied_by_scp_or_boundary", 2}, {"exec.log_or_kms_denied", 2}, {"exec.caller_denied", 2}}, kChange},
      {"change.organization_policy", kFamily, {{"exec.denied_by_scp_or_boundary", 10}}, kChange},
      {"change.route", kFamily, {{"exec.no_path_to_ssmmessages", 5}}, kChange},
      {"change.network_acl", kFamily, {{"exec.no_path_to_ssmmessages", 4}}, kChange},
      {"change.endpoint", kFamily, {{"exec.no_path_to_ssmmessages", 6}}, kChange},
      {"change.security_group", kFamily, {{"exec.no_path_to_ssmmessages", 4}}, kChange},
      {"change.network_configuration", kFamily, {{"exec.no_path_to_ssmmessages", 4}}, kChange},
      {"change.readonly_root", kFamily, {{"exec.read_only_root", 8}}, kChange},
      {"change.platform_version", kFamily, {{"exec.platform_too_old", 6}}, kChange},
      {"change.environment", kFamily, {{"exec.aws_keys_in_environment", 6}}, kChange},
      {"change.kms_key", kFamily, {{"exec.log_or_kms_denied", 6}}, kChange},
      {"change.log_group", kFamily, {{"exec.log_or_kms_denied", 3}}, kChange},
  };
}

}  // namespace

FamilyRows rows_of_exec() {
  FamilyRows rows{fixes(), causes(), {}};
  for (auto more : {words_of_aws, task_rows, surroundings_rows, change_rows}) {
    for (EvidenceRow& row : more()) rows.evidence.push_back(std::move(row));
  }
  return rows;
}

}  // namespace doctor::diagnose
