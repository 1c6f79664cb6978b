#include "verify/smoke.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <thread>

#include "aws/http.h"
#include "aws/transport.h"

namespace doctor::verify {
namespace {

using Steady = std::chrono::steady_clock;

constexpr core::Duration kPoll = std::chrono::seconds{2};
constexpr core::Duration kTick = std::chrono::milliseconds{5};
constexpr std::size_t kLargestAnswer = std::size_t{8} << 20U;

// What the two threads share: all of it atomic.
struct Shared {
  std::atomic<bool> replacing{false}, stop{false}, finished{false};
};

std::string kind_of(aws::FailureKind kind) {
  using enum aws::FailureKind;
  switch (kind) {
    case dns:
      return "name not resolved";
    case connect:
      return "no connection";
    case tls:
      return "no trusted TLS connection";
    case reset:
      return "connection lost before an answer";
    case truncated:
      return "connection lost in the answer";
    case timeout:
      return "timeout";
    case too_large:
      return "answer too large";
    case bad_protocol:
      return "not HTTP";
    case bad_request:
    case cancelled:
      break;
  }
  return "not sent";
}

class Load {
 public:
  Load(const SmokeOptions& options, aws::Transport& transport, Shared& shared)
      : options_(options), transport_(transport), shared_(shared) {}

  SmokeReport run() {
    const auto began = Steady::now();
    const auto interval = std::chrono::nanoseconds{std::chrono::seconds{1}} / options_.per_second;
    auto due = began;
    while (goes_on(Steady::now() - began)) {
      for (; due <= Steady::now(); due += interval) send();
      transport_.move(kTick);
    }
    while (transport_.in_flight() > 0 && !shared_.stop) transport_.move(kTick);
    if (transport_.in_flight() > 0) transport_.cancel();
    while (transport_.in_flight() > 0) transport_.move(kTick);
    report_.took = std::chrono::duration_cast<core::Duration>(Steady::now() - began);
    std::sort(report_.all.sorted.begin(), report_.all.sorted.end());
    std::sort(report_.replacing.sorted.begin(), report_.replacing.sorted.end());
    return std::move(report_);
  }

 private:
  bool goes_on(Steady::duration elapsed) const {
    if (shared_.stop) return false;
    return elapsed < options_.duration || (shared_.replacing && elapsed < options_.longest);
  }

  void send() {
    if (transport_.in_flight() >= options_.in_flight) {
      ++report_.skipped;
      return;
    }
    const bool replacing = shared_.replacing;
    report_.saw_replacement = report_.saw_replacement || replacing;
    ++report_.sent;
    aws::HttpRequest request;
    request.method = "GET";
    request.url = options_.url;
    request.headers = {{"User-Agent", "fargate-doctor-smoke"}, {"Accept", "*/*"}};
    transport_.start(std::move(request),
                     [this, replacing](aws::HttpOutcome outcome) { note(outcome, replacing); });
  }

  void note(const aws::HttpOutcome& outcome, bool replacing) {
    if (outcome.failure) {
      if (outcome.failure->kind == aws::FailureKind::cancelled) {
        --report_.sent;  // Ctrl-C is no fault of the service
      } else {
        ++report_.errors[kind_of(outcome.failure->kind)];
      }
      return;
    }
    report_.all.sorted.push_back(outcome.took);
    if (replacing) report_.replacing.sorted.push_back(outcome.took);
    if (outcome.response.status < 400) {
      ++report_.good;
    } else {
      ++report_.errors["HTTP " + std::to_string(outcome.response.status)];
    }
  }

  const SmokeOptions& options_;
  aws::Transport& transport_;
  Shared& shared_;
  SmokeReport report_;
};

}  // namespace

core::Duration Latencies::percentile(double p) const {
  if (sorted.empty()) return core::Duration{0};
  const double n = static_cast<double>(sorted.size());
  const auto rank = static_cast<std::size_t>(std::ceil(p / 100 * n));
  return sorted[std::clamp<std::size_t>(rank, 1, sorted.size()) - 1];
}

core::Result<void> check_smoke(const SmokeOptions& options) {
  const auto parts = aws::parts_of_url(options.url);
  const auto wrong = [](std::string what, std::string next) {
    return core::fail(core::ErrorKind::usage, std::move(what), std::move(next));
  };
  if ((parts.scheme != "http" && parts.scheme != "https") || parts.host.empty() ||
      options.url.find_first_of(" \t\r\n\"<>") != std::string::npos)
    return wrong("--smoke '" + options.url + "' is no http or https URL",
                 "the form is https://shop.example.com/health");
  if (options.per_second < 1 || options.per_second > kMostPerSecond)
    return wrong("--smoke-rate must be 1 to " + std::to_string(kMostPerSecond) + " a second", "");
  if (options.in_flight < 1 || options.in_flight > kMostInFlight)
    return wrong("at most " + std::to_string(kMostInFlight) + " requests may be in flight", "");
  if (options.duration <= core::Duration{0} || options.duration > kLongestSmoke)
    return wrong("--smoke-for must be more than nothing and at most " + core::to_words(kLongestSmoke), "");
  return {};
}

core::Result<SmokeReport> smoke(const SmokeOptions& options, const std::function<bool()>& replacing,
                                const std::atomic<bool>* cancelled) {
  if (auto ok = check_smoke(options); !ok) return core::fail(ok.error());
  // A transport's read timeout is that without a byte; the whole may take four times as long.
  auto transport = aws::Transport::make({.connect_timeout = options.timeout,
                                         .read_timeout = options.timeout,
                                         .ca_bundle = {},
                                         .largest_answer = kLargestAnswer,
                                         .kept_connections = kMostInFlight});
  if (!transport) return core::fail(transport.error());
  Shared shared;
  shared.replacing = replacing && replacing();
  SmokeReport report;
  std::thread load([&] {
    report = Load(options, **transport, shared).run();
    shared.finished = true;
  });
  auto asked = Steady::now();
  while (!shared.finished) {
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
    if (cancelled != nullptr && cancelled->load()) shared.stop = true;
    if (!replacing || shared.stop || Steady::now() - asked < kPoll) continue;
    shared.replacing = replacing();
    asked = Steady::now();
  }
  load.join();
  report.url = options.url;
  return report;
}

}  // namespace doctor::verify
