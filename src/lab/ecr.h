// Repositories and images, with manifests as a registry holds them: the digest is the manifest's own SHA-256.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/time.h"
#include "lab/handler.h"

namespace doctor::lab {

struct Image {
  std::string digest, manifest, media_type;
  std::vector<std::string> tags;
  core::Timestamp pushed{};
  std::int64_t size = 0;  // compressed bytes: layers and configuration
};

struct Repository {
  json document;  // DescribeRepositories' form
  std::vector<Image> images;
  json lifecycle_policy = nullptr, policy = nullptr;  // null where there is none
  int lifecycle_policies = 0;                         // how many it has had: which one an evaluation is of
  core::Timestamp lifecycle_evaluated{};
};

struct Ecr {
  std::map<std::string, Repository> repositories;  // by name
};

std::string add_repository(World&, const std::string& region, const std::string& name);  // answers its URI
// Pushed now, single-platform. A tag moves from the image that had it. Layers: compressed bytes each; equal
// seeds in `layer_seeds` (optional, one per layer) make equal layer digests across images. Answers its
// digest.
std::string add_image(World&, const std::string& region, const std::string& repository,
                      const std::string& tag, const std::vector<std::int64_t>& layers,
                      const std::vector<std::string>& layer_seeds = {});
// An image index over images pushed before (their digests), with the architecture of each ("amd64").
std::string add_image_index(World&, const std::string& region, const std::string& repository,
                            const std::string& tag,
                            const std::vector<std::pair<std::string, std::string>>& digest_and_architecture);
// By tag or digest; null where there is none.
const Image* find_image(const World&, const std::string& region, const std::string& repository,
                        const std::string& tag_or_digest);

void add_ecr_lifecycle(Registry& registry);

}  // namespace doctor::lab
