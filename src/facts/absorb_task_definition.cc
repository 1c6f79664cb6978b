// Task definitions. Environment values are never read: names alone say what a diagnosis needs.
#include "core/arn.h"
#include "facts/reading.h"
#include "facts/redact.h"

namespace doctor::facts {
namespace {

ContainerDefinition container_definition_of(const Json& item) {
  ContainerDefinition c;
  c.name = text_at(item, "name");
  c.image = text_at(item, "image");
  c.user = text_at(item, "user");
  c.essential = item["essential"].boolean_or(true);
  c.readonly_root_filesystem = flag_at(item, "readonlyRootFilesystem");
  c.init_process_enabled = flag_at(item["linuxParameters"], "initProcessEnabled");
  c.linux_capabilities_added = item["linuxParameters"]["capabilities"]["add"].strings();
  c.has_health_check = item["healthCheck"]["command"].size() > 0;
  c.has_repository_credentials = item["repositoryCredentials"]["credentialsParameter"].is_string();
  c.stop_timeout_seconds = item["stopTimeout"].integer();
  c.cpu = item["cpu"].integer();
  c.memory_mib = item["memory"].integer();
  c.memory_reservation_mib = item["memoryReservation"].integer();
  for (const Json& pair : item["environment"].items()) c.environment_names.push_back(text_at(pair, "name"));
  for (const Json& secret : item["secrets"].items())
    c.secrets.push_back({text_at(secret, "name"), text_at(secret, "valueFrom")});
  const Json log = item["logConfiguration"];
  c.log_driver = text_at(log, "logDriver");
  for (const auto& [key, value] : log["options"].members())
    c.log_options[std::string(key)] =
        is_secret_name(key) ? std::string(kRedacted) : redact_line(value.string_or());
  c.entry_point = redact_command(item["entryPoint"].strings());
  c.command = redact_command(item["command"].strings());
  return c;
}

}  // namespace

TaskDefinition task_definition_of(Reading& in, const Json& item) {
  TaskDefinition d;
  d.arn = in.identity(item, "taskDefinition", "taskDefinitionArn");
  d.family = text_at(item, "family");
  d.status = text_at(item, "status");
  d.cpu = text_at(item, "cpu");
  d.memory = text_at(item, "memory");
  d.network_mode = text_at(item, "networkMode");
  d.pid_mode = text_at(item, "pidMode");
  d.task_role_arn = text_at(item, "taskRoleArn");
  d.execution_role_arn = text_at(item, "executionRoleArn");
  d.cpu_architecture = text_at(item["runtimePlatform"], "cpuArchitecture");
  d.operating_system_family = text_at(item["runtimePlatform"], "operatingSystemFamily");
  d.registered_by = text_at(item, "registeredBy");
  d.revision = item["revision"].integer().value_or(0);
  d.ephemeral_storage_gib = item["ephemeralStorage"]["sizeInGiB"].integer();
  d.requires_compatibilities = item["requiresCompatibilities"].strings();
  d.compatibilities = item["compatibilities"].strings();
  for (const Json& volume : item["volumes"].items()) {
    const Json efs = volume["efsVolumeConfiguration"];
    if (efs.is_object()) d.efs_volumes.push_back(text_at(efs, "fileSystemId"));
  }
  for (const Json& container : in.objects(item, "containerDefinitions"))
    d.containers.push_back(container_definition_of(container));
  d.registered_at = in.time(item["registeredAt"]);
  in.time(item["deregisteredAt"]);
  return d;
}

}  // namespace doctor::facts
