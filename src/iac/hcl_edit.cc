#include "iac/hcl_edit.h"

#include <algorithm>

namespace doctor::iac {
namespace {

constexpr std::size_t kHclLevel = 2;  // blanks, as terraform fmt has them

bool blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

bool is_number(std::string_view text) {
  return !text.empty() && text.size() < 16 && text.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

std::vector<TextEdit> HclEditor::take() {
  settle(text_, edits_);
  const std::size_t line = text_.find('\n');
  const bool crlf = line != std::string_view::npos && line > 0 && text_[line - 1] == '\r';
  for (auto& edit : edits_) {
    for (std::size_t at = 0; crlf && (at = edit.text.find('\n', at)) != std::string::npos; at += 2) {
      edit.text.insert(at, "\r");
    }
  }
  return std::exchange(edits_, {});
}

std::size_t HclEditor::line_start(std::size_t offset) const {
  const std::size_t newline = offset ? text_.rfind('\n', offset - 1) : std::string_view::npos;
  return newline == std::string_view::npos ? 0 : newline + 1;
}
std::size_t HclEditor::line_end(std::size_t offset) const {
  const std::size_t newline = text_.find('\n', offset);
  if (newline == std::string_view::npos) return text_.size();
  return newline > offset && text_[newline - 1] == '\r' ? newline - 1 : newline;
}
std::size_t HclEditor::indent_at(std::size_t offset) const {
  const std::size_t start = line_start(offset);
  const std::size_t word = text_.find_first_not_of(" \t", start);
  return (word == std::string_view::npos ? text_.size() : word) - start;
}
bool HclEditor::multiline(Span span) const {
  return text_of(span).find('\n') != std::string_view::npos;
}

void HclEditor::add(std::size_t offset, std::size_t length, std::string text) {
  edits_.push_back({offset, length, std::move(text)});
}
void HclEditor::replace(Span span, std::string with) {
  add(span.begin, span.size(), std::move(with));
}
void HclEditor::replace_value(const HclExpression& expression, const Value& value) {
  // Terraform converts between 60 and "60": the file keeps the form that it has.
  const bool bare = expression.kind == HclExpression::Kind::literal && value.kind == Value::Kind::string &&
                    is_number(value.text) && is_number(expression.text);
  if (bare) return replace(expression.span, value.text);
  if (expression.kind == HclExpression::Kind::string && value.kind == Value::Kind::number) {
    return replace(expression.span, hcl_quoted(value.text));
  }
  replace(expression.span, hcl_text(value, indent_at(expression.span.begin)));
}

// `equals_column`: bytes between the start of the name before it and its "=".
std::string HclEditor::assignment(const std::string& name, const Value& value, std::size_t indent,
                                  std::size_t equals_column) const {
  const std::size_t pad = std::max(name.size() + 1, equals_column) - name.size();
  const std::string text = hcl_text(value, indent);
  return name + std::string(text.find('\n') == std::string::npos ? pad : 1, ' ') + "= " + text;
}

void HclEditor::insert(const HclBlock& block, const Insertion& insertion) {
  if (insertion.empty()) return;
  const auto& attributes = block.body.attributes;
  const bool one_line = !multiline({block.open, block.close});
  std::size_t indent = indent_at(block.span.begin) + kHclLevel;
  if (!one_line && !attributes.empty()) indent = indent_at(attributes.front().name_span.begin);
  const std::string blanks(indent, ' ');

  std::size_t equals = 0;
  if (!attributes.empty() && !multiline(attributes.back().value.span)) {
    equals = attributes.back().equals - attributes.back().name_span.begin;
  }
  std::string lines;
  for (const auto& [name, value] : insertion.attributes) {
    lines += "\n" + blanks + assignment(name, value, indent, equals);
  }
  if (one_line) {  // a block of one line may hold one attribute only
    for (const auto& nested : insertion.blocks) lines += "\n\n" + hcl_text(nested, indent);
    while (lines.ends_with("\n")) lines.pop_back();
    const Span inside{block.open + 1, block.close};
    std::string content(text_of(inside));
    const std::size_t first = content.find_first_not_of(" \t");
    const std::size_t last = content.find_last_not_of(" \t");
    content = first == std::string::npos ? "" : "\n" + blanks + content.substr(first, last - first + 1);
    if (content.empty() && lines.starts_with("\n\n")) lines.erase(0, 1);
    replace(inside, content + lines + "\n" + std::string(indent_at(block.span.begin), ' '));
    return;
  }
  const std::size_t behind = attributes.empty() ? block.open : attributes.back().value.span.end - 1;
  if (!lines.empty()) add(line_end(behind), 0, lines);
  for (const auto& nested : insertion.blocks) {
    const HclBlock* last = nullptr;
    for (const auto& sibling : block.body.blocks) {
      if (sibling.type == nested.type) last = &sibling;
    }
    if (last) {
      std::string text = "\n" + hcl_text(nested, indent_at(last->span.begin));
      text.pop_back();
      // Siblings that stand apart are kept apart.
      const bool apart =
          last->span.begin > 1 &&
          blank(text_of({line_start(line_start(last->span.begin) - 1), line_start(last->span.begin)}));
      add(line_end(last->span.end), 0, (apart ? "\n" : "") + text);
    } else {
      const std::size_t close = line_start(block.close);
      const bool first = attributes.empty() && block.body.blocks.empty() && insertion.attributes.empty();
      add(close, 0, (first ? "" : "\n") + hcl_text(nested, indent));
    }
  }
}

void HclEditor::remove_lines(Span span) {
  const std::size_t start = line_start(span.begin);
  std::size_t end = line_end(span.end);
  const auto rest = text_of({span.end, end});
  const auto lead = text_of({start, span.begin});
  const std::size_t word = rest.find_first_not_of(" \t\r");
  const bool alone =
      blank(lead) && (word == std::string_view::npos || rest[word] == '#' || rest.substr(word, 2) == "//");
  if (!alone) {
    replace(span, "");
    return;
  }
  end = text_.find('\n', span.end);
  end = end == std::string_view::npos ? text_.size() : end + 1;
  // A blank line on both sides: one of them goes along.
  const bool blank_before = start > 0 && blank(text_of({line_start(start - 1), start}));
  if (blank_before && end < text_.size() && blank(text_of({end, line_end(end)}))) {
    end = std::min(text_.size(), line_end(end) + 1);
    if (text_[end - 1] == '\r') ++end;
  }
  replace({start, end}, "");
}

void HclEditor::remove(const HclAttribute& attribute) {
  remove_lines({attribute.name_span.begin, attribute.value.span.end});
}
void HclEditor::remove(const HclBlock& block) {
  remove_lines(block.span);
}

void HclEditor::append_written(const HclExpression& collection, const std::string& item) {
  const std::size_t order = appended_[&collection]++;
  if (collection.members.empty()) {
    const bool object = collection.kind == HclExpression::Kind::object;
    if (order) return add(collection.content.end, 0, ", " + item);
    return replace(collection.content, object ? " " + item + " " : item);
  }
  const HclMember& last = collection.members.back();
  const std::size_t member_end = last.value.span.end;
  const bool comma =
      text_of({member_end, collection.content.end}).find_first_not_of(" \t\r\n") != std::string_view::npos &&
      text_[text_.find_first_not_of(" \t\r\n", member_end)] == ',';
  if (!multiline({member_end, collection.content.end})) {
    add(comma ? text_.find(',', member_end) + 1 : member_end, 0, (comma && !order ? " " : ", ") + item);
    return;
  }
  const std::size_t begin = last.key_span.size() ? last.key_span.begin : last.value.span.begin;
  const bool tuple = collection.kind != HclExpression::Kind::object;
  if (tuple && !comma && !order) add(member_end, 0, ",");
  add(line_end(member_end), 0,
      "\n" + std::string(indent_at(begin), ' ') + item + (comma || tuple ? "," : ""));
}

void HclEditor::append(const HclExpression& tuple, const std::vector<Value>& items) {
  const std::size_t at = tuple.members.empty() ? tuple.span.begin : tuple.members.back().value.span.begin;
  for (const auto& item : items) append_written(tuple, hcl_text(item, indent_at(at)));
}

void HclEditor::append(const HclExpression& object, const std::string& key, const Value& value) {
  std::string name = is_hcl_identifier(key) ? key : hcl_quoted(key);
  if (object.members.empty()) return append_written(object, name + " = " + hcl_text(value, 0));
  const HclMember& last = object.members.back();
  if (last.key_span.size() && text_[last.key_span.begin] == '"') name = hcl_quoted(key);
  const std::size_t indent = indent_at(last.key_span.begin);
  const auto between = text_of({last.key_span.end, last.value.span.begin});
  const std::size_t sign = between.find_first_of("=:");
  std::string text;
  if (sign != std::string_view::npos && between[sign] == ':') {
    text = name + std::string(between) + hcl_text(value, indent);
  } else {
    const bool aligned = !multiline(last.value.span) && multiline(object.content);
    text = assignment(name, value, indent, aligned ? last.key_span.size() + sign : 0);
  }
  append_written(object, text);
}

void HclEditor::remove(const HclExpression& collection, const HclMember& member) {
  const std::size_t begin = member.key_span.size() ? member.key_span.begin : member.value.span.begin;
  std::size_t end = member.value.span.end;
  const std::size_t next = text_.find_first_not_of(" \t\r\n", end);
  const bool comma = next < collection.content.end && text_[next] == ',';
  if (comma) end = next + 1;
  const bool own_lines = blank(text_of({line_start(begin), begin})) &&
                         line_start(begin) > collection.content.begin &&
                         line_end(end) < collection.content.end;
  if (own_lines) return remove_lines({begin, end});
  if (comma) {
    while (end < collection.content.end && text_[end] == ' ') ++end;
    return replace({begin, end}, "");
  }
  const std::size_t before = text_.find_last_not_of(" \t\r\n", begin - 1);
  replace({before >= collection.content.begin && text_[before] == ',' ? before : begin, end}, "");
}

}  // namespace doctor::iac
