#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "core/arn.h"
#include "diagnose/network_sight.h"
#include "diagnose/observations.h"
#include "diagnose/observe.h"
#include "diagnose/platform_sight.h"

// FargateImageSizeExceeded: bytes against storage, bytes against time, and the way that they come by.
namespace doctor::diagnose {
namespace {

using facts::Image;
using facts::Task;

constexpr double kGib = 1024.0 * 1024 * 1024;
// On the disk lie the compressed image and the unpacked one, which is two to three times as large.
constexpr double kOnDiskAtLeast = 3, kOnDiskAtMost = 4;
constexpr long long kSmallImage = 500'000'000, kLargeImage = 2'000'000'000, kHugeImage = 10'000'000'000;
// Fargate pulls from ECR in the same region run at tens of megabytes a second; a fifth of that is a sick
// path.
constexpr double kSlowBytesPerSecond = 5e6, kHealthyBytesPerSecond = 20e6;
constexpr double kLongPullSeconds = 120, kFarTooLongSeconds = 600;
constexpr double kGrew = 1.3, kStayed = 1.1;

Source of_image(const Image& image, std::string field) {
  return {"ecr",          "describe-images", {}, std::move(field), std::to_string(image.compressed_bytes),
          image.pushed_at};
}

std::string name_of(const Image& image) {
  if (!image.tags.empty()) return image.repository + ":" + image.tags.front();
  return image.repository + "@" + image.digest.substr(0, 19);
}

void compare_with_storage(const Case& c, const Task* task, const TaskImages& images, Observations& out) {
  const double compressed = static_cast<double>(images.compressed_bytes);
  const int storage = ephemeral_storage_gib(task, c.task_definition);
  const double capacity = storage * kGib;
  const std::string sizes = fmt::format(
      "{} compressed, so about {} to {} on disk with the unpacked layers, against {} GiB of ephemeral "
      "storage",
      in_gigabytes(images.compressed_bytes), in_gigabytes(std::llround(compressed * kOnDiskAtLeast)),
      in_gigabytes(std::llround(compressed * kOnDiskAtMost)), storage);
  const Source source = of_image(*images.images.front(), "imageSizeInBytes");
  if (compressed * kOnDiskAtLeast > capacity) {
    out.add("image.exceeds_storage", fmt::format("the task's images have {}", sizes), source);
  } else if (compressed * kOnDiskAtMost > capacity) {
    out.add("image.may_exceed_storage", fmt::format("the task's images have {}", sizes), source);
  } else if (images.complete) {
    out.add("image.fits_storage", fmt::format("the task's images have {}", sizes), source);
  }
  const int wanted = static_cast<int>(std::ceil(compressed * kOnDiskAtMost / kGib)) + 5;
  out.fix_details.emplace_back(
      "enlarge_ephemeral_storage",
      fmt::format("ephemeralStorage.sizeInGiB {}", std::clamp(std::max(wanted, storage + 1), 21, 200)));
}

void look_at_size(const TaskImages& images, Observations& out) {
  const Image* largest = *std::max_element(
      images.images.begin(), images.images.end(),
      [](const Image* a, const Image* b) { return a->compressed_bytes < b->compressed_bytes; });
  if (largest->compressed_bytes >= kLargeImage) {
    out.add(largest->compressed_bytes >= kHugeImage ? "image.is_huge" : "image.is_large",
            fmt::format("the image {} has {} compressed", name_of(*largest),
                        in_gigabytes(largest->compressed_bytes)),
            of_image(*largest, "imageSizeInBytes"));
  } else if (images.complete && images.compressed_bytes < kSmallImage) {
    out.add(
        "image.is_small",
        fmt::format("the task's images have {} compressed together", in_gigabytes(images.compressed_bytes)),
        of_image(*largest, "imageSizeInBytes"));
  }
}

struct Pull {
  double seconds = 0, bytes_per_second = 0;
  bool complete = false;  // else the rate is the most that it can have been
};

std::optional<Pull> pull_of(const Task& task, long long bytes) {
  const auto end = task.pull_stopped_at ? task.pull_stopped_at : task.stop_time();
  if (!task.pull_started_at || !end || bytes <= 0) return std::nullopt;
  const double seconds = std::chrono::duration<double>(*end - *task.pull_started_at).count();
  if (seconds < 1) return std::nullopt;
  return Pull{seconds, static_cast<double>(bytes) / seconds, task.pull_stopped_at.has_value()};
}

// A task of the same service that did pull the same images shows what the path can do.
std::optional<Pull> pull_of_a_peer(const Case& c, const TaskImages& images) {
  if (c.index == nullptr) return std::nullopt;
  for (const Task* peer : tasks_of(*c.index, key_of(c))) {
    if (!peer->started_at || !peer->pull_stopped_at) continue;
    if (const auto pull = pull_of(*peer, images.compressed_bytes)) return pull;
  }
  return std::nullopt;
}

void look_at_speed(const Case& c, const Task* task, const TaskImages& images, Observations& out) {
  if (task == nullptr) return;
  std::optional<Pull> pull = pull_of(*task, images.compressed_bytes);
  if (!pull) return;
  const Source source =
      source_of(task->origin, "pullStartedAt", core::to_iso(*task->pull_started_at), task->pull_started_at);
  const std::string took =
      fmt::format("the pull of {} ran for {}", in_gigabytes(images.compressed_bytes),
                  core::to_words(std::chrono::milliseconds(std::llround(pull->seconds * 1000))));
  if (pull->seconds >= kLongPullSeconds && pull->bytes_per_second < kSlowBytesPerSecond) {
    out.add("image.pulled_slowly", fmt::format("{}: at most {:.1f} MB/s", took, pull->bytes_per_second / 1e6),
            source);
    return;
  }
  if (pull->seconds >= kFarTooLongSeconds) {
    out.add("image.pulled_for_long", took + ", so bytes did come", source);
  }
  if (!pull->complete) pull = pull_of_a_peer(c, images);
  if (!pull || pull->bytes_per_second < kHealthyBytesPerSecond || pull->seconds < kLongPullSeconds) return;
  out.add("image.pulled_fast_but_long",
          fmt::format("{}, though the path gives {:.0f} MB/s", took, pull->bytes_per_second / 1e6), source);
}

// The image before in the repository, else the one of the revision before.
const Image* predecessor_of(const Case& c, const Image& image) {
  const Image* before = nullptr;
  for (const Image& other : c.place->images) {
    if (other.repository != image.repository || &other == &image || !other.pushed_at || !image.pushed_at)
      continue;
    if (*other.pushed_at >= *image.pushed_at) continue;
    if (before == nullptr || *before->pushed_at < *other.pushed_at) before = &other;
  }
  if (before != nullptr || c.task_definition == nullptr) return before;
  for (const auto& [arn, definition] : c.place->task_definitions) {
    if (definition.family != c.task_definition->family ||
        definition.revision + 1 != c.task_definition->revision)
      continue;
    for (const auto& container : definition.containers) {
      const Image* old = image_of(*c.place, container.image, "");
      if (old != nullptr && old != &image && old->repository == image.repository) return old;
    }
  }
  return nullptr;
}

void look_at_growth(const Case& c, const TaskImages& images, Observations& out) {
  for (const Image* image : images.images) {
    const Image* before = predecessor_of(c, *image);
    if (before == nullptr || before->compressed_bytes <= 0) continue;
    const double ratio =
        static_cast<double>(image->compressed_bytes) / static_cast<double>(before->compressed_bytes);
    const std::string words = fmt::format("the image {} has {}, and {} before it had {}", name_of(*image),
                                          in_gigabytes(image->compressed_bytes), name_of(*before),
                                          in_gigabytes(before->compressed_bytes));
    if (ratio >= kGrew) {
      out.add("image.grew", words, of_image(*image, "imageSizeInBytes"));
      return;
    }
    if (ratio <= kStayed) out.add("image.did_not_grow", words, of_image(*image, "imageSizeInBytes"));
  }
}

long long repeated_bytes(const Image& image) {
  std::map<std::string, int> seen;
  long long repeated = 0;
  for (const facts::ImageLayer& layer : image.layers) {
    if (++seen[layer.digest] > 1) repeated += layer.compressed_bytes;
  }
  return repeated;
}

bool share_a_layer(const Image& a, const Image& b) {
  std::set<std::string> digests;
  for (const facts::ImageLayer& layer : a.layers) digests.insert(layer.digest);
  return std::any_of(b.layers.begin(), b.layers.end(),
                     [&](const auto& layer) { return digests.count(layer.digest) > 0; });
}

void look_at_layers(const TaskImages& images, Observations& out) {
  constexpr long long kWorthwhile = 50'000'000;
  const Image* first = nullptr;
  bool shared = false;
  for (const Image* image : images.images) {
    if (image->layers.empty()) continue;
    const long long repeated = repeated_bytes(*image);
    if (repeated >= kWorthwhile) {
      out.add(
          "image.repeats_layers",
          fmt::format("the image {} holds {} in repeated layers", name_of(*image), in_gigabytes(repeated)),
          of_image(*image, "layers[].digest"));
      return;
    }
    if (first != nullptr && first->compressed_bytes > kWorthwhile && image->compressed_bytes > kWorthwhile &&
        !share_a_layer(*first, *image)) {
      out.add("image.repeats_layers",
              fmt::format("the images {} and {} share no layer", name_of(*first), name_of(*image)),
              of_image(*image, "layers[].digest"));
      return;
    }
    shared = shared || first != nullptr;
    if (first == nullptr) first = image;
  }
  if (shared)
    out.add("image.shares_layers", "the task's images share their base layers",
            of_image(*first, "layers[].digest"));
}

// Where the task's first image comes from.
ImageName registry_of(const Case& c, const Task* task) {
  if (task != nullptr) {
    for (const facts::Container& container : task->containers) {
      if (!container.image.empty()) return image_name_of(container.image);
    }
  }
  if (c.task_definition != nullptr && !c.task_definition->containers.empty()) {
    return image_name_of(c.task_definition->containers.front().image);
  }
  return {};
}

bool is_seen(const Observations& out, std::string_view evidence) {
  return std::any_of(out.seen.begin(), out.seen.end(),
                     [&](const Observation& o) { return o.evidence == evidence; });
}

void look_at_path(const Case& c, const Task* task, Observations& out) {
  const ImageName name = registry_of(c, task);
  if (name.repository.empty()) return;
  const TaskNetwork network = network_of(c, task);
  const std::string registry = name.registry.empty() ? "docker.io" : name.registry;
  if (!name.in_ecr || name.region != c.place->region) {
    out.add("image.far_registry",
            name.in_ecr ? fmt::format("the image comes from Amazon ECR in {}, another region", name.region)
                        : fmt::format("the image comes from {}, outside the region", registry),
            {"ecs", "describe-tasks", {}, "containers[].image", registry, std::nullopt});
  }
  PathSight path = worst_path(c, network, name.in_ecr ? "ecr.dkr" : std::string_view(registry));
  if (name.in_ecr && path.way == Way::open) {
    const PathSight api = worst_path(c, network, "ecr.api");
    if (api.way == Way::closed) path = api;
  }
  if (path.way == Way::unknown) {
    note_missing(c, out, "ec2.describe-route-tables", "the routes of the task's subnet",
                 "aws ec2 describe-route-tables");
    return;
  }
  // A closed way is no more than a riddle where AWS's words or the pull's length show that bytes came over
  // it.
  const bool bytes_came = has_sign(c, "image.layer_timeout") || is_seen(out, "image.pulled_for_long");
  if (path.way == Way::closed && !bytes_came) {
    out.add("image.registry_path_closed", fmt::format("the subnet {}", path.why), path.source);
    if (!path.fix.empty()) out.fix_details.emplace_back("network_path", path.fix);
  } else if (path.way == Way::open) {
    out.add("image.registry_path_open", fmt::format("the subnet {}", path.why), path.source);
  }
  if (!name.in_ecr) return;
  const PathSight layers = worst_path(c, network, "s3");
  // Where AWS's words show that the registry answered, a closed way to it is no more than a riddle.
  if (layers.way == Way::closed && (path.way != Way::closed || has_sign(c, "image.layer_timeout"))) {
    out.add(
        "image.layer_path_closed",
        fmt::format("the registry is in reach, but for the layers in Amazon S3 the subnet {}", layers.why),
        layers.source);
  } else if (layers.by_nat) {
    out.add("image.layers_by_nat", fmt::format("the subnet {}, without a gateway endpoint", layers.why),
            layers.source);
    out.fix_details.emplace_back(
        "s3_gateway_endpoint",
        fmt::format("com.amazonaws.{}.s3 for {}", c.place->region, joined(network.subnets)));
  } else if (layers.by_endpoint && layers.way == Way::open) {
    out.add("image.layers_by_endpoint", fmt::format("the subnet {}", layers.why), layers.source);
  }
}

}  // namespace

void observe_image(const Case& c, Observations& out) {
  observe_signs(c, out);
  if (c.place == nullptr) return;
  const Task* task = newest_task(c);
  const bool no_space = has_sign(c, "image.no_space");
  if (!no_space && (has_text(c, "failed to resolve ref") || has_text(c, "pull image manifest"))) {
    out.add("image.manifest_not_fetched",
            "not even the image's manifest was fetched, which is a few kilobytes",
            c.stops.empty() ? Source{} : source_of(c.stops.back()));
  }
  const TaskImages images = images_of(c, task);
  if (images.images.empty() || images.compressed_bytes <= 0) {
    note_missing(c, out, "ecr.describe-images", "the size of the image",
                 "aws ecr describe-images --repository-name REPOSITORY");
  } else {
    compare_with_storage(c, task, images, out);
    look_at_size(images, out);
    if (!no_space) look_at_speed(c, task, images, out);
    look_at_growth(c, images, out);
    look_at_layers(images, out);
  }
  if (!no_space) look_at_path(c, task, out);
}

}  // namespace doctor::diagnose
