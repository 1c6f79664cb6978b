#include "lab/fargate_image.h"

#include <algorithm>
#include <cmath>

#include "core/arn.h"
#include "lab/ecs_permission.h"
#include "lab/fargate_path.h"

namespace doctor::lab {

namespace {

constexpr double kMib = 1024.0 * 1024.0;
constexpr double kUnpackRatio = 2.5;         // unpacked over compressed bytes: typically 2 to 3
constexpr double kUnpackMibPerSecond = 400;  // of unpacked bytes
constexpr double kPathMibPerSecond = 90;
constexpr double kPublicImageMib = 48;

struct ImageName {
  std::string registry, repository, reference;  // reference: tag or sha256:…
};

ImageName parse(const std::string& image) {
  ImageName name;
  const auto slash = image.find('/');
  std::string rest = image;
  if (slash != std::string::npos && image.find('.') < slash) {
    name.registry = image.substr(0, slash);
    rest = image.substr(slash + 1);
  }
  const auto at = rest.find('@');
  const auto colon = at == std::string::npos ? rest.rfind(':') : at;
  name.repository = rest.substr(0, colon);
  name.reference = colon == std::string::npos ? "latest" : rest.substr(colon + 1);
  return name;
}

core::Duration seconds(double value) {
  return core::Duration{static_cast<long long>(std::llround(value * 1000))};
}

std::string registry_host(const EcsScope& here) {
  return here.world.account + ".dkr.ecr." + here.region + ".amazonaws.com";
}

std::string layer_url(const EcsScope& here) {
  return "https://prod-" + here.region + "-starport-layer-bucket.s3." + here.region + ".amazonaws.com/" +
         here.world.ids.hex(6) + "-" + here.world.account + "-" + here.world.ids.uuid();
}

double path_rate(const EcsScope& here, const TaskRecord& task) {
  const auto slow = here.ecs.faults.path_mib_per_second.find(task.attachment.subnet_id);
  return slow == here.ecs.faults.path_mib_per_second.end() ? kPathMibPerSecond : slow->second;
}

std::string execution_session(const EcsScope& here, const TaskRecord& task,
                              const TaskDefinitionRecord& definition) {
  return here.world.role_session_arn(std::string(core::short_name(definition.execution_role_arn)), task.id);
}

// Times for the bytes, or the time-out that ends it.
Pull transfer(const EcsScope& here, const TaskRecord& task, double compressed_mib, double occupied_gib,
              const std::string& layer_digest) {
  Pull pull;
  const auto way = seconds(compressed_mib / path_rate(here, task));
  if (way > here.ecs.pull_timeout) {
    pull.takes = here.ecs.pull_timeout;
    pull.failure =
        "CannotPullContainerError: ref pull has been retried 1 time(s): failed to copy: "
        "httpReadSeeker: failed open: failed to do request: Get \"" +
        layer_url(here) + "\": context deadline exceeded";
    return pull;
  }
  pull.unpacked_gib = compressed_mib * kUnpackRatio / 1024;
  pull.takes = way + seconds(pull.unpacked_gib * 1024 / kUnpackMibPerSecond) + std::chrono::seconds{1};
  // The compressed layers lie beside what is unpacked of them until the pull is over.
  if (occupied_gib + pull.unpacked_gib + compressed_mib / 1024 > task.storage_gib) {
    pull.failure = "CannotPullContainerError: ref pull has been retried 1 time(s): failed to extract layer " +
                   layer_digest +
                   ": write /var/lib/containerd/"
                   "io.containerd.snapshotter.v1.overlayfs/snapshots/" +
                   std::to_string(40 + here.world.ids.below(40)) +
                   "/fs/opt/venv/lib/libcublasLt.so.12: no space left on device: unknown";
  }
  return pull;
}

}  // namespace

bool is_ecr_image(const std::string& image) {
  return image.find(".dkr.ecr.") != std::string::npos;
}

Pull pull_of(const EcsScope& here, const TaskRecord& task, const TaskDefinitionRecord& definition,
             const std::string& image, double occupied_gib) {
  const ImageName name = parse(image);
  const std::string& subnet = task.attachment.subnet_id;
  Pull pull;
  if (!is_ecr_image(image)) {
    if (way_to(here, task.network, subnet, "internet") == Way::none) {
      pull.takes = std::chrono::minutes{2};
      pull.failure =
          "CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to "
          "resolve ref docker.io/library/" +
          image +
          ": failed to do request: Head "
          "\"https://registry-1.docker.io/v2/library/" +
          name.repository + "/manifests/" + name.reference + "\": dial tcp 34.205.13.154:443: i/o timeout";
      return pull;
    }
    pull = transfer(here, task, kPublicImageMib, occupied_gib, "sha256:" + here.world.ids.hex(64));
    pull.digest = "sha256:" + std::string(64, 'a');
    return pull;
  }
  const std::string repository_arn = here.world.arn("ecr", here.region, "repository/" + name.repository);
  if (const auto may =
          role_may(here.world, definition.execution_role_arn, "ecr:BatchGetImage", repository_arn);
      !may.allowed) {
    pull.takes = std::chrono::seconds{3};
    pull.failure =
        "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to "
        "resolve ref " +
        image + ": pulling from host " + registry_host(here) + " failed with status code [manifests " +
        name.reference + "]: 403 Forbidden: " +
        not_authorized_text(execution_session(here, task, definition), "ecr:BatchGetImage", repository_arn,
                            may);
    return pull;
  }
  if (way_to(here, task.network, subnet, "ecr.dkr") == Way::none) {
    pull.takes = std::chrono::minutes{2};
    pull.failure =
        "CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to "
        "resolve ref " +
        image + ": failed to do request: Head \"https://" + registry_host(here) + "/v2/" + name.repository +
        "/manifests/" + name.reference + "\": dial tcp " + "10.0.0.9:443: i/o timeout";
    return pull;
  }
  const Image* found = find_image(here.world, here.region, name.repository, name.reference);
  if (!found) {
    pull.takes = std::chrono::seconds{4};
    pull.failure =
        "CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to "
        "resolve ref " +
        image + ": " + image + ": not found";
    return pull;
  }
  if (way_to(here, task.network, subnet, "s3") == Way::none) {
    pull.takes = std::chrono::minutes{3};
    pull.failure =
        "CannotPullContainerError: ref pull has been retried 5 time(s): failed to copy: "
        "httpReadSeeker: failed open: failed to do request: Get \"" +
        layer_url(here) + "\": dial tcp 52.218.97.10:443: i/o timeout";
    return pull;
  }
  std::string layer = "sha256:" + found->digest.substr(found->digest.find(':') + 1);
  const json manifest = json::parse(found->manifest, nullptr, false);
  std::int64_t largest = -1;
  for (const json& one : list_of(manifest, "layers")) {
    if (integer_of(one, "size", 0) <= largest) continue;
    largest = integer_of(one, "size", 0);
    layer = text_of(one, "digest");
  }
  pull = transfer(here, task, static_cast<double>(found->size) / kMib, occupied_gib, layer);
  pull.digest = found->digest;
  return pull;
}

std::string resources_failure(const EcsScope& here, const TaskRecord& task,
                              const TaskDefinitionRecord& definition) {
  const std::string& subnet = task.attachment.subnet_id;
  const std::string session = execution_session(here, task, definition);
  const std::string prefix =
      "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval "
      "failed: unable to retrieve ";
  const bool any_ecr = std::any_of(definition.containers.begin(), definition.containers.end(),
                                   [](const ContainerSpec& c) { return is_ecr_image(c.image); });
  if (any_ecr) {
    const std::string auth = prefix + "ecr registry auth: service call has been retried ";
    if (way_to(here, task.network, subnet, "ecr.api") == Way::none)
      return auth + "3 time(s): RequestError: send request failed caused by: Post \"https://api.ecr." +
             here.region +
             ".amazonaws.com/\": dial tcp 10.0.0.8:443: i/o timeout. Please check your task "
             "network configuration.";
    if (const auto may = role_may(here.world, definition.execution_role_arn, "ecr:GetAuthorizationToken");
        !may.allowed)
      return auth + "1 time(s): AccessDeniedException: " +
             not_authorized_text(session, "ecr:GetAuthorizationToken", "*", may) + " status code: 400";
  }
  for (const ContainerSpec& container : definition.containers) {
    for (const std::string& secret : container.secrets) {
      const bool manager = secret.find(":secretsmanager:") != std::string::npos;
      const std::string resource =
          manager || secret.rfind("arn:", 0) == 0
              ? secret
              : here.world.arn("ssm", here.region, "parameter/" + secret.substr(secret.front() == '/'));
      const std::string action = manager ? "secretsmanager:GetSecretValue" : "ssm:GetParameters";
      const std::string from =
          prefix + (manager ? "secret from asm" : "secrets from ssm") + ": service call has been retried ";
      if (way_to(here, task.network, subnet, manager ? "secretsmanager" : "ssm") == Way::none)
        return from + "5 time(s): failed to fetch secret " + resource +
               " from secrets manager: RequestCanceled: request context canceled caused by: context deadline "
               "exceeded. Please check your task network configuration.";
      if (const auto may = role_may(here.world, definition.execution_role_arn, action, resource);
          !may.allowed)
        return from + "1 time(s): failed to fetch secret " + resource + " from " +
               (manager ? "secrets manager" : "ssm") +
               ": AccessDeniedException: " + not_authorized_text(session, action, resource, may) +
               " status code: 400, request id: " + here.world.ids.uuid();
    }
  }
  for (const ContainerSpec& container : definition.containers) {
    if (container.log_driver != "awslogs") continue;
    const auto& groups = here.world.logs[here.region].groups;
    const std::string invalid =
        "ResourceInitializationError: failed to validate logger args: create stream "
        "has been retried 1 times: failed to create Cloudwatch log stream: ";
    if (!groups.contains(container.log_group))
      return invalid + "ResourceNotFoundException: The specified log group does not exist. : exit status 1";
    const std::string resource =
        here.world.arn("logs", here.region, "log-group:" + container.log_group + ":log-stream:*");
    if (const auto may =
            role_may(here.world, definition.execution_role_arn, "logs:CreateLogStream", resource);
        !may.allowed)
      return invalid +
             "AccessDeniedException: " + not_authorized_text(session, "logs:CreateLogStream", resource, may) +
             " : exit status 1";
    if (way_to(here, task.network, subnet, "logs") == Way::none)
      return "ResourceInitializationError: failed to validate logger args: create stream has been retried 3 "
             "times: failed to create Cloudwatch log stream: RequestError: send request failed caused by: "
             "Post \"https://logs." +
             here.region +
             ".amazonaws.com/\": dial tcp 10.0.0.7:443: i/o timeout : "
             "exit status 1";
  }
  return {};
}

}  // namespace doctor::lab
