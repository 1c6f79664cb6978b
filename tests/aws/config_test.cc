#include "aws/config.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "aws/world_support.h"

namespace doctor::aws {
namespace {

struct ConfigTest : testing::Test {
  World world;
  core::Result<Config> load(std::string_view profile = {}) {
    return load_config(world.environment(), profile);
  }
};

TEST_F(ConfigTest, WorksWithoutAnyFile) {
  const auto config = load();
  ASSERT_TRUE(config) << to_line(config.error());
  EXPECT_EQ(config->profile, "default");
  EXPECT_EQ(config->config_path, world.home() + "/.aws/config");
}

TEST_F(ConfigTest, MergesBothFilesAndLetsTheCredentialsFileWin) {
  world.config("[default]\nregion = a\n[profile dev]\nregion = eu-west-1\naws_access_key_id = OLD\n");
  world.credentials("[dev]\naws_access_key_id = NEW\n");
  const auto config = load("dev");
  ASSERT_TRUE(config) << to_line(config.error());
  EXPECT_EQ(config->setting("region"), "eu-west-1");
  EXPECT_EQ(config->setting("aws_access_key_id"), "NEW");
  EXPECT_TRUE(config->profile_is_explicit);
}

TEST_F(ConfigTest, ReadsTheFilesThatTheEnvironmentNames) {
  world.set("AWS_CONFIG_FILE", world.write("elsewhere/c", "[profile x]\nregion = eu-west-1\n"));
  world.write("elsewhere/k", "[x]\naws_access_key_id = K\n");
  world.set("AWS_SHARED_CREDENTIALS_FILE", "~/elsewhere/k");
  world.set("AWS_PROFILE", "x");
  const auto config = load();
  ASSERT_TRUE(config) << to_line(config.error());
  EXPECT_EQ(config->setting("aws_access_key_id"), "K");
  EXPECT_FALSE(config->profile_is_explicit);
}

TEST_F(ConfigTest, NamesTheProfilesThatExistWhereOneDoesNot) {
  world.config("[profile dev]\n[profile prod]\n");
  const auto config = load("prd");
  ASSERT_FALSE(config);
  EXPECT_EQ(config.error().kind, core::ErrorKind::usage);
  EXPECT_NE(config.error().sentence.find("profile 'prd' (--profile) is neither in"), std::string::npos);
  EXPECT_EQ(config.error().next, "name one of: dev, prod");
}

TEST_F(ConfigTest, RefusesAFolderInPlaceOfAFile) {
  std::filesystem::create_directories(world.home() + "/.aws/config");
  const auto config = load();
  ASSERT_FALSE(config);
  EXPECT_EQ(config.error().kind, core::ErrorKind::usage);
}

TEST_F(ConfigTest, TakesTheRegionFromFlagThenEnvironmentThenProfile) {
  world.config("[default]\nregion = eu-west-3\n");
  const auto region = [&](std::string_view flag) { return *configured_region(*load(), flag); };
  EXPECT_EQ(region(""), "eu-west-3");
  world.set("AWS_DEFAULT_REGION", "eu-west-2");
  EXPECT_EQ(region(""), "eu-west-2");
  world.set("AWS_REGION", "eu-west-1");
  EXPECT_EQ(region(""), "eu-west-1");
  EXPECT_EQ(region("us-east-1"), "us-east-1");
}

TEST_F(ConfigTest, RefusesAMisspeltRegionAndSaysWhereItStands) {
  world.set("AWS_REGION", "eu_west_1");
  const auto region = configured_region(*load(), {});
  ASSERT_FALSE(region);
  EXPECT_EQ(region.error().sentence, "'eu_west_1' (AWS_REGION) is no region name");
}

}  // namespace
}  // namespace doctor::aws
