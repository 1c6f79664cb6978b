#include "iac/hcl_token.h"

#include <string>

#include "iac/text_edit.h"

namespace doctor::iac {
namespace {

using TokenKind = HclToken::Kind;

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Longest first, so that "..." is not three dots.
constexpr std::string_view kOperators[] = {"...", "==", "!=", "<=", ">=", "&&", "||", "=>", "::"};

class Tokenizer {
 public:
  Tokenizer(std::string_view text, std::string_view origin) : text_(text), origin_(origin) {}

  core::Result<std::vector<HclToken>> all() {
    std::size_t at = text_.substr(0, 3) == "\xEF\xBB\xBF" ? 3 : 0;
    while (at < text_.size()) {
      const char c = text_[at];
      if (c == ' ' || c == '\t' || c == '\r') {
        ++at;
        continue;
      }
      HclToken token;
      if (auto end = token_end(at, token); !end)
        return core::fail(end.error());
      else
        at = *end;
      tokens_.push_back(std::move(token));
    }
    tokens_.push_back({TokenKind::end, {text_.size(), text_.size()}, {}});
    return std::move(tokens_);
  }

 private:
  tl::unexpected<core::Error> wrong(std::size_t at, const std::string& what) const {
    return core::fail(core::ErrorKind::bad_input, place_of(origin_, text_, at) + ": " + what,
                      "see what `terraform fmt` says of the file");
  }
  bool starts(std::size_t at, std::string_view with) const { return text_.substr(at, with.size()) == with; }
  std::size_t line_end(std::size_t at) const {
    const std::size_t end = text_.find('\n', at);
    return end == std::string_view::npos ? text_.size() : end;
  }

  // One token from `at` on, which is no blank; where it ends.
  core::Result<std::size_t> token_end(std::size_t at, HclToken& token) {
    const char c = text_[at];
    core::Result<std::size_t> end = at + 1;
    token.kind = TokenKind::punctuation;
    if (c == '\n') {
      token.kind = TokenKind::newline;
    } else if (c == '#' || starts(at, "//")) {
      token.kind = TokenKind::comment;  // its newline is a token of its own
      end = line_end(at);
    } else if (starts(at, "/*")) {
      token.kind = TokenKind::comment;
      const std::size_t close = text_.find("*/", at + 2);
      if (close == std::string_view::npos) return wrong(at, "this comment never ends");
      end = close + 2;
    } else if (is_letter(c)) {
      token.kind = TokenKind::identifier;
      while (*end < text_.size() && (is_letter(text_[*end]) || is_digit(text_[*end]) || text_[*end] == '-'))
        ++*end;
    } else if (is_digit(c)) {
      token.kind = TokenKind::number;
      end = number_end(at);
    } else if (c == '"') {
      token.kind = TokenKind::quoted;
      end = quoted_end(at, token.interpolations, 0);
    } else if (starts(at, "<<") && heredoc_marker(at).size()) {
      token.kind = TokenKind::heredoc;
      end = heredoc_end(at, token.interpolations, 0);
    } else {
      for (const auto op : kOperators) {
        if (starts(at, op)) {
          end = at + op.size();
          break;
        }
      }
    }
    if (end) token.span = {at, *end};
    return end;
  }

  std::size_t number_end(std::size_t at) const {
    while (at < text_.size() && is_digit(text_[at])) ++at;
    if (at + 1 < text_.size() && text_[at] == '.' && is_digit(text_[at + 1])) {
      ++at;
      while (at < text_.size() && is_digit(text_[at])) ++at;
    }
    if (at < text_.size() && (text_[at] == 'e' || text_[at] == 'E')) {
      std::size_t exponent = at + 1;
      if (exponent < text_.size() && (text_[exponent] == '+' || text_[exponent] == '-')) ++exponent;
      if (exponent < text_.size() && is_digit(text_[exponent])) {
        at = exponent;
        while (at < text_.size() && is_digit(text_[at])) ++at;
      }
    }
    return at;
  }

