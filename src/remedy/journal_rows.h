// Between the journal's rows and its values.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "remedy/journal.h"
#include "remedy/sqlite.h"

namespace doctor::remedy {

std::optional<RunState> state_named(std::string_view name);
std::optional<Outcome> outcome_named(std::string_view name);
std::optional<EntryKind> entry_kind_named(std::string_view name);

std::int64_t to_milliseconds(core::Timestamp time);
core::Timestamp from_milliseconds(std::int64_t count);

// Error: not_found; bad_input, naming the file, where a row is not of this journal.
core::Result<Run> read_run(const Database& database, const std::string& id);
core::Result<std::vector<std::string>> run_ids(const Database& database);  // newest first

}  // namespace doctor::remedy
