// Filter patterns of CloudWatch Logs ("Filter pattern syntax", Amazon CloudWatch Logs User Guide): terms,
// "quoted phrases", ?any -none, and JSON selectors such as { $.detail.stopCode = "Spot*" && $.detail.cpu >=
// 256 }.
#pragma once

#include <string_view>

namespace doctor::lab {

bool log_matches(std::string_view pattern, std::string_view message);
bool log_pattern_valid(std::string_view pattern);

}  // namespace doctor::lab
