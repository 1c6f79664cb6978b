// JSON text in a fixed order and a fixed look: two spaces, the keys as they are written, no float noise.
// (A library that writes doubles chooses their digits itself; a report must not change where the sixth digit
// did not.)
//
//   JsonWriter json;
//   json.begin_object().key("schema").text("x").key("p").probability(0.25).end_object();
//   json.take() == "{\n  \"schema\": \"x\",\n  \"p\": 0.250000\n}\n"
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.h"

namespace doctor::report {

class JsonWriter {
 public:
  JsonWriter& begin_object() { return open('{', '}'); }
  JsonWriter& end_object() { return close(); }
  JsonWriter& begin_array() { return open('[', ']'); }
  JsonWriter& end_array() { return close(); }
  JsonWriter& key(std::string_view name);

  // Any bytes: what is no UTF-8 becomes U+FFFD; controls and characters that reorder text are escaped.
  JsonWriter& text(std::string_view value);
  JsonWriter& text_or_null(std::string_view value);  // null where empty
  JsonWriter& time(const std::optional<core::Timestamp>& value);
  JsonWriter& integer(std::int64_t value);
  JsonWriter& probability(double value);  // six decimals
  JsonWriter& decimal(double value);      // at most three decimals
  JsonWriter& boolean(bool value);
  JsonWriter& null();
  JsonWriter& texts(const std::vector<std::string>& values);

  std::string take();  // the document, with a line feed at its end

 private:
  JsonWriter& open(char opening, char closing);
  JsonWriter& close();
  JsonWriter& raw(std::string_view value);
  void separate();

  struct Level {
    char closing;
    bool empty = true;
  };
  std::string out_;
  std::vector<Level> levels_;
  bool after_key_ = false;
};

}  // namespace doctor::report
