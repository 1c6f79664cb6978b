#include "diagnose/selection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "diagnose/case_support.h"

namespace doctor::diagnose {
namespace {

using core::ErrorKind;
using testing::HasSubstr;

World two_services() {
  World w;
  w.spot_stop("a1", "eu-west-1a", "03:00:00");
  w.spot_stop("x1", "eu-west-1a", "03:00:00", "api");
  w.service("api");
  return w;
}

facts::Scope scope_of(std::string cluster, std::string service, std::string task = "") {
  facts::Scope scope;
  scope.cluster = std::move(cluster);
  scope.service = std::move(service);
  scope.task = std::move(task);
  return scope;
}

TEST(Selection, NamesAndArnsSelectTheSame) {
  const World w = two_services();
  for (const facts::Scope& scope :
       {scope_of("prod", "web"), scope_of(cluster_arn(), service_arn()), scope_of("", service_arn()),
        scope_of("", "", task_arn("a1")), scope_of("prod", "", "a1")}) {
    const Diagnosis d = w.diagnose(scope);
    ASSERT_EQ(d.incidents.size(), 1u);
    EXPECT_EQ(d.incidents.front().service, "web");
  }
}

TEST(Selection, NamesThatAreNotThereNameTheirNeighbours) {
  const World w = two_services();
  const auto d = diagnose(w.facts, scope_of("prod", "wbe"));
  ASSERT_FALSE(d);
  EXPECT_EQ(d.error().kind, ErrorKind::not_found);
  EXPECT_THAT(d.error().next, HasSubstr("web"));
  EXPECT_EQ(diagnose(w.facts, scope_of("staging", "")).error().kind, ErrorKind::not_found);
  EXPECT_EQ(diagnose(w.facts, scope_of("", "", "nosuch")).error().kind, ErrorKind::not_found);
}

TEST(Selection, ArnsThatAreNoneOrOfAnotherKindAreBadInput) {
  const World w = two_services();
  for (const facts::Scope& scope :
       {scope_of("arn:aws:ecs", ""), scope_of("arn:aws:s3:::bucket", ""), scope_of(service_arn(), ""),
        scope_of("", cluster_arn()),
        scope_of("", "", "arn:aws:ecs:eu-west-1:111122223333:service/prod/web")}) {
    const auto d = diagnose(w.facts, scope);
    ASSERT_FALSE(d);
    EXPECT_EQ(d.error().kind, ErrorKind::bad_input) << d.error().sentence;
  }
}

TEST(Selection, ArnOfAnotherRegionIsNotFound) {
  const World w = two_services();
  const auto d = diagnose(w.facts, scope_of("", "arn:aws:ecs:us-east-1:111122223333:service/prod/web"));
  ASSERT_FALSE(d);
  EXPECT_EQ(d.error().kind, ErrorKind::not_found);
  EXPECT_THAT(d.error().next, HasSubstr("eu-west-1"));
}

TEST(Selection, RegionsMustHaveTheirForm) {
  const World w = two_services();
  facts::Scope scope;
  scope.regions = {"mars"};
  EXPECT_EQ(diagnose(w.facts, scope).error().kind, ErrorKind::bad_input);
  scope.regions = {"us-west-2"};
  EXPECT_EQ(diagnose(w.facts, scope).error().kind, ErrorKind::not_found);
  scope.regions = {"eu-west-1"};
  EXPECT_EQ(w.diagnose(scope).incidents.size(), 2u);
}

TEST(Selection, SinceCountsFromTheNewestFactAndOnlyWhenGiven) {
  World w;
  w.spot_stop("a1", "eu-west-1a", "02:00:00");
  facts::Scope scope;
  scope.since = std::chrono::hours{1};
  EXPECT_EQ(w.diagnose(scope).incidents.size(), 1u);
  scope.since_given = true;
  EXPECT_EQ(w.diagnose(scope).incidents.size(), 0u);
}

}  // namespace
}  // namespace doctor::diagnose
