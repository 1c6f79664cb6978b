// Patches of users' own .tf files: only what changed is touched, and what is computed is refused.
#include "iac/hcl_patch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

namespace doctor::iac {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct Patched {
  std::string text, diff;
  HclPatch patch;
};

Value json(std::string_view text) {
  return parse_value(text, "test").value();
}

CodeBlock with(std::initializer_list<std::pair<std::string, Value>> attributes) {
  CodeBlock block;
  for (const auto& [name, value] : attributes) block.put(name, value);
  return block;
}

Patched patched(const std::string& text, const CodeBlock& before, const CodeBlock& after,
                std::vector<HclFile> others = {}) {
  auto file = read_hcl_file("main.tf", text);
  EXPECT_TRUE(file) << (file ? "" : file.error().sentence);
  PatchRequest request{.before = before, .after = after};
  others.push_back(*file);
  request.files = &others;
  Patched result;
  for (const auto& block : file->body.blocks) {
    if (block.type == "resource") result.patch = patch_hcl(*file, block, request);
  }
  result.text = edited(text, result.patch.edits);
  result.diff = unified_diff("main.tf", text, result.patch.edits);
  EXPECT_TRUE(parse_hcl(result.text, "patched")) << result.text;
  return result;
}

const CodeBlock kTwo = with({{"desired_count", number_value("2")}});
const CodeBlock kThree = with({{"desired_count", number_value("3")}});

TEST(HclPatch, KeepsCommentsAndOddSpacing) {
  const std::string text = "resource   \"a\" \"b\" {\n\tdesired_count=2# why two?\n  // end\n}\n";
  EXPECT_EQ(patched(text, kTwo, kThree).text,
            "resource   \"a\" \"b\" {\n\tdesired_count=3# why two?\n  // end\n}\n");
}

TEST(HclPatch, InsertsInTheColumnOfItsNeighbours) {
  const std::string text =
      "resource \"a\" \"b\" {\n    name          = \"x\"\n    other_setting = 1 # one\n\n    tags {}\n}\n";
  EXPECT_EQ(patched(text, {}, kThree).text,
            "resource \"a\" \"b\" {\n    name          = \"x\"\n    other_setting = 1 # one\n"
            "    desired_count = 3\n\n    tags {}\n}\n");
}

TEST(HclPatch, WhatComesMayStandWhereTheLastThingGoes) {
  const auto launch = with({{"launch_type", string_value("FARGATE")}});
  EXPECT_EQ(
      patched("resource \"a\" \"b\" {\n  name = 1\n  launch_type = \"FARGATE\"\n}\n", launch, kThree).text,
      "resource \"a\" \"b\" {\n  name = 1\n  desired_count = 3\n}\n");
  const auto list = [](const char* text) { return with({{"l", json(text)}}); };
  EXPECT_THAT(
      patched("resource \"a\" \"b\" {\n  l = [\n    { name = \"x\" },\n    { name = \"y\" }\n  ]\n}\n",
              list(R"([{"name":"x"},{"name":"y"}])"), list(R"([{"name":"x"},{"name":"z"}])"))
          .text,
      HasSubstr("name = \"z\""));
  EXPECT_THAT(patched("resource \"a\" \"b\" {\n  l = {\n    x = 1\n    y = 2\n  }\n}\n",
                      list(R"({"x":1,"y":2})"), list(R"({"x":1,"z":3,"w":4})"))
                  .text,
              HasSubstr("    x = 1\n    z = 3\n    w = 4\n  }"));
  EXPECT_THAT(patched("resource \"a\" \"b\" {\n  l = {}\n}\n", list("{}"), list(R"({"z":3,"w":4})")).text,
              HasSubstr("z = 3\n    w = 4"));
}

TEST(HclPatch, WindowsLineEndsStay) {
  const std::string text = "resource \"a\" \"b\" {\r\n  name = \"x\"\r\n}\r\n";
  EXPECT_EQ(patched(text, {}, kThree).text,
            "resource \"a\" \"b\" {\r\n  name = \"x\"\r\n  desired_count = 3\r\n}\r\n");
}

TEST(HclPatch, OpensABlockOfOneLineForASecondAttribute) {
  const std::string text = "resource \"a\" \"b\" {\n  breaker { enable = true }\n}\n";
  CodeBlock before, after;
  before.blocks = {with({{"enable", boolean_value(true)}})};
  after.blocks = {with({{"enable", boolean_value(true)}, {"rollback", boolean_value(true)}})};
  before.blocks[0].type = after.blocks[0].type = "breaker";
  EXPECT_EQ(patched(text, before, after).text,
            "resource \"a\" \"b\" {\n  breaker {\n    enable = true\n    rollback = true\n  }\n}\n");
}

TEST(HclPatch, ChangesTheStrategyBlockOfTheProviderThatItNames) {
  const std::string text = R"(resource "aws_ecs_service" "web" {
  capacity_provider_strategy {
    capacity_provider = "FARGATE_SPOT"
    weight            = 4
  }
  capacity_provider_strategy {
    capacity_provider = "FARGATE"
    weight            = 1
  }
}
)";
  const auto strategy = [](const char* provider, const char* base, const char* weight) {
    CodeBlock block = with({{"capacity_provider", string_value(provider)}});
    if (*base) block.put("base", number_value(base));
    block.put("weight", number_value(weight));
    block.type = "capacity_provider_strategy";
    return block;
  };
  CodeBlock before, after;
  before.blocks = {strategy("FARGATE", "", "1"), strategy("FARGATE_SPOT", "", "4")};
  after.blocks = {strategy("FARGATE", "2", "1"), strategy("FARGATE_SPOT", "", "1")};
  const auto result = patched(text, before, after);
  EXPECT_THAT(result.text, HasSubstr("\"FARGATE_SPOT\"\n    weight            = 1\n"));
  EXPECT_THAT(result.text, HasSubstr("\"FARGATE\"\n    weight            = 1\n    base              = 2\n"));
  after.blocks.pop_back();
  EXPECT_THAT(patched(text, before, after).text, testing::Not(HasSubstr("SPOT")));
}

