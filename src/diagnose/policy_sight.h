// Who may do what, as the diagnosis asks it: every policy of the facts that bears on a call, level by level.
//
// A call of a role is allowed where each level lets it through ("Policy evaluation logic" in the IAM user
// guide): the role's own policies, its permissions boundary, the policies of the VPC endpoint that the call
// goes by, the service control policies and the resource control policies of the organization. Each level has
// one sight with one sentence that names the policy, the statement and its line.
//
// What the facts do not say is never guessed: a policy that was not read, a value of the request that is not
// known, and a policy that may or may not be attached above this account make `depends`. A level that is not
// in force has no sight. A resource's own policy can deny, can grant what the role's policies do not ("Cross
// account policy evaluation logic": in one account), and must allow what another account's role asks for and
// what uses a KMS key. No SCP binds a service-linked role or the management account ("Service control
// policies (SCPs)").
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "diagnose/observe.h"
#include "facts/facts.h"

namespace doctor::diagnose {

enum class Grant { allowed, denied, absent, depends };  // denied: a Deny; absent: no Allow

enum class PolicyLevel { identity, boundary, resource, endpoint, scp, rcp };

struct PolicySight {
  PolicyLevel level = PolicyLevel::identity;
  Grant grant = Grant::depends;
  std::string policy;  // the name of the policy that decided; an endpoint's id
  std::string
      why;  // "the service control policy guard (statement NoSecrets, line 10) denies kms:Decrypt on …"
  Source source;
};

struct Call {
  std::string action;          // "kms:Decrypt"
  std::string resource = "*";  // an ARN; "*" for actions that know no resources
  std::string via = {};        // the service that makes the call for the caller: "secretsmanager"
};

struct Caller {
  std::string role_arn;
  std::vector<std::string> endpoints;  // ids of the VPC endpoints that its calls go by
};

// One sight for each level in force, in the order of PolicyLevel. The role need not be among the facts.
std::vector<PolicySight> sights_of(const facts::Place& place, const Caller& caller, const Call& call);

// Of several calls, the worst sight of each level: denied, absent, depends, allowed.
std::vector<PolicySight> worst_of(const facts::Place& place, const Caller& caller,
                                  const std::vector<Call>& calls);

// What the endpoints' policies alone say of a call, whoever makes it (a download by a signed URL).
std::vector<PolicySight> endpoint_sights(const facts::Place& place, const std::vector<std::string>& endpoints,
                                         const Call& call);

// What the service control policies say of a call, were the caller bound by them.
PolicySight control_policy_sight(const facts::Place& place, const std::string& role_arn, const Call& call);

bool blocks(const PolicySight& sight);                                // denied or absent
const PolicySight* blocking(const std::vector<PolicySight>& sights);  // the highest that blocks; or null
const PolicySight* sight_at(const std::vector<PolicySight>& sights, PolicyLevel level);

// AWS's own words name this level: "with an explicit deny in a service control policy".
bool is_named_by_aws(const Case& c, PolicyLevel level);

// Only the fix of the level that blocks is offered: where a policy above denies, no further Allow helps.
// Without a sight it is the level that AWS's words name, else the role's own policies.
void offer_fix_of(const Case& c, const PolicySight* sight, Observations& out);

}  // namespace doctor::diagnose
