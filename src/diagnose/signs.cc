#include "diagnose/signs.h"

#include <algorithm>
#include <array>
#include <bitset>
#include <cstdint>
#include <cstring>

#include "diagnose/sign_rows.h"

namespace doctor::diagnose {
namespace {

constexpr std::size_t kTrigramBits = 1 << 13;

constexpr std::size_t trigram_at(const char* p) {
  const auto byte = [](char c) { return static_cast<std::uint32_t>(static_cast<unsigned char>(c)); };
  return (byte(p[0]) * 961U + byte(p[1]) * 31U + byte(p[2]) * 7U) % kTrigramBits;
}

// The text as the phrases are written: lower case, blanks collapsed (pasted text is wrapped anywhere), AWS's
// typographic apostrophes and quotes made plain, JSON's quotation marks around names and values dropped.
struct Plain {
  std::string text;
  std::vector<std::uint32_t> origin;  // of each byte, its place in the given text
  std::bitset<kTrigramBits> trigrams;
};

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\v' || c == '\f';
}

// The length and the plain form of a typographic quotation mark at the place; 0 where there is none.
std::size_t quotation_mark(std::string_view rest, char& plain) {
  if (rest.size() < 3 || rest[0] != '\xE2' || rest[1] != '\x80') return 0;
  if (rest[2] == '\x98' || rest[2] == '\x99') return plain = '\'', 3;
  if (rest[2] == '\x9C' || rest[2] == '\x9D') return plain = '"', 3;
  return 0;
}

Plain plain_of(std::string_view text) {
  Plain plain;
  plain.text.reserve(text.size());
  plain.origin.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    char c = text[i];
    std::size_t length = 1;
    if (c == '\xE2') {
      const std::size_t mark = quotation_mark(text.substr(i), c);
      if (mark != 0) length = mark;
    } else if (is_blank(c)) {
      c = ' ';
    } else if (c >= 'A' && c <= 'Z') {
      c = static_cast<char>(c + 32);
    }
    const bool drop = c == '"' || (c == ' ' && !plain.text.empty() && plain.text.back() == ' ');
    if (!drop) {
      plain.text.push_back(c);
      plain.origin.push_back(static_cast<std::uint32_t>(i));
    }
    i += length;
  }
  for (std::size_t i = 0; i + 3 <= plain.text.size(); ++i) plain.trigrams.set(trigram_at(&plain.text[i]));
  return plain;
}

// One row, its phrases cut apart once.
struct Pattern {
  const Sign* sign;
  std::vector<std::string_view> phrases;
};

std::vector<std::string_view> phrases_of(const Sign& sign) {
  std::vector<std::string_view> phrases;
  std::string_view rest = sign.phrases;
  while (true) {
    const std::size_t bar = rest.find('|');
    phrases.push_back(rest.substr(0, bar));
    if (bar == std::string_view::npos) return phrases;
    rest.remove_prefix(bar + 1);
  }
}

// Most specific first; among equals the longer wording, then the id, so that the table's order never counts.
bool more_specific(const Pattern& a, const Pattern& b) {
  if (a.sign->specificity != b.sign->specificity) return a.sign->specificity > b.sign->specificity;
  if (a.sign->phrases.size() != b.sign->phrases.size())
    return a.sign->phrases.size() > b.sign->phrases.size();
  if (a.sign->id != b.sign->id) return a.sign->id < b.sign->id;
  return a.sign->phrases < b.sign->phrases;
}

const std::vector<Pattern>& patterns() {
  static const std::vector<Pattern> sorted = [] {
    std::vector<Pattern> all;
    for (const Sign& sign : sign_table()) all.push_back({&sign, phrases_of(sign)});
    std::sort(all.begin(), all.end(), more_specific);
    return all;
  }();
  return sorted;
}

// Most rows end here: three bytes of a phrase that are nowhere in the text rule the row out.
bool may_hold(const Plain& plain, std::string_view phrase) {
  for (std::size_t i = 0; i + 3 <= phrase.size(); ++i) {
    if (!plain.trigrams[trigram_at(&phrase[i])]) return false;
  }
  return true;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// "exit code 1" is not in "exit code 137".
std::size_t find_phrase(std::string_view text, std::string_view phrase) {
  std::size_t from = 0;
  while (from < text.size()) {
    const void* found = memmem(text.data() + from, text.size() - from, phrase.data(), phrase.size());
    if (found == nullptr) return std::string_view::npos;
    const auto at = static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
    const std::size_t end = at + phrase.size();
    const bool number_goes_on = is_digit(phrase.back()) && end < text.size() && is_digit(text[end]);
    if (!number_goes_on) return at;
    from = at + 1;
  }
  return std::string_view::npos;
}

// The phrase that says most, as it stands in the given text: the last one, since the first names the
// category.
std::string as_it_stands(std::string_view text, const Plain& plain, std::size_t at, std::size_t length) {
  const std::size_t begin = plain.origin[at];
  const std::size_t end = at + length < plain.origin.size() ? plain.origin[at + length] : text.size();
  std::string_view piece = text.substr(begin, end - begin);
  while (!piece.empty() && (is_blank(piece.back()) || piece.back() == '"')) piece.remove_suffix(1);
  return std::string(piece);
}

}  // namespace

const std::vector<Sign>& sign_table() {
  static const std::vector<Sign> table = [] {
    std::vector<Sign> all = signs_of_families();
    for (auto signs_of : {signs_of_start, signs_of_stops}) {
      const std::vector<Sign> more = signs_of();
      all.insert(all.end(), more.begin(), more.end());
    }
    return all;
  }();
  return table;
}

std::vector<SignMatch> signs_in(std::string_view text) {
  std::vector<SignMatch> matches;
  if (text.size() < 3) return matches;
  const Plain plain = plain_of(text);
  for (const Pattern& pattern : patterns()) {
    const auto& phrases = pattern.phrases;
    if (!std::all_of(phrases.begin(), phrases.end(), [&](auto p) { return may_hold(plain, p); })) continue;
    std::size_t at = 0;
    for (std::string_view phrase : phrases) {
      at = find_phrase(plain.text, phrase);
      if (at == std::string_view::npos) break;
    }
    if (at == std::string_view::npos) continue;
    const bool known = std::any_of(matches.begin(), matches.end(), [&](const SignMatch& match) {
      return match.sign->id == pattern.sign->id;
    });
    if (!known) matches.push_back({pattern.sign, as_it_stands(text, plain, at, phrases.back().size())});
  }
  return matches;
}

}  // namespace doctor::diagnose
