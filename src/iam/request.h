// One call to be judged: who does what to which resource, and what is known about the circumstances.
//
// Three states of a context key must be told apart. *Present*: the request carries it with these values.
// *Absent*: the request is known not to carry it. *Unknown*: nobody said; an answer that hangs on it is
// "depends". A key that was never set is unknown, unless `complete` says that everything not named is absent.
//
//   Request request;
//   request.action = "ecs:RunTask";
//   request.resource = "arn:aws:ecs:eu-west-1:111122223333:task-definition/web:7";
//   request.principal = principal_of("arn:aws:iam::111122223333:role/deployer").value();
//   request.context.set("aws:SourceIp", {"10.0.0.7"});
//   request.context.set_absent("aws:SourceVpce");
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace doctor::iam {

// Keys compare without case; values keep theirs.
class Context {
 public:
  struct Entry {
    std::string key;  // lower case
    bool absent = false;
    std::vector<std::string> values;  // an empty list counts as absent, as AWS counts an empty data set
  };

  void set(std::string_view key, std::vector<std::string> values);
  void set_absent(std::string_view key);
  const Entry* find(std::string_view lower_case_key) const;       // nullptr: unknown (absent where complete)
  bool knows(std::string_view key) const;                         // in any case; set, or set absent
  const std::vector<Entry>& entries() const { return entries_; }  // sorted by key

  bool complete = false;  // whatever is not named is absent

 private:
  std::vector<Entry> entries_;
};

inline constexpr std::size_t kLongestAction = 128;

enum class CallerKind {
  anonymous,
  root,
  user,
  role,  // some session of this role, its name not known
  role_session,
  federated_user,  // a session made with GetFederationToken
  service,
  identity_provider,  // someone whom a SAML or OIDC provider vouches for, before AssumeRoleWith…
};

struct Caller {
  CallerKind kind = CallerKind::anonymous;
  std::string arn;                     // root, user, role, role_session, federated_user; empty otherwise
  std::string account;                 // twelve digits; empty for a service and for nobody
  std::string role_arn;                // of a role or role session: arn:aws:iam::111122223333:role/path/name
  std::string user_arn;                // of a federated user session: the user that asked for it, where known
  std::string service;                 // ecs-tasks.amazonaws.com
  std::string federated;               // of identity_provider: the provider's ARN or domain
  std::string canonical_user;          // S3's id of the caller's account, where known
  bool service_linked_role = false;    // SCPs and RCPs do not apply to it
  bool in_management_account = false;  // SCPs do not apply to it
};

// From an ARN (also of a saml-provider or oidc-provider), an account id (its root user), a service name
// (x.amazonaws.com), or "*" (anonymous). A
// session's role is taken to have no path, because a session's ARN does not hold one; set role_arn where it
// is known. Error: bad_input, naming the text.
core::Result<Caller> principal_of(std::string_view text);

struct Request {
  std::string action;                           // "service:Operation"
  std::string resource;                         // ARN, or "*" for an operation that has no resource
  std::string resource_account;                 // empty: the ARN's, else the caller's
  bool resource_in_management_account = false;  // RCPs do not apply to it
  Caller principal;
  Context context;
};

// Puts what follows from the request itself into its context, where the context does not say otherwise:
// aws:PrincipalArn, aws:PrincipalAccount, aws:PrincipalType, aws:PrincipalIsAWSService,
// aws:PrincipalServiceName, aws:username, aws:userid (where known), aws:ResourceAccount. Fills
// resource_account. Call it once, before evaluating. Error: bad_input, for an action without a service, or
// one too long to exist.
core::Result<Request> complete_request(Request request);

}  // namespace doctor::iam
