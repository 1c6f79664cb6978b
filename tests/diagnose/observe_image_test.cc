#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "diagnose/case_support.h"

namespace doctor::diagnose {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

constexpr std::string_view kFamily = "FargateImageSizeExceeded";
constexpr std::string_view kNoSpace =
    "CannotPullContainerError: ref pull has been retried 1 time(s): failed to extract layer sha256:0a1b: "
    "write "
    "/var/lib/containerd/opt/model.bin: no space left on device: unknown";
constexpr std::string_view kTimeout = "CannotPullContainerError: context deadline exceeded";
constexpr std::string_view kLayerTimeout =
    "CannotPullContainerError: ref pull has been retried 5 time(s): failed to copy: httpReadSeeker: failed "
    "open: failed "
    "to do request: Get \"https://prod-eu-west-1-starport-layer-bucket.s3.eu-west-1.amazonaws.com/0a\": dial "
    "tcp "
    "52.218.0.1:443: i/o timeout";
constexpr std::string_view kManifestTimeout =
    "CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref "
    "111122223333.dkr.ecr.eu-west-1.amazonaws.com/web:1: failed to do request: Head \"https://x\": dial tcp "
    "10.0.0.9:443: "
    "i/o timeout";
constexpr long long kGigabyte = 1'000'000'000;

struct Pulling {
  World w;
  facts::Task* task;

