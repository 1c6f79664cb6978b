#include "iam/statement_match.h"

#include "core/arn.h"

namespace doctor::iam {
namespace {

PatternStyle style_of(const Operator& op) {
  if (op.family == Family::arn) return PatternStyle::arn;
  if (op.family == Family::boolean || op.compare == Compare::equal_ignoring_case)
    return PatternStyle::ignoring_case;
  return op.compare == Compare::like ? PatternStyle::like : PatternStyle::exact;
}

bool compares(Compare compare, auto request, auto policy) {
  switch (compare) {
    case Compare::less:
      return request < policy;
    case Compare::less_or_equal:
      return request <= policy;
    case Compare::greater:
      return request > policy;
    case Compare::greater_or_equal:
      return request >= policy;
    case Compare::equal:
    case Compare::equal_ignoring_case:
    case Compare::like:
      break;
  }
  return !(request < policy) && !(request > policy);
}

// Whether one value of the request matches one of the policy, negation aside.
Truth matches(const Operator& op, const ConditionValue& value, std::string_view text,
              const Context& context) {
  switch (op.family) {
    case Family::string:
    case Family::arn:
    case Family::boolean:
      return value.pattern.matches(text, context);
    case Family::numeric: {
      const auto number = number_of(text);
      return truth_of(number && compares(op.compare, *number, value.number));
    }
    case Family::date: {
      const auto time = milliseconds_of(text);
      return truth_of(time && compares(op.compare, *time, value.time));
    }
    case Family::ip: {
      const auto range = ip_range_of(text);
      return truth_of(range && contains(value.range, *range));
    }
    case Family::binary:
      return truth_of(base64_equals(text, value.bytes));
    case Family::null:
      break;
  }
  return Truth::no;
}

Truth matches_any(const ConditionMatcher& condition, std::string_view text, const Context& context) {
  Truth result = Truth::no;
  for (const ConditionValue& value : condition.values) {
    result = either(result, matches(*condition.op, value, text, context));
    if (result == Truth::yes) break;
  }
  return result;
}

// "Conditions with multiple context keys or values", "Set operators for multivalued context keys".
Truth holds_for(const ConditionMatcher& condition, const std::vector<std::string>& request,
                const Context& context) {
  const bool negate = condition.op->negated;
  const auto one = [&](const std::string& text) {
    const Truth result = matches_any(condition, text, context);
    return negate ? negated(result) : result;
  };
  // Without a set operator, several values in the request match like one of them; negated, none of them may.
  const bool all = condition.set == ValueSet::for_all_values || (condition.set == ValueSet::single && negate);
  Truth result = truth_of(all);
  for (const std::string& text : request) result = all ? both(result, one(text)) : either(result, one(text));
  return result;
}

Truth holds_without_value(const ConditionMatcher& condition) {
  if (condition.if_exists) return Truth::yes;
  if (condition.set == ValueSet::for_all_values) return Truth::yes;
  if (condition.set == ValueSet::for_any_value) return Truth::no;
  return truth_of(condition.op->negated);
}

// Whether a key that is not known can make a difference at all.
Truth holds_for_unknown(const ConditionMatcher& condition) {
  if (condition.op->family == Family::null) return Truth::unknown;
  const Truth absent = holds_without_value(condition);
  bool everything = false;
  for (const ConditionValue& value : condition.values) everything |= value.pattern.matches_everything();
  const bool any_value_matches =
      everything && (condition.op->family == Family::string || condition.op->family == Family::arn);
  const bool no_value_matches = condition.values.empty();
  if (!any_value_matches && !no_value_matches) return Truth::unknown;
  const Truth present = truth_of(any_value_matches != condition.op->negated);
  return present == absent ? present : Truth::unknown;
}

// A role's name is unique in its account whatever its path, and a session's ARN does not hold the path.
bool same_role(std::string_view a, std::string_view b) {
  const auto head = [](std::string_view arn) { return arn.substr(0, arn.find('/')); };
  return head(a) == head(b) && core::short_name(a) == core::short_name(b);
}

bool is_role(std::string_view arn) {
  return arn.find(":role/") != std::string_view::npos;
}

Named named_by(const PrincipalValue& value, const Caller& caller) {
  const std::string& text = value.value.text;
  switch (value.kind) {
    case PrincipalKind::everyone:
      return Named::directly;
    case PrincipalKind::account:
      if (caller.account.empty() || text != caller.account) return Named::no;
      return caller.kind == CallerKind::root ? Named::directly : Named::account;
    case PrincipalKind::arn:
      if (is_role(text))
        return !caller.role_arn.empty() && same_role(text, caller.role_arn) ? Named::role : Named::no;
      if (!caller.arn.empty() && text == caller.arn) return Named::directly;
      return !caller.user_arn.empty() && text == caller.user_arn ? Named::role : Named::no;
    case PrincipalKind::service:
      return !caller.service.empty() && text == caller.service ? Named::directly : Named::no;
    case PrincipalKind::federated:
      return (!caller.federated.empty() && text == caller.federated) ||
                     (!caller.service.empty() && text == caller.service)
                 ? Named::directly
                 : Named::no;
    case PrincipalKind::canonical_user:
      return !caller.canonical_user.empty() && equal_ignoring_case(text, caller.canonical_user)
                 ? Named::account
                 : Named::no;
    case PrincipalKind::unique_id:  // what is left of a principal that was deleted
      break;
  }
  return Named::no;
}

}  // namespace

ConditionMatcher compiled(const Condition& condition, Version version) {
  ConditionMatcher out;
  out.op = operator_named(condition.base);
  out.set = condition.set;
  out.if_exists = condition.if_exists;
  out.key = lower_case(condition.key.text);
  out.shown = condition.key.text;
  for (const Text& value : condition.values) {
    const Family family = out.op->family;
    const bool is_text = family == Family::string || family == Family::arn || family == Family::boolean;
    ConditionValue entry{.pattern = Pattern(is_text ? std::string_view(value.text) : std::string_view(),
                                            version, style_of(*out.op))};
    if (family == Family::numeric) entry.number = number_of(value.text).value_or(0);
    if (family == Family::date) entry.time = milliseconds_of(value.text).value_or(0);
    if (family == Family::ip) entry.range = ip_range_of(value.text).value_or(IpRange{});
    if (family == Family::null) entry.boolean = boolean_of(value.text).value_or(false);
    if (family == Family::binary) entry.bytes = bytes_of_base64(value.text).value_or("");
    out.values.push_back(std::move(entry));
  }
  return out;
}

Truth ConditionMatcher::holds(const Context& context) const {
  const Context::Entry* entry = context.find(key);
  if (entry == nullptr && !context.complete) return holds_for_unknown(*this);
  const bool absent = entry == nullptr || entry->absent;
  if (op->family == Family::null) {
    for (const ConditionValue& value : values) {
      if (value.boolean == absent) return Truth::yes;
    }
    return Truth::no;
  }
  return absent ? holds_without_value(*this) : holds_for(*this, entry->values, context);
}

Named named_by(const Principals& principals, const Caller& caller) {
  Named strongest = Named::no;
  for (const PrincipalValue& value : principals.values)
    strongest = std::max(strongest, named_by(value, caller));
  return strongest;
}

bool spared_by(const Principals& principals, const Caller& caller) {
  // "AWS JSON policy elements: NotPrincipal": the account is validated first, then the role, then the
  // session, so the account must be listed too, and for a session its role.
  bool itself = false, account = caller.account.empty();
  for (const PrincipalValue& value : principals.values) {
    if (value.kind == PrincipalKind::everyone) return true;
    if (value.kind == PrincipalKind::account && value.value.text == caller.account) account = true;
    const Named named = named_by(value, caller);
    const bool session = caller.kind == CallerKind::role || caller.kind == CallerKind::role_session;
    itself |= session ? named == Named::role : named == Named::directly;
  }
  return itself && account;
}

StatementMatcher compiled(const Policy& policy, const Statement& statement) {
  StatementMatcher out;
  out.policy = &policy;
  out.source = &statement;
  out.not_action = statement.actions.negated;
  out.not_resource = statement.resources.negated;
  out.has_resources = statement.resources.present;
  for (const Text& action : statement.actions.values)
    out.actions.emplace_back(action.text, Version::v2008_10_17, PatternStyle::action);
  for (const Text& resource : statement.resources.values)
    out.resources.emplace_back(resource.text, policy.version, PatternStyle::resource);
  for (const Condition& condition : statement.conditions)
    out.conditions.push_back(compiled(condition, policy.version));
  return out;
}

bool StatementMatcher::covers_action(std::string_view action) const {
  for (const Pattern& pattern : actions) {
    if (pattern.matches(action)) return !not_action;
  }
  return not_action;
}

Truth StatementMatcher::covers_resource(std::string_view resource, const Context& context) const {
  if (!has_resources) return Truth::yes;  // trust policies, ECR's repository policies
  Truth result = Truth::no;
  for (const Pattern& pattern : resources) {
    result = either(result, pattern.matches(resource, context));
    if (result == Truth::yes) break;
  }
  return not_resource ? negated(result) : result;
}

Truth StatementMatcher::conditions_hold(const Context& context) const {
  Truth result = Truth::yes;
  for (const ConditionMatcher& condition : conditions) {
    result = both(result, condition.holds(context));
    if (result == Truth::no) break;
  }
  return result;
}

Truth StatementMatcher::matches(std::string_view action, const Request& request) const {
  if (!covers_action(action)) return Truth::no;
  const Truth resource = covers_resource(request.resource, request.context);
  if (resource == Truth::no || conditions.empty()) return resource;
  return both(resource, conditions_hold(request.context));
}

}  // namespace doctor::iam
