#include "report/confluence.h"

#include <nlohmann/json.hpp>

#include "core/json.h"
#include "report/base64.h"

namespace doctor::report {
namespace {

using core::ErrorKind;
using core::fail;
using Body = nlohmann::ordered_json;

aws::HttpRequest request(const Confluence& confluence, std::string method, const std::string& path,
                         std::string body) {
  aws::HttpRequest out;
  out.method = std::move(method);
  out.url = confluence.base + path;
  out.repeatable = out.method == "GET";
  const std::string credentials = confluence.user.empty()
                                      ? "Bearer " + confluence.token
                                      : "Basic " + base64(confluence.user + ":" + confluence.token);
  out.headers = {{"Authorization", credentials}, {"Accept", "application/json"}};
  if (!body.empty()) out.headers.emplace_back("Content-Type", "application/json");
  out.body = std::move(body);
  return out;
}

std::string dumped(const Body& body) {
  return body.dump(-1, ' ', false, Body::error_handler_t::replace);
}

// Atlassian's own words, where the answer has some, never more than a line.
std::string words_of(const aws::HttpResponse& response) {
  const auto document = core::JsonDocument::parse(response.body, "answer");
  if (!document) return {};
  std::string out(document->root()["message"].string_or());
  const auto errors = document->root()["errors"].items();
  if (out.empty() && !errors.empty()) out = errors.front()["title"].string_or();
  return out.substr(0, 300);
}

core::Result<void> answered(const aws::HttpResponse& response) {
  const int status = response.status;
  if (status >= 200 && status < 300) return {};
  const std::string words = words_of(response);
  const std::string sentence =
      "Confluence answered " + std::to_string(status) + (words.empty() ? "" : ": " + words);
  const std::string code = std::to_string(status);
  if (status == 401 || status == 403)
    return fail(ErrorKind::refused, sentence,
                "check CONFLUENCE_TOKEN (and CONFLUENCE_USER on Cloud), and that it may write in this space",
                code);
  if (status == 404)
    return fail(ErrorKind::not_found, sentence, "check the URL, the space and the parent", code);
  if (status == 429) return fail(ErrorKind::throttled, sentence, "try again later", code);
  if (status >= 500) return fail(ErrorKind::unreachable, sentence, "try again later", code);
  return fail(ErrorKind::invalid_call, sentence, "", code);
}

core::Result<core::JsonDocument> json_of(const aws::HttpResponse& response) {
  if (auto ok = answered(response); !ok) return fail(ok.error());
  auto document = core::JsonDocument::parse(response.body, "Confluence's answer");
  if (!document) return fail(ErrorKind::unreachable, "this is no Confluence: " + document.error().sentence);
  return document;
}

}  // namespace

bool is_cloud(const Confluence& confluence) {
  return confluence.base.ends_with("/wiki");
}

core::Result<void> check_confluence(const Confluence& confluence) {
  const auto parts = aws::parts_of_url(confluence.base);
  if ((parts.scheme != "https" && parts.scheme != "http") || parts.host.empty())
    return fail(ErrorKind::usage, "'" + confluence.base + "' is no http or https URL");
  if (parts.scheme == "http" && !aws::is_loopback(parts.host))
    return fail(ErrorKind::usage, "a token is not sent over plain http", "name the https URL");
  if (confluence.space.empty())
    return fail(ErrorKind::usage, "a page needs a space", "name its key with --space");
  if (confluence.token.empty())
    return fail(ErrorKind::usage, "CONFLUENCE_TOKEN is not set",
                "set it to an API token (Cloud, with CONFLUENCE_USER) or a personal access token");
  return {};
}

aws::HttpRequest find_space(const Confluence& confluence) {
  return request(confluence, "GET", "/api/v2/spaces?keys=" + aws::url_encoded(confluence.space), {});
}

core::Result<std::string> space_id_of(const aws::HttpResponse& response, const Confluence& confluence) {
  auto document = json_of(response);
  if (!document) return fail(document.error());
  const auto spaces = document->root()["results"].items();
  if (spaces.empty())
    return fail(ErrorKind::not_found, "there is no space '" + confluence.space + "', or it may not be seen");
  return std::string(spaces.front()["id"].string_or());
}

aws::HttpRequest find_page(const Confluence& confluence, const std::string& space_id,
                           const std::string& title) {
  const std::string named = "&title=" + aws::url_encoded(title);
  if (is_cloud(confluence))
    return request(confluence, "GET",
                   "/api/v2/pages?space-id=" + aws::url_encoded(space_id) + "&status=current" + named, {});
  return request(confluence, "GET",
                 "/rest/api/content?type=page&spaceKey=" + aws::url_encoded(confluence.space) + named +
                     "&expand=version",
                 {});
}

core::Result<std::optional<ConfluencePage>> page_of(const aws::HttpResponse& response) {
  auto document = json_of(response);
  if (!document) return fail(document.error());
  const auto pages = document->root()["results"].items();
  if (pages.empty()) return std::nullopt;
  return ConfluencePage{std::string(pages.front()["id"].string_or()),
                        pages.front()["version"]["number"].integer().value_or(1)};
}

aws::HttpRequest write_page(const Confluence& confluence, const std::string& space_id,
                            const Document& document, const std::optional<ConfluencePage>& known) {
  const std::string value = to_storage_format(document);
  Body body;
  std::string path;
  if (is_cloud(confluence)) {
    path = "/api/v2/pages";
    body = {{"spaceId", space_id},
            {"status", "current"},
            {"title", document.title},
            {"body", {{"representation", "storage"}, {"value", value}}}};
    if (!known && !confluence.parent.empty()) body["parentId"] = confluence.parent;
  } else {
    path = "/rest/api/content";
    body = {{"type", "page"},
            {"title", document.title},
            {"space", {{"key", confluence.space}}},
            {"body", {{"storage", {{"value", value}, {"representation", "storage"}}}}}};
    if (!known && !confluence.parent.empty()) body["ancestors"] = Body::array({{{"id", confluence.parent}}});
  }
  if (!known) return request(confluence, "POST", path, dumped(body));
  body["id"] = known->id;
  body["version"] = {{"number", known->version + 1}, {"message", "fargate-doctor runbook"}};
  return request(confluence, "PUT", path + "/" + aws::url_encoded(known->id), dumped(body));
}

core::Result<std::string> written(const aws::HttpResponse& response, const Confluence& confluence) {
  auto document = json_of(response);
  if (!document) return fail(document.error());
  const auto links = document->root()["_links"];
  const auto page = links["webui"].string_or();
  const std::string base(links["base"].string_or(confluence.base));
  return page.empty() ? base : base + std::string(page);
}

}  // namespace doctor::report
