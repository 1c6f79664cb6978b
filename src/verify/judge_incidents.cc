// Whether the failure has come back, whether another one came instead, and how full the disks are again.
#include <algorithm>

#include "core/arn.h"
#include "diagnose/diagnose.h"
#include "diagnose/families.h"
#include "verify/judge.h"
#include "verify/lag.h"

namespace doctor::verify {
namespace {

// Our own replays are no incident of the user's.
bool is_ours(const Subject& subject, const facts::Place& place, const diagnose::Incident& incident) {
  if (incident.task_arns.empty()) return false;
  return std::all_of(incident.task_arns.begin(), incident.task_arns.end(), [&](const std::string& arn) {
    const auto task = place.tasks.find(arn);
    return task != place.tasks.end() && task->second.started_by == started_by(subject.run.id);
  });
}

// What a deployment, a scale-in or a person stops is no failure; diagnose() keeps such stops apart by these
// causes.
bool is_ordinary(const diagnose::Incident& incident) {
  if (!incident.family.empty() || incident.causes.empty()) return false;
  const std::string& id = incident.causes.front().id;
  return id == "stop.user" || id == "stop.deployment" || id == "stop.scale_in";
}

bool is_new(const Subject& subject, const diagnose::Incident& incident) {
  return incident.last_seen && *incident.last_seen > subject.ended_at;
}

diagnose::Source proof_of(const diagnose::Incident& incident) {
  for (const auto& cause : incident.causes) {
    for (const auto& evidence : cause.evidence) {
      if (evidence.speaks_for) return evidence.source;
    }
  }
  return {"ecs", "describe-tasks", {}, "stoppedReason", incident.summary, incident.last_seen};
}

Check found(Check made, const diagnose::Incident& incident, std::string_view what) {
  made.proof.push_back(proof_of(incident));
  std::string why(what);
  why += incident.summary;
  if (incident.last_seen) why += " (last at " + core::to_iso(*incident.last_seen) + ")";
  return failed(std::move(made), std::move(why));
}

// ECS itself told of the stops there are; without its lists, silence proves nothing.
std::string missing_sight(const facts::Place& place) {
  for (const auto* call : {"ecs.list-tasks", "ecs.describe-services"}) {
    if (place.knows(call)) return {};
  }
  return "neither the stopped tasks nor the services could be read";
}

Check green(const Subject& subject, const facts::Place& place, Check made) {
  if (const auto missing = missing_sight(place); !missing.empty())
    return not_possible(std::move(made), missing);
  made.proof.push_back({"ecs", "list-tasks", {}, "desiredStatus=STOPPED", "none since", subject.ended_at});
  const FamilySoak& soak = soak_of(subject.run.plan.family);
  const auto until = subject.ended_at + soak.soak;
  const std::string why = "none since " + core::to_iso(subject.ended_at);
  if (subject.now < until)
    return provisional(std::move(made), why + ", but " + std::string(soak.reason), until);
  return passed(std::move(made), why);
}

}  // namespace

std::vector<Check> judge_incidents(const Subject& subject, const facts::Facts& facts,
                                   const facts::Place& place) {
  const auto& plan = subject.run.plan;
  facts::Scope scope;
  scope.cluster = core::short_name(plan.cluster);
  scope.service = core::short_name(plan.service);
  if (facts.newest) {
    scope.since_given = true;
    scope.since = std::max<core::Duration>(*facts.newest - subject.ended_at, core::Duration{0});
  }
  Check same =
      check("incidents.same", plan.family.empty() ? "the failure of " + name_of(plan) + " has not come back"
                                                  : "no new " + plan.family + " of " + name_of(plan));
  Check other = check("incidents.other", "no other failure of " + name_of(plan) + " since the change");
  const auto diagnosis = diagnose::diagnose(facts, scope);
  if (!diagnosis) {
    const std::string why = diagnosis.error().sentence;
    return {not_possible(std::move(same), why), not_possible(std::move(other), why)};
  }
  const diagnose::Incident* again = nullptr;
  const diagnose::Incident* instead = nullptr;
  for (const auto& incident : diagnosis->incidents) {
    if (!is_new(subject, incident) || is_ours(subject, place, incident) || is_ordinary(incident)) continue;
    const bool is_same =
        incident.family == plan.family &&
        (!plan.family.empty() || (!incident.causes.empty() && incident.causes.front().id == plan.cause));
    const diagnose::Incident*& slot = is_same ? again : instead;
    if (slot == nullptr) slot = &incident;
  }
  std::vector<Check> out;
  out.push_back(again != nullptr ? found(std::move(same), *again, "it has come back: ")
                                 : green(subject, place, std::move(same)));
  if (instead != nullptr) {
    out.push_back(found(std::move(other), *instead, ""));
  } else if (const auto missing = missing_sight(place); !missing.empty()) {
    out.push_back(not_possible(std::move(other), missing));
  } else {
    out.push_back(passed(std::move(other), "none since " + core::to_iso(subject.ended_at)));
  }
  return out;
}

namespace {

constexpr double kFull = 0.8;  // where the alarm that the plan sets up fires

// The series of this service; nothing where CloudWatch has none.
const facts::Metric* metric_of(const facts::Place& place, const facts::Service& service,
                               std::string_view name) {
  for (const facts::Metric& metric : place.metrics) {
    if (metric.name != name) continue;
    const auto of = metric.dimensions.find("ServiceName");
    if (of != metric.dimensions.end() && of->second == service.name && !metric.points.empty()) return &metric;
  }
  return nullptr;
}

}  // namespace

std::vector<Check> judge_storage(const Subject& subject, const facts::Place& place) {
  if (subject.run.plan.family != diagnose::kStorageExceeded) return {};
  const facts::Service* service = service_of(subject, place);
  if (service == nullptr) return {};
  Check made = check("storage.used",
                     "less than 80 % of the ephemeral storage of " + name_of(subject.run.plan) + " is used");
  const facts::Metric* used = metric_of(place, *service, "EphemeralStorageUtilized");
  const facts::Metric* reserved = metric_of(place, *service, "EphemeralStorageReserved");
  const auto until = subject.ended_at + kMetricLag;
  double most = -1, newest_reserved = 0;
  std::optional<core::Timestamp> when;
  if (reserved != nullptr) newest_reserved = reserved->points.back().second;
  if (used != nullptr) {
    for (const auto& [time, value] : used->points) {
      // A period that began before the change tells of the time before it.
      if (time >= subject.ended_at && value > most) {
        most = value;
        when = time;
      }
    }
  }
  if (!when || newest_reserved <= 0) {
    if (subject.now < until)
      return {provisional(std::move(made), "CloudWatch has no datapoint since the change yet", until)};
    return {not_possible(std::move(made),
                         "Container Insights shows no EphemeralStorageUtilized since the "
                         "change; turn it on for the cluster")};
  }
  const int percent = static_cast<int>(most / newest_reserved * 100);
  made.proof.push_back({"cloudwatch",
                        "get-metric-data",
                        {},
                        "EphemeralStorageUtilized",
                        std::to_string(percent) + " %",
                        when});
  const std::string why = "at most " + std::to_string(percent) + " % were used since the change";
  return {most / newest_reserved < kFull ? passed(std::move(made), why) : failed(std::move(made), why)};
}

}  // namespace doctor::verify
