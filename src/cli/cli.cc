#include "cli/cli.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <iostream>

#include "cli/commands.h"
#include "cli/context.h"

namespace doctor::cli {
namespace {

// A signal handler can reach nothing but a global; this one is read only through Context::cancelled.
std::atomic<bool> interrupted{false};
static_assert(std::atomic<bool>::is_always_lock_free);

void on_signal(int) {
  // The second Ctrl-C must always work, whatever the program is waiting for.
  if (interrupted.exchange(true)) std::_Exit(130);
}

void hear_signals() {
  struct sigaction action = {};
  action.sa_handler = on_signal;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  std::signal(SIGPIPE, SIG_IGN);  // `| head` closes the pipe: the write fails, the exit code stays
}

int columns_of_terminal() {
  winsize size = {};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
    return std::clamp<int>(size.ws_col, 60, 200);
  return 100;
}

void add_global_flags(CLI::App& app, GlobalOptions& global) {
  app.add_option("--profile", global.profile, "Profile of ~/.aws/config");
  app.add_option("--region", global.regions, "Region to ask; repeatable")->allow_extra_args(false);
  app.add_flag("--all-regions", global.all_regions, "Ask every region that the account has enabled");
  app.add_option("--endpoint-url", global.endpoint_url,
                 "Send every call here (also AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_<SERVICE>)");
  app.add_option("--output", global.output, "text, json, markdown, html or sarif")
      ->check(CLI::IsMember({"text", "json", "markdown", "html", "sarif"}));
  app.add_flag("--no-cli-pager")->description("Accepted as the AWS CLI does; output is never paged");
  app.add_flag("--debug", global.debug, "One line a request on stderr, without secrets");
  app.add_flag("--quiet", global.quiet, "No progress on stderr");
}

int parse_and_run(int argc, const char* const* argv) {
  CLI::App app{"Takes a failed AWS Fargate task from symptom to proven root cause.", "fargate-doctor"};
  app.set_version_flag("--version", "fargate-doctor " DOCTOR_VERSION);
  app.require_subcommand(1);
  app.fallthrough();  // global flags may stand behind the command, as with the AWS CLI

  GlobalOptions global;
  Run run;
  add_global_flags(app, global);
  add_diagnose(app, run);
  add_apply(app, run);
  add_rollback(app, run);
  add_runs(app, run);
  add_explain(app, run);
  add_codify(app, run);
  add_plan(app, run);
  add_snapshot(app, run);
  add_iam(app, run);
  add_iam_explain(app, run);
  add_iam_minimum(app, run);
  add_network_path(app, run);
  add_network_needs(app, run);
  add_verify(app, run);
  add_runbook(app, run);
  add_lab(app, run);
  app.footer(
      "Exit codes: 0 nothing found, 1 something found, 2 wrong usage or bad input, 3 AWS refused or\n"
      "unreachable, 4 incomplete (missing evidence is named), 5 a change failed and was rolled back, 6 a "
      "change\n"
      "failed and could not be rolled back (what to do by hand is printed).");
  try {
    app.parse(argc, argv);
    global.output_chosen = app.count("--output") > 0;
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // --help, --version
    std::cerr << "fargate-doctor: " << error.what() << " (see fargate-doctor --help)\n";
    return kUsage;
  }

  const bool terminal = isatty(STDOUT_FILENO) != 0;
  const char* no_color = std::getenv("NO_COLOR");
  Context context{.global = global,
                  .out = std::cout,
                  .err = std::cerr,
                  .out_is_terminal = terminal,
                  .err_is_terminal = isatty(STDERR_FILENO) != 0,
                  .width = columns_of_terminal(),
                  .colour = terminal && (no_color == nullptr || *no_color == '\0'),
                  .cancelled = &interrupted};
  const int code = run(context);
  std::cout.flush();
  return code;
}

}  // namespace

int run(int argc, const char* const* argv) {
  hear_signals();
  try {
    return parse_and_run(argc, argv);
  } catch (const std::exception& error) {
    // The stages return errors; what still throws (out of memory, a broken invariant) ends in one line, not
    // in a trace.
    std::cerr << "fargate-doctor: internal error: " << error.what() << '\n';
    return 3;
  }
}

}  // namespace doctor::cli
