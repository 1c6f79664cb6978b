#include "report/escape.h"

#include "core/xml_text.h"
#include "report/utf8.h"

namespace doctor::report {
namespace {

constexpr std::string_view kMarkup = "\\`*_[]|~$";

std::string html_of_clean(std::string_view clean_text) {
  std::string out;
  out.reserve(clean_text.size() + 16);
  for (const char c : clean_text) {
    const std::string_view reference = core::markup_reference(c);
    if (reference.empty()) {
      out += c;
    } else {
      out += reference;
    }
  }
  return out;
}

}  // namespace

std::string html(std::string_view text) {
  return html_of_clean(clean(text));
}
std::string html_lines(std::string_view text) {
  return html_of_clean(clean_lines(text));
}

std::string markdown(std::string_view text) {
  const std::string literal = html(text);
  std::string out;
  bool line_start = true;  // nothing but spaces and digits yet
  for (std::size_t i = 0; i < literal.size(); ++i) {
    const char c = literal[i];
    const std::string_view rest = std::string_view(literal).substr(i + 1);
    const bool digit_next = !rest.empty() && rest[0] >= '0' && rest[0] <= '9';
    const bool digit_before = i > 0 && literal[i - 1] >= '0' && literal[i - 1] <= '9';
    if (kMarkup.find(c) != std::string_view::npos) {
      out += '\\';
      out += c;
    } else if (c == '@') {  // a mention, in most trackers
      out += "&#64;";
    } else if (c == ':' && rest.starts_with("//")) {  // bare addresses become links
      out += "&#58;";
    } else if (c == '.' && out.ends_with("www")) {
      out += "&#46;";
    } else if (c == '#' && !out.ends_with('&') && (line_start || digit_next)) {  // "&#39;" is html()'s own
      out += "&#35;";
    } else if (line_start && (c == '-' || c == '+' || c == '=' || ((c == '.' || c == ')') && digit_before))) {
      out += '\\';  // a list, or the underline of a heading
      out += c;
    } else {
      out += c;
    }
    line_start = line_start && (c == ' ' || (c >= '0' && c <= '9'));
  }
  return out;
}

std::string markdown_code(std::string_view text) {
  return "<code>" + markdown(text) + "</code>";
}

}  // namespace doctor::report
