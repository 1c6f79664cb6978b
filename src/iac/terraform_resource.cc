#include "iac/terraform_resource.h"

#include "iac/terraform_rows.h"

namespace doctor::iac {

Value field(const Value& state, std::string_view path) {
  const Value* value = state.at(path);
  return value && !value->empty() ? *value : Value{};
}

void copy(CodeBlock& block, const Value& state, std::string_view from, std::string to) {
  block.put(std::move(to), field(state, from));
}

std::string text_at(const Value& state, std::string_view path) {
  const Value* value = state.at(path);
  return value ? std::string(value->string_or()) : std::string();
}

void copy_tags(CodeBlock& block, const Value& state, std::string_view path) {
  const Value* tags = state.at(path);
  if (!tags || tags->kind != Value::Kind::map) return;
  Value own;
  for (std::size_t i = 0; i < tags->items.size(); ++i) {
    // aws:… is AWS's own; fargate-doctor:… says which run made it, which is no part of the code.
    if (tags->keys[i].starts_with("aws:") || tags->keys[i].starts_with("fargate-doctor:")) continue;
    own.set(tags->keys[i], tags->items[i]);
  }
  block.put("tags", own);
}

std::string before_slash(std::string_view id) {
  return std::string(id.substr(0, id.rfind('/')));
}
std::string after_slash(std::string_view id) {
  const auto slash = id.rfind('/');
  return std::string(slash == std::string_view::npos ? id : id.substr(slash + 1));
}

std::string terraform_name(std::string_view text) {
  std::string name;
  for (const char c : text) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const bool digit = c >= '0' && c <= '9';
    if (letter) {
      name += static_cast<char>(c | 0x20);
    } else if (digit) {
      name += c;
    } else if (!name.empty() && name.back() != '_') {
      name += '_';
    }
  }
  while (name.ends_with("_")) name.pop_back();
  if (name.empty() || (name[0] >= '0' && name[0] <= '9')) name = name.empty() ? "this" : "r_" + name;
  return name;
}

std::vector<TerraformResource> terraform_resources(const Change& change, const Value& state) {
  if (state.kind == Value::Kind::null && change.resource.kind != "servicequotas:quota") return {};
  const std::string& kind = change.resource.kind;
  if (kind.starts_with("ecs:")) return terraform_ecs(change, state);
  if (kind.starts_with("ec2:")) return terraform_vpc(change, state);
  return terraform_other(change, state);
}

}  // namespace doctor::iac
