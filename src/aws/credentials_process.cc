// credential_process: a program of the user's that prints credentials (AWS SDKs and Tools Reference Guide,
// "Process credential provider"). It is started directly, never through a shell, so nothing in the setting is
// expanded.
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

#include "aws/credentials_provider.h"

extern char** environ;

namespace doctor::aws {
namespace {

using core::ErrorKind;

constexpr std::size_t kLargestOutput = std::size_t{1} << 20U;
constexpr auto kLongest = std::chrono::seconds{60};

struct FileDescriptor {
  int number = -1;
  FileDescriptor() = default;
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  ~FileDescriptor() { close(); }
  void close() {
    if (number >= 0) ::close(number);
    number = -1;
  }
};

struct Pipe {
  FileDescriptor read, write;
  bool open() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return false;
    read.number = ends[0];
    write.number = ends[1];
    return true;
  }
};

struct Finished {
  std::string out, err;
  int status = 0;             // of waitpid
  std::string_view ended_by;  // "" by itself; else why it was killed
};

int spawn(std::vector<std::string>& words, const Pipe& out, const Pipe& err, pid_t& child) {
  std::vector<char*> argv;
  for (auto& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, out.write.number, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err.write.number, STDERR_FILENO);
  const int error = ::posix_spawnp(&child, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  return error;
}

// Appends what is there; false at the end of the stream.
bool drain(FileDescriptor& from, std::string& into) {
  std::array<char, 4096> buffer{};
  const auto count = ::read(from.number, buffer.data(), buffer.size());
  if (count < 0) return errno == EINTR || errno == EAGAIN;
  if (count == 0) {
    from.close();
    return false;
  }
  if (into.size() < kLargestOutput) into.append(buffer.data(), static_cast<std::size_t>(count));
  std::fill(buffer.begin(), buffer.end(), '\0');
  return true;
}

// Reads both streams until they end, or until time is up or the user has had enough.
std::string_view collect(const ProviderContext& context, Pipe& out, Pipe& err, Finished& finished) {
  const auto deadline = std::chrono::steady_clock::now() + kLongest;
  while (out.read.number >= 0 || err.read.number >= 0) {
    if (context.is_cancelled()) return "cancelled";
    if (std::chrono::steady_clock::now() > deadline) return "it did not end within 60 s";
    // A negative descriptor is skipped by poll.
    std::array<pollfd, 2> watched = {{{out.read.number, POLLIN, 0}, {err.read.number, POLLIN, 0}}};
    if (::poll(watched.data(), watched.size(), 50) <= 0) continue;
    if (watched[0].revents != 0) drain(out.read, finished.out);
    if (watched[1].revents != 0) drain(err.read, finished.err);
  }
  return {};
}

core::Result<Finished> run(const ProviderContext& context, std::vector<std::string> words) {
  Pipe out;
  Pipe err;
  if (!out.open() || !err.open()) {
    return core::fail(ErrorKind::internal,
                      "no pipe could be opened: " + std::generic_category().message(errno));
  }
  pid_t child = 0;
  if (const int error = spawn(words, out, err, child); error != 0) {
    return core::fail(ErrorKind::usage,
                      fmt::format("'{}' cannot be started: {}", core::printable(words[0]),
                                  std::generic_category().message(error)),
                      "write the full path of the program into credential_process");
  }
  out.write.close();
  err.write.close();
  Finished finished;
  finished.ended_by = collect(context, out, err, finished);
  if (!finished.ended_by.empty()) ::kill(child, SIGKILL);
  while (::waitpid(child, &finished.status, 0) < 0 && errno == EINTR) {
  }
  return finished;
}

// The last line that a failed program wrote to stderr says the most.
std::string last_line(std::string_view text) {
  text = trimmed(text);
  const auto line = text.rfind('\n');
  if (line != std::string_view::npos) text.remove_prefix(line + 1);
  return core::printable(text.substr(0, 200));
}

core::Result<Credentials> credentials_of_output(Finished& finished, const std::string& origin) {
  const auto document = core::JsonDocument::parse(finished.out, "credential_process");
  wipe(finished.out);
  constexpr std::string_view kForm =
      R"(it must print {"Version": 1, "AccessKeyId": …, "SecretAccessKey": …, "SessionToken": …, "Expiration": …})";
  if (!document) {
    return core::fail(ErrorKind::refused, origin + ": the program printed no JSON", std::string(kForm));
  }
  if (document->root()["Version"].integer_or(0) != 1) {
    return core::fail(ErrorKind::refused, origin + ": the program's answer is not of Version 1",
                      std::string(kForm));
  }
  return credentials_of_json(document->root(), {.session_token = "SessionToken"}, origin);
}

}  // namespace

core::Result<std::vector<std::string>> split_command(std::string_view command) {
  std::vector<std::string> words;
  std::string word;
  bool in_word = false;
  char quote = '\0';
  for (std::size_t i = 0; i < command.size(); ++i) {
    const char c = command[i];
    const bool has_next = i + 1 < command.size();
    if (quote == '\'') {
      if (c == '\'')
        quote = '\0';
      else
        word += c;
    } else if (quote == '"') {
      if (c == '"')
        quote = '\0';
      else if (c == '\\' && has_next && (command[i + 1] == '"' || command[i + 1] == '\\'))
        word += command[++i];
      else
        word += c;
    } else if (c == '\'' || c == '"') {
      quote = c;
      in_word = true;
    } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      if (in_word) words.push_back(std::exchange(word, {}));
      in_word = false;
    } else if (c == '\\') {
      if (!has_next)
        return core::fail(ErrorKind::usage, "credential_process ends in a backslash", "remove it");
      word += command[++i];
      in_word = true;
    } else {
      word += c;
      in_word = true;
    }
  }
  if (quote != '\0') {
    return core::fail(ErrorKind::usage, "credential_process has a quote that does not end",
                      "close the quote");
  }
  if (in_word) words.push_back(std::move(word));
  if (words.empty()) return core::fail(ErrorKind::usage, "credential_process is empty", "name a program");
  return words;
}

