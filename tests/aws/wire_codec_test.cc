#include "aws/wire_codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "aws/operations.h"
#include "core/json.h"

namespace doctor::aws {
namespace {

using core::ErrorKind;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

const Headers kFromAws = {{"x-amzn-RequestId", "4f0e9a7c"}};

std::string decoded(std::string_view service, std::string_view operation, std::string_view body) {
  const auto output = decode_response(service, operation, 200, kFromAws, body);
  return output ? *output : "error: " + output.error().error.sentence;
}

TEST(JsonProtocol, RequestNamesItsTarget) {
  const auto request =
      encode_request("ecs", "ListTasks", R"({"cluster" : "prod", "desiredStatus": "STOPPED"})");
  ASSERT_TRUE(request);
  EXPECT_EQ(request->method, "POST");
  EXPECT_EQ(request->path, "/");
  EXPECT_EQ(request->query, "");
  EXPECT_THAT(request->headers,
              ElementsAre(Pair("Content-Type", "application/x-amz-json-1.1"),
                          Pair("X-Amz-Target", "AmazonEC2ContainerServiceV20141113.ListTasks")));
  EXPECT_EQ(request->body, R"({"cluster":"prod","desiredStatus":"STOPPED"})");
}

TEST(JsonProtocol, SqsSpeaksVersion10) {
  const auto request = encode_request("sqs", "ReceiveMessage", R"({"QueueUrl":"http://q"})");
  ASSERT_TRUE(request);
  EXPECT_THAT(request->headers, ElementsAre(Pair("Content-Type", "application/x-amz-json-1.0"),
                                            Pair("X-Amz-Target", "AmazonSQS.ReceiveMessage")));
}

TEST(JsonProtocol, EmptyInputIsAnEmptyObject) {
  EXPECT_EQ(encode_request("ecs", "ListClusters", "")->body, "{}");
  EXPECT_EQ(encode_request("cloudtrail", "LookupEvents", "")->body, "{}");
}

TEST(JsonProtocol, TimesOfTheInputBecomeSecondsSince1970) {
  EXPECT_EQ(encode_request("cloudtrail", "LookupEvents",
                           R"({"StartTime":"2026-11-24T03:00:00Z","EndTime":1795492800.5,"MaxResults":50})")
                ->body,
            R"({"StartTime":1795489200,"EndTime":1795492800.500,"MaxResults":50})");
  EXPECT_EQ(
      encode_request("health", "DescribeEvents",
                     R"({"filter":{"services":["ECS"],"startTimes":[{"from":"2026-11-24T03:00:00Z"}]}})")
          ->body,
      R"({"filter":{"services":["ECS"],"startTimes":[{"from":1795489200}]}})");
  const auto wrong = encode_request("cloudtrail", "LookupEvents", R"({"StartTime":"yesterday"})");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().kind, ErrorKind::bad_input);
  EXPECT_THAT(wrong.error().sentence, HasSubstr("StartTime must be a time"));
}

TEST(JsonProtocol, AnswerPassesThroughAsItCame) {
  const std::string body = "{\n \"taskArns\": [\"arn:1\"],\n \"nextToken\": \"n\"}";
  EXPECT_EQ(decoded("ecs", "ListTasks", body), body);
}

TEST(JsonProtocol, OperationWithoutResultMayAnswerNothing) {
  EXPECT_EQ(decoded("sqs", "DeleteMessage", ""), "{}");
  const auto nobody = decode_response("sqs", "DeleteMessage", 200, {}, "");
  ASSERT_FALSE(nobody);
  EXPECT_TRUE(nobody.error().retryable);
}

TEST(RestJsonProtocol, MembersMoveToTheQueryString) {
  const auto request = encode_request(
      "accessanalyzer", "ValidatePolicy",
      R"({"policyDocument":"{}","policyType":"IDENTITY_POLICY","maxResults":10,"nextToken":"a/b="})");
  ASSERT_TRUE(request);
  EXPECT_EQ(request->method, "POST");
  EXPECT_EQ(request->path, "/policy/validation");
  EXPECT_EQ(request->query, "maxResults=10&nextToken=a%2Fb%3D");
  EXPECT_EQ(request->body, R"({"policyDocument":"{}","policyType":"IDENTITY_POLICY"})");
  EXPECT_THAT(request->headers, ElementsAre(Pair("Content-Type", "application/json")));
  EXPECT_FALSE(encode_request("accessanalyzer", "ValidatePolicy", R"({"nextToken":[]})"));
}

TEST(Ec2Protocol, AnswerBecomesTheClisJson) {
  EXPECT_EQ(
      decoded("ec2", "DescribeSubnets", R"(<?xml version="1.0" encoding="UTF-8"?>
<DescribeSubnetsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
    <requestId>c0de7d1a</requestId>
    <subnetSet>
        <item>
            <subnetId>subnet-0a1b</subnetId>
            <state>available</state>
            <vpcId>vpc-1</vpcId>
            <cidrBlock>10.0.1.0/28</cidrBlock>
            <ipv6CidrBlockAssociationSet/>
            <availableIpAddressCount>0</availableIpAddressCount>
            <availabilityZone>eu-west-1a</availabilityZone>
            <mapPublicIpOnLaunch>false</mapPublicIpOnLaunch>
            <tagSet>
                <item><key>Name</key><value>private &amp; small</value></item>
            </tagSet>
        </item>
    </subnetSet>
</DescribeSubnetsResponse>)"),
      R"({"Subnets":[{"AvailabilityZone":"eu-west-1a","AvailableIpAddressCount":0,"CidrBlock":"10.0.1.0/28",)"
      R"("MapPublicIpOnLaunch":false,"State":"available","SubnetId":"subnet-0a1b","VpcId":"vpc-1",)"
      R"("Ipv6CidrBlockAssociationSet":[],"Tags":[{"Key":"Name","Value":"private & small"}]}]})");
}

TEST(QueryProtocol, AnswerBecomesTheClisJson) {
  EXPECT_EQ(
      decoded(
          "elbv2", "DescribeTargetHealth",
          R"(<DescribeTargetHealthResponse xmlns="http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/">
  <DescribeTargetHealthResult>
    <TargetHealthDescriptions>
      <member>
        <HealthCheckPort>80</HealthCheckPort>
        <TargetHealth>
          <State>unhealthy</State><Reason>Target.Timeout</Reason><Description>Request timed out</Description>
        </TargetHealth>
        <Target><Port>80</Port><Id>10.0.0.7</Id></Target>
      </member>
    </TargetHealthDescriptions>
  </DescribeTargetHealthResult>
  <ResponseMetadata><RequestId>c534f810</RequestId></ResponseMetadata>
</DescribeTargetHealthResponse>)"),
      R"({"TargetHealthDescriptions":[{"Target":{"Id":"10.0.0.7","Port":80},"HealthCheckPort":"80",)"
      R"("TargetHealth":{"State":"unhealthy","Reason":"Target.Timeout","Description":"Request timed out"}}]})");
}

TEST(QueryProtocol, PolicyDocumentsAreDecodedAsTheCliDoes) {
  EXPECT_EQ(
      decoded("iam", "GetRolePolicy",
              "<GetRolePolicyResponse><GetRolePolicyResult><PolicyName>p</PolicyName><RoleName>r</RoleName>"
              "<PolicyDocument>%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%5D%7D"
              "</PolicyDocument></GetRolePolicyResult></GetRolePolicyResponse>"),
      R"({"RoleName":"r","PolicyName":"p","PolicyDocument":{"Version":"2012-10-17","Statement":[]}})");
  EXPECT_EQ(decoded("iam", "GetRolePolicy",
                    "<GetRolePolicyResponse><GetRolePolicyResult><PolicyDocument>%7Bbroken</PolicyDocument>"
                    "</GetRolePolicyResult></GetRolePolicyResponse>"),
            R"({"PolicyDocument":"%7Bbroken"})");
}

TEST(QueryProtocol, TimesAndNumbersAreTyped) {
  EXPECT_EQ(
      decoded(
          "cloudwatch", "GetMetricStatistics",
          "<GetMetricStatisticsResponse><GetMetricStatisticsResult><Label>CPU</Label><Datapoints>"
          "<member><Timestamp>2026-11-24T03:00:00Z</Timestamp><Average>1.0E-3</Average><Maximum>95</Maximum>"
          "<Sum>NaN</Sum></member></Datapoints></GetMetricStatisticsResult></GetMetricStatisticsResponse>"),
      R"({"Label":"CPU","Datapoints":[{"Timestamp":"2026-11-24T03:00:00+00:00","Average":0.001,"Sum":"NaN",)"
      R"("Maximum":95.0}]})");
}

TEST(QueryProtocol, AnswerWithoutResultIsAnEmptyObject) {
  EXPECT_EQ(decoded("iam", "PutRolePolicy",
                    "<PutRolePolicyResponse><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata>"
                    "</PutRolePolicyResponse>"),
            "{}");
}

TEST(Codec, UnknownOperationIsAnErrorNotACrash) {
  EXPECT_EQ(encode_request("ecs", "Nothing", "{}").error().kind, ErrorKind::internal);
  EXPECT_EQ(encode_request("nothing", "ListTasks", "{}").error().kind, ErrorKind::internal);
  EXPECT_FALSE(decode_response("ecs", "Nothing", 200, {}, "{}"));
}

TEST(Codec, InputMustBeAnObject) {
  for (const char* input : {"[]", "1", "\"a\"", "{", "null"}) {
    for (const auto& [service, operation] :
         {std::pair{"ecs", "ListTasks"}, {"ec2", "DescribeSubnets"}, {"accessanalyzer", "ValidatePolicy"}}) {
      const auto request = encode_request(service, operation, input);
      if (std::string_view(input) == "null" && std::string_view(service) == "ec2") continue;
      ASSERT_FALSE(request) << service << " " << input;
      EXPECT_EQ(request.error().kind, ErrorKind::bad_input);
    }
  }
}

// Every prefix of a whole answer must be noticed: a list that is cut short would be a wrong diagnosis.
TEST(Codec, EveryTruncationIsNoticedAndRetryable) {
  const std::string json = R"({"taskArns":["arn:1","arn:2"]})";
  const std::string xml =
      "<?xml version=\"1.0\"?>\n<DescribeVpcsResponse xmlns=\"x\"><vpcSet><item><vpcId>vpc-1</vpcId></item>"
      "</vpcSet></DescribeVpcsResponse>";
  ASSERT_EQ(decoded("ecs", "ListTasks", json), json);
  ASSERT_EQ(decoded("ec2", "DescribeVpcs", xml), R"({"Vpcs":[{"VpcId":"vpc-1"}]})");
  for (const auto& [service, operation, body] :
       {std::tuple{"ecs", "ListTasks", json}, std::tuple{"ec2", "DescribeVpcs", xml}}) {
    for (std::size_t size = 0; size < body.size(); ++size) {
      const auto output = decode_response(service, operation, 200, kFromAws, body.substr(0, size));
      ASSERT_FALSE(output) << body.substr(0, size);
      EXPECT_TRUE(output.error().retryable) << body.substr(0, size);
      EXPECT_EQ(output.error().error.kind, ErrorKind::unreachable);
    }
  }
}

RC_GTEST_PROP(Codec, ArbitraryBytesEndInJsonOrAnError, (const std::string& body)) {
  const auto& operations = all_operations();
  const OperationModel& operation = operations[*rc::gen::inRange<std::size_t>(0, operations.size())];
  const int status = *rc::gen::element(200, 204, 302, 400, 403, 404, 429, 500, 503, 0, 999);
  const auto output = decode_response(operation.service, operation.name, status, {}, body);
  if (output) {
    RC_ASSERT(core::JsonDocument::parse(*output, "x").has_value());
  } else {
    RC_ASSERT(!output.error().error.sentence.empty());
    RC_ASSERT(
        core::JsonDocument::parse(core::json_quoted(core::to_line(output.error().error)), "x").has_value());
  }
}

// Mutations of real answers reach deeper than random bytes do.
RC_GTEST_PROP(Codec, DamagedAnswersEndInJsonOrAnError, ()) {
  std::string body = *rc::gen::element<std::string>(
      "<DescribeSubnetsResponse><subnetSet><item><subnetId>s</subnetId><availableIpAddressCount>3"
      "</availableIpAddressCount><tagSet><item><key>k</key></item></tagSet></item></subnetSet>"
      "</DescribeSubnetsResponse>",
      R"({"Subnets":[{"a":"\u00e9","b":[1.5e3,null,true]}]})",
      "<Response><Errors><Error><Code>C</Code><Message>m</Message></Error></Errors></Response>");
  for (int i = *rc::gen::inRange(1, 6); i > 0; --i) {
    const auto at = *rc::gen::inRange<std::size_t>(0, body.size());
    body[at] = *rc::gen::arbitrary<char>();
  }
  const auto output = decode_response("ec2", "DescribeSubnets", *rc::gen::element(200, 400, 500), {}, body);
  if (output) {
    RC_ASSERT(core::JsonDocument::parse(*output, "x").has_value());
  } else {
    RC_ASSERT(!output.error().error.sentence.empty());
  }
}

}  // namespace
}  // namespace doctor::aws
