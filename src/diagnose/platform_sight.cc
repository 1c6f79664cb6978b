#include "diagnose/platform_sight.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "core/arn.h"

namespace doctor::diagnose {
namespace {

constexpr int kDefaultStorageGib = 20;
constexpr int kLayerStorageBefore14Gib = 10;

std::optional<std::pair<int, int>> version_of(std::string_view text) {
  std::pair<int, int> version;
  const char* end = text.data() + text.size();
  const auto major = std::from_chars(text.data(), end, version.first);
  if (major.ec != std::errc() || major.ptr == end || *major.ptr != '.') return std::nullopt;
  const auto minor = std::from_chars(major.ptr + 1, end, version.second);
  if (minor.ec != std::errc()) return std::nullopt;
  return version;
}

}  // namespace

std::optional<bool> task_is_before_1_4(const facts::Task& task) {
  if (task.platform_family.starts_with("Windows") || task.platform_family.starts_with("WINDOWS"))
    return false;
  const auto version = version_of(task.platform_version);
  if (!version) return std::nullopt;
  return *version < std::pair<int, int>(1, 4);
}

int ephemeral_storage_gib(const facts::Task* task, const facts::TaskDefinition* definition) {
  if (task != nullptr && task->ephemeral_storage_gib) return *task->ephemeral_storage_gib;
  if (definition != nullptr && definition->ephemeral_storage_gib) return *definition->ephemeral_storage_gib;
  if (task != nullptr && task_is_before_1_4(*task).value_or(false)) return kLayerStorageBefore14Gib;
  return kDefaultStorageGib;
}

bool has_default_storage(const facts::Task* task, const facts::TaskDefinition* definition) {
  if (task != nullptr && task->ephemeral_storage_gib)
    return *task->ephemeral_storage_gib <= kDefaultStorageGib;
  return definition != nullptr && !definition->ephemeral_storage_gib;
}

ImageName image_name_of(std::string_view image) {
  ImageName name;
  const auto at = image.find('@');
  if (at != std::string_view::npos) {
    name.digest = image.substr(at + 1);
    image = image.substr(0, at);
  }
  const auto slash = image.find('/');
  const std::string_view first = image.substr(0, slash);
  const bool has_registry = slash != std::string_view::npos && (first.find('.') != std::string_view::npos ||
                                                                first.find(':') != std::string_view::npos);
  if (has_registry) {
    name.registry = first;
    image.remove_prefix(slash + 1);
  }
  const auto colon = image.rfind(':');
  name.repository = image.substr(0, colon);
  name.tag = colon == std::string_view::npos ? std::string_view(name.digest.empty() ? "latest" : "")
                                             : image.substr(colon + 1);
  const auto ecr = name.registry.find(".dkr.ecr.");
  if (ecr == std::string::npos) return name;
  name.in_ecr = true;
  const std::string_view rest = std::string_view(name.registry).substr(ecr + 9);
  name.region = rest.substr(0, rest.find('.'));
  return name;
}

const facts::Image* image_of(const facts::Place& place, std::string_view image, std::string_view digest) {
  const ImageName name = image_name_of(image);
  const std::string_view wanted = digest.empty() ? std::string_view(name.digest) : digest;
  const facts::Image* by_tag = nullptr;
  for (const facts::Image& known : place.images) {
    if (!wanted.empty() && known.digest == wanted) return &known;
    if (known.repository != name.repository) continue;
    if (!name.tag.empty() && std::find(known.tags.begin(), known.tags.end(), name.tag) != known.tags.end())
      by_tag = &known;
  }
  return wanted.empty() ? by_tag : nullptr;
}

namespace {

// A task that did not get as far as its images may not name them; its definition does.
std::string image_name_in(const Case& c, const facts::Container& container) {
  if (!container.image.empty() || c.task_definition == nullptr) return container.image;
  for (const auto& defined : c.task_definition->containers) {
    if (defined.name == container.name) return defined.image;
  }
  return {};
}

}  // namespace

TaskImages images_of(const Case& c, const facts::Task* task) {
  TaskImages found;
  if (c.place == nullptr) return found;
  std::vector<std::pair<std::string, std::string>> wanted;  // image, digest
  if (task != nullptr) {
    for (const facts::Container& container : task->containers)
      wanted.emplace_back(image_name_in(c, container), container.image_digest);
  }
  if (wanted.empty() && c.task_definition != nullptr) {
    for (const auto& container : c.task_definition->containers) wanted.emplace_back(container.image, "");
  }
  found.complete = !wanted.empty();
  for (const auto& [image, digest] : wanted) {
    const facts::Image* known = image_of(*c.place, image, digest);
    if (known == nullptr && !digest.empty()) {
      // By tag: the digest may be an image index's, which the registry does not list. A later push is another
      // image.
      known = image_of(*c.place, image, "");
      const bool later = known != nullptr && known->pushed_at && task != nullptr && task->created_at &&
                         *known->pushed_at > *task->created_at;
      if (later) known = nullptr;
    }
    if (known == nullptr) {
      found.complete = false;
    } else if (std::find(found.images.begin(), found.images.end(), known) == found.images.end()) {
      found.images.push_back(known);
      found.compressed_bytes += known->compressed_bytes;
    }
  }
  return found;
}

std::string in_gigabytes(long long bytes) {
  const double value = static_cast<double>(bytes);
  return value < 1e9 ? fmt::format("{:.0f} MB", value / 1e6) : fmt::format("{:.1f} GB", value / 1e9);
}

}  // namespace doctor::diagnose
