#include "report/utf8.h"

#include <algorithm>
#include <iterator>

namespace doctor::report {
namespace {

struct Range {
  char32_t first, last;
};

#include "report/utf8_tables.inc"

template <std::size_t N>
bool is_in(const Range (&ranges)[N], char32_t c) {
  const auto* after =
      std::upper_bound(std::begin(ranges), std::end(ranges), c,
                       [](char32_t value, const Range& range) { return value < range.first; });
  return after != std::begin(ranges) && c <= std::prev(after)->last;
}

bool is_control(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0x2028 || c == 0x2029;
}

std::string cleaned(std::string_view text, bool keep_line_feeds) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const char32_t c = take_code_point(text);
    if (c == '\n' && keep_line_feeds) {
      out += '\n';
    } else if (is_control(c)) {
      out += ' ';
    } else {
      append_code_point(out, is_hostile(c) ? kReplacement : c);
    }
  }
  return out;
}

}  // namespace

char32_t take_code_point(std::string_view& text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  const std::size_t length = lead < 0x80   ? 1
                             : lead < 0xC2 ? 0
                             : lead < 0xE0 ? 2
                             : lead < 0xF0 ? 3
                             : lead < 0xF5 ? 4
                                           : 0;
  char32_t c = length == 1 ? lead : lead & (0x7F >> length);
  bool valid = length != 0 && text.size() >= length;
  for (std::size_t i = 1; valid && i < length; ++i) {
    valid = (byte(i) & 0xC0) == 0x80;
    c = c << 6 | (byte(i) & 0x3F);
  }
  // Overlong forms, surrogates and what lies past Unicode's end.
  valid = valid && !(length == 3 && c < 0x800) && !(length == 4 && (c < 0x10000 || c > 0x10FFFF)) &&
          !(c >= 0xD800 && c <= 0xDFFF);
  text.remove_prefix(valid ? length : 1);
  return valid ? c : kReplacement;
}

void append_code_point(std::string& out, char32_t c) {
  const auto put = [&out](char32_t bits) { out += static_cast<char>(static_cast<unsigned char>(bits)); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xC0 | c >> 6);
    put(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    put(0xE0 | c >> 12);
    put(0x80 | (c >> 6 & 0x3F));
    put(0x80 | (c & 0x3F));
  } else {
    put(0xF0 | c >> 18);
    put(0x80 | (c >> 12 & 0x3F));
    put(0x80 | (c >> 6 & 0x3F));
    put(0x80 | (c & 0x3F));
  }
}

bool is_hostile(char32_t c) {
  return is_control(c) || c == 0x061C || c == 0x180E || c == 0xFEFF || (c >= 0x200B && c <= 0x200F) ||
         (c >= 0x202A && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) || (c >= 0xFFF9 && c <= 0xFFFB) ||
         (c >= 0xE0000 && c <= 0xE0FFF) || (c & 0xFFFE) == 0xFFFE;
}

std::string clean(std::string_view text) {
  return cleaned(text, false);
}
std::string clean_lines(std::string_view text) {
  return cleaned(text, true);
}

int columns(char32_t c) {
  if (c < 0x300) return 1;
  if (is_in(kZeroWidth, c)) return 0;
  return is_in(kWide, c) ? 2 : 1;
}

int columns(std::string_view text) {
  int sum = 0;
  while (!text.empty()) sum += columns(take_code_point(text));
  return sum;
}

std::string ellipsized(std::string_view text, int width) {
  if (columns(text) <= width) return std::string(text);
  std::string out;
  int used = 0;
  while (!text.empty()) {
    const char32_t c = take_code_point(text);
    if (used + columns(c) > width - 1) break;
    used += columns(c);
    append_code_point(out, c);
  }
  while (out.ends_with(' ')) out.pop_back();
  return width < 1 ? std::string{} : out + "…";
}

}  // namespace doctor::report
