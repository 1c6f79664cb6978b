// Text made literal in HTML and in Markdown. Both clean it first (utf8.h).
#pragma once

#include <string>
#include <string_view>

namespace doctor::report {

// For element content and quoted attributes alike.
std::string html(std::string_view text);
std::string html_lines(std::string_view text);  // line feeds stay

// One line of Markdown that shows exactly this text, inside a table cell too: markup, links, HTML, mentions
// and issue numbers mean nothing in it.
std::string markdown(std::string_view text);
// The text as code: inside a <code> element, since backticks in the text could end a code span.
std::string markdown_code(std::string_view text);

}  // namespace doctor::report
