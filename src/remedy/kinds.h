// The kinds of resource that a step may change: how each is read, and what of it is its state.
//
// A state is the whole resource as AWS describes it, minus what AWS changes by itself (counts, events,
// statuses, timestamps), as canonical JSON: keys sorted, lists that are sets sorted. Two states are equal
// where their texts are. Lists whose items have a name of their own are objects by that name, so that a
// pointer to one item stays right whatever else there is:
//
//   tags                     {"team": "web"}
//   security group           {"Ingress": {"tcp 443-443 10.0.0.0/8": {"Description": "…"}}, "Egress": {…}, …}
//   network ACL              {"Entries": {"egress 100": {…}}, …}
//   route table              {"Routes": {"0.0.0.0/0": {"NatGatewayId": "nat-1"}}, "Associations":
//                             ["main", "subnet-1"], …}
//   target group attributes  {"deregistration_delay.timeout_seconds": "300", …}
//   targets of a rule        {"Id": {"Arn": "…"}}
//
// Policy documents are JSON, not text. In a JSON pointer '/' is written "~1" and '~' "~0".
//
//   const Kind* kind = kind_named("ecs:service");
//   auto answer = client.run({kind->read(resource)});
//   std::string state = kind->state(answer.json);     // "null" where the resource is not there
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "remedy/step.h"

namespace doctor::remedy {

struct Kind {
  // "ecs:service", "ec2:security-group", "iam:role-policy", …: the whole list is in kinds_*.cc, with the id
  // that each takes. "ecs:task-definition" is a family: its state is that of the newest active revision.
  std::string_view name;
  Request (*read)(const Resource& resource);
  // Error: internal, where the answer is not of this kind. A resource that AWS says is not there is "null".
  core::Result<std::string> (*state)(const Resource& resource, std::string_view answer);
  // The error codes that say that it is not there, separated by ' ': "NoSuchEntity"
  std::string_view absent_errors;
};

const Kind* kind_named(std::string_view name);  // nullptr: there is none
const std::vector<Kind>& all_kinds();
bool says_absent(const Kind& kind, const core::Error& error);  // AWS's answer means that it is not there

// JSON text with its keys sorted, numbers as they are, without white space: equal values, equal bytes. Text
// that is no JSON comes back as it is.
std::string canonical(std::string_view json);

// Whether a state has every effect of a step: it took place. A value of null is a field that is not there;
// lists of texts compare as sets, since an id that AWS chose sorts anywhere.
bool has_effects(std::string_view state, const std::vector<Effect>& effects);

// The fields in which two states differ, in the words of a diff: "/desiredCount: 2 -> 3".
std::vector<std::string> differences(std::string_view before, std::string_view after);
// Who changed what since: "before", "ours" and "theirs" side by side, one line a field.
std::vector<std::string> three_way(std::string_view before, std::string_view ours, std::string_view theirs);

}  // namespace doctor::remedy
