// Facts from a folder: what the AWS CLI prints, one file an answer.
//
//   <service>.<operation>[.<anything>].json        ecs.describe-tasks.json, ecs.describe-services.web.json
//   <service>.<operation>[.<anything>].error.txt   what the CLI printed on stderr when AWS refused the call
//   events.jsonl                                   EventBridge events, one a line
//   <account>/<region>/…                           the same, one folder an account and region
// A file that is missing is missing evidence. A file that does not parse is an error with file, line and
// column. Answers that do not say what they are about (DescribeTargetHealth, GetLogEvents, GetPolicyVersion,
// …) take it from <anything>, as the recorder writes it: docs/snapshots.md lists them.
#pragma once

#include <filesystem>

#include "core/result.h"
#include "facts/facts.h"

namespace doctor::facts {

// Error: bad_input (no such folder, not a snapshot, a file that does not parse).
core::Result<Facts> read_snapshot(const std::filesystem::path& folder);

}  // namespace doctor::facts
