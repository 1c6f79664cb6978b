// CloudTrail, AWS Health, Service Quotas and CloudWatch.
#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "facts/live_rules.h"
#include "facts/needs.h"
#include "facts/subject.h"

namespace doctor::facts {
namespace {

using Input = nlohmann::json;

// LookupEvents takes one attribute a call, and two calls a second: so two at first, and others only where the
// words of the stops ask for them.
struct Lookup {
  std::string_view event_name;
  unsigned needs;           // any of these; 0: always
  std::string_view region;  // IAM writes its records to us-east-1; "" for the place's own region
};
constexpr std::array<Lookup, 17> kLookups{{
    {"UpdateService", 0, ""},
    {"StopTask", 0, ""},
    {"RegisterTaskDefinition", kDefinitionTrail, ""},
    {"RunTask", kRunTaskTrail, ""},
    {"ExecuteCommand", kExecTrail, ""},
    {"CreateNetworkInterface", kInterfaceTrail, ""},
    {"DeleteSecurityGroup", kGroupTrail, ""},
    {"DeleteSubnet", kSubnetTrail, ""},
    {"RevokeSecurityGroupEgress", kPathTrail, ""},
    {"DeleteRoute", kPathTrail, ""},
    {"DeleteVpcEndpoints", kPathTrail, ""},
    {"DeleteNatGateway", kPathTrail, ""},
    {"ModifyTargetGroup", kTargetTrail, ""},
    {"DeleteLogGroup", kLogGroupTrail, ""},
    {"PutRolePolicy", kPolicyTrail, "us-east-1"},
    {"DetachRolePolicy", kPolicyTrail, "us-east-1"},
    {"DeleteRolePolicy", kPolicyTrail, "us-east-1"},
}};

long long epoch(core::Timestamp time) {
  return std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
}

void ask_trail(const View& view, unsigned needs) {
  for (const Lookup& row : kLookups) {
    if (row.needs != 0 && (row.needs & needs) == 0) continue;
    const Input input{
        {"LookupAttributes", {{{"AttributeKey", "EventName"}, {"AttributeValue", row.event_name}}}},
        {"StartTime", epoch(view.target.now - view.target.look_back)},
        {"EndTime", epoch(view.target.now)}};
    view.board.ask(view.index, row.region.empty() ? view.place.region : row.region, "cloudtrail",
                   "LookupEvents", input.dump(), std::string(row.event_name));
  }
}

void ask_health(const View& view) {
  const Input filter{{"services", {"ECS", "FARGATE", "EC2"}},
                     {"regions", view.regions},
                     {"startTimes", {{{"from", epoch(view.target.now - std::chrono::hours{24 * 7})}}}}};
  view.ask("health", "DescribeEvents", Input{{"filter", filter}}.dump());
  std::set<std::string> arns;
  for (const HealthEvent& event : view.place.health) {
    if (event.category == "issue" && event.description.empty() &&
        (event.region.empty() || event.region == view.place.region || event.region == "global"))
      arns.insert(event.arn);
  }
  if (const auto fresh = view.board.fresh(view.index, "health", arns); !fresh.empty())
    view.ask("health", "DescribeEventDetails", Input{{"eventArns", fresh}}.dump());
}

void ask_quotas(const View& view) {
  view.ask("service-quotas", "ListServiceQuotas", Input{{"ServiceCode", "fargate"}}.dump(), "fargate");
  view.ask("service-quotas", "ListRequestedServiceQuotaChangeHistory",
           Input{{"ServiceCode", "fargate"}}.dump(), "fargate");
}

struct Dimension {
  std::string name, value;
};

// The label carries the metric's whole name, because the answer has nothing else to tell it by.
Input query(const std::string& id, std::string_view name_space, std::string_view name,
            std::string_view statistic, const std::vector<Dimension>& dimensions) {
  Input list = Input::array();
  std::string label = std::string(name_space) + " " + std::string(name);
  for (const Dimension& d : dimensions) {
    list.push_back({{"Name", d.name}, {"Value", d.value}});
    label += " " + d.name + "=" + d.value;
  }
  return {{"Id", id},
          {"Label", label},
          {"MetricStat",
           {{"Metric", {{"Namespace", name_space}, {"MetricName", name}, {"Dimensions", list}}},
            {"Period", 300},
            {"Stat", statistic}}}};
}

void ask_metrics(const View& view) {
  Input queries = Input::array();
  const auto next_id = [&] { return "m" + std::to_string(queries.size() + 1); };
  if ((view.needs & kQuotaUsage) != 0 && view.board.first_time(view.index, "metrics:usage")) {
    // "AWS Fargate usage metrics": vCPUs by class.
    for (const auto* metric_class : {"Standard/OnDemand", "Standard/Spot"})
      queries.push_back(query(
          next_id(), "AWS/Usage", "ResourceCount", "Maximum",
          {{"Class", metric_class}, {"Resource", "vCPU"}, {"Service", "Fargate"}, {"Type", "Resource"}}));
  }
  if ((view.needs & kStorageMetrics) != 0) {
    for (const Service* service : view.services) {
      if (!view.board.first_time(view.index, "metrics:storage:" + service->arn)) continue;
      for (const auto* name : {"EphemeralStorageUtilized", "EphemeralStorageReserved"})
        queries.push_back(query(next_id(), "ECS/ContainerInsights", name, "Maximum",
                                {{"ClusterName", std::string(core::short_name(service->cluster_arn))},
                                 {"ServiceName", service->name}}));
    }
    view.ask("cloudwatch", "DescribeAlarms", Input{{"AlarmTypes", {"MetricAlarm"}}}.dump());
  }
  // At most 500 queries a call ("GetMetricData").
  for (std::size_t at = 0; at < queries.size(); at += 500) {
    Input part = Input::array();
    for (std::size_t i = at; i < std::min(queries.size(), at + 500); ++i) part.push_back(queries[i]);
    view.ask("cloudwatch", "GetMetricData",
             Input{{"MetricDataQueries", part},
                   {"StartTime", core::to_iso(view.target.now - view.target.look_back)},
                   {"EndTime", core::to_iso(view.target.now)}}
                 .dump());
  }
}

// No task stopped but by a deployment, a scale-in or a person, and nothing was refused: then what the user is
// after may be a call that failed.
bool nothing_failed(const View& view) {
  const bool known = view.place.knows("ecs.describe-services") || view.place.knows("ecs.describe-tasks");
  if (!known || view.board.waves() < 2 || view.needs != 0) return false;
  return std::all_of(view.stopped.begin(), view.stopped.end(), [](const Task* task) {
    return task->stop_code == "ServiceSchedulerInitiated" || task->stop_code == "UserInitiated";
  });
}

}  // namespace

void ask_watchers(const View& view) {
  unsigned needs = view.needs;
  // A service's tasks are started by ECS itself: RunTask tells nothing of one that was asked for by name.
  if (!view.target.service.empty()) needs &= ~static_cast<unsigned>(kRunTaskTrail);
  if (nothing_failed(view)) needs |= kExecTrail | kRunTaskTrail | kDefinitionTrail;
  ask_trail(view, needs);
  ask_health(view);
  ask_quotas(view);
  ask_metrics(view);
}

}  // namespace doctor::facts
