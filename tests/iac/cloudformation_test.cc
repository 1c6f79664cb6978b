// A run as CloudFormation. Types, properties and identifiers: tests/iac/judged_test.py checks them all
// against the resource specification.
#include "iac/cloudformation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "iac/run_support.h"

namespace doctor::iac {
namespace {

using testing::Contains;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

std::string text_of(const Codified& codified, const std::string& name) {
  for (const auto& file : codified.files) {
    if (file.name == "fargate-doctor-" + name) return file.text;
  }
  return {};
}
Codified made(const char* run, const std::vector<StackResource>& stack,
              std::initializer_list<const char*> templates) {
  std::vector<Template> files;
  for (const char* text : templates)
    files.push_back(read_template("t" + std::to_string(files.size()) + ".yaml", text).value());
  return cloudformation_of(changes_from(sample(run)), stack, files).value();
}

TEST(CloudFormation, ImportsWithADeletionPolicyAndTheTypesIdentifier) {
  const auto codified = made("exec", {}, {});
  EXPECT_THAT(text_of(codified, "import.yaml"),
              HasSubstr("    Type: AWS::EC2::VPCEndpoint\n    DeletionPolicy: Retain\n"));
  const auto imports = nlohmann::json::parse(text_of(codified, "resources-to-import.json"));
  EXPECT_EQ(imports[0]["ResourceIdentifier"],
            (nlohmann::json{{"PolicyName", "exec-command"}, {"RoleName", "web"}}));
  const auto input = nlohmann::json::parse(text_of(codified, "import-change-set.json"));
  EXPECT_EQ(input["ChangeSetType"], "IMPORT");
  EXPECT_EQ(input["ResourcesToImport"], imports);
  EXPECT_EQ(input["Capabilities"][0], "CAPABILITY_NAMED_IAM");
  EXPECT_EQ(input["TemplateBody"], text_of(codified, "import.yaml"));
}

TEST(CloudFormation, AParameterThatMustChangeIsGivenInTheUpdate) {
  const auto codified = made(
      "spot", {{"shop", "Web", "arn:aws:ecs:eu-west-1:111122223333:service/prod/web", "AWS::ECS::Service"}},
      {"Parameters:\n  N: {Type: Number}\n  M: {Type: String}\nResources:\n  Web:\n    Type: "
       "AWS::ECS::Service\n    Properties:\n"
       "      DesiredCount: !Ref N\n"});
  const auto input = nlohmann::json::parse(text_of(codified, "update-t0.yaml.json"));
  EXPECT_EQ(input["StackName"], "shop");
  EXPECT_EQ(input["Parameters"][0], (nlohmann::json{{"ParameterKey", "N"}, {"ParameterValue", "3"}}));
  EXPECT_EQ(input["Parameters"][1], (nlohmann::json{{"ParameterKey", "M"}, {"UsePreviousValue", true}}));
}

TEST(CloudFormation, TheStackTellsWhichLogicalId) {
  const auto stack =
      read_stack_resources(R"({"StackResources": [{"StackName": "shop", "LogicalResourceId": "B",
    "PhysicalResourceId": "arn:aws:ecs:eu-west-1:111122223333:service/prod/web", "ResourceType": "AWS::ECS::Service"}]})",
                           "s.json")
          .value();
  const char* two =
      "Resources:\n  A:\n    Type: AWS::ECS::Service\n    Properties: {DesiredCount: 2}\n  B:\n    Type: "
      "AWS::ECS::Service\n    Properties: {DesiredCount: 2}\n";
  const auto codified = made("spot", stack, {two});
  EXPECT_THAT(codified.patches[0].after,
              HasSubstr("  A:\n    Type: AWS::ECS::Service\n    Properties: {DesiredCount: 2}\n"));
  EXPECT_THAT(codified.patches[0].after,
              HasSubstr("  B:\n    Type: AWS::ECS::Service\n    Properties: {DesiredCount: 3, "));
  EXPECT_THAT(codified.drift, Contains(Field(&Drift::address, "B")));
  EXPECT_THAT(made("spot", {}, {two}).drift,
              Contains(Field(&Drift::detail, HasSubstr("more than one AWS::ECS::Service"))));
}

TEST(CloudFormation, WhatAStackHasAndNoTemplateGivenIsAskedFor) {
  const auto codified =
      made("storage",
           {{"shop", "Web", "arn:aws:ecs:eu-west-1:111122223333:service/prod/web", "AWS::ECS::Service"}}, {});
  EXPECT_THAT(codified.drift,
              Contains(Field(&Drift::detail, "it is in stack shop: give its template with --patch")));
  EXPECT_THAT(text_of(codified, "import.yaml"), testing::Not(HasSubstr("AWS::ECS::Service")));
}

TEST(CloudFormation, AnInlinePolicyGoesIntoItsRole) {
  const auto codified =
      made("exec", {},
           {"Resources:\n  R:\n    Type: AWS::IAM::Role\n    Properties:\n      RoleName: web\n      "
            "Policies:\n        - PolicyName: a\n          PolicyDocument: {}\n"});
  EXPECT_THAT(codified.patches[0].after,
              HasSubstr("        - PolicyName: exec-command\n          PolicyDocument:\n"));
  EXPECT_THAT(text_of(codified, "import.yaml"), testing::Not(HasSubstr("RolePolicy")));
}

TEST(CloudFormation, SaysWhatItHasNoTypeFor) {
  const auto codified = made("quotas", {}, {});
  EXPECT_THAT(codified.notes,
              Contains(HasSubstr("servicequotas:quota fargate/L-3032A538 has no CloudFormation resource")));
  EXPECT_THAT(made("network", {}, {}).drift, Contains(Field(&Drift::detail, HasSubstr("cannot import one"))));
}

TEST(CloudFormation, ARuleAndItsTargetsAreOneResource) {
  EXPECT_THAT(text_of(made("quotas", {}, {}), "import.yaml"),
              HasSubstr("      Targets:\n        - Id: ops\n"));
}

TEST(CloudFormation, RefusesWhatIsNoTemplate) {
  EXPECT_THAT(read_template("x.yaml", "a: 1\n").error().sentence,
              HasSubstr("x.yaml is not a CloudFormation template"));
  EXPECT_THAT(read_template("x.yaml", "a: [\n").error().sentence, HasSubstr("x.yaml:2:1"));
  EXPECT_THAT(read_stack_resources("{}", "s.json").error().sentence,
              HasSubstr("s.json has no StackResources"));
}

}  // namespace
}  // namespace doctor::iac
