// The credentials of a client: found once by the SDKs' chain, kept, and renewed before they expire.
//
// Order (AWS SDKs and Tools Reference Guide, "Understand the credential provider chain"): environment, web
// identity, profile, container, instance metadata. With --profile the profile comes first and the environment
// is left out, as in the AWS CLI.
#pragma once

#include <optional>

#include "aws/credentials_provider.h"

namespace doctor::aws {

class CredentialChain {
 public:
  explicit CredentialChain(ProviderContext context) : context_(std::move(context)) {}

  // Credentials that hold for five more minutes, found or renewed where needed; the pointer holds until the
  // next call. Credentials that cannot be renewed are used until they expire. Error: refused, with every
  // place that was tried; usage, unreachable or cancelled where a configured place failed so.
  core::Result<const Credentials*> get();

  // Counts up with each set of credentials, so that many requests that fail on one set renew it once.
  int generation() const { return generation_; }

  // AWS said that the credentials of this generation have expired.
  core::Result<void> renew(int generation);

 private:
  core::Result<void> load();

  ProviderContext context_;
  std::optional<Credentials> credentials_;
  std::optional<core::Timestamp> next_try_;  // after a renewal that failed
  int generation_ = 0;
};

}  // namespace doctor::aws
