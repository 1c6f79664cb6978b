// Talking to AWS: calls in, answers out, many at once.
//
// A Call names an operation as AWS does and carries its input as JSON in the form the AWS CLI takes
// (--cli-input-json); the Answer is JSON in the form the AWS CLI prints, whichever of the wire protocols lies
// between. Lists are whole: every page is fetched and merged, and a batch larger than an operation takes (100
// tasks, 10 services) is split. Retries, throttling, clock skew, per-service rate limits and credential
// refresh happen inside. One Client serves one profile; it is not shared between threads.
//
//   auto client = Client::make(options);
//   auto answers = (*client)->run({{"ecs", "ListClusters", "eu-west-1", "{}"}});
#pragma once

#include <atomic>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/result.h"
#include "core/time.h"

namespace doctor::aws {

struct Call {
  std::string service;    // the CLI's name: "ecs", "elbv2", "service-quotas", "health"
  std::string operation;  // "DescribeTasks"
  std::string region;     // where it is asked; global services know their own
  std::string input;      // JSON object; "" is {}
};

struct Answer {
  std::string json;        // one object: the CLI's output
  std::string request_id;  // x-amzn-RequestId of the last page
  int requests = 0;        // pages, batches and retries included
};

struct ClientOptions {
  std::string profile;       // "" : AWS_PROFILE or default
  std::string region;        // "" : AWS_REGION, AWS_DEFAULT_REGION, then the profile's
  std::string endpoint_url;  // "" : AWS_ENDPOINT_URL_<SERVICE>, AWS_ENDPOINT_URL, then AWS's own
  core::Duration connect_timeout = std::chrono::seconds{5};
  core::Duration read_timeout = std::chrono::seconds{30};
  int max_attempts =
      0;  // 0 : AWS_MAX_ATTEMPTS, else 3 as the SDKs' standard mode; throttling is retried longer
  int max_in_flight = 64;
  std::string ca_bundle;  // "" : AWS_CA_BUNDLE, else the system's
  bool debug = false;     // one line a request on stderr, without secrets
};

struct Statistics {
  int calls = 0, requests = 0, retries = 0, throttled = 0, most_in_flight = 0;
};

class Client {
 public:
  virtual ~Client() = default;

  // Runs all calls concurrently and answers in their order. Never throws; each call has its own Result.
  virtual std::vector<core::Result<Answer>> run(std::span<const Call> calls) = 0;

  virtual std::string region() const = 0;  // the default region; "" where none is configured
  virtual Statistics statistics() const = 0;
  // AWS's time less this machine's, by the newest answer; 0 where they agree within two seconds, which is
  // as exactly as an answer's Date header tells.
  virtual core::Duration clock_difference() const { return core::Duration{0}; }

  // Error: usage (unknown profile, unreadable configuration, bad endpoint URL). Makes no network call.
  // `cancelled`, where given, is polled: once true, every pending call ends as ErrorKind::cancelled.
  static core::Result<std::unique_ptr<Client>> make(const ClientOptions& options,
                                                    const std::atomic<bool>* cancelled = nullptr);
};

}  // namespace doctor::aws
