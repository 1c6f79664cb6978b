// Form bodies of the query and ec2 protocols: "Filter.1.Name=vpc-id&Filter.1.Value.1=vpc-1".
#include <algorithm>
#include <cstdlib>

#include "core/percent.h"
#include "lab/protocol.h"

namespace doctor::lab {
namespace {

using aws::Shape;

// A form's keys split at the dots.
struct Node {
  std::string text;
  std::map<std::string, Node> children;
};

const Node* child_of(const Node& node, std::string_view name) {
  const auto found = node.children.find(std::string(name));
  return found == node.children.end() ? nullptr : &found->second;
}

// The children with numbers for names, in the order of the numbers.
std::map<long, const Node*> numbered(const Node& node) {
  std::map<long, const Node*> items;
  for (const auto& [name, item] : node.children) {
    char* end = nullptr;
    const long number = std::strtol(name.c_str(), &end, 10);
    if (!name.empty() && *end == '\0') items.emplace(number, &item);
  }
  return items;
}

json generic(const Node& node) {
  if (node.children.empty()) return node.text;
  const Node* list = node.children.size() == 1 ? child_of(node, "member") : nullptr;
  const auto items = numbered(list == nullptr ? node : *list);
  if (list != nullptr || items.size() == node.children.size()) {
    json all = json::array();
    for (const auto& [number, item] : items) all.push_back(generic(*item));
    return all;
  }
  json object = json::object();
  for (const auto& [name, child] : node.children) object[name] = generic(child);
  return object;
}

json scalar(const std::string& text, Shape::Kind kind) {
  char* end = nullptr;
  if (kind == Shape::Kind::integer) {
    const long long number = std::strtoll(text.c_str(), &end, 10);
    return text.empty() || *end != '\0' ? json(text) : json(number);
  }
  if (kind == Shape::Kind::real) {
    const double number = std::strtod(text.c_str(), &end);
    return text.empty() || *end != '\0' ? json(text) : json(number);
  }
  if (kind == Shape::Kind::boolean) return text == "true" || text == "True" || text == "1";
  return text;
}

json shaped(const Node& node, const Shape& shape) {
  switch (shape.kind) {
    case Shape::Kind::structure: {
      json object = json::object();
      for (const auto& member : shape.members) {
        const Node* child = child_of(node, member.wire);
        if (child == nullptr) child = child_of(node, member.name);
        if (child != nullptr) object[std::string(member.name)] = shaped(*child, *member.shape);
      }
      return object;
    }
    case Shape::Kind::list: {
      const Node* wrapped = shape.flattened ? nullptr : child_of(node, shape.item_name);
      json all = json::array();
      for (const auto& [number, item] : numbered(wrapped == nullptr ? node : *wrapped))
        all.push_back(shaped(*item, *shape.item));
      return all;
    }
    case Shape::Kind::map: {
      const Node* wrapped = shape.flattened ? nullptr : child_of(node, "entry");
      json object = json::object();
      for (const auto& [number, entry] : numbered(wrapped == nullptr ? node : *wrapped)) {
        const Node *key = child_of(*entry, shape.key_name), *value = child_of(*entry, shape.value_name);
        if (key != nullptr && value != nullptr) object[key->text] = shaped(*value, *shape.item);
      }
      return object;
    }
    default:
      return scalar(node.text, shape.kind);
  }
}

// A form's '+' is a space; a '+' of the value is "%2B".
std::string decoded(std::string_view encoded) {
  std::string text(encoded);
  std::replace(text.begin(), text.end(), '+', ' ');
  return core::percent_decoded(text);
}

}  // namespace

std::map<std::string, std::string> form_of(std::string_view text) {
  std::map<std::string, std::string> form;
  while (!text.empty()) {
    const auto end = text.find('&');
    const auto pair = text.substr(0, end);
    const auto equals = pair.find('=');
    if (!pair.empty())
      form[decoded(pair.substr(0, equals))] =
          equals == std::string_view::npos ? "" : decoded(pair.substr(equals + 1));
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
  }
  return form;
}

json input_of_form(const std::map<std::string, std::string>& form, const Shape* shape) {
  Node root;
  for (const auto& [key, value] : form) {
    if (key == "Action" || key == "Version") continue;
    Node* node = &root;
    std::size_t start = 0;
    for (int depth = 0; depth < 32; ++depth) {  // deeper than any input of AWS's
      const auto dot = key.find('.', start);
      node = &node->children[key.substr(start, dot - start)];
      if (dot == std::string::npos) break;
      start = dot + 1;
    }
    node->text = value;
  }
  if (shape != nullptr) return shaped(root, *shape);
  json input = generic(root);
  return input.is_object() ? input : json::object();
}

}  // namespace doctor::lab
