#include "aws/pages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <nlohmann/json.hpp>

#include "aws/batches.h"

namespace doctor::aws {
namespace {

using core::ErrorKind;
using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;

Pages started(std::string_view service, std::string_view operation, std::string_view input) {
  auto pages = Pages::start(*find_operation(service, operation), input);
  EXPECT_TRUE(pages);
  return std::move(*pages);
}

std::string only_input(Pages& pages) {
  const auto requests = pages.take();
  return requests.size() == 1 ? requests.front().input : std::to_string(requests.size()) + " requests";
}

TEST(Pages, FollowTokensToTheEndAndMergeLists) {
  auto pages = started("ecs", "ListTasks", R"({"cluster":"c"})");
  EXPECT_EQ(only_input(pages), R"({"cluster":"c","maxResults":100})");
  EXPECT_FALSE(pages.done());
  EXPECT_TRUE(pages.take().empty());
  ASSERT_TRUE(pages.absorb(0, R"({"taskArns":["a","b"],"nextToken":"t1"})"));
  EXPECT_EQ(only_input(pages), R"({"cluster":"c","maxResults":100,"nextToken":"t1"})");
  ASSERT_TRUE(pages.absorb(0, R"({"taskArns":[],"nextToken":"t\"2"})"));
  EXPECT_EQ(only_input(pages), R"({"cluster":"c","maxResults":100,"nextToken":"t\"2"})");
  ASSERT_TRUE(pages.absorb(0, R"({"taskArns":["c"]})"));
  EXPECT_TRUE(pages.done());
  EXPECT_EQ(pages.merged(), R"({"taskArns":["a","b","c"]})");
}

TEST(Pages, SinglePageIsPassedOnByteForByte) {
  auto pages = started("ecs", "ListTasks", "");
  EXPECT_EQ(only_input(pages), R"({"maxResults":100})");
  const std::string page = "{ \"taskArns\": [ ] }";
  ASSERT_TRUE(pages.absorb(0, page));
  EXPECT_TRUE(pages.done());
  EXPECT_EQ(pages.merged(), page);
}

TEST(Pages, EmptyOrNullTokenIsTheEnd) {
  for (const char* token : {"\"\"", "null"}) {
    auto pages = started("resourcegroupstaggingapi", "GetResources", "{}");
    pages.take();
    ASSERT_TRUE(
        pages.absorb(0, std::string(R"({"PaginationToken":)") + token + R"(,"ResourceTagMappingList":[1]})"));
    EXPECT_TRUE(pages.done());
    EXPECT_EQ(pages.merged(), R"({"ResourceTagMappingList":[1]})");
  }
}

TEST(Pages, IamSaysWhetherMoreFollows) {
  auto pages = started("iam", "ListRoles", "{}");
  EXPECT_EQ(only_input(pages), R"({"MaxItems":1000})");
  ASSERT_TRUE(pages.absorb(0, R"({"Roles":[1],"IsTruncated":true,"Marker":"m"})"));
  EXPECT_EQ(only_input(pages), R"({"MaxItems":1000,"Marker":"m"})");
  ASSERT_TRUE(pages.absorb(0, R"({"Roles":[2],"IsTruncated":false,"Marker":"m"})"));
  EXPECT_TRUE(pages.done());
  EXPECT_EQ(pages.merged(), R"({"Roles":[1,2]})");
}

TEST(Pages, FirstPageGivesWhatIsNoList) {
  auto pages = started("cloudtrail", "LookupEvents", "{}");
  pages.take();
  ASSERT_TRUE(pages.absorb(0, R"({"Other":{"a":1},"NextToken":"t"})"));
  pages.take();
  ASSERT_TRUE(pages.absorb(0, R"({"Other":2,"Events":[7]})"));
  EXPECT_EQ(pages.merged(), R"({"Other":{"a":1},"Events":[7]})");
}

TEST(Pages, InputWithATokenOrASizeAsksForOnePage) {
  for (const char* input : {R"({"maxResults":5})", R"({"nextToken":"t"})"}) {
    auto pages = started("ecs", "ListTasks", input);
    EXPECT_EQ(only_input(pages), input);
    ASSERT_TRUE(pages.absorb(0, R"({"taskArns":["a"],"nextToken":"more"})"));
    EXPECT_TRUE(pages.done());
    EXPECT_EQ(pages.merged(), R"({"taskArns":["a"],"nextToken":"more"})");
  }
}

TEST(Pages, NoPageSizeBesideAListOfIds) {
  auto ids = started("ec2", "DescribeNetworkInterfaces", R"({"NetworkInterfaceIds":["eni-1"]})");
  EXPECT_EQ(only_input(ids), R"({"NetworkInterfaceIds":["eni-1"]})");
  auto names = started("elbv2", "DescribeTargetGroups", R"({"Names":["n"]})");
  EXPECT_EQ(only_input(names), R"({"Names":["n"]})");
  auto filters = started("ec2", "DescribeNetworkInterfaces", R"({"Filters":[]})");
  EXPECT_EQ(only_input(filters), R"({"Filters":[],"MaxResults":1000})");
}

TEST(Pages, ATokenThatComesBackEndsTheCall) {
  auto pages = started("logs", "FilterLogEvents", R"({"logGroupName":"g"})");
  for (const char* token : {"a", "b"}) {
    pages.take();
    ASSERT_TRUE(pages.absorb(0, std::string(R"({"events":[],"nextToken":")") + token + "\"}"));
  }
  pages.take();
  const auto again = pages.absorb(0, R"({"events":[],"nextToken":"a"})");
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().kind, ErrorKind::unreachable);
  EXPECT_THAT(again.error().sentence, HasSubstr("page 3 hands out a nextToken that was already used"));
  EXPECT_TRUE(pages.take().empty());
}

