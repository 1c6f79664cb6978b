// What stands before and behind a task: load balancer targets and container images.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/time.h"

namespace doctor::facts {

struct TargetHealth {
  std::string target_id, availability_zone, state, reason, description;
  int port = 0;
};

struct TargetGroup {
  std::string arn, name, protocol, target_type, vpc_id, health_check_path, health_check_port;
  int port = 0;
  std::optional<int> health_check_interval_seconds, health_check_timeout_seconds;
  std::optional<int> deregistration_delay_seconds;  // absent: attributes not read (AWS's default is 300)
  std::vector<TargetHealth> targets;
  bool targets_known = false;
  std::vector<std::string> load_balancers = {};  // ARNs
};

struct ImageLayer {
  std::string digest;
  long long compressed_bytes = 0;
};

struct Image {
  std::string registry_id, repository, digest;
  std::vector<std::string> tags;
  long long compressed_bytes = 0;  // imageSizeInBytes, or the sum of the manifest's layers
  std::optional<core::Timestamp> pushed_at;
  std::vector<ImageLayer> layers;      // from BatchGetImage; empty where not read
  std::vector<std::string> platforms;  // "linux/amd64", from an image index; empty where not read
};

}  // namespace doctor::facts
