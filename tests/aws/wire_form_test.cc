#include "aws/wire_form.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <nlohmann/json.hpp>

#include "aws/http.h"
#include "aws/operations.h"
#include "aws/wire_text.h"
#include "core/percent.h"

namespace doctor::aws {
namespace {

using nlohmann::json;

std::string form(std::string_view service, std::string_view operation, std::string_view input) {
  const auto text = encode_form(operation, "V", *input_shape(*find_operation(service, operation)), input);
  return text ? text->substr(text->find("&Version=V") + 10) : "error: " + text.error().sentence;
}

TEST(Form, Ec2FlattensEveryList) {
  EXPECT_EQ(form("ec2", "DescribeSubnets",
                 R"({"SubnetIds":["subnet-1","subnet-2"],"Filters":[{"Name":"vpc-id","Values":["vpc-1"]}]})"),
            "&SubnetId.1=subnet-1&SubnetId.2=subnet-2&Filter.1.Name=vpc-id&Filter.1.Value.1=vpc-1");
  EXPECT_EQ(
      form("ec2", "AuthorizeSecurityGroupEgress",
           R"({"GroupId":"sg-1","IpPermissions":[{"IpProtocol":"tcp","FromPort":443,"ToPort":443,
                     "UserIdGroupPairs":[{"GroupId":"sg-2"}],"IpRanges":[{"CidrIp":"10.0.0.0/8"}]}]})"),
      "&GroupId=sg-1&IpPermissions.1.IpProtocol=tcp&IpPermissions.1.FromPort=443&IpPermissions.1.ToPort=443"
      "&IpPermissions.1.Groups.1.GroupId=sg-2&IpPermissions.1.IpRanges.1.CidrIp=10.0.0.0%2F8");
}

TEST(Form, QueryNamesTheMembersOfAList) {
  EXPECT_EQ(form("elbv2", "RegisterTargets",
                 R"({"TargetGroupArn":"arn:x","Targets":[{"Id":"10.0.0.1","Port":80},{"Id":"10.0.0.2"}]})"),
            "&TargetGroupArn=arn%3Ax&Targets.member.1.Id=10.0.0.1&Targets.member.1.Port=80"
            "&Targets.member.2.Id=10.0.0.2");
}

TEST(Form, EmptyListIsWrittenInQueryOnly) {
  EXPECT_EQ(form("elbv2", "DescribeTargetGroups", R"({"Names":[]})"), "&Names=");
  EXPECT_EQ(form("ec2", "DescribeSubnets", R"({"SubnetIds":[]})"), "");
}

TEST(Form, ScalarsAreWrittenAsAwsReadsThem) {
  EXPECT_EQ(form("cloudwatch", "GetMetricStatistics",
                 R"({"StartTime":"2026-11-24T04:00:00+01:00","EndTime":1795489200,"Period":60,"Unit":null})"),
            "&StartTime=2026-11-24T03%3A00%3A00Z&EndTime=2026-11-24T03%3A00%3A00Z&Period=60");
  EXPECT_EQ(form("cloudwatch", "PutMetricAlarm", R"({"Threshold":95.5,"ActionsEnabled":true})"),
            "&Threshold=95.5&ActionsEnabled=true");
}

TEST(Form, WrongInputIsNamedByItsPath) {
  EXPECT_EQ(form("ec2", "DescribeSubnets", R"({"Filters":[{"Name":"a"},{"Name":7}]})"),
            "error: input of DescribeSubnets: Filters[1].Name must be a string");
  EXPECT_EQ(form("ec2", "DescribeSubnets", "[]"), "error: input of DescribeSubnets: it must be an object");
  EXPECT_TRUE(form("ec2", "DescribeSubnets", "{").starts_with("error: input of DescribeSubnets:1:"));
}

