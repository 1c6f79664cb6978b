#include "core/error.h"

#include <utility>

namespace doctor::core {

Error make_error(ErrorKind kind, std::string sentence, std::string next, std::string code) {
  return Error{kind, std::move(sentence), std::move(next), std::move(code)};
}

std::string printable(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) c = ' ';
  }
  return out;
}

std::string to_line(const Error& error) {
  std::string line = printable(error.sentence);
  if (!error.next.empty()) line += " (" + printable(error.next) + ")";
  return line;
}

int exit_code(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::usage:
    case ErrorKind::bad_input:
      return 2;
    default:
      return 3;
  }
}

}  // namespace doctor::core
