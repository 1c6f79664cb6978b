// Why an answer is not the one that was asked for: AWS's refusal in any protocol, or an answer that is not
// AWS's.
//
//   JSON       {"__type":"com.amazonaws.ecs#ClusterNotFoundException","message":"Cluster not found."}
//   REST-JSON  X-Amzn-ErrorType: ValidationException:http://…      {"message":"…"}
//   query      <ErrorResponse><Error><Code>NoSuchEntity</Code><Message>…
//   ec2        <Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>…
//
// The kind follows from the code first and the status second; see errors.cc for the lists.
#pragma once

#include <string>
#include <string_view>

#include "aws/http.h"
#include "core/error.h"

namespace doctor::aws {

struct WireFailure {
  core::Error error;  // code is AWS's ("AccessDeniedException"); "" where the answer is not AWS's
  int status = 0;
  bool retryable = false;      // the same request may succeed later: throttling, 5xx, a truncated body
  bool clock_skew = false;     // signed with a wrong time: correct it from the Date header and ask again
  bool expired_token = false;  // the credentials ran out: renew them and ask again
};

// For an answer whose status is no success.
WireFailure decode_error(std::string_view service, std::string_view operation, int status,
                         const Headers& headers, std::string_view body);

// What a body is that does not read as it should: "an empty answer", "an HTML page (\"502 Bad Gateway\")",
// "text
// (\"no healthy upstream\")", "JSON that is cut off or damaged", "an XML document <Foo>".
struct BodyVerdict {
  std::string what;
  bool cut_off = false;  // it started as AWS's would, or there is nothing at all: worth asking again
};
BodyVerdict judge_body(std::string_view body);

// For an answer that has a success status, but not AWS's form. The sentence says that the endpoint does not
// answer as AWS does, or that the answer broke off; the caller adds the endpoint's URL.
WireFailure not_aws(std::string_view service, std::string_view operation, int status,
                    const BodyVerdict& verdict);

// The action that a refusal names ("not authorized to perform: iam:PassRole on resource: …"): an operation
// may ask more than the one that has its name. "": it names none.
std::string denied_action(std::string_view message);

// "ecs:DescribeTasks", "elasticloadbalancing:DescribeTargetHealth": the IAM action that allows an operation.
std::string iam_action(std::string_view service, std::string_view operation);

}  // namespace doctor::aws
