// Edits of HCL text that keep the hand it was written in: its indentation, its "=" column, its commas, its
// line ends. Each gives edits against the text as it was parsed; none of them evaluates anything.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "iac/hcl_syntax.h"
#include "iac/hcl_writer.h"
#include "iac/text_edit.h"

namespace doctor::iac {

class HclEditor {
 public:
  explicit HclEditor(std::string_view text) : text_(text) {}

  std::vector<TextEdit> take();  // what was asked so far; line ends as the file's

  void replace(Span span, std::string with);
  // Another value for an expression; its lines after the first are indented for the line it starts on.
  void replace_value(const HclExpression& expression, const Value& value);

  struct Insertion {
    std::vector<std::pair<std::string, Value>> attributes;  // behind the last attribute
    std::vector<CodeBlock> blocks;  // each behind the last of its type, else at the end
    bool empty() const { return attributes.empty() && blocks.empty(); }
  };
  void insert(const HclBlock& block, const Insertion& insertion);
  void remove(const HclAttribute& attribute);
  void remove(const HclBlock& block);

  void append(const HclExpression& tuple, const std::vector<Value>& items);
  void append(const HclExpression& object, const std::string& key, const Value& value);
  void remove(const HclExpression& collection, const HclMember& member);

  std::string_view text_of(Span span) const { return text_.substr(span.begin, span.size()); }
  std::size_t indent_at(std::size_t offset) const;  // blanks that the line of this place starts with

 private:
  std::size_t line_start(std::size_t offset) const;
  std::size_t line_end(std::size_t offset) const;  // of its "\n", or of the text
  std::string assignment(const std::string& name, const Value& value, std::size_t indent,
                         std::size_t equals_column) const;
  bool multiline(Span span) const;
  void add(std::size_t offset, std::size_t length, std::string text);
  void append_written(const HclExpression& collection, const std::string& item);
  void remove_lines(Span span);

  std::string_view text_;
  std::vector<TextEdit> edits_;
  std::map<const HclExpression*, std::size_t> appended_;  // how many members each has got already
};

}  // namespace doctor::iac
