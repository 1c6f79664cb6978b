// A document that is written once and rendered for two readers: Markdown for people and git, Confluence's
// storage format (XHTML) for its REST API.
//
// Every text is literal: markup in a name, a reason or a policy means nothing in either.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace doctor::report {

enum class BlockKind { heading, paragraph, bullets, numbers, table, code };

struct Block {
  BlockKind kind = BlockKind::paragraph;
  std::string text;                            // of a heading, a paragraph, code
  std::vector<std::string> items;              // of a list
  std::vector<std::vector<std::string>> rows;  // of a table; the first row is its head
  std::string language;                        // of code: "bash", "json"
};

struct Document {
  std::string title;
  std::vector<Block> blocks;

  Document& heading(std::string text);
  Document& paragraph(std::string text);  // "" adds nothing
  Document& bullets(std::vector<std::string> items);
  Document& numbers(std::vector<std::string> items);
  Document& table(std::vector<std::vector<std::string>> rows);  // a head alone adds nothing
  Document& code(std::string text, std::string language);
};

std::string to_markdown(const Document& document);        // with the title as its first heading
std::string to_storage_format(const Document& document);  // the body alone: a page has its title apart

}  // namespace doctor::report
