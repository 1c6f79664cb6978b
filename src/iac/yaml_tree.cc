#include "iac/yaml_tree.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <memory>
#include <sstream>

namespace doctor::iac {
namespace {

using NodeKind = YamlNode::Kind;

bool is_blank(char c) {
  return c == ' ' || c == '\t';
}
bool is_space(char c) {
  return is_blank(c) || c == '\r' || c == '\n';
}

bool is_flow_indicator(char c) {
  return std::string_view(",[]{}").find(c) != std::string_view::npos;
}

// Builds the tree from yaml-cpp's events; ends are filled in afterwards.
class Builder : public YAML::EventHandler {
 public:
  Builder(std::string_view text, std::size_t shift) : text_(text), shift_(shift) {}

  YamlNode take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override { put(node(NodeKind::null, mark, "")); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    YamlNode alias = node(NodeKind::alias, mark, "");
    alias.span.end = alias.content;
    while (alias.span.end < text_.size() && !is_space(text_[alias.span.end]) &&
           std::string_view(",]}").find(text_[alias.span.end]) == std::string_view::npos) {
      ++alias.span.end;
    }
    put(std::move(alias));
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                const std::string& value) override {
    YamlNode scalar = node(NodeKind::scalar, mark, tag);
    scalar.text = value;
    const char first = scalar.content < text_.size() ? text_[scalar.content] : '\0';
    scalar.quoted = first == '"' || first == '\'';
    scalar.span.end = scalar_end(scalar.content, value);
    put(std::move(scalar));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                       YAML::EmitterStyle::value style) override {
    open(NodeKind::sequence, mark, tag, style);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                  YAML::EmitterStyle::value style) override {
    open(NodeKind::map, mark, tag, style);
  }
  void OnMapEnd() override { close(); }

 private:
  YamlNode node(NodeKind kind, const YAML::Mark& mark, const std::string& tag) const {
    YamlNode made;
    made.kind = kind;
    const std::size_t begin =
        std::min(text_.size(), static_cast<std::size_t>(std::max(0, mark.pos)) + shift_);
    made.span = {begin, begin};
    made.content = begin;
    if (kind == NodeKind::null) return made;
    // yaml-cpp says "!" and "?" of nodes without a tag.
    while (made.content < text_.size() && (text_[made.content] == '!' || text_[made.content] == '&')) {
      const std::size_t word = made.content;
      const bool verbatim = text_.substr(word).starts_with("!<");
      while (made.content < text_.size() && !is_space(text_[made.content]) &&
             (verbatim || !is_flow_indicator(text_[made.content])))
        ++made.content;
      if (text_[word] == '!' && tag.size() > 1) made.tag = text_.substr(word, made.content - word);
      while (made.content < text_.size() && is_space(text_[made.content])) ++made.content;
    }
    return made;
  }

  void open(NodeKind kind, const YAML::Mark& mark, const std::string& tag, YAML::EmitterStyle::value style) {
    stack_.push_back(node(kind, mark, tag));
    stack_.back().flow = style == YAML::EmitterStyle::Flow;
  }

  void close() {
    YamlNode done = std::move(stack_.back());
    stack_.pop_back();
    if (done.flow) {
      done.span.end = flow_end(done.content);
    } else {
      done.span.end = done.items.empty() ? done.span.begin : done.items.back().span.end;
    }
    put(std::move(done));
  }

  void put(YamlNode child) {
    if (stack_.empty()) {
      root_ = std::move(child);
      return;
    }
    YamlNode& parent = stack_.back();
    if (parent.kind == NodeKind::map && parent.keys.size() == parent.items.size()) {
      parent.keys.push_back(std::move(child));
      return;
    }
    if (child.kind == NodeKind::null && parent.kind == NodeKind::map) {  // nothing behind "key:"
      const std::size_t colon = text_.find(':', parent.keys.back().span.end);
      const std::size_t place = colon == std::string_view::npos ? text_.size() : colon + 1;
      child.span = {place, place};
      child.content = place;
    }
    parent.items.push_back(std::move(child));
  }

  std::size_t quoted_end(std::size_t at) const {
    const char quote = text_[at++];
    while (at < text_.size()) {
      if (quote == '"' && text_[at] == '\\') {
        at += 2;
      } else if (text_[at] == quote) {
        if (quote == '"' || at + 1 >= text_.size() || text_[at + 1] != '\'') return at + 1;
        at += 2;
      } else {
        ++at;
      }
    }
    return text_.size();
  }

