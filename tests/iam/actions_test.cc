// The catalogue against the Service Authorization Reference ("Actions, resources, and condition keys for
// Amazon ECS", "… for AWS Secrets Manager", "… for Amazon S3").
#include "iam/actions.h"

#include <gtest/gtest.h>

namespace doctor::iam {
namespace {

TEST(Actions, KnowWhatTheyCanBeLimitedTo) {
  const auto* run = find_action("ecs:RunTask");
  ASSERT_NE(run, nullptr);
  ASSERT_EQ(run->resources.size(), 1u);
  EXPECT_EQ(run->resources[0].type->name, "task-definition");
  EXPECT_TRUE(run->resources[0].required);
  EXPECT_EQ(run->levels, "W");
  EXPECT_TRUE(run->has_condition_key("ecs:cluster"));
  EXPECT_TRUE(run->has_condition_key("aws:ResourceTag/team"));
  EXPECT_FALSE(run->has_condition_key("ecs:no-such-key"));
}

TEST(Actions, WithoutResourceLevelPermissionsHaveNoTypes) {
  for (const std::string_view name : {"ecr:GetAuthorizationToken", "ssmmessages:CreateControlChannel",
                                      "ssmmessages:OpenDataChannel", "ec2:DescribeSubnets"}) {
    const auto* action = find_action(name);
    ASSERT_NE(action, nullptr) << name;
    EXPECT_TRUE(action->resources.empty()) << name;
  }
}

TEST(Actions, AreFoundInAnyCaseAndSpelledAsAwsDoes) {
  const auto* action = find_action("SECRETSMANAGER:getsecretvalue");
  ASSERT_NE(action, nullptr);
  EXPECT_EQ(full_name(*action), "secretsmanager:GetSecretValue");
  EXPECT_EQ(find_action("ecs:NoSuchAction"), nullptr);
  EXPECT_EQ(find_action("RunTask"), nullptr);
  EXPECT_EQ(find_action("nosuch:RunTask"), nullptr);
}

TEST(Actions, OfEveryServiceThatFargateTouchesAreThere) {
  for (const std::string_view service : {"ecs",
                                         "ec2",
                                         "ecr",
                                         "ecr-public",
                                         "logs",
                                         "ssm",
                                         "ssmmessages",
                                         "secretsmanager",
                                         "kms",
                                         "iam",
                                         "sts",
                                         "elasticloadbalancing",
                                         "application-autoscaling",
                                         "cloudwatch",
                                         "events",
                                         "sqs",
                                         "sns",
                                         "s3",
                                         "servicequotas",
                                         "health",
                                         "cloudtrail",
                                         "config",
                                         "organizations",
                                         "servicediscovery",
                                         "elasticfilesystem",
                                         "dynamodb",
                                         "lambda"}) {
    EXPECT_TRUE(catalogue_knows(service)) << service;
    EXPECT_FALSE(actions_of(service).empty()) << service;
  }
}

TEST(Actions, HaveWellFormedRows) {
  for (const auto service : catalogue_services()) {
    for (const auto* action : actions_of(service)) {
      EXPECT_FALSE(action->name.empty());
      EXPECT_EQ(action->levels.find_first_not_of("LRWTP"), std::string_view::npos) << full_name(*action);
      EXPECT_FALSE(action->levels.empty()) << full_name(*action);
      for (const auto& resource : action->resources) {
        EXPECT_EQ(resource.type->arn.substr(0, 4), "arn:") << full_name(*action);
      }
      for (const auto dependent : action->dependent_actions) {
        EXPECT_NE(dependent.find(':'), std::string_view::npos) << full_name(*action);
      }
    }
  }
}

TEST(ResourceTypes, AreToldApartByTheArn) {
  const auto* get = find_action("s3:GetObject");
  ASSERT_NE(get, nullptr);
  ASSERT_NE(resource_type_of(*get, "arn:aws:s3:::bucket/key"), nullptr);
  EXPECT_EQ(resource_type_of(*get, "arn:aws:s3:::bucket/key")->name, "object");
  EXPECT_EQ(resource_type_of(*get, "arn:aws:ecs:eu-west-1:111122223333:cluster/prod"), nullptr);
  const auto* task = find_resource_type("ecs", "task");
  ASSERT_NE(task, nullptr);
  EXPECT_TRUE(has_form_of("arn:aws-cn:ecs:cn-north-1:111122223333:task/prod/0f9d", *task));
  EXPECT_FALSE(has_form_of("arn:aws:ecs:eu-west-1:111122223333:task-definition/web:1", *task));
  EXPECT_FALSE(has_form_of("no arn", *task));
}

}  // namespace
}  // namespace doctor::iam
