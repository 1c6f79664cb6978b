#include <algorithm>
#include <cctype>

#include "core/arn.h"
#include "lab/ecs_operations.h"
#include "lab/fargate_image.h"
#include "lab/fargate_rules.h"

namespace doctor::lab {

namespace {

tl::unexpected<ApiError> client_error(std::string message) {
  return api_error("ClientException", std::move(message));
}

ContainerSpec container_spec(const json& c) {
  ContainerSpec spec;
  spec.name = text_of(c, "name");
  spec.image = text_of(c, "image");
  spec.essential = boolean_of(c, "essential", true);
  spec.readonly_root = boolean_of(c, "readonlyRootFilesystem", false);
  spec.init_process = boolean_of(member_of(c, "linuxParameters"), "initProcessEnabled", false);
  spec.health_check = c.contains("healthCheck");
  spec.stop_timeout_seconds = static_cast<int>(integer_of(c, "stopTimeout", 30));
  if (c.contains("memory")) spec.memory = static_cast<int>(integer_of(c, "memory", 0));
  if (c.contains("memoryReservation"))
    spec.memory_reservation = static_cast<int>(integer_of(c, "memoryReservation", 0));
  const json& log = member_of(c, "logConfiguration");
  const json& options = member_of(log, "options");
  spec.log_driver = text_of(log, "logDriver");
  spec.log_group = text_of(options, "awslogs-group");
  spec.log_prefix = text_of(options, "awslogs-stream-prefix");
  spec.log_region = text_of(options, "awslogs-region");
  for (const json& secret : list_of(c, "secrets")) spec.secrets.push_back(text_of(secret, "valueFrom"));
  for (const json& port : list_of(c, "portMappings"))
    spec.ports.push_back(static_cast<int>(integer_of(port, "containerPort", 0)));
  for (const json& variable : list_of(c, "environment"))
    spec.aws_keys_in_environment |= text_of(variable, "name") == "AWS_ACCESS_KEY_ID";
  return spec;
}

// What Fargate wants of a definition, in AWS's words. Empty: it is fit for Fargate.
std::string fargate_fault(const TaskDefinitionRecord& d) {
  if (d.network_mode != "awsvpc") return "Fargate only supports network mode ‘awsvpc’.";
  if (d.cpu.empty()) return "Fargate requires that 'cpu' be defined at the task level.";
  if (d.memory.empty()) return "Fargate requires that 'memory' be defined at the task level.";
  if (!is_fargate_size(d.cpu_units, d.memory_mib))
    return "No Fargate configuration exists for given values: " + std::to_string(d.cpu_units) + " CPU, " +
           std::to_string(d.memory_mib) + " memory. See the Amazon ECS documentation for the valid values.";
  for (const auto& container : d.containers) {
    if (container.stop_timeout_seconds > 120)
      return "The 'stopTimeout' setting for a container can have a maximum value of 120 seconds on Fargate.";
    if (!d.execution_role_arn.empty()) continue;
    if (is_ecr_image(container.image))
      return "Fargate requires task definition to have execution role ARN to support ECR images.";
    if (container.log_driver == "awslogs")
      return "Fargate requires task definition to have execution role ARN to support log driver awslogs.";
    if (!container.secrets.empty())
      return "When you are specifying container secrets, you must also specify a value for "
             "'executionRoleArn'.";
  }
  return {};
}

std::string container_fault(const TaskDefinitionRecord& d) {
  if (d.containers.empty()) return "Container list cannot be empty.";
  bool essential = false;
  int memory = 0;
  for (const auto& container : d.containers) {
    if (container.name.empty()) return "Container.name should not be null or empty.";
    if (container.image.empty()) return "Container.image should not be null or empty.";
    const auto same = [&](const auto& other) { return other.name == container.name; };
    if (std::count_if(d.containers.begin(), d.containers.end(), same) > 1)
      return "Container.name must be unique in the task definition.";
    essential |= container.essential;
    memory += container.memory.value_or(container.memory_reservation.value_or(0));
  }
  if (!essential) return "A task definition must have at least one essential container.";
  if (d.memory_mib > 0 && memory > d.memory_mib)
    return "Invalid 'memory' setting for container: the containers' memory is above the task's.";
  return {};
}

// The definition as AWS gives it back: what the request says, completed.
json completed(const TaskDefinitionRecord& d, const json& input, const CallContext& call, Timestamp now) {
  json out{{"taskDefinitionArn", d.arn},
           {"family", d.family},
           {"revision", d.revision},
           {"status", "ACTIVE"},
           {"networkMode", d.network_mode},
           {"volumes", list_of(input, "volumes")},
           {"placementConstraints", list_of(input, "placementConstraints")},
           {"compatibilities", json::array({"EC2"})},
           {"requiresAttributes", json::array()},
           {"registeredAt", epoch(now)},
           {"registeredBy", call.caller_arn},
           {"containerDefinitions", json::array()}};
  if (d.fargate || fargate_fault(d).empty()) out["compatibilities"].push_back("FARGATE");
  for (const char* attribute :
       {"com.amazonaws.ecs.capability.docker-remote-api.1.18", "ecs.capability.task-eni"})
    out["requiresAttributes"].push_back({{"name", attribute}});
  for (const char* key : {"taskRoleArn", "executionRoleArn", "requiresCompatibilities", "pidMode", "ipcMode",
                          "proxyConfiguration", "ephemeralStorage", "runtimePlatform"})
    if (input.contains(key)) out[key] = input[key];
  if (!d.cpu.empty()) out["cpu"] = d.cpu;
  if (!d.memory.empty()) out["memory"] = d.memory;
  for (json container : list_of(input, "containerDefinitions")) {
    container["essential"] = boolean_of(container, "essential", true);
    if (!container.contains("cpu")) container["cpu"] = 0;
    for (const char* key : {"portMappings", "environment", "mountPoints", "volumesFrom"})
      if (!container.contains(key)) container[key] = json::array();
    for (json& port : container["portMappings"]) {
      if (!port.contains("protocol")) port["protocol"] = "tcp";
      if (!port.contains("hostPort")) port["hostPort"] = port["containerPort"];
    }
    out["containerDefinitions"].push_back(std::move(container));
  }
  return out;
}

bool is_family_name(const std::string& name) {
  return !name.empty() && name.size() <= 255 && std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return std::isalnum(c) || c == '-' || c == '_';
  });
}

}  // namespace

