// A tiny HTTP/1.1 server inside a test: it answers as its script says, also with resets, truncation and
// silence.
//
//   HttpDouble server([](const Received& request, int nth) { return Reply{.body = "{}"}; });
//   … server.url() … EXPECT_EQ(server.received().size(), 1);
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "aws/http.h"

namespace doctor::aws {

struct Received {
  std::string method, target;  // "POST", "/path?query"
  Headers headers = {};
  std::string body = {};
  std::string header(std::string_view name) const { return std::string(header_of(headers, name)); }
};

struct Reply {
  enum class Ending { whole, reset, truncated, silent, dripping };
  int status = 200;
  Headers headers = {};
  std::string body = {};
  std::chrono::milliseconds delay{0};
  Ending ending = Ending::whole;
  int together = 0;  // wait (at most five seconds) until so many requests want an answer
};

class HttpDouble {
 public:
  // Called for one request at a time; `nth` counts from 0.
  using Script = std::function<Reply(const Received&, int nth)>;

  explicit HttpDouble(Script script);
  ~HttpDouble();
  HttpDouble(const HttpDouble&) = delete;
  HttpDouble& operator=(const HttpDouble&) = delete;

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  std::vector<Received> received() const;
  int connections() const { return connections_.load(); }
  int most_at_once() const { return most_at_once_.load(); }  // requests that were being answered together

 private:
  void accept_all();
  void serve(int socket);
  bool serve_one(int socket, std::string& buffer);
  bool send_reply(int socket, const Reply& reply);
  void wait_for_company(int together);
  void pause(std::chrono::milliseconds span);

  Script script_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<bool> stopping_{false};
  std::atomic<int> connections_{0}, at_once_{0}, most_at_once_{0};
  mutable std::mutex mutex_;
  std::condition_variable stop_;
  std::vector<Received> received_;
  std::list<std::thread> threads_;
  std::thread acceptor_;
};

}  // namespace doctor::aws
