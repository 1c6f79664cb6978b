// One compiled statement, and whether it speaks about a request.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "iam/operators.h"
#include "iam/pattern.h"
#include "iam/policy.h"
#include "iam/request.h"
#include "iam/truth.h"

namespace doctor::iam {

struct ConditionValue {
  Pattern pattern;         // string, ARN and Bool
  double number = 0;       // numeric
  std::int64_t time = 0;   // date, in milliseconds since 1970
  IpRange range = {};      // IP address
  bool boolean = false;    // Null
  std::string bytes = {};  // binary
};

struct ConditionMatcher {
  const Operator* op = nullptr;
  ValueSet set = ValueSet::single;
  bool if_exists = false;
  std::string key;    // lower case
  std::string shown;  // as the policy spells it
  std::vector<ConditionValue> values;

  Truth holds(const Context& context) const;
  // Calls back with the unknown keys that this hangs on.
  template <class Function>
  void unknown_keys(const Context& context, Function&& call) const {
    if (!context.complete && context.find(key) == nullptr) call(shown);
    for (const ConditionValue& value : values) value.pattern.unknown_keys(context, call);
  }
};
ConditionMatcher compiled(const Condition& condition, Version version);

// How a Principal element names the caller; the strongest of its values counts.
enum class Named : unsigned char {
  no,
  account,  // its account: hands the decision to the account's identity policies
  role,  // the role behind a session, the user behind a federated session: boundary and session policy still
         // limit
  directly,  // the user or session itself, a service, or everyone
};
Named named_by(const Principals& principals, const Caller& caller);
// NotPrincipal: whether every principal that stands for the caller is listed (its account, its role or user).
bool spared_by(const Principals& principals, const Caller& caller);

struct StatementMatcher {
  const Policy* policy = nullptr;
  const Statement* source = nullptr;
  int policy_index = 0;
  int tree_level = -1;
  std::vector<Pattern> actions;
  std::vector<Pattern> resources;
  bool not_action = false, not_resource = false, has_resources = false;
  std::vector<ConditionMatcher> conditions;

  bool covers_action(std::string_view lower_case_action) const;
  Truth covers_resource(std::string_view resource, const Context& context) const;
  Truth conditions_hold(const Context& context) const;
  Truth matches(std::string_view lower_case_action, const Request& request) const;  // all but the principal

  template <class Function>
  void unknown_keys(const Request& request, Function&& call) const {
    if (covers_resource(request.resource, request.context) == Truth::unknown) {
      for (const Pattern& resource : resources) resource.unknown_keys(request.context, call);
    }
    for (const ConditionMatcher& condition : conditions) {
      if (condition.holds(request.context) == Truth::unknown) condition.unknown_keys(request.context, call);
    }
  }
};
StatementMatcher compiled(const Policy& policy, const Statement& statement);

}  // namespace doctor::iam
