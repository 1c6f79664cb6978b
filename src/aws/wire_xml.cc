#include "aws/wire_xml.h"

#include <charconv>
#include <nlohmann/json.hpp>
#include <pugixml.hpp>

#include "aws/http.h"
#include "aws/wire_text.h"

namespace doctor::aws {
namespace {

using OrderedJson = nlohmann::ordered_json;

constexpr unsigned kParse = pugi::parse_default | pugi::parse_ws_pcdata_single;

// AWS's policies nest half a dozen deep; a document that nests deeper stays text, because nlohmann writes
// recursively.
constexpr int kDeepestPolicy = 64;

std::string_view local_name(const pugi::xml_node& node) {
  const std::string_view name = node.name();
  const auto colon = name.rfind(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

pugi::xml_node child_named(const pugi::xml_node& node, std::string_view name) {
  for (const pugi::xml_node& child : node.children()) {
    if (child.type() == pugi::node_element && local_name(child) == name) return child;
  }
  return {};
}

std::string text_of(const pugi::xml_node& node) {
  std::string text;
  for (const pugi::xml_node& child : node.children()) {
    if (child.type() == pugi::node_pcdata || child.type() == pugi::node_cdata) text += child.value();
  }
  return text;
}

bool nests_at_most(std::string_view json, int deepest) {
  int depth = 0;
  for (const char c : json) {  // brackets inside strings count too: too careful is fine
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') --depth;
    if (depth > deepest) return false;
  }
  return true;
}

OrderedJson policy_of(const std::string& text) {
  const std::string decoded = url_decoded(text);
  if (nests_at_most(decoded, kDeepestPolicy)) {
    auto document = OrderedJson::parse(decoded, nullptr, false);
    if (!document.is_discarded()) return document;
  }
  return text;
}

template <class Number>
OrderedJson number_of(const std::string& text) {
  const std::string_view digits = trimmed(text);
  Number value{};
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  const bool whole = error == std::errc{} && end == digits.data() + digits.size() && !digits.empty();
  // NaN and Infinity have no JSON number; a number that is none is shown as it came.
  if (!whole || !(value - value == 0)) return text;
  return value;
}

OrderedJson value_of(const Shape& shape, const pugi::xml_node& node);

OrderedJson entries_of(const Shape& map, const std::vector<pugi::xml_node>& entries) {
  OrderedJson out = OrderedJson::object();
  for (const pugi::xml_node& entry : entries) {
    out[text_of(child_named(entry, map.key_name))] = value_of(*map.item, child_named(entry, map.value_name));
  }
  return out;
}

OrderedJson items_of(const Shape& list, const std::vector<pugi::xml_node>& items) {
  OrderedJson out = OrderedJson::array();
  for (const pugi::xml_node& item : items) out.push_back(value_of(*list.item, item));
  return out;
}

// Elements named `name`; every element where `name` is empty (AWS names the items of a few lists otherwise
// than its models do, and botocore looks at no name either).
std::vector<pugi::xml_node> elements(const pugi::xml_node& node, std::string_view name) {
  std::vector<pugi::xml_node> out;
  for (const pugi::xml_node& child : node.children()) {
    if (child.type() == pugi::node_element && (name.empty() || local_name(child) == name))
      out.push_back(child);
  }
  return out;
}

OrderedJson structure_of(const Shape& shape, const pugi::xml_node& node) {
  OrderedJson out = OrderedJson::object();
  for (const Member& member : shape.members) {
    const std::string name(member.name);
    if (member.shape->flattened) {
      const auto found = elements(node, member.wire);
      if (found.empty()) continue;
      const bool is_map = member.shape->kind == Shape::Kind::map;
      out[name] = is_map ? entries_of(*member.shape, found) : items_of(*member.shape, found);
    } else if (const pugi::xml_node child = child_named(node, member.wire)) {
      out[name] = value_of(*member.shape, child);
    }
  }
  return out;
}

OrderedJson value_of(const Shape& shape, const pugi::xml_node& node) {
  switch (shape.kind) {
    case Shape::Kind::structure:
      return structure_of(shape, node);
    case Shape::Kind::list:
      return items_of(shape, elements(node, ""));
    case Shape::Kind::map:
      return entries_of(shape, elements(node, shape.item_name));
    case Shape::Kind::integer:
      return number_of<std::int64_t>(text_of(node));
    case Shape::Kind::real:
      return number_of<double>(text_of(node));
    case Shape::Kind::boolean:
      return trimmed(text_of(node)) == "true";
    case Shape::Kind::time:
      return cli_time(trimmed(text_of(node)));
    case Shape::Kind::policy:
      return policy_of(text_of(node));
    case Shape::Kind::text:
    case Shape::Kind::blob:
      return text_of(node);
  }
  return nullptr;
}

}  // namespace

tl::expected<std::string, WireFailure> decode_xml(const OperationModel& operation, const Shape& shape,
                                                  bool wrapped, int status, std::string_view body) {
  const auto foreign = [&] {
    return tl::unexpected(not_aws(operation.service, operation.name, status, judge_body(body)));
  };
  pugi::xml_document document;
  if (!document.load_buffer(body.data(), body.size(), kParse)) return foreign();
  const pugi::xml_node root = document.document_element();
  if (local_name(root) != std::string(operation.name) + "Response") return foreign();
  pugi::xml_node result = root;
  if (wrapped) {
    result = child_named(root, std::string(operation.name) + "Result");
    if (!result && !shape.members.empty()) return foreign();
  }
  return structure_of(shape, result).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

bool read_xml_error(std::string_view body, std::string& code, std::string& message) {
  pugi::xml_document document;
  if (!document.load_buffer(body.data(), body.size(), kParse)) return false;
  const pugi::xml_node root = document.document_element();
  const std::string_view name = local_name(root);
  pugi::xml_node error;
  if (name == "ErrorResponse") error = child_named(root, "Error");
  if (name == "Response") error = child_named(child_named(root, "Errors"), "Error");
  if (name == "Error") error = root;
  if (error) {
    code = text_of(child_named(error, "Code"));
    message = text_of(child_named(error, "Message"));
    return !code.empty();
  }
  // The front of JSON services: <UnknownOperationException/>, <AccessDeniedException><Message>…
  if (!name.ends_with("Exception")) return false;
  code = name;
  message = text_of(child_named(root, "Message"));
  return true;
}

std::string root_of_xml(std::string_view body) {
  pugi::xml_document document;
  if (!document.load_buffer(body.data(), body.size(), kParse)) return {};
  return document.document_element().name();
}

}  // namespace doctor::aws
