#include "diagnose/sign_rows.h"

// One row a wording: id, phrases, family, cause, specificity, meaning, document.
// clang-format off
namespace doctor::diagnose {
namespace {

using namespace title;

constexpr std::string_view kImage = "FargateImageSizeExceeded";

constexpr std::string_view kTooLarge =
    "The image, unpacked, does not fit into the task's ephemeral storage.";
constexpr std::string_view kPullTimeout =
    "The pull of the image did not end in time: a slow or missing network path, or a very large image.";
constexpr std::string_view kLayerTimeout =
    "The registry answered, but the image's layers did not arrive in time.";
constexpr std::string_view kUnreachable = "The task could not reach the image registry.";
constexpr std::string_view kMissing = "The registry has no such image, tag or digest.";
constexpr std::string_view kDenied = "The registry refused the pull: the execution role, the repository policy or the credentials do not allow it.";
constexpr std::string_view kArchitecture =
    "The image was built for another CPU architecture or operating system than the task runs on.";
constexpr std::string_view kRateLimited = "The registry limits how often this address or account may pull.";
constexpr std::string_view kSecretsUnreachable =
    "The task could not reach the service that holds its secrets or its registry credentials.";
constexpr std::string_view kSecretsDenied =
    "The execution role may not read a secret, a parameter or its key.";
constexpr std::string_view kSecretMissing =
    "A secret or parameter that the task definition names does not exist in this region.";
constexpr std::string_view kLogs =
    "The log driver could not be set up: the log group is missing, out of reach or denied.";
constexpr std::string_view kVolumeFailed = "A volume of the task could not be mounted.";

std::vector<Sign> pull_size_signs() {
  return {
      {"image.no_space", "cannotpullcontainererror|no space left on device", kImage, "image.larger_than_storage", 65, kTooLarge, kCannotPull},
      {"image.no_space", "failed to extract layer|no space left on device", kImage, "image.larger_than_storage", 65, kTooLarge, kCannotPull},
      {"image.no_space", "failed to register layer|no space left on device", kImage, "image.larger_than_storage", 65, kTooLarge, kCannotPull},
      {"image.no_space", "getimageblob|no space left on device", kImage, "image.larger_than_storage", 65, kTooLarge, kCannotPull},
      {"image.no_space", "has been retried|no space left on device", kImage, "image.larger_than_storage", 65, kTooLarge, kCannotPull},
      {"image.layer_timeout", "cannotpullcontainererror|failed to copy|i/o timeout", kImage, "image.pull_timeout_slow_path", 55, kLayerTimeout, kCannotPull},
      {"image.layer_timeout", "cannotpullcontainererror|failed to copy|context deadline exceeded", kImage, "image.pull_timeout_slow_path", 55, kLayerTimeout, kCannotPull},
      {"image.layer_timeout", "starport-layer-bucket|i/o timeout", kImage, "image.pull_timeout_slow_path", 56, kLayerTimeout, kCannotPull},
      {"image.layer_timeout", "starport-layer-bucket|deadline exceeded", kImage, "image.pull_timeout_slow_path", 56, kLayerTimeout, kCannotPull},
      {"image.layer_timeout", "cannotpullcontainererror|unexpected eof", kImage, "image.pull_timeout_slow_path", 50, "The download of a layer broke off.", kCannotPull},
      {"image.layer_timeout", "cannotpullcontainererror|connection reset by peer", kImage, "image.pull_timeout_slow_path", 50, "The download of a layer broke off.", kCannotPull},
      {"image.pull_timeout", "cannotpullcontainererror|i/o timeout", kImage, "image.pull_timeout_slow_path", 50, kPullTimeout, kCannotPull},
      {"image.pull_timeout", "cannotpullcontainererror|deadline exceeded", kImage, "image.pull_timeout_slow_path", 50, kPullTimeout, kCannotPull},
      {"image.pull_timeout", "has been retried|failed to resolve ref|i/o timeout", kImage, "image.pull_timeout_slow_path", 50, kPullTimeout, kCannotPull},
      {"image.pull_timeout", "ref pull has been retried|deadline exceeded", kImage, "image.pull_timeout_slow_path", 50, kPullTimeout, kCannotPull},
      {"image.pull_timeout", "cannotpullcontainererror|request canceled while waiting for connection", kImage, "image.pull_timeout_slow_path", 52, "The registry did not answer: no route to it, or none that is fast enough.", kCannotPull},
      {"image.pull_timeout", "api error (500)|request canceled while waiting for connection", kImage, "image.pull_timeout_slow_path", 52, "The registry did not answer: no route to it, or none that is fast enough.", kCannotPull},
      {"image.pull_timeout", "error response from daemon: get|request canceled", kImage, "image.pull_timeout_slow_path", 52, "The registry did not answer: no route to it, or none that is fast enough.", kCannotPull},
      {"image.pull_timeout", "cannotpullcontainererror|tls handshake timeout", kImage, "image.pull_timeout_slow_path", 52, kPullTimeout, kCannotPull},
      {"image.pull_timeout", "cannotpullcontainererror|context canceled", kImage, "image.pull_timeout_slow_path", 50, "The pull was given up; most often the VPC has no route to the registry.", kCannotPull},
      {"image.pull_timeout", "cannotpullcontainererror|timed out", kImage, "image.pull_timeout_slow_path", 45, kPullTimeout, kCannotPull},
      {"image.s3_path", "pull command failed: panic: runtime error: invalid memory address", kImage, "image.pull_timeout_slow_path", 55, "The layers in Amazon S3 could not be fetched: look at the security group and the gateway endpoint's route.", kCannotPull},
  };
}

std::vector<Sign> pull_other_signs() {
  return {
      {"stop.image_unreachable", "the task cannot pull|from the amazon ecr repository|connection issue", kNone, "stop.image_unreachable", 60, kUnreachable, kCannotPull},
      {"stop.image_unreachable", "the task can't pull the image. check your network configuration", kNone, "stop.image_unreachable", 60, kUnreachable, kCannotPull},
      {"stop.image_unreachable", "cannotpullcontainererror|check your network configuration", kNone, "stop.image_unreachable", 58, kUnreachable, kCannotPull},
      {"stop.image_unreachable", "cannotpullcontainererror|check your task network configuration", kNone, "stop.image_unreachable", 58, kUnreachable, kCannotPull},
      {"stop.image_unreachable", "cannotpullcontainererror|no such host", kNone, "stop.image_unreachable", 58, "The registry's name does not resolve in the task's VPC.", kCannotPull},
      {"stop.image_unreachable", "cannotpullcontainererror|connection refused", kNone, "stop.image_unreachable", 58, kUnreachable, kCannotPull},
      {"stop.image_unreachable", "cannotpullcontainererror|network is unreachable", kNone, "stop.image_unreachable", 58, kUnreachable, kCannotPull},
      {"stop.image_missing", "cannotpullcontainererror|manifest unknown", kNone, "stop.image_missing", 60, kMissing, kCannotPull},
      {"stop.image_missing", "cannotpullcontainererror|not found", kNone, "stop.image_missing", 52, kMissing, kCannotPull},
      {"stop.image_missing", "failed to resolve ref|: not found", kNone, "stop.image_missing", 55, kMissing, kCannotPull},
      {"stop.image_missing", "name unknown: the repository with name", kNone, "stop.image_missing", 62, "The registry has no repository of this name.", kCannotPull},
      {"stop.image_missing", "can't pull the image. check whether the image exists", kNone, "stop.image_missing", 60, kMissing, kCannotPull},
      {"stop.image_missing", "repositorynotfoundexception", kNone, "stop.image_missing", 55, "The registry has no repository of this name.", kCannotPull},
      {"stop.image_missing", "imagenotfoundexception", kNone, "stop.image_missing", 55, kMissing, kCannotPull},
      {"stop.image_missing", "cannotpullcontainererror|invalid reference format", kNone, "stop.image_missing", 58, "The task definition's image is no valid image name.", kCannotPull},
      {"stop.image_missing", "cannotpullimagemanifesterror", kNone, "stop.image_missing", 40, "ECS could not read the image's manifest to fix its digest for the deployment.", kCannotPull},
      {"stop.image_denied", "pull access denied", kNone, "stop.image_denied", 60, kDenied, kCannotPull},
      {"stop.image_denied", "check that the role has the permissions to pull images", kNone, "stop.image_denied", 60, kDenied, kCannotPull},
      {"stop.image_denied", "check if image exists and role", kNone, "stop.image_denied", 58, kDenied, kCannotPull},
      {"stop.image_denied", "not authorized to perform: ecr:", kNone, "stop.image_denied", 64, kDenied, kExecutionRole},
      {"stop.image_denied", "not authorized to perform: ecr-public:", kNone, "stop.image_denied", 64, kDenied, kExecutionRole},
      {"stop.image_denied", "no basic auth credentials", kNone, "stop.image_denied", 60, kDenied, kCannotPull},
      {"stop.image_denied", "cannotpullcontainererror|403 forbidden", kNone, "stop.image_denied", 58, kDenied, kCannotPull},
      {"stop.image_denied", "cannotpullcontainererror|401 unauthorized", kNone, "stop.image_denied", 58, kDenied, kCannotPull},
      {"stop.image_denied", "cannotpullcontainererror|unauthorized:", kNone, "stop.image_denied", 58, kDenied, kCannotPull},
      {"stop.image_denied", "requested access to the resource is denied", kNone, "stop.image_denied", 58, kDenied, kCannotPull},
      {"stop.image_denied", "insufficient_scope: authorization failed", kNone, "stop.image_denied", 60, kDenied, kCannotPull},
      {"stop.image_denied", "unable to retrieve ecr registry auth|accessdenied", kNone, "stop.image_denied", 62, "The execution role may not fetch a registry token (ecr:GetAuthorizationToken).", kExecutionRole},
      {"stop.image_denied", "cannot pull registry auth|accessdenied", kNone, "stop.image_denied", 62, "The execution role may not fetch a registry token (ecr:GetAuthorizationToken).", kExecutionRole},
      {"stop.image_denied", "failed to copy: httpread|unexpected status code", kNone, "stop.image_denied", 45, "The image's layers could not be fetched; the status code after it says why.", kCannotPull},
      {"stop.image_architecture", "exec format error", kNone, "stop.image_architecture", 62, kArchitecture, kCannotStart},
      {"stop.image_architecture", "no matching manifest for", kNone, "stop.image_architecture", 62, kArchitecture, kCannotPull},
      {"stop.image_architecture", "does not contain descriptor matching platform", kNone, "stop.image_architecture", 62, kArchitecture, kCannotPull},
      {"stop.image_architecture", "image operating system|cannot be used on this platform", kNone, "stop.image_architecture", 62, kArchitecture, kCannotPull},
      {"stop.image_rate_limited", "toomanyrequests", kNone, "stop.image_rate_limited", 62, kRateLimited, kCannotPull},
      {"stop.image_rate_limited", "429 too many requests", kNone, "stop.image_rate_limited", 62, kRateLimited, kCannotPull},
      {"stop.image_rate_limited", "reached your pull rate limit", kNone, "stop.image_rate_limited", 62, kRateLimited, kCannotPull},
      {"stop.image_rate_limited", "unauthenticated pull rate limit", kNone, "stop.image_rate_limited", 62, kRateLimited, kCannotPull},
      {"stop.pull_failed", "cannotpullcontainererror", kNone, "", 20, "The container's image could not be pulled; what follows says why.", kCannotPull},
      {"stop.pull_failed", "cannotpullcontainer", kNone, "", 18, "The container's image could not be pulled; what follows says why.", kCannotPull},
      {"stop.pull_failed", "cannotpullecrcontainererror", kNone, "", 20, "The container's image could not be pulled from Amazon ECR; what follows says why.", kCannotPull},
      {"stop.pull_failed", "error pulling image conf", kNone, "", 40, "The image's configuration could not be fetched: a rate limit or the network.", kCannotPull},
  };
}

std::vector<Sign> secrets_signs() {
  return {
      {"stop.secrets_unreachable", "the task cannot pull registry auth from amazon ecr|connection issue", kNone, "stop.secrets_unreachable", 60, kSecretsUnreachable, kResourceInit},
      {"stop.secrets_unreachable", "the task cannot pull secrets|connection issue", kNone, "stop.secrets_unreachable", 60, kSecretsUnreachable, kResourceInit},
      {"stop.secrets_unreachable", "cannot pull secrets from aws|check your network connection", kNone, "stop.secrets_unreachable", 60, kSecretsUnreachable, kResourceInit},
      {"stop.secrets_unreachable", "there is a connection issue between the task and aws secrets manager", kNone, "stop.secrets_unreachable", 60, kSecretsUnreachable, kResourceInit},
      {"stop.secrets_unreachable", "there is a connection issue between the task and aws systems manager", kNone, "stop.secrets_unreachable", 60, kSecretsUnreachable, kResourceInit},
      {"stop.secrets_unreachable", "unable to pull secrets or registry auth|i/o timeout", kNone, "stop.secrets_unreachable", 55, kSecretsUnreachable, kResourceInit},
      {"stop.secrets_unreachable", "unable to pull secrets or registry auth|deadline exceeded", kNone, "stop.secrets_unreachable", 55, kSecretsUnreachable, kResourceInit},
      {"stop.secrets_unreachable", "unable to pull secrets or registry auth|send request failed", kNone, "stop.secrets_unreachable", 55, kSecretsUnreachable, kResourceInit},
      {"stop.secrets_unreachable", "unable to pull secrets or registry auth|request canceled", kNone, "stop.secrets_unreachable", 55, kSecretsUnreachable, kResourceInit},
      {"stop.secrets_unreachable", "unable to pull secrets or registry auth|requestcanceled", kNone, "stop.secrets_unreachable", 55, kSecretsUnreachable, kResourceInit},
      {"stop.secrets_unreachable", "unable to pull secrets or registry auth|context canceled", kNone, "stop.secrets_unreachable", 55, kSecretsUnreachable, kResourceInit},
      {"stop.secrets_unreachable", "unable to pull secrets or registry auth|no such host", kNone, "stop.secrets_unreachable", 55, kSecretsUnreachable, kResourceInit},
      {"stop.secrets_failed", "unable to pull secrets or registry auth", kNone, "stop.secrets_unreachable", 40, "The task could not fetch its secrets or its registry credentials; what follows says why.", kResourceInit},
      {"stop.secrets_unreachable", "failed to download env files|requestcanceled", kNone, "stop.secrets_unreachable", 55, "The task could not reach the environment file in Amazon S3.", kResourceInit},
      {"stop.secrets_denied", "not authorized to perform: secretsmanager:", kNone, "stop.secrets_denied", 65, kSecretsDenied, kExecutionRole},
      {"stop.secrets_denied", "not authorized to perform: ssm:getparameter", kNone, "stop.secrets_denied", 65, kSecretsDenied, kExecutionRole},
      {"stop.secrets_denied", "unable to pull secrets or registry auth|not authorized to perform: kms:", kNone, "stop.secrets_denied", 65, kSecretsDenied, kExecutionRole},
      {"stop.secrets_denied", "not authorized to perform: kms:decrypt", kNone, "stop.secrets_denied", 55, kSecretsDenied, kExecutionRole},
      {"stop.secrets_denied", "unable to pull secrets or registry auth|access to kms is not allowed", kNone, "stop.secrets_denied", 65, kSecretsDenied, kExecutionRole},
      {"stop.secrets_denied", "unable to pull secrets or registry auth|accessdenied", kNone, "stop.secrets_denied", 58, kSecretsDenied, kExecutionRole},
      {"stop.secrets_denied", "fetching secret data from|accessdenied", kNone, "stop.secrets_denied", 58, kSecretsDenied, kExecutionRole},
      {"stop.secrets_denied", "failed to download env files|accessdenied", kNone, "stop.secrets_denied", 58, "The execution role may not read the environment file in Amazon S3.", kExecutionRole},
      {"stop.secrets_missing", "the task can't retrieve the secret with arn", kNone, "stop.secrets_missing", 60, kSecretMissing, kResourceNotFound},
      {"stop.secrets_missing", "secrets manager can't find the specified secret", kNone, "stop.secrets_missing", 60, kSecretMissing, kResourceNotFound},
      {"stop.secrets_missing", "unable to pull secrets or registry auth|resourcenotfoundexception", kNone, "stop.secrets_missing", 58, kSecretMissing, kResourceNotFound},
      {"stop.secrets_missing", "invalid ssm parameters", kNone, "stop.secrets_missing", 58, kSecretMissing, kResourceInit},
      {"stop.secrets_missing", "unable to pull secrets or registry auth|parameternotfound", kNone, "stop.secrets_missing", 58, kSecretMissing, kResourceInit},
      {"stop.secrets_missing", "retrieved secret from|did not contain json key", kNone, "stop.secrets_missing", 60, "The secret exists, but has no such JSON key.", kResourceInit},
      {"stop.role_not_assumed", "ecs was unable to assume the role", kNone, "", 60, "ECS may not assume the task's role: it is gone, or its trust policy does not name ecs-tasks.amazonaws.com.", kServiceEvents},
      {"stop.role_not_assumed", "iam trust relationship has been misconfigured", kNone, "", 55, "ECS may not assume the role any more: its trust policy was changed.", kServiceEvents},
      {"stop.iam_changed", "iam permissions policies have been misconfigured", kNone, "", 55, "A role of the service lost permissions that ECS needs to keep it running.", kServiceEvents},
  };
}

std::vector<Sign> log_and_volume_signs() {
  return {
      {"stop.logs_unavailable", "the task cannot find the amazon cloudwatch log group", kNone, "stop.logs_unavailable", 60, kLogs, kResourceInit},
      {"stop.logs_unavailable", "failed to validate logger args", kNone, "stop.logs_unavailable", 58, kLogs, kResourceInit},
      {"stop.logs_unavailable", "failed to initialize logging driver", kNone, "stop.logs_unavailable", 58, kLogs, kResourceInit},
      {"stop.logs_unavailable", "failed to create cloudwatch log", kNone, "stop.logs_unavailable", 58, kLogs, kResourceInit},
      {"stop.logs_unavailable", "specified log group does not exist", kNone, "stop.logs_unavailable", 58, "The log group that the task definition names does not exist.", kResourceInit},
      {"stop.logs_unavailable", "connection issue between the task and amazon cloudwatch", kNone, "stop.logs_unavailable", 60, kLogs, kResourceInit},
      {"stop.logs_unavailable", "not authorized to perform: logs:", kNone, "stop.logs_unavailable", 60, "The execution role may not write to the log group.", kExecutionRole},
      {"stop.logs_unavailable", "failed to create log driver", kNone, "stop.logs_unavailable", 58, kLogs, kResourceInit},
      {"stop.volume_unavailable", "failed to invoke efs utils commands", kNone, "stop.volume_unavailable", 60, "The task could not mount its Amazon EFS file system.", kResourceInit},
      {"stop.volume_unavailable", "mount.nfs4:", kNone, "stop.volume_unavailable", 55, "The task could not mount its Amazon EFS file system.", kResourceInit},
      {"stop.volume_unavailable", "failed to resolve|.efs.", kNone, "stop.volume_unavailable", 55, "The EFS file system's name does not resolve: no mount target in the zone, or no DNS in the VPC.", kResourceInit},
      {"stop.volume_unavailable", "cannotcreatevolumeerror", kNone, "stop.volume_unavailable", 50, kVolumeFailed, kVolume},
      {"stop.volume_unavailable", "not authorized to perform: elasticfilesystem:", kNone, "stop.volume_unavailable", 60, "The role may not mount the EFS file system.", kResourceInit},
      {"stop.resource_init", "resourceinitializationerror", kNone, "", 20, "Fargate could not set up what the task needs before its containers start; what follows says what.", kResourceInit},
  };
}

}  // namespace

std::vector<Sign> signs_of_start() {
  std::vector<Sign> all;
  for (auto signs_of : {pull_size_signs, pull_other_signs, secrets_signs, log_and_volume_signs}) {
    const std::vector<Sign> signs = signs_of();
    all.insert(all.end(), signs.begin(), signs.end());
  }
  return all;
}

}  // namespace doctor::diagnose
