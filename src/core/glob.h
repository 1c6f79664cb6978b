// Wildcards as IAM and EventBridge write them: '*' is any run of characters, '?' is any one.
#pragma once

#include <string_view>

namespace doctor::core {

// Case-sensitive, no escapes, no allocation, linear in practice and never exponential.
bool glob_matches(std::string_view pattern, std::string_view text);

bool contains(std::string_view text, std::string_view part);
bool contains_ignoring_case(std::string_view text, std::string_view part);  // ASCII only

}  // namespace doctor::core
