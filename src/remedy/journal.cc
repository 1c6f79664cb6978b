#include "remedy/journal.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "remedy/journal_rows.h"
#include "remedy/journal_schema.h"
#include "remedy/run_lock.h"
#include "remedy/sqlite.h"

namespace doctor::remedy {
namespace {

using core::ErrorKind;
using core::fail;
using core::Result;

constexpr int kBusyMs = 10'000;

// Folders that are not there are made for their owner only; a state holds what the owner's services run with.
Result<void> make_private_folders(const std::filesystem::path& folder) {
  std::error_code ignored;  // mkdir says it better
  if (folder.empty() || std::filesystem::exists(folder, ignored)) return {};
  if (auto made = make_private_folders(folder.parent_path()); !made) return made;
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
    return fail(ErrorKind::bad_input, fmt::format("{}: {}", folder.string(), std::strerror(errno)),
                "name another journal with --journal");
  }
  return {};
}

Result<void> make_private_file(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) {
    return fail(ErrorKind::bad_input, fmt::format("{}: {}", path, std::strerror(errno)),
                "name another journal with --journal");
  }
  struct stat status = {};
  const bool known = ::fstat(file, &status) == 0;
  ::close(file);
  if (known && (status.st_mode & 077) != 0) {
    return fail(ErrorKind::bad_input,
                fmt::format("{}: others may read it, and it holds the settings of your services", path),
                fmt::format("chmod 600 {}", path));
  }
  return {};
}

class SqliteJournal final : public Journal {
 public:
  SqliteJournal(Database database, RunLocks locks)
      : database_(std::move(database)), locks_(std::move(locks)) {}

  Result<std::string> begin(const Plan& plan, core::Timestamp now) override;
  Result<void> hold(const std::string& run) override;
  Result<void> lease(const std::string& run, const std::vector<Resource>& resources, core::Timestamp now,
                     core::Duration for_how_long) override;
  Result<void> release(const std::string& run) override;
  Result<void> intend(const Entry& entry) override;
  Result<void> conclude(const Entry& entry) override;
  Result<void> set_state(const std::string& run, RunState state, core::Timestamp now) override;
  Result<Run> run(const std::string& id) const override { return read_run(database_, id); }
  Result<std::vector<Run>> runs() const override;

 private:
  Result<void> lease_one(const std::string& run, const Resource& resource, core::Timestamp now,
                         core::Timestamp end);
  core::Error held_by_another(const Resource& resource) const;

  Database database_;
  RunLocks locks_;
};

Result<std::string> SqliteJournal::begin(const Plan& plan, core::Timestamp now) {
  auto statement = database_.prepare(
      "INSERT INTO run (id, state, plan, began_at, changed_at) "
      "VALUES ('r-' || ?1 || '-' || lower(hex(randomblob(2))), 'running', ?2, ?3, ?3) RETURNING id");
  if (!statement) return fail(statement.error());
  std::string day_and_time = core::to_basic_iso(now).substr(0, 15);  // 20261124T030000
  day_and_time[8] = '-';
  statement->bind(day_and_time).bind(plan_json(plan)).bind(to_milliseconds(now));
  auto row = statement->step();
  if (!row) return fail(row.error());
  const std::string id = statement->text(0);
  // A row that RETURNING answered is written once the statement has come to its end.
  if (row = statement->step(); !row) return fail(row.error());
  if (auto held = hold(id); !held) return fail(held.error());
  return id;
}

Result<void> SqliteJournal::hold(const std::string& run) {
  auto statement = database_.prepare("SELECT rowid FROM run WHERE id = ?");
  if (!statement) return fail(statement.error());
  const auto row = statement->bind(run).step();
  if (!row) return fail(row.error());
  if (!*row) return fail(ErrorKind::not_found, fmt::format("{}: there is no run {}", database_.path(), run));
  const auto taken = locks_.take(statement->integer(0));
  if (!taken) return fail(taken.error());
  if (!*taken) {
    return fail(ErrorKind::refused, fmt::format("another process is working on run {}", run),
                "wait until it has ended, or end it with Ctrl-C", "RunHeld");
  }
  return {};
}

core::Error SqliteJournal::held_by_another(const Resource& resource) const {
  const auto sentence = [&](std::string_view by) {
    return core::make_error(ErrorKind::refused, fmt::format("{} {} is {}", resource.kind, resource.id, by),
                            "wait, or finish that run with: fargate-doctor apply --resume RUN --apply",
                            "LeaseHeld");
  };
  auto statement = database_.prepare(
      "SELECT run, since, ends_at FROM lease WHERE kind = ? AND id = ? AND account = ? AND region = ?");
  if (!statement) return statement.error();
  statement->bind(resource.kind).bind(resource.id).bind(resource.account).bind(resource.region);
  const auto row = statement->step();
  if (!row) return row.error();
  if (!*row) return sentence("held by another run");
  return sentence(fmt::format("held by run {} since {} and until {}", statement->text(0),
                              core::to_iso(from_milliseconds(statement->integer(1))),
                              core::to_iso(from_milliseconds(statement->integer(2)))));
}

