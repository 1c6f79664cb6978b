// The tree of a YAML or JSON template on anything: no crash, and every node stands inside the text and inside
// what holds it.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "iac/yaml_tree.h"

namespace {

using doctor::iac::YamlNode;

void check(const YamlNode& node, std::size_t begin, std::size_t end) {
  if (node.kind == YamlNode::Kind::null && node.span.begin == node.span.end) return;  // nothing is written
  if (node.span.begin > node.span.end || node.span.begin < begin || node.span.end > end) std::abort();
  for (const YamlNode& key : node.keys) check(key, node.span.begin, node.span.end);
  for (const YamlNode& item : node.items) check(item, node.span.begin, node.span.end);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto tree = doctor::iac::parse_yaml(text, "fuzz"); tree) check(*tree, 0, text.size());
  return 0;
}
