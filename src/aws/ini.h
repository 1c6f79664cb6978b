// The text of ~/.aws/config and ~/.aws/credentials, section by section.
//
// The form is that of the AWS SDKs and Tools Reference Guide, "Shared config and credentials files":
// [sections], `name = value` lines, '#' and ';' at the start of a line for comments, and one level of
// indented settings under a name without a value. A section or name that comes twice is merged; the last
// value wins. Names are lower-cased, section names are not.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace doctor::aws {

using IniValues = std::map<std::string, std::string, std::less<>>;

struct IniSection {
  std::string name;  // "default", "profile prod", "sso-session corp", without brackets and quotes
  int line = 0;
  IniValues values;
  std::map<std::string, IniValues, std::less<>> nested;  // "s3" -> {"addressing_style": "path"}
};

// Error: usage, "ORIGIN:LINE: what is wrong". Never shows a value, which may be a secret.
core::Result<std::vector<IniSection>> parse_ini(std::string_view text, std::string_view origin);

}  // namespace doctor::aws
