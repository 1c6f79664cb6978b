#include "core/time.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>

namespace doctor::core {
namespace {

using std::chrono::days;
using std::chrono::milliseconds;

struct Civil {
  int year, month, day, hour, minute, second, millisecond, weekday;
};

Civil civil_of(Timestamp time) {
  const auto day = std::chrono::floor<days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{time - day};
  return Civil{static_cast<int>(date.year()),
               static_cast<int>(static_cast<unsigned>(date.month())),
               static_cast<int>(static_cast<unsigned>(date.day())),
               static_cast<int>(clock.hours().count()),
               static_cast<int>(clock.minutes().count()),
               static_cast<int>(clock.seconds().count()),
               static_cast<int>(clock.subseconds().count()),
               static_cast<int>(std::chrono::weekday{day}.c_encoding())};
}

std::optional<Timestamp> timestamp_of_civil(int year, int month, int day, int hour, int minute, int second,
                                            int millisecond) {
  const std::chrono::year_month_day date{std::chrono::year{year},
                                         std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok() || hour > 24 || minute > 59 || second > 60) return std::nullopt;
  return Timestamp{std::chrono::sys_days{date}} + std::chrono::hours{hour} + std::chrono::minutes{minute} +
         std::chrono::seconds{second} + milliseconds{millisecond};
}

// Reads exactly `width` digits at the front of text and removes them; -1 where there are none.
int take_digits(std::string_view& text, std::size_t width) {
  if (text.size() < width) return -1;
  int value = 0;
  for (std::size_t i = 0; i < width; ++i) {
    if (text[i] < '0' || text[i] > '9') return -1;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(width);
  return value;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array<std::string_view, 7> kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};

}  // namespace

std::optional<Timestamp> timestamp_of_iso(std::string_view text) {
  const int year = take_digits(text, 4);
  if (year < 0 || !take(text, '-')) return std::nullopt;
  const int month = take_digits(text, 2);
  if (month < 0 || !take(text, '-')) return std::nullopt;
  const int day = take_digits(text, 2);
  if (day < 0 || (!take(text, 'T') && !take(text, ' '))) return std::nullopt;
  const int hour = take_digits(text, 2);
  if (hour < 0 || !take(text, ':')) return std::nullopt;
  const int minute = take_digits(text, 2);
  if (minute < 0) return std::nullopt;
  int second = 0;
  int millisecond = 0;
  if (take(text, ':')) {
    second = take_digits(text, 2);
    if (second < 0) return std::nullopt;
    if (take(text, '.')) {
      int digits = 0;
      while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
        if (digits < 3) millisecond = millisecond * 10 + (text.front() - '0');
        ++digits;
        text.remove_prefix(1);
      }
      if (digits == 0) return std::nullopt;
      for (; digits < 3; ++digits) millisecond *= 10;
    }
  }
  int offset_minutes = 0;
  if (take(text, 'Z') || take(text, 'z')) {
    // UTC
  } else if (!text.empty() && (text.front() == '+' || text.front() == '-')) {
    const int sign = text.front() == '+' ? 1 : -1;
    text.remove_prefix(1);
    const int hours = take_digits(text, 2);
    take(text, ':');
    const int minutes = take_digits(text, 2);
    if (hours < 0 || minutes < 0) return std::nullopt;
    offset_minutes = sign * (hours * 60 + minutes);
  } else {
    return std::nullopt;
  }
  if (!text.empty()) return std::nullopt;
  const auto local = timestamp_of_civil(year, month, day, hour, minute, second, millisecond);
  if (!local) return std::nullopt;
  return *local - std::chrono::minutes{offset_minutes};
}

Timestamp timestamp_of_epoch(double seconds) {
  // Outside years 1..9999 a number is no date; clamped, so that hostile input cannot overflow.
  constexpr double kLimit = 253402300799.0;
  if (!(seconds > -kLimit)) seconds = 0;
  if (seconds > kLimit) seconds = kLimit;
  return Timestamp{milliseconds{static_cast<std::int64_t>(std::llround(seconds * 1000.0))}};
}

std::string to_iso(Timestamp time) {
  const Civil c = civil_of(time);
  std::string out =
      fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", c.year, c.month, c.day, c.hour, c.minute, c.second);
  if (c.millisecond != 0) out += fmt::format(".{:03}", c.millisecond);
  return out + "Z";
}

std::string to_basic_iso(Timestamp time) {
  const Civil c = civil_of(time);
  return fmt::format("{:04}{:02}{:02}T{:02}{:02}{:02}Z", c.year, c.month, c.day, c.hour, c.minute, c.second);
}

std::string to_http_date(Timestamp time) {
  const Civil c = civil_of(time);
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", kDays[static_cast<std::size_t>(c.weekday)],
                     c.day, kMonths[static_cast<std::size_t>(c.month - 1)], c.year, c.hour, c.minute,
                     c.second);
}

