#include "cli/journal_place.h"

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <filesystem>

namespace doctor::cli {

void add_journal_flag(CLI::App& command, std::string& path) {
  command.add_option("--journal", path,
                     "The journal of runs (default $XDG_STATE_HOME/fargate-doctor/journal.db)");
}

core::Result<std::string> journal_path(const std::string& flag) {
  if (!flag.empty()) return flag;
  const auto set = [](const char* name) {
    const char* value = std::getenv(name);
    return std::string(value == nullptr ? "" : value);
  };
  // A relative path in XDG_STATE_HOME is to be ignored.
  if (const auto state = set("XDG_STATE_HOME"); state.starts_with("/"))
    return state + "/fargate-doctor/journal.db";
  if (const auto home = set("HOME"); !home.empty()) return home + "/.local/state/fargate-doctor/journal.db";
  return core::fail(core::ErrorKind::usage, "neither XDG_STATE_HOME nor HOME is set",
                    "name the journal with --journal");
}

std::string beside(const std::string& journal, const std::string& name) {
  return (std::filesystem::path(journal).parent_path() / name).string();
}

core::Result<remedy::Run> run_of(const std::string& journal, const std::string& id) {
  // Opening makes the file; who only reads must not.
  std::error_code error;
  if (!std::filesystem::exists(journal, error))
    return core::fail(core::ErrorKind::not_found, "there is no journal at " + journal,
                      "name it with --journal; apply writes it");
  const auto opened = remedy::Journal::open(journal);
  if (!opened) return core::fail(opened.error());
  return (*opened)->run(id);
}

}  // namespace doctor::cli