  std::size_t indent_of_line(std::size_t at) const {
    std::size_t start = at;
    while (start > 0 && text_[start - 1] != '\n') --start;
    std::size_t word = start;
    while (word < text_.size() && text_[word] == ' ') ++word;
    return word - start;
  }

  // Of "|" and ">": through its last line that holds something.
  std::size_t block_scalar_end(std::size_t at) const {
    const std::size_t outer = indent_of_line(at);
    std::size_t line = text_.find('\n', at), end = std::min(line, text_.size());
    while (end > at && is_space(text_[end - 1])) --end;
    while (line != std::string_view::npos && line + 1 < text_.size()) {
      const std::size_t start = line + 1;
      line = text_.find('\n', start);
      const auto whole = text_.substr(start, line == std::string_view::npos ? line : line - start);
      const std::size_t word = whole.find_first_not_of(" \r");
      if (word == std::string_view::npos) continue;
      if (word <= outer) break;
      end = start + whole.size();
      if (whole.back() == '\r') --end;
    }
    return end;
  }

  std::size_t scalar_end(std::size_t at, const std::string& value) const {
    if (at >= text_.size()) return text_.size();
    if (text_[at] == '"' || text_[at] == '\'') return quoted_end(at);
    if (text_[at] == '|' || text_[at] == '>') return block_scalar_end(at);
    // A plain one: blanks and line ends inside it were folded into single ones.
    std::size_t end = at;
    for (std::size_t i = 0; i < value.size() && end < text_.size(); ++i) {
      if (is_space(value[i]) && is_space(text_[end])) {
        while (i + 1 < value.size() && is_space(value[i + 1])) ++i;
        while (end < text_.size() && is_space(text_[end])) ++end;
      } else {
        ++end;
      }
    }
    return end;
  }

  std::size_t flow_end(std::size_t at) const {
    int depth = 0;
    while (at < text_.size()) {
      const char c = text_[at];
      if (c == '"' || (c == '\'' && at > 0 &&
                       std::string_view(" \t\r\n,[{:").find(text_[at - 1]) != std::string_view::npos)) {
        at = quoted_end(at);
        continue;
      }
      if (c == '#' && at > 0 && is_space(text_[at - 1])) {
        at = std::min(text_.find('\n', at), text_.size());
        continue;
      }
      if (c == '[' || c == '{') ++depth;
      ++at;
      if ((c == ']' || c == '}') && --depth == 0) return at;
    }
    return text_.size();
  }

  std::string_view text_;
  std::size_t shift_;  // of a byte order mark, which yaml-cpp does not count
  YamlNode root_;
  std::vector<YamlNode> stack_;
};

}  // namespace

const YamlNode* YamlNode::member(std::string_view key) const {
  for (std::size_t i = 0; i < items.size() && kind == NodeKind::map; ++i) {
    if (keys[i].kind == NodeKind::scalar && keys[i].text == key) return &items[i];
  }
  return nullptr;
}

const YamlNode* YamlNode::at(std::string_view path) const {
  const YamlNode* node = this;
  while (node && !path.empty()) {
    const std::size_t slash = path.find('/');
    node = node->member(path.substr(0, slash));
    path = slash == std::string_view::npos ? std::string_view{} : path.substr(slash + 1);
  }
  return node;
}

bool YamlNode::is_intrinsic() const {
  if (kind == NodeKind::alias || (!tag.empty() && !tag.starts_with("!!"))) return true;
  if (kind != NodeKind::map || keys.size() != 1) return false;
  const std::string& key = keys.front().text;
  return key == "Ref" || key.starts_with("Fn::") || key == "<<";
}

bool YamlNode::all_literal() const {
  return !is_intrinsic() &&
         std::all_of(items.begin(), items.end(), [](const YamlNode& item) { return item.all_literal(); });
}

core::Result<YamlNode> parse_yaml(std::string_view text, std::string_view origin) {
  const std::size_t shift = text.starts_with("\xEF\xBB\xBF") ? 3 : 0;
  try {
    std::istringstream in{std::string(text)};
    YAML::Parser parser(in);
    Builder builder(text, shift);
    if (!parser.HandleNextDocument(builder)) return YamlNode{};
    return builder.take();
  } catch (const YAML::Exception& error) {
    return core::fail(core::ErrorKind::bad_input,
                      std::string(origin) + ":" + std::to_string(error.mark.line + 1) + ":" +
                          std::to_string(error.mark.column + 1) + ": " + error.msg,
                      "the file must be YAML or JSON");
  }
}

}  // namespace doctor::iac
