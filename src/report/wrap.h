// Paragraphs broken to a width in terminal columns.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace doctor::report {

// Lines of at most `width` columns each, no white space at their ends. Lines break at spaces; a word wider
// than a line breaks after '/', ':', ',' or '=' where it can and anywhere where it cannot. Line feeds in the
// text break too. `text` must be clean (utf8.h). Empty text gives no line. width must be at least 2.
std::vector<std::string> wrapped(std::string_view text, int width);

}  // namespace doctor::report
