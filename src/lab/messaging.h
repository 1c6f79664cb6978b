// EventBridge rules and SQS queues.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>

#include "core/time.h"
#include "lab/handler.h"

namespace doctor::lab {

struct Rule {
  std::string name, arn, description, state = "ENABLED";
  json pattern;                         // null: a schedule, which never matches an event
  std::string schedule;                 // "rate(5 minutes)": kept, never fired
  std::map<std::string, json> targets;  // by id: {"Id", "Arn", …}; SQS queues and log groups are delivered to
};
struct Events {
  std::map<std::string, Rule> rules;
};

// EventBridge's content filtering: exact values, prefix, suffix, anything-but, exists, numeric,
// equals-ignore-case, wildcard, cidr, $or; nested objects; arrays match when any element does.
bool event_matches(const json& pattern, const json& event);
// Empty, or why EventBridge would refuse the pattern.
std::string pattern_problem(const json& pattern);

struct Message {
  std::string id, body;
  json attributes = json::object();  // MessageAttributes
  core::Duration sent{0};            // real time since 1970
  core::Duration visible{0};         // hidden before this
  core::Duration first_received{0};
  int receives = 0;
  std::string receipt;  // of the last receive
};
struct Queue {
  std::string name, url_path, arn;                // url_path: "/111122223333/name"
  std::map<std::string, std::string> attributes;  // VisibilityTimeout, RedrivePolicy, …
  std::deque<Message> messages;
  core::Timestamp created{};
};
struct Sqs {
  std::map<std::string, Queue> queues;  // by name
};
std::string add_queue(World&, const std::string& region, const std::string& name);  // answers its ARN
void add_rule(World&, const std::string& region, const std::string& name, const json& pattern,
              const std::string& target_arn);

}  // namespace doctor::lab
