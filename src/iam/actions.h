// What each action of AWS knows: its access level, the resource types it can be limited to, the condition
// keys it carries and the actions it needs besides.
//
// The data is AWS's Service Authorization Reference for the services that a Fargate task touches
// (actions_data.inc names its source and date; script/iam-catalogue makes it). It is parsed on first use.
// Everything returned lives as long as the program.
//
//   const Action* action = find_action("ecs:RunTask");
//   action->resources[0].type->name == "task-definition", action->resources[0].required
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace doctor::iam {

struct ResourceType {
  std::string_view name;  // "task-definition"
  std::string_view arn;   // "arn:${Partition}:ecs:${Region}:${Account}:task-definition/${…}:${…}"
  std::vector<std::string_view> condition_keys;
};

struct ActionResource {
  const ResourceType* type = nullptr;
  bool required = false;  // AWS marks it with *: a statement with a Resource must name one of this type
};

struct Action {
  std::string_view service, name;
  std::string_view levels;  // of the letters List, Read, Write, Permissions management, Tagging: "W", "PW"
  std::vector<ActionResource> resources = {};  // empty: no resource-level permissions, only "*"
  std::vector<std::string_view> condition_keys =
      {};  // those that the resource types do not bring; ${TagKey} open
  std::vector<std::string_view> dependent_actions = {};

  bool has_condition_key(std::string_view key) const;  // also through a resource type
};

// nullptr: not in the catalogue. Services and actions compare without case.
const Action* find_action(std::string_view action);
bool catalogue_knows(std::string_view service);
const std::vector<std::string_view>& catalogue_services();        // sorted
std::vector<const Action*> actions_of(std::string_view service);  // sorted by name
std::vector<const Action*> actions_named(std::string_view name);  // in any service
const ResourceType* find_resource_type(std::string_view service, std::string_view type);

// "ecs:RunTask" as AWS spells it.
std::string full_name(const Action& action);

// Whether an ARN has the form of a resource type.
bool has_form_of(std::string_view arn, const ResourceType& type);

// Of the action's resource types the one that the ARN is of; nullptr: none. Where two fit (a bucket's pattern
// fits its objects too) the one that says more.
const ResourceType* resource_type_of(const Action& action, std::string_view arn);

}  // namespace doctor::iam
