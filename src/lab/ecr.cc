#include "lab/ecr.h"

#include <algorithm>

#include "lab/world.h"

namespace doctor::lab {
namespace {

constexpr const char* kManifest = "application/vnd.docker.distribution.manifest.v2+json";
constexpr const char* kIndex = "application/vnd.oci.image.index.v1+json";
constexpr const char* kLayer = "application/vnd.docker.image.rootfs.diff.tar.gzip";
constexpr const char* kConfig = "application/vnd.docker.container.image.v1+json";

Reply no_repository(const World& world, const std::string& name) {
  return api_error("RepositoryNotFoundException", "The repository with name '" + name +
                                                      "' does not exist in the registry with id '" +
                                                      world.account + "'");
}

const Repository* repository_of(World& world, const CallContext& call, const json& input) {
  const auto& repositories = world.ecr[call.region].repositories;
  const auto found = repositories.find(text_of(input, "repositoryName"));
  return found == repositories.end() ? nullptr : &found->second;
}

Reply describe_repositories(World& world, const CallContext& call, const json& input) {
  const auto& repositories = world.ecr[call.region].repositories;
  const auto names = strings_of(input, "repositoryNames");
  json chosen = json::array();
  for (const auto& name : names) {
    const auto found = repositories.find(name);
    if (found == repositories.end()) return no_repository(world, name);
    chosen.push_back(found->second.document);
  }
  if (names.empty()) {
    for (const auto& [name, repository] : repositories) chosen.push_back(repository.document);
  }
  return page_of(chosen, input, {.result_key = "repositories", .default_limit = 100, .most = 1000});
}

const Image* image_of(const Repository& repository, const json& id) {
  const std::string tag = text_of(id, "imageTag"), digest = text_of(id, "imageDigest");
  for (const auto& image : repository.images) {
    const bool tagged = std::find(image.tags.begin(), image.tags.end(), tag) != image.tags.end();
    if ((digest.empty() || image.digest == digest) && (tag.empty() || tagged)) return &image;
  }
  return nullptr;
}

json details_of(const World& world, const std::string& repository, const Image& image) {
  json details{{"registryId", world.account},          {"repositoryName", repository},
               {"imageDigest", image.digest},          {"imageSizeInBytes", image.size},
               {"imagePushedAt", epoch(image.pushed)}, {"imageManifestMediaType", image.media_type},
               {"artifactMediaType", kConfig}};
  if (!image.tags.empty()) details["imageTags"] = image.tags;
  return details;
}

Reply describe_images(World& world, const CallContext& call, const json& input) {
  const std::string name = text_of(input, "repositoryName");
  const Repository* repository = repository_of(world, call, input);
  if (repository == nullptr) return no_repository(world, name);
  const std::string status = text_of(member_of(input, "filter"), "tagStatus", "ANY");
  json details = json::array();
  for (const auto& id : list_of(input, "imageIds")) {
    const Image* image = image_of(*repository, id);
    if (image == nullptr) {
      return api_error("ImageNotFoundException",
                       "The image with imageId {imageDigest:'" + text_of(id, "imageDigest", "null") +
                           "', imageTag:'" + text_of(id, "imageTag", "null") +
                           "'} does not exist within the repository with name '" + name +
                           "' in the registry with id '" + world.account + "'");
    }
    details.push_back(details_of(world, name, *image));
  }
  if (list_of(input, "imageIds").empty()) {
    for (const auto& image : repository->images) {
      if (status == "ANY" || (status == "TAGGED") == !image.tags.empty())
        details.push_back(details_of(world, name, image));
    }
  }
  return page_of(details, input, {.result_key = "imageDetails", .default_limit = 100, .most = 1000});
}

Reply batch_get_image(World& world, const CallContext& call, const json& input) {
  const std::string name = text_of(input, "repositoryName");
  const Repository* repository = repository_of(world, call, input);
  if (repository == nullptr) return no_repository(world, name);
  if (list_of(input, "imageIds").empty() || list_of(input, "imageIds").size() > 100) {
    return api_error("InvalidParameterException",
                     "Invalid parameter at 'imageIds' failed to satisfy constraint: 'Member must have length "
                     "between 1 and 100'");
  }
  json images = json::array(), failures = json::array();
  for (const auto& id : list_of(input, "imageIds")) {
    const Image* image = image_of(*repository, id);
    if (image == nullptr) {
      failures.push_back({{"imageId", id},
                          {"failureCode", "ImageNotFound"},
                          {"failureReason", "Requested image not found"}});
      continue;
    }
    json shown_id{{"imageDigest", image->digest}};
    if (id.contains("imageTag")) shown_id["imageTag"] = id["imageTag"];
    images.push_back({{"registryId", world.account},
                      {"repositoryName", name},
                      {"imageId", shown_id},
                      {"imageManifest", image->manifest},
                      {"imageManifestMediaType", image->media_type}});
  }
  return json{{"images", images}, {"failures", failures}};
}

Reply get_repository_policy(World& world, const CallContext& call, const json& input) {
  const std::string name = text_of(input, "repositoryName");
  const Repository* repository = repository_of(world, call, input);
  if (repository == nullptr) return no_repository(world, name);
  if (!repository->policy.is_object()) {
    return api_error("RepositoryPolicyNotFoundException",
                     "Repository policy does not exist for the repository with name '" + name +
                         "' in the registry with id '" + world.account + "'");
  }
  return json{
      {"registryId", world.account}, {"repositoryName", name}, {"policyText", repository->policy.dump(2)}};
}

// Puts an image in; a tag moves to it, and the same manifest pushed again is the same image.
std::string push(World& world, const std::string& region, const std::string& name, const std::string& tag,
                 const json& manifest, const char* media_type, std::int64_t size) {
  auto& images = world.ecr[region].repositories[name].images;
  for (auto& image : images) std::erase(image.tags, tag);
  const std::string text = manifest.dump(3), digest = "sha256:" + sha256_hex(text);
  auto found =
      std::find_if(images.begin(), images.end(), [&](const Image& image) { return image.digest == digest; });
  if (found == images.end()) {
    images.push_back({.digest = digest,
                      .manifest = text,
                      .media_type = media_type,
                      .tags = {},
                      .pushed = world.clock.now(),
                      .size = size});
    found = images.end() - 1;
  }
  if (!tag.empty()) found->tags.push_back(tag);
  return digest;
}

}  // namespace

std::string add_repository(World& world, const std::string& region, const std::string& name) {
  const std::string uri = world.account + ".dkr.ecr." + region + ".amazonaws.com/" + name;
  world.ecr[region].repositories[name].document = {
      {"repositoryArn", world.arn("ecr", region, "repository/" + name)},
      {"registryId", world.account},
      {"repositoryName", name},
      {"repositoryUri", uri},
      {"createdAt", epoch(world.clock.now())},
      {"imageTagMutability", "MUTABLE"},
      {"imageScanningConfiguration", {{"scanOnPush", false}}},
      {"encryptionConfiguration", {{"encryptionType", "AES256"}}}};
  return uri;
}

std::string add_image(World& world, const std::string& region, const std::string& repository,
                      const std::string& tag, const std::vector<std::int64_t>& layers,
                      const std::vector<std::string>& layer_seeds) {
  std::int64_t size = 0;
  json listed = json::array();
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const std::string seed = i < layer_seeds.size() ? layer_seeds[i] : world.ids.hex(32);
    listed.push_back({{"mediaType", kLayer}, {"size", layers[i]}, {"digest", "sha256:" + sha256_hex(seed)}});
    size += layers[i];
  }
  const std::int64_t config = 1500 + static_cast<std::int64_t>(layers.size()) * 350;
  const json manifest{{"schemaVersion", 2},
                      {"mediaType", kManifest},
                      {"config",
                       {{"mediaType", kConfig},
                        {"size", config},
                        {"digest", "sha256:" + sha256_hex(listed.dump() + repository)}}},
                      {"layers", listed}};
  return push(world, region, repository, tag, manifest, kManifest, size + config);
}

