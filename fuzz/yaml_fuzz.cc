// The tree of a YAML or JSON template on anything: no crash, and every node stands inside the text and inside
// what holds it.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "iac/yaml_tree.h"

namespace {

using doctor::iac::YamlNode;

void check(const YamlNode& node, std::size_t size) {
  if (node.span.begin > node.span.end || node.span.end > size) std::abort();
  for (const YamlNode& key : node.keys) check(key, size);
  for (const YamlNode& item : node.items) check(item, size);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto tree = doctor::iac::parse_yaml(text, "fuzz"); tree) check(*tree, text.size());
  return 0;
}
