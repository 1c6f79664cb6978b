#include "aws/sigv4.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

namespace doctor::aws {
namespace {

namespace fs = std::filesystem;

std::string text_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream out;
  out << file.rdbuf();
  return out.str();
}

// request.txt is a raw request: a line, headers (folded ones too), an empty line, a body.
HttpRequest request_of(const std::string& text) {
  HttpRequest request;
  const auto head_end = text.find("\n\n");
  std::istringstream head(text.substr(0, head_end));
  if (head_end != std::string::npos) request.body = text.substr(head_end + 2);
  std::string line;
  std::getline(head, line);
  const auto space = line.find(' ');
  request.method = line.substr(0, space);
  std::string target = line.substr(space + 1, line.rfind(' ') - space - 1);
  std::string host;
  while (std::getline(head, line)) {
    if (!line.empty() && line[0] == ' ') {
      request.headers.back().second += line;
      continue;
    }
    const auto colon = line.find(':');
    request.headers.emplace_back(line.substr(0, colon), line.substr(colon + 1));
  }
  request.url = "https://" + std::string(header_of(request.headers, "host")) + target;
  return request;
}

std::vector<fs::path> vectors() {
  std::vector<fs::path> out;
  for (const auto& entry : fs::directory_iterator(fs::path(DOCTOR_SOURCE_DIR) / "tests/vectors/sigv4")) {
    if (entry.is_directory()) out.push_back(entry.path());
  }
  std::sort(out.begin(), out.end());
  return out;
}

class PublishedVector : public testing::TestWithParam<fs::path> {};

TEST_P(PublishedVector, SignsAsAws) {
  const auto& folder = GetParam();
  const auto context = nlohmann::json::parse(text_of(folder / "context.json"));
  Credentials credentials;
  credentials.access_key_id = context["credentials"]["access_key_id"];
  credentials.secret_access_key = Secret(context["credentials"]["secret_access_key"].get<std::string>());
  credentials.session_token = Secret(context["credentials"].value("token", ""));
  const std::string region = context["region"];
  const std::string service = context["service"];
  const SigningScope scope{region, service, *core::timestamp_of_iso(context["timestamp"].get<std::string>())};
  SigningOptions options;
  options.normalize_path = context["normalize"];
  options.content_sha256 = context["sign_body"];
  options.sign_session_token = !context.value("omit_session_token", false);

  const auto signature = sign(request_of(text_of(folder / "request.txt")), credentials, scope, options);

  EXPECT_EQ(signature.canonical_request, text_of(folder / "header-canonical-request.txt"));
  EXPECT_EQ(signature.string_to_sign, text_of(folder / "header-string-to-sign.txt"));
  EXPECT_EQ(signature.signature, text_of(folder / "header-signature.txt"));
  EXPECT_NE(header_of(signature.headers, "authorization").find(signature.signature), std::string_view::npos);
  EXPECT_EQ(header_of(signature.headers, "x-amz-security-token"), credentials.session_token.reveal());
}

INSTANTIATE_TEST_SUITE_P(Sigv4, PublishedVector, testing::ValuesIn(vectors()), [](const auto& vector) {
  std::string name = vector.param.filename().string();
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

// "Signature Calculations for the Authorization Header" of the Amazon S3 API Reference, its example PUT
// Object: S3 encodes a path once.
TEST(Sigv4, SignsForS3AsItsReferenceDoes) {
  Credentials credentials;
  credentials.access_key_id = "AKIAIOSFODNN7EXAMPLE";
  credentials.secret_access_key = Secret(std::string("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"));
  const SigningScope scope{"us-east-1", "s3", *core::timestamp_of_iso("2013-05-24T00:00:00Z")};
  SigningOptions options;
  options.normalize_path = options.encode_path = false;
  options.content_sha256 = true;
  HttpRequest request;
  request.method = "PUT";
  request.url = "https://examplebucket.s3.amazonaws.com/test%24file.text";
  request.headers = {{"Date", "Fri, 24 May 2013 00:00:00 GMT"},
                     {"x-amz-storage-class", "REDUCED_REDUNDANCY"}};
  request.body = "Welcome to Amazon S3.";
  EXPECT_EQ(sign(request, credentials, scope, options).signature,
            "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");
}

TEST(Sigv4, HasAllPublishedVectors) {
  EXPECT_GE(vectors().size(), 38U);
}

TEST(Sigv4, SignsTheHostWithItsPort) {
  HttpRequest request;
  request.url = "http://127.0.0.1:4566/";
  const auto signature = sign(request, Credentials{}, {"eu-west-1", "ecs", {}});
  EXPECT_EQ(header_of(signature.headers, "host"), "127.0.0.1:4566");
}

TEST(Sigv4, LeavesHeadersThatProxiesChangeUnsigned) {
  HttpRequest request;
  request.url = "https://ecs.eu-west-1.amazonaws.com/";
  const auto bare = sign(request, Credentials{}, {"eu-west-1", "ecs", {}});
  request.headers = {{"User-Agent", "x"}, {"Accept-Encoding", "gzip"}, {"Connection", "close"}};
  EXPECT_EQ(sign(request, Credentials{}, {"eu-west-1", "ecs", {}}).signature, bare.signature);
}

TEST(Secret, WipesWhatItHeldWhenItIsMovedFrom) {
  Secret from(std::string("short"));
  Secret to = std::move(from);
  EXPECT_TRUE(from.empty());
  EXPECT_EQ(std::string_view(from.reveal().data(), 5), std::string_view("\0\0\0\0\0", 5));
  EXPECT_EQ(to.reveal(), "short");
}

TEST(Secret, WipesTheWholeBufferOfAString) {
  std::string text = "a secret that is longer than the small string buffer";
  const char* const place = text.data();
  wipe(text);
  EXPECT_TRUE(text.empty());
  EXPECT_EQ(place, text.data());
  EXPECT_EQ(std::string_view(place, 8), std::string_view("\0\0\0\0\0\0\0\0", 8));
}

}  // namespace
}  // namespace doctor::aws
