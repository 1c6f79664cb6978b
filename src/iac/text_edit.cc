#include "iac/text_edit.h"

#include <algorithm>

namespace doctor::iac {
namespace {

constexpr std::size_t kContext = 3;  // lines around a change, as diff -u shows them

std::vector<TextEdit> sorted(std::vector<TextEdit> edits) {
  std::stable_sort(edits.begin(), edits.end(),
                   [](const TextEdit& a, const TextEdit& b) { return a.offset < b.offset; });
  return edits;
}

// Each with its newline; the last may lack one.
std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::size_t length = end == std::string_view::npos ? text.size() : end + 1;
    lines.push_back(text.substr(0, length));
    text.remove_prefix(length);
  }
  return lines;
}

// Whole lines [first, first + count) that become `text`.
struct LineChange {
  std::size_t first = 0, count = 0;
  std::string text;
};

std::vector<LineChange> line_changes(std::string_view text, const std::vector<TextEdit>& edits) {
  std::vector<std::size_t> starts{0};
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n' && i + 1 < text.size()) starts.push_back(i + 1);
  }
  const auto line_at = [&](std::size_t offset) {
    return static_cast<std::size_t>(std::upper_bound(starts.begin(), starts.end(), offset) - starts.begin()) -
           1;
  };
  const auto end_of = [&](std::size_t line) {
    return line + 1 < starts.size() ? starts[line + 1] : text.size();
  };
  std::vector<LineChange> changes;
  for (std::size_t i = 0; i < edits.size();) {
    const std::size_t first = line_at(edits[i].offset);
    std::size_t last = line_at(edits[i].offset + edits[i].length);
    std::size_t next = i + 1;
    while (next < edits.size() && line_at(edits[next].offset) <= last) {
      last = std::max(last, line_at(edits[next].offset + edits[next].length));
      ++next;
    }
    const std::size_t from = starts[first], to = end_of(last);
    std::vector<TextEdit> inside(edits.begin() + static_cast<std::ptrdiff_t>(i),
                                 edits.begin() + static_cast<std::ptrdiff_t>(next));
    for (auto& edit : inside) edit.offset -= from;
    changes.push_back({first, last - first + 1, edited(text.substr(from, to - from), inside)});
    i = next;
  }
  return changes;
}

// Takes off the lines at both ends that stay as they are.
void trim(LineChange& change, const std::vector<std::string_view>& lines) {
  auto after = lines_of(change.text);
  std::size_t head = 0, tail = 0;
  while (head < change.count && head < after.size() && lines[change.first + head] == after[head]) ++head;
  while (tail + head < change.count && tail + head < after.size() &&
         lines[change.first + change.count - 1 - tail] == after[after.size() - 1 - tail]) {
    ++tail;
  }
  std::string text;
  for (std::size_t i = head; i < after.size() - tail; ++i) text += after[i];
  change = {change.first + head, change.count - head - tail, std::move(text)};
}

void put_line(std::string& out, char mark, std::string_view line) {
  out += mark;
  out += line;
  if (line.empty() || line.back() != '\n') out += "\n\\ No newline at end of file\n";
}

std::string range(std::size_t first, std::size_t count) {
  return std::to_string(count ? first + 1 : first) + "," + std::to_string(count);
}

}  // namespace

std::string edited(std::string_view text, std::vector<TextEdit> edits) {
  edits = sorted(std::move(edits));
  std::string out;
  std::size_t at = 0;
  for (const auto& edit : edits) {
    out += text.substr(at, edit.offset - at);
    out += edit.text;
    at = edit.offset + edit.length;
  }
  out += text.substr(at);
  return out;
}

void settle(std::string_view text, std::vector<TextEdit>& edits) {
  const auto removal_at = [&](std::size_t offset) {
    return std::find_if(edits.begin(), edits.end(), [&](const TextEdit& edit) {
      return edit.length > 0 && edit.text.empty() && edit.offset > 0 && text[edit.offset - 1] == '\n' &&
             offset >= edit.offset && offset < edit.offset + edit.length;
    });
  };
  for (std::size_t i = 0; i < edits.size(); ++i) {
    if (edits[i].length || !edits[i].text.starts_with("\n")) continue;
    for (auto removal = removal_at(edits[i].offset); removal != edits.end();
         removal = removal_at(edits[i].offset)) {
      edits[i].offset = removal->offset - 1;
      if (edits[i].offset > 0 && text[edits[i].offset - 1] == '\r') --edits[i].offset;
    }
  }
}

bool overlap(std::vector<TextEdit> edits) {
  edits = sorted(std::move(edits));
  for (std::size_t i = 1; i < edits.size(); ++i) {
    if (edits[i].offset < edits[i - 1].offset + edits[i - 1].length) return true;
  }
  return false;
}

std::string unified_diff(std::string_view name, std::string_view text, const std::vector<TextEdit>& edits) {
  const auto lines = lines_of(text);
  auto changes = line_changes(text, sorted(edits));
  if (text.empty() && !edits.empty()) changes = {{0, 0, edited(text, edits)}};
  for (auto& change : changes) trim(change, lines);
  std::erase_if(changes, [](const LineChange& change) { return !change.count && change.text.empty(); });
  if (changes.empty()) return {};

  std::string out = "--- a/" + std::string(name) + "\n+++ b/" + std::string(name) + "\n";
  std::ptrdiff_t shift = 0;  // how many lines the hunks so far have added
  for (std::size_t i = 0; i < changes.size();) {
    std::size_t next = i + 1;
    while (next < changes.size() &&
           changes[next].first <= changes[next - 1].first + changes[next - 1].count + 2 * kContext) {
      ++next;
    }
    const std::size_t from = changes[i].first > kContext ? changes[i].first - kContext : 0;
    const std::size_t to =
        std::min(lines.size(), changes[next - 1].first + changes[next - 1].count + kContext);
    std::string body;
    std::size_t line = from, added = 0;
    for (std::size_t c = i; c < next; ++c) {
      for (; line < changes[c].first; ++line, ++added) put_line(body, ' ', lines[line]);
      for (; line < changes[c].first + changes[c].count; ++line) put_line(body, '-', lines[line]);
      for (const auto after : lines_of(changes[c].text)) {
        put_line(body, '+', after);
        ++added;
      }
    }
    for (; line < to; ++line, ++added) put_line(body, ' ', lines[line]);
    const auto start_after = static_cast<std::size_t>(static_cast<std::ptrdiff_t>(from) + shift);
    out += "@@ -" + range(from, to - from) + " +" + range(start_after, added) + " @@\n" + body;
    shift += static_cast<std::ptrdiff_t>(added) - static_cast<std::ptrdiff_t>(to - from);
    i = next;
  }
  return out;
}

std::string place_of(std::string_view name, std::string_view text, std::size_t offset) {
  offset = std::min(offset, text.size());
  const auto line = 1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(offset), '\n');
  const std::size_t start = offset ? text.rfind('\n', offset - 1) : std::string_view::npos;
  const std::size_t column = start == std::string_view::npos ? offset + 1 : offset - start;
  return std::string(name) + ":" + std::to_string(line) + ":" + std::to_string(column);
}

}  // namespace doctor::iac
