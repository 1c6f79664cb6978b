// Who shares a resource: every service of the regions, what it runs, and what stands in their VPCs.
//
// Not whether they are well: no task, no event and no policy is asked for. Secrets are only described.
#include <nlohmann/json.hpp>

#include "core/arn.h"
#include "facts/live_rules.h"
#include "facts/resource_policy.h"
#include "facts/subject.h"

namespace doctor::facts {
namespace {

constexpr std::string_view kOfVpcs[] = {
    "DescribeSubnets",     "DescribeNetworkInterfaces", "DescribeSecurityGroups", "DescribeNetworkAcls",
    "DescribeRouteTables", "DescribeVpcEndpoints",      "DescribeNatGateways",    "DescribeInternetGateways",
};

void ask_clusters(const View& view) {
  view.ask("ecs", "ListClusters", "{}");
  const auto fresh = view.board.fresh(view.index, "cluster", view.names.clusters);
  if (fresh.empty()) return;
  // CONFIGURATIONS: the key and the log group of ECS Exec's sessions.
  view.ask("ecs", "DescribeClusters",
           nlohmann::json{{"clusters", fresh}, {"include", {"CONFIGURATIONS"}}}.dump());
  for (const std::string& cluster : fresh)
    view.ask("ecs", "ListServices", nlohmann::json{{"cluster", cluster}}.dump(),
             slug(core::short_name(cluster)));
}

void ask_services(const View& view) {
  for (const auto& [cluster, services] : view.names.services) {
    const auto fresh = view.board.fresh(view.index, "service", services);
    if (!fresh.empty())
      view.ask("ecs", "DescribeServices", nlohmann::json{{"cluster", cluster}, {"services", fresh}}.dump(),
               slug(core::short_name(cluster)));
  }
}

void ask_what_runs(const View& view) {
  std::set<std::string> definitions;
  for (const auto& [arn, service] : view.place.services) definitions.insert(service.task_definition_arn);
  for (const std::string& arn : view.board.fresh(view.index, "definition", definitions))
    view.ask("ecs", "DescribeTaskDefinition", nlohmann::json{{"taskDefinition", arn}}.dump(),
             slug(core::short_name(arn)));
}

// Which key a secret is encrypted with does not stand in its ARN; an alias leads to the key.
void ask_secret_key(const View& view, const std::string& secret) {
  const auto arn = core::Arn::parse(secret);
  if (!arn || arn->service != "secretsmanager" || !core::is_region_name(arn->region)) return;
  view.board.ask(view.index, arn->region, "secretsmanager", "DescribeSecret",
                 nlohmann::json{{"SecretId", secret}}.dump(), slug(secret));
  const auto key = view.place.secret_keys.find(secret);
  if (key != view.place.secret_keys.end() && !key->second.empty() &&
      key_of_secret(view.place, secret).empty())
    view.board.ask(view.index, arn->region, "kms", "DescribeKey",
                   nlohmann::json{{"KeyId", key->second}}.dump(), slug(key->second));
}

void ask_secret_keys(const View& view) {
  for (const auto& [arn, definition] : view.place.task_definitions) {
    for (const ContainerDefinition& container : definition.containers) {
      for (const Secret& secret : container.secrets) ask_secret_key(view, secret_arn_of(secret.value_from));
    }
  }
}

}  // namespace

void ask_sharing(const View& view, unsigned what) {
  view.ask("sts", "GetCallerIdentity", "{}");
  if ((what & kEveryInterface) != 0) {
    for (const std::string_view operation : kOfVpcs) view.ask("ec2", operation, "{}");
  }
  if ((what & (kEveryService | kEveryDefinition | kEverySecretKey)) == 0) return;
  ask_clusters(view);
  ask_services(view);
  if ((what & (kEveryDefinition | kEverySecretKey)) != 0) ask_what_runs(view);
  if ((what & kEverySecretKey) != 0) ask_secret_keys(view);
}

}  // namespace doctor::facts
