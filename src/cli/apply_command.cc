#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>
#include <ostream>

#include "aws/service_clock.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/permission_check.h"
#include "cli/run_output.h"

namespace doctor::cli {
namespace {

using core::ErrorKind;
using core::fail;
using core::Result;

struct ApplyFlags {
  std::string plan, resume, on_failure = "roll-back", window, journal;
  bool apply = false, skip_iam_check = false;
  Consent consent;
  remedy::ApplyOptions options;
};

Result<remedy::Plan> plan_in(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream)
    return fail(ErrorKind::bad_input, path + ": " + std::strerror(errno),
                "make one with: fargate-doctor plan --out " + path);
  return remedy::plan_of(std::string{std::istreambuf_iterator<char>(stream), {}}, path);
}

Result<remedy::ApplyOptions> options_of(Context& context, const ApplyFlags& flags) {
  remedy::ApplyOptions options = flags.options;
  options.on_failure = flags.on_failure == "stop" ? remedy::OnFailure::stop : remedy::OnFailure::roll_back;
  if (!flags.window.empty()) {
    auto window = remedy::window_of(flags.window);
    if (!window) return fail(window.error());
    options.window = std::move(*window);
  }
  options.cancelled = context.cancelled;
  options.progress = progress_of(context);
  return options;
}

int finish(Context& context, const Result<remedy::RunReport>& report) {
  if (!report) return report_error(context, report.error());
  print_report(context, *report);
  return exit_code_of(context, *report);
}

int dry_run(Context& context, aws::Client& client, const remedy::Plan& plan,
            const remedy::ApplyOptions& options) {
  const auto previews = remedy::preview(client, plan, options);
  print_previews(context, plan, "", previews,
                 remedy::objections(plan, options, aws::ServiceClock{client}.now()));
  return exit_code_of(previews);
}

int resume_command(Context& context, const ApplyFlags& flags, const remedy::ApplyOptions& options) {
  auto journal = open_journal(flags.journal);
  if (!journal) return report_error(context, journal.error());
  const auto run = (*journal)->run(flags.resume);
  if (!run) return report_error(context, run.error());
  if (!flags.apply) {
    const bool over = run->state == remedy::RunState::done || run->state == remedy::RunState::rolled_back;
    if (context.global.output == "json") {
      context.out << "{\"schema\":\"fargate-doctor/dry-run/1\",\"run\":\"" << run->id << "\",\"state\":\""
                  << remedy::state_name(run->state) << "\"}\n";
    } else {
      context.out << "run " << run->id << ": " << remedy::state_name(run->state)
                  << (over ? "; there is nothing to resume\n" : "; --apply goes on with it\n");
    }
    return over ? kNothingFound : kFound;
  }
  auto client = client_for_changes(context, run->plan.account, run->plan.region);
  if (!client) return report_error(context, client.error());
  return finish(context, remedy::resume(**client, **journal, run->id, options, aws::ServiceClock{**client}));
}

int apply_command(Context& context, const ApplyFlags& flags) {
  if (auto ok = require_output(context, {"text", "json"}); !ok) return report_error(context, ok.error());
  if (flags.plan.empty() == flags.resume.empty()) {
    return report_error(
        context, core::make_error(ErrorKind::usage, "apply takes either a plan or --resume with a run"));
  }
  auto options = options_of(context, flags);
  if (!options) return report_error(context, options.error());
  if (!flags.resume.empty()) return resume_command(context, flags, *options);

  const auto plan = plan_in(flags.plan);
  if (!plan) return report_error(context, plan.error());
  auto client = client_for_changes(context, plan->account, plan->region);
  if (!client) return report_error(context, client.error());
  PermissionCheck permissions;
  if (!flags.skip_iam_check) {
    auto check = check_permissions(context, **client, *plan, remedy::Direction::forward);
    if (!check) return report_error(context, check.error());
    permissions = std::move(*check);
    options->missing_actions = permissions.missing;
  }
  if (!flags.apply) {
    const int code = dry_run(context, **client, *plan, *options);
    print_missing(context, permissions);
    return code;
  }
  if (auto ok = require_consent(context, *plan, flags.consent); !ok) return report_error(context, ok.error());
  auto journal = open_journal(flags.journal);
  if (!journal) return report_error(context, journal.error());
  const int code =
      finish(context, remedy::apply(**client, **journal, *plan, *options, aws::ServiceClock{**client}));
  print_missing(context, permissions);
  return code;
}

}  // namespace

void add_apply(CLI::App& app, Run& run) {
  auto flags = std::make_shared<ApplyFlags>();
  auto* command = app.add_subcommand("apply", "Run a plan: a dry run unless --apply is there too");
  command->add_option("plan", flags->plan, "The plan's file");
  command->add_flag("--apply", flags->apply, "Change things; without it nothing is changed");
  command->add_option("--resume", flags->resume,
                      "Go on with this run of the journal; \"last\" is the newest");
  command
      ->add_option("--on-failure", flags->on_failure, "What a failed step is followed by: roll-back or stop")
      ->check(CLI::IsMember({"roll-back", "stop"}))
      ->default_str("roll-back");
  command
      ->add_option("--allow-one-way", flags->options.allowed_one_way,
                   "Allow the one-way steps of this fix, or the step of this number; repeatable")
      ->allow_extra_args(false);
  command->add_flag("--accept-drift", flags->options.accept_drift,
                    "Change directly what Terraform or CloudFormation manages");
  command->add_option("--window", flags->window,
                      "Maintenance window of steps that touch DNS or TLS: 'Sat 02:00-04:00 Europe/London'");
  command->add_flag("--outside-window", flags->options.outside_window,
                    "Let steps that touch DNS or TLS run at any time");
  command->add_flag("--skip-iam-check", flags->skip_iam_check,
                    "Do not read your own policies first to see whether they allow every step");
  command->add_flag("--yes", flags->consent.yes, "Do not ask");
  command->add_option("--confirm", flags->consent.dependents,
                      "The count of dependents, where the plan changes what others use too");
  command->add_option("--journal", flags->journal, "The journal's file (default: below XDG_STATE_HOME)");
  command->callback(
      [flags, &run] { run = [flags](Context& context) { return apply_command(context, *flags); }; });
}

}  // namespace doctor::cli
