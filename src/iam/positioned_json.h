// JSON that remembers where everything stood, for messages that name line and column. Strict RFC 8259: UTF-8
// only, no comments, no trailing commas; a byte order mark at the start is skipped. Small documents only:
// each value is a node.
//
//   Cursor cursor;
//   auto value = parse_positioned(text, cursor);      // one value; the cursor then stands behind it
//   value->member("Effect")->text == "Allow"
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "iam/policy.h"

namespace doctor::iam {

enum class NodeKind { null, boolean, number, string, array, object };
std::string_view node_kind_name(NodeKind kind);  // "an object", "a string", …

struct Node {
  NodeKind kind = NodeKind::null;
  Position at;
  std::string text;                                // of a string: decoded; of a number or boolean: as written
  std::vector<Text> keys;                          // of an object, one for each of items; duplicates are kept
  std::vector<Node> items;                         // of an array or object
  const Node* member(std::string_view key) const;  // the first of that name, or nullptr
};

inline constexpr int kDeepest = 64;

// A place in a text that is read value by value.
struct Cursor {
  std::size_t offset = 0;
  int line = 1;
  std::size_t line_start = 0;  // offset of the line's first byte
};
Position position_of(const Cursor& cursor);
void skip_white_space(std::string_view text, Cursor& cursor);  // and a byte order mark at the very start

// Parses one value from the cursor on, skipping white space before it.
// Error: bad_input, "LINE:COLUMN: what is wrong" (the caller puts the origin before it).
core::Result<Node> parse_positioned(std::string_view text, Cursor& cursor);

// The whole text is one value. Error: bad_input, "ORIGIN:LINE:COLUMN: what is wrong".
core::Result<Node> parse_positioned_document(std::string_view text, std::string_view origin);

std::string place(std::string_view origin, Position at);  // "ORIGIN:LINE:COLUMN"

}  // namespace doctor::iam
