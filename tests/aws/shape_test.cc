#include "aws/shape.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "aws/shape_texts.h"

namespace doctor::aws {
namespace {

const ShapeRules kQuery{"ec2", "member", false};

TEST(Shape, EveryTextOfTheTableReads) {
  int shapes = 0;
  for (const OperationModel& operation : all_operations()) {
    if (!operation.input_shape.empty()) {
      EXPECT_NE(input_shape(operation), nullptr) << operation.service << " " << operation.name;
    }
    if (!operation.output_shape.empty()) {
      EXPECT_NE(output_shape(operation), nullptr) << operation.service << " " << operation.name;
      ++shapes;
    }
  }
  EXPECT_GT(shapes, 60);
}

TEST(Shape, MembersKnowBothTheirNames) {
  const Shape* subnets = output_shape(*find_operation("ec2", "DescribeSubnets"));
  ASSERT_NE(subnets, nullptr);
  const Member* list = subnets->member("Subnets");
  ASSERT_NE(list, nullptr);
  EXPECT_EQ(list->wire, "subnetSet");
  EXPECT_EQ(list, subnets->member_on_wire("subnetSet"));
  EXPECT_EQ(list->shape->item_name, "item");
  EXPECT_FALSE(list->shape->flattened);
  const Member* free = list->shape->item->member("AvailableIpAddressCount");
  ASSERT_NE(free, nullptr);
  EXPECT_EQ(free->wire, "availableIpAddressCount");
  EXPECT_EQ(free->shape->kind, Shape::Kind::integer);
  EXPECT_EQ(subnets->member("subnetSet"), nullptr);
}

TEST(Shape, ListsOfEc2RequestsAreFlattenedAndThoseOfQueryAreNot) {
  EXPECT_TRUE(input_shape(*find_operation("ec2", "DescribeSubnets"))->member("SubnetIds")->shape->flattened);
  const Shape* groups = input_shape(*find_operation("elbv2", "DescribeTargetGroups"));
  EXPECT_FALSE(groups->member("Names")->shape->flattened);
  EXPECT_EQ(groups->member("Names")->shape->item_name, "member");
}

TEST(Shape, EveryFormOfTheLanguageReads) {
  const auto shape =
      parse_shape("{A B:int C=c:[] D:[x=bool] E=e:*[{F:time}] G:<k v:double> H:*<Name Value> I=j}", kQuery);
  ASSERT_TRUE(shape) << shape.error().sentence;
  const Shape& s = **shape;
  EXPECT_EQ(s.members.size(), 8U);
  EXPECT_EQ(s.member("A")->shape->kind, Shape::Kind::text);
  EXPECT_EQ(s.member("B")->shape->kind, Shape::Kind::integer);
  EXPECT_EQ(s.member("C")->wire, "c");
  EXPECT_EQ(s.member("D")->shape->item_name, "x");
  EXPECT_EQ(s.member("D")->shape->item->kind, Shape::Kind::boolean);
  EXPECT_TRUE(s.member("E")->shape->flattened);
  EXPECT_EQ(s.member("E")->shape->item->member("F")->shape->kind, Shape::Kind::time);
  EXPECT_EQ(s.member("G")->shape->key_name, "k");
  EXPECT_EQ(s.member("G")->shape->item->kind, Shape::Kind::real);
  EXPECT_EQ(s.member("G")->shape->item_name, "entry");
  EXPECT_TRUE(s.member("H")->shape->flattened);
  EXPECT_EQ(s.member("H")->shape->value_name, "Value");
  EXPECT_EQ(s.member("I")->wire, "j");
}

TEST(Shape, ErrorsNameThePlace) {
  for (const char* text : {"{A", "{A:", "{A:what}", "[", "{A  B}", "<k>", "*", "*int", "{A}x", "{=a}", "{A=}",
                           "@None", "{A:@}", "[[[", "[a=b=int]"}) {
    const auto shape = parse_shape(text, kQuery);
    ASSERT_FALSE(shape) << text;
    EXPECT_NE(shape.error().sentence.find("at character "), std::string::npos) << shape.error().sentence;
  }
}

TEST(Shape, DeepNestingIsRefusedRatherThanFollowed) {
  EXPECT_FALSE(parse_shape(std::string(100000, '['), kQuery));
}

RC_GTEST_PROP(Shape, AnyTextEndsInAShapeOrAnError, ()) {
  const auto text = *rc::gen::container<std::string>(rc::gen::elementOf(std::string("{}[]<>*@=: ABint")));
  const auto shape = parse_shape(text, kQuery);
  RC_ASSERT(shape.has_value() || !shape.error().sentence.empty());
}

}  // namespace
}  // namespace doctor::aws
