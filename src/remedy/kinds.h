// The kinds of resource that a step may change: how each is read, and what of it is its state.
//
// A state is the whole resource as AWS describes it, minus what AWS changes by itself (counts, events,
// statuses, timestamps), as canonical JSON: keys sorted, lists that are sets sorted. Two states are equal
// where their texts are.
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
  std::string_view name;  // "ecs:service", "elbv2:target-group-attributes", "ec2:security-group",
                          // "ec2:network-acl", "ec2:route-table", "ec2:vpc-endpoint", "ec2:vpc-attribute",
                          // "iam:role-policy", "iam:policy", "cloudwatch:alarm", "servicequotas:quota",
                          // "ecs:task-definition", "events:rule", "ecr:lifecycle-policy", …
  Request (*read)(const Resource& resource);
  // Error: internal, where the answer is not of this kind. A resource that AWS says is not there is "null".
  core::Result<std::string> (*state)(const Resource& resource, std::string_view answer);
  std::string_view absent_error;  // the error code that says that it is not there: "NoSuchEntity"
};

const Kind* kind_named(std::string_view name);  // nullptr: there is none
const std::vector<Kind>& all_kinds();

// The fields in which two states differ, in the words of a diff: "/desiredCount: 2 -> 3".
std::vector<std::string> differences(std::string_view before, std::string_view after);
// Who changed what since: "before", "ours" and "theirs" side by side, one line a field.
std::vector<std::string> three_way(std::string_view before, std::string_view ours, std::string_view theirs);

}  // namespace doctor::remedy
