#include "report/wrap.h"

#include "report/utf8.h"

namespace doctor::report {
namespace {

// As much of the front of `word` as fits, cut after punctuation where that leaves at least half a line.
std::string_view front_that_fits(std::string_view word, int width) {
  std::string_view rest = word;
  int used = 0;
  std::size_t fits = 0;
  std::size_t nice = 0;
  while (!rest.empty()) {
    const char first = rest.front();
    const int next = used + columns(take_code_point(rest));
    if (next > width) break;
    used = next;
    fits = word.size() - rest.size();
    if (first == '/' || first == ':' || first == ',' || first == '=') nice = used * 2 >= width ? fits : nice;
  }
  return word.substr(0, nice != 0 ? nice : fits);
}

void wrap_line(std::string_view text, int width, std::vector<std::string>& out) {
  std::string line;
  int used = 0;
  const auto flush = [&] {
    if (!line.empty()) out.push_back(std::move(line));
    line.clear();
    used = 0;
  };
  while (!text.empty()) {
    const auto space = text.find(' ');
    std::string_view word = text.substr(0, space);
    text.remove_prefix(space == std::string_view::npos ? text.size() : space + 1);
    if (word.empty()) continue;
    int wide = columns(word);
    if (used != 0 && used + 1 + wide > width) flush();
    while (wide > width) {
      const std::string_view front = front_that_fits(word, width);
      out.emplace_back(front);
      word.remove_prefix(front.size());
      wide = columns(word);
    }
    if (word.empty()) continue;
    if (used != 0) {
      line += ' ';
      ++used;
    }
    line += word;
    used += wide;
  }
  flush();
}

}  // namespace

std::vector<std::string> wrapped(std::string_view text, int width) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const auto feed = text.find('\n');
    wrap_line(text.substr(0, feed), width < 2 ? 2 : width, out);
    text.remove_prefix(feed == std::string_view::npos ? text.size() : feed + 1);
  }
  return out;
}

}  // namespace doctor::report
