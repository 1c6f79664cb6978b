// Elastic Load Balancing and Amazon ECR: what stands before and behind a task.
#include <algorithm>
#include <array>

#include "facts/reading.h"
#include "facts/subject.h"

namespace doctor::facts {
namespace {

void target_groups(Reading& in, const Json& document) {
  for (const Json& item : in.objects(document, "TargetGroups")) {
    TargetGroup& g = in.place.target_groups[in.identity(item, "TargetGroups", "TargetGroupArn")];
    g.arn = text_at(item, "TargetGroupArn");
    g.name = text_at(item, "TargetGroupName");
    g.protocol = text_at(item, "Protocol");
    g.target_type = text_at(item, "TargetType");
    g.vpc_id = text_at(item, "VpcId");
    g.health_check_path = text_at(item, "HealthCheckPath");
    g.health_check_port = text_at(item, "HealthCheckPort");
    g.load_balancers = item["LoadBalancerArns"].strings();
    g.port = item["Port"].integer().value_or(0);
    g.health_check_interval_seconds = item["HealthCheckIntervalSeconds"].integer();
    g.health_check_timeout_seconds = item["HealthCheckTimeoutSeconds"].integer();
  }
}

// The target group that an answer without one is about: of those described, or those that services name.
TargetGroup* subject_group(Reading& in) {
  std::vector<std::string> arns;
  for (const auto& [arn, group] : in.place.target_groups) arns.push_back(arn);
  for (const auto& [service_arn, service] : in.place.services) {
    for (const LoadBalancer& lb : service.load_balancers) {
      if (!lb.target_group_arn.empty() &&
          std::find(arns.begin(), arns.end(), lb.target_group_arn) == arns.end())
        arns.push_back(lb.target_group_arn);
    }
  }
  const int at = resource_named(in.name.subject, arns);
  if (at < 0) {
    in.place.gaps.push_back(
        {"elbv2",
         std::string(in.name.operation),
         std::string(in.name.subject),
         {},
         "the answer does not say which target group it is about",
         {},
         "name the file elbv2." + std::string(in.name.operation) +
             ".TARGET-GROUP-NAME.json and save elbv2.describe-target-groups.json beside it"});
    return nullptr;
  }
  const std::string& arn = arns[static_cast<std::size_t>(at)];
  TargetGroup& group = in.place.target_groups[arn];
  group.arn = arn;
  return &group;
}

void target_health(Reading& in, const Json& document) {
  const auto items = in.objects(document, "TargetHealthDescriptions");
  TargetGroup* group = subject_group(in);
  if (group == nullptr) return;
  group->targets_known = true;
  for (const Json& item : items) {
    const Json target = item["Target"];
    const Json health = item["TargetHealth"];
    group->targets.push_back({text_at(target, "Id"), text_at(target, "AvailabilityZone"),
                              text_at(health, "State"), text_at(health, "Reason"),
                              text_at(health, "Description"), target["Port"].integer().value_or(0)});
  }
}

void target_group_attributes(Reading& in, const Json& document) {
  TargetGroup* group = subject_group(in);
  if (group == nullptr) return;
  for (const Json& item : in.objects(document, "Attributes")) {
    if (text_at(item, "Key") == "deregistration_delay.timeout_seconds")
      group->deregistration_delay_seconds = item["Value"].integer();
  }
}

Image& image_of(Place& place, const std::string& registry, const std::string& repository,
                const std::string& digest, const std::vector<std::string>& tags) {
  for (Image& image : place.images) {
    if (image.registry_id != registry || image.repository != repository) continue;
    if (digest.empty() ? !tags.empty() && image.tags == tags : image.digest == digest) return image;
  }
  place.images.push_back({registry, repository, digest, tags, 0, {}, {}, {}});
  return place.images.back();
}

void add_tags(Image& image, const std::vector<std::string>& tags) {
  for (const std::string& tag : tags) {
    if (!tag.empty() && std::find(image.tags.begin(), image.tags.end(), tag) == image.tags.end())
      image.tags.push_back(tag);
  }
}

void describe_images(Reading& in, const Json& document) {
  for (const Json& item : in.objects(document, "imageDetails")) {
    const auto tags = item["imageTags"].strings();
    Image& image = image_of(in.place, text_at(item, "registryId"), text_at(item, "repositoryName"),
                            text_at(item, "imageDigest"), tags);
    add_tags(image, tags);
    image.compressed_bytes = item["imageSizeInBytes"].integer_or(image.compressed_bytes);
    image.pushed_at = in.time(item["imagePushedAt"]);
    in.time(item["lastRecordedPullTime"]);
  }
}

// An image manifest lists layers; an image index lists the manifests of the platforms (OCI image spec; Docker
// image manifest version 2, schema 2).
void read_manifest(Image& image, const Json& manifest) {
  const auto layers = manifest["layers"].items();
  if (!layers.empty()) {
    image.layers.clear();
    long long sum = manifest["config"]["size"].integer_or(0);
    for (const Json& layer : layers) {
      const long long size = std::clamp<long long>(layer["size"].integer_or(0), 0, 1LL << 50);
      image.layers.push_back({text_at(layer, "digest"), size});
      sum += size;
    }
    if (image.compressed_bytes == 0) image.compressed_bytes = sum;
  }
  for (const Json& entry : manifest["manifests"].items()) {
    const Json platform = entry["platform"];
    const std::string os = text_at(platform, "os");
    if (os.empty() || os == "unknown") continue;  // attestations of BuildKit
    const std::string name = os + "/" + text_at(platform, "architecture");
    if (std::find(image.platforms.begin(), image.platforms.end(), name) == image.platforms.end())
      image.platforms.push_back(name);
  }
}

void batch_get_image(Reading& in, const Json& document) {
  for (const Json& item : in.objects(document, "images")) {
    const std::vector<std::string> tags = {text_at(item["imageId"], "imageTag")};
    Image& image = image_of(in.place, text_at(item, "registryId"), text_at(item, "repositoryName"),
                            text_at(item["imageId"], "imageDigest"), tags);
    add_tags(image, tags);
    std::erase(image.tags, "");
    const Json manifest = item["imageManifest"];
    if (manifest.is_object()) {
      read_manifest(image, manifest);
    } else if (const auto parsed = core::JsonDocument::parse(manifest.string_or(), "imageManifest")) {
      read_manifest(image, parsed->root());
    }
  }
  for (const Json& item : in.objects(document, "failures")) {
    const std::string tag = text_at(item["imageId"], "imageTag");
    const std::string code = text_at(item, "failureCode");
    in.place.gaps.push_back({"ecr",
                             "batch-get-image",
                             tag.empty() ? text_at(item["imageId"], "imageDigest") : tag,
                             code,
                             code + ": " + text_at(item, "failureReason"),
                             {},
                             {}});
  }
}

constexpr std::array kDeliveryRows{
    Row{"elbv2", "describe-target-groups", "TargetGroups", Shape::list, target_groups},
    Row{"elbv2", "describe-target-health", "TargetHealthDescriptions", Shape::list, target_health, 1},
    Row{"elbv2", "describe-target-group-attributes", "Attributes", Shape::list, target_group_attributes, 1},
    Row{"ecr", "describe-images", "imageDetails", Shape::list, describe_images},
    Row{"ecr", "batch-get-image", "images", Shape::list, batch_get_image, 1},
};

}  // namespace

std::span<const Row> delivery_rows() {
  return kDeliveryRows;
}

}  // namespace doctor::facts
