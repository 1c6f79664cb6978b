// One HTTP request and its answer, as every part of this stage sees them.
//
// A url is complete and percent-encoded ("https://ecs.eu-west-1.amazonaws.com/"); header names keep the case
// they were given. Nothing here touches the network: transport.h does.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/time.h"

namespace doctor::aws {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct HttpRequest {
  std::string method = "POST";
  std::string url;
  Headers headers;
  std::string body;
  bool repeatable = true;  // false: never sent twice by libcurl itself, so never over a kept connection
  bool direct = false;     // link-local metadata services: no proxy, whatever the environment says
  core::Duration connect_timeout{0}, read_timeout{0};  // 0: the transport's
};

struct HttpResponse {
  int status = 0;
  Headers headers;
  std::string body;
};

// The first header of this name, in any case; "" where there is none.
std::string_view header_of(const Headers& headers, std::string_view name);

struct UrlParts {
  std::string_view scheme, host, path, query;  // host with its port; path "" or from '/', query without '?'
};
UrlParts parts_of_url(std::string_view url);
std::string_view host_without_port(std::string_view host);  // "[::1]:80" -> "::1"

bool is_loopback(std::string_view host);  // "localhost", 127.0.0.0/8, [::1]; port or none

// Percent-encoding as SigV4 defines it (RFC 3986 unreserved characters stay); `keep` names characters that
// stay as well.
std::string url_encoded(std::string_view text, std::string_view keep = {});

std::string lower_case(std::string_view text);  // ASCII
std::string_view trimmed(std::string_view text);

}  // namespace doctor::aws
