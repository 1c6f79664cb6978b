#include "iam/policy.h"

#include <algorithm>
#include <set>

#include "core/percent.h"
#include "iam/operators.h"
#include "iam/policy_elements.h"
#include "iam/policy_reader.h"
#include "iam/positioned_json.h"

namespace doctor::iam {
namespace {

using core::ErrorKind;
using core::fail;
using core::Result;

// Reads one policy; a problem is noted and reading goes on behind it.
class PolicyReader {
 public:
  PolicyReader(PolicyKind kind, std::vector<Problem>& problems) : kind_(kind), problems_(problems) {}

  Policy policy(const Node& root, std::string_view origin) {
    Policy policy;
    policy.origin = origin;
    if (root.kind != NodeKind::object) {
      wrong(root.at, "INVALID_POLICY",
            "a policy is a JSON object, not " + std::string(node_kind_name(root.kind)));
      return policy;
    }
    no_key_twice(root, "the policy");
    for (std::size_t i = 0; i < root.keys.size(); ++i) {
      const Text& key = root.keys[i];
      if (key.text != "Version" && key.text != "Id" && key.text != "Statement")
        wrong(key.at, "INVALID_ELEMENT",
              "'" + key.text + "' is no element of a policy: Version, Id, Statement");
    }
    if (const Node* version = root.member("Version")) policy.version = version_of(*version);
    version_ = policy.version;
    if (const Node* id = root.member("Id")) {
      if (is_string(*id, "Id")) policy.id = id->text;
    }
    statements(root, policy);
    return policy;
  }

 private:
  void wrong(Position at, std::string code, std::string message) {
    problems_.push_back({at, std::move(code), std::move(message), statement_});
  }

  bool is_string(const Node& node, std::string_view what) {
    if (node.kind == NodeKind::string) return true;
    wrong(node.at, "DATA_TYPE_MISMATCH",
          std::string(what) + " must be a string, not " + std::string(node_kind_name(node.kind)));
    return false;
  }

  void no_key_twice(const Node& object, const std::string& where) {
    std::set<std::string_view> seen;
    for (const Text& key : object.keys) {
      if (!seen.insert(key.text).second)
        wrong(key.at, "DUPLICATE_KEY", "'" + key.text + "' stands twice in " + where);
    }
  }

  Version version_of(const Node& node) {
    if (!is_string(node, "Version")) return Version::v2008_10_17;
    if (node.text == "2012-10-17") return Version::v2012_10_17;
    if (node.text != "2008-10-17")
      wrong(node.at, "INVALID_VERSION", "'" + node.text + "' is no policy version: 2012-10-17 or 2008-10-17");
    return Version::v2008_10_17;
  }

  void statements(const Node& root, Policy& policy) {
    const Node* node = root.member("Statement");
    if (node == nullptr) {
      wrong(root.at, "MISSING_STATEMENT", "the policy has no Statement");
      return;
    }
    if (node->kind == NodeKind::object) {
      policy.statements.push_back(statement(*node, 0));
    } else if (node->kind == NodeKind::array && !node->items.empty()) {
      for (const Node& item : node->items)
        policy.statements.push_back(statement(item, static_cast<int>(policy.statements.size())));
    } else if (node->kind == NodeKind::array) {
      wrong(node->at, "MISSING_STATEMENT", "Statement is empty: a policy has at least one statement");
    } else {
      wrong(
          node->at, "DATA_TYPE_MISMATCH",
          "Statement must be an object or an array of them, not " + std::string(node_kind_name(node->kind)));
    }
    statement_ = -1;
    unique_sids(*node, policy);
  }

