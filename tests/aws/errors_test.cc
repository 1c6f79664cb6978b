#include "aws/errors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "aws/wire_codec.h"

namespace doctor::aws {
namespace {

using core::ErrorKind;
using testing::HasSubstr;

WireFailure json_error(std::string_view code, std::string_view message, int status = 400) {
  return decode_error(
      "ecs", "DescribeTasks", status, {},
      R"({"__type":")" + std::string(code) + R"(","message":")" + std::string(message) + "\"}");
}

TEST(Errors, CodeLosesItsNamespaceAndItsUri) {
  EXPECT_EQ(json_error("com.amazonaws.ecs#ClusterNotFoundException", "").error.code,
            "ClusterNotFoundException");
  EXPECT_EQ(json_error("ServiceNotFoundException:http://internal/coral", "").error.code,
            "ServiceNotFoundException");
  const Headers headers = {{"X-Amzn-ErrorType", "ValidationException:http://internal.amazon.com/"}};
  const auto failure = decode_error("accessanalyzer", "ValidatePolicy", 400, headers, R"({"message":"no"})");
  EXPECT_EQ(failure.error.code, "ValidationException");
  EXPECT_EQ(failure.error.sentence, "accessanalyzer ValidatePolicy: ValidationException: no");
}

TEST(Errors, KindFollowsFromTheCode) {
  const std::pair<const char*, ErrorKind> kCases[] = {
      {"AccessDeniedException", ErrorKind::refused},
      {"AccessDenied", ErrorKind::refused},
      {"UnauthorizedOperation", ErrorKind::refused},
      {"ExpiredTokenException", ErrorKind::refused},
      {"ExpiredToken", ErrorKind::refused},
      {"UnrecognizedClientException", ErrorKind::refused},
      {"InvalidClientTokenId", ErrorKind::refused},
      {"SignatureDoesNotMatch", ErrorKind::refused},
      {"InvalidSignatureException", ErrorKind::refused},
      {"SubscriptionRequiredException", ErrorKind::refused},
      {"AuthFailure", ErrorKind::refused},
      {"ThrottlingException", ErrorKind::throttled},
      {"RequestLimitExceeded", ErrorKind::throttled},
      {"TooManyRequestsException", ErrorKind::throttled},
      {"RequestThrottled", ErrorKind::throttled},
      {"ClusterNotFoundException", ErrorKind::not_found},
      {"NoSuchEntity", ErrorKind::not_found},
      {"InvalidSubnetID.NotFound", ErrorKind::not_found},
      {"QueueDoesNotExist", ErrorKind::not_found},
      {"AWSOrganizationsNotInUseException", ErrorKind::not_found},
      {"InvalidParameterException", ErrorKind::invalid_call},
      {"LimitExceededException", ErrorKind::invalid_call},
      {"ServerException", ErrorKind::unreachable},
      {"InternalFailure", ErrorKind::unreachable},
      {"UnknownOperationException", ErrorKind::invalid_call}};
  for (const auto& [code, kind] : kCases) {
    const auto failure = json_error(code, "because");
    EXPECT_EQ(failure.error.kind, kind) << code;
    EXPECT_EQ(failure.error.code, code);
    EXPECT_FALSE(failure.error.next.empty()) << code;
    EXPECT_EQ(failure.retryable, kind == ErrorKind::throttled || kind == ErrorKind::unreachable) << code;
  }
}

TEST(Errors, StatusDecidesWhereTheCodeSaysNothing) {
  EXPECT_EQ(json_error("Strange", "", 403).error.kind, ErrorKind::refused);
  EXPECT_EQ(json_error("Strange", "", 404).error.kind, ErrorKind::not_found);
  EXPECT_EQ(json_error("Strange", "", 429).error.kind, ErrorKind::throttled);
  EXPECT_EQ(json_error("Strange", "", 400).error.kind, ErrorKind::invalid_call);
  EXPECT_TRUE(json_error("Strange", "", 503).retryable);
  EXPECT_FALSE(json_error("Strange", "", 501).retryable);
}

TEST(Errors, ALimitIsAQuotaUnlessItIsARate) {
  EXPECT_EQ(json_error("LimitExceededException", "Rate exceeded").error.kind, ErrorKind::throttled);
  EXPECT_FALSE(json_error("LimitExceededException", "The limit is 20 services").retryable);
}

TEST(Errors, XmlErrorsOfBothForms) {
  const auto query =
      decode_error("iam", "GetRole", 404, {},
                   "<ErrorResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><Error>"
                   "<Type>Sender</Type><Code>NoSuchEntity</Code><Message>The role with name web "
                   "cannot be found.</Message></Error><RequestId>r</RequestId></ErrorResponse>");
  EXPECT_EQ(query.error.kind, ErrorKind::not_found);
  EXPECT_EQ(query.error.sentence, "iam GetRole: NoSuchEntity: The role with name web cannot be found.");
  const auto ec2 =
      decode_error("ec2", "DescribeSubnets", 403, {},
                   "<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>You are not "
                   "authorized to perform this operation.</Message></Error></Errors>"
                   "<RequestID>r</RequestID></Response>");
  EXPECT_EQ(ec2.error.kind, ErrorKind::refused);
  EXPECT_EQ(ec2.error.next, "allow ec2:DescribeSubnets");
  EXPECT_EQ(decode_error("ecs", "ListTasks", 404, {}, "<UnknownOperationException/>").error.code,
            "UnknownOperationException");
}

TEST(Errors, OldCodeOfAServiceThatMovedToJson) {
  const Headers headers = {{"x-amzn-query-error", "AWS.SimpleQueueService.NonExistentQueue;Sender"}};
  const auto failure = decode_error("sqs", "GetQueueUrl", 400, headers,
                                    R"({"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"none"})");
  EXPECT_EQ(failure.error.code, "AWS.SimpleQueueService.NonExistentQueue");
  EXPECT_EQ(failure.error.kind, ErrorKind::not_found);
}

