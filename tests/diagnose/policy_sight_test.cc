#include "diagnose/policy_sight.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace doctor::diagnose {
namespace {

Grant seen(std::string_view statement, std::string_view action, std::string_view resource = "*") {
  return sight_of({{"p", "{\"Statement\":[" + std::string(statement) + "]}"}}, action, resource).grant;
}

TEST(PolicySight, ActionsAreMatchedByWildcardAndInAnyCase) {
  EXPECT_EQ(seen(R"({"Effect":"Allow","Action":"SSMMESSAGES:open*","Resource":"*"})",
                 "ssmmessages:OpenDataChannel"),
            Grant::allowed);
  EXPECT_EQ(seen(R"({"Effect":"Allow","Action":["s3:*"],"Resource":"*"})", "ssmmessages:OpenDataChannel"),
            Grant::absent);
}

TEST(PolicySight, ADenyOutweighsAnAllow) {
  EXPECT_EQ(
      seen(
          R"({"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"kms:*","Resource":"*"})",
          "kms:Decrypt"),
      Grant::denied);
}

TEST(PolicySight, WhatOnlyIamCanDecideDepends) {
  EXPECT_EQ(
      seen(
          R"({"Effect":"Allow","Action":"kms:Decrypt","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"true"}}})",
          "kms:Decrypt"),
      Grant::depends);
  EXPECT_EQ(seen(R"({"Effect":"Allow","NotAction":"s3:*","Resource":"*"})", "kms:Decrypt"), Grant::depends);
  EXPECT_EQ(seen(R"({"Effect":"Allow","NotAction":"kms:*","Resource":"*"})", "kms:Decrypt"), Grant::absent);
  EXPECT_EQ(sight_of({{"unreadable", ""}}, "kms:Decrypt").grant, Grant::depends);
}

TEST(PolicySight, ResourcesCount) {
  constexpr std::string_view kStatement =
      R"({"Effect":"Allow","Action":"kms:Decrypt","Resource":"arn:aws:kms:*:1:key/a"})";
  EXPECT_EQ(seen(kStatement, "kms:Decrypt", "arn:aws:kms:eu-west-1:1:key/a"), Grant::allowed);
  EXPECT_EQ(seen(kStatement, "kms:Decrypt", "arn:aws:kms:eu-west-1:1:key/b"), Grant::absent);
  EXPECT_EQ(seen(kStatement, "kms:Decrypt", "*"), Grant::absent);
}

TEST(PolicySight, OfSeveralActionsTheWorstStands) {
  const std::vector<NamedDocument> documents{
      {"p", R"({"Statement":{"Effect":"Allow","Action":"a:One","Resource":"*"}})"}};
  EXPECT_EQ(worst_of(documents, {"a:One"}).grant, Grant::allowed);
  EXPECT_EQ(worst_of(documents, {"a:One", "a:Two", "a:One"}).grant, Grant::absent);
  EXPECT_EQ(worst_of({}, {"a:One"}).grant, Grant::absent);
}

RC_GTEST_PROP(PolicySight, AnyDocumentIsReadOrDepends, (const std::string& text)) {
  for (const std::string& document :
       {text, "{\"Statement\":" + text + "}",
        "{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"" + text + "\"}]}"}) {
    const Grant grant = sight_of({{"p", document}}, "kms:Decrypt").grant;
    RC_ASSERT(grant == sight_of({{"p", document}}, "kms:Decrypt").grant);
  }
}

}  // namespace
}  // namespace doctor::diagnose