  bool opens_sequence(std::size_t at) const { return starts(at, "${") || starts(at, "%{"); }
  bool escaped_sequence(std::size_t at) const { return starts(at, "$${") || starts(at, "%%{"); }

  core::Result<std::size_t> quoted_end(std::size_t at, std::vector<Span>& inside, int depth) {
    const std::size_t start = at++;
    while (at < text_.size() && text_[at] != '"') {
      if (text_[at] == '\n') return wrong(start, "this string is not closed on its line");
      if (text_[at] == '\\') {
        at += 2;
      } else if (escaped_sequence(at)) {
        at += 3;
      } else if (opens_sequence(at)) {
        auto end = sequence_end(at, depth);
        if (!end) return end;
        inside.push_back({at + 2, *end - 1});
        at = *end;
      } else {
        ++at;
      }
    }
    if (at >= text_.size()) return wrong(start, "this string is never closed");
    return at + 1;
  }

  // From "${" to behind its "}".
  core::Result<std::size_t> sequence_end(std::size_t at, int depth) {
    if (depth >= kDeepestHcl) return wrong(at, "templates are nested too deep");
    const std::size_t start = at;
    at += 2;
    for (int braces = 1; at < text_.size();) {
      std::vector<Span> ignored;
      core::Result<std::size_t> end = at + 1;
      if (text_[at] == '"') {
        end = quoted_end(at, ignored, depth + 1);
      } else if (text_[at] == '#' || starts(at, "//")) {
        end = line_end(at);
      } else if (starts(at, "/*")) {
        const std::size_t close = text_.find("*/", at + 2);
        if (close == std::string_view::npos) return wrong(at, "this comment never ends");
        end = close + 2;
      } else if (starts(at, "<<") && heredoc_marker(at).size()) {
        end = heredoc_end(at, ignored, depth + 1);
      } else if (text_[at] == '{') {
        ++braces;
      } else if (text_[at] == '}' && --braces == 0) {
        return at + 1;
      }
      if (!end) return end;
      at = *end;
    }
    return wrong(start, "this template sequence is never closed");
  }

  // "EOT" of "<<EOT" and "<<-EOT" where the line ends behind it; else "".
  std::string_view heredoc_marker(std::size_t at) const {
    at += starts(at, "<<-") ? 3 : 2;
    std::size_t end = at;
    while (end < text_.size() &&
           (is_letter(text_[end]) || (end > at && (is_digit(text_[end]) || text_[end] == '-'))))
      ++end;
    std::size_t rest = end;
    if (rest < text_.size() && text_[rest] == '\r') ++rest;
    return rest < text_.size() && text_[rest] == '\n' ? text_.substr(at, end - at) : std::string_view{};
  }

  // To the end of the closing marker; the newline behind it is a token of its own.
  core::Result<std::size_t> heredoc_end(std::size_t at, std::vector<Span>& inside, int depth) {
    const std::size_t start = at;
    const std::string_view marker = heredoc_marker(at);
    at = line_end(at) + 1;
    bool line_start = true;
    while (at < text_.size()) {
      if (line_start) {
        std::size_t word = text_.find_first_not_of(" \t", at);
        if (word != std::string_view::npos && starts(word, marker)) {
          const std::size_t behind = word + marker.size();
          const std::size_t rest = text_.find_first_not_of(" \t\r", behind);
          if (rest == std::string_view::npos || text_[rest] == '\n') return behind;
        }
      }
      line_start = text_[at] == '\n';
      if (escaped_sequence(at)) {
        at += 3;
      } else if (opens_sequence(at)) {
        auto end = sequence_end(at, depth);
        if (!end) return end;
        inside.push_back({at + 2, *end - 1});
        at = *end;
      } else {
        ++at;
      }
    }
    return wrong(start, "this heredoc never ends: no line " + std::string(marker));
  }

  std::string_view text_, origin_;
  std::vector<HclToken> tokens_;
};

}  // namespace

core::Result<std::vector<HclToken>> hcl_tokens(std::string_view text, std::string_view origin) {
  return Tokenizer(text, origin).all();
}

}  // namespace doctor::iac
