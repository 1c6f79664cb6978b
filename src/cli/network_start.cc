#include "cli/network_start.h"

#include <algorithm>

#include "core/arn.h"

namespace doctor::cli {
namespace {

using core::ErrorKind;
using core::fail;
using core::Result;

std::string comma_words(const std::vector<std::string>& words) {
  std::string out;
  for (const auto& word : words) out += (out.empty() ? "" : ", ") + word;
  return out;
}

// An id stands for itself, an ARN for what it ends in.
bool names(std::string_view wanted, std::string_view arn) {
  return wanted == arn || core::short_name(wanted) == core::short_name(arn);
}

std::string source_words(const network::Source& source) {
  std::string out = source.subnet_id;
  if (!source.groups.empty()) out += " with " + comma_words(source.groups);
  return out + (source.public_ip ? " and a public address" : "");
}

network::Source source_of(const facts::NetworkInterface& interface) {
  return {interface.subnet_id, interface.groups, interface.private_ip, !interface.public_ip.empty()};
}

const facts::NetworkInterface* find_interface(const facts::Facts& facts, const std::string& id) {
  for (const auto& place : facts.places) {
    const auto found = place.interfaces.find(id);
    if (found != place.interfaces.end()) return &found->second;
  }
  return nullptr;
}

std::vector<network::Need> needs_of(const facts::Place& place, const std::string& definition, bool exec) {
  const auto found = place.task_definitions.find(definition);
  return found == place.task_definitions.end() ? network::all_fargate_needs()
                                               : network::needs_of_task(place, found->second, exec);
}

bool in_cluster(const std::string& cluster, const std::string& cluster_arn) {
  return cluster.empty() || names(cluster, cluster_arn);
}

const facts::Service* service_of(const facts::Place& place, std::string_view name,
                                 const std::string& cluster) {
  if (name.empty()) return nullptr;
  for (const auto& [arn, service] : place.services) {
    if (names(name, arn) && in_cluster(cluster, service.cluster_arn)) return &service;
  }
  return nullptr;
}

Result<std::vector<Departure>> from_interface(const facts::Facts& facts, const std::string& id) {
  const auto* interface = find_interface(facts, id);
  if (interface == nullptr) return fail(ErrorKind::not_found, "interface " + id + " is in no facts");
  const auto source = source_of(*interface);
  return std::vector<Departure>{{id + " in " + source_words(source), source, network::all_fargate_needs()}};
}

// The interface itself where the facts have it: of a stopped task it is gone, and the service tells its
// groups.
Result<network::Source> source_of(const facts::Facts& facts, const facts::Task& task,
                                  const facts::Service* service) {
  if (const auto* interface = find_interface(facts, std::string(task.network_interface())))
    return source_of(*interface);
  if (service == nullptr || task.subnet().empty())
    return fail(ErrorKind::not_found,
                "neither the network interface nor the service of task '" +
                    std::string(core::short_name(task.arn)) + "' is in the facts",
                "name its --subnet and --group");
  return network::Source{std::string(task.subnet()), service->network.security_groups, "",
                         service->network.assign_public_ip};
}

Result<std::vector<Departure>> from_task(const facts::Facts& facts, const NetworkStart& start) {
  for (const auto& place : facts.places) {
    for (const auto& [arn, task] : place.tasks) {
      if (!names(start.task, arn) || !in_cluster(start.cluster, task.cluster_arn)) continue;
      const auto* service = service_of(place, task.service(), task.cluster_arn);
      const auto source = source_of(facts, task, service);
      if (!source) return fail(source.error());
      return std::vector<Departure>{
          {"task " + std::string(core::short_name(arn)) + " in " + source_words(*source), *source,
           needs_of(place, task.task_definition_arn, task.enable_execute_command), &place, service}};
    }
  }
  return fail(ErrorKind::not_found, "task '" + start.task + "' is in no facts");
}

Result<std::vector<Departure>> from_service(const facts::Facts& facts, const NetworkStart& start) {
  for (const auto& place : facts.places) {
    const auto* service = service_of(place, start.service, start.cluster);
    if (service == nullptr) continue;
    std::vector<Departure> out;
    for (const auto& subnet : service->network.subnets) {
      const network::Source source{subnet, service->network.security_groups, "",
                                   service->network.assign_public_ip};
      out.push_back({"service " + service->name + " in " + source_words(source), source,
                     needs_of(place, service->task_definition_arn, service->enable_execute_command), &place,
                     service});
    }
    if (out.empty())
      return fail(ErrorKind::not_found, "service '" + service->name + "' names no subnets",
                  "its tasks are not in awsvpc mode: name a --subnet or an --eni");
    return out;
  }
  return fail(ErrorKind::not_found, "service '" + start.service + "' is in no facts");
}

}  // namespace

Result<void> check_start(const NetworkStart& start) {
  const int named =
      !start.subnet.empty() + !start.interface.empty() + !start.task.empty() + !start.service.empty();
  if (named != 1)
    return fail(ErrorKind::usage, "name where to start, once",
                "--subnet with --group, --eni, --task, or --service with --cluster");
  if (start.subnet.empty() && (!start.groups.empty() || start.public_ip))
    return fail(ErrorKind::usage, "--group and --public-ip belong to --subnet");
  if (!start.subnet.empty() && start.groups.empty())
    return fail(ErrorKind::usage, "--subnet needs the security groups of the task: --group sg-…");
  const auto is = [](const std::string& id, std::string_view prefix) {
    return id.starts_with(prefix) && id.size() > prefix.size();
  };
  if (!start.subnet.empty() && !is(start.subnet, "subnet-"))
    return fail(ErrorKind::bad_input, "'" + start.subnet + "' is no subnet",
                "the form is subnet-0123456789abcdef0");
  for (const auto& group : start.groups) {
    if (!is(group, "sg-"))
      return fail(ErrorKind::bad_input, "'" + group + "' is no security group",
                  "the form is sg-0123456789abcdef0");
  }
  if (!start.interface.empty() && !is(start.interface, "eni-"))
    return fail(ErrorKind::bad_input, "'" + start.interface + "' is no network interface",
                "the form is eni-0123456789abcdef0");
  return {};
}

Result<std::vector<Departure>> departures(const facts::Facts& facts, const NetworkStart& start) {
  if (!start.subnet.empty()) {
    const network::Source source{start.subnet, start.groups, "", start.public_ip};
    return std::vector<Departure>{{source_words(source), source, network::all_fargate_needs()}};
  }
  if (!start.interface.empty()) return from_interface(facts, start.interface);
  return start.task.empty() ? from_service(facts, start) : from_task(facts, start);
}

}  // namespace doctor::cli
