#include "aws/client_run.h"

#include <fmt/format.h>

#include <cstdio>
#include <queue>
#include <utility>

#include "aws/endpoint.h"
#include "aws/operations.h"
#include "aws/pages.h"
#include "aws/sigv4.h"
#include "aws/wire_codec.h"

namespace doctor::aws {
namespace {

using core::Duration;
using core::Error;
using core::ErrorKind;
using SteadyClock = std::chrono::steady_clock;

constexpr Duration kPollAtMost{50};

struct RunningCall {
  const Call* call = nullptr;
  const ServiceModel* service = nullptr;
  const OperationModel* operation = nullptr;
  Endpoint endpoint;
  std::optional<Pages> pages;
  Answer answer;
  std::optional<Error> error;
  bool over = false;
};

struct Request {
  RunningCall* call = nullptr;
  int page_id = 0;
  HttpRequest http;  // unsigned: every try is signed anew
  RetryState state;
  bool sent_on = false;  // to the region that the bucket is in
  SteadyClock::time_point begun;
  int credentials_generation = 0;
};

// A request and when it may be sent; the earliest first, and of these the one that has waited longest.
struct Waiting {
  SteadyClock::time_point not_before;
  std::uint64_t order = 0;
  std::unique_ptr<Request> request;
};
struct Later {
  bool operator()(const Waiting& a, const Waiting& b) const {
    return std::pair(a.not_before, a.order) > std::pair(b.not_before, b.order);
  }
};

std::string describe(const RunningCall& call) {
  const auto& region = call.endpoint.signing_region;
  return fmt::format("{} {}{}{}", call.call->service, call.call->operation, region.empty() ? "" : " in ",
                     region);
}

std::string attempts_text(int attempts) {
  return attempts > 1 ? fmt::format(", {} attempts", attempts) : std::string{};
}

Error error_of_failure(const RunningCall& call, const TransportFailure& failure, int attempts) {
  const auto& endpoint = call.endpoint;
  if (failure.kind == FailureKind::cancelled) return core::make_error(ErrorKind::cancelled, "cancelled");
  if (failure.kind == FailureKind::dns && endpoint.configured_by.empty()) {
    return core::make_error(
        ErrorKind::unreachable,
        fmt::format("unknown region? '{}': {}", endpoint.signing_region, failure.sentence),
        "check the region's name, then the network's DNS");
  }
  const std::string by = endpoint.configured_by.empty() ? "" : " (" + endpoint.configured_by + ")";
  const std::string next = failure.kind == FailureKind::tls
                               ? "check the proxy, and the certificates named by AWS_CA_BUNDLE"
                               : "check the network path, the proxy and the endpoint URL";
  return core::make_error(
      ErrorKind::unreachable,
      fmt::format("{}: {}{}{}", describe(call), failure.sentence, by, attempts_text(attempts)), next);
}

Error error_of_answer(const RunningCall& call, const WireFailure& failure, int attempts) {
  Error error = failure.error;
  if (error.kind == ErrorKind::throttled) error.sentence += attempts_text(attempts);
  // Somebody else's answer: which URL gave it is half of the explanation.
  if (error.code.empty() && error.kind == ErrorKind::unreachable) {
    error.sentence += fmt::format(" (endpoint {}{}{}{})", call.endpoint.url,
                                  call.endpoint.configured_by.empty() ? "" : " from ",
                                  call.endpoint.configured_by, attempts_text(attempts));
  }
  return error;
}

std::string request_id_of(const Headers& headers) {
  for (const std::string_view name : {"x-amzn-requestid", "x-amz-request-id", "x-amz-requestid"}) {
    if (const auto id = header_of(headers, name); !id.empty()) return std::string(id);
  }
  return {};
}

void print_debug(const Request& request, const HttpOutcome& outcome) {
  const auto& call = *request.call->call;
  const std::string status =
      outcome.failure ? core::printable(outcome.failure->sentence) : std::to_string(outcome.response.status);
  const std::string line = fmt::format("aws: {} {} {} {} {} attempt {} {} ms\n", request.http.method,
                                       core::printable(parts_of_url(request.http.url).host), call.service,
                                       call.operation, status, request.state.attempts, outcome.took.count());
  std::fputs(line.c_str(), stderr);
}

class Run {
 public:
  Run(Session& session, std::span<const Call> calls) : session_(session), calls_(calls.size()) {
    for (std::size_t i = 0; i < calls.size(); ++i) calls_[i].call = &calls[i];
  }

  std::vector<core::Result<Answer>> finish() {
    session_.statistics.calls += static_cast<int>(calls_.size());
    open_ = calls_.size();
    for (auto& call : calls_) begin(call);
    while (open_ > 0) {
      if (session_.is_cancelled()) {
        cancel();
        break;
      }
      send_what_may_go();
      if (open_ == 0) break;
      session_.transport->move(time_to_next());
    }
    // What is still in flight belongs to calls that have failed.
    session_.transport->cancel();
    return results();
  }

