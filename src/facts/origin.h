// Where a fact was read: the proof that a report shows beside it.
#pragma once

#include <string>

namespace doctor::facts {

struct Origin {
  std::string service;    // "ecs", "cloudtrail", "events" (EventBridge)
  std::string operation;  // the CLI's name: "describe-tasks"
  std::string event_id;   // of a CloudTrail or EventBridge event; else empty
  bool operator==(const Origin&) const = default;
};

}  // namespace doctor::facts
