#include "iac/hcl_meaning.h"

#include <fmt/format.h>

#include <algorithm>

namespace doctor::iac {
namespace {

using ExpressionKind = HclExpression::Kind;

// Repeated blocks of the resources that runs change (AWS provider's documentation of each).
constexpr std::pair<std::string_view, std::string_view> kBlockIdentities[] = {
    {"capacity_provider_strategy", "capacity_provider"},
    {"load_balancer", "container_name"},
    {"setting", "name"},
    {"volume", "name"},
    {"ingress", "description"},
    {"egress", "description"},
    {"route", "cidr_block"},
};

std::string quoted(const HclFile& file, Span span) {
  return file.text.substr(span.begin, std::min<std::size_t>(span.size(), 60));
}
std::string place(const HclFile& file, Span span) {
  return place_of(file.name, file.text, span.begin);
}

std::string wanted(const Value& after) {
  if (after.kind == Value::Kind::null) return "";
  const std::string text = after.kind == Value::Kind::string ? hcl_quoted(after.text) : json_text(after);
  return " to " + text;
}

// "var.base" -> {"var", "base"}; what follows a second dot is an attribute of it.
std::pair<std::string, std::string> split(const std::string& reference) {
  const auto dot = reference.find('.');
  const auto rest = reference.substr(dot + 1);
  return {reference.substr(0, dot), rest.substr(0, rest.find('.'))};
}

std::string variable_advice(const std::string& name, const Value& after, const std::vector<HclFile>& files) {
  for (const auto& file : files) {
    for (const auto& block : file.body.blocks) {
      if (block.type != "variable" || block.labels != std::vector<std::string>{name}) continue;
      if (const auto* value = block.body.attribute("default")) {
        return fmt::format(
            "set the default of variable \"{}\" ({}, now {}){}, or its value where this module is called or "
            "in a .tfvars file",
            name, place(file, value->value.span), quoted(file, value->value.span), wanted(after));
      }
      return fmt::format(
          "set variable \"{}\" (declared at {}, without a default){} where this module is called or in a "
          ".tfvars file",
          name, place(file, block.span), wanted(after));
    }
  }
  return fmt::format("set variable \"{}\"{}", name, wanted(after));
}

std::string local_advice(const std::string& name, const Value& after, const std::vector<HclFile>& files) {
  for (const auto& file : files) {
    for (const auto& block : file.body.blocks) {
      const auto* value = block.type == "locals" ? block.body.attribute(name) : nullptr;
      if (!value) continue;
      return fmt::format("change local.{} ({}, now {}){}", name, place(file, value->value.span),
                         quoted(file, value->value.span), wanted(after));
    }
  }
  return fmt::format("change local.{}{}", name, wanted(after));
}

std::string block_advice(std::string_view type, const std::vector<std::string>& labels,
                         const std::string& what, const std::vector<HclFile>& files) {
  for (const auto& file : files) {
    for (const auto& block : file.body.blocks) {
      if (block.type != type || block.labels.size() < labels.size() ||
          !std::equal(labels.begin(), labels.end(), block.labels.begin())) {
        continue;
      }
      return fmt::format("change {} ({})", what, place(file, block.span));
    }
  }
  return "change " + what;
}

std::string advice_for(const std::string& reference, const Value& after, const std::vector<HclFile>& files) {
  const auto [root, name] = split(reference);
  if (root == "var") return variable_advice(name, after, files);
  if (root == "local") return local_advice(name, after, files);
  if (root == "each" || root == "count") return "change what for_each or count of this block takes it from";
  if (root == "module")
    return block_advice("module", {name}, fmt::format("module \"{}\", whose output gives it,", name), files);
  if (root == "data") {
    const auto [type, label] = split(reference.substr(5));
    return block_advice("data", {type, label}, fmt::format("data \"{}\" \"{}\"", type, label), files) +
           wanted(after);
  }
  return block_advice("resource", {root, name}, fmt::format("{}.{}", root, name), files);
}

}  // namespace

bool means(const HclExpression& expression, const Value& value) {
  switch (expression.kind) {
    case ExpressionKind::literal:
      if (expression.text == "null") return value.kind == Value::Kind::null;
      return value.is_scalar() && value.kind != Value::Kind::null && value.text == expression.text;
    case ExpressionKind::string:
      return value.is_scalar() && value.kind != Value::Kind::null && value.text == expression.text;
    case ExpressionKind::tuple:
      return value.kind == Value::Kind::list && value.items.size() == expression.members.size() &&
             std::equal(value.items.begin(), value.items.end(), expression.members.begin(),
                        [](const Value& item, const HclMember& member) { return means(member.value, item); });
    case ExpressionKind::object:
      return value.kind == Value::Kind::map && value.items.size() == expression.members.size() &&
             std::all_of(expression.members.begin(), expression.members.end(), [&](const HclMember& member) {
               const Value* item = value.member(member.key);
               return item && means(member.value, *item);
             });
    default:
      return false;
  }
}

std::string why_computed(const HclExpression& expression) {
  if (!expression.references.empty()) {
    std::string names;
    for (const auto& name : expression.references) names += (names.empty() ? "" : ", ") + name;
    return "it is computed from " + names;
  }
  if (expression.kind == ExpressionKind::heredoc) return "it is a heredoc";
  if (expression.kind == ExpressionKind::call) return "it is what " + expression.text + "() answers";
  return "it is computed";
}

std::string what_to_change(const HclExpression& expression, const Value& after,
                           const std::vector<HclFile>* files) {
  static const std::vector<HclFile> kNone;
  // The exact value is known only where the expression is the name and nothing else.
  const bool plain = expression.kind == ExpressionKind::computed && expression.references.size() == 1 &&
                     expression.span.size() == expression.references.front().size();
  std::string advice;
  for (const auto& reference : expression.references) {
    advice += (advice.empty() ? "" : "; or ") +
              advice_for(reference, plain ? after : Value{}, files ? *files : kNone);
  }
  if (advice.empty()) advice = "write it out";
  if (!plain && after.kind != Value::Kind::null) advice += ", so that it comes out as " + json_text(after);
  return advice;
}

std::string_view block_identity(std::string_view block_type) {
  for (const auto& [type, key] : kBlockIdentities) {
    if (type == block_type) return key;
  }
  return {};
}

Value block_value(const CodeBlock& block) {
  Value map{.kind = Value::Kind::map, .text = {}, .keys = {}, .items = {}};
  for (const auto& [name, value] : block.attributes) map.set(name, value);
  for (const auto& nested : block.blocks) map.set(nested.type, block_value(nested));
  return map;
}

}  // namespace doctor::iac
