// Where the journal is, for every command that writes or reads runs.
#pragma once

#include <memory>
#include <string>

#include "core/result.h"
#include "remedy/journal.h"

namespace CLI {
class App;
}

namespace doctor::cli {

void add_journal_flag(CLI::App& command, std::string& path);

// The flag's, else $XDG_STATE_HOME/fargate-doctor/journal.db, else ~/.local/state/fargate-doctor/journal.db
// ("XDG Base Directory Specification"). Error: usage, where none of them is set.
core::Result<std::string> journal_path(const std::string& flag);

// A file beside the journal: "watch.db".
std::string beside(const std::string& journal, const std::string& name);

// The run, or the newest one of "last". Error: not_found.
core::Result<remedy::Run> run_of(const std::string& journal, const std::string& id);

}  // namespace doctor::cli
