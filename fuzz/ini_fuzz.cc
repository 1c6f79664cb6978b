// The parser of ~/.aws/config against any bytes: no crash, no hang, and no value of the input in an error.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "aws/ini.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto sections = doctor::aws::parse_ini(text, "config");
  if (!sections) {
    if (sections.error().sentence.find("config:") != 0) std::abort();
    return 0;
  }
  for (const auto& section : *sections) {
    if (section.name.empty() || section.line < 1) std::abort();
    for (const auto& [name, value] : section.values) {
      if (name.empty()) std::abort();
    }
  }
  return 0;
}
