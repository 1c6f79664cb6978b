#include "iam/blame.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "core/arn.h"
#include "core/glob.h"
#include "iam/evaluate.h"
#include "iam/policy.h"
#include "iam/request.h"

namespace doctor::iam {
namespace {

PolicyKind kind_of(PolicyType level) {
  switch (level) {
    case PolicyType::scp:
      return PolicyKind::scp;
    case PolicyType::rcp:
      return PolicyKind::rcp;
    case PolicyType::trust:
      return PolicyKind::trust;
    case PolicyType::resource:
    case PolicyType::vpc_endpoint:
      return PolicyKind::resource;
    default:
      return PolicyKind::identity;
  }
}

PolicyType type_of_level(Level level, bool trust) {
  switch (level) {
    case Level::identity:
      return PolicyType::identity;
    case Level::resource:
      return trust ? PolicyType::trust : PolicyType::resource;
    case Level::boundary:
      return PolicyType::boundary;
    case Level::session:
      return PolicyType::session;
    case Level::scp:
      return PolicyType::scp;
    case Level::rcp:
      return PolicyType::rcp;
    case Level::vpc_endpoint:
      return PolicyType::vpc_endpoint;
  }
  return PolicyType::unknown;
}

// A policy that parsed, beside the text it came from.
struct ReadPolicy {
  const PolicyText* source = nullptr;
  Policy policy;
};

std::string label_of(const PolicyText& text) {
  return text.name.empty() ? text.arn : text.name;
}

std::vector<ReadPolicy> read_policies(const std::vector<PolicyText>& texts, Blame& out) {
  std::vector<ReadPolicy> read;
  for (const auto& text : texts) {
    const auto name = label_of(text);
    if (text.text.empty()) {
      out.notes.push_back("The " + std::string(policy_type_words(text.level)) + " '" + name +
                          "' could not be read: it may be the one.");
      continue;
    }
    auto policy = parse_policy(text.text, name, kind_of(text.level));
    if (!policy) {
      out.notes.push_back("The " + std::string(policy_type_words(text.level)) + " '" + name +
                          "' is no valid policy and was not evaluated: " + policy.error().sentence);
      continue;
    }
    policy->name = name;
    read.push_back({&text, std::move(*policy)});
  }
  return read;
}

std::vector<Policy>& opened(std::optional<std::vector<Policy>>& list) {
  if (!list) list.emplace();
  return *list;
}

using Tree = std::vector<std::vector<Policy>>;

// A level that was not read whole may allow what its known policies do not.
Policy stand_in(PolicyKind kind) {
  const bool rcp = kind == PolicyKind::rcp;
  return parse_policy(
             rcp ? R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}})"
                 : R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}})",
             "not read", kind)
      .value();
}

// Without a tree all count as one level, which finds every Deny, and an implicit deny only where no policy
// allows. Nothing, where no such policy is among the texts.
std::optional<Tree> tree_of(const std::vector<ReadPolicy>& read, PolicyType type,
                            const BlameOptions& options) {
  Tree tree(std::max<std::size_t>(options.tree.size(), 1));
  bool any = false;
  for (const auto& [source, policy] : read) {
    const auto level = static_cast<std::size_t>(source->tree_level);
    if (source->level != type || level >= tree.size()) continue;
    tree[level].push_back(policy);
    any = true;
  }
  if (!any) return std::nullopt;
  for (std::size_t i = 0; i < options.tree.size(); ++i) {
    const auto& level = options.tree[i];
    if (!(type == PolicyType::scp ? level.scps_known : level.rcps_known))
      tree[i].push_back(stand_in(kind_of(type)));
  }
  return tree;
}

// Without its own policy a key would allow nobody; AWS's default one lets IAM decide ("Default key policy").
std::optional<Policy> default_key_policy(const Denial& denial) {
  const auto key = core::Arn::parse(denial.resource);
  if (!key || key->service != "kms" || !key->resource.starts_with("key/")) return std::nullopt;
  auto policy = parse_policy(
      R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"kms:*","Resource":"*","Principal":{"AWS":")" +
          key->account + R"("}}})",
      "default key policy", PolicyKind::resource);
  return policy ? std::optional(std::move(*policy)) : std::nullopt;
}

