#include "aws/wire_json.h"

#include <algorithm>
#include <vector>

#include "aws/http.h"
#include "core/json.h"

namespace doctor::aws {
namespace {

using core::ErrorKind;
using core::fail;
using core::Json;
using core::Result;

Result<core::JsonDocument> object_of(std::string_view input) {
  auto document = core::JsonDocument::parse(input.empty() ? "{}" : input, "input");
  if (document && !document->root().is_object()) {
    return fail(ErrorKind::bad_input, "input: it must be a JSON object");
  }
  return document;
}

// 1764000000, or with the fraction where there is one.
std::string epoch_text(core::Timestamp time) {
  const auto count = time.time_since_epoch().count();
  std::string text = std::to_string(count / 1000);
  const auto rest = count % 1000;
  if (count < 0 || rest == 0) return text;  // nobody asks about 1969
  std::string fraction = std::to_string(1000 + rest).substr(1);
  return text + "." + fraction;
}

// The value as text, with every time that `times` names as a number.
Result<void> write(const Json& value, const Shape& times, const std::string& path, std::string& out) {
  if (times.kind == Shape::Kind::time && !value.is_null()) {
    const auto time = value.timestamp();
    if (!time) {
      return fail(ErrorKind::bad_input, "input: " + path + " must be a time, like 2026-11-24T03:00:00Z");
    }
    out += epoch_text(*time);
    return {};
  }
  if (times.kind == Shape::Kind::structure && value.is_object()) {
    char before = '{';
    for (const auto& [name, inner] : value.members()) {
      out += before;
      before = ',';
      out += core::json_quoted(name) + ":";
      const Member* member = times.member(name);
      if (member == nullptr) {
        out += inner.text();
      } else if (auto done = write(inner, *member->shape, std::string(name), out); !done) {
        return done;
      }
    }
    out += before == '{' ? "{}" : "}";
    return {};
  }
  if (times.kind == Shape::Kind::list && value.is_array()) {
    char before = '[';
    for (const Json& inner : value.items()) {
      out += before;
      before = ',';
      if (auto done = write(inner, *times.item, path, out); !done) return done;
    }
    out += before == '[' ? "[]" : "]";
    return {};
  }
  out += value.text();
  return {};
}

}  // namespace

Result<std::string> json_body(std::string_view input, const Shape* times) {
  const auto document = object_of(input);
  if (!document) return fail(document.error());
  if (times == nullptr) return document->root().text();
  std::string out;
  if (auto done = write(document->root(), *times, "", out); !done) return fail(done.error());
  return out;
}

namespace {

// A member that stands in the path, "/policy/generation/{jobId}", in its place; false where it stands in
// none.
bool put_into_path(std::string& path, std::string_view name, const Json& value) {
  if (!value.is_string() || value.string_or().empty()) return false;
  for (const auto& [ending, keep] : {std::pair{"}", ""}, std::pair{"+}", "/"}}) {
    const std::string hole = "{" + std::string(name) + ending;
    const auto at = path.find(hole);
    if (at == std::string::npos) continue;
    path.replace(at, hole.size(), url_encoded(value.string_or(), keep));
    return true;
  }
  return false;
}

}  // namespace

Result<RestParts> rest_parts(std::string_view http, std::string_view input) {
  const auto document = object_of(input);
  if (!document) return fail(document.error());

  RestParts parts;
  const auto space = http.find(' ');
  const auto mark = http.find('?');
  parts.method = http.substr(0, space);
  parts.path = http.substr(space + 1, mark == std::string_view::npos ? mark : mark - space - 1);
  std::vector<std::string_view> in_query;
  std::string_view names = mark == std::string_view::npos ? std::string_view{} : http.substr(mark + 1);
  while (!names.empty()) {
    const auto end = std::min(names.find('&'), names.size());
    in_query.push_back(names.substr(0, end));
    names.remove_prefix(std::min(end + 1, names.size()));
  }

  char before = '{';
  for (const auto& [name, value] : document->root().members()) {
    if (put_into_path(parts.path, name, value)) continue;
    if (std::find(in_query.begin(), in_query.end(), name) == in_query.end()) {
      parts.body += before + core::json_quoted(name) + ":" + value.text();
      before = ',';
    } else if (!value.is_null()) {
      if (value.is_object() || value.is_array()) {
        return fail(ErrorKind::bad_input, "input: " + std::string(name) + " must be a string or a number");
      }
      if (!parts.query.empty()) parts.query += '&';
      parts.query += url_encoded(name) + "=" +
                     url_encoded(value.is_string() ? std::string(value.string_or()) : value.text());
    }
  }
  if (const auto hole = parts.path.find('{'); hole != std::string::npos) {
    return fail(ErrorKind::bad_input,
                "input: " + parts.path.substr(hole + 1, parts.path.find('}') - hole - 1) + " is missing");
  }
  parts.body += before == '{' ? "{}" : "}";
  if (parts.method == "GET") parts.body.clear();
  return parts;
}

}  // namespace doctor::aws
