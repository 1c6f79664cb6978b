// Which policy refused a call: the statement, its level, Sid and line.
//
// The refusal says what AWS decided; the policies say why. blame() evaluates the call against the policies at
// hand and compares: a Deny statement that decides is proven; one that would decide under a condition whose
// keys nobody told is a suspect, and the keys are named. Policies that were not given cannot be blamed: what
// AWS's own words say of their level stays as the answer.
//
//   Blame found = blame(denial, {{PolicyType::scp, "DenyRegions", "p-1", text, "r-root"}}, {});
//   found.proven[0].sid == "DenyOutsideEu"
#pragma once

#include <string>
#include <vector>

#include "iam/denial.h"

namespace doctor::iam {

// A policy as a snapshot holds it.
struct PolicyText {
  PolicyType level = PolicyType::identity;
  std::string name, arn;
  std::string text;         // JSON; empty: it exists, and nobody could read it
  std::string attached_to;  // role, OU or account; may be empty
  int tree_level = 0;       // of an SCP or RCP: its place in BlameOptions::tree
};

// A level of the organisation's tree.
struct TreeLevel {
  std::string name;                           // "the organizational unit Workloads (ou-…)"
  bool scps_known = true, rcps_known = true;  // every one attached here is among the texts
};

struct Culprit {
  PolicyType level = PolicyType::unknown;
  std::string policy;  // its name, or its ARN where it has none
  std::string arn, attached_to;
  int statement = 0;  // from 0
  std::string sid;
  int line = 0;                         // of the statement's opening brace in the policy's text
  std::string effect;                   // Deny, Allow
  std::vector<std::string> depends_on;  // condition keys that nobody told
};

struct Blame {
  std::string outcome;  // of the policies at hand: allowed, explicit_deny, implicit_deny, depends; "" none
  std::vector<Culprit> proven;          // the Deny that decides
  std::vector<Culprit> suspects;        // Denies that would decide under their conditions
  std::vector<PolicyType> blocked_at;   // of implicit_deny: the levels that fail to allow
  std::string blocked_tree_level;       // of these, where the SCPs fail: the name of the first such level
  std::vector<std::string> depends_on;  // of depends
  bool agrees = false;                  // with what AWS's words say of kind and level
  std::vector<std::string> notes;
};

struct BlameOptions {
  std::string role_arn;                // of a session's role, with its path
  bool identity_known = true;          // every identity-based policy of the principal is among the texts
  std::vector<TreeLevel> tree;         // root first; empty: not known, and SCPs and RCPs count as one level
  bool in_management_account = false;  // of the principal: no SCP binds it
  bool resource_policy_known = false;  // the resource's own policy is among the texts, or it has none
};

// A denial without an action, or policies none of which can be read, give an empty outcome and a note.
Blame blame(const Denial& denial, const std::vector<PolicyText>& policies, const BlameOptions& options);

}  // namespace doctor::iam
