#include "aws/ini.h"

#include <fmt/format.h>

#include <algorithm>

#include "aws/http.h"

namespace doctor::aws {
namespace {

bool is_space(char c) {
  return c == ' ' || c == '\t';
}

// [profile "my dev"] and [ profile   dev ] both name "profile my dev" and "profile dev".
std::string section_name(std::string_view text) {
  std::string out;
  bool quoted = false;
  for (const char c : trimmed(text)) {
    if (c == '"' || c == '\'') {
      quoted = !quoted;
    } else if (is_space(c) && !quoted) {
      if (!out.empty() && out.back() != ' ') out += ' ';
    } else {
      out += c;
    }
  }
  return out;
}

struct Parser {
  std::string_view origin;
  std::vector<IniSection> sections;
  IniSection* section = nullptr;
  std::string name;     // the last name read, for what is indented below it
  bool opened = false;  // that name had no value: indented lines are its settings

  core::Error wrong(int line, std::string_view what) const {
    return core::make_error(core::ErrorKind::usage,
                            fmt::format("{}:{}: {}", core::printable(origin), line, what),
                            "correct that line, or name another file with AWS_CONFIG_FILE or "
                            "AWS_SHARED_CREDENTIALS_FILE");
  }

  core::Result<void> open_section(std::string_view line, int number) {
    const auto end = line.find(']');
    if (end == std::string_view::npos) return core::fail(wrong(number, "a section header has no ']'"));
    const auto rest = trimmed(line.substr(end + 1));
    if (!rest.empty() && rest.front() != '#' && rest.front() != ';') {
      return core::fail(wrong(number, "text stands after the ']' of a section header"));
    }
    std::string title = section_name(line.substr(1, end - 1));
    if (title.empty()) return core::fail(wrong(number, "a section header has no name"));
    const auto same =
        std::find_if(sections.begin(), sections.end(), [&](const IniSection& s) { return s.name == title; });
    if (same != sections.end()) {
      section = &*same;
    } else {
      section = &sections.emplace_back();
      section->name = std::move(title);
      section->line = number;
    }
    name.clear();
    opened = false;
    return {};
  }

  core::Result<void> take_indented(std::string_view line, int number) {
    if (!opened) {  // a value that goes on in the next line
      section->values[name].append("\n").append(line);
      return {};
    }
    const auto equals = line.find('=');
    if (equals == std::string_view::npos || trimmed(line.substr(0, equals)).empty()) {
      return core::fail(wrong(number, "an indented line is no 'name = value'"));
    }
    section->nested[name][lower_case(trimmed(line.substr(0, equals)))] = trimmed(line.substr(equals + 1));
    return {};
  }

  core::Result<void> take_setting(std::string_view line, int number) {
    const auto equals = line.find('=');
    if (equals == std::string_view::npos) return core::fail(wrong(number, "a line is no 'name = value'"));
    name = lower_case(trimmed(line.substr(0, equals)));
    if (name.empty()) return core::fail(wrong(number, "a setting has no name before '='"));
    const auto value = trimmed(line.substr(equals + 1));
    section->values[name] = value;
    opened = value.empty();
    return {};
  }

  core::Result<void> take_line(std::string_view raw, int number) {
    const auto line = trimmed(raw);
    if (line.empty() || line.front() == '#' || line.front() == ';') return {};
    const bool indented = is_space(raw.front());
    if (line.front() == '[' && !indented) return open_section(line, number);
    if (section == nullptr) return core::fail(wrong(number, "a setting stands before the first [section]"));
    if (indented && !name.empty()) return take_indented(line, number);
    return take_setting(line, number);
  }
};

}  // namespace

core::Result<std::vector<IniSection>> parse_ini(std::string_view text, std::string_view origin) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  Parser parser;
  parser.origin = origin;
  int number = 0;
  while (!text.empty()) {
    const auto end = text.find('\n');
    const auto line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    if (auto taken = parser.take_line(line, ++number); !taken) return core::fail(taken.error());
  }
  return std::move(parser.sections);
}

}  // namespace doctor::aws
