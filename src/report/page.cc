#include "report/page.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "report/utf8.h"
#include "report/wrap.h"

namespace doctor::report {
namespace {

// SGR parameters of ISO 6429: the sixteen colours that every terminal's own theme defines.
std::string_view code_of(Ink ink) {
  switch (ink) {
    case Ink::plain:
      return "";
    case Ink::strong:
      return "1";
    case Ink::faint:
      return "2";
    case Ink::heading:
      return "1;36";
    case Ink::good:
      return "32";
    case Ink::bad:
      return "1;31";
    case Ink::warning:
      return "33";
  }
  return "";
}

constexpr std::string_view kNoBreakSpace = "\u00A0";

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t i = text.find(from); i != std::string::npos; i = text.find(from, i + to.size())) {
    text.replace(i, from.size(), to);
  }
}

}  // namespace

std::string unbroken(std::string_view text) {
  std::string out(text);
  replace_all(out, " ", kNoBreakSpace);
  return out;
}

Page::Page(int width, bool colour) : width_(std::clamp(width, 60, 200)), colour_(colour) {}

void Page::blank() {
  if (!out_.empty() && !out_.ends_with("\n\n")) out_ += '\n';
}

void Page::rule() {
  std::string line;
  for (int i = 0; i < width_; ++i) line += "─";
  put(0, line, Ink::faint);
}

void Page::put(int indent, std::string_view text, Ink ink) {
  if (text.empty()) return;
  out_.append(static_cast<std::size_t>(indent), ' ');
  const std::string_view code = colour_ ? code_of(ink) : std::string_view{};
  if (!code.empty()) {
    out_ += "\x1b[";
    out_ += code;
    out_ += 'm';
  }
  out_ += text;
  if (!code.empty()) out_ += "\x1b[0m";
  out_ += '\n';
}

void Page::paragraph(int indent, std::string_view bullet, std::string_view text, Ink ink) {
  const int hang = columns(bullet);
  bool first = true;
  std::string words = clean_lines(text);
  replace_all(words, " %", "\u00A0%");
  for (std::string& line : wrapped(words, width_ - indent - hang)) {
    replace_all(line, kNoBreakSpace, " ");
    put(first ? indent : indent + hang, first ? std::string(bullet) + line : line, ink);
    first = false;
  }
}

void Page::line(int indent, std::string_view bullet, std::string_view text, Ink ink) {
  put(indent, ellipsized(std::string(bullet) + clean(text), width_ - indent), ink);
}

void Page::verbatim(int indent, std::string_view text, Ink ink) {
  put(indent, clean(text), ink);
}

std::string bar(double probability, int cells) {
  static constexpr std::array<std::string_view, 8> kEighths = {" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const double share = probability > 0 ? std::min(probability, 1.0) : 0;
  const long eighths = std::lround(share * cells * 8);
  std::string out;
  for (long i = 0; i < cells; ++i) {
    const long left = eighths - i * 8;
    out += left >= 8 ? "█" : kEighths[static_cast<std::size_t>(std::max(left, 0L))];
  }
  return out;
}

}  // namespace doctor::report
