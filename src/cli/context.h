// What every command gets: the global flags, where to print, and the promise that Ctrl-C is heard.
//
// Data goes to `out`, progress and diagnostics to `err`. A command returns an exit code of the design:
// 0 nothing found, 1 something found, 2 wrong usage or bad input, 3 AWS refused or unreachable, 4 incomplete.
#pragma once

#include <atomic>
#include <iosfwd>
#include <string>
#include <vector>

#include "aws/client.h"
#include "core/error.h"
#include "core/result.h"

namespace doctor::cli {

inline constexpr int kNothingFound = 0;
inline constexpr int kFound = 1;
inline constexpr int kUsage = 2;
inline constexpr int kIncomplete = 4;

struct GlobalOptions {
  std::string profile, endpoint_url, output = "text";
  bool output_chosen = false;  // --output was given; a command whose answer is JSON needs to know
  std::vector<std::string> regions;
  bool all_regions = false;
  bool debug = false;
  bool quiet = false;
};

struct Context {
  GlobalOptions global;
  std::ostream& out;
  std::ostream& err;
  bool out_is_terminal = false;
  bool err_is_terminal = false;
  int width = 100;      // columns of the terminal
  bool colour = false;  // stdout is a terminal and NO_COLOR is not set
  const std::atomic<bool>* cancelled = nullptr;
};

// Prints the error in one line on stderr and returns its exit code.
int report_error(const Context& context, const core::Error& error);

// Error: usage, where the command does not print this format.
core::Result<void> require_output(const Context& context, std::initializer_list<std::string_view> formats);

core::Result<std::unique_ptr<aws::Client>> make_client(const Context& context);
// Of another profile ("": the one of the flags); `cancelled` nullptr: Ctrl-C does not end its calls.
core::Result<std::unique_ptr<aws::Client>> make_client(const Context& context, const std::string& profile,
                                                       const std::atomic<bool>* cancelled);

// The regions of this run: --region, --all-regions (asks EC2 which are enabled), else the profile's.
core::Result<std::vector<std::string>> regions_of(const Context& context, aws::Client& client);

}  // namespace doctor::cli
