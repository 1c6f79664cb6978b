// A run as Terraform. Argument names and import ids: the AWS provider's documentation of each resource
// ("Resource: aws_ecs_service", "… aws_network_acl_rule", …); tests/iac/judged_test.py checks them all.
#include "iac/terraform.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "iac/run_support.h"

namespace doctor::iac {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

std::string text_of(const Codified& codified, const std::string& name) {
  for (const auto& file : codified.files) {
    if (file.name == "fargate_doctor_" + name + ".tf") return file.text;
  }
  return {};
}

TerraformState state_of(const std::string& resources) {
  return TerraformState::parse(R"({"version": 4, "resources": [)" + resources + "]}", "terraform.tfstate")
      .value();
}
std::vector<HclFile> files_of(std::initializer_list<std::pair<std::string, std::string>> texts) {
  std::vector<HclFile> files;
  for (const auto& [name, text] : texts) files.push_back(read_hcl_file(name, text).value());
  return files;
}

const char* const kQueue =
    R"([{"kind": "ecs:service", "id": "arn:aws:ecs:r:1:service/prod/web", "title": "More tasks",
  "before": {"serviceName": "web", "clusterArn": "arn:aws:ecs:r:1:cluster/prod", "desiredCount": 1},
  "after": {"serviceName": "web", "clusterArn": "arn:aws:ecs:r:1:cluster/prod", "desiredCount": 3}}])";
const char* const kInState = R"({"mode": "managed", "type": "aws_ecs_service", "name": "web", "instances": [
  {"attributes": {"id": "arn:aws:ecs:r:1:service/prod/web", "desired_count": 1}}]})";

TEST(Terraform, ImportsWhatIsInNoCodeWithVariablesThatAreValidated) {
  const auto codified = terraform_of(changes_from(sample("spot")), nullptr, {});
  EXPECT_THAT(text_of(codified, "imports"),
              AllOf(HasSubstr("required_version = \">= 1.5.0\""),
                    HasSubstr("to = aws_ecs_service.web\n  id = \"prod/web\"")));
  EXPECT_THAT(text_of(codified, "resources"), HasSubstr("base              = var.web_fargate_base\n"));
  EXPECT_THAT(text_of(codified, "variables"),
              AllOf(HasSubstr("variable \"web_fargate_base\""), HasSubstr("var.web_fargate_base <= 100000")));
  EXPECT_THAT(codified.patches, IsEmpty());
}

TEST(Terraform, EachImportIdIsOfItsResource) {
  std::string imports;
  for (const char* name : {"storage", "exec", "network", "quotas"}) {
    imports += text_of(terraform_of(changes_from(sample(name)), nullptr, {}), "imports");
  }
  for (const char* id :
       {"arn:aws:ecs:eu-west-1:111122223333:task-definition/web:8", "web:exec-command", "vpce-0ssm",
        "sgr-0443", "sg-0web_egress_tcp_443_443_sg-0ep", "vpc-1", "acl-1:90:tcp:false", "rtb-1_0.0.0.0/0",
        "subnet-09", "fargate-vcpu-80", "fargate/L-3032A538", "default/spot-interruptions",
        "default/spot-interruptions/ops", "arn:aws:iam::111122223333:policy/boundary", "/ecs/web"}) {
    EXPECT_THAT(imports, HasSubstr("id = \"" + std::string(id) + "\""));
  }
}

TEST(Terraform, ResourcesOfOneRunReferToEachOther) {
  const auto codified = terraform_of(changes_from(sample("storage")), nullptr, {});
  EXPECT_THAT(text_of(codified, "resources"),
              HasSubstr("task_definition                    = aws_ecs_task_definition.web.arn"));
  EXPECT_THAT(text_of(codified, "resources"), HasSubstr("stopTimeout = var.web_stop_timeout"));
}

TEST(Terraform, APolicyVariableOfIamIsNoTemplate) {
  EXPECT_THAT(text_of(terraform_of(changes_from(sample("exec")), nullptr, {}), "resources"),
              HasSubstr("\"$${aws:username}\""));
}

