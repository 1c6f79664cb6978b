#include "iam/evaluate.h"

#include <algorithm>
#include <initializer_list>

#include "iam/rcp_services.h"
#include "iam/statement_match.h"

namespace doctor::iam {
namespace {

// The statements of one list of policies, denials first: they decide first.
struct Statements {
  std::vector<StatementMatcher> denies, allows;
};

// What one list of policies says about a request.
struct Verdict {
  Truth deny = Truth::no;
  Truth allow = Truth::no;
  const StatementMatcher* denied_by = nullptr;
  const StatementMatcher* allowed_by = nullptr;
};

void add(Statements& out, const Policy& policy, int index, int tree_level) {
  for (const Statement& statement : policy.statements) {
    StatementMatcher matcher = compiled(policy, statement);
    matcher.policy_index = index;
    matcher.tree_level = tree_level;
    (statement.effect == Effect::deny ? out.denies : out.allows).push_back(std::move(matcher));
  }
}

Statements compiled_list(const std::vector<Policy>& policies, int tree_level = -1) {
  Statements out;
  for (std::size_t i = 0; i < policies.size(); ++i) add(out, policies[i], static_cast<int>(i), tree_level);
  return out;
}

// Policies that are looked at one by one, because each must allow; or the levels of a tree, for the same
// reason.
using Layers = std::vector<Statements>;

Layers layer_each(const std::optional<std::vector<Policy>>& policies) {
  Layers out;
  if (!policies) return out;
  for (std::size_t i = 0; i < policies->size(); ++i) {
    Statements one;
    add(one, (*policies)[i], static_cast<int>(i), -1);
    out.push_back(std::move(one));
  }
  if (policies->empty()) out.emplace_back();  // in force, and allows nothing
  return out;
}

Layers layer_tree(const std::optional<std::vector<std::vector<Policy>>>& tree) {
  Layers out;
  if (!tree) return out;
  for (std::size_t i = 0; i < tree->size(); ++i)
    out.push_back(compiled_list((*tree)[i], static_cast<int>(i)));
  if (tree->empty()) out.emplace_back();
  return out;
}

struct Question {
  const Request& request;
  std::string_view action;  // lower case
  bool has_boundary = false;
};

// Whether a Deny speaks about the caller. Levels without principals have an empty Principals, which speaks
// about all.
bool deny_concerns(const StatementMatcher& statement, const Question& question) {
  const Principals& principals = statement.source->principals;
  if (!principals.present) return true;
  const Caller& caller = question.request.principal;
  if (!principals.negated) return named_by(principals, caller) != Named::no;
  // "AWS JSON policy elements: NotPrincipal": with Deny, it always denies a principal that has a permissions
  // boundary.
  const bool entity = caller.kind == CallerKind::user || caller.kind == CallerKind::role ||
                      caller.kind == CallerKind::role_session;
  return (question.has_boundary && entity) || !spared_by(principals, caller);
}

Named allow_names(const StatementMatcher& statement, const Caller& caller) {
  const Principals& principals = statement.source->principals;
  if (!principals.present) return Named::directly;
  if (!principals.negated) return named_by(principals, caller);
  return spared_by(principals, caller) ? Named::no : Named::directly;
}

void judge_denies(const Statements& statements, const Question& question, Verdict& verdict) {
  for (const StatementMatcher& statement : statements.denies) {
    const Truth matches = statement.matches(question.action, question.request);
    if (matches == Truth::no || !deny_concerns(statement, question)) continue;
    verdict.deny = either(verdict.deny, matches);
    if (matches == Truth::yes) {
      verdict.denied_by = &statement;
      return;
    }
  }
}

Verdict judge(const Statements& statements, const Question& question) {
  Verdict verdict;
  judge_denies(statements, question, verdict);
  if (verdict.deny == Truth::yes) return verdict;
  for (const StatementMatcher& statement : statements.allows) {
    const Truth matches = statement.matches(question.action, question.request);
    if (matches == Truth::no || allow_names(statement, question.request.principal) == Named::no) continue;
    verdict.allow = either(verdict.allow, matches);
    if (matches == Truth::yes) {
      verdict.allowed_by = &statement;
      break;
    }
  }
  return verdict;
}

// Each layer must allow; any may deny.
struct LayersVerdict : Verdict {
  int first_silent = -1;  // the first layer that cannot allow
};

LayersVerdict judge_layers(const Layers& layers, const Question& question, bool always_allowed) {
  LayersVerdict out;
  out.allow = Truth::yes;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const Verdict one = judge(layers[i], question);
    out.deny = either(out.deny, one.deny);
    if (one.deny == Truth::yes) {
      out.denied_by = one.denied_by;
      return out;
    }
    if (always_allowed) continue;
    if (one.allow == Truth::no && out.first_silent < 0) out.first_silent = static_cast<int>(i);
    out.allow = both(out.allow, one.allow);
    if (out.allowed_by == nullptr) out.allowed_by = one.allowed_by;
  }
  return out;
}

// What a resource-based policy grants, by how it names the caller: each form is limited by other policies.
struct ResourceVerdict : Verdict {
  Truth directly = Truth::no, role = Truth::no, account = Truth::no;
};

ResourceVerdict judge_resource(const Statements& statements, const Question& question) {
  ResourceVerdict out;
  judge_denies(statements, question, out);
  if (out.deny == Truth::yes) return out;
  Named strongest = Named::no;
  for (const StatementMatcher& statement : statements.allows) {
    const Truth matches = statement.matches(question.action, question.request);
    if (matches == Truth::no) continue;
    const Named named = allow_names(statement, question.request.principal);
    if (named == Named::no) continue;
    Truth& grant = named == Named::directly ? out.directly : named == Named::role ? out.role : out.account;
    grant = either(grant, matches);
    out.allow = either(out.allow, matches);
    if (matches == Truth::yes && named > strongest) {
      strongest = named;
      out.allowed_by = &statement;
    }
  }
  return out;
}

// Where a resource's own policy must allow even its own account: IAM role trust policies and KMS key policies
// ("How AWS enforcement code logic evaluates requests to allow or deny access").
bool needs_resource_policy(std::string_view action, std::string_view resource) {
  const auto is = [&](std::string_view start) { return action.substr(0, start.size()) == start; };
  if (is("sts:assumerole") || is("sts:tagsession") || is("sts:setsourceidentity"))
    return resource.find(":role/") != std::string_view::npos;
  return is("kms:") && resource.find(":key/") != std::string_view::npos;
}

// Everything that bears on whether access is allowed, denials aside.
struct Grants {
  Truth scp = Truth::yes, rcp = Truth::yes, vpc_endpoint = Truth::yes;
  Truth identity = Truth::no, boundary = Truth::yes, session = Truth::yes;
  Truth directly = Truth::no, role = Truth::no, account = Truth::no;  // of the resource-based policy
};
// How an unknown truth is settled when the question is what would happen at best or at worst.
bool settled(Truth truth, bool at_best) {
  return truth == Truth::yes || (truth == Truth::unknown && at_best);
}
constexpr Truth Grants::*kGrants[] = {&Grants::scp,      &Grants::rcp,      &Grants::vpc_endpoint,
                                      &Grants::identity, &Grants::boundary, &Grants::session,
                                      &Grants::directly, &Grants::role,     &Grants::account};

struct Setting {
  bool same_account = false;
  bool needs_resource_policy = false;
  bool has_identity = false;  // a user, a role or a session: identity-based policies speak about it
  bool is_root = false;
};

// "Policy evaluation for requests within a single account", "Cross-account policy evaluation logic".
bool allowed(const Grants& grants, const Setting& setting, bool at_best) {
  const auto is = [&](Truth truth) { return settled(truth, at_best); };
  if (!is(grants.scp) || !is(grants.rcp) || !is(grants.vpc_endpoint)) return false;
  const bool resource = is(grants.directly) || is(grants.role) || is(grants.account);
  if (setting.is_root) return resource || (setting.same_account && !setting.needs_resource_policy);
  if (!setting.has_identity) return resource;
  const bool limits = is(grants.boundary) && is(grants.session);
  const bool identity = is(grants.identity) && limits;
  if (!setting.same_account) return identity && resource;
  if (is(grants.directly) || (is(grants.role) && limits)) return true;
  return identity && (resource || !setting.needs_resource_policy);
}

DecidedBy decided_by(Level level, const StatementMatcher* statement) {
  if (statement == nullptr) return {};
  return {level, statement->policy, statement->source, statement->policy_index, statement->tree_level};
}

void add_key(KeyList& list, std::string_view key) {
  for (const std::string_view known : list) {
    if (equal_ignoring_case(known, key)) return;
  }
  if (list.size == KeyList::kCapacity) {
    list.more = true;
  } else {
    list.keys[list.size++] = key;
  }
}

}  // namespace

