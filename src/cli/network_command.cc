#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>

#include "cli/commands.h"
#include "cli/context.h"
#include "cli/network_input.h"
#include "cli/reachability_analyzer.h"
#include "network/path.h"
#include "report/network.h"

namespace doctor::cli {
namespace {

struct PathOptions {
  NetworkSource source;
  network::Query query;
  bool port_given = false, confirm = false;
};

std::string rendered(const Context& context, const network::Answer& answer,
                     const report::SecondOpinion* second) {
  const std::string& format = context.global.output;
  if (format == "json") return report::path_json(answer, second);
  if (format == "markdown") return report::path_markdown(answer, second);
  if (format == "html") return report::path_html(answer, second);
  return report::path_text(answer, {.width = context.width, .colour = context.colour}, second);
}

// A query that cannot be asked costs nothing and says so.
core::Result<report::SecondOpinion> confirmed(const Context& context, const facts::Facts& facts,
                                              const network::Query& query) {
  const auto question = analyzer_question(facts, query);
  if (!question) {
    report::SecondOpinion none;
    none.why = question.error().sentence;
    return none;
  }
  context.err << "Asking VPC Reachability Analyzer, for which AWS charges " << kAnalysisPrice
              << " an analysis (\"Amazon VPC pricing\", Network Analysis; that page counts).\n";
  Context patient = context;
  patient.cancelled = nullptr;  // Ctrl-C ends the waiting; what was made is still deleted
  auto client = make_client(patient);
  if (!client) return core::fail(client.error());
  return ask_reachability_analyzer(**client, *question, *context.cancelled, context.err);
}

// A confirmation that was wanted and not given is evidence that is missing; one that contradicts is a
// finding.
int with_opinion(int code, const network::Answer& answer, const report::SecondOpinion& second) {
  if (second.asked && !second.reachable) return kIncomplete;
  return report::agreement(answer, second) == "disagrees" ? kFound : code;
}

int path_command(Context& context, const PathOptions& options) {
  if (auto ok = require_output(context, {"text", "json", "markdown", "html"}); !ok)
    return report_error(context, ok.error());
  if (options.query.protocol == "icmp" && options.port_given)
    return report_error(context, core::make_error(core::ErrorKind::usage, "icmp has no ports",
                                                  "leave --port and --source-port away"));
  if (options.confirm && !options.source.snapshot.empty())
    return report_error(context,
                        core::make_error(core::ErrorKind::usage, "--confirm asks AWS about what is there now",
                                         "leave --snapshot away"));
  const auto facts = network_facts(context, options.source);
  if (!facts) return report_error(context, facts.error());
  const network::Network network(*facts);
  const auto answer = network.path(options.query);
  if (!answer) return report_error(context, answer.error());
  if (!options.confirm) {
    context.out << rendered(context, *answer, nullptr);
    return network_exit_code(report::verdict_of(*answer));
  }
  const auto second = confirmed(context, *facts, options.query);
  if (!second) {
    // Our own answer stands, whatever became of the other.
    context.out << rendered(context, *answer, nullptr);
    return report_error(context, second.error());
  }
  context.out << rendered(context, *answer, &*second);
  return with_opinion(network_exit_code(report::verdict_of(*answer)), *answer, *second);
}

}  // namespace

void add_network_path(CLI::App& app, Run& run) {
  auto options = std::make_shared<PathOptions>();
  auto* command = network_group(app).add_subcommand(
      "path", "Say whether a packet gets from here to there and back, and what drops it");
  add_network_source(*command, options->source);
  network::Query& query = options->query;
  command->add_option("--from", query.from, "An interface (eni-…), an IP address, a CIDR, or internet")
      ->required();
  command
      ->add_option("--to", query.to,
                   "The same, or service:NAME, as in com.amazonaws.REGION.NAME: service:ecr.api")
      ->required();
  command->add_option("--protocol", query.protocol, "tcp, udp, or icmp (an echo)")
      ->check(CLI::IsMember({"tcp", "udp", "icmp"}))
      ->capture_default_str();
  auto* port = command->add_option("--port", query.ports, "443, or a range 8000-8999")->capture_default_str();
  auto* source_port =
      command->add_option("--source-port", query.source_ports, "Of the client; default 1024-65535");
  command->add_option("--ip-version", query.ip_version, "4 or 6; default 4 where both ends have it")
      ->check(CLI::IsMember({4, 6}));
  command->add_option("--action", query.action,
                      "The call that an endpoint's policy must allow: ecr:BatchGetImage");
  command->add_flag("--confirm", options->confirm,
                    "Also ask VPC Reachability Analyzer, which costs money for each analysis");
  command->callback([options, port, source_port, &run] {
    options->port_given = port->count() + source_port->count() > 0;
    run = [options](Context& context) { return path_command(context, *options); };
  });
}

}  // namespace doctor::cli
