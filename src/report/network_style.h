// What the page of a network path needs beside the report's style sheet.
#pragma once

#include <string_view>

namespace doctor::report {

std::string_view network_style_sheet();

}  // namespace doctor::report
