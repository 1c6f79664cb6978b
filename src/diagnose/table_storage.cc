#include "diagnose/table_rows.h"

// FargateEphemeralStorageExceeded: a running task filled its disk.
//
// Priors: what containers write leads; a full disk while the image is pulled is FargateImageSizeExceeded.
// clang-format off
namespace doctor::diagnose {
namespace {

constexpr std::string_view kFamily = "FargateEphemeralStorageExceeded";
constexpr std::string_view kGuide = "Fargate task ephemeral storage for Amazon ECS";
constexpr std::string_view kCurve = "the course of Container Insights' EphemeralStorageUtilized against EphemeralStorageReserved";
constexpr std::string_view kChange = "rule of thumb: the last change explains about three failures in four";

std::vector<FixRow> fixes() {
  return {
      {"move_writes_to_efs", "Write large or lasting data to Amazon EFS or Amazon S3 instead of the task's disk", true, "ecs:RegisterTaskDefinition ecs:UpdateService iam:PassRole"},
      {"limit_written_files", "Bound what the application keeps on disk: delete temporary files, stream instead of spooling", true, ""},
      {"rotate_logs_or_send_to_cloudwatch", "Log to standard output (awslogs) or rotate the log files in the container", true, "ecs:RegisterTaskDefinition ecs:UpdateService iam:PassRole"},
      {"alarm_on_ephemeral_storage", "Alarm when 80 percent of the ephemeral storage is used", true, "cloudwatch:PutMetricAlarm ecs:UpdateClusterSettings"},
  };
}

std::vector<CauseRow> causes() {
  return {
      {"storage.application_writes", kFamily, "the application wrote more than the disk holds, within a short time", .40, false, "limit_written_files enlarge_ephemeral_storage move_writes_to_efs",
       "EphemeralStorageUtilized jumps to the limit: aws cloudwatch get-metric-statistics --namespace ECS/ContainerInsights --metric-name EphemeralStorageUtilized --dimensions Name=ClusterName,Value=CLUSTER Name=ServiceName,Value=SERVICE --start-time START --end-time END --period 60 --statistics Maximum"},
      {"storage.logs_or_temp_growth", kFamily, "logs or temporary files grew until the disk was full", .28, false, "rotate_logs_or_send_to_cloudwatch limit_written_files enlarge_ephemeral_storage",
       "EphemeralStorageUtilized climbs steadily for hours: aws cloudwatch get-metric-statistics --namespace ECS/ContainerInsights --metric-name EphemeralStorageUtilized --dimensions Name=ClusterName,Value=CLUSTER Name=ServiceName,Value=SERVICE --start-time START --end-time END --period 300 --statistics Maximum"},
      {"storage.image_layers", kFamily, "the image takes most of the disk and leaves too little to work with", .12, false, "slim_image enlarge_ephemeral_storage",
       "Three to four times the compressed size of the task's images is half of the disk or more: aws ecr describe-images --repository-name REPOSITORY --image-ids imageTag=TAG --query 'imageDetails[].imageSizeInBytes'"},
      {"storage.default_size_too_small", kFamily, "the normal work of the task needs more than the default 20 GiB", .12, false, "enlarge_ephemeral_storage",
       "No ephemeralStorage is set, and tasks that did not fail came close to 20 GiB too: aws ecs describe-task-definition --task-definition TASK_DEFINITION --query taskDefinition.ephemeralStorage"},
      {"storage.platform_cannot_extend", kFamily, "the platform version cannot give more than its fixed storage", .03, true, "platform_latest",
       "platformVersion is below 1.4.0: aws ecs describe-tasks --cluster CLUSTER --tasks TASK --query 'tasks[].platformVersion'"},
      {"storage.no_alarm", kFamily, "no alarm watches the ephemeral storage", .10, true, "alarm_on_ephemeral_storage",
       "aws cloudwatch describe-alarms-for-metric --namespace ECS/ContainerInsights --metric-name EphemeralStorageUtilized answers none"},
      {"storage.changed_image", kFamily, "the image was changed shortly before", .05, true, "roll_back_deployment",
       "aws ecs describe-services --cluster CLUSTER --services SERVICE --query 'services[].deployments[].[taskDefinition,createdAt]'"},
  };
}

std::vector<EvidenceRow> rows_of_evidence() {
  return {
      {"storage.no_space", kFamily, {{"storage.application_writes", 1.5}, {"storage.logs_or_temp_growth", 1.2}, {"unknown", .3}}, "the words are a writer's: a full disk at the pull has others"},
      {"storage.thin_pool", kFamily, {{"storage.image_layers", 3}}, "EC2 container hosts only"},
      {"storage.text_names_logs_or_temp", kFamily, {{"storage.logs_or_temp_growth", 6}, {"storage.application_writes", .7}}, "the path in the message that reports the full disk"},
      {"storage.text_names_data", kFamily, {{"storage.application_writes", 4}, {"storage.logs_or_temp_growth", .5}}, "the path in the message that reports the full disk"},
      {"storage.rose_slowly", kFamily, {{"storage.logs_or_temp_growth", 12}, {"storage.application_writes", .3}, {"storage.image_layers", .3}}, kCurve},
      {"storage.rose_suddenly", kFamily, {{"storage.application_writes", 10}, {"storage.logs_or_temp_growth", .15}, {"storage.default_size_too_small", .5}}, kCurve},
      {"storage.full_from_start", kFamily, {{"storage.image_layers", 10}, {"storage.logs_or_temp_growth", .2}}, kCurve},
      {"storage.near_limit_for_long", kFamily, {{"storage.default_size_too_small", 10}, {"storage.application_writes", .5}, {"storage.logs_or_temp_growth", .5}}, kCurve},
      {"storage.image_takes_most", kFamily, {{"storage.image_layers", 15}, {"storage.default_size_too_small", 2}}, kGuide},
      {"storage.image_takes_little", kFamily, {{"storage.image_layers", .05}}, kGuide},
      {"storage.default_size", kFamily, {{"storage.default_size_too_small", 3}}, kGuide},
      {"storage.size_was_raised", kFamily, {{"storage.default_size_too_small", .02}}, kGuide},
      {"storage.ran_long", kFamily, {{"storage.logs_or_temp_growth", 4}, {"storage.image_layers", .3}}, "what grows slowly needs hours to fill 20 GiB"},
      {"storage.died_young", kFamily, {{"storage.application_writes", 2}, {"storage.image_layers", 3}, {"storage.logs_or_temp_growth", .15}}, "what grows slowly needs hours to fill 20 GiB"},
      {"storage.fails_alike", kFamily, {{"storage.default_size_too_small", 4}, {"storage.logs_or_temp_growth", .5}}, "runs that end after the same time do the same work, and it does not fit"},
      {"storage.log_names_more_than_fits", kFamily, {{"storage.default_size_too_small", 8}, {"storage.application_writes", 1.5}, {"storage.logs_or_temp_growth", .3}}, "the application's own words in its log"},
      {"storage.logs_to_files", kFamily, {{"storage.logs_or_temp_growth", 2}}, "a container without a log driver writes its logs somewhere else"},
      {"storage.platform_before_1_4", kFamily, {{"storage.platform_cannot_extend", 200}}, kGuide},
      {"storage.no_alarm_exists", kFamily, {{"storage.no_alarm", 60}}, "cloudwatch describe-alarms"},
      {"storage.alarm_exists", kFamily, {{"storage.no_alarm", .02}}, "cloudwatch describe-alarms"},
  };
}

std::vector<EvidenceRow> change_rows() {
  return {
      {"change.image", kFamily, {{"storage.changed_image", 200}, {"storage.application_writes", 2}, {"storage.image_layers", 3}, {"storage.logs_or_temp_growth", 2}}, kChange},
      {"change.image_pushed", kFamily, {{"storage.changed_image", 100}, {"storage.application_writes", 2}, {"storage.image_layers", 3}, {"storage.logs_or_temp_growth", 2}}, kChange},
      {"change.ephemeral_storage", kFamily, {{"storage.default_size_too_small", 10}}, kChange},
      {"change.volumes", kFamily, {{"storage.application_writes", 5}}, kChange},
      {"change.log_configuration", kFamily, {{"storage.logs_or_temp_growth", 5}}, kChange},
      {"change.environment", kFamily, {{"storage.application_writes", 1.5}, {"storage.logs_or_temp_growth", 2}}, kChange},
      {"change.command", kFamily, {{"storage.application_writes", 2}, {"storage.logs_or_temp_growth", 2}}, kChange},
  };
}

}  // namespace

FamilyRows rows_of_storage() {
  FamilyRows rows{fixes(), causes(), {}};
  for (auto more : {rows_of_evidence, change_rows}) {
    for (EvidenceRow& row : more()) rows.evidence.push_back(std::move(row));
  }
  return rows;
}

}  // namespace doctor::diagnose
