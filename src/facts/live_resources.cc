// What the resources that a failed task needs say themselves: policies of repositories, of secrets, and of
// the keys that secrets and sessions are encrypted with.
#include <nlohmann/json.hpp>

#include "facts/live_rules.h"
#include "facts/needs.h"
#include "facts/resource_policy.h"
#include "facts/subject.h"

namespace doctor::facts {
namespace {

using Input = nlohmann::json;

std::set<const TaskDefinition*> definitions_of_failures(const View& view) {
  std::set<const TaskDefinition*> out;
  for (const auto* tasks : {&view.stopped, &view.called}) {
    for (const Task* task : *tasks) {
      const auto definition = view.place.task_definitions.find(task->task_definition_arn);
      if (definition != view.place.task_definitions.end()) out.insert(&definition->second);
    }
  }
  return out;
}

void ask_repository(const View& view, const std::string& image) {
  const auto found = ecr_image(image);
  if (!found) return;
  view.board.ask(view.index, found->region, "ecr", "GetRepositoryPolicy",
                 Input{{"registryId", found->registry}, {"repositoryName", found->repository}}.dump(),
                 slug(found->repository));
}

// A key policy is asked for by the key's id or ARN; an alias leads to it ("GetKeyPolicy", "DescribeKey").
void ask_key(const View& view, const std::string& region, const std::string& key_arn) {
  view.board.ask(view.index, region, "kms", "GetKeyPolicy",
                 Input{{"KeyId", key_arn}, {"PolicyName", "default"}}.dump(), slug(key_arn));
}

void ask_secret(const View& view, const std::string& value_from) {
  const std::string secret = secret_arn_of(value_from);
  const auto arn = core::Arn::parse(secret);
  if (!arn || arn->service != "secretsmanager" || !core::is_region_name(arn->region)) return;
  const std::string input = Input{{"SecretId", secret}}.dump();
  for (const auto* operation : {"GetResourcePolicy", "DescribeSecret"})
    view.board.ask(view.index, arn->region, "secretsmanager", operation, input, slug(secret));
  const auto key = view.place.secret_keys.find(secret);
  if (key == view.place.secret_keys.end() || key->second.empty()) return;
  if (const std::string key_arn = key_of_secret(view.place, secret); !key_arn.empty()) {
    ask_key(view, arn->region, key_arn);
  } else {
    view.board.ask(view.index, arn->region, "kms", "DescribeKey", Input{{"KeyId", key->second}}.dump(),
                   slug(key->second));
  }
}

// Both ends of a session need the cluster's key ("Using ECS Exec": executeCommandConfiguration).
void ask_session_keys(const View& view) {
  for (const Task* task : view.called) {
    const auto cluster = view.place.clusters.find(task->cluster_arn);
    if (cluster == view.place.clusters.end() || !cluster->second.execute_command) continue;
    const std::string& key = cluster->second.execute_command->kms_key_id;
    const auto arn = core::Arn::parse(key);
    if (arn && core::is_region_name(arn->region) && arn->resource.starts_with("key/"))
      ask_key(view, arn->region, key);
  }
}

}  // namespace

void ask_resource_policies(const View& view) {
  ask_session_keys(view);
  if ((view.needs & kResourcePolicies) == 0) return;
  for (const TaskDefinition* definition : definitions_of_failures(view)) {
    for (const ContainerDefinition& container : definition->containers) {
      ask_repository(view, container.image);
      for (const Secret& secret : container.secrets) ask_secret(view, secret.value_from);
    }
  }
}

}  // namespace doctor::facts
