// The CLI's way to write a time.
#pragma once

#include <string>
#include <string_view>

namespace doctor::aws {

// "2026-11-24T03:00:00+00:00", with ".123000" where there is a fraction; reads ISO 8601 and seconds since
// 1970. Text that is no time comes back as it is.
std::string cli_time(std::string_view text);

}  // namespace doctor::aws
