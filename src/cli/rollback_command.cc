#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>

#include "aws/service_clock.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/permission_check.h"
#include "cli/run_output.h"
#include "core/json.h"
#include "remedy/by_hand.h"

namespace doctor::cli {
namespace {

struct RollbackFlags {
  std::string run, journal;
  bool apply = false, skip_iam_check = false;
};

int rollback_command(Context& context, const RollbackFlags& flags) {
  if (auto ok = require_output(context, {"text", "json"}); !ok) return report_error(context, ok.error());
  auto journal = open_journal(flags.journal);
  if (!journal) return report_error(context, journal.error());
  const auto run = (*journal)->run(flags.run);
  if (!run) return report_error(context, run.error());
  auto client = client_for_changes(context, run->plan.account, run->plan.region);
  if (!client) return report_error(context, client.error());
  bool may = true;
  if (!flags.skip_iam_check) {
    const auto check = check_permissions(context, **client, run->plan, remedy::Direction::back);
    if (!check) return report_error(context, check.error());
    print_missing(context, *check);
    may = check->missing.empty();
  }
  remedy::ApplyOptions options;
  options.cancelled = context.cancelled;
  options.progress = progress_of(context);
  if (!flags.apply) {
    const auto previews = remedy::preview_roll_back(**client, *run, options);
    remedy::Plan plan = run->plan;  // its calls as they would be sent
    for (auto& step : plan.steps) step.inverse = remedy::filled_by_answers(*run, step, step.inverse);
    print_previews(context, plan, run->id, previews, {});
    return exit_code_of(previews);
  }
  if (!may) {
    return report_error(context,
                        core::make_error(core::ErrorKind::usage,
                                         "these credentials may not take every step back; nothing was sent",
                                         "use others, or add the policy above"));
  }
  const auto report = remedy::roll_back(**client, **journal, run->id, options, aws::ServiceClock{**client});
  if (!report) return report_error(context, report.error());
  print_report(context, *report);
  // Here to have taken it back is what was asked for.
  return report->result == remedy::RunResult::rolled_back ? kNothingFound : exit_code_of(context, *report);
}

struct RunsFlags {
  std::string journal;
};

int runs_command(Context& context, const RunsFlags& flags) {
  if (auto ok = require_output(context, {"text", "json"}); !ok) return report_error(context, ok.error());
  const auto journal = open_journal(flags.journal);
  if (!journal) return report_error(context, journal.error());
  const auto runs = (*journal)->runs();
  if (!runs) return report_error(context, runs.error());
  if (context.global.output == "json") {
    context.out << "{\"schema\":\"fargate-doctor/runs/1\",\"runs\":[";
    const char* separator = "";
    for (const auto& run : *runs) {
      context.out << separator << "\n{\"run\":" << core::json_quoted(run.id) << ",\"state\":\""
                  << remedy::state_name(run.state) << "\",\"began_at\":\"" << core::to_iso(run.began_at)
                  << "\",\"family\":"
                  << (run.plan.family.empty() ? "null" : core::json_quoted(run.plan.family))
                  << ",\"cause\":" << core::json_quoted(run.plan.cause)
                  << ",\"cluster\":" << core::json_quoted(run.plan.cluster)
                  << ",\"service\":" << core::json_quoted(run.plan.service)
                  << ",\"steps\":" << run.plan.steps.size() << ",\"calls\":" << run.entries.size() << "}";
      separator = ",";
    }
    context.out << "\n]}\n";
    return kNothingFound;
  }
  for (const auto& run : *runs) {
    context.out << run.id << "  " << remedy::state_name(run.state) << "  "
                << core::printable(run.plan.cluster + "/" + run.plan.service + "  " + run.plan.cause) << "  "
                << run.plan.steps.size() << " steps\n";
  }
  if (runs->empty()) context.out << "there is no run yet\n";
  return kNothingFound;
}

}  // namespace

void add_rollback(CLI::App& app, Run& run) {
  auto flags = std::make_shared<RollbackFlags>();
  auto* command = app.add_subcommand("rollback", "Take a run back: a dry run unless --apply is there too");
  command->add_option("run", flags->run, "The run's name; \"last\" is the newest")->required();
  command->add_flag("--apply", flags->apply, "Change things; without it nothing is changed");
  command->add_flag("--skip-iam-check", flags->skip_iam_check,
                    "Do not read your own policies first to see whether they allow every step");
  command->add_option("--journal", flags->journal, "The journal's file (default: below XDG_STATE_HOME)");
  command->callback(
      [flags, &run] { run = [flags](Context& context) { return rollback_command(context, *flags); }; });
}

void add_runs(CLI::App& app, Run& run) {
  auto flags = std::make_shared<RunsFlags>();
  auto* command = app.add_subcommand("runs", "List the runs of the journal, the newest first");
  command->add_option("--journal", flags->journal, "The journal's file (default: below XDG_STATE_HOME)");
  command->callback(
      [flags, &run] { run = [flags](Context& context) { return runs_command(context, *flags); }; });
}

}  // namespace doctor::cli