 private:
  void begin(RunningCall& call) {
    call.service = find_service(call.call->service);
    call.operation = find_operation(call.call->service, call.call->operation);
    if (call.service == nullptr || call.operation == nullptr) {
      fail(call, core::make_error(
                     ErrorKind::internal,
                     fmt::format("{} {} is no operation of this program", core::printable(call.call->service),
                                 core::printable(call.call->operation)),
                     "please report this"));
      return;
    }
    const auto& region = call.call->region.empty() ? session_.region : call.call->region;
    auto endpoint =
        endpoint_for(endpoint_service(*call.service), region, session_.config, session_.options.endpoint_url);
    if (!endpoint) return fail(call, endpoint.error());
    call.endpoint = std::move(*endpoint);
    auto pages = Pages::start(*call.operation, call.call->input);
    if (!pages) return fail(call, pages.error());
    call.pages.emplace(std::move(*pages));
    queue_pages(call);
  }

  void queue_pages(RunningCall& call) {
    for (auto& page : call.pages->take()) {
      auto wire = encode_request(call.call->service, call.call->operation, page.input);
      if (!wire) return fail(call, wire.error());
      auto request = std::make_unique<Request>();
      request->call = &call;
      request->page_id = page.id;
      request->http.method = std::move(wire->method);
      request->http.url = call.endpoint.url + wire->path + (wire->query.empty() ? "" : "?" + wire->query);
      request->http.headers = std::move(wire->headers);
      request->http.body = std::move(wire->body);
      request->http.repeatable = call.operation->read_only;
      request->http.direct = is_loopback(parts_of_url(request->http.url).host);
      queue(std::move(request), Duration{0});
    }
  }

  void queue(std::unique_ptr<Request> request, Duration wait) {
    const auto& call = *request->call;
    const auto not_before = session_.limiter.reserve(call.call->service, call.call->operation,
                                                     call.endpoint.signing_region, SteadyClock::now() + wait);
    waiting_.push(Waiting{not_before, ++order_, std::move(request)});
  }

  void send_what_may_go() {
    const auto now = SteadyClock::now();
    while (!waiting_.empty() && waiting_.top().not_before <= now &&
           session_.transport->in_flight() < std::max(session_.options.max_in_flight, 1)) {
      // top() is const because moving out of it breaks the order; it is popped at once.
      auto request = std::move(const_cast<Waiting&>(waiting_.top()).request);
      waiting_.pop();
      if (!request->call->over) send(std::move(request));
    }
  }

  Duration time_to_next() const {
    if (waiting_.empty()) return kPollAtMost;
    const auto wait = std::chrono::ceil<Duration>(waiting_.top().not_before - SteadyClock::now());
    return std::clamp(wait, Duration{0}, kPollAtMost);
  }

  void send(std::unique_ptr<Request> request) {
    // Once the chain has failed, every later request would only wait for the same failure.
    if (credentials_error_) return fail(*request->call, *credentials_error_);
    const auto credentials = session_.credentials->get();
    if (!credentials) {
      credentials_error_ = credentials.error();
      return fail(*request->call, *credentials_error_);
    }
    request->credentials_generation = session_.credentials->generation();
    if (request->state.attempts == 1) request->begun = SteadyClock::now();
    const auto& call = *request->call;
    HttpRequest signed_request = request->http;
    const SigningScope scope{call.endpoint.signing_region, call.service->signing_name,
                             session_.signing_time()};
    SigningOptions how;
    if (call.service->protocol == Protocol::rest_xml) {
      how.normalize_path = how.encode_path = false;
      how.content_sha256 = true;
    }
    for (auto& header : sign(request->http, **credentials, scope, how).headers) {
      signed_request.headers.push_back(std::move(header));
    }
    ++request->call->answer.requests;
    ++session_.statistics.requests;
    // The transport's callback must be copyable.
    std::shared_ptr<Request> shared = std::move(request);
    session_.transport->start(std::move(signed_request), [this, shared](HttpOutcome outcome) {
      take_outcome(std::make_unique<Request>(std::move(*shared)), std::move(outcome));
    });
    session_.statistics.most_in_flight =
        std::max(session_.statistics.most_in_flight, session_.transport->in_flight());
  }

