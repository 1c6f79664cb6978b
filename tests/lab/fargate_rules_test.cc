#include "lab/fargate_rules.h"

#include "lab/fargate_capacity.h"

namespace doctor::lab {
namespace {

TEST(FargateRules, ReadsSizesAsTheDocumentationWritesThem) {
  EXPECT_EQ(cpu_units_of("256"), 256);
  EXPECT_EQ(cpu_units_of(".5 vCPU"), 512);
  EXPECT_EQ(cpu_units_of("1 vcpu"), 1024);
  EXPECT_EQ(memory_mib_of("2 GB"), 2048);
  EXPECT_EQ(memory_mib_of("0.5GB"), 512);
  EXPECT_FALSE(cpu_units_of("lots"));
  EXPECT_FALSE(memory_mib_of("-1"));
  EXPECT_FALSE(memory_mib_of(""));
}

TEST(FargateRules, KnowsEverySizeOfTheTable) {
  for (const auto& [cpu, memory] : {std::pair{256, 512},
                                    {256, 2048},
                                    {512, 4096},
                                    {1024, 8192},
                                    {2048, 16384},
                                    {4096, 30720},
                                    {8192, 61440},
                                    {16384, 122880}})
    EXPECT_TRUE(is_fargate_size(cpu, memory)) << cpu << "/" << memory;
  for (const auto& [cpu, memory] :
       {std::pair{256, 1536}, {256, 4096}, {512, 512}, {512, 8192}, {1024, 1024}, {8192, 17408}, {300, 1024}})
    EXPECT_FALSE(is_fargate_size(cpu, memory)) << cpu << "/" << memory;
}

TEST(FargateRules, GivesThePlatformVersionOrTheErrorOfAws) {
  EXPECT_EQ(platform_for("", {}).version, "1.4.0");
  EXPECT_EQ(platform_for("LATEST", {}).version, "1.4.0");
  EXPECT_EQ(platform_for("1.3.0", {}).version, "1.3.0");
  EXPECT_EQ(platform_for("LATEST", {.windows = true}).version, "1.0.0");
  EXPECT_EQ(platform_for("1.5.0", {}).code, "PlatformUnknownException");
  EXPECT_EQ(platform_for("1.3.0", {.ephemeral_storage = true}).code,
            "PlatformTaskDefinitionIncompatibilityException");
  EXPECT_EQ(platform_for("1.3.0", {.efs = true}).code, "PlatformTaskDefinitionIncompatibilityException");
  EXPECT_EQ(platform_for("1.3.0", {.arm64 = true}).code, "PlatformTaskDefinitionIncompatibilityException");
  EXPECT_EQ(platform_for("LATEST", {.windows = true, .spot = true}).code, "ClientException");
}

TEST(FargateCapacity, GrantsUpToTheQuotaOfItsOwnKind) {
  FargateCapacity capacity;
  const core::Timestamp now{};
  EXPECT_EQ(capacity.take("FARGATE", "a", 4096, 6, now), Placement::granted);
  EXPECT_EQ(capacity.take("FARGATE", "a", 4096, 6, now), Placement::quota);
  EXPECT_EQ(capacity.take("FARGATE_SPOT", "a", 4096, 6, now), Placement::granted);
  capacity.give_back("FARGATE", "a", 4096);
  EXPECT_EQ(capacity.take("FARGATE", "b", 4096, 6, now), Placement::granted);
}

TEST(FargateCapacity, IsGoneWhereItWasWithdrawn) {
  FargateCapacity capacity;
  capacity.limit("FARGATE_SPOT", "a", 0.0);
  EXPECT_TRUE(capacity.withdrawn("FARGATE_SPOT", "a"));
  EXPECT_EQ(capacity.take("FARGATE_SPOT", "a", 256, 100, {}), Placement::no_capacity);
  EXPECT_EQ(capacity.take("FARGATE_SPOT", "b", 256, 100, {}), Placement::granted);
  capacity.limit("FARGATE_SPOT", "a", std::nullopt);
  EXPECT_EQ(capacity.take("FARGATE_SPOT", "a", 256, 100, {}), Placement::granted);
}

TEST(FargateCapacity, LaunchesAHundredAtOnceAndTwentyASecond) {
  FargateCapacity capacity;
  const auto launched = [&](core::Timestamp now) {
    int n = 0;
    while (capacity.take("FARGATE", "a", 256, 1e9, now) == Placement::granted) ++n;
    return n;
  };
  const core::Timestamp start{std::chrono::hours{1}};
  EXPECT_EQ(launched(start), 100);
  EXPECT_EQ(launched(start + std::chrono::seconds{1}), 20);
  EXPECT_EQ(launched(start + std::chrono::hours{1}), 100);
}

}  // namespace
}  // namespace doctor::lab
