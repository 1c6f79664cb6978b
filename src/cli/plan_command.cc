#include <fcntl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <ostream>

#include "cli/commands.h"
#include "cli/context.h"
#include "cli/facts_source.h"
#include "cli/selectors.h"
#include "cli/text_source.h"
#include "core/time.h"
#include "diagnose/diagnose.h"
#include "facts/live.h"
#include "remedy/planner.h"
#include "remedy/states.h"
#include "report/plan.h"

namespace doctor::cli {
namespace {

using core::ErrorKind;
using core::fail;
using core::Result;

struct PlanFlags {
  Selectors selectors;
  FactsSource source;
  std::string out;
  std::vector<std::string> fixes, terraform_states, stacks;
  std::size_t incident = 1;
};

Result<std::vector<remedy::Managed>> managers_of(const Context& context, const PlanFlags& flags) {
  std::vector<remedy::Managed> all;
  for (const auto& [files, read] : {std::pair{&flags.terraform_states, &remedy::managed_by_terraform},
                                    std::pair{&flags.stacks, &remedy::managed_by_stack}}) {
    for (const std::string& file : *files) {
      const auto text = text_at(context, file);
      if (!text) return fail(text.error());
      auto managed = read(*text, file);
      if (!managed) return fail(managed.error());
      all.insert(all.end(), managed->begin(), managed->end());
    }
  }
  return all;
}

// One resource leads to another (a new revision to the service that takes it): asked until nothing is new.
remedy::States states_for(const GivenFacts& given, const PlanFlags& flags,
                          const diagnose::Diagnosis& diagnosis, const remedy::PlanOptions& options) {
  remedy::States all;
  std::vector<remedy::Resource> asked;
  for (int round = 0; round < 4; ++round) {
    std::vector<remedy::Resource> wanted = remedy::resources_of(given.facts, diagnosis, all.known, options);
    std::erase_if(wanted,
                  [&](const auto& r) { return std::find(asked.begin(), asked.end(), r) != asked.end(); });
    if (wanted.empty()) break;
    asked.insert(asked.end(), wanted.begin(), wanted.end());
    remedy::States more = given.client == nullptr ? remedy::states_in_snapshot(flags.source.snapshot, wanted)
                                                  : remedy::states_of(*given.client, wanted);
    all.known.insert(all.known.end(), more.known.begin(), more.known.end());
    all.missing.insert(all.missing.end(), more.missing.begin(), more.missing.end());
  }
  return all;
}

// What must be read to know who shares the resources of the steps. What one service has for itself needs
// nothing.
unsigned sharing_of(const remedy::Plan& plan) {
  unsigned sharing = 0;
  for (const remedy::Step& step : plan.steps) {
    const std::string& kind = step.resource.kind;
    const auto is = [&kind](std::string_view service) { return kind.starts_with(service); };
    if (is("ec2:")) sharing |= facts::kEveryService | facts::kEveryInterface;
    if (is("iam:") || is("ecr:") || is("logs:") || is("secretsmanager:"))
      sharing |= facts::kEveryService | facts::kEveryDefinition;
    if (is("kms:")) sharing |= facts::kEveryService | facts::kEverySecretKey;
    if (is("elbv2:") || is("organizations:") || (is("ecs:") && kind != "ecs:service"))
      sharing |= facts::kEveryService;
  }
  return sharing;
}

// Facts about everything in the regions, beside those of the incident. What could not be read is said: the
// radius is then a lower bound.
facts::Facts sharing_facts(const GivenFacts& given, const facts::Scope& scope, unsigned sharing,
                           std::vector<std::string>& missing) {
  facts::LiveOptions live;
  live.scope.regions = scope.regions;
  live.sharing = sharing;
  auto facts = facts::read_live(*given.client, live, core::SystemClock{});
  if (!facts) {
    missing.push_back("who else uses what is changed: " + core::to_line(facts.error()));
    return {};
  }
  for (const facts::Place& place : facts->places) {
    for (const facts::Gap& gap : place.gaps)
      missing.push_back("who else uses what is changed: " + gap.service + " " + gap.operation + ": " +
                        gap.reason);
  }
  return std::move(*facts);
}

// For its owner alone: a plan holds whole resources, environment variables among them.
Result<void> write_private(const std::string& path, const std::string& text) {
  const auto failed = [&](int code) {
    return fail(ErrorKind::bad_input, path + ": " + std::strerror(code),
                "name a file that can be written with --out");
  };
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return failed(errno);
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t count = write(file, text.data() + done, text.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      const int code = errno;
      close(file);
      return failed(code);
    }
    done += static_cast<std::size_t>(count);
  }
  if (close(file) != 0) return failed(errno);
  return {};
}

// What AWS refused while the incident was looked at: the plan may be another one with it.
std::vector<std::string> evidence_missing(const diagnose::Diagnosis& diagnosis) {
  std::vector<std::string> lines;
  for (const auto& one : diagnosis.missing) {
    lines.push_back(one.evidence + ": " + one.reason +
                    (one.how_to_grant.empty() ? "" : " (needs " + one.how_to_grant + ")"));
  }
  return lines;
}

int plan_command(Context& context, const PlanFlags& flags) {
  if (auto ok = require_output(context, {"text", "json", "markdown", "html"}); !ok)
    return report_error(context, ok.error());
  auto scope = scope_of(flags.selectors);
  if (!scope) return report_error(context, scope.error());
  auto managers = managers_of(context, flags);
  if (!managers) return report_error(context, managers.error());
  const auto given = facts_from(context, flags.source, *scope);
  if (!given) return report_error(context, given.error());
  const auto diagnosis = diagnose::diagnose(given->facts, *scope);
  if (!diagnosis) return report_error(context, diagnosis.error());
  // A snapshot lacks what nobody looked at; of AWS it is a refusal.
  const auto refused = given->client == nullptr ? std::vector<std::string>{} : evidence_missing(*diagnosis);
  for (const auto& line : refused) context.err << "missing: " << core::printable(line) << '\n';
  if (diagnosis->incidents.empty() && flags.incident == 1) {
    context.err << "fargate-doctor: no incident was found: there is nothing to plan\n";
    return refused.empty() ? kNothingFound : kIncomplete;
  }
  remedy::PlanOptions options{flags.fixes, flags.incident - 1, std::move(*managers)};
  remedy::States states = states_for(*given, flags, *diagnosis, options);
  auto plan = remedy::make_plan(given->facts, *diagnosis, states.known, options);
  if (!plan) return report_error(context, plan.error());
  facts::Facts sharing;
  if (const unsigned wanted = sharing_of(*plan); given->client != nullptr && wanted != 0) {
    sharing = sharing_facts(*given, *scope, wanted, states.missing);
    options.sharing = &sharing;
    plan = remedy::make_plan(given->facts, *diagnosis, states.known, options);
    if (!plan) return report_error(context, plan.error());
  }
  const std::string json = remedy::plan_json(*plan);
  if (!flags.out.empty()) {
    if (auto done = write_private(flags.out, json); !done) return report_error(context, done.error());
  }
  if (context.global.output == "json") {
    for (const auto& line : states.missing)
      context.err << "state not read: " << core::printable(line) << '\n';
  }
  report::PlanPage page;
  page.file = flags.out;
  page.states_missing = states.missing;
  page.incidents = diagnosis->incidents.size();
  page.incident = flags.incident;
  const std::string& form = context.global.output;
  context.out << (form == "json"       ? json
                  : form == "markdown" ? report::to_markdown(*plan, page)
                  : form == "html"
                      ? report::to_html(*plan, page)
                      : report::to_text(*plan, page, {.width = context.width, .colour = context.colour}));
  if (given->client != nullptr && !(refused.empty() && states.missing.empty())) return kIncomplete;
  return plan->steps.empty() ? kNothingFound : kFound;
}

}  // namespace

