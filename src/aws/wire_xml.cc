#include "aws/wire_xml.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <pugixml.hpp>
#include <utility>
#include <vector>

#include "aws/http.h"
#include "aws/wire_text.h"
#include "core/json.h"
#include "core/percent.h"

namespace doctor::aws {
namespace {

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
  const pugi::xml_node only = node.first_child();
  if (only && !only.next_sibling() && only.type() == pugi::node_pcdata) return only.value();
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

// The elements of a structure, named once: looking a member up is then a comparison of sizes, mostly.
using Children = std::vector<std::pair<std::string_view, pugi::xml_node>>;

Children children_of(const pugi::xml_node& node) {
  Children out;
  for (const pugi::xml_node& child : node.children()) {
    if (child.type() == pugi::node_element) out.emplace_back(local_name(child), child);
  }
  return out;
}

pugi::xml_node first_named(const Children& children, std::string_view name) {
  for (const auto& [own_name, child] : children) {
    if (own_name == name) return child;
  }
  return {};
}

Children all_named(const Children& children, std::string_view name) {
  Children out;
  for (const auto& child : children) {
    if (child.first == name) out.push_back(child);
  }
  return out;
}

// Writes JSON straight from the XML; a tree of values in between took four times as long.
class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}

  void structure(const Shape& shape, const pugi::xml_node& node) {
    const Children children = children_of(node);
    char before = '{';
    for (const Member& member : shape.members) {
      if (member.shape->flattened) {
        const Children found = all_named(children, member.wire);
        if (found.empty()) continue;
        key(before, member.name);
        member.shape->kind == Shape::Kind::map ? map(*member.shape, found) : list(*member.shape, found);
      } else if (const pugi::xml_node child = first_named(children, member.wire)) {
        key(before, member.name);
        value(*member.shape, child);
      }
    }
    out_ += before == '{' ? "{}" : "}";
  }

 private:
  void value(const Shape& shape, const pugi::xml_node& node) {
    switch (shape.kind) {
      case Shape::Kind::structure:
        return structure(shape, node);
      case Shape::Kind::list:
        return list(shape, children_of(node));
      case Shape::Kind::map:
        return map(shape, all_named(children_of(node), shape.item_name));
      case Shape::Kind::integer:
        return number<std::int64_t>(text_of(node));
      case Shape::Kind::real:
        return number<double>(text_of(node));
      case Shape::Kind::boolean:
        out_ += trimmed(text_of(node)) == "true" ? "true" : "false";
        return;
      case Shape::Kind::time:
        return text(cli_time(trimmed(text_of(node))));
      case Shape::Kind::policy:
        return policy(text_of(node));
      case Shape::Kind::text:
      case Shape::Kind::blob:
        return text(text_of(node));
    }
  }

  // Every element is an item, whatever its name: AWS names those of a few lists otherwise than its models do,
  // and botocore does not look either.
  void list(const Shape& shape, const Children& items) {
    char before = '[';
    for (const auto& [name, item] : items) {
      out_ += before;
      before = ',';
      value(*shape.item, item);
    }
    out_ += before == '[' ? "[]" : "]";
  }

  void map(const Shape& shape, const Children& entries) {
    std::vector<std::pair<std::string, pugi::xml_node>> fields;
    for (const auto& [name, entry] : entries) {
      std::string entry_key = text_of(child_named(entry, shape.key_name));
      const pugi::xml_node entry_value = child_named(entry, shape.value_name);
      const auto same = std::find_if(fields.begin(), fields.end(),
                                     [&](const auto& field) { return field.first == entry_key; });
      if (same == fields.end()) {
        fields.emplace_back(std::move(entry_key), entry_value);
      } else {
        same->second = entry_value;
      }
    }
    char before = '{';
    for (const auto& [entry_key, entry_value] : fields) {
      key(before, entry_key);
      value(*shape.item, entry_value);
    }
    out_ += before == '{' ? "{}" : "}";
  }

  void key(char& before, std::string_view name) {
    out_ += before;
    before = ',';
    text(name);
    out_ += ':';
  }

  void text(std::string_view value) {
    const bool plain = std::all_of(value.begin(), value.end(),
                                   [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; });
    if (plain) {
      out_ += '"';
      out_ += value;
      out_ += '"';
    } else {
      out_ += core::json_quoted(value);
    }
  }

  // NaN and Infinity have no JSON number, and a number that is none is shown as it came.
  template <class Number>
  void number(const std::string& digits) {
    const std::string_view tight = trimmed(digits);
    Number value{};
    const auto [end, error] = std::from_chars(tight.data(), tight.data() + tight.size(), value);
    const bool whole = error == std::errc{} && end == tight.data() + tight.size() && !tight.empty();
    if (!whole || !(value - value == 0)) return text(digits);
    out_ += nlohmann::json(value).dump();
  }

  void policy(const std::string& encoded) {
    const std::string decoded = core::percent_decoded(encoded);
    if (nests_at_most(decoded, kDeepestPolicy)) {
      const auto document = nlohmann::ordered_json::parse(decoded, nullptr, false);
      if (!document.is_discarded()) {
        out_ += document.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
        return;
      }
    }
    text(encoded);
  }

  std::string& out_;
};

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
  std::string out;
  out.reserve(body.size());
  Writer(out).structure(shape, result);
  return out;
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
