// What the AWS CLI prints of a resource, as one state: whatever AWS changes by itself is not in it.
#include "remedy/kinds.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <set>

#include "remedy/plan_support.h"
#include "remedy/planner_draft.h"

namespace doctor::remedy {
namespace {

using nlohmann::json;
using testing::Test;

std::string file_of(const std::string& scenario, const std::string& name) {
  std::ifstream in(scenario_folder(scenario) + "/" + name);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  EXPECT_FALSE(text.empty()) << name;
  return text;
}

std::string state(std::string_view kind_name, const std::string& id, std::string_view answer) {
  const Kind* kind = kind_named(kind_name);
  EXPECT_NE(kind, nullptr) << kind_name;
  const auto state = kind->state({std::string(kind_name), id, "111122223333", "eu-west-1"}, answer);
  return state ? *state : "error: " + state.error().sentence;
}

constexpr const char* kService = "arn:aws:ecs:eu-west-1:111122223333:service/prod/web";

TEST(Kinds, EveryKindHasOneNameAndReadsOneOperation) {
  std::set<std::string_view> names;
  for (const Kind& kind : all_kinds()) {
    EXPECT_TRUE(names.insert(kind.name).second) << kind.name;
    const Request read = kind.read({std::string(kind.name), "a/b", "111122223333", "eu-west-1"});
    EXPECT_TRUE(json_of(read.input).is_object()) << kind.name;
    EXPECT_EQ(kind_named(kind.name), &kind);
  }
  EXPECT_EQ(kind_named("ecs:nothing"), nullptr);
}

// docs/iam/plan.json is what an operator attaches: it allows every reading, by name.
TEST(Kinds, ThePublishedPolicyAllowsEveryReading) {
  std::ifstream in(std::string(DOCTOR_SOURCE_DIR) + "/docs/iam/plan.json");
  const json policy = json::parse(in, nullptr, false);
  ASSERT_TRUE(policy.is_object());
  std::set<std::string> allowed;
  for (const auto& statement : policy["Statement"]) {
    for (const auto& action : statement["Action"]) allowed.insert(action.get<std::string>());
  }
  std::set<std::string> asked{"ecs:ListClusters", "ecs:ListServices"};  // who else uses what would change
  for (const Kind& kind : all_kinds()) {
    for (const char* id : {"a/b", "subnet-1", "vpc-1/enableDnsSupport"}) {
      for (const auto& action :
           actions_of(kind.read({std::string(kind.name), id, "111122223333", "eu-west-1"})))
        asked.insert(action);
    }
  }
  EXPECT_EQ(allowed, asked);
}

TEST(Kinds, AServicesStateLeavesOutWhatAwsChangesByItself) {
  const std::string answer = file_of("spot-one-zone-of-three", "ecs.describe-services.json");
  const std::string before = state("ecs:service", kService, answer);
  json later = json_of(answer);
  json& service = later["services"][0];
  service["runningCount"] = 6;
  service["pendingCount"] = 1;
  service["events"] = json::array();
  service["deployments"][0]["rolloutState"] = "IN_PROGRESS";
  EXPECT_EQ(state("ecs:service", kService, later.dump()), before);
  service["desiredCount"] = 7;
  EXPECT_EQ(differences(before, state("ecs:service", kService, later.dump())),
            std::vector<std::string>{"/desiredCount: 6 -> 7"});
}

TEST(Kinds, ListsThatAreSetsComeInOneOrder) {
  json answer = json_of(file_of("spot-one-zone-of-three", "ecs.describe-services.json"));
  const std::string before = state("ecs:service", kService, answer.dump());
  json& network = answer["services"][0]["networkConfiguration"]["awsvpcConfiguration"];
  std::reverse(network["subnets"].begin(), network["subnets"].end());
  EXPECT_EQ(state("ecs:service", kService, answer.dump()), before);
}

TEST(Kinds, AServiceThatIsInactiveIsNotThere) {
  EXPECT_EQ(state("ecs:service", kService,
                  R"({"services": [{"serviceArn": "arn:aws:ecs:eu-west-1:111122223333:service/prod/web",
                      "status": "INACTIVE"}], "failures": []})"),
            "null");
  EXPECT_EQ(state("ecs:service", kService, R"({"services": [], "failures": [{"reason": "MISSING"}]})"),
            "null");
}

TEST(Kinds, AnAnswerOfAnotherOperationIsAnError) {
  EXPECT_TRUE(state("ecs:service", kService, R"({"clusters": []})").starts_with("error:"));
  EXPECT_TRUE(state("ec2:route-table", "rtb-1", "no JSON").starts_with("error:"));
}

// "RegisterTaskDefinition" makes a new revision, so that a family's state is its newest one.
TEST(Kinds, ATaskDefinitionsStateIsWhatWasRegistered) {
  const std::string answer = file_of("spot-one-zone-of-three", "ecs.describe-task-definition.web_1.json");
  const json family =
      json_of(state("ecs:task-definition", "arn:aws:ecs:eu-west-1:111122223333:task-definition/web", answer));
  EXPECT_EQ(family["revision"], 1);
  EXPECT_FALSE(family.contains("registeredAt"));
  EXPECT_EQ(state("ecs:task-definition", "arn:aws:ecs:eu-west-1:111122223333:task-definition/other", answer),
            "null");
  EXPECT_EQ(state("ecs:task-definition", "arn:aws:ecs:eu-west-1:111122223333:task-definition/web:9", answer),
            "null");
}

