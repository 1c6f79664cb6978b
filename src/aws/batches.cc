#include "aws/batches.h"

#include <algorithm>

#include "core/json.h"

namespace doctor::aws {
namespace {

using core::Json;
using core::Result;

Json at_path(Json value, std::string_view path) {
  while (!path.empty()) {
    const auto dot = std::min(path.find('.'), path.size());
    value = value[path.substr(0, dot)];
    path.remove_prefix(std::min(dot + 1, path.size()));
  }
  return value;
}

// The object's text with the value at `path` replaced.
std::string rewritten(const Json& object, std::string_view path, std::string_view replacement) {
  const auto dot = path.find('.');
  const std::string_view head = path.substr(0, dot);
  std::string out;
  for (const auto& [name, value] : object.members()) {
    out += (out.empty() ? '{' : ',');
    out += core::json_quoted(name) + ":";
    if (name != head) {
      out += value.text();
    } else if (dot == std::string_view::npos) {
      out += replacement;
    } else {
      out += rewritten(value, path.substr(dot + 1), replacement);
    }
  }
  return out + "}";
}

}  // namespace

Result<std::vector<std::string>> batches_of(const OperationModel& operation, std::string_view input) {
  const auto document = core::JsonDocument::parse(input.empty() ? "{}" : input, "input");
  if (!document) return core::fail(document.error());
  const Json root = document->root();
  if (!root.is_object()) return core::fail(core::ErrorKind::bad_input, "input: it must be a JSON object");

  const auto items = at_path(root, operation.batch_key).items();
  const auto size = static_cast<std::size_t>(operation.batch_size);
  if (operation.batch_key.empty() || !operation.read_only || items.size() <= size)
    return std::vector{root.text()};

  std::vector<std::string> batches;
  for (std::size_t start = 0; start < items.size(); start += size) {
    std::string list;
    for (std::size_t i = start; i < std::min(start + size, items.size()); ++i) {
      list += (list.empty() ? '[' : ',');
      list += items[i].text();
    }
    batches.push_back(rewritten(root, operation.batch_key, list + "]"));
  }
  return batches;
}

}  // namespace doctor::aws
