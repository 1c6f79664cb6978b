#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>

#include "cli/commands.h"
#include "cli/context.h"
#include "cli/facts_source.h"
#include "cli/selectors.h"
#include "diagnose/diagnose.h"
#include "report/report.h"

namespace doctor::cli {
namespace {

struct DiagnoseFlags {
  Selectors selectors;
  FactsSource source;
};

int diagnose_command(Context& context, const DiagnoseFlags& options) {
  if (auto ok = require_output(context, {"text", "json", "markdown", "html", "sarif"}); !ok) {
    return report_error(context, ok.error());
  }
  auto scope = scope_of(options.selectors);
  if (!scope) return report_error(context, scope.error());
  const auto given = facts_from(context, options.source, *scope);
  if (!given) return report_error(context, given.error());
  const auto diagnosis = diagnose::diagnose(given->facts, *scope);
  if (!diagnosis) return report_error(context, diagnosis.error());

  const std::string& format = context.global.output;
  if (format == "json") {
    context.out << report::to_json(*diagnosis);
  } else if (format == "markdown") {
    context.out << report::to_markdown(*diagnosis);
  } else if (format == "html") {
    context.out << report::to_html(*diagnosis);
  } else if (format == "sarif") {
    context.out << report::to_sarif(*diagnosis);
  } else {
    context.out << report::to_text(*diagnosis, {.width = context.width, .colour = context.colour});
  }
  if (!diagnosis->missing.empty()) return kIncomplete;
  return diagnosis->incidents.empty() ? kNothingFound : kFound;
}

}  // namespace

void add_diagnose(CLI::App& app, Run& run) {
  auto options = std::make_shared<DiagnoseFlags>();
  auto* command = app.add_subcommand("diagnose", "Find out why tasks stopped or did not start, with proof");
  add_selectors(*command, options->selectors);
  auto* snapshot =
      command->add_option("--snapshot", options->source.snapshot, "Read a snapshot folder instead of AWS");
  command
      ->add_option("--record", options->source.record,
                   "Also write what AWS answered to this folder, redacted")
      ->excludes(snapshot);
  command->callback(
      [options, &run] { run = [options](Context& context) { return diagnose_command(context, *options); }; });
}

}  // namespace doctor::cli
