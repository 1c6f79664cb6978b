#include "facts/absorb.h"

#include <algorithm>
#include <array>

#include "core/percent.h"
#include "facts/reading.h"

namespace doctor::facts {
namespace {

// What may stand in an answer that has none of what was asked for.
bool is_bookkeeping(std::string_view key) {
  return key == "nextToken" || key == "NextToken" || key == "ResponseMetadata" || key == "Marker" ||
         key == "IsTruncated" || key == "failures";
}

bool says_something_else(const Json& document) {
  const auto members = document.members();
  return std::any_of(members.begin(), members.end(),
                     [](const auto& member) { return !is_bookkeeping(member.first); });
}

std::string wanted(const Row& row) {
  return std::string(row.service) + " " + std::string(row.operation) + " answers with `" +
         std::string(row.key) + "`, " + (row.shape == Shape::list ? "a list" : "an object");
}

std::optional<std::string> wrong_shape(const Row& row, const Json& document) {
  if (!document.is_object())
    return "the document must be an object: " + (row.key.empty() ? "what " + std::string(row.service) + " " +
                                                                       std::string(row.operation) + " prints"
                                                                 : wanted(row));
  if (row.key.empty()) return std::nullopt;
  const Json value = document[row.key];
  if (!value.present()) {
    if (!says_something_else(document)) return std::nullopt;
    return "field `" + std::string(row.key) + "` is missing: " + wanted(row);
  }
  const bool fits = row.shape == Shape::list ? value.is_array() : value.is_object();
  if (fits || value.is_null() || row.shape == Shape::any) return std::nullopt;
  return "field `" + std::string(row.key) + "` is of another kind: " + wanted(row);
}

}  // namespace

const Row* find_row(std::string_view service, std::string_view operation) {
  for (const auto rows : {ecs_rows(), ec2_rows(), ec2_beyond_rows(), iam_rows(), organization_rows(),
                          resource_policy_rows(), observability_rows(), trail_rows(), delivery_rows()}) {
    for (const Row& row : rows) {
      if (row.service == service && row.operation == operation) return &row;
    }
  }
  return nullptr;
}

std::vector<const Row*> all_rows() {
  std::vector<const Row*> out;
  for (const auto rows : {ecs_rows(), ec2_rows(), ec2_beyond_rows(), iam_rows(), organization_rows(),
                          resource_policy_rows(), observability_rows(), trail_rows(), delivery_rows()}) {
    for (const Row& row : rows) out.push_back(&row);
  }
  return out;
}

core::Result<void> absorb(Facts& facts, Place& place, const DocumentName& name, const core::Json& document) {
  const Row* row = find_row(name.service, name.operation);
  if (row == nullptr) return {};
  if (const auto problem = wrong_shape(*row, document))
    return core::fail(core::ErrorKind::bad_input, *problem,
                      "save the answer again with: aws " + std::string(name.service) + " " +
                          std::string(name.operation) + " … --output json");
  Reading in{facts, place, name, {std::string(name.service), std::string(name.operation), ""}, {}};
  row->absorb(in, document);
  if (!in.problem.empty())
    return core::fail(core::ErrorKind::bad_input, in.problem,
                      "save the answer again with: aws " + std::string(name.service) + " " +
                          std::string(name.operation) + " … --output json");
  place.answered.insert(std::string(name.service) + "." + std::string(name.operation));
  return {};
}

void Reading::note(std::optional<Timestamp> when) {
  if (when && (!facts.newest || *when > *facts.newest)) facts.newest = when;
}

std::optional<Timestamp> Reading::time(const Json& value) {
  const auto when = value.timestamp();
  note(when);
  return when;
}

std::optional<Timestamp> Reading::time_ms(const Json& value) {
  if (!value.is_number()) return time(value);
  const auto when = core::timestamp_of_epoch(value.number_or(0) / 1000.0);
  note(when);
  return when;
}

std::optional<Timestamp> Reading::http_time(const Json& value) {
  if (!value.is_string() || value.timestamp()) return time(value);
  std::string text(value.string_or());
  // AWS Health writes the day with one digit or two.
  if (text.size() > 6 && text[4] == ' ' && text[6] == ' ') text.insert(5, 1, '0');
  const auto when = core::timestamp_of_http_date(text);
  note(when);
  return when;
}

void Reading::wrong(std::string sentence) {
  if (problem.empty()) problem = std::move(sentence);
}

std::vector<Json> Reading::objects(const Json& parent, std::string_view key) {
  const Json list = parent[key];
  if (!list.present() || list.is_null()) return {};
  if (!list.is_array()) {
    wrong("field `" + std::string(key) + "` must be a list");
    return {};
  }
  auto items = list.items();
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (items[i].is_object()) continue;
    wrong("field `" + std::string(key) + "[" + std::to_string(i) + "]` must be an object");
    return {};
  }
  return items;
}

std::string Reading::identity(const Json& item, std::string_view list, std::string_view key) {
  std::string id = text_at(item, key);
  if (id.empty())
    wrong("field `" + std::string(list) + (list.empty() ? "" : ".") + std::string(key) +
          "` is missing or no text");
  return id;
}

std::string text_at(const Json& parent, std::string_view key) {
  return std::string(parent[key].string_or());
}

bool flag_at(const Json& parent, std::string_view key) {
  const Json value = parent[key];
  const auto text = value.string_or();
  return value.boolean_or(false) || text == "true" || text == "True" || text == "ENABLED" ||
         text == "enabled";
}

std::string policy_document(const Json& value) {
  if (value.is_object()) return value.text();
  const auto raw = value.string_or();
  if (raw.empty()) return {};
  return raw.front() == '%' ? core::percent_decoded(raw) : std::string(raw);
}

std::vector<std::pair<std::string, std::string>> pairs_at(const Json& parent, std::string_view list,
                                                          std::string_view key, std::string_view value) {
  std::vector<std::pair<std::string, std::string>> out;
  for (const Json& item : parent[list].items()) out.emplace_back(text_at(item, key), text_at(item, value));
  return out;
}

}  // namespace doctor::facts
