#include "aws/transport.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <list>
#include <utility>
#include <vector>

#include "aws/credentials.h"

namespace doctor::aws {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;
using core::Duration;

constexpr Duration kPollAtMost{50};  // so that `cancelled` is seen well within 100 ms

CURLcode start_libcurl() {
  // Once per process and before any thread of ours: curl_global_init is not thread-safe by itself.
  static const CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);
  return code;
}

long as_long(Duration span) {
  return static_cast<long>(std::max<Duration::rep>(span.count(), 1));
}

std::string describe_host(const HttpRequest& request) {
  return core::printable(parts_of_url(request.url).host);
}

}  // namespace

bool never_arrived(FailureKind kind) {
  return kind == FailureKind::bad_request || kind == FailureKind::dns || kind == FailureKind::connect ||
         kind == FailureKind::tls;
}

namespace {

struct Transfer {
  CURL* easy = nullptr;
  curl_slist* header_lines = nullptr;
  HttpRequest request;
  Transport::Done done;
  HttpResponse response;
  SteadyTime started, last_byte;
  bool answered = false, too_large = false;
  std::size_t largest_answer = 0;
  std::array<char, CURL_ERROR_SIZE> reason{};

  Transfer() = default;
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;
  // Session and login tokens pass through here; they leave no copy behind.
  ~Transfer() {
    curl_easy_cleanup(easy);
    for (auto* line = header_lines; line != nullptr; line = line->next) {
      std::fill_n(line->data, std::char_traits<char>::length(line->data), '\0');
    }
    curl_slist_free_all(header_lines);
    for (auto& [name, value] : request.headers) wipe(value);
    wipe(request.body);
  }
};

std::size_t take_body(char* data, std::size_t size, std::size_t count, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  transfer.last_byte = std::chrono::steady_clock::now();
  if (transfer.response.body.size() + size * count > transfer.largest_answer) {
    transfer.too_large = true;
    return 0;
  }
  transfer.response.body.append(data, size * count);
  return size * count;
}

std::size_t take_header(char* data, std::size_t size, std::size_t count, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  transfer.last_byte = std::chrono::steady_clock::now();
  transfer.answered = true;
  const std::string_view line(data, size * count);
  const auto colon = line.find(':');
  if (line.starts_with("HTTP/")) {
    transfer.response.headers.clear();  // an interim answer (100 Continue) came before
  } else if (colon != std::string_view::npos) {
    transfer.response.headers.emplace_back(line.substr(0, colon), trimmed(line.substr(colon + 1)));
  }
  return size * count;
}

void set_method(const Transfer& transfer) {
  const auto& request = transfer.request;
  CURL* easy = transfer.easy;
  if (request.method == "GET" && request.body.empty()) {
    curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
    return;
  }
  curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
  curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request.body.data());  // not copied: the transfer owns it
  if (request.method != "POST") curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
}

void set_headers(Transfer& transfer) {
  const auto add = [&transfer](const std::string& line) {
    if (auto* list = curl_slist_append(transfer.header_lines, line.c_str())) transfer.header_lines = list;
  };
  for (const auto& [name, value] : transfer.request.headers) {
    add(value.empty() ? name + ";" : name + ": " + value);  // "Name;" is libcurl's way to an empty value
  }
  add("Expect:");  // never wait for a 100 Continue
  if (header_of(transfer.request.headers, "content-type").empty()) add("Content-Type:");
  if (header_of(transfer.request.headers, "accept").empty()) add("Accept:");
  curl_easy_setopt(transfer.easy, CURLOPT_HTTPHEADER, transfer.header_lines);
}

void set_limits(const Transfer& transfer) {
  CURL* easy = transfer.easy;
  const auto& request = transfer.request;
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, as_long(request.connect_timeout));
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, as_long(request.connect_timeout + 4 * request.read_timeout));
  // Waiting in silence is timed to the millisecond by end_stalled; this one ends an answer that only drips.
  const auto seconds =
      std::chrono::ceil<std::chrono::seconds>(request.connect_timeout + request.read_timeout);
  curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 64L);
  curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, static_cast<long>(seconds.count() + 1));
}

