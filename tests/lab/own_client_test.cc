// The program's own client against the lab, over real sockets: both read the same table, from opposite ends.
#include <gtest/gtest.h>

#include <cstdlib>

#include "aws/client.h"
#include "core/json.h"
#include "lab/lab.h"

namespace doctor::lab {
namespace {

struct OwnClient : ::testing::Test {
  void SetUp() override {
    setenv("AWS_ACCESS_KEY_ID", "AKIALABEXAMPLE000001", 1);
    setenv("AWS_SECRET_ACCESS_KEY", "lab", 1);
    setenv("AWS_CONFIG_FILE", "/dev/null", 1);
    setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null", 1);
    unsetenv("AWS_SESSION_TOKEN");
    unsetenv("AWS_PROFILE");
  }

  void start(const LabOptions& wanted) {
    LabOptions options = wanted;
    options.scenario = "empty";
    options.port = 0;
    auto started = Lab::start(options);
    ASSERT_TRUE(started) << core::to_line(started.error());
    lab = std::move(*started);
    aws::ClientOptions client_options;
    client_options.region = "eu-west-1";
    client_options.endpoint_url = "http://127.0.0.1:" + std::to_string(lab->port());
    auto made = aws::Client::make(client_options);
    ASSERT_TRUE(made) << core::to_line(made.error());
    client = std::move(*made);
  }

  std::unique_ptr<Lab> lab;
  std::unique_ptr<aws::Client> client;
};

const std::vector<aws::Call> kOneOfEachProtocol{
    {"ecs", "ListClusters", "eu-west-1", "{}"},
    {"ec2", "DescribeSubnets", "eu-west-1", "{}"},
    {"iam", "GetRole", "us-east-1", R"({"RoleName": "Operator"})"},
    {"sqs", "ListQueues", "eu-west-1", "{}"},
    {"sts", "GetCallerIdentity", "eu-west-1", "{}"}};

void expect_answers(const std::vector<core::Result<aws::Answer>>& answers) {
  ASSERT_EQ(answers.size(), kOneOfEachProtocol.size());
  std::vector<core::JsonDocument> documents;
  for (const auto& answer : answers) {
    ASSERT_TRUE(answer) << core::to_line(answer.error());
    documents.push_back(std::move(*core::JsonDocument::parse(answer->json, "answer")));
  }
  EXPECT_TRUE(documents[0].root()["clusterArns"].is_array());
  ASSERT_EQ(documents[1].root()["Subnets"].size(), 3u);
  EXPECT_EQ(documents[1].root()["Subnets"].items()[0]["AvailableIpAddressCount"].integer_or(0), 251);
  EXPECT_EQ(documents[2].root()["Role"]["AssumeRolePolicyDocument"]["Version"].string_or(), "2012-10-17");
  EXPECT_EQ(documents[4].root()["Account"].string_or(), "111122223333");
}

TEST_F(OwnClient, AsksInEveryProtocol) {
  start({});
  expect_answers(client->run(kOneOfEachProtocol));
}

TEST_F(OwnClient, GetsTheSameAnswersThroughFaults) {
  LabOptions options;
  options.faults = *faults_of("throttle=10%,reset=2%,truncate=1%");
  options.latency = core::Duration(5);
  start(options);
  for (int i = 0; i < 10; ++i) expect_answers(client->run(kOneOfEachProtocol));
}

TEST_F(OwnClient, IsToldWhatIsRefused) {
  LabOptions options;
  options.refuse = {"ecs:*", "ec2:DescribeSubnets", "iam:GetRole"};
  start(options);
  const auto answers = client->run(kOneOfEachProtocol);
  for (const std::size_t refused : {0u, 1u, 2u}) {
    ASSERT_FALSE(answers[refused]);
    EXPECT_EQ(answers[refused].error().kind, core::ErrorKind::refused)
        << core::to_line(answers[refused].error());
  }
  EXPECT_TRUE(answers[3] && answers[4]);
}

// "CheckNoNewAccess" and "GetGeneratedPolicy" in the IAM Access Analyzer API reference.
TEST_F(OwnClient, AsksAccessAnalyzerByPathAndBody) {
  start({});
  const std::string all =
      R"({\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"ecs:*\",\"Resource\":\"*\"}})";
  const std::string one =
      R"({\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"ecs:RunTask\",\"Resource\":\"*\"}})";
  const auto check = [&](const std::string& wanted, const std::string& existing) {
    const std::vector<aws::Call> calls{{"accessanalyzer", "CheckNoNewAccess", "eu-west-1",
                                        R"({"newPolicyDocument":")" + wanted +
                                            R"(","existingPolicyDocument":")" + existing +
                                            R"(","policyType":"IDENTITY_POLICY"})"}};
    const auto answers = client->run(calls);
    return answers.at(0)
               ? std::string(
                     core::JsonDocument::parse(answers[0]->json, "answer")->root()["result"].string_or())
               : core::to_line(answers[0].error());
  };
  EXPECT_EQ(check(one, all), "PASS");
  EXPECT_EQ(check(all, one), "FAIL");
  EXPECT_EQ(check(all, all), "PASS");
  const std::vector<aws::Call> unknown{
      {"accessanalyzer", "GetGeneratedPolicy", "eu-west-1", R"({"jobId":"none"})"}};
  EXPECT_EQ(client->run(unknown).at(0).error().code, "ValidationException");
}

TEST_F(OwnClient, FindsThePortTaken) {
  start({});
  LabOptions second;
  second.scenario = "empty";
  second.port = lab->port();
  const auto refused = Lab::start(second);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, core::ErrorKind::unreachable);
}

}  // namespace
}  // namespace doctor::lab
