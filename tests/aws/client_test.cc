// Whole calls through Client::run, against a server on this machine.
#include "aws/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <thread>

#include "aws/http_double_support.h"
#include "aws/sigv4.h"
#include "aws/world_support.h"

namespace doctor::aws {
namespace {

using core::ErrorKind;
using nlohmann::json;
using std::chrono::milliseconds;
using testing::AllOf;
using testing::HasSubstr;
using Ending = Reply::Ending;
using SteadyClock = std::chrono::steady_clock;

milliseconds since(SteadyClock::time_point begun) {
  return std::chrono::duration_cast<milliseconds>(SteadyClock::now() - begun);
}

Reply refusal(int status, const std::string& code, const std::string& message = "no", Headers headers = {}) {
  headers.emplace_back("Content-Type", "application/x-amz-json-1.1");
  return Reply{.status = status,
               .headers = std::move(headers),
               .body = json{{"__type", code}, {"message", message}}.dump()};
}

const Call kDescribeKey = {"kms", "DescribeKey", "eu-west-1", R"({"KeyId":"k"})"};
const Call kStopTask = {"ecs", "StopTask", "eu-west-1", R"({"task":"t"})"};

struct ClientTest : testing::Test {
  World world;
  ClientOptions options;

  ClientTest() {
    world.set("AWS_ACCESS_KEY_ID", "AKIATEST");
    world.set("AWS_SECRET_ACCESS_KEY", "very-secret-key");
    world.set("AWS_SESSION_TOKEN", "very-secret-token");
    world.set("AWS_REGION", "eu-west-1");
    options.read_timeout = milliseconds{1000};
  }

