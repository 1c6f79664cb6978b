#include "lab/server.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

namespace doctor::lab {
namespace {

using core::Duration;
using core::ErrorKind;
using core::fail;
using Steady = std::chrono::steady_clock;

constexpr std::size_t kLargestBody = 8u << 20;
constexpr auto kNever = std::chrono::minutes(2);  // an unanswered request is dropped after this
constexpr auto kPoll = std::chrono::milliseconds(50), kTick = std::chrono::milliseconds(100);

Duration real_now() {
  return std::chrono::duration_cast<Duration>(std::chrono::system_clock::now().time_since_epoch());
}

struct Exchange {
  HttpRequest request;
  Outcome outcome;
  Steady::time_point arrived{}, due{};  // when the answer may go out
  bool handled = false, too_large = false;
};

class MhdServer final : public Server {
 public:
  MhdServer(ServiceDesk& desk, Duration latency) : desk_(desk), latency_(latency) {}

  ~MhdServer() override {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_all();
    if (timer_.joinable()) timer_.join();  // it resumes every connection before it ends
    if (daemon_ != nullptr) MHD_stop_daemon(daemon_);
  }

  core::Result<void> listen(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    rlimit files{};
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = std::min<rlim_t>(files.rlim_max, 20000);
    setrlimit(RLIMIT_NOFILE, &files);
    const auto connections =
        static_cast<unsigned>(std::max<rlim_t>(64, files.rlim_cur > 128 ? files.rlim_cur - 128 : 64));
    daemon_ = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC, port,
                               nullptr, nullptr, &on_request, this, MHD_OPTION_SOCK_ADDR, &address,
                               MHD_OPTION_CONNECTION_LIMIT, connections, MHD_OPTION_CONNECTION_TIMEOUT, 120u,
                               MHD_OPTION_NOTIFY_COMPLETED, &on_completed, this,
                               MHD_OPTION_LISTEN_BACKLOG_SIZE, 4096u, MHD_OPTION_END);
    if (daemon_ == nullptr) {
      return fail(ErrorKind::unreachable,
                  fmt::format("port {} on 127.0.0.1 cannot be listened on: {}", port, std::strerror(errno)),
                  "stop what listens there, or choose another with --port (0 takes any free one)");
    }
    const auto* info = MHD_get_daemon_info(daemon_, MHD_DAEMON_INFO_BIND_PORT);
    port_ = info == nullptr ? port : info->port;
    timer_ = std::thread([this] { run_timer(); });
    return {};
  }

  std::uint16_t port() const override { return port_; }

 private:
  static MHD_Result on_request(void* self, MHD_Connection* connection, const char* url, const char* method,
                               const char*, const char* data, size_t* size, void** state) {
    return static_cast<MhdServer*>(self)->serve(connection, url, method, data, size, state);
  }

  static void on_completed(void*, MHD_Connection*, void** state, MHD_RequestTerminationCode) {
    delete static_cast<Exchange*>(*state);
    *state = nullptr;
  }

  static MHD_Result on_header(void* request, MHD_ValueKind, const char* name, const char* value) {
    std::string key = name;
    for (char& c : key) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    static_cast<HttpRequest*>(request)->headers[key] = value == nullptr ? "" : value;
    return MHD_YES;
  }

  static MHD_Result on_argument(void* request, MHD_ValueKind, const char* name, const char* value) {
    auto& query = static_cast<HttpRequest*>(request)->query;
    query += (query.empty() ? "" : "&") + escaped(name) + "=" + escaped(value == nullptr ? "" : value);
    return MHD_YES;
  }

  // MHD has decoded the query string; form_of() wants it as it was.
  static std::string escaped(const char* text) {
    std::string out;
    for (; *text != '\0'; ++text) out += fmt::format("%{:02X}", static_cast<unsigned char>(*text));
    return out;
  }

  MHD_Result serve(MHD_Connection* connection, const char* url, const char* method, const char* data,
                   size_t* size, void** state) {
    auto* exchange = static_cast<Exchange*>(*state);
    if (exchange == nullptr) {
      exchange = new Exchange;
      *state = exchange;
      exchange->request.method = method;
      exchange->request.path = url;
      MHD_get_connection_values(connection, MHD_HEADER_KIND, &on_header, &exchange->request);
      MHD_get_connection_values(connection, MHD_GET_ARGUMENT_KIND, &on_argument, &exchange->request);
      exchange->request.source_ip = "127.0.0.1";
      return MHD_YES;
    }
    if (*size > 0) {
      if (exchange->request.body.size() + *size > kLargestBody)
        exchange->too_large = true;
      else
        exchange->request.body.append(data, *size);
      *size = 0;
      return MHD_YES;
    }
    if (exchange->too_large) {
      exchange->outcome.answer = {413, "text/plain", "Request Entity Too Large\n"};
      return answer(connection, *exchange);
    }
    const auto now = Steady::now();
    if (!exchange->handled) {
      exchange->handled = true;
      exchange->arrived = now;
      exchange->due = now + latency_;
      exchange->outcome = desk_.handle(exchange->request, real_now());
      if (exchange->outcome.mishap == Mishap::never) exchange->due = now + kNever;
    } else if (exchange->outcome.wait.count() > 0 && exchange->outcome.mishap == Mishap::none) {
      exchange->outcome = desk_.handle(exchange->request, real_now(), true);
    }
    if (stopping()) return MHD_NO;
    const bool waits = exchange->outcome.wait.count() > 0 && exchange->outcome.mishap == Mishap::none &&
                       now + kPoll < exchange->arrived + exchange->outcome.wait;
    if (waits) {
      suspend(connection, std::max(exchange->due, now + kPoll));
      return MHD_YES;
    }
    exchange->outcome.wait = Duration{0};
    if (now < exchange->due) {
      suspend(connection, exchange->due);
      return MHD_YES;
    }
    return answer(connection, *exchange);
  }

