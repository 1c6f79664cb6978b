// The tokens of HCL 2, each with its place: enough to find one expression in a file and leave the rest alone.
//
// A quoted template and a heredoc are one token each, whatever is nested in their ${…} and %{…}; a comment is
// a token too. Nothing is evaluated. Follows the HCL Native Syntax Specification (hclsyntax/spec.md).
//
//   auto tokens = hcl_tokens(text, "main.tf");    // ends in a token of kind end
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace doctor::iac {

struct Span {
  std::size_t begin = 0, end = 0;  // bytes; end is one past the last
  std::size_t size() const { return end - begin; }
  auto operator<=>(const Span&) const = default;
};

struct HclToken {
  enum class Kind { identifier, number, quoted, heredoc, punctuation, newline, comment, end };
  Kind kind = Kind::end;
  Span span;
  // Of a quoted template or a heredoc: what stands inside each of its ${…} and %{…}.
  std::vector<Span> interpolations;
};

inline constexpr int kDeepestHcl = 100;  // nesting of templates, brackets and blocks

// Error: bad_input, "ORIGIN:LINE:COLUMN: what is wrong".
core::Result<std::vector<HclToken>> hcl_tokens(std::string_view text, std::string_view origin);

}  // namespace doctor::iac