TEST(Kinds, RulesOfAGroupAreNamedByWhatTheyLetThrough) {
  const char* joined = R"({"SecurityGroups": [{"GroupId": "sg-1", "GroupName": "web", "IpPermissions": [
      {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "10.0.0.0/16"},
       {"CidrIp": "10.1.0.0/16", "Description": "peer"}], "UserIdGroupPairs": [], "Ipv6Ranges": [], "PrefixListIds": []}],
      "IpPermissionsEgress": [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]}]})";
  const json group = json_of(state("ec2:security-group", "sg-1", joined));
  EXPECT_EQ(group["Ingress"]["tcp 443-443 10.1.0.0/16"]["Description"], "peer");
  EXPECT_TRUE(group["Egress"].contains("-1 0.0.0.0/0"));
  const char* apart = R"({"SecurityGroups": [{"GroupId": "sg-1", "GroupName": "web", "IpPermissions": [
      {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "10.1.0.0/16", "Description": "peer"}]},
      {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "10.0.0.0/16"}]}],
      "IpPermissionsEgress": [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]}]})";
  EXPECT_EQ(state("ec2:security-group", "sg-1", apart), state("ec2:security-group", "sg-1", joined));
}

// IAM's wire form is URL-encoded text; the CLI prints an object. Both are the same policy.
TEST(Kinds, APolicyDocumentIsTheSameHoweverItIsWritten) {
  const char* object =
      R"({"RoleName": "web", "PolicyName": "app", "PolicyDocument": {"Version": "2012-10-17", "Statement": []}})";
  const char* encoded =
      R"({"RoleName": "web", "PolicyName": "app", "PolicyDocument": "%7B%22Statement%22%3A%5B%5D%2C%22Version%22%3A%222012-10-17%22%7D"})";
  EXPECT_EQ(state("iam:role-policy", "web/app", object), state("iam:role-policy", "web/app", encoded));
  EXPECT_EQ(state("iam:role-policy", "web/other", object), "null");
}

TEST(Kinds, AttributesAreAMap) {
  const json attributes = json_of(
      state("elbv2:target-group-attributes", "arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/web/1",
            R"({"Attributes": [{"Key": "deregistration_delay.timeout_seconds", "Value": "300"}]})"));
  EXPECT_EQ(attributes["deregistration_delay.timeout_seconds"], "300");
}

TEST(Kinds, AnEndpointThatIsBeingDeletedIsNotThere) {
  const char* answer = R"({"VpcEndpoints": [
      {"VpcEndpointId": "vpce-1", "VpcId": "vpc-1", "ServiceName": "com.amazonaws.eu-west-1.s3", "State": "deleting"}]})";
  EXPECT_EQ(state("ec2:vpc-endpoint", "vpce-1", answer), "null");
  EXPECT_EQ(state("ec2:vpc-endpoint", "vpc-1/com.amazonaws.eu-west-1.s3", answer), "null");
}

TEST(Kinds, WhoSaysAbsentIsTheKindsOwnErrorCode) {
  const Kind* service = kind_named("ecs:service");
  const auto error = [](std::string code) {
    return core::make_error(core::ErrorKind::not_found, "no", "", code);
  };
  EXPECT_TRUE(says_absent(*service, error("ClusterNotFoundException")));
  EXPECT_FALSE(says_absent(*service, error("AccessDeniedException")));
  EXPECT_FALSE(says_absent(*service, error("")));
}

TEST(Differences, NameFieldsThatComeAndGo) {
  EXPECT_EQ(differences(R"({"a": {"b": 1}, "c": [1]})", R"({"a": {"b": 2}, "d": true, "c": [1]})"),
            (std::vector<std::string>{"/a/b: 1 -> 2", "/d: absent -> true"}));
  EXPECT_EQ(differences("null", R"({"a": 1})"), std::vector<std::string>{"/a: absent -> 1"});
  EXPECT_TRUE(differences(R"({"a": 1})", R"({"a": 1})").empty());
}

TEST(Differences, ThreeSidesShowWhoChangedWhat) {
  EXPECT_EQ(three_way(R"({"n": 1, "m": 1})", R"({"n": 2, "m": 1})", R"({"n": 3, "m": 1})"),
            std::vector<std::string>{"/n: before 1, ours 2, theirs 3"});
}

TEST(Effects, HoldWhereTheStateHasThem) {
  const char* state = R"({"n": 1, "subnets": ["b", "a"], "Routes": {"0.0.0.0/0": {"GatewayId": "igw-1"}}})";
  EXPECT_TRUE(has_effects(state, {{"/n", "1"}, {"/subnets", R"(["a","b"])"}}));
  EXPECT_TRUE(has_effects(state, {{"/Routes/0.0.0.0~10/GatewayId", "\"igw-1\""}, {"/gone", "null"}}));
  EXPECT_FALSE(has_effects(state, {{"/n", "2"}}));
  EXPECT_FALSE(has_effects(state, {{"/n", "null"}}));
  EXPECT_TRUE(has_effects("null", {{"", "null"}}));
  EXPECT_FALSE(has_effects("{", {{"/n", "1"}}));
}

}  // namespace
}  // namespace doctor::remedy
