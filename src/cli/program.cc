#include "cli/program.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

extern char** environ;

namespace doctor::cli {
namespace {

constexpr std::size_t kMostOutput = std::size_t{64} << 10U;

std::string read_all(int file) {
  std::string out;
  std::array<char, 4096> buffer{};
  while (true) {
    const ssize_t size = ::read(file, buffer.data(), buffer.size());
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return out;
    // Read to its end all the same: a full pipe would stop the program.
    if (out.size() < kMostOutput) out.append(buffer.data(), static_cast<std::size_t>(size));
  }
}

}  // namespace

core::Result<ProgramResult> run_program(const std::vector<std::string>& arguments) {
  std::array<int, 2> pipe{};
  const auto cannot = [&](int error) {
    return core::fail(core::ErrorKind::usage,
                      arguments.front() + " cannot be started: " + std::strerror(error));
  };
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) return cannot(errno);
  std::vector<char*> argv;
  for (const auto& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, pipe[1], STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, pipe[1], STDERR_FILENO);
  pid_t child = 0;
  const int error = ::posix_spawnp(&child, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  ::close(pipe[1]);
  if (error != 0) {
    ::close(pipe[0]);
    return cannot(error);
  }
  ProgramResult result;
  result.output = read_all(pipe[0]);
  ::close(pipe[0]);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  result.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return result;
}

}  // namespace doctor::cli
