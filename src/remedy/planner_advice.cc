// What no call of AWS's can do for anyone, said so that somebody can do it.
#include <algorithm>
#include <iterator>

#include "remedy/planner_draft.h"

namespace doctor::remedy {
namespace {

struct AdviceRow {
  std::string_view fix, text;
};

// clang-format off
constexpr AdviceRow kAdvice[] = {
    {"handle_sigterm", "end on SIGTERM within the stop timeout: let the process be the container's first (exec form of ENTRYPOINT, no shell in between), stop taking work, finish, exit"},
    {"spread_launches", "launch in smaller batches, with exponential backoff and jitter between them; a service does so by itself, RunTask loops do not"},
    {"retry_later", "try again with exponential backoff and jitter: capacity in a zone comes and goes within minutes"},
    {"support_case", "open a case with AWS Support that names the task ARNs and their times in UTC"},
    {"limit_written_files", "bound what the application keeps on disk: delete temporary files when done, stream instead of spooling, set a size limit on caches"},
    {"fix_memory_use", "bound the application's memory below the container's limit (a JVM by -XX:MaxRAMPercentage, Node.js by --max-old-space-size), and look for what grows"},
    {"read_logs_and_fix_application", "read the container's last log lines and correct the application: the exit code is its own"},
    {"nothing_to_repair", "nothing to repair: the stop was asked for"},
    {"install_session_plugin", "install the Session Manager plugin where the AWS CLI runs (Install the Session Manager plugin for the AWS CLI)"},
    {"push_image_again", "push the missing image again under this tag, or a new one under a tag that is never moved (imageTagMutability IMMUTABLE)"},
    {"correct_secret_reference", "point the task definition at a secret that exists, by its full ARN, in the task's region; what the secret is called is for its owner to say"},
    {"correct_volume", "correct the volume: file system and access point exist, a mount target stands in every zone of the service, and its group lets NFS (2049) in"},
    {"correct_target_health_check", "let the target group's health check ask a path that the application answers with 200 without a login, on the traffic port: aws elbv2 modify-target-group --health-check-path"},
    {"correct_scaling_policy", "correct the scaling policy or its smallest capacity: aws application-autoscaling register-scalable-target --min-capacity"},
    {"move_writes_to_efs", "write large or lasting data to Amazon EFS or Amazon S3: which paths are meant is for the application's owners to say"},
    {"authenticate_registry_pulls", "keep the registry's credentials in Secrets Manager and name the secret in repositoryCredentials of the container (Private registry authentication)"},
    {"mirror_image_to_ecr", "keep a copy of the image in Amazon ECR in the task's own region, by a pull through cache rule or by pushing it there"},
    {"lazy_load_image", "push a SOCI index beside the image, so that Fargate starts the container before all of it is there (Lazy loading container images using SOCI)"},
    {"share_base_layers", "build the task's images on one base and without repeated layers: a layer that two images share is pulled once"},
    {"restrict_stop_calls", "narrow who may call ecs:StopTask and ecs:UpdateService on this service: who that is, CloudTrail shows (fargate-doctor iam minimum --trail)"},
};
// clang-format on

}  // namespace

std::string_view advice_of(std::string_view fix) {
  const auto* found = std::find_if(std::begin(kAdvice), std::end(kAdvice),
                                   [&](const AdviceRow& row) { return row.fix == fix; });
  return found == std::end(kAdvice) ? std::string_view{} : found->text;
}

}  // namespace doctor::remedy
