#include "iac/hcl_syntax.h"

#include <algorithm>
#include <utility>

#include "iac/text_edit.h"

namespace doctor::iac {
namespace {

using TokenKind = HclToken::Kind;
using Expression = HclExpression;

void put_utf8(std::string& out, unsigned long code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | (code >> 6));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    out += static_cast<char>(0xE0 | (code >> 12));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | ((code >> 18) & 0x07));
    out += static_cast<char>(0x80 | ((code >> 12) & 0x3F));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  }
}

class Parser {
 public:
  Parser(std::string_view text, std::string_view origin, std::vector<HclToken> tokens)
      : text_(text), origin_(origin), tokens_(std::move(tokens)) {
    std::erase_if(tokens_, [](const HclToken& token) { return token.kind == TokenKind::comment; });
  }

  core::Result<HclBody> file() {
    if (auto ok = match_brackets(); !ok) return core::fail(ok.error());
    std::size_t at = 0;
    auto body = read_body(at, 0);
    if (body && tokens_[at].kind != TokenKind::end) return wrong(at, "this bracket closes nothing");
    return body;
  }

 private:
  std::string_view text_of(std::size_t index) const {
    const Span span = tokens_[index].span;
    return text_.substr(span.begin, span.size());
  }
  bool is(std::size_t index, std::string_view punctuation) const {
    return tokens_[index].kind == TokenKind::punctuation && text_of(index) == punctuation;
  }
  bool is_newline(std::size_t index) const { return tokens_[index].kind == TokenKind::newline; }
  tl::unexpected<core::Error> wrong(std::size_t index, const std::string& what) const {
    return core::fail(core::ErrorKind::bad_input,
                      place_of(origin_, text_, tokens_[index].span.begin) + ": " + what,
                      "see what `terraform fmt` says of the file");
  }

