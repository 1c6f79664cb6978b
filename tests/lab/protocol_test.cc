#include "lab/protocol.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <pugixml.hpp>

namespace doctor::lab {
namespace {

const aws::Shape* input(const char* service, const char* operation) {
  return aws::input_shape(*aws::find_operation(service, operation));
}

TEST(FormInput, ReadsFlattenedListsOfEc2) {
  const auto form = form_of(
      "Action=DescribeSubnets&Version=2016-11-15&Filter.1.Name=vpc-id&Filter.1.Value.1=vpc-1&Filter.1.Value."
      "2=vpc-2&SubnetId.2=b&SubnetId.1=a&MaxResults=5");
  EXPECT_EQ(
      input_of_form(form, input("ec2", "DescribeSubnets")),
      json::parse(
          R"({"Filters": [{"Name": "vpc-id", "Values": ["vpc-1", "vpc-2"]}], "SubnetIds": ["a", "b"], "MaxResults": 5})"));
}

TEST(FormInput, KeepsTheOrderOfTenAndMore) {
  std::string text;
  for (int i = 12; i >= 1; --i) text += "SubnetId." + std::to_string(i) + "=s" + std::to_string(i) + "&";
  const auto ids = input_of_form(form_of(text), input("ec2", "DescribeSubnets"))["SubnetIds"];
  EXPECT_EQ(ids[1], "s2");
  EXPECT_EQ(ids[11], "s12");
}

TEST(FormInput, ReadsMemberListsAndNumbersOfQuery) {
  const auto form = form_of(
      "Namespace=Lab&MetricData.member.1.MetricName=Errors&MetricData.member.1.Value=1.5&MetricData.member.1."
      "Dimensions.member.1.Name=a&MetricData.member.1.Dimensions.member.1.Value=b");
  EXPECT_EQ(
      input_of_form(form, input("cloudwatch", "PutMetricData")),
      json::parse(
          R"({"Namespace": "Lab", "MetricData": [{"MetricName": "Errors", "Value": 1.5, "Dimensions": [{"Name": "a", "Value": "b"}]}]})"));
}

TEST(FormInput, ReadsMapsOfSqs) {
  const auto form = form_of("QueueName=q&Attribute.1.Name=DelaySeconds&Attribute.1.Value=5");
  EXPECT_EQ(input_of_form(form, input("sqs", "CreateQueue")),
            json::parse(R"({"QueueName": "q", "Attributes": {"DelaySeconds": "5"}})"));
}

TEST(FormInput, ReadsGenericallyWithoutAShape) {
  EXPECT_EQ(input_of_form(form_of("Action=X&A.member.1=x&A.member.2=y&B.C=%C3%A9+%26"), nullptr),
            json::parse(R"({"A": ["x", "y"], "B": {"C": "é &"}})"));
}

RC_GTEST_PROP(FormInput, NeverFailsOnAnyText, (const std::string& text)) {
  const auto form = form_of(text);
  RC_ASSERT(input_of_form(form, input("ec2", "DescribeSubnets")).is_object());
  RC_ASSERT(input_of_form(form, nullptr).is_object());
}

TEST(XmlAnswer, NamesElementsByTheShapeAndEscapes) {
  const auto* shape = aws::output_shape(*aws::find_operation("ec2", "DescribeSubnets"));
  EXPECT_EQ(
      xml_of(
          json::parse(
              R"({"Subnets": [{"SubnetId": "a<&>", "MapPublicIpOnLaunch": true, "Tags": [{"Key": "k", "Value": "v"}]}], "NextToken": null})"),
          shape, true),
      "<subnetSet><item><mapPublicIpOnLaunch>true</mapPublicIpOnLaunch><subnetId>a&lt;&amp;&gt;</subnetId>"
      "<tagSet><item><key>k</key><value>v</value></item></tagSet></item></subnetSet>");
}

TEST(XmlAnswer, WritesTimesAndPolicyDocuments) {
  const auto* shape = aws::output_shape(*aws::find_operation("iam", "GetRole"));
  const std::string xml = xml_of(
      {{"Role", {{"CreateDate", 1764000000.5}, {"AssumeRolePolicyDocument", {{"Version", "2012-10-17"}}}}}},
      shape, false);
  EXPECT_THAT(xml, ::testing::HasSubstr("<CreateDate>2025-11-24T16:00:00.500Z</CreateDate>"));
  EXPECT_THAT(xml, ::testing::HasSubstr("%7B%22Version%22%3A%222012-10-17%22%7D"));
}

RC_GTEST_PROP(XmlAnswer, IsWellFormedWhateverTheTextAndReadsBack, (std::string text)) {
  std::erase_if(text, [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) > 0x7e;
  });
  const auto xml =
      "<r>" +
      xml_of({{"DecodedMessage", text}},
             aws::output_shape(*aws::find_operation("sts", "DecodeAuthorizationMessage")), false) +
      "</r>";
  pugi::xml_document document;
  RC_ASSERT(document.load_string(xml.c_str(), pugi::parse_default | pugi::parse_ws_pcdata));
  RC_ASSERT(std::string(document.child("r").child("DecodedMessage").text().get()) == text);
}

}  // namespace
}  // namespace doctor::lab
