#include <CLI/CLI.hpp>
#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <ostream>
#include <thread>

#include "aws/service_clock.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/journal_place.h"
#include "core/time.h"
#include "report/verification_text.h"
#include "verify/rollout.h"
#include "verify/smoke.h"
#include "verify/verify.h"
#include "verify/watch.h"

namespace doctor::cli {
namespace {

struct VerifyFlags {
  std::string run, journal;
  std::string watch, every = "5m";
  std::string smoke, smoke_for = "60s";
  int smoke_rate = 5;
  std::vector<std::string> profiles, roles;
  bool look_only = false, no_analyzer = false;
  std::string longest = "10m", settle = "20s", poll = "3s";
  std::size_t most_tasks = 6;
};

// The spans of the command line, read once.
struct Spans {
  core::Duration watch{0}, every{0}, smoke_for{0}, longest{0}, settle{0}, poll{0};
};

core::Result<Spans> spans_of(const VerifyFlags& flags) {
  Spans out;
  for (const auto& [text, into] : {std::pair{&flags.watch, &out.watch},
                                   {&flags.every, &out.every},
                                   {&flags.smoke_for, &out.smoke_for},
                                   {&flags.longest, &out.longest},
                                   {&flags.settle, &out.settle},
                                   {&flags.poll, &out.poll}}) {
    if (text->empty()) continue;
    const auto span = core::duration_of(*text);
    if (!span) return core::fail(span.error());
    *into = *span;
  }
  if (!flags.watch.empty() && (out.every <= core::Duration{0} || out.watch < out.every))
    return core::fail(core::ErrorKind::usage, "--watch must be at least as long as --every");
  return out;
}

// Two clients a profile: the second one still stops tasks after Ctrl-C.
struct Clients {
  std::vector<std::unique_ptr<aws::Client>> all;
  std::vector<verify::Where> places;
};

core::Result<Clients> clients_of(const Context& context, const VerifyFlags& flags, const remedy::Run& run) {
  Clients out;
  std::vector<std::string> profiles = flags.profiles;
  if (profiles.empty()) profiles.emplace_back();
  for (const std::string& profile : profiles) {
    auto client = make_client(context, profile, context.cancelled);
    if (!client) return core::fail(client.error());
    auto always = make_client(context, profile, nullptr);
    if (!always) return core::fail(always.error());
    std::vector<std::string> regions;
    if (context.global.regions.empty() && !context.global.all_regions && !run.plan.region.empty()) {
      regions = {run.plan.region};
    } else {
      auto asked = regions_of(context, **client);
      if (!asked) return core::fail(asked.error());
      regions = std::move(*asked);
    }
    for (const std::string& region : regions)
      out.places.push_back({client->get(), always->get(), profile, region});
    out.all.push_back(std::move(*client));
    out.all.push_back(std::move(*always));
  }
  return out;
}

void pause(const Context& context, core::Duration span) {
  const auto until = std::chrono::steady_clock::now() + span;
  while (!context.cancelled->load()) {
    const auto left = until - std::chrono::steady_clock::now();
    if (left <= std::chrono::steady_clock::duration{0}) return;
    std::this_thread::sleep_for(
        std::min<std::chrono::steady_clock::duration>(left, std::chrono::milliseconds{100}));
  }
}

verify::ReadOptions read_options(Context& context, const VerifyFlags& flags, const Spans& spans) {
  verify::ReadOptions options;
  options.replay = !flags.look_only;
  options.analyzer = !flags.no_analyzer;
  options.roles = flags.roles;
  options.replays.longest = spans.longest;
  options.replays.settle = spans.settle;
  options.replays.poll = spans.poll;
  options.replays.most = flags.most_tasks;
  options.replays.cancelled = context.cancelled;
  options.replays.pause = [&context](core::Duration span) { pause(context, span); };
  if (!context.global.quiet)
    options.replays.progress = [&context](const std::string& line) { context.err << line << std::endl; };
  return options;
}

core::Result<verify::SmokeReport> hold_load(Context& context, const VerifyFlags& flags, const Spans& spans,
                                            const Clients& clients, const remedy::Run& run) {
  verify::SmokeOptions options;
  options.url = flags.smoke;
  options.per_second = flags.smoke_rate;
  options.duration = spans.smoke_for;
  const verify::Where& home = clients.places.front();
  return verify::smoke(
      options, [&] { return verify::rollout_in_progress(*home.client, run, home.region); },
      context.cancelled);
}

void print(Context& context, const verify::Verification& verification) {
  if (context.global.output == "json") {
    context.out << verify::verification_json(verification);
  } else {
    context.out << report::to_text(verification, {.width = context.width, .colour = context.colour});
  }
}

int watch_run(Context& context, const VerifyFlags& flags, const Spans& spans, const std::string& journal,
              const remedy::Run& run, const Clients& clients) {
  auto store = verify::WatchStore::open(beside(journal, "watch.db"));
  if (!store) return report_error(context, store.error());
  const core::SystemClock clock;
  verify::WatchOptions options;
  options.span = spans.watch;
  options.every = spans.every;
  options.cancelled = context.cancelled;
  options.pause = [&context](core::Duration span) { pause(context, span); };
  options.say = [&context](const std::string& line) { context.err << core::printable(line) << std::endl; };
  const auto make_round = [&](bool replay) {
    auto read = read_options(context, flags, spans);
    read.replay = read.replay && replay;
    const aws::ServiceClock of_aws{*clients.places.front().client};
    auto verification = verify::verify(clients.places, run, read, of_aws);
    if (!verification) return verify::without_sight(run, verification.error(), clock.now());
    verification->checked_at = clock.now();  // rounds are paced by this machine's clock
    return std::move(*verification);
  };
  const auto watched = verify::watch(**store, run.id, options, make_round, clock);
  if (!watched) return report_error(context, watched.error());
  if (context.global.output == "json") {
    nlohmann::ordered_json out{{"schema", "fargate-doctor/watch/1"},
                               {"run", run.id},
                               {"verdict", verify::verdict_name(watched->verdict)},
                               {"why", watched->why},
                               {"interrupted", watched->interrupted},
                               {"began_at", core::to_iso(watched->watch.began_at)},
                               {"ends_at", core::to_iso(watched->watch.ends_at)},
                               {"rounds", watched->watch.rounds.size()}};
    if (!watched->watch.rounds.empty())
      out["last"] = nlohmann::ordered_json::parse(
          verify::verification_json(watched->watch.rounds.back().verification), nullptr, false);
    context.out << out.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) << '\n';
  } else {
    context.out << verify::verdict_name(watched->verdict) << ": " << core::printable(watched->why) << '\n';
    if (!watched->watch.rounds.empty()) print(context, watched->watch.rounds.back().verification);
  }
  return verify::exit_code(watched->verdict);
}

int verify_command(Context& context, const VerifyFlags& flags) {
  if (auto ok = require_output(context, {"text", "json"}); !ok) return report_error(context, ok.error());
  const auto spans = spans_of(flags);
  if (!spans) return report_error(context, spans.error());
  if (!flags.smoke.empty()) {
    const auto ok = verify::check_smoke(
        {.url = flags.smoke, .per_second = flags.smoke_rate, .duration = spans->smoke_for});
    if (!ok) return report_error(context, ok.error());
  }
  const auto journal = journal_path(flags.journal);
  if (!journal) return report_error(context, journal.error());
  const auto run = run_of(*journal, flags.run);
  if (!run) return report_error(context, run.error());
  if (auto ok = verify::can_be_verified(*run); !ok) return report_error(context, ok.error());
  auto clients = clients_of(context, flags, *run);
  if (!clients) return report_error(context, clients.error());

  std::optional<verify::SmokeReport> smoke;
  if (!flags.smoke.empty()) {
    auto report = hold_load(context, flags, *spans, *clients, *run);
    if (!report) return report_error(context, report.error());
    if (!context.global.quiet) context.err << core::printable(verify::smoke_line(*report)) << std::endl;
    smoke = std::move(*report);
  }
  if (!flags.watch.empty() && !context.cancelled->load()) {
    const int code = watch_run(context, flags, *spans, *journal, *run, *clients);
    const bool smoke_failed = smoke && verify::judge_smoke(*smoke).standing == verify::Standing::failed;
    return smoke_failed && code == 0 ? kFound : code;
  }
  auto verification = verify::verify(clients->places, *run, read_options(context, flags, *spans),
                                     aws::ServiceClock{*clients->places.front().client});
  if (!verification) return report_error(context, verification.error());
  if (smoke) {
    verification->checks.push_back(verify::judge_smoke(*smoke));
    verification->smoke = verify::smoke_json(*smoke);
  }
  print(context, *verification);
  return verify::exit_code(verify::verdict_of(*verification));
}

}  // namespace

