// A string of a policy, made ready to be matched: wildcards and variables are found once, when the policy is
// compiled.
//
// Inside, wildcards are control bytes, so that the '*' of a variable's value, or of ${*}, is only a
// character. Matching never allocates unless variables expand to more than a kilobyte.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "iam/policy.h"
#include "iam/request.h"
#include "iam/truth.h"

namespace doctor::iam {

enum class PatternStyle {
  exact,          // StringEquals: no wildcards
  ignoring_case,  // StringEqualsIgnoreCase, Bool
  like,           // StringLike: wildcards match any characters
  arn,            // ArnLike: each of six segments by itself
  resource,       // a wildcard before the fifth colon stays in its segment, unless it is a '*' that ends it
  action,         // wildcards, without case
};

class Pattern {
 public:
  Pattern(std::string_view text, Version version, PatternStyle style);

  // `unknown` where it hangs on a variable whose key is not known. A variable without a value matches
  // nothing.
  Truth matches(std::string_view text, const Context& context) const;
  // For patterns without variables; `action` expects text in lower case.
  bool matches(std::string_view text) const;

  bool has_variables() const { return !pieces_.empty(); }
  bool matches_everything() const { return shape_ == Shape::everything; }

  // Calls back with each key whose value decides whether this matches, as the policy spells it.
  template <class Function>
  void unknown_keys(const Context& context, Function&& call) const {
    for (const Piece& piece : pieces_) {
      if (piece.is_variable && !context.complete && context.find(piece.key) == nullptr) call(piece.shown);
    }
  }

 private:
  enum class Shape { everything, literal, prefix, glob };
  struct Piece {
    bool is_variable = false;
    std::string literal;  // with control bytes for wildcards
    std::string key;      // in lower case
    std::string shown;    // as the policy spells it
    std::optional<std::string> fallback;
  };

  bool matches_encoded(std::string_view encoded, std::string_view text, bool whole) const;

  PatternStyle style_;
  Shape shape_ = Shape::glob;
  std::string encoded_;        // without variables
  std::vector<Piece> pieces_;  // with variables
};

}  // namespace doctor::iam
