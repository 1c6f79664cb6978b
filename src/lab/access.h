// Who asks, and whether AWS would answer: the credential scope, expired and missing credentials, clock skew,
// and the refusals of LabOptions::refuse. Signatures are not recomputed: the lab has nobody's secrets.
#pragma once

#include <string>
#include <vector>

#include "lab/enforcement.h"
#include "lab/protocol.h"

namespace doctor::lab {

struct Caller {
  std::string access_key, region, signing_name;  // of the scope; all empty where the request is unsigned
};

// The scope of the Authorization header ("Elements of an AWS API request signature", IAM User Guide). Error:
// IncompleteSignature, in the protocol's words.
tl::expected<Caller, ApiError> caller_of(const HttpRequest& http);

// Why AWS would turn the request away before looking at what it asks; an empty code: it would not.
ApiError turned_away(const HttpRequest& http, const Caller& caller, aws::Protocol protocol,
                     const World& world, core::Timestamp real_now);

// "ecs:DescribeTasks", "elasticloadbalancing:DescribeTargetHealth".
std::string action_of(const aws::ServiceModel& service, const std::string& operation);

// The answer to a caller who may not, in the words of the service.
ApiError denied(aws::Protocol protocol, std::string_view service, const std::string& caller_arn,
                const Forbidden& why);

ApiError throttled(aws::Protocol protocol, std::string_view service);
ApiError failed_inside(aws::Protocol protocol, std::string_view service);
ApiError no_such_operation(const Request& request);

}  // namespace doctor::lab
