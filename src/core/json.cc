#include "core/json.h"

#include <simdjson.h>

#include <bit>
#include <charconv>
#include <climits>
#include <nlohmann/json.hpp>

namespace doctor::core {
namespace {

using Element = simdjson::dom::element;

// A dom::element is (document, tape index) and nothing else; the view keeps those two so that simdjson.h,
// which is tens of thousands of lines, is included here only.
struct Raw {
  const void* document;
  std::uint64_t index;
};
static_assert(sizeof(Element) == sizeof(Raw) && std::is_trivially_copyable_v<Element>);

Element element_of(const void* document, std::uint64_t index) {
  return std::bit_cast<Element>(Raw{document, index});
}

// simdjson says what is wrong but not where; nlohmann's parser says the byte. Only a failed parse pays for
// it.
std::string where_and_what(std::string_view text, std::string_view origin, std::string_view fallback) {
  std::size_t byte = 0;
  std::string what(fallback);
  try {
    const auto ignored = nlohmann::json::parse(text.begin(), text.end());
    (void)ignored;
  } catch (const nlohmann::json::parse_error& error) {
    byte = error.byte == 0 ? 0 : error.byte - 1;
    const std::string_view message = error.what();
    const auto detail = message.find(": ", message.find("column"));
    if (detail != std::string_view::npos) what = std::string(message.substr(detail + 2));
  } catch (const std::exception&) {
    // Parsed, but outside what this program accepts (a number too large, say): the fallback sentence stands.
  }
  std::size_t line = 1;
  std::size_t column = 1;
  for (std::size_t i = 0; i < byte && i < text.size(); ++i) {
    if (text[i] == '\n') {
      ++line;
      column = 1;
    } else {
      ++column;
    }
  }
  return std::string(origin) + ":" + std::to_string(line) + ":" + std::to_string(column) + ": " +
         printable(what);
}

}  // namespace

struct JsonDocument::Parsed {
  simdjson::dom::parser parser{0xFFFFFFFF};
};

JsonDocument::JsonDocument(std::unique_ptr<Parsed> parsed) : parsed_(std::move(parsed)) {}
JsonDocument::JsonDocument(JsonDocument&&) noexcept = default;
JsonDocument& JsonDocument::operator=(JsonDocument&&) noexcept = default;
JsonDocument::~JsonDocument() = default;

Result<JsonDocument> JsonDocument::parse(std::string_view text, std::string_view origin) {
  if (text.data() == nullptr)
    text = "";  // a default string_view: simdjson copies from the pointer all the same
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);  // PowerShell's `>` writes a byte order mark
  auto parsed = std::make_unique<Parsed>();
  if (parsed->parser.allocate(text.size(), 512) == simdjson::SUCCESS) {
    const auto result = parsed->parser.parse(text.data(), text.size());
    if (result.error() == simdjson::SUCCESS) return JsonDocument(std::move(parsed));
    return fail(ErrorKind::bad_input, where_and_what(text, origin, simdjson::error_message(result.error())),
                "the file must be one JSON value, as the AWS CLI prints it with --output json");
  }
  return fail(ErrorKind::bad_input, std::string(origin) + ": too large to read");
}

Json JsonDocument::root() const {
  const auto raw = std::bit_cast<Raw>(parsed_->parser.doc.root());
  return Json(raw.document, raw.index);
}

namespace {
std::optional<Element> at(const void* document, std::uint64_t index) {
  if (document == nullptr) return std::nullopt;
  return element_of(document, index);
}
}  // namespace

bool Json::is_object() const {
  auto e = at(document_, index_);
  return e && e->is_object();
}
bool Json::is_array() const {
  auto e = at(document_, index_);
  return e && e->is_array();
}
bool Json::is_string() const {
  auto e = at(document_, index_);
  return e && e->is_string();
}
bool Json::is_number() const {
  auto e = at(document_, index_);
  return e && e->is_number();
}
bool Json::is_null() const {
  auto e = at(document_, index_);
  return e && e->is_null();
}

