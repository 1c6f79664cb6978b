// A page of plain text for a terminal: indented, wrapped, coloured when asked; no line over the width
// but those that are there to be copied.
#pragma once

#include <string>
#include <string_view>

namespace doctor::report {

enum class Ink { plain, strong, faint, heading, good, bad, warning };

class Page {
 public:
  // width is brought into 60..200.
  Page(int width, bool colour);

  int width() const { return width_; }
  void blank();  // one empty line; never two, never the first
  void heading(std::string_view text) { paragraph(0, "", text, Ink::heading); }
  void rule();

  // Wrapped text behind `indent` spaces and a bullet, which later lines leave room for. The text is cleaned.
  void paragraph(int indent, std::string_view bullet, std::string_view text, Ink ink = Ink::plain);
  // One line however wide it is: a command that is there to be copied.
  void verbatim(int indent, std::string_view text, Ink ink = Ink::plain);
  // One line, cut with an ellipsis where it is too long.
  void line(int indent, std::string_view bullet, std::string_view text, Ink ink = Ink::plain);

  std::string take() { return std::move(out_); }

 private:
  void put(int indent, std::string_view text, Ink ink);
  int width_;
  bool colour_;
  std::string out_;
};

// The text with its spaces made such that no line breaks at them; a page shows them as spaces. A space before
// '%' never breaks.
std::string unbroken(std::string_view text);

// "███████▎  ": a share of one as `cells` columns.
std::string bar(double probability, int cells);

}  // namespace doctor::report