std::string add_image_index(World& world, const std::string& region, const std::string& repository,
                            const std::string& tag,
                            const std::vector<std::pair<std::string, std::string>>& digest_and_architecture) {
  json manifests = json::array();
  std::int64_t size = 0;
  for (const auto& [digest, architecture] : digest_and_architecture) {
    const Image* image = find_image(world, region, repository, digest);
    if (image == nullptr) continue;
    manifests.push_back({{"mediaType", image->media_type},
                         {"size", image->manifest.size()},
                         {"digest", digest},
                         {"platform", {{"architecture", architecture}, {"os", "linux"}}}});
    size = std::max(size, image->size);
  }
  return push(world, region, repository, tag,
              {{"schemaVersion", 2}, {"mediaType", kIndex}, {"manifests", manifests}}, kIndex, size);
}

const Image* find_image(const World& world, const std::string& region, const std::string& repository,
                        const std::string& tag_or_digest) {
  const auto ecr = world.ecr.find(region);
  if (ecr == world.ecr.end()) return nullptr;
  const auto found = ecr->second.repositories.find(repository);
  if (found == ecr->second.repositories.end()) return nullptr;
  const bool digest = tag_or_digest.rfind("sha256:", 0) == 0;
  return image_of(found->second, {{digest ? "imageDigest" : "imageTag", tag_or_digest}});
}

void add_ecr_operations(Registry& registry) {
  registry.add("ecr", "DescribeRepositories", describe_repositories);
  registry.add("ecr", "DescribeImages", describe_images);
  registry.add("ecr", "BatchGetImage", batch_get_image);
  add_ecr_lifecycle(registry);
  registry.add("ecr", "GetRepositoryPolicy", get_repository_policy);
}

}  // namespace doctor::lab
