#include "iam/denial_proof.h"

namespace doctor::iam {
namespace {

std::string reason_words(const Denial& denial) {
  const std::string level(policy_type_words(denial.policy_type));
  const std::string named = denial.policy.empty() ? "" : " (" + denial.policy + ")";
  if (denial.policy_type == PolicyType::setting) return "a setting of the service refuses it, not a policy";
  switch (denial.kind) {
    case DenialKind::explicit_deny:
      return denial.policy_type == PolicyType::unknown
                 ? "a Deny statement matched" + named + "; AWS does not say in which kind of policy"
                 : "a Deny statement in " + std::string(level.front() == 'i' ? "an " : "a ") + level + named +
                       " matched";
    case DenialKind::implicit_deny:
      return "no " + level + " allows it";
    case DenialKind::unknown:
      break;
  }
  return "AWS does not say which policy refused it";
}

}  // namespace

DenialProof proof_of(const Denial& denial) {
  DenialProof proof;
  const std::string who = denial.principal.empty() ? "The caller" : denial.principal;
  const std::string what = denial.action.empty() ? (denial.operation.empty() ? "do this" : denial.operation)
                           : denial.resource.empty() ? denial.action
                                                     : denial.action + " on " + denial.resource;
  proof.summary = who + " may not " + what + ": " + reason_words(denial) + ".";

  if (denial.kind != DenialKind::unknown) {
    proof.open.push_back(
        "AWS names one reason even where several policies refuse: when this one is gone, another may speak.");
  } else if (denial.encoded_message.empty() && denial.authorization_id.empty()) {
    proof.open.push_back(
        "Which policy it was: find the call's CloudTrail event, whose errorMessage often says it, or give "
        "the policies "
        "with --snapshot.");
  }
  if (denial.kind == DenialKind::explicit_deny && denial.policy_type != PolicyType::setting &&
      denial.policy.empty()) {
    proof.open.push_back("Which statement it was: give the policies with --snapshot.");
  }
  if (denial.resource.empty() && !denial.action.empty()) {
    proof.open.push_back("Which resource it was: the text does not name one.");
  }
  if (!denial.encoded_message.empty()) {
    proof.open.push_back(
        "The encoded message holds the request's context and the matched statements: aws sts "
        "decode-authorization-message "
        "--encoded-message " +
        denial.encoded_message + " (needs sts:DecodeAuthorizationMessage), and give what it prints.");
  }
  if (!denial.authorization_id.empty()) {
    proof.open.push_back(
        "For at least 24 hours AWS tells every policy that it evaluated: aws iam-toolbox "
        "get-request-authorization-details --authorization-id " +
        denial.authorization_id + " (needs iam:GetRequestAuthorizationDetails).");
  }
  for (const auto& statement : denial.statements) {
    proof.open.push_back("A statement with effect " + statement.effect + " and " +
                         (statement.sid.empty() ? std::string("no Sid") : "Sid '" + statement.sid + "'") +
                         " matched; the message does not say in which policy.");
  }
  return proof;
}

}  // namespace doctor::iam
