// The shape of an operation's input or output: which member is a list, a number, a structure, and what it is
// called on the wire. Read from the one-line texts of shape_texts.h, where the language is described; used by
// the client (form out, XML in) and by the lab (form in, XML out).
//
//   const OperationModel* op = find_operation("ec2", "DescribeSubnets");
//   const Shape* out = output_shape(*op);
//   out->member("Subnets")->wire == "subnetSet"; out->member("Subnets")->shape->item_name == "item"
//
// Shapes are immutable and live as long as the program; the texts that they point into must do so too.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "aws/operations.h"
#include "core/result.h"

namespace doctor::aws {

struct Shape;

struct Member {
  std::string_view name;  // in JSON and in the CLI
  std::string_view wire;  // in a form or in XML
  std::shared_ptr<const Shape> shape;
};

struct Shape {
  enum class Kind { text, integer, real, boolean, time, blob, policy, structure, list, map };

  Kind kind = Kind::text;
  std::vector<Member> members;        // structure
  std::shared_ptr<const Shape> item;  // of a list: its elements; of a map: its values
  std::string_view item_name;         // list: the XML name of one element; map: "entry"
  std::string_view key_name;          // map
  std::string_view value_name;        // map
  bool flattened = false;             // list, map: no outer element around the items

  const Member* member(std::string_view name) const;  // nullptr where there is none
  const Member* member_on_wire(std::string_view wire) const;
};

// nullptr where the table has no shape: operations of JSON services. An answer that is empty on purpose is a
// structure without members. Safe to call from any thread.
const Shape* input_shape(const OperationModel& operation);
const Shape* output_shape(const OperationModel& operation);

// What the text leaves to the protocol.
struct ShapeRules {
  std::string_view service;    // whose shared shapes @Name means
  std::string_view item_name;  // of a list that names none: "member" or "item"
  bool flattened = false;      // every list is flattened: ec2 requests
};

// Error: internal, with the place in the text. The result points into the text.
core::Result<std::shared_ptr<const Shape>> parse_shape(std::string_view text, const ShapeRules& rules);

}  // namespace doctor::aws
