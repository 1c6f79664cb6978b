// From a request to a running task.
#include <algorithm>

#include "core/arn.h"
#include "lab/ecs_permission.h"
#include "lab/fargate_image.h"
#include "lab/fargate_path.h"
#include "lab/fargate_rules.h"
#include "lab/fargate_running.h"
#include "lab/fargate_task.h"
#include "lab/scheduler.h"

namespace doctor::lab {

using namespace std::chrono_literals;

std::string denial_text(Denial denial) {
  switch (denial) {
    case Denial::none:
      return {};
    case Denial::capacity:
    case Denial::no_zone:
      return "Capacity is unavailable at this time. Please try again later or in a different availability "
             "zone";
    case Denial::vcpu_quota:
    case Denial::spot_vcpu_quota:
      return "You've reached the limit on the number of vCPUs you can run concurrently";
    case Denial::rate:
      return "Rate exceeded";
  }
  return {};
}

double quota_vcpus(const EcsScope& here, const std::string& pool) {
  const auto& quotas = here.world.quotas[here.region].quotas;
  const auto quota = quotas.find({"fargate", pool == "FARGATE_SPOT" ? kSpotVcpuQuota : kOnDemandVcpuQuota});
  return quota == quotas.end() ? 1e9 : quota->second.value;
}

namespace {

Duration jitter(const EcsScope& here, Duration least, Duration most) {
  return least + Duration(static_cast<long long>(
                     here.world.ids.below(static_cast<std::uint64_t>((most - least).count()) + 1)));
}

void fail_start(const EcsScope& here, TaskRecord& task, const std::string& reason) {
  stop_task(here, task, "TaskFailedToStart", reason);
}

void start_containers(const EcsScope& here, TaskRecord& task) {
  task.started_at = here.now();
  task.last_status = "RUNNING";
  for (auto& container : task.containers) {
    container.last_status = "RUNNING";
    container.runtime_id = task.id + "-" + here.world.ids.digits(10);
  }
  task_changed(here, task);
  begin_running(here, task);
}

void activate(const EcsScope& here, TaskRecord& task) {
  if (task.service.empty()) return start_containers(here, task);
  task.last_status = "ACTIVATING";
  task_changed(here, task);
  later(here, task, jitter(here, 1s, 3s), start_containers);
}

// All images, one after another.
void pull_images(const EcsScope& here, TaskRecord& task) {
  const TaskDefinitionRecord* definition = find_task_definition(here, task.task_definition_arn);
  if (!definition) return;
  task.pull_started_at = here.now();
  Duration total{0};
  double occupied = 0;
  std::string failure;
  for (std::size_t i = 0; i < task.containers.size() && failure.empty(); ++i) {
    const Pull pull = pull_of(here, task, *definition, task.containers[i].image, occupied);
    total += pull.takes;
    occupied += pull.unpacked_gib;
    failure = pull.failure;
    if (failure.empty())
      task.containers[i].image_digest = pull.digest;
    else
      task.containers[i].reason = failure;
  }
  later(here, task, total, [failure](const EcsScope& then, TaskRecord& pulled) {
    pulled.pull_stopped_at = then.now();
    if (failure.empty()) return activate(then, pulled);
    fail_start(then, pulled, failure);
  });
}

void prepare(const EcsScope& here, TaskRecord& task) {
  task.connectivity = "CONNECTED";
  task.connectivity_at = here.now();
  task_changed(here, task);
  const TaskDefinitionRecord* definition = find_task_definition(here, task.task_definition_arn);
  const std::string failure = definition ? resources_failure(here, task, *definition) : std::string();
  if (failure.empty()) {
    later(here, task, jitter(here, 1s, 3s), pull_images);
    return;
  }
  const bool unreachable =
      failure.find("timeout") != std::string::npos || failure.find("deadline") != std::string::npos;
  later(here, task, unreachable ? Duration{2min} : Duration{4s},
        [failure](const EcsScope& then, TaskRecord& failed) { fail_start(then, failed, failure); });
}

json interface_request(const TaskRecord& task, const std::string& subnet) {
  return {{"subnetId", subnet},
          {"groupSet",
           {{"items",
             [&] {
               json items = json::array();
               for (const auto& group : task.network.security_groups) items.push_back({{"groupId", group}});
               return items;
             }()}}},
          {"description", task.arn},
          {"clientToken", task.attachment.id}};
}

void attach(const EcsScope& here, TaskRecord& task) {
  const EcsFaults& faults = here.ecs.faults;
  const std::string& subnet = task.attachment.subnet_id;
  const bool faulty = faults.eni_error_services.empty() || faults.eni_error_services.contains(task.service);
  if (faults.eni_timeout && faulty) {
    task.attachment.status = "FAILED";
    return later(here, task, 3min, [](const EcsScope& then, TaskRecord& late) {
      fail_start(then, late, "Timeout waiting for network interface provisioning to complete.");
    });
  }
  Reply made =
      faulty && !faults.eni_error.empty()
          ? Reply(api_error(faults.eni_error, faults.eni_error_message, 403))
          : create_interface(
                here.world, here.region,
                {.subnet = subnet,
                 .groups = task.network.security_groups,
                 .description = here.world.arn("ecs", here.region, "attachment/" + task.attachment.id),
                 .public_address = task.network.assign_public_ip,
                 .private_address = {}});
  if (!made) {
    task.attachment.status = "FAILED";
    record_service_call(here, "ec2", "CreateNetworkInterface", "ecs-eni-provisioning",
                        interface_request(task, subnet), "Client." + made.error().code, made.error().message);
    return fail_start(here, task,
                      std::string("Unexpected EC2 error while attempting to Create Network Interface with "
                                  "public IP assignment ") +
                          (task.network.assign_public_ip ? "enabled" : "disabled") + " in subnet '" + subnet +
                          "': " + made.error().code);
  }
  if (here.ecs.trail_of_tasks)
    record_service_call(here, "ec2", "CreateNetworkInterface", "ecs-eni-provisioning",
                        interface_request(task, subnet));
  task.attachment.eni_id = text_of(*made, "NetworkInterfaceId");
  task.attachment.mac = text_of(*made, "MacAddress");
  task.attachment.private_ip = text_of(*made, "PrivateIpAddress");
  task.attachment.private_dns = text_of(*made, "PrivateDnsName");
  task.attachment.status = "ATTACHED";
  task.last_status = "PENDING";
  task_changed(here, task);
  later(here, task, jitter(here, 4s, 8s), prepare);
}

TaskRecord& create_record(const EcsScope& here, const Launch& launch,
                          const TaskDefinitionRecord& definition) {
  TaskRecord task;
  task.id = here.world.ids.hex(32);
  task.arn = here.world.arn("ecs", here.region, "task/" + launch.cluster + "/" + task.id);
  task.cluster = launch.cluster;
  task.task_definition_arn = definition.arn;
  task.group = launch.group;
  task.service = launch.service;
  task.deployment = launch.deployment;
  task.started_by = launch.started_by;
  task.provider = launch.provider;
  task.launch_type = launch.provider.empty() ? launch.launch_type : "FARGATE";
  task.platform_version = launch.platform_version;
  task.cpu = text_of(launch.overrides, "cpu", definition.cpu);
  task.memory = text_of(launch.overrides, "memory", definition.memory);
  task.cpu_units = cpu_units_of(task.cpu).value_or(definition.cpu_units);
  task.storage_gib =
      static_cast<int>(integer_of(member_of(launch.overrides, "ephemeralStorage"), "sizeInGiB",
                                  definition.ephemeral_storage_gib.value_or(kDefaultStorageGib)));
  task.exec_enabled = launch.exec_enabled;
  if (definition.os_family != "LINUX") task.platform_family = definition.os_family;
  if (definition.cpu_architecture == "ARM64") task.cpu_architecture = "arm64";
  task.network = launch.network;
  json overrides = launch.overrides;
  if (!overrides.contains("containerOverrides")) {
    overrides["containerOverrides"] = json::array();
    for (const auto& spec : definition.containers)
      overrides["containerOverrides"].push_back({{"name", spec.name}});
  }
  if (!overrides.contains("inferenceAcceleratorOverrides"))
    overrides["inferenceAcceleratorOverrides"] = json::array();
  task.overrides_json = overrides.dump();
  task.tags = launch.tags;
  task.created_at = here.now();
  task.version = 0;
  task.attachment.id = here.world.ids.uuid();
  for (const ContainerSpec& spec : definition.containers) {
    ContainerRecord container;
    container.name = spec.name;
    container.image = spec.image;
    container.arn = here.world.arn(
        "ecs", here.region, "container/" + launch.cluster + "/" + task.id + "/" + here.world.ids.uuid());
    if (launch.exec_enabled) container.exec_agent = ManagedAgentRecord{};
    task.containers.push_back(std::move(container));
  }
  std::string id = task.id;
  return here.state.tasks.emplace(std::move(id), std::move(task)).first->second;
}

}  // namespace

Launched launch_task(const EcsScope& here, const Launch& launch,
                     const std::vector<const TaskRecord*>& spread) {
  const TaskDefinitionRecord* definition = find_task_definition(here, launch.task_definition_arn);
  if (!definition) return {nullptr, Denial::no_zone};
  std::vector<ZoneLoad> loads;
  for (const auto& subnet : launch.network.subnets) {
    const std::string zone = zone_of_subnet(here, subnet);
    const auto same = [&](const ZoneLoad& load) { return load.zone == zone; };
    if (zone.empty() || std::any_of(loads.begin(), loads.end(), same)) continue;
    loads.push_back(
        {zone, static_cast<int>(std::count_if(spread.begin(), spread.end(),
                                              [&](const auto* task) { return task->zone == zone; }))});
  }
  const std::string pool = pool_of(launch.provider);
  const int cpu =
      cpu_units_of(text_of(launch.overrides, "cpu", definition->cpu)).value_or(definition->cpu_units);
  Launched result{nullptr, Denial::no_zone};
  std::string chosen;
  for (const auto& zone : zones_by_need(loads)) {
    const Placement placement =
        here.state.capacity.take(pool, zone, cpu, quota_vcpus(here, pool), here.now());
    if (placement == Placement::granted) {
      chosen = zone;
      break;
    }
    result.denial = placement == Placement::quota
                        ? (pool == "FARGATE_SPOT" ? Denial::spot_vcpu_quota : Denial::vcpu_quota)
                    : placement == Placement::rate ? Denial::rate
                                                   : Denial::capacity;
    if (result.denial != Denial::capacity) return result;
  }
  // A subnet that is gone has no zone; ECS learns of it when it makes the interface.
  if (chosen.empty() && !loads.empty()) return result;
  std::vector<std::string> candidates;
  for (const auto& subnet : launch.network.subnets)
    if (zone_of_subnet(here, subnet) == chosen) candidates.push_back(subnet);
  if (candidates.empty()) return result;

  TaskRecord& task = create_record(here, launch, *definition);
  task.zone = chosen.empty() ? here.region + "a" : chosen;
  task.holds_capacity = !chosen.empty();
  task.attachment.subnet_id = candidates[here.world.ids.below(candidates.size())];
  task.vpc_id = vpc_of_subnet(here, task.attachment.subnet_id);
  task_changed(here, task);
  later(here, task, jitter(here, 6s, 12s), attach);
  return {&task, Denial::none};
}

}  // namespace doctor::lab
