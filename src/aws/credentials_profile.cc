// What a profile says about credentials: AWS SDKs and Tools Reference Guide, "Assume role credential
// provider", "Process credential provider", "IAM Identity Center credential provider", "AWS access keys".
#include <fmt/format.h>

#include <algorithm>

#include "aws/credentials_provider.h"
#include "aws/http.h"

namespace doctor::aws {
namespace {

using core::ErrorKind;
using Path = std::vector<std::string>;  // the profiles on the way, for loops

ProviderResult resolve(const ProviderContext& context, const std::string& profile, Path path);

ProviderResult provided(core::Result<Credentials> credentials) {
  if (!credentials) return core::fail(credentials.error());
  return Provided{std::move(*credentials), {}};
}

core::Result<Credentials> static_keys(const ProviderContext& context, const std::string& profile) {
  const auto& config = *context.config;
  Credentials credentials;
  credentials.access_key_id = config.setting(profile, "aws_access_key_id");
  credentials.secret_access_key = Secret(config.setting(profile, "aws_secret_access_key"));
  credentials.session_token = Secret(config.setting(profile, "aws_session_token"));
  credentials.origin = "profile " + core::printable(profile);
  if (credentials.access_key_id.empty() || credentials.secret_access_key.empty()) {
    return core::fail(ErrorKind::refused,
                      fmt::format("profile {} has only one of aws_access_key_id and aws_secret_access_key",
                                  core::printable(profile)),
                      "write both into " + config.credentials_path);
  }
  return credentials;
}

bool has_static_keys(const ProviderContext& context, const std::string& profile) {
  return !context.config->setting(profile, "aws_access_key_id").empty() ||
         !context.config->setting(profile, "aws_secret_access_key").empty();
}

ProviderResult from_credential_source(const ProviderContext& context, const std::string& profile,
                                      const std::string& source) {
  const std::string name = lower_case(source);
  if (name == "environment") return environment_credentials(context);
  if (name == "ecscontainer") return container_credentials(context);
  if (name == "ec2instancemetadata") return instance_credentials(context);
  return core::fail(ErrorKind::usage,
                    fmt::format("profile {}: credential_source '{}' is none that exists",
                                core::printable(profile), core::printable(source)),
                    "write Environment, EcsContainer or Ec2InstanceMetadata");
}

// The credentials that a role is assumed with.
ProviderResult role_source(const ProviderContext& context, const std::string& profile, const Path& path) {
  const auto& config = *context.config;
  const auto source_profile = config.setting(profile, "source_profile");
  const auto credential_source = config.setting(profile, "credential_source");
  const auto shown = core::printable(profile);
  if (source_profile.empty() == credential_source.empty()) {
    return core::fail(
        ErrorKind::usage,
        fmt::format("profile {} has role_arn and {} source_profile {} credential_source", shown,
                    source_profile.empty() ? "neither" : "both", source_profile.empty() ? "nor" : "and"),
        "write exactly one of the two into " + config.config_path);
  }
  if (!credential_source.empty()) {
    auto source = from_credential_source(context, profile, credential_source);
    if (source && !source->credentials) {
      return core::fail(ErrorKind::refused,
                        fmt::format("profile {}: credential_source {} gives none: {}", shown,
                                    core::printable(credential_source), source->tried),
                        "check where this program runs, or use source_profile");
    }
    return source;
  }
  // A profile that names itself means its own static keys.
  if (source_profile == profile && has_static_keys(context, profile)) {
    return provided(static_keys(context, profile));
  }
  if (config.find_profile(source_profile) == nullptr) {
    return core::fail(ErrorKind::usage,
                      fmt::format("profile {}: its source_profile '{}' does not exist", shown,
                                  core::printable(source_profile)),
                      "create that profile, or name another");
  }
  auto source = resolve(context, source_profile, path);
  if (source && !source->credentials) {
    return core::fail(ErrorKind::refused, fmt::format("profile {}: source_profile: {}", shown, source->tried),
                      "add credentials to that profile");
  }
  return source;
}

AssumedRole role_of(const ProviderContext& context, const std::string& profile) {
  const auto& config = *context.config;
  AssumedRole role;
  role.role_arn = config.setting(profile, "role_arn");
  role.session_name = config.setting(profile, "role_session_name");
  role.external_id = config.setting(profile, "external_id");
  role.duration_seconds = config.setting(profile, "duration_seconds");
  role.origin = fmt::format("profile {}: role {}", core::printable(profile), core::printable(role.role_arn));
  return role;
}

ProviderResult from_role(const ProviderContext& context, const std::string& profile, const Path& path) {
  const auto& config = *context.config;
  if (!config.setting(profile, "mfa_serial").empty()) {
    return core::fail(
        ErrorKind::refused,
        fmt::format("profile {} asks for a code of the MFA device {}, and this program does not prompt",
                    core::printable(profile), core::printable(config.setting(profile, "mfa_serial"))),
        "get a session first, for example: eval \"$(aws configure export-credentials --profile " +
            core::printable(profile) + " --format env)\"");
  }
  auto source = role_source(context, profile, path);
  if (!source) return source;
  return provided(assume_role(context, role_of(context, profile), *source->credentials));
}

ProviderResult resolve(const ProviderContext& context, const std::string& profile, Path path) {
  const auto& config = *context.config;
  const std::string shown = core::printable(profile);
  const bool seen = std::find(path.begin(), path.end(), profile) != path.end();
  path.push_back(profile);
  if (seen) {
    std::string way;
    for (const auto& step : path) way += (way.empty() ? "" : " -> ") + core::printable(step);
    return core::fail(ErrorKind::usage, "source_profile goes round in a circle: " + way,
                      "let the last of them have credentials of its own");
  }
  if (config.find_profile(profile) == nullptr) {
    return not_provided(fmt::format("profile {}: neither in {} nor in {}", shown, config.config_path,
                                    config.credentials_path));
  }
  const bool has_role = !config.setting(profile, "role_arn").empty();
  const auto token_file = config.setting(profile, "web_identity_token_file");
  if (has_role && token_file.empty()) return from_role(context, profile, path);
  if (has_role)
    return provided(assume_role_with_web_identity(context, role_of(context, profile), token_file));
  if (!config.setting(profile, "sso_session").empty() || !config.setting(profile, "sso_start_url").empty()) {
    return provided(sso_credentials(context, profile));
  }
  if (has_static_keys(context, profile)) return provided(static_keys(context, profile));
  const auto process = config.setting(profile, "credential_process");
  if (!process.empty()) return provided(process_credentials(context, profile, process));
  return not_provided(fmt::format("profile {}: has no credential setting", shown));
}

}  // namespace

ProviderResult profile_credentials(const ProviderContext& context, std::string_view profile) {
  return resolve(context, std::string(profile), {});
}

}  // namespace doctor::aws
