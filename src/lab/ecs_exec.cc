// ExecuteCommand, and every way it fails ("Using Amazon ECS Exec to access containers").
#include <algorithm>

#include "lab/ecs_operations.h"
#include "lab/ecs_permission.h"
#include "lab/fargate_path.h"

namespace doctor::lab {

namespace {

constexpr const char* kNotEnabled =
    "The execute command failed because execute command was not enabled when the task was run or the execute "
    "command agent isn’t running. Wait and try again or run a new task with execute command enabled and try "
    "again.";

// The channel of the task's SSM agent to Session Manager: permissions of the task role, and a way there.
bool channel_is_open(const EcsScope& here, const TaskRecord& task, const TaskDefinitionRecord& definition) {
  for (const char* action : {"ssmmessages:CreateControlChannel", "ssmmessages:CreateDataChannel",
                             "ssmmessages:OpenControlChannel", "ssmmessages:OpenDataChannel"})
    if (!role_may(here.world, definition.task_role_arn, action).allowed) return false;
  return way_to(here, task.network, task.attachment.subnet_id, "ssmmessages") != Way::none;
}

// Callers of the lab are not checked as IAM would; an explicit deny in their role's policies or a service
// control policy is honoured.
std::string caller_denial(const World& world, const std::string& caller_arn, const std::string& task_arn) {
  const auto marker = caller_arn.find(":assumed-role/");
  if (marker == std::string::npos) return {};
  const auto start = marker + 14;
  const std::string role = caller_arn.substr(start, caller_arn.find('/', start) - start);
  const auto known = world.iam.roles.find(role);
  if (known == world.iam.roles.end()) return {};
  const Permission may = role_may(world, role, "ecs:ExecuteCommand", task_arn);
  const bool governed = !known->second.inlined.empty() || !known->second.attached.empty();
  if (may.allowed || (!governed && may.because.find("explicit deny") == std::string::npos)) return {};
  return not_authorized_text(caller_arn, "ecs:ExecuteCommand", task_arn, may);
}

}  // namespace

Reply execute_command(World& world, const CallContext& call, const json& input) {
  const EcsScope here = ecs_in(world, call.region);
  const EcsClusterRecord* cluster = find_cluster(here, text_of(input, "cluster"));
  if (!cluster) return cluster_not_found();
  const TaskRecord* task = find_task(here, cluster->name, text_of(input, "task"));
  if (!task)
    return invalid_parameter(
        "The execute command failed because the task was not found. Specify a valid task and try "
        "again.");
  if (const auto denial = caller_denial(world, call.caller_arn, task->arn); !denial.empty())
    return api_error("AccessDeniedException", denial);
  if (!boolean_of(input, "interactive", false))
    return invalid_parameter("Interactive is the only mode supported currently.");
  if (text_of(input, "command").empty()) return invalid_parameter("Command cannot be empty.");
  if (task->last_status != "RUNNING" || !task->wanted())
    return invalid_parameter(
        "The execute command failed because the task is not running. Specify a running task and try "
        "again.");
  std::string name = text_of(input, "container");
  if (name.empty() && task->containers.size() > 1)
    return invalid_parameter(
        "The execute command failed because the container name must be specified for tasks with "
        "more than one container.");
  if (name.empty()) name = task->containers.front().name;
  const auto container = std::find_if(task->containers.begin(), task->containers.end(),
                                      [&](const auto& one) { return one.name == name; });
  if (container == task->containers.end())
    return invalid_parameter("The execute command failed because the container " + name +
                             " was not found in the task.");
  if (!task->exec_enabled || !container->exec_agent || container->exec_agent->last_status != "RUNNING")
    return invalid_parameter(kNotEnabled);
  const TaskDefinitionRecord* definition = find_task_definition(here, task->task_definition_arn);
  const bool keys = definition && std::any_of(definition->containers.begin(), definition->containers.end(),
                                              [&](const auto& spec) {
                                                return spec.name == name && spec.aws_keys_in_environment;
                                              });
  if (!definition || keys || !channel_is_open(here, *task, *definition))
    return api_error("TargetNotConnectedException",
                     "The execute command failed due to an internal error. Try again later.");
  const std::string session = "ecs-execute-command-" + world.ids.hex(26);
  return json{{"clusterArn", cluster->arn},
              {"containerArn", container->arn},
              {"containerName", container->name},
              {"interactive", true},
              {"taskArn", task->arn},
              {"session",
               {{"sessionId", session},
                {"streamUrl", "wss://ssmmessages." + call.region + ".amazonaws.com/v1/data-channel/" +
                                  session + "?role=publish_subscribe"},
                {"tokenValue", "lab-" + world.ids.hex(40)}}}};
}

}  // namespace doctor::lab
