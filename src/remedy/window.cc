#include "remedy/window.h"

#include <date/tz.h>
#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <vector>

#include "core/number.h"

namespace doctor::remedy {
namespace {

using std::chrono::minutes;
constexpr std::string_view kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr minutes kDay{24 * 60};

tl::unexpected<core::Error> no_window(std::string_view part, std::string_view what) {
  return core::fail(core::ErrorKind::usage, fmt::format("\"{}\" is no {}", core::printable(part), what),
                    "write a window as: Sat 02:00-04:00 Europe/London");
}

// The library throws where the name or the database is not there.
const date::time_zone* zone_named(const std::string& name) {
  try {
    return date::locate_zone(name);
  } catch (const std::exception&) {
    return nullptr;
  }
}

// Spaces may come in numbers; a comma too many is a day too few.
std::vector<std::string_view> window_parts(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (std::size_t begin = 0; begin <= text.size();) {
    const auto end = std::min(text.find(separator, begin), text.size());
    if (end > begin || separator != ' ') parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

std::optional<std::size_t> day_of(std::string_view name) {
  const auto* found = std::find(std::begin(kDays), std::end(kDays), name);
  if (found == std::end(kDays)) return std::nullopt;
  return static_cast<std::size_t>(found - std::begin(kDays));
}

core::Result<std::array<bool, 7>> days_of(std::string_view text) {
  std::array<bool, 7> days{};
  if (text == "daily") {
    days.fill(true);
    return days;
  }
  for (const auto part : window_parts(text, ',')) {
    const auto dash = part.find('-');
    const auto first = day_of(part.substr(0, dash));
    const auto last = dash == std::string_view::npos ? first : day_of(part.substr(dash + 1));
    if (!first || !last)
      return no_window(part, "day of the week: Sun, Mon, Tue, Wed, Thu, Fri, Sat or daily");
    for (std::size_t day = *first;; day = (day + 1) % 7) {
      days[day] = true;
      if (day == *last) break;
    }
  }
  return days;
}

std::optional<minutes> clock_of(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  const auto hour = core::whole_number(text.substr(0, 2)), minute = core::whole_number(text.substr(3));
  if (!hour || !minute || *hour < 0 || *hour > 24 || *minute < 0 || *minute > 59) return std::nullopt;
  const minutes time{*hour * 60 + *minute};
  if (time > kDay) return std::nullopt;
  return time;
}

}  // namespace

core::Result<Window> window_of(std::string_view text) {
  const auto parts = window_parts(text, ' ');
  if (parts.size() != 3) return no_window(text, "window of three parts: days, hours and a time zone");
  Window window;
  window.text = std::string(text);
  const auto days = days_of(parts[0]);
  if (!days) return core::fail(days.error());
  window.days = *days;
  const auto dash = parts[1].find('-');
  if (dash == std::string_view::npos) return no_window(parts[1], "span of hours: HH:MM-HH:MM");
  const auto opens = clock_of(parts[1].substr(0, dash)), closes = clock_of(parts[1].substr(dash + 1));
  if (!opens || *opens == kDay) return no_window(parts[1].substr(0, dash), "hour of the day: HH:MM");
  if (!closes) return no_window(parts[1].substr(dash + 1), "hour of the day: HH:MM");
  window.opens = *opens;
  window.closes = *closes;
  window.zone = std::string(parts[2]);
  if (zone_named(window.zone) == nullptr) {
    return no_window(window.zone, "time zone of the IANA database, such as Europe/London or UTC");
  }
  return window;
}

bool is_open(const Window& window, core::Timestamp time) {
  const auto* zone = zone_named(window.zone);
  if (zone == nullptr) return false;
  const auto local = zone->to_local(time);
  const auto day = date::floor<date::days>(local);
  const auto since_midnight = local - day;
  const auto opens_on = [&](date::local_days which) {
    return window.days[date::weekday(which).c_encoding()];
  };
  if (window.opens < window.closes) {
    return opens_on(day) && since_midnight >= window.opens && since_midnight < window.closes;
  }
  // Over midnight: the evening of a day that it opens on, or the morning after one.
  return (opens_on(day) && since_midnight >= window.opens) ||
         (opens_on(day - date::days(1)) && since_midnight < window.closes);
}

std::optional<core::Timestamp> next_opening(const Window& window, core::Timestamp after) {
  if (is_open(window, after)) return after;
  const auto* zone = zone_named(window.zone);
  if (zone == nullptr) return std::nullopt;
  std::optional<core::Timestamp> earliest;
  const auto today = date::floor<date::days>(zone->to_local(after));
  for (int i = -1; i <= 14; ++i) {
    const auto day = today + date::days(i);
    if (!window.days[date::weekday(day).c_encoding()]) continue;
    // Where its first minute does not exist, what is left of it begins with the change; where its first
    // minute comes twice, it opens twice.
    const auto info = zone->get_info(day + window.opens);
    std::vector<core::Timestamp> candidates;
    if (info.result == date::local_info::nonexistent) {
      candidates = {std::chrono::time_point_cast<core::Duration>(info.first.end)};
    } else {
      candidates = {core::Timestamp((day + window.opens).time_since_epoch() - info.first.offset)};
      if (info.result == date::local_info::ambiguous) {
        candidates.emplace_back((day + window.opens).time_since_epoch() - info.second.offset);
      }
    }
    for (const auto candidate : candidates) {
      if (candidate > after && is_open(window, candidate) && (!earliest || candidate < *earliest)) {
        earliest = candidate;
      }
    }
  }
  return earliest;
}

}  // namespace doctor::remedy