Json Json::operator[](std::string_view key) const {
  const auto e = at(document_, index_);
  simdjson::dom::object object;
  Element value;
  if (!e || e->get(object) != simdjson::SUCCESS) return {};
  if (object.at_key(key).get(value) != simdjson::SUCCESS) return {};
  const auto raw = std::bit_cast<Raw>(value);
  return Json(raw.document, raw.index);
}

std::size_t Json::size() const {
  const auto e = at(document_, index_);
  simdjson::dom::object object;
  simdjson::dom::array array;
  if (e && e->get(array) == simdjson::SUCCESS) return array.size();
  if (e && e->get(object) == simdjson::SUCCESS) return object.size();
  return 0;
}

std::vector<Json> Json::items() const {
  std::vector<Json> out;
  const auto e = at(document_, index_);
  simdjson::dom::array array;
  if (!e || e->get(array) != simdjson::SUCCESS) return out;
  out.reserve(array.size());
  for (const Element item : array) {
    const auto raw = std::bit_cast<Raw>(item);
    out.push_back(Json(raw.document, raw.index));
  }
  return out;
}

std::vector<std::pair<std::string_view, Json>> Json::members() const {
  std::vector<std::pair<std::string_view, Json>> out;
  const auto e = at(document_, index_);
  simdjson::dom::object object;
  if (!e || e->get(object) != simdjson::SUCCESS) return out;
  out.reserve(object.size());
  for (const auto field : object) {
    const auto raw = std::bit_cast<Raw>(field.value);
    out.emplace_back(field.key, Json(raw.document, raw.index));
  }
  return out;
}

std::string_view Json::string_or(std::string_view fallback) const {
  const auto e = at(document_, index_);
  std::string_view value;
  return e && e->get(value) == simdjson::SUCCESS ? value : fallback;
}

std::int64_t Json::integer_or(std::int64_t fallback) const {
  const auto e = at(document_, index_);
  if (!e) return fallback;
  std::int64_t value = 0;
  if (e->get(value) == simdjson::SUCCESS) return value;
  double real = 0;
  if (e->get(real) == simdjson::SUCCESS && real >= -9.0e15 && real <= 9.0e15) {
    const auto whole = static_cast<std::int64_t>(real);
    return static_cast<double>(whole) == real ? whole : fallback;
  }
  std::string_view text;
  if (e->get(text) == simdjson::SUCCESS && !text.empty()) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc{} && end == text.data() + text.size()) return value;
  }
  return fallback;
}

double Json::number_or(double fallback) const {
  const auto e = at(document_, index_);
  double value = 0;
  return e && e->get(value) == simdjson::SUCCESS ? value : fallback;
}

bool Json::boolean_or(bool fallback) const {
  const auto e = at(document_, index_);
  bool value = false;
  return e && e->get(value) == simdjson::SUCCESS ? value : fallback;
}

std::optional<int> Json::integer() const {
  constexpr std::int64_t kNone = INT64_MIN;
  const std::int64_t value = integer_or(kNone);
  if (value < INT_MIN || value > INT_MAX) return std::nullopt;
  return static_cast<int>(value);
}

std::optional<Timestamp> Json::timestamp() const {
  const auto e = at(document_, index_);
  if (!e) return std::nullopt;
  std::string_view text;
  if (e->get(text) == simdjson::SUCCESS) return timestamp_of_iso(text);
  double seconds = 0;
  if (e->get(seconds) == simdjson::SUCCESS) return timestamp_of_epoch(seconds);
  return std::nullopt;
}

std::vector<std::string> Json::strings() const {
  std::vector<std::string> out;
  for (const Json& item : items()) {
    if (item.is_string()) out.emplace_back(item.string_or());
  }
  return out;
}

std::string Json::text() const {
  const auto e = at(document_, index_);
  return e ? simdjson::minify(*e) : std::string{};
}

std::string json_quoted(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace doctor::core
