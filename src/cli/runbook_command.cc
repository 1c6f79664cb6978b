#include <CLI/CLI.hpp>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <ostream>

#include "cli/commands.h"
#include "cli/context.h"
#include "cli/iam_input.h"
#include "cli/journal_place.h"
#include "cli/runbook_place.h"
#include "core/json.h"
#include "report/diagnosis_reader.h"
#include "report/runbook.h"
#include "verify/watch_store.h"

namespace doctor::cli {
namespace {

struct RunbookFlags {
  std::string subject, diagnosis, journal, to, space, parent;
  std::size_t incident = 0;  // from 1; 0: the first, or the run's
  bool no_commit = false;
};

core::Result<diagnose::Diagnosis> read_diagnosis(const std::string& path) {
  const auto text = text_of_file(path);
  if (!text) return core::fail(text.error());
  return report::diagnosis_of(*text, path);
}

// The newest round of the newest watch; a run that nobody watched has none.
core::Result<std::optional<verify::Verification>> newest_verification(const std::string& journal,
                                                                      const std::string& run) {
  const std::string path = beside(journal, "watch.db");
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return std::nullopt;
  const auto store = verify::WatchStore::open(path);
  if (!store) return core::fail(store.error());
  auto watch = (*store)->newest(run);
  if (!watch && watch.error().kind == core::ErrorKind::not_found) return std::nullopt;
  if (!watch) return core::fail(watch.error());
  if (watch->rounds.empty()) return std::nullopt;
  return std::move(watch->rounds.back().verification);
}

// A file that is there, or "-", is a diagnosis; all else is a run.
bool names_a_file(const std::string& subject) {
  std::error_code error;
  return subject == "-" || std::filesystem::is_regular_file(subject, error);
}

core::Result<report::Document> make(const RunbookFlags& flags) {
  std::optional<remedy::Run> run;
  std::optional<diagnose::Diagnosis> diagnosis;
  std::optional<verify::Verification> verification;
  if (names_a_file(flags.subject)) {
    if (!flags.diagnosis.empty())
      return core::fail(core::ErrorKind::usage, "two diagnoses were given",
                        "name one file, or a run and one file");
    auto read = read_diagnosis(flags.subject);
    if (!read) return core::fail(read.error());
    diagnosis = std::move(*read);
  } else {
    const auto journal = journal_path(flags.journal);
    if (!journal) return core::fail(journal.error());
    auto found = run_of(*journal, flags.subject);
    if (!found) return core::fail(found.error());
    run = std::move(*found);
    auto newest = newest_verification(*journal, run->id);
    if (!newest) return core::fail(newest.error());
    verification = std::move(*newest);
    if (!flags.diagnosis.empty()) {
      auto read = read_diagnosis(flags.diagnosis);
      if (!read) return core::fail(read.error());
      diagnosis = std::move(*read);
    }
  }
  return report::runbook_of({.run = run ? &*run : nullptr,
                             .diagnosis = diagnosis ? &*diagnosis : nullptr,
                             .incident = flags.incident == 0 ? 0 : flags.incident - 1,
                             .verification = verification ? &*verification : nullptr});
}

std::string from_environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

core::Result<std::string> put(const Context& context, const RunbookFlags& flags,
                              const report::Document& runbook) {
  if (flags.to.starts_with("http://") || flags.to.starts_with("https://")) {
    std::string base = flags.to;
    while (base.ends_with("/")) base.pop_back();
    return put_into_confluence({.base = base,
                                .space = flags.space,
                                .parent = flags.parent,
                                .user = from_environment("CONFLUENCE_USER"),
                                .token = from_environment("CONFLUENCE_TOKEN")},
                               runbook, context.cancelled);
  }
  std::error_code error;
  if (std::filesystem::is_directory(flags.to, error))
    return put_into_folder(flags.to, runbook, !flags.no_commit);
  return put_into_file(flags.to, runbook);
}

int runbook_command(Context& context, const RunbookFlags& flags) {
  const bool chosen = context.global.output_chosen;
  if (auto ok = require_output(context, {"text", "markdown", "json"}); !ok)
    return report_error(context, ok.error());
  const auto runbook = make(flags);
  if (!runbook) return report_error(context, runbook.error());
  if (flags.to.empty()) {
    if (chosen && context.global.output == "json") {
      context.out << "{\"schema\":\"fargate-doctor/runbook/1\",\"title\":"
                  << core::json_quoted(runbook->title)
                  << ",\"markdown\":" << core::json_quoted(report::to_markdown(*runbook)) << "}\n";
    } else {
      context.out << report::to_markdown(*runbook);
    }
    return kNothingFound;
  }
  const auto said = put(context, flags, *runbook);
  if (!said) return report_error(context, said.error());
  context.out << core::printable(*said) << '\n';
  return kNothingFound;
}

}  // namespace

void add_runbook(CLI::App& app, Run& run) {
  auto flags = std::make_shared<RunbookFlags>();
  auto* command =
      app.add_subcommand("runbook", "Write down what happened, what was done, and how to undo it");
  command->add_option("subject", flags->subject, "A run, last, or the file of a diagnosis (--output json)")
      ->required();
  command->add_option("--diagnosis", flags->diagnosis,
                      "With a run: the diagnosis that it mended, for the evidence");
  command->add_option("--incident", flags->incident, "Which incident of the diagnosis, from 1");
  add_journal_flag(*command, flags->journal);
  command->add_option(
      "--to", flags->to,
      "A file, a folder (a git working copy gets a commit), or Confluence's URL; else stdout");
  command->add_flag("--no-commit", flags->no_commit, "Write into the working copy without committing");
  command->add_option("--space", flags->space, "Confluence: key of the space");
  command->add_option("--parent", flags->parent, "Confluence: id of the page that a new one stands under");
  command->callback(
      [flags, &run] { run = [flags](Context& context) { return runbook_command(context, *flags); }; });
}

}  // namespace doctor::cli
