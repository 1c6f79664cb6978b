// A CloudTrail record, read as a question to IAM: who called, which actions that took, on which resources.
//
// The name of an API operation is not always the name of an IAM action (ListObjectsV2 asks s3:ListBucket;
// Lambda's Invoke asks lambda:InvokeFunction), and one operation may ask several (CopyObject reads and
// writes; RegisterTaskDefinition passes roles, which leaves no record of its own). Sources: "Required
// permissions for Amazon S3 API operations", the Service Authorization Reference, "CloudTrail record
// contents".
//
//   auto calls = api_calls_of(text, "lookup.json");
//   (*calls)[0].needs[0].action == "s3:ListBucket", (*calls)[0].denial.has_value()
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.h"
#include "core/result.h"
#include "iam/denial.h"

namespace doctor::iam {

// A condition that narrows what a statement allows.
struct Narrowing {
  std::string op, key;  // "ArnEquals", "ecs:cluster"
  std::vector<std::string> values;
};

// One action on one resource.
struct Need {
  std::string action;
  std::string resource;  // ARN; empty: not known
  std::vector<Narrowing> conditions = {};
};

struct ApiCall {
  std::string event_id, time, event_source, event_name, region, account;
  std::string principal;   // ARN of the caller, a session's where it is one
  std::string role;        // ARN of the role whose session called; empty otherwise
  std::string invoked_by;  // the AWS service that called on the principal's behalf
  std::string error_code;  // empty: the call succeeded
  std::vector<Need> needs;
  std::optional<Denial> denial;  // of a refused call
};

// Reads one record, {"Records": […]} of a log file, {"Events": […]} of `aws cloudtrail lookup-events`, or an
// EventBridge event with the record in its detail. Error: bad_input, with line and column where the JSON does
// not parse.
core::Result<std::vector<ApiCall>> api_calls_of(std::string_view text, std::string_view origin);

// One record. Error: bad_input, where eventSource or eventName is missing.
core::Result<ApiCall> api_call_of(core::Json record);

// The IAM actions that an API operation asks, by CloudTrail's names: ("s3.amazonaws.com", "ListObjectsV2") ->
// {"s3:ListBucket"}. An operation that asks for none (GetCallerIdentity is always allowed) gives an empty
// list.
std::vector<std::string> iam_actions_of(std::string_view event_source, std::string_view event_name);

// A refusal that names only the API operation ("when calling the GetObject operation: Access Denied"): the
// action, where the operation's name belongs to one service of the catalogue. Else the denial as it is.
Denial with_action_of_operation(Denial denial);

// "aws", "aws-cn", "aws-us-gov" …: the partition of a region.
std::string_view partition_of_region(std::string_view region);

}  // namespace doctor::iam
