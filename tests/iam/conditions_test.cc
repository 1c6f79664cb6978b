// Every condition operator: positive, negative, missing key, several values. The rules are those of "IAM JSON
// policy elements: Condition operators" and "Conditions with multiple context keys or values" (IAM User
// Guide).
#include <gtest/gtest.h>

#include "iam/iam_support.h"

namespace doctor::iam::test {
namespace {

constexpr const char* kYes = "allowed";
constexpr const char* kNo = "implicit_deny";

struct OperatorCase {
  const char* op;
  const char* policy;    // values in the policy, as JSON
  const char* matching;  // a value of the request that satisfies the condition
  const char* other;     // one that does not
  const char* when_missing;
};

// The second value of each list is what `matching` hits, so that each row is a test of several values as
// well.
const OperatorCase kOperators[] = {
    {"StringEquals", "['a', 'Data']", "'Data'", "'data'", kNo},
    {"StringNotEquals", "['a', 'Data']", "'data'", "'Data'", kYes},
    {"StringEqualsIgnoreCase", "['a', 'Data']", "'dATA'", "'date'", kNo},
    {"StringNotEqualsIgnoreCase", "['a', 'Data']", "'date'", "'dATA'", kYes},
    {"StringLike", "['a', 'da*-?']", "'data-1'", "'data-12'", kNo},
    {"StringNotLike", "['a', 'da*-?']", "'data-12'", "'data-1'", kYes},
    {"NumericEquals", "['7', '10']", "'10.0'", "'11'", kNo},
    {"NumericNotEquals", "['7', '10']", "'11'", "'10.0'", kYes},
    {"NumericLessThan", "['-5', '10']", "'9.5'", "'10'", kNo},
    {"NumericLessThanEquals", "['-5', '10']", "'10'", "'10.5'", kNo},
    {"NumericGreaterThan", "['20', '10']", "'10.5'", "'10'", kNo},
    {"NumericGreaterThanEquals", "['20', '10']", "'10'", "'9'", kNo},
    {"DateEquals", "['2019-01-01T00:00:00Z', '2020-01-01T00:00:00Z']", "'1577836800'",
     "'2020-01-01T00:00:01Z'", kNo},
    {"DateNotEquals", "['2019-01-01T00:00:00Z', '2020-01-01T00:00:00Z']", "'2020-01-01T00:00:01Z'",
     "'1577836800'", kYes},
    {"DateLessThan", "['2019-01-01', '2020-01-01T00:00:00Z']", "'2019-12-31T23:59:59Z'",
     "'2020-01-01T00:00:00Z'", kNo},
    {"DateLessThanEquals", "['2019-01-01', '2020-01-01T00:00:00Z']", "'2020-01-01T00:00:00Z'",
     "'2020-01-01T00:00:01Z'", kNo},
    {"DateGreaterThan", "['2021-01-01', '2020-01-01T00:00:00Z']", "'2020-01-01T01:00:01+01:00'",
     "'2020-01-01T01:00:00+01:00'", kNo},
    {"DateGreaterThanEquals", "['2021-01-01', '2020-01-01T00:00:00Z']", "'2020-01-01T01:00:00+01:00'",
     "'2019-12-31T23:00:00Z'", kNo},
    {"Bool", "['true']", "'True'", "'false'", kNo},
    {"BinaryEquals", "['AAA=', 'QmluYXJ5']", "'QmluYXJ5'", "'QmluYXJ6'", kNo},
    {"IpAddress", "['10.0.0.0/8', '203.0.113.0/24', '2001:DB8:1234:5678::/64']", "'203.0.113.9'",
     "'203.0.114.9'", kNo},
    {"NotIpAddress", "['10.0.0.0/8', '203.0.113.0/24']", "'203.0.114.9'", "'203.0.113.9'", kYes},
    {"ArnEquals", "['arn:aws:sns:*:111122223333:a', 'arn:aws:sns:eu-west-1:111122223333:t-?']",
     "'arn:aws:sns:eu-west-1:111122223333:t-1'", "'arn:aws:sns:eu-west-2:111122223333:t-1'", kNo},
    {"ArnLike", "['arn:aws:sns:*:111122223333:a', 'arn:aws:sns:eu-west-1:111122223333:t-?']",
     "'arn:aws:sns:eu-west-1:111122223333:t-1'", "'arn:aws:sns:eu-west-2:111122223333:t-1'", kNo},
    {"ArnNotEquals", "['arn:aws:sns:*:111122223333:a', 'arn:aws:sns:eu-west-1:111122223333:t-?']",
     "'arn:aws:sns:eu-west-2:111122223333:t-1'", "'arn:aws:sns:eu-west-1:111122223333:t-1'", kYes},
    {"ArnNotLike", "['arn:aws:sns:*:111122223333:a', 'arn:aws:sns:eu-west-1:111122223333:t-?']",
     "'arn:aws:sns:eu-west-2:111122223333:t-1'", "'arn:aws:sns:eu-west-1:111122223333:t-1'", kYes},
};

class EveryOperator : public testing::TestWithParam<OperatorCase> {
 protected:
  std::string decide(const std::string& op, const std::string& context) const {
    return with_condition("{'" + op + "': {'svc:Key': " + GetParam().policy + "}}", context);
  }
  std::string op() const { return GetParam().op; }
  std::string matching() const { return GetParam().matching; }
  std::string other() const { return GetParam().other; }
  bool negated() const { return std::string(GetParam().when_missing) == kYes; }
};
INSTANTIATE_TEST_SUITE_P(Conditions, EveryOperator, testing::ValuesIn(kOperators),
                         [](const auto& info) { return info.param.op; });

TEST_P(EveryOperator, HoldsForAMatchingValue) {
  EXPECT_EQ(decide(op(), "'svc:Key': " + matching()), kYes);
}

TEST_P(EveryOperator, FailsForAnotherValue) {
  EXPECT_EQ(decide(op(), "'svc:Key': " + other()), kNo);
}

TEST_P(EveryOperator, ComparesKeysWithoutCase) {
  EXPECT_EQ(decide(op(), "'SVC:kEY': " + matching()), kYes);
}

TEST_P(EveryOperator, FollowsTheRuleForAMissingKey) {
  EXPECT_EQ(decide(op(), "'svc:Key': null"), GetParam().when_missing);
}

TEST_P(EveryOperator, DependsOnAKeyThatIsNotKnown) {
  EXPECT_EQ(decide(op(), ""), "depends");
}

TEST_P(EveryOperator, IfExistsHoldsForAMissingKeyAndComparesAPresentOne) {
  EXPECT_EQ(decide(op() + "IfExists", "'svc:Key': null"), kYes);
  EXPECT_EQ(decide(op() + "IfExists", "'svc:Key': " + matching()), kYes);
  EXPECT_EQ(decide(op() + "IfExists", "'svc:Key': " + other()), kNo);
}

TEST_P(EveryOperator, ForAllValuesNeedsEveryValueAndHoldsWithoutAny) {
  EXPECT_EQ(decide("ForAllValues:" + op(), "'svc:Key': [" + matching() + ", " + matching() + "]"), kYes);
  EXPECT_EQ(decide("ForAllValues:" + op(), "'svc:Key': [" + matching() + ", " + other() + "]"), kNo);
  EXPECT_EQ(decide("ForAllValues:" + op(), "'svc:Key': []"), kYes);
  EXPECT_EQ(decide("ForAllValues:" + op(), "'svc:Key': null"), kYes);
}

TEST_P(EveryOperator, ForAnyValueNeedsOneValueAndFailsWithoutAny) {
  EXPECT_EQ(decide("ForAnyValue:" + op(), "'svc:Key': [" + other() + ", " + matching() + "]"), kYes);
  EXPECT_EQ(decide("ForAnyValue:" + op(), "'svc:Key': [" + other() + ", " + other() + "]"), kNo);
  EXPECT_EQ(decide("ForAnyValue:" + op(), "'svc:Key': []"), kNo);
  EXPECT_EQ(decide("ForAnyValue:" + op(), "'svc:Key': null"), kNo);
}

TEST_P(EveryOperator, WithoutASetOperatorOneOfSeveralValuesMatchesAndNegatedNoneMay) {
  EXPECT_EQ(decide(op(), "'svc:Key': [" + matching() + ", " + other() + "]"), negated() ? kNo : kYes);
}

TEST(Null, TellsAbsentFromPresent) {
  EXPECT_EQ(with_condition("{'Null': {'aws:TokenIssueTime': 'true'}}", "'aws:TokenIssueTime': null"), kYes);
  EXPECT_EQ(with_condition("{'Null': {'aws:TokenIssueTime': true}}",
                           "'aws:TokenIssueTime': '2020-01-01T00:00:00Z'"),
            kNo);
  EXPECT_EQ(with_condition("{'Null': {'aws:TokenIssueTime': 'false'}}", "'aws:TokenIssueTime': null"), kNo);
  EXPECT_EQ(with_condition("{'Null': {'aws:TokenIssueTime': 'false'}}", "'aws:TokenIssueTime': 'x'"), kYes);
  EXPECT_EQ(with_condition("{'Null': {'aws:TokenIssueTime': 'false'}}", "'aws:TokenIssueTime': []"), kNo);
  EXPECT_EQ(with_condition("{'Null': {'aws:TokenIssueTime': 'false'}}", ""), "depends");
}

TEST(Conditions, AllOperatorsAndAllKeysMustHold) {
  const std::string condition = "{'StringEquals': {'a:x': '1', 'a:y': '2'}, 'Bool': {'a:z': 'true'}}";
  EXPECT_EQ(with_condition(condition, "'a:x': '1', 'a:y': '2', 'a:z': true"), kYes);
  EXPECT_EQ(with_condition(condition, "'a:x': '1', 'a:y': '3', 'a:z': true"), kNo);
  EXPECT_EQ(with_condition(condition, "'a:x': '1', 'a:y': '2', 'a:z': false"), kNo);
}

TEST(Conditions, AFalseOneDecidesWhateverTheUnknownKeyIs) {
  EXPECT_EQ(with_condition("{'StringEquals': {'a:x': '1', 'a:y': '2'}}", "'a:x': '3'"), kNo);
}

TEST(Conditions, AnUnknownKeyThatMakesNoDifferenceIsNotAskedFor) {
  EXPECT_EQ(with_condition("{'StringLikeIfExists': {'a:x': '*'}}", ""), kYes);
  EXPECT_EQ(with_condition("{'ForAllValues:StringLike': {'a:x': '*'}}", ""), kYes);
  EXPECT_EQ(with_condition("{'StringLike': {'a:x': '*'}}", ""), "depends");
  EXPECT_EQ(with_condition("{'StringEquals': {'a:x': []}}", ""), kNo);
}

// The example in "ARN condition operators": StringLike spans colons, ArnLike does not.
TEST(ArnLike, ChecksEachSegmentByItself) {
  const std::string value =
      "'k:Arn': 'arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/document.txt'";
  EXPECT_EQ(
      with_condition("{'StringLike': {'k:Arn': 'arn:aws:someservice:*:111122223333:finance/*'}}", value),
      kYes);
  EXPECT_EQ(with_condition("{'ArnLike': {'k:Arn': 'arn:aws:someservice:*:111122223333:finance/*'}}", value),
            kNo);
  EXPECT_EQ(with_condition("{'ArnLike': {'k:Arn': 'arn:aws:someservice:us-east-2:9*:store/*'}}", value),
            kYes);
}

TEST(IpAddress, TakesBareAddressesAndIPv6InAnyForm) {
  EXPECT_EQ(with_condition("{'IpAddress': {'aws:SourceIp': '203.0.113.7'}}", "'aws:SourceIp': '203.0.113.7'"),
            kYes);
  EXPECT_EQ(with_condition("{'IpAddress': {'aws:SourceIp': '203.0.113.7'}}", "'aws:SourceIp': '203.0.113.8'"),
            kNo);
  EXPECT_EQ(with_condition("{'IpAddress': {'aws:SourceIp': '2001:DB8:1234:5678::/64'}}",
                           "'aws:SourceIp': '2001:db8:1234:5678:0:0:0:1'"),
            kYes);
  EXPECT_EQ(with_condition("{'IpAddress': {'aws:SourceIp': '2001:DB8:1234:5678::/64'}}",
                           "'aws:SourceIp': '2001:db8:1234:5679::1'"),
            kNo);
  EXPECT_EQ(with_condition("{'IpAddress': {'aws:SourceIp': '::/0'}}", "'aws:SourceIp': '2001:db8::1'"), kYes);
  EXPECT_EQ(with_condition("{'IpAddress': {'aws:SourceIp': '::/0'}}", "'aws:SourceIp': '203.0.113.7'"), kNo);
  EXPECT_EQ(with_condition("{'IpAddress': {'aws:SourceIp': '0.0.0.0/0'}}", "'aws:SourceIp': '2001:db8::1'"),
            kNo);
}

TEST(RequestValues, ThatAreNotOfTheOperatorsTypeNeverMatch) {
  EXPECT_EQ(with_condition("{'NumericLessThan': {'a:x': '10'}}", "'a:x': 'few'"), kNo);
  EXPECT_EQ(with_condition("{'NumericNotEquals': {'a:x': '10'}}", "'a:x': 'few'"), kYes);
  EXPECT_EQ(with_condition("{'DateLessThan': {'a:x': '2020-01-01'}}", "'a:x': 'soon'"), kNo);
  EXPECT_EQ(with_condition("{'IpAddress': {'a:x': '0.0.0.0/0'}}", "'a:x': 'localhost'"), kNo);
}

// "IAM policy elements: Variables and tags".
TEST(Variables, TakeTheValueOfTheirKey) {
  const std::string condition = "{'StringEquals': {'s3:ExistingObjectTag/Team': '${aws:PrincipalTag/Team}'}}";
  EXPECT_EQ(with_condition(condition, "'s3:ExistingObjectTag/Team': 'red', 'aws:PrincipalTag/Team': 'red'"),
            kYes);
  EXPECT_EQ(with_condition(condition, "'s3:ExistingObjectTag/Team': 'red', 'AWS:principaltag/team': 'red'"),
            kYes);
  EXPECT_EQ(with_condition(condition, "'s3:ExistingObjectTag/Team': 'red', 'aws:PrincipalTag/Team': 'blue'"),
            kNo);
  EXPECT_EQ(with_condition(condition,
                           "'s3:ExistingObjectTag/Team': 'red', 'aws:PrincipalTag/Team': ['red', 'blue']"),
            kNo);
  EXPECT_EQ(with_condition(condition, "'s3:ExistingObjectTag/Team': 'red'"), "depends");
}

// "Policy variables with no value": nothing is equal to null, and everything is unequal to it.
TEST(Variables, WithoutAValueMatchNothing) {
  EXPECT_EQ(with_condition("{'StringEquals': {'a:x': '${a:y}'}}", "'a:x': '', 'a:y': null"), kNo);
  EXPECT_EQ(with_condition("{'StringNotEquals': {'a:x': '${a:y}'}}", "'a:x': 'red', 'a:y': null"), kYes);
}

TEST(Variables, TakeTheirDefaultWhenTheKeyIsAbsent) {
  const std::string condition = "{'StringEquals': {'a:x': '${a:y, \\u0027company-wide\\u0027}'}}";
  EXPECT_EQ(with_condition(condition, "'a:x': 'company-wide', 'a:y': null"), kYes);
  EXPECT_EQ(with_condition(condition, "'a:x': 'red', 'a:y': 'red'"), kYes);
  EXPECT_EQ(with_condition(condition, "'a:x': 'company-wide', 'a:y': 'red'"), kNo);
}

TEST(Variables, SpecialOnesStandForTheirCharacter) {
  EXPECT_EQ(with_condition("{'StringLike': {'a:x': 'a${*}*'}}", "'a:x': 'a*b'"), kYes);
  EXPECT_EQ(with_condition("{'StringLike': {'a:x': 'a${*}*'}}", "'a:x': 'abb'"), kNo);
  EXPECT_EQ(with_condition("{'StringLike': {'a:x': '${$}${?}'}}", "'a:x': '$?'"), kYes);
}

TEST(Variables, AWildcardInAValueIsOnlyACharacter) {
  EXPECT_EQ(with_condition("{'StringLike': {'a:x': '${a:y}'}}", "'a:x': 'anything', 'a:y': '*'"), kNo);
  EXPECT_EQ(with_condition("{'StringLike': {'a:x': '${a:y}'}}", "'a:x': '*', 'a:y': '*'"), kYes);
}

TEST(Variables, ThatAreUnknownDecideNothingWhereTheRestAlreadyDiffers) {
  EXPECT_EQ(with_condition("{'StringLike': {'a:x': 'home/${a:y}/*'}}", "'a:x': 'work/me/file'"), kNo);
  EXPECT_EQ(with_condition("{'StringLike': {'a:x': 'home/${a:y}/*'}}", "'a:x': 'home/me/file'"), "depends");
}

}  // namespace
}  // namespace doctor::iam::test
