// The characters that are markup in XML and in HTML, and what stands for each in text and in quoted
// attributes ("Extensible Markup Language (XML) 1.0", 2.4 Character Data and Markup). What to do with control
// characters and line ends is the caller's affair: the two formats differ there.
#pragma once

#include <string_view>

namespace doctor::core {

// "&lt;" for '<'; empty where the character stands for itself. The apostrophe is "&#39;", which HTML 4 knows
// as well.
constexpr std::string_view markup_reference(char c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&#39;";
    default:
      return {};
  }
}

}  // namespace doctor::core
