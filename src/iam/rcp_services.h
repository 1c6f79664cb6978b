// The services whose resources RCPs apply to ("Resource control policies (RCPs)", "List of AWS services that
// support RCPs").
#pragma once

#include <string_view>

namespace doctor::iam {

bool supports_rcps(std::string_view service_prefix);  // as in an action, lower case: "s3"

}  // namespace doctor::iam