PolicySet set_of(const Denial& denial, const std::vector<ReadPolicy>& read, const BlameOptions& options) {
  PolicySet set;
  set.identity.emplace();
  for (const auto& [source, policy] : read) {
    switch (source->level) {
      case PolicyType::boundary:
        opened(set.boundaries).push_back(policy);
        break;
      case PolicyType::session:
        opened(set.sessions).push_back(policy);
        break;
      case PolicyType::vpc_endpoint:
        opened(set.vpc_endpoints).push_back(policy);
        break;
      case PolicyType::resource:
      case PolicyType::trust:
        set.resource = policy;
        break;
      case PolicyType::scp:
      case PolicyType::rcp:
        break;
      default:
        set.identity->push_back(policy);
    }
  }
  if (!set.resource && !options.resource_policy_known) set.resource = default_key_policy(denial);
  set.scps = tree_of(read, PolicyType::scp, options);
  set.rcps = tree_of(read, PolicyType::rcp, options);
  return set;
}

std::string folded_text(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

bool names_action(const Strings& strings, const std::string& action) {
  const bool found = std::any_of(strings.values.begin(), strings.values.end(), [&](const Text& value) {
    return core::glob_matches(folded_text(value.text), action);
  });
  return strings.negated ? !found : found;
}

// A pattern with a policy variable may match anything there.
bool may_name_resource(const Strings& strings, const std::string& resource) {
  if (!strings.present || resource.empty()) return true;
  const bool variable = std::any_of(strings.values.begin(), strings.values.end(),
                                    [](const Text& value) { return core::contains(value.text, "${"); });
  const bool found = std::any_of(strings.values.begin(), strings.values.end(),
                                 [&](const Text& value) { return core::glob_matches(value.text, resource); });
  return variable || (strings.negated ? !found : found);
}

Culprit culprit_of(const ReadPolicy& read, const Statement& statement) {
  Culprit culprit{read.source->level,
                  label_of(*read.source),
                  read.source->arn,
                  read.source->attached_to,
                  statement.index,
                  statement.sid,
                  statement.at.line,
                  statement.effect == Effect::deny ? "Deny" : "Allow",
                  {}};
  for (const auto& condition : statement.conditions) culprit.depends_on.push_back(condition.key.text);
  return culprit;
}

// Whether AWS's name for the policy, where it gave one, is this one: by ARN, by id (p-…) or by name.
bool is_named(std::string_view named, const PolicyText& text) {
  if (named.empty() || (text.arn.empty() && text.name.empty())) return true;
  const auto end = core::short_name(named);
  return named == text.arn || named == text.name || end == text.arn || end == text.name;
}

// Every Deny that matches the call but for its conditions, at the level that AWS named, or at any.
std::vector<Culprit> denies_for(const Denial& denial, const std::vector<ReadPolicy>& read) {
  std::vector<Culprit> found;
  const auto action = folded_text(denial.action);
  for (const auto& one : read) {
    if (denial.policy_type != PolicyType::unknown && one.source->level != denial.policy_type) continue;
    if (!is_named(denial.policy, *one.source)) continue;
    for (const auto& statement : one.policy.statements) {
      if (statement.effect != Effect::deny || !names_action(statement.actions, action)) continue;
      if (may_name_resource(statement.resources, denial.resource))
        found.push_back(culprit_of(one, statement));
    }
  }
  return found;
}

core::Result<Request> request_of(const Denial& denial, const BlameOptions& options) {
  Request request;
  request.action = denial.action;
  request.resource = denial.resource.empty() ? "*" : denial.resource;
  auto caller = principal_of(denial.principal);
  if (!caller) return core::fail(caller.error());
  request.principal = std::move(*caller);
  if (!options.role_arn.empty()) request.principal.role_arn = options.role_arn;
  request.principal.in_management_account = options.in_management_account;
  for (const auto& [key, values] : denial.context) request.context.set(key, values);
  const auto arn = core::Arn::parse(denial.resource);
  if (arn && !arn->region.empty() && request.context.find("aws:requestedregion") == nullptr) {
    request.context.set("aws:RequestedRegion", {arn->region});
  }
  return complete_request(std::move(request));
}

void read_decision(const Decision& decision, const Denial& denial, const std::vector<ReadPolicy>& read,
                   const BlameOptions& options, Blame& out) {
  const bool trust = denial.policy_type == PolicyType::trust || denial.action == "sts:AssumeRole";
  out.outcome = outcome_name(decision.outcome);
  for (const auto key : decision.depends_on) out.depends_on.emplace_back(key);
  for (std::size_t i = 0; i < kLevels; ++i) {
    const auto level = static_cast<Level>(i);
    if (decision.blocked(level)) out.blocked_at.push_back(type_of_level(level, trust));
  }
  if (const auto level = static_cast<std::size_t>(decision.blocked_tree_level);
      decision.blocked_tree_level >= 0 && level < options.tree.size())
    out.blocked_tree_level = options.tree[level].name;
  if (decision.outcome != Outcome::explicit_deny || decision.decided_by.statement == nullptr) return;
  const auto type = type_of_level(decision.decided_by.level, trust);
  const auto& sid = *decision.decided_by.statement;
  for (const auto& one : read) {
    const bool same =
        one.source->level == type && decision.decided_by.policy != nullptr &&
        one.policy.name == decision.decided_by.policy->name &&
        (decision.decided_by.tree_level < 0 || one.source->tree_level == decision.decided_by.tree_level) &&
        sid.index < static_cast<int>(one.policy.statements.size());
    if (!same) continue;
    auto culprit = culprit_of(one, one.policy.statements[static_cast<std::size_t>(sid.index)]);
    culprit.depends_on.clear();  // the conditions were met
    out.proven.push_back(std::move(culprit));
    return;
  }
}

bool agreement(const Denial& denial, const Blame& out) {
  const bool any_level = denial.policy_type == PolicyType::unknown;
  if (out.outcome == "explicit_deny") {
    return denial.kind != DenialKind::implicit_deny &&
           (any_level || (!out.proven.empty() && out.proven.front().level == denial.policy_type));
  }
  if (out.outcome == "implicit_deny") {
    return denial.kind != DenialKind::explicit_deny &&
           (any_level || std::find(out.blocked_at.begin(), out.blocked_at.end(), denial.policy_type) !=
                             out.blocked_at.end());
  }
  return false;
}

void explain_difference(const Denial& denial, Blame& out) {
  if (out.agrees) return;
  if (out.outcome == "allowed") {
    out.notes.push_back(
        "These policies allow the call: the refusal came from one that is not among them (a session, "
        "resource or VPC "
        "endpoint policy, an SCP or RCP), or the policies have changed since.");
  } else if (out.outcome == "depends") {
    std::string keys;
    for (const auto& key : out.depends_on) keys += (keys.empty() ? "" : ", ") + key;
    out.notes.push_back("The answer hangs on what nobody told: " + keys +
                        ". The decoded authorization message or the CloudTrail event holds some of it.");
  } else if (!out.outcome.empty() && denial.policy_type != PolicyType::unknown) {
    out.notes.push_back(
        "AWS names another level than these policies show: it reports one reason of several, and may "
        "have read policies that are not among these.");
  }
}

}  // namespace

