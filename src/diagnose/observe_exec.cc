#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/arn.h"
#include "core/glob.h"
#include "diagnose/network_sight.h"
#include "diagnose/observations.h"
#include "diagnose/observe.h"
#include "diagnose/platform_sight.h"
#include "diagnose/policy_sight.h"

// FargateExecError. Each prerequisite of "Monitor Amazon ECS containers with ECS Exec" is one function: what
// the facts say of it, for or against.
namespace doctor::diagnose {
namespace {

using facts::ContainerDefinition;
using facts::Task;
using facts::TaskDefinition;

const std::vector<Call> kChannels{{"ssmmessages:CreateControlChannel"},
                                  {"ssmmessages:CreateDataChannel"},
                                  {"ssmmessages:OpenControlChannel"},
                                  {"ssmmessages:OpenDataChannel"}};

// A refusal that was saved as text names no task; of one that runs alone it can only be about that one.
const Task* only_running_task(const Case& c) {
  if (c.index == nullptr) return nullptr;
  const Task* only = nullptr;
  for (const Task* task : tasks_of(*c.index, key_of(c))) {
    if (is_stopping(*task)) continue;
    if (only != nullptr) return nullptr;
    only = task;
  }
  return only;
}

// The task that the newest failed call was about and what it was made of; parts may be unknown.
struct Subject {
  const Task* task = nullptr;
  const TaskDefinition* definition = nullptr;
  std::string name;  // "task 0f9d3c21" or "web"
};

Subject subject_of(const Case& c) {
  Subject subject;
  for (auto stop = c.stops.rbegin(); stop != c.stops.rend() && subject.task == nullptr; ++stop) {
    if (stop->task != nullptr) subject.task = stop->task;
    if (stop->failure == nullptr || c.index == nullptr) continue;
    // The call may name its task by ARN or by id alone.
    const auto task = c.index->task_by_id.find(std::string(core::short_name(stop->failure->resource_arn)));
    if (task != c.index->task_by_id.end()) subject.task = task->second;
  }
  if (subject.task == nullptr) subject.task = only_running_task(c);
  subject.definition = c.task_definition;
  if (subject.task != nullptr && c.place != nullptr) {
    const auto own = c.place->task_definitions.find(subject.task->task_definition_arn);
    if (own != c.place->task_definitions.end()) subject.definition = &own->second;
  }
  subject.name = subject.task != nullptr ? "task " + short_id(subject.task->arn) : place_name(c);
  return subject;
}

Source of_task(const Task& task, std::string field, std::string value) {
  return source_of(task.origin, std::move(field), std::move(value));
}

Source of_definition(const TaskDefinition& definition, std::string field, std::string value) {
  return {"ecs",
          "describe-task-definition",
          {},
          std::move(field),
          value.empty() ? std::string(core::family_revision(definition.arn)) : std::move(value),
          std::nullopt};
}

void look_at_flag(const Case& c, const Subject& subject, Observations& out) {
  if (subject.task == nullptr) {
    note_missing(c, out, "ecs.describe-tasks", "the task that the session was for",
                 "aws ecs describe-tasks --cluster CLUSTER --tasks TASK");
    if (c.service != nullptr && !c.service->enable_execute_command) {
      out.add("exec.flag_off", fmt::format("the service {} does not enable ECS Exec", c.service_name),
              {"ecs", "describe-services", {}, "enableExecuteCommand", "false", std::nullopt});
    }
    return;
  }
  if (subject.task->enable_execute_command) {
    out.add("exec.flag_on", fmt::format("the {} was started with ECS Exec enabled", subject.name),
            of_task(*subject.task, "enableExecuteCommand", "true"));
    return;
  }
  out.add("exec.flag_off", fmt::format("the {} was started without ECS Exec", subject.name),
          of_task(*subject.task, "enableExecuteCommand", "false"));
  if (c.service == nullptr || !c.service->enable_execute_command) return;
  out.add("exec.task_older_than_flag",
          fmt::format("the service {} enables ECS Exec by now, but the {} is older than that setting",
                      c.service_name, subject.name),
          {"ecs", "describe-services", {}, "enableExecuteCommand", "true", std::nullopt});
  out.fix_details.emplace_back("replace_tasks",
                               fmt::format("aws ecs update-service --cluster {} --service {} "
                                           "--force-new-deployment",
                                           c.cluster_name, c.service_name));
}

void look_at_agent(const Subject& subject, Observations& out) {
  if (subject.task == nullptr || !subject.task->enable_execute_command) return;
  std::size_t agents = 0, running = 0;
  for (const facts::Container& container : subject.task->containers) {
    for (const facts::ManagedAgent& agent : container.managed_agents) {
      if (agent.name != "ExecuteCommandAgent") continue;
      ++agents;
      if (agent.last_status == "RUNNING") ++running;
      const std::string why = agent.reason.empty() ? std::string() : ": " + agent.reason;
      const Source source =
          of_task(*subject.task, "containers[].managedAgents[].lastStatus", agent.last_status);
      if (agent.last_status == "PENDING") {
        out.add("exec.agent_pending",
                fmt::format("the ECS Exec agent of container {} is still PENDING{}", container.name, why),
                source);
      } else if (agent.last_status == "STOPPED") {
        out.add("exec.agent_down",
                fmt::format("the ECS Exec agent of container {} is STOPPED{}", container.name, why), source);
      }
    }
  }
  if (agents > 0 && running == agents) {
    out.add("exec.agent_runs", fmt::format("the ECS Exec agent of the {} is RUNNING", subject.name),
            of_task(*subject.task, "containers[].managedAgents[].lastStatus", "RUNNING"));
  } else if (agents == 0 && !subject.task->containers.empty()) {
    out.add("exec.agent_absent", fmt::format("the {} has no ECS Exec agent at all", subject.name),
            of_task(*subject.task, "containers[].managedAgents", "[]"));
  }
}

void look_at_platform(const Subject& subject, Observations& out) {
  if (subject.task == nullptr) return;
  const std::optional<bool> old = task_is_before_1_4(*subject.task);
  if (!old) return;
  const std::string& version = subject.task->platform_version;
  out.add(*old ? "exec.platform_before_1_4" : "exec.platform_has_exec",
          fmt::format("the {} runs on platform version {}, which {} ECS Exec", subject.name, version,
                      *old ? "has no" : "has"),
          of_task(*subject.task, "platformVersion", version));
}

void look_at_containers(const Case& c, const Subject& subject, Observations& out) {
  if (subject.definition == nullptr) {
    note_missing(c, out, "ecs.describe-task-definition", "the task definition",
                 "aws ecs describe-task-definition --task-definition TASK_DEFINITION");
    return;
  }
  const TaskDefinition& definition = *subject.definition;
  if (definition.containers.empty()) return;
  const auto names_where = [&](auto&& holds) {
    std::vector<std::string> names;
    for (const ContainerDefinition& container : definition.containers) {
      if (holds(container)) names.push_back(container.name);
    }
    return names;
  };
  const auto read_only =
      names_where([](const auto& container) { return container.readonly_root_filesystem; });
  const auto keyed = names_where([](const auto& container) {
    const auto& names = container.environment_names;
    return std::find(names.begin(), names.end(), "AWS_ACCESS_KEY_ID") != names.end();
  });
  const auto without_init =
      names_where([](const auto& container) { return !container.init_process_enabled; });

  if (read_only.empty()) {
    out.add("exec.root_is_writable", "every container has a writable root file system",
            of_definition(definition, "readonlyRootFilesystem", "false"));
  } else {
    out.add("exec.root_is_read_only",
            fmt::format("container {} has a read-only root file system, where the agent cannot write",
                        joined(read_only)),
            of_definition(definition, "readonlyRootFilesystem", "true"));
  }
  if (keyed.empty()) {
    out.add("exec.no_keys_in_environment", "no container sets AWS_ACCESS_KEY_ID",
            of_definition(definition, "environment", {}));
  } else {
    out.add("exec.keys_in_environment",
            fmt::format("container {} sets AWS_ACCESS_KEY_ID, which the agent uses instead of the task role",
                        joined(keyed)),
            of_definition(definition, "environment", "AWS_ACCESS_KEY_ID"));
  }
  if (definition.pid_mode == "task") {
    out.add("exec.shared_pid_mode", "the containers share one process namespace (pidMode task)",
            of_definition(definition, "pidMode", "task"));
  }
  if (without_init.empty()) {
    out.add("exec.init_present", "every container has an init process",
            of_definition(definition, "initProcessEnabled", "true"));
  } else {
    out.add("exec.init_absent",
            fmt::format("container {} has no init process to reap what sessions leave", joined(without_init)),
            of_definition(definition, "initProcessEnabled", "false"));
  }
}

void report_own_policies(const PolicySight& sight, const std::string& role, Observations& out) {
  switch (sight.grant) {
    case Grant::denied:
      out.add("exec.role_denies", sight.why, sight.source);
      break;
    case Grant::absent:
      out.add("exec.role_lacks_actions", fmt::format("the task role may not open a session: {}", sight.why),
              sight.source);
      out.fix_details.emplace_back("policy_statement", "the four ssmmessages actions on * for role " + role);
      break;
    case Grant::allowed:
      out.add("exec.role_allows", fmt::format("the task role {} allows the four ssmmessages actions", role),
              sight.source);
      break;
    case Grant::depends:
      out.add("exec.role_depends", sight.why, sight.source);
      break;
  }
}

void report_level_above(const Case& c, const PolicySight& sight, Observations& out) {
  if (sight.grant == Grant::allowed) return;
  if (sight.grant == Grant::depends && !is_named_by_aws(c, sight.level)) {
    out.add("exec.policy_above_depends", sight.why, sight.source);
    return;
  }
  const std::string_view row = sight.level == PolicyLevel::boundary   ? "exec.boundary_forbids"
                               : sight.level == PolicyLevel::endpoint ? "exec.endpoint_policy_forbids"
                                                                      : "exec.organization_denies";
  out.add(row, sight.why, sight.source);
}

// The agent opens its channels with the task role: every level between that role and Systems Manager counts.
// Returns what blocks.
std::optional<PolicySight> look_at_role(const Case& c, const Subject& subject, Observations& out) {
  if (subject.definition == nullptr || c.place == nullptr) return std::nullopt;
  const std::string& arn = subject.definition->task_role_arn;
  if (arn.empty()) {
    out.add("exec.role_none", "the task definition names no task role, so the agent has no credentials",
            of_definition(*subject.definition, "taskRoleArn", "none"));
    return std::nullopt;
  }
  const std::string name(core::short_name(arn));
  const auto role = c.place->roles.find(name);
  if (role == c.place->roles.end()) {
    note_missing(
        c, out, "iam.get-role", fmt::format("the policies of the task role {}", name),
        fmt::format("aws iam get-role --role-name {0}; aws iam list-role-policies --role-name {0}", name));
  } else if (!role->second.policies_known) {
    note_missing(c, out, "iam.list-attached-role-policies",
                 fmt::format("every policy of the task role {}", name),
                 fmt::format("aws iam list-attached-role-policies --role-name {}", name));
  }
  const PathSight path = worst_path(c, network_of(c, subject.task), "ssmmessages");
  const std::vector<PolicySight> sights = worst_of(*c.place, {arn, path.endpoints}, kChannels);
  for (const PolicySight& sight : sights) {
    if (sight.level == PolicyLevel::identity) {
      report_own_policies(sight, name, out);
    } else {
      report_level_above(c, sight, out);
    }
  }
  const PolicySight* sight = blocking(sights);
  return sight == nullptr ? std::nullopt : std::optional(*sight);
}

// Who wants a session needs ecs:ExecuteCommand, below the same policies of the organization.
void look_at_organization(const Case& c, Observations& out) {
  if (c.place == nullptr || c.place->organization_policies.empty()) return;
  const auto arn = c.cluster != nullptr ? core::Arn::parse(c.cluster->arn) : core::Arn::parse("");
  const std::string anybody =
      fmt::format("arn:{}:iam::{}:role/caller", arn ? arn->partition : "aws", c.place->account);
  const PolicySight sight = control_policy_sight(*c.place, anybody, {"ecs:ExecuteCommand"});
  const bool seen = std::any_of(out.seen.begin(), out.seen.end(), [](const Observation& o) {
    return o.evidence == "exec.organization_denies" || o.evidence == "exec.policy_above_depends";
  });
  if (sight.grant == Grant::denied || sight.grant == Grant::absent) {
    out.add("exec.organization_denies", sight.why, sight.source);
    out.fix_details.emplace_back("scp_exception", sight.why);
  } else if (sight.grant == Grant::allowed && !seen) {
    out.add("exec.nothing_above_denies", "no service control policy denies what ECS Exec needs",
            {"organizations", "describe-policy", {}, "Content", {}, std::nullopt});
  }
}

void look_at_exec_path(const Case& c, const Subject& subject, Observations& out) {
  if (c.place == nullptr) return;
  const TaskNetwork network = network_of(c, subject.task);
  const PathSight path = worst_path(c, network, "ssmmessages");
  if (path.way == Way::unknown) {
    note_missing(c, out, "ec2.describe-route-tables", "the routes of the task's subnet",
                 "aws ec2 describe-route-tables");
    return;
  }
  const std::string_view row = path.way == Way::closed ? "exec.path_closed"
                               : path.way == Way::open ? "exec.path_open"
                                                       : "exec.path_depends";
  out.add(row, fmt::format("the subnet {}", path.why), path.source);
  if (path.way == Way::depends) {
    note_missing(c, out, "ec2.describe-vpc-endpoints", "the VPC's endpoints",
                 "aws ec2 describe-vpc-endpoints");
  }
  if (path.way == Way::closed) {
    out.fix_details.emplace_back("vpc_endpoint", fmt::format("com.amazonaws.{}.ssmmessages for {}",
                                                             c.place->region, joined(network.subnets)));
    if (!path.fix.empty()) out.fix_details.emplace_back("network_path", path.fix);
  }
}

// "arn:aws:sts::111122223333:assumed-role/sre/kim" -> the role's ARN; other callers come back as they are.
std::string role_arn_of(const std::string& caller) {
  const auto arn = core::Arn::parse(caller);
  if (!arn || !arn->resource.starts_with("assumed-role/")) return caller;
  const std::string name = arn->resource.substr(13, arn->resource.find('/', 13) - 13);
  return fmt::format("arn:{}:iam::{}:role/{}", arn->partition, arn->account, name);
}

// Returns what blocks, as far as the caller's own policies are among the facts.
std::optional<PolicySight> look_at_caller_policies(const Case& c, const facts::CallFailure& call) {
  const std::vector<PolicySight> sights =
      sights_of(*c.place, {role_arn_of(call.caller_arn), {}},
                {"ecs:ExecuteCommand", call.resource_arn.empty() ? "*" : call.resource_arn});
  const PolicySight* sight = blocking(sights);
  return sight == nullptr ? std::nullopt : std::optional(*sight);
}

// Whether AWS refused the call itself.
bool look_at_caller(const Case& c, std::optional<PolicySight>& blocked, Observations& out) {
  for (auto stop = c.stops.rbegin(); stop != c.stops.rend(); ++stop) {
    if (stop->failure == nullptr || stop->failure->operation != "ExecuteCommand") continue;
    const bool denied = core::contains_ignoring_case(stop->failure->code, "accessdenied");
    if (!denied) {
      if (stop->failure->code.empty() && stop->failure->reason.empty()) continue;
      out.add("exec.call_was_accepted", "the call was authorized: it failed later than that",
              source_of(*stop));
    } else if (!has_sign(c, "exec.kms_or_log") && !has_sign(c, "exec.scp_or_boundary")) {
      const std::string caller = stop->failure->caller_arn.empty() ? "the caller" : stop->failure->caller_arn;
      blocked = look_at_caller_policies(c, *stop->failure);
      out.add("exec.caller_refused",
              fmt::format("AWS refused the call of {}{}", caller, blocked ? ": " + blocked->why : ""),
              source_of(*stop));
      out.fix_details.emplace_back("policy_statement", "ecs:ExecuteCommand for " + caller);
      return true;
    }
    return false;
  }
  return false;
}

// What the session needs beyond its channels, where the cluster sets a key or a log of its own.
std::vector<std::pair<std::string_view, std::string>> needs_of(const facts::Place& place,
                                                               const facts::Cluster& cluster) {
  const facts::ExecuteCommandConfiguration& set = *cluster.execute_command;
  std::vector<std::pair<std::string_view, std::string>> needs;
  if (set.kms_key_id.starts_with("arn:")) needs.emplace_back("kms:Decrypt", set.kms_key_id);
  if (!set.log_group.empty()) {
    const auto arn = core::Arn::parse(cluster.arn);
    needs.emplace_back("logs:PutLogEvents",
                       fmt::format("arn:{}:logs:{}:{}:log-group:{}:log-stream:session",
                                   arn ? arn->partition : "aws", place.region, place.account, set.log_group));
  }
  if (!set.s3_bucket.empty())
    needs.emplace_back("s3:PutObject", fmt::format("arn:aws:s3:::{}/session", set.s3_bucket));
  return needs;
}

void look_at_key_and_log(const Case& c, const Subject& subject, std::optional<PolicySight>& blocked,
                         Observations& out) {
  if (c.cluster == nullptr || !c.cluster->execute_command || c.place == nullptr) return;
  const facts::ExecuteCommandConfiguration& set = *c.cluster->execute_command;
  const Source source{"ecs",
                      "describe-clusters",
                      {},
                      "executeCommandConfiguration",
                      set.kms_key_id.empty() ? set.logging : set.kms_key_id,
                      std::nullopt};
  if (set.kms_key_id.empty() && set.log_group.empty() && set.s3_bucket.empty()) {
    out.add("exec.no_key_or_log",
            fmt::format("the cluster {} sets neither a key nor a log for sessions", c.cluster_name), source);
    return;
  }
  if (subject.definition == nullptr) return;
  const auto role = c.place->roles.find(std::string(core::short_name(subject.definition->task_role_arn)));
  if (role != c.place->roles.end() && role->second.policies_known) {
    for (const auto& [action, resource] : needs_of(*c.place, *c.cluster)) {
      const Call call{std::string(action), resource};
      const auto sights = sights_of(*c.place, {subject.definition->task_role_arn, {}}, call);
      const PolicySight* sight = blocking(sights);
      if (sight == nullptr) continue;
      out.add(
          "exec.key_or_log_denied",
          fmt::format("the cluster's session configuration needs what the task role may not: {}", sight->why),
          source);
      if (sight->level == PolicyLevel::identity)
        out.fix_details.emplace_back("policy_statement", fmt::format("{} on {}", action, resource));
      if (!blocked) blocked = *sight;
      return;
    }
  }
  out.add("exec.key_or_log_set",
          fmt::format("the cluster {} sets a key or a log for sessions", c.cluster_name), source);
}

}  // namespace

void observe_exec(const Case& c, Observations& out) {
  observe_signs(c, out);
  const Subject subject = subject_of(c);
  if (!c.service_name.empty()) {
    out.fix_details.emplace_back("enable_exec",
                                 fmt::format("aws ecs update-service --cluster {} --service {} "
                                             "--enable-execute-command --force-new-deployment",
                                             c.cluster_name, c.service_name));
  }
  look_at_flag(c, subject, out);
  look_at_agent(subject, out);
  look_at_platform(subject, out);
  look_at_containers(c, subject, out);
  std::optional<PolicySight> blocked = look_at_role(c, subject, out);
  look_at_organization(c, out);
  look_at_exec_path(c, subject, out);
  const bool refused = look_at_caller(c, blocked, out);
  std::optional<PolicySight> of_session = refused ? blocked : std::nullopt;
  look_at_key_and_log(c, subject, of_session, out);
  if (!blocked) blocked = of_session;
  offer_fix_of(c, blocked ? &*blocked : nullptr, out);
}

}  // namespace doctor::diagnose
