// IAM and Organizations: roles, managed policies, boundaries; service and resource control policies.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/time.h"
#include "lab/handler.h"

namespace doctor::lab {

struct PolicyVersion {
  std::string id;  // "v1"
  json document;
  core::Timestamp created{};
};

struct Policy {  // a managed policy
  std::string arn, id, name, path = "/", description;
  core::Timestamp created{}, updated{};
  std::vector<PolicyVersion> versions;  // the oldest first; at most five
  std::string default_version = "v1";   // the one in force
  int next_version = 2;                 // a number that was used is never used again

  const json* document() const;  // of the version in force; null where there is none
};

struct Role {
  std::string arn, id, name, path = "/", description;
  core::Timestamp created{};
  json trust;                           // AssumeRolePolicyDocument
  std::map<std::string, json> inlined;  // by policy name
  std::vector<std::string> attached;    // policy ARNs
  std::string boundary;                 // policy ARN or ""
  std::map<std::string, std::string> tags;
};

struct Iam {
  std::map<std::string, Role> roles;            // by name
  std::map<std::string, Policy> policies;       // by ARN
  std::map<std::string, std::string> sessions;  // ARN of the role session by access key (AssumeRole)
};

// trusted: the service principal, "ecs-tasks.amazonaws.com". Service-linked roles have a path
// "/aws-service-role/ecs.amazonaws.com/".
Role& add_role(World&, const std::string& name, const std::string& trusted, const std::string& path = "/");
// AWSServiceRoleForECS, with the policy that AWS keeps for it.
Role& add_ecs_service_role(World&);
std::string add_policy(World&, const std::string& name, const json& document);  // answers its ARN
// An AWS-managed policy, arn:aws:iam::aws:policy/<path><name>.
std::string add_aws_policy(World&, const std::string& path_and_name, const json& document);
// {"Version", "Statement": [one]}
json policy_document(const std::string& effect, const std::vector<std::string>& actions,
                     const std::string& resource = "*");

struct ControlPolicy {
  std::string id, arn, name, description, type;  // type: SERVICE_CONTROL_POLICY, RESOURCE_CONTROL_POLICY
  bool aws_managed = false;
  json document;
  std::vector<std::string> targets;  // root, organizational unit and account ids
};

struct OrganizationalUnit {
  std::string id, name, parent;
};

struct Organizations {
  bool in_use = true;    // else AWSOrganizationsNotInUseException
  bool readable = true;  // else AccessDeniedException: only the management account may ask
  std::string id = "o-lab1234567", root = "r-lab1", management_account = "999988887777";
  std::map<std::string, OrganizationalUnit> units;  // by id
  std::string account_parent = "r-lab1";            // where the lab's own account stands
  std::map<std::string, ControlPolicy> policies;    // by id; FullAWSAccess and RCPFullAWSAccess are there
};

// Below the root where `parent` is "", with FullAWSAccess and RCPFullAWSAccess attached. Answers its id,
// "ou-…"; the account moves there by Organizations::account_parent.
std::string add_unit(World&, const std::string& name, const std::string& parent = "");

// Attached to the account itself where `target` is "". Answers its id, "p-…".
std::string add_control_policy(World&, const std::string& type, const std::string& name, const json& document,
                               const std::string& target = "");

void add_iam_users(Registry& registry);
void add_iam_changes(Registry& registry);  // what add_iam_operations() does not: the operations that change
// GetRole's form of a role.
json role_shown(const Role& role);

}  // namespace doctor::lab
