// The role of an EC2 instance, from its metadata service, version 2 only (EC2 user guide, "Use the Instance
// Metadata Service"; AWS SDKs and Tools Reference Guide, "IMDS credential provider").
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "aws/credentials_provider.h"
#include "aws/endpoint.h"

namespace doctor::aws {
namespace {

using core::ErrorKind;

constexpr std::string_view kRolePath = "/latest/meta-data/iam/security-credentials/";

// A setting of the environment or the profile that must be a small positive number.
int number_setting(const Config& config, std::string_view name, std::string_view setting, int otherwise) {
  std::string text = variable(config.environment, name);
  if (text.empty()) text = config.setting(setting);
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && value > 0 && value <= 60 ? value : otherwise;
}

core::Result<std::string> service_url(const Config& config) {
  std::string url = variable(config.environment, "AWS_EC2_METADATA_SERVICE_ENDPOINT");
  if (url.empty()) url = config.setting("ec2_metadata_service_endpoint");
  std::string mode = variable(config.environment, "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE");
  if (mode.empty()) mode = config.setting("ec2_metadata_service_endpoint_mode");
  if (url.empty()) url = lower_case(mode) == "ipv6" ? "http://[fd00:ec2::254]" : "http://169.254.169.254";
  if (auto checked = check_endpoint_url(url, "AWS_EC2_METADATA_SERVICE_ENDPOINT"); !checked) {
    return core::fail(checked.error());
  }
  while (url.ends_with('/')) url.pop_back();
  return url;
}

// Asks the service; every request has the same short time limits, because off EC2 nothing answers at all.
struct Service {
  const ProviderContext& context;
  std::string url;
  core::Duration timeout;
  int tries;

  HttpOutcome ask(std::string method, std::string_view path, Headers headers) const {
    HttpRequest request;
    request.method = std::move(method);
    request.url = url + std::string(path);
    request.headers = std::move(headers);
    request.direct = true;
    request.connect_timeout = request.read_timeout = timeout;
    return fetch_patiently(context, request, tries);
  }
};

std::string wrong(const HttpOutcome& outcome) {
  return outcome.failure ? outcome.failure->sentence : fmt::format("it answered {}", outcome.response.status);
}

}  // namespace

ProviderResult instance_credentials(const ProviderContext& context) {
  const auto& config = *context.config;
  if (lower_case(variable(config.environment, "AWS_EC2_METADATA_DISABLED")) == "true") {
    return not_provided("instance metadata: switched off by AWS_EC2_METADATA_DISABLED");
  }
  const auto url = service_url(config);
  if (!url) return core::fail(url.error());
  const Service service{
      context, *url,
      std::chrono::seconds{
          number_setting(config, "AWS_METADATA_SERVICE_TIMEOUT", "metadata_service_timeout", 1)},
      number_setting(config, "AWS_METADATA_SERVICE_NUM_ATTEMPTS", "metadata_service_num_attempts", 1)};

  const auto token =
      service.ask("PUT", "/latest/api/token", {{"X-aws-ec2-metadata-token-ttl-seconds", "21600"}});
  if (token.failure && token.failure->kind == FailureKind::cancelled) {
    return core::fail(ErrorKind::cancelled, "cancelled");
  }
  if (token.failure || token.response.status != 200 || trimmed(token.response.body).empty()) {
    return not_provided("instance metadata: " + wrong(token));
  }
  const Headers headers = {{"X-aws-ec2-metadata-token", std::string(trimmed(token.response.body))}};

  const auto roles = service.ask("GET", kRolePath, headers);
  if (!roles.failure && roles.response.status == 404) {
    return not_provided("instance metadata: the instance has no role");
  }
  const std::string role(
      trimmed(std::string_view(roles.response.body).substr(0, roles.response.body.find('\n'))));
  if (roles.failure || roles.response.status != 200 || role.empty()) {
    return not_provided("instance metadata: " + wrong(roles));
  }

  auto answer = service.ask("GET", std::string(kRolePath) + url_encoded(role), headers);
  const std::string origin = "instance role " + core::printable(role);
  if (answer.failure || answer.response.status != 200) {
    return core::fail(ErrorKind::unreachable, origin + ": " + wrong(answer), "try again");
  }
  const auto document = core::JsonDocument::parse(answer.response.body, "instance metadata");
  wipe(answer.response.body);
  if (!document) return core::fail(ErrorKind::unreachable, origin + ": the answer is no JSON", "try again");
  const auto code = document->root()["Code"].string_or("Success");
  if (code != "Success") {
    return core::fail(ErrorKind::refused, fmt::format("{}: {}", origin, core::printable(code)),
                      "check the instance profile and the role's trust policy");
  }
  auto credentials = credentials_of_json(document->root(), {}, origin);
  if (!credentials) return core::fail(credentials.error());
  return Provided{std::move(*credentials), {}};
}

}  // namespace doctor::aws