TEST(Terraform, PatchesTheBlockThatTheStateNames) {
  const auto state = state_of(kInState);
  const auto files = files_of(
      {{"a.tf", "resource \"aws_ecs_service\" \"web\" {\n  name = local.name\n  desired_count = 1\n}\n"}});
  const auto codified = terraform_of(changes_from(kQueue), &state, files);
  ASSERT_THAT(codified.patches, SizeIs(1));
  EXPECT_THAT(codified.patches[0].after, HasSubstr("desired_count = 3"));
  EXPECT_THAT(codified.files, IsEmpty());
  ASSERT_THAT(codified.drift, SizeIs(1));
  EXPECT_EQ(codified.drift[0].address, "aws_ecs_service.web");
  EXPECT_EQ(codified.drift[0].code, "1");
  EXPECT_EQ(codified.drift[0].live, "3");
  EXPECT_EQ(codified.drift[0].place, "a.tf:3:19");
}

TEST(Terraform, WithoutAStateTheNameDecides) {
  const auto files =
      files_of({{"a.tf",
                 "resource \"aws_ecs_service\" \"x\" {\n  name = \"api\"\n  desired_count = 1\n}\n"
                 "resource \"aws_ecs_service\" \"y\" {\n  name = \"${var.p}eb\"\n  desired_count = 1\n}\n"}});
  const auto codified = terraform_of(changes_from(kQueue), nullptr, files);
  EXPECT_THAT(codified.drift, Contains(Field(&Drift::address, "aws_ecs_service.y")));
  const auto doubtful = files_of({{"a.tf",
                                   "resource \"aws_ecs_service\" \"x\" {\n  name = var.a\n}\nresource "
                                   "\"aws_ecs_service\" \"y\" {\n  name = var.b\n}\n"}});
  const auto refused = terraform_of(changes_from(kQueue), nullptr, doubtful);
  EXPECT_THAT(refused.patches, IsEmpty());
  EXPECT_THAT(refused.drift,
              Contains(Field(&Drift::detail, HasSubstr("more than one aws_ecs_service block"))));
}

TEST(Terraform, ARenamedBlockGetsAMovedBlock) {
  const auto state = state_of(kInState);
  const auto files = files_of(
      {{"a.tf", "resource \"aws_ecs_service\" \"shop\" {\n  name = \"web\"\n  desired_count = 1\n}\n"}});
  const auto codified = terraform_of(changes_from(kQueue), &state, files);
  EXPECT_EQ(text_of(codified, "moved"),
            "moved {\n  from = aws_ecs_service.web\n  to   = aws_ecs_service.shop\n}\n");
  EXPECT_THAT(codified.patches, SizeIs(1));
}

TEST(Terraform, ABlockThatStandsForSeveralIsRefused) {
  const auto state = state_of(R"({"mode": "managed", "type": "aws_ecs_service", "name": "web", "instances": [
    {"index_key": "a", "attributes": {"id": "arn:aws:ecs:r:1:service/prod/web"}},
    {"index_key": "b", "attributes": {"id": "arn:aws:ecs:r:1:service/prod/api"}}]})");
  const auto files = files_of(
      {{"a.tf", "resource \"aws_ecs_service\" \"web\" {\n  for_each = var.all\n  desired_count = 1\n}\n"}});
  const auto codified = terraform_of(changes_from(kQueue), &state, files);
  EXPECT_THAT(codified.patches, IsEmpty());
  ASSERT_THAT(codified.drift, SizeIs(1));
  EXPECT_EQ(codified.drift[0].address, "aws_ecs_service.web[\"a\"]");
  EXPECT_THAT(codified.drift[0].detail, HasSubstr("stands for 2 instances (for_each)"));
}

TEST(Terraform, WhatTheStateHasAndNoFileGivenIsAskedFor) {
  const auto state = state_of(kInState);
  const auto codified = terraform_of(changes_from(kQueue), &state, {});
  EXPECT_THAT(codified.files, IsEmpty());
  ASSERT_THAT(codified.drift, SizeIs(1));
  EXPECT_EQ(codified.drift[0].answer, Drift::Answer::by_hand);
  EXPECT_EQ(codified.drift[0].code, "1");
  EXPECT_EQ(codified.drift[0].detail, "give the file of aws_ecs_service.web with --patch");
}

TEST(Terraform, ARuleGoesInsideAGroupThatIsWrittenSo) {
  const auto state = state_of(
      R"({"mode": "managed", "type": "aws_security_group", "name": "web", "instances": [{"attributes": {"id": "sg-0web"}}]})");
  const auto inside = files_of(
      {{"a.tf", "resource \"aws_security_group\" \"web\" {\n  ingress {\n    from_port = 1\n  }\n}\n"}});
  EXPECT_THAT(terraform_of(changes_from(sample("exec")), &state, inside).patches[0].after,
              HasSubstr("  egress {\n    description = \"to AWS\""));
  const auto bare = files_of({{"a.tf", "resource \"aws_security_group\" \"web\" {\n  name = \"web\"\n}\n"}});
  const auto apart = terraform_of(changes_from(sample("exec")), &state, bare);
  EXPECT_THAT(apart.patches, IsEmpty());
  EXPECT_THAT(text_of(apart, "resources"), HasSubstr("security_group_id = aws_security_group.web.id"));
}

