#include "remedy/planner_draft.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "remedy/kinds.h"

namespace doctor::remedy {

using nlohmann::json;

Resource resource(const Draft& d, std::string kind, std::string id) {
  return {std::move(kind), std::move(id), d.place->account, d.place->region};
}

namespace {

// What the steps before will have made of it: a second change of one policy keeps the first.
std::string after_steps(const Draft& d, const Resource& resource, const std::string& state) {
  json now = json::parse(state, nullptr, false);
  for (const StepDraft& draft : d.steps) {
    if (draft.step.resource != resource) continue;
    for (const Effect& effect : draft.step.effects) {
      if (effect.pointer.empty()) {
        now = json::parse(effect.value, nullptr, false);
      } else if (effect.value == "null") {
        const json::json_pointer pointer(effect.pointer);
        if (now.contains(pointer)) now.at(pointer.parent_pointer()).erase(pointer.back());
      } else {
        now[json::json_pointer(effect.pointer)] = json::parse(effect.value, nullptr, false);
      }
    }
  }
  return now.dump();
}

}  // namespace

std::optional<std::string> state_of(Draft& d, const Resource& resource) {
  d.wanted.insert(resource);
  for (const KnownState& known : *d.states) {
    if (known.resource == resource) return after_steps(d, resource, known.state);
  }
  return std::nullopt;
}

std::string state_or_absent(Draft& d, const Resource& resource) {
  if (const auto state = state_of(d, resource)) return *state;
  return after_steps(d, resource, "null");
}

const network::Network& network_of(Draft& d) {
  if (d.network == nullptr) d.network = std::make_shared<network::Network>(*d.facts);
  return *d.network;
}

void advise(Draft& d, std::string detail) {
  for (const Advice& advice : d.advice) {
    if (advice.fix == d.fix->id) return;
  }
  d.advice.push_back({d.fix->id, d.fix->title, std::move(detail)});
}

void leave_out(Draft& d, std::string_view why) {
  std::string line = fmt::format("{}: {}", d.fix->id, why);
  if (std::find(d.left_out.begin(), d.left_out.end(), line) == d.left_out.end())
    d.left_out.push_back(std::move(line));
}

bool take(Draft& d, std::string_view what, std::string_view which_is) {
  if (d.taken.emplace(what).second) return true;
  leave_out(d, fmt::format("another fix of this plan already changes {}", which_is));
  return false;
}

void edit_service(Draft& d, std::string title, bool deploys, std::function<void(json&)> change) {
  if (d.service == nullptr) return leave_out(d, "no service is known that it could change");
  // "UpdateService": what other controllers deploy is theirs to change.
  if (deploys && !d.service->deployment_controller.empty() && d.service->deployment_controller != "ECS")
    return leave_out(
        d, fmt::format("{} is deployed by {}, and UpdateService may not change this: deploy it there",
                       service_name(d), d.service->deployment_controller));
  if (!state_of(d, resource(d, "ecs:service", d.service->arn)))
    return leave_out(d, fmt::format("the state of {} was not read (ecs describe-services)", service_name(d)));
  d.force_deployment |= deploys;
  d.service_edits.push_back({d.fix->id, std::move(title), std::move(change)});
}

void edit_definition(Draft& d, std::string title, std::function<void(json&)> change) {
  if (d.definition == nullptr) return leave_out(d, "the task definition is not in the facts");
  const auto state = state_of(d, resource(d, "ecs:task-definition", d.definition->arn));
  const auto family = state_of(
      d, resource(d, "ecs:task-definition", d.definition->arn.substr(0, d.definition->arn.rfind(':'))));
  if (d.service != nullptr) state_of(d, resource(d, "ecs:service", d.service->arn));
  if (!state || !family)
    return leave_out(d, "the whole task definition was not read (ecs describe-task-definition)");
  if (d.taken.contains("revision"))
    return leave_out(d, "another fix of this plan goes back to an older revision");
  if (state->find(R"("value":"***")") != std::string::npos)
    return leave_out(d,
                     "the values of the environment were taken out of the snapshot, and a revision without "
                     "them would be another: plan it against AWS, without --snapshot");
  if (d.service != nullptr && !d.service->deployment_controller.empty() &&
      d.service->deployment_controller != "ECS")
    return leave_out(d, fmt::format("{} is deployed by {}: register the revision and deploy it there",
                                    service_name(d), d.service->deployment_controller));
  d.definition_edits.push_back({d.fix->id, std::move(title), std::move(change)});
}

std::vector<std::string> actions_of(const Request& r) {
  if (r.service.empty()) return {};
  static constexpr std::pair<std::string_view, std::string_view> kPrefixes[] = {
      {"elbv2", "elasticloadbalancing"}, {"service-quotas", "servicequotas"}};
  std::string_view prefix = r.service;
  for (const auto& [service, iam] : kPrefixes) {
    if (service == r.service) prefix = iam;
  }
  std::vector<std::string> actions = {fmt::format("{}:{}", prefix, r.operation)};
  const json input = json::parse(r.input, nullptr, false);
  if (r.operation == "RegisterTaskDefinition" && input.is_object()) {
    if (input.contains("taskRoleArn") || input.contains("executionRoleArn"))
      actions.push_back("iam:PassRole");
    if (input.contains("tags")) actions.push_back("ecs:TagResource");
  }
  if (r.operation.starts_with("Create") && input.is_object() && input.contains("TagSpecifications"))
    actions.push_back("ec2:CreateTags");
  return actions;
}

Request request(const Draft& d, std::string service, std::string operation, const json& input) {
  return {std::move(service), std::move(operation), d.place->region, input.dump()};
}

Step make_step(const Draft& d, const Resource& resource, std::string before, std::string title,
               Request request) {
  Step step;
  step.fix = d.fix->id;
  step.title = std::move(title);
  step.resource = resource;
  step.before = std::move(before);
  step.request = std::move(request);
  return step;
}

void one_way(Step& step, std::string why) {
  step.reversible = false;
  step.one_way_reason = std::move(why);
}

namespace {

void add_actions(std::vector<std::string>& all, const Request& request) {
  for (std::string& action : actions_of(request)) {
    if (std::find(all.begin(), all.end(), action) == all.end()) all.push_back(std::move(action));
  }
}

}  // namespace

void add(Draft& d, Step step, When when) {
  for (StepDraft& draft : d.steps) {  // two fixes that ask for the same call
    Step& other = draft.step;
    if (other.request.operation != step.request.operation || other.request.input != step.request.input)
      continue;
    if ((" " + other.fix + " ").find(" " + step.fix + " ") == std::string::npos) other.fix += " " + step.fix;
    return;
  }
  add_actions(step.iam_actions, step.request);
  if (const Kind* kind = kind_named(step.resource.kind))
    add_actions(step.iam_actions, kind->read(step.resource));
  add_actions(step.iam_actions, step.probe.request);
  add_actions(step.iam_actions, step.inverse);
  if (step.probe.pointer.empty() && !step.effects.empty()) {
    // The state that has the effect is the probe.
    step.probe.pointer = step.effects.front().pointer;
    step.probe.expected = step.effects.front().value;
    step.probe.timeout = std::chrono::minutes{1};
  }
  d.steps.push_back({std::move(step), when});
}

namespace {

std::string escaped(std::string_view key) {
  std::string out;
  for (const char c : key) out += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
  return out;
}

// Lists of one length whose items are objects, such as containers, item by item; other lists whole.
void collect(const json& was, const json& is, const std::string& pointer, std::vector<Effect>& effects) {
  if (was == is) return;
  if (was.is_object() && is.is_object()) {
    for (const auto& [key, value] : is.items()) {
      collect(was.contains(key) ? was[key] : json(), value, pointer + "/" + escaped(key), effects);
    }
    for (const auto& [key, value] : was.items()) {
      if (!is.contains(key)) effects.push_back({pointer + "/" + escaped(key), "null"});
    }
    return;
  }
  if (was.is_array() && is.is_array() && was.size() == is.size() && !is.empty() && is.front().is_object()) {
    for (std::size_t i = 0; i < is.size(); ++i) {
      collect(was[i], is[i], fmt::format("{}/{}", pointer, i), effects);
    }
    return;
  }
  effects.push_back({pointer, is.dump()});
}

}  // namespace

std::vector<Effect> effects_between(std::string_view before, std::string_view after) {
  std::vector<Effect> effects;
  collect(json::parse(before, nullptr, false), json::parse(after, nullptr, false), "", effects);
  return effects;
}

std::string_view cause_family(std::string_view cause_id) {
  return cause_id.substr(0, cause_id.find('.'));
}

std::string service_name(const Draft& d) {
  return d.incident->service.empty() ? d.incident->cluster
                                     : fmt::format("{}/{}", d.incident->cluster, d.incident->service);
}

}  // namespace doctor::remedy
