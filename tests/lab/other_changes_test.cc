// Settings of a cluster, log groups and lifecycle policies: what changes, and what it does to what runs.
// Rules: "UpdateClusterSettings" (Amazon ECS API Reference), "CreateLogGroup" (CloudWatch Logs API
// Reference), "Lifecycle policy properties in Amazon ECR".
#include "lab/desk_support.h"
#include "lab/scenario_town.h"

namespace doctor::lab {
namespace {

using testing::Desk;
using namespace std::chrono_literals;

std::string code_of(const Reply& reply) {
  return reply ? "" : reply.error().code;
}

// A town with one service that runs; nothing is wrong in it.
struct Running : Desk {
  Town town;
  Running() : town(world, {.history = 2h, .siblings = false}) {
    App app = web_app(2);
    app.behaviour.disk_gib_per_hour = 0.5;
    town.add_app(app);
    town.until(60min);
  }
  std::size_t storage_metrics() {
    std::size_t points = 0;
    for (const auto& [key, data] : world.cloudwatch[region].metrics) {
      if (key.name_space == "ECS/ContainerInsights") points += data.size();
    }
    return points;
  }
};

TEST(ClusterSettings, SwitchContainerInsightsOnAndOff) {
  Running lab;
  const auto set = [&](const json& settings) {
    return lab.call("ecs", "UpdateClusterSettings", {{"cluster", "prod"}, {"settings", settings}});
  };
  const auto insights = [](const char* value) {
    return json::array({{{"name", "containerInsights"}, {"value", value}}});
  };
  const auto off = set(insights("disabled"));
  ASSERT_TRUE(off);
  EXPECT_EQ((*off)["cluster"]["settings"], insights("disabled"));
  const auto before = lab.storage_metrics();
  lab.town.until(50min);
  EXPECT_EQ(lab.storage_metrics(), before);
  ASSERT_TRUE(set(insights("enabled")));
  lab.town.until(30min);
  EXPECT_GT(lab.storage_metrics(), before);
  EXPECT_EQ(code_of(set(insights("perhaps"))), "InvalidParameterException");
  EXPECT_EQ(code_of(set(json::array({{{"name", "nothing"}, {"value", "enabled"}}}))),
            "InvalidParameterException");
  EXPECT_EQ(code_of(set(json::array())), "InvalidParameterException");
  EXPECT_EQ(code_of(lab.call("ecs", "UpdateClusterSettings",
                             {{"cluster", "none"}, {"settings", insights("enabled")}})),
            "ClusterNotFoundException");
}

TEST(LogGroups, ThatAreMissingKeepTasksFromStarting) {
  Running lab;
  const auto& groups = lab.world.logs[lab.region].groups;
  std::string group;
  for (const auto& [name, one] : groups) {
    if (name.find("web") != std::string::npos) group = name;
  }
  ASSERT_NE(group, "");
  const json named{{"logGroupName", group}};
  EXPECT_EQ(code_of(lab.call("logs", "CreateLogGroup", named)), "ResourceAlreadyExistsException");
  ASSERT_TRUE(lab.call("logs", "DeleteLogGroup", named));
  EXPECT_EQ(code_of(lab.call("logs", "DeleteLogGroup", named)), "ResourceNotFoundException");
  const auto start_one = [&](core::Duration until) {
    lab.town.act(lab.town.administrator, "UpdateService",
                 {{"cluster", "prod"}, {"service", "web"}, {"forceNewDeployment", true}});
    lab.town.until(until);
    std::string reasons;
    for (const TaskRecord* task : lab.town.tasks_of("web", false)) reasons += task->stopped_reason;
    return reasons;
  };
  EXPECT_NE(start_one(40min).find("The specified log group does not exist"), std::string::npos);
  EXPECT_FALSE(groups.contains(group));  // no task makes it again
  ASSERT_TRUE(lab.call("logs", "CreateLogGroup", named));
  lab.town.act(lab.town.administrator, "UpdateService",
               {{"cluster", "prod"}, {"service", "web"}, {"forceNewDeployment", true}});
  lab.town.until(10min);
  EXPECT_EQ(lab.town.tasks_of("web").size(), 2u);
  EXPECT_FALSE(groups.at(group).streams.empty());
}

TEST(LogGroups, AreDescribedAsTheyWereMade) {
  Desk lab;
  ASSERT_TRUE(lab.call("logs", "CreateLogGroup",
                       {{"logGroupName", "/ecs/web"}, {"logGroupClass", "INFREQUENT_ACCESS"}}));
  const json group =
      (*lab.call("logs", "DescribeLogGroups", {{"logGroupNamePrefix", "/ecs/"}}))["logGroups"][0];
  EXPECT_EQ(group["logGroupClass"], "INFREQUENT_ACCESS");
  EXPECT_FALSE(group.contains("retentionInDays"));  // for ever
  for (const char* bad : {"", "with space", "aws/mine"})
    EXPECT_EQ(code_of(lab.call("logs", "CreateLogGroup", {{"logGroupName", bad}})),
              "InvalidParameterException");
}

// --- Lifecycle policies

json selection(const char* status, const char* type, int number) {
  json chosen{{"tagStatus", status}, {"countType", type}, {"countNumber", number}};
  if (std::string_view(type) == "sinceImagePushed") chosen["countUnit"] = "days";
  return chosen;
}

std::string policy_of_rules(const std::vector<json>& selections) {
  json rules = json::array();
  for (const auto& chosen : selections) {
    rules.push_back({{"rulePriority", rules.size() + 1},
                     {"description", "a rule of the test, long enough for a policy of a hundred characters"},
                     {"selection", chosen},
                     {"action", {{"type", "expire"}}}});
  }
  return json({{"rules", rules}}).dump();
}

struct Images : Desk {
  Images() { add_repository(world, region, "web"); }
  std::string push(const std::string& tag) { return add_image(world, region, "web", tag, {1000}); }
  Reply put(const std::string& text) {
    return call("ecr", "PutLifecyclePolicy", {{"repositoryName", "web"}, {"lifecyclePolicyText", text}});
  }
  std::size_t count() { return world.ecr[region].repositories["web"].images.size(); }
  void days(int number) { world.clock.advance_by(std::chrono::hours(24 * number)); }
};

TEST(LifecyclePolicy, ExpiresUntaggedImagesOfAnAge) {
  Images lab;
  lab.push("1");
  lab.push("1");  // the first one has no tag any more
  ASSERT_TRUE(lab.put(policy_of_rules({selection("untagged", "sinceImagePushed", 14)})));
  lab.days(13);
  EXPECT_EQ(lab.count(), 2u);
  lab.days(2);
  EXPECT_EQ(lab.count(), 1u);
  lab.days(60);
  EXPECT_EQ(lab.count(), 1u);  // what has a tag stays
  const auto got = lab.call("ecr", "GetLifecyclePolicy", {{"repositoryName", "web"}});
  ASSERT_TRUE(got);
  EXPECT_GT((*got)["lastEvaluatedAt"].get<double>(), epoch(testing::kNow));
}

TEST(LifecyclePolicy, ExpiresNothingMoreOnceItIsDeleted) {
  Images lab;
  lab.push("1");
  lab.push("1");
  ASSERT_TRUE(lab.put(policy_of_rules({selection("untagged", "sinceImagePushed", 1)})));
  const json named{{"repositoryName", "web"}};
  EXPECT_EQ(
      json::parse(text_of(*lab.call("ecr", "GetLifecyclePolicy", named), "lifecyclePolicyText"))["rules"]
          .size(),
      1u);
  ASSERT_TRUE(lab.call("ecr", "DeleteLifecyclePolicy", named));
  lab.days(30);
  EXPECT_EQ(lab.count(), 2u);
  for (const char* operation : {"GetLifecyclePolicy", "DeleteLifecyclePolicy"})
    EXPECT_EQ(code_of(lab.call("ecr", operation, named)), "LifecyclePolicyNotFoundException");
}

TEST(LifecyclePolicy, TakesEachImageByItsFirstRule) {
  Images lab;
  for (const char* tag : {"prod-1", "prod-2", "prod-3", "dev-1", "dev-2"}) {
    lab.push(tag);
    lab.world.clock.advance_by(1min);
  }
  json prod = selection("tagged", "imageCountMoreThan", 2);
  prod["tagPrefixList"] = {"prod-"};
  ASSERT_TRUE(lab.put(policy_of_rules({prod, selection("any", "imageCountMoreThan", 1)})));
  lab.days(1);
  std::vector<std::string> tags;
  for (const auto& image : lab.world.ecr[lab.region].repositories["web"].images)
    tags.insert(tags.end(), image.tags.begin(), image.tags.end());
  // The second rule counts only what the first one does not concern.
  EXPECT_EQ(tags, (std::vector<std::string>{"prod-2", "prod-3", "dev-2"}));
}

TEST(LifecyclePolicy, LeavesWhatAManifestListNames) {
  Images lab;
  const auto one = lab.push("");
  add_image_index(lab.world, lab.region, "web", "1", {{one, "amd64"}});
  ASSERT_TRUE(lab.put(policy_of_rules({selection("untagged", "sinceImagePushed", 1)})));
  lab.days(10);
  EXPECT_EQ(lab.count(), 2u);
}

TEST(LifecyclePolicy, IsRefusedWhereItIsNone) {
  Images lab;
  const auto code = [&](const std::string& text) { return code_of(lab.put(text)); };
  EXPECT_EQ(code(R"({"rules": []})"), "InvalidParameterException");  // shorter than a hundred characters
  EXPECT_EQ(code(std::string(200, '{')), "InvalidParameterException");
  EXPECT_EQ(code(policy_of_rules({selection("tagged", "imageCountMoreThan", 1)})),
            "InvalidParameterException");
  EXPECT_EQ(code(policy_of_rules(
                {selection("any", "imageCountMoreThan", 1), selection("untagged", "imageCountMoreThan", 1)})),
            "InvalidParameterException");
  EXPECT_EQ(code(policy_of_rules({selection("untagged", "imageCountMoreThan", 0)})),
            "InvalidParameterException");
  EXPECT_EQ(code_of(lab.call("ecr", "PutLifecyclePolicy",
                             {{"repositoryName", "none"}, {"lifecyclePolicyText", "{}"}})),
            "RepositoryNotFoundException");
}

// --- Policies of repositories, secrets and keys

json policy_for(const std::string& effect, const json& principal, const std::string& action) {
  return {
      {"Version", "2012-10-17"},
      {"Statement",
       json::array({{{"Effect", effect}, {"Principal", principal}, {"Action", action}, {"Resource", "*"}}})}};
}

TEST(KeyPolicy, IsRefusedWhereItWouldLockItsOwnersOut) {
  Desk lab;
  const std::string key = add_key(lab.world, lab.region, "k");
  const auto put = [&](const json& policy, bool bypass = false) {
    return code_of(lab.call("kms", "PutKeyPolicy",
                            {{"KeyId", key},
                             {"PolicyName", "default"},
                             {"Policy", policy.dump()},
                             {"BypassPolicyLockoutSafetyCheck", bypass}}));
  };
  const json root{{"AWS", "arn:aws:iam::111122223333:root"}},
      app{{"AWS", "arn:aws:iam::111122223333:role/app"}};
  EXPECT_EQ(put(policy_for("Allow", root, "kms:*")), "");
  EXPECT_EQ(put(policy_for("Allow", app, "kms:*")), "MalformedPolicyDocumentException");
  EXPECT_EQ(put(policy_for("Allow", root, "kms:Decrypt")), "MalformedPolicyDocumentException");
  EXPECT_EQ(put(policy_for("Deny", "*", "kms:*"), true), "");  // on the caller's own word
  EXPECT_EQ(put({{"Statement", "none"}}), "MalformedPolicyDocumentException");
  EXPECT_EQ(code_of(lab.call("kms", "PutKeyPolicy", {{"KeyId", "none"}, {"Policy", "{}"}})),
            "NotFoundException");
}

TEST(RepositoryPolicy, IsPutAndDeleted) {
  Images lab;
  const auto put = [&](const json& policy, bool force = false) {
    return code_of(lab.call("ecr", "SetRepositoryPolicy",
                            {{"repositoryName", "web"}, {"policyText", policy.dump()}, {"force", force}}));
  };
  json deny = policy_for("Deny", "*", "ecr:*");
  deny["Statement"][0].erase("Resource");
  EXPECT_EQ(put(deny), "InvalidParameterException");  // it would be the last one
  EXPECT_EQ(put(deny, true), "");
  json allow = policy_for("Allow", {{"AWS", "arn:aws:iam::111122223333:role/app"}}, "ecr:BatchGetImage");
  allow["Statement"][0].erase("Resource");
  EXPECT_EQ(put(allow), "");
  const json named{{"repositoryName", "web"}};
  EXPECT_EQ(json::parse(text_of(*lab.call("ecr", "GetRepositoryPolicy", named), "policyText")), allow);
  ASSERT_TRUE(lab.call("ecr", "DeleteRepositoryPolicy", named));
  EXPECT_EQ(code_of(lab.call("ecr", "DeleteRepositoryPolicy", named)), "RepositoryPolicyNotFoundException");
  EXPECT_EQ(put({{"Statement", json::array()}, {"Version", "1"}}), "InvalidParameterException");
}

TEST(SecretPolicy, IsPutAndDeletedAndNotForEverybodyUnlessToldSo) {
  Desk lab;
  const std::string secret = add_secret(lab.world, lab.region, "prod/db-a1b2c3");
  const auto put = [&](const json& policy, bool block = false) {
    return code_of(
        lab.call("secretsmanager", "PutResourcePolicy",
                 {{"SecretId", "prod/db"}, {"ResourcePolicy", policy.dump()}, {"BlockPublicPolicy", block}}));
  };
  const json everybody = policy_for("Allow", "*", "secretsmanager:GetSecretValue");
  EXPECT_EQ(put(everybody, true), "PublicPolicyException");
  EXPECT_EQ(put(everybody), "");
  const json named{{"SecretId", secret}};
  EXPECT_TRUE(lab.call("secretsmanager", "GetResourcePolicy", named)->contains("ResourcePolicy"));
  ASSERT_TRUE(lab.call("secretsmanager", "DeleteResourcePolicy", named));
  EXPECT_FALSE(lab.call("secretsmanager", "GetResourcePolicy", named)->contains("ResourcePolicy"));
  EXPECT_TRUE(lab.call("secretsmanager", "DeleteResourcePolicy", named));  // again is no error
  EXPECT_EQ(put({{"Statement", "none"}}), "MalformedPolicyDocumentException");
}

}  // namespace
}  // namespace doctor::lab
