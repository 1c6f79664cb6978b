#include "aws/retry.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string_view>

#include "core/number.h"

namespace doctor::aws {
namespace {

using core::Duration;

constexpr int kLargestBudget = 500;

// Neither header may be negative.
std::optional<long long> natural_number(std::string_view text) {
  const auto number = core::whole_number(text);
  return number && *number >= 0 ? number : std::nullopt;
}

// 500 tries of a broken clock or an expired key change nothing: these two are not paid for, and come once.
bool is_free(RetryReason reason) {
  return reason == RetryReason::clock_skew || reason == RetryReason::expired_credentials;
}

Duration backoff(RetryReason reason, int retry, const RetryPolicy& policy, const Random& random) {
  const auto base = reason == RetryReason::throttled ? policy.throttled_base : policy.transient_base;
  const double ceiling = std::min(std::ldexp(static_cast<double>(base.count()), std::min(retry, 30)),
                                  static_cast<double>(policy.longest.count()));
  return Duration{static_cast<Duration::rep>(random() * ceiling)};
}

bool first_correction(RetryReason reason, RetryState& state) {
  bool& done = reason == RetryReason::clock_skew ? state.clock_corrected : state.credentials_renewed;
  if (done) return false;
  done = true;
  ++state.attempts;
  return true;
}

}  // namespace

int RetryBudget::cost(RetryReason reason) {
  if (is_free(reason)) return 0;
  return reason == RetryReason::timeout ? 10 : 5;
}

bool RetryBudget::take(RetryReason reason) {
  if (tokens_ < cost(reason)) return false;
  tokens_ -= cost(reason);
  return true;
}

void RetryBudget::succeeded(int cost_of_retry) {
  tokens_ = std::min(kLargestBudget, tokens_ + std::max(cost_of_retry, 1));
}

std::optional<Duration> wait_before_retry(RetryReason reason, RetryState& state, const RetryPolicy& policy,
                                          RetryBudget& budget, const Random& random,
                                          std::optional<Duration> told) {
  if (is_free(reason)) {
    if (!first_correction(reason, state)) return std::nullopt;
    return Duration{0};
  }
  const bool is_throttled = reason == RetryReason::throttled;
  // A user who asks for one attempt, or for more than eight, gets that for throttling too.
  const int attempts = is_throttled && policy.attempts > 1
                           ? std::max(policy.attempts, policy.throttled_attempts)
                           : policy.attempts;
  int& retries = is_throttled ? state.throttled : state.transient;
  if (retries + 1 >= attempts) return std::nullopt;

  const Duration wait = std::max(backoff(reason, retries, policy, random), told.value_or(Duration{0}));
  // To come back earlier than a service asked for would be rude, and much later nobody waits.
  if (told && *told > policy.longest) return std::nullopt;
  if (is_throttled && state.elapsed + wait > policy.throttled_deadline) return std::nullopt;
  if (!budget.take(reason)) return std::nullopt;
  state.last_cost = RetryBudget::cost(reason);
  ++retries;
  ++state.attempts;
  return wait;
}

std::optional<Duration> retry_after(const Headers& headers, core::Timestamp now) {
  if (const auto own = natural_number(header_of(headers, "x-amz-retry-after"))) return Duration{*own};
  const auto text = header_of(headers, "retry-after");
  if (const auto seconds = natural_number(text)) {
    return Duration{std::chrono::seconds{std::min(*seconds, 86400LL)}};
  }
  if (const auto date = core::timestamp_of_http_date(text)) return std::max(*date - now, Duration{0});
  return std::nullopt;
}

std::optional<RetryReason> reason_of_failure(FailureKind kind, bool read_only) {
  switch (kind) {
    case FailureKind::connect:
      return RetryReason::transient;
    case FailureKind::dns:  // resolvers drop packets too; an unknown host costs two short tries more
      return RetryReason::transient;
    case FailureKind::reset:
    case FailureKind::truncated:
      if (read_only) return RetryReason::transient;
      return std::nullopt;
    case FailureKind::timeout:
      if (read_only) return RetryReason::timeout;
      return std::nullopt;
    case FailureKind::tls:
    case FailureKind::bad_request:
    case FailureKind::too_large:
    case FailureKind::bad_protocol:
    case FailureKind::cancelled:
      break;
  }
  return std::nullopt;
}

std::optional<RetryReason> reason_of_answer(const WireFailure& failure, bool read_only) {
  if (failure.error.kind == core::ErrorKind::throttled) return RetryReason::throttled;
  if (failure.clock_skew) return RetryReason::clock_skew;
  if (failure.expired_token) return RetryReason::expired_credentials;
  if (failure.retryable && read_only) return RetryReason::transient;
  return std::nullopt;
}

std::optional<Duration> clock_offset(const Headers& headers, core::Timestamp now) {
  const auto date = core::timestamp_of_http_date(header_of(headers, "date"));
  if (!date) return std::nullopt;
  const Duration offset = *date - now;
  if (offset < std::chrono::minutes{4} && offset > -std::chrono::minutes{4}) return std::nullopt;
  return offset;
}

std::optional<Duration> clock_difference(const Headers& headers, core::Timestamp now) {
  const auto date = core::timestamp_of_http_date(header_of(headers, "date"));
  if (!date) return std::nullopt;
  const Duration difference = *date - now;
  // Whole seconds, and on its way for some time.
  constexpr std::chrono::seconds kAgree{2};
  return difference < kAgree && difference > -kAgree ? Duration{0} : difference;
}

}  // namespace doctor::aws
