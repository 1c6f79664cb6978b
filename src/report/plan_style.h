// What the page of a plan needs beside the report's style sheet.
#pragma once

#include <string_view>

namespace doctor::report {

std::string_view plan_style_sheet();

}  // namespace doctor::report
