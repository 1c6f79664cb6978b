#include "remedy/journal_schema.h"

#include <fmt/format.h>

#include <iterator>

namespace doctor::remedy {
namespace {

// One script a version: the first makes version 1 of an empty file, the next would make 2 of 1. Times are
// milliseconds since 1970. The partial index holds the invariant that all of recovery rests on: a run has at
// most one call of which the outcome is not known.
constexpr const char* kMigrations[] = {
    R"sql(
CREATE TABLE run (
  id TEXT PRIMARY KEY,
  state TEXT NOT NULL,
  plan TEXT NOT NULL,
  began_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL
) STRICT;
CREATE TABLE entry (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  run TEXT NOT NULL REFERENCES run (id),
  step TEXT NOT NULL,
  kind TEXT NOT NULL,
  outcome TEXT NOT NULL,
  before TEXT NOT NULL,
  after TEXT NOT NULL,
  service TEXT NOT NULL,
  operation TEXT NOT NULL,
  region TEXT NOT NULL,
  input TEXT NOT NULL,
  answer TEXT NOT NULL,
  error TEXT NOT NULL,
  intended_at INTEGER NOT NULL,
  concluded_at INTEGER
) STRICT;
CREATE INDEX entry_of_run ON entry (run, seq);
CREATE UNIQUE INDEX open_entry ON entry (run) WHERE outcome IN ('intended', 'answered');
CREATE TABLE lease (
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  run TEXT NOT NULL REFERENCES run (id),
  since INTEGER NOT NULL,
  ends_at INTEGER NOT NULL,
  PRIMARY KEY (kind, id, account, region)
) STRICT, WITHOUT ROWID;
PRAGMA application_id = 1178881859;
PRAGMA user_version = 1;
)sql",
};
constexpr std::int64_t kApplication = 1178881859;  // "FDOC"
constexpr auto kNewest = static_cast<std::int64_t>(std::size(kMigrations));

core::Result<std::int64_t> pragma_number(const Database& database, std::string_view sql) {
  auto statement = database.prepare(sql);
  if (!statement) return core::fail(statement.error());
  auto row = statement->step();
  if (!row) return core::fail(row.error());
  return *row ? statement->integer(0) : 0;
}

}  // namespace

core::Result<void> migrate_journal(const Database& database) {
  for (const char* pragma :
       {"PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "PRAGMA foreign_keys = ON"}) {
    if (auto set = database.script(pragma); !set) return set;
  }
  auto transaction = Transaction::begin(database);
  if (!transaction) return core::fail(transaction.error());
  const auto version = pragma_number(database, "PRAGMA user_version");
  if (!version) return core::fail(version.error());
  const auto application = pragma_number(database, "PRAGMA application_id");
  if (!application) return core::fail(application.error());
  const auto tables = pragma_number(database, "SELECT count(*) FROM sqlite_master");
  if (!tables) return core::fail(tables.error());
  const bool empty = *version == 0 && *application == 0 && *tables == 0;
  if (!empty && *application != kApplication) {
    return core::fail(core::ErrorKind::bad_input,
                      fmt::format("{}: this SQLite file is another program's", database.path()),
                      "name another file with --journal");
  }
  if (*version > kNewest) {
    return core::fail(core::ErrorKind::bad_input,
                      fmt::format("{}: the journal has schema {}, and this version of the program knows {}",
                                  database.path(), *version, kNewest),
                      "use the newer version that wrote it");
  }
  for (auto next = *version; next < kNewest; ++next) {
    if (auto made = database.script(kMigrations[next]); !made) return made;
  }
  return transaction->commit();
}

}  // namespace doctor::remedy
