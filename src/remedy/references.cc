#include "remedy/references.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "core/number.h"

namespace doctor::remedy {
namespace {

using nlohmann::json;

bool names_a_reference(std::string_view name) {
  if (name == "run.id" || name == "step.id") return true;
  const auto dot = name.find('.');
  if (dot == std::string_view::npos || dot + 1 == name.size()) return false;
  const auto of = name.substr(0, dot);
  return of == "self" || (!of.empty() && std::all_of(of.begin(), of.end(), [](char c) {
           return std::isdigit(static_cast<unsigned char>(c)) != 0;
         }));
}

struct Found {
  std::size_t begin, end;  // of "${…}"
  std::string_view name;
};

std::optional<Found> next_reference(std::string_view text, std::size_t from) {
  for (auto begin = text.find("${", from); begin != std::string_view::npos;
       begin = text.find("${", begin + 2)) {
    const auto close = text.find('}', begin);
    if (close == std::string_view::npos) return std::nullopt;
    const auto name = text.substr(begin + 2, close - begin - 2);
    if (names_a_reference(name)) return Found{begin, close + 1, name};
  }
  return std::nullopt;
}

core::Result<json> value_of_reference(std::string_view name, const ReferenceLookup& lookup) {
  auto text = lookup(name);
  if (!text) return core::fail(text.error());
  json value = json::parse(*text, nullptr, false);
  if (value.is_discarded() || value.is_null()) {
    return core::fail(core::ErrorKind::bad_input, fmt::format("nothing is known that fills ${{{}}}", name));
  }
  return value;
}

core::Result<json> filled_string(std::string_view text, const ReferenceLookup& lookup) {
  std::string out;
  std::size_t from = 0;
  while (const auto found = next_reference(text, from)) {
    auto value = value_of_reference(found->name, lookup);
    if (!value) return value;
    if (found->begin == 0 && found->end == text.size()) return value;
    if (value->is_structured()) {
      return core::fail(core::ErrorKind::bad_input,
                        fmt::format("${{{}}} stands for more than a text can hold", found->name));
    }
    out += text.substr(from, found->begin - from);
    out += value->is_string() ? value->get<std::string>() : value->dump();
    from = found->end;
  }
  out += text.substr(from);
  return json(out);
}

core::Result<void> fill_strings(json& value, const ReferenceLookup& lookup) {
  if (value.is_string()) {
    auto filled = filled_string(value.get_ref<const std::string&>(), lookup);
    if (!filled) return core::fail(filled.error());
    value = std::move(*filled);
  } else if (value.is_structured()) {
    for (auto& item : value) {
      if (auto filled = fill_strings(item, lookup); !filled) return filled;
    }
  }
  return {};
}

void collect_fields(const json& value, std::string_view name, std::set<std::string>& found) {
  if (!value.is_structured()) return;
  for (const auto& [key, item] : value.items()) {
    if (value.is_object() && item.is_string() && key.ends_with(name)) found.insert(item.get<std::string>());
    collect_fields(item, name, found);
  }
}

}  // namespace

core::Result<std::string> fill_json(std::string_view text, const ReferenceLookup& lookup) {
  if (!has_reference(text)) return std::string(text);
  json value = json::parse(text, nullptr, false);
  if (value.is_discarded()) {
    return core::fail(core::ErrorKind::bad_input, fmt::format("{} is no JSON", core::printable(text)));
  }
  if (auto filled = fill_strings(value, lookup); !filled) return core::fail(filled.error());
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

core::Result<std::string> fill_text(std::string_view text, const ReferenceLookup& lookup) {
  auto filled = filled_string(text, lookup);
  if (!filled) return core::fail(filled.error());
  return filled->is_string() ? filled->get<std::string>() : filled->dump();
}

bool has_reference(std::string_view text) {
  return next_reference(text, 0).has_value();
}

std::string references_in_words(std::string_view text) {
  std::string out;
  std::size_t from = 0;
  while (const auto found = next_reference(text, from)) {
    std::size_t begin = found->begin, end = found->end;
    if (begin > from && text[begin - 1] == '"' && end < text.size() && text[end] == '"') {
      --begin;
      ++end;
    }
    const auto of = found->name.substr(0, found->name.find('.'));
    const auto field = found->name.substr(found->name.rfind('.') + 1);
    out += text.substr(from, begin - from);
    out += of == "run" || of == "step" ? fmt::format("(the {}'s id)", of)
           : of == "self"              ? fmt::format("({} of its answer)", field)
                                       : fmt::format("({} of step {}'s answer)", field, of);
    from = end;
  }
  out += text.substr(from);
  return out;
}

std::string field_text(std::string_view text, std::string_view path) {
  json value = json::parse(text, nullptr, false);
  while (!path.empty()) {
    const auto end = std::min(path.find('.'), path.size());
    const std::string name(path.substr(0, end));
    path.remove_prefix(std::min(end + 1, path.size()));
    const auto index = core::whole_number(name);
    if (value.is_object() && value.contains(name)) {
      value = json(value[name]);
    } else if (value.is_array() && index && *index >= 0 && static_cast<std::size_t>(*index) < value.size()) {
      value = json(value[static_cast<std::size_t>(*index)]);
    } else {
      return {};
    }
  }
  return value.is_discarded() ? "" : value.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string field_found_by_reading(std::string_view text, std::string_view before, std::string_view path) {
  const auto name = path.substr(path.rfind('.') == std::string_view::npos ? 0 : path.rfind('.') + 1);
  std::set<std::string> now;
  collect_fields(json::parse(text, nullptr, false), name, now);
  std::erase_if(now, [&](const std::string& value) {
    return before.find(json(value).dump(-1, ' ', false, json::error_handler_t::replace)) !=
           std::string_view::npos;
  });
  return now.size() == 1 ? json(*now.begin()).dump(-1, ' ', false, json::error_handler_t::replace) : "";
}

}  // namespace doctor::remedy
