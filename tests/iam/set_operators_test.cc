// "Single-valued vs. multivalued context keys", "IAM JSON policy elements: Condition operators" (…IfExists),
// and docs/facts/iam.md for the two together.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "iam/case.h"

namespace doctor::iam {
namespace {

// What a request without aws:TagKeys gets from an Allow under this operator.
Outcome without_tag_keys(const std::string& op) {
  const std::string text =
      R"({"name": "one", "request": {"action": "sqs:SendMessage", "resource": "arn:aws:sqs:eu-west-1:111122223333:orders",)"
      R"( "resource_account": "111122223333", "principal": "arn:aws:iam::111122223333:user/alice",)"
      R"( "context": {"aws:TagKeys": null}}, "identity_policies": [{"Version": "2012-10-17", "Statement": [)"
      R"({"Effect": "Allow", "Action": "sqs:*", "Resource": "*", "Condition": {")" +
      op + R"(": {"aws:TagKeys": "team"}}}]}]})";
  CaseReader reader(text, "test");
  auto item = reader.next();
  EXPECT_TRUE(item.has_value());
  if (!item) return Outcome::depends;
  return Compiled::compile(std::move(item->policies)).evaluate(item->request).outcome;
}

TEST(SetOperators, ForAnyValueNeedsAValueAlsoWithIfExists) {
  EXPECT_EQ(without_tag_keys("ForAnyValue:StringEquals"), Outcome::implicit_deny);
  EXPECT_EQ(without_tag_keys("ForAnyValue:StringEqualsIfExists"), Outcome::implicit_deny);
  EXPECT_EQ(without_tag_keys("ForAnyValue:StringNotEqualsIfExists"), Outcome::implicit_deny);
}

TEST(SetOperators, ForAllValuesHoldsWithoutValues) {
  EXPECT_EQ(without_tag_keys("ForAllValues:StringEquals"), Outcome::allowed);
  EXPECT_EQ(without_tag_keys("ForAllValues:StringEqualsIfExists"), Outcome::allowed);
}

TEST(SetOperators, IfExistsAloneHoldsWithoutValue) {
  EXPECT_EQ(without_tag_keys("StringEquals"), Outcome::implicit_deny);
  EXPECT_EQ(without_tag_keys("StringEqualsIfExists"), Outcome::allowed);
}

}  // namespace
}  // namespace doctor::iam
