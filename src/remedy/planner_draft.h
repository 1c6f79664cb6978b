// A plan in the making: what the fixes of one incident add to it, before the steps are put in order.
//
// Fixes that change the same service or the same task definition add to one change of it; what a service's
// new tasks need (roles, paths, log groups) comes before it, what watches it (alarms, rules) after.
#pragma once

#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "diagnose/diagnosis.h"
#include "facts/facts.h"
#include "network/path.h"
#include "remedy/planner.h"

namespace doctor::remedy {

enum class When { before_service, with_service, after_service };

struct StepDraft {
  Step step;
  When when = When::before_service;
};

// One edit of the service or of the task definition, in the order of the fixes.
struct Edit {
  std::string fix, title;
  std::function<void(nlohmann::json&)> change;
};

struct Draft {
  const facts::Facts* facts = nullptr;
  const diagnose::Incident* incident = nullptr;
  const facts::Place* place = nullptr;  // never null
  // Each may be null: not in the facts.
  const facts::Cluster* cluster = nullptr;
  const facts::Service* service = nullptr;
  const facts::TaskDefinition* definition = nullptr;
  const std::vector<KnownState>* states = nullptr;
  const PlanOptions* options = nullptr;
  std::shared_ptr<network::Network> network;  // made when first asked for

  const diagnose::Cause* cause = nullptr;  // that names the fix at hand
  const diagnose::Fix* fix = nullptr;      // at hand

  std::set<Resource> wanted;  // whose state was asked for
  std::vector<Edit> service_edits, definition_edits;
  std::set<std::string> taken;  // what a fix has settled: "strategy", "subnets", …
  bool force_deployment = false;
  std::string service_cost;
  std::vector<StepDraft> steps;
  std::vector<Advice> advice;
  std::vector<std::string> left_out;
};

inline constexpr int kHoursAMonth = 730;  // as AWS's pricing pages count

Resource resource(const Draft& d, std::string kind, std::string id);
// The state that was read; nothing where nobody read it. The resource is noted as wanted.
std::optional<std::string> state_of(Draft& d, const Resource& resource);
// As state_of(), for what a step makes under a name of its own: not read means not there. Apply looks again.
std::string state_or_absent(Draft& d, const Resource& resource);

const network::Network& network_of(Draft& d);

void advise(Draft& d, std::string detail);
void leave_out(Draft& d, std::string_view why);
// False, and left out, where an earlier fix has settled the same thing.
bool take(Draft& d, std::string_view what, std::string_view which_is);

// Changes fields of the service's normalised state. `deploys`: only new tasks have it, so a new deployment is
// forced. Left out where the deployment controller does not let UpdateService change it.
void edit_service(Draft& d, std::string title, bool deploys, std::function<void(nlohmann::json&)> change);
// Changes a copy of the task definition that the service runs; it becomes a new revision.
void edit_definition(Draft& d, std::string title, std::function<void(nlohmann::json&)> change);

// A step of the fix at hand. Its inverse may be added by the caller.
Step make_step(const Draft& d, const Resource& resource, std::string before, std::string title,
               Request request);
Request request(const Draft& d, std::string service, std::string operation, const nlohmann::json& input);
void add(Draft& d, Step step, When when);
// Effects that say what of `after` is not in `before`; a field that goes is null.
std::vector<Effect> effects_between(std::string_view before, std::string_view after);
void one_way(Step& step, std::string why);

// RegisterTaskDefinition and UpdateService, of all edits.
void compose_service_steps(Draft& d);

std::string_view cause_family(std::string_view cause_id);  // "exec" of "exec.not_enabled"
std::string service_name(const Draft& d);                  // "prod/web"

// "ecs:UpdateService", and what it asks for beside its own name.
std::vector<std::string> actions_of(const Request& request);

// What each fix does; a file a subject. A fix that no function takes is advice.
using Planner = void (*)(Draft&);
using PlannerRow = std::pair<std::string_view, Planner>;
std::vector<PlannerRow> planners_of_service();
std::vector<PlannerRow> planners_of_definition();
std::vector<PlannerRow> planners_of_network();
std::vector<PlannerRow> planners_of_access();
std::vector<PlannerRow> planners_of_resource_policies();
std::vector<PlannerRow> planners_of_watch();
std::string_view advice_of(std::string_view fix);  // "" where the fix has planners

// Shared by several subjects.
void open_paths(Draft& d, const std::vector<std::string>& needs);  // ids of network::Need
void allow_role(Draft& d, const std::string& role_arn,
                const std::vector<std::pair<std::string, std::string>>& calls, std::string_view name);
// The endpoint's policy gets a statement for these calls (action, resource) of the role; "" is any principal.
void allow_by_endpoint(Draft& d, const std::string& endpoint,
                       const std::vector<std::pair<std::string, std::string>>& calls,
                       const std::string& role_arn);
struct RoleCalls {
  std::string role_arn;
  std::vector<std::pair<std::string, std::string>> calls;  // action, resource
};
RoleCalls exec_calls(const Draft& d);
std::vector<std::string> needs_of_cause(std::string_view cause_id);

}  // namespace doctor::remedy
