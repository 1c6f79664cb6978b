#include "iam/positioned_json.h"

#include <cstdint>

namespace doctor::iam {
namespace {

using core::ErrorKind;
using core::fail;
using core::Result;

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Bytes of the well-formed UTF-8 sequence at `at`, or 0 (RFC 3629: no overlong forms, no surrogates).
std::size_t utf8_length(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) {
    return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0U;
  };
  const auto follows = [&](std::size_t i, unsigned low = 0x80, unsigned high = 0xBF) {
    return byte(i) >= low && byte(i) <= high;
  };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return follows(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const unsigned low = first == 0xE0 ? 0xA0 : 0x80;
    const unsigned high = first == 0xED ? 0x9F : 0xBF;
    return follows(1, low, high) && follows(2) ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const unsigned low = first == 0xF0 ? 0x90 : 0x80;
    const unsigned high = first == 0xF4 ? 0x8F : 0xBF;
    return follows(1, low, high) && follows(2) && follows(3) ? 4 : 0;
  }
  return 0;
}

void append_utf8(std::string& out, std::uint32_t code) {
  const auto put = [&](std::uint32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0 | (code >> 6));
    put(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    put(0xE0 | (code >> 12));
    put(0x80 | ((code >> 6) & 0x3F));
    put(0x80 | (code & 0x3F));
  } else {
    put(0xF0 | (code >> 18));
    put(0x80 | ((code >> 12) & 0x3F));
    put(0x80 | ((code >> 6) & 0x3F));
    put(0x80 | (code & 0x3F));
  }
}

class Reader {
 public:
  Reader(std::string_view text, const Cursor& cursor)
      : text_(text), at_(cursor.offset), line_(cursor.line), line_start_(cursor.line_start) {}

  Result<Node> value(int depth) {
    skip();
    if (depth > kDeepest) return wrong("nested deeper than " + std::to_string(kDeepest) + " levels");
    if (at_ >= text_.size()) return wrong("unexpected end of text where a value should be");
    switch (text_[at_]) {
      case '{':
        return object(depth);
      case '[':
        return array(depth);
      case '"':
        return string();
      case 't':
        return word("true", NodeKind::boolean);
      case 'f':
        return word("false", NodeKind::boolean);
      case 'n':
        return word("null", NodeKind::null);
      default:
        return number();
    }
  }

  Cursor cursor() const { return {at_, line_, line_start_}; }
  void skip_space() { skip(); }

 private:
  Position here() const { return {line_, static_cast<int>(at_ - line_start_) + 1}; }

  tl::unexpected<core::Error> wrong(const std::string& what) const {
    const Position at = here();
    return fail(ErrorKind::bad_input,
                std::to_string(at.line) + ":" + std::to_string(at.column) + ": " + what);
  }

