// Splitting the list of ids of an input into inputs that the service accepts.
//
//   batches_of(DescribeServices, {"cluster":"c","services":[25 names]})  -> three inputs of 10, 10 and 5
//   names
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "aws/operations.h"
#include "core/result.h"

namespace doctor::aws {

// One input or more, minified, each a JSON object with everything else as it was. Inputs of operations that
// change something are never split. Error: bad_input, where `input` is no JSON object.
core::Result<std::vector<std::string>> batches_of(const OperationModel& operation, std::string_view input);

}  // namespace doctor::aws