void set_options(Transfer& transfer, const TransportOptions& options) {
  CURL* easy = transfer.easy;
  curl_easy_setopt(easy, CURLOPT_URL, transfer.request.url.c_str());
  curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);  // what was signed is what is sent
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);  // do not wait for a resolver thread when cancelled
  curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
  curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip");
  curl_easy_setopt(easy, CURLOPT_USERAGENT, "fargate-doctor");
  curl_easy_setopt(easy, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  if (!options.ca_bundle.empty()) curl_easy_setopt(easy, CURLOPT_CAINFO, options.ca_bundle.c_str());
  if (transfer.request.direct) curl_easy_setopt(easy, CURLOPT_PROXY, "");
  // libcurl sends a request again when a kept connection turns out to be closed; a change must not go twice.
  if (!transfer.request.repeatable) curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &transfer);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, &transfer);
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer.reason.data());
  curl_easy_setopt(easy, CURLOPT_PRIVATE, &transfer);
  set_method(transfer);
  set_headers(transfer);
  set_limits(transfer);
}

FailureKind failure_kind(CURLcode code, const Transfer& transfer) {
  if (transfer.too_large) return FailureKind::too_large;
  curl_off_t connected_after = 0;  // microseconds; 0 until a connection stood
  curl_easy_getinfo(transfer.easy, CURLINFO_PRETRANSFER_TIME_T, &connected_after);
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
      return FailureKind::dns;
    case CURLE_COULDNT_CONNECT:
      return FailureKind::connect;
    case CURLE_OPERATION_TIMEDOUT:
      return connected_after == 0 ? FailureKind::connect : FailureKind::timeout;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_CIPHER:
    case CURLE_USE_SSL_FAILED:
      return FailureKind::tls;
    case CURLE_PARTIAL_FILE:
    case CURLE_BAD_CONTENT_ENCODING:
      return FailureKind::truncated;
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
      return transfer.answered ? FailureKind::truncated : FailureKind::reset;
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_OUT_OF_MEMORY:
    case CURLE_BAD_FUNCTION_ARGUMENT:
      return FailureKind::bad_request;
    case CURLE_WEIRD_SERVER_REPLY:
      return FailureKind::bad_protocol;
    default:
      return transfer.answered ? FailureKind::truncated : FailureKind::reset;
  }
}

std::string failure_sentence(FailureKind kind, CURLcode code, const Transfer& transfer) {
  const std::string host = describe_host(transfer.request);
  const std::string reason =
      core::printable(transfer.reason[0] != '\0' ? transfer.reason.data() : curl_easy_strerror(code));
  switch (kind) {
    case FailureKind::dns:
      return fmt::format("host {} does not resolve", host_without_port(host));
    case FailureKind::connect:
      return fmt::format("no connection to {}: {}", host, reason);
    case FailureKind::tls:
      return fmt::format("no trusted TLS connection to {}: {}", host, reason);
    case FailureKind::reset:
      return fmt::format("{} closed the connection without an answer", host);
    case FailureKind::truncated:
      return fmt::format("the answer of {} broke off in the middle", host);
    case FailureKind::timeout:
      return fmt::format("{} did not answer in time", host);
    case FailureKind::too_large:
      return fmt::format("the answer of {} is larger than {} MiB", host, transfer.largest_answer >> 20U);
    case FailureKind::bad_protocol:
      return fmt::format("{} does not speak HTTP: {}", host, reason);
    case FailureKind::cancelled:
      return "cancelled";
    case FailureKind::bad_request:
      break;
  }
  return fmt::format("the request to {} cannot be sent: {}", host, reason);
}

}  // namespace

struct Transport::State {
  TransportOptions options;
  CURLM* multi = nullptr;
  std::list<std::unique_ptr<Transfer>>
      transfers;  // a list: `done` may start new ones while one is being ended

  ~State() {
    for (auto& transfer : transfers) {
      if (transfer->easy != nullptr) curl_multi_remove_handle(multi, transfer->easy);
    }
    transfers.clear();
    curl_multi_cleanup(multi);
  }

  // Takes the transfer out before `done` runs, which may start the next request.
  void end(const Transfer* which, std::optional<TransportFailure> failure) {
    const auto place = std::find_if(transfers.begin(), transfers.end(),
                                    [which](const auto& transfer) { return transfer.get() == which; });
    if (place == transfers.end()) return;
    const auto transfer = std::move(*place);
    transfers.erase(place);
    if (transfer->easy != nullptr) {
      long status = 0;
      curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
      transfer->response.status = static_cast<int>(status);
      curl_multi_remove_handle(multi, transfer->easy);
    }
    const auto took = std::chrono::steady_clock::now() - transfer->started;
    transfer->done(HttpOutcome{std::move(transfer->response), std::move(failure),
                               std::chrono::duration_cast<Duration>(took)});
  }

