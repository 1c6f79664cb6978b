// A YAML or JSON document as a tree in which every node knows where it stands, so that one value of it can be
// replaced and everything else stay as it is. JSON is read as the YAML that it is.
//
// yaml-cpp says where a node begins; where it ends is found in the text.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.h"
#include "iac/hcl_token.h"

namespace doctor::iac {

struct YamlNode {
  enum class Kind { null, scalar, sequence, map, alias };
  Kind kind = Kind::null;
  Span span;                          // with its tag
  std::size_t content = 0;            // where it starts behind its tag
  std::string text;                   // of a scalar: what it means
  std::string tag;                    // "!Ref"; "" where none is written
  bool flow = false;                  // of a collection: written with brackets
  bool quoted = false;                // of a scalar
  std::vector<YamlNode> keys, items;  // a map's, side by side; a sequence has items only

  const YamlNode* member(std::string_view key) const;
  const YamlNode* at(std::string_view path) const;  // "Resources/Web/Properties"
  bool is_intrinsic() const;  // !Ref, {"Fn::Sub": …}, an alias: computed by CloudFormation or YAML
  bool all_literal() const;   // no intrinsic in it
};

// Error: bad_input, "ORIGIN:LINE:COLUMN: what is wrong". An empty text is a null node.
core::Result<YamlNode> parse_yaml(std::string_view text, std::string_view origin);

}  // namespace doctor::iac
