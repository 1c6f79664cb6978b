// The program: global flags, the commands, exit codes.
#pragma once

namespace doctor::cli {

// Parses, dispatches and returns the exit code. Never throws.
int run(int argc, const char* const* argv);

}  // namespace doctor::cli
