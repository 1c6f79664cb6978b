#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>

#include "cli/commands.h"
#include "cli/context.h"
#include "cli/selectors.h"
#include "core/time.h"
#include "diagnose/diagnose.h"
#include "facts/live.h"
#include "facts/snapshot.h"
#include "report/report.h"

namespace doctor::cli {
namespace {

struct DiagnoseFlags {
  Selectors selectors;
  std::string snapshot, record;
};

core::Result<facts::Facts> facts_of(Context& context, const DiagnoseFlags& options, facts::Scope& scope) {
  if (!options.snapshot.empty()) {
    scope.regions = context.global.regions;
    return facts::read_snapshot(options.snapshot);
  }
  auto client = make_client(context);
  if (!client) return core::fail(client.error());
  auto regions = regions_of(context, **client);
  if (!regions) return core::fail(regions.error());
  scope.regions = *regions;
  facts::LiveOptions live;
  live.scope = scope;
  if (!options.record.empty()) {
    auto record = facts::record_to(options.record);
    if (!record) return core::fail(record.error());
    live.record = *record;
  }
  auto facts = facts::read_live(**client, live, core::SystemClock{});
  const auto statistics = (*client)->statistics();
  if (context.global.debug) {
    context.err << "aws: " << statistics.calls << " calls, " << statistics.requests << " requests, "
                << statistics.retries << " retries, " << statistics.throttled << " throttled, at most "
                << statistics.most_in_flight << " in flight\n";
  }
  return facts;
}

int diagnose_command(Context& context, const DiagnoseFlags& options) {
  if (auto ok = require_output(context, {"text", "json", "markdown", "html", "sarif"}); !ok) {
    return report_error(context, ok.error());
  }
  auto scope = scope_of(options.selectors);
  if (!scope) return report_error(context, scope.error());
  const auto facts = facts_of(context, options, *scope);
  if (!facts) return report_error(context, facts.error());
  const auto diagnosis = diagnose::diagnose(*facts, *scope);
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
      command->add_option("--snapshot", options->snapshot, "Read a snapshot folder instead of AWS");
  command->add_option("--record", options->record, "Also write what AWS answered to this folder, redacted")
      ->excludes(snapshot);
  command->callback(
      [options, &run] { run = [options](Context& context) { return diagnose_command(context, *options); }; });
}

}  // namespace doctor::cli
