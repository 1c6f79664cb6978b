#include "diagnose/diagnose.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "diagnose/families.h"
#include "diagnose/group.h"
#include "diagnose/missing.h"
#include "diagnose/observe.h"
#include "diagnose/selection.h"
#include "diagnose/summary.h"
#include "diagnose/timeline.h"
#include "diagnose/weigh.h"
#include "network/path.h"

namespace doctor::diagnose {
namespace {

struct FamilyRow {
  std::string_view family;
  void (*observe)(const Case&, Observations&);
};
constexpr FamilyRow kFamilies[] = {
    {kSpotInterrupted, observe_spot},         {kEniCreateFailed, observe_eni},
    {kStorageExceeded, observe_storage},      {kExecError, observe_exec},
    {kImageSizeExceeded, observe_image},      {kInsufficientCapacity, observe_capacity},
    {kPlatformUnsupported, observe_platform}, {"", observe_stop},
};

Observations observations_of(const Case& c) {
  Observations out;
  for (const FamilyRow& row : kFamilies) {
    if (row.family == c.family) row.observe(c, out);
  }
  observe_health(c, out);
  observe_changes(c, out);
  return out;
}

struct Ranked {
  bool benign;
  Incident incident;
};

Ranked incident_of(const Case& c, std::vector<MissingEvidence>& missing) {
  Observations observations = observations_of(c);
  Weighed weighed = weigh(c.family, observations);
  Incident incident;
  incident.family = c.family;
  incident.account = c.place->account;
  incident.region = c.place->region;
  incident.cluster = c.cluster_name;
  incident.service = c.service_name;
  for (const Stop& stop : c.stops) {
    if (stop.task != nullptr) incident.task_arns.push_back(stop.task->arn);
  }
  if (c.dated) {
    incident.first_seen = c.first;
    incident.last_seen = c.last;
  }
  incident.count = count_of(c);
  incident.summary = summary_of(c, weighed.causes.empty() ? "" : weighed.causes.front().id);
  incident.causes = std::move(weighed.causes);
  incident.contributing = std::move(weighed.contributing);
  incident.timeline = timeline_of(c);
  const bool benign = is_benign(c);
  if (!benign) missing.insert(missing.end(), observations.missing.begin(), observations.missing.end());
  return {benign, std::move(incident)};
}

// Worst first: trouble before what is ordinary, then most stops, then newest; names decide the rest.
bool is_worse(const Ranked& a, const Ranked& b) {
  const auto key = [](const Ranked& r) {
    const Incident& i = r.incident;
    return std::make_tuple(r.benign, -i.count, i.last_seen ? -i.last_seen->time_since_epoch().count() : 0);
  };
  const auto names = [](const Ranked& r) {
    const Incident& i = r.incident;
    return std::tie(i.account, i.region, i.cluster, i.service, i.family, i.summary);
  };
  return key(a) != key(b) ? key(a) < key(b) : names(a) < names(b);
}

}  // namespace

core::Result<Diagnosis> diagnose(const facts::Facts& facts, const facts::Scope& scope) {
  const auto selected = select(facts, scope);
  if (!selected) return core::fail(selected.error());

  Diagnosis out;
  out.generated_at = facts.newest;
  out.cluster = scope.cluster;
  out.service = scope.service;
  out.task = scope.task;
  std::set<std::string> accounts, regions;
  std::vector<Ranked> ranked;
  std::vector<MissingEvidence> missing;
  const network::Network network(facts);
  for (const facts::Place* place : selected->places) {
    if (!place->account.empty()) accounts.insert(place->account);
    if (!place->region.empty()) regions.insert(place->region);
    const PlaceIndex index = index_of_place(*place);
    std::vector<Case> cases = group_stops(facts, index, selected->selection);
    for (Case& c : cases) c.network = &network;
    for (const Case& c : cases) ranked.push_back(incident_of(c, missing));
    if (cases.empty()) note_missing_stops(*place, missing);
    note_refusals(*place, missing);
  }
  std::sort(ranked.begin(), ranked.end(), is_worse);
  for (Ranked& r : ranked) out.incidents.push_back(std::move(r.incident));
  out.accounts.assign(accounts.begin(), accounts.end());
  out.regions.assign(regions.begin(), regions.end());
  out.missing = without_repeats(std::move(missing));
  return out;
}

}  // namespace doctor::diagnose
