#include "aws/endpoint.h"

#include <gtest/gtest.h>

#include "aws/operations.h"
#include "aws/world_support.h"

namespace doctor::aws {
namespace {

struct EndpointTest : testing::Test {
  World world;

  core::Result<Endpoint> endpoint(std::string_view service, std::string_view region,
                                  std::string_view flag = {}) {
    auto config = load_config(world.environment(), {});
    EXPECT_TRUE(config) << to_line(config.error());
    return endpoint_for(endpoint_service(*find_service(service)), region, *config, flag);
  }
  std::string url(std::string_view service, std::string_view region, std::string_view flag = {}) {
    const auto found = endpoint(service, region, flag);
    return found ? found->url : to_line(found.error());
  }
};

TEST_F(EndpointTest, RegionalServicesHaveAHostInEachRegionOfEachPartition) {
  EXPECT_EQ(url("ecs", "eu-west-1"), "https://ecs.eu-west-1.amazonaws.com");
  EXPECT_EQ(url("elbv2", "us-gov-west-1"), "https://elasticloadbalancing.us-gov-west-1.amazonaws.com");
  EXPECT_EQ(url("cloudwatch", "cn-north-1"), "https://monitoring.cn-north-1.amazonaws.com.cn");
  EXPECT_EQ(url("sts", "us-iso-east-1"), "https://sts.us-iso-east-1.c2s.ic.gov");
  EXPECT_EQ(url("ec2", "us-isob-east-1"), "https://ec2.us-isob-east-1.sc2s.sgov.gov");
  EXPECT_EQ(url("ecs", "eusc-de-east-1"), "https://ecs.eusc-de-east-1.amazonaws.eu");
}

TEST_F(EndpointTest, GlobalServicesHaveOneHostAndAreSignedForItsRegion) {
  EXPECT_EQ(url("iam", "eu-west-1"), "https://iam.amazonaws.com");
  EXPECT_EQ(endpoint("iam", "eu-west-1")->signing_region, "us-east-1");
  EXPECT_EQ(url("iam", "cn-northwest-1"), "https://iam.cn-north-1.amazonaws.com.cn");
  EXPECT_EQ(endpoint("iam", "us-gov-east-1")->signing_region, "us-gov-west-1");
  EXPECT_EQ(url("organizations", ""), "https://organizations.us-east-1.amazonaws.com");
  EXPECT_EQ(url("health", "ap-southeast-2"), "https://health.us-east-1.amazonaws.com");
  EXPECT_EQ(endpoint("health", "ap-southeast-2")->signing_region, "us-east-1");
}

TEST_F(EndpointTest, StsIsRegional) {
  EXPECT_EQ(url("sts", "eu-west-1"), "https://sts.eu-west-1.amazonaws.com");
}

TEST_F(EndpointTest, TakesTheMoreSpecificSetting) {
  world.config(
      "[default]\nservices = local\nendpoint_url = http://profile\n[services local]\necs =\n  endpoint_url = "
      "http://services\n");
  EXPECT_EQ(url("ecs", "eu-west-1"), "http://services");
  EXPECT_EQ(url("ec2", "eu-west-1"), "http://profile");
  world.set("AWS_ENDPOINT_URL", "http://all/");
  EXPECT_EQ(url("ecs", "eu-west-1"), "http://all");
  world.set("AWS_ENDPOINT_URL_ECS", "http://ecs:8080/base/");
  EXPECT_EQ(url("ecs", "eu-west-1"), "http://ecs:8080/base");
  EXPECT_EQ(endpoint("ecs", "eu-west-1")->configured_by, "AWS_ENDPOINT_URL_ECS");
  EXPECT_EQ(url("ecs", "eu-west-1", "http://flag"), "http://flag");
}

TEST_F(EndpointTest, IgnoresConfiguredUrlsWhereToldTo) {
  world.config("[default]\nendpoint_url = http://profile\n");
  world.set("AWS_ENDPOINT_URL", "http://all");
  world.set("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true");
  EXPECT_EQ(url("ecs", "eu-west-1"), "https://ecs.eu-west-1.amazonaws.com");
  EXPECT_EQ(url("ecs", "eu-west-1", "http://flag"), "http://flag");
}

TEST_F(EndpointTest, RefusesARegionOfAWrongForm) {
  const auto refused = endpoint("ecs", "eu-west-1; rm");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, core::ErrorKind::usage);
  EXPECT_EQ(refused.error().sentence, "'eu-west-1; rm' (region of the call) is no region name");
  EXPECT_FALSE(endpoint("ecs", "Ireland"));
  EXPECT_EQ(endpoint("ecs", "").error().sentence, "no region for ecs");
}

TEST_F(EndpointTest, RefusesWhatIsNoEndpointUrl) {
  for (const std::string_view wrong :
       {"127.0.0.1:4566", "ftp://x", "http://", "http://:80", "http://a b", "http://a/?x=1"}) {
    const auto refused = endpoint("ecs", "eu-west-1", wrong);
    ASSERT_FALSE(refused) << wrong;
    EXPECT_EQ(refused.error().kind, core::ErrorKind::usage);
  }
}

TEST_F(EndpointTest, DoesNotShowAPasswordInAUrl) {
  const auto refused = endpoint("ecs", "eu-west-1", "http://me:hunter2@host");
  ASSERT_FALSE(refused);
  EXPECT_EQ(to_line(refused.error()).find("hunter2"), std::string::npos);
}

}  // namespace
}  // namespace doctor::aws
