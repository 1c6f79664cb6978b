// A literal, as HCL, JSON and YAML all have it: what a state of AWS is made of, and what a patch writes.
//
// Maps keep the order of their keys; numbers keep the text they were written with ("0.10" stays "0.10").
// Two more kinds exist for HCL alone: a raw expression ("var.base"), and a document that a string attribute
// holds as JSON (a policy, container definitions), which HCL writes as jsonencode(…).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.h"

namespace doctor::iac {

struct Value {
  enum class Kind { null, boolean, number, string, list, map, expression, document };

  Kind kind = Kind::null;
  std::string text;               // of a string, number, boolean ("true") or expression
  std::vector<std::string> keys;  // of a map, one for each of items
  std::vector<Value> items;       // of a list or map; a document has one

  bool operator==(const Value&) const = default;

  bool is_scalar() const { return kind <= Kind::string; }
  const Value* member(std::string_view key) const;  // nullptr where this is no map or has no such key
  // What stands at "a/b/0/c"; nullptr where nothing does.
  const Value* at(std::string_view path) const;
  std::string_view string_or(std::string_view fallback = {}) const;  // the text of a scalar
  bool empty() const;                                                // null, "", an empty list or map

  void set(std::string key, Value value);  // adds, or replaces in place
  void erase(std::string_view key);
};

Value string_value(std::string_view text);
Value number_value(std::string_view text);
Value boolean_value(bool value);
Value list_value(std::vector<Value> items);
Value expression_value(std::string_view hcl);
Value document_value(Value content);

Value value_of(const core::Json& json);  // of an absent one: null
// Error: bad_input, "ORIGIN:LINE:COLUMN: …".
core::Result<Value> parse_value(std::string_view json, std::string_view origin);
// Text that holds a JSON document becomes the document; any other text stays a string.
Value document_of(const Value& text_or_document);

// A scalar's text; of anything else its JSON.
std::string plain_text(const Value& value);
// Compact JSON: {"a":1}. A document is its content, an expression its text as a string.
std::string json_text(const Value& value);
// JSON on several lines, each after the first indented by `indent` more blanks; a level is `level` of them.
std::string pretty_json(const Value& value, std::size_t indent = 0, std::size_t level = 2);

// Which key tells the members of a list of maps apart ("capacityProvider", "Key", "name", …); "" where none
// does: some member lacks it, or two have the same.
std::string_view identity_key(const Value& list);

// Equal up to the order of members where the list's order means nothing (scalars, or maps with an identity).
bool same(const Value& one, const Value& other);

// `after` in the form that code has of `before`: where it says "web:7" for "arn:…:task-definition/web:7", the
// new value is "web:8" and no ARN.
Value in_form_of(std::string_view code, const Value& before, const Value& after);

// What of a list belongs into code that has no such list yet: of key and value pairs those that changed, of
// anything else all.
Value worth_writing(const Value& before, const Value& after);

}  // namespace doctor::iac
