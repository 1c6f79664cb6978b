#include "aws/wire_text.h"

#include <charconv>

#include "core/time.h"

namespace doctor::aws {

std::string cli_time(std::string_view text) {
  auto time = core::timestamp_of_iso(text);
  if (!time) {
    double seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (error != std::errc{} || end != text.data() + text.size() || !(seconds >= 0 && seconds < 1e11)) {
      return std::string(text);
    }
    time = core::timestamp_of_epoch(seconds);
  }
  std::string iso = core::to_iso(*time);
  iso.pop_back();  // Z
  if (iso.find('.') != std::string::npos) iso += "000";
  return iso + "+00:00";
}

}  // namespace doctor::aws
