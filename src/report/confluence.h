// A runbook as a Confluence page: which requests find, create and update it. Pure: cli/ sends them.
//
// Two dialects of Confluence's REST API, told apart by the base URL. Cloud (…/wiki) has version 2: pages
// belong to a space by its numeric id ("Confluence Cloud REST API v2": Space, Page). Data Center has
// /rest/api/content, by the space's key ("Confluence REST API examples"). Both take the body in storage
// format, and an update carries the version number that follows the page's own: who was faster wins, and the
// other is told (409).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "aws/http.h"
#include "core/result.h"
#include "report/document.h"

namespace doctor::report {

struct Confluence {
  std::string base;    // "https://shop.atlassian.net/wiki", "https://confluence.example.com"
  std::string space;   // its key: "OPS"
  std::string parent;  // id of the page to stand under, when it is created; may be empty
  std::string user;    // with it Basic authentication (Cloud: the account's email), else Bearer
  std::string token;   // from the environment; stands in the Authorization header and nowhere else
};

struct ConfluencePage {
  std::string id;
  int version = 0;
};

// Error: usage: no http(s) URL, a token over plain http to another machine, no space, no token.
core::Result<void> check_confluence(const Confluence& confluence);
bool is_cloud(const Confluence& confluence);

aws::HttpRequest find_space(const Confluence& confluence);  // Cloud alone: the key's numeric id
core::Result<std::string> space_id_of(const aws::HttpResponse& response, const Confluence& confluence);

// space_id: of Cloud.
aws::HttpRequest find_page(const Confluence& confluence, const std::string& space_id,
                           const std::string& title);
core::Result<std::optional<ConfluencePage>> page_of(const aws::HttpResponse& response);

// Creates the page, or updates `known` to its next version.
aws::HttpRequest write_page(const Confluence& confluence, const std::string& space_id,
                            const Document& document, const std::optional<ConfluencePage>& known);
// The page's address for a person. Error: refused (401, 403), not_found (404), invalid_call, …; code "409"
// where someone else has written it since.
core::Result<std::string> written(const aws::HttpResponse& response, const Confluence& confluence);

}  // namespace doctor::report
