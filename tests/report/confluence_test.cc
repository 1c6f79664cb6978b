// "Confluence Cloud REST API v2" (Space, Page) and "Confluence REST API examples" (Data Center).
#include "report/confluence.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "report/base64.h"

namespace doctor::report {
namespace {

using nlohmann::json;

Confluence cloud() {
  return {"https://shop.atlassian.net/wiki", "OPS", "42", "me@example.com", "t"};
}
Confluence data_center() {
  return {"https://confluence.example.com", "OPS", "42", "", "t"};
}
Document page() {
  Document out;
  out.title = "prod/web: a & b";
  out.paragraph("x");
  return out;
}

TEST(Base64, IsRfc4648) {
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
}

TEST(Confluence, ATitleIsEncodedInTheQuestion) {
  EXPECT_EQ(find_page(cloud(), "7", "a & b").url,
            "https://shop.atlassian.net/wiki/api/v2/pages?space-id=7&status=current&title=a%20%26%20b");
  EXPECT_EQ(find_page(data_center(), "", "a & b").url,
            "https://confluence.example.com/rest/api/"
            "content?type=page&spaceKey=OPS&title=a%20%26%20b&expand=version");
}

TEST(Confluence, ANewPageStandsUnderItsParentAndAnUpdateTakesTheNextVersion) {
  const auto created = write_page(cloud(), "7", page(), std::nullopt);
  EXPECT_EQ(created.method, "POST");
  EXPECT_EQ(json::parse(created.body),
            (json{{"spaceId", "7"},
                  {"status", "current"},
                  {"title", "prod/web: a & b"},
                  {"parentId", "42"},
                  {"body", {{"representation", "storage"}, {"value", "<p>x</p>\n"}}}}));
  const auto updated = write_page(data_center(), "", page(), ConfluencePage{"9", 4});
  EXPECT_EQ(updated.method, "PUT");
  EXPECT_EQ(updated.url, "https://confluence.example.com/rest/api/content/9");
  EXPECT_EQ(json::parse(updated.body)["version"]["number"], 5);
  EXPECT_FALSE(json::parse(updated.body).contains("ancestors"));  // an update does not move the page
  EXPECT_FALSE(updated.repeatable);
}

aws::HttpResponse answer(int status, std::string body) {
  return {status, {}, std::move(body)};
}

TEST(Confluence, EveryAnswerIsAValueOrOneClearError) {
  EXPECT_FALSE(page_of(answer(200, R"({"results":[]})"))->has_value());
  EXPECT_EQ((*page_of(answer(200, R"({"results":[{"id":"9","version":{"number":4}}]})")))->version, 4);
  EXPECT_EQ(page_of(answer(401, "<html>")).error().kind, core::ErrorKind::refused);
  EXPECT_EQ(page_of(answer(200, "<html>")).error().kind, core::ErrorKind::unreachable);
  EXPECT_EQ(written(answer(409, R"({"message":"stale"})"), cloud()).error().code, "409");
  EXPECT_EQ(written(answer(404, ""), cloud()).error().kind, core::ErrorKind::not_found);
  EXPECT_EQ(*written(answer(200, R"({"_links":{"base":"https://b","webui":"/p"}})"), cloud()), "https://b/p");
}

TEST(Confluence, ATokenGoesOverTlsOrToThisMachineOnly) {
  EXPECT_TRUE(check_confluence(cloud()));
  auto open = data_center();
  open.base = "http://confluence.example.com";
  EXPECT_EQ(check_confluence(open).error().kind, core::ErrorKind::usage);
  open.base = "http://127.0.0.1:8090";
  EXPECT_TRUE(check_confluence(open));
  open.token.clear();
  EXPECT_FALSE(check_confluence(open));
}

}  // namespace
}  // namespace doctor::report