TEST(Terraform, AServiceThatNamesItsTaskDefinitionFollowsIt) {
  const auto files =
      files_of({{"a.tf",
                 "resource \"aws_ecs_task_definition\" \"t\" {\n  family = \"web\"\n  container_definitions "
                 "= jsonencode([{ name = \"web\" }, { name = \"proxy\" }])\n}\n"
                 "resource \"aws_ecs_service\" \"s\" {\n  name = \"web\"\n  task_definition = "
                 "aws_ecs_task_definition.t.arn\n}\n"}});
  const auto codified = terraform_of(changes_from(sample("storage")), nullptr, files);
  EXPECT_THAT(codified.drift, Not(Contains(Field(&Drift::answer, Drift::Answer::refused))));
  EXPECT_THAT(codified.patches[0].after, HasSubstr("{ name = \"web\", stopTimeout = 120"));
}

TEST(Terraform, WhatAwsNoLongerHasIsSaid) {
  const auto codified = terraform_of(
      changes_from(
          R"([{"kind": "cloudwatch:alarm", "id": "a", "before": {"AlarmName": "a"}, "after": null}])"),
      nullptr,
      files_of({{"a.tf", "resource \"aws_cloudwatch_metric_alarm\" \"a\" {\n  alarm_name = \"a\"\n}\n"}}));
  ASSERT_THAT(codified.drift, SizeIs(1));
  EXPECT_THAT(codified.drift[0].detail, HasSubstr("take its block out"));
  EXPECT_EQ(codified.drift[0].place, "a.tf:1:1");
}

TEST(TerraformState, RefusesWhatIsNoState) {
  EXPECT_THAT(TerraformState::parse("{}", "x").error().sentence,
              HasSubstr("x is not a Terraform state file"));
  EXPECT_THAT(TerraformState::parse(R"({"version": 3, "resources": []})", "x").error().sentence,
              HasSubstr("version 3; only 4"));
  EXPECT_THAT(TerraformState::parse("{\n", "x").error().sentence, HasSubstr("x:"));
}

TEST(TerraformState, KnowsModulesAndIndexes) {
  const auto state = state_of(
      R"({"module": "module.shop[0]", "mode": "managed", "type": "t", "name": "n", "instances": [{"index_key": 1, "attributes": {"id": "i"}}]},
    {"mode": "data", "type": "t", "name": "d", "instances": [{"attributes": {"id": "i"}}]})");
  EXPECT_EQ(state.find("t", {"i"})->address(), "module.shop[0].t.n[1]");
  EXPECT_EQ(state.reference_to("i", "module.shop[0]"), "t.n[1].id");
  EXPECT_EQ(state.reference_to("i", ""), "");
}

TEST(Changes, ARolledBackStepChangesNothing) {
  auto run = run_of(kQueue);
  auto inverse = run.entries[0];
  inverse.kind = remedy::EntryKind::inverse;
  run.entries.push_back(inverse);
  EXPECT_THAT(changes_of(run).value(), IsEmpty());
}

TEST(Changes, TwoStepsOfOneResourceAreOneChange) {
  const auto changes =
      changes_from(R"([{"kind": "k", "id": "i", "title": "A", "before": {"a": 1}, "after": {"a": 2}},
    {"kind": "k", "id": "i", "title": "B", "before": {"a": 2}, "after": {"a": 3}}])");
  ASSERT_THAT(changes, SizeIs(1));
  EXPECT_EQ(json_text(changes[0].before), R"({"a":1})");
  EXPECT_EQ(json_text(changes[0].after), R"({"a":3})");
  EXPECT_EQ(changes[0].title, "A; B");
}

TEST(Changes, AnUnknownStateIsTheOneBeforeWithItsEffects) {
  const auto changes = changes_from(R"([{"kind": "k", "id": "i", "before": {"a": {"b": [1, 2]}},
    "effects": [{"pointer": "/a/b/1", "value": 5}, {"pointer": "/c~1d", "value": "x"}]}])");
  EXPECT_EQ(json_text(changes.at(0).after), R"({"a":{"b":[1,5]},"c/d":"x"})");
}

}  // namespace
}  // namespace doctor::iac
