// Points in time and spans, as AWS and people write them.
//
// AWS writes a time as ISO 8601 ("2026-11-24T03:00:00.123Z", "+00:00" from the CLI) or as seconds since 1970
// with a fraction (JSON protocols). Both read to a Timestamp; it is always written as
// "2026-11-24T03:00:00.123Z", without the fraction when that is zero.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.h"

namespace doctor::core {

using Timestamp = std::chrono::sys_time<std::chrono::milliseconds>;
using Duration = std::chrono::milliseconds;

// Empty where the text is not an ISO 8601 date-time with a zone. Never throws; never guesses a zone.
std::optional<Timestamp> timestamp_of_iso(std::string_view text);
Timestamp timestamp_of_epoch(double seconds);

std::string to_iso(Timestamp time);        // "2026-11-24T03:00:00Z"
std::string to_basic_iso(Timestamp time);  // "20261124T030000Z", as SigV4 wants it
std::string to_http_date(Timestamp time);  // "Tue, 24 Nov 2026 03:00:00 GMT"
std::optional<Timestamp> timestamp_of_http_date(std::string_view text);
std::string to_clock(Timestamp time);  // "03:00:00"

// "90s", "15m", "1h", "7d", "1h30m", "50ms". Error: usage, naming the text.
Result<Duration> duration_of(std::string_view text);
std::string to_words(Duration span);  // "2 min 5 s", "3 h", "450 ms"

// Where time comes from, so that tests and the lab can set it.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Timestamp now() const = 0;
};

class SystemClock final : public Clock {
 public:
  Timestamp now() const override;
};

}  // namespace doctor::core
