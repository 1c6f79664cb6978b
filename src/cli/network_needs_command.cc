#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>

#include "cli/commands.h"
#include "cli/context.h"
#include "cli/network_input.h"
#include "cli/network_start.h"
#include "report/network.h"

namespace doctor::cli {
namespace {

struct NeedsOptions {
  NetworkSource source;
  NetworkStart start;
};

core::Result<std::vector<network::NeedAnswer>> answers_of(const network::Network& network,
                                                          network::NeedsEngine& engine,
                                                          const Departure& departure) {
  auto answers = engine.answer(departure.source, departure.needs);
  if (!answers || departure.service == nullptr) return answers;
  for (auto& check :
       network::health_check_paths(network, *departure.place, *departure.service, departure.source))
    answers->push_back(std::move(check));
  return answers;
}

core::Result<std::vector<report::NeedsOfStart>> all_answers(const facts::Facts& facts,
                                                            const NetworkStart& start) {
  const auto starts = departures(facts, start);
  if (!starts) return core::fail(starts.error());
  const network::Network network(facts);
  network::NeedsEngine engine(network);
  std::vector<report::NeedsOfStart> out;
  for (const Departure& departure : *starts) {
    auto answers = answers_of(network, engine, departure);
    if (!answers) return core::fail(answers.error());
    out.push_back({departure.words, std::move(*answers)});
  }
  return out;
}

int needs_command(Context& context, const NeedsOptions& options) {
  if (auto ok = require_output(context, {"text", "json", "markdown"}); !ok)
    return report_error(context, ok.error());
  if (auto ok = check_start(options.start); !ok) return report_error(context, ok.error());
  facts::Scope scope;
  scope.cluster = options.start.cluster;
  scope.service = options.start.service;
  scope.task = options.start.task;
  const auto facts = network_facts(context, options.source, scope);
  if (!facts) return report_error(context, facts.error());
  const auto answers = all_answers(*facts, options.start);
  if (!answers) return report_error(context, answers.error());
  const std::string& format = context.global.output;
  if (format == "json") {
    context.out << report::needs_json(*answers);
  } else if (format == "markdown") {
    context.out << report::needs_markdown(*answers);
  } else {
    context.out << report::needs_text(*answers, {.width = context.width, .colour = context.colour});
  }
  return network_exit_code(report::verdict_of(*answers));
}

}  // namespace

void add_network_needs(CLI::App& app, Run& run) {
  auto options = std::make_shared<NeedsOptions>();
  auto* command = network_group(app).add_subcommand(
      "needs", "Say which of the things that a Fargate task needs cannot be reached from here");
  add_network_source(*command, options->source);
  NetworkStart& start = options->start;
  command->add_option("--subnet", start.subnet, "The subnet that tasks would start in");
  command->add_option("--group", start.groups, "A security group of the tasks; repeatable")
      ->allow_extra_args(false);
  command->add_flag("--public-ip", start.public_ip, "The tasks get public addresses (assignPublicIp)");
  command->add_option("--eni", start.interface, "Start from this network interface");
  command->add_option("--task", start.task,
                      "Start from this task, by ARN or id; asks for what it needs alone");
  command->add_option("--service", start.service, "Start from each subnet of this service");
  command->add_option("--cluster", start.cluster, "The cluster of the task or service");
  command->callback(
      [options, &run] { run = [options](Context& context) { return needs_command(context, *options); }; });
}

}  // namespace doctor::cli
