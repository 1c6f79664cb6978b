// A look at the way from a task's subnet to an AWS service on port 443: routes, endpoints, security groups.
//
// It answers what the facts plainly show and says `depends` or `unknown` for the rest: a transit gateway may
// lead anywhere, and a subnet that is not in the facts shows nothing. An interface endpoint with private DNS
// takes the service's name over for the whole VPC, so its security group counts even beside a NAT gateway.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "diagnose/observe.h"
#include "facts/facts.h"

namespace doctor::diagnose {

enum class Way { open, closed, depends, unknown };

struct PathSight {
  Way way = Way::unknown;
  bool by_nat = false;       // over a NAT gateway, and so over its price and its bandwidth
  bool by_endpoint = false;  // over a VPC endpoint
  std::string why;           // completes "subnet-1 …": "has no default route and no ssmmessages endpoint"
  Source source;
  std::vector<std::string> endpoints = {};  // ids of the VPC endpoints that it goes by
  std::string fix = {};  // the smallest change that opens this way alone; "" where it is open
};

// Where a task stands: what its attachment says, else what its service is set to.
struct TaskNetwork {
  std::vector<std::string> subnets, groups;
  std::optional<bool> public_ip;
};
TaskNetwork network_of(const Case& c, const facts::Task* task);

// `service` as in the endpoint's name after the region: "ssmmessages", "ecr.dkr", "s3", "logs".
PathSight path_to_service(const facts::Place& place, const std::string& subnet, const TaskNetwork& network,
                          std::string_view service);

// Over all subnets of the network: closed where one is, else the least open. The sentence names the subnet.
PathSight worst_path(const facts::Place& place, const TaskNetwork& network, std::string_view service);

}  // namespace doctor::diagnose
