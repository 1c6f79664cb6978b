#include "diagnose/policy_decision.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "core/arn.h"
#include "iam/evaluate.h"

namespace doctor::diagnose {
namespace {

iam::PolicyKind kind_of(PolicyLevel level) {
  switch (level) {
    case PolicyLevel::identity:
    case PolicyLevel::boundary:
      return iam::PolicyKind::identity;
    case PolicyLevel::resource:
    case PolicyLevel::endpoint:
      return iam::PolicyKind::resource;
    case PolicyLevel::scp:
      return iam::PolicyKind::scp;
    case PolicyLevel::rcp:
      return iam::PolicyKind::rcp;
  }
  return iam::PolicyKind::any;
}

// Levels bind together by "and": with a role that may do everything, what is left is what this level says.
const iam::Policy& everything() {
  static const iam::Policy policy =
      iam::parse_policy(
          R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}})",
          "everything", iam::PolicyKind::identity)
          .value();
  return policy;
}

// Nobody in particular has no role: what everybody may do stands at the resource.
const iam::Policy& everything_for_everybody() {
  static const iam::Policy policy =
      iam::parse_policy(
          R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}})",
          "everything", iam::PolicyKind::resource)
          .value();
  return policy;
}

// A KMS key's policy must let IAM decide, as AWS's default one does ("Default key policy"): what the key's
// own policy says is asked at its own level.
std::optional<iam::Policy> policy_of_key(const Request& request) {
  const auto principal = core::Arn::parse(request.principal);
  if (!request.action.starts_with("kms:") || !principal) return std::nullopt;
  auto policy = iam::parse_policy(
      R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"kms:*","Resource":"*","Principal":{"AWS":")" +
          principal->account + R"("}}})",
      "default key policy", iam::PolicyKind::resource);
  return policy ? std::optional(std::move(*policy)) : std::nullopt;
}

iam::PolicySet alone(PolicyLevel level, std::vector<iam::Policy> policies, const Request& request) {
  iam::PolicySet set;
  set.resource = policy_of_key(request);
  if (level == PolicyLevel::identity) {
    set.identity = std::move(policies);
    return set;
  }
  set.identity = std::vector<iam::Policy>{everything()};
  if (level == PolicyLevel::resource)
    set.resource = policies.empty() ? std::nullopt : std::optional(std::move(policies.front()));
  if (level == PolicyLevel::boundary) set.boundaries = std::move(policies);
  if (level == PolicyLevel::endpoint) {
    set.resource = everything_for_everybody();
    set.vpc_endpoints = std::move(policies);
  }
  if (level == PolicyLevel::scp) set.scps = std::vector<std::vector<iam::Policy>>{std::move(policies)};
  if (level == PolicyLevel::rcp) set.rcps = std::vector<std::vector<iam::Policy>>{std::move(policies)};
  return set;
}

std::optional<iam::Request> request_from(const Request& request) {
  iam::Request out;
  out.action = request.action;
  out.resource = request.resource;
  const auto caller = iam::principal_of(request.principal.empty() ? "*" : request.principal);
  if (!caller) return std::nullopt;
  out.principal = *caller;
  out.principal.service_linked_role = false;  // who is exempt of a level is not asked about it
  out.context = request.context;
  auto completed = iam::complete_request(std::move(out));
  if (!completed) return std::nullopt;
  return std::move(*completed);
}

struct Read {
  std::vector<iam::Policy> policies;
  std::vector<int> documents;  // of each policy: which document it is
  int unreadable = -1;
};

Read read_all(PolicyLevel level, const std::vector<Document>& documents) {
  Read read;
  for (std::size_t i = 0; i < documents.size(); ++i) {
    auto policy = iam::parse_policy(documents[i].text, documents[i].name, kind_of(level));
    if (!policy) {
      if (read.unreadable < 0) read.unreadable = static_cast<int>(i);
      continue;
    }
    read.policies.push_back(std::move(*policy));
    read.documents.push_back(static_cast<int>(i));
  }
  return read;
}

std::vector<std::string> keys_of(const iam::KeyList& list) {
  std::vector<std::string> keys;
  for (const std::string_view key : list) keys.emplace_back(key);
  std::sort(keys.begin(), keys.end());
  return keys;
}

