// The network engine's answer, in the words of a diagnosis: whether a task reaches an AWS service, or a
// registry, from its subnet on port 443, and what is in the way.
//
// A snapshot without network ACLs or VPC endpoints leaves the engine's answer open. Here what the rest shows
// counts: AWS's default ACL admits everything, and a list that nobody asked for is no evidence of an
// endpoint.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "diagnose/observe.h"
#include "facts/facts.h"
#include "network/path.h"

namespace doctor::diagnose {

enum class Way { open, closed, depends, unknown };

struct PathSight {
  Way way = Way::unknown;
  bool by_nat = false;       // over a NAT gateway, and so over its price and its bandwidth
  bool by_endpoint = false;  // over a VPC endpoint
  std::string why;           // completes "subnet-1 …": "cannot reach logs: rtb-1 has no route to logs"
  Source source;
  std::vector<std::string> endpoints = {};  // ids of the VPC endpoints that it goes by
  std::string fix =
      {};  // the smallest change that opens this way alone; "" where it is open, or none is known
};

// Where a task stands: what its attachment says, else what its service is set to.
struct TaskNetwork {
  std::vector<std::string> subnets, groups;
  std::optional<bool> public_ip;
};
TaskNetwork network_of(const Case& c, const facts::Task* task);

// `service` as in the endpoint's name after the region: "ssmmessages", "ecr.dkr", "s3", "logs"; or a host.
PathSight path_to_service(const network::Network& network, const std::string& subnet, const TaskNetwork& task,
                          std::string_view service);

// Over all subnets of the task: closed where one is, else the least open. The sentence names the subnet.
PathSight worst_path(const Case& c, const TaskNetwork& task, std::string_view service);

}  // namespace doctor::diagnose