TEST(HclPatch, SetsOneKeyInsideJsonencode) {
  const std::string text = R"(resource "aws_ecs_task_definition" "web" {
  container_definitions = jsonencode([
    { "name" : "proxy", "image" : var.proxy },
    {
      name        = "web"
      stopTimeout = 30 # seconds
    }
  ])
}
)";
  const auto containers = [](const char* list) {
    return with({{"container_definitions", document_value(json(list))}});
  };
  const auto result = patched(
      text, containers(R"([{"name":"web","stopTimeout":30},{"name":"proxy","image":"p:1"}])"),
      containers(R"([{"name":"web","stopTimeout":120},{"name":"proxy","image":"p:1","essential":false}])"));
  EXPECT_THAT(result.patch.refusals, IsEmpty());
  EXPECT_THAT(result.text, HasSubstr("stopTimeout = 120 # seconds"));
  EXPECT_THAT(result.text,
              HasSubstr("{ \"name\" : \"proxy\", \"image\" : var.proxy, \"essential\" : false }"));
}

TEST(HclPatch, SetsOneKeyInAHeredocOfJson) {
  const std::string text =
      "resource \"a\" \"b\" {\n  policy = <<-EOT\n    {\n      \"Statement\": [\n        {\"Sid\": \"A\", "
      "\"Action\": \"${var.x}\"}\n"
      "      ]\n    }\n  EOT\n}\n";
  const auto policy = [](const char* document) { return with({{"policy", document_value(json(document))}}); };
  const auto result = patched(
      text, policy(R"({"Statement":[{"Sid":"A","Action":"s3:Get"}]})"),
      policy(R"({"Statement":[{"Sid":"A","Action":"s3:Get"},{"Sid":"B","Resource":"${aws:username}"}]})"));
  EXPECT_THAT(result.patch.refusals, IsEmpty());
  EXPECT_THAT(result.text, HasSubstr("\"Action\": \"${var.x}\"}"));
  EXPECT_THAT(result.text, HasSubstr("\"Resource\": \"$${aws:username}\""));
}

