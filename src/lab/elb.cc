#include "lab/elb.h"

#include <algorithm>

#include "core/number.h"
#include "lab/world.h"

namespace doctor::lab {
namespace {

Reply elb_page(const json& all, const json& input, const char* key) {
  return page_of(all, input,
                 {.result_key = key,
                  .input_token = "Marker",
                  .output_token = "NextMarker",
                  .limit_key = "PageSize",
                  .default_limit = 400,
                  .most = 400,
                  .bad_token = "ValidationError",
                  .bad_limit = "ValidationError"});
}

Reply no_group(const std::string& arn) {
  return api_error("TargetGroupNotFound", "Target groups '" + arn + "' not found");
}

// The documents asked for by ARN or by name, or all.
Reply chosen(const std::vector<json>& all, const json& input, const char* arns_key, const char* arn_field,
             const char* name_field, const char* not_found, const char* noun) {
  const auto arns = strings_of(input, arns_key), names = strings_of(input, "Names");
  json documents = json::array();
  if (arns.empty() && names.empty()) return json(all);
  const auto pick = [&](const std::vector<std::string>& wanted, const char* field) -> Reply {
    for (const auto& one : wanted) {
      const auto found = std::find_if(all.begin(), all.end(),
                                      [&](const json& document) { return text_of(document, field) == one; });
      if (found == all.end()) return api_error(not_found, std::string(noun) + " '" + one + "' not found");
      documents.push_back(*found);
    }
    return json();
  };
  for (const auto& result : {pick(arns, arn_field), pick(names, name_field)}) {
    if (!result) return result;
  }
  return documents;
}

std::vector<json> values_of(const std::map<std::string, json>& documents) {
  std::vector<json> values;
  for (const auto& [arn, document] : documents) values.push_back(document);
  return values;
}

Reply describe_load_balancers(World& world, const CallContext& call, const json& input) {
  const auto documents =
      chosen(values_of(world.elb[call.region].load_balancers), input, "LoadBalancerArns", "LoadBalancerArn",
             "LoadBalancerName", "LoadBalancerNotFound", "Load balancers");
  return documents ? elb_page(*documents, input, "LoadBalancers") : documents;
}

Reply describe_listeners(World& world, const CallContext& call, const json& input) {
  auto& elb = world.elb[call.region];
  const std::string balancer = text_of(input, "LoadBalancerArn");
  if (!balancer.empty()) {
    if (!elb.load_balancers.contains(balancer)) {
      return api_error("LoadBalancerNotFound", "Load balancer '" + balancer + "' not found");
    }
    json listeners = json::array();
    for (const auto& [arn, listener] : elb.listeners) {
      if (text_of(listener, "LoadBalancerArn") == balancer) listeners.push_back(listener);
    }
    return elb_page(listeners, input, "Listeners");
  }
  if (strings_of(input, "ListenerArns").empty()) {
    return api_error("ValidationError", "You must specify either listener ARNs or a load balancer ARN");
  }
  const auto documents = chosen(values_of(elb.listeners), input, "ListenerArns", "ListenerArn", "",
                                "ListenerNotFound", "Listeners");
  return documents ? elb_page(*documents, input, "Listeners") : documents;
}

Reply describe_target_groups(World& world, const CallContext& call, const json& input) {
  const std::string balancer = text_of(input, "LoadBalancerArn");
  std::vector<json> all;
  for (const auto& [arn, group] : world.elb[call.region].target_groups) {
    const auto balancers = strings_of(group.document, "LoadBalancerArns");
    if (balancer.empty() || std::find(balancers.begin(), balancers.end(), balancer) != balancers.end())
      all.push_back(group.document);
  }
  if (!balancer.empty() && all.empty() && !world.elb[call.region].load_balancers.contains(balancer)) {
    return api_error("LoadBalancerNotFound", "Load balancers '[" + balancer + "]' not found");
  }
  const auto documents = chosen(all, input, "TargetGroupArns", "TargetGroupArn", "TargetGroupName",
                                "TargetGroupNotFound", "Target groups");
  return documents ? elb_page(*documents, input, "TargetGroups") : documents;
}

TargetGroup* group_of(World& world, const CallContext& call, const json& input) {
  auto& groups = world.elb[call.region].target_groups;
  const auto found = groups.find(text_of(input, "TargetGroupArn"));
  return found == groups.end() ? nullptr : &found->second;
}

json attributes_of(const TargetGroup& group) {
  json attributes = json::array();
  for (const auto& [key, value] : group.attributes) attributes.push_back({{"Key", key}, {"Value", value}});
  return attributes;
}

Reply target_group_attributes(World& world, const CallContext& call, const json& input) {
  TargetGroup* group = group_of(world, call, input);
  if (group == nullptr) return no_group(text_of(input, "TargetGroupArn"));
  for (const auto& attribute : list_of(input, "Attributes")) {
    const std::string key = text_of(attribute, "Key");
    if (!group->attributes.contains(key)) {
      return api_error("InvalidConfigurationRequest",
                       "Target group attribute key '" + key + "' is not recognized");
    }
    if (key == "deregistration_delay.timeout_seconds") {
      const auto seconds = integer_of(attribute, "Value", -1);
      if (seconds < 0 || seconds > 3600) {
        return api_error("InvalidConfigurationRequest",
                         "'" + key + "' must be between '0' and '3600' inclusive");
      }
    }
    group->attributes[key] = text_of(attribute, "Value");
  }
  return json{{"Attributes", attributes_of(*group)}};
}

Reply describe_target_health(World& world, const CallContext& call, const json& input) {
  const TargetGroup* group = group_of(world, call, input);
  if (group == nullptr) return no_group(text_of(input, "TargetGroupArn"));
  json descriptions = json::array();
  const auto describe = [&](const Target& target, const json& health) {
    json shown{{"Id", target.id}, {"Port", target.port}};
    if (!target.zone.empty()) shown["AvailabilityZone"] = target.zone;
    json answer{{"Target", shown}, {"TargetHealth", health}};
    if (text_of(health, "State") != "unused") answer["HealthCheckPort"] = std::to_string(target.port);
    descriptions.push_back(std::move(answer));
  };
  const json& asked = list_of(input, "Targets");
  for (const auto& target : group->targets) {
    const json health = target_health(*group, target, world.clock.now());
    const bool wanted =
        asked.empty() || std::any_of(asked.begin(), asked.end(), [&](const json& one) {
          return text_of(one, "Id") == target.id && integer_of(one, "Port", target.port) == target.port;
        });
    if (wanted && !health.is_null()) describe(target, health);
  }
  for (const auto& one : asked) {  // AWS answers also for targets that are not there
    const auto known = std::any_of(descriptions.begin(), descriptions.end(), [&](const json& description) {
      return description["Target"]["Id"] == text_of(one, "Id");
    });
    if (known) continue;
    Target unknown;
    unknown.id = text_of(one, "Id");
    unknown.port = static_cast<int>(integer_of(one, "Port", 80));
    describe(unknown, {{"State", "unused"},
                       {"Reason", "Target.NotRegistered"},
                       {"Description", "Target is not registered to the target group"}});
  }
  return json{{"TargetHealthDescriptions", descriptions}};
}

Reply change_targets(World& world, const CallContext& call, const json& input) {
  const TargetGroup* group = group_of(world, call, input);
  const std::string arn = text_of(input, "TargetGroupArn");
  if (group == nullptr) return no_group(arn);
  const auto default_port = integer_of(group->document, "Port", 80);
  for (const auto& target : list_of(input, "Targets")) {
    const int port = static_cast<int>(integer_of(target, "Port", default_port));
    if (call.operation == "RegisterTargets") {
      register_target(world, call.region, arn, text_of(target, "Id"), port,
                      text_of(target, "AvailabilityZone"));
    } else {
      deregister_target(world, call.region, arn, text_of(target, "Id"), port);
    }
  }
  return json::object();
}

Target* find_target(TargetGroup& group, const std::string& address, int port) {
  for (auto& target : group.targets) {
    if (target.id == address && (port == 0 || target.port == port)) return &target;
  }
  return nullptr;
}

std::string elb_id(World& world) {
  return world.ids.hex(16);
}

}  // namespace

std::string add_target_group(World& world, const std::string& region, const std::string& name,
                             const std::string& vpc, int port) {
  const std::string arn =
      world.arn("elasticloadbalancing", region, "targetgroup/" + name + "/" + elb_id(world));
  TargetGroup group;
  group.document = {{"TargetGroupArn", arn},
                    {"TargetGroupName", name},
                    {"Protocol", "HTTP"},
                    {"Port", port},
                    {"VpcId", vpc},
                    {"HealthCheckProtocol", "HTTP"},
                    {"HealthCheckPort", "traffic-port"},
                    {"HealthCheckEnabled", true},
                    {"HealthCheckIntervalSeconds", 30},
                    {"HealthCheckTimeoutSeconds", 5},
                    {"HealthyThresholdCount", 5},
                    {"UnhealthyThresholdCount", 2},
                    {"HealthCheckPath", "/"},
                    {"Matcher", {{"HttpCode", "200"}}},
                    {"LoadBalancerArns", json::array()},
                    {"TargetType", "ip"},
                    {"ProtocolVersion", "HTTP1"},
                    {"IpAddressType", "ipv4"}};
  group.attributes = {{"deregistration_delay.timeout_seconds", "300"},
                      {"stickiness.enabled", "false"},
                      {"stickiness.type", "lb_cookie"},
                      {"stickiness.lb_cookie.duration_seconds", "86400"},
                      {"slow_start.duration_seconds", "0"},
                      {"load_balancing.algorithm.type", "round_robin"},
                      {"load_balancing.cross_zone.enabled", "use_load_balancer_configuration"}};
  world.elb[region].target_groups[arn] = std::move(group);
  return arn;
}

std::string add_load_balancer(World& world, const std::string& region, const std::string& name,
                              const std::vector<std::string>& subnets, const std::vector<std::string>& groups,
                              const std::string& target_group) {
  auto& elb = world.elb[region];
  auto& ec2 = world.ec2[region];
  const std::string id = elb_id(world),
                    arn = world.arn("elasticloadbalancing", region, "loadbalancer/app/" + name + "/" + id);
  json zones = json::array();
  for (const auto& subnet : subnets) {
    zones.push_back({{"ZoneName", ec2.subnets[subnet]["AvailabilityZone"]},
                     {"SubnetId", subnet},
                     {"LoadBalancerAddresses", json::array()}});
    (void)create_interface(world, region,
                           {.subnet = subnet,
                            .groups = groups,
                            .description = "ELB app/" + name + "/" + id,
                            .requester = "amazon-elb",
                            .private_address = {}});
  }
  elb.load_balancers[arn] = {
      {"LoadBalancerArn", arn},
      {"DNSName", name + "-" + world.ids.digits(9) + "." + region + ".elb.amazonaws.com"},
      {"CanonicalHostedZoneId", "Z32O12XQLNTSW2"},
      {"CreatedTime", epoch(world.clock.now())},
      {"LoadBalancerName", name},
      {"Scheme", "internet-facing"},
      {"VpcId", subnets.empty() ? json("") : ec2.subnets[subnets[0]]["VpcId"]},
      {"State", {{"Code", "active"}}},
      {"Type", "application"},
      {"AvailabilityZones", zones},
      {"SecurityGroups", groups},
      {"IpAddressType", "ipv4"}};
  const std::string listener =
      world.arn("elasticloadbalancing", region, "listener/app/" + name + "/" + id + "/" + elb_id(world));
  elb.listeners[listener] = {
      {"ListenerArn", listener},
      {"LoadBalancerArn", arn},
      {"Port", 80},
      {"Protocol", "HTTP"},
      {"DefaultActions",
       json::array({{{"Type", "forward"},
                     {"TargetGroupArn", target_group},
                     {"ForwardConfig",
                      {{"TargetGroups", json::array({{{"TargetGroupArn", target_group}, {"Weight", 1}}})},
                       {"TargetGroupStickinessConfig", {{"Enabled", false}}}}}}})}};
  if (const auto group = elb.target_groups.find(target_group); group != elb.target_groups.end()) {
    group->second.document["LoadBalancerArns"].push_back(arn);
  }
  return arn;
}

void register_target(World& world, const std::string& region, const std::string& target_group,
                     const std::string& address, int port, const std::string& zone) {
  auto& group = world.elb[region].target_groups[target_group];
  // Addresses are used again: what has drained makes room here, once for each newcomer.
  std::erase_if(group.targets, [&](const Target& target) {
    return (target.id == address && target.port == port) ||
           target_health(group, target, world.clock.now()).is_null();
  });
  Target target;
  target.id = address;
  target.port = port;
  target.zone = zone;
  target.registered = world.clock.now();
  group.targets.push_back(std::move(target));
}

void deregister_target(World& world, const std::string& region, const std::string& target_group,
                       const std::string& address, int port) {
  Target* target = find_target(world.elb[region].target_groups[target_group], address, port);
  if (target != nullptr && !target->deregistered) target->deregistered = world.clock.now();
}

void set_target_health(World& world, const std::string& region, const std::string& target_group,
                       const std::string& address, const std::string& state, const std::string& reason,
                       const std::string& description) {
  Target* target = find_target(world.elb[region].target_groups[target_group], address, 0);
  if (target == nullptr) return;
  target->state = state;
  target->reason = reason;
  target->description = description;
}

json target_health(const TargetGroup& group, const Target& target, core::Timestamp now) {
  if (target.deregistered) {
    const auto delay = group.attributes.find("deregistration_delay.timeout_seconds");
    const auto seconds = std::chrono::seconds(
        delay == group.attributes.end() ? 300 : core::whole_number(delay->second).value_or(300));
    if (now >= *target.deregistered + seconds) return nullptr;
    return {{"State", "draining"},
            {"Reason", "Target.DeregistrationInProgress"},
            {"Description", "Target deregistration is in progress"}};
  }
  if (!target.state.empty()) {
    json health{{"State", target.state}};
    if (!target.reason.empty()) health["Reason"] = target.reason;
    if (!target.description.empty()) health["Description"] = target.description;
    return health;
  }
  if (list_of(group.document, "LoadBalancerArns").empty()) {
    return {{"State", "unused"},
            {"Reason", "Target.NotInUse"},
            {"Description", "Target group is not configured to receive traffic from the load balancer"}};
  }
  if (now < target.registered + group.healthy_after) {
    return {{"State", "initial"},
            {"Reason", "Elb.RegistrationInProgress"},
            {"Description", "Target registration is in progress"}};
  }
  return {{"State", "healthy"}};
}

void add_elbv2_operations(Registry& registry) {
  registry.add("elbv2", "DescribeLoadBalancers", describe_load_balancers);
  registry.add("elbv2", "DescribeListeners", describe_listeners);
  registry.add("elbv2", "DescribeTargetGroups", describe_target_groups);
  registry.add("elbv2", "DescribeTargetGroupAttributes", target_group_attributes);
  registry.add("elbv2", "ModifyTargetGroupAttributes", target_group_attributes);
  registry.add("elbv2", "DescribeTargetHealth", describe_target_health);
  registry.add("elbv2", "RegisterTargets", change_targets);
  registry.add("elbv2", "DeregisterTargets", change_targets);
}

}  // namespace doctor::lab
