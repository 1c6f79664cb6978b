// A modest, bounded HTTP load on the user's own URL while its tasks are replaced, and what it met with.
//
// At most 50 requests a second and 20 in flight, for at most 15 minutes: enough to see a gap in service, too
// little to make one. A request that would pass the limit is not sent and counted as skipped. Redirects are
// not followed: a 302 is an answer.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/result.h"
#include "core/time.h"
#include "verify/check.h"

namespace doctor::verify {

inline constexpr int kMostPerSecond = 50, kMostInFlight = 20;
inline constexpr core::Duration kLongestSmoke = std::chrono::minutes{15};

struct SmokeOptions {
  std::string url;  // http or https
  int per_second = 5;
  int in_flight = kMostInFlight;
  core::Duration duration = std::chrono::seconds{60};  // at least this long
  core::Duration longest = kLongestSmoke;              // while a replacement goes on, at most this long
  core::Duration timeout = std::chrono::seconds{10};   // to connect, and without a byte
};

struct Latencies {
  std::vector<core::Duration> sorted;  // of every answer, also those with an error status
  // Nearest rank over the exact list: the smallest value that at least p percent are no greater than. Zero
  // where there is none. p in (0, 100].
  core::Duration percentile(double p) const;
  core::Duration most() const { return sorted.empty() ? core::Duration{0} : sorted.back(); }
};

struct SmokeReport {
  std::string url;
  int sent = 0, good = 0, skipped = 0;  // good: answered with a status below 400
  std::map<std::string, int> errors;    // "HTTP 503", "connection refused or lost", "timeout", …
  Latencies all, replacing;             // replacing: sent while a deployment was in progress
  bool saw_replacement = false;
  core::Duration took{0};
};

// Error: usage, where the URL is none or a limit is passed.
core::Result<void> check_smoke(const SmokeOptions& options);

// `replacing` is asked from this thread every two seconds, while the load runs on another one; it says
// whether a deployment is in progress. The load goes on while one is, within `longest`.
core::Result<SmokeReport> smoke(const SmokeOptions& options, const std::function<bool()>& replacing,
                                const std::atomic<bool>* cancelled);

// Passed where every request was answered with a status below 400.
Check judge_smoke(const SmokeReport& report);
// "300 requests in 60 s: p50 12 ms, p90 15 ms, p99 40 ms, max 80 ms; no errors"
std::string smoke_line(const SmokeReport& report);
std::string smoke_json(const SmokeReport& report);  // one JSON object

}  // namespace doctor::verify
