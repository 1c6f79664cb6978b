// What holds for all policies: made of few actions, resources and keys, so that they meet.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "iam/case.h"

namespace doctor::iam::test {
namespace {

std::string one_of(std::initializer_list<std::string> choices) {
  return *rc::gen::elementOf(std::vector<std::string>(choices));
}

std::string any_statement(const std::string& effect) {
  return "{\"Effect\":\"" + effect + "\",\"" + one_of({"Action", "NotAction"}) + "\":\"" +
         one_of({"*", "s3:*", "s3:Get*", "s3:GetObject", "ec2:*"}) + "\",\"Resource\":\"" +
         one_of({"*", "arn:aws:s3:::b/*", "arn:aws:s3:::b/k", "arn:aws:s3:::c"}) + "\"" +
         one_of({"", "", ",\"Condition\":{\"StringEquals\":{\"a:x\":\"1\"}}",
                 ",\"Condition\":{\"StringNotEquals\":{\"a:x\":\"1\"}}",
                 ",\"Condition\":{\"Null\":{\"a:y\":\"true\"}}"}) +
         "}";
}

Policy any_policy(const std::string& more = "") {
  std::string statements = more;
  const int count = *rc::gen::inRange(1, 4);
  for (int i = 0; i < count; ++i)
    statements += (statements.empty() ? "" : ",") + any_statement(one_of({"Allow", "Allow", "Deny"}));
  auto policy = parse_policy("{\"Version\":\"2012-10-17\",\"Statement\":[" + statements + "]}", "p",
                             PolicyKind::identity);
  RC_ASSERT(policy.has_value());
  return *policy;
}

Policy policy_with(const std::string& statement) {
  return *parse_policy("{\"Statement\":[" + statement + "]}", "p", PolicyKind::identity);
}

PolicySet any_set() {
  PolicySet set;
  set.identity = std::vector<Policy>{any_policy(), any_policy()};
  if (*rc::gen::arbitrary<bool>()) set.boundaries = std::vector<Policy>{any_policy()};
  if (*rc::gen::arbitrary<bool>()) set.sessions = std::vector<Policy>{any_policy()};
  if (*rc::gen::arbitrary<bool>())
    set.scps = std::vector<std::vector<Policy>>{{any_policy()}, {any_policy(), any_policy()}};
  return set;
}

Request any_request() {
  Request request;
  request.action = one_of({"s3:GetObject", "s3:PutObject", "ec2:RunInstances"});
  request.resource = one_of({"arn:aws:s3:::b/k", "arn:aws:s3:::c"});
  request.principal = *principal_of("arn:aws:iam::111122223333:role/task");
  const std::string x = one_of({"1", "2", "absent", "unknown"});
  if (x == "absent") request.context.set_absent("a:x");
  if (x == "1" || x == "2") request.context.set("a:x", {x});
  if (*rc::gen::arbitrary<bool>()) request.context.set_absent("a:y");
  return *complete_request(request);
}

Outcome outcome(PolicySet set, const Request& request) {
  return Compiled::compile(std::move(set)).evaluate(request).outcome;
}

RC_GTEST_PROP(Properties, AnExplicitDenyAlwaysWins, ()) {
  PolicySet set = any_set();
  const Policy deny = policy_with("{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\"}");
  if (*rc::gen::arbitrary<bool>() && set.boundaries)
    set.boundaries->push_back(deny);
  else
    set.identity->push_back(deny);
  RC_ASSERT(outcome(std::move(set), any_request()) == Outcome::explicit_deny);
}

RC_GTEST_PROP(Properties, AddingADenyNeverAllows, ()) {
  PolicySet set = any_set();
  const Request request = any_request();
  const Outcome before = outcome(set, request);
  set.identity->push_back(policy_with(any_statement("Deny")));
  const Outcome after = outcome(std::move(set), request);
  RC_ASSERT(after != Outcome::allowed || before == Outcome::allowed);
  RC_ASSERT(after != Outcome::depends || before == Outcome::allowed || before == Outcome::depends);
}

RC_GTEST_PROP(Properties, AnAllowInAnIdentityPolicyNeverOverridesABoundary, ()) {
  PolicySet set = any_set();
  const Request request = any_request();
  set.boundaries = std::vector<Policy>{any_policy()};
  PolicySet boundary_alone;
  boundary_alone.identity = set.boundaries;
  set.identity->push_back(policy_with("{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}"));
  if (outcome(std::move(set), request) == Outcome::allowed)
    RC_ASSERT(outcome(std::move(boundary_alone), request) == Outcome::allowed);
}

RC_GTEST_PROP(Properties, ADecidedAnswerStaysWhateverTheUnknownKeysAre, ()) {
  const PolicySet set = any_set();
  Request request = any_request();
  const Outcome before = outcome(set, request);
  RC_PRE(before != Outcome::depends);
  for (const char* key : {"a:x", "a:y"}) {
    if (request.context.knows(key)) continue;
    const std::string value = one_of({"1", "2", "3", "absent"});
    if (value == "absent")
      request.context.set_absent(key);
    else
      request.context.set(key, {value});
  }
  const Outcome after = outcome(set, request);
  RC_ASSERT((after == Outcome::allowed) == (before == Outcome::allowed));
}

RC_GTEST_PROP(Properties, AnyTextIsAPolicyOrAnErrorWithItsPlace, (const std::string& noise)) {
  const std::string whole =
      R"({"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}}})";
  const auto at = static_cast<std::size_t>(*rc::gen::inRange(0, static_cast<int>(whole.size())));
  const auto policy = parse_policy(whole.substr(0, at) + noise + whole.substr(at), "p", PolicyKind::any);
  if (!policy) RC_ASSERT(policy.error().sentence.rfind("p:", 0) == 0u);
}

}  // namespace
}  // namespace doctor::iam::test
