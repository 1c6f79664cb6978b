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

const std::vector<std::string_view> kChannelActions{
    "ssmmessages:CreateControlChannel", "ssmmessages:CreateDataChannel", "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel"};

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
  const std::optional<bool> old = is_before_1_4(*subject.task);
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

void look_at_boundary(const facts::Role& role, Observations& out) {
  if (role.boundary_arn.empty()) return;
  const PolicySight sight = worst_of({{role.boundary_arn, role.boundary_document}}, kChannelActions);
  const std::string boundary(core::short_name(role.boundary_arn));
  const Source source{"iam", "get-role", {}, "PermissionsBoundary", role.boundary_arn, std::nullopt};
  if (sight.grant == Grant::denied || sight.grant == Grant::absent) {
    out.add("exec.boundary_forbids",
            fmt::format("the permissions boundary {} of role {} does not allow the session channels",
                        boundary, role.name),
            source);
  } else if (sight.grant == Grant::depends) {
    out.add(
        "exec.policy_above_depends",
        fmt::format(
            "the permissions boundary {} allows the session channels under conditions, or could not be read",
            boundary),
        source);
  }
}

void look_at_role(const Case& c, const Subject& subject, Observations& out) {
  if (subject.definition == nullptr || c.place == nullptr) return;
  if (subject.definition->task_role_arn.empty()) {
    out.add("exec.role_none", "the task definition names no task role, so the agent has no credentials",
            of_definition(*subject.definition, "taskRoleArn", "none"));
    return;
  }
  const std::string name(core::short_name(subject.definition->task_role_arn));
  const auto found = c.place->roles.find(name);
  if (found == c.place->roles.end()) {
    note_missing(
        c, out, "iam.get-role", fmt::format("the policies of the task role {}", name),
        fmt::format("aws iam get-role --role-name {0}; aws iam list-role-policies --role-name {0}", name));
    return;
  }
  const facts::Role& role = found->second;
  look_at_boundary(role, out);
  const PolicySight sight = worst_of(documents_of(role), kChannelActions);
  const Source source{
      "iam", "get-role-policy", {}, "Statement", sight.policy.empty() ? name : sight.policy, std::nullopt};
  if (sight.grant == Grant::denied) {
    out.add("exec.role_denies",
            fmt::format("the policy {} of the task role {} denies ssmmessages", sight.policy, name), source);
  } else if (sight.grant == Grant::depends) {
    out.add("exec.role_depends",
            fmt::format("the task role {} allows ssmmessages only under conditions", name), source);
  } else if (sight.grant == Grant::allowed) {
    out.add("exec.role_allows", fmt::format("the task role {} allows the four ssmmessages actions", name),
            source);
  } else if (role.policies_known) {
    out.add("exec.role_lacks_actions",
            fmt::format("no policy of the task role {} allows all four ssmmessages actions", name), source);
    out.fix_details.emplace_back("policy_statement", "the four ssmmessages actions on * for role " + name);
  } else {
    note_missing(c, out, "iam.list-attached-role-policies",
                 fmt::format("every policy of the task role {}", name),
                 fmt::format("aws iam list-attached-role-policies --role-name {}", name));
  }
}

bool may_bind(const facts::OrganizationPolicy& policy, const std::string& account) {
  if (policy.targets.empty()) return true;
  return std::any_of(policy.targets.begin(), policy.targets.end(), [&](const std::string& target) {
    return target == account || !core::is_account_id(target);  // a root or an organizational unit above it
  });
}

void look_at_organization(const Case& c, Observations& out) {
  if (c.place == nullptr) return;
  std::vector<NamedDocument> documents;
  for (const facts::OrganizationPolicy& policy : c.place->organization_policies) {
    if (policy.type == "SERVICE_CONTROL_POLICY" && may_bind(policy, c.place->account)) {
      documents.push_back({policy.name.empty() ? policy.id : policy.name, policy.document});
    }
  }
  if (documents.empty()) return;
  std::vector<std::string_view> actions = kChannelActions;
  actions.emplace_back("ecs:ExecuteCommand");
  const PolicySight sight = worst_of(documents, actions);
  const Source source{"organizations", "describe-policy", {}, "Content", sight.policy, std::nullopt};
  if (sight.grant == Grant::denied || sight.grant == Grant::absent) {
    out.add("exec.organization_denies",
            sight.grant == Grant::denied
                ? fmt::format("the service control policy {} denies what ECS Exec needs", sight.policy)
                : "no service control policy allows what ECS Exec needs",
            source);
    out.fix_details.emplace_back("scp_exception", sight.policy);
  } else if (sight.grant == Grant::depends) {
    out.add("exec.policy_above_depends",
            fmt::format("the service control policy {} denies what ECS Exec needs under conditions",
                        sight.policy),
            source);
  } else {
    out.add("exec.nothing_above_denies", "no service control policy denies what ECS Exec needs", source);
  }
}

void look_at_path(const Case& c, const Subject& subject, Observations& out) {
  if (c.place == nullptr) return;
  const TaskNetwork network = network_of(c, subject.task);
  const PathSight path = worst_path(*c.place, network, "ssmmessages");
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
  }
}

void look_at_caller(const Case& c, Observations& out) {
  for (auto stop = c.stops.rbegin(); stop != c.stops.rend(); ++stop) {
    if (stop->failure == nullptr || stop->failure->operation != "ExecuteCommand") continue;
    const bool denied = core::contains_ignoring_case(stop->failure->code, "accessdenied");
    if (!denied) {
      if (stop->failure->code.empty() && stop->failure->reason.empty()) continue;
      out.add("exec.call_was_accepted", "the call was authorized: it failed later than that",
              source_of(*stop));
    } else if (!has_sign(c, "exec.kms_or_log") && !has_sign(c, "exec.scp_or_boundary")) {
      const std::string caller = stop->failure->caller_arn.empty() ? "the caller" : stop->failure->caller_arn;
      out.add("exec.caller_refused", fmt::format("AWS refused the call of {}", caller), source_of(*stop));
      out.fix_details.emplace_back("policy_statement", "ecs:ExecuteCommand for " + caller);
    }
    return;
  }
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

void look_at_key_and_log(const Case& c, const Subject& subject, Observations& out) {
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
      const PolicySight sight = sight_of(documents_of(role->second), action, resource);
      if (sight.grant != Grant::absent && sight.grant != Grant::denied) continue;
      out.add(
          "exec.key_or_log_denied",
          fmt::format("the task role {} may not {} on {}, which the cluster's session configuration needs",
                      role->second.name, action, resource),
          source);
      out.fix_details.emplace_back("policy_statement", fmt::format("{} on {}", action, resource));
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
  look_at_role(c, subject, out);
  look_at_organization(c, out);
  look_at_path(c, subject, out);
  look_at_caller(c, out);
  look_at_key_and_log(c, subject, out);
}

}  // namespace doctor::diagnose