  // Where the bracket of each opening token closes.
  core::Result<void> match_brackets() {
    matching_.assign(tokens_.size(), 0);
    std::vector<std::size_t> open;
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      if (tokens_[i].kind != TokenKind::punctuation) continue;
      const char c = text_[tokens_[i].span.begin];
      if (c == '(' || c == '[' || c == '{') {
        if (open.size() >= static_cast<std::size_t>(kDeepestHcl))
          return wrong(i, "brackets are nested too deep");
        open.push_back(i);
      } else if (c == ')' || c == ']' || c == '}') {
        const char opening = c == ')' ? '(' : c == ']' ? '[' : '{';
        if (open.empty()) return wrong(i, "this bracket closes nothing");
        if (text_[tokens_[open.back()].span.begin] != opening) {
          return wrong(i, "this bracket does not close the one at " +
                              place_of(origin_, text_, tokens_[open.back()].span.begin));
        }
        matching_[open.back()] = i;
        open.pop_back();
      }
    }
    if (!open.empty()) return wrong(open.back(), "this bracket is never closed");
    return {};
  }

  // Up to the "}" that closes it, or the end.
  core::Result<HclBody> read_body(std::size_t& at, int depth) {
    HclBody body;
    while (true) {
      while (is_newline(at)) ++at;
      if (tokens_[at].kind == TokenKind::end || is(at, "}")) return body;
      if (tokens_[at].kind != TokenKind::identifier)
        return wrong(at, "an attribute or a block must start here");
      if (is(at + 1, "=")) {
        auto attribute = read_attribute(at);
        if (!attribute) return core::fail(attribute.error());
        body.attributes.push_back(std::move(*attribute));
      } else {
        auto block = read_block(at, depth);
        if (!block) return core::fail(block.error());
        body.blocks.push_back(std::move(*block));
      }
    }
  }

  core::Result<HclAttribute> read_attribute(std::size_t& at) {
    HclAttribute attribute;
    attribute.name = text_of(at);
    attribute.name_span = tokens_[at].span;
    attribute.equals = tokens_[at + 1].span.begin;
    const std::size_t first = at + 2;
    std::size_t last = first;
    while (!is_newline(last) && !is(last, "}") && tokens_[last].kind != TokenKind::end) {
      last = (matching_[last] ? matching_[last] : last) + 1;
    }
    if (last == first) return wrong(first, "the value of '" + attribute.name + "' is missing");
    attribute.value = read_expression(first, last);
    at = last;
    return attribute;
  }

  core::Result<HclBlock> read_block(std::size_t& at, int depth) {
    if (depth >= kDeepestHcl) return wrong(at, "blocks are nested too deep");
    HclBlock block;
    const std::size_t first = at;
    block.type = text_of(at++);
    while (tokens_[at].kind == TokenKind::quoted || tokens_[at].kind == TokenKind::identifier) {
      const auto label = text_of(at);
      block.labels.push_back(tokens_[at].kind == TokenKind::quoted
                                 ? hcl_unquoted(label.substr(1, label.size() - 2))
                                 : std::string(label));
      ++at;
    }
    if (!is(at, "{")) return wrong(at, "'=' or '{' must follow '" + block.type + "'");
    block.open = tokens_[at++].span.begin;
    auto body = read_body(at, depth + 1);
    if (!body) return core::fail(body.error());
    if (!is(at, "}")) return wrong(at, "the block '" + block.type + "' is not closed");
    block.body = std::move(*body);
    block.close = tokens_[at].span.begin;
    block.span = {tokens_[first].span.begin, tokens_[at].span.end};
    ++at;
    return block;
  }

  // Tokens [first, last), at least one; newlines inside count only in objects.
  Expression read_expression(std::size_t first, std::size_t last) {
    while (first < last && is_newline(first)) ++first;
    while (last > first && is_newline(last - 1)) --last;
    Expression expression;
    if (first == last) return expression;
    expression.span = {tokens_[first].span.begin, tokens_[last - 1].span.end};
    if (last - first == 1) {
      read_single(first, expression);
    } else if (last - first == 2 && is(first, "-") && tokens_[first + 1].kind == TokenKind::number) {
      expression.kind = Expression::Kind::literal;
      expression.text = "-" + std::string(text_of(first + 1));
    } else if (matching_[first] == last - 1 && !is(first, "(") && !starts_for(first + 1, last)) {
      expression.kind = is(first, "[") ? Expression::Kind::tuple : Expression::Kind::object;
      read_members(first, last - 1, expression);
    } else if (tokens_[first].kind == TokenKind::identifier && is(first + 1, "(") &&
               matching_[first + 1] == last - 1) {
      expression.kind = Expression::Kind::call;
      expression.text = text_of(first);
      read_members(first + 1, last - 1, expression);
    }
    if (expression.kind != Expression::Kind::literal) {
      for (std::size_t i = first; i < last; ++i) note_references(i, last, tokens_, text_, expression);
    }
    return expression;
  }

  bool starts_for(std::size_t at, std::size_t last) const {
    while (at < last && is_newline(at)) ++at;
    return tokens_[at].kind == TokenKind::identifier && text_of(at) == "for";
  }

  void read_single(std::size_t at, Expression& expression) {
    const auto text = text_of(at);
    const HclToken& token = tokens_[at];
    switch (token.kind) {
      case TokenKind::number:
        expression.kind = Expression::Kind::literal;
        expression.text = text;
        break;
      case TokenKind::quoted:
        expression.kind =
            token.interpolations.empty() ? Expression::Kind::string : Expression::Kind::template_text;
        expression.text = text.substr(1, text.size() - 2);
        if (token.interpolations.empty()) expression.text = hcl_unquoted(expression.text);
        break;
      case TokenKind::heredoc: {
        expression.kind = Expression::Kind::heredoc;
        const std::size_t first_line = text.find('\n') + 1;
        const std::size_t last_line = text.rfind('\n') + 1;
        expression.content = {token.span.begin + first_line, token.span.begin + last_line};
        expression.text = text.substr(first_line, last_line - first_line);
        break;
      }
      default:
        if (text == "true" || text == "false" || text == "null") {
          expression.kind = Expression::Kind::literal;
          expression.text = text;
        }
    }
  }

  // Between the brackets at tokens `open` and `close`.
  void read_members(std::size_t open, std::size_t close, Expression& expression) {
    expression.content = {tokens_[open].span.end, tokens_[close].span.begin};
    const bool keyed = expression.kind == Expression::Kind::object;
    for (std::size_t at = open + 1; at < close;) {
      if (is_newline(at) || is(at, ",")) {
        ++at;
        continue;
      }
      std::size_t end = at;
      while (end < close && !is(end, ",") && !(keyed && is_newline(end))) {
        end = (matching_[end] ? matching_[end] : end) + 1;
      }
      HclMember member;
      std::size_t value = at;
      if (keyed) {
        std::size_t colon = at;
        while (colon < end && !is(colon, "=") && !is(colon, ":")) {
          colon = (matching_[colon] ? matching_[colon] : colon) + 1;
        }
        if (colon == at + 1 && colon + 1 < end) {
          member.key_span = tokens_[at].span;
          if (tokens_[at].kind == TokenKind::identifier) member.key = text_of(at);
          if (tokens_[at].kind == TokenKind::quoted && tokens_[at].interpolations.empty()) {
            const auto quoted = text_of(at);
            member.key = hcl_unquoted(quoted.substr(1, quoted.size() - 2));
          }
        }
        value = colon < end ? colon + 1 : at;
      }
      member.value = read_expression(value, end);
      if (member.value.span.size()) expression.members.push_back(std::move(member));
      at = end;
    }
  }

  // "a.b[0].c" from token i on, if it starts a name there: no function, no key of an object.
  static void note_references(std::size_t i, std::size_t last, const std::vector<HclToken>& tokens,
                              std::string_view text, Expression& expression) {
    const auto word = [&](std::size_t k) { return text.substr(tokens[k].span.begin, tokens[k].span.size()); };
    for (const Span inside : tokens[i].interpolations) {
      const auto part = text.substr(inside.begin, inside.size());
      const auto nested = hcl_tokens(part, "");
      if (!nested) continue;
      for (std::size_t k = 0; k + 1 < nested->size(); ++k) {
        note_references(k, nested->size() - 1, *nested, part, expression);
      }
    }
    if (tokens[i].kind != TokenKind::identifier) return;
    if (i && tokens[i - 1].kind == TokenKind::punctuation && word(i - 1) == ".") return;
    std::string name(word(i));
    std::size_t k = i + 1;
    while (k + 1 < last && tokens[k].kind == TokenKind::punctuation && word(k) == "." &&
           (tokens[k + 1].kind == TokenKind::identifier || tokens[k + 1].kind == TokenKind::number)) {
      name += "." + std::string(word(k + 1));
      k += 2;
    }
    if (name.find('.') == std::string::npos) return;  // a keyword, a function or a key
    if (std::find(expression.references.begin(), expression.references.end(), name) ==
        expression.references.end()) {
      expression.references.push_back(std::move(name));
    }
  }

  std::string_view text_, origin_;
  std::vector<HclToken> tokens_;
  std::vector<std::size_t> matching_;  // of an opening bracket's token: its closing one; else 0
};

}  // namespace