TEST(HclPatch, AddsToAListAndTakesOut) {
  const auto subnets = [](const char* list) { return with({{"subnets", json(list)}}); };
  const auto code = [](const std::string& list) {
    return "resource \"a\" \"b\" {\n  subnets = " + list + "\n}\n";
  };
  const auto before = subnets(R"(["s-1","s-2"])");
  EXPECT_THAT(patched(code("[\"s-1\", \"s-2\"]"), before, subnets(R"(["s-1","s-2","s-3"])")).text,
              HasSubstr("[\"s-1\", \"s-2\", \"s-3\"]"));
  EXPECT_THAT(patched(code("[\n    \"s-1\", # one\n    \"s-2\" # two\n  ]"), before,
                      subnets(R"(["s-1","s-2","s-3"])"))
                  .text,
              HasSubstr("\"s-2\", # two\n    \"s-3\",\n  ]"));
  EXPECT_THAT(patched(code("[\n    \"s-1\", # one\n    \"s-2\",\n  ]"), before, subnets(R"(["s-2"])")).text,
              HasSubstr("[\n    \"s-2\",\n  ]"));
  EXPECT_THAT(patched(code("[\"s-1\", \"s-2\"]"), before, subnets(R"(["s-1"])")).text,
              HasSubstr("[\"s-1\"]"));
  EXPECT_THAT(patched(code("[\"s-1\", \"s-2\"]"), before, subnets(R"(["s-3","s-2"])")).text,
              HasSubstr("[\"s-3\", \"s-2\"]"));
  // A list that is partly computed may grow, but nothing that it does not name can go.
  EXPECT_THAT(patched(code("[aws_subnet.a.id]"), subnets(R"(["s-1"])"), subnets(R"(["s-1","s-3"])")).text,
              HasSubstr("[aws_subnet.a.id, \"s-3\"]"));
  const auto refused = patched(code("[aws_subnet.a.id]"), before, subnets(R"(["s-2"])"));
  ASSERT_EQ(refused.patch.refusals.size(), 1u);
  EXPECT_THAT(refused.patch.refusals[0].why, HasSubstr("\"s-1\", which is to go"));
}

TEST(HclPatch, RefusesWhatIsComputedAndSaysWhatToChange) {
  const auto variables =
      read_hcl_file("variables.tf", "variable \"n\" {\n  default = 2\n}\nlocals {\n  n = 2\n}\n").value();
  const std::pair<std::string, std::string> cases[] = {
      {"var.n",
       "set the default of variable \"n\" (variables.tf:2:13, now 2) to 3, or its value where this module is "
       "called or in a .tfvars file"},
      {"local.n", "change local.n (variables.tf:5:7, now 2) to 3"},
      {"local.n + 1", "change local.n (variables.tf:5:7, now 2), so that it comes out as 3"},
      {"var.missing", "set variable \"missing\" to 3"},
      {"module.m.count", "change module \"m\", whose output gives it,"},
  };
  for (const auto& [code, instead] : cases) {
    const std::string text = "resource \"a\" \"b\" {\n  desired_count = " + code + "\n}\n";
    const auto result = patched(text, kTwo, kThree, {variables});
    EXPECT_EQ(result.text, text);
    ASSERT_EQ(result.patch.refusals.size(), 1u) << code;
    EXPECT_EQ(result.patch.refusals[0].place, "main.tf:2:19");
    EXPECT_EQ(result.patch.refusals[0].code, code);
    EXPECT_THAT(result.patch.refusals[0].instead, HasSubstr(instead));
  }
}

TEST(HclPatch, RefusesDynamicBlocks) {
  const std::string text =
      "resource \"a\" \"b\" {\n  dynamic \"rule\" {\n    for_each = var.rules\n    content {}\n  }\n}\n";
  CodeBlock after;
  after.blocks = {with({{"x", number_value("1")}})};
  after.blocks[0].type = "rule";
  const auto result = patched(text, {}, after);
  EXPECT_EQ(result.text, text);
  ASSERT_EQ(result.patch.refusals.size(), 1u);
  EXPECT_EQ(result.patch.refusals[0].why, "the blocks are made by a dynamic block");
}

