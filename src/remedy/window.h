// A maintenance window: hours of some days of the week in a time zone.
//
//   auto window = window_of("Sat 02:00-04:00 Europe/London");
//   if (!is_open(*window, now)) … "opens " + to_iso(*next_opening(*window, now))
//
// Hours are those of the clock on the wall. On the day on which an hour is left out, a window that lies in it
// does not open; on the day on which an hour comes twice, a window that lies in it opens twice.
#pragma once

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.h"
#include "core/time.h"

namespace doctor::remedy {

struct Window {
  std::array<bool, 7> days{};      // Sunday first: the day on which it opens
  std::chrono::minutes opens{0};   // since midnight
  std::chrono::minutes closes{0};  // before `opens`: on the next day; equal: a whole day
  std::string zone;                // of the IANA database: "Europe/London"
  std::string text;                // as it was written
};

// DAYS HH:MM-HH:MM ZONE. DAYS: "Sat", "Sat,Sun", "Mon-Fri", "daily". Error: usage, naming the part.
core::Result<Window> window_of(std::string_view text);

bool is_open(const Window& window, core::Timestamp time);
std::optional<core::Timestamp> next_opening(const Window& window, core::Timestamp after);  // within two weeks

}  // namespace doctor::remedy