  void unique_sids(const Node& node, const Policy& policy) {
    if (kind_ == PolicyKind::resource || kind_ == PolicyKind::any) return;  // not every service asks for it
    std::set<std::string_view> seen;
    for (const Statement& item : policy.statements) {
      if (item.sid.empty() || seen.insert(item.sid).second) continue;
      const Node& object =
          node.kind == NodeKind::array ? node.items[static_cast<std::size_t>(item.index)] : node;
      const Node* sid = object.member("Sid");
      statement_ = item.index;
      wrong(sid == nullptr ? item.at : sid->at, "DUPLICATE_SID",
            "the Sid '" + item.sid + "' stands twice in the policy");
    }
    statement_ = -1;
  }

  Statement statement(const Node& node, int index) {
    statement_ = index;
    Statement out;
    out.index = index;
    out.at = node.at;
    if (node.kind != NodeKind::object) {
      wrong(node.at, "DATA_TYPE_MISMATCH",
            "a statement is a JSON object, not " + std::string(node_kind_name(node.kind)));
      return out;
    }
    no_key_twice(node, "the statement");
    bool effect = false;
    for (std::size_t i = 0; i < node.keys.size(); ++i) element(node.keys[i], node.items[i], out, effect);
    if (!effect) wrong(node.at, "MISSING_EFFECT", "the statement has no Effect");
    if (!out.actions.present)
      wrong(node.at, "MISSING_ACTION", "the statement has neither Action nor NotAction");
    what_the_kind_asks(node, out);
    return out;
  }

  void element(const Text& key, const Node& value, Statement& out, bool& effect) {
    const std::string& name = key.text;
    if (name == "Sid") {
      if (!is_string(value, "Sid")) return;
      out.sid = value.text;
      if (auto problem = wrong_with_sid(out.sid, kind_)) wrong(value.at, "INVALID_SID", *problem);
    } else if (name == "Effect") {
      effect = true;
      if (!is_string(value, "Effect")) return;
      if (value.text != "Allow" && value.text != "Deny")
        wrong(value.at, "INVALID_EFFECT", "'" + value.text + "' is no Effect: Allow or Deny");
      out.effect = value.text == "Allow" ? Effect::allow : Effect::deny;
    } else if (name == "Action" || name == "NotAction") {
      strings(key, value, name == "NotAction", out.actions, "Action");
      for (const Text& item : out.actions.values) {
        if (auto problem = wrong_with_action(item.text)) wrong(item.at, "INVALID_ACTION", *problem);
      }
    } else if (name == "Resource" || name == "NotResource") {
      strings(key, value, name == "NotResource", out.resources, "Resource");
      for (const Text& item : out.resources.values) {
        if (auto problem = wrong_with_resource(item.text, version_)) wrong(item.at, "INVALID_ARN", *problem);
      }
    } else if (name == "Principal" || name == "NotPrincipal") {
      principals(key, value, name == "NotPrincipal", out.principals);
    } else if (name == "Condition") {
      conditions(value, out.conditions);
    } else {
      wrong(key.at, "INVALID_ELEMENT",
            "'" + name +
                "' is no element of a statement: Sid, Effect, Principal, NotPrincipal, Action, NotAction, "
                "Resource, NotResource, Condition");
    }
  }

  void strings(const Text& key, const Node& value, bool negated, Strings& out, const std::string& element) {
    if (out.present) {
      if (out.negated != negated)
        wrong(key.at, "CONFLICTING_ELEMENTS",
              "a statement has " + element + " or Not" + element + ", not both");
      return;
    }
    out.present = true;
    out.negated = negated;
    out.at = key.at;
    out.values = texts(value, key.text, false);
    if (value.kind == NodeKind::array && value.items.empty())
      wrong(value.at, "EMPTY_ARRAY_" + upper(element), key.text + " is empty: name at least one");
  }

  static std::string upper(std::string_view text) {
    std::string out(text);
    for (char& c : out) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c);
    return out;
  }

