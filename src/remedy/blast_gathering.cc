#include "remedy/blast_gathering.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "core/arn.h"

namespace doctor::remedy {

using facts::Place;

void Gathering::places(const std::function<void(const Place&)>& visit, Reach reach) const {
  const Resource& r = radius_.resource;
  for (const Place& place : facts_.places) {
    const bool near = reach == Reach::everywhere || (reach == Reach::account && place.account == r.account) ||
                      (reach == Reach::region && place.region == r.region);
    if (near) visit(place);
  }
}

void Gathering::services(const ServiceUses& uses, Reach reach) {
  places(
      [&](const Place& place) {
        for (const auto& [arn, service] : place.services) {
          const std::string through = uses(place, service);
          if (!through.empty()) add(place, "ecs:service", service_name(service), through);
        }
      },
      reach);
}

void Gathering::lone_tasks(const TaskUses& uses, Reach reach) {
  places(
      [&](const Place& place) {
        for (const auto& [arn, task] : place.tasks) {
          if (!task.service().empty()) continue;
          const std::string through = uses(place, task);
          if (!through.empty())
            add(place, "ecs:task-definition", std::string(core::family_revision(task.task_definition_arn)),
                through);
        }
      },
      reach);
}

void Gathering::definitions(const DefinitionUses& uses, Reach reach) {
  const auto of = [&](const Place& place, const std::string& arn) {
    const auto found = place.task_definitions.find(arn);
    return found == place.task_definitions.end() ? std::string() : uses(place, found->second);
  };
  services([&](const Place& place, const facts::Service& s) { return of(place, s.task_definition_arn); },
           reach);
  lone_tasks([&](const Place& place, const facts::Task& t) { return of(place, t.task_definition_arn); },
             reach);
}

void Gathering::add(const Place& place, std::string kind, const std::string& name,
                    const std::string& through) {
  const Resource& r = radius_.resource;
  const bool here = place.account == r.account && place.region == r.region;
  radius_.dependents.push_back(
      {std::move(kind), here ? name : fmt::format("{}/{} {}", place.account, place.region, name), through});
}

BlastRadius Gathering::take() {
  each_once(radius_.dependents);
  return std::move(radius_);
}

void each_once(std::vector<Dependent>& dependents) {
  const auto key = [](const Dependent& d) { return std::tie(d.kind, d.name, d.through); };
  std::sort(dependents.begin(), dependents.end(),
            [&](const auto& a, const auto& b) { return key(a) < key(b); });
  dependents.erase(
      std::unique(dependents.begin(), dependents.end(),
                  [](const auto& a, const auto& b) { return a.kind == b.kind && a.name == b.name; }),
      dependents.end());
}

bool holds(const std::vector<std::string>& list, std::string_view item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

std::string service_name(const facts::Service& service) {
  return fmt::format("{}/{}", core::short_name(service.cluster_arn), service.name);
}

}  // namespace doctor::remedy
