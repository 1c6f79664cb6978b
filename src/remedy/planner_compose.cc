// All edits of one service as one call, and all edits of its task definition as one revision.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/arn.h"
#include "remedy/kinds.h"
#include "remedy/planner_draft.h"

namespace doctor::remedy {
namespace {

using nlohmann::json;

constexpr std::string_view kNewRevision = "taskDefinition.taskDefinitionArn";

std::string titles(const std::vector<Edit>& edits) {
  std::string all;
  for (const Edit& edit : edits) {
    if (edit.title.empty()) continue;
    all += (all.empty() ? "" : "; ") + edit.title;
  }
  return all;
}

std::string fixes(const std::vector<Edit>& edits) {
  std::string all;
  for (const Edit& edit : edits) {
    if ((" " + all + " ").find(" " + edit.fix + " ") != std::string::npos) continue;
    all += (all.empty() ? "" : " ") + edit.fix;
  }
  return all;
}

// What RegisterTaskDefinition takes ("RegisterTaskDefinition"), of what DescribeTaskDefinition says.
json registration_of(const json& definition) {
  static constexpr const char* kFields[] = {"family",
                                            "taskRoleArn",
                                            "executionRoleArn",
                                            "networkMode",
                                            "containerDefinitions",
                                            "volumes",
                                            "placementConstraints",
                                            "requiresCompatibilities",
                                            "cpu",
                                            "memory",
                                            "pidMode",
                                            "ipcMode",
                                            "proxyConfiguration",
                                            "inferenceAccelerators",
                                            "ephemeralStorage",
                                            "runtimePlatform",
                                            "enableFaultInjection"};
  json input = json::object();
  for (const char* field : kFields) {
    if (definition.contains(field) && !definition[field].is_null()) input[field] = definition[field];
  }
  json tags = json::array();
  const json known_tags = definition.value("tags", json::object());
  for (const auto& [key, value] : known_tags.items()) {
    if (!key.starts_with("aws:")) tags.push_back({{"key", key}, {"value", value}});
  }
  if (!tags.empty()) input["tags"] = tags;
  return input;
}

// Roughly how long one task takes to start, from those that did.
core::Duration start_of_task(const Draft& d) {
  core::Duration longest = std::chrono::seconds{60};
  for (const auto& [arn, task] : d.place->tasks) {
    if (d.service == nullptr || task.service() != d.service->name ||
        task.cluster_arn != d.service->cluster_arn)
      continue;
    if (task.created_at && task.started_at && *task.started_at > *task.created_at)
      longest = std::max(longest, *task.started_at - *task.created_at);
  }
  return std::min<core::Duration>(longest, std::chrono::minutes{15});
}

// A rolling deployment: as many rounds as the healthy percents ask for, each a start and a drain.
core::Duration rollout_of(const Draft& d) {
  const int desired = std::max(1, d.service->desired);
  const int most = std::max(desired + 1, desired * d.service->maximum_percent / 100);
  const int least = desired * d.service->minimum_healthy_percent / 100;
  const int at_once = std::clamp(most - std::min(least, desired), 1, desired);
  int drain = 30;
  for (const facts::LoadBalancer& balancer : d.service->load_balancers) {
    const auto group = d.place->target_groups.find(balancer.target_group_arn);
    if (group != d.place->target_groups.end())
      drain = std::max(drain, group->second.deregistration_delay_seconds.value_or(300));
  }
  return (start_of_task(d) + std::chrono::seconds{drain}) * ((desired + at_once - 1) / at_once);
}

Request describe_service(const Draft& d) {
  return request(d, "ecs", "DescribeServices",
                 {{"cluster", d.service->cluster_arn}, {"services", json::array({d.service->arn})}});
}

// The step that registers the revision; its place in the plan is not known yet, so that the reference to
// its answer is written by numbered() once it is.
bool compose_revision(Draft& d) {
  if (d.definition_edits.empty()) return false;
  const Resource exact = resource(d, "ecs:task-definition", d.definition->arn);
  const Resource family =
      resource(d, "ecs:task-definition", d.definition->arn.substr(0, d.definition->arn.rfind(':')));
  const json base = json::parse(*state_of(d, exact), nullptr, false);
  json edited = base;
  std::vector<Edit> useful;
  for (const Edit& edit : d.definition_edits) {
    const json was = edited;
    edit.change(edited);
    if (edited != was) useful.push_back(edit);
  }
  if (useful.empty()) return false;
  d.definition_edits = useful;
  Step step;
  step.fix = fixes(useful);
  step.title = fmt::format("Register a new revision of {}: {}", d.definition->family, titles(useful));
  step.resource = family;
  step.before = *state_of(d, family);
  step.request = request(d, "ecs", "RegisterTaskDefinition", registration_of(edited));
  step.effects = effects_between(base.dump(), edited.dump());
  // Lists may have moved as a whole: what counts is each field that the edits set.
  step.inverse = request(d, "ecs", "DeregisterTaskDefinition",
                         {{"taskDefinition", fmt::format("${{self.{}}}", kNewRevision)}});
  step.probe.pointer = "/taskDefinitionArn";
  step.probe.timeout = std::chrono::minutes{1};
  step.expected_duration = std::chrono::seconds{1};
  const int before_gib = base.value("ephemeralStorage", json::object()).value("sizeInGiB", 20);
  const int after_gib = edited.value("ephemeralStorage", json::object()).value("sizeInGiB", 20);
  if (after_gib > before_gib)
    step.cost = fmt::format(
        "about {:.2f} USD a month for each task that runs all the time: 0.000111 USD a GB and "
        "hour above 20 GB in us-east-1 (AWS Fargate pricing)",
        (after_gib - before_gib) * 0.000111 * 730);
  add(d, std::move(step), When::with_service);
  return true;
}

// Fields as UpdateService takes them, of the ones that differ. Of networkConfiguration and
// deploymentConfiguration the whole, since AWS replaces them whole.
json update_of(const json& from, const json& to) {
  static constexpr const char* kFields[] = {"capacityProviderStrategy", "networkConfiguration",
                                            "deploymentConfiguration",  "desiredCount",
                                            "platformVersion",          "healthCheckGracePeriodSeconds",
                                            "enableExecuteCommand",     "taskDefinition"};
  json input = json::object();
  for (const char* field : kFields) {
    const bool was = from.contains(field), is = to.contains(field);
    if (was == is && (!is || from[field] == to[field])) continue;
    if (is) {
      input[field] = to[field];
    } else if (std::string_view(field) == "capacityProviderStrategy") {
      input[field] = json::array();  // "an empty list" goes back to the launch type
    } else if (std::string_view(field) == "healthCheckGracePeriodSeconds") {
      input[field] = 0;
    } else if (std::string_view(field) == "enableExecuteCommand") {
      input[field] = false;
    } else if (std::string_view(field) == "platformVersion") {
      input[field] = "LATEST";
    }
  }
  return input;
}

std::string update_cost(const json& before, const json& after) {
  const int more = after.value("desiredCount", 0) - before.value("desiredCount", 0);
  if (more > 0)
    return fmt::format("{} more task{}, at the price of those that run", more, more == 1 ? "" : "s");
  return {};
}

}  // namespace

void compose_service_steps(Draft& d) {
  const bool revised = compose_revision(d);
  if (d.service == nullptr || (!revised && d.service_edits.empty())) return;
  const Resource where = resource(d, "ecs:service", d.service->arn);
  const auto state = state_of(d, where);
  if (!state) {
    d.left_out.push_back(
        fmt::format("the new revision is not deployed: the state of {} was not read", service_name(d)));
    return;
  }
  const json before = json::parse(*state, nullptr, false);
  json after = before;
  std::vector<Edit> useful;
  for (const Edit& edit : d.service_edits) {
    const json was = after;
    edit.change(after);
    if (after != was || edit.title.starts_with("Replace the running tasks")) useful.push_back(edit);
  }
  if (revised) {
    after["taskDefinition"] = fmt::format("${{revision.{}}}", kNewRevision);
    useful.insert(useful.begin(), {fixes(d.definition_edits), "Deploy the new revision", nullptr});
  }
  if (useful.empty()) return;
  if (after.contains("capacityProviderStrategy")) after.erase("launchType");
  json input = update_of(before, after);
  json undo = update_of(after, before);
  const bool redeploys = d.force_deployment || revised;
  // A change of the strategy alone starts no tasks ("UpdateService"): those that run would stay where they
  // are.
  if (d.force_deployment) input["forceNewDeployment"] = undo["forceNewDeployment"] = true;
  for (json* each : {&input, &undo}) {
    (*each)["cluster"] = d.service->cluster_arn;
    (*each)["service"] = d.service->name;
  }
  Step step;
  step.fix = fixes(useful);
  step.title = fmt::format("{}: {}", service_name(d), titles(useful));
  step.resource = where;
  step.before = *state;
  step.request = request(d, "ecs", "UpdateService", input);
  step.inverse = request(d, "ecs", "UpdateService", undo);
  step.effects = effects_between(before.dump(), after.dump());
  std::erase_if(step.effects, [](const Effect& e) { return e.pointer == "/launchType"; });
  step.probe = {describe_service(d), "/services/0/deployments/0/rolloutState", R"("COMPLETED")",
                std::chrono::minutes{10}};
  if (redeploys) {
    step.expected_duration = rollout_of(d);
    step.probe.timeout = std::max<core::Duration>(std::chrono::minutes{15}, step.expected_duration * 2);
  }
  step.cost = update_cost(before, after);
  if (!d.service_cost.empty()) step.cost += (step.cost.empty() ? "" : "; ") + d.service_cost;
  add(d, std::move(step), When::with_service);
}

}  // namespace doctor::remedy