TEST(Errors, ClockSkewAndExpiredTokensAreToldApart) {
  const auto skew = json_error("InvalidSignatureException",
                               "Signature expired: 20261124T030000Z is now earlier than 20261124T031000Z");
  EXPECT_TRUE(skew.clock_skew);
  EXPECT_FALSE(skew.expired_token);
  EXPECT_FALSE(json_error("InvalidSignatureException", "The request signature does not match").clock_skew);
  EXPECT_TRUE(json_error("RequestTimeTooSkewed", "").clock_skew);
  EXPECT_TRUE(json_error("ExpiredTokenException", "").expired_token);
  EXPECT_FALSE(json_error("AccessDeniedException", "").expired_token);
}

TEST(Errors, HealthSaysWhichSupportPlanItNeeds) {
  const auto failure = decode_error("health", "DescribeEvents", 400, {},
                                    R"({"__type":"SubscriptionRequiredException","message":""})");
  EXPECT_EQ(failure.error.kind, ErrorKind::refused);
  EXPECT_THAT(failure.error.next, HasSubstr("support plan"));
}

TEST(Errors, ActionIsTheOneThatIamKnows) {
  EXPECT_EQ(iam_action("elbv2", "DescribeTargetHealth"), "elasticloadbalancing:DescribeTargetHealth");
  EXPECT_EQ(iam_action("cloudwatch", "GetMetricData"), "cloudwatch:GetMetricData");
  EXPECT_EQ(iam_action("resourcegroupstaggingapi", "GetResources"), "tag:GetResources");
  EXPECT_EQ(iam_action("service-quotas", "GetServiceQuota"), "servicequotas:GetServiceQuota");
  EXPECT_EQ(iam_action("accessanalyzer", "ValidatePolicy"), "access-analyzer:ValidatePolicy");
  EXPECT_EQ(iam_action("ecs", "DescribeTasks"), "ecs:DescribeTasks");
}