void add_plan(CLI::App& app, Run& run) {
  auto flags = std::make_shared<PlanFlags>();
  auto* command =
      app.add_subcommand("plan", "Turn a diagnosis into steps, each with its inverse; changes nothing");
  add_selectors(*command, flags->selectors);
  command->add_option("--snapshot", flags->source.snapshot, "Read a snapshot folder instead of AWS");
  command->add_option("--out", flags->out, "Write the plan to this file, for its owner alone");
  command
      ->add_option("--fix", flags->fixes,
                   "Plan this fix of the diagnosis; repeatable (default: those of the likeliest cause)")
      ->allow_extra_args(false);
  command->add_option("--incident", flags->incident, "Which incident of the diagnosis, 1 is the worst")
      ->check(CLI::Range(1, 100000));
  command
      ->add_option("--terraform-state", flags->terraform_states,
                   "A Terraform state (version 4): a file, or s3://BUCKET/KEY; repeatable")
      ->allow_extra_args(false);
  command
      ->add_option("--stack-resources", flags->stacks,
                   "What aws cloudformation describe-stack-resources printed; repeatable")
      ->allow_extra_args(false);
  command->callback(
      [flags, &run] { run = [flags](Context& context) { return plan_command(context, *flags); }; });
}

}  // namespace doctor::cli
