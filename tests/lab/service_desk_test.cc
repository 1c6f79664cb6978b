#include "lab/service_desk.h"

#include "lab/desk_support.h"

namespace doctor::lab {
namespace {

using testing::Desk;
constexpr const char* kListClusters = "AmazonEC2ContainerServiceV20141113.ListClusters";

TEST(ServiceDesk, AnswersASignedRequestInItsProtocol) {
  Desk lab;
  const auto json_answer = lab.desk.handle(lab.request("ecs", kListClusters, "{}"), lab.real).answer;
  EXPECT_EQ(json_answer.status, 200);
  EXPECT_EQ(json::parse(json_answer.body)["clusterArns"], json::array());
  const auto xml_answer =
      lab.desk.handle(lab.request("ec2", "", "Action=DescribeVpcs&Version=2016-11-15"), lab.real).answer;
  EXPECT_THAT(xml_answer.body,
              ::testing::HasSubstr(
                  "<DescribeVpcsResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\"><requestId>"));
  const auto query =
      lab.desk.handle(lab.request("sts", "", "Action=GetCallerIdentity&Version=2011-06-15"), lab.real).answer;
  EXPECT_THAT(query.body, ::testing::HasSubstr("<GetCallerIdentityResult>"));
}

TEST(ServiceDesk, SpeaksBothProtocolsOfSqs) {
  Desk lab;
  const auto old =
      lab.desk.handle(lab.request("sqs", "", "Action=GetQueueUrl&QueueName=q&Version=2012-11-05"), lab.real)
          .answer;
  EXPECT_THAT(old.body, ::testing::HasSubstr("<Code>AWS.SimpleQueueService.NonExistentQueue</Code>"));
  const auto now =
      lab.desk.handle(lab.request("sqs", "AmazonSQS.GetQueueUrl", R"({"QueueName": "q"})"), lab.real).answer;
  EXPECT_EQ(json::parse(now.body)["__type"], "com.amazonaws.sqs#QueueDoesNotExist");
}

TEST(ServiceDesk, TurnsAwayStaleSignaturesAndForeignRegions) {
  Desk lab;
  auto stale = lab.request("ecs", kListClusters, "{}");
  stale.headers["x-amz-date"] = core::to_basic_iso(core::Timestamp(lab.real) - std::chrono::hours(1));
  EXPECT_THAT(lab.desk.handle(stale, lab.real).answer.body,
              ::testing::HasSubstr("InvalidSignatureException"));
  lab.region = "mars-north-1";
  EXPECT_THAT(lab.desk.handle(lab.request("ecs", kListClusters, "{}"), lab.real).answer.body,
              ::testing::HasSubstr("UnrecognizedClientException"));
}

TEST(ServiceDesk, RefusesABodyThatIsNoJson) {
  Desk lab;
  EXPECT_THAT(lab.desk.handle(lab.request("ecs", kListClusters, "{\"maxResults\":"), lab.real).answer.body,
              ::testing::HasSubstr("SerializationException"));
}

TEST(ServiceDesk, LeavesATrailOfWhatItServedAndRefused) {
  LabOptions options;
  options.refuse = {"ecs:ListServices"};
  Desk lab(options);
  lab.desk.handle(
      lab.request("ecs", "AmazonEC2ContainerServiceV20141113.CreateCluster", R"({"clusterName": "prod"})"),
      lab.real);
  lab.desk.handle(
      lab.request("ecs", "AmazonEC2ContainerServiceV20141113.ListServices", R"({"cluster": "prod"})"),
      lab.real);
  const auto& events = lab.world.trail["eu-west-1"].events;
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0].name, "CreateCluster");
  EXPECT_FALSE(events[0].read_only);
  EXPECT_EQ(events[0].record["requestParameters"]["clusterName"], "prod");
  EXPECT_TRUE(events[1].read_only);
  EXPECT_EQ(events[1].record["errorCode"], "AccessDenied");
  EXPECT_EQ(events[1].resources,
            (std::vector<std::pair<std::string, std::string>>{{"AWS::ECS::Cluster", "prod"}}));
}

TEST(ServiceDesk, MeetsTheSameFaultsWithTheSameSeedInTheAskedShare) {
  LabOptions options;
  options.faults = *faults_of("throttle=20%,reset=10%,truncate=5%");
  const auto history = [&] {
    Desk lab(options);
    std::vector<int> kinds;
    for (int i = 0; i < 2000; ++i) {
      const auto outcome = lab.desk.handle(lab.request("ecs", kListClusters, "{}"), lab.real);
      kinds.push_back(static_cast<int>(outcome.mishap) * 1000 + outcome.answer.status);
    }
    return kinds;
  };
  const auto first = history();
  EXPECT_EQ(first, history());
  const auto throttled =
      std::count_if(first.begin(), first.end(), [](int kind) { return kind % 1000 == 400; });
  const auto resets = std::count_if(first.begin(), first.end(),
                                    [](int kind) { return kind / 1000 == 1 || kind / 1000 == 2; });
  EXPECT_NEAR(static_cast<double>(throttled), 400, 80);
  EXPECT_NEAR(static_cast<double>(resets), 200, 60);
}

TEST(ServiceDesk, KeepsALongPollWaitingUntilAMessageComes) {
  Desk lab;
  add_queue(lab.world, lab.region, "q");
  const auto ask =
      lab.request("sqs", "AmazonSQS.ReceiveMessage", R"({"QueueUrl": "http://x/1/q", "WaitTimeSeconds": 5})");
  EXPECT_EQ(lab.desk.handle(ask, lab.real).wait, std::chrono::seconds(5));
  ASSERT_TRUE(lab.call("sqs", "SendMessage", {{"QueueUrl", "q"}, {"MessageBody", "b"}}));
  const auto outcome = lab.desk.handle(ask, lab.real + core::Duration(50), true);
  EXPECT_EQ(outcome.wait.count(), 0);
  EXPECT_EQ(json::parse(outcome.answer.body)["Messages"][0]["Body"], "b");
}

TEST(Faults, AreReadFromText) {
  const auto faults = faults_of("throttle=10%,reset=0.02,timeout=1%,error500=100%");
  ASSERT_TRUE(faults);
  EXPECT_DOUBLE_EQ(faults->throttle, 0.1);
  EXPECT_DOUBLE_EQ(faults->reset, 0.02);
  EXPECT_DOUBLE_EQ(faults->error500, 1);
  for (const char* bad : {"throttle", "throttle=", "throttle=x%", "throttle=101%", "speed=1%", "throttle=-1%",
                          "throttle=nan"}) {
    EXPECT_EQ(faults_of(bad).error().kind, core::ErrorKind::usage) << bad;
  }
}

}  // namespace
}  // namespace doctor::lab
