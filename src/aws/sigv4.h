// Signature Version 4: proves to AWS who sends a request, and that nobody changed it.
//
// A pure function of request, credentials, scope and time (AWS: "Create a signed AWS API request"). It is our
// own because libcurl 7.88, which Debian 12 ships, signs the query string in the order it stands in: the
// published vector get-vanilla-query-order-key-case comes out wrong (and it knows no session token).
// tests/aws/sigv4_test.cc runs AWS's vectors; tests/aws/sigv4_botocore_test.py compares with botocore's
// signer.
#pragma once

#include <string>
#include <string_view>

#include "aws/credentials.h"
#include "aws/http.h"
#include "core/time.h"

namespace doctor::aws {

struct SigningScope {
  std::string_view region;   // "eu-west-1"
  std::string_view service;  // the signing name: "ecs", "monitoring"
  core::Timestamp time;      // corrected for clock skew
};

struct SigningOptions {
  bool normalize_path = true;      // every service but S3
  bool encode_path = true;         // every service but S3, whose paths are encoded once
  bool content_sha256 = false;     // send X-Amz-Content-SHA256
  bool sign_session_token = true;  // false: the token is added after signing, as some services want
};

struct Signature {
  std::string canonical_request, string_to_sign, signature;  // for tests: the three stages of the vectors
  Headers headers;                                           // to add to the request
};

Signature sign(const HttpRequest& request, const Credentials& credentials, const SigningScope& scope,
               const SigningOptions& options = {});

std::string sha256_hex(std::string_view data);

}  // namespace doctor::aws