  std::unique_ptr<Client> client(const std::string& url, const std::atomic<bool>* cancelled = nullptr) {
    options.endpoint_url = url;
    auto made = world.client(options, cancelled);
    EXPECT_TRUE(made) << to_line(made.error());
    return std::move(*made);
  }
  core::Result<Answer> run_one(const std::string& url, const Call& call) {
    return client(url)->run(std::span(&call, 1)).at(0);
  }
  std::string make_error_line() {
    const auto made = world.client(options);
    return made ? "no error" : to_line(made.error());
  }
};

TEST_F(ClientTest, SendsASignedRequestAndBringsBackTheAnswer) {
  HttpDouble server([](const Received&, int) {
    return Reply{.headers = {{"x-amzn-RequestId", "req-1"}}, .body = R"({"clusterArns":[]})"};
  });
  const auto answer = run_one(server.url(), {"ecs", "ListClusters", "", ""});
  ASSERT_TRUE(answer) << to_line(answer.error());
  EXPECT_EQ(answer->json, R"({"clusterArns":[]})");
  EXPECT_EQ(answer->request_id, "req-1");
  EXPECT_EQ(answer->requests, 1);
  const auto request = server.received().at(0);
  EXPECT_EQ(request.header("x-amz-target"), "AmazonEC2ContainerServiceV20141113.ListClusters");
  EXPECT_EQ(request.header("content-type"), "application/x-amz-json-1.1");
  EXPECT_EQ(request.header("x-amz-date"), "20261124T030000Z");
  EXPECT_EQ(request.header("x-amz-security-token"), "very-secret-token");
  EXPECT_THAT(
      request.header("authorization"),
      AllOf(HasSubstr("AWS4-HMAC-SHA256 Credential=AKIATEST/20261124/eu-west-1/ecs/aws4_request"),
            HasSubstr("SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target")));
}

TEST_F(ClientTest, SignsAGlobalServiceForItsOwnRegion) {
  HttpDouble server([](const Received&, int) {
    return Reply{.body =
                     "<GetRoleResponse><GetRoleResult><Role><RoleName>r</RoleName></Role></GetRoleResult></"
                     "GetRoleResponse>"};
  });
  const auto answer = run_one(server.url(), {"iam", "GetRole", "ap-south-1", R"({"RoleName":"r"})"});
  ASSERT_TRUE(answer) << to_line(answer.error());
  EXPECT_THAT(server.received().at(0).header("authorization"), HasSubstr("/us-east-1/iam/aws4_request"));
}

// ---- retries ----

struct Trouble {
  std::string name;
  Reply reply;
  bool read_is_repeated, change_is_repeated;
  friend void PrintTo(const Trouble& trouble, std::ostream* out) { *out << trouble.name; }
};

class RetryMatrix : public ClientTest, public testing::WithParamInterface<Trouble> {};

TEST_P(RetryMatrix, RepeatsWhatMayBeRepeated) {
  const auto& trouble = GetParam();
  options.read_timeout = milliseconds{300};
  for (const bool is_change : {false, true}) {
    HttpDouble server(
        [&](const Received&, int nth) { return nth == 0 ? trouble.reply : Reply{.body = "{}"}; });
    const auto answer = run_one(server.url(), is_change ? kStopTask : kDescribeKey);
    const bool repeated = is_change ? trouble.change_is_repeated : trouble.read_is_repeated;
    EXPECT_EQ(server.received().size(), repeated ? 2U : 1U) << (is_change ? "change" : "read");
    EXPECT_EQ(answer.has_value(), repeated) << (answer ? answer->json : to_line(answer.error()));
    if (answer) {
      EXPECT_EQ(answer->requests, 2);
    }
  }
}

const std::string kHtml =
    "<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body></body></html>";

INSTANTIATE_TEST_SUITE_P(
    Client, RetryMatrix,
    testing::Values(
        Trouble{"Reset", {.ending = Ending::reset}, true, false},
        Trouble{"TruncatedAnswer",
                {.body = R"({"KeyMetadata":{"KeyId":"k"}})", .ending = Ending::truncated},
                true,
                false},
        Trouble{"JsonThatIsCutOff", {.body = R"({"KeyMetadata":{"Key)"}, true, false},
        Trouble{"Silence", {.ending = Ending::silent}, true, false},
        Trouble{"InternalServerError", refusal(500, "InternalFailure"), true, false},
        Trouble{"BadGatewayInHtml", {.status = 502, .body = kHtml}, true, false},
        Trouble{"ServiceUnavailable", {.status = 503, .body = ""}, true, false},
        Trouble{"Throttling", refusal(400, "ThrottlingException", "Rate exceeded"), true, true},
        Trouble{"TooManyRequests", {.status = 429, .body = "{}"}, true, true},
        Trouble{"AccessDenied", refusal(400, "AccessDeniedException"), false, false},
        Trouble{"InvalidParameter", refusal(400, "InvalidParameterException"), false, false},
        Trouble{"HtmlInsteadOfJson", {.body = kHtml}, false, false},
        Trouble{"Redirect", {.status = 301, .headers = {{"Location", "http://127.0.0.1/"}}}, false, false}),
    [](const auto& trouble) { return trouble.param.name; });

TEST_F(ClientTest, GivesUpAfterThreeAttempts) {
  HttpDouble server([](const Received&, int) { return Reply{.ending = Ending::reset}; });
  const auto answer = run_one(server.url(), kDescribeKey);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, ErrorKind::unreachable);
  EXPECT_THAT(answer.error().sentence,
              AllOf(HasSubstr("kms DescribeKey in eu-west-1: 127.0.0.1:"),
                    HasSubstr("closed the connection without an answer"), HasSubstr("3 attempts")));
  EXPECT_EQ(server.received().size(), 3U);
}

TEST_F(ClientTest, TakesTheNumberOfAttemptsFromTheEnvironment) {
  HttpDouble server([](const Received&, int) { return Reply{.status = 500}; });
  world.set("AWS_MAX_ATTEMPTS", "1");
  EXPECT_FALSE(run_one(server.url(), kDescribeKey));
  EXPECT_EQ(server.received().size(), 1U);
}

TEST_F(ClientTest, ThrottlingThatDoesNotEndIsAnErrorOfItsOwn) {
  HttpDouble server(
      [](const Received&, int) { return refusal(400, "ThrottlingException", "Rate exceeded"); });
  auto one = client(server.url());
  const auto answer = one->run(std::span(&kDescribeKey, 1)).at(0);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, ErrorKind::throttled);
  EXPECT_EQ(answer.error().code, "ThrottlingException");
  EXPECT_EQ(server.received().size(), 8U);
  EXPECT_EQ(one->statistics().throttled, 8);
  EXPECT_EQ(one->statistics().retries, 7);
}

TEST_F(ClientTest, WaitsAsLongAsRetryAfterSays) {
  HttpDouble server([](const Received&, int nth) {
    return nth == 0 ? refusal(429, "ThrottlingException", "slow", {{"x-amz-retry-after", "120"}})
                    : Reply{.body = "{}"};
  });
  const auto begun = SteadyClock::now();
  EXPECT_TRUE(run_one(server.url(), kDescribeKey));
  EXPECT_GE(since(begun), milliseconds{120});
}

TEST_F(ClientTest, AnHtmlAnswerNamesTheEndpoint) {
  HttpDouble server([](const Received&, int) { return Reply{.body = kHtml}; });
  const auto answer = run_one(server.url(), kDescribeKey);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, ErrorKind::unreachable);
  EXPECT_THAT(to_line(answer.error()),
              AllOf(HasSubstr("HTML"), HasSubstr(server.url()), HasSubstr("--endpoint-url")));
}

