#include "remedy/run_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace doctor::remedy {

core::Result<RunLocks> RunLocks::open(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) {
    return core::fail(core::ErrorKind::bad_input, fmt::format("{}: {}", path, std::strerror(errno)),
                      "check the folder, or name another journal with --journal");
  }
  return RunLocks(file, path);
}

RunLocks::RunLocks(RunLocks&& other) noexcept
    : file_(std::exchange(other.file_, -1)), path_(std::move(other.path_)) {}

RunLocks::~RunLocks() {
  if (file_ >= 0) ::close(file_);
}

core::Result<bool> RunLocks::take(std::int64_t number) {
  struct flock lock = {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  lock.l_start = number;
  lock.l_len = 1;
  while (::fcntl(file_, F_OFD_SETLK, &lock) != 0) {
    if (errno == EINTR) continue;
    if (errno == EAGAIN || errno == EACCES) return false;
    return core::fail(core::ErrorKind::bad_input, fmt::format("{}: {}", path_, std::strerror(errno)),
                      "keep the journal on a local disk: its file system must know locks");
  }
  return true;
}

}  // namespace doctor::remedy