Reply register_task_definition(World& world, const CallContext& call, const json& input) {
  const EcsScope here = ecs_in(world, call.region);
  TaskDefinitionRecord d;
  d.family = text_of(input, "family");
  if (!is_family_name(d.family)) return client_error("Family contains invalid characters.");
  d.network_mode = text_of(input, "networkMode", "bridge");
  d.pid_mode = text_of(input, "pidMode");
  d.task_role_arn = text_of(input, "taskRoleArn");
  d.execution_role_arn = text_of(input, "executionRoleArn");
  d.cpu_architecture = text_of(member_of(input, "runtimePlatform"), "cpuArchitecture", "X86_64");
  d.os_family = text_of(member_of(input, "runtimePlatform"), "operatingSystemFamily", "LINUX");
  for (const json& volume : list_of(input, "volumes")) d.efs |= volume.contains("efsVolumeConfiguration");
  for (const json& container : list_of(input, "containerDefinitions"))
    d.containers.push_back(container_spec(container));
  const auto compatibilities = strings_of(input, "requiresCompatibilities");
  d.fargate = std::find(compatibilities.begin(), compatibilities.end(), "FARGATE") != compatibilities.end();

  if (const std::string cpu = text_of(input, "cpu"); !cpu.empty()) {
    const auto units = cpu_units_of(cpu);
    if (!units) return client_error("Invalid 'cpu' setting for task.");
    d.cpu_units = *units;
    d.cpu = std::to_string(*units);
  }
  if (const std::string memory = text_of(input, "memory"); !memory.empty()) {
    const auto mib = memory_mib_of(memory);
    if (!mib) return client_error("Invalid 'memory' setting for task.");
    d.memory_mib = *mib;
    d.memory = std::to_string(*mib);
  }
  if (input.contains("ephemeralStorage")) {
    const auto gib = integer_of(input["ephemeralStorage"], "sizeInGiB", 0);
    if (gib < 21 || gib > 200) return client_error("Ephemeral storage size must be between 21 and 200 GiB.");
    d.ephemeral_storage_gib = static_cast<int>(gib);
  }
  if (const auto fault = container_fault(d); !fault.empty()) return client_error(fault);
  if (d.fargate) {
    if (const auto fault = fargate_fault(d); !fault.empty()) return client_error(fault);
    if (!d.pid_mode.empty() && d.pid_mode != "task")
      return client_error("Fargate only supports pidMode 'task'.");
    if (input.contains("ipcMode")) return client_error("IPC mode is not supported on Fargate.");
    if (d.os_family != "LINUX" && d.efs)
      return client_error("EFS volumes are not supported for Windows tasks on Fargate.");
  }
  for (const auto& role : {d.task_role_arn, d.execution_role_arn})
    if (!role.empty() && role.rfind("arn:", 0) == 0 && role.find(":role/") == std::string::npos)
      return client_error("Role is not valid");

  auto& revisions = here.state.families[d.family];
  d.revision = revisions.empty() ? 1 : revisions.back().revision + 1;
  d.arn = world.arn("ecs", call.region, "task-definition/" + d.family + ":" + std::to_string(d.revision));
  d.tags = tags_of(list_of(input, "tags"));
  d.json = completed(d, input, call, here.now()).dump();
  d.fargate = d.fargate || fargate_fault(d).empty();
  revisions.push_back(std::move(d));
  json out{{"taskDefinition", task_definition_json(revisions.back())}};
  if (!revisions.back().tags.empty()) out["tags"] = tags_json(revisions.back().tags);
  return out;
}

