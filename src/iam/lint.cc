#include "iam/lint.h"

#include <algorithm>

#include "iam/operators.h"
#include "iam/pattern.h"
#include "iam/policy_reader.h"
#include "iam/positioned_json.h"

namespace doctor::iam {
namespace {

class Linter {
 public:
  explicit Linter(PolicyKind kind) : kind_(kind) {}

  std::vector<Finding> findings(const Node& root, const Policy& policy) {
    if (root.member("Version") == nullptr) {
      note(FindingType::warning, "MISSING_VERSION", root.at,
           "the policy has no Version, so that policy variables are only text: write \"Version\": "
           "\"2012-10-17\"");
    } else if (policy.version == Version::v2008_10_17) {
      note(FindingType::suggestion, "OLD_VERSION", root.member("Version")->at,
           "Version 2008-10-17 has no policy variables: use 2012-10-17");
    }
    for (const Statement& statement : policy.statements) {
      statement_ = &statement;
      if (statement.effect == Effect::allow) grants(statement);
      principals(statement);
      redundant(statement.actions, PatternStyle::action, "REDUNDANT_ACTION");
      redundant(statement.resources, PatternStyle::resource, "REDUNDANT_RESOURCE");
      conditions(statement);
    }
    return std::move(findings_);
  }

 private:
  void note(FindingType type, std::string code, Position at, std::string message) {
    Finding finding{type, std::move(code), std::move(message), at, -1, {}};
    if (statement_ != nullptr) {
      finding.statement = statement_->index;
      finding.sid = statement_->sid;
    }
    findings_.push_back(std::move(finding));
  }

  static bool has_star(const Strings& strings) {
    return std::any_of(strings.values.begin(), strings.values.end(),
                       [](const Text& value) { return value.text == "*"; });
  }

  // The first action pattern that covers `action` (in lower case), or nullptr.
  static const Text* covering(const Strings& actions, std::string_view action) {
    for (const Text& value : actions.values) {
      if (Pattern(value.text, Version::v2008_10_17, PatternStyle::action).matches(action)) return &value;
    }
    return nullptr;
  }

  void grants(const Statement& statement) {
    const Strings& actions = statement.actions;
    const bool star_resource =
        statement.resources.present && !statement.resources.negated && has_star(statement.resources);
    if (kind_ == PolicyKind::scp || kind_ == PolicyKind::rcp) return;  // they grant nothing
    if (actions.negated && statement.resources.negated)
      note(FindingType::security_warning, "ALLOW_WITH_NOT_ACTION_AND_NOT_RESOURCE", actions.at,
           "Allow with NotAction and NotResource grants everything that is not named: name what is allowed");
    else if (actions.negated)
      note(FindingType::warning, "ALLOW_WITH_NOT_ACTION", actions.at,
           "Allow with NotAction grants every action but those named, also future ones: use Action");
    if (actions.negated || !star_resource) return;
    sensitive(statement, "iam:passrole", "PASS_ROLE", "iam:PassedToService",
              "lets any role be passed to a service: name the roles in Resource");
    sensitive(statement, "iam:createservicelinkedrole", "CREATE_SLR", "iam:AWSServiceName",
              "lets a service-linked role be made for any service: name the service in a Condition");
  }

  void sensitive(const Statement& statement, std::string_view action, const std::string& code,
                 std::string_view key, const std::string& why) {
    const Text* found = covering(statement.actions, action);
    if (found == nullptr) return;
    const bool limited =
        std::any_of(statement.conditions.begin(), statement.conditions.end(),
                    [&](const Condition& item) { return equal_ignoring_case(item.key.text, key); });
    if (limited) return;
    const bool exact = found->text.find_first_of("*?") == std::string::npos;
    note(FindingType::security_warning,
         code + (exact ? "_WITH_STAR_IN_RESOURCE" : "_WITH_STAR_IN_ACTION_AND_RESOURCE"), found->at,
         "'" + found->text + "' with Resource \"*\" " + why);
  }

  void principals(const Statement& statement) {
    if (!statement.principals.present || statement.effect != Effect::allow) return;
    if (statement.principals.negated)
      note(FindingType::security_warning, "ALLOW_WITH_NOT_PRINCIPAL", statement.principals.at,
           "Allow with NotPrincipal grants to everyone else, also without credentials: use Principal");
    if (kind_ != PolicyKind::trust) return;
    for (const PrincipalValue& value : statement.principals.values) {
      if (value.kind == PrincipalKind::everyone && statement.conditions.empty())
        note(
            FindingType::security_warning, "ALLOW_ANYONE_TO_ASSUME_ROLE", value.value.at,
            "everyone in every account may assume the role: name principals, or limit them with a Condition");
    }
  }