void add_verify(CLI::App& app, Run& run) {
  auto flags = std::make_shared<VerifyFlags>();
  auto* command = app.add_subcommand(
      "verify", "Walk the symptom's path again after a run: start such a task, watch it run, stop it");
  command->add_option("run", flags->run, "The run, or last")->required();
  add_journal_flag(*command, flags->journal);
  command->add_option("--watch", flags->watch,
                      "Verify again and again for so long: 24h; goes on after a restart");
  command->add_option("--every", flags->every, "How often, with --watch")->default_str("5m");
  command->add_option("--smoke", flags->smoke,
                      "Hold a modest HTTP load on this URL, and while tasks are replaced");
  command->add_option("--smoke-rate", flags->smoke_rate, "Requests a second, at most 50")->default_str("5");
  command->add_option("--smoke-for", flags->smoke_for, "How long at least, at most 15m")->default_str("60s");
  command->add_option("--in-profile", flags->profiles, "Check in the account of this profile; repeatable")
      ->allow_extra_args(false);
  command->add_option("--role", flags->roles, "Evaluate the calls for this role too; repeatable")
      ->allow_extra_args(false);
  command->add_flag("--look-only", flags->look_only, "Start no task; judge by what can be read");
  command->add_flag("--no-access-analyzer", flags->no_analyzer, "Do not ask IAM Access Analyzer");
  command->add_option("--longest", flags->longest, "How long a task may take to run")->default_str("10m");
  command->add_option("--settle", flags->settle, "How long it must go on running")->default_str("20s");
  command->add_option("--poll", flags->poll, "How often it is looked at")->default_str("3s");
  command->add_option("--most-tasks", flags->most_tasks, "At most so many tasks at once")
      ->default_str("6")
      ->check(CLI::Range(1, 10));
  command->callback(
      [flags, &run] { run = [flags](Context& context) { return verify_command(context, *flags); }; });
}

}  // namespace doctor::cli