Reply deregister_task_definition(World& world, const CallContext& call, const json& input) {
  const EcsScope here = ecs_in(world, call.region);
  const std::string name = text_of(input, "taskDefinition");
  if (core::family_revision(name).find(':') == std::string_view::npos)
    return client_error("Invalid revision number. Number: null");
  TaskDefinitionRecord* definition = find_task_definition(here, name);
  if (!definition) return client_error("The specified task definition does not exist.");
  if (definition->status == "INACTIVE")
    return client_error(
        "The specified task definition is inactive. You must specify an active task definition "
        "and try again.");
  definition->status = "INACTIVE";
  json document = json::parse(definition->json, nullptr, false);
  document["deregisteredAt"] = epoch(here.now());
  definition->json = document.dump();
  return json{{"taskDefinition", task_definition_json(*definition)}};
}

Reply describe_task_definition(World& world, const CallContext& call, const json& input) {
  const EcsScope here = ecs_in(world, call.region);
  const TaskDefinitionRecord* definition = find_task_definition(here, text_of(input, "taskDefinition"));
  if (!definition) return client_error("Unable to describe task definition.");
  json out{{"taskDefinition", task_definition_json(*definition)}};
  const auto include = strings_of(input, "include");
  if (std::find(include.begin(), include.end(), "TAGS") != include.end())
    out["tags"] = tags_json(definition->tags);
  return out;
}

Reply list_task_definitions(World& world, const CallContext& call, const json& input) {
  const EcsScope here = ecs_in(world, call.region);
  const std::string family = text_of(input, "familyPrefix"), status = text_of(input, "status", "ACTIVE");
  json arns = json::array();
  for (const auto& [name, revisions] : here.state.families) {
    if (!family.empty() && name != family) continue;  // "must be the full family name" (ListTaskDefinitions)
    for (const auto& definition : revisions)
      if (definition.status == status) arns.push_back(definition.arn);
  }
  if (text_of(input, "sort") == "DESC") std::reverse(arns.begin(), arns.end());
  return page_of(arns, input, {.result_key = "taskDefinitionArns", .bad_limit = "InvalidParameterException"});
}

Reply list_task_definition_families(World& world, const CallContext& call, const json& input) {
  const EcsScope here = ecs_in(world, call.region);
  const std::string prefix = text_of(input, "familyPrefix"), status = text_of(input, "status", "ALL");
  json families = json::array();
  for (const auto& [name, revisions] : here.state.families) {
    if (name.rfind(prefix, 0) != 0) continue;
    const bool active = std::any_of(revisions.begin(), revisions.end(),
                                    [](const auto& definition) { return definition.status == "ACTIVE"; });
    if (status == "ALL" || (status == "ACTIVE") == active) families.push_back(name);
  }
  return page_of(families, input, {.result_key = "families", .bad_limit = "InvalidParameterException"});
}

}  // namespace doctor::lab
