#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>

#include "cli/commands.h"
#include "cli/context.h"
#include "cli/iam_explanation.h"
#include "cli/iam_input.h"
#include "cli/policy_book.h"
#include "facts/snapshot.h"
#include "iam/blame.h"
#include "iam/denial_proof.h"

namespace doctor::cli {
namespace {

struct IamExplainOptions {
  IamInput input;
  std::string snapshot;
};

int iam_explain_command(Context& context, const IamExplainOptions& options) {
  if (auto ok = require_output(context, {"text", "json"}); !ok) return report_error(context, ok.error());
  const auto denials = denials_of(options.input);
  if (!denials) return report_error(context, denials.error());
  facts::Facts facts;
  if (!options.snapshot.empty()) {
    auto read = facts::read_snapshot(options.snapshot);
    if (!read) return report_error(context, read.error());
    facts = std::move(*read);
  }
  std::vector<ExplainedDenial> explained;
  for (const auto& denial : *denials) {
    ExplainedDenial one{denial, iam::proof_of(denial), {}};
    if (!options.snapshot.empty()) {
      const auto book = policies_for(facts, denial);
      one.blame = iam::blame(denial, book.policies, book.options);
    }
    explained.push_back(std::move(one));
  }
  context.out << (context.global.output == "json" ? iam_explanation_json(explained) + "\n"
                                                  : iam_explanation_text(explained));
  return kNothingFound;
}

}  // namespace

void add_iam_explain(CLI::App& app, Run& run) {
  auto options = std::make_shared<IamExplainOptions>();
  auto* command = iam_group(app).add_subcommand(
      "explain", "Say which policy refused a call: from AWS's words, and from the policies of a snapshot");
  command->add_option("text", options->input.words,
                      "The error's text or a decoded authorization message; - reads standard input");
  command->add_option("--event", options->input.event,
                      "A CloudTrail event, log file or lookup-events output");
  command->add_option("--snapshot", options->snapshot, "Folder with the policies (docs/snapshots.md)");
  command->callback([options, &run] {
    run = [options](Context& context) { return iam_explain_command(context, *options); };
  });
}

}  // namespace doctor::cli
