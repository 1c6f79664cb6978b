#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>

#include "cli/commands.h"
#include "cli/context.h"
#include "cli/selectors.h"
#include "core/json.h"
#include "core/time.h"
#include "facts/live.h"

namespace doctor::cli {
namespace {

struct SnapshotFlags {
  Selectors selectors;
  std::string to;
  bool hide_account_ids = false;
};

int snapshot_command(Context& context, const SnapshotFlags& options) {
  if (auto ok = require_output(context, {"text", "json"}); !ok) return report_error(context, ok.error());
  auto scope = scope_of(options.selectors);
  if (!scope) return report_error(context, scope.error());
  auto client = make_client(context);
  if (!client) return report_error(context, client.error());
  auto regions = regions_of(context, **client);
  if (!regions) return report_error(context, regions.error());
  auto record = facts::record_to(options.to);
  if (!record) return report_error(context, record.error());

  facts::LiveOptions live;
  live.scope = *scope;
  live.scope.regions = *regions;
  live.hide_account_ids = options.hide_account_ids;
  int files = 0;
  live.record = [&](const std::string& account, const std::string& region, const std::string& name,
                    const std::string& text) {
    ++files;
    return (*record)(account, region, name, text);
  };
  const auto facts = facts::read_live(**client, live, core::SystemClock{});
  if (!facts) return report_error(context, facts.error());

  std::size_t refused = 0;
  for (const auto& place : facts->places) refused += place.gaps.size();
  if (context.global.output == "json") {
    context.out << "{\"schema\":\"fargate-doctor/snapshot/1\",\"folder\":" << core::json_quoted(options.to)
                << ",\"files\":" << files << ",\"refused\":" << refused << "}\n";
  } else {
    context.out << "wrote " << files << " files to " << options.to
                << "; read it with: fargate-doctor diagnose --snapshot " << options.to << '\n';
    for (const auto& place : facts->places) {
      for (const auto& gap : place.gaps) {
        context.out << "missing: " << gap.service << " " << gap.operation << " in " << place.region << ": "
                    << core::printable(gap.reason)
                    << (gap.iam_action.empty() ? "" : " (needs " + gap.iam_action + ")") << '\n';
      }
    }
  }
  return refused == 0 ? kNothingFound : kIncomplete;
}

}  // namespace

void add_snapshot(CLI::App& app, Run& run) {
  auto options = std::make_shared<SnapshotFlags>();
  auto* command =
      app.add_subcommand("snapshot", "Export what a diagnosis needs to a folder, read-only and redacted");
  add_selectors(*command, options->selectors);
  command->add_option("--to", options->to, "Folder to write; it must be new, empty or a snapshot")
      ->required();
  command->add_flag("--hide-account-ids", options->hide_account_ids,
                    "Replace account ids by stable made-up ones");
  command->callback(
      [options, &run] { run = [options](Context& context) { return snapshot_command(context, *options); }; });
}

}  // namespace doctor::cli
