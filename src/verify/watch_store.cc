#include "verify/watch_store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "remedy/sqlite.h"

namespace doctor::verify {
namespace {

using core::Result;

constexpr int kBusyMs = 5000;

// Times are milliseconds since 1970.
constexpr const char* kSchema = R"sql(
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
CREATE TABLE IF NOT EXISTS watch (
  run TEXT NOT NULL,
  began_at INTEGER NOT NULL,
  ends_at INTEGER NOT NULL,
  every_ms INTEGER NOT NULL,
  verdict TEXT,
  ended_at INTEGER,
  PRIMARY KEY (run, began_at)
) STRICT;
CREATE TABLE IF NOT EXISTS round (
  run TEXT NOT NULL,
  began_at INTEGER NOT NULL,
  number INTEGER NOT NULL,
  verification TEXT NOT NULL,
  PRIMARY KEY (run, began_at, number),
  FOREIGN KEY (run, began_at) REFERENCES watch (run, began_at)
) STRICT;
)sql";

std::int64_t number_of(core::Timestamp time) {
  return time.time_since_epoch().count();
}
core::Timestamp time_of(std::int64_t number) {
  return core::Timestamp{core::Duration{number}};
}

std::optional<Verdict> verdict_named(std::string_view name) {
  for (const auto verdict : {Verdict::verified, Verdict::provisional, Verdict::incomplete, Verdict::failed}) {
    if (verdict_name(verdict) == name) return verdict;
  }
  return std::nullopt;
}

class SqliteStore final : public WatchStore {
 public:
  explicit SqliteStore(remedy::Database database) : database_(std::move(database)) {}

  Result<Watch> begin_or_continue(const std::string& run, core::Duration span, core::Duration every,
                                  core::Timestamp now) override {
    auto known = newest(run);
    if (!known && known.error().kind != core::ErrorKind::not_found) return known;
    const bool goes_on = known && !known->verdict;
    Watch watch = goes_on ? std::move(*known) : Watch{run, now, now, every, {}, {}};
    watch.ends_at = watch.began_at + span;
    watch.every = every;
    auto row = database_.prepare(
        "INSERT INTO watch (run, began_at, ends_at, every_ms) VALUES (?, ?, ?, ?) "
        "ON CONFLICT DO UPDATE SET ends_at = excluded.ends_at, every_ms = excluded.every_ms");
    if (!row) return core::fail(row.error());
    row->bind(run).bind(number_of(watch.began_at)).bind(number_of(watch.ends_at)).bind(every.count());
    if (auto done = row->run(); !done) return core::fail(done.error());
    return watch;
  }

  Result<void> add_round(const Watch& watch, const Round& round) override {
    auto row =
        database_.prepare("INSERT INTO round (run, began_at, number, verification) VALUES (?, ?, ?, ?)");
    if (!row) return core::fail(row.error());
    row->bind(watch.run).bind(number_of(watch.began_at)).bind(std::int64_t{round.number});
    const std::string text = verification_json(round.verification);
    return row->bind(text).run();
  }

  Result<void> finish(const Watch& watch, Verdict verdict, core::Timestamp now) override {
    auto row = database_.prepare("UPDATE watch SET verdict = ?, ended_at = ? WHERE run = ? AND began_at = ?");
    if (!row) return core::fail(row.error());
    return row->bind(verdict_name(verdict))
        .bind(number_of(now))
        .bind(watch.run)
        .bind(number_of(watch.began_at))
        .run();
  }

  Result<Watch> newest(const std::string& run) const override {
    auto row = database_.prepare(
        "SELECT began_at, ends_at, every_ms, verdict FROM watch WHERE run = ? ORDER BY began_at DESC LIMIT "
        "1");
    if (!row) return core::fail(row.error());
    auto there = row->bind(run).step();
    if (!there) return core::fail(there.error());
    if (!*there) return core::fail(core::ErrorKind::not_found, "run " + run + " was never watched");
    Watch watch{run, time_of(row->integer(0)), time_of(row->integer(1)), core::Duration{row->integer(2)}, {},
                {}};
    if (!row->is_null(3)) watch.verdict = verdict_named(row->text(3));
    auto rounds = rounds_of(watch);
    if (!rounds) return core::fail(rounds.error());
    watch.rounds = std::move(*rounds);
    return watch;
  }

 private:
  Result<std::vector<Round>> rounds_of(const Watch& watch) const {
    auto row = database_.prepare(
        "SELECT number, verification FROM round WHERE run = ? AND began_at = ? ORDER BY number");
    if (!row) return core::fail(row.error());
    row->bind(watch.run).bind(number_of(watch.began_at));
    std::vector<Round> out;
    while (true) {
      auto there = row->step();
      if (!there) return core::fail(there.error());
      if (!*there) return out;
      auto verification = verification_of(row->text(1), database_.path());
      if (!verification) return core::fail(verification.error());
      out.push_back({static_cast<int>(row->integer(0)), std::move(*verification)});
    }
  }

  remedy::Database database_;
};

// Nobody else may read what happened in the account.
Result<void> make_file(const std::string& path) {
  std::error_code error;
  const auto folder = std::filesystem::path(path).parent_path();
  const bool had_folder = folder.empty() || std::filesystem::is_directory(folder, error);
  if (!had_folder && std::filesystem::create_directories(folder, error))
    std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0)
    return core::fail(core::ErrorKind::bad_input, path + ": " + std::strerror(errno),
                      "name another file with --journal");
  ::close(file);
  return {};
}

}  // namespace

Result<std::unique_ptr<WatchStore>> WatchStore::open(const std::string& path) {
  if (auto made = make_file(path); !made) return core::fail(made.error());
  auto database = remedy::Database::open(path, kBusyMs);
  if (!database) return core::fail(database.error());
  if (auto ready = database->script(kSchema); !ready) return core::fail(ready.error());
  return std::unique_ptr<WatchStore>(std::make_unique<SqliteStore>(std::move(*database)));
}

}  // namespace doctor::verify