Blame blame(const Denial& denial, const std::vector<PolicyText>& policies, const BlameOptions& options) {
  Blame out;
  const auto read = read_policies(policies, out);
  if (denial.action.empty()) {
    out.notes.push_back("The refusal names no action: nothing can be evaluated.");
    return out;
  }
  if (read.empty()) {
    out.notes.push_back("There is no policy to evaluate: only AWS's words speak.");
    return out;
  }
  auto request = request_of(denial, options);
  if (!request) {
    out.notes.push_back("The policies were not evaluated: " + request.error().sentence);
  } else {
    const auto engine = Compiled::compile(set_of(denial, read, options));
    read_decision(engine.evaluate(*request), denial, read, options, out);
  }
  if (!options.identity_known && out.outcome == "implicit_deny") {
    out.notes.push_back(
        "Not every identity-based policy of the caller could be read: one of them may allow the call.");
  }
  const bool at_resource =
      std::find(out.blocked_at.begin(), out.blocked_at.end(), PolicyType::resource) != out.blocked_at.end();
  if (at_resource && !options.resource_policy_known) {
    out.notes.push_back(
        "The resource's own policy is not among these: it may allow the call, and must where the resource is "
        "another account's.");
  }
  if (denial.kind != DenialKind::implicit_deny && out.proven.empty()) out.suspects = denies_for(denial, read);
  out.agrees = agreement(denial, out);
  explain_difference(denial, out);
  return out;
}

}  // namespace doctor::iam