TEST(Pages, APageOfAnotherFormEndsTheCall) {
  for (const char* page : {"[]", "{", R"({"taskArns":{}})", R"({"taskArns":[],"nextToken":7})"}) {
    auto pages = started("ecs", "ListTasks", "{}");
    pages.take();
    EXPECT_FALSE(pages.absorb(0, page)) << page;
  }
  auto pages = started("ecs", "ListTasks", "{}");
  EXPECT_EQ(pages.absorb(0, "{}").error().kind, ErrorKind::internal) << "nothing was asked yet";
  EXPECT_EQ(pages.absorb(3, "{}").error().kind, ErrorKind::internal);
}

TEST(Pages, BatchesGoOutTogetherAndComeBackInOrder) {
  json input = {{"cluster", "c"}, {"services", json::array()}};
  for (int i = 0; i < 25; ++i) input["services"].push_back("s" + std::to_string(i));
  auto pages = started("ecs", "DescribeServices", input.dump());
  const auto requests = pages.take();
  ASSERT_EQ(requests.size(), 3U);
  for (auto request = requests.rbegin(); request != requests.rend(); ++request) {
    const json asked = json::parse(request->input);
    EXPECT_EQ(asked["cluster"], "c");
    EXPECT_FALSE(asked.contains("maxResults"));
    ASSERT_TRUE(
        pages.absorb(request->id, json{{"services", asked["services"]}, {"failures", {request->id}}}.dump()));
  }
  EXPECT_TRUE(pages.done());
  const json merged = json::parse(pages.merged());
  EXPECT_EQ(merged["services"], input["services"]);
  EXPECT_EQ(merged["failures"], json({0, 1, 2}));
}

TEST(Pages, ABatchMayHavePagesOfItsOwn) {
  json input = {{"LoadBalancerArns", json::array()}};
  for (int i = 0; i < 21; ++i) input["LoadBalancerArns"].push_back(i);
  auto pages = started("elbv2", "DescribeLoadBalancers", input.dump());
  EXPECT_EQ(pages.take().size(), 2U);
  ASSERT_TRUE(pages.absorb(1, R"({"LoadBalancers":["z"]})"));
  ASSERT_TRUE(pages.absorb(0, R"({"LoadBalancers":["a"],"NextMarker":"m"})"));
  const auto next = pages.take();
  ASSERT_EQ(next.size(), 1U);
  EXPECT_EQ(next.front().id, 0);
  EXPECT_EQ(json::parse(next.front().input)["Marker"], "m");
  ASSERT_TRUE(pages.absorb(0, R"({"LoadBalancers":["b"]})"));
  EXPECT_EQ(pages.merged(), R"({"LoadBalancers":["a","b","z"]})");
}

TEST(Batches, NestedListIsSplitInItsPlace) {
  json input = {{"filter", {{"eventArns", json::array()}, {"entityArns", {"e"}}}}, {"locale", "en"}};
  for (int i = 0; i < 11; ++i) input["filter"]["eventArns"].push_back(i);
  const auto batches = batches_of(*find_operation("health", "DescribeAffectedEntities"), input.dump());
  ASSERT_TRUE(batches);
  ASSERT_EQ(batches->size(), 2U);
  const json second = json::parse(batches->at(1));
  EXPECT_EQ(second["filter"]["eventArns"], json({10}));
  EXPECT_EQ(second["filter"]["entityArns"], json({"e"}));
  EXPECT_EQ(second["locale"], "en");
}

TEST(Batches, WhatFitsStaysOneAndNoInputIsOneToo) {
  const OperationModel& tasks = *find_operation("ecs", "DescribeTasks");
  EXPECT_THAT(*batches_of(tasks, ""), ElementsAre("{}"));
  EXPECT_THAT(*batches_of(tasks, R"({"tasks" : ["a"]})"), ElementsAre(R"({"tasks":["a"]})"));
  EXPECT_THAT(*batches_of(tasks, R"({"tasks":7})"), ElementsAre(R"({"tasks":7})"));
  EXPECT_EQ(batches_of(tasks, "[]").error().kind, ErrorKind::bad_input);
}

RC_GTEST_PROP(Pages, NothingIsLostOrTwiceWhateverTheSizes, ()) {
  const auto total = *rc::gen::inRange(0, 450);
  json input = {{"tasks", json::array()}};
  for (int i = 0; i < total; ++i) input["tasks"].push_back(i);
  auto pages = Pages::start(*find_operation("ecs", "DescribeTasks"), input.dump());
  RC_ASSERT(pages.has_value());
  auto requests = pages->take();
  RC_ASSERT(requests.size() == static_cast<std::size_t>(std::max(1, (total + 99) / 100)));
  if (*rc::gen::arbitrary<bool>()) std::reverse(requests.begin(), requests.end());
  for (const auto& request : requests) {
    RC_ASSERT(
        pages->absorb(request.id, json{{"tasks", json::parse(request.input)["tasks"]}}.dump()).has_value());
  }
  RC_ASSERT(pages->done());
  RC_ASSERT(json::parse(pages->merged())["tasks"] == input["tasks"]);
}

RC_GTEST_PROP(Pages, AnyPageEndsInAnAnswerOrAnError, (const std::string& page)) {
  auto pages = Pages::start(*find_operation("ecs", "ListTasks"), "{}");
  pages->take();
  if (pages->absorb(0, page) && pages->done()) RC_ASSERT(json::accept(pages->merged()));
}

}  // namespace
}  // namespace doctor::aws
