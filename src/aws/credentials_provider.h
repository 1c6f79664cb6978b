// The places that credentials come from, one function each.
//
// A provider that is not configured says so and the chain goes on. One that is configured and fails is an
// error and ends the chain, as in the SDKs: going on would use somebody else's identity. No error text ever
// holds a secret, a token or what a credential process printed on stdout.
#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/config.h"
#include "aws/credentials.h"
#include "aws/transport.h"
#include "core/json.h"
#include "core/result.h"
#include "core/time.h"

namespace doctor::aws {

// What providers may use of the world. --endpoint-url is not among it: as in the AWS CLI it is where calls
// go, not where a login token is sent; AWS_ENDPOINT_URL_STS and AWS_ENDPOINT_URL_SSO move those.
struct ProviderContext {
  const Config* config = nullptr;
  const core::Clock* clock = nullptr;
  std::function<HttpOutcome(HttpRequest)> fetch;  // one request, waiting for it
  std::string region;                             // where STS is asked; "" : us-east-1
  std::string container_host = "http://169.254.170.2";
  const std::atomic<bool>* cancelled = nullptr;

  bool is_cancelled() const { return cancelled != nullptr && cancelled->load(); }
};

struct Provided {
  std::optional<Credentials> credentials;
  std::string tried;  // without credentials: "environment: AWS_ACCESS_KEY_ID is not set"
};
using ProviderResult = core::Result<Provided>;

// AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_CREDENTIAL_EXPIRATION.
ProviderResult environment_credentials(const ProviderContext& context);

// AWS_WEB_IDENTITY_TOKEN_FILE, AWS_ROLE_ARN, AWS_ROLE_SESSION_NAME.
ProviderResult web_identity_credentials(const ProviderContext& context);

// Everything a profile can say: role_arn with source_profile or credential_source, web_identity_token_file,
// SSO, static keys, credential_process.
ProviderResult profile_credentials(const ProviderContext& context, std::string_view profile);

// AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or _FULL_URI, with AWS_CONTAINER_AUTHORIZATION_TOKEN[_FILE].
ProviderResult container_credentials(const ProviderContext& context);

// The EC2 instance metadata service, version 2.
ProviderResult instance_credentials(const ProviderContext& context);

// One profile's parts; profile_credentials decides which of them is meant.
struct AssumedRole {
  std::string role_arn, session_name, external_id, duration_seconds;
  std::string origin;  // "profile prod: role arn:…"
};
core::Result<Credentials> assume_role(const ProviderContext& context, const AssumedRole& role,
                                      const Credentials& source);
core::Result<Credentials> assume_role_with_web_identity(const ProviderContext& context,
                                                        const AssumedRole& role,
                                                        const std::string& token_file);
core::Result<Credentials> sso_credentials(const ProviderContext& context, std::string_view profile);
core::Result<Credentials> process_credentials(const ProviderContext& context, std::string_view profile,
                                              std::string_view command);

// The words of a command, quoted as POSIX shells quote (and Python's shlex.split): no variable, no glob, no
// pipe means anything. Error: usage, for a quote that does not end.
core::Result<std::vector<std::string>> split_command(std::string_view command);

// Shared by the providers that read JSON or ask over HTTP.
struct CredentialFields {
  std::string_view access_key_id = "AccessKeyId", secret_access_key = "SecretAccessKey",
                   session_token = "Token", expiration = "Expiration";
};
// Error: refused, "ORIGIN: the answer has no SecretAccessKey".
core::Result<Credentials> credentials_of_json(core::Json object, const CredentialFields& fields,
                                              std::string_view origin);
// Repeats a request that may succeed later (reset, timeout, 5xx, 429), at most `tries` times in all.
HttpOutcome fetch_patiently(const ProviderContext& context, const HttpRequest& request, int tries = 3);

inline Provided not_provided(std::string tried) {
  return Provided{std::nullopt, std::move(tried)};
}

}  // namespace doctor::aws
