// What lives as long as a Client: its configuration, its connections, its credentials and its budgets.
// client.cc makes it from ClientOptions; client_run.cc runs calls with it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <string>

#include "aws/client.h"
#include "aws/config.h"
#include "aws/credentials_chain.h"
#include "aws/rate_limit.h"
#include "aws/retry.h"
#include "aws/transport.h"

namespace doctor::aws {

// What tests put in place of the process's environment, the system's clock and chance.
struct ClientSeams {
  Environment environment = process_environment();
  const core::Clock* clock = nullptr;  // null: the system's; must outlive the client
  std::optional<std::uint64_t> seed;   // of the jitter; nothing: a random one
  RetryPolicy retry;                   // attempts are overridden by options and AWS_MAX_ATTEMPTS
};

struct Session {
  ClientOptions options;
  Config config;
  std::string region;
  const core::Clock* clock = nullptr;
  const std::atomic<bool>* cancelled = nullptr;
  RetryPolicy retry;
  std::mt19937_64 chance;

  std::unique_ptr<Transport> transport;
  // Credentials are fetched on a transport of their own, one request at a time: it waits, and must not call
  // back into requests that are in flight on the other.
  std::unique_ptr<Transport> credential_transport;
  std::optional<CredentialChain> credentials;

  RetryBudget budget;
  RateLimiter limiter;
  core::Duration clock_offset{0};      // AWS's time less ours, once AWS said that ours is wrong
  core::Duration clock_difference{0};  // the same by the newest answer, whether or not AWS minds
  Statistics statistics;

  bool is_cancelled() const { return cancelled != nullptr && cancelled->load(); }
  core::Timestamp signing_time() const { return clock->now() + clock_offset; }
  double random() { return std::uniform_real_distribution<double>(0.0, 1.0)(chance); }
};

core::Result<std::unique_ptr<Client>> make_client(const ClientOptions& options,
                                                  const std::atomic<bool>* cancelled, ClientSeams seams);

}  // namespace doctor::aws
