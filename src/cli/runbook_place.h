// Where a runbook goes: a file, a folder (committed where it is a git working copy), or a Confluence space.
#pragma once

#include <atomic>
#include <string>

#include "core/result.h"
#include "report/confluence.h"
#include "report/document.h"

namespace doctor::cli {

// Each answers one line that says what was done.

// A folder takes the file under report::file_name_of(); where it is a git working copy and `commit`, this
// file alone is added and committed. Error: bad_input, where it cannot be written; usage, with git's own
// words.
core::Result<std::string> put_into_folder(const std::string& folder, const report::Document& runbook,
                                          bool commit);
core::Result<std::string> put_into_file(const std::string& path, const report::Document& runbook);

// Creates the page of this title, or writes its next version; once more, where someone was faster.
core::Result<std::string> put_into_confluence(const report::Confluence& confluence,
                                              const report::Document& runbook,
                                              const std::atomic<bool>* cancelled);

}  // namespace doctor::cli
