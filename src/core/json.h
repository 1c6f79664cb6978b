// Reading JSON: one parsed document, and cheap views of the values inside it.
//
// A view never fails: a missing key, a wrong index or a value of another type is an absent Json, and absent
// answers the fallback that the caller names. Whoever must know asks present(). Strings point into the
// document, which must outlive every view of it.
//
//   auto doc = JsonDocument::parse(text, "ecs.describe-tasks.json");
//   for (Json task : doc->root()["tasks"].items()) names.push_back(std::string(task["taskArn"].string_or()));
//
// simdjson does the reading; its header stays in json.cc. Writing is nlohmann's, in the .cc files that write.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.h"
#include "core/time.h"

namespace doctor::core {

class Json {
 public:
  Json() = default;  // absent

  bool present() const { return document_ != nullptr; }
  bool is_object() const;
  bool is_array() const;
  bool is_string() const;
  bool is_number() const;
  bool is_null() const;

  Json operator[](std::string_view key) const;  // absent where this is no object or has no such key
  std::size_t size() const;                     // of an array or object; else 0
  std::vector<Json> items() const;              // of an array; else empty
  std::vector<std::pair<std::string_view, Json>> members()
      const;  // of an object, in the file's order; else empty

  std::string_view string_or(std::string_view fallback = {}) const;
  std::int64_t integer_or(
      std::int64_t fallback) const;  // a whole number, also one written as a string of digits
  double number_or(double fallback) const;
  bool boolean_or(bool fallback) const;
  std::optional<int> integer() const;          // absent, no whole number or outside int: empty
  std::optional<Timestamp> timestamp() const;  // ISO 8601 string or seconds since 1970
  std::vector<std::string> strings() const;    // of an array of strings; else empty

  std::string text() const;  // minified JSON of this value; "" when absent

 private:
  friend class JsonDocument;
  Json(const void* document, std::uint64_t index) : document_(document), index_(index) {}
  const void* document_ = nullptr;  // simdjson::dom::document
  std::uint64_t index_ = 0;         // its place on the tape
};

class JsonDocument {
 public:
  // Error: bad_input, "ORIGIN:LINE:COLUMN: what is wrong". Text must be UTF-8; at most 4 GiB, 512 levels
  // deep.
  static Result<JsonDocument> parse(std::string_view text, std::string_view origin);

  JsonDocument(JsonDocument&&) noexcept;
  JsonDocument& operator=(JsonDocument&&) noexcept;
  ~JsonDocument();

  Json root() const;

 private:
  struct Parsed;
  explicit JsonDocument(std::unique_ptr<Parsed> parsed);
  std::unique_ptr<Parsed> parsed_;
};

// A JSON string literal, quotes included.
std::string json_quoted(std::string_view text);

}  // namespace doctor::core
