// Tasks on ECS and pods on EKS: AWS SDKs and Tools Reference Guide, "Container credential provider".
#include <fmt/format.h>

#include "aws/credentials_provider.h"
#include "aws/endpoint.h"

namespace doctor::aws {
namespace {

using core::ErrorKind;

constexpr core::Duration kTimeout{2000};

// Plain HTTP only to this machine and to the agents of ECS and EKS, so that no variable can send the
// authorization token to a stranger.
bool is_allowed_host(std::string_view host) {
  const std::string name = lower_case(host_without_port(host));
  return is_loopback(host) || name == "169.254.170.2" || name == "169.254.170.23" || name == "fd00:ec2::23";
}

core::Result<std::string> credentials_url(const ProviderContext& context, const std::string& relative,
                                          const std::string& full) {
  if (!relative.empty()) return context.container_host + (relative.front() == '/' ? "" : "/") + relative;
  const auto parts = parts_of_url(full);
  if (parts.host.find('@') == std::string_view::npos && !parts.host.empty() &&
      (parts.scheme == "https" || (parts.scheme == "http" && is_allowed_host(parts.host)))) {
    return full;
  }
  return core::fail(
      ErrorKind::refused,
      fmt::format("AWS_CONTAINER_CREDENTIALS_FULL_URI names the host '{}', which is neither https nor "
                  "loopback nor an agent of ECS or EKS",
                  core::printable(host_without_port(parts.host))),
      "correct or unset the variable");
}

core::Result<Secret> authorization(const ProviderContext& context) {
  const auto& environment = context.config->environment;
  std::string token = variable(environment, "AWS_CONTAINER_AUTHORIZATION_TOKEN");
  if (const auto path = variable(environment, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"); !path.empty()) {
    auto text = read_small_file(path);
    if (!text) return core::fail(text.error());
    if (!*text) {
      return core::fail(ErrorKind::refused, fmt::format("container: the token file {} does not exist", path),
                        "check AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
    }
    wipe(token);
    token = trimmed(**text);
    wipe(**text);
  }
  if (token.find_first_of("\r\n") != std::string::npos) {
    wipe(token);
    return core::fail(ErrorKind::refused, "container: the authorization token has a line break in it",
                      "check AWS_CONTAINER_AUTHORIZATION_TOKEN");
  }
  return Secret(std::move(token));
}

}  // namespace

ProviderResult container_credentials(const ProviderContext& context) {
  const auto& environment = context.config->environment;
  const auto relative = variable(environment, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
  const auto full = variable(environment, "AWS_CONTAINER_CREDENTIALS_FULL_URI");
  if (relative.empty() && full.empty()) {
    return not_provided("container: AWS_CONTAINER_CREDENTIALS_RELATIVE_URI and _FULL_URI are not set");
  }
  const auto url = credentials_url(context, relative, full);
  if (!url) return core::fail(url.error());
  const auto token = authorization(context);
  if (!token) return core::fail(token.error());

  HttpRequest request;
  request.method = "GET";
  request.url = *url;
  request.headers = {{"Accept", "application/json"}};
  if (!token->empty()) request.headers.emplace_back("Authorization", token->reveal());
  request.direct = true;
  request.connect_timeout = request.read_timeout = kTimeout;
  HttpOutcome outcome = fetch_patiently(context, request);
  wipe(request.headers.back().second);

  if (outcome.failure) {
    const auto kind =
        outcome.failure->kind == FailureKind::cancelled ? ErrorKind::cancelled : ErrorKind::unreachable;
    return core::fail(kind, "container credentials: " + outcome.failure->sentence,
                      "check that this runs inside the task, and that its task role exists");
  }
  auto& response = outcome.response;
  const auto document = core::JsonDocument::parse(response.body, "container credentials");
  wipe(response.body);
  if (response.status != 200 || !document) {
    return core::fail(ErrorKind::refused,
                      response.status == 200
                          ? std::string("container credentials: the answer is no JSON")
                          : fmt::format("container credentials: the agent answered {}", response.status),
                      "check the task role");
  }
  auto credentials = credentials_of_json(document->root(), {}, "container");
  if (!credentials) return core::fail(credentials.error());
  return Provided{std::move(*credentials), {}};
}

}  // namespace doctor::aws
