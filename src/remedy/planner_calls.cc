// Which role needs which calls: what a task definition and its cluster ask for, and what AWS says was
// refused.
#include <fmt/format.h>

#include <algorithm>

#include "core/arn.h"
#include "core/glob.h"
#include "diagnose/platform_sight.h"
#include "facts/resource_policy.h"
#include "iam/denial.h"
#include "remedy/planner_statements.h"

namespace doctor::remedy {
namespace {

Calls secret_calls(const Draft& d) {
  Calls calls;
  for (const auto& container : d.definition->containers) {
    for (const facts::Secret& secret : container.secrets) {
      const auto arn = core::Arn::parse(secret.value_from);
      if (arn && arn->service == "secretsmanager") {
        const std::string secret_arn = facts::secret_arn_of(secret.value_from);
        calls.emplace_back("secretsmanager:GetSecretValue", secret_arn);
        const std::string key = facts::key_of_secret(*d.place, secret_arn);
        if (!key.empty()) calls.emplace_back("kms:Decrypt", key);
      } else if (arn) {
        calls.emplace_back("ssm:GetParameters", secret.value_from);
      } else {  // a parameter of this account and region, by its name
        const std::string name =
            secret.value_from.starts_with("/") ? secret.value_from : "/" + secret.value_from;
        calls.emplace_back("ssm:GetParameters", fmt::format("arn:{}:ssm:{}:{}:parameter{}", partition_of(d),
                                                            d.place->region, d.place->account, name));
      }
    }
  }
  return calls;
}

Calls image_calls(const Draft& d) {
  Calls calls;
  for (const auto& container : d.definition->containers) {
    const diagnose::ImageName name = diagnose::image_name_of(container.image);
    if (!name.in_ecr) continue;
    const std::string repository =
        fmt::format("arn:{}:ecr:{}:{}:repository/{}", partition_of(d), name.region,
                    name.registry.substr(0, name.registry.find('.')), name.repository);
    calls.emplace_back("ecr:GetAuthorizationToken", "*");
    calls.emplace_back("ecr:BatchGetImage", repository);
    calls.emplace_back("ecr:GetDownloadUrlForLayer", repository);
  }
  return calls;
}

Calls log_calls(const Draft& d) {
  Calls calls;
  for (const auto& container : d.definition->containers) {
    const auto group = container.log_options.find("awslogs-group");
    if (container.log_driver != "awslogs" || group == container.log_options.end()) continue;
    const auto region = container.log_options.find("awslogs-region");
    const std::string arn =
        fmt::format("arn:{}:logs:{}:{}:log-group:{}", partition_of(d),
                    region == container.log_options.end() ? d.place->region : region->second,
                    d.place->account, group->second);
    const auto create = container.log_options.find("awslogs-create-group");
    if (create != container.log_options.end() && create->second == "true")
      calls.emplace_back("logs:CreateLogGroup", arn);
    calls.emplace_back("logs:CreateLogStream", arn + ":log-stream:*");
    calls.emplace_back("logs:PutLogEvents", arn + ":log-stream:*");
  }
  return calls;
}

// What the cluster's session configuration asks of the task role ("Logging ECS Exec", "Prerequisites").
Calls session_calls(const Draft& d) {
  Calls calls;
  if (d.cluster == nullptr || !d.cluster->execute_command) return calls;
  const auto& set = *d.cluster->execute_command;
  if (!set.kms_key_id.empty()) {
    calls.emplace_back("kms:Decrypt", set.kms_key_id.starts_with("arn:")
                                          ? set.kms_key_id
                                          : fmt::format("arn:{}:kms:{}:{}:key/{}", partition_of(d),
                                                        d.place->region, d.place->account, set.kms_key_id));
  }
  if (!set.log_group.empty()) {
    const std::string arn = fmt::format("arn:{}:logs:{}:{}:log-group:{}", partition_of(d), d.place->region,
                                        d.place->account, set.log_group);
    calls.emplace_back("logs:DescribeLogGroups", "*");
    for (const char* action : {"logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"}) {
      calls.emplace_back(
          action, arn + (std::string_view(action) == "logs:DescribeLogStreams" ? ":*" : ":log-stream:*"));
    }
  }
  if (!set.s3_bucket.empty()) {
    calls.emplace_back("s3:PutObject", fmt::format("arn:{}:s3:::{}/*", partition_of(d), set.s3_bucket));
    calls.emplace_back("s3:GetEncryptionConfiguration",
                       fmt::format("arn:{}:s3:::{}", partition_of(d), set.s3_bucket));
  }
  return calls;
}

// What AWS's own words on the incident's tasks say: who was refused which action on what.
RoleCalls calls_in_words(const Draft& d) {
  std::string words;
  for (const std::string& arn : d.incident->task_arns) {
    const auto task = d.place->tasks.find(arn);
    if (task == d.place->tasks.end()) continue;
    words += task->second.stopped_reason + "\n";
    for (const auto& container : task->second.containers) words += container.reason + "\n";
    if (words.size() > 100'000) break;  // they repeat themselves
  }
  RoleCalls found;
  const auto denials = iam::parse_denials(words);
  if (!denials) return found;
  for (const iam::Denial& denial : *denials) {
    const std::string role = role_of_session(denial.principal);
    if (!core::contains(role, ":role/") || denial.action.empty() || denial.resource.empty()) continue;
    if (found.role_arn.empty()) found.role_arn = role;
    const std::pair<std::string, std::string> call{denial.action, denial.resource};
    if (role == found.role_arn &&
        std::find(found.calls.begin(), found.calls.end(), call) == found.calls.end())
      found.calls.push_back(call);
  }
  return found;
}

}  // namespace

std::string partition_of(const Draft& d) {
  const auto arn = core::Arn::parse(d.definition != nullptr ? d.definition->arn : "");
  return arn ? arn->partition : "aws";
}

bool cause_is_about(const Draft& d, std::string_view word) {
  return d.cause != nullptr && core::contains(d.cause->id, word);
}

std::string role_of_session(const std::string& principal) {
  const auto arn = core::Arn::parse(principal);
  constexpr std::string_view kSession = "assumed-role/";
  if (!arn || !arn->resource.starts_with(kSession)) return principal;
  const auto name = arn->resource.substr(kSession.size());
  return fmt::format("arn:{}:iam::{}:role/{}", arn->partition, arn->account, name.substr(0, name.find('/')));
}

RoleCalls refused_calls(const Draft& d) {
  if (d.definition == nullptr) return calls_in_words(d);
  if (cause_is_about(d, "exec.log_or_kms")) return {d.definition->task_role_arn, session_calls(d)};
  if (cause_is_about(d, "exec.")) return exec_calls(d);
  if (cause_is_about(d, "secrets")) return {d.definition->execution_role_arn, secret_calls(d)};
  if (cause_is_about(d, "image")) return {d.definition->execution_role_arn, image_calls(d)};
  if (cause_is_about(d, "logs")) return {d.definition->execution_role_arn, log_calls(d)};
  return {};
}

RoleCalls exec_calls(const Draft& d) {
  // "Amazon ECS task IAM role": permissions for ECS Exec. ssmmessages knows no resources.
  Calls calls;
  for (const char* action :
       {"CreateControlChannel", "CreateDataChannel", "OpenControlChannel", "OpenDataChannel"}) {
    calls.emplace_back(fmt::format("ssmmessages:{}", action), "*");
  }
  for (auto& call : session_calls(d)) calls.push_back(std::move(call));
  return {d.definition == nullptr ? "" : d.definition->task_role_arn, calls};
}

}  // namespace doctor::remedy