TEST_F(ClientTest, AnEndpointThatDoesNotListenIsNamed) {
  std::string url;
  {
    HttpDouble gone([](const Received&, int) { return Reply{}; });
    url = gone.url();
  }
  const auto answer = run_one(url, kDescribeKey);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, ErrorKind::unreachable);
  EXPECT_THAT(answer.error().sentence,
              AllOf(HasSubstr("no connection to 127.0.0.1:"), HasSubstr("(--endpoint-url)")));
}

TEST_F(ClientTest, ARegionThatAwsDoesNotKnowIsAskedAbout) {
  // The resolver is made to fail at once, so that the test asks nobody: a label longer than DNS allows.
  const std::string region = "eu-" + std::string(70, 'w') + "-9";
  auto made = world.client(options);
  ASSERT_TRUE(made) << to_line(made.error());
  const Call call = {"kms", "DescribeKey", region, R"({"KeyId":"k"})"};
  const auto answer = (*made)->run(std::span(&call, 1)).at(0);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, ErrorKind::unreachable);
  EXPECT_EQ(answer.error().sentence,
            "unknown region? '" + region + "': host kms." + region + ".amazonaws.com does not resolve");
}

// ---- time and credentials ----

TEST_F(ClientTest, CorrectsItsClockByTheDateOfTheAnswer) {
  HttpDouble server([](const Received& request, int) {
    if (request.header("x-amz-date").substr(0, 11) == "20261124T05") return Reply{.body = "{}"};
    return refusal(400, "InvalidSignatureException",
                   "Signature expired: 20261124T030000Z is now earlier than 20261124T045500Z "
                   "(20261124T050000Z - 5 min.)",
                   {{"Date", "Tue, 24 Nov 2026 05:00:00 GMT"}});
  });
  auto one = client(server.url());
  const std::vector<Call> calls(5, kDescribeKey);
  for (const auto& answer : one->run(calls)) EXPECT_TRUE(answer) << to_line(answer.error());
  EXPECT_TRUE(one->run(std::span(&kDescribeKey, 1)).at(0));
  EXPECT_LE(server.received().size(), 11U);
  EXPECT_EQ(server.received().back().header("x-amz-date"), "20261124T050000Z");
}

TEST_F(ClientTest, AWrongSignatureAtTheRightTimeIsNotRepeated) {
  HttpDouble server([](const Received&, int) {
    return refusal(403, "InvalidSignatureException", "The request signature we calculated does not match",
                   {{"Date", "Tue, 24 Nov 2026 03:00:01 GMT"}});
  });
  const auto answer = run_one(server.url(), kDescribeKey);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, ErrorKind::refused);
  EXPECT_EQ(server.received().size(), 1U);
}

TEST_F(ClientTest, RenewsCredentialsThatExpiredEarly) {
  int tokens = 0;
  HttpDouble server([&](const Received& request, int) {
    if (request.body.find("Action=AssumeRole") != std::string::npos) {
      const std::string key = "ASIA" + std::to_string(tokens++);
      return Reply{
          .body =
              "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>" + key +
              "</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>"
              "2026-11-24T04:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>"};
    }
    if (request.header("authorization").find("=ASIA0/") != std::string::npos) {
      return refusal(400, "ExpiredTokenException", "The security token included in the request is expired");
    }
    return Reply{.body = "{}"};
  });
  world.config(
      "[profile r]\nrole_arn = arn:aws:iam::1:role/r\nsource_profile = b\n[profile b]\naws_access_key_id = "
      "A\naws_secret_access_key = s\n");
  options.profile = "r";
  world.set("AWS_ENDPOINT_URL_STS", server.url());
  const std::vector<Call> calls(8, kDescribeKey);
  for (const auto& answer : client(server.url())->run(calls)) EXPECT_TRUE(answer) << to_line(answer.error());
  int roles_assumed = 0;
  for (const auto& request : server.received())
    roles_assumed += request.body.find("AssumeRole") != std::string::npos;
  EXPECT_EQ(roles_assumed, 2);
}

