#include "lab/ids.h"

namespace doctor::lab {

std::string Ids::from(std::string_view alphabet, int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += alphabet[below(alphabet.size())];
  return text;
}

std::string Ids::resource(std::string_view prefix) {
  return std::string(prefix) + "-0" + hex(16);
}

std::string Ids::hex(int digits) {
  return from("0123456789abcdef", digits);
}

std::string Ids::uuid() {
  std::string text = hex(8) + "-" + hex(4) + "-4" + hex(3) + "-";
  return text + from("89ab", 1) + hex(3) + "-" + hex(12);
}

std::string Ids::digits(int count) {
  return from("0123456789", count);
}

std::string Ids::unique_id(std::string_view prefix) {
  return std::string(prefix) + from("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 21 - static_cast<int>(prefix.size()));
}

// Not std::uniform_*_distribution: their results differ between standard libraries.
double Ids::chance() {
  return static_cast<double>(engine_() >> 11) * 0x1.0p-53;
}

std::uint64_t Ids::below(std::uint64_t bound) {
  return engine_() % bound;
}

}  // namespace doctor::lab
