// HTTP requests in flight, many at once, on one thread.
//
//   transport.start(request, [](HttpOutcome outcome) { … });
//   while (transport.in_flight() > 0) transport.move(50ms);   // `done` is called from here, never from start
//
// Connections are kept and reused, HTTP/2 is used where TLS offers it, every wait has a time limit, redirects
// are not followed (a signature holds for one host), and an answer may not pass 256 MiB. TLS certificates are
// always verified. Proxies come from the environment as libcurl reads it. libcurl stays in transport.cc.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "aws/http.h"
#include "core/result.h"
#include "core/time.h"

namespace doctor::aws {

// How a request can end without a whole answer. The order is that of a request's life.
enum class FailureKind {
  bad_request,   // libcurl cannot send it: a malformed URL
  dns,           // the host does not resolve
  connect,       // refused, unreachable, or no connection within the connect timeout
  tls,           // no trusted TLS connection
  reset,         // the connection ended before any byte of the answer
  truncated,     // … or in the middle of it
  timeout,       // nothing arrived for the read timeout, or the whole took too long
  too_large,     // the answer passed the cap
  bad_protocol,  // not HTTP
  cancelled,
};

// Whether the service cannot have seen the request, so that even a change may be sent again.
bool never_arrived(FailureKind kind);

struct TransportFailure {
  FailureKind kind = FailureKind::reset;
  std::string sentence;  // "host ecs.eu-wst-9.amazonaws.com does not resolve"
};

struct HttpOutcome {
  HttpResponse response;  // complete where there is no failure
  std::optional<TransportFailure> failure;
  core::Duration took{};
};

struct TransportOptions {
  core::Duration connect_timeout = std::chrono::seconds{5};
  core::Duration read_timeout =
      std::chrono::seconds{30};  // without a byte; the whole may take four times as long
  std::string ca_bundle;         // "" : the system's
  std::size_t largest_answer = std::size_t{256} << 20U;
  int kept_connections = 64;
};

class Transport {
 public:
  using Done = std::function<void(HttpOutcome)>;

  // Error: internal, where libcurl cannot start.
  static core::Result<std::unique_ptr<Transport>> make(const TransportOptions& options);
  ~Transport();
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;

  void start(HttpRequest request, Done done);
  void move(core::Duration longest);  // sends and receives; returns after at most `longest`
  int in_flight() const;
  void cancel();  // ends every request in flight as cancelled

  // One request, waiting for it; `cancelled` is polled at least every 100 ms. Nothing else may be in flight.
  HttpOutcome fetch(HttpRequest request, const std::atomic<bool>* cancelled = nullptr);

 private:
  struct State;
  explicit Transport(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace doctor::aws
