// Who shares a resource: every service of the regions, what it runs, and what stands in their VPCs.
//
// Not whether they are well: no task, no event and no policy is asked for.
#include <nlohmann/json.hpp>

#include "core/arn.h"
#include "facts/live_rules.h"
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

}  // namespace

void ask_sharing(const View& view, unsigned what) {
  view.ask("sts", "GetCallerIdentity", "{}");
  if ((what & kEveryInterface) != 0) {
    for (const std::string_view operation : kOfVpcs) view.ask("ec2", operation, "{}");
  }
  if ((what & (kEveryService | kEveryDefinition)) == 0) return;
  ask_clusters(view);
  ask_services(view);
  if ((what & kEveryDefinition) != 0) ask_what_runs(view);
}

}  // namespace doctor::facts
