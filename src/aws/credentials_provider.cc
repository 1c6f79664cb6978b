#include "aws/credentials_provider.h"

#include <fmt/format.h>

#include <thread>

namespace doctor::aws {

using core::ErrorKind;

core::Result<Credentials> credentials_of_json(core::Json object, const CredentialFields& fields,
                                              std::string_view origin) {
  Credentials credentials;
  credentials.access_key_id = object[fields.access_key_id].string_or();
  credentials.secret_access_key = Secret(std::string(object[fields.secret_access_key].string_or()));
  credentials.session_token = Secret(std::string(object[fields.session_token].string_or()));
  credentials.origin = origin;
  std::string_view missing;
  if (credentials.secret_access_key.empty()) missing = fields.secret_access_key;
  if (credentials.access_key_id.empty()) missing = fields.access_key_id;
  if (!missing.empty()) {
    return core::fail(ErrorKind::refused, fmt::format("{}: the answer has no {}", origin, missing),
                      "check the source of these credentials");
  }
  if (const auto expiration = object[fields.expiration]; expiration.present() && !expiration.is_null()) {
    credentials.expires = expiration.timestamp();
    if (!credentials.expires) {
      return core::fail(ErrorKind::refused, fmt::format("{}: {} is no date", origin, fields.expiration),
                        "check the source of these credentials");
    }
  }
  return credentials;
}

HttpOutcome fetch_patiently(const ProviderContext& context, const HttpRequest& request, int tries) {
  for (int attempt = 1;; ++attempt) {
    HttpOutcome outcome = context.fetch(request);
    const auto kind = outcome.failure ? outcome.failure->kind : FailureKind::cancelled;
    const bool may_pass = outcome.failure ? kind == FailureKind::connect || kind == FailureKind::reset ||
                                                kind == FailureKind::truncated || kind == FailureKind::timeout
                                          : outcome.response.status >= 500 || outcome.response.status == 429;
    if (!may_pass || attempt >= tries || context.is_cancelled()) return outcome;
    std::this_thread::sleep_for(std::chrono::milliseconds{50} * attempt);
  }
}

}  // namespace doctor::aws
