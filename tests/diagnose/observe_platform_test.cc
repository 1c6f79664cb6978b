#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "diagnose/case_support.h"

namespace doctor::diagnose {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

constexpr std::string_view kFamily = "FargatePlatformVersionUnsupported";

World refused(std::string_view code, std::string_view reason, std::string_view version = "LATEST") {
  World w;
  w.service().platform_version = version;
  w.failure("UpdateService", code, reason, "03:00:00").resource_arn = service_arn();
  return w;
}

World incompatible(std::string_view version) {
  return refused(
      "PlatformTaskDefinitionIncompatibilityException",
      "The specified platform version does not satisfy the task definition's required capabilities.",
      version);
}

TEST(PlatformFamily, UnknownVersion) {
  const World w =
      refused("PlatformUnknownException", "The specified platform version does not exist.", "1.5.0");
  const Incident i = incident_of(w.diagnose(), kFamily);
  EXPECT_EQ(top(i), "platform.unknown_version");
  EXPECT_THAT(contributing(i), Contains("platform.pinned_version"));
  EXPECT_THAT(detail(i, "platform_latest"), HasSubstr("1.5.0 -> LATEST"));
}

TEST(PlatformFamily, RetiredVersionGivesTheSameError) {
  const World w =
      refused("PlatformUnknownException", "The specified platform version does not exist.", "1.2.0");
  EXPECT_EQ(top(incident_of(w.diagnose(), kFamily)), "platform.retired");
}

TEST(PlatformFamily, FeatureNeedsNewerVersion) {
  World w = incompatible("1.3.0");
  w.definition().ephemeral_storage_gib = 50;
  const Incident i = incident_of(w.diagnose(), kFamily);
  EXPECT_EQ(top(i), "platform.feature_needs_newer");
  EXPECT_THAT(detail(i, "platform_latest"), HasSubstr("ephemeralStorage of 50 GiB"));
}

TEST(PlatformFamily, ArmOnAnOldVersion) {
  World w = incompatible("1.3.0");
  w.definition().cpu_architecture = "ARM64";
  EXPECT_EQ(top(incident_of(w.diagnose(), kFamily)), "platform.os_or_architecture");
}

TEST(PlatformFamily, WindowsOnSpot) {
  World w = refused("UnsupportedFeatureException", "The requested feature is not supported.");
  w.definition().operating_system_family = "WINDOWS_SERVER_2022_CORE";
  w.definition().cpu = "1024";
  w.definition().memory = "2048";
  EXPECT_EQ(top(incident_of(w.diagnose(), kFamily)), "platform.os_or_architecture");
}

TEST(PlatformFamily, CpuMemoryPairThatFargateDoesNotOffer) {
  World w =
      refused("ClientException", "No Fargate configuration exists for given values: 512 CPU, 512 memory.");
  w.definition().cpu = "512";
  w.definition().memory = "512";
  const Incident i = incident_of(w.diagnose(), kFamily);
  EXPECT_EQ(top(i), "platform.cpu_memory_combination");
  EXPECT_EQ(detail(i, "valid_task_size"), "512 CPU units with 512 MiB -> 512 CPU units with 1024 MiB");
}

TEST(PlatformFamily, VersionOfTheRefusedCallCountsNotTheServices) {
  World w = refused("PlatformUnknownException", "The specified platform version does not exist.", "1.4.0");
  facts::TrailEvent& event =
      w.call("UpdateService", "03:00:00", R"({"cluster":"prod","service":"web","platformVersion":"1.2.0"})");
  event.error_code = "PlatformUnknownException";
  w.place().call_failures.front().origin = event.origin;
  EXPECT_EQ(top(incident_of(w.diagnose(), kFamily)), "platform.retired");
}

TEST(PlatformContributing, PinnedVersionOnlyWherePinned) {
  EXPECT_THAT(contributing(incident_of(incompatible("LATEST").diagnose(), kFamily)),
              Not(Contains("platform.pinned_version")));
  EXPECT_THAT(contributing(incident_of(incompatible("1.3.0").diagnose(), kFamily)),
              Contains("platform.pinned_version"));
}

TEST(PlatformContributing, ChangedTaskDefinition) {
  World w = incompatible("1.3.0");
  EXPECT_THAT(contributing(incident_of(w.diagnose(), kFamily)),
              Not(Contains("platform.changed_task_definition")));
  w.definition("web:11").registered_at = at("00:30:00");
  w.definition().ephemeral_storage_gib = 50;
  w.definition().registered_at = at("02:55:00");
  const Incident i = incident_of(w.diagnose(), kFamily);
  EXPECT_THAT(contributing(i), Contains("platform.changed_task_definition"));
  EXPECT_TRUE(shows(i, "change.ephemeral_storage"));
  w.definition().registered_at = at("03:10:00");
  EXPECT_THAT(contributing(incident_of(w.diagnose(), kFamily)),
              Not(Contains("platform.changed_task_definition")));
}

}  // namespace
}  // namespace doctor::diagnose
