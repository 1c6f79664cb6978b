// Patches of CloudFormation templates by place.
#include "iac/document_patch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

#include "iac/yaml_tree.h"

namespace doctor::iac {
namespace {

using testing::HasSubstr;

Value json(std::string_view text) {
  return parse_value(text, "test").value();
}

DocumentPatch patch(const std::string& text, const char* before, const char* after, const char* at = "R") {
  auto made = patch_document(text, "t.yaml", json(before), json(after), at);
  EXPECT_TRUE(made) << (made ? "" : made.error().sentence);
  return made ? std::move(*made) : DocumentPatch{};
}
std::string patched(const std::string& text, const char* before, const char* after, const char* at = "R") {
  const std::string done = edited(text, patch(text, before, after, at).edits);
  EXPECT_TRUE(parse_yaml(done, "patched")) << done;
  return done;
}

TEST(DocumentPatch, ReplacesAScalarInItsOwnStyle) {
  EXPECT_EQ(patched("R:\n  a: 2  # two\n", R"({"a":2})", R"({"a":3})"), "R:\n  a: 3  # two\n");
  EXPECT_EQ(patched("R:\n  a: '512'\n", R"({"a":"512"})", R"({"a":"1024"})"), "R:\n  a: '1024'\n");
  EXPECT_EQ(patched("R: {a: \"x\", b: y}\n", R"({"a":"x"})", R"({"a":"z"})"), "R: {a: \"z\", b: y}\n");
  EXPECT_EQ(patched("R:\n  a: x\n", R"({"a":"x"})", R"({"a":"2012-10-17"})"), "R:\n  a: \"2012-10-17\"\n");
  EXPECT_EQ(patched("R:\n  a: >-\n    long\n    text\n\n  b: 1\n", R"({"a":"long text"})", R"({"a":"s"})"),
            "R:\n  a: s\n\n  b: 1\n");
}

TEST(DocumentPatch, InsertsAtTheIndentOfItsNeighbours) {
  EXPECT_EQ(patched("R:\n    a: 1 # one\n# end\n", R"({"a":1})", R"({"a":1,"b":{"c":[1,"x"]}})"),
            "R:\n    a: 1 # one\n    b:\n      c:\n        - 1\n        - x\n# end\n");
  EXPECT_EQ(patched("R: {}\n", "{}", R"({"b":1,"c":2})"), "R: {b: 1, c: 2}\n");
  EXPECT_EQ(
      patched("{\n    \"R\": {\n        \"a\": 1\n    }\n}\n", R"({"a":1})", R"({"a":1,"b":{"c":true}})"),
      "{\n    \"R\": {\n        \"a\": 1,\n        \"b\": {\n            \"c\": true\n        }\n    }\n}\n");
}

TEST(DocumentPatch, AppendsToListsInEitherStyle) {
  const char* before = R"({"l":[{"Key":"a","Value":"1"}]})";
  const char* after = R"({"l":[{"Key":"a","Value":"2"},{"Key":"b","Value":"3"}]})";
  EXPECT_EQ(patched("R:\n  l:\n  - Key: a\n    Value: '1'\n  m: 1\n", before, after),
            "R:\n  l:\n  - Key: a\n    Value: '2'\n  - Key: b\n    Value: \"3\"\n  m: 1\n");
  EXPECT_EQ(patched("R: {l: [{Key: a, Value: '1'}]}\n", before, after),
            "R: {l: [{Key: a, Value: '2'}, {\"Key\":\"b\",\"Value\":\"3\"}]}\n");
}

TEST(DocumentPatch, TakesOutWhatIsGone) {
  EXPECT_EQ(patched("R:\n  a: 1\n  b:\n    - x\n  c: 2\n", R"({"a":1,"b":["x"],"c":2})", R"({"a":1,"c":2})"),
            "R:\n  a: 1\n  c: 2\n");
  EXPECT_EQ(patched("R:\n  l:\n    - x\n    - y\n", R"({"l":["x","y"]})", R"({"l":["y"]})"),
            "R:\n  l:\n    - y\n");
  EXPECT_EQ(patched("R: {l: [x, y], m: 1}\n", R"({"l":["x","y"],"m":1})", R"({"l":["x"]})"), "R: {l: [x]}\n");
}

TEST(DocumentPatch, WhatComesMayStandWhereTheLastThingGoes) {
  EXPECT_EQ(patched("R:\n  a: 1\n  b: 2\nS: 1\n", R"({"a":1,"b":2})", R"({"a":1,"c":3})"),
            "R:\n  a: 1\n  c: 3\nS: 1\n");
  EXPECT_EQ(patched("R:\n  - Key: a\n  - Key: b\n", R"([{"Key":"a"},{"Key":"b"}])",
                    R"([{"Key":"a"},{"Key":"c"},{"Key":"d"}])"),
            "R:\n  - Key: a\n  - Key: c\n  - Key: d\n");
  EXPECT_EQ(patched("{\"R\": {\"a\": 1, \"b\": 2}}", R"({"a":1,"b":2})", R"({"a":1,"c":3})"),
            "{\"R\": {\"a\": 1, \"c\": 3}}");
}

TEST(DocumentPatch, RefusesIntrinsicFunctionsAndNamesTheParameter) {
  const std::string text =
      "Parameters:\n  N: {Type: Number, Default: 2}\nR:\n  a: !Ref N\n  b: !Sub \"${N}-x\"\n  c: "
      "{\"Fn::If\": [C, 1, 2]}\n";
  const auto made = patch(text, R"({"a":2,"b":"2-x","c":1})", R"({"a":3,"b":"3-x","c":2})");
  EXPECT_TRUE(made.edits.empty());
  ASSERT_EQ(made.refusals.size(), 3u);
  EXPECT_EQ(made.refusals[0].instead,
            "give parameter N the value 3 in the update, or change its Default (line 2, now 2)");
  EXPECT_EQ(made.refusals[0].parameter, "N");
  EXPECT_EQ(made.refusals[0].value, "3");
  EXPECT_EQ(made.refusals[1].why, "it is computed by !Sub");
  EXPECT_EQ(made.refusals[2].why, "it is computed by Fn::If");
}

TEST(DocumentPatch, GrowsAListThatIsPartlyComputed) {
  EXPECT_EQ(patched("R:\n  l: [!Ref A]\n", R"({"l":["x"]})", R"({"l":["x","z"]})"), "R:\n  l: [!Ref A, z]\n");
  EXPECT_EQ(patched("R:\n  l:\n    - !Ref A # first\n", R"({"l":["x"]})", R"({"l":["x","z"]})"),
            "R:\n  l:\n    - !Ref A # first\n    - z\n");
}

TEST(DocumentPatch, MakesThePropertiesThatAreMissing) {
  EXPECT_EQ(patched("Resources:\n  A:\n    Type: T\n", "{}", R"({"x":1})", "Resources/A/Properties"),
            "Resources:\n  A:\n    Type: T\n    Properties:\n      x: 1\n");
}

TEST(DocumentPatch, WindowsLineEndsAndAByteOrderMarkStay) {
  EXPECT_EQ(patched("\xEF\xBB\xBFR:\r\n  a: 1\r\n", R"({"a":1})", R"({"a":2,"b":3})"),
            "\xEF\xBB\xBFR:\r\n  a: 2\r\n  b: 3\r\n");
}

TEST(DocumentPatch, BadInputNamesLineAndColumn) {
  const auto broken = patch_document("R:\n  a: [1\n  b: }\n", "t.yaml", {}, {}, "R");
  ASSERT_FALSE(broken);
  EXPECT_THAT(broken.error().sentence, HasSubstr("t.yaml:3:"));
  EXPECT_EQ(patch_document("R: 1\n", "t.yaml", {}, json(R"({"a":1})"), "X/Y").error().kind,
            core::ErrorKind::not_found);
}

// Whatever stands around the value, a patch changes it and no other byte.
RC_GTEST_PROP(DocumentPatchProperty, OnlyTheLocatedSpanChanges, ()) {
  const auto piece = [](const std::string& indent) {
    const auto one = *rc::gen::element<std::string>(
        "# n: 2\n", "\n", "%k: !Sub \"n: 2 ${A}\" # c\n", "%k: |\n%  n: 2\n%  text\n",
        "%k: >-\n%  a\n\n%  b\n", "%k: {n: 2, 'it''s': \"}\"}\n", "%k: [1, !Ref B, \"a: #\"]\n",
        "%k: plain text\n%  goes on\n", "%k:\n%  - n: 2\n%  - !If [C, 1, 2]\n", "%k: 'it''s'\n", "%k:\n");
    static int unique = 0;
    std::string text;
    for (const char c : one)
      text += c == '%'                             ? indent
              : c == 'k' && text.ends_with(indent) ? "k" + std::to_string(++unique)
                                                   : std::string(1, c);
    return text;
  };
  std::string before = "A: 1\n", after;
  for (int i = *rc::gen::inRange(0, 4); i > 0; --i) before += piece("");
  before += "R:\n";
  for (int i = *rc::gen::inRange(0, 4); i > 0; --i) before += piece("  ");
  before += "  n:" + *rc::gen::element<std::string>(" ", "   ");
  after = *rc::gen::element<std::string>("", " # n: 2", "  ") + "\n";
  for (int i = *rc::gen::inRange(0, 4); i > 0; --i) after += piece("  ");
  for (int i = *rc::gen::inRange(0, 4); i > 0; --i) after += piece("");
  const auto made = patch_document(before + "2" + after, "t", json(R"({"n":2})"), json(R"({"n":3})"), "R");
  RC_ASSERT(made.has_value());
  RC_ASSERT(edited(before + "2" + after, made->edits) == before + "3" + after);
}

}  // namespace
}  // namespace doctor::iac
