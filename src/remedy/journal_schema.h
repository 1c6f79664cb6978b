// The journal's tables, and how an older file becomes today's.
#pragma once

#include "core/result.h"
#include "remedy/sqlite.h"

namespace doctor::remedy {

// Brings the file to the newest schema, in one transaction; an empty file gets all of it. Sets WAL and
// synchronous=FULL. Error: bad_input, where the file is another program's or a newer version's.
core::Result<void> migrate_journal(const Database& database);

}  // namespace doctor::remedy
