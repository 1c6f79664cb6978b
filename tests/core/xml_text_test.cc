#include "core/xml_text.h"

#include <gtest/gtest.h>

namespace doctor::core {
namespace {

TEST(XmlText, MarkupHasAReferenceAndNothingElseHas) {
  EXPECT_EQ(markup_reference('&'), "&amp;");
  EXPECT_EQ(markup_reference('<'), "&lt;");
  EXPECT_EQ(markup_reference('>'), "&gt;");
  EXPECT_EQ(markup_reference('"'), "&quot;");
  EXPECT_EQ(markup_reference('\''), "&#39;");
  for (const char c : {'a', ' ', ';', '\n', '\0', '\x7f'}) EXPECT_EQ(markup_reference(c), "") << int{c};
}

}  // namespace
}  // namespace doctor::core