// The lab reads forms in the other direction: whatever goes out can be put together again.
json unflattened(const std::map<std::string, std::string>& fields, const Shape& shape,
                 const std::string& key) {
  if (shape.kind == Shape::Kind::structure) {
    json out = json::object();
    for (const Member& m : shape.members) {
      const std::string inner = key.empty() ? std::string(m.wire) : key + "." + std::string(m.wire);
      const auto next = fields.lower_bound(inner);
      if (next == fields.end() || !(next->first == inner || next->first.starts_with(inner + "."))) continue;
      out[std::string(m.name)] = unflattened(fields, *m.shape, inner);
    }
    return out;
  }
  if (shape.kind == Shape::Kind::list) {
    json out = json::array();
    const std::string prefix = shape.flattened ? key : key + "." + std::string(shape.item_name);
    for (int i = 1;; ++i) {
      const std::string inner = prefix + "." + std::to_string(i);
      const auto next = fields.lower_bound(inner);
      if (next == fields.end() || !(next->first == inner || next->first.starts_with(inner + "."))) return out;
      out.push_back(unflattened(fields, *shape.item, inner));
    }
  }
  const std::string& text = fields.at(key);
  if (shape.kind == Shape::Kind::integer) return std::stoll(text);
  if (shape.kind == Shape::Kind::boolean) return text == "true";
  return text;
}

rc::Gen<std::string> any_text() {
  return rc::gen::container<std::string>(rc::gen::inRange<char>(' ', 127));
}

void check_round_trip(const std::string& service, const std::string& operation, const json& input) {
  const Shape& shape = *input_shape(*find_operation(service, operation));
  const auto text = encode_form(operation, "V", shape, input.dump());
  RC_ASSERT(text.has_value());
  std::map<std::string, std::string> fields;
  std::string_view rest = *text;
  while (!rest.empty()) {
    const auto end = std::min(rest.find('&'), rest.size());
    const std::string_view field = rest.substr(0, end);
    const auto equals = field.find('=');
    fields[core::percent_decoded(field.substr(0, equals))] = core::percent_decoded(field.substr(equals + 1));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  RC_ASSERT(fields.at("Action") == operation);
  RC_ASSERT(unflattened(fields, shape, "") == input);
}

RC_GTEST_PROP(Form, FlattenedInputCanBePutTogetherAgain, ()) {
  json filters = json::array();
  for (const auto& name : *rc::gen::container<std::vector<std::string>>(any_text())) {
    json values = *rc::gen::nonEmpty(rc::gen::container<std::vector<std::string>>(any_text()));
    filters.push_back({{"Name", name}, {"Values", values}});
  }
  json input = {{"DryRun", *rc::gen::arbitrary<bool>()}, {"MaxResults", *rc::gen::arbitrary<int>()}};
  if (!filters.empty()) input["Filters"] = filters;
  check_round_trip("ec2", "DescribeSubnets", input);
}

RC_GTEST_PROP(Form, QueryInputCanBePutTogetherAgain, ()) {
  json targets = json::array();
  for (const auto& id : *rc::gen::nonEmpty(rc::gen::container<std::vector<std::string>>(any_text()))) {
    targets.push_back({{"Id", id}, {"Port", *rc::gen::arbitrary<int>()}});
  }
  check_round_trip("elbv2", "RegisterTargets", {{"TargetGroupArn", *any_text()}, {"Targets", targets}});
}

RC_GTEST_PROP(Text, PercentEncodingCanBeUndone, (const std::string& text)) {
  RC_ASSERT(core::percent_decoded(url_encoded(text)) == text);
}

TEST(Text, DamagedPercentEncodingStaysAsItIs) {
  EXPECT_EQ(core::percent_decoded("100%"), "100%");
  EXPECT_EQ(core::percent_decoded("%4"), "%4");
  EXPECT_EQ(core::percent_decoded("%zz+%41"), "%zz+A");
}

TEST(Text, TimesAreWrittenAsTheCliWritesThem) {
  EXPECT_EQ(cli_time("2026-11-24T03:00:00Z"), "2026-11-24T03:00:00+00:00");
  EXPECT_EQ(cli_time("2026-11-24T03:00:00.123Z"), "2026-11-24T03:00:00.123000+00:00");
  EXPECT_EQ(cli_time("1795489200"), "2026-11-24T03:00:00+00:00");
  EXPECT_EQ(cli_time("no time"), "no time");
  EXPECT_EQ(cli_time(""), "");
}

}  // namespace
}  // namespace doctor::aws
