#include "core/glob.h"

#include <gtest/gtest.h>

namespace doctor::core {
namespace {

TEST(Glob, StarsAndQuestionMarks) {
  EXPECT_TRUE(glob_matches("ecs:*", "ecs:RunTask"));
  EXPECT_TRUE(glob_matches("*", ""));
  EXPECT_TRUE(glob_matches("a?c*e", "abcdde"));
  EXPECT_FALSE(glob_matches("a?c", "ac"));
  EXPECT_FALSE(glob_matches("ecs:Run", "ecs:RunTask"));
}

TEST(Glob, HostilePatternsStayFast) {
  std::string pattern;
  for (int i = 0; i < 200; ++i) pattern += "a*";
  EXPECT_FALSE(glob_matches(pattern + "b", std::string(5000, 'a')));
}

TEST(Glob, ContainsIgnoringCase) {
  EXPECT_TRUE(contains_ignoring_case("No Space left", "no space"));
  EXPECT_FALSE(contains_ignoring_case("No", "no space"));
}

}  // namespace
}  // namespace doctor::core
