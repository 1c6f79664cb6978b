#include "aws/credentials_chain.h"

namespace doctor::aws {
namespace {

using core::ErrorKind;

constexpr auto kEarly = std::chrono::minutes{5};
constexpr auto kBetweenTries = std::chrono::seconds{30};

ProviderResult from_profile(const ProviderContext& context) {
  return profile_credentials(context, context.config->profile);
}

using Provider = ProviderResult (*)(const ProviderContext&);

std::vector<Provider> providers_of(const Config& config) {
  if (config.profile_is_explicit) return {from_profile, container_credentials, instance_credentials};
  return {environment_credentials, web_identity_credentials, from_profile, container_credentials,
          instance_credentials};
}

}  // namespace

core::Result<void> CredentialChain::load() {
  std::string tried;
  for (const Provider provider : providers_of(*context_.config)) {
    if (context_.is_cancelled()) return core::fail(ErrorKind::cancelled, "cancelled");
    auto provided = provider(context_);
    if (!provided) return core::fail(provided.error());
    if (provided->credentials) {
      credentials_ = std::move(*provided->credentials);
      ++generation_;
      return {};
    }
    if (!tried.empty()) tried += "; ";
    tried += provided->tried;
  }
  return core::fail(ErrorKind::refused, "no AWS credentials were found. Tried " + tried,
                    "run aws configure or aws sso login, or name a profile with --profile", "NoCredentials");
}

core::Result<const Credentials*> CredentialChain::get() {
  const auto now = context_.clock->now();
  const bool runs_out = credentials_ && credentials_->expires && *credentials_->expires - now < kEarly;
  if (credentials_ && !runs_out) return &*credentials_;
  const bool still_valid = credentials_ && *credentials_->expires > now;
  if (still_valid && next_try_ && now < *next_try_) return &*credentials_;
  if (auto loaded = load(); !loaded) {
    if (!still_valid || loaded.error().kind == ErrorKind::cancelled) return core::fail(loaded.error());
  }
  // Also after a success: a source may hand out the same short-lived credentials again.
  next_try_ = now + kBetweenTries;
  return &*credentials_;
}

core::Result<void> CredentialChain::renew(int generation) {
  if (generation != generation_) return {};  // another request has done it
  next_try_.reset();
  return load();
}

}  // namespace doctor::aws
