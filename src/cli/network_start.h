// Where `network needs` starts from: a subnet with groups, an interface, a task or a service of the facts.
#pragma once

#include <string>
#include <vector>

#include "core/result.h"
#include "facts/facts.h"
#include "network/needs.h"

namespace doctor::cli {

struct NetworkStart {
  std::string subnet;
  std::vector<std::string> groups;
  bool public_ip = false;
  std::string interface, task, service, cluster;
};

// One place to start from, and what is needed there.
struct Departure {
  std::string words;  // "subnet-1 with sg-1", "task 0f9d of service web in subnet-1"
  network::Source source;
  std::vector<network::Need> needs;
  const facts::Place* place = nullptr;      // of `service` and the definition
  const facts::Service* service = nullptr;  // whose load balancers check the task; nullptr: none is known
};

// Error: usage, where not exactly one start is named; bad_input for an id that is none.
core::Result<void> check_start(const NetworkStart& start);

// One for each subnet where the service's tasks may start. Error: not_found, where the facts lack it.
core::Result<std::vector<Departure>> departures(const facts::Facts& facts, const NetworkStart& start);

}  // namespace doctor::cli