  void take_outcome(std::unique_ptr<Request> request, HttpOutcome outcome) {
    if (session_.options.debug) print_debug(*request, outcome);
    auto& call = *request->call;
    if (call.over) return;
    request->state.elapsed = std::chrono::duration_cast<Duration>(SteadyClock::now() - request->begun);
    if (outcome.failure) return take_failure(std::move(request), *outcome.failure);
    const auto& response = outcome.response;
    if (const auto difference = clock_difference(response.headers, session_.clock->now()))
      session_.clock_difference = *difference;
    auto page = decode_response(call.call->service, call.call->operation, response.status, response.headers,
                                response.body);
    if (!page) return take_refusal(std::move(request), page.error(), response);
    session_.budget.succeeded(request->state.last_cost);
    call.answer.request_id = request_id_of(response.headers);
    if (auto absorbed = call.pages->absorb(request->page_id, std::move(*page)); !absorbed) {
      return fail(call, absorbed.error());
    }
    if (!call.pages->done()) return queue_pages(call);
    call.answer.json = call.pages->merged();
    end(call);
  }

  void take_failure(std::unique_ptr<Request> request, const TransportFailure& failure) {
    const auto reason = reason_of_failure(failure.kind, request->call->operation->read_only);
    if (!reason || !retry(request, *reason, std::nullopt)) {
      fail(*request->call, error_of_failure(*request->call, failure, request->state.attempts));
    }
  }

  void take_refusal(std::unique_ptr<Request> request, const WireFailure& failure,
                    const HttpResponse& response) {
    auto& call = *request->call;
    if (send_on(*request, response.headers)) return queue(std::move(request), Duration{0});
    auto reason = reason_of_answer(failure, call.operation->read_only);
    if (reason == RetryReason::throttled) ++session_.statistics.throttled;
    if (reason == RetryReason::clock_skew && !correct_clock(*request, response)) {
      reason = failure.expired_token ? std::optional(RetryReason::expired_credentials) : std::nullopt;
    }
    if (reason == RetryReason::expired_credentials && !request->state.credentials_renewed) {
      if (auto renewed = session_.credentials->renew(request->credentials_generation); !renewed) {
        return fail(call, renewed.error());
      }
    }
    if (!reason || !retry(request, *reason, retry_after(response.headers, session_.clock->now()))) {
      fail(call, error_of_answer(call, failure, request->state.attempts));
    }
  }

  // A bucket is read in its own region, which S3 names where it is asked elsewhere ("Making requests", its
  // redirects). True where the request is to be sent there; once, so that nobody is sent about in a circle.
  bool send_on(Request& request, const Headers& headers) {
    auto& call = *request.call;
    const std::string region(header_of(headers, "x-amz-bucket-region"));
    if (call.service->protocol != Protocol::rest_xml || request.sent_on || !is_region(region) ||
        region == call.endpoint.signing_region)
      return false;
    auto endpoint =
        endpoint_for(endpoint_service(*call.service), region, session_.config, session_.options.endpoint_url);
    if (!endpoint) return false;
    request.http.url.replace(0, call.endpoint.url.size(), endpoint->url);
    call.endpoint = std::move(*endpoint);
    request.sent_on = true;
    return true;
  }

  // True where AWS's clock tells that ours is wrong, so that another signature can help.
  bool correct_clock(const Request& request, const HttpResponse& response) {
    if (request.state.clock_corrected) return false;
    const auto offset = clock_offset(response.headers, session_.signing_time());
    if (offset) session_.clock_offset += *offset;
    // A request that was signed before another one corrected the clock needs no further correction.
    return offset.has_value() || session_.clock_offset != Duration{0};
  }

  // Takes the request where it is sent again.
  bool retry(std::unique_ptr<Request>& request, RetryReason reason, std::optional<Duration> told) {
    const auto wait = wait_before_retry(
        reason, request->state, session_.retry, session_.budget, [this] { return session_.random(); }, told);
    if (!wait) return false;
    ++session_.statistics.retries;
    queue(std::move(request), *wait);
    return true;
  }

  void fail(RunningCall& call, Error error) {
    if (call.over) return;
    call.error = std::move(error);
    end(call);
  }

  void end(RunningCall& call) {
    if (call.over) return;
    call.over = true;
    call.pages.reset();
    --open_;
  }

  void cancel() {
    for (auto& call : calls_) fail(call, core::make_error(ErrorKind::cancelled, "cancelled"));
  }

  std::vector<core::Result<Answer>> results() {
    std::vector<core::Result<Answer>> out;
    out.reserve(calls_.size());
    for (auto& call : calls_) {
      if (call.error) {
        out.emplace_back(core::fail(std::move(*call.error)));
      } else {
        out.emplace_back(std::move(call.answer));
      }
    }
    return out;
  }

  Session& session_;
  std::vector<RunningCall> calls_;
  std::priority_queue<Waiting, std::vector<Waiting>, Later> waiting_;
  std::uint64_t order_ = 0;
  std::size_t open_ = 0;
  std::optional<Error> credentials_error_;
};

}  // namespace

std::vector<core::Result<Answer>> run_calls(Session& session, std::span<const Call> calls) {
  return Run(session, calls).finish();
}

}  // namespace doctor::aws
