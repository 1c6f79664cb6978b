// Where the journal of changes is: --journal FILE, else $XDG_STATE_HOME/fargate-doctor/journal.db, else
// ~/.local/state/fargate-doctor/journal.db (XDG Base Directory Specification).
#pragma once

#include <string>

#include "core/result.h"
#include "remedy/journal.h"

namespace doctor::cli {

std::string journal_path(const std::string& given);

// One run of a journal that must be there. Error: bad_input, not_found.
core::Result<remedy::Run> run_of_journal(const std::string& given_path, const std::string& run);

}  // namespace doctor::cli