  // A reset: the connection closes with unsent data thrown away, which the other side sees as RST.
  static MHD_Result reset(MHD_Connection* connection) {
    const auto* info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    if (info != nullptr) {
      const linger now{1, 0};
      setsockopt(info->connect_fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    }
    return MHD_NO;
  }

  struct Cut {  // a body that ends before its Content-Length
    std::string text;
    std::size_t stop;
  };

  static ssize_t read_cut(void* state, std::uint64_t at, char* out, size_t size) {
    const Cut& cut = *static_cast<Cut*>(state);
    if (at >= cut.stop) return MHD_CONTENT_READER_END_WITH_ERROR;
    const auto count = std::min<std::size_t>(size, cut.stop - at);
    std::memcpy(out, cut.text.data() + at, count);
    return static_cast<ssize_t>(count);
  }

  static void free_cut(void* state) { delete static_cast<Cut*>(state); }

  MHD_Result answer(MHD_Connection* connection, Exchange& exchange) {
    Outcome& outcome = exchange.outcome;
    outcome.time = desk_.now();  // as the answer goes out, which may be long after it was made
    if (outcome.mishap == Mishap::never) return MHD_NO;
    if (outcome.mishap == Mishap::reset_before || outcome.mishap == Mishap::reset_after)
      return reset(connection);
    HttpAnswer& answer = outcome.answer;
    MHD_Response* response = nullptr;
    if (outcome.mishap == Mishap::truncate && answer.body.size() > 1) {
      auto* cut = new Cut{std::move(answer.body), 0};
      cut->stop = cut->text.size() / 2;
      response = MHD_create_response_from_callback(cut->text.size(), 64 * 1024, &read_cut, cut, &free_cut);
    } else {
      response =
          MHD_create_response_from_buffer(answer.body.size(), answer.body.data(), MHD_RESPMEM_MUST_COPY);
    }
    if (response == nullptr) return MHD_NO;
    if (!answer.content_type.empty())
      MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, answer.content_type.c_str());
    MHD_add_response_header(response, MHD_HTTP_HEADER_DATE, core::to_http_date(outcome.time).c_str());
    if (!outcome.request_id.empty())
      MHD_add_response_header(response, "x-amzn-RequestId", outcome.request_id.c_str());
    const auto result = MHD_queue_response(connection, static_cast<unsigned>(answer.status), response);
    MHD_destroy_response(response);
    return result;
  }

  bool stopping() {
    const std::lock_guard lock(mutex_);
    return stopping_;
  }

  void suspend(MHD_Connection* connection, Steady::time_point until) {
    MHD_suspend_connection(connection);
    {
      const std::lock_guard lock(mutex_);
      waiting_.emplace(until, connection);
    }
    wake_.notify_one();
  }

  // Resumes what is due, and lets simulated time follow while nobody asks.
  void run_timer() {
    std::unique_lock lock(mutex_);
    auto next_tick = Steady::now();
    for (;;) {
      const auto now = Steady::now();
      while (!waiting_.empty() && (stopping_ || waiting_.begin()->first <= now)) {
        MHD_resume_connection(waiting_.begin()->second);
        waiting_.erase(waiting_.begin());
      }
      if (stopping_) return;
      if (now >= next_tick) {
        next_tick = now + kTick;
        lock.unlock();
        desk_.tick(real_now());
        lock.lock();
        continue;
      }
      wake_.wait_until(lock, waiting_.empty() ? next_tick : std::min(next_tick, waiting_.begin()->first));
    }
  }

  ServiceDesk& desk_;
  const Duration latency_;
  MHD_Daemon* daemon_ = nullptr;
  std::uint16_t port_ = 0;
  std::thread timer_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::multimap<Steady::time_point, MHD_Connection*> waiting_;
  bool stopping_ = false;
};

}  // namespace

core::Result<std::unique_ptr<Server>> Server::start(ServiceDesk& desk, std::uint16_t port, Duration latency) {
  auto server = std::make_unique<MhdServer>(desk, latency);
  if (auto listening = server->listen(port); !listening) return tl::unexpected(listening.error());
  return server;
}

}  // namespace doctor::lab
