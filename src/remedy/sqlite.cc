#include "remedy/sqlite.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <utility>

namespace doctor::remedy {
namespace {

core::Error sqlite_error(const std::string& path, sqlite3* database, int code) {
  const std::string what = database == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(database);
  switch (code & 0xff) {  // the primary code of an extended one
    case SQLITE_FULL:
    case SQLITE_IOERR:
      return core::make_error(core::ErrorKind::internal, fmt::format("{}: {}", path, what),
                              "free space on that disk, then resume the run");
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return core::make_error(core::ErrorKind::internal, fmt::format("{}: {}", path, what),
                              "another process is writing to it for a long time: end that first");
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return core::make_error(core::ErrorKind::bad_input, fmt::format("{}: {}", path, what),
                              "keep a copy of it, and name another file with --journal");
    default:
      return core::make_error(core::ErrorKind::bad_input, fmt::format("{}: {}", path, what),
                              "check the file and its folder");
  }
}

}  // namespace

void Statement::Finalize::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}
void Database::Close::operator()(sqlite3* database) const {
  sqlite3_close_v2(database);
}

Statement& Statement::bind(std::string_view text) {
  sqlite3_bind_text64(statement_.get(), ++bound_, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
  return *this;
}
Statement& Statement::bind(std::int64_t number) {
  sqlite3_bind_int64(statement_.get(), ++bound_, number);
  return *this;
}
Statement& Statement::bind_null() {
  sqlite3_bind_null(statement_.get(), ++bound_);
  return *this;
}

core::Result<bool> Statement::step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return core::fail(sqlite_error(path_, sqlite3_db_handle(statement_.get()), code));
}

core::Result<void> Statement::run() {
  const auto row = step();
  if (!row) return core::fail(row.error());
  return {};
}

std::string Statement::text(int column) const {
  const auto* bytes = sqlite3_column_text(statement_.get(), column);
  const auto size = sqlite3_column_bytes(statement_.get(), column);
  return bytes == nullptr ? std::string{}
                          : std::string(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
}
std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}
bool Statement::is_null(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

core::Result<Database> Database::open(const std::string& path, int busy_ms) {
  sqlite3* raw = nullptr;
  const int code =
      sqlite3_open_v2(path.c_str(), &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_FULLMUTEX, nullptr);
  Database database(std::unique_ptr<sqlite3, Close>(raw), path);
  if (code != SQLITE_OK) return core::fail(sqlite_error(path, raw, code));
  sqlite3_extended_result_codes(raw, 1);
  sqlite3_busy_timeout(raw, busy_ms);
  return database;
}

core::Result<Statement> Database::prepare(std::string_view sql) const {
  sqlite3_stmt* raw = nullptr;
  const int code =
      sqlite3_prepare_v2(database_.get(), sql.data(), static_cast<int>(sql.size()), &raw, nullptr);
  std::unique_ptr<sqlite3_stmt, Statement::Finalize> statement(raw);
  if (code != SQLITE_OK) return core::fail(sqlite_error(path_, database_.get(), code));
  return Statement(std::move(statement), path_);
}

core::Result<void> Database::script(const char* sql) const {
  const int code = sqlite3_exec(database_.get(), sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return core::fail(sqlite_error(path_, database_.get(), code));
  return {};
}

int Database::changes() const {
  return sqlite3_changes(database_.get());
}

core::Result<Transaction> Transaction::begin(const Database& database) {
  // IMMEDIATE: whoever reads first and writes then must not find that another wrote between.
  if (auto begun = database.script("BEGIN IMMEDIATE"); !begun) return core::fail(begun.error());
  return Transaction(database);
}

core::Result<void> Transaction::commit() {
  auto committed = database_->script("COMMIT");
  if (committed) database_ = nullptr;
  return committed;
}

Transaction::Transaction(Transaction&& other) noexcept : database_(std::exchange(other.database_, nullptr)) {}

Transaction::~Transaction() {
  // A rollback that fails has nothing to undo: SQLite has rolled back by itself.
  if (database_ != nullptr) (void)database_->script("ROLLBACK");
}

}  // namespace doctor::remedy