  void end_finished() {
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi, &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      const CURLcode code = message->data.result;
      Transfer* transfer = nullptr;
      curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
      if (code == CURLE_OK) {
        end(transfer, std::nullopt);
      } else {
        const auto kind = failure_kind(code, *transfer);
        end(transfer, TransportFailure{kind, failure_sentence(kind, code, *transfer)});
      }
    }
  }

  void end_stalled() {
    const auto now = std::chrono::steady_clock::now();
    std::vector<const Transfer*> stalled;
    for (const auto& transfer : transfers) {
      if (transfer->easy == nullptr) {
        stalled.push_back(transfer.get());
        continue;
      }
      curl_off_t connected_after = 0;
      curl_easy_getinfo(transfer->easy, CURLINFO_PRETRANSFER_TIME_T, &connected_after);
      if (connected_after == 0) continue;  // the connect timeout's business
      const auto sent = transfer->started + std::chrono::microseconds{connected_after};
      if (now - std::max(sent, transfer->last_byte) > transfer->request.read_timeout)
        stalled.push_back(transfer.get());
    }
    for (const Transfer* transfer : stalled) {
      if (transfer->easy == nullptr) {
        end(transfer, TransportFailure{FailureKind::bad_request, "no memory is left for a request"});
        continue;
      }
      end(transfer, TransportFailure{FailureKind::timeout,
                                     fmt::format("{} sent nothing for {}", describe_host(transfer->request),
                                                 core::to_words(transfer->request.read_timeout))});
    }
  }

  Duration next_poll(Duration longest) const {
    auto wait = std::min(longest, kPollAtMost);
    for (const auto& transfer : transfers) {
      wait = std::min(wait, std::max(transfer->request.read_timeout / 4, Duration{1}));
    }
    return std::max(wait, Duration{0});
  }
};

Transport::Transport(std::unique_ptr<State> state) : state_(std::move(state)) {}
Transport::~Transport() = default;

core::Result<std::unique_ptr<Transport>> Transport::make(const TransportOptions& options) {
  auto state = std::make_unique<State>();
  state->options = options;
  if (start_libcurl() == CURLE_OK) state->multi = curl_multi_init();
  if (state->multi == nullptr) {
    return core::fail(core::ErrorKind::internal, "libcurl could not be started", "check that memory is free");
  }
  curl_multi_setopt(state->multi, CURLMOPT_MAXCONNECTS, static_cast<long>(options.kept_connections));
  return std::unique_ptr<Transport>(new Transport(std::move(state)));
}

void Transport::start(HttpRequest request, Done done) {
  auto transfer = std::make_unique<Transfer>();
  transfer->request = std::move(request);
  transfer->done = std::move(done);
  transfer->started = transfer->last_byte = std::chrono::steady_clock::now();
  transfer->largest_answer = state_->options.largest_answer;
  auto& limits = transfer->request;
  if (limits.connect_timeout.count() == 0) limits.connect_timeout = state_->options.connect_timeout;
  if (limits.read_timeout.count() == 0) limits.read_timeout = state_->options.read_timeout;
  transfer->easy = curl_easy_init();
  if (transfer->easy != nullptr) {
    set_options(*transfer, state_->options);
    curl_multi_add_handle(state_->multi, transfer->easy);
  }
  state_->transfers.push_back(std::move(transfer));  // without a handle it ends in the next move()
}

void Transport::move(Duration longest) {
  int running = 0;
  curl_multi_perform(state_->multi, &running);
  const auto before = state_->transfers.size();
  state_->end_finished();
  // Something ended: the caller should see it now rather than after a poll.
  if (state_->transfers.size() == before || state_->transfers.empty()) {
    const auto wait = before != state_->transfers.size() ? Duration{0} : state_->next_poll(longest);
    curl_multi_poll(state_->multi, nullptr, 0, static_cast<int>(wait.count()), nullptr);
    curl_multi_perform(state_->multi, &running);
    state_->end_finished();
  }
  state_->end_stalled();
}

int Transport::in_flight() const {
  return static_cast<int>(state_->transfers.size());
}

void Transport::cancel() {
  while (!state_->transfers.empty()) {
    state_->end(state_->transfers.front().get(), TransportFailure{FailureKind::cancelled, "cancelled"});
  }
}

HttpOutcome Transport::fetch(HttpRequest request, const std::atomic<bool>* cancelled) {
  std::optional<HttpOutcome> outcome;
  start(std::move(request), [&outcome](HttpOutcome ended) { outcome = std::move(ended); });
  while (!outcome) {
    if (cancelled != nullptr && cancelled->load()) {
      cancel();
      break;
    }
    move(kPollAtMost);
  }
  return std::move(*outcome);
}

}  // namespace doctor::aws
