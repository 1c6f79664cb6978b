#include "verify/task_calls.h"

#include <algorithm>

#include "core/arn.h"
#include "iam/api_call.h"

namespace doctor::verify {
namespace {

constexpr const char* kExecActions[] = {"ssmmessages:CreateControlChannel", "ssmmessages:CreateDataChannel",
                                        "ssmmessages:OpenControlChannel", "ssmmessages:OpenDataChannel"};
constexpr const char* kPullActions[] = {"ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer",
                                        "ecr:BatchGetImage"};

// "111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/web:7" -> the repository's ARN; "" where it is not
// ECR's.
std::string repository_of(std::string_view image, std::string_view partition) {
  const auto slash = image.find('/');
  const auto mark = image.find(".dkr.ecr.");
  if (slash == std::string_view::npos || mark == std::string_view::npos || mark > slash) return {};
  const auto account = image.substr(0, mark);
  auto rest = image.substr(mark + 9, slash - mark - 9);
  const auto region = rest.substr(0, rest.find('.'));
  auto name = image.substr(slash + 1);
  name = name.substr(0, name.find('@'));
  name = name.substr(0, name.rfind(':'));
  return "arn:" + std::string(partition) + ":ecr:" + std::string(region) + ":" + std::string(account) +
         ":repository/" + std::string(name);
}

std::string option_of(const facts::ContainerDefinition& container, const std::string& key) {
  const auto found = container.log_options.find(key);
  return found == container.log_options.end() ? std::string{} : found->second;
}

struct Calls {
  std::vector<RoleCall> out;
  void add(const std::string& role, std::string action, std::string resource, std::string endpoint) {
    if (role.empty()) return;
    const bool there = std::any_of(out.begin(), out.end(), [&](const RoleCall& call) {
      return call.role_arn == role && call.action == action && call.resource == resource;
    });
    if (!there) out.push_back({role, std::move(action), std::move(resource), std::move(endpoint)});
  }
};

}  // namespace

std::vector<RoleCall> calls_of_task(const facts::Place& place, const facts::TaskDefinition& definition,
                                    bool exec) {
  const std::string partition(iam::partition_of_region(place.region));
  const std::string here = ":" + place.region + ":" + place.account + ":";
  const std::string& role = definition.execution_role_arn;
  Calls calls;
  for (const auto& container : definition.containers) {
    if (const auto repository = repository_of(container.image, partition); !repository.empty()) {
      calls.add(role, "ecr:GetAuthorizationToken", "*", "ecr.api");
      for (const auto* action : kPullActions) calls.add(role, action, repository, "ecr.dkr");
    }
    if (container.log_driver == "awslogs") {
      const auto group = option_of(container, "awslogs-group");
      const auto region = option_of(container, "awslogs-region");
      const auto arn = "arn:" + partition + ":logs:" + (region.empty() ? place.region : region) + ":" +
                       place.account + ":log-group:" + group + ":log-stream:*";
      calls.add(role, "logs:CreateLogStream", arn, "logs");
      calls.add(role, "logs:PutLogEvents", arn, "logs");
    }
    for (const auto& secret : container.secrets) {
      const bool is_arn = secret.value_from.starts_with("arn:");
      if (is_arn && secret.value_from.find(":secretsmanager:") != std::string::npos) {
        // "arn:…:secret:NAME-AbCdEf:json-key:stage:id": the first seven parts are the secret's own.
        std::size_t end = 0;
        for (int colons = 0; end < secret.value_from.size(); ++end) {
          if (secret.value_from[end] == ':' && ++colons == 7) break;
        }
        calls.add(role, "secretsmanager:GetSecretValue", secret.value_from.substr(0, end), "secretsmanager");
      } else {
        const auto slash = secret.value_from.starts_with("/") ? "" : "/";
        calls.add(role, "ssm:GetParameters",
                  is_arn ? secret.value_from
                         : "arn:" + partition + ":ssm" + here + "parameter" + slash + secret.value_from,
                  "ssm");
      }
    }
  }
  if (exec) {
    for (const auto* action : kExecActions) calls.add(definition.task_role_arn, action, "*", "ssmmessages");
  }
  return std::move(calls.out);
}

}  // namespace doctor::verify
