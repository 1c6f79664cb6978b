// What a run looks at. Empty selectors select everything.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/time.h"

namespace doctor::facts {

struct Scope {
  std::vector<std::string> regions;
  std::string cluster;                           // name or ARN
  std::string service;                           // name or ARN
  std::string task;                              // ARN or id
  core::Duration since = std::chrono::hours{1};  // how far back stops and events count, from `now`
  bool since_given = false;  // a snapshot counts everything in it unless --since was given
};

}  // namespace doctor::facts
