// From an operation's JSON input to the HTTP request that asks it, and from the HTTP answer to JSON again.
//
// Pure functions for all five protocols. What comes in is what `aws ... --cli-input-json` takes and what goes
// out is what `aws ... --output json` prints, whichever protocol lies between: XML becomes JSON with numbers,
// booleans and empty lists in place, IAM policy documents are decoded, ResponseMetadata is dropped. JSON
// answers pass through as they are once they parse (their times stay numbers, as AWS sent them).
//
//   auto request = encode_request("ecs", "ListTasks", R"({"cluster":"prod"})");
//   // POST / X-Amz-Target: AmazonEC2ContainerServiceV20141113.ListTasks, body {"cluster":"prod"}
//   auto answer = decode_response("ecs", "ListTasks", 200, headers, body);
//
// Protocol documents: "AWS JSON 1.0/1.1 protocol", "AWS Query protocol", "Amazon EC2 Query protocol" and
// "AWS restJson1 protocol" of the Smithy specification; "Query Requests" of the Amazon EC2 API Reference.
#pragma once

#include <string>
#include <string_view>

#include "aws/errors.h"
#include "aws/http.h"
#include "core/result.h"

namespace doctor::aws {

struct WireRequest {
  std::string method = "POST";
  std::string path = "/";  // percent-encoded
  std::string query;       // percent-encoded, without '?'
  Headers headers;  // Content-Type and, for JSON, X-Amz-Target; host, date and signature are the caller's
  std::string body;
};

// `input` is one JSON object; "" is {}. Errors: internal (no such operation in the table), bad_input (input
// is no JSON object, a member that the operation does not have, or one of another type: named by its path).
core::Result<WireRequest> encode_request(std::string_view service, std::string_view operation,
                                         std::string_view input);

// One page, as JSON text. Every status: 2xx answers are decoded, all others are AWS's error or somebody
// else's.
tl::expected<std::string, WireFailure> decode_response(std::string_view service, std::string_view operation,
                                                       int status, const Headers& headers,
                                                       std::string_view body);

}  // namespace doctor::aws
