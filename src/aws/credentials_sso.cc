// IAM Identity Center: the token that `aws sso login` left in ~/.aws/sso/cache, exchanged for a role's
// credentials (AWS SDKs and Tools Reference Guide, "IAM Identity Center credential provider"; Portal API
// Reference, GetRoleCredentials).
#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>

#include "aws/credentials_provider.h"
#include "aws/endpoint.h"

namespace doctor::aws {
namespace {

using core::ErrorKind;

constexpr EndpointService kPortal = {"sso", "portal.sso", "SSO", false};

struct SsoSettings {
  std::string session, start_url, region, account_id, role_name;
};

std::string sha1_hex(std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha1(), nullptr);
  std::string out;
  for (unsigned int i = 0; i < size; ++i) out += fmt::format("{:02x}", digest[i]);
  return out;
}

core::Result<SsoSettings> settings_of(const ProviderContext& context, const std::string& profile) {
  const auto& config = *context.config;
  SsoSettings sso;
  sso.session = config.setting(profile, "sso_session");
  sso.start_url = config.setting(profile, "sso_start_url");
  sso.region = config.setting(profile, "sso_region");
  sso.account_id = config.setting(profile, "sso_account_id");
  sso.role_name = config.setting(profile, "sso_role_name");
  const auto shown = core::printable(profile);
  if (!sso.session.empty()) {
    const auto section = config.sso_sessions.find(sso.session);
    if (section == config.sso_sessions.end()) {
      return core::fail(ErrorKind::usage,
                        fmt::format("profile {}: {} has no section [sso-session {}]", shown,
                                    config.config_path, core::printable(sso.session)),
                        "run: aws configure sso");
    }
    const auto value_of = [&](std::string_view name) {
      const auto value = section->second.find(name);
      return value == section->second.end() ? std::string{} : value->second;
    };
    sso.start_url = value_of("sso_start_url");
    sso.region = value_of("sso_region");
  }
  std::string_view missing;
  if (sso.role_name.empty()) missing = "sso_role_name";
  if (sso.account_id.empty()) missing = "sso_account_id";
  if (sso.region.empty()) missing = "sso_region";
  if (sso.start_url.empty()) missing = "sso_start_url";
  if (!missing.empty()) {
    return core::fail(ErrorKind::usage,
                      fmt::format("profile {}: SSO needs {}, which is not set", shown, missing),
                      "run: aws configure sso --profile " + shown);
  }
  return sso;
}

core::Error log_in(const std::string& profile, std::string_view why) {
  const auto shown = core::printable(profile);
  return core::make_error(ErrorKind::refused, fmt::format("profile {}: {}", shown, why),
                          "run: aws sso login --profile " + shown, "UnauthorizedSSOToken");
}

core::Result<Secret> cached_token(const ProviderContext& context, const std::string& profile,
                                  const SsoSettings& sso) {
  const auto name = sha1_hex(sso.session.empty() ? sso.start_url : sso.session);
  const auto path = expanded_path(*context.config, "~/.aws/sso/cache/" + name + ".json");
  auto text = read_small_file(path);
  if (!text) return core::fail(text.error());
  if (!*text) return core::fail(log_in(profile, "nobody is logged in to " + core::printable(sso.start_url)));
  const auto document = core::JsonDocument::parse(**text, path);
  wipe(**text);
  if (!document) return core::fail(log_in(profile, path + " is damaged"));
  Secret token(std::string(document->root()["accessToken"].string_or()));
  std::string until(document->root()["expiresAt"].string_or());
  if (until.ends_with("UTC"))
    until.replace(until.size() - 3, 3, "Z");  // as early versions of the CLI wrote it
  const auto expires = core::timestamp_of_iso(until);
  if (token.empty() || !expires) return core::fail(log_in(profile, path + " holds no token"));
  if (*expires <= context.clock->now()) {
    return core::fail(log_in(profile, "the SSO login expired at " + core::to_iso(*expires)));
  }
  return token;
}

}  // namespace

core::Result<Credentials> sso_credentials(const ProviderContext& context, std::string_view profile_name) {
  const std::string profile(profile_name);
  const auto sso = settings_of(context, profile);
  if (!sso) return core::fail(sso.error());
  const auto endpoint = endpoint_for(kPortal, sso->region, *context.config, {});
  if (!endpoint) return core::fail(endpoint.error());
  const auto token = cached_token(context, profile, *sso);
  if (!token) return core::fail(token.error());

  HttpRequest request;
  request.method = "GET";
  request.url = fmt::format("{}/federation/credentials?account_id={}&role_name={}", endpoint->url,
                            url_encoded(sso->account_id), url_encoded(sso->role_name));
  request.headers = {{"x-amz-sso_bearer_token", token->reveal()}};
  HttpOutcome outcome = fetch_patiently(context, request);
  wipe(request.headers[0].second);

  const std::string origin = fmt::format("profile {}: SSO role {} in {}", core::printable(profile),
                                         core::printable(sso->role_name), core::printable(sso->account_id));
  if (outcome.failure) {
    const auto kind =
        outcome.failure->kind == FailureKind::cancelled ? ErrorKind::cancelled : ErrorKind::unreachable;
    return core::fail(kind, fmt::format("{}: {}", origin, outcome.failure->sentence),
                      "check sso_region and the network path");
  }
  auto& response = outcome.response;
  if (response.status == 401) return core::fail(log_in(profile, "the SSO login is no longer valid"));
  const auto document = core::JsonDocument::parse(response.body, "SSO");
  wipe(response.body);
  if (response.status != 200) {
    const std::string why =
        document ? core::printable(document->root()["message"].string_or()) : std::string{};
    return core::fail(ErrorKind::refused,
                      fmt::format("{}: the portal answered {}{}{}", origin, response.status,
                                  why.empty() ? "" : ": ", why.substr(0, 200)),
                      "check sso_account_id and sso_role_name");
  }
  if (!document) return core::fail(ErrorKind::unreachable, origin + ": the portal's answer is no JSON", {});
  const auto role = document->root()["roleCredentials"];
  auto credentials = credentials_of_json(role,
                                         {.access_key_id = "accessKeyId",
                                          .secret_access_key = "secretAccessKey",
                                          .session_token = "sessionToken",
                                          .expiration = ""},
                                         origin);
  // The one AWS interface that counts in milliseconds.
  if (credentials) {
    const auto expires = role["expiration"].integer_or(0);
    if (expires > 0) credentials->expires = core::Timestamp{core::Duration{expires}};
  }
  return credentials;
}

}  // namespace doctor::aws
