// Another program, started directly and never through a shell, waited for.
#pragma once

#include <string>
#include <vector>

#include "core/result.h"

namespace doctor::cli {

struct ProgramResult {
  int code = 0;        // its exit code; 128 + the signal where one ended it
  std::string output;  // stdout and stderr, at most 64 KiB
};

// arguments[0] is looked for in PATH. Its stdin is empty. Error: usage, where it cannot be started.
core::Result<ProgramResult> run_program(const std::vector<std::string>& arguments);

}  // namespace doctor::cli
