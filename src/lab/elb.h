// Load balancers and target groups. A target's state follows from when it was registered and deregistered:
// initial -> healthy after healthy_after, draining for deregistration_delay.timeout_seconds -> gone.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/time.h"
#include "lab/handler.h"

namespace doctor::lab {

struct Target {
  std::string id;  // an address
  int port = 80;
  std::string zone;
  core::Timestamp registered{};
  std::optional<core::Timestamp> deregistered;
  std::string state, reason, description;  // set by set_target_health(): stays until it is set again
};

struct TargetGroup {
  json document;                                  // DescribeTargetGroups' form
  std::map<std::string, std::string> attributes;  // "deregistration_delay.timeout_seconds": "300"
  std::vector<Target> targets;
  core::Duration healthy_after = std::chrono::seconds{15};
};

struct Elb {
  std::map<std::string, TargetGroup> target_groups;  // by ARN
  std::map<std::string, json> load_balancers, listeners;
};

std::string add_target_group(World&, const std::string& region, const std::string& name,
                             const std::string& vpc, int port);  // answers its ARN
// An application load balancer with one HTTP listener that forwards to the target group.
std::string add_load_balancer(World&, const std::string& region, const std::string& name,
                              const std::vector<std::string>& subnets, const std::vector<std::string>& groups,
                              const std::string& target_group);
void register_target(World&, const std::string& region, const std::string& target_group,
                     const std::string& address, int port, const std::string& zone);
void deregister_target(World&, const std::string& region, const std::string& target_group,
                       const std::string& address, int port);
// state "unhealthy", reason "Target.ResponseCodeMismatch", …; state "": back to what time says.
void set_target_health(World&, const std::string& region, const std::string& target_group,
                       const std::string& address, const std::string& state, const std::string& reason,
                       const std::string& description);
// {"State", "Reason", "Description"}; null once it has drained.
json target_health(const TargetGroup& group, const Target& target, core::Timestamp now);

}  // namespace doctor::lab
