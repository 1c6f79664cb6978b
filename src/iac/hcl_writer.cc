#include "iac/hcl_writer.h"

#include <algorithm>

namespace doctor::iac {
namespace {

constexpr std::size_t kLongestLine = 100;

using Named = std::pair<std::string, std::string>;  // a name and its value as HCL

// "name = value" lines. What `terraform fmt` aligns: runs of lines whose value ends on its line.
std::string assignments(const std::vector<Named>& lines, std::size_t indent) {
  const auto multiline = [](const Named& line) { return line.second.find('\n') != std::string::npos; };
  std::string out;
  for (std::size_t i = 0; i < lines.size();) {
    std::size_t end = i, widest = 0;
    for (; end < lines.size() && !multiline(lines[end]); ++end)
      widest = std::max(widest, lines[end].first.size());
    if (end == i) {
      out += std::string(indent, ' ') + lines[i].first + " = " + lines[i].second + "\n";
      ++i;
    }
    for (; i < end; ++i) {
      out += std::string(indent, ' ') + lines[i].first + std::string(widest - lines[i].first.size(), ' ') +
             " = " + lines[i].second + "\n";
    }
  }
  return out;
}

std::string list_text(const Value& list, std::size_t indent) {
  std::string line = "[";
  bool one_line = true;
  for (const auto& item : list.items) {
    line += (line.size() > 1 ? ", " : "") + hcl_text(item, indent);
    one_line = one_line && item.kind != Value::Kind::map && item.kind != Value::Kind::list;
  }
  line += "]";
  if (one_line && line.size() + indent <= kLongestLine) return line;
  std::string out = "[\n";
  for (const auto& item : list.items)
    out += std::string(indent + 2, ' ') + hcl_text(item, indent + 2) + ",\n";
  return out + std::string(indent, ' ') + "]";
}

std::string map_text(const Value& map, std::size_t indent) {
  if (map.items.empty()) return "{}";
  std::vector<Named> lines;
  for (std::size_t i = 0; i < map.items.size(); ++i) {
    lines.emplace_back(is_hcl_identifier(map.keys[i]) ? map.keys[i] : hcl_quoted(map.keys[i]),
                       hcl_text(map.items[i], indent + 2));
  }
  return "{\n" + assignments(lines, indent + 2) + std::string(indent, ' ') + "}";
}

}  // namespace

const Value* CodeBlock::attribute(std::string_view name) const {
  const auto found = std::find_if(attributes.begin(), attributes.end(),
                                  [&](const auto& pair) { return pair.first == name; });
  return found == attributes.end() ? nullptr : &found->second;
}

void CodeBlock::put(std::string name, Value value) {
  if (value.kind == Value::Kind::null) return;
  attributes.emplace_back(std::move(name), std::move(value));
}

bool is_hcl_identifier(std::string_view text) {
  if (text.empty() || (text[0] >= '0' && text[0] <= '9') || text[0] == '-') return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

std::string hcl_quoted(std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string out = "\"";
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const auto code = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += {'\\', c};
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\r') {
      out += "\\r";
    } else if (c == '\t') {
      out += "\\t";
    } else if (code < 0x20 || code == 0x7F) {
      out += {'\\', 'u', '0', '0', kHex[code >> 4], kHex[code & 15]};
    } else {
      if ((c == '$' || c == '%') && i + 1 < text.size() && text[i + 1] == '{') out += c;
      out += c;
    }
  }
  return out + "\"";
}

std::string hcl_text(const Value& value, std::size_t indent) {
  switch (value.kind) {
    case Value::Kind::null:
      return "null";
    case Value::Kind::boolean:
    case Value::Kind::number:
    case Value::Kind::expression:
      return value.text;
    case Value::Kind::string:
      return hcl_quoted(value.text);
    case Value::Kind::document:
      return "jsonencode(" + hcl_text(value.items.front(), indent) + ")";
    case Value::Kind::list:
      return list_text(value, indent);
    case Value::Kind::map:
      return map_text(value, indent);
  }
  return {};
}

std::string hcl_text(const CodeBlock& block, std::size_t indent) {
  const std::string blanks(indent, ' ');
  std::string out = blanks + block.type;
  for (const auto& label : block.labels) out += " " + hcl_quoted(label);
  out += " {\n";
  std::vector<Named> lines;
  for (const auto& [name, value] : block.attributes) lines.emplace_back(name, hcl_text(value, indent + 2));
  out += assignments(lines, indent + 2);
  bool first = lines.empty();
  for (const auto& nested : block.blocks) {
    if (!first) out += "\n";
    first = false;
    out += hcl_text(nested, indent + 2);
  }
  return out + blanks + "}\n";
}

}  // namespace doctor::iac
