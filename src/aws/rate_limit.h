// Client-side rate limits: how long a request must wait so that AWS need not refuse it.
//
// Every (service, operation, region) with a row in the table of rate_limit.cc has a token bucket. A request
// takes its place in the queue when it asks, and waits in the event loop; nothing else waits with it.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/time.h"

namespace doctor::aws {

struct RateLimit {
  std::string_view service,
      operation;  // operation "*": each operation of the service without a row of its own
  double per_second = 0;
  int burst = 1;
};

// The row that holds for an operation; nothing where AWS's limit is far above what this program asks.
std::optional<RateLimit> find_rate_limit(std::string_view service, std::string_view operation);

class RateLimiter {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // Reserves one request and says when it may be sent: `now` where a token is left.
  Time reserve(std::string_view service, std::string_view operation, std::string_view region, Time now);

 private:
  // GCRA: the time at which the bucket is full again says all that a bucket needs.
  std::map<std::string, Time, std::less<>> full_at_;
};

}  // namespace doctor::aws
