#include "core/arn.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace doctor::core {
namespace {

TEST(Arn, PartsOfATask) {
  const auto arn = Arn::parse("arn:aws:ecs:eu-west-1:111122223333:task/prod/0f9d");
  ASSERT_TRUE(arn);
  EXPECT_EQ(arn->service, "ecs");
  EXPECT_EQ(arn->account, "111122223333");
  EXPECT_EQ(arn->resource_type(), "task");
  EXPECT_EQ(arn->resource_id(), "0f9d");
  EXPECT_EQ(arn->text(), "arn:aws:ecs:eu-west-1:111122223333:task/prod/0f9d");
}

TEST(Arn, ResourceMayHoldColons) {
  const auto arn = Arn::parse("arn:aws:logs:eu-west-1:111122223333:log-group:/ecs/web:*");
  ASSERT_TRUE(arn);
  EXPECT_EQ(arn->resource, "log-group:/ecs/web:*");
}

TEST(Arn, NonsenseIsNamed) {
  for (const char* text :
       {"", "arn", "arn:aws:ecs", "urn:aws:ecs:eu-west-1:1:x", "arn:aws:ecs:eu-west-1:111122223333:"}) {
    const auto arn = Arn::parse(text);
    ASSERT_FALSE(arn) << text;
    EXPECT_EQ(arn.error().kind, ErrorKind::bad_input);
  }
}

TEST(Arn, RegionNamesByTheirForm) {
  for (const char* name :
       {"eu-west-1", "us-gov-east-1", "ap-southeast-2", "cn-north-1", "us-iso-east-1", "eusc-de-east-1"}) {
    EXPECT_TRUE(is_region_name(name)) << name;
  }
  for (const char* name :
       {"", "europe", "eu-west", "eu-west-1a", "EU-WEST-1", "mars-1", "eu--west-1", "eu-w3st-1"}) {
    EXPECT_FALSE(is_region_name(name)) << name;
  }
  EXPECT_EQ(region_of_zone("eu-west-1a"), "eu-west-1");
  EXPECT_EQ(region_of_zone("eu-west-1"), "");
}

TEST(Arn, ShortNames) {
  EXPECT_EQ(short_name("arn:aws:ecs:eu-west-1:111122223333:service/prod/web"), "web");
  EXPECT_EQ(short_name("web"), "web");
  EXPECT_EQ(family_revision("arn:aws:ecs:eu-west-1:111122223333:task-definition/web:7"), "web:7");
}

RC_GTEST_PROP(ArnProperty, ParsedTextIsTheSameText, (const std::string& text)) {
  const auto arn = Arn::parse("arn:aws:s:r:a:" + text + "x");
  RC_ASSERT(arn.has_value());
  RC_ASSERT(arn->text() == "arn:aws:s:r:a:" + text + "x");
}

}  // namespace
}  // namespace doctor::core
