// SQLite as values: a database, a prepared statement, a transaction. No SQL is ever built from strings; every
// error names the file.
//
//   auto statement = database.prepare("SELECT state FROM run WHERE id = ?");
//   statement->bind(id);
//   auto row = statement->step();          // true: there is one
//   if (row && *row) state = statement->text(0);
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace doctor::remedy {

class Statement {
 public:
  // Parameters in their order, from the first.
  Statement& bind(std::string_view text);
  Statement& bind(std::int64_t number);
  Statement& bind_null();

  core::Result<bool> step();  // true: a row is there; false: it has run
  core::Result<void> run();   // a statement that answers no rows
  std::string text(int column) const;
  std::int64_t integer(int column) const;
  bool is_null(int column) const;

 private:
  friend class Database;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  Statement(std::unique_ptr<sqlite3_stmt, Finalize> statement, std::string path)
      : statement_(std::move(statement)), path_(std::move(path)) {}
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  std::string path_;
  int bound_ = 0;
};

class Database {
 public:
  // The file must be there (an empty one will do). A statement waits up to `busy` for another process.
  // Error: bad_input.
  static core::Result<Database> open(const std::string& path, int busy_ms);

  core::Result<Statement> prepare(std::string_view sql) const;
  core::Result<void> script(const char* sql) const;  // several statements; answers no rows
  int changes() const;                               // rows that the last statement changed
  const std::string& path() const { return path_; }

 private:
  struct Close {
    void operator()(sqlite3* database) const;
  };
  Database(std::unique_ptr<sqlite3, Close> database, std::string path)
      : database_(std::move(database)), path_(std::move(path)) {}
  std::unique_ptr<sqlite3, Close> database_;
  std::string path_;
};

// Undone where it is not committed. Writers come one after the other.
class Transaction {
 public:
  static core::Result<Transaction> begin(const Database& database);
  core::Result<void> commit();
  Transaction(Transaction&& other) noexcept;
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();

 private:
  explicit Transaction(const Database& database) : database_(&database) {}
  const Database* database_;
};

}  // namespace doctor::remedy
