#include "iam/pattern.h"

#include <array>
#include <cstring>

#include "iam/operators.h"

namespace doctor::iam {
namespace {

constexpr char kRun = '\x01';           // '*': any run of characters
constexpr char kOne = '\x02';           // '?': any one character
constexpr char kRunInSegment = '\x03';  // the same two, but never a colon
constexpr char kOneInSegment = '\x04';
constexpr char kNeither = '\x05';  // stands for a control byte that came from outside

bool is_control(char c) {
  return c >= kRun && c <= kNeither;
}

char folded(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

// The next character's first byte, behind any UTF-8 continuation bytes.
std::size_t behind_character(std::string_view text, std::size_t at) {
  ++at;
  while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) ++at;
  return at;
}

// Two places to come back to suffice: a run inside a segment cannot reach over a colon, so when it is
// exhausted only the last free run before it can still help.
template <bool fold>
bool glob(std::string_view pattern, std::string_view text) {
  constexpr std::size_t kNone = std::string_view::npos;
  std::size_t p = 0, t = 0;
  std::size_t run = kNone, run_text = 0, segment_run = kNone, segment_text = 0;
  while (t < text.size()) {
    if (p < pattern.size()) {
      const char c = pattern[p];
      if (c == kRun) {
        run = ++p;
        run_text = t;
        segment_run = kNone;
        if (p == pattern.size()) return true;
        continue;
      }
      if (c == kRunInSegment) {
        segment_run = ++p;
        segment_text = t;
        continue;
      }
      if (c == kOne || (c == kOneInSegment && text[t] != ':')) {
        ++p;
        t = behind_character(text, t);
        continue;
      }
      if (c == text[t] || (fold && folded(c) == folded(text[t]))) {
        ++p;
        ++t;
        continue;
      }
    }
    if (segment_run != kNone && text[segment_text] != ':') {
      p = segment_run;
      t = segment_text = behind_character(text, segment_text);
      if (segment_text >= text.size()) segment_run = kNone;
    } else if (run != kNone) {
      p = run;
      t = run_text = behind_character(text, run_text);
      segment_run = kNone;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && (pattern[p] == kRun || pattern[p] == kRunInSegment)) ++p;
  return p == pattern.size();
}

// ArnEquals and ArnLike: each of the six segments is checked separately; the sixth keeps its colons.
bool arn_matches(std::string_view pattern, std::string_view text) {
  if (pattern.size() == 1 && pattern[0] == kRun) return true;
  for (int segment = 0; segment < 5; ++segment) {
    const auto pattern_colon = pattern.find(':'), text_colon = text.find(':');
    if (pattern_colon == std::string_view::npos || text_colon == std::string_view::npos) return false;
    if (!glob<false>(pattern.substr(0, pattern_colon), text.substr(0, text_colon))) return false;
    pattern.remove_prefix(pattern_colon + 1);
    text.remove_prefix(text_colon + 1);
  }
  return glob<false>(pattern, text);
}

// What variables expand to: on the stack, unless it is very long.
class Expansion {
 public:
  void append(std::string_view text) {
    if (heap_.empty() && size_ + text.size() <= stack_.size()) {
      std::memcpy(stack_.data() + size_, text.data(), text.size());
      size_ += text.size();
      return;
    }
    if (heap_.empty()) heap_.assign(stack_.data(), size_);
    heap_.append(text);
  }
  void append_value(std::string_view text) {
    for (const char c : text) {
      const char safe = is_control(c) ? kNeither : c;
      append({&safe, 1});
    }
  }
  std::string_view view() const { return heap_.empty() ? std::string_view(stack_.data(), size_) : heap_; }

 private:
  std::array<char, 1024> stack_;
  std::size_t size_ = 0;
  std::string heap_;
};

struct Variable {
  std::string_view name;
  std::optional<std::string_view> fallback;
};

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

// "aws:PrincipalTag/team, 'company-wide'"
Variable variable_of(std::string_view inside) {
  const auto comma = inside.find(',');
  if (comma == std::string_view::npos) return {trimmed(inside), std::nullopt};
  std::string_view fallback = trimmed(inside.substr(comma + 1));
  if (fallback.size() < 2 || fallback.front() != '\'' || fallback.back() != '\'')
    return {trimmed(inside), std::nullopt};
  return {trimmed(inside.substr(0, comma)), fallback.substr(1, fallback.size() - 2)};
}

// Turns wildcards into control bytes. `segment` counts the colons before, and is carried on.
class Encoder {
 public:
  explicit Encoder(PatternStyle style) : style_(style) {}

  void text(std::string_view part, std::string_view behind, std::string& out) {
    for (std::size_t i = 0; i < part.size(); ++i) {
      const char c = part[i];
      if (c == ':') ++colons_;
      const char next = i + 1 < part.size() ? part[i + 1] : behind.empty() ? '\0' : behind[0];
      out.push_back(encoded(c, next));
    }
  }

 private:
  char encoded(char c, char next) const {
    if (is_control(c)) return kNeither;
    if (style_ == PatternStyle::action) c = folded(c);
    if (style_ == PatternStyle::exact || style_ == PatternStyle::ignoring_case) return c;
    const bool in_segment = style_ == PatternStyle::resource && colons_ > 0 && colons_ < 5;
    if (c == '?') return in_segment ? kOneInSegment : kOne;
    if (c != '*') return c;
    return in_segment && next != ':' && next != '\0' ? kRunInSegment : kRun;
  }

  PatternStyle style_;
  int colons_ = 0;
};

}  // namespace

Pattern::Pattern(std::string_view text, Version version, PatternStyle style) : style_(style) {
  Encoder encoder(style);
  Piece literal;
  bool variables = false;
  std::size_t at = 0;
  while (at < text.size()) {
    const auto start = version == Version::v2012_10_17 ? text.find("${", at) : std::string_view::npos;
    const auto end = start == std::string_view::npos ? start : text.find('}', start);
    if (end == std::string_view::npos) {
      encoder.text(text.substr(at), {}, literal.literal);
      break;
    }
    encoder.text(text.substr(at, start - at), text.substr(start), literal.literal);
    const Variable variable = variable_of(text.substr(start + 2, end - start - 2));
    if (variable.name == "*" || variable.name == "?" || variable.name == "$") {
      literal.literal.push_back(variable.name[0]);
    } else {
      variables = true;
      pieces_.push_back(std::move(literal));
      literal = {};
      Piece piece;
      piece.is_variable = true;
      piece.key = lower_case(variable.name);
      piece.shown = variable.name;
      if (variable.fallback) piece.fallback = std::string(*variable.fallback);
      pieces_.push_back(std::move(piece));
    }
    at = end + 1;
  }
  if (variables) {
    pieces_.push_back(std::move(literal));
    return;
  }
  pieces_.clear();
  encoded_ = std::move(literal.literal);
  const auto wildcard = encoded_.find_first_of("\x01\x02\x03\x04");
  const bool case_counts = style != PatternStyle::ignoring_case;
  if (encoded_.size() == 1 && encoded_[0] == kRun) {
    shape_ = Shape::everything;
  } else if (style == PatternStyle::arn || !case_counts) {
    shape_ = Shape::glob;
  } else if (wildcard == std::string::npos) {
    shape_ = Shape::literal;
  } else if (wildcard + 1 == encoded_.size() && encoded_[wildcard] == kRun) {
    shape_ = Shape::prefix;
    encoded_.pop_back();
  }
}

bool Pattern::matches_encoded(std::string_view encoded, std::string_view text, bool whole) const {
  if (style_ == PatternStyle::ignoring_case) return glob<true>(encoded, text);
  if (style_ == PatternStyle::arn && !whole) return arn_matches(encoded, text);
  return glob<false>(encoded, text);
}

bool Pattern::matches(std::string_view text) const {
  switch (shape_) {
    case Shape::everything:
      return true;
    case Shape::literal:
      return text == encoded_;
    case Shape::prefix:
      return text.size() >= encoded_.size() &&
             std::memcmp(text.data(), encoded_.data(), encoded_.size()) == 0;
    case Shape::glob:
      break;
  }
  return matches_encoded(encoded_, text, false);
}

Truth Pattern::matches(std::string_view text, const Context& context) const {
  if (pieces_.empty()) return truth_of(matches(text));
  Expansion expansion;
  bool unknown = false;
  for (const Piece& piece : pieces_) {
    if (!piece.is_variable) {
      expansion.append(piece.literal);
      continue;
    }
    const Context::Entry* entry = context.find(piece.key);
    if (entry == nullptr && !context.complete) {
      unknown = true;
      expansion.append({&kRun, 1});
    } else if (entry != nullptr && !entry->absent && entry->values.size() == 1) {
      expansion.append_value(entry->values.front());
    } else if (piece.fallback && (entry == nullptr || entry->absent)) {
      expansion.append_value(*piece.fallback);
    } else {
      return Truth::no;  // a key without a value, or with several: equal to nothing
    }
  }
  if (!matches_encoded(expansion.view(), text, unknown)) return Truth::no;
  return unknown ? Truth::unknown : Truth::yes;
}

}  // namespace doctor::iam
