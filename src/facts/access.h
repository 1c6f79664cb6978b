// What IAM and Organizations say: roles with every policy that bears on them, organisation policies, and the
// tree of the organisation that the account stands in (facts/organization.h reads it).
//
// Documents stay text (JSON): the IAM engine compiles them, the diagnosis only asks it.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace doctor::facts {

struct Policy {
  std::string name, arn,
      document;  // document: policy JSON as text, URL-decoding undone; "" where not readable
};

struct Role {
  std::string arn, name, path, trust_policy;
  std::string boundary_arn;       // "" where no boundary is set
  std::string boundary_document;  // "" where there is none or it could not be read
  std::vector<Policy> inline_policies, attached_policies;
  bool inline_listed = false, attached_listed = false;  // ListRolePolicies, ListAttachedRolePolicies answered
  bool policies_known =
      false;  // every policy was listed and its document read; false: "no statement" proves nothing
};

// A service control policy or resource control policy of the organisation.
struct OrganizationPolicy {
  std::string id, name, type, document;  // type: SERVICE_CONTROL_POLICY, RESOURCE_CONTROL_POLICY
  std::vector<std::string> targets;      // ids: r-… a root, ou-… a unit, 12 digits an account
  std::string arn;                       // names the management account and the organization
  bool targets_known = false;            // ListTargetsForPolicy answered
};

// The organisation's tree, as far as it was read. Ids: r-… a root, ou-… a unit, 12 digits an account.
struct OrganizationTree {
  std::string management_account;                // DescribeOrganization; "" where not known
  std::map<std::string, std::string> parents;    // of units and accounts
  std::map<std::string, std::string> names;      // of units
  std::map<std::string, bool> policy_types;      // of the root (ListRoots): whether the type is enabled
  std::set<std::pair<std::string, std::string>>  // (id, type): ListPoliciesForTarget answered, so that all
      listed;                                    // policies of this type that are attached there are known
};

// A policy that a resource carries itself: a repository's, a secret's, a key's, a queue's, a bucket's.
struct ResourcePolicy {
  std::string service;   // "ecr", "secretsmanager", "kms", "sqs", "s3"
  std::string resource;  // an ARN where the answer has one, else the name of the repository or what a file's
                         // name says of key or bucket (facts/resource_policy.h finds it)
  std::string account;   // of a repository: its registry; "" where not known
  std::string document;  // "": the resource has none
};

}  // namespace doctor::facts
