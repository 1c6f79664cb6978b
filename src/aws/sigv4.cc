#include "aws/sigv4.h"
#include "core/percent.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <map>
#include <vector>

namespace doctor::aws {
namespace {

using Digest = std::array<unsigned char, SHA256_DIGEST_LENGTH>;

std::string hex(const Digest& digest) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string out;
  out.reserve(digest.size() * 2);
  for (const unsigned char byte : digest) {
    out.push_back(kHex[byte >> 4U]);
    out.push_back(kHex[byte & 15U]);
  }
  return out;
}

Digest hmac(std::string_view key, std::string_view data) {
  Digest out{};
  unsigned int size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(data.data()), data.size(), out.data(), &size);
  return out;
}

std::string_view view(const Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

// Dot segments and double slashes are resolved (RFC 3986, 5.2.4), a trailing slash stays.
std::string normalized_path(std::string_view path) {
  std::vector<std::string_view> kept;
  std::size_t begin = 0;
  while (begin <= path.size()) {
    const auto end = std::min(path.find('/', begin), path.size());
    const auto segment = path.substr(begin, end - begin);
    if (segment == "..") {
      if (!kept.empty()) kept.pop_back();
    } else if (!segment.empty() && segment != ".") {
      kept.push_back(segment);
    }
    begin = end + 1;
  }
  std::string out;
  for (const auto segment : kept) out.append("/").append(segment);
  if (out.empty() || path.ends_with('/')) out += '/';
  return out;
}

std::string canonical_query(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> pairs;
  while (!query.empty()) {
    const auto ampersand = query.find('&');
    const auto pair = query.substr(0, ampersand);
    query = ampersand == std::string_view::npos ? std::string_view{} : query.substr(ampersand + 1);
    if (pair.empty()) continue;
    const auto equals = pair.find('=');
    const auto value = equals == std::string_view::npos ? std::string_view{} : pair.substr(equals + 1);
    // Decoded first, so that a caller who encoded and one who did not mean the same request.
    pairs.emplace_back(url_encoded(core::percent_decoded(pair.substr(0, equals))),
                       url_encoded(core::percent_decoded(value)));
  }
  std::sort(pairs.begin(), pairs.end());
  std::string out;
  for (const auto& [name, value] : pairs) {
    if (!out.empty()) out += '&';
    out.append(name).append("=").append(value);
  }
  return out;
}

// "Trimall": no space around, one space inside.
std::string single_spaced(std::string_view value) {
  std::string out;
  bool gap = false;
  for (const char c : trimmed(value)) {
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
      gap = true;
      continue;
    }
    if (gap) out += ' ';
    gap = false;
    out += c;
  }
  return out;
}

// What a proxy or libcurl may add or change on the way must not be signed.
bool is_signed(std::string_view name) {
  constexpr std::array<std::string_view, 8> kUnsigned = {
      "authorization", "user-agent",      "expect",          "connection",
      "accept",        "accept-encoding", "x-amzn-trace-id", "transfer-encoding"};
  return std::find(kUnsigned.begin(), kUnsigned.end(), name) == kUnsigned.end();
}

std::map<std::string, std::string> canonical_headers(const HttpRequest& request, const Headers& added) {
  std::map<std::string, std::string> out;
  const auto add = [&out](std::string_view raw_name, std::string_view value) {
    std::string name = lower_case(raw_name);
    if (!is_signed(name)) return;
    const auto [place, is_new] = out.emplace(std::move(name), single_spaced(value));
    if (!is_new) place->second += "," + single_spaced(value);
  };
  for (const auto& [name, value] : request.headers) add(name, value);
  for (const auto& [name, value] : added) add(name, value);
  return out;
}

std::string signature_of(const Credentials& credentials, std::string_view date, const SigningScope& scope,
                         std::string_view string_to_sign) {
  Secret key("AWS4" + credentials.secret_access_key.reveal());
  Digest digest = hmac(key.reveal(), date);
  digest = hmac(view(digest), scope.region);
  digest = hmac(view(digest), scope.service);
  digest = hmac(view(digest), "aws4_request");
  std::string signature = hex(hmac(view(digest), string_to_sign));
  OPENSSL_cleanse(digest.data(), digest.size());
  return signature;
}

}  // namespace

std::string sha256_hex(std::string_view data) {
  Digest digest{};
  unsigned int size = 0;
  EVP_Digest(data.data(), data.size(), digest.data(), &size, EVP_sha256(), nullptr);
  return hex(digest);
}

Signature sign(const HttpRequest& request, const Credentials& credentials, const SigningScope& scope,
               const SigningOptions& options) {
  Signature out;
  const auto url = parts_of_url(request.url);
  const std::string stamp = core::to_basic_iso(scope.time);
  const std::string date = stamp.substr(0, 8);
  const std::string body_hash = sha256_hex(request.body);

  if (header_of(request.headers, "host").empty()) out.headers.emplace_back("Host", url.host);
  out.headers.emplace_back("X-Amz-Date", stamp);
  if (options.content_sha256) out.headers.emplace_back("X-Amz-Content-SHA256", body_hash);
  const bool has_token = !credentials.session_token.empty();
  if (has_token && options.sign_session_token) {
    out.headers.emplace_back("X-Amz-Security-Token", credentials.session_token.reveal());
  }

  std::string header_lines;
  std::string signed_names;
  for (const auto& [name, value] : canonical_headers(request, out.headers)) {
    header_lines.append(name).append(":").append(value).append("\n");
    if (!signed_names.empty()) signed_names += ';';
    signed_names += name;
  }
  const std::string path =
      options.normalize_path ? normalized_path(url.path) : std::string(url.path.empty() ? "/" : url.path);
  out.canonical_request = request.method + "\n" + (options.encode_path ? url_encoded(path, "/") : path) +
                          "\n" + canonical_query(url.query) + "\n" + header_lines + "\n" + signed_names +
                          "\n" + body_hash;

  const std::string where =
      date + "/" + std::string(scope.region) + "/" + std::string(scope.service) + "/aws4_request";
  out.string_to_sign = "AWS4-HMAC-SHA256\n" + stamp + "\n" + where + "\n" + sha256_hex(out.canonical_request);
  out.signature = signature_of(credentials, date, scope, out.string_to_sign);

  if (has_token && !options.sign_session_token) {
    out.headers.emplace_back("X-Amz-Security-Token", credentials.session_token.reveal());
  }
  out.headers.emplace_back("Authorization", "AWS4-HMAC-SHA256 Credential=" + credentials.access_key_id + "/" +
                                                where + ", SignedHeaders=" + signed_names +
                                                ", Signature=" + out.signature);
  return out;
}

}  // namespace doctor::aws