TEST_F(ClientTest, CredentialsThatStayExpiredEndTheCall) {
  HttpDouble server([](const Received&, int) { return refusal(400, "ExpiredTokenException", "expired"); });
  const auto answer = run_one(server.url(), kDescribeKey);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, ErrorKind::refused);
  EXPECT_EQ(answer.error().code, "ExpiredTokenException");
  EXPECT_EQ(server.received().size(), 2U);
}

TEST_F(ClientTest, SearchesForCredentialsOnceHoweverManyCallsWantThem) {
  HttpDouble server([](const Received&, int) { return Reply{.status = 404}; });
  for (const auto* name : {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_EC2_METADATA_DISABLED"})
    world.unset(name);
  world.set("AWS_EC2_METADATA_SERVICE_ENDPOINT", server.url());
  const std::vector<Call> calls(20, kDescribeKey);
  for (const auto& answer : client(server.url())->run(calls)) {
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, ErrorKind::refused);
    EXPECT_THAT(answer.error().sentence, HasSubstr("no AWS credentials were found"));
  }
  EXPECT_EQ(server.received().size(), 1U);
}

// ---- objects ----

const Call kGetObject = {"s3", "GetObject", "eu-west-1",
                         R"({"Bucket":"states","Key":"env/pro d/terraform.tfstate"})"};

TEST_F(ClientTest, AnObjectIsAskedForByItsPathAndComesAsItsText) {
  HttpDouble server([](const Received&, int) {
    return Reply{.headers = {{"x-amz-request-id", "req-1"}},
                 .body = "{\"version\": 4, \"a\": \"\\u00e9\"}\n"};
  });
  const auto answer = run_one(server.url(), kGetObject);
  ASSERT_TRUE(answer) << to_line(answer.error());
  EXPECT_EQ(json::parse(answer->json)["Body"], "{\"version\": 4, \"a\": \"\\u00e9\"}\n");
  const auto request = server.received().at(0);
  EXPECT_EQ(request.method, "GET");
  EXPECT_EQ(request.target, "/states/env/pro%20d/terraform.tfstate");
  EXPECT_EQ(request.header("x-amz-content-sha256"), sha256_hex(""));
  EXPECT_THAT(request.header("authorization"), HasSubstr("/eu-west-1/s3/aws4_request"));
}

// "Making requests", redirects: S3 names the bucket's region in a header of its answer.
TEST_F(ClientTest, ABucketIsFollowedIntoItsRegionOnce) {
  const auto elsewhere = [](const std::string& region) {
    return Reply{.status = 301,
                 .headers = {{"x-amz-bucket-region", region}, {"x-amz-request-id", "r"}},
                 .body =
                     "<Error><Code>PermanentRedirect</Code><Message>The bucket must be addressed using the "
                     "specified endpoint.</Message></Error>"};
  };
  HttpDouble server([&](const Received& request, int) {
    if (request.header("authorization").find("/eu-central-1/") == std::string::npos)
      return elsewhere("eu-central-1");
    return Reply{.headers = {{"x-amz-request-id", "r"}}, .body = "state"};
  });
  const auto answer = run_one(server.url(), kGetObject);
  ASSERT_TRUE(answer) << to_line(answer.error());
  EXPECT_EQ(json::parse(answer->json)["Body"], "state");
  EXPECT_EQ(server.received().size(), 2U);

  HttpDouble circle([&](const Received& request, int) {
    return elsewhere(request.header("authorization").find("/eu-west-1/") == std::string::npos ? "eu-west-1"
                                                                                              : "eu-west-2");
  });
  const auto lost = run_one(circle.url(), kGetObject);
  ASSERT_FALSE(lost);
  EXPECT_THAT(to_line(lost.error()), HasSubstr("PermanentRedirect"));
  EXPECT_EQ(circle.received().size(), 2U);
}

TEST_F(ClientTest, AnObjectThatIsNotThereIsNotFound) {
  HttpDouble server([](const Received&, int) {
    return Reply{
        .status = 404,
        .headers = {{"x-amz-request-id", "r"}},
        .body =
            "<?xml version=\"1.0\"?><Error><Code>NoSuchKey</Code><Message>The specified key does not "
            "exist.</Message></Error>"};
  });
  const auto answer = run_one(server.url(), kGetObject);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, ErrorKind::not_found);
  EXPECT_EQ(answer.error().code, "NoSuchKey");
}

// ---- many requests ----