  explicit Pulling(std::string_view reason) {
    task = &w.failed_start("t1", "eu-west-1a", "03:00:00", reason);
    task->pull_started_at = at("02:40:00");
    task->containers.front().image = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/web:1";
    task->attachments.push_back({"a1", "ElasticNetworkInterface", "DELETED", {{"subnetId", "subnet-0a"}}});
    w.place().route_tables["rtb-1"] = {"rtb-1", "vpc-01", true, {}, {{"0.0.0.0/0", "nat-1", "active"}}};
    w.answered("ec2.describe-route-tables");
    w.answered("ec2.describe-vpc-endpoints");
  }
  facts::Image& image(std::string tag, long long bytes, std::string_view pushed) {
    facts::Image image;
    image.repository = "web";
    image.digest = "sha256:" + tag;
    image.tags = {tag};
    image.compressed_bytes = bytes;
    image.pushed_at = at(pushed);
    w.place().images.push_back(image);
    return w.place().images.back();
  }
  void s3_gateway() {
    w.place().vpc_endpoints["vpce-s3"] = {
        "vpce-s3", "vpc-01", "com.amazonaws.eu-west-1.s3", "Gateway", "available", "", false, {},
        {"rtb-1"}, {}};
  }
  void registry_endpoints() {
    for (const std::string service : {"ecr.api", "ecr.dkr"}) {
      w.place().vpc_endpoints["vpce-" + service] = {"vpce-" + service,
                                                    "vpc-01",
                                                    "com.amazonaws.eu-west-1." + service,
                                                    "Interface",
                                                    "available",
                                                    "",
                                                    true,
                                                    {"subnet-0a"},
                                                    {},
                                                    {"sg-e"}};
    }
    w.place().security_groups["sg-e"] = {
        "sg-e", "", "vpc-01", {{"tcp", 443, 443, {"10.0.0.0/8"}, {}, {}, {}}}, {}};
  }
  void no_default_route() { w.place().route_tables["rtb-1"].routes = {{"10.0.0.0/16", "local", "active"}}; }
  Incident incident() { return incident_of(w.diagnose(), kFamily); }
};

TEST(ImageFamily, UnpackedImageExceedsTheStorage) {
  Pulling p(kNoSpace);
  p.image("1", 9 * kGigabyte, "01:00:00");
  const Incident i = p.incident();
  EXPECT_EQ(top(i), "image.larger_than_storage");
  EXPECT_GT(i.causes.front().probability, .95);
  EXPECT_TRUE(shows(i, "image.exceeds_storage"));
  EXPECT_THAT(detail(i, "enlarge_ephemeral_storage"), HasSubstr("sizeInGiB 39"));
}

TEST(ImageFamily, SizeWithinTheStorageIsNotClaimedToExceedIt) {
  Pulling p(kNoSpace);
  p.image("1", 2 * kGigabyte, "01:00:00");
  EXPECT_FALSE(shows(p.incident(), "image.exceeds_storage"));
}

TEST(ImageFamily, RaisedStorageIsTheMeasure) {
  Pulling p(kTimeout);
  p.w.definition().ephemeral_storage_gib = 100;
  p.image("1", 9 * kGigabyte, "01:00:00");
  EXPECT_FALSE(shows(p.incident(), "image.exceeds_storage"));
}

TEST(ImageFamily, LayersWithoutAWayToS3) {
  Pulling p(kLayerTimeout);
  p.image("1", kGigabyte, "01:00:00");
  p.no_default_route();
  p.registry_endpoints();
  const Incident i = p.incident();
  EXPECT_EQ(top(i), "image.pull_timeout_slow_path");
  EXPECT_TRUE(shows(i, "image.layer_path_closed"));
}

TEST(ImageFamily, SmallImageThatCrawledIsAPathMatter) {
  Pulling p(kTimeout);
  p.image("1", 400'000'000, "01:00:00");  // 20 minutes for 400 MB
  const Incident i = p.incident();
  EXPECT_EQ(top(i), "image.pull_timeout_slow_path");
  EXPECT_TRUE(shows(i, "image.pulled_slowly"));
  EXPECT_THAT(contributing(i), Contains("image.no_endpoint_for_layers"));
}

TEST(ImageFamily, HugeImageByAHealthyPathIsASizeMatter) {
  Pulling p(kLayerTimeout);
  p.w.definition().ephemeral_storage_gib = 200;
  p.image("1", 30 * kGigabyte, "01:00:00");
  p.s3_gateway();
  facts::Task& peer = p.w.running("t0", "eu-west-1a");  // the same image, pulled whole at 50 MB/s
  peer.pull_started_at = at("00:40:00");
  peer.pull_stopped_at = at("00:50:00");
  const Incident i = p.incident();
  EXPECT_EQ(top(i), "image.pull_timeout_size");
  EXPECT_THAT(contributing(i), Not(Contains("image.no_endpoint_for_layers")));
}

TEST(ImageFamily, APullThatRanForHalfAnHourDidReachTheRegistry) {
  Pulling p(kTimeout);
  p.task->pull_started_at = at("02:29:00");
  p.w.definition().ephemeral_storage_gib = 100;
  p.image("1", 15 * kGigabyte, "01:00:00");
  p.s3_gateway();
  p.registry_endpoints();
  p.w.place().security_groups["sg-e"].ingress.clear();  // what the endpoint's group says is outweighed
  const Incident i = p.incident();
  EXPECT_EQ(top(i), "image.pull_timeout_size");
  EXPECT_TRUE(shows(i, "image.pulled_for_long"));
}

TEST(ImageFamily, ATagThatWasPushedAgainLaterIsAnotherImage) {
  Pulling p(kNoSpace);
  p.task->containers.front().image_digest = "sha256:index";
  p.image("1", 9 * kGigabyte, "01:00:00");
  EXPECT_TRUE(shows(p.incident(), "image.exceeds_storage"));
  p.w.place().images.front().pushed_at = at("03:30:00");
  EXPECT_FALSE(shows(p.incident(), "image.exceeds_storage"));
}

TEST(ImageFamily, NoWayToTheRegistryAtAll) {
  Pulling p(kManifestTimeout);
  p.image("1", kGigabyte, "01:00:00");
  p.no_default_route();
  const Incident i = p.incident();
  EXPECT_EQ(top(i), "image.pull_timeout_slow_path");
  EXPECT_TRUE(shows(i, "image.manifest_not_fetched"));
}

TEST(ImageFamily, PublicSubnetWithoutAPublicAddressIsNoWay) {
  Pulling p(kManifestTimeout);
  p.w.place().route_tables["rtb-1"].routes = {{"0.0.0.0/0", "igw-1", "active"}};
  p.w.service().network.assign_public_ip = false;
  EXPECT_EQ(top(p.incident()), "image.pull_timeout_slow_path");
  EXPECT_TRUE(shows(p.incident(), "image.registry_path_closed"));
  p.w.service().network.assign_public_ip = true;
  EXPECT_FALSE(shows(p.incident(), "image.registry_path_closed"));
}

TEST(ImageFamily, ImageThatGrewContributes) {
  Pulling p(kNoSpace);
  p.w.place().images.reserve(4);
  p.image("0", kGigabyte, "00:30:00");
  p.image("1", 9 * kGigabyte, "02:30:00");
  EXPECT_THAT(contributing(p.incident()), Contains("image.grew_by_change"));
}

TEST(ImageFamily, ImageOfTheSameSizeDidNotGrow) {
  Pulling p(kNoSpace);
  p.w.place().images.reserve(4);
  p.image("0", 9 * kGigabyte, "00:30:00");
  p.image("1", 9 * kGigabyte, "02:30:00");
  EXPECT_THAT(contributing(p.incident()), Not(Contains("image.grew_by_change")));
}

TEST(ImageFamily, RepeatedLayersContribute) {
  Pulling p(kNoSpace);
  facts::Image& image = p.image("1", 9 * kGigabyte, "02:30:00");
  image.layers = {{"sha256:a", 4 * kGigabyte}, {"sha256:b", kGigabyte}, {"sha256:a", 4 * kGigabyte}};
  EXPECT_THAT(contributing(p.incident()), Contains("image.duplicate_layers"));
  image.layers = {
      {"sha256:a", 4 * kGigabyte}, {"sha256:b", kGigabyte}, {"sha256:empty", 32}, {"sha256:empty", 32}};
  EXPECT_THAT(contributing(p.incident()), Not(Contains("image.duplicate_layers")));
}

TEST(ImageFamily, UnknownSizeIsSaidToBeMissing) {
  Pulling p(kTimeout);
  const Diagnosis d = p.w.diagnose();
  EXPECT_THAT(d.missing,
              Contains(testing::Field(&MissingEvidence::evidence, HasSubstr("size of the image"))));
}

TEST(ImageFamily, ImageThatOnlyTheDefinitionNamesIsMeasured) {
  Pulling p(kLayerTimeout);
  p.image("1", 30 * kGigabyte, "01:00:00");
  p.task->ephemeral_storage_gib = 200;
  p.w.definition().containers.front().image = p.task->containers.front().image;
  p.w.definition().containers.front().name = p.task->containers.front().name;
  p.task->containers.front().image.clear();
  EXPECT_TRUE(shows(incident_of(p.w.diagnose(), kFamily), "image.is_huge"));
}

}  // namespace
}  // namespace doctor::diagnose
