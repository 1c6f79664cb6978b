// RFC 3986, section 2.1.
#include "core/percent.h"

#include <gtest/gtest.h>

namespace doctor::core {
namespace {

TEST(Percent, PairsOfHexadecimalDigitsAreOneByte) {
  EXPECT_EQ(percent_decoded("%7B%22a%22%3a1%7d"), R"({"a":1})");
  EXPECT_EQ(percent_decoded("%C3%A9+x"), "\xC3\xA9+x");  // '+' is itself outside forms
}

TEST(Percent, WhatNoTwoDigitsFollowStays) {
  EXPECT_EQ(percent_decoded("100%"), "100%");
  EXPECT_EQ(percent_decoded("%4"), "%4");
  EXPECT_EQ(percent_decoded("%g1%1g%%41"), "%g1%1g%A");
}

}  // namespace
}  // namespace doctor::core
