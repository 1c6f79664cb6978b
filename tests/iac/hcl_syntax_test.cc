// The tokens and structure of HCL, from the HCL Native Syntax Specification (hashicorp/hcl,
// hclsyntax/spec.md).
#include "iac/hcl_syntax.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace doctor::iac {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Kind = HclExpression::Kind;

HclBody parsed(std::string_view text) {
  auto body = parse_hcl(text, "main.tf");
  EXPECT_TRUE(body) << (body ? "" : body.error().sentence);
  return body ? std::move(*body) : HclBody{};
}

HclExpression expression(const std::string& text) {
  return parsed("x = " + text + "\n").attributes.at(0).value;
}

TEST(HclSyntax, FindsBlocksLabelsAndAttributes) {
  const std::string text = R"(
resource "aws_ecs_service" "web" { # the shop
  name = "web" // its name
  /* two
     lines */ desired_count = 2
  capacity_provider_strategy {
    base = 1
  }
}
)";
  const auto body = parsed(text);
  ASSERT_EQ(body.blocks.size(), 1u);
  const auto& block = body.blocks[0];
  EXPECT_EQ(block.type, "resource");
  EXPECT_THAT(block.labels, ElementsAre("aws_ecs_service", "web"));
  EXPECT_EQ(block.body.attribute("name")->value.text, "web");
  EXPECT_EQ(block.body.attribute("desired_count")->value.text, "2");
  EXPECT_EQ(block.body.blocks.at(0).body.attribute("base")->value.text, "1");
  EXPECT_EQ(text[block.open], '{');
  EXPECT_EQ(text[block.close], '}');
}

TEST(HclSyntax, ATemplateWithNestedStringsAndBracesIsOneToken) {
  const auto value = expression(R"("a-${join("}", [for k, v in { a = "${var.x}" } : v])}-b")");
  EXPECT_EQ(value.kind, Kind::template_text);
  EXPECT_THAT(value.references, ElementsAre("var.x"));
}

TEST(HclSyntax, AnEscapedSequenceIsNoInterpolation) {
  const auto value = expression(R"("$${not.a.name} \"q\" \u00e9 %%{if}")");
  EXPECT_EQ(value.kind, Kind::string);
  EXPECT_EQ(value.text, "${not.a.name} \"q\" \u00e9 %{if}");
}

TEST(HclSyntax, AHeredocEndsAtItsMarkerAlone) {
  const auto body = parsed("x = <<-EOT\n  { EOT }\n  ${var.a}\n  EOT\ny = 1\n");
  ASSERT_EQ(body.attributes.size(), 2u);
  EXPECT_EQ(body.attributes[0].value.kind, Kind::heredoc);
  EXPECT_EQ(body.attributes[0].value.text, "  { EOT }\n  ${var.a}\n");
  EXPECT_THAT(body.attributes[0].value.references, ElementsAre("var.a"));
  EXPECT_EQ(body.attributes[1].name, "y");
}

TEST(HclSyntax, ReadsLiteralsAndSaysWhatIsComputed) {
  EXPECT_TRUE(expression("[1, -2.5e3, null, { a = true, \"b c\" : [] }]").all_literal());
  EXPECT_EQ(expression("var.enabled ? 1 : 0").kind, Kind::computed);
  EXPECT_EQ(expression("[for s in var.subnets : s.id]").kind, Kind::computed);
  EXPECT_EQ(expression("1 + 2").kind, Kind::computed);
  EXPECT_THAT(expression("max(local.a, var.b[0].c, 3)").references, ElementsAre("local.a", "var.b"));
}

TEST(HclSyntax, ReadsObjectsInACall) {
  const auto call =
      expression("jsonencode([\n  {\n    name = \"web\" # main\n    \"stopTimeout\" : 30\n  },\n])");
  ASSERT_EQ(call.kind, Kind::call);
  EXPECT_EQ(call.text, "jsonencode");
  const auto& object = call.members.at(0).value.members.at(0).value;
  EXPECT_EQ(object.member("name")->value.text, "web");
  EXPECT_EQ(object.member("stopTimeout")->value.text, "30");
}

TEST(HclSyntax, BadInputNamesLineAndColumn) {
  const std::pair<std::string, std::string> cases[] = {
      {"a = \"x\n", "main.tf:1:5: this string is not closed on its line"},
      {"b {\n  a = [1\n}\n", "main.tf:3:1: this bracket does not close the one at main.tf:2:7"},
      {"b {\n", "main.tf:1:3: this bracket is never closed"},
      {"a = <<EOT\nx\n", "main.tf:1:5: this heredoc never ends: no line EOT"},
      {"a =\n", "main.tf:1:4: the value of 'a' is missing"},
      {"resource aws 3\n", "main.tf:1:14: '=' or '{' must follow 'resource'"},
      {"}", "main.tf:1:1: this bracket closes nothing"},
      {"/* x", "main.tf:1:1: this comment never ends"},
  };
  for (const auto& [text, sentence] : cases) {
    const auto body = parse_hcl(text, "main.tf");
    ASSERT_FALSE(body) << text;
    EXPECT_EQ(body.error().sentence, sentence);
    EXPECT_EQ(body.error().kind, core::ErrorKind::bad_input);
  }
}

TEST(HclSyntax, DeepNestingIsAnErrorNotACrash) {
  EXPECT_FALSE(parse_hcl("a = " + std::string(5000, '['), "x"));
  std::string templates;
  for (int i = 0; i < 5000; ++i) templates += "\"${";
  EXPECT_THAT(parse_hcl("a = " + templates, "x").error().sentence, HasSubstr("nested too deep"));
}

}  // namespace
}  // namespace doctor::iac