core::Result<Credentials> process_credentials(const ProviderContext& context, std::string_view profile,
                                              std::string_view command) {
  const std::string origin = "profile " + core::printable(profile) + ": credential_process";
  const auto failed = [&origin](core::Error error) {
    error.sentence = origin + ": " + error.sentence;
    return core::fail(std::move(error));
  };
  auto words = split_command(command);
  if (!words) return failed(words.error());
  auto finished = run(context, std::move(*words));
  if (!finished) return failed(finished.error());
  if (finished->ended_by == "cancelled") return core::fail(ErrorKind::cancelled, "cancelled");
  if (!finished->ended_by.empty()) {
    return core::fail(ErrorKind::refused, fmt::format("{}: {}", origin, finished->ended_by),
                      "run the program by hand and see what it waits for");
  }
  const int status = finished->status;
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    wipe(finished->out);
    const std::string how = WIFEXITED(status) ? fmt::format("exit code {}", WEXITSTATUS(status))
                                              : fmt::format("signal {}", WTERMSIG(status));
    const std::string why = last_line(finished->err);
    return core::fail(
        ErrorKind::refused,
        fmt::format("{}: the program ended with {}{}{}", origin, how, why.empty() ? "" : ": ", why),
        "run the program by hand");
  }
  auto credentials = credentials_of_output(*finished, origin);
  if (credentials && credentials->expires && *credentials->expires <= context.clock->now()) {
    return core::fail(ErrorKind::refused,
                      fmt::format("{}: the credentials it printed expired at {}", origin,
                                  core::to_iso(*credentials->expires)),
                      "run the program by hand");
  }
  return credentials;
}

}  // namespace doctor::aws
