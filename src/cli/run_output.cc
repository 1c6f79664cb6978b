#include "cli/run_output.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/journal_place.h"
#include "core/json.h"
#include "core/number.h"
#include "remedy/by_hand.h"

namespace doctor::cli {
namespace {

using core::ErrorKind;
using core::fail;
using core::Result;
using nlohmann::json;
using remedy::Preview;
using remedy::RunReport;
using remedy::RunResult;

void print_line(Context& context, const json& line) {
  context.out << line.dump(-1, ' ', false, json::error_handler_t::replace) << '\n' << std::flush;
}

bool ends_a_step(const std::string& what) {
  for (const auto* one : {"done", "already so", "failed", "taken back", "cannot take back"}) {
    if (what == one) return true;
  }
  return false;
}

std::string_view verdict_name(Preview::Verdict verdict) {
  constexpr std::string_view kNames[] = {"would_change",  "already_so", "differs",
                                         "not_known_yet", "one_way",    "unreadable"};
  return kNames[static_cast<std::size_t>(verdict)];
}

const remedy::Step* step_of(const remedy::Plan& plan, const std::string& id) {
  const auto found =
      std::find_if(plan.steps.begin(), plan.steps.end(), [&](const auto& step) { return step.id == id; });
  return found == plan.steps.end() ? nullptr : &*found;
}

// A long input is a task definition or a policy: the plan's file holds it, and with it what no log should.
std::string shown_command(const remedy::Request& request) {
  constexpr std::size_t kLong = 400;
  if (request.input.size() <= kLong) return remedy::aws_command(request);
  return fmt::format("aws {} {} --region {}  (its input is in the plan)", request.service,
                     remedy::kebab_case(request.operation), request.region);
}

void print_preview_json(Context& context, const remedy::Step& step, const std::string& run,
                        const Preview& one) {
  const auto& request = run.empty() ? step.request : step.inverse;
  print_line(context, {{"schema", "fargate-doctor/dry-run-step/1"},
                       {"run", run.empty() ? json(nullptr) : json(run)},
                       {"step", step.id},
                       {"fix", step.fix},
                       {"title", step.title},
                       {"resource", {{"kind", step.resource.kind}, {"id", step.resource.id}}},
                       {"verdict", verdict_name(one.verdict)},
                       {"why", one.why},
                       {"differences", one.differences},
                       {"command", request.service.empty() ? "" : shown_command(request)},
                       {"reversible", step.reversible},
                       {"iam_actions", step.iam_actions}});
}

void print_preview_text(Context& context, const remedy::Step& step, const std::string& run,
                        const Preview& one) {
  static constexpr std::string_view kWords[] = {"would change", "is so already",    "DIFFERS",
                                                "comes later",  "cannot be undone", "UNREADABLE"};
  const auto line = [&](std::string_view text) { context.out << core::printable(text) << '\n'; };
  line(fmt::format("{:>3}  {}: {}", step.id, kWords[static_cast<std::size_t>(one.verdict)], step.title));
  line(fmt::format("     {} {}", step.resource.kind, step.resource.id));
  if (!one.why.empty()) line("     " + one.why);
  for (const auto& difference : one.differences) line("       " + difference);
  const auto& request = run.empty() ? step.request : step.inverse;
  if (one.verdict == Preview::Verdict::would_change && !request.service.empty()) {
    line("     $ " + shown_command(request));
  }
  if (run.empty() && !step.reversible) line("     one-way: " + step.one_way_reason);
  if (run.empty() && !step.cost.empty()) line("     cost: " + step.cost);
  if (run.empty() && !step.managed_by.empty()) line("     managed by " + step.managed_by);
}

// The first line answers: what would come of it.
std::string dry_run_headline(const remedy::Plan& plan, bool back, const std::vector<Preview>& previews,
                             const std::vector<std::string>& objections) {
  using Verdict = Preview::Verdict;
  const auto first = [&](Verdict verdict) {
    return std::find_if(previews.begin(), previews.end(),
                        [&](const Preview& one) { return one.verdict == verdict; });
  };
  const std::string steps = fmt::format("{} step{}", previews.size(), previews.size() == 1 ? "" : "s");
  const std::string place = plan.service.empty() ? plan.cluster : plan.cluster + "/" + plan.service;
  if (previews.empty()) return "DRY RUN: nothing would change";
  if (const auto differs = first(Verdict::differs); differs != previews.end())
    return fmt::format("DRY RUN: would be refused, since {}", differs->why);
  if (const auto blind = first(Verdict::unreadable); blind != previews.end())
    return fmt::format("DRY RUN: step {} cannot be looked at: {}", blind->step, blind->why);
  if (std::all_of(previews.begin(), previews.end(),
                  [](const Preview& one) { return one.verdict == Verdict::already_so; }))
    return fmt::format("DRY RUN: nothing would change: {} of {} {} already so", steps, place,
                       previews.size() == 1 ? "is" : "are");
  if (!objections.empty())
    return fmt::format("DRY RUN: would be refused as asked ({} reason{}, below); {} would change {}",
                       objections.size(), objections.size() == 1 ? "" : "s", steps, place);
  return fmt::format("DRY RUN: {} would {} {}; nothing was changed, --apply makes it so", steps,
                     back ? "be taken back in" : "change", place);
}

std::string answer_on_terminal(Context& context, const std::string& question) {
  if (isatty(STDIN_FILENO) == 0 || !context.err_is_terminal) return {};
  context.err << question << std::flush;
  std::string answer;
  std::getline(std::cin, answer);
  return answer;
}

}  // namespace

Result<std::unique_ptr<remedy::Journal>> open_journal(const std::string& flag) {
  const auto path = journal_path(flag);
  if (!path) return fail(path.error());
  return remedy::Journal::open(*path);
}

Result<std::unique_ptr<aws::Client>> client_for_changes(const Context& context, const std::string& account,
                                                        const std::string& region) {
  aws::ClientOptions options;
  options.profile = context.global.profile;
  options.endpoint_url = context.global.endpoint_url;
  options.debug = context.global.debug;
  options.region = context.global.regions.empty() ? region : context.global.regions.front();
  auto client = aws::Client::make(options, nullptr);
  if (!client) return client;
  const aws::Call call{"sts", "GetCallerIdentity", region, "{}"};
  const auto answers = (*client)->run({&call, 1});
  if (!answers.front()) return fail(answers.front().error());
  const auto identity = core::JsonDocument::parse(answers.front()->json, "sts.get-caller-identity");
  if (!identity) return fail(identity.error());
  const auto caller = identity->root()["Account"].string_or();
  if (!account.empty() && caller != account) {
    return fail(ErrorKind::refused,
                fmt::format("the plan is for account {}, and these credentials are of account {}", account,
                            core::printable(caller)),
                "choose the right --profile");
  }
  return client;
}

std::function<void(const remedy::Progress&)> progress_of(Context& context) {
  return [&context](const remedy::Progress& progress) {
    if (context.global.output == "json" && ends_a_step(progress.what)) {
      print_line(context, {{"schema", "fargate-doctor/run-step/1"},
                           {"run", progress.run},
                           {"step", progress.step},
                           {"title", progress.title},
                           {"what", progress.what},
                           {"detail", progress.detail},
                           {"at", core::to_iso(progress.at)}});
    }
    if (context.global.quiet || !context.err_is_terminal) return;
    context.err << core::to_clock(progress.at) << "  step " << progress.step << "  " << progress.what
                << (progress.what == "checking" ? ": " + core::printable(progress.title) : "")
                << (progress.detail.empty() ? "" : ": " + core::printable(progress.detail)) << '\n';
  };
}

void print_report(Context& context, const RunReport& report) {
  if (context.global.output == "json") {
    print_line(context,
               {{"schema", "fargate-doctor/run/1"},
                {"run", report.run.empty() ? json(nullptr) : json(report.run)},
                {"result", remedy::result_name(report.result)},
                {"failed_step", report.failed_step.empty() ? json(nullptr) : json(report.failed_step)},
                {"why", report.why},
                {"differences", report.differences},
                {"by_hand", report.by_hand},
                {"warnings", report.warnings}});
    return;
  }
  const auto line = [&](std::string_view text) { context.out << core::printable(text) << '\n'; };
  const std::string run = report.run.empty() ? "" : "run " + report.run + ": ";
  std::string what(remedy::result_name(report.result));
  std::replace(what.begin(), what.end(), '_', ' ');
  line(run + what + (report.why.empty() ? "" : ": " + report.why));
  for (const auto& difference : report.differences) line("  " + difference);
  if (!report.by_hand.empty()) line("what is left to do by hand:");
  for (const auto& command : report.by_hand) line("  " + command);
  for (const auto& warning : report.warnings) context.err << "warning: " << core::printable(warning) << '\n';
  if (report.result == RunResult::rolled_back) line("all is as it was before the run");
  if (report.result == RunResult::done) {
    line("see that it holds with: fargate-doctor verify " + report.run);
    line("take it back with: fargate-doctor rollback " + report.run + " --apply");
  }
  if (report.result == RunResult::stopped) {
    line(
        fmt::format("go on with: fargate-doctor apply --resume {0} --apply; or take it back with: "
                    "fargate-doctor rollback {0} --apply",
                    report.run));
  }
}

int exit_code_of(const Context& context, const RunReport& report) {
  switch (report.result) {
    case RunResult::done:
    case RunResult::nothing_to_do:
      return kNothingFound;
    case RunResult::refused:
      return kUsage;
    case RunResult::rolled_back:
      return kRolledBack;
    case RunResult::stuck:
      return kStuck;
    case RunResult::stopped:
      break;
  }
  // A failure where the user said to stop stands as it is; Ctrl-C left the rest undone.
  return context.cancelled != nullptr && context.cancelled->load() ? kIncomplete : kStuck;
}

void print_previews(Context& context, const remedy::Plan& plan, const std::string& run,
                    const std::vector<Preview>& previews, const std::vector<std::string>& objections) {
  const bool as_json = context.global.output == "json";
  if (!as_json)
    context.out << core::printable(dry_run_headline(plan, !run.empty(), previews, objections)) << '\n';
  for (const auto& one : previews) {
    const auto* step = step_of(plan, one.step);
    if (step == nullptr) continue;
    as_json ? print_preview_json(context, *step, run, one) : print_preview_text(context, *step, run, one);
  }
  if (as_json) {
    print_line(context, {{"schema", "fargate-doctor/dry-run/1"},
                         {"run", run.empty() ? json(nullptr) : json(run)},
                         {"steps", previews.size()},
                         {"objections", objections}});
    return;
  }
  for (const auto& objection : objections)
    context.out << "would be refused: " << core::printable(objection) << '\n';
  if (!previews.empty()) context.out << "DRY RUN: nothing was changed\n";
}

int exit_code_of(const std::vector<Preview>& previews) {
  const auto any = [&](auto... verdicts) {
    return std::any_of(previews.begin(), previews.end(),
                       [&](const Preview& one) { return ((one.verdict == verdicts) || ...); });
  };
  if (any(Preview::Verdict::differs)) return kUsage;
  if (any(Preview::Verdict::unreadable)) return 3;
  return any(Preview::Verdict::would_change, Preview::Verdict::not_known_yet) ? kFound : kNothingFound;
}

Result<void> require_consent(Context& context, const remedy::Plan& plan, const Consent& consent) {
  if (plan.confirmation == remedy::Confirmation::none) return {};
  if (plan.confirmation == remedy::Confirmation::type_count) {
    const auto count = remedy::dependents_of(plan);
    if (consent.dependents >= 0 && static_cast<std::size_t>(consent.dependents) == count) return {};
    if (consent.dependents < 0) {
      const auto typed = core::whole_number(answer_on_terminal(
          context, "This changes what others use too. How many things depend on it (see the plan)? "));
      if (typed && *typed >= 0 && static_cast<std::size_t>(*typed) == count) return {};
    }
    return fail(ErrorKind::usage, "the plan changes what others use too, and their number was not confirmed",
                "read the blast radius in the plan, then say --confirm with the count of its dependents");
  }
  if (consent.yes) return {};
  if (answer_on_terminal(context, fmt::format("Apply {} steps? [yes/no] ", plan.steps.size())) == "yes")
    return {};
  return fail(ErrorKind::usage, "the change was not confirmed", "say --yes");
}

}  // namespace doctor::cli
