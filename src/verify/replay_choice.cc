// What to start so that the symptom's path is walked again.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/arn.h"
#include "core/json.h"
#include "diagnose/families.h"
#include "verify/replay.h"

namespace doctor::verify {
namespace {

using OrderedInput = nlohmann::ordered_json;

constexpr std::size_t kLongestStartedBy = 36;

const facts::Service* service_of(const remedy::Run& run, const facts::Place& place) {
  for (const auto& [arn, service] : place.services) {
    if (service.name == core::short_name(run.plan.service) &&
        core::short_name(service.cluster_arn) == core::short_name(run.plan.cluster))
      return &service;
  }
  return nullptr;
}

OrderedInput base_request(const std::string& run, const std::string& cluster, const std::string& definition) {
  return {{"cluster", cluster},
          {"taskDefinition", definition},
          {"count", 1},
          {"startedBy", started_by(run)},
          {"tags", {{{"key", "fargate-doctor:verify"}, {"value", run}}}}};
}

void add_definition(Replay& replay, const facts::Place& place, const std::string& arn, bool exec) {
  replay.definition = core::family_revision(arn);
  const auto found = place.task_definitions.find(arn);
  if (found == place.task_definitions.end() || found->second.containers.empty()) return;
  const auto& containers = found->second.containers;
  replay.has_health_check = std::any_of(containers.begin(), containers.end(), [](const auto& container) {
    return container.essential && container.has_health_check;
  });
  if (exec) replay.container = containers.front().name;
}

// Providers that the strategy would place a task on. FARGATE twice with other weights is one.
std::vector<std::string> providers_of(const facts::Service& service) {
  std::vector<std::string> out;
  for (const auto& item : service.capacity_provider_strategy) {
    if (item.base + item.weight > 0 && std::find(out.begin(), out.end(), item.capacity_provider) == out.end())
      out.push_back(item.capacity_provider);
  }
  return out;
}

Replay replay_of(const remedy::Run& run, const facts::Place& place, const facts::Service& service,
                 const std::string& subnet, const std::string& provider, bool exec) {
  Replay replay{.account = place.account,
                .region = place.region,
                .cluster = service.cluster_arn,
                .subnet = subnet,
                .provider = provider,
                .definition = {},
                .container = {},
                .has_health_check = false,
                .request = {}};
  add_definition(replay, place, service.task_definition_arn, exec);
  OrderedInput input = base_request(run.id, service.cluster_arn, service.task_definition_arn);
  if (provider.empty()) {
    input["launchType"] = service.launch_type.empty() ? "FARGATE" : service.launch_type;
  } else {
    input["capacityProviderStrategy"] = {{{"capacityProvider", provider}, {"weight", 1}}};
  }
  if (!service.platform_version.empty()) input["platformVersion"] = service.platform_version;
  if (exec || service.enable_execute_command) input["enableExecuteCommand"] = true;
  input["networkConfiguration"]["awsvpcConfiguration"] = {
      {"subnets", {subnet}},
      {"securityGroups", service.network.security_groups},
      {"assignPublicIp", service.network.assign_public_ip ? "ENABLED" : "DISABLED"}};
  replay.request = input.dump();
  return replay;
}

std::vector<Replay> replays_of_service(const remedy::Run& run, const facts::Place& place,
                                       const facts::Service& service, std::size_t most) {
  // Exec is tried only where tasks of the service have it: it would not be the same path else.
  const bool exec = run.plan.family == diagnose::kExecError && service.enable_execute_command;
  const auto& subnets = service.network.subnets;
  auto providers = providers_of(service);
  if (providers.empty()) providers.emplace_back();
  std::vector<Replay> out;
  if (subnets.empty()) return out;
  const std::size_t count = std::min(most, std::max(subnets.size(), providers.size()));
  for (std::size_t i = 0; i < count; ++i)
    out.push_back(
        replay_of(run, place, service, subnets[i % subnets.size()], providers[i % providers.size()], exec));
  return out;
}

std::string_view family_of(std::string_view definition) {
  const auto revision = core::family_revision(definition);
  return revision.substr(0, revision.find(':'));
}

// The revision that the run has registered of this family, else the one that was asked for.
std::string definition_after(const remedy::Run& run, const std::string& asked) {
  std::string out = asked;
  for (const remedy::Entry& entry : run.entries) {
    if (entry.kind != remedy::EntryKind::apply || entry.answer.empty()) continue;
    const auto answer = core::JsonDocument::parse(entry.answer, entry.step);
    if (!answer) continue;
    const auto arn = answer->root()["taskDefinition"]["taskDefinitionArn"].string_or();
    if (!arn.empty() && family_of(arn) == family_of(asked)) out = arn;
  }
  return out;
}

// What a RunTask call asked for, with our marks and one task of it. Overrides are redacted in the facts, and
// a network configuration is needed: Fargate takes no task without one.
std::optional<Replay> replay_of_call(const remedy::Run& run, const facts::Place& place,
                                     const facts::TrailEvent& event) {
  const auto document = core::JsonDocument::parse(event.request_parameters, event.event_id);
  if (!document) return std::nullopt;
  const auto asked = document->root();
  const auto network = asked["networkConfiguration"]["awsvpcConfiguration"];
  const auto subnets = network["subnets"].strings();
  const std::string cluster(asked["cluster"].string_or("default"));
  const std::string asked_for(asked["taskDefinition"].string_or());
  const std::string definition = definition_after(run, asked_for);
  if (subnets.empty() || asked_for.empty()) return std::nullopt;
  if (core::short_name(cluster) != core::short_name(run.plan.cluster)) return std::nullopt;
  Replay replay{.account = place.account,
                .region = place.region,
                .cluster = cluster,
                .subnet = subnets.front(),
                .provider = {},
                .definition = {},
                .container = {},
                .has_health_check = false,
                .request = {}};
  const bool exec =
      run.plan.family == diagnose::kExecError && asked["enableExecuteCommand"].boolean_or(false);
  add_definition(replay, place, definition, exec);
  OrderedInput input = base_request(run.id, cluster, definition);
  if (asked["capacityProviderStrategy"].is_array()) {
    input["capacityProviderStrategy"] = OrderedInput::parse(asked["capacityProviderStrategy"].text());
    replay.provider =
        asked["capacityProviderStrategy"].items().empty()
            ? std::string{}
            : std::string(asked["capacityProviderStrategy"].items()[0]["capacityProvider"].string_or());
  } else {
    input["launchType"] = asked["launchType"].string_or("FARGATE");
  }
  if (asked["platformVersion"].is_string()) input["platformVersion"] = asked["platformVersion"].string_or();
  if (exec) input["enableExecuteCommand"] = true;
  input["networkConfiguration"] = OrderedInput::parse(asked["networkConfiguration"].text());
  replay.request = input.dump();
  return replay;
}

std::vector<Replay> replays_of_calls(const remedy::Run& run, const facts::Place& place) {
  std::vector<const facts::TrailEvent*> calls;
  for (const auto& [id, event] : place.trail) {
    const bool ours = event.request_parameters.find(started_by(run.id)) != std::string::npos;
    if (event.event_name == "RunTask" && event.time && !ours) calls.push_back(&event);
  }
  std::sort(calls.begin(), calls.end(), [](const auto* a, const auto* b) { return *a->time > *b->time; });
  for (const auto* call : calls) {
    if (auto replay = replay_of_call(run, place, *call)) return {std::move(*replay)};
  }
  return {};
}

}  // namespace

std::string started_by(const std::string& run) {
  std::string out = "fd-verify_" + run;
  std::replace_if(
      out.begin(), out.end(), [](unsigned char c) { return !(std::isalnum(c) != 0 || c == '-' || c == '_'); },
      '-');
  return out.substr(0, kLongestStartedBy);
}

std::vector<Replay> replays_of(const remedy::Run& run, const facts::Place& place, std::size_t most) {
  if (run.plan.service.empty()) return most == 0 ? std::vector<Replay>{} : replays_of_calls(run, place);
  const facts::Service* service = service_of(run, place);
  return service == nullptr ? std::vector<Replay>{} : replays_of_service(run, place, *service, most);
}

}  // namespace doctor::verify