std::string_view level_name(Level level) {
  constexpr std::string_view kNames[] = {"identity", "resource", "boundary",    "session",
                                         "scp",      "rcp",      "vpc_endpoint"};
  return kNames[static_cast<std::size_t>(level)];
}

std::string_view outcome_name(Outcome outcome) {
  constexpr std::string_view kNames[] = {"allowed", "explicit_deny", "implicit_deny", "depends"};
  return kNames[static_cast<std::size_t>(outcome)];
}

struct Compiled::Parts {
  PolicySet policies;  // what the matchers point into
  Statements identity, resource;
  Layers boundaries, sessions, vpc_endpoints, scps, rcps;

  Setting setting_of(const Request& request, std::string_view action) const;
  bool scps_apply(const Request& request) const;
  bool rcps_apply(const Request& request, std::string_view action) const;
  void explain_denial(const Grants& grants, const Setting& setting, Decision& decision) const;
  void name_keys(const Grants& grants, const Setting& setting, const Question& question, bool scps, bool rcps,
                 Decision& decision) const;
};

Compiled::Compiled(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Compiled::Compiled(Compiled&&) noexcept = default;
Compiled& Compiled::operator=(Compiled&&) noexcept = default;
Compiled::~Compiled() = default;

const PolicySet& Compiled::policies() const {
  return parts_->policies;
}

Compiled Compiled::compile(PolicySet policies) {
  auto parts = std::make_unique<Parts>();
  parts->policies = std::move(policies);
  const PolicySet& set = parts->policies;
  if (set.identity) parts->identity = compiled_list(*set.identity);
  if (set.resource) add(parts->resource, *set.resource, 0, -1);
  parts->boundaries = layer_each(set.boundaries);
  parts->sessions = layer_each(set.sessions);
  parts->vpc_endpoints = layer_each(set.vpc_endpoints);
  parts->scps = layer_tree(set.scps);
  parts->rcps = layer_tree(set.rcps);
  return Compiled(std::move(parts));
}

Setting Compiled::Parts::setting_of(const Request& request, std::string_view action) const {
  const CallerKind kind = request.principal.kind;
  Setting setting;
  setting.is_root = kind == CallerKind::root;
  setting.has_identity = kind == CallerKind::user || kind == CallerKind::role ||
                         kind == CallerKind::role_session || kind == CallerKind::federated_user;
  setting.same_account =
      !request.principal.account.empty() && request.principal.account == request.resource_account;
  setting.needs_resource_policy = needs_resource_policy(action, request.resource);
  return setting;
}

// "Service control policies (SCPs)": they bind the principals of member accounts, the root user among them.
bool Compiled::Parts::scps_apply(const Request& request) const {
  const Caller& caller = request.principal;
  return !scps.empty() && !caller.account.empty() && !caller.service_linked_role &&
         !caller.in_management_account;
}

// "Resource control policies (RCPs)", "Resources and entities not restricted by RCPs".
bool Compiled::Parts::rcps_apply(const Request& request, std::string_view action) const {
  if (rcps.empty() || request.resource_in_management_account || request.principal.service_linked_role)
    return false;
  if (action == "kms:retiregrant" || !supports_rcps(action.substr(0, action.find(':')))) return false;
  return request.principal.kind != CallerKind::service ||
         request.resource.find(":role/aws-service-role/") == std::string::npos;
}

void Compiled::Parts::explain_denial(const Grants& grants, const Setting& setting, Decision& decision) const {
  const auto no = [](Truth truth) { return truth == Truth::no; };
  const auto block = [&](Level level, bool blocks) {
    decision.blocked_at[static_cast<std::size_t>(level)] |= blocks;
  };
  block(Level::scp, no(grants.scp));
  block(Level::rcp, no(grants.rcp));
  block(Level::vpc_endpoint, no(grants.vpc_endpoint));
  const bool granted = !no(grants.directly) || !no(grants.role) || !no(grants.account);
  if (setting.is_root) {
    block(Level::resource, !granted && (!setting.same_account || setting.needs_resource_policy));
    return;
  }
  if (!setting.has_identity) return block(Level::resource, !granted);
  if (!setting.same_account) {
    block(Level::identity, no(grants.identity));
    block(Level::resource, !granted);
    block(Level::boundary, no(grants.boundary));
    block(Level::session, no(grants.session));
    return;
  }
  if (!no(grants.directly)) return;
  block(Level::boundary, no(grants.boundary));
  block(Level::session, no(grants.session));
  block(Level::resource, !granted && setting.needs_resource_policy);
  if (no(grants.role) && no(grants.identity)) {
    block(Level::identity, true);
    block(Level::resource, policies.resource.has_value() && !granted);
  }
}

void Compiled::Parts::name_keys(const Grants& grants, const Setting& setting, const Question& question,
                                bool with_scps, bool with_rcps, Decision& decision) const {
  const auto keys_of = [&](const StatementMatcher& statement) {
    if (statement.matches(question.action, question.request) != Truth::unknown) return;
    statement.unknown_keys(question.request,
                           [&](std::string_view key) { add_key(decision.depends_on, key); });
  };
  const auto denies_of = [&](const Statements& list) {
    for (const StatementMatcher& statement : list.denies) {
      if (deny_concerns(statement, question)) keys_of(statement);
    }
  };
  const auto allows_of = [&](const Statements& list, std::initializer_list<Named> forms) {
    for (const StatementMatcher& statement : list.allows) {
      const Named named = allow_names(statement, question.request.principal);
      if (std::find(forms.begin(), forms.end(), named) != forms.end()) keys_of(statement);
    }
  };
  const auto layers_of = [&](const Layers& layers, auto&& one) {
    for (const Statements& list : layers) one(list);
  };
  const auto any_allow = [&](const Statements& list) {
    if (judge(list, question).allow == Truth::unknown)
      allows_of(list, {Named::account, Named::role, Named::directly});
  };
  if (with_scps) layers_of(scps, denies_of);
  if (with_rcps) layers_of(rcps, denies_of);
  layers_of(vpc_endpoints, denies_of);
  denies_of(resource);
  if (setting.has_identity) {
    denies_of(identity);
    layers_of(boundaries, denies_of);
    layers_of(sessions, denies_of);
  }
  // A grant that is unknown matters only where settling it turns the answer.
  bool relevant[std::size(kGrants)] = {};
  bool any = false;
  for (std::size_t i = 0; i < std::size(kGrants); ++i) {
    if (grants.*kGrants[i] != Truth::unknown) continue;
    Grants refused = grants, granted = grants;
    refused.*kGrants[i] = Truth::no;
    granted.*kGrants[i] = Truth::yes;
    relevant[i] = !allowed(refused, setting, true) || allowed(granted, setting, false);
    any |= relevant[i];
  }
  for (std::size_t i = 0; i < std::size(kGrants); ++i)
    relevant[i] |= !any && decision.depends_on.size == 0 && grants.*kGrants[i] == Truth::unknown;
  if (relevant[0]) layers_of(scps, any_allow);
  if (relevant[2]) layers_of(vpc_endpoints, any_allow);
  if (relevant[3]) any_allow(identity);
  if (relevant[4]) layers_of(boundaries, any_allow);
  if (relevant[5]) layers_of(sessions, any_allow);
  if (relevant[6]) allows_of(resource, {Named::directly});
  if (relevant[7]) allows_of(resource, {Named::role});
  if (relevant[8]) allows_of(resource, {Named::account});
}

Decision Compiled::evaluate(const Request& request) const {
  const Parts& parts = *parts_;
  std::array<char, kLongestAction> buffer;
  const std::size_t length = std::min(request.action.size(), buffer.size());
  for (std::size_t i = 0; i < length; ++i) {
    const char c = request.action[i];
    buffer[i] = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  }
  const Question question{request, {buffer.data(), length}, parts.policies.boundaries.has_value()};
  const Setting setting = parts.setting_of(request, question.action);
  const bool with_scps = parts.scps_apply(request), with_rcps = parts.rcps_apply(request, question.action);
  // The root user has neither boundary nor session policy, and identity-based policies do not speak about it.
  static const Layers kNone;
  const bool entity = setting.has_identity;

  Decision decision;
  Truth deny = Truth::no;
  const auto denied = [&](Level level, const Verdict& verdict) {
    deny = either(deny, verdict.deny);
    if (verdict.deny != Truth::yes) return false;
    decision.outcome = Outcome::explicit_deny;
    decision.decided_by = decided_by(level, verdict.denied_by);
    return true;
  };
  const LayersVerdict scp = judge_layers(with_scps ? parts.scps : kNone, question, false);
  if (denied(Level::scp, scp)) return decision;
  const LayersVerdict rcp = judge_layers(with_rcps ? parts.rcps : kNone, question, true);
  if (denied(Level::rcp, rcp)) return decision;
  const LayersVerdict endpoint = judge_layers(parts.vpc_endpoints, question, false);
  if (denied(Level::vpc_endpoint, endpoint)) return decision;
  const ResourceVerdict resource = judge_resource(parts.resource, question);
  if (denied(Level::resource, resource)) return decision;
  const Verdict identity = entity ? judge(parts.identity, question) : Verdict{};
  if (denied(Level::identity, identity)) return decision;
  const LayersVerdict boundary = judge_layers(entity ? parts.boundaries : kNone, question, false);
  if (denied(Level::boundary, boundary)) return decision;
  const LayersVerdict session = judge_layers(entity ? parts.sessions : kNone, question, false);
  if (denied(Level::session, session)) return decision;

  Grants grants;
  grants.scp = scp.allow;
  grants.vpc_endpoint = endpoint.allow;
  grants.identity = identity.allow;
  grants.boundary = boundary.allow;
  grants.session = session.allow;
  // A federated user without a session policy has no permissions but what resources grant to it.
  if (request.principal.kind == CallerKind::federated_user && parts.sessions.empty())
    grants.session = Truth::no;
  grants.directly = resource.directly;
  grants.role = resource.role;
  grants.account = resource.account;

  if (!allowed(grants, setting, true)) {
    decision.outcome = Outcome::implicit_deny;
    parts.explain_denial(grants, setting, decision);
    decision.blocked_tree_level = scp.first_silent;
  } else if (deny == Truth::no && allowed(grants, setting, false)) {
    decision.outcome = Outcome::allowed;
    const bool by_identity =
        identity.allow == Truth::yes && grants.boundary == Truth::yes && grants.session == Truth::yes;
    decision.decided_by = by_identity ? decided_by(Level::identity, identity.allowed_by)
                                      : decided_by(Level::resource, resource.allowed_by);
  } else {
    decision.outcome = Outcome::depends;
    parts.name_keys(grants, setting, question, with_scps, with_rcps, decision);
  }
  return decision;
}

}  // namespace doctor::iam
