// Our signer against botocore's, AWS's own, on requests that a seeded generator makes up.
#include <gtest/gtest.h>
#include <stdio.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>

#include "aws/sigv4.h"
#include "aws/world_support.h"

namespace doctor::aws {
namespace {

constexpr int kRequests = 400;

struct Generator {
  std::mt19937_64 random{20261124};

  std::size_t below(std::size_t limit) { return random() % limit; }
  std::string word(std::string_view letters, std::size_t longest) {
    std::string out;
    for (auto left = 1 + below(longest); left > 0; --left) out += letters[below(letters.size())];
    return out;
  }
  template <std::size_t N>
  std::string one_of(const std::array<std::string_view, N>& texts) {
    return std::string(texts[below(N)]);
  }

  HttpRequest request() {
    static constexpr std::array<std::string_view, 3> kMethods = {"GET", "POST", "PUT"};
    static constexpr std::array<std::string_view, 10> kSegments = {
        "a", "policy", "x%20y", "..", ".", "", "%E1%88%B4", "a~b", "%2F", "A-b_c.d"};
    static constexpr std::array<std::string_view, 6> kNames = {"Content-Type", "X-Amz-Target", "x-b",
                                                               "X-A",          "x-c",          "X-Amz-Meta"};
    HttpRequest out;
    out.method = one_of(kMethods);
    out.url = "https://ecs.eu-west-1.amazonaws.com";
    for (auto left = below(5); left > 0; --left) out.url += "/" + one_of(kSegments);
    if (out.url.ends_with(".com")) out.url += "/";
    std::string query;
    for (auto left = below(5); left > 0; --left) {
      query += (query.empty() ? "?" : "&") + word("abAB01-_.~", 4) + "=" +
               url_encoded(word("aA0 /?:@&=+$,%*'()é~", 6));
    }
    out.url += query;
    for (auto left = below(4); left > 0; --left) {
      const auto name = one_of(kNames);
      if (header_of(out.headers, name).empty()) out.headers.emplace_back(name, word("abc  012;=/,", 12));
    }
    if (out.method != "GET") out.body = word("{}\":,abc01é\n", 80);
    return out;
  }
};

TEST(Sigv4AgainstBotocore, SignsGeneratedRequestsAlike) {
  World world;
  Generator generator;
  Credentials credentials;
  credentials.access_key_id = "AKIDEXAMPLE";
  credentials.secret_access_key = Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");

  std::vector<HttpRequest> requests;
  std::string lines;
  for (int i = 0; i < kRequests; ++i) {
    requests.push_back(generator.request());
    nlohmann::json line = {{"method", requests.back().method},
                           {"url", requests.back().url},
                           {"headers", requests.back().headers},
                           {"body", requests.back().body},
                           {"token", i % 3 == 0 ? "a/token+with=signs" : ""}};
    lines += line.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace) + "\n";
  }
  const auto input = world.write("requests.jsonl", lines);
  const std::string command =
      "/usr/bin/python3 " + std::string(DOCTOR_SOURCE_DIR) + "/tests/aws/sigv4_botocore.py < " + input;
  std::unique_ptr<FILE, int (*)(FILE*)> python(::popen(command.c_str(), "r"), ::pclose);
  ASSERT_NE(python, nullptr);

  std::array<char, 65536> line{};
  for (int i = 0; i < kRequests; ++i) {
    ASSERT_NE(::fgets(line.data(), line.size(), python.get()), nullptr) << "botocore's signer ended at " << i;
    const auto theirs = nlohmann::json::parse(line.data());
    credentials.session_token = Secret(i % 3 == 0 ? "a/token+with=signs" : "");
    // What the generator cut in the middle of a character went to Python as U+FFFD.
    auto request = requests[static_cast<std::size_t>(i)];
    request.body = theirs["body"];
    const auto ours =
        sign(request, credentials, {"eu-west-1", "ecs", *core::timestamp_of_iso("2026-11-24T03:00:00Z")});
    ASSERT_EQ(ours.canonical_request, theirs["canonical_request"].get<std::string>()) << request.url;
    ASSERT_EQ(header_of(ours.headers, "authorization"), theirs["authorization"].get<std::string>());
  }
}

}  // namespace
}  // namespace doctor::aws
