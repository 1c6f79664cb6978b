#include "diagnose/selection.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <set>

#include "core/arn.h"
#include "core/glob.h"
#include "diagnose/observations.h"

namespace doctor::diagnose {
namespace {

using core::ErrorKind;
using core::fail;
using core::Result;

struct Selector {
  std::string name;             // the short name
  std::string account, region;  // where an ARN was given
  std::string cluster;          // where the ARN names it
};

Result<Selector> selector_of(std::string_view text, std::string_view type) {
  Selector selector;
  if (!text.starts_with("arn:")) {
    selector.name = core::short_name(text);
    return selector;
  }
  const auto arn = core::Arn::parse(text);
  if (!arn) return fail(arn.error());
  if (arn->service != "ecs" || arn->resource_type() != type) {
    return fail(ErrorKind::bad_input, fmt::format("'{}' is not the ARN of an ECS {}", text, type),
                fmt::format("the form is arn:aws:ecs:REGION:ACCOUNT:{}/{}", type,
                            type == "cluster"   ? "NAME"
                            : type == "service" ? "CLUSTER/NAME"
                                                : "CLUSTER/ID"));
  }
  selector.name = arn->resource_id();
  selector.account = arn->account;
  selector.region = arn->region;
  const auto first = arn->resource.find('/'), last = arn->resource.rfind('/');
  if (last > first) selector.cluster = arn->resource.substr(first + 1, last - first - 1);
  return selector;
}

// Levenshtein's distance, in one row.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0]++;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t above = row[j + 1];
      row[j + 1] = std::min({above + 1, row[j] + 1, diagonal + (a[i] == b[j] ? 0 : 1)});
      diagonal = above;
    }
  }
  return row.back();
}

std::string near_names(std::string_view wanted, const std::set<std::string>& names) {
  constexpr std::size_t kShown = 5;
  std::vector<std::pair<std::size_t, std::string>> ranked;
  for (const std::string& name : names) {
    const bool inside =
        core::contains_ignoring_case(name, wanted) || core::contains_ignoring_case(wanted, name);
    ranked.emplace_back(inside ? 0 : distance(wanted, name), name);
  }
  std::sort(ranked.begin(), ranked.end());
  std::vector<std::string> near;
  for (const auto& [far, name] : ranked) {
    if (near.size() == kShown) break;
    if (far <= 3 || names.size() <= kShown) near.push_back(name);
  }
  return joined(near);
}

struct Names {
  std::set<std::string> clusters, services, tasks;
};

void collect(const facts::Place& place, const std::string& in_cluster, Names& names) {
  const auto inside = [&](std::string_view cluster_arn) {
    return in_cluster.empty() || core::short_name(cluster_arn) == in_cluster;
  };
  for (const auto& [arn, cluster] : place.clusters) names.clusters.insert(cluster.name);
  for (const auto& [arn, service] : place.services) {
    names.clusters.emplace(core::short_name(service.cluster_arn));
    if (inside(service.cluster_arn)) names.services.insert(service.name);
  }
  for (const auto& [arn, task] : place.tasks) {
    names.clusters.emplace(core::short_name(task.cluster_arn));
    if (!inside(task.cluster_arn)) continue;
    names.tasks.emplace(core::short_name(arn));
    if (!task.service().empty()) names.services.emplace(task.service());
  }
  for (const facts::CallFailure& failure : place.call_failures) {
    if (!failure.cluster.empty()) names.clusters.emplace(core::short_name(failure.cluster));
    if (core::contains(failure.resource_arn, ":service/") && inside(failure.cluster)) {
      names.services.emplace(core::short_name(failure.resource_arn));
    }
    if (core::contains(failure.resource_arn, ":task/")) {
      names.tasks.emplace(core::short_name(failure.resource_arn));
    }
  }
  for (const facts::EcsEvent& event : place.ecs_events) {
    if (!event.cluster_arn.empty()) names.clusters.emplace(core::short_name(event.cluster_arn));
    if (!event.service_arn.empty() && inside(event.cluster_arn)) {
      names.services.emplace(core::short_name(event.service_arn));
    }
  }
}

