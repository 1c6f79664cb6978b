// Percent-encoding, read back (RFC 3986, section 2.1). A '%' that no two hexadecimal digits follow stays.
#pragma once

#include <string>
#include <string_view>

namespace doctor::core {

std::string percent_decoded(std::string_view text);

}  // namespace doctor::core
