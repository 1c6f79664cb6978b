#include "diagnose/policy_decision.h"

#include <algorithm>
#include <optional>

#include "core/arn.h"
#include "core/glob.h"
#include "core/json.h"

namespace doctor::diagnose {
namespace {

using core::Json;
using Kind = Decision::Kind;

enum class Fits { no, maybe, yes };

std::string in_lower_case(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

// IAM writes one value bare and several as a list.
std::vector<std::string> values_of(Json value) {
  if (value.is_string()) return {std::string(value.string_or())};
  if (value.is_array()) return value.strings();
  return value.present() ? std::vector<std::string>{value.text()} : std::vector<std::string>{};
}

template <class Holds>
bool any_of(const std::vector<std::string>& values, Holds&& holds) {
  return std::any_of(values.begin(), values.end(), holds);
}

bool names_action(Json actions, const std::string& wanted) {
  return any_of(values_of(actions), [&](const std::string& p) {
    return core::glob_matches(in_lower_case(p), in_lower_case(wanted));
  });
}

bool names_resource(Json resources, const std::string& wanted) {
  return any_of(values_of(resources),
                [&](const std::string& p) { return p == "*" || core::glob_matches(p, wanted); });
}

Fits fits_principal(Json principal, const std::string& arn) {
  if (!principal.present() || principal.string_or() == "*") return Fits::yes;
  const auto parsed = core::Arn::parse(arn);
  if (!parsed)
    return any_of(values_of(principal["AWS"]), [](const auto& p) { return p == "*"; }) ? Fits::yes
                                                                                       : Fits::maybe;
  return any_of(values_of(principal["AWS"]),
                [&](const std::string& p) {
                  return p == "*" || p == arn || p == parsed->account ||
                         p.ends_with("::" + parsed->account + ":root");
                })
             ? Fits::yes
             : Fits::no;
}

// One operator with one key. A key that is not known may have any value.
Fits fits_condition(std::string_view name, const std::string& key, Json wanted, const Request& request,
                    std::vector<std::string>& unknown) {
  std::string op = in_lower_case(name);
  if (op.ends_with("ifexists")) op.resize(op.size() - 8);
  const auto known = request.context.find(in_lower_case(key));
  const bool negated = core::contains(op, "not");
  const bool like = core::contains(op, "like") || op.starts_with("arn");
  const bool plain = op == "stringequals" || op == "stringnotequals" || op == "stringlike" ||
                     op == "stringnotlike" || op == "arnlike" || op == "arnnotlike" || op == "arnequals" ||
                     op == "arnnotequals" || op == "bool" || op == "stringequalsignorecase" ||
                     op == "stringnotequalsignorecase";
  if (known == request.context.end() || !plain || core::contains(wanted.text(), "${")) {
    unknown.push_back(key);
    return Fits::maybe;
  }
  const bool any_case = op == "bool" || core::contains(op, "ignorecase");
  const bool met = any_of(known->second, [&](const std::string& value) {
    return any_of(values_of(wanted), [&](const std::string& pattern) {
      if (like) return core::glob_matches(pattern, value);
      return any_case ? in_lower_case(pattern) == in_lower_case(value) : pattern == value;
    });
  });
  return met != negated ? Fits::yes : Fits::no;
}

Fits fits_conditions(Json conditions, const Request& request, std::vector<std::string>& unknown) {
  Fits all = Fits::yes;
  for (const auto& [op, keys] : conditions.members()) {
    for (const auto& [key, wanted] : keys.members())
      all = std::min(all, fits_condition(op, std::string(key), wanted, request, unknown));
  }
  return all;
}

Fits fits(Json statement, const Request& request, std::vector<std::string>& unknown) {
  const bool named = statement["NotAction"].present() ? !names_action(statement["NotAction"], request.action)
                                                      : names_action(statement["Action"], request.action);
  if (!named) return Fits::no;
  if (statement["NotResource"].present()
          ? names_resource(statement["NotResource"], request.resource)
          : statement["Resource"].present() && !names_resource(statement["Resource"], request.resource))
    return Fits::no;
  const Fits principal = fits_principal(statement["Principal"], request.principal);
  if (principal == Fits::maybe) unknown.emplace_back("aws:PrincipalArn");
  return std::min(principal, fits_conditions(statement["Condition"], request, unknown));
}

// The line on which the statement of this number begins, counted by braces outside strings.
int line_of_statement(std::string_view text, int number) {
  int line = 1, depth = 0, seen = 0;
  bool quoted = false;
  const auto begin = text.find("\"Statement\"");
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\n') ++line;
    if (quoted) {
      if (c == '\\') ++i;
      if (c == '"') quoted = false;
      continue;
    }
    if (c == '"') quoted = true;
    if (begin == std::string_view::npos || i < begin) continue;
    if (c == '{' && depth++ == 0 && ++seen == number) return line;
    if (c == '}') --depth;
  }
  return 1;
}

int strength(Kind kind) {
  return kind == Kind::denied ? 3 : kind == Kind::depends ? 2 : kind == Kind::allowed ? 1 : 0;
}

struct Found {
  Kind kind;
  std::vector<std::string> unknown;
};

Found found_in(Json statement, const Request& request) {
  Found found{Kind::absent, {}};
  const Fits how = fits(statement, request, found.unknown);
  const bool allow = statement["Effect"].string_or() == "Allow";
  if (how == Fits::no) return {Kind::absent, {}};
  found.kind = how == Fits::maybe ? Kind::depends : allow ? Kind::allowed : Kind::denied;
  return found;
}

}  // namespace

Decision decide(const std::vector<Document>& documents, const Request& request) {
  Decision best;
  bool allowed = false, denial_depends = false;
  for (std::size_t d = 0; d < documents.size(); ++d) {
    const auto parsed = core::JsonDocument::parse(documents[d].text, documents[d].name);
    if (documents[d].text.empty() || !parsed) {
      if (strength(Kind::depends) > strength(best.kind))
        best = {Kind::depends, static_cast<int>(d), 0, {}, 0, {}};
      continue;
    }
    const Json list = parsed->root()["Statement"];
    const std::vector<Json> statements = list.is_object() ? std::vector<Json>{list} : list.items();
    for (std::size_t s = 0; s < statements.size(); ++s) {
      const Found found = found_in(statements[s], request);
      const bool denies = statements[s]["Effect"].string_or() == "Deny";
      allowed = allowed || found.kind == Kind::allowed;
      denial_depends = denial_depends || (denies && found.kind == Kind::depends);
      // An Allow that depends adds nothing to one that is plain.
      if (found.kind == Kind::depends && !denies && allowed) continue;
      if (found.kind == Kind::allowed && best.kind == Kind::depends && !denial_depends) best = {};
      if (strength(found.kind) <= strength(best.kind)) continue;
      const int number = static_cast<int>(s) + 1;
      best = {found.kind,
              static_cast<int>(d),
              number,
              std::string(statements[s]["Sid"].string_or()),
              line_of_statement(documents[d].text, number),
              found.unknown};
    }
  }
  return best;
}

}  // namespace doctor::diagnose
