// Names of one operation in three tongues: the CLI's, the API's and IAM's.
#pragma once

#include <string>
#include <string_view>

namespace doctor::facts {

// "describe-tasks" -> "DescribeTasks".
std::string api_operation(std::string_view cli_operation);

// "elbv2", "describe-target-health" -> "elasticloadbalancing:DescribeTargetHealth".
std::string iam_action(std::string_view service, std::string_view cli_operation);

}  // namespace doctor::facts