  // A value that another value of the same list already covers.
  void redundant(const Strings& strings, PatternStyle style, const std::string& code) {
    for (const Text& value : strings.values) {
      if (value.text.find("${") != std::string::npos) continue;
      for (const Text& wider : strings.values) {
        if (&wider == &value || wider.text.find("${") != std::string::npos) continue;
        const bool same = wider.text == value.text;
        if (same && &wider > &value) continue;  // of two alike, the second is the redundant one
        const std::string text = style == PatternStyle::action ? lower_case(value.text) : value.text;
        if (!same && !Pattern(wider.text, Version::v2008_10_17, style).matches(text)) continue;
        note(FindingType::suggestion, code, value.at,
             "'" + value.text + "' is already covered by '" + wider.text + "'");
        break;
      }
    }
  }

  void conditions(const Statement& statement) {
    for (const Condition& item : statement.conditions) {
      if (item.values.empty())
        note(
            FindingType::suggestion, "EMPTY_ARRAY_CONDITION", item.key.at,
            "'" + item.key.text + "' has no values, so that the statement takes no effect as it is meant to");
      const bool single = equal_ignoring_case(item.key.text, "aws:SourceIp") ||
                          equal_ignoring_case(item.key.text, "aws:PrincipalArn") ||
                          equal_ignoring_case(item.key.text, "aws:SourceVpce") ||
                          equal_ignoring_case(item.key.text, "aws:SourceArn");
      if (item.set == ValueSet::for_all_values && single)
        note(FindingType::security_warning, "FORALLVALUES_WITH_SINGLE_VALUED_KEY", item.op.at,
             "ForAllValues on '" + item.key.text +
                 "' also holds when the key is missing: leave ForAllValues out");
      if (item.set == ValueSet::for_all_values && !single && statement.effect == Effect::allow &&
          !null_checked(statement, item))
        note(FindingType::warning, "FORALLVALUES_WITH_MISSING_NULL_CHECK", item.op.at,
             "ForAllValues also holds when '" + item.key.text + "' is missing: add \"Null\": {\"" +
                 item.key.text + "\": \"false\"}");
    }
  }

  static bool null_checked(const Statement& statement, const Condition& checked) {
    return std::any_of(statement.conditions.begin(), statement.conditions.end(), [&](const Condition& item) {
      return item.base == "Null" && equal_ignoring_case(item.key.text, checked.key.text);
    });
  }

  PolicyKind kind_;
  const Statement* statement_ = nullptr;
  std::vector<Finding> findings_;
};

// "LINE:COLUMN: what" of the JSON reader.
Finding syntax_finding(const std::string& sentence, const Cursor& cursor) {
  const auto behind = sentence.find(": ");
  return {FindingType::error,
          "JSON_SYNTAX_ERROR",
          behind == std::string::npos ? sentence : sentence.substr(behind + 2),
          position_of(cursor),
          -1,
          {}};
}

}  // namespace

std::string_view finding_type_name(FindingType type) {
  constexpr std::string_view kNames[] = {"ERROR", "SECURITY_WARNING", "WARNING", "SUGGESTION"};
  return kNames[static_cast<std::size_t>(type)];
}

std::vector<Finding> lint_policy(std::string_view text, std::string_view origin, PolicyKind kind) {
  Cursor cursor;
  const auto root = parse_positioned(text, cursor);
  if (!root) return {syntax_finding(root.error().sentence, cursor)};
  skip_white_space(text, cursor);
  if (cursor.offset < text.size())
    return {syntax_finding(": something stands behind the end of the policy", cursor)};
  std::vector<Problem> problems;
  const Policy policy = read_policy(*root, origin, kind, problems);
  std::vector<Finding> findings;
  for (Problem& problem : problems)
    findings.push_back({FindingType::error,
                        std::move(problem.code),
                        std::move(problem.message),
                        problem.at,
                        problem.statement,
                        {}});
  if (findings.empty()) findings = Linter(kind).findings(*root, policy);
  for (Finding& finding : findings) {
    if (finding.statement >= 0 && static_cast<std::size_t>(finding.statement) < policy.statements.size())
      finding.sid = policy.statements[static_cast<std::size_t>(finding.statement)].sid;
  }
  std::stable_sort(findings.begin(), findings.end(), [](const Finding& a, const Finding& b) {
    return a.at.line != b.at.line ? a.at.line < b.at.line : a.at.column < b.at.column;
  });
  return findings;
}

}  // namespace doctor::iam