TEST(HclPatch, LeavesToAwsWhatTheCodeIgnores) {
  const std::string text =
      "resource \"a\" \"b\" {\n  desired_count = 2\n  lifecycle {\n    ignore_changes = [desired_count, "
      "tags[\"x\"]]\n  }\n}\n";
  const auto result = patched(text, kTwo, kThree);
  EXPECT_EQ(result.text, text);
  EXPECT_THAT(result.patch.ignored, ElementsAre("desired_count"));
}

TEST(HclPatch, KeepsTheFormThatTheFileHas) {
  const auto before = with({{"task_definition", string_value("arn:aws:ecs:r:1:task-definition/web:7")},
                            {"delay", string_value("300")}});
  const auto after = with({{"task_definition", string_value("arn:aws:ecs:r:1:task-definition/web:8")},
                           {"delay", string_value("60")}});
  EXPECT_THAT(
      patched("resource \"a\" \"b\" {\n  task_definition = \"web:7\"\n  delay = 300\n}\n", before, after)
          .text,
      HasSubstr("task_definition = \"web:8\"\n  delay = 60\n"));
}

TEST(HclPatch, ADocumentOfAnotherBlockIsNamed) {
  const auto policy = [](const char* document) { return with({{"policy", document_value(json(document))}}); };
  const auto result = patched(
      "data \"aws_iam_policy_document\" \"web\" {}\nresource \"a\" \"b\" {\n  policy = "
      "data.aws_iam_policy_document.web.json\n}\n",
      policy("{}"), policy(R"({"Statement":[]})"));
  ASSERT_EQ(result.patch.refusals.size(), 1u);
  EXPECT_THAT(result.patch.refusals[0].instead,
              HasSubstr("data \"aws_iam_policy_document\" \"web\" (main.tf:1:1)"));
}

// Whatever stands around the attribute, a patch changes its value and no other byte.
RC_GTEST_PROP(HclPatchProperty, OnlyTheLocatedSpanChanges, ()) {
  const auto piece = [] {
    return *rc::gen::element<std::string>(
        "# note = \"{\n", "// }\n", "/* { \" */\n", "\n",
        "variable \"v\" {\n  default = \"desired_count = 2\"\n}\n",
        "locals {\n  a = <<EOT\nresource \"a\" \"b\" {\n  desired_count = 2\n}\nEOT\n}\n",
        "data \"x\" \"y\" { z = [1, { q = \"${\"}\"}\" }] }\n",
        "output \"o\" {\n  value = \"\\\"$${desired_count}\"\n}\n");
  };
  const auto inner = [] {
    return *rc::gen::element<std::string>("", "  name = \"${var.a}-\\\"2\\\"\"\n", "  # desired_count = 2\n",
                                          "  nested {\n    desired_count = 2\n  }\n",
                                          "  text = <<-X\n    desired_count = 2\n    X\n",
                                          "\t list = [\n 2, # 2\n ]\n");
  };
  std::string before, after;
  for (int i = *rc::gen::inRange(0, 5); i > 0; --i) before += piece();
  before += "resource \"a\" \"b\" {\n" + inner() + inner() + "  desired_count" +
            *rc::gen::element<std::string>(" = ", "=", "    =  ");
  after = *rc::gen::element<std::string>("", " # two", " // {", "   /* x */") + "\n" + inner() + "}\n";
  for (int i = *rc::gen::inRange(0, 5); i > 0; --i) after += piece();
  const auto result = patched(before + "2" + after, kTwo, kThree);
  RC_ASSERT(result.text == before + "3" + after);
}

// Nothing to change: nothing is changed, whatever the file.
TEST(HclPatch, TheSameStateTwiceIsNoEdit) {
  const std::string text = "resource \"a\" \"b\" {\n  desired_count = var.n\n}\n";
  EXPECT_THAT(patched(text, kTwo, kTwo).patch.edits, IsEmpty());
  EXPECT_EQ(patched(text, kTwo, kTwo).diff, "");
}

}  // namespace
}  // namespace doctor::iac