  void skip() {
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '\n') {
        ++line_;
        line_start_ = at_ + 1;
      } else if (c != ' ' && c != '\t' && c != '\r') {
        return;
      }
    }
  }

  Node begin(NodeKind kind) const {
    Node node;
    node.kind = kind;
    node.at = here();
    return node;
  }

  Result<Node> word(std::string_view expected, NodeKind kind) {
    if (text_.substr(at_, expected.size()) != expected) return wrong("this is no JSON value");
    Node node = begin(kind);
    node.text = expected;
    at_ += expected.size();
    return node;
  }

  bool digits() {
    const std::size_t first = at_;
    while (at_ < text_.size() && is_digit(text_[at_])) ++at_;
    return at_ > first;
  }

  bool take(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  Result<Node> number() {
    Node node = begin(NodeKind::number);
    const std::size_t first = at_;
    take('-');
    const bool zero = at_ < text_.size() && text_[at_] == '0';
    if (zero ? !take('0') : !digits()) return wrong("this is no JSON value");
    if (take('.') && !digits()) return wrong("a digit must follow the decimal point");
    if (take('e') || take('E')) {
      if (!take('+')) take('-');
      if (!digits()) return wrong("a digit must follow the exponent sign");
    }
    node.text = text_.substr(first, at_ - first);
    return node;
  }

  // Four hexadecimal digits at at_, or a number above 0xFFFF.
  std::uint32_t hex4() {
    std::uint32_t value = 0;
    for (int i = 0; i < 4; ++i, ++at_) {
      const char c = at_ < text_.size() ? text_[at_] : '\0';
      std::uint32_t digit = 0;
      if (is_digit(c)) {
        digit = static_cast<std::uint32_t>(c - '0');
      } else if ((c | 32) >= 'a' && (c | 32) <= 'f') {
        digit = static_cast<std::uint32_t>((c | 32) - 'a' + 10);
      } else {
        return 0x10000;
      }
      value = value * 16 + digit;
    }
    return value;
  }

  Result<void> escape(std::string& out) {
    const char c = at_ < text_.size() ? text_[at_] : '\0';
    constexpr std::string_view kFrom = "\"\\/bfnrt";
    constexpr std::string_view kTo = "\"\\/\b\f\n\r\t";
    if (const auto found = kFrom.find(c); c != '\0' && found != std::string_view::npos) {
      out.push_back(kTo[found]);
      ++at_;
      return {};
    }
    if (c != 'u') return wrong("unknown escape in a string");
    ++at_;
    std::uint32_t code = hex4();
    if (code > 0xFFFF) return wrong("four hexadecimal digits must follow \\u");
    if (code >= 0xDC00 && code <= 0xDFFF) return wrong("half of a surrogate pair");
    if (code >= 0xD800 && code <= 0xDBFF) {
      if (!take('\\') || !take('u')) return wrong("half of a surrogate pair");
      const std::uint32_t low = hex4();
      if (low < 0xDC00 || low > 0xDFFF) return wrong("half of a surrogate pair");
      code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    }
    append_utf8(out, code);
    return {};
  }

  Result<Node> string() {
    Node node = begin(NodeKind::string);
    ++at_;
    while (true) {
      if (at_ >= text_.size()) return wrong("unexpected end of text in a string");
      const char c = text_[at_];
      if (c == '"') break;
      if (static_cast<unsigned char>(c) < 0x20)
        return wrong("a control character in a string must be escaped");
      if (c == '\\') {
        ++at_;
        if (auto ok = escape(node.text); !ok) return fail(ok.error());
        continue;
      }
      const std::size_t length = utf8_length(text_, at_);
      if (length == 0) return wrong("this is no UTF-8");
      node.text.append(text_.substr(at_, length));
      at_ += length;
    }
    ++at_;
    return node;
  }

  Result<Node> array(int depth) {
    Node node = begin(NodeKind::array);
    ++at_;
    skip();
    if (take(']')) return node;
    while (true) {
      auto item = value(depth + 1);
      if (!item) return item;
      node.items.push_back(std::move(*item));
      skip();
      if (take(']')) return node;
      if (!take(',')) return wrong(at_ < text_.size() ? "',' or ']' is missing" : "unexpected end of text");
    }
  }

  Result<Node> object(int depth) {
    Node node = begin(NodeKind::object);
    ++at_;
    skip();
    if (take('}')) return node;
    while (true) {
      skip();
      if (at_ >= text_.size()) return wrong("unexpected end of text");
      if (text_[at_] != '"') return wrong("a key in double quotes should be here");
      auto key = string();
      if (!key) return key;
      skip();
      if (!take(':')) return wrong("':' is missing");
      auto item = value(depth + 1);
      if (!item) return item;
      node.keys.push_back({std::move(key->text), key->at});
      node.items.push_back(std::move(*item));
      skip();
      if (take('}')) return node;
      if (!take(',')) return wrong(at_ < text_.size() ? "',' or '}' is missing" : "unexpected end of text");
    }
  }

  std::string_view text_;
  std::size_t at_;
  int line_ = 1;
  std::size_t line_start_ = 0;
};

}  // namespace

std::string_view node_kind_name(NodeKind kind) {
  switch (kind) {
    case NodeKind::null:
      return "null";
    case NodeKind::boolean:
      return "a boolean";
    case NodeKind::number:
      return "a number";
    case NodeKind::string:
      return "a string";
    case NodeKind::array:
      return "an array";
    case NodeKind::object:
      break;
  }
  return "an object";
}

const Node* Node::member(std::string_view key) const {
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (keys[i].text == key) return &items[i];
  }
  return nullptr;
}

Position position_of(const Cursor& cursor) {
  return {cursor.line, static_cast<int>(cursor.offset - cursor.line_start) + 1};
}

void skip_white_space(std::string_view text, Cursor& cursor) {
  if (cursor.offset == 0 && text.substr(0, kByteOrderMark.size()) == kByteOrderMark) {
    cursor.offset = cursor.line_start = kByteOrderMark.size();
  }
  Reader reader(text, cursor);
  reader.skip_space();
  cursor = reader.cursor();
}

std::string place(std::string_view origin, Position at) {
  return std::string(origin) + ":" + std::to_string(at.line) + ":" + std::to_string(at.column);
}

Result<Node> parse_positioned(std::string_view text, Cursor& cursor) {
  skip_white_space(text, cursor);
  Reader reader(text, cursor);
  auto node = reader.value(1);
  cursor = reader.cursor();
  return node;
}

Result<Node> parse_positioned_document(std::string_view text, std::string_view origin) {
  Cursor cursor;
  auto node = parse_positioned(text, cursor);
  if (!node) return fail(ErrorKind::bad_input, std::string(origin) + ":" + node.error().sentence);
  skip_white_space(text, cursor);
  if (cursor.offset < text.size()) {
    return fail(ErrorKind::bad_input,
                place(origin, position_of(cursor)) + ": something stands behind the end of the value");
  }
  return node;
}

}  // namespace doctor::iam
