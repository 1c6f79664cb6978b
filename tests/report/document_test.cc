// Storage format: "Confluence Storage Format" (Atlassian): XHTML with macros in the ac: namespace.
#include "report/document.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace doctor::report {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Document, EmptyPartsLeaveNoTrace) {
  Document document;
  document.title = "t";
  document.paragraph("").bullets({}).numbers({}).table({{"head"}});
  EXPECT_EQ(to_markdown(document), "# t\n");
  EXPECT_EQ(to_storage_format(document), "");
}

TEST(Document, MarkupInATextMeansNothing) {
  Document document;
  document.title = "a <b> *c*";
  document.paragraph("<script>alert(1)</script> | [x](y)").table({{"a|b"}, {"<td>"}});
  EXPECT_THAT(to_markdown(document), Not(HasSubstr("<script>")));
  const auto storage = to_storage_format(document);
  EXPECT_THAT(storage, HasSubstr("&lt;script&gt;"));
  EXPECT_THAT(storage, HasSubstr("<td>&lt;td&gt;</td>"));
}

TEST(Document, CodeCannotEndItsFence) {
  Document document;
  document.code("a\n```\n# not a heading", "bash");
  EXPECT_THAT(to_markdown(document), HasSubstr("````bash\na\n```\n# not a heading\n````"));
}

TEST(Document, CodeCannotEndItsCdata) {
  Document document;
  document.code("x ]]></ac:plain-text-body> y ]]>", "json");
  const auto storage = to_storage_format(document);
  EXPECT_THAT(storage, HasSubstr("x ]]]]><![CDATA[></ac:plain-text-body> y ]]]]><![CDATA[>]]>"));
}

}  // namespace
}  // namespace doctor::report
