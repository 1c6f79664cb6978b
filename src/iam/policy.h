// An IAM policy document as a value: what AWS's grammar allows, with the place of every part in its text.
//
// parse_policy() is as strict as IAM is: what it returns may be evaluated, and what it refuses never is.
// Names of elements are AWS's ("IAM JSON policy elements reference"). Lines and columns count from 1; columns
// count bytes.
//
//   auto policy = parse_policy(text, "task-role.json");
//   if (!policy) … policy.error().sentence == "task-role.json:7:17: 'Alow' is not an Effect: Allow or Deny"
//   policy->statements[0].actions.values[0].text == "ecs:RunTask"
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace doctor::iam {

struct Position {
  int line = 0;
  int column = 0;
};

// A string of the policy and where it stands.
struct Text {
  std::string text;
  Position at;
};

enum class Version { v2008_10_17, v2012_10_17 };  // variables and their defaults exist in the second only
enum class Effect { allow, deny };

// Action or NotAction, Resource or NotResource.
struct Strings {
  bool present = false;
  bool negated = false;  // NotAction, NotResource
  Position at;           // of the element's name
  std::vector<Text> values;
};

enum class PrincipalKind {
  everyone,        // "*" or {"AWS": "*"}
  account,         // 111122223333 or arn:aws:iam::111122223333:root; Text holds the account id
  arn,             // a user, role, role session or federated user session, by ARN
  unique_id,       // AIDA…, AROA…: what IAM leaves of a deleted user or role
  service,         // ecs-tasks.amazonaws.com
  federated,       // SAML or OIDC provider, cognito-identity.amazonaws.com
  canonical_user,  // S3's 64 hexadecimal digits
};

struct PrincipalValue {
  PrincipalKind kind = PrincipalKind::everyone;
  Text value;
};

struct Principals {
  bool present = false;
  bool negated = false;  // NotPrincipal
  Position at;
  std::vector<PrincipalValue> values;
};

enum class ValueSet { single, for_all_values, for_any_value };

// One operator on one key: all conditions of a statement must hold, any of `values` may match.
struct Condition {
  Text op;  // as written, such as "ForAnyValue:StringLikeIfExists"
  ValueSet set = ValueSet::single;
  std::string base;  // in AWS's spelling, without set and IfExists: "StringLike"
  bool if_exists = false;
  Text key;  // as written; keys compare without case
  std::vector<Text> values;
};

struct Statement {
  int index = 0;  // in its policy, from 0
  Position at;    // of its opening brace
  std::string sid;
  Effect effect = Effect::deny;
  Strings actions, resources;
  Principals principals;
  std::vector<Condition> conditions;
};

struct Policy {
  std::string origin;  // file or other name, for messages
  std::string name;    // what answers call it; may be empty
  Version version = Version::v2008_10_17;
  std::string id;
  std::vector<Statement> statements;
};

// Which elements a policy must and may have depends on what it is attached to.
enum class PolicyKind {
  any,       // whatever one of the kinds below accepts
  identity,  // also boundary, session: Resource required, Principal refused
  resource,  // Principal required; VPC endpoint policies too
  trust,     // a role's: Principal required, Resource refused
  scp,       // as identity; NotPrincipal and Principal refused
  rcp,       // Principal "*" required
};

// Error: bad_input, "ORIGIN:LINE:COLUMN: what is wrong", for the first thing that is wrong.
core::Result<Policy> parse_policy(std::string_view text, std::string_view origin);
core::Result<Policy> parse_policy(std::string_view text, std::string_view origin, PolicyKind kind);

}  // namespace doctor::iam
