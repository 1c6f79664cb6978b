#include <algorithm>

#include "diagnose/table_rows.h"

// Stops that belong to none of the seven families, named as what they are.
//
// Priors: by how often each stops a task in a running account (AWS knowledge center, "Why is my Amazon ECS
// task stopped?", which lists them in about this order). AWS's own words outweigh them nearly always.
// clang-format off
namespace doctor::diagnose {
namespace {

constexpr std::string_view kNone = "";
constexpr std::string_view kWhy = "AWS knowledge center: Why is my Amazon ECS task stopped?";
constexpr std::string_view kStopped = "Amazon ECS stopped tasks error messages";
constexpr std::string_view kInit = "Troubleshooting Amazon ECS ResourceInitializationError errors";
constexpr std::string_view kPull = "CannotPullContainer task errors in Amazon ECS";
constexpr std::string_view kSignals = "exit codes above 128 are 128 plus the signal";
constexpr std::string_view kChange = "rule of thumb: the last change explains about three failures in four";

std::vector<FixRow> fixes() {
  return {
      {"read_logs_and_fix_application", "Read the container's last log lines and correct the application", true, "logs:GetLogEvents"},
      {"raise_memory", "Give the task or the container more memory", true, "ecs:RegisterTaskDefinition ecs:UpdateService iam:PassRole"},
      {"fix_memory_use", "Bound the application's memory below the container's limit", true, ""},
      {"correct_target_health_check", "Make the target group's health check ask what the application answers", true, "elasticloadbalancing:ModifyTargetGroup"},
      {"lengthen_health_grace", "Give the service a longer health check grace period", true, "ecs:UpdateService"},
      {"correct_container_health_check", "Correct the container's health check command, timeout and start period", true, "ecs:RegisterTaskDefinition ecs:UpdateService iam:PassRole"},
      {"nothing_to_repair", "Nothing to repair: the stop was asked for", true, ""},
      {"correct_scaling_policy", "Correct the scaling policy or its smallest capacity", true, "application-autoscaling:PutScalingPolicy application-autoscaling:RegisterScalableTarget"},
      {"restore_desired_count", "Set the service's desired count back", true, "ecs:UpdateService"},
      {"correct_secret_reference", "Point the task definition at a secret that exists, in its region", true, "ecs:RegisterTaskDefinition ecs:UpdateService iam:PassRole"},
      {"create_log_group", "Create the log group, or set awslogs-create-group", true, "logs:CreateLogGroup"},
      {"correct_image_reference", "Name an image that exists, by digest or by a tag that is never moved", true, "ecs:RegisterTaskDefinition ecs:UpdateService iam:PassRole"},
      {"push_image_again", "Push the missing image again under this tag", true, "ecr:PutImage"},
      {"build_for_architecture", "Build the image for the task's CPU architecture, or set the architecture of the image", true, "ecr:PutImage ecs:RegisterTaskDefinition ecs:UpdateService iam:PassRole"},
      {"authenticate_registry_pulls", "Authenticate the pulls with repository credentials", true, "secretsmanager:CreateSecret ecs:RegisterTaskDefinition ecs:UpdateService iam:PassRole"},
      {"choose_retirement_window", "Replace tasks before AWS does: force a deployment, or set the retirement wait period", true, "ecs:UpdateService ecs:PutAccountSetting"},
      {"correct_volume", "Correct the volume: file system, access point, mount target in every zone", true, "ecs:RegisterTaskDefinition ecs:UpdateService elasticfilesystem:CreateMountTarget"},
  };
}

std::vector<CauseRow> application_causes() {
  return {
      {"stop.application_exit", kNone, "the application ended by itself", .28, false, "read_logs_and_fix_application roll_back_deployment",
       "An exit code of its own and the log's last lines: aws ecs describe-tasks --cluster CLUSTER --tasks TASK --query 'tasks[].containers[].[name,exitCode,reason]'; aws logs tail LOG_GROUP --since 1h"},
      {"stop.out_of_memory", kNone, "a container used more memory than its limit and was killed", .09, false, "raise_memory fix_memory_use roll_back_deployment",
       "The container's reason is OutOfMemoryError and its exit code 137: aws ecs describe-tasks --cluster CLUSTER --tasks TASK --query 'tasks[].containers[].[name,exitCode,reason]'"},
      {"stop.load_balancer_health", kNone, "the load balancer's health checks of the task failed", .10, false, "correct_target_health_check lengthen_health_grace network_path read_logs_and_fix_application",
       "The stopped reason names the target group: aws elbv2 describe-target-health --target-group-arn TARGET_GROUP"},
      {"stop.container_health", kNone, "the container's own health check failed", .05, false, "correct_container_health_check read_logs_and_fix_application",
       "healthStatus UNHEALTHY: aws ecs describe-tasks --cluster CLUSTER --tasks TASK --query 'tasks[].containers[].[name,healthStatus]'"},
      {"stop.deployment", kNone, "a deployment replaced the task", .11, false, "nothing_to_repair roll_back_deployment",
       "A newer deployment was under way: aws ecs describe-services --cluster CLUSTER --services SERVICE --query 'services[].deployments[].[id,status,taskDefinition,createdAt]'"},
      {"stop.scale_in", kNone, "the service was scaled in", .08, false, "nothing_to_repair correct_scaling_policy restore_desired_count",
       "The desired count was lowered: aws application-autoscaling describe-scaling-activities --service-namespace ecs --resource-id service/CLUSTER/SERVICE; aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=UpdateService"},
      {"stop.user", kNone, "a person or a program stopped the task", .06, false, "nothing_to_repair restrict_stop_calls restore_desired_count",
       "CloudTrail names who called StopTask: aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=StopTask"},
      {"stop.retirement", kNone, "AWS retired the host or the platform revision below the task", .01, false, "choose_retirement_window more_tasks",
       "AWS Health announced it: aws health describe-events --region us-east-1 --filter services=ECS,eventTypeCategories=scheduledChange"},
      {"stop.host_failure", kNone, "the infrastructure below the task failed", .01, false, "more_tasks more_zones replace_tasks",
       "The reason speaks of the host or the runtime: aws ecs describe-tasks --cluster CLUSTER --tasks TASK --query 'tasks[].[stopCode,stoppedReason]'"},
      {"stop.changed_just_before", kNone, "what the task depends on was changed just before", .05, true, "roll_back_deployment",
       "aws cloudtrail lookup-events --start-time START --end-time END --lookup-attributes AttributeKey=ReadOnly,AttributeValue=false"},
  };
}

std::vector<CauseRow> setup_causes() {
  return {
      {"stop.secrets_unreachable", kNone, "the task cannot reach the service of its secrets or registry credentials", .04, false, "vpc_endpoint network_path",
       "No route and no endpoint serve the task's subnet: aws ec2 describe-route-tables --filters Name=association.subnet-id,Values=SUBNET; aws ec2 describe-vpc-endpoints --filters Name=vpc-id,Values=VPC"},
      {"stop.secrets_denied", kNone, "the execution role may not read a secret, a parameter or its key", .03, false, "policy_statement narrow_deny widen_boundary resource_policy endpoint_policy scp_exception rcp_exception",
       "aws iam simulate-principal-policy --policy-source-arn EXECUTION_ROLE_ARN --action-names secretsmanager:GetSecretValue ssm:GetParameters kms:Decrypt --resource-arns SECRET_ARN"},
      {"stop.secrets_missing", kNone, "a secret or parameter that the task definition names does not exist", .01, false, "correct_secret_reference roll_back_deployment",
       "aws secretsmanager describe-secret --secret-id SECRET_ARN, or aws ssm get-parameter --name NAME, answers that there is none"},
      {"stop.logs_unavailable", kNone, "the log group is missing, out of reach or denied", .02, false, "create_log_group policy_statement narrow_deny widen_boundary endpoint_policy scp_exception rcp_exception vpc_endpoint network_path",
       "aws logs describe-log-groups --log-group-name-prefix LOG_GROUP"},
      {"stop.volume_unavailable", kNone, "a volume could not be mounted", .01, false, "network_path correct_volume",
       "aws efs describe-mount-targets --file-system-id FILE_SYSTEM; aws ec2 describe-security-groups for port 2049"},
      {"stop.image_missing", kNone, "the image, tag or digest does not exist", .02, false, "correct_image_reference push_image_again roll_back_deployment",
       "aws ecr describe-images --repository-name REPOSITORY --image-ids imageTag=TAG answers ImageNotFoundException"},
      {"stop.image_denied", kNone, "the registry refused the pull", .02, false, "policy_statement narrow_deny widen_boundary resource_policy endpoint_policy scp_exception rcp_exception authenticate_registry_pulls",
       "aws iam simulate-principal-policy --policy-source-arn EXECUTION_ROLE_ARN --action-names ecr:GetAuthorizationToken ecr:BatchGetImage ecr:GetDownloadUrlForLayer; aws ecr get-repository-policy --repository-name REPOSITORY"},
      {"stop.image_unreachable", kNone, "the task cannot reach the image registry", .02, false, "vpc_endpoint network_path",
       "No route and no ecr.api and ecr.dkr endpoints serve the task's subnet: aws ec2 describe-route-tables --filters Name=association.subnet-id,Values=SUBNET"},
      {"stop.image_architecture", kNone, "the image was built for another CPU architecture or operating system", .01, false, "build_for_architecture roll_back_deployment",
       "aws ecr batch-get-image --repository-name REPOSITORY --image-ids imageTag=TAG shows other platforms than taskDefinition.runtimePlatform"},
      {"stop.image_rate_limited", kNone, "the registry limits the pulls", .01, false, "authenticate_registry_pulls mirror_image_to_ecr",
       "The container's reason says toomanyrequests: aws ecs describe-tasks --cluster CLUSTER --tasks TASK --query 'tasks[].containers[].reason'"},
  };
}

// AWS names the cause itself. That its words come with one of the causes that stop most tasks is then a
// matter of chance (a health check that fails while the pull fails), hence their small ratios.
EvidenceRow says(std::string_view id, std::string_view cause, std::string_view source, std::vector<Ratio> others = {}) {
  EvidenceRow row{id, kNone, {{cause, 1000}}, source};
  row.ratios.insert(row.ratios.end(), others.begin(), others.end());
  for (std::string_view common : {"stop.application_exit", "stop.out_of_memory", "stop.load_balancer_health", "stop.container_health", "stop.deployment", "stop.scale_in", "stop.user"}) {
    const bool given = std::any_of(row.ratios.begin(), row.ratios.end(), [&](const Ratio& ratio) { return ratio.cause == common; });
    if (!given) row.ratios.push_back({common, .02});
  }
  return row;
}

std::vector<EvidenceRow> words_of_aws() {
  return {
      says("stop.out_of_memory", "stop.out_of_memory", "Troubleshooting Amazon ECS OutOfMemoryError errors", {{"stop.application_exit", .05}}),
      says("stop.load_balancer_health", "stop.load_balancer_health", kWhy),
      says("stop.container_health", "stop.container_health", kWhy),
      says("stop.retirement", "stop.retirement", "Task retirement and maintenance for AWS Fargate on Amazon ECS"),
      says("stop.host_failure", "stop.host_failure", kWhy),
      {"stop.runtime_failed", kNone, {{"stop.host_failure", 300}, {"stop.application_exit", 3}}, kStopped},
      {"stop.internal_error", kNone, {{"stop.host_failure", 200}}, "Troubleshooting Amazon ECS InternalError errors"},
      says("stop.secrets_unreachable", "stop.secrets_unreachable", kInit, {{"stop.secrets_denied", .1}, {"stop.secrets_missing", .1}, {"stop.image_denied", .1}}),
      {"stop.secrets_failed", kNone, {{"stop.secrets_unreachable", 300}, {"stop.secrets_denied", 200}, {"stop.secrets_missing", 200}, {"stop.image_denied", 200}}, kInit},
      says("stop.secrets_denied", "stop.secrets_denied", kInit, {{"stop.secrets_unreachable", .02}, {"stop.secrets_missing", .05}}),
      says("stop.secrets_missing", "stop.secrets_missing", "Troubleshooting Amazon ECS ResourceNotFoundException errors", {{"stop.secrets_unreachable", .02}, {"stop.secrets_denied", .05}}),
      says("stop.logs_unavailable", "stop.logs_unavailable", kInit),
      says("stop.volume_unavailable", "stop.volume_unavailable", kInit),
      says("stop.image_missing", "stop.image_missing", kPull, {{"stop.image_denied", 10}}),
      says("stop.image_denied", "stop.image_denied", kPull, {{"stop.image_missing", 5}, {"stop.secrets_denied", .005}, {"stop.secrets_unreachable", .02}}),
      says("stop.image_unreachable", "stop.image_unreachable", kPull),
      says("stop.image_architecture", "stop.image_architecture", kPull),
      says("stop.image_rate_limited", "stop.image_rate_limited", kPull, {{"stop.image_denied", .1}}),
      {"stop.command_not_found", kNone, {{"stop.application_exit", 500}}, "Troubleshooting Amazon ECS CannotStartContainerError errors"},
      {"stop.cannot_start", kNone, {{"stop.application_exit", 60}, {"stop.host_failure", 20}, {"stop.image_architecture", 20}}, "Troubleshooting Amazon ECS CannotStartContainerError errors"},
      {"stop.pull_failed", kNone, {{"stop.image_missing", 100}, {"stop.image_denied", 100}, {"stop.image_unreachable", 100}, {"stop.image_architecture", 60}, {"stop.image_rate_limited", 60}}, kPull},
      {"stop.resource_init", kNone, {{"stop.secrets_unreachable", 80}, {"stop.secrets_denied", 80}, {"stop.secrets_missing", 80}, {"stop.logs_unavailable", 80}, {"stop.volume_unavailable", 80}, {"stop.image_denied", 60}}, kInit},
      {"stop.role_not_assumed", kNone, {{"unknown", 500}}, "Amazon ECS service event messages"},
      {"stop.iam_changed", kNone, {{"unknown", 500}}, "Amazon ECS service event messages"},
  };
}

// Stop codes and exit codes narrow the field; they name no cause alone.
std::vector<EvidenceRow> code_rows() {
  return {
      {"stop.essential_exited", kNone, {{"stop.application_exit", 60}, {"stop.out_of_memory", 30}, {"stop.image_architecture", 8}, {"stop.user", .1}, {"stop.deployment", .05}, {"stop.scale_in", .05}}, kWhy},
      {"stop.scheduler_initiated", kNone, {{"stop.deployment", 8}, {"stop.scale_in", 8}, {"stop.load_balancer_health", 8}, {"stop.container_health", 8}, {"stop.retirement", 8}, {"stop.user", .3}, {"stop.application_exit", .05}}, "Amazon ECS API Reference: Task, stopCode"},
      {"stop.scaling_activity", kNone, {{"stop.deployment", 40}, {"stop.scale_in", 40}, {"stop.user", 3}}, kWhy},
      {"stop.user_initiated", kNone, {{"stop.user", 800}, {"stop.application_exit", .1}}, "Amazon ECS API Reference: Task, stopCode"},
      {"stop.stop_task_call", kNone, {{"stop.user", 500}}, "CloudTrail record of StopTask"},
      {"stop.service_deleted", kNone, {{"stop.user", 500}}, "CloudTrail record of DeleteService"},
      {"stop.failed_to_start", kNone, {{"stop.application_exit", .2}, {"stop.user", .1}, {"stop.deployment", .1}, {"stop.scale_in", .1}}, "Troubleshooting Amazon ECS TaskFailedToStart errors"},
      {"stop.rolled_back", kNone, {{"stop.deployment", 60}}, "How the Amazon ECS deployment circuit breaker detects failures"},
      {"stop.exit_0", kNone, {{"stop.application_exit", 2}, {"stop.out_of_memory", .02}, {"stop.image_architecture", .02}}, kSignals},
      {"stop.exit_1", kNone, {{"stop.application_exit", 3}, {"stop.out_of_memory", .3}}, kSignals},
      {"stop.exit_2", kNone, {{"stop.application_exit", 3}, {"stop.out_of_memory", .1}}, kSignals},
      {"stop.exit_126", kNone, {{"stop.application_exit", 5}, {"stop.out_of_memory", .02}, {"stop.image_architecture", 3}}, kSignals},
      {"stop.exit_127", kNone, {{"stop.application_exit", 8}, {"stop.out_of_memory", .02}}, kSignals},
      {"stop.exit_134", kNone, {{"stop.application_exit", 5}, {"stop.out_of_memory", .5}}, kSignals},
      {"stop.exit_137", kNone, {{"stop.out_of_memory", 8}, {"stop.application_exit", .3}}, kSignals},
      {"stop.exit_139", kNone, {{"stop.application_exit", 6}, {"stop.out_of_memory", .1}}, kSignals},
      {"stop.exit_143", kNone, {{"stop.application_exit", .2}, {"stop.out_of_memory", .1}, {"stop.deployment", 2}, {"stop.scale_in", 2}, {"stop.user", 2}, {"stop.load_balancer_health", 2}}, kSignals},
      {"stop.exit_255", kNone, {{"stop.application_exit", 3}, {"stop.out_of_memory", .2}, {"stop.image_architecture", 3}}, kSignals},
      {"stop.exit_other", kNone, {{"stop.application_exit", 4}, {"stop.out_of_memory", .2}}, kSignals},
  };
}

std::vector<EvidenceRow> surroundings_rows() {
  return {
      {"stop.newer_deployment", kNone, {{"stop.deployment", 20}, {"stop.scale_in", .1}}, "a rolling update stops the older deployment's tasks"},
      {"stop.current_deployment", kNone, {{"stop.deployment", .05}, {"stop.scale_in", 10}}, "a rolling update stops the older deployment's tasks"},
      {"stop.scaled_by_autoscaling", kNone, {{"stop.scale_in", 30}, {"stop.deployment", .3}}, "CloudTrail: UpdateService by Application Auto Scaling"},
      {"stop.desired_count_lowered", kNone, {{"stop.scale_in", 20}, {"stop.deployment", .3}}, "CloudTrail: UpdateService with a desired count"},
      {"stop.targets_unhealthy", kNone, {{"stop.load_balancer_health", 20}}, "elbv2 describe-target-health"},
      {"stop.container_unhealthy", kNone, {{"stop.container_health", 60}}, "the task's own healthStatus"},
      {"stop.memory_at_limit", kNone, {{"stop.out_of_memory", 10}, {"stop.application_exit", .7}}, "Container Insights: MemoryUtilized"},
      {"stop.memory_far_from_limit", kNone, {{"stop.out_of_memory", .1}}, "Container Insights: MemoryUtilized"},
      {"stop.log_shows_exec_format", kNone, {{"stop.image_architecture", 1000}, {"stop.application_exit", .05}, {"stop.out_of_memory", .02}}, "\"exec format error\" in the container's log"},
      {"stop.log_shows_memory", kNone, {{"stop.out_of_memory", 15}, {"stop.application_exit", 2}}, "the application's own words in its log"},
      {"stop.log_shows_error", kNone, {{"stop.application_exit", 5}}, "the application's own words in its log"},
      {"stop.architecture_differs", kNone, {{"stop.image_architecture", 1000}, {"stop.application_exit", .1}, {"stop.out_of_memory", .1}}, "the image's platforms against the task definition's runtimePlatform"},
      {"stop.path_closed", kNone, {{"stop.secrets_unreachable", 20}, {"stop.image_unreachable", 20}, {"stop.secrets_denied", .3}, {"stop.image_denied", .3}, {"stop.logs_unavailable", 20}}, "routes, endpoints and security groups of the task's subnet"},
      {"stop.path_open", kNone, {{"stop.secrets_unreachable", .1}, {"stop.image_unreachable", .1}}, "routes, endpoints and security groups of the task's subnet"},
      {"stop.execution_role_lacks_secret", kNone, {{"stop.secrets_denied", 60}}, "Amazon ECS task execution IAM role"},
      {"stop.execution_role_lacks_image", kNone, {{"stop.image_denied", 60}}, "Amazon ECS task execution IAM role"},
      {"stop.execution_role_lacks_logs", kNone, {{"stop.logs_unavailable", 60}}, "Amazon ECS task execution IAM role"},
      {"stop.secret_denied_above", kNone, {{"stop.secrets_denied", 60}}, "Policy evaluation logic"},
      {"stop.image_denied_above", kNone, {{"stop.image_denied", 60}}, "Policy evaluation logic"},
      {"stop.logs_denied_above", kNone, {{"stop.logs_unavailable", 60}}, "Policy evaluation logic"},
      {"stop.access_depends", kNone, {{"stop.secrets_denied", 1.5}, {"stop.image_denied", 1.5}, {"stop.logs_unavailable", 1.5}}, "a value of the request, or an attachment, that the facts do not say"},
      {"stop.image_not_in_registry", kNone, {{"stop.image_missing", 60}}, "ecr describe-images answered without it"},
      {"stop.image_in_registry", kNone, {{"stop.image_missing", .05}}, "ecr describe-images"},
      {"stop.health_announced", kNone, {{"stop.retirement", 20}, {"stop.host_failure", 2}}, "AWS Health scheduled change"},
      {"stop.change_fits", kNone, {{"stop.changed_just_before", 200}}, kChange},
      {"stop.no_change_before", kNone, {{"stop.changed_just_before", .05}}, kChange},
  };
}

std::vector<EvidenceRow> change_rows() {
  return {
      {"change.task_definition", kNone, {{"stop.deployment", 6}, {"stop.application_exit", 1.5}}, kChange},
      {"change.image", kNone, {{"stop.deployment", 2}, {"stop.application_exit", 4}, {"stop.out_of_memory", 3}, {"stop.load_balancer_health", 3}, {"stop.container_health", 3}, {"stop.image_missing", 5}, {"stop.image_architecture", 5}, {"stop.image_denied", 2}}, kChange},
      {"change.image_pushed", kNone, {{"stop.application_exit", 3}, {"stop.out_of_memory", 2}, {"stop.load_balancer_health", 2}, {"stop.container_health", 2}, {"stop.image_architecture", 5}}, kChange},
      {"change.image_deleted", kNone, {{"stop.image_missing", 20}}, kChange},
      {"change.registry_policy", kNone, {{"stop.image_denied", 10}}, kChange},
      {"change.task_size", kNone, {{"stop.out_of_memory", 6}}, kChange},
      {"change.command", kNone, {{"stop.application_exit", 5}}, kChange},
      {"change.environment", kNone, {{"stop.application_exit", 4}, {"stop.load_balancer_health", 2}, {"stop.container_health", 2}}, kChange},
      {"change.runtime_platform", kNone, {{"stop.image_architecture", 10}}, kChange},
      {"change.secrets", kNone, {{"stop.secrets_denied", 5}, {"stop.secrets_missing", 6}, {"stop.secrets_unreachable", 3}}, kChange},
      {"change.secret", kNone, {{"stop.secrets_denied", 3}, {"stop.secrets_missing", 8}, {"stop.application_exit", 2}}, kChange},
      {"change.kms_key", kNone, {{"stop.secrets_denied", 6}}, kChange},
      {"change.execution_role", kNone, {{"stop.secrets_denied", 6}, {"stop.image_denied", 6}, {"stop.logs_unavailable", 5}}, kChange},
      {"change.task_role", kNone, {{"stop.application_exit", 3}}, kChange},
      {"change.role_policy", kNone, {{"stop.secrets_denied", 6}, {"stop.image_denied", 6}, {"stop.logs_unavailable", 4}, {"stop.application_exit", 1.5}}, kChange},
      {"change.organization_policy", kNone, {{"stop.secrets_denied", 4}, {"stop.image_denied", 4}}, kChange},
      {"change.log_configuration", kNone, {{"stop.logs_unavailable", 8}}, kChange},
      {"change.log_group", kNone, {{"stop.logs_unavailable", 8}}, kChange},
      {"change.volumes", kNone, {{"stop.volume_unavailable", 8}, {"stop.application_exit", 1.5}}, kChange},
      {"change.health_check", kNone, {{"stop.container_health", 10}}, kChange},
      {"change.target_group", kNone, {{"stop.load_balancer_health", 10}}, kChange},
      {"change.security_group", kNone, {{"stop.load_balancer_health", 5}, {"stop.secrets_unreachable", 5}, {"stop.image_unreachable", 5}, {"stop.volume_unavailable", 5}, {"stop.logs_unavailable", 3}}, kChange},
      {"change.network_acl", kNone, {{"stop.load_balancer_health", 4}, {"stop.secrets_unreachable", 4}, {"stop.image_unreachable", 4}, {"stop.volume_unavailable", 3}}, kChange},
      {"change.network_configuration", kNone, {{"stop.deployment", 2}, {"stop.load_balancer_health", 3}, {"stop.secrets_unreachable", 6}, {"stop.image_unreachable", 6}, {"stop.volume_unavailable", 4}}, kChange},
      {"change.route", kNone, {{"stop.secrets_unreachable", 6}, {"stop.image_unreachable", 6}, {"stop.logs_unavailable", 3}}, kChange},
      {"change.endpoint", kNone, {{"stop.secrets_unreachable", 6}, {"stop.image_unreachable", 6}, {"stop.logs_unavailable", 4}}, kChange},
      {"change.desired_count", kNone, {{"stop.scale_in", 6}}, kChange},
      {"change.capacity_provider_strategy", kNone, {{"stop.deployment", 3}}, kChange},
      {"health.covers", kNone, {{"stop.host_failure", 5}, {"stop.retirement", 3}}, "rule of thumb: an event of the region explains about one failure in ten"},
      {"health.covers_zone", kNone, {{"stop.host_failure", 8}, {"stop.retirement", 3}}, "rule of thumb: an event of the region explains about one failure in ten"},
  };
}

}  // namespace

FamilyRows rows_of_stop() {
  FamilyRows rows{fixes(), application_causes(), {}};
  for (CauseRow& row : setup_causes()) rows.causes.push_back(row);
  for (auto more : {words_of_aws, code_rows, surroundings_rows, change_rows}) {
    for (EvidenceRow& row : more()) rows.evidence.push_back(std::move(row));
  }
  return rows;
}

}  // namespace doctor::diagnose
