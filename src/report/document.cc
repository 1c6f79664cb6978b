#include "report/document.h"

#include <algorithm>

#include "report/escape.h"
#include "report/utf8.h"

namespace doctor::report {

Document& Document::heading(std::string text) {
  blocks.push_back({BlockKind::heading, std::move(text), {}, {}, {}});
  return *this;
}
Document& Document::paragraph(std::string text) {
  if (!text.empty()) blocks.push_back({BlockKind::paragraph, std::move(text), {}, {}, {}});
  return *this;
}
Document& Document::bullets(std::vector<std::string> items) {
  if (!items.empty()) blocks.push_back({BlockKind::bullets, {}, std::move(items), {}, {}});
  return *this;
}
Document& Document::numbers(std::vector<std::string> items) {
  if (!items.empty()) blocks.push_back({BlockKind::numbers, {}, std::move(items), {}, {}});
  return *this;
}
Document& Document::table(std::vector<std::vector<std::string>> rows) {
  if (rows.size() > 1) blocks.push_back({BlockKind::table, {}, {}, std::move(rows), {}});
  return *this;
}
Document& Document::code(std::string text, std::string language) {
  blocks.push_back({BlockKind::code, std::move(text), {}, {}, std::move(language)});
  return *this;
}

namespace {

// A fence longer than any run of backticks inside ("Fenced code blocks", CommonMark).
std::string fence_for(std::string_view text) {
  std::size_t longest = 0, here = 0;
  for (const char c : text) {
    here = c == '`' ? here + 1 : 0;
    longest = std::max(longest, here);
  }
  return std::string(std::max<std::size_t>(3, longest + 1), '`');
}

std::string markdown_row(const std::vector<std::string>& cells) {
  std::string out = "|";
  for (const auto& cell : cells) out += " " + markdown(cell) + " |";
  return out + "\n";
}

std::string markdown_block(const Block& block) {
  std::string out;
  switch (block.kind) {
    case BlockKind::heading:
      return "## " + markdown(block.text) + "\n";
    case BlockKind::paragraph:
      return markdown(block.text) + "\n";
    case BlockKind::bullets:
      for (const auto& item : block.items) out += "- " + markdown(item) + "\n";
      return out;
    case BlockKind::numbers:
      for (std::size_t i = 0; i < block.items.size(); ++i)
        out += std::to_string(i + 1) + ". " + markdown(block.items[i]) + "\n";
      return out;
    case BlockKind::table:
      out = markdown_row(block.rows.front()) + "|";
      for (std::size_t i = 0; i < block.rows.front().size(); ++i) out += "---|";
      out += "\n";
      for (std::size_t i = 1; i < block.rows.size(); ++i) out += markdown_row(block.rows[i]);
      return out;
    case BlockKind::code:
      break;
  }
  const std::string text = clean_lines(block.text), fence = fence_for(text);
  return fence + block.language + "\n" + text + "\n" + fence + "\n";
}

std::string list(std::string_view tag, const std::vector<std::string>& items) {
  std::string out = "<" + std::string(tag) + ">";
  for (const auto& item : items) out += "<li>" + html(item) + "</li>";
  return out + "</" + std::string(tag) + ">";
}

std::string storage_row(const std::vector<std::string>& cells, std::string_view tag) {
  std::string out = "<tr>";
  for (const auto& cell : cells)
    out += "<" + std::string(tag) + ">" + html(cell) + "</" + std::string(tag) + ">";
  return out + "</tr>";
}

// CDATA ends at "]]>", wherever it comes from: such a text is two sections.
std::string cdata(std::string text) {
  for (auto at = text.find("]]>"); at != std::string::npos; at = text.find("]]>", at + 12))
    text.insert(at + 2, "]]><![CDATA[");
  return "<![CDATA[" + text + "]]>";
}

std::string storage_block(const Block& block) {
  std::string out;
  switch (block.kind) {
    case BlockKind::heading:
      return "<h2>" + html(block.text) + "</h2>";
    case BlockKind::paragraph:
      return "<p>" + html(block.text) + "</p>";
    case BlockKind::bullets:
      return list("ul", block.items);
    case BlockKind::numbers:
      return list("ol", block.items);
    case BlockKind::table:
      out = "<table><tbody>" + storage_row(block.rows.front(), "th");
      for (std::size_t i = 1; i < block.rows.size(); ++i) out += storage_row(block.rows[i], "td");
      return out + "</tbody></table>";
    case BlockKind::code:
      break;
  }
  return "<ac:structured-macro ac:name=\"code\"><ac:parameter ac:name=\"language\">" + html(block.language) +
         "</ac:parameter><ac:plain-text-body>" + cdata(clean_lines(block.text)) +
         "</ac:plain-text-body></ac:structured-macro>";
}

}  // namespace

std::string to_markdown(const Document& document) {
  std::string out = "# " + markdown(document.title) + "\n";
  for (const Block& block : document.blocks) out += "\n" + markdown_block(block);
  return out;
}

std::string to_storage_format(const Document& document) {
  std::string out;
  for (const Block& block : document.blocks) out += storage_block(block) + "\n";
  return out;
}

}  // namespace doctor::report
