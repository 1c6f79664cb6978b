// Certificates: a server with one that its own ca_bundle vouches for, and nobody else.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdio.h>
#include <stdlib.h>

#include "aws/transport.h"
#include "aws/world_support.h"

namespace doctor::aws {
namespace {

HttpOutcome get(const std::string& url, const std::string& ca_bundle) {
  TransportOptions options;
  options.ca_bundle = ca_bundle;
  auto transport = Transport::make(options);
  HttpRequest request;
  request.method = "GET";
  request.url = url;
  request.direct = true;
  return (*transport)->fetch(request);
}

TEST(TransportTls, TrustsOnlyWhatTheBundleVouchesFor) {
  World world;
  const std::string certificate = world.home() + "/certificate.pem";
  const std::string key = world.home() + "/key.pem";
  const std::string make =
      "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj "
      "/CN=lab -addext subjectAltName=IP:127.0.0.1 -keyout " +
      key + " -out " + certificate + " 2>/dev/null";
  ASSERT_EQ(::system(make.c_str()), 0);
  const std::string serve = "/usr/bin/python3 " + std::string(DOCTOR_SOURCE_DIR) +
                            "/tests/aws/tls_double.py " + certificate + " " + key;
  std::unique_ptr<FILE, int (*)(FILE*)> server(::popen(serve.c_str(), "r"), ::pclose);
  int port = 0;
  ASSERT_EQ(::fscanf(server.get(), "%d", &port), 1);
  const std::string url = "https://127.0.0.1:" + std::to_string(port) + "/";

  const auto stranger = get(url, "");
  ASSERT_TRUE(stranger.failure);
  EXPECT_EQ(stranger.failure->kind, FailureKind::tls);
  EXPECT_THAT(stranger.failure->sentence, testing::HasSubstr("no trusted TLS connection to 127.0.0.1:"));

  const auto known = get(url, certificate);
  ASSERT_FALSE(known.failure) << known.failure->sentence;
  EXPECT_EQ(known.response.body, "trusted");
}

}  // namespace
}  // namespace doctor::aws
