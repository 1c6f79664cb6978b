// Whose code manages a resource: tags, Terraform's state, a stack's resources.
#include "remedy/managed_by.h"

#include <gtest/gtest.h>

namespace doctor::remedy {
namespace {

Step step(std::string kind, std::string id, std::string before) {
  Step s;
  s.resource = {std::move(kind), std::move(id), "111122223333", "eu-west-1"};
  s.before = std::move(before);
  return s;
}

constexpr const char* kState = R"({"version": 4, "terraform_version": "1.6.0", "resources": [
  {"module": "module.app", "mode": "managed", "type": "aws_ecs_service", "name": "web",
   "provider": "provider[\"registry.terraform.io/hashicorp/aws\"]",
   "instances": [{"index_key": 0, "schema_version": 0,
     "attributes": {"id": "arn:aws:ecs:eu-west-1:111122223333:service/prod/web", "name": "web"}}]},
  {"mode": "managed", "type": "aws_ecs_task_definition", "name": "web",
   "instances": [{"attributes": {"id": "web", "family": "web",
     "arn": "arn:aws:ecs:eu-west-1:111122223333:task-definition/web:7"}}]},
  {"mode": "managed", "type": "aws_iam_role_policy", "name": "app",
   "instances": [{"attributes": {"id": "web-task:app", "name": "app"}}]},
  {"mode": "data", "type": "aws_security_group", "name": "shared", "instances": [{"attributes": {"id": "sg-1"}}]},
  {"mode": "managed", "type": "aws_security_group", "name": "web", "instances": [{"index_key": "a\"b", "attributes": {"id": "sg-2"}}]}
]})";

std::vector<Managed> terraform() {
  const auto managed = managed_by_terraform(kState, "terraform.tfstate");
  EXPECT_TRUE(managed) << core::to_line(managed.error());
  return *managed;
}

TEST(ManagedBy, TerraformNamesTheAddress) {
  EXPECT_EQ(manager_of(step("ecs:service", "arn:aws:ecs:eu-west-1:111122223333:service/prod/web", "{}"),
                       terraform()),
            "terraform: module.app.aws_ecs_service.web[0]");
  EXPECT_EQ(manager_of(step("ec2:security-group", "sg-2", "{}"), terraform()),
            "terraform: aws_security_group.web[\"a\\\"b\"]");
}

TEST(ManagedBy, AFamilyIsKnownByTheArnOfItsRevision) {
  EXPECT_EQ(
      manager_of(step("ecs:task-definition", "arn:aws:ecs:eu-west-1:111122223333:task-definition/web", "{}"),
                 terraform()),
      "terraform: aws_ecs_task_definition.web");
}

TEST(ManagedBy, AnInlinePolicyIsKnownByRoleAndName) {
  EXPECT_EQ(manager_of(step("iam:role-policy", "web-task/app", "{}"), terraform()),
            "terraform: aws_iam_role_policy.app");
  EXPECT_EQ(manager_of(step("iam:role-policy", "other/none", "{}"), terraform()), "");
}

TEST(ManagedBy, ADataSourceManagesNothing) {
  EXPECT_EQ(manager_of(step("ec2:security-group", "sg-1", "{}"), terraform()), "");
}

TEST(ManagedBy, WhatAStepMakesAnewIsNobodys) {
  EXPECT_EQ(manager_of(step("ecs:service", "arn:aws:ecs:eu-west-1:111122223333:service/prod/web", "null"),
                       terraform()),
            "");
}

// "Resource tags": CloudFormation puts aws:cloudformation:stack-name on what it makes.
TEST(ManagedBy, TagsTell) {
  EXPECT_EQ(
      manager_of(
          step("ec2:subnet", "subnet-1",
               R"({"Tags": {"aws:cloudformation:stack-name": "net", "aws:cloudformation:logical-id": "A"}})"),
          {}),
      "cloudformation: net/A");
  EXPECT_EQ(manager_of(step("ecs:service", "x", R"({"tags": {"ManagedBy": "Terraform"}})"), {}),
            "terraform: by its tag ManagedBy");
  EXPECT_EQ(manager_of(step("ecs:service", "x", R"({"tags": {"terraform": "false"}})"), {}), "");
}

TEST(ManagedBy, AStackNamesItsResources) {
  const auto managed =
      managed_by_stack(R"({"StackResources": [{"StackName": "net", "LogicalResourceId": "Web",
      "PhysicalResourceId": "sg-9", "ResourceType": "AWS::EC2::SecurityGroup", "ResourceStatus": "CREATE_COMPLETE"}]})",
                       "stack.json");
  ASSERT_TRUE(managed);
  EXPECT_EQ(manager_of(step("ec2:security-group", "sg-9", "{}"), *managed), "cloudformation: net/Web");
}

TEST(ManagedBy, AFileThatIsNoStateIsOneError) {
  EXPECT_EQ(managed_by_terraform("{}", "t.tfstate").error().kind, core::ErrorKind::bad_input);
  EXPECT_NE(managed_by_terraform("{", "t.tfstate").error().sentence.find("t.tfstate:1:"), std::string::npos);
  EXPECT_EQ(managed_by_stack("[]", "s.json").error().kind, core::ErrorKind::bad_input);
}

}  // namespace
}  // namespace doctor::remedy
