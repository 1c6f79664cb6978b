// Small texts of the wire: percent-encoding as RFC 3986 has it, and the CLI's way to write a time.
#pragma once

#include <string>
#include <string_view>

namespace doctor::aws {

std::string percent_encoded(std::string_view text);  // all but letters, digits and -._~
std::string percent_decoded(std::string_view text);  // a '%' without two hex digits stays; so does '+'

// "2026-11-24T03:00:00+00:00", with ".123000" where there is a fraction. Text that is no time comes back as
// it is.
std::string cli_time(std::string_view text);

std::string_view without_outer_space(std::string_view text);  // nor a byte order mark

}  // namespace doctor::aws
