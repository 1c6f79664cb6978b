// When a failed request is sent again, and after how long.
//
// Standard mode of the AWS SDKs and Tools Reference Guide, "Retry behavior": exponential backoff with full
// jitter, at most 20 s, paid from a bucket of 500 tokens, so that a service that is down is not hammered. Two
// differences, both stated there as each SDK's to choose: transient failures wait from 50 ms (a dropped
// connection costs a person who waits for a diagnosis nothing by being tried at once; only throttling needs
// the second to pass), and throttled requests get up to eight attempts within a deadline, because a diagnosis
// with a hole costs more than one that takes half a minute.
//
// Pure: randomness and time come in as arguments.
#pragma once

#include <functional>
#include <optional>

#include "aws/errors.h"
#include "aws/http.h"
#include "aws/transport.h"
#include "core/time.h"

namespace doctor::aws {

enum class RetryReason {
  transient,            // reset, truncated, 500, 502, 503, 504
  timeout,              // no answer in time: costs the bucket twice as much
  throttled,            // AWS said: slower
  clock_skew,           // AWS said: your clock is wrong; the next try is signed with AWS's time
  expired_credentials,  // the next try is signed with fresh ones
};

struct RetryPolicy {
  int attempts = 3;                                              // the first included
  int throttled_attempts = 8;                                    // … where AWS throttles
  core::Duration throttled_deadline = std::chrono::seconds{90};  // since the first try
  core::Duration transient_base = std::chrono::milliseconds{50};
  core::Duration throttled_base = std::chrono::seconds{1};
  core::Duration longest = std::chrono::seconds{20};
};

// Shared by all calls of a client.
class RetryBudget {
 public:
  bool take(RetryReason reason);      // false: the bucket is empty, do not retry
  void succeeded(int cost_of_retry);  // gives back what the last retry took, or 1 where there was none
  int tokens() const { return tokens_; }
  static int cost(RetryReason reason);

 private:
  int tokens_ = 500;
};

// What has happened to one request so far.
struct RetryState {
  int attempts = 1;                  // sent so often
  int transient = 0, throttled = 0;  // retries of each sort, which are counted apart
  int last_cost = 0;                 // of the last retry; 0 before the first
  bool clock_corrected = false, credentials_renewed = false;
  core::Duration elapsed{};  // since the first try
};

using Random = std::function<double()>;  // uniform in [0, 1)

// How long to wait before the next try, counting it in `state` and `budget`; nothing: give up.
// `told` is what the service asked for (retry_after).
std::optional<core::Duration> wait_before_retry(RetryReason reason, RetryState& state,
                                                const RetryPolicy& policy, RetryBudget& budget,
                                                const Random& random,
                                                std::optional<core::Duration> told = std::nullopt);

// Retry-After (seconds or a date) or x-amz-retry-after (milliseconds).
std::optional<core::Duration> retry_after(const Headers& headers, core::Timestamp now);

// Why a request that ended so may be sent again; nothing: it may not. A change (`read_only` false) is
// repeated only where it certainly did not reach the service.
std::optional<RetryReason> reason_of_failure(FailureKind kind, bool read_only);

// The same for an answer that is a refusal. A change is repeated only where AWS refused it before doing
// anything: throttling, a wrong clock, expired credentials.
std::optional<RetryReason> reason_of_answer(const WireFailure& failure, bool read_only);

// AWS's time less ours by the Date header of an answer; nothing where it has none or they agree within
// four minutes (SigV4 allows five).
std::optional<core::Duration> clock_offset(const Headers& headers, core::Timestamp now);
// The same to the second: 0 where they agree within two, nothing where there is no Date header.
std::optional<core::Duration> clock_difference(const Headers& headers, core::Timestamp now);

}  // namespace doctor::aws
