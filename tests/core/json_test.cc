#include "core/json.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace doctor::core {
namespace {

TEST(Json, ReadsWhatIsThereAndFallsBackForWhatIsNot) {
  const auto doc =
      JsonDocument::parse(R"({"tasks":[{"exitCode":137,"at":1795489200.5,"ok":true,"n":"42"}]})", "x");
  ASSERT_TRUE(doc);
  const Json task = doc->root()["tasks"].items().at(0);
  EXPECT_EQ(task["exitCode"].integer(), 137);
  EXPECT_EQ(task["n"].integer_or(0), 42);
  EXPECT_TRUE(task["ok"].boolean_or(false));
  EXPECT_EQ(to_iso(*task["at"].timestamp()), "2026-11-24T03:00:00.500Z");
  EXPECT_FALSE(task["missing"]["deeper"].present());
  EXPECT_EQ(task["missing"].string_or("none"), "none");
  EXPECT_EQ(task["exitCode"].string_or("none"), "none");
}

TEST(Json, ErrorNamesFileLineAndColumn) {
  const auto doc = JsonDocument::parse("{\n  \"tasks\": [\n    {\"a\": 1,\n", "ecs.describe-tasks.json");
  ASSERT_FALSE(doc);
  EXPECT_EQ(doc.error().kind, ErrorKind::bad_input);
  EXPECT_TRUE(doc.error().sentence.starts_with("ecs.describe-tasks.json:4:")) << doc.error().sentence;
}

TEST(Json, ByteOrderMarkIsSkipped) {
  EXPECT_TRUE(JsonDocument::parse("\xEF\xBB\xBF{}", "x"));
}

TEST(Json, NoTextAtAllIsAnError) {
  EXPECT_FALSE(JsonDocument::parse({}, "x"));
  EXPECT_FALSE(JsonDocument::parse("", "x"));
}

TEST(Json, TooDeepIsAnErrorNotACrash) {
  const std::string deep(100000, '[');
  EXPECT_FALSE(JsonDocument::parse(deep, "x"));
}

RC_GTEST_PROP(JsonProperty, AnyTextParsesOrIsAnError, (const std::string& text)) {
  const auto doc = JsonDocument::parse(text, "x");
  if (!doc) RC_ASSERT(doc.error().kind == ErrorKind::bad_input);
}

RC_GTEST_PROP(JsonProperty, QuotedTextReadsBack, ()) {
  const auto text = *rc::gen::container<std::string>(rc::gen::inRange<char>(1, 127));
  const auto doc = JsonDocument::parse(json_quoted(text), "x");
  RC_ASSERT(doc.has_value());
  RC_ASSERT(doc->root().string_or() == text);
}

}  // namespace
}  // namespace doctor::core