Result<void> must_exist(std::string_view what, const std::string& name, const std::set<std::string>& names) {
  if (name.empty() || names.count(name) > 0) return {};
  const std::string near = near_names(name, names);
  return fail(ErrorKind::not_found, fmt::format("no {} named '{}' is in what was read", what, name),
              near.empty() ? fmt::format("no {} there has a name like it", what)
                           : fmt::format("did you mean {}?", near));
}

Result<std::vector<const facts::Place*>> places_of(const facts::Facts& facts, const facts::Scope& scope) {
  for (const std::string& region : scope.regions) {
    if (!core::is_region_name(region)) {
      return fail(ErrorKind::bad_input, fmt::format("'{}' is not the name of a region", region),
                  "the form is eu-west-1");
    }
  }
  std::vector<const facts::Place*> places;
  std::vector<std::string> regions;
  for (const facts::Place& place : facts.places) {
    regions.push_back(place.region);
    const bool wanted =
        scope.regions.empty() || place.region.empty() ||
        std::find(scope.regions.begin(), scope.regions.end(), place.region) != scope.regions.end();
    if (wanted) places.push_back(&place);
  }
  if (places.empty() && !facts.places.empty()) {
    return fail(ErrorKind::not_found, fmt::format("nothing of {} was read", joined(scope.regions)),
                fmt::format("what was read is of {}", joined(distinct(regions))));
  }
  return places;
}

// An ARN names its account and region: facts of another place cannot be meant.
Result<void> keep_places_of(const Selector& selector, std::vector<const facts::Place*>& places) {
  if (selector.region.empty() || places.empty()) return {};
  std::vector<std::string> others;
  std::vector<const facts::Place*> kept;
  for (const facts::Place* place : places) {
    const bool same =
        (place->region.empty() || place->region == selector.region) &&
        (place->account.empty() || selector.account.empty() || place->account == selector.account);
    if (same) kept.push_back(place);
    others.push_back(place->account + " " + place->region);
  }
  if (kept.empty()) {
    return fail(ErrorKind::not_found,
                fmt::format("'{}' is of account {} in {}, and nothing of it was read", selector.name,
                            selector.account, selector.region),
                fmt::format("what was read is of {}", joined(distinct(others))));
  }
  places = std::move(kept);
  return {};
}

}  // namespace

Result<Selected> select(const facts::Facts& facts, const facts::Scope& scope) {
  Selected out;
  auto places = places_of(facts, scope);
  if (!places) return fail(places.error());
  out.places = std::move(*places);

  const auto cluster = selector_of(scope.cluster, "cluster");
  if (!cluster) return fail(cluster.error());
  const auto service = selector_of(scope.service, "service");
  if (!service) return fail(service.error());
  const auto task = selector_of(scope.task, "task");
  if (!task) return fail(task.error());
  for (const Selector* selector : {&*cluster, &*service, &*task}) {
    if (auto kept = keep_places_of(*selector, out.places); !kept) return fail(kept.error());
  }
  out.selection.cluster = !cluster->name.empty()      ? cluster->name
                          : !service->cluster.empty() ? service->cluster
                                                      : task->cluster;
  out.selection.service = service->name;
  out.selection.task = task->name;

  Names names;
  for (const facts::Place* place : out.places) collect(*place, out.selection.cluster, names);
  if (auto ok = must_exist("cluster", out.selection.cluster, names.clusters); !ok) return fail(ok.error());
  if (auto ok = must_exist("service", out.selection.service, names.services); !ok) return fail(ok.error());
  if (auto ok = must_exist("task", out.selection.task, names.tasks); !ok) return fail(ok.error());

  if (scope.since_given && facts.newest) out.selection.earliest = *facts.newest - scope.since;
  return out;
}

}  // namespace doctor::diagnose
