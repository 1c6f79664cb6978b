// Which process works on which run. The kernel keeps it, so that a process which dies, however it dies,
// holds nothing afterwards.
#pragma once

#include <cstdint>
#include <string>

#include "core/result.h"

namespace doctor::remedy {

// One byte of a lock file for each run (Linux's open file description locks, fcntl(2)).
class RunLocks {
 public:
  // Error: bad_input, naming the file. It is made 0600 where it is not there.
  static core::Result<RunLocks> open(const std::string& path);
  RunLocks(RunLocks&& other) noexcept;
  RunLocks(const RunLocks&) = delete;
  RunLocks& operator=(const RunLocks&) = delete;
  RunLocks& operator=(RunLocks&&) = delete;
  ~RunLocks();

  // Again is allowed. False: somebody else has it. Error: bad_input.
  core::Result<bool> take(std::int64_t number);

 private:
  RunLocks(int file, std::string path) : file_(file), path_(std::move(path)) {}
  int file_;
  std::string path_;
};

}  // namespace doctor::remedy
