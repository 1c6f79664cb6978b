// AWS SDKs and Tools Reference Guide, "AWS access keys" and "Environment variables support".
#include <fmt/format.h>

#include "aws/credentials_provider.h"

namespace doctor::aws {

using core::ErrorKind;

ProviderResult environment_credentials(const ProviderContext& context) {
  const auto& environment = context.config->environment;
  Credentials credentials;
  credentials.access_key_id = variable(environment, "AWS_ACCESS_KEY_ID");
  credentials.secret_access_key = Secret(variable(environment, "AWS_SECRET_ACCESS_KEY"));
  credentials.session_token = Secret(variable(environment, "AWS_SESSION_TOKEN"));
  if (credentials.session_token.empty()) {
    credentials.session_token = Secret(variable(environment, "AWS_SECURITY_TOKEN"));  // its name of old
  }
  credentials.origin = "environment";
  if (credentials.access_key_id.empty()) return not_provided("environment: AWS_ACCESS_KEY_ID is not set");
  if (credentials.secret_access_key.empty()) {
    return core::fail(ErrorKind::refused, "AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not",
                      "set both, or neither");
  }
  if (const auto expires = variable(environment, "AWS_CREDENTIAL_EXPIRATION"); !expires.empty()) {
    credentials.expires = core::timestamp_of_iso(expires);
    if (credentials.expires && *credentials.expires <= context.clock->now()) {
      return core::fail(
          ErrorKind::refused,
          fmt::format("the credentials in the environment expired at {}", core::to_iso(*credentials.expires)),
          "set fresh ones, or unset AWS_ACCESS_KEY_ID and name a profile");
    }
  }
  return Provided{std::move(credentials), {}};
}

}  // namespace doctor::aws