  // A string or an array of strings; in conditions also numbers and booleans.
  std::vector<Text> texts(const Node& value, const std::string& what, bool scalars) {
    std::vector<Text> out;
    const auto take = [&](const Node& item) {
      const bool scalar = scalars && (item.kind == NodeKind::number || item.kind == NodeKind::boolean);
      if (scalar || is_string(item, what)) out.push_back({item.text, item.at});
    };
    if (value.kind == NodeKind::array) {
      for (const Node& item : value.items) take(item);
    } else {
      take(value);
    }
    return out;
  }

  void principals(const Text& key, const Node& value, bool negated, Principals& out) {
    if (out.present) {
      if (out.negated != negated)
        wrong(key.at, "CONFLICTING_ELEMENTS", "a statement has Principal or NotPrincipal, not both");
      return;
    }
    out.present = true;
    out.negated = negated;
    out.at = key.at;
    if (value.kind == NodeKind::string) {
      if (value.text != "*")
        wrong(value.at, "INVALID_PRINCIPAL",
              "'" + value.text + "' is no " + key.text + ": write \"*\" or an object such as {\"AWS\": …}");
      out.values.push_back({PrincipalKind::everyone, {value.text, value.at}});
      return;
    }
    if (value.kind != NodeKind::object) {
      wrong(value.at, "DATA_TYPE_MISMATCH",
            key.text + " must be \"*\" or an object, not " + std::string(node_kind_name(value.kind)));
      return;
    }
    no_key_twice(value, key.text);
    for (std::size_t i = 0; i < value.keys.size(); ++i) {
      const Text& type = value.keys[i];
      if (type.text != "AWS" && type.text != "Service" && type.text != "Federated" &&
          type.text != "CanonicalUser") {
        wrong(type.at, "INVALID_PRINCIPAL_TYPE",
              "'" + type.text + "' is no kind of principal: AWS, Service, Federated, CanonicalUser");
        continue;
      }
      for (Text& item : texts(value.items[i], key.text, false)) {
        PrincipalValue principal;
        if (auto problem = wrong_with_principal(type.text, item.text, principal.kind))
          wrong(item.at, "INVALID_PRINCIPAL", *problem);
        principal.value = std::move(item);
        out.values.push_back(std::move(principal));
      }
    }
  }

  void conditions(const Node& value, std::vector<Condition>& out) {
    if (value.kind != NodeKind::object) {
      wrong(value.at, "DATA_TYPE_MISMATCH",
            "Condition must be an object, not " + std::string(node_kind_name(value.kind)));
      return;
    }
    no_key_twice(value, "Condition");
    for (std::size_t i = 0; i < value.keys.size(); ++i) {
      const Text& op = value.keys[i];
      const Node& keys = value.items[i];
      const auto use = operator_of(op.text);
      if (!use) {
        wrong(op.at, "INVALID_OPERATOR", "'" + op.text + "' is no condition operator");
        continue;
      }
      if (keys.kind != NodeKind::object) {
        wrong(keys.at, "DATA_TYPE_MISMATCH",
              op.text + " must hold an object of keys, not " + std::string(node_kind_name(keys.kind)));
        continue;
      }
      keys_once(keys, op.text);
      for (std::size_t k = 0; k < keys.keys.size(); ++k)
        out.push_back(condition(op, *use, keys.keys[k], keys.items[k]));
    }
  }

  // Keys compare without case, so aws:SourceIp and AWS:sourceip are one key twice.
  void keys_once(const Node& object, const std::string& op) {
    std::set<std::string> seen;
    for (const Text& key : object.keys) {
      if (!seen.insert(lower_case(key.text)).second)
        wrong(key.at, "DUPLICATE_KEY", "the key '" + key.text + "' stands twice in " + op);
    }
  }

