#include "report/utf8.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "report/wrap.h"

namespace doctor::report {
namespace {

TEST(Utf8, BrokenBytesBecomeTheReplacementCharacter) {
  EXPECT_EQ(clean("a\xFFz"), "a\uFFFDz");
  EXPECT_EQ(clean("\xC0\xAF"), "\uFFFD\uFFFD");                 // overlong '/'
  EXPECT_EQ(clean("\xED\xA0\x80"), "\uFFFD\uFFFD\uFFFD");       // a surrogate
  EXPECT_EQ(clean("\xF4\x90\x80\x80").substr(0, 3), "\uFFFD");  // past U+10FFFF
  EXPECT_EQ(clean("\xE2\x82"), "\uFFFD\uFFFD");                 // cut short
  EXPECT_EQ(clean("zażółć 日本 🚀"), "zażółć 日本 🚀");
}

TEST(Utf8, ControlsBecomeSpacesAndDirectionOverridesAreShown) {
  EXPECT_EQ(clean("a\x1b[31mb"), "a [31mb");
  EXPECT_EQ(clean("a\xC2\x9B"
                  "31mb"),
            "a 31mb");  // CSI as one C1 character
  EXPECT_EQ(clean("one\ntwo\r\x7F"), "one two  ");
  EXPECT_EQ(clean("a\u202Eb\u2066c"), "a\uFFFDb\uFFFDc");
  EXPECT_EQ(clean_lines("one\ntwo\r"), "one\ntwo ");
}

TEST(Utf8, ColumnsAreThoseOfATerminal) {
  EXPECT_EQ(columns("web"), 3);
  EXPECT_EQ(columns("日本"), 4);
  EXPECT_EQ(columns("🚀"), 2);
  EXPECT_EQ(columns("e\u0301"), 1);  // a combining accent
  EXPECT_EQ(columns("×÷—…█"), 5);
  EXPECT_EQ(columns("한글"), 4);
}

TEST(Utf8, EllipsisCountsWideCharacters) {
  EXPECT_EQ(ellipsized("日本語", 6), "日本語");
  EXPECT_EQ(ellipsized("日本語", 5), "日本…");
  EXPECT_EQ(ellipsized("abc def", 5), "abc…");
}

TEST(Wrap, BreaksAtSpacesAndInsideWordsThatAreTooLong) {
  EXPECT_EQ(wrapped("one two three", 7), (std::vector<std::string>{"one two", "three"}));
  EXPECT_EQ(wrapped("  a   b ", 10), (std::vector<std::string>{"a b"}));
  EXPECT_EQ(wrapped("日本語日本", 4), (std::vector<std::string>{"日本", "語日", "本"}));
  EXPECT_EQ(wrapped("task/prod/0f9d", 12), (std::vector<std::string>{"task/prod/", "0f9d"}));
  EXPECT_EQ(wrapped("a\n\nb", 5), (std::vector<std::string>{"a", "b"}));
  EXPECT_TRUE(wrapped("", 5).empty());
}

RC_GTEST_PROP(WrapProperty, NoLineIsTooWideAndNoCharacterIsLost, (const std::string& text)) {
  const int width = *rc::gen::inRange(2, 40);
  const std::string words = clean(text);
  std::string joined;
  for (const std::string& line : wrapped(words, width)) {
    RC_ASSERT(columns(line) <= width);
    joined += line;
  }
  const auto dense = [](std::string s) {
    std::erase(s, ' ');
    return s;
  };
  RC_ASSERT(dense(joined) == dense(words));
}

RC_GTEST_PROP(Utf8Property, CleanTextIsCleanAlready, (const std::string& text)) {
  const std::string once = clean(text);
  RC_ASSERT(clean(once) == once);
}

}  // namespace
}  // namespace doctor::report