TEST_F(ClientTest, FollowsEveryPage) {
  HttpDouble server([](const Received& request, int) {
    const auto token = json::parse(request.body).value("nextToken", "");
    if (token.empty()) return Reply{.body = R"({"taskArns":["a","b"],"nextToken":"2"})"};
    if (token == "2") return Reply{.body = R"({"taskArns":["c"],"nextToken":"3"})"};
    return Reply{.body = R"({"taskArns":["d"]})"};
  });
  const auto answer = run_one(server.url(), {"ecs", "ListTasks", "eu-west-1", R"({"cluster":"c"})"});
  ASSERT_TRUE(answer) << to_line(answer.error());
  EXPECT_EQ(json::parse(answer->json), json::parse(R"({"taskArns":["a","b","c","d"]})"));
  EXPECT_EQ(answer->requests, 3);
}

TEST_F(ClientTest, SendsTheBatchesOfOneCallTogetherAndKeepsTheirOrder) {
  HttpDouble server([](const Received& request, int) {
    json tasks = json::array();
    const json input = json::parse(request.body);
    for (const auto& arn : input["tasks"]) tasks.push_back({{"taskArn", arn}});
    return Reply{.body = json{{"tasks", tasks}, {"failures", json::array()}}.dump(), .together = 4};
  });
  options.read_timeout = milliseconds{6000};
  json names = json::array();
  for (int i = 0; i < 350; ++i) names.push_back("t" + std::to_string(i));
  const auto answer = run_one(
      server.url(), {"ecs", "DescribeTasks", "eu-west-1", json{{"cluster", "c"}, {"tasks", names}}.dump()});
  ASSERT_TRUE(answer) << to_line(answer.error());
  const auto tasks = json::parse(answer->json)["tasks"];
  ASSERT_EQ(tasks.size(), 350U);
  for (int i = 0; i < 350; ++i) EXPECT_EQ(tasks[i]["taskArn"], "t" + std::to_string(i));
  EXPECT_EQ(answer->requests, 4);
  EXPECT_EQ(server.most_at_once(), 4);
}

TEST_F(ClientTest, RunsTwoHundredCallsAtOnceWithinTheLimitAndAnswersInOrder) {
  HttpDouble server(
      [](const Received& request, int) { return Reply{.body = request.body, .delay = milliseconds{20}}; });
  options.max_in_flight = 40;
  std::vector<Call> calls;
  for (int i = 0; i < 200; ++i)
    calls.push_back({"kms", "DescribeKey", "eu-west-1", json{{"KeyId", std::to_string(i)}}.dump()});
  auto one = client(server.url());
  const auto begun = SteadyClock::now();
  const auto answers = one->run(calls);
  EXPECT_LT(since(begun), milliseconds{3500});  // one after the other: 4 s
  for (int i = 0; i < 200; ++i) {
    ASSERT_TRUE(answers[i]) << to_line(answers[i].error());
    EXPECT_EQ(json::parse(answers[i]->json)["KeyId"], std::to_string(i));
  }
  EXPECT_EQ(one->statistics().calls, 200);
  EXPECT_EQ(one->statistics().requests, 200);
  EXPECT_EQ(one->statistics().most_in_flight, 40);
  EXPECT_LE(server.most_at_once(), 40);
  EXPECT_LE(server.connections(), 80);
}

TEST_F(ClientTest, ARateLimitHoldsUpOnlyItsOwnCalls) {
  HttpDouble server([](const Received& request, int) {
    return Reply{.body =
                     request.header("x-amz-target").ends_with("LookupEvents") ? R"({"Events":[]})" : "{}"};
  });
  const Call lookup = {"cloudtrail", "LookupEvents", "eu-west-1", "{}"};
  const std::vector<Call> calls = {lookup, lookup, lookup, kDescribeKey, kDescribeKey};
  const auto begun = SteadyClock::now();
  for (const auto& answer : client(server.url())->run(calls)) EXPECT_TRUE(answer) << to_line(answer.error());
  EXPECT_GE(since(begun), milliseconds{480});
  EXPECT_THAT(server.received().back().header("x-amz-target"), testing::EndsWith("LookupEvents"));
}

