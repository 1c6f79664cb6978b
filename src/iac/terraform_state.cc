#include "iac/terraform_state.h"

#include <algorithm>

#include "core/json.h"

namespace doctor::iac {
namespace {

constexpr int kVersion = 4;  // of Terraform 0.12 and later

std::string index_of(const core::Json& key) {
  if (!key.present() || key.is_null()) return {};
  if (key.is_string()) return "[" + core::json_quoted(key.string_or()) + "]";
  return "[" + key.text() + "]";
}

}  // namespace

std::string TerraformInstance::block_address() const {
  return (module.empty() ? "" : module + ".") + type + "." + name;
}
std::string TerraformInstance::address() const {
  return block_address() + index;
}

core::Result<TerraformState> TerraformState::parse(std::string_view text, std::string_view origin) {
  auto document = core::JsonDocument::parse(text, origin);
  if (!document) return core::fail(document.error());
  const core::Json root = document->root();
  const std::string name(origin);
  if (!root["version"].is_number() || !root["resources"].is_array()) {
    return core::fail(core::ErrorKind::bad_input, name + " is not a Terraform state file",
                      "give what `terraform state pull` prints");
  }
  if (root["version"].integer_or(0) != kVersion) {
    return core::fail(core::ErrorKind::bad_input,
                      name + " has state version " + root["version"].text() + "; only 4 is read",
                      "run `terraform state pull` with Terraform 0.12 or later");
  }
  TerraformState state;
  for (const core::Json resource : root["resources"].items()) {
    if (resource["mode"].string_or() != "managed") continue;
    for (const core::Json instance : resource["instances"].items()) {
      if (instance["deposed"].present()) continue;
      state.instances_.push_back(
          {std::string(resource["module"].string_or()), std::string(resource["type"].string_or()),
           std::string(resource["name"].string_or()), index_of(instance["index_key"]),
           std::string(instance["attributes"]["id"].string_or()), value_of(instance["attributes"])});
    }
  }
  std::sort(state.instances_.begin(), state.instances_.end(),
            [](const auto& a, const auto& b) { return a.address() < b.address(); });
  return state;
}

std::vector<const TerraformInstance*> TerraformState::of_type(std::string_view type) const {
  std::vector<const TerraformInstance*> found;
  for (const auto& instance : instances_) {
    if (instance.type == type) found.push_back(&instance);
  }
  return found;
}

const TerraformInstance* TerraformState::find(std::string_view type,
                                              const std::vector<std::string>& ids) const {
  for (const auto* instance : of_type(type)) {
    const Value* arn = instance->attributes.member("arn");
    for (const auto& id : ids) {
      if (!id.empty() && (instance->id == id || (arn && arn->string_or() == id))) return instance;
    }
  }
  return nullptr;
}

std::size_t TerraformState::count(const TerraformInstance& instance) const {
  return static_cast<std::size_t>(std::count_if(instances_.begin(), instances_.end(), [&](const auto& other) {
    return other.block_address() == instance.block_address();
  }));
}

std::string TerraformState::reference_to(std::string_view id, std::string_view module) const {
  for (const auto& instance : instances_) {
    if (instance.module != module || id.empty()) continue;
    const std::string address = instance.type + "." + instance.name + instance.index;
    if (instance.id == id) return address + ".id";
    const Value* arn = instance.attributes.member("arn");
    if (arn && arn->string_or() == id) return address + ".arn";
  }
  return {};
}

}  // namespace doctor::iac