std::optional<Timestamp> timestamp_of_http_date(std::string_view text) {
  const auto comma = text.find(", ");
  if (comma == std::string_view::npos) return std::nullopt;
  text.remove_prefix(comma + 2);
  const int day = take_digits(text, 2);
  if (day < 0 || !take(text, ' ') || text.size() < 3) return std::nullopt;
  int month = 0;
  for (std::size_t i = 0; i < kMonths.size(); ++i) {
    if (text.substr(0, 3) == kMonths[i]) month = static_cast<int>(i) + 1;
  }
  text.remove_prefix(3);
  if (month == 0 || !take(text, ' ')) return std::nullopt;
  const int year = take_digits(text, 4);
  if (year < 0 || !take(text, ' ')) return std::nullopt;
  const int hour = take_digits(text, 2);
  if (hour < 0 || !take(text, ':')) return std::nullopt;
  const int minute = take_digits(text, 2);
  if (minute < 0 || !take(text, ':')) return std::nullopt;
  const int second = take_digits(text, 2);
  if (second < 0 || text != " GMT") return std::nullopt;
  return timestamp_of_civil(year, month, day, hour, minute, second, 0);
}

std::string to_clock(Timestamp time) {
  const Civil c = civil_of(time);
  return fmt::format("{:02}:{:02}:{:02}", c.hour, c.minute, c.second);
}

Result<Duration> duration_of(std::string_view text) {
  const auto wrong = [whole = std::string(text)] {
    return fail(ErrorKind::usage, "'" + whole + "' is not a duration",
                "write it as 50ms, 90s, 15m, 1h, 7d or 1h30m");
  };
  if (text.empty()) return wrong();
  Duration sum{0};
  while (!text.empty()) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || number < 0 || number > 1'000'000'000) return wrong();
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (text.starts_with("ms")) {
      sum += milliseconds{number};
      text.remove_prefix(2);
      continue;
    }
    if (text.empty()) return wrong();
    switch (text.front()) {
      case 's':
        sum += std::chrono::seconds{number};
        break;
      case 'm':
        sum += std::chrono::minutes{number};
        break;
      case 'h':
        sum += std::chrono::hours{number};
        break;
      case 'd':
        sum += days{number};
        break;
      case 'w':
        sum += days{7 * number};
        break;
      default:
        return wrong();
    }
    text.remove_prefix(1);
  }
  return sum;
}

std::string to_words(Duration span) {
  const std::int64_t ms = std::llabs(span.count());
  if (ms < 1000) return fmt::format("{} ms", ms);
  const std::int64_t seconds = (ms + 500) / 1000;
  if (seconds < 60) return fmt::format("{} s", seconds);
  if (seconds < 3600) {
    return seconds % 60 == 0 ? fmt::format("{} min", seconds / 60)
                             : fmt::format("{} min {} s", seconds / 60, seconds % 60);
  }
  const std::int64_t minutes = (seconds + 30) / 60;
  if (minutes < 48 * 60) {
    return minutes % 60 == 0 ? fmt::format("{} h", minutes / 60)
                             : fmt::format("{} h {} min", minutes / 60, minutes % 60);
  }
  return fmt::format("{} d", (minutes + 12 * 60) / (24 * 60));
}

Timestamp SystemClock::now() const {
  return std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
}

}  // namespace doctor::core
