// How an application behaves inside its task: scenario data, invisible to the API.
//
// Keyed by task definition, "family:revision" before "family". What is not set behaves like a good web
// server: it is healthy seconds after its start, stops on SIGTERM, writes little.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/time.h"

namespace doctor::lab {

struct AppBehaviour {
  bool ignores_sigterm = false;                   // killed after stopTimeout: exit code 137
  bool handles_sigterm = true;                    // false: dies of it at once, exit code 143
  core::Duration drain{std::chrono::seconds{3}};  // from SIGTERM to its own exit with 0
  std::optional<core::Duration> exits_after;      // exits by itself
  int exit_code = 1;
  core::Duration healthy_after{std::chrono::seconds{8}};
  bool answers_health_checks = true;
  std::optional<core::Duration> stops_answering_after;
  double start_memory_mib = 120, memory_mib_per_hour = 0;  // beyond the task's memory: OOM kill
  double start_disk_gib = 0.3, disk_gib_per_hour = 0;      // beyond its ephemeral storage: ENOSPC and exit
  int exit_code_disk_full = 1;
  core::Duration writes_from{0};  // when that growth sets in; up to 15 percent earlier, task by task
  std::vector<std::string> start_lines, exit_lines;  // what it logs
};

using AppBehaviours = std::map<std::string, AppBehaviour>;

}  // namespace doctor::lab
