// Roles: STS AssumeRole and AssumeRoleWithWebIdentity (AWS Security Token Service API Reference).
#include <fmt/format.h>

#include "aws/credentials_provider.h"
#include "aws/endpoint.h"
#include "aws/sigv4.h"
#include "aws/wire_codec.h"

namespace doctor::aws {
namespace {

using core::ErrorKind;

constexpr EndpointService kSts = {"sts", "sts", "STS", false};

std::string session_name(const ProviderContext& context, const AssumedRole& role) {
  if (!role.session_name.empty()) return role.session_name;
  return fmt::format("fargate-doctor-{}", context.clock->now().time_since_epoch().count() / 1000);
}

core::Error with_origin(core::Error error, const AssumedRole& role, std::string_view next) {
  error.sentence = role.origin + ": " + error.sentence;
  if (error.next.empty()) error.next = next;
  return error;
}

// Sends the operation, signed where there are source credentials, and reads the credentials of its answer.
core::Result<Credentials> ask_sts(const ProviderContext& context, const AssumedRole& role,
                                  std::string_view operation, const std::string& input,
                                  const Credentials* source) {
  const std::string region = context.region.empty() ? "us-east-1" : context.region;
  const auto endpoint = endpoint_for(kSts, region, *context.config, {});
  if (!endpoint) return core::fail(endpoint.error());
  auto wire = encode_request("sts", operation, input);
  if (!wire) return core::fail(with_origin(wire.error(), role, {}));

  HttpRequest request;
  request.method = wire->method;
  request.url = endpoint->url + wire->path + (wire->query.empty() ? "" : "?" + wire->query);
  request.headers = wire->headers;
  request.body = std::move(wire->body);
  if (source != nullptr) {
    const SigningScope scope{endpoint->signing_region, "sts", context.clock->now()};
    for (auto& header : sign(request, *source, scope).headers) request.headers.push_back(std::move(header));
  }

  HttpOutcome outcome = fetch_patiently(context, request);
  wipe(request.body);  // a web identity token
  if (outcome.failure) {
    const auto kind =
        outcome.failure->kind == FailureKind::cancelled ? ErrorKind::cancelled : ErrorKind::unreachable;
    return core::fail(kind, fmt::format("{}: {}", role.origin, outcome.failure->sentence),
                      "check the network path to STS in " + region);
  }
  auto& response = outcome.response;
  auto answer = decode_response("sts", operation, response.status, response.headers, response.body);
  wipe(response.body);
  if (!answer) {
    return core::fail(
        with_origin(answer.error().error, role, "check the role's trust policy and the profile"));
  }
  const auto document = core::JsonDocument::parse(*answer, "STS");
  wipe(*answer);
  if (!document) return core::fail(with_origin(document.error(), role, {}));
  return credentials_of_json(document->root()["Credentials"], {.session_token = "SessionToken"}, role.origin);
}

std::string common_input(const ProviderContext& context, const AssumedRole& role) {
  std::string input = fmt::format(R"({{"RoleArn":{},"RoleSessionName":{})", core::json_quoted(role.role_arn),
                                  core::json_quoted(session_name(context, role)));
  if (!role.duration_seconds.empty()) input += R"(,"DurationSeconds":)" + role.duration_seconds;
  return input;
}

core::Result<void> check_duration(const AssumedRole& role) {
  const auto& text = role.duration_seconds;
  if (text.size() <= 6 && text.find_first_not_of("0123456789") == std::string::npos) return {};
  return core::fail(ErrorKind::usage,
                    fmt::format("{}: duration_seconds is no number of seconds", role.origin),
                    "write a number from 900 to 43200");
}

}  // namespace

core::Result<Credentials> assume_role(const ProviderContext& context, const AssumedRole& role,
                                      const Credentials& source) {
  if (auto checked = check_duration(role); !checked) return core::fail(checked.error());
  std::string input = common_input(context, role);
  if (!role.external_id.empty()) input += R"(,"ExternalId":)" + core::json_quoted(role.external_id);
  return ask_sts(context, role, "AssumeRole", input + "}", &source);
}

core::Result<Credentials> assume_role_with_web_identity(const ProviderContext& context,
                                                        const AssumedRole& role,
                                                        const std::string& token_file) {
  if (auto checked = check_duration(role); !checked) return core::fail(checked.error());
  // Read anew each time: Kubernetes and CI systems replace the file before the token in it expires.
  auto token = read_small_file(expanded_path(*context.config, token_file));
  if (!token) return core::fail(token.error());
  if (!*token || trimmed(**token).empty()) {
    return core::fail(ErrorKind::refused,
                      fmt::format("{}: the token file {} is missing or empty", role.origin, token_file),
                      "check AWS_WEB_IDENTITY_TOKEN_FILE or web_identity_token_file");
  }
  std::string input =
      common_input(context, role) + R"(,"WebIdentityToken":)" + core::json_quoted(trimmed(**token)) + "}";
  wipe(**token);
  auto credentials = ask_sts(context, role, "AssumeRoleWithWebIdentity", input, nullptr);
  wipe(input);
  return credentials;
}

ProviderResult web_identity_credentials(const ProviderContext& context) {
  const auto& environment = context.config->environment;
  const auto token_file = variable(environment, "AWS_WEB_IDENTITY_TOKEN_FILE");
  if (token_file.empty()) return not_provided("web identity: AWS_WEB_IDENTITY_TOKEN_FILE is not set");
  AssumedRole role;
  role.role_arn = variable(environment, "AWS_ROLE_ARN");
  role.session_name = variable(environment, "AWS_ROLE_SESSION_NAME");
  role.origin = "web identity " + core::printable(role.role_arn);
  if (role.role_arn.empty()) {
    return core::fail(ErrorKind::refused, "AWS_WEB_IDENTITY_TOKEN_FILE is set, but AWS_ROLE_ARN is not",
                      "set both, or neither");
  }
  auto credentials = assume_role_with_web_identity(context, role, token_file);
  if (!credentials) return core::fail(credentials.error());
  return Provided{std::move(*credentials), {}};
}

}  // namespace doctor::aws