TEST_F(ClientTest, OneCallsErrorLeavesTheOthersAlone) {
  HttpDouble server([](const Received& request, int) {
    return request.body.find("bad") == std::string::npos ? Reply{.body = "{}"}
                                                         : refusal(400, "NotFoundException");
  });
  const std::vector<Call> calls = {kDescribeKey,
                                   {"kms", "DescribeKey", "eu-west-1", R"({"KeyId":"bad"})"},
                                   {"kms", "DescribeKey", "Ireland", R"({"KeyId":"k"})"},
                                   {"kms", "NoSuchOperation", "eu-west-1", "{}"},
                                   {"kms", "DescribeKey", "eu-west-1", "[1"},
                                   kDescribeKey};
  const auto answers = client(server.url())->run(calls);
  EXPECT_TRUE(answers[0]);
  EXPECT_EQ(answers[1].error().kind, ErrorKind::not_found);
  EXPECT_EQ(answers[2].error().kind, ErrorKind::usage);
  EXPECT_EQ(answers[3].error().kind, ErrorKind::internal);
  EXPECT_EQ(answers[4].error().kind, ErrorKind::bad_input);
  EXPECT_TRUE(answers[5]);
}

TEST_F(ClientTest, StopsWithinTwoHundredMillisecondsWhenCancelled) {
  HttpDouble server([](const Received&, int) { return Reply{.ending = Ending::silent}; });
  std::atomic<bool> cancelled{false};
  SteadyClock::time_point pressed;
  auto one = client(server.url(), &cancelled);
  std::thread user([&] {
    std::this_thread::sleep_for(milliseconds{100});
    pressed = SteadyClock::now();
    cancelled = true;
  });
  const std::vector<Call> calls(100, kDescribeKey);
  const auto answers = one->run(calls);
  user.join();
  EXPECT_LT(since(pressed), milliseconds{200});
  for (const auto& answer : answers) {
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, ErrorKind::cancelled);
  }
  EXPECT_EQ(one->run(calls).at(0).error().kind, ErrorKind::cancelled);
}

TEST_F(ClientTest, RunsNothing) {
  HttpDouble server([](const Received&, int) { return Reply{}; });
  EXPECT_TRUE(client(server.url())->run({}).empty());
}

// ---- settings ----

TEST_F(ClientTest, FindsWrongSettingsBeforeAnyCall) {
  options.endpoint_url = "localhost:4566";
  EXPECT_THAT(make_error_line(), HasSubstr("does not start with http:// or https://"));
  options.endpoint_url = "";
  world.set("AWS_ENDPOINT_URL", "nonsense");
  EXPECT_THAT(make_error_line(), HasSubstr("(AWS_ENDPOINT_URL)"));
  world.unset("AWS_ENDPOINT_URL");
  options.profile = "nobody";
  EXPECT_THAT(make_error_line(), HasSubstr("profile 'nobody' (--profile)"));
  options.profile = "";
  world.set("AWS_MAX_ATTEMPTS", "many");
  EXPECT_THAT(make_error_line(), HasSubstr("AWS_MAX_ATTEMPTS is no number above 0"));
  world.unset("AWS_MAX_ATTEMPTS");
  world.set("AWS_CA_BUNDLE", "/no/such/bundle");
  EXPECT_THAT(make_error_line(), HasSubstr("the CA bundle /no/such/bundle cannot be read"));
  world.unset("AWS_CA_BUNDLE");
  world.config("[default\n");
  EXPECT_THAT(make_error_line(), HasSubstr(".aws/config:1: a section header has no ']'"));
}

TEST_F(ClientTest, KnowsItsRegion) {
  EXPECT_EQ(client("http://127.0.0.1:1")->region(), "eu-west-1");
  world.unset("AWS_REGION");
  EXPECT_EQ(client("http://127.0.0.1:1")->region(), "");
}

TEST_F(ClientTest, DebugPrintsALineARequestAndNoSecret) {
  HttpDouble server(
      [](const Received&, int nth) { return nth == 0 ? Reply{.status = 503} : Reply{.body = "{}"}; });
  options.debug = true;
  testing::internal::CaptureStderr();
  EXPECT_TRUE(run_one(server.url(), kDescribeKey));
  const std::string printed = testing::internal::GetCapturedStderr();
  EXPECT_THAT(printed, testing::MatchesRegex(
                           "aws: POST 127\\.0\\.0\\.1:[0-9]+ kms DescribeKey 503 attempt 1 [0-9]+ ms\n"
                           "aws: POST 127\\.0\\.0\\.1:[0-9]+ kms DescribeKey 200 attempt 2 [0-9]+ ms\n"));
  EXPECT_EQ(printed.find("secret"), std::string::npos);
}

}  // namespace
}  // namespace doctor::aws
