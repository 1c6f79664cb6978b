#include "remedy/planner.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "core/arn.h"
#include "diagnose/table.h"
#include "remedy/blast_radius.h"
#include "remedy/managed_by.h"
#include "remedy/planner_draft.h"

namespace doctor::remedy {
namespace {

using core::ErrorKind;
using core::fail;
using core::Result;

const std::map<std::string_view, Planner>& planners() {
  static const std::map<std::string_view, Planner> table = [] {
    std::map<std::string_view, Planner> all;
    for (auto rows_of : {planners_of_service, planners_of_definition, planners_of_network, planners_of_access,
                         planners_of_resource_policies, planners_of_watch}) {
      for (const auto& [fix, planner] : rows_of()) all.emplace(fix, planner);
    }
    return all;
  }();
  return table;
}

struct Wanted {
  const diagnose::Cause* cause = nullptr;
  diagnose::Fix fix;
};

const diagnose::Fix* fix_in(const diagnose::Cause& cause, std::string_view id) {
  const auto found =
      std::find_if(cause.fixes.begin(), cause.fixes.end(), [&](const auto& fix) { return fix.id == id; });
  return found == cause.fixes.end() ? nullptr : &*found;
}

// Contributing factors that are likelier than not; of a cause that might be another, the fixes would be a
// guess, so that the likeliest cause alone counts.
constexpr double kLikely = 0.5;

std::vector<Wanted> fixes_of_incident(const diagnose::Incident& incident) {
  std::vector<Wanted> wanted;
  const auto add = [&](const diagnose::Cause& cause) {
    for (const diagnose::Fix& fix : cause.fixes) {
      if (std::none_of(wanted.begin(), wanted.end(), [&](const Wanted& w) { return w.fix.id == fix.id; }))
        wanted.push_back({&cause, fix});
    }
  };
  if (!incident.causes.empty() && incident.causes.front().id != "unknown") add(incident.causes.front());
  for (const diagnose::Cause& factor : incident.contributing) {
    if (factor.probability >= kLikely) add(factor);
  }
  return wanted;
}

// Named fixes: of the cause that offers it first, else from the table, of the likeliest cause.
Result<std::vector<Wanted>> fixes_named(const diagnose::Incident& incident,
                                        const std::vector<std::string>& ids) {
  std::vector<Wanted> wanted;
  for (const std::string& id : ids) {
    Wanted found;
    for (const auto* causes : {&incident.causes, &incident.contributing}) {
      for (const diagnose::Cause& cause : *causes) {
        const diagnose::Fix* fix = fix_in(cause, id);
        if (fix != nullptr && found.cause == nullptr) found = {&cause, *fix};
      }
    }
    if (found.cause == nullptr) {
      const diagnose::FixRow* row = diagnose::find_fix(id);
      if (row == nullptr)
        return fail(ErrorKind::not_found, fmt::format("there is no fix '{}'", id),
                    "the diagnosis lists the fixes of its causes");
      found.fix.id = id;
      found.fix.title = std::string(row->title);
      found.fix.reversible = row->reversible;
      if (!incident.causes.empty()) found.cause = &incident.causes.front();
    }
    wanted.push_back(std::move(found));
  }
  return wanted;
}

template <class T, class Fits>
const T* first_in(const std::map<std::string, T>& items, Fits fits) {
  for (const auto& [key, item] : items) {
    if (fits(item)) return &item;
  }
  return nullptr;
}

void look_up(Draft& d) {
  const diagnose::Incident& incident = *d.incident;
  d.cluster = first_in(d.place->clusters, [&](const auto& c) { return c.name == incident.cluster; });
  d.service = first_in(d.place->services, [&](const auto& s) {
    return s.name == incident.service && core::short_name(s.cluster_arn) == incident.cluster;
  });
  std::string definition = d.service == nullptr ? "" : d.service->task_definition_arn;
  for (const std::string& arn : incident.task_arns) {
    const auto task = d.place->tasks.find(arn);
    if (definition.empty() && task != d.place->tasks.end()) definition = task->second.task_definition_arn;
  }
  const auto found = d.place->task_definitions.find(definition);
  if (found != d.place->task_definitions.end()) d.definition = &found->second;
}

void plan_fix(Draft& d, const Wanted& wanted) {
  d.cause = wanted.cause;
  d.fix = &wanted.fix;
  if (const auto text = advice_of(wanted.fix.id); !text.empty())
    return advise(
        d, wanted.fix.detail.empty() ? std::string(text) : fmt::format("{}: {}", wanted.fix.detail, text));
  const auto planner = planners().find(wanted.fix.id);
  if (planner == planners().end()) return leave_out(d, "no step is known for it");
  planner->second(d);
}

void replace_all(std::string& text, std::string_view from, const std::string& to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

// Ids, in the order of the plan, and references to what other steps answer, by their ids.
std::vector<Step> numbered(std::vector<StepDraft> drafts) {
  std::stable_sort(drafts.begin(), drafts.end(),
                   [](const auto& a, const auto& b) { return a.when < b.when; });
  std::vector<Step> steps;
  std::map<std::string, std::string> ids = {};
  for (StepDraft& draft : drafts) {
    draft.step.id = std::to_string(steps.size() + 1);
    if (draft.step.request.operation == "RegisterTaskDefinition")
      ids["${revision."] = "${" + draft.step.id + ".";
    if (draft.step.request.operation == "CreateSubnet") ids["${subnet."] = "${" + draft.step.id + ".";
    steps.push_back(std::move(draft.step));
  }
  for (Step& step : steps) {
    for (const auto& [name, id] : ids) {
      replace_all(step.request.input, name, id);
      replace_all(step.inverse.input, name, id);
      replace_all(step.probe.request.input, name, id);
      replace_all(step.probe.expected, name, id);
      for (Effect& effect : step.effects) replace_all(effect.value, name, id);
    }
  }
  return steps;
}

// Where the number of dependents is typed.
bool reaches_far(const Step& step, std::size_t dependents) {
  return dependents > 1 && (is_shared_by_nature(step.resource) || dependents > 3);
}

void add_blast_radius(const Draft& d, Plan& plan) {
  plan.confirmation = plan.steps.empty() ? Confirmation::none : Confirmation::yes;
  for (Step& step : plan.steps) {
    BlastRadius radius = d.options->sharing == nullptr
                             ? blast_radius_of(*d.facts, step.resource)
                             : blast_radius_of(*d.facts, *d.options->sharing, step.resource);
    // The incident's own service first.
    const std::string own = plan.cluster + "/" + plan.service;
    std::stable_partition(radius.dependents.begin(), radius.dependents.end(),
                          [&](const Dependent& dependent) { return dependent.name == own; });
    std::size_t others = 0;
    for (const Dependent& dependent : radius.dependents) {
      if (dependent.name == own) continue;
      ++others;
      step.shared_with.push_back(dependent.name);
    }
    if (reaches_far(step, others + 1) || (!step.reversible && others > 0))
      plan.confirmation = Confirmation::type_count;
    const bool known =
        std::any_of(plan.blast_radius.begin(), plan.blast_radius.end(),
                    [&](const BlastRadius& other) { return other.resource == radius.resource; });
    if (!known && !radius.dependents.empty()) plan.blast_radius.push_back(std::move(radius));
  }
}

Result<Draft> drafted(const facts::Facts& facts, const diagnose::Diagnosis& diagnosis,
                      const std::vector<KnownState>& states, const PlanOptions& options) {
  if (options.incident >= diagnosis.incidents.size())
    return fail(ErrorKind::not_found, diagnosis.incidents.empty()
                                          ? "there is no incident to plan for"
                                          : fmt::format("there is no incident {}: the diagnosis has {}",
                                                        options.incident + 1, diagnosis.incidents.size()));
  Draft d;
  d.facts = &facts;
  d.incident = &diagnosis.incidents[options.incident];
  d.states = &states;
  d.options = &options;
  for (const facts::Place& place : facts.places) {
    if (place.account == d.incident->account && place.region == d.incident->region) d.place = &place;
  }
  if (d.place == nullptr)
    return fail(ErrorKind::not_found,
                fmt::format("the facts have no {} {}", d.incident->account, d.incident->region));
  look_up(d);
  std::vector<Wanted> wanted = fixes_of_incident(*d.incident);
  if (!options.fixes.empty()) {
    auto named = fixes_named(*d.incident, options.fixes);
    if (!named) return fail(named.error());
    wanted = std::move(*named);
  }
  for (const Wanted& each : wanted) plan_fix(d, each);
  static const diagnose::Fix kNone;
  d.fix = &kNone;
  compose_service_steps(d);
  return d;
}

}  // namespace

bool knows_fix(std::string_view id) {
  return planners().contains(id) || !advice_of(id).empty();
}

std::vector<Resource> resources_of(const facts::Facts& facts, const diagnose::Diagnosis& diagnosis,
                                   const PlanOptions& options) {
  return resources_of(facts, diagnosis, {}, options);
}

std::vector<Resource> resources_of(const facts::Facts& facts, const diagnose::Diagnosis& diagnosis,
                                   const std::vector<KnownState>& known, const PlanOptions& options) {
  std::vector<Resource> missing;
  const auto draft = drafted(facts, diagnosis, known, options);
  if (!draft) return missing;
  for (const Resource& resource : draft->wanted) {
    if (std::none_of(known.begin(), known.end(), [&](const KnownState& k) { return k.resource == resource; }))
      missing.push_back(resource);
  }
  return missing;
}

Result<Plan> make_plan(const facts::Facts& facts, const diagnose::Diagnosis& diagnosis,
                       const std::vector<KnownState>& states, const PlanOptions& options) {
  auto draft = drafted(facts, diagnosis, states, options);
  if (!draft) return fail(draft.error());
  Plan plan;
  const diagnose::Incident& incident = *draft->incident;
  plan.family = incident.family;
  plan.cause = incident.causes.empty() ? "" : incident.causes.front().id;
  plan.account = incident.account;
  plan.region = incident.region;
  plan.cluster = incident.cluster;
  plan.service = incident.service;
  plan.made_at = facts.newest.value_or(core::Timestamp{});
  plan.steps = numbered(std::move(draft->steps));
  plan.advice = std::move(draft->advice);
  plan.fixes_left_out = std::move(draft->left_out);
  for (Step& step : plan.steps) step.managed_by = manager_of(step, options.managers);
  add_blast_radius(*draft, plan);
  return plan;
}

}  // namespace doctor::remedy