Result<void> SqliteJournal::lease_one(const std::string& run, const Resource& resource, core::Timestamp now,
                                      core::Timestamp end) {
  auto statement = database_.prepare(
      "INSERT INTO lease (kind, id, account, region, run, since, ends_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, "
      "?7) "
      "ON CONFLICT (kind, id, account, region) DO UPDATE SET "
      "since = CASE WHEN run = excluded.run THEN since ELSE excluded.since END, "
      "run = excluded.run, ends_at = excluded.ends_at "
      "WHERE run = excluded.run OR ends_at <= excluded.since");
  if (!statement) return fail(statement.error());
  statement->bind(resource.kind).bind(resource.id).bind(resource.account).bind(resource.region);
  statement->bind(run).bind(to_milliseconds(now)).bind(to_milliseconds(end));
  if (auto ran = statement->run(); !ran) return ran;
  if (database_.changes() == 0) return fail(held_by_another(resource));
  return {};
}

Result<void> SqliteJournal::lease(const std::string& run, const std::vector<Resource>& resources,
                                  core::Timestamp now, core::Duration for_how_long) {
  auto transaction = Transaction::begin(database_);
  if (!transaction) return fail(transaction.error());
  for (const auto& resource : resources) {
    if (auto leased = lease_one(run, resource, now, now + for_how_long); !leased) return leased;
  }
  return transaction->commit();
}

Result<void> SqliteJournal::release(const std::string& run) {
  auto statement = database_.prepare("DELETE FROM lease WHERE run = ?");
  if (!statement) return fail(statement.error());
  return statement->bind(run).run();
}

Result<void> SqliteJournal::intend(const Entry& entry) {
  auto statement = database_.prepare(
      "INSERT INTO entry (run, step, kind, outcome, before, after, service, operation, region, input, "
      "answer, "
      "error, intended_at) VALUES (?, ?, ?, 'intended', ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  if (!statement) return fail(statement.error());
  statement->bind(entry.run).bind(entry.step).bind(entry_kind_name(entry.kind));
  statement->bind(entry.before).bind(entry.after);
  statement->bind(entry.request.service).bind(entry.request.operation);
  statement->bind(entry.request.region).bind(entry.request.input);
  statement->bind(entry.answer).bind(entry.error).bind(to_milliseconds(entry.intended_at));
  return statement->run();
}

Result<void> SqliteJournal::conclude(const Entry& entry) {
  auto statement = database_.prepare(
      "UPDATE entry SET outcome = ?, after = ?, answer = ?, error = ?, concluded_at = ? "
      "WHERE run = ? AND step = ? AND kind = ? AND outcome IN ('intended', 'answered')");
  if (!statement) return fail(statement.error());
  statement->bind(outcome_name(entry.outcome)).bind(entry.after).bind(entry.answer).bind(entry.error);
  if (entry.concluded_at) {
    statement->bind(to_milliseconds(*entry.concluded_at));
  } else {
    statement->bind_null();
  }
  statement->bind(entry.run).bind(entry.step).bind(entry_kind_name(entry.kind));
  if (auto ran = statement->run(); !ran) return ran;
  if (database_.changes() != 1) {
    return fail(ErrorKind::internal, fmt::format("{}: run {} has no open {} of step {}", database_.path(),
                                                 entry.run, entry_kind_name(entry.kind), entry.step));
  }
  return {};
}

Result<void> SqliteJournal::set_state(const std::string& run, RunState state, core::Timestamp now) {
  auto statement = database_.prepare("UPDATE run SET state = ?, changed_at = ? WHERE id = ?");
  if (!statement) return fail(statement.error());
  if (auto ran = statement->bind(state_name(state)).bind(to_milliseconds(now)).bind(run).run(); !ran)
    return ran;
  if (database_.changes() != 1)
    return fail(ErrorKind::not_found, fmt::format("{}: there is no run {}", database_.path(), run));
  return {};
}

Result<std::vector<Run>> SqliteJournal::runs() const {
  const auto ids = run_ids(database_);
  if (!ids) return fail(ids.error());
  std::vector<Run> all;
  for (const auto& id : *ids) {
    auto one = read_run(database_, id);
    if (!one) return fail(one.error());
    all.push_back(std::move(*one));
  }
  return all;
}

}  // namespace

core::Result<std::unique_ptr<Journal>> Journal::open(const std::string& path) {
  if (auto made = make_private_folders(std::filesystem::path(path).parent_path()); !made) {
    return fail(made.error());
  }
  if (auto made = make_private_file(path); !made) return fail(made.error());
  auto database = Database::open(path, kBusyMs);
  if (!database) return fail(database.error());
  if (auto migrated = migrate_journal(*database); !migrated) return fail(migrated.error());
  auto locks = RunLocks::open(path + "-runs");
  if (!locks) return fail(locks.error());
  return std::make_unique<SqliteJournal>(std::move(*database), std::move(*locks));
}

}  // namespace doctor::remedy
