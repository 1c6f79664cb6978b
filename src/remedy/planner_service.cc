// Fixes that change the service itself: where its tasks run, how many, and how they are replaced.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "core/arn.h"
#include "core/json.h"
#include "diagnose/strategy.h"
#include "network/needs.h"
#include "remedy/kinds.h"
#include "remedy/planner_draft.h"

namespace doctor::remedy {
namespace {

using diagnose::Strategy;
using nlohmann::json;

constexpr int kFreeAddresses = 32;  // what a subnet must have to be worth moving to
constexpr std::size_t kZonesEnough = 3;

// --- Capacity provider strategy -------------------------------------------------------------------------

Strategy strategy_of(const Draft& d) {
  if (!d.service->capacity_provider_strategy.empty()) return d.service->capacity_provider_strategy;
  if (!d.service->launch_type.empty() || d.cluster == nullptr) return {};
  return d.cluster->default_strategy;
}

json value_of(const Strategy& strategy) {
  json list = json::array();
  for (const auto& item : strategy) {
    list.push_back(
        {{"capacityProvider", item.capacity_provider}, {"base", item.base}, {"weight", item.weight}});
  }
  std::sort(list.begin(), list.end(), [](const json& a, const json& b) { return a.dump() < b.dump(); });
  return list;
}

std::string words_of(const Strategy& strategy) {
  std::string all;
  for (const auto& item : strategy) {
    all += fmt::format("{}{} base {} weight {}", all.empty() ? "" : ", ", item.capacity_provider, item.base,
                       item.weight);
  }
  return all.empty() ? "none" : all;
}

// "A capacity provider must be associated with the cluster to be used" (CapacityProviderStrategyItem).
void associate_providers(Draft& d, const Strategy& strategy) {
  if (d.cluster == nullptr || d.cluster->capacity_providers.empty()) return;
  const auto& have = d.cluster->capacity_providers;
  std::vector<std::string> missing;
  for (const auto& item : strategy) {
    if (std::find(have.begin(), have.end(), item.capacity_provider) == have.end())
      missing.push_back(item.capacity_provider);
  }
  if (missing.empty()) return;
  const Resource where = resource(d, "ecs:cluster", d.cluster->arn);
  const auto state = state_of(d, where);
  if (!state) return leave_out(d, "the cluster's state was not read (ecs describe-clusters)");
  const json before = json::parse(*state, nullptr, false);
  json after = before;
  for (const auto& name : missing) after["capacityProviders"].push_back(name);
  std::sort(after["capacityProviders"].begin(), after["capacityProviders"].end());
  const auto input = [&](const json& of) {
    return json{
        {"cluster", d.cluster->arn},
        {"capacityProviders", of.value("capacityProviders", json::array())},
        {"defaultCapacityProviderStrategy", of.value("defaultCapacityProviderStrategy", json::array())}};
  };
  Step step =
      make_step(d, where, *state,
                fmt::format("Let the cluster {} use {}", d.cluster->name, fmt::join(missing, " and ")),
                request(d, "ecs", "PutClusterCapacityProviders", input(after)));
  step.effects = effects_between(before.dump(), after.dump());
  step.inverse = request(d, "ecs", "PutClusterCapacityProviders", input(before));
  step.expected_duration = std::chrono::seconds{10};
  add(d, std::move(step), When::before_service);
}

// "AWS Fargate pricing", us-east-1, Linux on X86: a vCPU and a GB of memory, by the hour.
std::string on_demand_cost(const Draft& d, int tasks) {
  constexpr double kVcpu = 0.04048, kGigabyte = 0.004445, kSaved = 0.7;
  const double vcpus = d.definition == nullptr ? 0 : std::atof(d.definition->cpu.c_str()) / 1024;
  const double memory = d.definition == nullptr ? 0 : std::atof(d.definition->memory.c_str()) / 1024;
  if (vcpus <= 0 || tasks <= 0)
    return "the price on demand, from which Fargate Spot takes up to 70 percent (AWS Fargate pricing)";
  return fmt::format(
      "up to {:.2f} USD a month more: {} task{} of {:g} vCPU and {:g} GB on demand, from which Fargate Spot "
      "takes up to 70 percent, in us-east-1 (AWS Fargate pricing)",
      tasks * (vcpus * kVcpu + memory * kGigabyte) * kHoursAMonth * kSaved, tasks, tasks == 1 ? "" : "s",
      vcpus, memory);
}

void set_strategy(Draft& d, const Strategy& wanted, const std::string& title) {
  if (!take(d, "strategy", "the capacity provider strategy")) return;
  associate_providers(d, wanted);
  const Strategy now = strategy_of(d);
  // Of each: the base, and of the rest the share by weight.
  const auto on_demand = [&](const Strategy& strategy) {
    const auto* item = diagnose::item_of(strategy, "FARGATE");
    const int base = item == nullptr ? 0 : std::min(item->base, d.service->desired);
    return base + static_cast<int>((d.service->desired - base) * (1 - diagnose::spot_share(strategy)) + 0.5);
  };
  if (diagnose::item_of(now, "FARGATE_SPOT") != nullptr)
    d.service_cost = on_demand_cost(d, on_demand(wanted) - on_demand(now));
  edit_service(d, title, true, [list = value_of(wanted)](json& s) { s["capacityProviderStrategy"] = list; });
}

void on_demand_base(Draft& d) {
  if (d.service == nullptr) return leave_out(d, "no service is known that it could change");
  const Strategy now = strategy_of(d);
  Strategy wanted = diagnose::with_on_demand_base(now, d.service->desired);
  // A service on demand already has what it asks for.
  if (now.empty() && d.service->launch_type == "FARGATE")
    return leave_out(d, "the service's tasks run on demand already (launch type FARGATE)");
  set_strategy(d, wanted,
               fmt::format("Keep {} on-demand task{}: {} instead of {}", wanted.front().base,
                           wanted.front().base == 1 ? "" : "s", words_of(wanted), words_of(now)));
}

void run_on_demand(Draft& d) {
  if (d.service == nullptr) return leave_out(d, "no service is known that it could change");
  const Strategy now = strategy_of(d);
  set_strategy(d, {{"FARGATE", 0, 1}},
               fmt::format("Run all tasks on demand: FARGATE weight 1 instead of {}", words_of(now)));
}

// The parameters of this service's calls in CloudTrail that have the key, oldest first.
std::vector<std::string> history_of(const Draft& d, std::string_view key) {
  std::vector<std::pair<core::Timestamp, std::string>> found;
  for (const auto& [id, event] : d.place->trail) {
    if (!event.error_code.empty() || !event.time) continue;
    if (event.event_name != "UpdateService" && event.event_name != "CreateService") continue;
    const auto parameters = core::JsonDocument::parse(event.request_parameters, "requestParameters");
    if (!parameters) continue;
    const core::Json root = parameters->root();
    const auto name = root[event.event_name == "CreateService" ? "serviceName" : "service"].string_or();
    if (core::short_name(name) != d.service->name || !root[key].present()) continue;
    const auto cluster = root["cluster"].string_or("default");
    if (core::short_name(cluster) != core::short_name(d.service->cluster_arn)) continue;
    found.emplace_back(*event.time, root[key].text());
  }
  std::sort(found.begin(), found.end());
  std::vector<std::string> values;
  for (auto& [time, value] : found) values.push_back(std::move(value));
  return values;
}

const facts::Deployment* older_deployment(const Draft& d) {
  const facts::Deployment* older = nullptr;
  for (const facts::Deployment& deployment : d.service->deployments) {
    if (deployment.status == "PRIMARY") continue;
    if (older == nullptr || deployment.created_at > older->created_at) older = &deployment;
  }
  return older;
}

void restore_strategy(Draft& d) {
  if (d.service == nullptr) return leave_out(d, "no service is known that it could change");
  const Strategy now = strategy_of(d);
  Strategy was;
  if (const auto* older = older_deployment(d); older != nullptr && older->capacity_provider_strategy != now)
    was = older->capacity_provider_strategy;
  const auto history = history_of(d, "capacityProviderStrategy");
  for (auto value = history.rbegin(); was.empty() && value != history.rend(); ++value) {
    Strategy then;
    for (const json& item : json::parse(*value, nullptr, false)) {
      then.push_back({item.value("capacityProvider", ""), item.value("base", 0), item.value("weight", 0)});
    }
    if (value_of(then) != value_of(now)) was = then;
  }
  if (was.empty())
    return leave_out(d, "neither an older deployment nor CloudTrail says what the strategy was before");
  set_strategy(d, was, fmt::format("Go back to {} from {}", words_of(was), words_of(now)));
}

// --- Subnets and groups ---------------------------------------------------------------------------------

const facts::Subnet* subnet_of(const Draft& d, const std::string& id) {
  const auto found = d.place->subnets.find(id);
  return found == d.place->subnets.end() ? nullptr : &found->second;
}

// Whether tasks reach from there whatever they need, as far as the facts tell.
bool is_routed_alike(Draft& d, const std::string& subnet) {
  if (d.definition == nullptr) return true;
  network::NeedsEngine engine(network_of(d));
  const auto needs = network::needs_of_task(*d.place, *d.definition, d.service->enable_execute_command);
  const auto verdicts = engine.verdicts(
      {subnet, d.service->network.security_groups, "", d.service->network.assign_public_ip}, needs);
  return verdicts && std::none_of(verdicts->begin(), verdicts->end(),
                                  [](network::Reachable r) { return r == network::Reachable::no; });
}

// The table that AWS names for a subnet; "main" where none does; "" where nobody asked.
std::string table_named_for(Draft& d, const std::string& subnet) {
  const auto state = state_of(d, resource(d, "ec2:route-table", subnet));
  if (!state) return {};
  return *state == "null" ? "main" : json::parse(*state, nullptr, false).value("RouteTableId", "");
}

// The VPC's subnets that are in no facts, as AWS lists them: of use where the route table is the service's
// own.
void add_listed_subnets(Draft& d, const facts::Subnet& own, std::vector<facts::Subnet>& others) {
  constexpr std::size_t kMost = 50;  // each asks for its route table
  const auto listed = state_of(d, resource(d, "ec2:vpc-subnets", own.vpc_id));
  if (!listed || *listed == "null") return;
  const std::string table = table_named_for(d, own.id);
  const json blocks = json::parse(*listed, nullptr, false);
  std::size_t asked = 0;
  for (const auto& [cidr, block] : blocks.items()) {
    facts::Subnet subnet;
    subnet.id = block.value("SubnetId", "");
    subnet.vpc_id = own.vpc_id;
    subnet.cidr = cidr;
    subnet.availability_zone = block.value("AvailabilityZone", "");
    subnet.available_ip_addresses = block.value("AvailableIpAddressCount", 0);
    if (d.place->subnets.contains(subnet.id) || ++asked > kMost) continue;
    if (const std::string its = table_named_for(d, subnet.id); !its.empty() && its == table)
      others.push_back(subnet);
  }
}

// Subnets of the service's VPC that it does not use yet and could: routed alike, with addresses to give.
std::vector<facts::Subnet> other_subnets(Draft& d, int least_free) {
  const auto& used = d.service->network.subnets;
  const facts::Subnet* own = nullptr;
  for (const auto& id : used) {
    if (own == nullptr) own = subnet_of(d, id);
  }
  std::vector<facts::Subnet> others;
  if (own == nullptr) return others;
  for (const auto& [id, subnet] : d.place->subnets) {
    if (subnet.vpc_id == own->vpc_id && is_routed_alike(d, id)) others.push_back(subnet);
  }
  add_listed_subnets(d, *own, others);
  std::erase_if(others, [&](const facts::Subnet& subnet) {
    return std::find(used.begin(), used.end(), subnet.id) != used.end() ||
           subnet.available_ip_addresses.value_or(least_free) < least_free;
  });
  std::stable_sort(others.begin(), others.end(), [](const auto& a, const auto& b) {
    return a.available_ip_addresses.value_or(0) > b.available_ip_addresses.value_or(0);
  });
  return others;
}

void set_list(Draft& d, const char* key, std::vector<std::string> values, std::string title) {
  std::sort(values.begin(), values.end());
  edit_service(d, std::move(title), true, [key = std::string(key), values = std::move(values)](json& s) {
    s["networkConfiguration"]["awsvpcConfiguration"][key] = values;
  });
}

void more_zones(Draft& d) {
  if (d.service == nullptr) return leave_out(d, "no service is known that it could change");
  std::set<std::string> zones;
  for (const auto& id : d.service->network.subnets) {
    if (const auto* subnet = subnet_of(d, id)) zones.insert(subnet->availability_zone);
  }
  if (zones.empty()) return leave_out(d, "the service's subnets are not in the facts (ec2 describe-subnets)");
  std::vector<std::string> subnets = d.service->network.subnets, added;
  for (const facts::Subnet& subnet : other_subnets(d, 8)) {
    if (zones.size() >= kZonesEnough || !zones.insert(subnet.availability_zone).second) continue;
    subnets.push_back(subnet.id);
    added.push_back(fmt::format("{} ({})", subnet.id, subnet.availability_zone));
  }
  if (added.empty())
    return leave_out(d,
                     "no subnet of another zone of this VPC was found from which tasks reach what they need: "
                     "create one with --fix create_subnet");
  if (!take(d, "subnets", "the service's subnets")) return;
  set_list(d, "subnets", subnets, fmt::format("Use {} as well", fmt::join(added, " and ")));
}

void leave_zone(Draft& d) {
  if (d.service == nullptr) return leave_out(d, "no service is known that it could change");
  std::vector<std::string> kept, left;
  for (const auto& id : d.service->network.subnets) {
    const auto* subnet = subnet_of(d, id);
    const bool named = subnet != nullptr && !subnet->availability_zone.empty() &&
                       d.fix->detail.find(subnet->availability_zone) != std::string::npos;
    (named ? left : kept).push_back(id);
  }
  if (left.empty() || kept.empty())
    return leave_out(d, "no zone without capacity is known that the service could do without");
  if (!take(d, "subnets", "the service's subnets")) return;
  set_list(d, "subnets", kept, fmt::format("Take {} out for now", fmt::join(left, " and ")));
}

bool is_short_of_addresses(const facts::Subnet* subnet) {
  return subnet != nullptr && subnet->available_ip_addresses.value_or(kFreeAddresses) < 16;
}

void move_subnets(Draft& d) {
  if (d.service == nullptr) return leave_out(d, "no service is known that it could change");
  std::vector<std::string> kept, left, added;
  for (const auto& id : d.service->network.subnets) {
    (is_short_of_addresses(subnet_of(d, id)) ? left : kept).push_back(id);
  }
  if (left.empty()) return leave_out(d, "none of the service's subnets is short of addresses now");
  for (const facts::Subnet& subnet : other_subnets(d, kFreeAddresses)) {
    if (added.size() == left.size()) break;
    added.push_back(subnet.id);
  }
  if (added.empty() && kept.empty())
    return leave_out(d, fmt::format("no other subnet of the VPC has {} free addresses and is routed alike",
                                    kFreeAddresses));
  if (!take(d, "subnets", "the service's subnets")) return;
  kept.insert(kept.end(), added.begin(), added.end());
  set_list(d, "subnets", kept,
           fmt::format("Move from {} to {}", fmt::join(left, " and "), fmt::join(kept, " and ")));
}

void replace_subnet(Draft& d) {
  if (d.service == nullptr) return leave_out(d, "no service is known that it could change");
  std::vector<std::string> kept, lost;
  for (const auto& id : d.service->network.subnets) (subnet_of(d, id) == nullptr ? lost : kept).push_back(id);
  if (!d.place->knows("ec2.describe-subnets") || lost.empty())
    return leave_out(d, "the facts do not show which of the service's subnets is gone");
  const auto* older = older_deployment(d);
  if (kept.empty() && older != nullptr) {
    for (const auto& id : older->network.subnets) {
      if (subnet_of(d, id) != nullptr) kept.push_back(id);
    }
  }
  if (kept.empty())
    return leave_out(d, "no subnet is left in the configuration, and none is known that it had before");
  if (!take(d, "subnets", "the service's subnets")) return;
  set_list(d, "subnets", kept,
           fmt::format("Use {} in place of {}, which is gone", fmt::join(kept, " and "),
                       fmt::join(lost, " and ")));
}

std::string vpc_of(const Draft& d) {
  for (const auto& id : d.service->network.subnets) {
    if (const auto* subnet = subnet_of(d, id)) return subnet->vpc_id;
  }
  return {};
}

void replace_security_group(Draft& d) {
  if (d.service == nullptr) return leave_out(d, "no service is known that it could change");
  const std::string vpc = vpc_of(d);
  const auto fits = [&](const std::string& id) {
    const auto found = d.place->security_groups.find(id);
    return found != d.place->security_groups.end() && (vpc.empty() || found->second.vpc_id == vpc);
  };
  std::vector<std::string> kept, lost;
  for (const auto& id : d.service->network.security_groups) (fits(id) ? kept : lost).push_back(id);
  if (lost.empty()) return leave_out(d, "every security group of the service exists, in its VPC");
  if (const auto* older = older_deployment(d); kept.empty() && older != nullptr) {
    for (const auto& id : older->network.security_groups) {
      if (fits(id)) kept.push_back(id);
    }
  }
  // What other services of the cluster with the same name's family use is a guess; a group named after the
  // service is what people mean by its group.
  for (const auto& [id, group] : d.place->security_groups) {
    if (kept.empty() && fits(id) && core::short_name(group.name) == d.service->name) kept.push_back(id);
  }
  if (kept.empty())
    return leave_out(d, fmt::format("which group of {} is to take the place of {} is for a person to say",
                                    vpc, fmt::join(lost, " and ")));
  if (!take(d, "groups", "the service's security groups")) return;
  set_list(d, "securityGroups", kept,
           fmt::format("Use {} in place of {}", fmt::join(kept, " and "), fmt::join(lost, " and ")));
}

void restore_network(Draft& d) {
  if (d.service == nullptr) return leave_out(d, "no service is known that it could change");
  const facts::NetworkConfiguration& now = d.service->network;
  facts::NetworkConfiguration was = now;
  if (const auto* older = older_deployment(d); older != nullptr && !older->network.subnets.empty())
    was = older->network;
  const auto history = history_of(d, "networkConfiguration");
  for (auto value = history.rbegin(); was == now && value != history.rend(); ++value) {
    const json then = json::parse(*value, nullptr, false).value("awsvpcConfiguration", json::object());
    if (then.value("subnets", json::array()).empty()) continue;
    was = {then.value("subnets", std::vector<std::string>{}),
           then.value("securityGroups", std::vector<std::string>{}),
           then.value("assignPublicIp", "") == "ENABLED"};
    std::sort(was.subnets.begin(), was.subnets.end());
  }
  if (was == now)
    return leave_out(d, "neither an older deployment nor CloudTrail says what the network was before");
  if (!take(d, "subnets", "the service's subnets") || !take(d, "groups", "the service's security groups"))
    return;
  std::sort(was.subnets.begin(), was.subnets.end());
  std::sort(was.security_groups.begin(), was.security_groups.end());
  edit_service(d,
               fmt::format("Go back to the subnets {} and the groups {}", fmt::join(was.subnets, ", "),
                           fmt::join(was.security_groups, ", ")),
               true, [was](json& s) {
                 s["networkConfiguration"]["awsvpcConfiguration"] = {
                     {"subnets", was.subnets},
                     {"securityGroups", was.security_groups},
                     {"assignPublicIp", was.assign_public_ip ? "ENABLED" : "DISABLED"}};
               });
}

// --- How many, and how they are replaced ----------------------------------------------------------------

void set_desired_count(Draft& d, int count) {
  if (!take(d, "desired", "the desired count")) return;
  edit_service(d, fmt::format("Desired count {} -> {}", d.service->desired, count), false,
               [count](json& s) { s["desiredCount"] = count; });
}

void more_tasks(Draft& d) {
  if (d.service == nullptr) return leave_out(d, "no service is known that it could change");
  if (d.service->scheduling_strategy == "DAEMON")
    return leave_out(d, "a daemon service has no desired count");
  if (d.service->desired >= 3)
    return leave_out(d, fmt::format("{} tasks are desired already", d.service->desired));
  set_desired_count(d, 3);
}

void restore_desired_count(Draft& d) {
  if (d.service == nullptr) return leave_out(d, "no service is known that it could change");
  const auto history = history_of(d, "desiredCount");
  for (auto value = history.rbegin(); value != history.rend(); ++value) {
    const json then = json::parse(*value, nullptr, false);
    if (then.is_number_integer() && then.get<int>() != d.service->desired && then.get<int>() > 0)
      return set_desired_count(d, then.get<int>());
  }
  leave_out(d, "CloudTrail does not say what the desired count was before");
}

void healthy_percent(Draft& d) {
  if (d.service == nullptr) return leave_out(d, "no service is known that it could change");
  edit_service(d,
               fmt::format("Minimum healthy percent {} -> 100, maximum {} -> 200",
                           d.service->minimum_healthy_percent, d.service->maximum_percent),
               false, [](json& s) {
                 s["deploymentConfiguration"]["minimumHealthyPercent"] = 100;
                 s["deploymentConfiguration"]["maximumPercent"] = 200;
               });
}

void circuit_breaker(Draft& d) {
  edit_service(d, "Switch on the deployment circuit breaker with rollback", false, [](json& s) {
    s["deploymentConfiguration"]["deploymentCircuitBreaker"] = {{"enable", true}, {"rollback", true}};
  });
}

void lengthen_health_grace(Draft& d) {
  if (d.service == nullptr) return leave_out(d, "no service is known that it could change");
  if (d.service->load_balancers.empty()) return leave_out(d, "the service has no load balancer");
  const int now = d.service->health_check_grace_seconds.value_or(0);
  const int wanted = std::clamp(now * 2, 120, 1800);
  edit_service(d, fmt::format("Health check grace period {} s -> {} s", now, wanted), false,
               [wanted](json& s) { s["healthCheckGracePeriodSeconds"] = wanted; });
}

void roll_back_deployment(Draft& d) {
  if (d.service == nullptr) return leave_out(d, "no service is known that it could change");
  const std::string& now = d.service->task_definition_arn;
  std::string was;
  if (const auto* older = older_deployment(d); older != nullptr && older->task_definition_arn != now)
    was = older->task_definition_arn;
  const auto history = history_of(d, "taskDefinition");
  for (auto value = history.rbegin(); was.empty() && value != history.rend(); ++value) {
    const std::string then = json::parse(*value, nullptr, false).is_string()
                                 ? json::parse(*value, nullptr, false).get<std::string>()
                                 : std::string();
    if (then.find(':') != std::string::npos && core::family_revision(then) != core::family_revision(now))
      was = then;
  }
  // The revision before, where it is among the facts.
  const facts::TaskDefinition* before = nullptr;
  for (const auto& [arn, definition] : d.place->task_definitions) {
    if (d.definition == nullptr || definition.family != d.definition->family) continue;
    if (definition.revision >= d.definition->revision || definition.status == "INACTIVE") continue;
    if (before == nullptr || definition.revision > before->revision) before = &definition;
  }
  if (was.empty() && before != nullptr) was = before->arn;
  if (was.empty()) return leave_out(d, "the facts do not say which revision ran before");
  if (!was.starts_with("arn:")) {
    const auto slash = now.rfind('/');
    was = now.substr(0, slash + 1) + std::string(core::family_revision(was));
  }
  if (!d.definition_edits.empty()) return leave_out(d, "another fix of this plan registers a new revision");
  if (!take(d, "revision", "the task definition")) return;
  edit_service(d,
               fmt::format("Go back to {} from {}", core::family_revision(was), core::family_revision(now)),
               true, [was](json& s) { s["taskDefinition"] = was; });
}

void platform_latest(Draft& d) {
  if (d.service == nullptr) return leave_out(d, "no service is known that it could change");
  edit_service(d,
               fmt::format("Platform version {} -> LATEST",
                           d.service->platform_version.empty() ? "not set" : d.service->platform_version),
               true, [](json& s) { s["platformVersion"] = "LATEST"; });
}

void replace_tasks(Draft& d) {
  edit_service(d, "Replace the running tasks by a new deployment", true, [](json&) {});
}

// Exec needs the flag, the role's four actions and a way to Systems Manager ("Prerequisites for using ECS
// Exec"); each only where it is missing.
void enable_exec(Draft& d) {
  edit_service(d, "Enable ECS Exec", true, [](json& s) { s["enableExecuteCommand"] = true; });
  if (d.service == nullptr || d.definition == nullptr) return;
  if (const RoleCalls exec = exec_calls(d); !exec.role_arn.empty()) {
    allow_role(d, exec.role_arn, exec.calls, "exec");
  } else {
    leave_out(
        d, "the task definition has no task role, which ECS Exec needs: give it one with --fix new_revision");
  }
  open_paths(d, {"exec"});
}

}  // namespace

std::vector<PlannerRow> planners_of_service() {
  return {{"on_demand_base", on_demand_base},
          {"run_on_demand", run_on_demand},
          {"restore_strategy", restore_strategy},
          {"more_zones", more_zones},
          {"leave_zone", leave_zone},
          {"move_subnets", move_subnets},
          {"replace_subnet", replace_subnet},
          {"replace_security_group", replace_security_group},
          {"restore_network", restore_network},
          {"more_tasks", more_tasks},
          {"restore_desired_count", restore_desired_count},
          {"healthy_percent", healthy_percent},
          {"circuit_breaker", circuit_breaker},
          {"lengthen_health_grace", lengthen_health_grace},
          {"roll_back_deployment", roll_back_deployment},
          {"platform_latest", platform_latest},
          {"replace_tasks", replace_tasks},
          {"choose_retirement_window", replace_tasks},
          {"enable_exec", enable_exec}};
}

}  // namespace doctor::remedy