// An answer that is not AWS's gets one sentence which says what it is, and is never taken for data.
struct Foreign {
  const char* body;
  const char* what;
  bool retryable;
};
TEST(Errors, AnswersThatAreNotAwss) {
  const Foreign kForeign[] = {
      {"<!DOCTYPE html><html><head><title>Welcome to nginx!</title></head></html>",
       "is not AWS's: an HTML page (\"Welcome to nginx!\"), HTTP 200", false},
      {"<html><body>hi</body></html>", "is not AWS's: an HTML page, HTTP 200", false},
      {"hello", "is not AWS's: text (\"hello\"), HTTP 200", false},
      {"", "did not arrive whole: an empty answer, HTTP 200", true},
      {"  \r\n", "did not arrive whole: an empty answer, HTTP 200", true},
      {R"({"status":"ok"})", "is not AWS's: JSON of another kind, HTTP 200", false},
      {"<feed><entry/></feed>", "is not AWS's: an XML document <feed>, HTTP 200", false},
      {"<DescribeTasksResp", "did not arrive whole: XML that is cut off or damaged, HTTP 200", true},
      {"[1,2]", "is not AWS's: text (\"[1,2]\"), HTTP 200", false},
      {"\x1b[31mred\xff", "is not AWS's: text (\" [31mred?\"), HTTP 200", false},
  };
  for (const auto& [service, operation] : {std::pair{"ecs", "DescribeTasks"}, {"ec2", "DescribeSubnets"}}) {
    for (const Foreign& foreign : kForeign) {
      const auto output = decode_response(service, operation, 200, {}, foreign.body);
      ASSERT_FALSE(output) << service << ": " << foreign.body;
      EXPECT_EQ(output.error().error.kind, ErrorKind::unreachable);
      EXPECT_EQ(output.error().retryable, foreign.retryable) << foreign.body;
      EXPECT_EQ(output.error().error.sentence,
                "the answer to " + std::string(service) + " " + operation + " " + foreign.what);
      EXPECT_THAT(output.error().error.next, HasSubstr("--endpoint-url"));
    }
  }
}

TEST(Errors, ErrorStatusWithoutAnAwsErrorIsSomebodyElses) {
  const auto page = decode_error("ecs", "ListTasks", 502, {}, "<html><title>502 Bad Gateway</title></html>");
  EXPECT_EQ(page.error.kind, ErrorKind::unreachable);
  EXPECT_TRUE(page.retryable);
  EXPECT_EQ(page.error.code, "");
  const auto proxy = decode_error("ecs", "ListTasks", 407, {}, "");
  EXPECT_EQ(proxy.error.kind, ErrorKind::unreachable);
  EXPECT_FALSE(proxy.retryable);
  const auto cut = decode_error("ecs", "ListTasks", 400, {}, R"({"__type":"Thrott)");
  EXPECT_TRUE(cut.retryable);
  const auto redirect =
      decode_response("ecs", "ListTasks", 302, {{"Location", "https://login.example/"}}, "");
  ASSERT_FALSE(redirect);
  EXPECT_THAT(redirect.error().error.sentence, HasSubstr("a redirection to \"https://login.example/\""));
  EXPECT_FALSE(redirect.error().retryable);
}

TEST(Errors, AwsMayAnswerABareStatus) {
  const Headers headers = {{"X-AMZN-REQUESTID", "r"}};
  EXPECT_EQ(decode_error("ecs", "ListTasks", 403, headers, "").error.kind, ErrorKind::refused);
  EXPECT_EQ(decode_error("ecs", "ListTasks", 403, headers, "").error.sentence, "ecs ListTasks: HTTP 403");
  EXPECT_TRUE(decode_error("ecs", "ListTasks", 503, headers, "").retryable);
}

}  // namespace
}  // namespace doctor::aws