  Condition condition(const Text& op, const OperatorUse& use, const Text& key, const Node& value) {
    Condition out;
    out.op = op;
    out.set = use.set == 0   ? ValueSet::single
              : use.set == 1 ? ValueSet::for_all_values
                             : ValueSet::for_any_value;
    out.base = use.base->name;
    out.if_exists = use.if_exists;
    out.key = key;
    if (auto problem = wrong_with_key(key.text)) wrong(key.at, "INVALID_CONDITION_KEY", *problem);
    out.values = texts(value, "a condition value", true);
    for (const Text& item : out.values) {
      if (auto problem = wrong_with_value(*use.base, item.text, version_))
        wrong(item.at, "TYPE_MISMATCH", *problem);
    }
    return out;
  }

  void what_the_kind_asks(const Node& node, const Statement& out) {
    const auto refuse_principal = [&](std::string_view where) {
      if (out.principals.present)
        wrong(out.principals.at, "UNSUPPORTED_PRINCIPAL",
              std::string(out.principals.negated ? "NotPrincipal" : "Principal") + " has no place in " +
                  std::string(where));
    };
    const auto need_resource = [&] {
      if (!out.resources.present)
        wrong(node.at, "MISSING_RESOURCE", "the statement has neither Resource nor NotResource");
    };
    const auto need_principal = [&] {
      if (!out.principals.present) wrong(node.at, "MISSING_PRINCIPAL", "the statement has no Principal");
    };
    switch (kind_) {
      case PolicyKind::any:
        return;
      case PolicyKind::identity:
        refuse_principal("an identity-based policy");
        return need_resource();
      case PolicyKind::scp:
        refuse_principal("a service control policy");
        return need_resource();
      case PolicyKind::resource:
        return need_principal();  // Resource is missing in ECR's repository policies
      case PolicyKind::trust:
        need_principal();
        if (out.resources.present)
          wrong(out.resources.at, "UNSUPPORTED_RESOURCE", "Resource has no place in a role trust policy");
        if (out.principals.negated)
          wrong(out.principals.at, "UNSUPPORTED_PRINCIPAL",
                "NotPrincipal has no place in a role trust policy");
        return;
      case PolicyKind::rcp:
        need_principal();
        need_resource();
        if (out.principals.present && (out.principals.negated || out.principals.values.size() != 1 ||
                                       out.principals.values[0].kind != PrincipalKind::everyone))
          wrong(out.principals.at, "UNSUPPORTED_PRINCIPAL",
                "the Principal of a resource control policy is \"*\"");
        if (out.actions.negated)
          wrong(out.actions.at, "UNSUPPORTED_ACTION", "NotAction has no place in a resource control policy");
        return;
    }
  }

  PolicyKind kind_;
  std::vector<Problem>& problems_;
  Version version_ = Version::v2008_10_17;
  int statement_ = -1;
};

}  // namespace

Policy read_policy(const Node& root, std::string_view origin, PolicyKind kind,
                   std::vector<Problem>& problems) {
  Policy policy = PolicyReader(kind, problems).policy(root, origin);
  std::stable_sort(problems.begin(), problems.end(), [](const Problem& a, const Problem& b) {
    return a.at.line != b.at.line ? a.at.line < b.at.line : a.at.column < b.at.column;
  });
  return policy;
}

Result<Policy> policy_of(const Node& root, std::string_view origin, PolicyKind kind) {
  std::vector<Problem> problems;
  Policy policy = read_policy(root, origin, kind, problems);
  if (!problems.empty())
    return fail(ErrorKind::bad_input, place(origin, problems.front().at) + ": " + problems.front().message);
  return policy;
}

Result<Policy> parse_policy(std::string_view text, std::string_view origin, PolicyKind kind) {
  std::string decoded;
  if (text.rfind("%7B", 0) == 0 || text.rfind("%7b", 0) == 0) {  // as IAM's API returns documents
    decoded = core::percent_decoded(text);
    text = decoded;
  }
  const auto root = parse_positioned_document(text, origin);
  if (!root) return fail(root.error());
  return policy_of(*root, origin, kind);
}

Result<Policy> parse_policy(std::string_view text, std::string_view origin) {
  return parse_policy(text, origin, PolicyKind::any);
}

}  // namespace doctor::iam
