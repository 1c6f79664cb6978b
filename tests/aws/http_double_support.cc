#include "aws/http_double_support.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>

namespace doctor::aws {
namespace {

constexpr int kPoll = 20;  // milliseconds, so that a test that ends does not wait

bool send_all(int socket, std::string_view data) {
  while (!data.empty()) {
    const auto sent = ::send(socket, data.data(), data.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    data.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

// Head and body of one request at the front of the buffer; false while it is not whole.
bool take_request(std::string& buffer, Received& request) {
  const auto end = buffer.find("\r\n\r\n");
  if (end == std::string::npos) return false;
  std::string_view head = std::string_view(buffer).substr(0, end + 2);
  const auto line_end = head.find("\r\n");
  const auto line = head.substr(0, line_end);
  const auto first = line.find(' ');
  const auto second = line.find(' ', first + 1);
  request.method = line.substr(0, first);
  request.target = line.substr(first + 1, second - first - 1);
  head.remove_prefix(line_end + 2);
  while (!head.empty()) {
    const auto next = head.find("\r\n");
    const auto field = head.substr(0, next);
    const auto colon = field.find(':');
    if (colon != std::string_view::npos) {
      request.headers.emplace_back(field.substr(0, colon), trimmed(field.substr(colon + 1)));
    }
    head.remove_prefix(next + 2);
  }
  const std::string length = request.header("content-length");
  const std::size_t size = length.empty() ? 0 : std::stoul(length);
  if (buffer.size() < end + 4 + size) {
    request = {};
    return false;
  }
  request.body = buffer.substr(end + 4, size);
  buffer.erase(0, end + 4 + size);
  return true;
}

}  // namespace

HttpDouble::HttpDouble(Script script) : script_(std::move(script)) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  if (listener_ < 0 || ::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      ::listen(listener_, 512) != 0 ||
      ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    throw std::runtime_error("the HTTP double cannot listen");
  }
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { accept_all(); });
}

HttpDouble::~HttpDouble() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stop_.notify_all();
  acceptor_.join();
  for (auto& thread : threads_) thread.join();
  ::close(listener_);
}

std::vector<Received> HttpDouble::received() const {
  const std::lock_guard lock(mutex_);
  return received_;
}

void HttpDouble::accept_all() {
  while (!stopping_) {
    pollfd watched{listener_, POLLIN, 0};
    if (::poll(&watched, 1, kPoll) <= 0) continue;
    const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) continue;
    const int on = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    ++connections_;
    threads_.emplace_back([this, socket] { serve(socket); });
  }
}

void HttpDouble::serve(int socket) {
  std::string buffer;
  while (!stopping_) {
    pollfd watched{socket, POLLIN, 0};
    if (::poll(&watched, 1, kPoll) <= 0) continue;
    char chunk[16384];
    const auto count = ::recv(socket, chunk, sizeof(chunk), 0);
    if (count <= 0) break;
    buffer.append(chunk, static_cast<std::size_t>(count));
    if (buffer.front() == '\x16') {  // a TLS hello, answered as plain servers do
      send_all(socket, "HTTP/1.1 400 Bad Request\r\n\r\n");
      break;
    }
    if (!serve_one(socket, buffer)) break;
  }
  ::close(socket);
}

bool HttpDouble::serve_one(int socket, std::string& buffer) {
  Received request;
  if (!take_request(buffer, request)) return true;
  const int now = ++at_once_;
  for (int most = most_at_once_.load(); now > most && !most_at_once_.compare_exchange_weak(most, now);) {
  }
  Reply reply;
  {
    const std::lock_guard lock(mutex_);
    received_.push_back(request);
    reply = script_(request, static_cast<int>(received_.size()) - 1);
  }
  wait_for_company(reply.together);
  const bool go_on = send_reply(socket, reply);
  --at_once_;
  return go_on;
}

bool HttpDouble::send_reply(int socket, const Reply& reply) {
  pause(reply.delay);
  if (reply.ending == Reply::Ending::silent) {
    pause(std::chrono::hours{1});
    return false;
  }
  if (reply.ending == Reply::Ending::reset) {
    const linger at_once{1, 0};
    ::setsockopt(socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    return false;
  }
  std::string head = "HTTP/1.1 " + std::to_string(reply.status) + " Scripted\r\n";
  for (const auto& [name, value] : reply.headers) head += name + ": " + value + "\r\n";
  head += "Content-Length: " + std::to_string(reply.body.size()) + "\r\n\r\n";
  if (reply.ending == Reply::Ending::truncated) {
    send_all(socket, head + reply.body.substr(0, reply.body.size() / 2));
    return false;
  }
  if (reply.ending == Reply::Ending::dripping) {
    if (!send_all(socket, head)) return false;
    for (const char c : reply.body) {
      if (stopping_ || !send_all(socket, std::string_view(&c, 1))) return false;
      pause(std::chrono::milliseconds{20});
    }
    return true;
  }
  return send_all(socket, head + reply.body);
}

void HttpDouble::wait_for_company(int together) {
  if (together == 0) return;
  std::unique_lock lock(mutex_);
  stop_.notify_all();
  stop_.wait_for(lock, std::chrono::seconds{5},
                 [&] { return stopping_.load() || most_at_once_.load() >= together; });
}

void HttpDouble::pause(std::chrono::milliseconds span) {
  if (span.count() == 0) return;
  std::unique_lock lock(mutex_);
  stop_.wait_for(lock, span, [this] { return stopping_.load(); });
}

}  // namespace doctor::aws
