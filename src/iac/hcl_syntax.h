// The structure of an HCL file: blocks, attributes and literal expressions, each with its place in the text.
//
// An expression is read only as far as it is a literal: strings, numbers, tuples, objects and calls of one
// function over such. Everything else is `computed`, with the names that it refers to.
//
//   auto file = parse_hcl(text, "main.tf");
//   for (const auto& block : file->blocks) if (block.type == "resource") … block.labels[1] …
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "iac/hcl_token.h"

namespace doctor::iac {

struct HclMember;

struct HclExpression {
  enum class Kind {
    literal,        // a number, true, false or null: as written in `text`
    string,         // a quoted string without interpolation: `text` is what it means
    template_text,  // a quoted string with ${…}: `text` is what stands between the quotes
    heredoc,        // `content` is where its lines are
    object,         // {…}: members with keys
    tuple,          // […]: members without
    call,           // text(members…)
    computed,
  };
  Kind kind = Kind::computed;
  Span span;
  std::string text;
  Span content;  // of an object, tuple or call: between its brackets
  std::vector<HclMember> members;
  std::vector<std::string> references;  // "var.base", "local.tags", "aws_subnet.a.id", of all that it holds

  bool all_literal() const;  // neither it nor a member is computed or interpolated
  const HclMember* member(std::string_view key) const;
};

struct HclMember {
  std::string key;  // "" in a tuple or call, and where the key is computed
  Span key_span;
  HclExpression value;
};

struct HclAttribute {
  std::string name;
  Span name_span;
  std::size_t equals = 0;  // offset of its "="
  HclExpression value;
};

struct HclBlock;

struct HclBody {
  std::vector<HclAttribute> attributes;
  std::vector<HclBlock> blocks;
  const HclAttribute* attribute(std::string_view name) const;
};

struct HclBlock {
  std::string type;
  std::vector<std::string> labels;
  Span span;                        // from its type to its "}"
  std::size_t open = 0, close = 0;  // offsets of "{" and "}"
  HclBody body;
};

// Error: bad_input, "ORIGIN:LINE:COLUMN: what is wrong".
core::Result<HclBody> parse_hcl(std::string_view text, std::string_view origin);

// What a quoted string without interpolation means: escapes decoded, "$${" as "${".
std::string hcl_unquoted(std::string_view between_quotes);

}  // namespace doctor::iac