bool HclExpression::all_literal() const {
  if (kind == Kind::literal || kind == Kind::string) return true;
  if (kind != Kind::object && kind != Kind::tuple) return false;
  return std::all_of(members.begin(), members.end(), [this](const HclMember& member) {
    return (kind == Kind::tuple || !member.key.empty()) && member.value.all_literal();
  });
}

const HclMember* HclExpression::member(std::string_view key) const {
  const auto found = std::find_if(members.begin(), members.end(),
                                  [&](const HclMember& member) { return !key.empty() && member.key == key; });
  return found == members.end() ? nullptr : &*found;
}

const HclAttribute* HclBody::attribute(std::string_view name) const {
  const auto found = std::find_if(attributes.begin(), attributes.end(),
                                  [&](const HclAttribute& attribute) { return attribute.name == name; });
  return found == attributes.end() ? nullptr : &*found;
}

core::Result<HclBody> parse_hcl(std::string_view text, std::string_view origin) {
  auto tokens = hcl_tokens(text, origin);
  if (!tokens) return core::fail(tokens.error());
  return Parser(text, origin, std::move(*tokens)).file();
}

std::string hcl_unquoted(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if ((text.substr(i, 3) == "$${") || (text.substr(i, 3) == "%%{")) continue;  // the second one is kept
    if (text[i] != '\\' || i + 1 == text.size()) {
      out += text[i];
      continue;
    }
    const char c = text[++i];
    const std::size_t digits = c == 'u' ? 4 : c == 'U' ? 8 : 0;
    const auto code = text.substr(i + 1, digits);
    if (c == 'n') {
      out += '\n';
    } else if (c == 't') {
      out += '\t';
    } else if (c == 'r') {
      out += '\r';
    } else if (digits && code.size() == digits &&
               code.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos) {
      put_utf8(out, std::stoul(std::string(code), nullptr, 16));
      i += digits;
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace doctor::iac
