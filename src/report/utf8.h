// Text of unknown origin made safe to print, and measured as a terminal measures it.
//
// Names, reasons and values come from AWS accounts, so from anyone: they may hold bytes that are no UTF-8,
// escape sequences, or direction overrides that make a line read as something else. Every rendering passes
// its strings through clean() (or keeps them whole, escaped, as JSON does).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace doctor::report {

inline constexpr char32_t kReplacement = 0xFFFD;

// Takes one code point off the front of text; kReplacement (and one byte taken) where the bytes are no UTF-8.
// text must not be empty.
char32_t take_code_point(std::string_view& text);
void append_code_point(std::string& out, char32_t code_point);

// C0, DEL, C1, the line and paragraph separators, and the invisible characters that reorder text.
bool is_hostile(char32_t code_point);

// Valid UTF-8 without hostile characters: white space and controls become a space, the rest U+FFFD.
std::string clean(std::string_view text);
// The same, but line feeds stay.
std::string clean_lines(std::string_view text);

int columns(char32_t code_point);    // 0, 1 or 2
int columns(std::string_view text);  // of a whole text without escape sequences

// The text, or as much of its front as fits with an ellipsis; never wider than `width`.
std::string ellipsized(std::string_view text, int width);

}  // namespace doctor::report
