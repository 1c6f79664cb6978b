#include "aws/ini.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace doctor::aws {
namespace {

IniSection only_section(std::string_view text) {
  auto sections = parse_ini(text, "config");
  EXPECT_TRUE(sections) << to_line(sections.error());
  EXPECT_EQ(sections->size(), 1U);
  return sections->at(0);
}

std::string sentence_for(std::string_view text) {
  const auto sections = parse_ini(text, "/home/a/.aws/config");
  return sections ? "no error" : sections.error().sentence;
}

TEST(Ini, ReadsSectionsAndSettings) {
  const auto section = only_section("# made by hand\n[profile dev]\nregion = eu-west-1\n  \nOutput=json\n");
  EXPECT_EQ(section.name, "profile dev");
  EXPECT_EQ(section.line, 2);
  EXPECT_EQ(section.values, (IniValues{{"region", "eu-west-1"}, {"output", "json"}}));
}

TEST(Ini, ReadsNamesInQuotesAndWithManySpaces) {
  EXPECT_EQ(only_section("[profile \"my dev\"]").name, "profile my dev");
  EXPECT_EQ(only_section("[  profile\tdev  ] # mine").name, "profile dev");
}

TEST(Ini, ReadsWindowsLineEndsAndAByteOrderMark) {
  EXPECT_EQ(only_section("\xEF\xBB\xBF[default]\r\nregion = us-east-1\r\n").values.at("region"), "us-east-1");
}

TEST(Ini, KeepsSignsInsideAValue) {
  const auto section =
      only_section("[default]\naws_secret_access_key = a/b+c=d#e;f\ncredential_process = x --a=b # c\n");
  EXPECT_EQ(section.values.at("aws_secret_access_key"), "a/b+c=d#e;f");
  EXPECT_EQ(section.values.at("credential_process"), "x --a=b # c");
}

TEST(Ini, ReadsIndentedSettingsBelowANameWithoutValue) {
  const auto section = only_section(
      "[services local]\necs =\n  endpoint_url = http://127.0.0.1:1\nsts = \n\tendpoint_url = "
      "http://127.0.0.1:2\n");
  EXPECT_EQ(section.nested.at("ecs").at("endpoint_url"), "http://127.0.0.1:1");
  EXPECT_EQ(section.nested.at("sts").at("endpoint_url"), "http://127.0.0.1:2");
}

TEST(Ini, MergesASectionThatComesTwiceAndTakesTheLastValue) {
  const auto section = only_section("[default]\nregion=a\noutput=x\n[default]\nregion=b\n");
  EXPECT_EQ(section.values, (IniValues{{"region", "b"}, {"output", "x"}}));
}

TEST(Ini, NamesFileAndLineOfAMistake) {
  EXPECT_EQ(sentence_for("[default]\nregion\n"), "/home/a/.aws/config:2: a line is no 'name = value'");
  EXPECT_EQ(sentence_for("region = x\n"),
            "/home/a/.aws/config:1: a setting stands before the first [section]");
  EXPECT_EQ(sentence_for("[default\n"), "/home/a/.aws/config:1: a section header has no ']'");
  EXPECT_EQ(sentence_for("[]\n"), "/home/a/.aws/config:1: a section header has no name");
  EXPECT_EQ(sentence_for("[default] x\n"),
            "/home/a/.aws/config:1: text stands after the ']' of a section header");
}

TEST(Ini, NeverShowsAValueInAnError) {
  EXPECT_EQ(sentence_for("[default]\naws_secret_access_key wJalrXUtnFEMI\n").find("wJalr"),
            std::string::npos);
}

RC_GTEST_PROP(Ini, TakesAnyBytesWithoutHarm, ()) {
  const auto bytes = *rc::gen::container<std::string>(rc::gen::oneOf(
      rc::gen::element('[', ']', '=', '\n', '\r', ' ', '\t', '#', '"', 'a'), rc::gen::arbitrary<char>()));
  const auto sections = parse_ini(bytes, "x");
  if (!sections) RC_ASSERT(!sections.error().sentence.empty());
}

RC_GTEST_PROP(Ini, ReadsBackWhatWasWritten, ()) {
  const auto word =
      rc::gen::nonEmpty(rc::gen::container<std::string>(rc::gen::elementOf(std::string("abcxyz0189_-./+"))));
  const auto values = *rc::gen::container<std::map<std::string, std::string>>(word, word);
  std::string text = "[profile p]\n";
  for (const auto& [name, value] : values) text += name + " = " + value + "\n";
  const auto sections = parse_ini(text, "x");
  RC_ASSERT(sections.has_value());
  RC_ASSERT(sections->at(0).values == IniValues(values.begin(), values.end()));
}

}  // namespace
}  // namespace doctor::aws
