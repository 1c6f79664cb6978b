// Writes HCL as `terraform fmt` would leave it: two blanks a level, "=" of neighbouring lines aligned.
//
//   hcl_text({.type = "import", .attributes = {{"to", expression_value("aws_ecs_service.web")},
//                                              {"id", string_value("prod/web")}}})
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "iac/value.h"

namespace doctor::iac {

struct CodeBlock {
  std::string type;
  std::vector<std::string> labels = {};
  std::vector<std::pair<std::string, Value>> attributes = {};
  std::vector<CodeBlock> blocks = {};  // after the attributes, in this order

  const Value* attribute(std::string_view name) const;
  void put(std::string name, Value value);  // nothing, where the value is null
  bool operator==(const CodeBlock&) const = default;
};

// The block and its newline, indented by `indent` blanks.
std::string hcl_text(const CodeBlock& block, std::size_t indent = 0);

// A literal; its lines after the first are indented for one that starts on a line of this indent.
std::string hcl_text(const Value& value, std::size_t indent);

std::string hcl_quoted(std::string_view text);  // with its quotes; "${" comes out as "$${"
bool is_hcl_identifier(std::string_view text);

}  // namespace doctor::iac
