// Any string may stand anywhere in a diagnosis: names are chosen by whoever owns the account, reasons by
// whatever ran in the container.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <nlohmann/json.hpp>
#include <regex>

#include "report/explanation.h"
#include "report/report.h"
#include "report/sample_support.h"
#include "report/utf8.h"

namespace doctor::report {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

// Bytes of every kind, with those that mean something to a terminal, a browser or a Markdown reader made
// common.
rc::Gen<std::string> hostile_text() {
  const auto piece =
      rc::gen::oneOf(rc::gen::arbitrary<std::string>(),
                     rc::gen::element<std::string>(
                         "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "'", "\x1b[2J",
                         "\xC2\x9B"
                         "31m",
                         "\u202E", "\u2028", "\xFF", "\xE2\x82", "日本語", "🚀", "e\u0301", "]]>", "-->",
                         "</style>", "</title>", "{}", "{0}", "%s", "|", "`", "\\", "&amp;", "\n# x", "\n",
                         "\r", "\t", " ", "a.very-long/word:of=text,", "javascript:alert(1)",
                         "[x](javascript:alert(1))", std::string("\0", 1)));
  return rc::gen::map(rc::gen::resize(12, rc::gen::container<std::vector<std::string>>(piece)),
                      [](const std::vector<std::string>& pieces) {
                        std::string out;
                        for (const std::string& p : pieces) out += p;
                        return out;
                      });
}

bool holds_hostile_character(std::string_view text, bool line_feeds_allowed) {
  while (!text.empty()) {
    const std::size_t before = text.size();
    const char32_t c = take_code_point(text);
    const bool broken = c == kReplacement && before - text.size() == 1;
    if (broken) return true;
    if (is_hostile(c) && !(c == '\n' && line_feeds_allowed)) return true;
  }
  return false;
}

// The tags and attributes of a page, its text dropped: hostile strings must not change it.
std::string skeleton(const std::string& page) {
  std::string out;
  bool inside = false;
  bool quoted = false;
  for (const char c : page) {
    if (!inside && c == '<') inside = true;
    if (inside && (!quoted || c == '"')) out += c;
    if (inside && c == '"') quoted = !quoted;
    if (inside && !quoted && c == '>') inside = false;
  }
  return std::regex_replace(out, std::regex("<(/?)(text|li|g|path|line|title)[^>]*>"), "");
}

std::string without_colour(const std::string& text) {
  return std::regex_replace(text, std::regex("\x1b\\[[0-9;]*m"), "");
}

TEST(Hostile, ScriptInEveryNameRunsNowhere) {
  const std::string page =
      to_html(diagnosis_full_of("<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"));
  EXPECT_THAT(page, Not(HasSubstr("<script>alert")));
  EXPECT_THAT(page, Not(HasSubstr("<img")));
  EXPECT_THAT(page, HasSubstr("&lt;script&gt;alert(1)&lt;/script&gt;"));
  const std::string markdown = to_markdown(diagnosis_full_of("<script>alert(1)</script>"));
  EXPECT_THAT(markdown, Not(HasSubstr("<script")));
}

TEST(Hostile, MarkdownShowsMarkupAsText) {
  const std::string out = to_markdown(diagnosis_full_of("a|b `c` *d* [e](f) @ops #12 https://x www.y\n# g"));
  EXPECT_THAT(out,
              HasSubstr("a\\|b \\`c\\` \\*d\\* \\[e\\](f) &#64;ops &#35;12 https&#58;//x www&#46;y # g"));
  EXPECT_THAT(out, Not(HasSubstr("\n# g")));
}

TEST(Hostile, TerminalCannotBeDrawnOn) {
  const std::string out = to_text(diagnosis_full_of("a\x1b[2Jb\xC2\x9B"
                                                    "1mc\rd\u202Ee"),
                                  {100, false});
  EXPECT_FALSE(holds_hostile_character(out, true));
}

TEST(Hostile, JsonKeepsEveryCharacterAndShowsNoRawControl) {
  const std::string text = "a\x1b[2Jb\u202Ec\u2028\"\\\t\n\u00e9\U000E0041";
  const std::string out = to_json(diagnosis_full_of(text));
  EXPECT_FALSE(holds_hostile_character(out, true));
  EXPECT_EQ(json::parse(out)["incidents"][0]["summary"], text);
}

TEST(Hostile, EmptyStringsEverywhereAreFine) {
  const diagnose::Diagnosis diagnosis = diagnosis_full_of("");
  EXPECT_TRUE(json::accept(to_json(diagnosis)));
  EXPECT_TRUE(json::accept(to_sarif(diagnosis)));
  EXPECT_FALSE(to_text(diagnosis, {}).empty());
  EXPECT_FALSE(to_markdown(diagnosis).empty());
  EXPECT_FALSE(to_html(diagnosis).empty());
}

RC_GTEST_PROP(HostileProperty, NoTextLineIsOverTheWidth, ()) {
  const std::string text = *hostile_text();
  const int width = *rc::gen::inRange(60, 201);
  const bool colour = *rc::gen::arbitrary<bool>();
  for (std::string out : {to_text(diagnosis_full_of(text), {width, colour}),
                          explanation_text(explanations_full_of(text), {width, colour})}) {
    if (colour) out = without_colour(out);
    RC_ASSERT(!holds_hostile_character(out, true));
    for (std::size_t at = 0; at < out.size();) {
      const std::size_t end = out.find('\n', at);
      RC_ASSERT(end != std::string::npos);
      RC_ASSERT(columns(out.substr(at, end - at)) <= width);
      at = end + 1;
    }
  }
}

RC_GTEST_PROP(HostileProperty, JsonAlwaysParses, ()) {
  const std::string text = *hostile_text();
  const diagnose::Diagnosis diagnosis = diagnosis_full_of(text);
  for (const std::string& out :
       {to_json(diagnosis), to_sarif(diagnosis), explanation_json(explanations_full_of(text))}) {
    RC_ASSERT(json::accept(out));
    RC_ASSERT(!holds_hostile_character(out, true));
  }
}

RC_GTEST_PROP(HostileProperty, NoNameAddsATagToThePage, ()) {
  static const std::string plain = skeleton(to_html(diagnosis_full_of("x")));
  // Not empty: an empty name leaves its element out.
  const std::string page = to_html(diagnosis_full_of("x" + *hostile_text()));
  RC_ASSERT(!holds_hostile_character(page, true));
  RC_ASSERT(skeleton(page) == plain);
}

RC_GTEST_PROP(HostileProperty, NoNameAddsALineOrATagToMarkdown, ()) {
  const auto shape = [](const std::string& out) {
    std::string tags;
    for (std::size_t i = 0; i < out.size(); ++i) {
      if (out[i] == '\n') tags += '\n';
      if (out[i] == '<') tags += out.substr(i, out.find('>', i) - i + 1);
      if (out[i] == '|' && (i == 0 || out[i - 1] != '\\')) tags += '|';
    }
    return tags;
  };
  static const std::string plain = shape(to_markdown(diagnosis_full_of("x")));
  RC_ASSERT(shape(to_markdown(diagnosis_full_of("x" + *hostile_text()))) == plain);
}

}  // namespace
}  // namespace doctor::report
