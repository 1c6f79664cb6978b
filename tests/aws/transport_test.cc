#include "aws/transport.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "aws/http_double_support.h"

namespace doctor::aws {
namespace {

using core::Duration;
using std::chrono::milliseconds;
using Ending = Reply::Ending;

std::unique_ptr<Transport> transport(TransportOptions options = {}) {
  if (options.read_timeout == std::chrono::seconds{30}) options.read_timeout = milliseconds{2000};
  auto made = Transport::make(options);
  EXPECT_TRUE(made);
  return std::move(*made);
}

HttpRequest request_to(const std::string& url, std::string method = "POST", std::string body = "{}") {
  HttpRequest request;
  request.method = std::move(method);
  request.url = url;
  request.body = std::move(body);
  request.direct = true;
  return request;
}

FailureKind failure_of(const Reply& reply, TransportOptions options = {}) {
  HttpDouble server([&](const Received&, int) { return reply; });
  auto outcome = transport(options)->fetch(request_to(server.url() + "/"));
  EXPECT_TRUE(outcome.failure);
  return outcome.failure ? outcome.failure->kind : FailureKind::cancelled;
}

TEST(Transport, SendsWhatItIsGivenAndBringsBackTheAnswer) {
  HttpDouble server([](const Received&, int) {
    return Reply{.status = 418, .headers = {{"X-Amzn-RequestId", "r-1"}}, .body = "short and stout"};
  });
  auto request = request_to(server.url() + "/a/../b%20c?x=1&y=", "PUT", "body");
  request.headers = {
      {"X-Amz-Target", "T.Op"}, {"X-Empty", ""}, {"Content-Type", "application/x-amz-json-1.1"}};
  const auto outcome = transport()->fetch(request);
  ASSERT_FALSE(outcome.failure) << outcome.failure->sentence;
  EXPECT_EQ(outcome.response.status, 418);
  EXPECT_EQ(outcome.response.body, "short and stout");
  EXPECT_EQ(header_of(outcome.response.headers, "x-amzn-requestid"), "r-1");
  const auto received = server.received().at(0);
  EXPECT_EQ(received.method, "PUT");
  EXPECT_EQ(received.target, "/a/../b%20c?x=1&y=");
  EXPECT_EQ(received.body, "body");
  EXPECT_EQ(received.header("x-amz-target"), "T.Op");
  EXPECT_EQ(received.header("expect"), "");
  EXPECT_EQ(received.header("accept-encoding"), "gzip");
}

TEST(Transport, SendsAGetWithoutABody) {
  HttpDouble server([](const Received&, int) { return Reply{.body = "ok"}; });
  const auto outcome = transport()->fetch(request_to(server.url() + "/", "GET", ""));
  EXPECT_EQ(outcome.response.body, "ok");
  EXPECT_EQ(server.received().at(0).method, "GET");
  EXPECT_EQ(server.received().at(0).header("content-length"), "");
}

TEST(Transport, UnpacksGzip) {
  const std::string packed(
      "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff\xcb\x48\xcd\xc9\xc9\x07\x00\x86\xa6\x10\x36\x05\x00\x00\x00",
      25);
  HttpDouble server([&](const Received&, int) {
    return Reply{.headers = {{"Content-Encoding", "gzip"}}, .body = packed};
  });
  const auto outcome = transport()->fetch(request_to(server.url() + "/"));
  ASSERT_FALSE(outcome.failure) << outcome.failure->sentence;
  EXPECT_EQ(outcome.response.body, "hello");
}

TEST(Transport, DoesNotFollowRedirects) {
  HttpDouble server([](const Received&, int) {
    return Reply{.status = 302, .headers = {{"Location", "/elsewhere"}}};
  });
  EXPECT_EQ(transport()->fetch(request_to(server.url() + "/")).response.status, 302);
  EXPECT_EQ(server.received().size(), 1U);
}

TEST(Transport, ReusesAConnection) {
  HttpDouble server([](const Received&, int) { return Reply{.body = "{}"}; });
  auto one = transport();
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(one->fetch(request_to(server.url() + "/")).failure);
  EXPECT_EQ(server.connections(), 1);
}

TEST(Transport, OpensANewConnectionForARequestThatMustNotGoTwice) {
  HttpDouble server([](const Received&, int) { return Reply{.body = "{}"}; });
  auto one = transport();
  for (int i = 0; i < 3; ++i) {
    auto request = request_to(server.url() + "/");
    request.repeatable = false;
    EXPECT_FALSE(one->fetch(request).failure);
  }
  EXPECT_EQ(server.connections(), 3);
}

TEST(Transport, TellsAResetFromATruncatedAnswer) {
  EXPECT_EQ(failure_of(Reply{.ending = Ending::reset}), FailureKind::reset);
  EXPECT_EQ(failure_of(Reply{.body = "0123456789", .ending = Ending::truncated}), FailureKind::truncated);
}

TEST(Transport, GivesUpOnSilenceAfterTheReadTimeout) {
  TransportOptions options;
  options.read_timeout = milliseconds{120};
  const auto begun = std::chrono::steady_clock::now();
  EXPECT_EQ(failure_of(Reply{.ending = Ending::silent}, options), FailureKind::timeout);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, milliseconds{800});
}

TEST(Transport, WaitsWhileBytesComeIn) {
  HttpDouble server([](const Received&, int) {
    return Reply{.body = "slow but sure of itself", .ending = Ending::dripping};
  });
  TransportOptions options;
  options.read_timeout = milliseconds{300};
  const auto outcome = transport(options)->fetch(request_to(server.url() + "/"));
  ASSERT_FALSE(outcome.failure) << outcome.failure->sentence;
  EXPECT_EQ(outcome.response.body, "slow but sure of itself");
}

TEST(Transport, CapsTheSizeOfAnAnswer) {
  TransportOptions options;
  options.largest_answer = 1000;
  EXPECT_EQ(failure_of(Reply{.body = std::string(1001, 'x')}, options), FailureKind::too_large);
}

TEST(Transport, SaysThatNobodyListens) {
  std::string url;
  {
    HttpDouble server([](const Received&, int) { return Reply{}; });
    url = server.url();
  }
  const auto outcome = transport()->fetch(request_to(url + "/"));
  ASSERT_TRUE(outcome.failure);
  EXPECT_EQ(outcome.failure->kind, FailureKind::connect);
  EXPECT_TRUE(never_arrived(outcome.failure->kind));
  EXPECT_THAT(outcome.failure->sentence, testing::HasSubstr("no connection to 127.0.0.1:"));
}

TEST(Transport, SaysThatAHostDoesNotResolve) {
  // RFC 6761 keeps .invalid for ever without hosts.
  const auto outcome = transport()->fetch(request_to("http://ecs.eu-wst-9.invalid/"));
  ASSERT_TRUE(outcome.failure);
  EXPECT_EQ(outcome.failure->kind, FailureKind::dns);
  EXPECT_EQ(outcome.failure->sentence, "host ecs.eu-wst-9.invalid does not resolve");
}

TEST(Transport, TrustsNoPlainServerThatShouldSpeakTls) {
  HttpDouble server([](const Received&, int) { return Reply{}; });
  std::string url = server.url();
  url.replace(0, 4, "https");
  const auto outcome = transport()->fetch(request_to(url + "/"));
  ASSERT_TRUE(outcome.failure);
  EXPECT_EQ(outcome.failure->kind, FailureKind::tls);
}

TEST(Transport, HasManyRequestsInFlight) {
  HttpDouble server([](const Received&, int) { return Reply{.body = "{}", .together = 50}; });
  TransportOptions options;
  options.read_timeout = milliseconds{6000};
  auto one = transport(options);
  int done = 0;
  for (int i = 0; i < 50; ++i) {
    one->start(request_to(server.url() + "/"),
               [&done](HttpOutcome outcome) { done += outcome.failure ? 0 : 1; });
  }
  EXPECT_EQ(one->in_flight(), 50);
  while (one->in_flight() > 0) one->move(milliseconds{50});
  EXPECT_EQ(done, 50);
  EXPECT_EQ(server.most_at_once(), 50);
}

TEST(Transport, EndsEveryRequestWhenCancelled) {
  HttpDouble server([](const Received&, int) { return Reply{.ending = Ending::silent}; });
  std::atomic<bool> cancelled{false};
  auto one = transport();
  std::thread user([&] {
    std::this_thread::sleep_for(milliseconds{50});
    cancelled = true;
  });
  const auto begun = std::chrono::steady_clock::now();
  const auto outcome = one->fetch(request_to(server.url() + "/"), &cancelled);
  user.join();
  ASSERT_TRUE(outcome.failure);
  EXPECT_EQ(outcome.failure->kind, FailureKind::cancelled);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, milliseconds{250});
}

}  // namespace
}  // namespace doctor::aws