Decision decision_from(const iam::Decision& said, const Read& read) {
  Decision decision;
  decision.depends_on = keys_of(said.depends_on);
  switch (said.outcome) {
    case iam::Outcome::allowed:
      decision.kind = Decision::Kind::allowed;
      return decision;
    case iam::Outcome::implicit_deny:
      return decision;
    case iam::Outcome::depends:
      decision.kind = Decision::Kind::depends;
      return decision;
    case iam::Outcome::explicit_deny:
      break;
  }
  decision.kind = Decision::Kind::denied;
  if (said.decided_by.statement == nullptr) return decision;
  const iam::Statement& statement = *said.decided_by.statement;
  decision.document = read.documents[static_cast<std::size_t>(said.decided_by.policy_index)];
  decision.statement = statement.index + 1;
  decision.sid = statement.sid;
  decision.line = statement.at.line;
  return decision;
}

// The statement that the answer hangs on: the first that decides nothing where it stands alone; a Deny beside
// an Allow of everything.
void name_open_statement(PolicyLevel level, const iam::Policy& policy, const iam::Request& asked,
                         const Request& request, Decision& decision) {
  const bool resource = level == PolicyLevel::resource || level == PolicyLevel::endpoint;
  const iam::Policy& all = resource ? everything_for_everybody() : everything();
  for (const iam::Statement& statement : policy.statements) {
    iam::Policy single = policy;
    single.statements = {statement};
    if (statement.effect == iam::Effect::deny && level != PolicyLevel::rcp)
      single.statements.push_back(all.statements.front());
    const auto engine = iam::Compiled::compile(alone(level, {std::move(single)}, request));
    if (engine.evaluate(asked).outcome != iam::Outcome::depends) continue;
    decision.statement = statement.index + 1;
    decision.sid = statement.sid;
    decision.line = statement.at.line;
    return;
  }
}

}  // namespace

Decision decide(PolicyLevel level, const std::vector<Document>& documents, const Request& request) {
  const auto asked = request_from(request);
  if (!asked) return {Decision::Kind::depends, -1, 0, {}, 0, {}};
  const Read read = read_all(level, documents);
  const iam::Compiled engine = iam::Compiled::compile(alone(level, read.policies, request));
  Decision decision = decision_from(engine.evaluate(*asked), read);
  if (decision.kind == Decision::Kind::denied || read.unreadable < 0) {
    if (decision.kind != Decision::Kind::depends) return decision;
    // Of several documents, the one that the answer hangs on.
    for (std::size_t i = 0; i < read.policies.size(); ++i) {
      if (read.policies.size() > 1) {
        const auto single = iam::Compiled::compile(alone(level, {read.policies[i]}, request));
        if (single.evaluate(*asked).outcome != iam::Outcome::depends) continue;
      }
      decision.document = read.documents[i];
      name_open_statement(level, read.policies[i], *asked, request, decision);
      break;
    }
    return decision;
  }
  return {
      Decision::Kind::depends, read.unreadable, 0, {}, 0, {}};  // what could not be read may allow, or deny
}

Decision::Kind decide_with_resource(const std::vector<Document>& documents, const Request& request) {
  const auto asked = request_from(request);
  if (!asked || !request.own_policy || request.own_policy->text.empty()) return Decision::Kind::absent;
  auto own = iam::parse_policy(request.own_policy->text, request.own_policy->name, iam::PolicyKind::resource);
  if (!own) return Decision::Kind::depends;
  iam::PolicySet set;
  set.identity = read_all(PolicyLevel::identity, documents).policies;
  set.resource = std::move(*own);
  switch (iam::Compiled::compile(std::move(set)).evaluate(*asked).outcome) {
    case iam::Outcome::allowed:
      return Decision::Kind::allowed;
    case iam::Outcome::depends:
      return Decision::Kind::depends;
    case iam::Outcome::explicit_deny:
    case iam::Outcome::implicit_deny:
      break;
  }
  return Decision::Kind::absent;
}

}  // namespace doctor::diagnose
