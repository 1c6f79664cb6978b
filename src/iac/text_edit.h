// Edits of a file by place, so that every byte that is not named stays as it is, and the diff of them.
//
//   std::vector<TextEdit> edits = {{.offset = 40, .length = 1, .text = "3"}};
//   std::cout << unified_diff("main.tf", text, edits);
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace doctor::iac {

struct TextEdit {
  std::size_t offset = 0, length = 0;  // bytes of the text before any edit
  std::string text;                    // what stands there instead
  auto operator<=>(const TextEdit&) const = default;
};

// Edits may come in any order and must not overlap; of two insertions at one place the first given goes
// first.
std::string edited(std::string_view text, std::vector<TextEdit> edits);

// Lines that were to be inserted behind a line that goes are inserted behind the one before it.
void settle(std::string_view text, std::vector<TextEdit>& edits);
// Whether two of them want the same bytes.
bool overlap(std::vector<TextEdit> edits);

// As `diff -u` writes it and `patch -p1` reads it (a/NAME, b/NAME); "" where nothing changes.
std::string unified_diff(std::string_view name, std::string_view text, const std::vector<TextEdit>& edits);

// 1-based line and column (in bytes) of an offset: "main.tf:12:3".
std::string place_of(std::string_view name, std::string_view text, std::size_t offset);

}  // namespace doctor::iac
