#include "remedy/journal_rows.h"

#include <fmt/format.h>

namespace doctor::remedy {
namespace {

core::Error not_of_a_journal(const Database& database, std::string_view what, std::string_view value) {
  return core::make_error(core::ErrorKind::bad_input,
                          fmt::format("{}: \"{}\" is no {}", database.path(), core::printable(value), what),
                          "the file was changed by something else: name another with --journal");
}

core::Result<Entry> entry_of(const Database& database, const Statement& row) {
  const auto kind = entry_kind_named(row.text(2));
  const auto outcome = outcome_named(row.text(3));
  if (!kind) return core::fail(not_of_a_journal(database, "kind of an entry", row.text(2)));
  if (!outcome) return core::fail(not_of_a_journal(database, "outcome", row.text(3)));
  Entry entry;
  entry.run = row.text(0);
  entry.step = row.text(1);
  entry.kind = *kind;
  entry.outcome = *outcome;
  entry.before = row.text(4);
  entry.after = row.text(5);
  entry.request = {row.text(6), row.text(7), row.text(8), row.text(9)};
  entry.answer = row.text(10);
  entry.error = row.text(11);
  entry.intended_at = from_milliseconds(row.integer(12));
  if (!row.is_null(13)) entry.concluded_at = from_milliseconds(row.integer(13));
  return entry;
}

core::Result<std::vector<Entry>> entries_of(const Database& database, const std::string& run) {
  auto statement = database.prepare(
      "SELECT run, step, kind, outcome, before, after, service, operation, region, input, answer, error, "
      "intended_at, concluded_at FROM entry WHERE run = ? ORDER BY seq");
  if (!statement) return core::fail(statement.error());
  statement->bind(run);
  std::vector<Entry> entries;
  for (;;) {
    const auto row = statement->step();
    if (!row) return core::fail(row.error());
    if (!*row) return entries;
    auto entry = entry_of(database, *statement);
    if (!entry) return core::fail(entry.error());
    entries.push_back(std::move(*entry));
  }
}

}  // namespace

std::int64_t to_milliseconds(core::Timestamp time) {
  return time.time_since_epoch().count();
}
core::Timestamp from_milliseconds(std::int64_t count) {
  return core::Timestamp(core::Duration(count));
}

core::Result<Run> read_run(const Database& database, const std::string& id) {
  // What "last" is: the one that began last. Runs of one millisecond come in the order they were written.
  auto statement = database.prepare(
      id == "last" ? "SELECT id, state, plan, began_at FROM run ORDER BY began_at DESC, rowid DESC LIMIT 1"
                   : "SELECT id, state, plan, began_at FROM run WHERE id = ?");
  if (!statement) return core::fail(statement.error());
  if (id != "last") statement->bind(id);
  const auto row = statement->step();
  if (!row) return core::fail(row.error());
  if (!*row) {
    return core::fail(core::ErrorKind::not_found,
                      id == "last"
                          ? fmt::format("{}: there is no run yet", database.path())
                          : fmt::format("{}: there is no run {}", database.path(), core::printable(id)),
                      "see: fargate-doctor runs");
  }
  Run run;
  run.id = statement->text(0);
  const auto state = state_named(statement->text(1));
  if (!state) return core::fail(not_of_a_journal(database, "state of a run", statement->text(1)));
  run.state = *state;
  auto plan = plan_of(statement->text(2), database.path() + " " + run.id);
  if (!plan) return core::fail(plan.error());
  run.plan = std::move(*plan);
  run.began_at = from_milliseconds(statement->integer(3));
  auto entries = entries_of(database, run.id);
  if (!entries) return core::fail(entries.error());
  run.entries = std::move(*entries);
  return run;
}

core::Result<std::vector<std::string>> run_ids(const Database& database) {
  auto statement = database.prepare("SELECT id FROM run ORDER BY began_at DESC, rowid DESC");
  if (!statement) return core::fail(statement.error());
  std::vector<std::string> ids;
  for (;;) {
    const auto row = statement->step();
    if (!row) return core::fail(row.error());
    if (!*row) return ids;
    ids.push_back(statement->text(0));
  }
}

}  // namespace doctor::remedy
