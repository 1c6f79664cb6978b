#include "cli/journal_path.h"

#include <cstdlib>
#include <filesystem>

namespace doctor::cli {

std::string journal_path(const std::string& given) {
  if (!given.empty()) return given;
  const char* state = std::getenv("XDG_STATE_HOME");
  const char* home = std::getenv("HOME");
  // A relative $XDG_STATE_HOME is to be ignored, says the specification.
  const std::string folder = state && *state == '/' ? state : std::string(home ? home : "") + "/.local/state";
  return folder + "/fargate-doctor/journal.db";
}

core::Result<remedy::Run> run_of_journal(const std::string& given_path, const std::string& run) {
  const std::string path = journal_path(given_path);
  std::error_code error;
  if (!std::filesystem::exists(path, error)) {
    return core::fail(core::ErrorKind::bad_input, "there is no journal at " + path,
                      "name it with --journal, or make a run with `fargate-doctor apply PLAN --apply`");
  }
  auto journal = remedy::Journal::open(path);
  if (!journal) return core::fail(journal.error());
  return (*journal)->run(run);
}

}  // namespace doctor::cli
