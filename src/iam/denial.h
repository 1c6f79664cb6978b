// What AWS says when it refuses a call, as a value.
//
// AWS words a refusal in many ways: the sentence of IAM ("User: … is not authorized to perform: … because no
// … policy allows the … action"), with or without the policy's ARN and an authorization id; EC2's encoded
// message; S3's bare "Access Denied"; the wrappers of SDKs, of the CLI and of ECS around all of these; the
// JSON that `aws sts decode-authorization-message` prints. Sources: "Troubleshoot access denied error
// messages" (IAM User Guide), "Troubleshoot access denied (403 Forbidden) errors in Amazon S3", "Troubleshoot
// access denied error messages with authorization ID (Preview)".
//
// A field that the text does not say stays empty: nothing is guessed here.
//
//   auto denial = parse_denial("User: arn:aws:iam::111122223333:user/ann is not authorized to perform: "
//                              "ecs:RunTask with an explicit deny in a service control policy");
//   denial->action == "ecs:RunTask", denial->kind == DenialKind::explicit_deny
//   denial->policy_type == PolicyType::scp
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/json.h"
#include "core/result.h"

namespace doctor::iam {

enum class DenialKind {
  unknown,        // the text does not say
  explicit_deny,  // a Deny statement matched
  implicit_deny,  // no Allow statement matched
};

enum class PolicyType {
  unknown,
  identity,
  resource,
  trust,  // a role's trust policy: the resource policy of sts:AssumeRole
  boundary,
  session,
  scp,
  rcp,
  vpc_endpoint,
  setting,  // not a policy: a setting of the service, such as S3 Block Public Access
};

std::string_view denial_kind_name(DenialKind kind);   // unknown, explicit_deny, implicit_deny
std::string_view policy_type_name(PolicyType type);   // as the enumerators are spelled
std::string_view policy_type_words(PolicyType type);  // "service control policy"; "policy" where unknown
PolicyType policy_type_of_arn(std::string_view arn);  // of an Organizations policy; else unknown

struct MatchedStatement {
  std::string sid, effect;  // effect: ALLOW, DENY; the Sid may be empty
};

struct Denial {
  std::string principal;  // ARN or service name
  std::string action;     // "ecs:RunTask", the service in lower case
  std::string resource;   // ARN, "*", or IAM's short form ("role web")
  DenialKind kind = DenialKind::unknown;
  PolicyType policy_type = PolicyType::unknown;
  std::string policy;            // ARN or name of the policy that denies, where the text names it
  std::string encoded_message;   // for `aws sts decode-authorization-message`
  std::string authorization_id;  // for `aws iam-toolbox get-request-authorization-details`
  std::string request_id;
  std::string code;       // AccessDeniedException, UnauthorizedOperation …
  std::string operation;  // the API operation that an SDK or the CLI names: "GetObject"

  // Of a decoded message: the request's condition keys and the statements that matched.
  std::vector<std::pair<std::string, std::vector<std::string>>> context;
  std::vector<MatchedStatement> statements;
};

// The first refusal in a text of at most 1 MiB, or in the JSON of a decoded authorization message (bare, or
// under DecodedMessage). Error: bad_input, where the text holds no refusal or the JSON does not parse.
core::Result<Denial> parse_denial(std::string_view text);

// Every refusal in the text, in its order; the same errors.
core::Result<std::vector<Denial>> parse_denials(std::string_view text);

// From the JSON of a decoded authorization message. Error: bad_input, where it is none.
core::Result<Denial> denial_of_decoded(core::Json message);

// 'secretsmanager' of "secretsmanager:GetSecretValue".
std::string_view service_of(std::string_view action);

}  // namespace doctor::iam
